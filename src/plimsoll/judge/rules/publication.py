"""Rules on what a maker publishes: the disclosure policy and the support period (EN 303 645, 5.2-1 and 5.3-13).

What a policy must say at least is the same in 5.2-1 and in the UK's SI 2023/1007, Schedule 1, paragraph 2: a contact,
when receipt is acknowledged, and that news follows until the matter is resolved; the latter asks for English. That a
support period has an end date is said by paragraph 3 of that Schedule. A security.txt (RFC 9116) is no policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._looked_through import is_completed
from plimsoll.judge.rules._policies import LACKING, Policy, is_spread, policies
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import CveAuthority, MakerPage, Search, SecurityTxt, SupportPeriod
from plimsoll.model.facts.maker import Subject
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Effect

Searches = Sequence[tuple[Observation, Search]]

_WANTED: dict[Subject, str] = {
    "security-txt": "a security.txt",
    "disclosure-policy": "a disclosure policy",
    "support-period": "the support period",
}
_NOT_SEEN = {
    "unreachable": "; a place where it may be did not answer",
    "refused": "; the maker's site keeps visitors of this kind out of a place where it may be",
    "not-looked-at": "; no place was known, or the visit ended before",
}
"""How a search ended that shows nothing, as words that follow what was looked for."""

_POLICY_PAGES = "maker-disclosure-policy"
_PERIOD_PAGES = "maker-support-period"
"""Inspections of the maker's pages that the rules rest on."""

_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?\Z")
_SPELLING = re.compile(r"[\s_-]+")
_STARTS = {"launch": "launch", "sale": "sale", "last-sale": "the last sale"}


def _policy(evidence: Evidence) -> Iterator[Weight]:
    """Weigh the policies: a whole one is enough; where there is none, what is there and how it was looked for."""
    read = list(policies(evidence))
    whole = [one for one in read if one.is_whole]
    for policy in whole:
        why = message(
            "the policy at {url} takes reports on products, and says whom to tell, when receipt is acknowledged and "
            "that news follows until the matter is resolved",
            url=policy.fact.url,
        )
        yield Weight("confirms", why, policy.seen("products", *LACKING))
    yield from _files(evidence, is_needed=not whole)
    for observation, authority in evidence.of(CveAuthority):
        why = message(
            "the maker names weaknesses of its products itself, as the CVE authority {name}", name=authority.name
        )
        yield Weight("supports", why, (observation,))
    if read and not whole:
        yield from _short_policies(read, evidence)
    elif not read:
        yield from _no_policy(evidence)


def _files(evidence: Evidence, *, is_needed: bool) -> Iterator[Weight]:
    """Weigh each security.txt; a faulty one does not stand in the way of a policy that is whole."""
    for observation, fact in evidence.of(SecurityTxt):
        fault = _fault(fact)
        if fault is None:
            yield Weight("supports", message("{url} says whom to tell", url=fact.url), (observation,))
        elif is_needed:
            yield Weight("suspects", fault, (observation,))


def _fault(fact: SecurityTxt) -> Message | None:
    """Say what is wrong with a security.txt; None when it says whom to tell."""
    if fact.expired:
        return message("{url} has expired", url=fact.url)
    if fact.faults or not fact.contacts:
        faults = ", ".join(fact.faults[:3]) or "no-contact"
        return message("{url} is not as RFC 9116 asks ({faults})", url=fact.url, faults=faults)
    if set(fact.contacts) <= set(fact.dead):
        return message("{url} names contacts that lead nowhere", url=fact.url)
    return None


def _short_policies(read: Sequence[Policy], evidence: Evidence) -> Iterator[Weight]:
    """Weigh policies of which none is whole: they decide when each that may be for products surely lacks something."""
    is_through = is_completed(evidence, _POLICY_PAGES, "maker") and all(
        one.outcome in ("found", "absent") for _, one in _searches(evidence, "disclosure-policy")
    )
    contacts = [observation for observation, fact in evidence.of(SecurityTxt) if fact.contacts]
    weights = [(one, _short(one, contacts)) for one in read]
    is_sure = is_through and not is_spread(read)
    is_sure = is_sure and all(weight.effect == "refutes" for one, weight in weights if not one.is_for_website)
    for _, weight in weights:
        is_cut = weight.effect == "refutes" and not is_sure
        yield Weight("suspects", weight.why, weight.observations) if is_cut else weight


