"""Until when the maker promises security updates, for the model at hand or for all its products.

A date is a period, and so is a number of years; a lifetime, or as long as possible, is none (UK regulations 2023/1007,
regulation 2: a defined support period has an end date). A period of another model is never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker._links import candidates, given_pages, texts
from plimsoll.inspect.maker._models import names_another_model, names_model
from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._page_writer import BREAK, CELL, ROW
from plimsoll.inspect.maker._period_signs import (
    Period,
    hints_at_period,
    read_period,
    read_value,
    speaks_of_support,
)
from plimsoll.inspect.maker._search import conclude_search
from plimsoll.inspect.maker._sentences import Sentence, sentences_of
from plimsoll.inspect.maker.inspector import SiteInspector, Visit
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import SupportPeriod
from plimsoll.model.message import message
from plimsoll.sources.site import Site

MOST_LINKED = 4
MOST_ROWS = 5_000

_ALL = re.compile(
    r"\b(?:all|every|each|any)\b(?: (?:of )?(?:our|the|its|new|connected|smart|[A-Z][\w-]+)){0,4} ?(?:\w+ ){0,2}?"
    r"(?:products?|devices?)\b|\bour (?:\w+ ){0,3}?(?:products?|devices?)\b|"
    r"\bwe (?:will )?(?:provide|guarantee|support|commit|offer|deliver|promise)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"(?P<name>[A-Z][\w&-]+)(?: [A-Z][\w&.-]+){0,2} (?:will )?(?:provides?|guarantees?|commits?|supports?|offers?|"
    r"delivers?)\b"
)
_PRODUCT_LINE = re.compile(
    r"\b(?:products?|models?|types?|devices?|part) ?(?:no\.?|numbers?|names?|code)?\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:The |Our )?(?P<name>[A-Z][\w'-]*(?: [A-Z][\w'-]*){0,4}) (?:will |is |are )?(?:receiv|get|suppor|has\b|"
    r"have\b|enjoy)"
)
_PLAIN_SUBJECT = re.compile(
    r"(?:We|It|They|This|These|That|All|Every|Each|Any|You|Security|Software|Firmware|System|Updates?|Support|"
    r"Product|Products|"
    r"Device|Devices|Camera|Router|Speaker|Hub|Lamp|Defined|Minimum|Guaranteed|Period|The|Our|Your)\b"
)
_END = r"(?=.{0,120}(?:until|till|through|\bend|expir|period|guarantee|availab|\beo[ls]|support|duration|years?\b))"
_END_COLUMN = (
    re.compile(_END + r".{0,120}(?:security|update|patch)", re.IGNORECASE | re.DOTALL),
    re.compile(r"support", re.IGNORECASE),
    re.compile(r"end[ -]of[ -](?:life|service)|\beo[ls]\b", re.IGNORECASE),
)
_NO_END_COLUMN = re.compile(
    r"start|launch|releas|begin|from|first|sale\b|sold|warranty|latest|last (?:update|firmware)|current|version|"
    r"announce|status|link|\btype\b|frequency",
    re.IGNORECASE,
)


class _Found(msgspec.Struct, frozen=True):
    period: Period
    model: str | None
    """Empty when of all products; None when it does not say."""
    start: int
    end: int


class SupportPeriods(SiteInspector):
    """Records each promise of updates with the words that make it."""

    id = "maker-support-period"
    title = "Until when are security updates promised?"
    what = (
        "Sentences and rows of tables on the pages given, and on pages linked with words of support, updates or end of "
        "life: a date, a number of years and what they count from, or a lifetime. A row or a sentence counts for the "
        "model when it names it; one on all products counts for the brand."
    )
    limits = "A period in a PDF, in a picture, behind scripts or in another language than English is not seen."

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Give the periods and the Search."""
        given = list(given_pages(site, visit))
        home = site.get("/")
        links = candidates(texts([*given, home]), "support", site.domain, visit.model)
        linked = [site.get(link.url) for link in links[:MOST_LINKED]]
        asked = [*given, home, *linked]
        found = False
        settled = False
        bears = False
        doubtful = ""
        for page in texts(asked):
            bears = bears or page.response in given or names_model(page.text, visit.model)
            doubtful = doubtful or (page.url if hints(page, visit.model) else "")
            for one in find_periods(page, visit.model):
                found = True
                settled = settled or bool(one.model and one.period.ends_on)
                fact = SupportPeriod(
                    one.model or "",
                    one.period.ends_on,
                    page.url,
                    one.period.years,
                    one.period.counted_from,
                    one.period.lifetime,
                )
                yield self.see(fact, page.response, page.span(one.start, one.end), page.text[one.start : one.end])
        unread = None
        if doubtful:
            unread = message("{url} speaks of a time of support that is no period as it stands", url=doubtful)
        if len(links) > MOST_LINKED:
            unread = message("more pages on support are linked than were looked at")
        if not bears:
            unread = message("no page was known that should name the period: give the address of the product's page")
        yield from conclude_search(
            self, site, "support-period", asked, found=found, settled=settled, model=visit.model, unread=unread
        )


