"""Papers: drafts for a maker, a laboratory or an authority, made from one assessment, with the blanks marked.

Each is a pure function to a `Paper`; two renderers write any of them.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from plimsoll.errors import UnknownName
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm
from plimsoll.report.papers import html, markdown
from plimsoll.report.papers.conformance import conformance_statement
from plimsoll.report.papers.cra_matrix import conformity_matrix
from plimsoll.report.papers.extra_information import extra_information
from plimsoll.report.papers.paper import NOTHING, Paper
from plimsoll.report.papers.policy_text import draft_policy
from plimsoll.report.papers.security_txt import draft_security_txt
from plimsoll.report.papers.test_plan import plan_of_tests
from plimsoll.report.papers.uk_statement import statement_of_compliance


class PaperKind(msgspec.Struct, frozen=True):
    """One entry of PAPERS."""

    id: str
    """Kebab-case, stable."""
    title: str
    """What it is, in a few words."""
    make: Callable[[Assessment, Catalogue, DeclarationForm], Paper]
    """Pure: equal arguments give equal papers."""


class Form(msgspec.Struct, frozen=True):
    """One entry of FORMS."""

    name: str
    suffix: str
    """End of the names of its files, with the dot."""
    render: Callable[[Paper], str]
    """Pure: equal papers give equal text."""


def paper_kind(id: str) -> PaperKind:
    """Choose a paper by its id; raise UnknownName when there is none."""
    for kind in PAPERS:
        if kind.id == id:
            return kind
    raise UnknownName(f"there is no paper {id!r}", hint=f"the papers are {', '.join(kind.id for kind in PAPERS)}")


def render(
    id: str, assessment: Assessment, catalogue: Catalogue, form: DeclarationForm = NOTHING, *, html_page: bool = False
) -> str:
    """Write a paper as Markdown, or as a page; raise UnknownName when there is none of that id."""
    made = paper_kind(id).make(assessment, catalogue, form)
    return html.render(made) if html_page else markdown.render(made)


PAPERS: tuple[PaperKind, ...] = (
    PaperKind("ics", "implementation conformance statement (ICS)", conformance_statement),
    PaperKind("ixit", "implementation extra information for testing (IXIT)", extra_information),
    PaperKind("test-plan", "test plan by TS 103 701, with what was carried out", plan_of_tests),
    PaperKind("uk-statement", "draft of the UK statement of compliance", statement_of_compliance),
    PaperKind("cra-matrix", "conformity matrix for the Cyber Resilience Act, Annex I", conformity_matrix),
    PaperKind("security-txt", "a security.txt to start from", draft_security_txt),
    PaperKind("disclosure-policy", "a disclosure policy to start from", draft_policy),
)
"""Every paper."""

FORMS: tuple[Form, ...] = (Form("markdown", ".md", markdown.render), Form("html", ".html", html.render))
"""Every form that a paper can be written in."""
