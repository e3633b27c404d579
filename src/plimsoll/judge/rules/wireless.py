"""Rule for capability 4, radio: wireless networks are protected by what is sound (EN 303 645, provision 5.5-1).

WEP and TKIP are deprecated by IEEE 802.11-2012 (clauses on pre-RSNA security and on TKIP); the Wi-Fi Alliance ended WPA
of the first edition and its test of WEP. That a WPS PIN is tried out in hours was shown in 2011 (VU#723755).
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import file_of, standing_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import StartedProgram, WirelessNetwork
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message
from plimsoll.model.verdict import Sureness

_UCI_READERS = ("netifd",)
_SAMPLE = "test"
"""Name of the network in the sample that hostapd comes with."""
_WEAK = {"wep": "WEP", "wpa": "WPA of the first edition"}


def _networks(evidence: Evidence) -> Iterator[Weight]:
    starts: dict[str, list[tuple[Observation, StartedProgram]]] = {}
    for observation, start in evidence.of(StartedProgram):
        if standing_of(start.state) == "started":
            starts.setdefault(tree_of(observation.where), []).append((observation, start))
    for observation, network in evidence.of(WirelessNetwork):
        if network.active and network.enabled:
            yield from _network(observation, network, starts.get(tree_of(observation.where), []))
    yield from unknown_startup(evidence)


def _network(
    observation: Observation, network: WirelessNetwork, starts: list[tuple[Observation, StartedProgram]]
) -> Iterator[Weight]:
    readers = [one for one, start in starts if _reads(start, network, file_of(observation.where)[1])][:1]
    decides = bool(readers) and not network.rewritten
    name = network.name or "without a name"
    seen = (observation, *readers)
    fault = _fault(network)
    if fault:
        sureness: Sureness = "firm" if decides else "likely"
        template = "the wireless network {network} is opened with " + fault
        if not decides:
            missing = "; a script may write other settings" if network.rewritten else "; that it is used was not seen"
            template = "settings open the wireless network {network} with " + fault + missing
        yield Weight("refutes" if decides else "suspects", message(template, network=name), seen, "network", sureness)
    elif network.protection == "open" and not decides and network.name == _SAMPLE:
        return
    elif network.protection == "open":
        template = "the wireless network {network} is open" if decides else "settings leave the network {network} open"
        template += ", as those for set-up often are: whoever is near reads what is sent over it"
        yield Weight("suspects", message(template, network=name), seen, "network")
    elif network.protection == "wpa-wpa2" and "tkip" in network.ciphers:
        template = "the wireless network {network} lets in devices that speak TKIP"
        yield Weight("suspects", message(template, network=name), seen, "network")
    elif decides and network.protection in ("wpa2", "wpa2-wpa3", "wpa3"):
        template = "the wireless network {network} is protected by {protection}"
        words = {"wpa2": "WPA2", "wpa2-wpa3": "WPA2 or WPA3", "wpa3": "WPA3"}[network.protection]
        yield Weight("supports", message(template, network=name, protection=words), seen)


def _fault(network: WirelessNetwork) -> str:
    """Name what is broken in a network; empty when nothing is."""
    if network.protection in _WEAK:
        return _WEAK[network.protection]
    if network.protection == "wpa2" and network.ciphers == ("tkip",):
        return "TKIP alone"
    return "a WPS PIN that is the same in every unit" if network.wps == "pin" else ""


def _reads(start: StartedProgram, network: WirelessNetwork, path: str) -> bool:
    """Tell whether a started program reads the file: hostapd where it is told of it, OpenWrt's netifd always."""
    if network.source == "uci":
        return start.program in _UCI_READERS
    return network.source == "hostapd" and start.program == "hostapd" and f"/{path}" in start.arguments


WIRELESS = Rule(
    id="wireless-protection-is-sound",
    criterion="wireless-protection-is-sound",
    needs=("wireless", "startup"),
    what=(
        "Networks that settings open in access point mode. WEP, WPA of the first edition, TKIP alone and a WPS PIN "
        "that stands in the settings decide when hostapd is started with that very file, or netifd reads it, and no "
        "script writes to it; otherwise they are a suspicion. So are an open network, which may be for set-up only, "
        "and one that lets in TKIP beside CCMP. WPA2 and WPA3 speak for the product."
    ),
    limits=(
        "A network that a program sets up by itself is not seen, nor is what is sent over it. Which of several files "
        "of default settings a product takes is not known."
    ),
    weigh=_networks,
)
