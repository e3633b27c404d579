"""What the visitor asks for, and what it never does."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

from plimsoll.errors import InputError
from plimsoll.sources.site import Method
from plimsoll.visit.limits import VisitLimits
from plimsoll.visit.visitor import Visitor, look_up, user_agent
from tests.visit.certificates import authority
from tests.visit.sites import Asked, Maker, endless_redirects, moved, page, robots, text

OPEN = {"/robots.txt": robots("User-agent: *\nDisallow:\n")}


def leading_to(maker: Maker, contacted: list[str]) -> Callable[[tuple[str, int], float], socket.socket]:
    """Make a connect that notes the address and goes to the maker's server, so that loopback can play the internet."""

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        contacted.append(f"{address[0]}:{address[1]}")
        return socket.create_connection(("127.0.0.1", maker.port), timeout)

    return connect


def public_visitor(maker: Maker, names: dict[str, tuple[str, ...]], contacted: list[str]) -> Visitor:
    """Make a visitor of the public internet, whose names and connections are played."""
    return maker.visitor(allow_private=False, resolve=names.__getitem__, connect=leading_to(maker, contacted))


def test_a_page_is_read_with_its_headers() -> None:
    with Maker({"/security": page("<h1>Report</h1>", **{"X-Two": "a"})}) as maker:
        response = maker.site().get("/security")
    assert response.ok
    assert response.body == b"<h1>Report</h1>"
    assert (response.header("content-type"), response.header("x-two")) == ("text/html; charset=utf-8", "a")
    assert response.final_url == response.url == maker.url("/security")
    assert (response.hops, response.why, response.cut) == ((), None, False)


def test_head_asks_without_a_body() -> None:
    with Maker({"/security": page("<h1>Report</h1>")}) as maker:
        response = maker.site().head("/security")
        assert maker.asked[-1].method == "HEAD"
    assert (response.ok, response.body) == (True, b"")


def test_nothing_but_get_and_head_is_asked() -> None:
    with Maker(OPEN) as maker:
        response = maker.visitor()(cast(Method, "POST"), maker.url("/"))
        assert not maker.asked
    assert response.access == "refused"


def test_a_request_says_who_asks_and_carries_nothing_that_was_given() -> None:
    with Maker({"/a": page("", **{"Set-Cookie": "id=1", "WWW-Authenticate": "Basic"}), "/b": page("")}) as maker:
        site = maker.site()
        site.get("/a")
        site.get("/b")
        headers = maker.asked[-1].headers
    assert headers["user-agent"] == user_agent()
    assert user_agent().startswith("Plimsoll/")
    assert user_agent("me@example.org").endswith(" (+me@example.org)")
    assert set(headers) == {"host", "user-agent", "accept", "accept-language", "accept-encoding", "connection"}


def test_a_page_that_is_not_there_is_absent() -> None:
    with Maker({"/gone": page("", status=410)}) as maker:
        site = maker.site()
        assert site.get("/nowhere").is_absent
        assert site.get("/gone").is_absent


def test_redirects_are_followed_one_by_one_and_kept() -> None:
    with Maker({"/a": moved("/b", 301), "/b": moved("c?d#e", 308), "/c": page("here")}) as maker:
        response = maker.site().get("/a")
    assert response.body == b"here"
    assert response.final_url == maker.url("/c?d")
    assert [(one.url, one.status, one.location) for one in response.hops] == [
        (maker.url("/a"), 301, "/b"),
        (maker.url("/b"), 308, "c?d#e"),
    ]


def test_a_redirect_to_another_domain_is_followed_and_kept() -> None:
    with Maker(hosts=("maker.example", "parent.example")) as maker:
        maker.routes |= {"/a": moved(maker.url("/b", "parent.example")), "/b": page("here")}
        response = maker.site().get("/a")
    assert response.final_url == maker.url("/b", "parent.example")
    assert maker.asked[-1].headers["host"] == f"parent.example:{maker.port}"


def test_a_redirect_without_a_place_is_the_answer() -> None:
    with Maker({"/a": (302, {}, b"")}) as maker:
        assert maker.site().get("/a").status == 302


