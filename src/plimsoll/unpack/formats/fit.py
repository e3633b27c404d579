"""Opens FIT images, in which U-Boot finds kernels, device trees and file systems with their hashes and signatures.

Sources: the public specification of the flattened image tree (FIT) and U-Boot's manual of it; the Devicetree
Specification for the tree around it. Node `/images` has a node for each image. Its bytes are the property `data`, or
lie behind the tree: at `data-offset` after the tree filled up to 4, or at `data-position` after its beginning, of
`data-size` bytes. Nodes `hash…` below name an algorithm and a value. Node `/configurations` says which images go
together, and has `signature…` nodes when that is signed. Signatures are told and not verified: their key is elsewhere.
Property `type` says what an image is; a node `cipher…` below it, that it is encrypted.

A device tree without such images is no FIT image.
"""

from __future__ import annotations

import hashlib
import zlib

from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Container, Content, Format, Magic, Malformed, NotThisFormat, Part, View
from plimsoll.unpack.formats._devicetree import MAGIC, UNKNOWN, Header, Property, read_header, read_properties
from plimsoll.unpack.formats._fit_signatures import find_signatures
from plimsoll.unpack.limits import Budget

MOST_IMAGES = 1024
"""Most images that are told apart."""

_IMAGES, _CONFIGURATIONS = b"images", b"configurations"
_VALUE_BYTES = 4096
_SHOWN = 8
_KNOWN = (
    b"kernel", b"kernel_noload", b"flat_dt", b"firmware", b"standalone", b"script", b"fpga", b"tee", b"tfa-bl31",
    b"tfa-bl32", b"opensbi", b"u-boot", b"x86_setup",
)  # fmt: skip
"""Types that are a program, a device tree or settings."""
_DIGESTS = ("md5", "sha1", "sha256", "sha384", "sha512")

_Values = dict[bytes, Property]


