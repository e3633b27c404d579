"""What servers may do wrong, and how that is told: never an exception, and never more than the bounds."""

import gzip
import itertools
import socket
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.sources.site import Response
from plimsoll.visit.limits import VisitLimits
from tests.visit.certificates import Certificate
from tests.visit.sites import (
    HOSTILE_HTML,
    Maker,
    Raw,
    Route,
    gzip_bomb,
    huge_page,
    many_headers,
    moved,
    page,
    slow_page,
    text,
)

PLACE = "/security.txt"
SHORT = VisitLimits(response_seconds=0.4, read_seconds=0.2)
OK = b"HTTP/1.1 200 OK\r\n"


def visit(route: Route, limits: VisitLimits = SHORT) -> Response:
    """Ask a maker for the one page that it has."""
    with Maker({PLACE: route}) as maker:
        return maker.site(maker.visitor(limits=limits)).get(PLACE)


def test_a_huge_page_is_cut() -> None:
    response = visit(huge_page(), VisitLimits())
    assert (response.ok, response.cut, len(response.body)) == (True, True, 2 << 20)


def test_a_page_of_just_the_size_is_whole() -> None:
    limits = VisitLimits(body_bytes=1000)
    assert not visit(text("x" * 1000), limits).cut
    assert visit(text("x" * 1001), limits).cut


def test_a_small_page_that_unpacks_to_a_huge_one_is_cut() -> None:
    route = gzip_bomb()
    tracemalloc.start()
    response = visit(route, VisitLimits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (response.ok, response.cut, len(response.body)) == (True, True, 2 << 20)
    assert peak < 24 << 20


RAW_DEFLATE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"here", mtime=0)),
        ("X-GZIP", gzip.compress(b"here", mtime=0)),
        ("deflate", zlib.compress(b"here")),
        ("deflate", RAW_DEFLATE.compress(b"here") + RAW_DEFLATE.flush()),
        ("identity", b"here"),
    ],
)
def test_content_codings_that_were_offered_are_undone(coding: str, body: bytes) -> None:
    assert visit(page(body, **{"Content-Encoding": coding})).body == b"here"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", b"here"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"here", mtime=0), mtime=0)),
        ("gzip", b"here"),
        ("gzip", gzip.compress(b"here", mtime=0)[:-3]),
        ("gzip", gzip.compress(b"here", mtime=0) + b"more"),
        ("deflate", b"here"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_no_answer(coding: str, body: bytes) -> None:
    response = visit(page(body, **{"Content-Encoding": coding}))
    assert (response.access, response.status, response.body) == ("unreachable", 0, b"")


def test_a_page_that_drips_takes_no_longer_than_it_may() -> None:
    started = time.monotonic()
    response = visit(slow_page())
    assert response.access == "unreachable"
    assert "too long" in str(response.why)
    assert time.monotonic() - started < 2


def test_a_page_that_is_slow_but_ends_is_read() -> None:
    assert visit(slow_page(pieces=3), VisitLimits()).body == b"xxx"


def dripping_headers() -> Iterator[bytes]:
    yield OK
    for number in itertools.count():
        time.sleep(0.05)
        yield b"X-%d: y\r\n" % number


def silence() -> Iterator[bytes]:
    yield OK
    time.sleep(0.5)


@pytest.mark.parametrize("pieces", [dripping_headers(), silence()], ids=["dripping", "silent"])
def test_headers_that_do_not_end_take_no_longer_than_they_may(pieces: Iterator[bytes]) -> None:
    assert "too long" in str(visit(Raw(pieces)).why)


def test_a_server_that_accepts_and_says_nothing_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, Maker() as maker:
        response = maker.visitor(limits=SHORT)("GET", f"https://maker.example:{mute.getsockname()[1]}{PLACE}")
    assert (response.access, "too long" in str(response.why)) == ("unreachable", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-server\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 999 OK\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9000,
        OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
        OK + b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(90)) + b"\r\nbody",
        OK + b"Content-Length: 10\r\n\r\nshort",
        OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nhere\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhere\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhere\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 60_000 + b"\r\nhere",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;" + b"e" * 4000 + b"\r\nx\r\n",
    ],
    ids=range(13),
)
def test_what_is_no_proper_answer_is_unreachable(answer: bytes) -> None:
    assert visit(Raw((answer,))).access == "unreachable"


def test_too_many_headers_are_no_answer() -> None:
    assert visit(many_headers()).access == "unreachable"


def test_chunks_are_put_together_and_folded_headers_are_one_line() -> None:
    raw = OK + b"A: b\r\n  c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n2\r\nre\r\n0\r\n\r\n"
    response = visit(Raw((raw,)))
    assert (response.body, response.header("a")) == (b"here", "b c")


def test_a_negative_length_makes_no_large_reading() -> None:
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"
    pieces = itertools.chain((head,), itertools.repeat(b"x" * 65_536, 500))
    limits = VisitLimits(body_bytes=100_000)
    tracemalloc.start()
    visit(Raw(pieces), limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def test_hostile_markup_is_given_as_the_bytes_it_is() -> None:
    assert visit(page(HOSTILE_HTML)).body == HOSTILE_HTML


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("expired", "expired"), ("wrong-name", "Hostname mismatch"), ("self-signed", "self-signed")],
)
def test_a_broken_certificate_is_unreachable_with_the_reason(certificate: Certificate, reason: str) -> None:
    with Maker({PLACE: text("Contact: x")}, certificate=certificate) as maker:
        response = maker.site().get(PLACE)
        assert not maker.asked
    assert (response.access, response.body) == ("unreachable", b"")
    assert reason in str(response.why)


def test_a_certificate_of_an_unknown_authority_is_not_trusted() -> None:
    with Maker({PLACE: text("Contact: x")}) as maker:
        response = maker.site(maker.visitor(trust=None)).get(PLACE)
    assert "certificate" in str(response.why)


def test_a_redirect_to_a_host_with_a_broken_certificate_is_unreachable() -> None:
    with Maker(certificate="expired") as broken, Maker({PLACE: moved(broken.url(PLACE))}) as maker:
        response = maker.site().get(PLACE)
    assert (response.access, response.hops[0].location) == ("unreachable", broken.url(PLACE))
    assert "expired" in str(response.why)


def test_the_ways_of_having_no_page_are_told_apart() -> None:
    def no_such_name(host: str) -> tuple[str, ...]:
        raise OSError

    with Maker() as maker, Maker(certificate=None) as plain:
        absent = maker.site().get(PLACE)
        nameless = maker.site(maker.visitor(resolve=no_such_name)).get(PLACE)
        unnamed = maker.site(maker.visitor(resolve=lambda host: ())).get(PLACE)
        insecure = plain.site().get(PLACE)
    closed = maker.site().get(PLACE)
    assert (absent.access, absent.is_absent) == ("answered", True)
    for response, reason in (
        (nameless, "no internet address"),
        (unnamed, "no internet address"),
        (insecure, "TLS with maker.example failed"),
        (closed, "refuses the connection"),
    ):
        assert (response.access, response.is_absent) == ("unreachable", False)
        assert reason in str(response.why)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from([b"", OK, OK + b"Transfer-Encoding: chunked\r\n\r\n"]), st.binary())
def test_any_bytes_are_an_answer_or_told(head: bytes, rest: bytes) -> None:
    assert visit(Raw((head + rest,))).access in ("answered", "unreachable", "refused")
