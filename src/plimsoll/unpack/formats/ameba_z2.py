"""Opens upgrades for Realtek's Wi-Fi chips of the kind Ameba Z2: RTL8720C, RTL8710C and their kin.

Source: the MIT-licensed ltchiptool, with which files were made. All numbers are little-endian.

offset  size  file                               offset  size  section
0       32    hash of the first header           0       4     length of entry and content
32      192   keys                               4       4     offset of the next section from here, or FFFFFFFF
224     96    header of the first image          8       1     kind of memory, 80 to 85
              content, hash; more images         9       1     whether it is encrypted
                                                 16      8     the bytes 0 to 7
offset  size  header of an image                 96      4     length of the content
0       4     length of the content              100     4     address
4       4     offset of the next image           128           content
8       1     kind: 2, 3, 4 or 8
9       1     whether it is encrypted

The content of an image is a table of 96 bytes, whose bytes 8 to 15 are the numbers 0 to 7, then its sections. The
hash of an image is a SHA-256 of it and, for the first, of all before it; or a HMAC with a key, which cannot be checked.
"""

from __future__ import annotations

import hashlib
import struct

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.limits import Budget

PATTERN = bytes(range(8))

_FIRST_AT = 224
_IMAGE = struct.Struct("<IIBB")
_SECTION = struct.Struct("<IIBB6x8s")
_HEADER_BYTES, _TABLE_BYTES, _HASH_BYTES = 96, 96, 32
_ENTRY_BYTES = 32
_KINDS = {2: "secure", 3: "not secure", 4: "low power", 8: "in flash"}
_MEMORIES = {0x80: "data RAM", 0x81: "code RAM", 0x82: "RAM", 0x83: "PSRAM", 0x84: "DRAM", 0x85: "flash"}
_LAST = 0xFFFFFFFF
_MOST = 16 << 20
_MOST_IMAGES, _MOST_SECTIONS = 16, 64


class Image(msgspec.Struct, frozen=True):
    """The header of an image."""

    offset: int
    length: int
    next: int
    kind: int
    is_encrypted: bool

    @property
    def content(self) -> int:
        """Where its content begins."""
        return self.offset + _HEADER_BYTES

    @property
    def end(self) -> int:
        """Where its content ends and its hash begins."""
        return self.content + self.length


def open_ameba_z2(view: View, budget: Budget) -> Container:
    """Open the file at the beginning of a view; raise NotThisFormat when its first image makes no sense."""
    images = _read_images(view)
    has_key = hashlib.sha256(view.slice(_FIRST_AT, _HEADER_BYTES)).digest() != view.read(0, _HASH_BYTES)
    parts: list[Part] = []
    problems: list[Message] = []
    for number, image in enumerate(images):
        budget.take_search(image.length)
        start = image.offset if number else 0
        if not has_key:
            found = hashlib.sha256(view.slice(start, image.end - start)).digest()
            if found != view.slice(image.end, _HASH_BYTES):
                problems.append(message("the hash of image {number} is wrong", number=number))
        parts += _read_parts(view, image)
    said = ", ".join(_KINDS[one.kind] + (" (encrypted)" if one.is_encrypted else "") for one in images)
    label = f"images {said}; hashes {'with a key' if has_key else 'SHA-256'}"
    return Container(images[-1].end + _HASH_BYTES, tuple(parts), label, tuple(problems))


FORMAT = Format(
    "ameba-z2", "upgrade for Realtek's Ameba Z2 chips", (Magic(PATTERN, _FIRST_AT + _HEADER_BYTES + 8),), open_ameba_z2
)


def _read_images(view: View) -> list[Image]:
    """Give the images that are all there; raise NotThisFormat when there is none."""
    images: list[Image] = []
    position = _FIRST_AT
    while len(images) < _MOST_IMAGES and position + _HEADER_BYTES + _TABLE_BYTES + _HASH_BYTES <= view.size:
        image = Image(position, *_IMAGE.unpack(view.slice(position, _IMAGE.size)))
        is_sound = image.kind in _KINDS and _TABLE_BYTES < image.length <= _MOST and image.is_encrypted in (0, 1)
        if not is_sound or image.end + _HASH_BYTES > view.size:
            break
        if not image.is_encrypted and view.read(image.content + 8, 8) != PATTERN:
            break
        if not image.is_encrypted and not _read_parts(view, image):
            break
        images.append(image)
        if image.next == _LAST or image.offset + image.next < image.end + _HASH_BYTES:
            break
        position = image.offset + image.next
    if not images:
        raise NotThisFormat
    return images


def _read_parts(view: View, image: Image) -> list[Part]:
    """Give a part for each section, one for the content of an encrypted image."""
    if image.is_encrypted:
        return [Part(image.content, image.length, "content", "encrypted")]
    parts: list[Part] = []
    position = image.content + _TABLE_BYTES
    while position + _HEADER_BYTES + _ENTRY_BYTES <= image.end and len(parts) < _MOST_SECTIONS:
        length, following, kind, is_encrypted, pattern = _SECTION.unpack(view.slice(position, _SECTION.size))
        start = position + _HEADER_BYTES + _ENTRY_BYTES
        size, address = struct.unpack("<II", view.slice(position + _HEADER_BYTES, 8))
        if pattern != PATTERN or kind not in _MEMORIES or length != _ENTRY_BYTES + size or start + size > image.end:
            break
        if size:
            name = f"{_MEMORIES[kind]} at {address:#010x}"
            parts.append(Part(start, size, name, "encrypted" if is_encrypted else "known"))
        if following == _LAST or position + following < start + size:
            break
        position += following
    return parts
