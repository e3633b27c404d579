"""Rule on switches that leave certificates of peers unchecked, in scripts, sources and settings (EN 303 645, 5.5-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Command, Commands, is_start_script, runs
from plimsoll.judge.rules._standing import RunningService, Standing, Standings, file_of, is_own_host, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules.communication import by_program
from plimsoll.judge.rules.trust import encrypted_peers, is_client_setting
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Endpoint, StartedProgram, TlsSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_CALLED = re.compile(r"[a-z]{2,6}://", re.IGNORECASE)
_LANGUAGES = ("python", "php", "lua", "node", "perl", "ruby")
"""Clients that are sources: what they call stands in them, or comes from elsewhere."""


class _Around(msgspec.Struct, frozen=True):
    """What stands around the switches."""

    standings: Standings
    commands: Commands
    readers: Mapping[tuple[str, str], Sequence[RunningService]]
    peers: Mapping[tuple[str, str], Sequence[Observation]]
    """Of each file: the encrypted addresses of other hosts."""
    own: frozenset[tuple[str, str]]
    """Files with addresses of the product itself."""


def _certificates(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    own = (file_of(one.where) for one, address in evidence.of(Endpoint) if is_own_host(address.host))
    around = _Around(standings, Commands(evidence), by_program(standings), encrypted_peers(evidence), frozenset(own))
    found: dict[tuple[str, str, str | None], Weight] = {}
    for observation, fact in evidence.of(TlsSetting):
        is_off = fact.setting == "verify-peer" and fact.value in ("off", "never")
        if is_off and fact.active and not is_client_setting(observation, fact) and not is_own_host(fact.endpoint):
            weight = _unchecked(observation, fact, around)
            if weight is not None:
                key = str(weight.why), file_of(observation.where)[0], file_of(observation.where)[1]
                found[key] = _joined(found.get(key), weight)
    yield from found.values()
    yield from unknown_startup(evidence)


def _joined(one: Weight | None, other: Weight) -> Weight:
    """Give one weight for several switches of a file of which the same is to be said."""
    if one is None:
        return other
    return msgspec.structs.replace(one, observations=tuple(dict.fromkeys((*one.observations, *other.observations))))


def _unchecked(observation: Observation, fact: TlsSetting, around: _Around) -> Weight | None:
    """Weigh a switch that stands in a script, or in the configuration of a service of that name.

    A shell script may hold much that it never comes to, so there the very command must be started.
    """
    standing, start = around.standings.of_file(observation.where)
    own = around.commands.ruled_by(observation.where)
    file = file_of(observation.where)
    calls_itself = own and all(_calls_itself(one) for _, one in own)
    if calls_itself or (_is_source(fact) and file in around.own and file not in around.peers):
        return None
    readers = around.readers.get((tree_of(observation.where), fact.client), ())
    is_read = any(one.standing == "started" for one in readers)
    told = "tells {client} not to check certificates"
    if fact.value == "never":
        told = "fetches by {client} of BusyBox, whose TLS checks no certificate"
    missing = _missing(observation, fact, standing, own, file in around.peers)
    template = "{file}, which is started, " + told + ("" if missing is None else "; " + missing)
    if standing != "started":
        template = "{file} " + told + (", and {client} is started" if is_read else "; that it is used was not seen")
    why = message(template, file=name_of(observation.where), client=fact.client)
    seen = (one for one, _ in own)
    grounds = tuple(dict.fromkeys((observation, *start, *seen, *(one.observation for one in readers))))
    if is_read or (standing == "started" and missing is None):
        return Weight("refutes", why, grounds, "network")
    is_likely = standing == "started" and (bool(own) or not fact.by_command)
    return Weight("suspects", why, grounds, "network", "likely" if is_likely else None)


def _missing(
    observation: Observation, fact: TlsSetting, standing: Standing, own: Sequence[Command], has_peer: bool
) -> str | None:
    """Name the link that was not seen between a started file and a switch in it; None when none is missing."""
    if standing != "started" or any(runs(one) for _, one in own):
        return None
    if own:
        return "whether the condition for it holds was not seen"
    if fact.by_command or is_start_script(observation.where):
        return "that it comes to that was not seen"
    return "which servers these are was not seen" if _is_source(fact) and not fact.endpoint and not has_peer else None


def _is_source(fact: TlsSetting) -> bool:
    return fact.client in _LANGUAGES and not fact.by_command


def _calls_itself(start: StartedProgram) -> bool:
    """Tell whether a command calls the product itself and nothing else, once its variables are filled in."""
    calls = [word for word in start.arguments if _CALLED.match(word)]
    return bool(calls) and all(map(is_own_host, calls))


CERTIFICATES = Rule(
    id="certificates-are-checked",
    criterion="certificates-are-checked",
    needs=("tls-settings", "tls-programs", "startup", "services", "endpoints", "unchecked-fetches"),
    what=(
        "Options and settings that switch the check of the peer's certificate off. In a command of a script that is "
        "started and that is seen to run, in a started source that holds the address of a server, or in the "
        "configuration of a started service, they decide; elsewhere they are a suspicion, and so they are under a "
        "condition that was not decided. Calls to the product itself, comments, words that are only said and "
        "documentation do not count. Started commands that fetch over TLS by a wget of BusyBox which checks nothing "
        "decide as well."
    ),
    limits="Settings that come from elsewhere while the product runs are not seen.",
    weigh=_certificates,
)
