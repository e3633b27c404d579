"""Whether update bundles and boot images are signed, and by a key that the image carries.

Formats: RAUC, SWUpdate, FIT of U-Boot, MCUboot, secure boot of Espressif's chips, Zigbee upgrade files, and files with
a signature of usign or signify beside them. What is signed with what is said where each is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware import _signing_keys
from plimsoll.inspect.firmware._bundles import Keys, Pending, TooMany, judge, pending
from plimsoll.inspect.firmware._certificate_forms import LARGEST, der_sequences
from plimsoll.inspect.firmware._pem import block_body, find_block
from plimsoll.inspect.firmware._signed_files import (
    CMS,
    bundles_of_files,
    is_part_of_bundle,
    parts_of_bundles,
    unsigned_rauc,
)
from plimsoll.inspect.firmware._signing_keys import CarriedKey, find_keys, read_certificate_key, read_key
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge import published_keys
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import PublicKey
from plimsoll.model.locator import Carve, Place
from plimsoll.model.message import message
from plimsoll.regex import regex
from plimsoll.sources.signed import KeyParts, Signed
from plimsoll.sources.tree import Stem, Tree

MOST_CERTIFICATES = 8
"""A file with more certificates is a store of authorities, which say nothing of updates."""
MOST_BUNDLES = 10_000
"""Most signatures and unsigned bundles of one image that are told."""

_STORE = regex(rb"(?:\A|/)etc/ssl/certs/|(?:\A|/)share/ca-certificates/|(?:\A|/)etc/pki/")
_CERTIFICATE_NAME = regex(rb"(?i)\.(?:crt|cer|cert|der|pem)\Z")


class _Carried(msgspec.Struct, frozen=True):
    key: CarriedKey
    where: Place
    is_told: bool = True
    """Whether the fact that says so was given where it was seen."""


class Bundle(msgspec.Struct, frozen=True):
    """A signature of a container."""

    pending: Pending
    where: Place
    own: str = ""
    """How places begin in the bytes of the file that it is, or is in."""


class UpdateSignatures(Inspector):
    """Records public keys, and for each bundle what its signature comes to under them."""

    id = "update-signatures"
    title = "Is what is installed signed, and does the image carry the key?"
    what = (
        "Bundles of RAUC and SWUpdate, FIT images, images for MCUboot and for Espressif's chips, Zigbee upgrade files, "
        "and files with a signature of usign or signify beside them. Digests and signatures are verified under the "
        "certificates and public keys that the image carries outside the signature itself, in files, programs and the "
        "device tree of a boot loader. To have an update verified, put it into one folder with the image."
    )
    limits = (
        "Whether a key is the one that the product trusts is not seen: it counts when it is there. Keys in fuses, in a "
        "form of the maker's own, or in stores of public authorities are not. Dates and permitted uses of certificates "
        "are not weighed. Signatures of Zigbee are told and not verified, nor are those of OpenWrt's sysupgrade images."
    )
    patterns = (
        *_signing_keys.PATTERNS,
        Pattern("certificate", rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----", (b"CERTIFICATE-----",), longest=48),
    )

    def wants(self, look: Look) -> bool:
        """Take files in which a key or certificate begins, and those of bundles that lie as files in a tree."""
        if look.matches or look.data.startswith(b"untrusted comment:"):
            return True
        return _is_der_certificate(look) or is_part_of_bundle(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the public keys of one file; keep them, and what is a part of a bundle."""
        if look.path and not is_documentation(look.path):
            yield from parts_of_bundles(look)
        if is_documentation(look.path) or _is_signature(look):
            return
        for offset, length, key in find_keys(look):
            yield Seen(_fact(key), offset, length)
            yield _Carried(key, look.file.at(offset, length))
        if not _STORE.search(look.path):
            yield from _certificates(look)

    def look_at_signed(self, stem: Stem, signed: Signed | KeyParts) -> Iterator[object]:
        """Keep what the signatures of a container are over, as digests, and the keys that it holds."""
        if isinstance(signed, KeyParts):
            if (key := read_key(signed.der, signed.container, printable(signed.name.encode()))) is not None:
                yield _Carried(key, stem.at(b"", signed.offset, signed.length), is_told=False)
            return
        for one in pending(signed):
            offset, length = (one.parts.offset, one.parts.length) if one.parts and one.parts.length else (None, None)
            yield Bundle(one, stem.at(b"", offset, length), Stem(stem.image, stem.steps[:-1]).at() + "+")

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation | Cut]:
        """Set every signature against every key."""
        carried = [(one.value.key, one.value.where) for one in kept if isinstance(one.value, _Carried)]
        told = {one.value.key.der for one in kept if isinstance(one.value, _Carried) and one.value.is_told}
        untold = [one.value for one in kept if isinstance(one.value, _Carried) and one.value.key.der not in told]
        for one in sorted(untold, key=lambda one: one.where):
            yield Observation(_fact(one.key), one.where, self.id)
        bundles = [one.value for one in kept if isinstance(one.value, Bundle)]
        bundles += [Bundle(one, where) for one, where in bundles_of_files(kept)]
        bundles.sort(key=lambda one: (one.where, one.pending.covers))
        if len(bundles) > MOST_BUNDLES:
            yield Cut(message("more than {most} signatures in all", most=MOST_BUNDLES))
        known = [key for one in published_keys.load().keys if one.der and (key := read_key(one.der, "known", one.name))]
        keys = Keys(sorted(carried, key=lambda one: (one[1], one[0].der)), known)
        brought = _brought(bundles)
        try:
            for bundle in bundles[:MOST_BUNDLES]:
                elsewhere = [where for where in brought.get(_own_key(bundle), ()) if where != bundle.where]
                fact, because = judge(bundle.pending, keys, elsewhere, bundle.own)
                yield Observation(fact, bundle.where, self.id, because=because[:20])
        except TooMany:
            yield Cut(message("more signatures and keys than are set against each other"))
        yield from unsigned_rauc(kept, self.id)


