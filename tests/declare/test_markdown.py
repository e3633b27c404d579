"""No text of a maker is markup in what people read."""

from __future__ import annotations

import re

from hypothesis import given, settings

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import load_tables
from plimsoll.declare.check import check
from plimsoll.declare.markdown import to_markdown
from plimsoll.model.declaration import DeclarationForm, IcsRow
from tests.declare.forms import answered, forms, good_form


def test_everything_declared_is_there() -> None:
    text = to_markdown(good_form())
    assert "| 5.1-1 | No universal default passwords | M F (a) | Y |" in text
    assert "## IXIT 7-UpdMech: Update mechanisms" in text
    assert "### Row: UpdMech-1" in text
    assert "To be put right" not in text


def test_remarks_come_first() -> None:
    form = answered(good_form(), "5.2-1", "")
    text = to_markdown(form, check(form, load(), load_tables()))
    assert "| error | ics/5.2-1 | a mandatory provision is not answered |" in text
    assert text.index("To be put right") < text.index("## Product")


def test_markup_is_shown_as_it_is_written() -> None:
    form = DeclarationForm(ics={"5.1-1": IcsRow("Y", "<img src=x>|[a](b)\n`c`\u202eevil")})
    assert r"| Y | &lt;img src=x&gt;\|\[a\](b)<br>\`c\`\\u{202e}evil |" in to_markdown(form)


@given(forms)
@settings(deadline=None)
def test_a_row_of_a_table_is_one_line_with_its_cells(form: DeclarationForm) -> None:
    lines = to_markdown(form).splitlines()
    for line in (one for one in lines if one.startswith("|")):
        assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) in (3, 4, 6)
    assert not re.search(r"<(?!br>)", "".join(lines))
