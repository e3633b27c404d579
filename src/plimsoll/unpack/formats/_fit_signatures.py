"""Finds the signatures of a FIT image, and the bytes that they are over.

Sources: the chapter on signatures in the public specification of the flattened image tree and U-Boot's manual; images
signed by mkimage. A node `signature…` below an image is over its data. One below a configuration is over the device
tree itself: the nodes that its property `hashed-nodes` lists, without the properties that hold or place data, then as
much of the strings as `hashed-strings` says. Images come in by their nodes with hashes.

property        of a signature node
algo            digest and key, such as sha256,rsa2048 or sha256,ecdsa256
padding         pss, else that of PKCS #1
key-name-hint   name of the key
value           the signature; for ECDSA two numbers side by side
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from plimsoll.model.locator import escape_name
from plimsoll.sources.signed import SignatureForm, SignatureParts, Signed
from plimsoll.unpack.format import Malformed, View
from plimsoll.unpack.formats._devicetree import Header, Property, read_regions
from plimsoll.unpack.limits import Budget

MOST_SIGNATURES = 32
"""Most signatures, and most things without one beside them, that are told apart."""

_IMAGES, _CONFIGURATIONS = b"images", b"configurations"
_DATA = frozenset((b"data", b"data-size", b"data-position", b"data-offset"))
_LONGEST = 1 << 16
_ALGORITHM = re.compile(r"(sha1|sha256|sha384|sha512),((?:rsa|ecdsa|secp)[a-z0-9]{3,8})")
_ROLES = (b"kernel", b"ramdisk", b"fdt", b"loadables", b"firmware", b"fpga", b"script", b"standalone", b"tee")
_WEAK = ("crc32", "md5", "sha1")

Path = tuple[bytes, ...]
Nodes = Mapping[Path, Mapping[bytes, Property]]


def find_signatures(
    view: View,
    header: Header,
    nodes: Nodes,
    places: Mapping[Path, tuple[int, int]],
    faulty: Sequence[str],
    budget: Budget,
) -> tuple[Signed, ...]:
    """Give a record for each configuration or image that is signed, and for each that is not beside one that is.

    `places` says where the data of each image lies, by its path; `faulty` names images whose hash is wrong.
    """
    reader = _Reader(view, header, nodes, budget)
    owners: dict[Path, list[Path]] = {}
    for path in nodes:
        if len(path) == 3 and path[0] in (_IMAGES, _CONFIGURATIONS) and path[2].startswith(b"signature"):
            if sum(map(len, owners.values())) >= MOST_SIGNATURES:
                break
            owners.setdefault(path[:2], []).append(path)
    kind = _CONFIGURATIONS if any(owner[0] == _CONFIGURATIONS for owner in owners) else _IMAGES
    all_of_kind = [path for path in nodes if len(path) == 2 and path[0] == kind][:MOST_SIGNATURES] if owners else []
    found = []
    for owner in dict.fromkeys([*owners, *all_of_kind]):
        if owner[0] == _CONFIGURATIONS:
            found.append(reader.configuration(owner, owners.get(owner, []), faulty))
        elif owner in places:
            found.append(reader.image(owner, owners.get(owner, []), places[owner], faulty))
    return tuple(found) or (Signed("fit"),)


class _Reader:
    def __init__(self, view: View, header: Header, nodes: Nodes, budget: Budget) -> None:
        self._view = view
        self._header = header
        self._nodes = nodes
        self._budget = budget

    def image(self, owner: Path, nodes: Sequence[Path], place: tuple[int, int], faulty: Sequence[str]) -> Signed:
        """Tell the signatures over the data of one image."""
        name = escape_name(owner[1])
        parts = []
        for path in nodes:
            self._budget.take_search(place[1])
            parts.append(self._parts(path, (self._view.slice(*place),), ""))
        return Signed("fit", f"image {name}", tuple(filter(None, parts)), _faults([name], faulty))

    def configuration(self, owner: Path, nodes: Sequence[Path], faulty: Sequence[str]) -> Signed:
        """Tell the signatures over one configuration, and which of its images they leave out."""
        names = self._images_of(owner)
        shown = [escape_name(name) for name in names]
        covers = f"configuration {escape_name(owner[1])}" + (f" ({', '.join(shown)})" if shown else "")
        parts: list[SignatureParts] = []
        faults = list(_faults(shown, faulty))
        for path in nodes:
            hashed = frozenset(_path(one) for one in self._value(path, b"hashed-nodes").split(b"\0") if one)
            self._budget.check_time()
            weakest = ""
            for name in names:
                hashes = self._hashes_of((_IMAGES, name), hashed)
                if not hashes:
                    faults.append(f"no digest of {escape_name(name)} is signed")
                elif all(one in _WEAK for one in hashes):
                    weakest = hashes[0]
            try:
                covered = tuple(self._covered(path, hashed))
                self._budget.take_search(sum(map(len, covered)))
            except Malformed:
                faults.append("the device tree")
                continue
            if one := self._parts(path, covered, weakest):
                parts.append(one)
        return Signed("fit", covers[:200], tuple(parts), tuple(dict.fromkeys(faults)))

    def _images_of(self, owner: Path) -> list[bytes]:
        """Name the images that a configuration puts together, as far as they are there."""
        named = [name for role in _ROLES for name in self._value(owner, role).split(b"\0") if name]
        return [name for name in dict.fromkeys(named) if (_IMAGES, name) in self._nodes]

    def _hashes_of(self, image: Path, hashed: frozenset[Path]) -> list[str]:
        """Name the digests of an image that are signed with its node."""
        return [
            self._value(path, b"algo").rstrip(b"\0").decode("ascii", "replace")
            for path in hashed
            if path[:2] == image and len(path) == 3 and path[2].startswith(b"hash") and image in hashed
        ]

    def _covered(self, path: Path, hashed: frozenset[Path]) -> Iterator[memoryview]:
        for start, end in read_regions(self._view, self._header, hashed, _DATA):
            yield self._view.slice(start, end - start)
        strings = self._value(path, b"hashed-strings")
        if len(strings) == 8:
            length = int.from_bytes(strings[4:], "big")
            if length <= self._header.strings_size:
                yield self._view.slice(self._header.strings, length)

    def _parts(self, path: Path, covered: tuple[memoryview, ...], weakest: str) -> SignatureParts | None:
        """Read one signature node; None when it has no value, as before it is signed."""
        value = self._nodes[path].get(b"value")
        written = self._value(path, b"value")
        if value is None or not written:
            return None
        algorithm = self._value(path, b"algo").rstrip(b"\0").decode("ascii", "replace")
        match = _ALGORITHM.fullmatch(algorithm)
        padding = self._value(path, b"padding").rstrip(b"\0")
        form: SignatureForm = "unread"
        if match is not None:
            pss = padding == b"pss"
            form = "ecdsa-raw" if not match[2].startswith("rsa") else "rsa-pss" if pss else "rsa-pkcs1"
        return SignatureParts(
            form, written, covered, match[1] if match else "", offset=value.offset, length=value.length,
            key_name=_printable(self._value(path, b"key-name-hint")), algorithm=_printable(algorithm.encode()),
            over=weakest,
        )  # fmt: skip

    def _value(self, path: Path, name: bytes) -> bytes:
        found = self._nodes.get(path, {}).get(name)
        if found is None or found.length > _LONGEST or found.offset + found.length > self._view.size:
            return b""
        return self._view.read(found.offset, found.length)


def _faults(names: Sequence[str], faulty: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"the digest of {name}" for name in names if name in faulty)


def _path(text: bytes) -> Path:
    return tuple(part for part in text.split(b"/") if part)


def _printable(name: bytes) -> str:
    text = name.partition(b"\0")[0][:80]
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "?" for byte in text)
