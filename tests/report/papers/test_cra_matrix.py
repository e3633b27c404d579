from __future__ import annotations

from plimsoll.model.verdict import Verdict
from plimsoll.report.papers._crosswalk import clause_order, demands, scheme_of
from plimsoll.report.papers.cra_matrix import ANNEX_I, SCHEME, conformity_matrix
from plimsoll.report.papers.paper import Blank, Cell, Table
from tests.report.papers.samples import CATALOGUE, judged
from tests.report.sample import bad


def rows() -> dict[str, tuple[Cell, ...]]:
    """Give the rows of the bad product's matrix by their clause."""
    made = conformity_matrix(bad(), CATALOGUE)
    return {str(row[0][0][0]): row for block in made.blocks if isinstance(block, Table) for row in block.rows}


def test_every_point_of_annex_i_and_every_clause_of_the_crosswalk_is_there_once() -> None:
    scheme = scheme_of(CATALOGUE, SCHEME)
    assert scheme is not None
    made = conformity_matrix(bad(), CATALOGUE)
    clauses = [row[0][0][0] for block in made.blocks if isinstance(block, Table) for row in block.rows]
    assert sorted(clauses) == sorted({*ANNEX_I, *(one.clause for one in scheme.mappings)})


def test_clauses_stand_in_the_order_of_their_numbers() -> None:
    assert sorted(["Article 14", "Article 13(17)", "Article 13(8)"], key=clause_order) == [
        "Article 13(8)",
        "Article 13(17)",
        "Article 14",
    ]


def test_no_clause_is_without_something_that_the_maker_must_show() -> None:
    for clause, row in rows().items():
        assert any(isinstance(piece, Blank) for line in row[-1] for piece in line), clause


def test_a_clause_that_nothing_bears_on_is_not_shown() -> None:
    row = rows()["Annex I Part I (2)(j)"]
    assert row[2] == (("nothing",),) and row[3] == ((Verdict.INCONCLUSIVE,),)


def test_a_clause_over_several_capabilities_holds_the_criteria_of_all() -> None:
    scheme = scheme_of(CATALOGUE, SCHEME)
    assert scheme is not None
    (access,) = [one for one in demands(scheme) if one.clause == "Annex I Part I (2)(d)"]
    assert {"no-fixed-account-is-accepted", "configuration-needs-authentication"} <= set(access.criteria)


def test_one_criterion_that_is_not_shown_keeps_the_verdict_open() -> None:
    made = conformity_matrix(judged({"update-mechanism-is-secure": Verdict.PASS}), CATALOGUE)
    row = next(
        row
        for block in made.blocks
        if isinstance(block, Table)
        for row in block.rows
        if row[0] == (("Annex I Part II (7)",),)
    )
    assert [line[-1] for line in row[2]].count(Verdict.PASS) == 1 and row[3] == ((Verdict.INCONCLUSIVE,),)