def test_five_redirects_are_followed_and_no_more() -> None:
    steps = {f"/{number}": moved(f"/{number + 1}") for number in range(9)}
    with Maker({**OPEN, **steps, "/9": page("here")}) as maker:
        site = maker.site()
        assert site.get("/4").ok
        response = site.get("/3")
        assert "/9" not in maker.paths[6:]
    assert (response.access, str(response.why)) == ("unreachable", "more than 5 redirects")
    assert len(response.hops) == 6


def test_endless_redirects_end() -> None:
    with Maker({"/a": endless_redirects}) as maker:
        assert maker.site().get("/a").access == "unreachable"
        assert len(maker.paths) == 6


def test_a_circle_of_redirects_is_noticed() -> None:
    with Maker({"/a": moved("/b"), "/b": moved("/a#x"), "/self": moved("/self")}) as maker:
        site = maker.site()
        response = site.get("/a")
        assert site.get("/self").access == "unreachable"
        assert maker.paths == ["/a", "/b", "/self"]
    assert response.access == "unreachable"
    assert "circle" in str(response.why)


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with Maker({"/a": moved("http://maker.example/a")}) as maker:
        response = maker.site().get("/a")
        assert len(maker.paths) == 1
    assert response.access == "refused"
    assert response.hops[0].location == "http://maker.example/a"


def test_plain_http_is_asked_only_to_see_where_it_leads() -> None:
    with Maker({"/a": page("here")}) as secure, Maker({"/b": page("open")}, certificate=None) as plain:
        plain.routes["/a"] = moved(secure.url("/a"))
        visitor = plain.visitor()
        led = visitor("GET", plain.url("/a"))
        stayed = visitor("GET", plain.url("/b"))
    assert led.body == b"here"
    assert [one.url for one in led.hops] == [plain.url("/a")]
    assert (stayed.access, stayed.body) == ("refused", b"")


@pytest.mark.parametrize(
    "location", ["ftp://maker.example/", "https://a:b@maker.example/", "file:///etc/passwd", "//[::"]
)
def test_a_redirect_to_what_is_no_public_page_is_refused(location: str) -> None:
    with Maker({"/a": moved(location)}) as maker:
        response = maker.site().get("/a")
        assert maker.paths == ["/a"]
    assert (response.access, len(response.hops)) == ("refused", 1)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"])
def test_a_host_at_a_private_address_is_not_contacted(address: str) -> None:
    contacted: list[str] = []
    with Maker({"/a": page("inside")}) as maker:
        response = public_visitor(maker, {"maker.example": (address,)}, contacted)("GET", "https://maker.example/a")
    assert (response.access, contacted) == ("refused", [])
    assert "not public" in str(response.why)


def test_a_host_with_one_private_address_among_public_ones_is_not_contacted() -> None:
    contacted: list[str] = []
    with Maker() as maker:
        visitor = public_visitor(maker, {"maker.example": ("8.8.8.8", "10.0.0.1")}, contacted)
        assert visitor("GET", "https://maker.example/a").access == "refused"
    assert not contacted


@pytest.mark.parametrize(
    "location", ["https://inside.example/a", "https://127.0.0.1/a", "https://[::1]/a", "https://2130706433/a"]
)
def test_a_redirect_to_a_private_address_is_refused(location: str) -> None:
    contacted: list[str] = []
    names = {"maker.example": ("8.8.8.8",), "inside.example": ("192.168.0.1",)}
    names |= {"127.0.0.1": ("127.0.0.1",), "2130706433": ("127.0.0.1",)}
    with Maker({"/security.txt": moved(location)}) as maker:
        response = public_visitor(maker, names, contacted)("GET", "https://maker.example/security.txt")
    assert (response.access, contacted) == ("refused", ["8.8.8.8:443"])
    assert response.hops[0].location == location


def test_a_name_that_changes_to_a_private_address_is_held_to_its_first_answer() -> None:
    contacted: list[str] = []
    answers = iter([("8.8.8.8",), ("127.0.0.1",), ("127.0.0.1",)])
    with Maker({"/a": moved("/b"), "/b": page("here")}) as maker:
        connect = leading_to(maker, contacted)
        visitor = maker.visitor(allow_private=False, resolve=lambda host: next(answers), connect=connect)
        assert visitor("GET", "https://maker.example/a").ok
    assert contacted == ["8.8.8.8:443"] * 3
    assert next(answers) == ("127.0.0.1",)


