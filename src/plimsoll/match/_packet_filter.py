"""Tells from the rules of a packet filter whether a port of the product is open to the side of the internet.

The order in which rules decide is that of iptables(8) and of OpenWrt's description of its firewall: the first that
fits, else the policy. Where that cannot be followed, there is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import FirewallRule, StartedProgram
from plimsoll.model.locator import tree_of

_LOADERS = {
    "uci": ("fw3", "fw4"),
    "iptables": ("iptables-restore", "netfilter-persistent", "iptables-persistent"),
    "ip6tables": ("ip6tables-restore", "netfilter-persistent", "iptables-persistent"),
    "nft": ("nft", "nftables"),
}
"""Programs that put the rules of a file in force."""
_RUNNING = ("always", "first-boot")
_OFFSET = re.compile(r"\+0x([0-9a-f]{1,15}):")

Rule = tuple[Observation, FirewallRule]


class PacketFilters:
    """The packet filters that are in force in each tree, one for each source."""

    def __init__(self, evidence: Evidence) -> None:
        loaded = {(tree_of(one.where), start.program) for one, start in evidence.of(StartedProgram) if _runs(start)}
        rules: dict[tuple[str, str], list[Rule]] = {}
        for one in sorted(evidence.of(FirewallRule), key=_in_order):
            observation, rule = one
            tree = tree_of(observation.where)
            is_run = observation.inspector == "startup"
            if is_run or any((tree, name) in loaded for name in _LOADERS[rule.source]):
                rules.setdefault((tree, rule.source), []).append(one)
        self._chains = {key: list(_chain(found)) for key, found in rules.items() if _is_one_file(found)}
        self._known: dict[tuple[str, str, int], Observation | None] = {}

    def opened_to_internet(self, tree: str, protocol: str, port: int) -> Observation | None:
        """Give the rule that lets the internet side in to a port; None when none does or it cannot be told.

        Where a tree has several filters, such as one for IPv4 and one for IPv6, one that lets in is enough.
        """
        key = tree, protocol, port
        if key not in self._known:
            decided = (_decided(self._chains.get((tree, source), []), protocol, port) for source in _LOADERS)
            self._known[key] = next((found[0] for found in decided if found is not None), None)
        return self._known[key]


def _runs(start: StartedProgram) -> bool:
    return start.state in _RUNNING


def _chain(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Put rules into the order in which they are asked."""
    chain: list[Rule] = []
    policies: list[Rule] = []
    for one in rules:
        operation = one[1].operation
        if operation == "flush" and one[1].certain:
            chain = []
        elif operation == "insert":
            chain.insert(0, one)
        elif operation == "policy":
            policies.append(one)
        elif operation == "append":
            chain.append(one)
    yield from chain
    yield from reversed(policies)


def _decided(chain: Sequence[Rule], protocol: str, port: int) -> Rule | None:
    """Give the rule that lets in whoever comes from the internet side; None when one refuses or it cannot be told.

    One that names no side may refuse, and never opens: that there is a side of the internet is not said by it.
    """
    for one in chain:
        rule = one[1]
        if rule.side in ("lan", "loopback") or not _bears_on(rule, protocol, port):
            continue
        if rule.side == "internet" and rule.action == "accept" and not rule.narrowed:
            return one if rule.certain else None
        is_passed = rule.narrowed and rule.action != "elsewhere"
        if not is_passed and not (rule.side == "unknown" and rule.action == "accept"):
            return None
    return None


def _bears_on(rule: FirewallRule, protocol: str, port: int) -> bool:
    in_ports = not rule.ports or any(first <= port <= last for first, last in rule.ports)
    return in_ports and rule.protocol in ("", protocol)


def _in_order(rule: Rule) -> tuple[str, int]:
    where = rule[0].where
    offset = _OFFSET.search(where)
    return where.partition("+")[0], int(offset[1], 16) if offset else 0


def _is_one_file(rules: Sequence[Rule]) -> bool:
    """Tell whether the order of rules is known; OpenWrt says which of its two files comes first."""
    return rules[0][1].source == "uci" or len({one.where.partition("+")[0] for one, _ in rules}) == 1
