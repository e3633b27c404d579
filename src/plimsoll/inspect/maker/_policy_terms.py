"""Reads what a policy says, term by term, each with the words that say it.

The terms are those of ISO/IEC 29147 clause 6, of the UK regulations 2023/1007, schedule 1, paragraph 2, and of the
yearly studies of makers' policies. Patterns are in wording of our own, from public policies and templates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from plimsoll.inspect.maker._dates import find_dates
from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._promised_times import promised_times
from plimsoll.inspect.maker._sentences import (
    Sentence,
    clause_around,
    clause_bounds,
    force_of,
    is_hedged,
    is_negated,
)
from plimsoll.model.facts.maker import PolicyTermKind

WEAK = "(not promised)"
"""What stands behind what is said as an aim or a habit, and not as a promise."""


class Term(msgspec.Struct, frozen=True):
    """A term and where in the text of the page it is said."""

    kind: PolicyTermKind
    value: str
    start: int
    end: int


def read_terms(page: PageText, sentences: Sequence[Sentence]) -> list[Term]:
    """Give what a policy says, each term and value once, in the order of the page."""
    found: dict[tuple[PolicyTermKind, str], Term] = {}
    for sentence in _joined(sentences):
        for reader in _READERS:
            for kind, value in reader(sentence):
                found.setdefault((kind, value), Term(kind, value, sentence.start, sentence.end))
    for kind, value, start, end in _linked_advisories(page):
        found.setdefault((kind, value), Term(kind, value, start, end))
    return sorted(found.values(), key=lambda one: (one.start, one.kind, one.value))


def _joined(sentences: Sequence[Sentence]) -> Iterator[Sentence]:
    """Give each sentence; one that begins with a time is read together with the short line above it."""
    previous: Sentence | None = None
    for sentence in sentences:
        if (
            previous is not None
            and len(previous.text) < 60
            and previous.line == sentence.line - 1
            and re.match(r"(?:with)?in\b|\d", sentence.text, re.IGNORECASE)
            and len(sentence.text) < 80
        ):
            yield msgspec.structs.replace(sentence, start=previous.start, text=f"{previous.text}: {sentence.text}")
        else:
            yield sentence
        previous = sentence


_Said = Iterator[tuple[PolicyTermKind, str]]
_KINDS: dict[str, PolicyTermKind] = {
    "acknowledge": "acknowledgement", "update": "status-updates", "disclose": "disclosure-time"
}  # fmt: skip


def _times(sentence: Sentence) -> _Said:
    for time in promised_times(sentence.text):
        if time.deed in _KINDS:
            yield _KINDS[time.deed], f"{time.value} {WEAK}" if time.is_weak else time.value


_KEEP = re.compile(
    r"\bkeep (?:you|the (?:reporter|researcher|finder)|reporters|researchers) (?:\w+ ){0,2}(?:informed|updated|posted|"
    r"up[ -]to[ -]date|apprised|in the loop)|\b(?:be|are|is) kept (?:\w+ )?(?:informed|updated|up[ -]to[ -]date)|"
    r"\b(?:provide|give|send|share|receive|get)\b[^.;]{0,40}\b(?:status |progress |regular )?updates?\b|"
    r"\b(?:status|progress|regular) updates? (?:will|are|is|shall)\b|"
    r"\bupdat(?:e|ing) (?:you|the (?:reporter|researcher|finder))\b|\b(?:inform|notify) (?:you|the (?:reporter|"
    r"researcher|"
    r"finder)) (?:regularly )?(?:of|about|on) (?:the |our |its |any )?(?:progress|status|remediation)|"
    r"\b(?:stay|remain|keep) in (?:touch|contact) with (?:you|the (?:reporter|researcher|finder))|"
    r"\bcommunicat\w+ (?:\w+ )?with (?:you|the (?:reporter|researcher|finder))",
    re.IGNORECASE,
)
_INTERVAL = re.compile(r"\b(?:daily|weekly|bi-?weekly|fortnightly|monthly)\b", re.IGNORECASE)
_UNTIL = re.compile(
    r"\buntil\b[^.;]{0,60}\b(?:resol\w+|fix\w*|clos\w+|remed\w+|complet\w+|address\w+|patch\w*)|\bthroughout\b|"
    r"\b(?:at|after|in) (?:each|every) (?:stage|step|phase|milestone)|\bduring the (?:entire|whole|full|complete)|"
    r"\bfrom\b[^.;]{0,40}\bto (?:the )?(?:resolution|closure|fix)",
    re.IGNORECASE,
)
_ASKED_OR_MEANS = re.compile(
    r"\byou (?:must|should|agree)\b|\b(?:need|allow|enable|help|able|ask|request)\w*\b[^.;]{0,30}\bto\b", re.IGNORECASE
)
_SOFTWARE_UPDATE = re.compile(
    r"\b(?:security|software|firmware|product) updates?\b|\bupdates? (?:to|for) (?:\w+ )?(?:customers|users|"
    r"devices|products)\b",
    re.IGNORECASE,
)


def _status_updates(sentence: Sentence) -> _Said:
    match = _KEEP.search(sentence.text)
    if match is None or _SOFTWARE_UPDATE.search(sentence.text[match.start() : match.end() + 40]):
        return
    first, last = clause_bounds(sentence.text, match.start(), match.end())
    said = sentence.text[first : match.end()]
    force = force_of(sentence.text[first:last], len(said))
    if not force or _ASKED_OR_MEANS.search(said):
        return
    interval = _INTERVAL.search(sentence.text)
    value = "until resolved" if _UNTIL.search(sentence.text) else interval[0].lower() if interval else ""
    yield "status-updates", f"{value} {WEAK}".strip() if force == "weak" else value


_WEBSITE = re.compile(
    r"\b(?:web ?sites?|web (?:services?|applications?|properties|pages)|online services?|domains?|\*\.[\w-]+\.\w+|"
    r"(?:sub)?domains?)\b",
    re.IGNORECASE,
)
_COVERS = re.compile(
    r"\b(?:scope|cover(?:s|ed|ing)?|appl(?:y|ies)|includ(?:es|ing)|limited to|eligible)\b|"
    r"\b(?:vulnerabilit(?:y|ies)|(?:security )?(?:issues?|flaws?|problems?|weakness(?:es)?))\b[^.;]{0,40}\b(?:in|"
    r"with|affect\w*|of|within|involving|regarding)\b[^.;]{0,60}",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:our|all|any|these|following|[A-Z][\w&-]+(?:'s)?)(?: [\w,/-]+){0,5} ?(?:\b(?:products?|devices?|firmware|"
    r"hardware|cameras?|routers?|gateways?|hubs?|appliances?|equipment|wearables?|speakers?|sensors?|locks?)\b)"
)
_OUT = re.compile(
    r"\bout[ -]of[ -]scope|\bexclu|\bnot (?:in scope|covered|eligible|included)|\bnon-?qualifying", re.IGNORECASE
)
_ONLY_WEBSITE = re.compile(
    r"\b(?:only|solely|exclusively|limited to)\b[^.;]{0,80}\b(?:web ?sites?|web (?:services?|applications?)|"
    r"online services?|domains?)",
    re.IGNORECASE,
)


_OTHER_PRODUCTS = re.compile(
    r"third[ -]part|end[ -]of[ -](?:life|support|sale)|unsupported|no longer|discontinued|legacy|competitor|"
    r"other (?:vendor|compan|manufacturer)|physical|stolen|jailbr|rooted|not (?:manufactured|made)",
    re.IGNORECASE,
)
_IN = re.compile(r"\bscope\b|\bcovered\b", re.IGNORECASE)
_LISTED = re.compile(
    r"(?:(?:all|our|any|[A-Z][\w-]+)\s+){0,4}(?:[Pp]roducts?|[Dd]evices?|[Ff]irmware|[Hh]ardware|[Cc]ameras?|"
    r"[Rr]outers?)\b"
)
_WHOLE_LINE = re.compile(
    r"(?:(?:our|all|any|hardware|iot|connected|smart|physical|consumer|and|or|&|,|"
    r"[A-Z][\w-]+)\s+){0,4}(?:products?|devices?|hardware|firmware|cameras?|routers?)[.,;]?",
    re.IGNORECASE,
)
_OUR_PRODUCTS = re.compile(
    r"\b(?:our|all|any)\b(?: [\w,/-]+){0,4} (?:products?|devices?|hardware|firmware|cameras?|routers?|equipment)|"
    r"\b(?:products?|devices?|hardware|firmware)\b[^.;]{0,40}\b(?:are|is)\b[^.;]{0,20}\b(?:out[ -]of[ -]scope|"
    r"excluded|not )",
    re.IGNORECASE,
)


def _scope(sentence: Sentence) -> _Said:
    text = sentence.text
    only = _ONLY_WEBSITE.search(text)
    if only is not None and not is_negated(text[: only.end()]):
        yield "website-only", ""
        return
    if _OUT.search(sentence.heading):
        if _WHOLE_LINE.fullmatch(text) and not _OTHER_PRODUCTS.search(text):
            yield "website-only", "products excluded"
        return
    if _IN.search(sentence.heading) and _LISTED.match(text):
        yield "products", ""
        return
    if is_negated(text) or _OUT.search(text):
        if _SCOPE_WORD.search(text) and _OUR_PRODUCTS.search(text) and not _OTHER_PRODUCTS.search(text):
            yield "website-only", "products excluded"
        return
    covers = _COVERS.search(text)
    if covers is not None and _OURS.search(text) and not is_hedged(text[: covers.start()]):
        yield "products", ""
    elif _WEBSITE.search(text) and _SCOPE_WORD.search(text):
        yield "website-only", "named"


_SCOPE_WORD = re.compile(r"\bscope\b|\bcover|\bappl(?:y|ies)\b|\beligible\b|\bexclu", re.IGNORECASE)
_LEGAL = re.compile(
    r"(?:\b(?:not|no|never|refrain from|waive)|n't)\b[^.]{0,80}\b(?:legal(?:ly)?|civil|criminal|law enforcement|"
    r"lawsuit|"
    r"litigation|prosecut\w*)\b",
    re.IGNORECASE,
)
_LEGAL_DEED = re.compile(
    r"\b(?:pursue|initiate[sd]?|take|bring|seek|face|recommend|commence|file|support|threaten|sue)\b", re.IGNORECASE
)
_AUTHORISED = re.compile(
    r"\b(?:consider(?:ed)?|deem(?:ed)?|treat(?:ed)?|regard(?:ed)?)\b[^.;]{0,80}\bauthori[sz]ed|\bsafe harbou?r\b|"
    r"\bauthori[sz]ed (?:conduct|research|testing)",
    re.IGNORECASE,
)
_RESERVE = re.compile(
    r"\breserves? (?:the|its|our|all) rights?\b|\bmay (?:still )?(?:pursue|take|initiate)", re.IGNORECASE
)


def _safe_harbour(sentence: Sentence) -> _Said:
    text = sentence.text
    legal = _LEGAL.search(text)
    if _RESERVE.search(text) or len(text.split()) < 5:
        return
    if legal is not None and _LEGAL_DEED.search(legal[0]) and not is_hedged(legal[0]):
        authorised = _AUTHORISED.search(text) is not None
        yield "safe-harbour", "full" if authorised else "partial"
    elif (match := _AUTHORISED.search(text)) and not is_negated(clause_around(text, match.start(), match.end())):
        yield "safe-harbour", "partial"


_NDA = re.compile(r"\b(?:NDA|non-?disclosure agreement|confidentiality agreement)s?\b", re.IGNORECASE)
_DEMAND = re.compile(
    r"\b(?:must|require[sd]?|required|need(?:s|ed)? to|have to|shall|agree|sign|prior to|before)\b", re.IGNORECASE
)
_CONSENT = re.compile(
    r"\b(?:not|never)\b[^.;]{0,80}\b(?:disclos\w+|publish|share|"
    r"reveal)\b[^.;]{0,120}\bwithout\b[^.;]{0,40}\b(?:consent|permission|approval|authori[sz]ation)",
    re.IGNORECASE,
)


def _non_disclosure(sentence: Sentence) -> _Said:
    text = sentence.text
    if (match := _NDA.search(text)) and _DEMAND.search(text):
        clause = clause_around(text, match.start(), match.end())
        if not is_negated(clause):
            yield "non-disclosure-demanded", "agreement"
    elif _CONSENT.search(text):
        yield "non-disclosure-demanded", "consent"


_PERSONAL = re.compile(
    r"\b(?:must|required to|have to|mandatory|need to)\b[^.;]{0,60}\b(?:your|the reporter's|full|legal|"
    r"real)\b[^.;]{0,40}"
    r"\b(?:names?|phone|telephone|postal|home address|date of birth|identity|passport|ID (?:card|number)|"
    r"personal (?:data|information|details))\b",
    re.IGNORECASE,
)


def _personal_data(sentence: Sentence) -> _Said:
    match = _PERSONAL.search(sentence.text)
    if match is None or is_negated(sentence.text) or re.search(r"\bname of (?:the|your)? ?(?:product|device)|"
                                                               r"product name|optional|anonymous|bounty|reward|paid|"
                                                               r"payment", sentence.text, re.I):  # fmt: skip
        return
    yield "personal-data-demanded", ""


_ADVISORY = re.compile(r"\b(?:security )?(?:advisor(?:y|ies)|bulletins?)\b", re.IGNORECASE)
_PUBLISH = re.compile(r"\b(?:publish|release|issue|post|announce|list|find|available)\w*\b", re.IGNORECASE)
_COORDINATOR = re.compile(
    r"\b(?:CERT(?:/CC|-[A-Z]{2,4}|\.[A-Z]{2,4})?|CSIRTs?|ICS-CERT|CISA|NCSC(?:-[A-Z]{2})?|JPCERT(?:/CC)?|BSI|ENISA|"
    r"KrCERT(?:/CC)?|VINCE|"
    r"(?:third[ -]party|neutral|independent|national) coordinator|coordinat(?:ion|ing) (?:cent(?:er|re)|body|"
    r"organi[sz]ation))\b"
)
_COORDINATE = re.compile(
    r"\b(?:coordinat\w*|contact|report\w*|escalat\w*|involve|mediat\w*|notif\w*|work with|inform)\b", re.IGNORECASE
)


_DENIED = re.compile(r"\b(?:do|does|did|will|shall|must|should|may) not\b|\bnever\b|n't\b", re.IGNORECASE)


def _others(sentence: Sentence) -> _Said:
    text = sentence.text
    if _ADVISORY.search(text) and _PUBLISH.search(text) and not is_negated(text) and not is_hedged(text):
        yield "advisories", ""
    if (match := _COORDINATOR.search(text)) and _COORDINATE.search(text) and not _DENIED.search(text):
        yield "coordinator", match[0]


_DATED = re.compile(
    r"\b(?:last|latest|date of (?:last )?)? ?(?:updated?|modified|revised|revision|reviewed|changed?|effective|"
    r"version|published|valid from|as of)\b",
    re.IGNORECASE,
)


def _dated(sentence: Sentence) -> _Said:
    if len(sentence.text) < 160 and (match := _DATED.search(sentence.text)):
        for date in find_dates(sentence.text):
            if 0 <= date.start - match.end() <= 40:
                yield "dated", date.iso
                return


_CREDIT = re.compile(
    r"\bhall of fame\b|\bcredit(?:ed|s)?\b(?! card)|\bpublic(?:ly)? (?:acknowledge\w*|recogni[sz]\w+|thank\w*)|"
    r"\b(?:acknowledge|recogni[sz]e|thank) (?:you|the (?:reporter|researcher|finder)|researchers|"
    r"reporters)\b[^.;]{0,40}\b(?:public|advisor|bulletin|page|website)",
    re.IGNORECASE,
)
_KEY = re.compile(r"\b(?:Open)?PGP\b|\bGPG\b|\bS/MIME\b|\bpublic key\b", re.IGNORECASE)
_ENGLISH = re.compile(r"\b(?:in|preferred languages?(?: is| are|:)?|languages?:) (?P<names>[^.;]{0,60})", re.IGNORECASE)
_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl",
    "portuguese": "pt", "polish": "pl", "chinese": "zh", "japanese": "ja", "korean": "ko",
    "swedish": "sv", "danish": "da", "finnish": "fi",
}  # fmt: skip
_NAMES = re.compile(r"\b(?:" + "|".join(_LANGUAGES) + r")\b", re.IGNORECASE)


def _courtesies(sentence: Sentence) -> _Said:
    text = sentence.text
    if (match := _CREDIT.search(text)) and not _weak(text, match):
        yield "credit", ""
    if (match := _KEY.search(text)) and not is_negated(text):
        yield "encryption", ""
    if (match := _ENGLISH.search(text)) and not is_negated(text):
        names = [_LANGUAGES[name.lower()] for name in _NAMES.findall(match["names"])]
        if names:
            yield "languages", ", ".join(dict.fromkeys(names))


def _weak(text: str, match: re.Match[str]) -> bool:
    clause = clause_around(text, match.start(), match.end())
    return is_negated(clause) or is_hedged(clause)


_READERS: tuple[Callable[[Sentence], _Said], ...] = (
    _times, _status_updates, _scope, _safe_harbour, _non_disclosure, _personal_data, _others, _dated, _courtesies
)  # fmt: skip


def _linked_advisories(page: PageText) -> Iterator[tuple[PolicyTermKind, str, int, int]]:
    for link in page.links:
        if link.end > link.start and link.url.startswith("http") and _ADVISORY.search(link.words):
            yield "advisories", link.url, link.start, link.end
            return
