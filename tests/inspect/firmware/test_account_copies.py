from __future__ import annotations

from collections.abc import Mapping

import pytest

from plimsoll.inspect.firmware.account_copies import MOST, AccountCopies
from plimsoll.model.facts import AccountStoreCopy
from tests.firmware import observe

FILES = {"etc_ro/passwd": b"root::0:0::/:/bin/sh\n", "etc_ro/shadow": b"root:*:0:0:::::\n", "etc/group": b"\n"}


def copies(text: bytes, links: Mapping[str, str] = {}, path: str = "etc/init.d/rcS") -> list[tuple[str, str, str]]:
    files = {**FILES, path: b"#!/bin/sh\n" + text}
    facts = [one.fact for one in observe(AccountCopies(), files, links)]
    return [(one.source, one.target, one.command) for one in facts if isinstance(one, AccountStoreCopy)]


@pytest.mark.parametrize(("line", "expected"), [
    (b"cp /etc_ro/passwd /etc/passwd", [("etc_ro/passwd", "etc/passwd", "cp")]),
    (b"cp -f /etc_ro/passwd /etc/", [("etc_ro/passwd", "etc/passwd", "cp")]),
    (b"/bin/cp -a /etc_ro/passwd /etc_ro/shadow /etc", [("etc_ro/passwd", "etc/passwd", "cp"),
                                                        ("etc_ro/shadow", "etc/shadow", "cp")]),
    (b"busybox cp /etc_ro/shadow /etc/shadow", [("etc_ro/shadow", "etc/shadow", "cp")]),
    (b"D=/etc_ro\ncp $D/passwd /etc/passwd", [("etc_ro/passwd", "etc/passwd", "cp")]),
    (b"cat /etc_ro/passwd > /etc/passwd", [("etc_ro/passwd", "etc/passwd", "cat")]),
    (b"cat /etc_ro/passwd >/etc/passwd 2>/dev/null", [("etc_ro/passwd", "etc/passwd", "cat")]),
    (b"ln -sf /var/config/passwd /etc/passwd", [("var/config/passwd", "etc/passwd", "ln")]),
    (b"ln -s ../etc_ro/passwd /etc/passwd", [("etc_ro/passwd", "etc/passwd", "ln")]),
    (b"mv /tmp/passwd.new /etc/passwd", [("tmp/passwd.new", "etc/passwd", "mv")]),
    (b"install -m 600 /etc_ro/shadow /etc/shadow", [("etc_ro/shadow", "etc/shadow", "install")]),
    (b"mount -o bind /mnt/cfg/passwd /etc/passwd", [("mnt/cfg/passwd", "etc/passwd", "mount")]),
    (b"cp -R /etc_ro/* /etc/", [("etc_ro/passwd", "etc/passwd", "cp"), ("etc_ro/shadow", "etc/shadow", "cp")]),
    (b"cp -a /etc_ro/. /etc", [("etc_ro/passwd", "etc/passwd", "cp"), ("etc_ro/shadow", "etc/shadow", "cp")]),
    (b"mount --bind /etc_ro /etc", [("etc_ro/passwd", "etc/passwd", "mount"),
                                    ("etc_ro/shadow", "etc/shadow", "mount")]),
    (b"make_users > /etc/passwd", [("", "etc/passwd", "make_users")]),
    (b"sed s/@/x/ /etc_ro/passwd > /etc/passwd", [("", "etc/passwd", "sed")]),
])  # fmt: skip
def test_each_way_to_put_a_store_in_place_is_read(line: bytes, expected: list[tuple[str, str, str]]) -> None:
    assert sorted(copies(line + b"\n")) == expected


@pytest.mark.parametrize("line", [
    b"# cp /etc_ro/passwd /etc/passwd",
    b"cp /etc/passwd /etc/passwd-",
    b"cp /etc/passwd /tmp/backup/passwd.old",
    b"cp /etc_ro/motd /etc/motd",
    b"cp /etc_ro/motd /etc/",
    b"cp $SRC/passwd /etc/passwd",
    b"cat /etc_ro/motd > /etc/motd",
    b"cat >> /etc/passwd <<EOF",
    b"cat > /etc/passwd <<EOF",
    b"echo root::0:0::/:/bin/sh > /etc/passwd",
    b"grep root /etc/passwd 2>/dev/null",
    b"echo 'run: cp /etc_ro/passwd /etc/passwd'",
    b"tool --passwd /etc/passwd",
])  # fmt: skip
def test_what_puts_no_store_in_place_is_not_told(line: bytes) -> None:
    assert copies(line + b"\n") == []


def test_a_link_of_the_image_is_told_with_where_it_leads() -> None:
    assert copies(b"", {"etc/passwd": "../var/passwd"}) == [("var/passwd", "etc/passwd", "symlink")]
    assert copies(b"", {"etc/passwd": "/etc_ro/passwd"}) == [("etc_ro/passwd", "etc/passwd", "symlink")]


def test_a_linked_folder_carries_its_stores() -> None:
    files = {"ro/etc/passwd": b"root::0:0::/:/bin/sh\n"}
    facts = [one.fact for one in observe(AccountCopies(), files, {"etc": "var/etc"})]
    assert facts == [
        AccountStoreCopy("passwd", "var/etc/passwd", "etc/passwd", "symlink"),
        AccountStoreCopy("shadow", "var/etc/shadow", "etc/shadow", "symlink"),
    ]


def test_a_copy_to_a_link_goes_where_that_leads() -> None:
    links = {"etc/passwd": "/var/passwd"}
    assert copies(b"cp /etc_ro/passwd /etc/passwd\n", links) == [
        ("etc_ro/passwd", "var/passwd", "cp"), ("var/passwd", "etc/passwd", "symlink")
    ]  # fmt: skip
    assert ("etc_ro/passwd", "etc/passwd", "ln") in copies(b"ln -sf /etc_ro/passwd /etc/passwd\n", links)


def test_a_loop_of_links_leads_nowhere() -> None:
    assert copies(b"", {"etc/passwd": "/etc/x", "etc/x": "/etc/passwd"}) == []


def test_documentation_copies_nothing() -> None:
    assert copies(b"cp /etc_ro/passwd /etc/passwd\n", path="usr/share/doc/setup/install.sh") == []


def test_a_script_without_end_is_cut() -> None:
    assert len(copies(b"cp /etc_ro/passwd /etc/passwd\n" * (MOST * 3))) <= MOST