def _short(policy: Policy, contacts: Sequence[Observation]) -> Weight:
    """Say what one policy is short of."""
    url = policy.fact.url
    if not policy.is_read:
        why = message(
            "the policy at {url} is in another language ({language}) and was not read",
            url=url,
            language=policy.fact.language or "unknown",
        )
        return Weight("blocks", why, (policy.observation,))
    if policy.is_for_website:
        why = message("the policy at {url} is for the website; none for products was found beside it", url=url)
        return Weight("suspects", why, policy.seen("website-only"))
    if policy.lacks:
        return _lacking(policy, contacts)
    if policy.weakens:
        speaks = " and ".join(LACKING[one] for one in policy.weakens)
        why = message("the policy at {url} speaks of " + speaks + " without a plain promise", url=url)
        return Weight("suspects", why, policy.seen(*policy.weakens))
    if policy.asks_for_account:
        why = message("who reports by the policy at {url} needs an account first", url=url)
        return Weight("suspects", why, policy.seen("account-needed"))
    if "personal-data-demanded" in policy.terms:
        why = message("who reports by the policy at {url} must say who they are", url=url)
        return Weight("suspects", why, policy.seen("personal-data-demanded"))
    if policy.fact.covers != "products" or "website-only" in policy.terms:
        why = message("whether the policy at {url} takes reports on products was not seen", url=url)
        return Weight("blocks", why, policy.seen("products", "website-only"))
    why = message("the words by which the policy at {url} promises what is asked were not kept", url=url)
    return Weight("blocks", why, policy.seen(*LACKING))


def _lacking(policy: Policy, contacts: Sequence[Observation]) -> Weight:
    """Name what a policy does not say; a contact may stand in the security.txt beside it."""
    lacks = " or ".join(LACKING[one] for one in policy.lacks)
    if policy.lacks == ("contact",) and contacts:
        why = message("the policy at {url} does not say " + lacks + "; a security.txt does", url=policy.fact.url)
        return Weight("blocks", why, (policy.observation, *contacts))
    why = message("the policy at {url} does not say " + lacks, url=policy.fact.url)
    return Weight("refutes", why, policy.seen(*(one for one in LACKING if one not in policy.lacks)))


def _no_policy(evidence: Evidence) -> Iterator[Weight]:
    """Weigh the searches where no policy was found: only places that all answered show that there is none."""
    found = _searches(evidence, "disclosure-policy")
    files = _searches(evidence, "security-txt")
    yield from _unseen(found)
    if not found or not all(_is_absent(one) for _, one in found):
        return
    yield from _unseen(files)
    seen = (*(one for one, _ in found), *(one for one, _ in files))
    places = sum(one.places for _, one in found)
    if files and all(_is_absent(one) for _, one in files):
        if not is_completed(evidence, _POLICY_PAGES, "maker"):
            return
        why = message("neither a disclosure policy nor a security.txt is at any of {places} places", places=places)
        yield Weight("refutes", why, seen)
    elif any(one.outcome == "found" for _, one in files) or any(True for _ in evidence.of(SecurityTxt)):
        why = message("there is a security.txt, and no disclosure policy at any of {places} places", places=places)
        yield Weight("suspects", why, (*seen, *(one for one, _ in evidence.of(SecurityTxt))))
    elif not files:
        yield Weight("blocks", message("whether there is a security.txt that leads to a policy was not seen"), seen)


def _searches(evidence: Evidence, subject: Subject) -> Searches:
    return [(observation, fact) for observation, fact in evidence.of(Search) if fact.subject == subject]


def _is_absent(search: Search) -> bool:
    return search.outcome == "absent" and search.places > 0


def _unseen(searches: Searches) -> Iterator[Weight]:
    """Give one block for each search that shows neither that something is there nor that it is not."""
    for observation, search in searches:
        if search.outcome in _NOT_SEEN:
            template = _WANTED[search.subject] + " was not found" + _NOT_SEEN[search.outcome]
            yield Weight("blocks", message(template), (observation,))
        elif search.outcome == "absent" and not search.places:
            yield Weight("blocks", message(_WANTED[search.subject] + " was looked for at no place"), (observation,))


def _period(evidence: Evidence) -> Iterator[Weight]:
    """Weigh what is published for the model that was looked for; a date is enough."""
    searches = _searches(evidence, "support-period")
    asked = {_key(search.model) for _, search in searches} - {""}
    given = list(evidence.of(SupportPeriod))
    own = [one for one in given if one[1].model and _key(one[1].model) in asked]
    dated = [one for one in own if _DATE.match(one[1].ends_on)]
    if dated:
        yield _dated(dated)
        return
    brand_date = any(not one.model and one.ends_on for _, one in given)
    is_through = is_completed(evidence, _PERIOD_PAGES, "maker") and not brand_date
    weights = [_undated(observation, fact) for observation, fact in own]
    is_sure = is_through and all(one.effect == "refutes" for one in weights)
    for weight in weights:
        yield weight if is_sure or weight.effect != "refutes" else Weight("suspects", weight.why, weight.observations)
    if own:
        return
    yield from _of_others([one for one in given if one not in own])
    yield from _unseen(searches)
    yield from _no_period(searches, evidence, is_silent=not any(not one.model for _, one in given))


