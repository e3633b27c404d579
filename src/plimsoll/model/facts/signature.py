"""What became of the signatures of update bundles and boot images, and public keys that somebody may be known by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from plimsoll.model.facts.key import KeyKind

Scheme = Literal["rauc", "swupdate", "fit", "usign", "mcuboot", "zigbee-ota", "esp-secure-boot", "avb"]
"""How a bundle or image is signed."""

SIGNED: Mapping[Scheme, str] = {
    "rauc": "RAUC bundle",
    "swupdate": "SWUpdate bundle",
    "fit": "FIT image",
    "usign": "file with a signature beside it",
    "mcuboot": "image for MCUboot",
    "zigbee-ota": "Zigbee upgrade file",
    "esp-secure-boot": "image for Espressif's chips",
    "avb": "blob of Android Verified Boot",
}
"""What is signed by each scheme."""

SignatureState = Literal["valid", "unknown-key", "unsigned", "broken", "encrypted"]
"""valid: it fits a key that the image carries outside the bundle's own signature; unknown-key: signed, and no such key
was found; unsigned: of a kind that can be signed, and is not; broken: a digest or the signature does not fit;
encrypted: the content cannot be read, so that nothing of it can be compared."""


class UpdateSignature(msgspec.Struct, frozen=True, tag="update-signature"):
    """What came of checking one signature of a bundle, or of finding none."""

    scheme: Scheme
    state: SignatureState
    covers: str = ""
    """What it is over, escaped: `configuration conf-1`, a file; empty for the whole bundle."""
    algorithm: str = ""
    """Lower case, such as sha256-rsa3072-pss or ed25519; empty when there is no signature."""
    key_digest: str = ""
    """SHA-256 of SubjectPublicKeyInfo of the key that it fits, else of the key that it names; empty when not known."""
    key_name: str = ""
    """What it says of its signer, escaped: the subject of a certificate, a name, a key number."""
    fits: bool | None = None
    """Whether the signature fits the key of `key_digest`; None when no key was there to try."""
    fault: str = ""
    """What does not fit, escaped: `the digest of kernel`, `the signature`; empty when nothing was seen not to."""


class PublicKey(msgspec.Struct, frozen=True, tag="public-key"):
    """A public key on its own, not in a certificate."""

    kind: KeyKind
    bits: int | None
    container: str
    """How it is kept: pem, der, usign, device-tree ..."""
    public_digest: str
    """SHA-256 of SubjectPublicKeyInfo, hexadecimal."""
    name: str = ""
    """What it is called where it lies, escaped: the name of its node, its comment or its number."""