def test_a_name_that_was_private_stays_refused() -> None:
    answers = iter([("127.0.0.1",), ("8.8.8.8",)])
    contacted: list[str] = []
    with Maker() as maker:
        connect = leading_to(maker, contacted)
        visitor = maker.visitor(allow_private=False, resolve=lambda host: next(answers), connect=connect)
        assert [visitor("GET", f"https://maker.example/{n}").access for n in range(2)] == ["refused", "refused"]
    assert not contacted


def test_another_address_is_tried_when_the_first_does_not_answer() -> None:
    with socket.create_server(("127.0.0.2", 0)) as closed:
        port = closed.getsockname()[1]
    with Maker({"/security.txt": text("Contact: x")}) as maker:
        contacted: list[str] = []
        there = leading_to(maker, contacted)

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            return (
                there(address, timeout)
                if address[0] == "9.9.9.9"
                else socket.create_connection(("127.0.0.2", port), timeout)
            )

        visitor = maker.visitor(allow_private=False, resolve=lambda host: ("8.8.8.8", "9.9.9.9"), connect=connect)
        assert visitor("GET", "https://maker.example/security.txt").ok


def test_only_the_usual_ports_of_the_public_internet_are_asked() -> None:
    contacted: list[str] = []
    with Maker({"/security.txt": moved("https://maker.example:22/")}) as maker:
        visitor = public_visitor(maker, {"maker.example": ("8.8.8.8",)}, contacted)
        assert visitor("GET", "https://maker.example:8443/").access == "refused"
        assert visitor("GET", "https://maker.example/security.txt").access == "refused"
    assert contacted == ["8.8.8.8:443"]


def test_no_more_than_forty_requests_are_made() -> None:
    with Maker({"/robots.txt": robots("")}, otherwise=page("here")) as maker:
        site = maker.site()
        answers = [site.get(f"/{number}").access for number in range(45)]
        assert len(maker.asked) == 40
    assert answers == ["answered"] * 39 + ["not-looked-at"] * 6


def test_no_more_hosts_than_requests_are_looked_up() -> None:
    looked_up = []

    def resolve(host: str) -> tuple[str, ...]:
        looked_up.append(host)
        return ()

    with Maker() as maker:
        visitor = maker.visitor(resolve=resolve)
        answers = [visitor("GET", f"https://h{number}.example/").access for number in range(50)]
    assert answers == ["unreachable"] * 40 + ["not-looked-at"] * 10
    assert len(looked_up) == 40


def test_redirects_count_as_requests() -> None:
    with Maker({"/security.txt": moved("/b"), "/b": page("here")}) as maker:
        response = maker.site(maker.visitor(limits=VisitLimits(requests=1))).get("/security.txt")
    assert (response.access, len(response.hops)) == ("not-looked-at", 1)


def test_requests_begin_half_a_second_apart() -> None:
    now, times = [100.0], []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with Maker(OPEN) as maker:

        def connect(address: tuple[str, int], timeout: float) -> socket.socket:
            times.append(now[0])
            now[0] += 0.125
            return socket.create_connection(address, timeout)

        site = maker.site(maker.visitor(clock=lambda: now[0], sleep=sleep, connect=connect))
        for number in range(4):
            site.get(f"/{number}")
    assert times == [100.0, 100.5, 101.0, 101.5, 102.0]


def test_a_visit_ends_when_its_time_is_over() -> None:
    now = [0.0]
    with Maker({"/security.txt": text("Contact: x")}) as maker:
        site = maker.site(maker.visitor(clock=lambda: now[0], sleep=lambda seconds: None))
        assert site.get("/security.txt").ok
        now[0] = 301.0
        response = site.get("/.well-known/security.txt")
        assert maker.paths == ["/security.txt"]
    assert (response.access, str(response.why)) == ("not-looked-at", "the visit's 300 seconds were over")


def test_a_server_that_asks_for_no_more_is_left_alone() -> None:
    with Maker({"/robots.txt": robots(""), "/a": page("", status=429)}) as maker:
        site = maker.site()
        assert site.get("/a").status == 429
        assert site.get("/security.txt").access == "refused"
        assert maker.paths == ["/a"]


