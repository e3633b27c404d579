"""Tells which rules of a packet filter limit how often somebody may connect to a service.

A rule that refuses what comes oftener limits by itself; one that lets in what comes no oftener does so where another
refuses the rest: iptables-extensions(8), nft(8), and OpenWrt's description of its firewall. How often is not weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._standing import RunningService, span_of, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import FirewallRule, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_LOADERS: Mapping[str, tuple[str, ...]] = {
    "uci": ("fw3", "fw4"),
    "iptables": ("iptables-restore", "netfilter-persistent", "iptables-persistent"),
    "ip6tables": ("ip6tables-restore", "netfilter-persistent", "iptables-persistent"),
    "nft": ("nft", "nftables"),
}
"""Programs that put the rules of a file in force."""
_NFT = re.compile(
    r"\b(?:add|insert) rule\b.{0,80}?\btcp dport (?:\{ ?)?([\d, -]{1,80}).{0,200}?"
    r"(?:\blimit rate over\b|\bct count over\b).{0,200}?\b(?:drop|reject)\b"
)

Given = tuple[Observation, FirewallRule]


class FilterLimits:
    """The rules in force that count, by tree."""

    def __init__(self, evidence: Evidence) -> None:
        self._commands: dict[str, list[tuple[Observation, StartedProgram]]] = {}
        loaded: dict[tuple[str, str], Observation] = {}
        for observation, start in evidence.of(StartedProgram):
            if standing_of(start.state) == "started":
                loaded.setdefault((tree_of(observation.where), start.program), observation)
                if start.program == "nft":
                    self._commands.setdefault(tree_of(observation.where), []).append((observation, start))
        self._rules: dict[tuple[str, str], list[Given]] = {}
        self._loaders: dict[tuple[str, str], Observation] = {}
        for observation, rule in evidence.of(FirewallRule):
            tree = tree_of(observation.where)
            loader = next((loaded[tree, one] for one in _LOADERS[rule.source] if (tree, one) in loaded), None)
            if loader is not None and observation.inspector != "startup":
                self._rules.setdefault((tree, rule.source), []).append((observation, rule))
                self._loaders[tree, rule.source] = loader

    def of(self, service: RunningService) -> Iterator[Weight]:
        """Give the limits on a service."""
        if service.fact.port is None:
            return
        for (tree, source), rules in self._rules.items():
            if tree == service.tree:
                ordered = sorted(rules, key=lambda one: (one[0].where.partition("+")[0], span_of(one[0].where)[0]))
                for number, (observation, rule) in enumerate(ordered):
                    if _limits(rule, service.fact.port, [one for _, one in ordered[:number]], ordered[number + 1 :]):
                        yield _weight(service, source, (observation, self._loaders[tree, source]))
        for observation, start in self._commands.get(service.tree, ()):
            found = _NFT.search(start.command)
            if found is not None and str(service.fact.port) in re.split(r"[, ]+", found[1].strip()):
                yield _weight(service, "nft", (observation,))


def _weight(service: RunningService, firewall: str, grounds: tuple[Observation, ...]) -> Weight:
    names = {"uci": "the firewall"}
    why = message(
        "a rule of {firewall} limits how often somebody may connect to {program}",
        firewall=names.get(firewall, firewall),
        program=service.fact.program,
    )
    return Weight("supports", why, tuple(dict.fromkeys((service.observation, *grounds))))


def _limits(rule: FirewallRule, port: int, before: list[FirewallRule], after: list[Given]) -> bool:
    """Tell whether a rule limits connections to a port, which no rule before it lets in without a limit."""
    if not rule.rate or not rule.ports or not _bears_on(rule, port):
        return False
    if any(one.action == "accept" and one.operation != "policy" and _precedes(one, rule, port) for one in before):
        return False
    if rule.rate == "over":
        return rule.action == "refuse"
    rest = [one for one in before if one.operation == "policy"] + [one for _, one in after]
    following = [one for one in rest if one.side in (rule.side, "any") and _bears_on(one, port) and not one.rate]
    return rule.action == "accept" and bool(following) and all(one.action == "refuse" for one in following)


def _precedes(one: FirewallRule, rule: FirewallRule, port: int) -> bool:
    return one.side in (rule.side, "any") and not one.narrowed and not one.rate and _bears_on(one, port)


def _bears_on(rule: FirewallRule, port: int) -> bool:
    return rule.protocol in ("", "tcp") and (not rule.ports or any(low <= port <= high for low, high in rule.ports))