def open_fit(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view.

    Raise NotThisFormat when it is no FIT image, Malformed when it is cut short before any image can be told. Images
    that are cut short, overlap others or have a wrong hash are problems.
    """
    header = read_header(view)
    nodes, problems = _read_nodes(view, header)
    if (_IMAGES,) not in nodes:
        raise NotThisFormat
    length = header.size
    parts: list[Part] = []
    hashes = _find_below(nodes, b"hash")
    ciphers = _find_below(nodes, b"cipher")
    places: dict[tuple[bytes, ...], tuple[int, int]] = {}
    faulty: list[str] = []
    for path in [path for path in nodes if len(path) == 2 and path[0] == _IMAGES][:MOST_IMAGES]:
        budget.check_time()
        name = escape_name(path[1])
        place = _find_data(view, header, nodes[path])
        if place is None:
            continue
        offset, size = place
        length = max(length, offset + size)
        there = max(min(size, view.size - offset), 0)
        if there < size:
            problems.append(message("{name}: cut short: {missing} bytes are missing", name=name, missing=size - there))
            faulty.append(name)
        else:
            places[path] = place
            wrong = _check_hashes(view, place, name, hashes.get(path, []), budget)
            problems += wrong
            faulty += [name] if wrong else []
        if there:
            parts.append(Part(offset, there, name, _content(view, nodes[path], path in ciphers)))
    if not parts:
        if problems:
            raise Malformed(problems[0], min(length, view.size))
        raise NotThisFormat
    kept = _apart(parts, problems)
    signed = find_signatures(view, header, nodes, places, faulty, budget) if header.size <= view.size else ()
    return Container(min(length, view.size), kept, _label(view, nodes), tuple(problems), signed)


FORMAT = Format("fit", "FIT image of U-Boot", (Magic(MAGIC),), open_fit)


def _read_nodes(view: View, header: Header) -> tuple[dict[tuple[bytes, ...], _Values], list[Message]]:
    """Give the properties of each node by path, the first of two with one name."""
    nodes: dict[tuple[bytes, ...], _Values] = {}
    problems: list[Message] = []
    if header.size > view.size:
        problems.append(message("cut short: {missing} bytes are missing", missing=header.size - view.size))
    try:
        for found in read_properties(view, header):
            values = nodes.setdefault(found.path, {})
            name = found.name
            if name == UNKNOWN and found.length > _VALUE_BYTES:
                # Nothing else in a FIT image is that long.
                name = b"data"
            if name:
                values.setdefault(name, found)
    except Malformed as broken:
        problems.append(broken.reason)
    return nodes, problems


def _find_data(view: View, header: Header, values: _Values) -> tuple[int, int] | None:
    """Give offset and bytes of an image; None when it has none."""
    data = values.get(b"data")
    if data is not None:
        return (data.offset, data.length) if data.length else None
    size = _number(view, values.get(b"data-size"))
    position = _number(view, values.get(b"data-position"))
    offset = _number(view, values.get(b"data-offset"))
    if position is None and offset is not None:
        position = (header.size + 3) // 4 * 4 + offset
    return (position, size) if position is not None and size else None


def _content(view: View, values: _Values, has_cipher: bool) -> Content:
    """Tell what the tree says of an image."""
    if has_cipher:
        return "encrypted"
    return "known" if _value(view, values.get(b"type")).rstrip(b"\0") in _KNOWN else "image"


def _find_below(nodes: dict[tuple[bytes, ...], _Values], name: bytes) -> dict[tuple[bytes, ...], list[_Values]]:
    """Give the properties of the nodes of that name below each image."""
    found: dict[tuple[bytes, ...], list[_Values]] = {}
    for path, values in nodes.items():
        if len(path) == 3 and path[0] == _IMAGES and path[2].startswith(name):
            found.setdefault(path[:2], []).append(values)
    return found


def _check_hashes(
    view: View, place: tuple[int, int], name: str, hashes: list[_Values], budget: Budget
) -> list[Message]:
    """Say which of the hashes of an image that we know are wrong."""
    problems: list[Message] = []
    for values in hashes[:_SHOWN]:
        algorithm = _value(view, values.get(b"algo")).rstrip(b"\0").decode("ascii", "replace")
        value = _value(view, values.get(b"value"))
        if not value or algorithm not in ("crc32", *_DIGESTS):
            continue
        budget.take_search(place[1])
        data = view.slice(*place)
        if algorithm == "crc32":
            found = zlib.crc32(data).to_bytes(4, "big")
        else:
            found = hashlib.new(algorithm, data, usedforsecurity=False).digest()
        if found != value:
            problems.append(message("{name}: its {algorithm} is wrong", name=name, algorithm=algorithm))
    return problems


def _apart(parts: list[Part], problems: list[Message]) -> tuple[Part, ...]:
    """Leave out parts that overlap the one before."""
    kept: list[Part] = []
    end = 0
    for part in sorted(parts, key=lambda one: (one.offset, -one.length)):
        if part.offset < end:
            problems.append(message("{name}: overlaps another image; left out", name=part.name))
            continue
        kept.append(part)
        end = part.offset + part.length
    return tuple(kept)


def _label(view: View, nodes: dict[tuple[bytes, ...], _Values]) -> str:
    """Give description, configurations and signatures."""
    said = [_printable(_value(view, nodes.get((), {}).get(b"description")))]
    configurations = [path[1] for path in nodes if len(path) == 2 and path[0] == _CONFIGURATIONS]
    if configurations:
        said.append("configurations " + _listed(configurations))
    signatures = [
        b"/".join(path[1:])
        for path in nodes
        if len(path) == 3 and path[0] in (_IMAGES, _CONFIGURATIONS) and path[2].startswith(b"signature")
    ]
    if signatures:
        said.append("signatures " + _listed(signatures))
    return "; ".join(part for part in said if part)


def _listed(names: list[bytes]) -> str:
    shown = ", ".join(map(_printable, names[:_SHOWN]))
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _number(view: View, found: Property | None) -> int | None:
    value = _value(view, found)
    return int.from_bytes(value, "big") if len(value) in (4, 8) else None


def _value(view: View, found: Property | None) -> bytes:
    """Give the value of a property; nothing when it is absent, too long or not all there."""
    if found is None or found.length > _VALUE_BYTES or found.offset + found.length > view.size:
        return b""
    return view.read(found.offset, found.length)


def _printable(name: bytes) -> str:
    text = name.partition(b"\0")[0][:255]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
