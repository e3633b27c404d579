"""Whether the maker's domain serves a security.txt file, and what it says: RFC 9116.

The file at `/.well-known/` goes before the one at the top, as section 3 says. Form and use are told apart: a file with
faults still names its contacts.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker._search import conclude_search
from plimsoll.inspect.maker._security_txt_file import (
    SecurityTxtFile,
    is_usable_contact,
    languages_of,
    looks_like_file,
    parse_security_txt,
    parse_time,
)
from plimsoll.inspect.maker.inspector import SiteInspector, Visit
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import SecurityTxt
from plimsoll.sources.site import Response, Site

WELL_KNOWN = "/.well-known/security.txt"
AT_THE_TOP = "/security.txt"

MOST_CONTACTS = 2
"""Contacts that are tried."""

LONGEST_FILE = 32_768
"""Bytes of a file that are read; section 5.4 advises readers to set a limit."""


class SecurityTxts(SiteInspector):
    """Records the file and what RFC 9116 does not allow in it."""

    id = "maker-security-txt"
    title = "Does the domain say whom to tell of a weakness, in a security.txt file?"
    what = (
        "The file at /.well-known/security.txt, else at /security.txt: its contacts, policies, expiry and languages, "
        "and each point in which its form or the way it is served departs from RFC 9116."
    )
    limits = (
        "Of a contact on the web it is tried whether the page is there, and nothing more: whether somebody answers is "
        "not seen. A signature is seen by its form and not checked."
    )

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Give the SecurityTxt and its Search."""
        asked: list[Response] = []
        found = False
        for path in (WELL_KNOWN, AT_THE_TOP):
            response = site.get(path)
            asked.append(response)
            if is_security_txt(response):
                found = True
                seen = self._seen(response, path == AT_THE_TOP and asked[0].access == "answered", visit.today)
                yield _with_dead_contacts(seen, site)
                break
        yield from conclude_search(self, site, "security-txt", asked, found=found, shell_is_answer=True)

    def _seen(self, response: Response, only_at_top: bool, today: datetime.date) -> Observation:
        body = response.body[:LONGEST_FILE]
        file = parse_security_txt(body)
        expires = file.values("expires")
        written = next((value for value in expires if parse_time(value) is not None), "")
        time = parse_time(written)
        expired = time is not None and time.astimezone(datetime.UTC).date() < today
        faults = {*file.faults, *_faults_of_serving(response, file)}
        faults |= {"only-at-top-level"} if only_at_top else set()
        faults |= {"expired"} if expired else set()
        faults |= {"too-long"} if len(response.body) > LONGEST_FILE or response.cut else set()
        fact = SecurityTxt(
            response.final_url or response.url,
            tuple(value for value in file.values("contact") if is_usable_contact(value) or _is_contact(value)),
            tuple(value for value in file.values("policy") if value),
            written,
            expired,
            tuple(tag for value in file.values("preferred-languages") for tag in languages_of(value) if tag),
            tuple(value for value in file.values("csaf") if value),
            file.signed,
            tuple(sorted(faults)),
        )
        named = [field for field in file.fields if field.name == "contact"] or file.fields[:1]
        span = (named[0].offset, named[0].length) if named else (0, len(body))
        return self.see(fact, response, span)


def _with_dead_contacts(seen: Observation, site: Site) -> Observation:
    """Try the web addresses among the contacts, the first few, with a HEAD request; nothing is filled in or sent."""
    assert isinstance(seen.fact, SecurityTxt)
    pages = [value for value in seen.fact.contacts if value.lower().startswith("https://")][:MOST_CONTACTS]
    answers = {url: site.head(url) for url in dict.fromkeys(pages)}
    dead = tuple(url for url, answer in answers.items() if answer.is_absent or answer.access == "unreachable")
    return msgspec.structs.replace(seen, fact=msgspec.structs.replace(seen.fact, dead=dead))


def is_security_txt(response: Response) -> bool:
    """Whether an answer is such a file, and no page that a server gives for every address."""
    media = response.header("content-type").partition(";")[0].strip().lower()
    return response.ok and looks_like_file(response.body) and media not in ("application/json", "text/css")


def find_security_txt(site: Site) -> SecurityTxtFile | None:
    """Give the fields of the domain's file for other inspectors; asks for nothing that was not asked before."""
    for path in (WELL_KNOWN, AT_THE_TOP):
        response = site.get(path)
        if is_security_txt(response):
            return parse_security_txt(response.body[:LONGEST_FILE])
    return None


def _is_contact(value: str) -> bool:
    """Whether a contact with a fault of form can still be used: without its scheme, or over plain http."""
    return value.lower().startswith("http://") or ("@" in value and " " not in value and ":" not in value)


def _faults_of_serving(response: Response, file: SecurityTxtFile) -> Iterator[str]:
    media, _, parameters = response.header("content-type").partition(";")
    if media.strip().lower() != "text/plain":
        yield "wrong-content-type" if media.strip() else "no-content-type"
    charset = parameters.lower().replace('"', "").replace(" ", "").partition("charset=")[2].partition(";")[0]
    if charset and charset not in ("utf-8", "utf8"):
        yield "wrong-charset"
    url = response.final_url or response.url
    if not url.lower().startswith("https:"):
        yield "not-over-https"
    canonical = file.values("canonical")
    places = {_same(address) for address in (response.url, url, *(hop.url for hop in response.hops))}
    if canonical and not places & {_same(value) for value in canonical}:
        yield "canonical-names-another-address"


def _same(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return url
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path}"
