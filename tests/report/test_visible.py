from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.message import Message, message
from plimsoll.report.visible import LONGEST_VALUE, clip, prose, say, sentence, visible


@given(st.text() | st.text(st.characters(categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))))
def test_what_is_visible_is_printable_and_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert visible(shown) == shown


def test_plain_text_of_any_script_stays() -> None:
    assert visible("Gerät 温度 <b>") == "Gerät 温度 <b>"


def test_control_and_direction_characters_are_written_out() -> None:
    assert visible("a\x1b[2J\n\u202eb\u200bc\udcff") == "a\\x1b[2J\\n\\u202eb\\u200bc\\udcff"


@given(st.dictionaries(st.sampled_from(("one", "two")), st.text() | st.integers() | st.booleans()), st.text())
def test_a_message_of_any_template_is_printable(parameters: dict[str, str | int | bool], template: str) -> None:
    assert say(Message(template, parameters)).isprintable()


def test_a_plain_message_reads_as_the_model_fills_it() -> None:
    made = message("{count} of {what!r} {{kept}}", count=3, what="a b")
    assert say(made) == str(made) == "3 of 'a b' {kept}"


def test_a_value_is_not_filled_again() -> None:
    assert say(message("{one}", one="{two} {{")) == "{two} {{"


def test_a_template_that_is_not_ours_reaches_no_attributes_and_no_widths() -> None:
    text = "{x.__class__} {x:>999999999} {gone}"
    assert say(Message(text, {"x": "1"})) == text


def test_a_long_value_is_cut() -> None:
    assert len(say(message("{name}", name="x" * 5000))) == LONGEST_VALUE
    assert clip("x" * LONGEST_VALUE) == "x" * LONGEST_VALUE


def test_yes_and_no_are_words() -> None:
    assert say(message("{on} {off}", on=True, off=False)) == "yes no"


def test_a_sentence_begins_with_a_capital_but_a_name_stays() -> None:
    assert sentence(message("no rule answers")) == "No rule answers"
    assert sentence(message("{name} listens", name="telnetd")) == "telnetd listens"


def test_a_text_of_several_lines_is_set_on_one() -> None:
    assert prose("Make it\n  so.\n") == "Make it so."
    assert say(Message("make it\nso")) == "make it so"
