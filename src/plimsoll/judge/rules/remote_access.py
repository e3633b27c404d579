"""Rule on switches that open the management of a product to the internet: capability 4, EN 303 645, provision 5.6-1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import RunningService, Standings, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import RemoteAccess
from plimsoll.model.facts.exposure import ManagedBy
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message
from plimsoll.model.verdict import Sureness

_PROTOCOLS: Mapping[ManagedBy, tuple[str, ...]] = {
    "http": ("http", "https"), "ssh": ("ssh",), "telnet": ("telnet",), "ftp": ("ftp",)
}  # fmt: skip
_CALLED: Mapping[ManagedBy, str] = {"http": "the web interface", "ssh": "SSH", "telnet": "telnet", "ftp": "FTP"}

Switches = list[tuple[Observation, RemoteAccess]]


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    found: dict[tuple[str, str], Switches] = {}
    for observation, switch in evidence.of(RemoteAccess):
        found.setdefault((tree_of(observation.where), switch.key), []).append((observation, switch))
    for (tree, _), switches in sorted(found.items()):
        protocol = switches[0][1].protocol
        services = [one for one in standings.services_in(tree, *_PROTOCOLS[protocol]) if one.is_reached]
        yield from _switches(switches, services)
    yield from unknown_startup(evidence)


def _switches(switches: Switches, services: Sequence[RunningService]) -> Iterator[Weight]:
    """Weigh the places where one switch is set: one that opens is a suspicion, all that close speak for the product."""
    opening = [one for one in switches if one[1].enabled]
    words = {"service": _CALLED[switches[0][1].protocol], "key": switches[0][1].key}
    started = [one for one in services if one.standing == "started"][:1]
    if not opening:
        why = message("{service} is closed to the side of the internet as shipped ({key})", **words)
        yield Weight("supports", why, tuple(one for one, _ in switches))
        return
    missing = "that the product takes these settings" if started else "that it is started"
    why = message(
        "{file} opens {service} to the side of the internet as shipped ({key} {value}); " + missing + " was not seen",
        file=name_of(opening[0][0].where),
        value=opening[0][1].value,
        **words,
    )
    grounds = (*(one for one, _ in opening), *(one.observation for one in started))
    sureness: Sureness = "likely" if started else "suspected"
    yield Weight("suspects", why, grounds, "internet", sureness)


REMOTE_ACCESS = Rule(
    id="remote-management-is-off-as-delivered",
    criterion="internet-side-is-closed",
    needs=("startup", "services", "remote-access"),
    what=(
        "Switches in default settings that open the web interface, SSH, telnet or FTP to the side of the internet: one "
        "that is on is a suspicion, likely where such a service is started. Where all that were seen are off, they "
        "speak for the product."
    ),
    limits=(
        "That the product takes the settings, and what a page or an app sets at the first start, is not seen. A device "
        "that is no router may have such a switch from a development kit, and no side of the internet."
    ),
    weigh=_weigh,
)
