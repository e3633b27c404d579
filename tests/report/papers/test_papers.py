from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.errors import UnknownName
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm, IcsRow, Identity
from plimsoll.model.product import WINDOWS, Product
from plimsoll.model.verdict import Verdict
from plimsoll.report.papers import FORMS, PAPERS, paper_kind, render
from plimsoll.report.papers.paper import NOTHING, Cell, LaboratoryVerdict, Line, Paper, Table
from tests.report.papers.samples import CATALOGUE, judged
from tests.report.sample import ALL, HOSTILE, bad
from tests.report.test_html import Page

KINDS = [kind.id for kind in PAPERS]
PASSES = (Verdict.PASS, LaboratoryVerdict(Verdict.PASS))
EVERY = list(itertools.product(KINDS, ALL))
FORM = DeclarationForm(
    Identity("Halyard", HOSTILE, HOSTILE, "", HOSTILE, (HOSTILE,), (HOSTILE,)),
    {"5.1-1": IcsRow("Y", HOSTILE), "5.3-4A": IcsRow("N", HOSTILE), "x": IcsRow("N/A", HOSTILE)},
    {"1-AuthMech": ({"ID": HOSTILE, "Description": HOSTILE},), "2-UserInfo": ({"Support Period": HOSTILE},)},
)
criteria = st.fixed_dictionaries({one.id: st.sampled_from(list(Verdict)) for one in CATALOGUE.criteria})
windows = st.fixed_dictionaries({one.id: st.sampled_from(WINDOWS) for one in CATALOGUE.criteria})


def make(kind: str, sample: str, form: DeclarationForm = NOTHING) -> Paper:
    """Make a paper from a sample."""
    return paper_kind(kind).make(ALL[sample](), CATALOGUE, form)


def tables(paper: Paper) -> Iterator[Table]:
    """Give the tables of a paper."""
    return (block for block in paper.blocks if isinstance(block, Table))


def lines(paper: Paper) -> Iterator[tuple[Cell, Line]]:
    """Give each line of each row of each table, with the first cell of the row."""
    return ((row[0], line) for table in tables(paper) for row in table.rows for cell in row for line in cell)


@pytest.mark.parametrize(("kind", "sample"), EVERY)
@pytest.mark.parametrize("form", [NOTHING, FORM], ids=["undeclared", "declared"])
def test_hostile_names_become_neither_markup_nor_hidden_text(kind: str, sample: str, form: DeclarationForm) -> None:
    made = make(kind, sample, form)
    page, text = (one.render(made) for one in reversed(FORMS))
    assert all(line.isprintable() for line in (page + text).split("\n"))
    assert "<script" not in page and HOSTILE not in page + text
    assert not re.search(r"(?<!\\)<(?!br>)", text)


@pytest.mark.parametrize(("kind", "sample"), EVERY)
def test_the_page_is_well_formed_and_fetches_and_runs_nothing(kind: str, sample: str) -> None:
    page = Page(render(kind, ALL[sample](), CATALOGUE, FORM, html_page=True))
    names = {tag for tag, _ in page.elements}
    assert not names & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "a"}
    for _, attributes in page.elements:
        assert not any(one.startswith("on") or one in ("style", "src", "href", "action") for one in attributes)
    (policy,) = [one["content"] for one in page.all("meta") if one.get("http-equiv") == "Content-Security-Policy"]
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy
    levels = [int(tag[1]) for tag in (tag for tag, _ in page.elements) if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize(("kind", "sample"), EVERY)
def test_every_row_has_a_cell_for_each_column_and_every_table_has_rows(kind: str, sample: str) -> None:
    for table in tables(make(kind, sample, FORM)):
        assert table.rows and {len(row) for row in table.rows} == {len(table.columns)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_top_says_what_it_is_not_and_on_what_day_and_by_which_version_it_was_made(kind: str) -> None:
    made = make(kind, "bad")
    for one in FORMS:
        top = one.render(made)
        top = top[: top.index("</header>") if "</header>" in top else top.index("## ")]
        assert "no certificate" in top and "no legal advice" in top
        assert "Assessed on 2026-11-24 by Plimsoll 0.1.0" in top
        assert "8.0 MiB, sha256" in top


@pytest.mark.parametrize(("kind", "sample"), EVERY)
def test_every_blank_is_marked_in_both_forms(kind: str, sample: str) -> None:
    made = make(kind, sample)
    assert made.blanks
    page, text = (one.render(made) for one in reversed(FORMS))
    assert page.count('<mark class="blank">[to be filled: ') == len(made.blanks) + 1  # the one that explains the mark
    assert text.count("[to be filled: ") == len(made.blanks) + 1


@pytest.mark.parametrize(("kind", "sample"), EVERY)
def test_same_input_same_bytes(kind: str, sample: str) -> None:
    for html_page in (True, False):
        first = render(kind, ALL[sample](), CATALOGUE, FORM, html_page=html_page)
        assert first == render(kind, ALL[sample](), CATALOGUE, FORM, html_page=html_page)


@given(criteria, windows)
@settings(max_examples=40, deadline=None)
def test_no_paper_calls_a_provision_met_that_is_not(verdicts: dict[str, Verdict], through: dict[str, str]) -> None:
    assessment = judged(verdicts, through)  # type: ignore[arg-type]
    met = {one.id for one in assessment.provisions if one.verdict is Verdict.PASS}
    statements = {one.statement.split("\n")[0][:40]: one.id for one in CATALOGUE.criteria}
    for kind in PAPERS:
        for first, line in lines(kind.make(assessment, CATALOGUE, NOTHING)):
            if not any(piece in PASSES for piece in line):
                continue
            provision = re.search(r"(?<![\w.])\d+\.\d+-\d+[AB]?", f"{line[0]} {first}")
            if provision:
                assert provision[0] in met, (kind.id, first, line)
            elif isinstance(line[0], str) and line[0][:40] in statements:
                assert verdicts[statements[line[0][:40]]] is Verdict.PASS


@pytest.mark.parametrize("kind", KINDS)
def test_an_assessment_without_anything_calls_nothing_met(kind: str) -> None:
    empty = msgspec.structs.replace(
        bad(), capabilities=(), provisions=(), findings=(), observations=(), images=(), criteria=(), sources=()
    )
    made = paper_kind(kind).make(empty, CATALOGUE, NOTHING)
    assert not any(piece in PASSES for _, line in lines(made) for piece in line)
    assert "✓" not in FORMS[0].render(made)


@pytest.mark.parametrize("kind", KINDS)
def test_a_catalogue_without_schemes_still_gives_a_paper(kind: str) -> None:
    bare = Catalogue(CATALOGUE.capabilities, CATALOGUE.criteria, CATALOGUE.provisions, (), {})
    assert FORMS[1].render(paper_kind(kind).make(bad(), bare, NOTHING))


def test_secrets_show_their_shape_only() -> None:
    for kind in KINDS:
        assert "5f5f5f5f" not in render(kind, bad(), CATALOGUE)


def test_a_paper_that_does_not_exist_is_refused_with_the_names_of_those_that_do() -> None:
    with pytest.raises(UnknownName) as caught:
        paper_kind("certificate")
    assert "uk-statement" in caught.value.hint


def test_long_names_of_the_product_are_cut() -> None:
    assessment = msgspec.structs.replace(bad(), product=Product("m" * 9000, "o" * 9000, "v" * 9000))
    for kind in KINDS:
        assert not re.search("m{301}|o{301}|v{301}", render(kind, assessment, CATALOGUE))
