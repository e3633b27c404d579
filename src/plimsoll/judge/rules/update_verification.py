"""Rules for capability 3 on what recommends itself beyond its gate (EN 303 645, provisions 5.3-1 and 5.3-9).

Firmware can only support both: an image shows one way to renew the software, and not that every part of the product has
one, nor that the check is reached on every path.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._renewal import Way, every_way
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules._update_keys import Signers, key_words
from plimsoll.judge.rules.updates import each_way, installs
from plimsoll.model.evidence import Evidence
from plimsoll.model.message import message

_WHOLE = ("android-ota", "esp-idf", "hawkbit", "mcuboot", "mender", "ostree", "rauc", "swupdate", "sysupgrade")
"""Clients that renew the system as a whole."""


def _verified(evidence: Evidence) -> Iterator[Weight]:
    signers = Signers(evidence)
    none = "nothing that checks updates on the product was found in the image"
    yield from each_way(evidence, lambda way: _checks(way, signers), none)


def _checks(way: Way, signers: Signers) -> Weight | None:
    """Take a signature for a check only with the key by which it is made."""
    weight = installs(way, signers)
    if weight is None or weight.effect != "supports":
        return weight
    key = key_words(way)
    if key is not None:
        template = "{client} asks for a signature, and the key by which it checks is in the image ({key})"
        return Weight("supports", message(template, client=way.label, key=str(key)), way.observations)
    fault = signers.fault(way)
    if fault is not None:
        return Weight(fault.effect, fault.why, fault.observations)
    why = message("{client} asks for a signature; by which key was not seen", client=way.label)
    return Weight("blocks", why, way.observations)


def _updatable(evidence: Evidence) -> Iterator[Weight]:
    found = evidence.once(every_way)
    for way in found:
        if way.client in _WHOLE or way.client == "vendor-script":
            why = message("{client} renews the system as a whole", client=way.label)
        else:
            why = message("{client} renews packages of the system", client=way.label)
        yield Weight("supports", why, way.observations)
    if not found:
        yield Weight("blocks", message("nothing that renews the software was found in the image"))
    yield from unknown_startup(evidence)


VERIFIED = Rule(
    id="updates-are-verified-on-the-product",
    criterion="updates-are-verified-on-the-product",
    needs=("updates", "endpoints", "tls-settings", "unchecked-fetches", "startup", "published-keys", "chip-updates"),
    what=(
        "Each way to renew the software. One that asks for a signature by a key that is in the image, and that is not "
        "published, speaks for the product; one that asks for none, or for one that can be forged, against it."
    ),
    limits=(
        "That the check comes before anything is used, and that altered and truncated updates are refused, is seen on "
        "a live unit only."
    ),
    weigh=_verified,
)

UPDATABLE = Rule(
    id="all-software-can-be-updated",
    criterion="all-software-can-be-updated",
    needs=("updates", "startup", "chip-updates"),
    what="Clients, scripts and boot loaders that renew the system as a whole, or packages of it.",
    limits=(
        "Which parts of the product no update reaches, such as boot loader, radio and other processors, is not seen in "
        "one image."
    ),
    weigh=_updatable,
)
