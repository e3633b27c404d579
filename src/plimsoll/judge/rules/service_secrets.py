"""Rule on secrets that the product shows to services: EN 303 645, provisions 5.4-3 and 5.4-4.

Secrets that people enter for accounts of their own (dial-up, mail, telephony, proxies, name services, a network to
join) are left out unless a started command shows them: what stands in the image for those is an example or a sample.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Command, Commands, runs
from plimsoll.judge.rules._standing import Standings, is_own_host, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules._stored_secrets import Stores
from plimsoll.judge.rules._vpn_secrets import VpnSecrets
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Credential, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message
from plimsoll.model.verdict import Sureness

_PEOPLE_ENTER = ("ppp", "dyndns", "smtp", "proxy", "sip", "wpa", "database")
"""Subjects of secrets that belong to accounts of the owner, or never leave the product."""
_CONFIGURED = ("mqtt", "cwmp", "cloud", "openvpn", "wireguard", "ssh", "ftp", "http", "https")
"""Subjects of secrets for a service of the maker's or the operator's."""
_OF_VPNS = ("wireguard", "openvpn", "ipsec")


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    stores = Stores(evidence, standings)
    commands, vpns = Commands(evidence), VpnSecrets(evidence)
    yield from unknown_startup(evidence)
    for observation, fact in evidence.of(Credential):
        is_shown = fact.role == "presents" or (fact.subject == "ipsec" and fact.role == "unknown")
        if not is_shown or fact.placeholder or not fact.active or fact.kind == "community":
            continue
        own = commands.at(observation.where)
        if own:
            yield from _in_command(observation, fact, own, standings)
        elif fact.subject in _OF_VPNS and (taker := vpns.taker(fact.subject, observation.where)):
            yield _in_vpn(observation, fact, taker, vpns.maker(observation.where))
        elif fact.subject in _CONFIGURED and fact.subject not in _PEOPLE_ENTER:
            yield _in_file(observation, fact, stores, standings)


def _in_command(
    observation: Observation, fact: Credential, own: tuple[Command, ...], standings: Standings
) -> Iterator[Weight]:
    """Weigh a secret in a command that may be started, unless it goes to the product itself."""
    others = [one for one in own if not any(is_own_host(word) for word in one[1].arguments)]
    if not others:
        return
    standing, script = standings.of_file(observation.where)
    decides = standing == "started" and any(runs(start) for _, start in others)
    why = message(
        "{file}, which is started, shows a {kind} to others that is the same in every unit"
        if decides
        else "{file} may show a {kind} to others that is the same in every unit",
        file=name_of(observation.where),
        kind=fact.kind,
    )
    seen = (observation, *(one for one, _ in others), *script)
    yield Weight("refutes" if decides else "suspects", why, tuple(dict.fromkeys(seen)), reach="internet")


def _in_vpn(
    observation: Observation, fact: Credential, taker: tuple[Observation, ...], maker: tuple[Observation, ...]
) -> Weight:
    """Weigh the secret of a VPN that a started command takes from its file, unless another may be put there first."""
    template = "{program} is started with the {kind} in {file}, which is the same in every unit"
    start = taker[0].fact
    program = start.program if isinstance(start, StartedProgram) else fact.subject
    words = {"program": program, "kind": fact.kind, "file": name_of(observation.where)}
    seen = (observation, *taker, *maker)
    if maker:
        why = message(template + "; whether a start script puts another there was not seen", **words)
        return Weight("suspects", why, seen, reach="internet", sureness="likely")
    return Weight("refutes", message(template, **words), seen, reach="internet")


def _in_file(observation: Observation, fact: Credential, stores: Stores, standings: Standings) -> Weight:
    """Weigh a secret in configuration or in a value that a program reads; that it is shown is never seen."""
    change = stores.change(tree_of(observation.where), fact.subject)
    if change is not None:
        why = message(
            "the {kind} for {subject} in {file} may be replaced per unit by a script; which one is shown was not seen",
            kind=fact.kind,
            subject=fact.subject,
            file=name_of(observation.where),
        )
        return Weight("blocks" if change[0] else "suspects", why, (observation, *change[1]), reach="internet")
    named = stores.named(observation.where) or stores.started_reader(observation.where)
    why = message(
        "{file} holds a {kind} for {subject} that is the same in every unit, and a started program names the file; "
        "that it shows the {kind} was not seen"
        if named
        else "{file} holds a {kind} for {subject} that is the same in every unit; that something uses it was not seen",
        file=name_of(observation.where),
        kind=fact.kind,
        subject=fact.subject,
    )
    sureness: Sureness = "likely" if named else "suspected"
    return Weight("suspects", why, (observation, *named), reach="internet", sureness=sureness)


SERVICE_SECRETS = Rule(
    id="service-secrets-are-not-shared",
    criterion="service-secrets-are-not-shared",
    needs=("credentials", "secret-provisioning", "startup"),
    what=(
        "Passwords, tokens and keys that the product shows to a service. One in a command of a script that is started "
        "decides; one in configuration is a suspicion, and stays open where a script replaces it. The secret of a VPN "
        "decides where a started command of WireGuard, OpenVPN or IPsec takes it from its file, unless a start script "
        "may put another there. Secrets that people enter for accounts of their own, calls to the product itself, "
        "placeholders, comments and documentation do not count."
    ),
    limits=(
        "What compiled programs hold, and whether a service still takes the secret or gives another one when a unit "
        "first registers, is not seen."
    ),
    weigh=_weigh,
)
