"""From what was seen to who is told what: where the product sends data, where it keeps it, and how it is erased.

Who operates a host, and in which country, is left to the reader.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DataStore, Endpoint, Erasure, KnownHost, Volume
from plimsoll.model.locator import Place, tree_of
from plimsoll.model.message import Message
from plimsoll.report._privacy_words import DATA, HOSTS, WAYS

_CLEAR = ("http", "ftp", "mqtt", "ws", "coap", "rtsp", "tftp", "ntp", "dns")
_ENCRYPTED = ("https", "mqtts", "wss", "coaps", "ftps", "rtsps", "ssl", "tls")
_OWN = ("localhost", "127.", "[::1]", "0.0.0.0")
_PAGES = re.compile(r".*(?:[_-]release|\.(?:php|phtml|aspx?|s?html?|jsp?|css|svg|xslt?|map))", re.IGNORECASE)
"""Files whose addresses are links that somebody may follow."""
_PROGRAMS = re.compile(r"[^.]*|.*\.(?:so[.\d]*|cgi|bin|exe|jar|dex|elf)", re.IGNORECASE)
"""Names of compiled programs; empty for a stretch outside any file system."""
_WORDS = {"dns": "names (DNS)", "ntp": "time"}
_UNKNOWN = "not known"


class Destination(msgspec.Struct, frozen=True):
    """A host that something in the image names."""

    host: str
    purposes: tuple[str, ...]
    """What it is for, in words; empty when nothing says."""
    service: str
    """The public service that it belongs to; empty when not known."""
    traffic: str
    """encrypted, in clear, both or not known."""
    used_by: tuple[str, ...]
    active: bool
    """Whether it stands in a script or configuration, and not in a program alone."""
    places: tuple[Place, ...]


class Kept(msgspec.Struct, frozen=True):
    """A place where data of people is kept."""

    kind: str
    path: str
    holder: str
    protection: str
    places: tuple[Place, ...]


def destinations(assessment: Assessment) -> tuple[Destination, ...]:
    """Give the hosts that are in use, known for a service, or whose purpose is told; in use first."""
    found: dict[str, list[tuple[Observation, Endpoint | KnownHost]]] = {}
    known = {one.fact.host for one in assessment.observations if isinstance(one.fact, KnownHost)}
    for one in assessment.observations:
        fact = one.fact
        if isinstance(fact, KnownHost) or (isinstance(fact, Endpoint) and _is_told(fact, known)):
            found.setdefault(fact.host, []).append((one, fact))
    made = [_destination(host, ones) for host, ones in found.items()]
    return tuple(sorted(made, key=lambda one: (not one.active, not one.purposes, one.host)))


def _is_told(fact: Endpoint, known: set[str]) -> bool:
    """Leave out links in pages, comments and documents, and addresses that are the product's own network."""
    if not _is_elsewhere(fact.host) or _PAGES.fullmatch(fact.used_by):
        return False
    if fact.active:
        return True
    return (fact.purpose != "unknown" or fact.host in known) and _PROGRAMS.fullmatch(fact.used_by) is not None


def _is_elsewhere(host: str) -> bool:
    if host.startswith(_OWN) or set(host) <= set("x.*-"):
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return True


def _destination(host: str, ones: list[tuple[Observation, Endpoint | KnownHost]]) -> Destination:
    facts = [fact for _, fact in ones]
    named = [fact for fact in facts if isinstance(fact, KnownHost)]
    purposes = {HOSTS[fact.kind] for fact in named}
    purposes |= {word for fact in facts if isinstance(fact, Endpoint) and (word := _purpose(fact))}
    schemes = {fact.scheme for fact in facts}
    return Destination(
        host,
        tuple(sorted(purposes)),
        named[0].service if named else "",
        _traffic(schemes),
        tuple(sorted({fact.used_by for fact in facts if fact.used_by})),
        any(fact.active for fact in facts),
        tuple(sorted({one.where for one, _ in ones})),
    )


def _purpose(fact: Endpoint) -> str:
    if fact.purpose == "unknown":
        return _WORDS.get(fact.scheme, "")
    return {"update": "updates"}.get(fact.purpose, fact.purpose)


def _traffic(schemes: set[str]) -> str:
    is_clear, is_encrypted = (not schemes.isdisjoint(some) for some in (_CLEAR, _ENCRYPTED))
    if is_clear and is_encrypted:
        return "both"
    return "in clear" if is_clear else "encrypted" if is_encrypted else _UNKNOWN


def kept(assessment: Assessment) -> tuple[Kept, ...]:
    """Give each place once, with what is known of its protection."""
    volumes = [(tree_of(one.where), one.fact) for one in assessment.observations if isinstance(one.fact, Volume)]
    found: dict[DataStore, list[Place]] = {}
    for one in assessment.observations:
        if isinstance(one.fact, DataStore) and one.fact.active:
            found.setdefault(one.fact, []).append(one.where)
    made = (
        Kept(DATA[fact.kind], fact.path, fact.holder, _protection(fact, places[0], volumes), tuple(sorted(places)))
        for fact, places in found.items()
    )
    return tuple(sorted(made, key=lambda one: (one.kind, one.path, one.holder)))


def _protection(store: DataStore, where: Place, volumes: Iterable[tuple[str, Volume]]) -> str:
    """Say what the volume below the path and the mode of the file tell."""
    tree = tree_of(where)
    under = [one for of, one in volumes if of == tree and one.mount_point and _is_below(store.path, one.mount_point)]
    volume = max(under, key=lambda one: len(one.mount_point), default=None)
    told = []
    if volume is not None and volume.encryption:
        told.append(f"encrypted by {volume.encryption}")
    elif (volume is not None and volume.temporary) or store.path.startswith(("tmp/", "run/", "var/run/")):
        told.append("in memory only")
    else:
        told.append("nothing seen that encrypts it")
    if store.world_readable is not None:
        told.append("every account may read it" if store.world_readable else "not every account may read it")
    return ", ".join(told)


def _is_below(path: str, point: str) -> bool:
    return path == point or path.startswith(point + "/")


def told_erasures(assessment: Assessment) -> tuple[tuple[Message, tuple[Place, ...]], ...]:
    """Tell each reset in one paragraph: what it removes, from where it is called, what it leaves."""
    found = sorted((one.where, one) for one in assessment.observations if isinstance(one.fact, Erasure))
    return tuple((_paragraph(one.fact), (where,)) for where, one in found if isinstance(one.fact, Erasure))


def _paragraph(fact: Erasure) -> Message:
    return Message(" ".join(template for template, _ in _sentences(fact)), dict(_parameters(fact)))


def _parameters(fact: Erasure) -> Iterator[tuple[str, str]]:
    for _, parameters in _sentences(fact):
        yield from parameters.items()


def _sentences(fact: Erasure) -> Iterator[tuple[str, dict[str, str]]]:
    if fact.wipes:
        yield "{name} removes {things}.", {"name": fact.name, "things": ", ".join(fact.wipes)}
    else:
        yield "{name} is compiled; what it removes was not seen.", {"name": fact.name}
    if fact.reached:
        yield "It is called by {ways}.", {"ways": " and ".join(WAYS[way] for way in fact.reached)}
    if fact.clears:
        yield "That covers {covered}.", {"covered": _stores(fact.clears)}
    if fact.leaves and fact.readable:
        yield "It was not seen to remove {left}.", {"left": _stores(fact.leaves)}


def _stores(stores: tuple[DataStore, ...]) -> str:
    return "; ".join(dict.fromkeys(f"{DATA[one.kind]} in {one.path}" for one in stores))
