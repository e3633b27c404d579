"""Says how looking for one thing ended: absent is said only when every place was answered and read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker._page_text import read_page
from plimsoll.inspect.maker.inspector import SiteInspector
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Search
from plimsoll.model.facts.maker import Outcome, Subject
from plimsoll.model.locator import Page, Place, place
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Response, Site

MOST_PLACES = 12
"""Places that are named beside the first."""

_REFUSED = frozenset((401, 403, 407, 429, 451))
_WORST_FIRST: tuple[Outcome, ...] = ("unreachable", "refused", "not-looked-at")
_REASONS: dict[Outcome, str] = {
    "unreachable": "{url} did not answer: what stands there is not known",
    "refused": "{url} was refused or may not be asked for: what stands there is not known",
    "not-looked-at": "{url} was not looked at, or shows its words only where scripts run",
}


def outcome_of(response: Response, *, shell_is_answer: bool = False) -> Outcome:
    """Tell what an answer says when what was looked for is not in it.

    `shell_is_answer`: whether a page that only scripts fill still shows that the thing is not there.
    """
    if response.access == "unreachable" or response.status >= 500:
        return "unreachable"
    if response.access == "refused" or response.status in _REFUSED:
        return "refused"
    if response.access == "not-looked-at":
        return "not-looked-at"
    if response.ok and not shell_is_answer:
        page = read_page(response)
        return "not-looked-at" if page is not None and page.needs_scripts else "absent"
    return "absent"


def conclude_search(
    inspector: SiteInspector,
    site: Site,
    subject: Subject,
    responses: Sequence[Response],
    *,
    found: bool,
    settled: bool = True,
    model: str = "",
    unread: Message | None = None,
    shell_is_answer: bool = False,
) -> Iterator[Observation | Cut]:
    """Give the Search, and a Cut when it could not be brought to an end.

    `settled`: whether what was found leaves no reason to look further; else what was not reached is told too.
    `unread` says what else is known that was not looked at: it forbids `absent`.
    """
    asked = list({(one.url, one.sha256): one for one in responses}.values())
    ended = {outcome_of(one, shell_is_answer=shell_is_answer): one for one in reversed(asked)}
    outcome: Outcome = "absent"
    reason: Message | None = None
    if worst := next((one for one in _WORST_FIRST if one in ended), None):
        outcome = worst
        reason = ended[worst].why or message(_REASONS[worst], url=ended[worst].url)
    elif unread is not None or not asked:
        outcome = "not-looked-at"
        reason = unread or message("no page was known to look at")
    if found:
        outcome = "found"
    places = [one.at() for one in asked]
    where = ended[outcome].at() if outcome in ended else places[0] if places else _nowhere(site)
    because = tuple(one for one in dict.fromkeys(places) if one != where)[:MOST_PLACES]
    yield inspector.conclude(Search(subject, outcome, len(asked), model), where, because)
    if reason is not None and not (found and settled):
        yield Cut(reason)


def _nowhere(site: Site) -> Place:
    return place(Page(f"https://{site.domain}/".encode("ascii", "replace"), hashlib.sha256(b"").hexdigest()))