def find_periods(page: PageText, model: str) -> list[_Found]:
    """Give the periods on a page that count for the model or the brand, each once, in the order of the page."""
    found: dict[tuple[Period, str], _Found] = {}
    spoken = list(_in_sentences(page, model))
    known = [one for one in spoken if one.model is not None]
    of_the_page = {one.period: one for one in spoken if one.model is None}
    if not known and len(of_the_page) == 1 and _names_its_product(page, model):
        known = [msgspec.structs.replace(one, model=model) for one in of_the_page.values()]
    for one in (*_in_tables(page, model), *known):
        found.setdefault((one.period, one.model or ""), one)
    return sorted(found.values(), key=lambda one: (one.start, one.model or ""))


def hints(page: PageText, model: str) -> bool:
    """Whether a page speaks of a time of support that is no period, or of a period and not of which product."""
    for sentence in sentences_of(page):
        text = sentence.text.replace(CELL, " : ")
        is_hint = speaks_of_support(text) and hints_at_period(text) and read_period(text) is None
        if is_hint and not names_another_model(text, model):
            return True
    return not find_periods(page, model) and any(one.model is None for one in _in_sentences(page, model))


def _names_its_product(page: PageText, model: str) -> bool:
    """Whether a line says that the page is on the model: `Product: ...`, as a statement of compliance does."""
    return any(
        len(line) < 200 and _PRODUCT_LINE.search(line) and names_model(line, model) and line.count(CELL) <= 2
        for line in page.text.split(ROW)[:MOST_ROWS]
    )


def _in_sentences(page: PageText, model: str) -> Iterator[_Found]:
    """Read sentences; those that name no model and are not of all products come with None."""
    title = page.title + " " + " ".join(page.text[one.start : one.end] for one in page.headings if one.level == 1)
    for sentence in sentences_of(page):
        text = sentence.text.replace(CELL, " : ")
        about = text if speaks_of_support(text) else ""
        if (
            not about
            and len(text) < 60
            and sentence.text.count(CELL) == 0
            and speaks_of_support(sentence.heading + " until")
        ):
            about = f"{sentence.heading}: {text}"
        if not about or sentence.text.count(CELL) > 2:
            continue
        first = sentence.text.partition(CELL)[0]
        if CELL in sentence.text and not speaks_of_support(f"{first} until") and not names_model(text, model):
            continue
        period = read_period(about)
        if period is not None and not _is_of_another(text, sentence, title, model):
            yield _Found(period, _whose(text, sentence, title, model, page.url), sentence.start, sentence.end)


def _is_of_another(text: str, sentence: Sentence, title: str, model: str) -> bool:
    """Whether a sentence speaks of a model, and not of this one."""
    if names_model(text, model):
        return False
    subject = _SUBJECT.match(text)
    if subject and not _PLAIN_SUBJECT.match(subject["name"]) and not _ALL.search(text):
        return True
    if names_another_model(text, model):
        return True
    if names_model(sentence.heading, model):
        return False
    return names_another_model(sentence.heading, model) or (
        names_another_model(title, model) and not names_model(title, model)
    )


def _whose(text: str, sentence: Sentence, title: str, model: str, url: str) -> str | None:
    """Tell for which model a sentence speaks: the model, all (empty), or None when it does not say."""
    if any(names_model(one, model) for one in (text, sentence.heading, title)):
        return model
    company = _COMPANY.match(text)
    is_own = company is not None and company["name"].lower() in url.lower().split("/")[2]
    return "" if is_own or _ALL.search(text) else None


def _in_tables(page: PageText, model: str) -> Iterator[_Found]:
    """Read rows: the cell under a heading that speaks of the end of support, in the row that names the model."""
    header: list[str] = []
    start = 0
    for line in page.text.split(ROW)[:MOST_ROWS]:
        end = start + len(line)
        cells = [cell.replace(BREAK, " ").strip() for cell in line.split(CELL)]
        if CELL not in line:
            if line.strip():
                header = []
        elif not header:
            header = cells
        elif any(names_model(cell, model) and len(cell) < 200 for cell in cells):
            period = _from_row(header, cells, model)
            if period is not None:
                yield _Found(period, model, start, max(end, start + 1))
        start = end + 1


def _from_row(header: Sequence[str], cells: Sequence[str], model: str) -> Period | None:
    for wanted in _END_COLUMN:
        for name, cell in zip(header, cells, strict=False):
            if wanted.search(name) and not _NO_END_COLUMN.search(name) and not names_model(cell, model):
                period = read_value(cell)
                if period is not None:
                    return period
    return None
