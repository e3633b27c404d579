"""Rules for capability 3: software that is kept updated (EN 303 645, provisions 5.3-2, 5.3-4A, 5.3-5, 5.3-7, 5.3-10).

What the firmware shows of updating speaks for a product or against it; none of these rules confirms. An image shows one
way to renew the software, and a second way that checks nothing may be in compiled code. That MD5 and SHA-1 no longer
serve for signatures is said by RFC 6151 and RFC 6194; that RSA of 768 bits was factored, by IACR ePrint 2010/006.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._renewal import Way, every_way
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules._update_keys import Signers
from plimsoll.model.evidence import Evidence
from plimsoll.model.facts import PublishedKey, UpdateGuard, UpdateKey
from plimsoll.model.message import message

_BROKEN = re.compile(r"md[245]|sha-?1(?![0-9])|crc|(?<![a-z])ck(?:sum)?(?![a-z])|rsa-?(?:512|768)(?![0-9])")
LOADERS = ("avb", "u-boot")
"""Boot loaders that check what they start, and install nothing."""
_SHORT = re.compile(r"rsa-?1024(?![0-9])")
_SOUND = re.compile(r"ed25519|ed448|sha-?(?:224|256|384|512)|sha3|ecdsa|p-?(?:256|384|521)")


def _mechanism(evidence: Evidence) -> Iterator[Weight]:
    signers = Signers(evidence)
    none = "nothing that renews the software was found in the image"
    yield from each_way(evidence, lambda way: installs(way, signers), none)
    yield from _guarded(evidence)


def _network(evidence: Evidence) -> Iterator[Weight]:
    signers = Signers(evidence)
    none = "nothing that fetches updates over a network was found in the image"
    yield from each_way(evidence, lambda way: installs(way, signers) if way.is_networked else None, none)


def _soundness(evidence: Evidence) -> Iterator[Weight]:
    signers = Signers(evidence)
    none = "nothing that checks a signature of updates was found in the image"
    yield from each_way(evidence, lambda way: _signs(way, signers), none)


def each_way(evidence: Evidence, weigh: Callable[[Way], Weight | None], none: str) -> Iterator[Weight]:
    """Weigh each way; say that there is a gap where none of them comes to anything."""
    found = evidence.once(every_way)
    weighed = [one for one in map(weigh, found) if one is not None]
    yield from weighed
    if found and not weighed:
        names = ", ".join(sorted({way.label for way in found})[:3])
        why = message("{clients}: what is checked before something is installed was not seen", clients=names)
        yield Weight("blocks", why, tuple(dict.fromkeys(one for way in found for one in way.observations)))
    elif not found:
        yield Weight("blocks", message(none))
    yield from unknown_startup(evidence)


def _automatic(evidence: Evidence) -> Iterator[Weight]:
    weighed = [one for one in map(_looks, evidence.once(every_way)) if one is not None]
    yield from weighed
    if not weighed:
        yield Weight("blocks", message("nothing that looks for updates by itself was found to be started"))
    yield from unknown_startup(evidence)


def installs(way: Way, signers: Signers) -> Weight | None:
    """Weigh what a way checks before it installs; None when that was not seen and nothing starts it."""
    if way.check == "signature":
        if (fault := signers.fault(way)) is not None and fault.effect != "blocks":
            return Weight(fault.effect, fault.why, fault.observations)
        if any(_BROKEN.search(one) or _SHORT.search(one) for one in way.algorithms):
            why = message("{client} asks for a signature that is too weak", client=way.label)
            return Weight("suspects", why, way.observations)
        return Weight("supports", message("{client} asks for a signature", client=way.label), way.observations)
    if way.check != "unknown":
        return _unsigned(way)
    if way.standing == "never":
        return None
    template = "{client} is started" if way.standing == "started" else "{client} may be started"
    why = message(template + "; what it checks before it installs was not seen", client=way.label)
    return Weight("blocks", why, way.observations)


_GUARDS = {
    "slots": "{client} writes beside the system that runs ({detail})",
    "rollback": "{client} refuses older versions ({detail})",
    "fallback": "{client} falls back to the system before ({detail})",
    "recovery": "{client} has a system for repair ({detail})",
    "boot": "{client} checks a signature of what it starts ({detail})",
}


def _guarded(evidence: Evidence) -> Iterator[Weight]:
    """Weigh what limits the harm that an update may do, and what the boot loader checks."""
    for observation, guard in evidence.of(UpdateGuard):
        if guard.state == "on":
            why = message(_GUARDS[guard.kind], client=guard.client, detail=guard.detail)
            yield Weight("supports", why, (observation,))
        elif guard.kind == "boot":
            why = message("{client} starts what is not signed ({detail})", client=guard.client, detail=guard.detail)
            yield Weight("suspects", why, (observation,))
    of_loaders = {one.where: (one, key) for one, key in evidence.of(UpdateKey) if key.client in LOADERS}
    for observation, published in evidence.of(PublishedKey):
        first, key = of_loaders.get(observation.where, (None, None))
        if first and key and published.digest in (key.public_digest, key.other_digest):
            why = message(
                "{client} starts what is signed with the {key}, whose private half is published",
                client=key.client, key=published.name,
            )  # fmt: skip
            yield Weight("suspects", why, (first, observation))


def _unsigned(way: Way) -> Weight:
    """Weigh a way that asks for no signature: started, and fetching from whoever answers, it decides."""
    decides = way.standing == "started" and way.channel == "open" and way.check in ("nothing", "checksum")
    algorithm = {"algorithm": way.algorithms[0] or "unknown"} if way.check == "checksum" else {}
    template = "{client}" + _STANDINGS[way.standing] + _fetching(way) + _CHECKS[way.check] + _doubts(way)
    why = message(template, client=way.label, **algorithm)
    return Weight("refutes" if decides else "suspects", why, (*way.observations, *way.addresses))


_STANDINGS = {"started": ", which is started,", "perhaps": ", which may be started,", "never": ""}
_CHECKS = {
    "nothing": " installs without a signature",
    "checksum": " installs after no more than a checksum ({algorithm})",
    "mixed": " asks for a signature by one setting and for none by another",
}


def _fetching(way: Way) -> str:
    if way.channel != "open":
        return ""
    return " fetches without encryption and" if way.clear else " fetches without checking the server's certificate and"


def _doubts(way: Way) -> str:
    doubts = {
        "open": "",
        "partly": "; not all of its addresses are encrypted and checked",
        "checked": "; only the certificate of the server stands in the way",
        "unknown": "; from where it fetches was not seen",
    }
    return doubts[way.channel] + ("; that it is started was not seen" if way.standing == "never" else "")


def _signs(way: Way, signers: Signers) -> Weight | None:
    if way.check not in ("signature", "unknown"):
        return _unsigned(way)
    if way.check == "unknown":
        return None
    fault = signers.fault(way)
    if fault is not None and fault.effect == "refutes":
        return Weight(fault.effect, fault.why, fault.observations)
    for algorithm in way.algorithms:
        if _BROKEN.search(algorithm):
            why = message(
                "{client}" + _STANDINGS[way.standing] + " checks a signature that can be forged ({algorithm})",
                client=way.label,
                algorithm=algorithm,
            )
            return Weight("refutes" if way.standing == "started" else "suspects", why, way.observations)
    if fault is not None:
        return Weight(fault.effect, fault.why, fault.observations)
    if any(_SHORT.search(one) for one in way.algorithms):
        why = message("{client} checks signatures with a key that is too short", client=way.label)
        return Weight("suspects", why, way.observations)
    if way.algorithms and all(_SOUND.search(one) for one in way.algorithms):
        why = message("{client} checks signatures of {algorithm}", client=way.label, algorithm=way.algorithms[0])
        return Weight("supports", why, way.observations)
    why = message("{client} asks for a signature; with which methods was not seen", client=way.label)
    return Weight("blocks", why, way.observations)


def _looks(way: Way) -> Weight | None:
    if way.standing == "never" or not way.looks:
        return None
    if way.is_automatic is False:
        why = message("{client} is set not to look for updates by itself", client=way.label)
        return Weight("suspects", why, way.observations)
    if way.standing == "perhaps":
        why = message("{client} may be started; whether it looks for updates by itself was not seen", client=way.label)
        return Weight("blocks", why, way.observations)
    if way.interval_s:
        template = "{client} is started and looks for updates by itself, every {seconds} seconds"
        why = message(template, client=way.label, seconds=way.interval_s)
    else:
        why = message("{client} is started and looks for updates by itself", client=way.label)
    return Weight("supports", why, way.observations)


MECHANISM = Rule(
    id="update-mechanism-is-secure",
    criterion="update-mechanism-is-secure",
    needs=("updates", "endpoints", "tls-settings", "unchecked-fetches", "startup", "published-keys", "chip-updates"),
    what=(
        "Each way to renew the software: a client with its configuration, or a script that fetches something and "
        "writes it to flash. One that asks for a signature speaks for the product. One that is started and installs "
        "without a signature what it fetches in clear, or from a server whose certificate it does not check, decides "
        "against it, and so does one that is started and accepts what is signed with a key whose private half is "
        "published or lies in the image. One that is not seen to be started, or relies on the server's certificate "
        "alone, is a suspicion. A second place for the system, a guard against older versions and a boot loader that "
        "checks a signature speak for it."
    ),
    limits=(
        "A program that updates by itself in compiled code, a check within the program that a script hands the update "
        "to, and whether an older version is refused, are not seen. So nothing in an image shows that it holds."
    ),
    weigh=_mechanism,
)

SIGNATURE = Rule(
    id="update-signature-is-sound",
    criterion="update-signature-is-sound",
    needs=("updates", "endpoints", "tls-settings", "unchecked-fetches", "startup", "published-keys", "chip-updates"),
    what=(
        "What each way to renew the software checks. A signature over MD5, SHA-1 or a checksum of a way that is "
        "started decides against the product, as does a started way without a signature that fetches in clear; "
        "elsewhere they are a suspicion. So do a key whose private half is published or lies in the image, and RSA "
        "below 1024 bits; below 2048 bits it is a suspicion. Ed25519, ECDSA and SHA-2 speak for it."
    ),
    limits=(
        "Whether the check is reached on every path, and the keys that compiled code trusts, are not seen. Nor is a "
        "key that is named and put on the product after the image was made."
    ),
    weigh=_soundness,
)

NETWORK = Rule(
    id="network-updates-are-authenticated",
    criterion="network-updates-are-authenticated",
    needs=("updates", "endpoints", "tls-settings", "unchecked-fetches", "startup", "published-keys", "chip-updates"),
    what=(
        "Each way to renew the software over a network. One that is started, checks no signature, and fetches by "
        "http, ftp or tftp or without checking the server's certificate, decides against the product. A checksum that "
        "comes by the same way is no check. Addresses of the product itself, and those of telemetry and clocks, do "
        "not count; where some addresses are encrypted, it is a suspicion."
    ),
    limits=(
        "Addresses that come from elsewhere while the product runs, and clients in compiled code, are not seen; so "
        "the image never shows that every update is checked."
    ),
    weigh=_network,
)

AUTOMATIC = Rule(
    id="updates-are-sought-automatically",
    criterion="updates-are-sought-automatically",
    needs=("updates", "endpoints", "startup", "chip-updates"),
    what=(
        "Update clients and scripts that are started at boot or on a schedule so that they fetch, which speaks for the "
        "product, and configuration that tells one not to look by itself, which speaks against it."
    ),
    limits=(
        "How often a client looks, whether it installs unattended, and what the user or the server can change, is "
        "seen on a live unit only."
    ),
    weigh=_automatic,
)
