"""The version that a program or library states beside its own name, in forms that many projects share.

Source: the GNU coding standards, `--version` ("GNU NAME 1.2.3"), and autoconf's PACKAGE_STRING; printf(3) for a form
whose number stands beside it as a text of its own; the folders `build/NAME-1.2.3` in which dpkg-buildpackage, rpmbuild,
Buildroot, OpenWrt and the Yocto Project build, as assertions and options of the compiler leave them; the note of the
package, as the UAPI group's "Package Metadata for Executable Files" describes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.regex import regex

MOST_PLACES = 500
"""Places of a name in one file that are looked at."""
_LONGEST_FORM = 200
_MOST_PADDING = 8
"""Most zero bytes between a form and its number."""

_END = rb"(?:[a-w]\d?|[-~.]?(?:rc|beta|alpha|pre|p)\d{1,3})?"
_LONG = rb"\d{1,4}(?:\.\d{1,4}){2,3}" + _END
_SHORT = rb"\d{1,4}(?:\.\d{1,4}){1,3}" + _END
_WORD = rb"(?:,? [Vv]er(?:sion|\.)?)?"

_SAID = regex(_WORD + rb"[ /]v?(?P<version>" + _LONG + rb")(?=[\0\n ,;()])")
_FORM = regex(_WORD + rb"[ ,]{1,2}v?%s")
_BUILT = regex(rb"-v?(?:[0-9.]{1,16}\+really)?(?P<version>" + _SHORT + rb")(?=[/=]|[+~](?!really))")
_NOTE = regex(
    rb'\{"type":"[a-z]{2,12}",[\x20-\x7e]{0,80}?"name":"(?P<name>[^"]{1,80})","version":"(?P<version>[^"]{1,80})"'
)
_EPOCH_OR_REVISION = regex(rb"^\d+:|-[^-]*$")
_BUILD_FOLDER = regex(rb"/(?:[Bb][Uu][Ii][Ll][Dd]|work/|usr/src/)[\x20-\x7e]{0,120}$")
_NUMBER = regex(rb"v?(?P<version>" + _SHORT + rb")")
_ADDRESS = regex(rb"(?:0|10|127|169|172|192|22\d|239|255)\.\d+\.\d+\.\d+")

Place = tuple[int, int]
"""Offset and length."""


def read_self_named(names: tuple[bytes, ...], data: bytes) -> tuple[bytes, Place] | None:
    """Give the version that a file states of itself under one of its names, and where; None where it states several."""
    if noted := _noted(names, data):
        return noted
    places = [(at, at + len(name)) for name in names for at in _places(name, data)]
    folders = [(at + 1, at + 1 + len(name)) for name in names for at in _places(b"/" + name + b"-", data)]
    for found in (_said(places, data), _printed(places, data), _paired(places, data), _built(folders, data)):
        stated: dict[bytes, Place] = {}
        for version, place in found:
            if not _ADDRESS.fullmatch(version):
                stated.setdefault(version, place)
        if stated:
            return next(iter(stated.items())) if len(stated) == 1 else None
    return None


def spellings(name: str) -> tuple[bytes, ...]:
    """Write a name as it is, with a capital, and in capitals."""
    return tuple(dict.fromkeys(one.encode() for one in (name, name.capitalize(), name.upper())))


def _places(name: bytes, data: bytes) -> Iterator[int]:
    at = data.find(name)
    for _ in range(MOST_PLACES):
        if at < 0:
            return
        yield at
        at = data.find(name, at + len(name))


def _noted(names: tuple[bytes, ...], data: bytes) -> tuple[bytes, Place] | None:
    """Read the note in which a distribution names the package; its version is that of the maker, and a revision."""
    at = data.find(b'{"type":"')
    match = _NOTE.match(data, at) if at >= 0 else None
    if match is None or match["name"] not in names:
        return None
    return _EPOCH_OR_REVISION.sub(b"", match["version"]), (at, match.end() - at)


def _said(places: list[Place], data: bytes) -> Iterator[tuple[bytes, Place]]:
    """Read `NAME 1.2.3` at the beginning of a text."""
    for start, end in places:
        if (start == 0 or not 0x20 <= data[start - 1] <= 0x7E) and (match := _SAID.match(data, end)):
            yield match["version"], (start, match.end() - start)


def _printed(places: list[Place], data: bytes) -> Iterator[tuple[bytes, Place]]:
    """Read the number beside a form such as `NAME version %s`."""
    for start, end in places:
        if not _FORM.match(data, end) or data[start - 1 : start].isalnum():
            continue
        begin = data.rfind(b"\0", max(0, start - _LONGEST_FORM), start)
        finish = data.find(b"\0", end, end + _LONGEST_FORM)
        yield from _beside(data, begin, finish)


def _beside(data: bytes, begin: int, finish: int) -> Iterator[tuple[bytes, Place]]:
    """Give the numbers that are texts of their own, before one zero byte and behind another."""
    for one in (_text_before(data, begin), _text_behind(data, finish)):
        if one is not None and (match := _NUMBER.fullmatch(data, *one)):
            yield match["version"], (one[0], one[1] - one[0])


def _paired(places: list[Place], data: bytes) -> Iterator[tuple[bytes, Place]]:
    """Read the number beside the name as a text of its own, as autoconf's PACKAGE_NAME and PACKAGE_VERSION stand."""
    for start, end in places:
        start -= 4 if data.endswith(b"GNU ", 0, start) else 0
        if data[start - 1 : start] == b"\0" == data[end : end + 1]:
            yield from _beside(data, start - 1, end)


def _text_before(data: bytes, zero: int) -> Place | None:
    """Give the beginning and end of the text that ends at a zero byte or a few before it."""
    if zero < 0:
        return None
    end = max(0, zero - _MOST_PADDING) + len(data[max(0, zero - _MOST_PADDING) : zero].rstrip(b"\0"))
    return data.rfind(b"\0", max(0, end - _LONGEST_FORM), end) + 1, end


def _text_behind(data: bytes, zero: int) -> Place | None:
    """Give the beginning and end of the text that begins behind a zero byte or a few."""
    if zero < 0:
        return None
    padding = data[zero : zero + _MOST_PADDING]
    start = zero + len(padding) - len(padding.lstrip(b"\0"))
    end = data.find(b"\0", start, start + _LONGEST_FORM)
    return (start, end) if end >= 0 else None


def _built(folders: list[Place], data: bytes) -> Iterator[tuple[bytes, Place]]:
    """Read the folder that a file was built in."""
    for start, end in folders:
        match = _BUILT.match(data, end)
        if match and _BUILD_FOLDER.search(data, max(0, start - _LONGEST_FORM), start):
            yield match["version"], (start, match.end() - start)
