"""Tells a policy for reports of vulnerabilities from pages that only speak of vulnerabilities.

A policy asks its reader to report. News, lists of advisories, adverts for jobs and privacy policies do not, or do so
in one closing sentence. Observed in public policies, and in the templates that authorities publish (ISO/IEC 29147,
clause 6; CISA; NCSC), in wording of our own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from plimsoll.inspect.maker._language import language_of
from plimsoll.inspect.maker._page_text import PageText
from plimsoll.inspect.maker._promised_times import promised_times
from plimsoll.inspect.maker._sentences import Sentence, is_negated

WEAKNESS = (
    r"(?:vulnerabilit(?:y|ies)|security (?:\w+ )?(?:issues?|flaws?|weakness(?:es)?|problems?|bugs?|defects?|concerns?|"
    r"holes?|gaps?|findings?|incidents? or vulnerabilit\w+)|weakness(?:es)? in)"
)
_INVITATIONS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    r"\bif (?:you|anyone|a researcher)\b[^.]{0,80}\b(?:believe|have|discover|find|found|think|identif|suspect|become "
    r"aware|notice|wish|want|would like)\w*\b[^.]{0,120}" + WEAKNESS,
    r"\b(?:please|you can|you may|you should|you must|kindly)\b[^.]{0,60}\b(?:report|submit|send|disclose|notify|"
    r"contact|"
    r"e-?mail|inform|let us know|use)\b[^.]{0,160}" + WEAKNESS,
    r"(?:^|[:>] ?)(?:report|submit|disclose|"
    r"send)\b[^.]{0,80}" + WEAKNESS + r"[^.]{0,120}\b(?:to|via|through|using|at|by|with)\b",
    r"\b(?:to|how to|where to) (?:report|submit|disclose)\b[^.]{0,60}" + WEAKNESS,
    r"\bwe\b[^.]{0,40}\b(?:encourage|welcome|invite|ask|appreciate|value|request|accept|take)\b[^.]{0,140}"
    r"\b(?:report|disclos|research|submi)",
    r"\b(?:researchers?|finders?|reporters?|anyone|everyone|customers?)\b[^.]{0,60}\b(?:can|may|should|"
    r"are (?:encouraged|invited|asked|welcome))\b[^.]{0,60}\b(?:report|submit|disclose|contact)\b",
    r"\breport(?:s|ing)?\b[^.]{0,40}" + WEAKNESS + r"[^.]{0,100}\b(?:can be|may be|should be|must be|are)\b[^.]{0,40}"
    r"\b(?:sent|submitted|made|reported|directed|e-?mailed|addressed|received)",
    WEAKNESS + r"[^.]{0,80}\b(?:can|may|should|must) be (?:reported|sent|submitted|disclosed|e-?mailed)\b",
))  # fmt: skip
_CHEAP_SIGN = re.compile(r"vulnerab|securit|weakness|report|disclos|submi|research|contact", re.IGNORECASE)
"""What stands in every invitation."""
_PROMISE = re.compile(
    r"\b(?:we|our (?:security |product security )?team|psirt|(?-i:[A-Z][\w-]+)(?= will))\b[^.]{0,60}\b(?:will|"
    r"commit|shall|acknowledge|respond|confirm|keep you|validate|triage|investigate|work with)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:vulnerabilit\w*|responsible|coordinated)[ /_-]+(?:\w+[ /_-]+)?(?:disclosure|reporting|handling|response|"
    r"policy)|"
    r"report\w*[ /_-]+(?:an?[ /_-]+|the[ /_-]+)?(?:\w+[ /_-]+)?(?:security|vulnerab)|\bpsirt\b|product[ /_-]security|"
    r"security[ /_-](?:response|policy|researchers?|contact|disclosure)|\bvdp\b|\bcvd\b",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"(?:vulnerabilit\w*|responsible|coordinated) (?:\w+ )?disclosure|report\w* (?:an? )?(?:\w+ )?vulnerab",
    re.IGNORECASE,
)
_OTHER_KIND = re.compile(
    r"privacy|cookie|careers?\b|\bjobs?\b|vacanc|hiring|press release|newsroom|\bnews\b|\bblog\b|terms (?:of|and)|"
    r"release notes|changelog|warranty|webinar|case study",
    re.IGNORECASE,
)
_JOB = re.compile(
    r"apply now|your (?:profile|tasks|qualifications)|job description|years of experience|we are (?:looking|hiring)|"
    r"equal opportunity|salary|full[- ]time",
    re.IGNORECASE,
)
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_DATED_PATH = re.compile(
    r"/(?:news(?:room)?|blogs?|press|stories|careers?|jobs?|events?)/|/20\d\d/\d\d/", re.IGNORECASE
)

_FOREIGN_WEAKNESS = re.compile(
    r"schwachstelle|sicherheitsl[uü]cke|vuln[eé]rabilit[éeà]|faille de s[ée]curit|vulnerabilidad|vulnerabilit[àa]|"
    r"kwetsbaarhe|beveiligingslek|podatno[śs]|luk[ai] w zabezpiecz|脆弱性|漏洞|취약점",
    re.IGNORECASE,
)
_FOREIGN_REPORT = re.compile(
    r"meld(?:en|et|ung)|offenleg|mitteil|signal(?:er|ez|ement|are|azion)|divulg|inform(?:ar|e)|notific|report|"
    r"comunic|relat(?:ar|e)|zg[łl](?:o[śs]|asz)|報告|报告|届け|提交|上报|反馈|신고|제보",
    re.IGNORECASE,
)


def invitations(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Give the sentences that ask the reader to report a weakness."""
    return [
        one
        for one in sentences
        if _CHEAP_SIGN.search(one.text)
        and len(one.text.split()) >= 5
        and any(pattern.search(one.text) for pattern in _INVITATIONS)
        and not is_negated(one.text.partition(",")[0])
    ]