def test_a_file_of_trust_that_is_none_is_the_operators_mistake(tmp_path: Path) -> None:
    (tmp_path / "trust.pem").write_bytes(b"nothing")
    for name in ("trust.pem", "absent.pem"):
        with pytest.raises(InputError):
            Visitor("maker.example", trust=tmp_path / name)


def test_the_system_looks_names_up() -> None:
    assert look_up("127.0.0.1") == ("127.0.0.1",)
    assert authority().trust.exists()


class TestRobots:
    def test_a_crawled_page_that_is_closed_is_refused(self) -> None:
        with Maker({"/robots.txt": robots(), "/a": page("here")}) as maker:
            response = maker.site().get("/a")
            assert not maker.paths
        assert response.access == "refused"
        assert "robots.txt" in str(response.why)

    def test_it_is_fetched_once_for_a_host(self) -> None:
        with Maker({"/robots.txt": robots("User-agent: *\nDisallow: /b"), "/a": page("here")}) as maker:
            site = maker.site()
            assert site.get("/a").ok
            assert site.get("/b").access == "refused"
            assert [one.path for one in maker.asked] == ["/robots.txt", "/a"]

    def test_well_known_files_and_given_pages_are_not_asked_of_it(self) -> None:
        well_known = ("/.well-known/security.txt", "/security.txt", "/.well-known/csaf/provider-metadata.json")
        with Maker({"/robots.txt": robots()}, otherwise=text("here")) as maker:
            visitor = maker.visitor()
            visitor.given(maker.url("/support period#list"))
            visitor.given("no address")
            site = maker.site(visitor)
            assert all(site.get(path).ok for path in (*well_known, "/support%20period"))
            assert site.get("/security.txt?x").access == "refused"
            assert [one.path for one in maker.asked].count("/robots.txt") == 1

    def test_what_a_given_page_leads_to_is_given_too(self) -> None:
        with Maker({"/robots.txt": robots(), "/security.txt": moved("/a"), "/a": text("here")}) as maker:
            assert maker.site().get("/security.txt").ok

    def test_what_a_crawled_page_leads_to_is_asked_of_it(self) -> None:
        with Maker({"/robots.txt": robots("User-agent: *\nDisallow: /b"), "/a": moved("/b")}) as maker:
            response = maker.site().get("/a")
            assert maker.paths == ["/a"]
        assert (response.access, len(response.hops)) == ("refused", 1)

    def test_a_host_without_it_is_open(self) -> None:
        with Maker({"/a": page("here")}) as maker:
            assert maker.site().get("/a").ok

    def test_a_host_whose_rules_cannot_be_had_is_closed(self) -> None:
        with Maker({"/robots.txt": page("", status=503), "/a": page("here")}) as maker:
            response = maker.site().get("/a")
        assert response.access == "refused"
        assert "503" in str(response.why)

    def test_it_may_be_moved(self) -> None:
        routes = {"/robots.txt": moved("/r"), "/r": robots("User-agent: plimsoll\nDisallow: /b"), "/a": page("here")}
        with Maker(routes) as maker:
            site = maker.site()
            assert site.get("/a").ok
            assert site.get("/b").access == "refused"

    def test_a_host_that_cannot_be_reached_is_unreachable_and_not_closed(self) -> None:
        with Maker(certificate="expired") as maker:
            site = maker.site()
            responses = [site.get("/a"), site.get("/b")]
        assert [one.access for one in responses] == ["unreachable", "unreachable"]
        assert "expired" in str(responses[0].why)

    def test_an_app_shell_in_its_place_closes_nothing(self) -> None:
        with Maker(otherwise=page("<!doctype html><div>Disallow: /</div>")) as maker:
            assert maker.site().get("/a").ok

    def test_another_host_has_its_own(self) -> None:
        def rules(asked: Asked) -> tuple[int, dict[str, str], bytes]:
            return 200, {}, b"User-agent: *\nDisallow: /\n" if asked.headers["host"].startswith("www.") else b""

        with Maker({"/robots.txt": rules, "/a": page("here")}) as maker:
            site = maker.site()
            assert site.get("/a").ok
            assert site.get(maker.url("/a", "www.maker.example")).access == "refused"
