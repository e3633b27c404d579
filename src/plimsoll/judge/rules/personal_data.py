"""Rules for capability 5: personal data that is secured (EN 303 645, provisions 5.8-1, 5.8-2, 5.8-3 and 5.11-1).

Which schemes are not encrypted is told by RFC 9110 (http), RFC 959 (ftp), RFC 6455 (ws), RFC 7252 (coap) and the MQTT
standard of OASIS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Commands, is_in_clear, runs, sends
from plimsoll.judge.rules._sensor_words import SENSES
from plimsoll.judge.rules._standing import CLEAR_SCHEMES, Standings, is_own_host, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules.sensor_pages import sensor_pages
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Endpoint, Executable, KnownHost, Sensor, SentIdentifier, StartedProgram
from plimsoll.model.facts.privacy import HostKind
from plimsoll.model.message import message

_PERSONAL = ("telemetry", "cloud")
_OF_SERVICES: Mapping[HostKind, str] = {
    "analytics": "telemetry",
    "advertising": "telemetry",
    "crash-reporting": "telemetry",
    "iot-platform": "cloud",
}
"""What an address is for when nothing else says, by the kind of service that its host is known for."""
_LINKS = re.compile(
    r"(?:.*[_-]release|device_info|.*\.(?:php|phtml|aspx?|s?html?|jsp?|css|svg|xslt?))\Z", re.IGNORECASE
)
"""Files whose addresses are links that somebody may follow: pages, and what a system says of itself."""
_RESET = re.compile(
    r"(?:factory|default|defaults)[-_]?(?:re?set|restore|erase|wipe)|"
    r"(?:re?set|restore|load|revert)[-_]?(?:to[-_]?)?(?:factory|default)(?:[-_]?(?:settings?|defaults?)|s)?|jffs2reset"
)
"""Names of programs that set a product back to how it was delivered."""


def _encrypted(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    commands = Commands(evidence)
    services = {fact.host: fact.kind for _, fact in evidence.of(KnownHost)}
    for observation, fact in evidence.of(Endpoint):
        purpose = _purpose(fact, services)
        is_clear = fact.scheme in CLEAR_SCHEMES and not is_own_host(fact.host)
        is_link = _LINKS.match(name_of(observation.where)) is not None
        if fact.active and is_clear and purpose in _PERSONAL and not is_link:
            yield _in_clear(observation, fact, purpose, standings, commands)
    for observation, sent in evidence.of(SentIdentifier):
        standing, start = standings.of_file(observation.where)
        if sent.is_clear and sent.way != "form" and standing != "never":
            template = "{file} sends what tells the unit from others to {host} without encryption"
            why = message(template, file=name_of(observation.where), host=sent.host)
            yield Weight("suspects", why, (observation, *start), "internet")
    yield from unknown_startup(evidence)


def _purpose(fact: Endpoint, services: Mapping[str, HostKind]) -> str:
    kind = services.get(fact.host) if fact.purpose == "unknown" else None
    return _OF_SERVICES.get(kind, "unknown") if kind else fact.purpose


def _in_clear(
    observation: Observation, fact: Endpoint, purpose: str, standings: Standings, commands: Commands
) -> Weight:
    """Weigh an address of telemetry or a cloud; a command that is started and sends to it in clear decides."""
    sending = [one for one in commands.at(observation.where) if is_in_clear(one[1]) and sends(one[1])]
    standing, start = standings.of_file(observation.where)
    decides = purpose == "telemetry" and standing == "started" and any(runs(one) for _, one in sending)
    ending = {"started": ", which is started,", "perhaps": ", which may be started,", "never": ""}[standing]
    why = message(
        "{file}" + ending + (" sends telemetry to " if decides else " names ") + "{scheme}://{host}"
        + ("" if decides else " for " + purpose + ",") + " without encryption",
        file=name_of(observation.where),
        scheme=fact.scheme,
        host=fact.host,
    )  # fmt: skip
    observations = (observation, *(one for one, _ in sending), *start)
    return Weight("refutes" if decides else "suspects", why, observations, "internet")


def _documented(evidence: Evidence) -> Iterator[Weight]:
    """Name each kind of sensor once that no page of the maker was seen to name."""
    named = sensor_pages(evidence).naming
    by_kind: dict[str, list[Observation]] = {}
    for observation, fact in evidence.of(Sensor):
        by_kind.setdefault(fact.kind, []).append(observation)
    for kind, observations in by_kind.items():
        if kind in named:
            continue
        grounds = sorted({one.fact.ground for one in observations if isinstance(one.fact, Sensor)})
        why = message(
            "the software serves " + SENSES[kind] + " ({grounds}); whether the maker's pages name it was not seen",
            grounds=", ".join(grounds[:3]),
        )
        yield Weight("blocks", why, tuple(observations))


def _erased(evidence: Evidence) -> Iterator[Weight]:
    """Name programs by which a product is set back; each once."""
    for observation in evidence.observations:
        fact = observation.fact
        is_program = isinstance(fact, Executable) and fact.kind == "program"
        name = fact.program if isinstance(fact, StartedProgram) else name_of(observation.where) if is_program else ""
        if _is_reset(name):
            yield Weight("supports", message("{program} sets the product back", program=name), (observation,))


def _is_reset(name: str) -> bool:
    return _RESET.fullmatch(name.lower().removesuffix(".sh")) is not None


ENCRYPTED = Rule(
    id="personal-data-goes-encrypted",
    criterion="personal-data-goes-encrypted",
    needs=("endpoints", "known-hosts", "sent-identifiers", "startup"),
    what=(
        "Addresses of telemetry, analytics and clouds, by the words around them or by a host of a known service, in "
        "scripts and configuration that are not encrypted: a suspicion each. A command that is started and sends to "
        "an address of telemetry in clear decides; one that sends an identifier of the unit in clear is a suspicion. "
        "Addresses of the product itself, links in pages, comments, documentation and strings in programs do not "
        "count."
    ),
    limits=(
        "What an address is for is told by the words around it and by a short list of services. What compiled "
        "programs send, and what is in it, is seen on a live unit only."
    ),
    weigh=_encrypted,
)

SENSORS = Rule(
    id="sensors-are-documented",
    criterion="sensors-are-documented",
    needs=("sensors", "declared-sensors", "app-permissions"),
    what="Signs of cameras, microphones, receivers of position and other sensors: each kind must be documented.",
    limits="The image cannot show what the maker's pages say; it only tells what to look for in them.",
    weigh=_documented,
)

ERASED = Rule(
    id="user-data-can-be-erased",
    criterion="user-data-can-be-erased",
    needs=("executables", "startup"),
    what="Programs that by their name set the product back to how it was delivered: they speak for it.",
    limits="What such a program really erases, and whether the user can reach it, is seen on a live unit only.",
    weigh=_erased,
)
