"""Bundles that lie as files in a tree: of SWUpdate, files with a signature of usign beside them, unsigned ones of RAUC.

Sources: SWUpdate's public documentation; the manual of signify, whose files usign writes as well: a comment, then in
base64 `Ed`, the number of the key in 8 bytes, and the signature, or for a public key the key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from plimsoll.inspect.firmware._bundles import Pending, pending
from plimsoll.inspect.firmware._swu import DESCRIPTION, LONGEST, SIGNATURE, Named, read_description
from plimsoll.inspect.inspector import Kept, Look
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import UpdateSignature
from plimsoll.model.locator import Carve, Place
from plimsoll.regex import regex
from plimsoll.sources.signed import SignatureParts, Signed
from plimsoll.sources.tree import Stem, Tree

HELD_BYTES = 8 << 20
"""Most content with a signature beside it that is held of one tree: Ed25519 takes no digest in its place."""
CMS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
"""The kind of a signed CMS message, near its beginning."""

_MANIFEST = b"manifest.raucm"
_USIGN = regex(rb"untrusted comment: [^\r\n]{0,1000}\r?\n([A-Za-z0-9+/]{99}=)\s*\Z")
_USIGN_BYTES = 74
_LONGEST_USIGN = 2000
_LARGEST_SIGNATURE = 1 << 20


class Description(msgspec.Struct, frozen=True):
    data: bytes


class Signature(msgspec.Struct, frozen=True):
    """A file with a signature of another: its bytes, and the path of the other."""

    data: bytes
    of: bytes


class Content(msgspec.Struct, frozen=True):
    """A file that a signature is over."""

    data: bytes
    sha256: str


def is_part_of_bundle(look: Look) -> bool:
    """Tell by its path and those beside it whether a file is part of such a bundle."""
    tree = look.file.tree
    if not look.path:
        return False
    return look.path == _MANIFEST or _is_of_swu(look) or look.path + b".sig" in tree.by_path


def parts_of_bundles(look: Look) -> Iterator[object]:
    """Keep a file that is part of a bundle."""
    if look.path == _MANIFEST:
        yield Description(b"")
    elif _is_of_swu(look):
        if look.path == DESCRIPTION:
            yield Description(look.data[: LONGEST + 1])
        elif look.path == SIGNATURE:
            yield Signature(look.data[:_LARGEST_SIGNATURE], DESCRIPTION)
        else:
            yield Content(b"", look.file.sha256)
    elif look.path + b".sig" in look.file.tree.by_path and look.path in _held(look.file.tree):
        yield Content(look.data, look.file.sha256)
    elif look.path.endswith(b".sig") and _usign_value(look.data):
        yield Signature(look.data, look.path[:-4])


def _is_of_swu(look: Look) -> bool:
    return look.file.tree.format == "cpio" and DESCRIPTION in look.file.tree.by_path


@lru_cache(maxsize=16)
def _held(tree: Tree) -> frozenset[bytes]:
    """Name the files of a tree that have a signature beside them, as many as are held."""
    left = HELD_BYTES
    found: set[bytes] = set()
    for path in sorted(path for path in tree.by_path if path.endswith(b".sig")):
        node = tree.by_path.get(path[:-4])
        if node is None or node.kind != "file" or node.link_to is not None or tree.by_path[path].size > _LONGEST_USIGN:
            continue
        if node.size <= left:
            left -= node.size
            found.add(node.path)
    return frozenset(found)


def bundles_of_files(kept: Sequence[Kept]) -> Iterator[tuple[Pending, Place]]:
    """Put together what was kept of bundles, each with the place of its signature, else of its description."""
    yield from _swu_bundles(kept)
    yield from _usign_bundles(kept)


def _swu_bundles(kept: Sequence[Kept]) -> Iterator[tuple[Pending, Place]]:
    """Put together the bundles of SWUpdate: the files named must be those of the archive."""
    files: dict[Stem, dict[bytes, str]] = {}
    signatures: dict[Stem, Kept] = {}
    for one in kept:
        if isinstance(one.value, Content) and not one.value.data:
            files.setdefault(one.tree.stem, {})[one.path] = one.value.sha256
        elif isinstance(one.value, Signature) and one.path == SIGNATURE:
            signatures[one.tree.stem] = one
    for one in kept:
        if not isinstance(one.value, Description) or one.path != DESCRIPTION:
            continue
        named = read_description(one.value.data) if len(one.value.data) <= LONGEST else []
        there = files.get(one.tree.stem, {})
        signature = signatures.get(one.tree.stem)
        faults = [fault for file in named if (fault := _fault(file, there, signature is not None))]
        is_encrypted = bool(named) and all(file.is_encrypted for file in named)
        covered = (memoryview(one.value.data),)
        parts = _swu_parts(signature.value.data, covered) if signature is not None else ()
        signed = Signed("swupdate", "", parts, tuple(dict.fromkeys(faults)), is_encrypted)
        where = signature.where if signature is not None else one.where
        for each in pending(signed):
            yield each, where


def _fault(file: Named, there: Mapping[bytes, str], is_signed: bool) -> str:
    """Say what is wrong with one file that the description names."""
    name = printable(file.name)[:80]
    if file.is_encrypted:
        return ""
    if file.sha256 and there.get(file.name) != file.sha256:
        return f"the digest of {name}"
    return f"no digest of {name} is signed" if is_signed and file.name in there and not file.sha256 else ""


def _swu_parts(value: bytes, covered: tuple[memoryview, ...]) -> tuple[SignatureParts, ...]:
    """Tell the kind of a signature: a message, else RSA; of its two paddings, the one that fits some key counts."""
    if CMS in value[:20]:
        return (SignatureParts("cms", value, covered),)
    return (SignatureParts("rsa", value, covered, "sha256"),)


def _usign_value(data: bytes) -> bytes:
    """Give the 74 bytes of a signature of usign or signify: `Ed`, the number of the key, the signature."""
    match = _USIGN.match(data) if len(data) <= _LONGEST_USIGN else None
    if match is None:
        return b""
    try:
        value = base64.b64decode(match[1], validate=True)
    except binascii.Error:
        return b""
    return value if len(value) == _USIGN_BYTES and value.startswith(b"Ed") else b""


def _usign_bundles(kept: Sequence[Kept]) -> Iterator[tuple[Pending, Place]]:
    contents = {(one.tree.stem, one.path): one.value for one in kept if isinstance(one.value, Content)}
    for one in kept:
        if not isinstance(one.value, Signature) or one.path == SIGNATURE:
            continue
        value = _usign_value(one.value.data)
        content = contents.get((one.tree.stem, one.value.of))
        name = value[2:10].hex()
        covers = printable(one.value.of)[:200]
        if content is None:
            parts = SignatureParts("unread", value[10:], key_name=name, algorithm="ed25519")
        else:
            parts = SignatureParts("ed25519", value[10:], (memoryview(content.data),), key_hash=value[2:10])
        for each in pending(Signed("usign", covers, (parts,))):
            yield each, one.where


def unsigned_rauc(kept: Sequence[Kept], id: str) -> Iterator[Observation]:
    """Tell a bundle of RAUC that has no signature: its file system alone."""
    for one in kept:
        if isinstance(one.value, Description) and one.path == _MANIFEST:
            steps = one.tree.stem.steps
            if not any(isinstance(step, Carve) and step.format == "rauc" for step in steps):
                yield Observation(UpdateSignature("rauc", "unsigned"), one.where, id)
