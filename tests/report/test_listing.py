from __future__ import annotations

import pytest

from plimsoll.frames import ListedTree
from plimsoll.look import Listing
from plimsoll.report.listing import render_listing
from plimsoll.sources.tree import Node
from tests.report._golden import check
from tests.report.sample import at, bad, hostile

NODES = (
    Node(b"", "directory", 0o755),
    Node(b"etc", "directory", 0o755),
    Node(b"etc/shadow", "file", 0o600, 0, 42, size=88),
    Node(b"etc/shadow-", "file", 0o600, 0, 42, size=88),
    Node(b"bin/su", "file", 0o4755, size=1_234_567),
    Node(b"bin/sh", "symlink", 0o777, target=b"../lib/busy box"),
    Node(b"bin/ash", "file", 0o755, size=10, link_to=b"bin/dash"),
    Node(b"dev/console", "character", 0o600, device=(5, 1)),
    Node(b"dev/mtdblock3", "block", 0o660, 0, 6, device=(31, 3)),
    Node(b"tmp", "directory", 0o1777, 1000, 1000),
    Node(b"run/log", "fifo", 0o644),
    Node(b"run/s", "socket", 0o755),
    Node(b"home/\xff\x1b[2J\n\xe2\x80\xaegpj.exe", "file", 0o644, size=1),
)


def listing() -> Listing:
    """Make the listing of the sample's image."""
    return Listing(bad().images[0], (ListedTree(at(), "squashfs", NODES),))


def test_the_listing_is_the_one_on_file() -> None:
    check("listing.txt", render_listing(listing(), width=80))


@pytest.mark.parametrize(
    "line",
    [
        "-rwsr-xr-x       0:0 1234567 bin/su",
        "lrwxrwxrwx       0:0       - bin/sh -> ../lib/busy%20box",
        "-rwxr-xr-x       0:0      10 bin/ash = bin/dash",
        "crw-------       0:0    5, 1 dev/console",
        "brw-rw----       0:6   31, 3 dev/mtdblock3",
        "drwxrwxrwt 1000:1000       - tmp",
        "prw-r--r--       0:0       - run/log",
        "srwxr-xr-x       0:0       - run/s",
    ],
)
def test_an_entry_is_shown_with_mode_owner_size_and_what_it_leads_to(line: str) -> None:
    assert line in render_listing(listing(), width=80).splitlines()


def test_a_directory_stands_before_what_is_in_it_and_its_neighbours_after() -> None:
    lines = render_listing(listing(), width=80).splitlines()
    names = [line.split()[-1] for line in lines if line[:1] in "-d" and ":" in line]
    assert names.index("etc") < names.index("etc/shadow") < names.index("etc/shadow-")


@pytest.mark.parametrize("colour", [False, True])
def test_hostile_names_are_made_visible(colour: bool) -> None:
    node = Node("\x1b]0;x\x07\u202e\r\n".encode(), "symlink", 0o777, target=b"\x1b[2J")
    text = render_listing(Listing(hostile().images[0], (ListedTree(at(), "\x1b[2J", (node,)),)), colour=colour)
    for code in ("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[33m"):
        text = text.replace(code, "")
    assert all(line.isprintable() for line in text.split("\n"))
    assert "%1B]0%3Bx%07%E2%80%AE%0D%0A -> %1B[2J" in text


def test_an_image_without_trees_shows_its_map() -> None:
    text = render_listing(Listing(bad().images[0], ()))
    assert "0x120000" in text and "unknown" in text and "padding" in text


def test_every_problem_is_named() -> None:
    assert "libtide.so: cut short: 512" in " ".join(render_listing(listing()).split())
