"""Opens RAUC bundles: a squashfs image with the update, then a signature that says whose it is.

Source: the public reference manual of RAUC, on bundle formats; bundles made with the real tool.

plain    squashfs, filled up to 4096; CMS signature of it; length of the signature, 8 bytes, big-endian
verity   squashfs, filled up to 4096; tree of hashes; CMS signature with the manifest; its length
crypt    the same, with the squashfs encrypted; the CMS message may be encrypted for those who hold a key

A signature is told and not verified: its key is elsewhere. A plain one is over the filled up squashfs; the others are
over the manifest that they carry. The root hash that a manifest states is compared. A crypt
bundle has nothing to know it by at its beginning, so it is told where its signature is met, and what looks dense before
that counts as encrypted, as far as the tree of hashes that the manifest states can reach.
"""

from __future__ import annotations

import sys

from plimsoll.model.message import Message, message
from plimsoll.sources.signed import SignatureParts, Signed
from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._rauc_signature import (
    BLOCK,
    ENVELOPED,
    SIGNED,
    Signature,
    find_at_end,
    read_manifest,
    read_signature,
    root_hash,
    tree_bytes,
)
from plimsoll.unpack.limits import Budget

MAGIC = b"hsqs"
"""Of squashfs, as the tool makes it."""

HASHES = 128
"""Hashes in a block of the tree: it takes no less than its part of the content."""

_BYTES_USED_AT = 40
_KIND_AT = 4
"""Where the kind of a message stands that takes 256 to 65,535 bytes."""


def open_rauc(view: View, budget: Budget) -> Container:
    """Open the bundle at the beginning of a view, or the signature of one whose content is encrypted.

    Raise NotThisFormat when no signature is where it should be.
    """
    if view.size < 48:
        raise NotThisFormat
    budget.check_time()
    if view.read(0, len(MAGIC)) == MAGIC:
        return _open_bundle(view, budget)
    signature = read_signature(view, 0)
    if signature is None:
        raise NotThisFormat
    return _tell_encrypted(view, signature, read_manifest(view, signature))


FORMAT = Format("rauc", "RAUC bundle", (Magic(MAGIC), Magic(SIGNED, _KIND_AT), Magic(ENVELOPED, _KIND_AT)), open_rauc)


def _open_bundle(view: View, budget: Budget) -> Container:
    used = int.from_bytes(view.slice(_BYTES_USED_AT, 8), "little")
    size = -(-used // BLOCK) * BLOCK
    # NOTE: squashfs may state any length; what lies outside the view has no signature behind it.
    signature = (
        read_signature(view, size) or read_signature(view, size + tree_bytes(size)) if size <= view.size else None
    ) or find_at_end(view)
    if signature is None or signature.is_enveloped or signature.start < used:
        raise NotThisFormat
    manifest = read_manifest(view, signature)
    tree = _number(manifest.get("bundle.verity-size", "0"))
    problems: list[Message] = []
    if tree > signature.start - used or tree % BLOCK:
        problems.append(message("the manifest states a tree of hashes that does not fit"))
        tree = 0
    content = signature.start - tree
    if tree:
        problems += _verify(view, content, manifest, budget)
    parts = (
        Part(0, content, "bundle"),
        Part(signature.start, signature.length, "signature", "known"),
    )
    # NOTE: a manifest that names no root hash is signed, and the content with it is not.
    covered = () if manifest else (view.slice(0, content),)
    signed = _tell_signature(view, signature, covered, bool(problems) or (bool(manifest) and not tree), False)
    return Container(signature.end, parts, _label(signature, manifest), tuple(problems), (signed,))


def _verify(view: View, size: int, manifest: dict[str, str], budget: Budget) -> list[Message]:
    """Compare the root hash that the manifest states."""
    budget.take_search(size)
    try:
        stated = bytes.fromhex(manifest.get("bundle.verity-hash", ""))
        salt = bytes.fromhex(manifest.get("bundle.verity-salt", ""))
    except ValueError:
        return [message("the manifest states a root hash that is none")]
    if size % BLOCK or root_hash(view.slice(0, size), salt) != stated:
        return [message("the root hash is not that of the content")]
    return []


def _tell_encrypted(view: View, signature: Signature, manifest: dict[str, str]) -> Container:
    """Give the end of a bundle whose beginning is not known for what it is."""
    if signature.is_enveloped:
        problem = message("the content of the bundle is encrypted, and its manifest too")
    elif manifest.get("bundle.format") == "crypt":
        problem = message("the content of the bundle is encrypted; its manifest has the key")
    else:
        problem = message("the content of the bundle before its signature is not read")
    part = Part(signature.start, signature.length, "signature", "known")
    is_encrypted = signature.is_enveloped or manifest.get("bundle.format") == "crypt"
    # NOTE: what a plain signature is over is not known here, so nothing could be said of it but that it does not fit.
    signed = (_tell_signature(view, signature, (), False, True),) if is_encrypted else ()
    label = _label(signature, manifest)
    before = _most_before(manifest) if is_encrypted else 0
    return Container(signature.end, (part,), label, (problem,), signed, before)


def _most_before(manifest: dict[str, str]) -> int:
    """Give the most bytes that content and tree can take; without a manifest nothing bounds them."""
    tree = _number(manifest.get("bundle.verity-size", "0"))
    return tree * HASHES + tree if tree else sys.maxsize


def _tell_signature(
    view: View, signature: Signature, covered: tuple[memoryview, ...], has_faults: bool, is_encrypted: bool
) -> Signed:
    """Give the signature with the content that it is over, which is none when it carries a manifest."""
    parts = SignatureParts(
        "unread" if signature.is_enveloped else "cms",
        view.read(signature.start, signature.length),
        covered,
        offset=signature.start,
        length=signature.length,
        algorithm="cms" if signature.is_enveloped else "",
    )
    return Signed("rauc", "", (parts,), ("the digest of the content",) if has_faults else (), is_encrypted)


def _label(signature: Signature, manifest: dict[str, str]) -> str:
    """Give the format, then what the manifest says that the bundle is for."""
    kind = "crypt" if signature.is_enveloped else manifest.get("bundle.format", "plain")
    stated = [manifest.get(f"update.{key}", "") for key in ("compatible", "version")]
    return ", ".join(one for one in [kind, *stated] if one)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 20 else 0
