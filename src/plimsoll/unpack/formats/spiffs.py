"""Opens SPIFFS images, the flat file system of modules with an ESP8266 or ESP32 before littlefs.

Source: the technical specification of SPIFFS and facts of the image generator of ESP-IDF; the layout stands in
`_spiffs_pages`. Sizes of pages and blocks are inferred. Only images with signs in their blocks are read, in which the
first page is, or was, the first of an index, as every image has it that a tool made. Names hold the whole path.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from plimsoll.model.locator import escape_name
from plimsoll.model.message import message
from plimsoll.sources.tree import Node
from plimsoll.unpack.format import Format, Magic, Malformed, NotThisFormat, View
from plimsoll.unpack.formats._archive import Archive, Entries
from plimsoll.unpack.formats._spiffs_pages import HEADER, PAGE_BYTES, Geometry, Page, find_geometry, list_pages
from plimsoll.unpack.limits import Budget, LimitReached

_SIGNS = (b"\x80\x00\x00\xf8\xff\xff\xff", b"\x80\x00\x00\x78\xff\xff\xff")
"""The first page of an index of one of the first 256 objects, from the second byte on: in use, or deleted since."""

_SIZE_AT, _TYPE_AT, _NAME_AT = 8, 12, 13
_FILE = 1
_NOT_WRITTEN = 0xFFFFFFFF


class Pages(msgspec.Struct, frozen=True):
    """Content in pages."""

    size: int
    content_bytes: int
    """Bytes of content in each page."""
    places: dict[int, int]
    """Where each page is, by its number in the file."""

    @property
    def offset(self) -> int:
        """Where the first page is."""
        return min(self.places.values(), default=0)

    def read(self, view: View, budget: Budget) -> bytes:
        """Put the pages together; raise Malformed when one is missing."""
        budget.take_output(self.size, self.size)
        parts = []
        for number in range(-(-self.size // self.content_bytes)):
            at = self.places.get(number)
            if at is None:
                raise Malformed(message("its page {number} is missing", number=number))
            parts.append(view.slice(at + HEADER, self.content_bytes))
        return b"".join(parts)[: self.size]


def open_spiffs(view: View, budget: Budget) -> Archive:
    """Open the image at the beginning of a view; raise NotThisFormat when no sizes of pages and blocks fit."""
    geometry = next((found for first in _first_pages(view) if (found := find_geometry(view, first, budget))), None)
    if geometry is None:
        raise NotThisFormat
    length = min(geometry.size, view.size)
    whole = view.cut(0, length)
    entries = Entries(budget)
    if geometry.size > view.size:
        entries.problem(b"", message("cut short: {missing} bytes are missing", missing=geometry.size - view.size))
    try:
        _list(whole, geometry, entries)
    except LimitReached as reached:
        entries.problem(b"", reached.reason)
    label = f"pages of {geometry.page} bytes, blocks of {geometry.block // 1024} KiB"
    return entries.archive(whole, length, label)


FORMAT = Format(
    "spiffs",
    "SPIFFS file system",
    tuple(Magic(sign, page + 1) for sign in _SIGNS for page in sorted(PAGE_BYTES)),
    open_spiffs,
)


def _first_pages(view: View) -> Iterator[int]:
    """Give where the first page may be: where a sign stands and the table begins with its object, or as deleted."""
    for first in PAGE_BYTES:
        is_signed = view.buffer[first + 1 : first + 8] in _SIGNS
        if is_signed and view.buffer[:2] in (view.buffer[first : first + 2], b"\0\0"):
            yield first


def _list(view: View, geometry: Geometry, entries: Entries) -> None:
    """List the files whose index begins in a page that is in use."""
    heads: dict[int, Page] = {}
    places: dict[int, dict[int, int]] = {}
    for page in list_pages(view, geometry, entries.budget):
        if not page.is_index:
            own = places.setdefault(page.object, {})
            if page.number in own:
                reason = message("object {number} has its page {page} twice", number=page.object, page=page.number)
                entries.problem(b"", reason)
            own[page.number] = page.at
        elif not page.number:
            if page.object in heads:
                entries.problem(b"", message("object {number} begins twice", number=page.object))
            heads[page.object] = page
    for number in sorted(heads):
        entries.budget.take_entries(1)
        _add(view, geometry, heads[number], places.pop(number, {}), entries)
    if places:
        entries.problem(b"", message("{count} objects without a beginning are left out", count=len(places)))


def _add(view: View, geometry: Geometry, head: Page, places: dict[int, int], entries: Entries) -> None:
    """Add one file."""
    raw = view.read(head.at, geometry.page)
    (size,) = struct.unpack_from("<I", raw, _SIZE_AT)
    name, end, _ = raw[_NAME_AT:].partition(b"\0")
    if not end or not name:
        entries.problem(b"", message("object {number} has no name", number=head.object))
        return
    path = name.lstrip(b"/")
    if raw[_TYPE_AT] != _FILE:
        shown = escape_name(name)
        entries.problem(b"", message("{name!r} of the kind {kind} is left out", name=shown, kind=raw[_TYPE_AT]))
        return
    if size == _NOT_WRITTEN:
        size = 0
        if places:
            entries.problem(path, message("its size was not written; it is shown as empty"))
    if size > geometry.size:
        reason = message("{size} bytes of content in an image of {total}", size=size, total=geometry.size)
        entries.problem(path, reason)
        return
    entries.add(Node(path, "file", size=size), Pages(size, geometry.page - HEADER, places))