def _key(model: str) -> str:
    """Give a model designation without what differs from one spelling of it to another."""
    return _SPELLING.sub("", model).casefold()


def _dated(dated: Sequence[tuple[Observation, SupportPeriod]]) -> Weight:
    """Weigh the dates for the model; those that differ leave open which holds."""
    ends = sorted({fact.ends_on for _, fact in dated})
    seen = tuple(observation for observation, _ in dated)
    if any(not ends[-1].startswith(one) for one in ends):
        why = message("for {model} different ends of support are published: {ends}",
                      model=dated[0][1].model, ends=", ".join(ends[:3]))  # fmt: skip
        return Weight("suspects", why, seen)
    why = message("security updates for {model} are promised until {end}", model=dated[0][1].model, end=ends[-1])
    return Weight("confirms", why, seen)


def _undated(observation: Observation, fact: SupportPeriod) -> Weight:
    """Weigh what is promised for the model without a date."""
    effect: Effect = "refutes"
    words: dict[str, str | int] = {"model": fact.model}
    if fact.ends_on:
        effect, template = "blocks", "the end of support that is published for {model} could not be read as a date"
    elif fact.lifetime:
        template = "for {model} a lifetime is promised, which is no period"
    elif fact.years and fact.counted_from in _STARTS:
        effect = "suspects"
        template = "for {model} {years} years from " + _STARTS[fact.counted_from] + " are promised, and no end date"
        words["years"] = fact.years
    elif fact.years:
        template = "for {model} {years} years are promised, and not from when"
        words["years"] = fact.years
    else:
        effect, template = "blocks", "what is promised for {model} has neither a date nor a number of years"
    return Weight(effect, message(template, **words), (observation,))


def _of_others(given: Sequence[tuple[Observation, SupportPeriod]]) -> Iterator[Weight]:
    """Say that what is promised for a brand or another model says nothing of this one."""
    brand = tuple(observation for observation, fact in given if not fact.model)
    others = tuple(observation for observation, fact in given if fact.model)
    if brand:
        yield Weight("blocks", message("a support period is promised for the brand, and not for the model"), brand)
    if others:
        models = ", ".join(sorted({fact.model for _, fact in given if fact.model})[:3])
        why = message("a support period was found for {models}; that this is the model was not seen", models=models)
        yield Weight("blocks", why, others)


def _no_period(searches: Searches, evidence: Evidence, *, is_silent: bool) -> Iterator[Weight]:
    """Weigh searches that found none: they decide when pages that name the model were among what was looked at."""
    if not is_silent or not searches or not all(_is_absent(one) for _, one in searches):
        return
    pages = tuple(observation for observation, fact in evidence.of(MakerPage) if fact.names_model)
    seen = tuple(observation for observation, _ in searches)
    models = ", ".join(sorted({one.model for _, one in searches if one.model}))
    if not models:
        yield Weight("blocks", message("no support period was found; for which model was not told"), seen)
    elif not pages:
        why = message("no support period was found; no page that names {model} was looked at", model=models)
        yield Weight("blocks", why, seen)
    elif is_completed(evidence, _PERIOD_PAGES, "maker"):
        places = sum(one.places for _, one in searches)
        why = message(
            "none of {places} pages says until when {model} gets security updates", places=places, model=models
        )
        yield Weight("refutes", why, (*seen, *pages))


POLICY = Rule(
    id="disclosure-policy-is-published",
    criterion="disclosure-policy-is-published",
    needs=(_POLICY_PAGES,),
    what=(
        "The policies that were found on the maker's pages. One in English that takes reports on products and says "
        "whom to tell, when receipt is acknowledged and that news follows until the matter is resolved shows that it "
        "holds, each with the words that say so. Where every policy that may be for products lacks one of these, "
        "that decides against the maker; so does the lack of a policy and of a security.txt at all places. A policy "
        "for the website only, a time that is aimed at and not promised, and a report that needs an account, are a "
        "suspicion. A security.txt alone decides nothing, and one that has expired does not spoil a whole policy."
    ),
    limits=(
        "Policies in other languages are not read. Whether the contact answers, and whether the promises are kept, is "
        "not seen. A page that nothing leads to is not found."
    ),
    weigh=_policy,
    window="maker",
)

PERIOD = Rule(
    id="support-period-is-published",
    criterion="support-period-is-published",
    needs=(_PERIOD_PAGES,),
    what=(
        "What the maker's pages promise for the model. A day or month on which updates end shows that it holds. A "
        "lifetime, and a number of years that are not said to count from anything, decide against it; years from the "
        "launch or the sale are a suspicion, for their end is not told. So does the lack of any promise, where pages "
        "that name the model were looked at. What is promised for the brand or another model decides nothing."
    ),
    limits=(
        "Whether a date was shortened later, and whether it covers every part of the software, is not seen. A date in "
        "the past is a published date."
    ),
    weigh=_period,
    window="maker",
)
