"""Says in which blocks of its file a setting stands: sections, enclosing elements and objects, outermost first.

Forms read: ini and UCI sections, XML (a name or class attribute of an element counts with the element), and JSON.
"""

from __future__ import annotations

from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

REACH = 8192
"""Bytes before a setting that are read for what encloses it."""
DEEPEST = 8
"""Enclosing blocks that are named, the innermost ones."""
NEAR = 2048
"""Most bytes of the block around a setting that count as beside it, to each side."""

_TAG = regex(
    rb"<(/?)([A-Za-z][\w.:-]{0,60})((?:\s+[\w.:-]{1,40}\s*=\s*(?:\"[^\"<>]{0,200}\"|'[^'<>]{0,200}'))*)\s*(/?)>"
)
_TAG_HEAD = regex(rb"<([A-Za-z][\w.:-]{0,60})\s")
_NAMED = regex(rb"\b(?:name|Name|class|id)\s*=\s*[\"']([^\"']{1,60})[\"']")
_JSON = regex(rb"\"([^\"\\\n]*(?:\\.[^\"\\\n]*)*)\"|[{}\[\]:,]")
_SECTION = regex(rb"[ \t]*\[([^\]\n]{1,80})\]")
_UCI = regex(rb"config[ \t]+([^\n]{1,120})")


def blocks_of(look: Look, offset: int) -> tuple[bytes, ...]:
    """Name the blocks that enclose an offset, outermost first."""
    return block_at(look, offset)[0]


def block_at(look: Look, offset: int) -> tuple[tuple[bytes, ...], int, int]:
    """Name the blocks that enclose an offset, and give the stretch of the innermost one, cut at `NEAR` each side."""
    data = look.data
    first = data[:256].lstrip()[:1]
    if first == b"<" or look.name.endswith(b".xml"):
        return _xml(data, offset)
    if first in (b"{", b"[") and not _SECTION.match(data[:256].lstrip()):
        return _json(data, offset)
    return _sections(data, offset)


def _sections(data: bytes, offset: int) -> tuple[tuple[bytes, ...], int, int]:
    """Find the last head of a section before the offset, of ini or of UCI, and the next one."""
    for mark, form in ((b"\nconfig ", _UCI), (b"\n[", _SECTION)):
        floor = max(0, offset - REACH)
        begin = data.rfind(mark, floor, offset)
        start = begin + 1 if begin >= 0 else 0
        if begin < 0 and (floor or not data.startswith(mark[1:])):
            continue
        found = form.match(data, start)
        if found is not None:
            end = data.find(mark, offset)
            end = len(data) if end < 0 else end
            return (found[1].strip(),), max(start, offset - NEAR), min(end, offset + NEAR)
    begin = data.rfind(b"network={", max(0, offset - NEAR), offset)
    end = data.find(b"}", offset, offset + NEAR)
    if begin >= 0 and end >= 0 and data.find(b"}", begin, offset) < 0:
        return (b"network",), begin, end
    return (), max(0, offset - NEAR), min(len(data), offset + NEAR)


def _xml(data: bytes, offset: int) -> tuple[tuple[bytes, ...], int, int]:
    """Follow the elements that are open at the offset; those that opened before the stretch is read are not known."""
    opened: list[tuple[bytes, bytes, int]] = []
    for tag in _TAG.finditer(data, max(0, offset - REACH), offset):
        if tag[1]:
            if any(one[0] == tag[2] for one in opened[-DEEPEST:]):
                while opened.pop()[0] != tag[2]:
                    pass
        elif not tag[4]:
            name = _NAMED.search(tag[3])
            opened.append((tag[2], tag[2] + (b" " + name[1] if name else b""), tag.start()))
    # The element whose text is the secret itself is no block around it.
    own = opened[-1:] if opened and data[opened[-1][2] : offset].count(b">") == 1 else []
    around = opened[: len(opened) - len(own)][-DEEPEST:]
    start = around[-1][2] if around else 0
    end = data.find(b"</" + around[-1][0], offset) if around else -1
    names = tuple(one[1] for one in around)
    if (own_tag := _tag_around(data, offset)) is not None:
        return (*names, own_tag[0]), own_tag[1], own_tag[2]
    return names, max(start, offset - NEAR), min(len(data) if end < 0 else end, offset + NEAR)


def _tag_around(data: bytes, offset: int) -> tuple[bytes, int, int] | None:
    """Give name and stretch of the tag in whose attributes an offset lies, where it has more than two of them."""
    start = data.rfind(b"<", max(0, offset - NEAR), offset)
    end = data.find(b">", offset, offset + NEAR)
    found = _TAG_HEAD.match(data, start) if start >= 0 else None
    if found is None or end < 0 or b">" in data[start:offset] or data.count(b"=", start, end) < 3:
        return None
    return found[1], start, end


def _json(data: bytes, offset: int) -> tuple[tuple[bytes, ...], int, int]:
    """Follow the objects and lists that are open at the offset, by the key that each is the value of."""
    opened: list[tuple[bytes, int]] = []
    last = key = b""
    for token in _JSON.finditer(data, max(0, offset - REACH), offset):
        if token[1] is not None:
            last = token[1]
        elif token[0] == b":":
            key, last = last, b""
        elif token[0] in (b"{", b"["):
            opened.append((key, token.start()))
            key = b""
        elif token[0] in (b"}", b"]"):
            if opened:
                opened.pop()
            key = b""
        else:
            key = b""
    start = opened[-1][1] if opened else 0
    end = data.find(b"}", offset)
    names = tuple(name for name, _ in opened if name)[-DEEPEST:]
    return names, max(start, offset - NEAR), min(len(data) if end < 0 else end, offset + NEAR)
