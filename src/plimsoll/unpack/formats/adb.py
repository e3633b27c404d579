"""Recognises packages and indexes of Alpine's package keeper, version 3, as OpenWrt has them too; they are not read.

Source: the public manual page apk-v3(5) names the format and what is in it, but not how a file begins. That is as it is
commonly reported, and was not compared with a package of the real tool.

A file begins with `ADB` and a letter that says how the rest is compressed: `.` not at all, `d` by deflate, `c` by what
the two bytes after it say. What is undone begins, for all but `.`, with `ADB.`; then follow four letters for the kind:
`pckg` a package, `indx` an index.
"""

from __future__ import annotations

import zlib

from plimsoll.model.message import message
from plimsoll.unpack.codecs import ZstdError, make_zstd_decoder
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Unsupported, View
from plimsoll.unpack.limits import Budget

SIGN = b"ADB"
PLAIN, DEFLATE, OTHER = b"ADB.", b"ADBd", b"ADBc"

_KINDS = {b"pckg": "package", b"indx": "index"}
_START_BYTES = 4096
_WANTED_BYTES = 8
_WINDOW_LOG = 27
_STORED, _DEFLATE, _ZSTD = 0, 1, 2


def open_adb(view: View, budget: Budget) -> Container:
    """Raise Unsupported for a package or an index at the beginning of a view, NotThisFormat for all else."""
    budget.check_time()
    start = _start(view.read(0, min(_START_BYTES, view.size)))
    kind = _KINDS.get(start[4:_WANTED_BYTES])
    if not start.startswith(PLAIN) or kind is None:
        raise NotThisFormat
    raise Unsupported(message("a {kind} of Alpine, version 3: it is not read", kind=kind))


FORMAT = Format("adb", "Alpine package, version 3", (Magic(SIGN),), open_adb, only_recognised=True)


def _start(data: bytes) -> bytes:
    """Give the first bytes, undone; raise NotThisFormat when they cannot be."""
    sign, rest, method = data[:4], data[4:], _STORED
    if sign == PLAIN:
        return data[:_WANTED_BYTES]
    if sign == DEFLATE:
        method = _DEFLATE
    elif sign == OTHER and len(data) > 6:
        method, rest = data[4], data[6:]
    else:
        raise NotThisFormat
    try:
        if method == _DEFLATE:
            return zlib.decompressobj(wbits=-zlib.MAX_WBITS).decompress(rest, _WANTED_BYTES)
        if method == _ZSTD:
            found: bytes = make_zstd_decoder(_WINDOW_LOG).decompress(rest, _WANTED_BYTES)
            return found
    except (zlib.error, ZstdError) as error:
        raise NotThisFormat from error
    return rest[:_WANTED_BYTES] if method == _STORED else b""
