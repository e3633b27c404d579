"""Whether the maker publishes a policy for reports of vulnerabilities, and what it says, term by term.

Looked for where security.txt points, on the pages given, behind links, and at the usual addresses. The terms are those
of the UK regulations 2023/1007, schedule 1, paragraph 2, ISO/IEC 29147 clause 6 and EN 303 645 clause 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urljoin

from plimsoll.inspect.inspector import Cut
from plimsoll.inspect.maker._links import candidates, given_pages, is_own, leads_elsewhere, texts
from plimsoll.inspect.maker._page_text import PageText, read_page
from plimsoll.inspect.maker._policy_contact import PolicyContact, find_contact
from plimsoll.inspect.maker._policy_signs import foreign_policy_language, is_policy, speaks_of_reports
from plimsoll.inspect.maker._policy_terms import WEAK, Term, read_terms
from plimsoll.inspect.maker._search import conclude_search
from plimsoll.inspect.maker._sentences import Sentence, sentences_of
from plimsoll.inspect.maker.inspector import SiteInspector, Visit
from plimsoll.inspect.maker.security_txt import find_security_txt
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DisclosurePolicy, PolicyTerm
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Response, Site

USUAL_PLACES = (
    "/security", "/vulnerability-disclosure-policy", "/psirt", "/responsible-disclosure",
    "/.well-known/security-policy",
)  # fmt: skip
MOST_FIELDS = 2
MOST_LINKED = 4
MOST_LINKED_AGAIN = 2
LIKELY = 7
"""Score from which a link that was not followed forbids to say that there is no policy."""


class DisclosurePolicies(SiteInspector):
    """Records each policy found and its terms with the words that say them."""

    id = "maker-disclosure-policy"
    title = "Does the maker publish how to report a weakness, and what becomes of a report?"
    what = (
        "The policy that security.txt, the pages given, links on the home page or the usual addresses lead to. Read in "
        "English: contact, products in scope, times for acknowledgement, news and disclosure, safe harbour, and what "
        "is asked of the reporter. Each term is kept with the words that say it."
    )
    limits = (
        "A policy in another language is told and not read, nor is one in a PDF, behind scripts or on another domain "
        "unless its address is given. Whether the promises are kept is not seen."
    )

    def look(self, site: Site, visit: Visit) -> Iterator[Observation | Cut]:
        """Give policies, their terms, and the Search."""
        places = _Places(site, visit)
        seen: set[str] = set()
        for response in places:
            page = read_page(response) if response.ok else None
            if page is None or page.url in seen:
                continue
            seen.add(page.url)
            sentences = sentences_of(page)
            if is_policy(page, sentences):
                places.found = True
                for one in self._policy(page, sentences):
                    places.settled = places.settled or _is_whole(one)
                    yield one
            elif language := foreign_policy_language(page, sentences):
                places.found = True
                policy = DisclosurePolicy(page.url, language=language)
                yield self.see(policy, response, page.span(0, min(len(page.text), 200)), page.text[:200])
            elif speaks_of_reports(page, sentences) or response.url in places.promised:
                places.doubtful = places.doubtful or page.url
        yield from conclude_search(
            self,
            site,
            "disclosure-policy",
            places.asked,
            found=places.found,
            settled=places.settled,
            unread=places.unread(),
        )

    def _policy(self, page: PageText, sentences: Sequence[Sentence]) -> Iterator[Observation | Cut]:
        terms = read_terms(page, sentences)
        contact = find_contact(page, sentences)
        terms = [*_contact_terms(contact), *_scope_terms(terms)]
        kinds = {term.kind for term in terms}
        policy = DisclosurePolicy(
            page.url,
            contact.value if contact and not contact.account else "",
            any(term.kind == "acknowledgement" and not term.value.endswith(WEAK) for term in terms),
            any(_promises_updates(term) for term in terms),
            "products" if "products" in kinds else "website" if "website-only" in kinds else "unknown",
        )
        first = terms[0] if terms else Term("contact", "", 0, min(len(page.text), 200))
        yield self.see(policy, page.response, page.span(first.start, first.end), page.text[first.start : first.end])
        for term in terms:
            fact = PolicyTerm(page.url, term.kind, term.value)
            yield self.see(fact, page.response, page.span(term.start, term.end), page.text[term.start : term.end])
        if not page.is_whole:
            yield Cut(message("{url} is too long; only its beginning was read", url=page.url))


class _Places:
    """The places where a policy may be, in the order in which they are asked; it stops where a whole one is found."""

    def __init__(self, site: Site, visit: Visit) -> None:
        self._site = site
        self._visit = visit
        self.asked: list[Response] = []
        self.found = False
        self.settled = False
        """Whether a policy was found that says all that the least is."""
        self.promised: set[str] = set()
        """Addresses that a link promises to be a place for reports."""
        self._more = False
        self.doubtful = ""
        """Address of a page that asks for reports, or is linked as one that does, and is no policy that can be read."""
        self._elsewhere: Message | None = None

    def __iter__(self) -> Iterator[Response]:
        file = find_security_txt(self._site)
        fields = [value for value in (file.values("policy") if file else ()) if value.lower().startswith("https:")]
        for url in dict.fromkeys(fields[:MOST_FIELDS]):
            yield from self._ask(self._site.get(url))
        for response in given_pages(self._site, self._visit):
            yield from self._ask(response)
        home = self._site.get("/")
        yield from self._ask(home)
        starts = list(self.asked)
        yield from self._follow(starts, MOST_LINKED)
        if not self.settled:
            yield from self._follow(self.asked[len(starts) :], MOST_LINKED_AGAIN)
        origin = home.final_url if home.ok and is_own(home.final_url, self._site.domain) else ""
        for path in USUAL_PLACES:
            if not self.settled:
                yield from self._ask(self._site.get(urljoin(origin, path)))
        self._elsewhere = self._first_elsewhere()

    def unread(self) -> Message | None:
        """Name what is known of and was not read."""
        if self.doubtful:
            return message(
                "{url} is about reporting weaknesses; whether it is a policy was not recognised", url=self.doubtful
            )
        if self._more:
            return message("more pages are linked as places for reports than were looked at")
        return self._elsewhere or next(
            (
                message("{url} is in a form that is not read here", url=one.url)
                for one in self.asked
                if one.ok and one.body and read_page(one) is None
            ),
            None,
        )

    def _follow(self, responses: Sequence[Response], most: int) -> Iterator[Response]:
        pages = texts(responses)
        links = candidates(pages, "disclosure", self._site.domain)
        for link in links[:most]:
            if not self.settled:
                if link.score >= LIKELY:
                    self.promised.add(link.url)
                yield from self._ask(self._site.get(link.url))
        seen = {one.url for one in self.asked}
        self._more = self._more or any(link.score >= LIKELY and link.url not in seen for link in links[most:])

    def _ask(self, response: Response) -> Iterator[Response]:
        if response not in self.asked:
            self.asked.append(response)
            yield response

    def _first_elsewhere(self) -> Message | None:
        for link in leads_elsewhere(texts(self.asked), "disclosure", self._site.domain):
            return message(
                "{url} is linked as a place for reports and was not asked for: give its address to have it read",
                url=link.url,
            )
        return None


def _contact_terms(contact: PolicyContact | None) -> Iterator[Term]:
    if contact is None:
        return
    if contact.account:
        yield Term("account-needed", contact.account, contact.start, contact.end)
    else:
        yield Term("contact", contact.value, contact.start, contact.end)


def _scope_terms(terms: Sequence[Term]) -> list[Term]:
    """Keep one word on the scope: a site that is named beside products is no limit, products left out are one."""
    excluded = any(one.kind == "website-only" and one.value in ("", "products excluded") for one in terms)
    has_products = any(one.kind == "products" for one in terms)
    names_site = any(one.kind == "website-only" and one.value in ("", "named") for one in terms)
    kept = []
    for term in terms:
        if term.kind == "products" and excluded:
            continue
        if term.kind == "website-only" and not (excluded and names_site) and (has_products or not names_site):
            continue
        kept.append(term)
    return kept


def _is_whole(one: Observation | Cut) -> bool:
    """Whether a policy says whom to tell, for products, and both times: nothing more is to be looked for."""
    policy = one.fact if isinstance(one, Observation) else None
    return (
        isinstance(policy, DisclosurePolicy)
        and bool(policy.contact)
        and policy.covers == "products"
        and policy.acknowledgement_time
        and policy.status_updates
    )


def _promises_updates(term: Term) -> bool:
    return term.kind == "status-updates" and term.value != "" and not term.value.endswith(WEAK)
