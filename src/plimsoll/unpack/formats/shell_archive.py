"""Opens self-extracting shell archives: a script, then what it unpacks. Installers for switches (ONIE) are made so.

Sources: the public manual of makeself and archives made with it; the public design document of ONIE on its updaters.
Only the beginning of a file is tried, and nothing is run. Where the script ends is told in one of two ways.

makeself   a line `skip="…"` counts the lines of the script, `filesizes="…"` the bytes of what follows
a marker   the script looks for a line, as in `sed -e '1,/^exit_marker$/d'`, and what follows it is not text
"""

from __future__ import annotations

import hashlib
import re

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

SCRIPT_BYTES = 1 << 20
"""Longest script that is looked through."""

_SHELLS = (b"#!/bin/sh", b"#!/bin/bash", b"#! /bin/sh", b"#! /bin/bash", b"#!/usr/bin/env sh", b"#!/usr/bin/env bash")
_LINES = re.compile(rb'^(?:skip="([0-9]{1,6})"|[ \t]{0,16}offset=[`$(]+head -n ([0-9]{1,6}) "\$0")', re.MULTILINE)
_SIZES = re.compile(rb'^filesizes="([0-9]{1,12}(?: [0-9]{1,12}){0,15})"$', re.MULTILINE)
_TITLE = re.compile(rb'^label="([^"\n]{1,80})"$', re.MULTILINE)
_DIGESTS = re.compile(rb'^MD5="([0-9a-f]{32}(?: [0-9a-f]{32}){0,15})"$', re.MULTILINE)
_DECRYPTION = re.compile(rb'^decrypt_cmd="[^"]', re.MULTILINE)
_SOUGHT = re.compile(rb"\^([A-Za-z_#][A-Za-z0-9_:#-]{3,63})\$?[/'\"]")
_MOST_MARKERS = 16
_LOOKED_AT = 512
_NO_DIGEST = "0" * 32


def open_shell_archive(view: View, budget: Budget) -> Container:
    """Open the archive at the beginning of a view; raise NotThisFormat for a script that has nothing behind it."""
    start = bytes(view.buffer[:SCRIPT_BYTES])
    if not start.startswith(_SHELLS):
        raise NotThisFormat
    budget.check_time()
    sizes = _SIZES.search(start)
    lines = _LINES.search(start)
    if sizes is not None and lines is not None:
        return _open_makeself(view, start, int(lines[1] or lines[2]), [int(size) for size in sizes[1].split()], budget)
    end, marker = _after_marker(start)
    script, payload = Part(0, end, "script", "known"), Part(end, view.size - end, "payload")
    return Container(view.size, (script, payload), f"marker {marker.decode('ascii')}")


FORMAT = Format(
    "shell-archive", "self-extracting shell archive", tuple(map(Magic, _SHELLS)), open_shell_archive, carve=False
)


def _open_makeself(view: View, start: bytes, lines: int, sizes: list[int], budget: Budget) -> Container:
    end = position = _after_lines(start, lines)
    content: Content = "encrypted" if _DECRYPTION.search(start, 0, end) else "image"
    digests = _DIGESTS.search(start, 0, end)
    stated = digests[1].decode("ascii").split() if digests is not None else []
    parts = [Part(0, end, "script", "known")]
    problems: list[Message] = []
    for number, size in enumerate(sizes):
        there = min(size, view.size - position)
        if there < size:
            problems.append(message("cut short: {missing} bytes are missing", missing=size - there))
        elif number < len(stated) and stated[number] != _NO_DIGEST:
            budget.take_search(size)
            found = hashlib.md5(view.slice(position, size), usedforsecurity=False).hexdigest()
            if found != stated[number]:
                problems.append(message("the {name} of the payload is wrong", name="md5"))
        if there:
            parts.append(Part(position, there, "payload", content))
        position += there
    if content == "encrypted":
        problems.append(message("the payload is encrypted"))
    title = _TITLE.search(start, 0, end)
    shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in title[1]) if title is not None else ""
    return Container(position, tuple(parts), ", ".join(filter(None, ("makeself", shown))), tuple(problems))


def _after_lines(start: bytes, lines: int) -> int:
    """Give where the line after so many begins; raise NotThisFormat unless what comes before is text."""
    pieces = start.split(b"\n", lines)
    end = len(start) - len(pieces[-1])
    if not lines or len(pieces) != lines + 1 or end == len(start) or b"\0" in start[:end]:
        raise NotThisFormat
    return end


def _after_marker(start: bytes) -> tuple[int, bytes]:
    """Give where the line after the first marker begins that the script looks for and that ends it."""
    script = start.partition(b"\0")[0]
    markers = dict.fromkeys(match[1] for match in _SOUGHT.finditer(script))
    for marker in list(markers)[:_MOST_MARKERS]:
        found = script.find(b"\n" + marker + b"\n")
        if found < 0:
            continue
        end = found + len(marker) + 2
        if _is_no_text(start[end : end + _LOOKED_AT]):
            return end, marker
    raise NotThisFormat


def _is_no_text(data: bytes) -> bool:
    return bool(data) and (b"\0" in data or bool(data.translate(None, _TEXT)))


_TEXT = bytes({9, 10, 12, 13} | set(range(0x20, 0x7F)) | set(range(0x80, 0x100)))