def is_policy(page: PageText, sentences: Sequence[Sentence]) -> bool:
    """Whether a page in English is a policy: it asks for reports, and more than in passing."""
    asks = len(invitations(sentences))
    if language_of(page.text) not in ("en", ""):
        return False
    named = is_named_policy(page)
    if not asks:
        return named and _takes_reports(page, sentences)
    many_cves = len(set(_CVE.findall(page.text[:200_000]))) >= 3
    promises = sum(1 for one in sentences if _PROMISE.search(one.text) and not is_negated(one.text))
    if (_is_titled_otherwise(page) and not named) or len(_JOB.findall(page.text[:100_000])) >= 2:
        return False
    if named and not many_cves and not _DATED_PATH.search(page.url):
        return True
    sections = [page.text[one.start : one.end][:200] for one in page.headings[:200]]
    in_passing = many_cves or _DATED_PATH.search(page.url) is not None
    has_section = any(_NAMED.search(section) for section in sections)
    return asks >= 2 and promises >= (2 if in_passing and not has_section else 1)


def speaks_of_reports(page: PageText, sentences: Sequence[Sentence]) -> bool:
    """Whether a page that is no policy may yet be part of one: it asks for reports, or is named so."""
    if _is_titled_otherwise(page) or len(_JOB.findall(page.text[:100_000])) >= 2:
        return False
    return bool(invitations(sentences)) or _TITLED.search(" ".join(_titles(page))) is not None


def _takes_reports(page: PageText, sentences: Sequence[Sentence]) -> bool:
    """Whether a page that is named a policy has an address to write to and a time for the answer, as in a table."""
    times = any(time.deed == "acknowledge" for one in sentences for time in promised_times(one.text))
    return times and re.search(r"[\w.+-]@[\w-]+\.", page.text) is not None


def foreign_policy_language(page: PageText, sentences: Sequence[Sentence]) -> str:
    """Give the language of a policy that is not in English; empty when the page is none.

    Two sentences, or a title and a sentence, speak of weaknesses, and one of them of reporting.
    """
    language = language_of(page.text)
    if language in ("en", ""):
        return ""
    titles = [page.title, *(page.text[heading.start : heading.end] for heading in page.headings[:5])]
    named = any(_FOREIGN_WEAKNESS.search(title) or _NAMED.search(title) for title in titles)
    both = [
        one
        for one in sentences
        if _FOREIGN_WEAKNESS.search(one.text) and _FOREIGN_REPORT.search(one.text) and len(one.text) > 12
    ]
    if (_is_titled_otherwise(page) or _DATED_PATH.search(page.url)) and not named:
        return ""
    return language if len(both) >= 2 or (named and both) else ""


def is_named_policy(page: PageText) -> bool:
    """Whether title, first headings or address say that a page is on reports of vulnerabilities."""
    return any(_NAMED.search(title) for title in _titles(page)) or _NAMED.search(_path(page.url)) is not None


def _is_titled_otherwise(page: PageText) -> bool:
    return any(_OTHER_KIND.search(title) for title in _titles(page))


def _titles(page: PageText) -> list[str]:
    return [page.title[:300], *(page.text[one.start : one.end][:200] for one in page.headings[:50] if one.level == 1)]


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
