"""From what was seen of updating to one paragraph for each way: found, started, from where, how protected, what lacks.

Each sentence is a message of its own, so that they can be translated one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.facts import PublishedKey, UpdateGuard, UpdateKey, UpdateWay
from plimsoll.model.facts.update import GuardKind
from plimsoll.model.locator import Place
from plimsoll.model.message import Message, message

_STANDINGS: Mapping[str, Message] = {
    "started": message("It is started by itself."),
    "perhaps": message("It may be started: under a condition that could not be decided."),
    "never": message("Nothing was seen that starts it, so it may be used by hand, or not at all."),
}
_CHANNELS: Mapping[str, str] = {
    "open": "It fetches from {sources}, in clear or without checking the server's certificate.",
    "partly": "It fetches from {sources}, not all of them encrypted and checked.",
    "checked": "It fetches from {sources}, encrypted.",
}
_CHECKS: Mapping[str, Message] = {
    "nothing": message("It asks for no signature."),
    "mixed": message("It asks for a signature by one setting and for none by another."),
    "unknown": message("What it checks before it installs was not seen."),
}
_KEY_STATES: Mapping[str, Message] = {
    "present": message("in the image"),
    "missing": message("named, and not in the image"),
    "not-named": message("in the image, and nothing names it"),
}
_CHECKED: Mapping[str, Message] = {
    "signature": message("with a signature"),
    "checksum": message("with no more than a checksum"),
    "nothing": message("without a signature"),
    "mixed": message("with a signature by one setting and without by another"),
    "unknown": message("what it checks was not seen"),
}
GUARDS: Mapping[GuardKind, str] = {
    "slots": "the new system is written beside the one that runs ({detail})",
    "rollback": "older versions are refused ({detail})",
    "fallback": "the old system comes back when the new one does not start ({detail})",
    "recovery": "a system of its own repairs the product ({detail})",
    "boot": "a signature is checked of what is started ({detail})",
}
_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


class WayTold(msgspec.Struct, frozen=True):
    """One way in which the product is updated."""

    name: Message
    sentences: tuple[Message, ...]
    """One paragraph."""
    missing: tuple[Message, ...]
    """What was not seen that a secure way has, in short clauses."""
    places: tuple[Place, ...]
    """Where it is seen."""


def describe_updating(fact: UpdateKey | UpdateGuard | PublishedKey | UpdateWay) -> Iterator[Message]:
    """Say what was seen, in clauses; the first one names the thing."""
    match fact:
        case UpdateKey(client, state, path, kind, bits, public_digest, other_digest):
            yield message("key of {client}", client=client)
            yield _KEY_STATES[state]
            if path:
                yield message("{path}", path=path)
            if kind != "unknown":
                yield message("{kind} {bits}", kind=kind, bits=bits) if bits else message("{kind}", kind=kind)
            if digest := public_digest or other_digest:
                yield message("digest {digest}", digest=digest[:16])
        case UpdateGuard(client, kind, state, detail):
            yield message("{client}", client=client)
            yield message(GUARDS[kind], detail=detail or "by its settings")
            if state == "off":
                yield message("switched off")
        case PublishedKey(name, digest):
            yield message("key whose private half is published: {name}", name=name)
            yield message("digest {digest}", digest=digest[:16])
        case UpdateWay(_, label):
            yield message("way of updating: {label}", label=label)
            yield _CHECKED[fact.check]


def told_ways(assessment: Assessment) -> tuple[WayTold, ...]:
    """Tell each way, those that are started first."""
    order = ("started", "perhaps", "never")
    found = [(one, one.fact) for one in assessment.observations if isinstance(one.fact, UpdateWay)]
    found.sort(key=lambda pair: (order.index(pair[1].standing), pair[1].label, pair[0].where))
    return tuple(WayTold(_name(way), tuple(_sentences(way)), tuple(_missing(way)), one.because) for one, way in found)


def _name(way: UpdateWay) -> Message:
    if way.client == "vendor-script":
        return message("{label}, a script of the maker's own", label=way.label)
    if is_loader(way):
        return message("{label}, the check at the start", label=way.label)
    return message("{label}", label=way.label)


def is_loader(way: UpdateWay) -> bool:
    """Tell whether it is a boot loader that checks what it starts, and installs nothing."""
    return way.client in ("avb", "u-boot")


def _sentences(way: UpdateWay) -> Iterator[Message]:
    if not is_loader(way):
        yield _STANDINGS[way.standing]
        yield from _looking(way)
        yield from _fetching(way)
    yield from _checking(way)
    yield from _keys(way)
    for guard in way.guards:
        if guard.state == "on":
            yield message("Seen as well: " + GUARDS[guard.kind] + ".", detail=guard.detail or "by its settings")
        else:
            yield message("Switched off: " + GUARDS[guard.kind] + ".", detail=guard.detail or "by its settings")


def _looking(way: UpdateWay) -> Iterator[Message]:
    if way.scheduled:
        yield message("It is run on a schedule.")
    if way.automatic is False:
        yield message("It is set not to look for updates by itself.")
    elif way.interval_s:
        yield _every(way.interval_s)
    elif way.automatic:
        yield message("It is set to look for updates by itself.")


def _every(seconds: int) -> Message:
    units = ((_DAY_S, "day"), (_HOUR_S, "hour"), (_MINUTE_S, "minute"), (1, "second"))
    unit_s, unit = next(one for one in units if seconds % one[0] == 0)
    if seconds == unit_s:
        return message(f"It is set to look every {unit}.")
    return message("It is set to look every {number} " + unit + "s.", number=seconds // unit_s)


def _fetching(way: UpdateWay) -> Iterator[Message]:
    if way.channel == "local":
        yield message("It installs what it is handed; it was not seen to fetch anything.")
    elif not way.sources:
        yield message("From where it fetches was not seen.")
        if way.channel == "open":
            yield message("It does not check the server's certificate.")
    else:
        yield message(_CHANNELS[way.channel], sources=", ".join(way.sources))


def _checking(way: UpdateWay) -> Iterator[Message]:
    by = ", ".join(way.algorithms)
    if way.check == "signature":
        yield message("It asks for a signature ({methods}).", methods=by) if by else message("It asks for a signature.")
    elif way.check == "checksum":
        yield message("Before installing it checks no more than a checksum ({methods}).", methods=by or "unknown")
    else:
        yield _CHECKS[way.check]


def _keys(way: UpdateWay) -> Iterator[Message]:
    for key in way.keys:
        if key.state == "missing":
            yield message("It names the key {path}, which is not in the image.", path=key.path)
        elif key.state == "present":
            yield message("Its key: {key}.", key=_key(key))
    for name in way.published:
        yield message("The private half of its key is published: {name}.", name=name)


def _key(key: UpdateKey) -> str:
    digest = (key.public_digest or key.other_digest)[:16]
    parts = [
        " ".join(str(part) for part in (key.kind, key.bits) if part and part != "unknown"),
        f"digest {digest}" if digest else "",
        f"in {key.path}" if key.path else "",
    ]
    return ", ".join(part for part in parts if part) or "of a form that was not read"


def _missing(way: UpdateWay) -> Iterator[Message]:
    if way.standing == "never" and way.check == "unknown":
        yield message("something that starts it, and settings of it")
        return
    kinds = {guard.kind for guard in way.guards if guard.state == "on"}
    if way.check != "signature":
        yield message("a signature")
    elif not any(key.state == "present" for key in way.keys):
        yield message("the key by which it is checked")
    if is_loader(way):
        return
    if "rollback" not in kinds:
        yield message("a guard against older versions")
    if not kinds & {"slots", "fallback", "recovery"}:
        yield message("a way back when the new system does not start")
    if way.standing == "never":
        yield message("something that starts it")
