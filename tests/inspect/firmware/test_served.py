"""What programs that take connections hand them to, and where they take them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware._launch import launch
from plimsoll.inspect.firmware._served import served
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.match.services import Services
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Service, StartedProgram
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)
APPLETS = ("telnetd", "inetd", "ftpd", "tcpsvd", "nc")
FILES = {"bin/busybox": ELF, "usr/sbin/xinetd": ELF, "usr/bin/socat": ELF, "lib/systemd/systemd": ELF}
LINKS = {
    "bin/sh": "busybox",
    "bin/login": "busybox",
    "sbin/init": "../bin/busybox",
    **{f"usr/sbin/{name}": "../../bin/busybox" for name in APPLETS},
}
XINETD = b"service telnet\n{\n  socket_type = stream\n  server = /usr/sbin/telnetd\n%s}\n"
SOCKET = "lib/systemd/system/telnet.socket"
UNITS = {
    "lib/systemd/system/multi-user.target": b"[Unit]\nDescription=all\n",
    "lib/systemd/system/sockets.target": b"[Unit]\nWants=telnet.socket\n",
    "lib/systemd/system/telnet@.service": b"[Service]\nExecStart=-/usr/sbin/telnetd -i\nStandardInput=socket\n",
}


@pytest.mark.parametrize(
    ("line", "words", "bound"),
    [
        (b"tcpsvd -vE 0.0.0.0 21 ftpd -w /", b"ftpd -w /", b"*:21"),
        (b"tcpsvd -E -c 5 127.0.0.1 21 ftpd", b"ftpd", b"127.0.0.1:21"),
        (b"udpsvd -u tftp 0 69 tftpd /srv", b"tftpd /srv", b"*:69"),
        (b"socat TCP-LISTEN:23,fork,reuseaddr EXEC:telnetd,pty", b"telnetd", b"*:23"),
        (b"socat TCP4-LISTEN:23,bind=127.0.0.1,fork EXEC:/bin/login", b"/bin/login", b"127.0.0.1:23"),
        (b"socat TCP-L:23,fork,range=127.0.0.0/8 EXEC:/bin/login", b"/bin/login", b"127.0.0.0:23"),
        (b"nc -ll -p 23 -e /bin/login -p", b"/bin/login -p", b"*:23"),
        (b"nc -l -s 127.0.0.1 -p 23 -e /bin/login", b"/bin/login", b"127.0.0.1:23"),
        (b"ncat -l 127.0.0.1 23 --exec /bin/login", b"/bin/login", b"127.0.0.1:23"),
    ],
)
def test_a_command_is_handed_connections(line: bytes, words: bytes, bound: bytes) -> None:
    found = launch(tuple(line.split()))
    one = served(found) if found else None
    assert one is not None
    assert (b" ".join(one.words), one.bound) == (words, bound)


@pytest.mark.parametrize(
    "line",
    [
        b"tcpsvd 0 23",
        b"tcpsvd 0 23 sh -i",
        b"nc 192.0.2.1 23 -e /bin/login",
        b"nc -l -p 23",
        b"socat TCP:192.0.2.1:23 EXEC:/bin/login",
        b"socat OPENSSL-LISTEN:23,cert=/etc/c.pem EXEC:/bin/login",
        b"socat TCP-LISTEN:23 TCP:192.0.2.1:80",
        b"tcpsvd",
        b"nc -e",
        b"telnetd",
    ],
)
def test_nothing_is_handed_on(line: bytes) -> None:
    found = launch(tuple(line.split()))
    assert found is not None
    assert served(found) is None


def services(files: Mapping[str, bytes], links: Mapping[str, str] = LINKS) -> list[tuple[str, str, str, int | None]]:
    seen = observe(Startup(), {**FILES, **files}, links)
    matched = Services().match(Evidence(tuple(seen)))
    facts = [one.fact for one in matched if isinstance(one, Observation)]
    return [
        (one.program, one.login, one.reach, one.port)
        for one in facts
        if isinstance(one, Service) and one.state not in ("not-started", "disabled")
    ]


def booted(line: bytes, files: Mapping[str, bytes] = {}) -> list[tuple[str, str, str, int | None]]:
    return services({"etc/inittab": b"::respawn:" + line + b"\n", **files})


def test_a_server_behind_tcpsvd_is_a_service() -> None:
    assert booted(b"tcpsvd -E 0.0.0.0 2121 ftpd -w /") == [("ftpd", "system", "network", 2121)]


def test_one_that_is_bound_to_loopback_is_not_reached() -> None:
    assert booted(b"tcpsvd -E 127.0.0.1 21 ftpd -w /") == [("ftpd", "system", "local", 21)]


def test_a_login_that_is_served_asks_for_the_accounts_of_the_system() -> None:
    assert booted(b"nc -ll -p 23 -e /bin/login") == [("login", "system", "network", 23)]
    assert booted(b"nc -ll -s 127.0.0.1 -p 23 -e /bin/login") == []


def test_a_served_shell_is_told_once() -> None:
    assert booted(b"tcpsvd 0 4444 sh -i") == [("tcpsvd", "none", "network", 4444)]


@pytest.mark.parametrize(("before", "reach"), [(b"", "network"), (b"127.0.0.1:", "local"), (b"[::1]:", "local")])
def test_an_entry_of_inetd_may_name_an_address(before: bytes, reach: str) -> None:
    entry = before + b"telnet stream tcp nowait root /usr/sbin/telnetd telnetd\n"
    assert booted(b"inetd", {"etc/inetd.conf": entry}) == [("telnetd", "system", reach, 23)]


def test_a_port_of_inetd_counts() -> None:
    entry = b"2323 stream tcp nowait root /usr/sbin/telnetd telnetd\n"
    assert booted(b"inetd", {"etc/inetd.conf": entry}) == [("telnetd", "system", "network", 2323)]


@pytest.mark.parametrize(
    ("more", "reach"),
    [
        (b"", "network"),
        (b"  bind = 127.0.0.1\n", "local"),
        (b"  only_from = 127.0.0.1 localhost\n", "local"),
        (b"  only_from = 192.168.1.0/24\n", "network"),
        (b"  interface = 192.168.1.1\n", "network"),
    ],
)
def test_a_service_of_xinetd_may_be_bound(more: bytes, reach: str) -> None:
    assert booted(b"xinetd", {"etc/xinetd.conf": XINETD % more}) == [("telnetd", "system", reach, 23)]


@pytest.mark.parametrize(
    ("listen", "expected"),
    [
        (b"ListenStream=23\n", [("telnetd", "system", "network", 23)]),
        (b"ListenStream=0.0.0.0:2323\n", [("telnetd", "system", "network", 2323)]),
        (b"ListenStream=127.0.0.1:23\n", [("telnetd", "system", "local", 23)]),
        (b"ListenStream=127.0.0.1:23\nListenStream=192.168.1.1:23\n", [("telnetd", "system", "network", 23)]),
        (b"ListenStream=/run/telnet\n", [("telnetd", "system", "local", 23)]),
        (b"ListenStream=23\nBindToDevice=lo\n", [("telnetd", "system", "local", 23)]),
    ],
)
def test_a_socket_of_systemd_says_where_it_is_reached(
    listen: bytes, expected: list[tuple[str, str, str, int | None]]
) -> None:
    links = {**LINKS, "sbin/init": "../lib/systemd/systemd"}
    assert services({**UNITS, SOCKET: b"[Socket]\n" + listen + b"Accept=yes\n"}, links) == expected


def test_a_shell_behind_a_socket_of_systemd_is_no_console() -> None:
    links = {**LINKS, "sbin/init": "../lib/systemd/systemd"}
    shell = {"lib/systemd/system/telnet@.service": b"[Service]\nExecStart=/bin/sh -i\nStandardInput=socket\n"}
    found = services({**UNITS, **shell, SOCKET: b"[Socket]\nListenStream=4444\nAccept=yes\n"}, links)
    assert found == [("sh", "none", "network", 4444)]


def test_a_start_tells_where_its_connections_are_taken() -> None:
    seen = observe(Startup(), {**FILES, "etc/inittab": b"::respawn:tcpsvd 0 2323 telnetd -i\n"}, LINKS)
    facts = [one.fact for one in seen if isinstance(one.fact, StartedProgram) and one.fact.state == "on-demand"]
    assert [(one.program, one.bound, one.arguments) for one in facts] == [("telnetd", "*:2323", ("-i",))]
