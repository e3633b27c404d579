"""Makers' sites made of prepared answers: the same interface as a live visit, without a network."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TypeVar

from plimsoll.inspect.maker import SiteInspector, Visit, look_at_site
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.facts import Fact, Search
from plimsoll.model.message import message
from plimsoll.sources.site import Access, Hop, Method, Response, Site

TODAY = datetime.date(2026, 11, 25)
DOMAIN = "maker.example"
HOME = f"https://{DOMAIN}"
Answer = bytes | str | int | Response
F = TypeVar("F", bound=Fact)


def page(
    body: bytes | str,
    media: str = "text/html; charset=utf-8",
    *,
    status: int = 200,
    hops: tuple[Hop, ...] = (),
    to: str = "",
) -> Response:
    """Make an answer; its address is set by the site that holds it."""
    data = body.encode() if isinstance(body, str) else body
    return Response("", "answered", to, status, (("content-type", media),), data, hops)


def plain(body: bytes | str) -> Response:
    return page(body, "text/plain; charset=utf-8")


def closed(access: Access) -> Response:
    return Response("", access, why=message("the test says so"))


def html(words: str, title: str = "Maker") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title><meta charset="utf-8"></head>'
        f"<body><nav><a href='/'>Home</a> <a href='/shop'>Shop</a></nav><main>{words}</main></body></html>"
    )


SHELL = (
    '<!doctype html><html><head><title>Maker</title></head><body><div id="root"></div>'
    '<script src="/app.js"></script></body></html>'
)
WELCOME = html("<h1>Welcome</h1><p>" + "We make lamps that you can switch from your sofa. " * 12 + "</p>")


def site(answers: Mapping[str, Answer], rest: Answer = 404, *, most: int = 40) -> Site:
    """Make a site of answers by path or address; a number is a status, text is a page in HTML."""
    asked = 0

    def fetch(method: Method, url: str) -> Response:
        nonlocal asked
        asked += 1
        if asked > most:
            return Response(url, "not-looked-at", why=message("the visit was over"))
        path = url.removeprefix(HOME)
        answer = answers.get(path, answers.get(url, rest))
        if isinstance(answer, int):
            answer = page("<h1>Not here</h1>", status=answer)
        elif not isinstance(answer, Response):
            answer = page(answer)
        final = answer.final_url or (url if answer.access == "answered" else "")
        body = b"" if method == "HEAD" else answer.body
        return Response(
            url, answer.access, final, answer.status, answer.headers, body, answer.hops, answer.why, answer.cut
        )

    return Site(DOMAIN, fetch)


def look(
    inspector: SiteInspector, made: Site, *, model: str = "", pages: Sequence[str] = ()
) -> tuple[list[Observation], Inspection]:
    """Run one inspector; check that each quote stands where its place says."""
    seen, (inspection,) = look_at_site(made, [inspector], Visit(model, tuple(pages), TODAY))
    assert inspection.status != "failed", inspection.reason
    for one in seen:
        assert one.window == "maker"
        assert one.where.startswith("page:")
        assert one.excerpt is None or len(one.excerpt.text) <= 200
    return list(seen), inspection


def facts(seen: Sequence[Observation], kind: type[F]) -> list[F]:
    return [one.fact for one in seen if isinstance(one.fact, kind)]


def outcomes(seen: Sequence[Observation]) -> dict[str, str]:
    return {fact.subject: fact.outcome for fact in facts(seen, Search)}
