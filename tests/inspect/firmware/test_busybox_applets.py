"""Applets of BusyBox, from its table."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware.busybox_applets import BusyboxAppletTable
from plimsoll.model.facts import BusyboxApplets
from tests.firmware import observe

WORDS = "[ [[ ash awk cat chmod cp echo grep ifconfig ls mount mv ps rm sed sh sleep tar udhcpc umount wget"
NAMES = WORDS.split()
TABLE = WORDS.replace(" ", "\0").encode() + b"\0"
BANNER = b"\0BusyBox v1.31.1 (2020-03-01 10:11:12 UTC)\0"


def applets(data: bytes, name: str = "bin/busybox") -> list[tuple[str, ...]]:
    return [
        one.fact.applets for one in observe(BusyboxAppletTable(), {name: data}) if isinstance(one.fact, BusyboxApplets)
    ]


def test_the_table_is_read_with_its_place() -> None:
    data = b"\x7fELF" + BANNER + b"junk\0" + TABLE + b"zebra words\0"
    (seen,) = observe(BusyboxAppletTable(), {"bin/busybox": data})
    assert seen.fact == BusyboxApplets(tuple(NAMES))
    assert seen.where.endswith(f"+{data.index(TABLE):#x}:{len(TABLE)}")


def test_names_out_of_order_end_the_table() -> None:
    assert applets(b"\x7fELF" + BANNER + b"zz\0" + TABLE + b"abc\0") == [tuple(NAMES)]


def test_a_list_of_other_words_is_no_table() -> None:
    words = b"\0".join(f"word{number:02}".encode() for number in range(40)) + b"\0"
    assert applets(b"\x7fELF" + BANNER + words) == []


def test_a_program_that_is_not_busybox_has_no_applets() -> None:
    assert applets(b"\x7fELF\0" + TABLE) == []
    assert applets(b"text " + BANNER + TABLE) == []


def test_a_table_that_is_cut_off_is_not_made_up() -> None:
    assert applets(b"\x7fELF" + BANNER + TABLE[:-1]) == [tuple(NAMES[:-1])]


@given(st.binary(max_size=300))
def test_nothing_breaks_it(data: bytes) -> None:
    applets(b"\x7fELF" + BANNER + data)
