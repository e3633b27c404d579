from __future__ import annotations

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser

import msgspec
import pytest

from plimsoll.model import facts
from plimsoll.model.evidence import Observation
from plimsoll.model.image import ImageMap, Problem, Span
from plimsoll.model.message import Message, message
from plimsoll.report._tables import ROWS
from plimsoll.report.html import LINES, PLACES, REASONS, render
from tests.report.sample import ALL, HOSTILE, TITLES, at, bad, good, hostile

VOID = {"meta", "br", "circle", "path", "rect", "use"}


class Page(HTMLParser):
    """Reads a page: its elements with their attributes, its text, and whether every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        """Give the attributes of all elements of some kinds."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    @property
    def text(self) -> str:
        """Give the text, style sheet included, with its white space made single."""
        return " ".join(" ".join(self.texts).split())


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_well_formed_and_fetches_and_runs_nothing(name: str) -> None:
    page = Page(render(ALL[name]()))
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "image"}
    for _, attributes in page.elements:
        assert not any(one.startswith("on") or one in ("style", "src", "srcset", "action") for one in attributes)
        assert attributes.get("href", "#").startswith("#")


@pytest.mark.parametrize("name", ALL)
def test_anchors_are_unique_and_every_link_leads_to_one(name: str) -> None:
    page = Page(render(ALL[name]()))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {attributes["href"][1:] for _, attributes in page.elements if "href" in attributes} <= set(ids)


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    text = render(bad())
    (policy,) = [one["content"] for one in Page(text).all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"style-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"@import|url\((?!#)", style)


@pytest.mark.parametrize("name", ALL)
def test_every_capability_is_there_with_its_verdict_in_words(name: str) -> None:
    page = Page(render(ALL[name]()))
    sections = [one["id"] for one in page.all("section")]
    assert [f"capability-{number}" for number in range(1, 6)] == sections[:5]
    assert all(title in page.text for _, title in TITLES)
    assert "not shown" in page.text


def test_headings_go_down_one_step_at_a_time() -> None:
    page = Page(render(bad()))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_tables_have_captions_and_heads_and_the_page_has_a_language() -> None:
    page = Page(render(bad()))
    assert len(page.all("table")) == len(page.all("caption")) > 5
    assert all("scope" in one for one in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]


def test_hostile_names_become_neither_markup_nor_hidden_text() -> None:
    text = render(hostile())
    page = Page(text)
    assert "<script" not in text and "&lt;script&gt;" in text
    assert "{{ 7*7 }}" in page.text
    assert all(line.isprintable() for line in text.split("\n"))
    assert "\\u202e" in text and HOSTILE not in text


def test_evidence_is_folded_under_its_finding_with_place_and_excerpt() -> None:
    text = render(bad())
    assert len(Page(text).all("details")) >= 5
    assert "tidewatch2-1.4.0.bin!squashfs@0x120000/etc/shadow+0x2a:34" in text
    assert "telnetd -l /bin/login" in text


def test_secrets_show_their_shape_only() -> None:
    assert "5f5f5f5f" not in render(bad())


def test_what_to_do_is_told_for_what_is_not_met_and_what_would_settle_for_what_is_not_shown() -> None:
    page = Page(render(bad()))
    assert "Give each unit a password of its own in production" in page.text
    assert "<code>--maker DOMAIN</code>" in render(bad())


def test_what_was_not_looked_at_is_told() -> None:
    text = Page(render(bad())).text
    assert "No device was looked at" in text
    assert "The inspection updates is partial: more than 60 seconds" in text
    assert "1.1 MiB of 8.0 MiB of tidewatch2-1.4.0.bin were not understood" in text
    assert "cut short: 512 bytes are missing" in text
    assert "1.0 MiB of this file were not understood: dense and uneven: compression" in text


def test_the_map_tells_what_unknown_bytes_look_like_and_on_what_grounds() -> None:
    page = Page(render(bad()))
    assert {"understood", "encrypted", "compressed", "unknown", "padding"} <= {
        one.get("class") for one in page.all("rect")
    }
    assert "not understood, looks encrypted" in page.text
    assert "as even as random bytes" in page.text and "chi-square 251" in page.text


def test_a_good_product_has_no_empty_tables() -> None:
    page = Page(render(good()))
    assert not {"services", "accounts", "components"} & {one.get("id") for one in page.all("section")}


def test_long_lists_end_in_a_count_of_what_is_in_the_json() -> None:
    many = tuple(
        Observation(facts.Component(f"part{number}", "1", "banner"), at(b"x", number, 1), "components")
        for number in range(ROWS + 17)
    )
    problems = tuple(Problem(at(b"x", number, 1), message("damaged")) for number in range(LINES + 23))
    assessment = bad()
    first = msgspec.structs.replace(assessment.findings[0].bearings[0], observations=tuple(range(PLACES + 31)))
    finding = msgspec.structs.replace(assessment.findings[0], bearings=(first,) * (REASONS + 41))
    text = render(
        msgspec.structs.replace(
            assessment,
            observations=many,
            findings=(finding, *assessment.findings[1:]),
            images=(msgspec.structs.replace(assessment.images[0], problems=problems),),
        )
    )
    assert [f"{count} more in the JSON report" in text for count in (17, 23, 31, 41)] == [True] * 4
    assert len(text) < 400_000


def test_a_map_of_ten_thousand_stretches_stays_small() -> None:
    kinds = ("understood", "unknown", "padding")
    spans = tuple(Span(number * 100, 100, kinds[number % 3]) for number in range(10_000))  # type: ignore[arg-type]
    image = ImageMap("x.bin", 1_000_000, spans)
    text = render(msgspec.structs.replace(good(), images=(image,)))
    assert text.count("<rect") < 1100
    assert "9,960 more in the JSON report" in text


def test_an_unpaired_back_quote_in_an_advice_stays() -> None:
    capability = msgspec.structs.replace(bad().capabilities[1], settle=(Message("press ` and <b>"),))
    text = render(msgspec.structs.replace(bad(), capabilities=(capability,)))
    assert "Press ` and &lt;b&gt;" in text


def test_an_assessment_without_anything_still_renders() -> None:
    empty = msgspec.structs.replace(
        bad(), capabilities=(), provisions=(), findings=(), observations=(), images=(), criteria=(), sources=()
    )
    assert "No firmware was given" in render(empty)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(scheme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", render(good()), re.DOTALL)
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[0] + (blocks[1] if scheme == "dark" else "")))
    for ink in ("ink", "soft", "link", "good", "bad", "open", "none"):
        for ground in ("paper", "card"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for wash in ("good-wash", "bad-wash", "open-wash", "none-wash"):
        assert contrast(colours["ink"], colours[wash]) >= 4.5, wash


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours as WCAG 2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
