"""Weighs passphrases of wireless networks that the product opens and that are written out in the image.

A passphrase lets people in to the network of the product, so it is a password under provision 5.1-1, which asks for one
of each unit's own, or of the user's choice, in every state but that of the factory. Whoever is in radio range of any
unit can use one that all share. It decides only where hostapd is started at each boot with the very file in which it
stands, no script writes to the file or sets another, and no other program of the image names the file: a program could
put another passphrase there when the product is set up. OpenWrt's own settings are changed by many hands and by no
path, so that they stay a doubt.

A PIN for pairing over Bluetooth is a doubt wherever hcid or an agent of BlueZ that is told its file is started: newer
radios pair without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._standing import file_of, in_order, name_of, standing_of
from plimsoll.judge.rules._stored_secrets import Stores
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Credential, StartedProgram, WirelessNetwork
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_OWN = ("hostapd", "hostapd_cli")
_PAIRING = ("hcid",)
"""Programs that read a PIN from their own settings."""

Host = tuple[Observation, StartedProgram]


def wireless_secrets(evidence: Evidence, stores: Stores) -> Iterator[Weight]:
    """Give each passphrase beside the hostapd that is started in its tree."""
    hosts: dict[str, list[Host]] = {}
    for one in sorted(evidence.of(StartedProgram), key=lambda one: in_order(one[0])):
        if one[1].program == "hostapd" and standing_of(one[1].state) != "never":
            hosts.setdefault(tree_of(one[0].where), []).append(one)
    networks: dict[tuple[str, str], list[WirelessNetwork]] = {}
    for observation, network in evidence.of(WirelessNetwork):
        networks.setdefault(file_of(observation.where), []).append(network)
    for observation, fact in evidence.of(Credential):
        given = hosts.get(tree_of(observation.where), ())
        if given and fact.subject == "wpa" and fact.role == "accepts" and fact.active and not fact.placeholder:
            yield from _passphrase(observation, given, networks, stores)


def pairing_pins(evidence: Evidence, stores: Stores) -> Iterator[Weight]:
    """Give each PIN for pairing beside the program that takes it."""
    pairing: dict[str, Observation] = {}
    for one, start in sorted(evidence.of(StartedProgram), key=lambda one: in_order(one[0])):
        if start.program in _PAIRING and standing_of(start.state) != "never":
            pairing.setdefault(tree_of(one.where), one)
    for observation, fact in evidence.of(Credential):
        if fact.subject != "bluetooth" or fact.role != "accepts" or not fact.active or fact.placeholder:
            continue
        own = pairing.get(tree_of(observation.where)) if name_of(observation.where) == "hcid.conf" else None
        takers = (own,) if own is not None else stores.named(observation.where)
        if takers:
            why = message(
                "{file} holds a PIN that is the same in every unit, by which devices may be paired over Bluetooth",
                file=name_of(observation.where),
            )
            yield Weight("suspects", why, (observation, *takers), "network", "likely")


def _passphrase(
    observation: Observation,
    hosts: Sequence[Host],
    networks: Mapping[tuple[str, str], Sequence[WirelessNetwork]],
    stores: Stores,
) -> Iterator[Weight]:
    tree, path = file_of(observation.where)
    change = stores.change(tree, "wpa")
    own = networks.get((tree, path), ())
    if change is not None and change[0]:
        return
    reading = [one for one in hosts if f"/{path}" in one[1].arguments]
    sure = [one for one, start in reading if start.state == "always"]
    others = stores.others(observation.where, _OWN, [one.where for one, _ in reading])
    is_used = bool(sure) and bool(own) and all(_is_opened(one) for one in own)
    if is_used and change is None and not others:
        why = message(
            "hostapd is started and opens a wireless network with a passphrase that is the same in every unit"
        )
        yield Weight("refutes", why, (sure[0], observation), "network")
        return
    template = "hostapd may open a wireless network with a passphrase that is the same in every unit"
    if is_used and change is None:
        template += "; {program} names the file too, and whether it puts another there was not seen"
        why = message(template, program=name_of(others[0].where))
        yield Weight("suspects", why, (sure[0], observation, *others[:1]), "network", "likely")
    else:
        yield Weight("suspects", message(template), (hosts[0][0], observation), "network")


def _is_opened(network: WirelessNetwork) -> bool:
    """Tell whether the settings of hostapd open a network, and no script was seen to write to them."""
    return network.source == "hostapd" and network.enabled and network.active and not network.rewritten