def _fact(key: CarriedKey) -> PublicKey:
    return PublicKey(key.kind, key.bits, key.container, key.digest, key.name)


def _certificates(look: Look) -> Iterator[_Carried]:
    found: list[tuple[int, int, bytes]] = []
    for match in look.matches.get("certificate", ()):
        if len(found) > MOST_CERTIFICATES:
            return
        block = find_block(look.data, match.start(), match[0][11:-5])
        body = block_body(block) if block else None
        if block and body:
            der = next((der for _, der in der_sequences(body, 1)), body)
            found.append((match.start(), len(block), der))
    if _is_der_certificate(look):
        found = [(offset, len(der), der) for offset, der in der_sequences(look.data, MOST_CERTIFICATES)]
    if len(found) > MOST_CERTIFICATES:
        return
    for offset, length, der in found:
        if len(der) <= LARGEST and (key := read_certificate_key(der, "certificate")) is not None:
            yield _Carried(key, look.file.at(offset, length))


def _is_der_certificate(look: Look) -> bool:
    fits = look.kind == "binary" and len(look.data) <= LARGEST and look.data[0] == 0x30
    return fits and _CERTIFICATE_NAME.search(look.name) is not None


def _is_signature(look: Look) -> bool:
    """Tell whether a file is a signature, or a stretch of one: what it brings along speaks for nothing."""
    if not look.path:
        steps = look.file.tree.stem.steps
        return any(isinstance(step, Carve) and step.format == "rauc" for step in steps[-3:])
    return look.path.endswith(b".sig") or CMS in look.data[:20]


def _brought(bundles: Sequence[Bundle]) -> dict[bytes, list[Place]]:
    """Tell for each key that images bring along which do: an image of Espressif's speaks for the one that renews it."""
    found: dict[bytes, list[Place]] = {}
    for one in bundles:
        if key := _own_key(one):
            found.setdefault(key, []).append(one.where)
    return found


def _own_key(bundle: Bundle) -> bytes:
    parts = bundle.pending.parts
    return parts.key if parts is not None and bundle.pending.scheme == "esp-secure-boot" else b""
