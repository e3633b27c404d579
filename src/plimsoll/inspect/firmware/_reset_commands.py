"""Reads what the commands of a script remove and put back: files, partitions, and stores of settings.

Sources: the manuals of coreutils, mtd-utils, e2fsprogs and util-linux, OpenWrt's fstools (jffs2reset, firstboot) and
mtd, and the tools by which Broadcom, Ralink and Alpha Networks keep settings, as observed in routers and cameras.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from plimsoll.inspect.firmware._shell_words import is_literal, unquoted
from plimsoll.inspect.scan import printable
from plimsoll.regex import regex

Doing = tuple[Literal["wipes", "restores"], str]

OVERLAY = "overlay"
"""All that was written since the product was delivered, on systems that keep it apart."""
NVRAM = "nvram"

_START = rb"(?:\A|(?<=[\s;&|(`{\"']))(?:/(?:usr/)?s?bin/|busybox[ \t]+)?"
STORES: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (regex(_START + form), what)
    for form, what in (
        (rb"(?:jffs2reset|firstboot)(?=[\s;&|)\"'`]|\Z)", OVERLAY),
        (rb"mtd[ \t]+(?:-\w+[ \t]+){0,4}erase[ \t]+[\"']?(?:rootfs_data|overlay|jffs2|ubifs_data)\b", OVERLAY),
        (rb"nvram[ \t]+(?:erase|clear|default|restore_?defaults?|factory|loaddefault)\b", NVRAM),
        (rb"nvram_(?:clear|erase|default|reset|restore\w{0,12})\b", NVRAM),
        (rb"ralink_init[ \t]+clear\b", NVRAM),
        (rb"devconf[ \t]+del\b", "devconf"),
        (rb"flash[ \t]+(?:default|reset)\b", "flash settings"),
        (rb"cfg[ \t_-]?(?:default|reset|restore)\b", "cfg settings"),
        (
            rb"(?:fw_setenv|setenv)[ \t]+(?:factory_?reset|default_?config|restore_?default\w{0,10})\b",
            "(asked of the boot loader)",
        ),
    )
)
"""Commands that reset a store as a whole, and its name."""


def _form(
    command: bytes, doing: Literal["wipes", "restores"]
) -> tuple[re.Pattern[bytes], Literal["wipes", "restores"]]:
    return regex(_START + command + rb"([^\n;&|]{1,300})"), doing


_ARGUMENTS = (
    _form(rb"rm[ \t]", "wipes"),
    _form(rb"mtd[ \t]+(?:-\w+[ \t]+){0,4}erase[ \t]", "wipes"),
    _form(rb"flash_?erase(?:all)?[ \t]", "wipes"),
    _form(rb"(?:mkfs(?:\.\w{2,8})?|mke2fs|ubiformat|wipefs|blkdiscard|shred)[ \t]", "wipes"),
    _form(rb"dd[ \t](?=[^\n;&|]{0,80}if=/dev/(?:zero|urandom))", "wipes"),
    _form(rb"find[ \t](?=[^\n;&|]{0,200}-delete\b)", "wipes"),
    _form(rb"cp[ \t]", "restores"),
)
"""Commands that remove or write what their arguments name."""

_PARTITION = regex(rb"[A-Za-z]\w{1,30}")
_PATH = regex(rb"/[\w./@+*?-]{1,120}")


def doings_of(line: bytes) -> Iterator[Doing]:
    """Give what one line of a script removes or puts back."""
    for form, what in STORES:
        if form.search(line):
            yield "wipes", what
    for form, doing in _ARGUMENTS:
        for found in form.finditer(line):
            words = [unquoted(word) for word in found[1].split() if not word.startswith((b"-", b">", b"2>"))]
            for path in _paths(words, doing, b"mtd" in found[0][:12]):
                if not path.startswith((b"/dev/null", b"/tmp", b"/var/run", b"/run", b"/proc")):
                    yield doing, _plain(path)


def _paths(words: list[bytes], doing: str, by_name: bool) -> list[bytes]:
    """Give the literal paths among arguments: of a copy the target, of `dd` what `of=` names, else all.

    The program mtd takes partitions by their names.
    """
    plain = [word.removeprefix(b"of=") for word in words if not word.startswith(b"if=") and is_literal(word)]
    found = [word for word in plain if _PATH.fullmatch(word) or (by_name and _PARTITION.fullmatch(word))]
    if doing == "restores":
        return found[-1:] if len(words) > 1 and words[-1] == (found[-1] if found else None) else []
    return found


def _plain(path: bytes) -> str:
    """Write a path without what stands for all files in it; devices keep their `/dev/`."""
    bare = re.sub(rb"/(?:\*|\.\*|\.\?\?\*|\.\[!?\^?\.\]\*)\Z", b"", path).rstrip(b"/")
    return printable(bare if bare.startswith(b"/dev/") else bare.lstrip(b"/")) or "(everything)"
