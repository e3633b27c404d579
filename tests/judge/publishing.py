"""Evidence of a maker's pages and of a declaration, for tests of the rules and claims that rest on them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from plimsoll.catalogue import load
from plimsoll.judge.engine import Judgement, judge
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import RULES
from plimsoll.judge.rules.publication import PERIOD, POLICY
from plimsoll.judge.rules.sensor_pages import PAGES
from plimsoll.model.evidence import Evidence, Excerpt, Inspection, Observation, Status
from plimsoll.model.facts import Claim, DisclosurePolicy, Fact, MakerPage, PolicyTerm, Search, SupportPeriod
from plimsoll.model.facts.claim import Statement
from plimsoll.model.facts.maker import Outcome, PolicyTermKind, Subject
from plimsoll.model.locator import Clause, Page, place
from plimsoll.model.message import message
from tests.judge.building import evidence as of_firmware
from tests.judge.building import with_files, with_services

SITE = "https://halyard.example"
URL = SITE + "/security/policy"
MODEL = "HC-200"
INSPECTIONS = (
    "maker-security-txt", "maker-disclosure-policy", "maker-support-period", "maker-advisories", "maker-product-pages",
)  # fmt: skip
ASKED: tuple[PolicyTermKind, ...] = ("contact", "products", "acknowledgement", "status-updates")
ALL_RULES: tuple[Rule, ...] = tuple(dict.fromkeys((*RULES, POLICY, PERIOD, PAGES)))


def on_page(fact: Fact, offset: int = 0, *, url: str = URL, text: str = "") -> Observation:
    """Give an observation of a fact on a page, with the words that say it."""
    where = place(Page(url.encode(), hashlib.sha256(url.encode()).hexdigest(), offset, max(len(text), 1)))
    excerpt = Excerpt("sha256:" + hashlib.sha256(text.encode()).hexdigest(), len(text), text) if text else None
    return Observation(fact, where, "test", excerpt, window="maker")


def policy(
    *terms: PolicyTermKind, url: str = URL, fact: Mapping[str, object] = {}, lacking: Sequence[PolicyTermKind] = ()
) -> tuple[Observation, ...]:
    """Give a policy that is whole, with a quoted term for each thing it says, but for what is named otherwise."""
    said: dict[str, object] = {
        "contact": "" if "contact" in lacking else "psirt@halyard.example",
        "acknowledgement_time": "acknowledgement" not in lacking,
        "status_updates": "status-updates" not in lacking,
        "covers": "unknown" if "products" in lacking else "products",
    }
    given = DisclosurePolicy(url, **{**said, **fact})  # type: ignore[arg-type]
    kept = [*(one for one in ASKED if one not in lacking), *terms]
    quoted = [on_page(PolicyTerm(url, one), 10 * number + 10, url=url) for number, one in enumerate(kept)]
    return (on_page(given, url=url), *quoted)


def search(subject: Subject, outcome: Outcome = "found", places: int = 7, model: str = "") -> Observation:
    """Give how a search ended."""
    return on_page(Search(subject, outcome, places, model), url=SITE + "/")


def searches(policy: Outcome = "found", security_txt: Outcome = "absent") -> tuple[Observation, ...]:
    """Give how the searches for a policy and for a security.txt ended."""
    return search("disclosure-policy", policy), search("security-txt", security_txt)


def period(model: str = MODEL, ends_on: str = "", **more: object) -> Observation:
    """Give a promise of support."""
    url = SITE + "/support"
    return on_page(SupportPeriod(model, ends_on, url, **more), len(ends_on) + 5, url=url)  # type: ignore[arg-type]


def model_page(text: str = "", *, names_model: bool = True, number: int = 0) -> Observation:
    """Give a page that speaks of sensors, with the words that it says."""
    url = f"{SITE}/products/{number}"
    return on_page(MakerPage("sensors", url, names_model), url=url, text=text)


def claim(statement: Statement, value: str = "", provision: str = "", row: str = "") -> Observation:
    """Give a claim of a declaration."""
    where = place(Clause(b"product.toml", f"claims/{statement}/{row or provision or 'x'}/{value}".encode()))
    fact = Claim(statement, provision, "" if not row else "table", row, value)
    return Observation(fact, where, "test", basis="declared", window="declaration")


def published(*observations: Observation, status: Mapping[str, Status] = {}) -> Evidence:
    """Give the evidence of a maker's pages that were looked at as a whole, but for what has another status."""
    reason = message("a reason")
    made = tuple(
        Inspection(name, status.get(name, "completed"), "maker", reason if name in status else None)
        for name in INSPECTIONS
    )
    return Evidence(observations, made)


def together(
    *observations: Observation, share: float = 1.0, without: Sequence[str] = (), status: Mapping[str, Status] = {}
) -> Evidence:
    """Give the evidence of firmware and of a maker's pages, looked at as a whole; services are derived."""
    firmware = of_firmware(*with_services(*observations), share=share, without=without, status=status)
    made = (*firmware.inspections, *published(status=status).inspections)
    return with_files(Evidence(firmware.observations, made, firmware.images))


def judged_by_all(given: Evidence) -> Judgement:
    """Judge by the real catalogue and all rules."""
    return judge(given, load(), ALL_RULES)
