"""Rules for capability 4, control: orders travel encrypted and not from anywhere (EN 303 645, provisions 5.5-1, 5.6-1).

TR-069 leaves TLS to the URL of the management server; SNMP v1 and v2c send the community as it is (RFC 1157, RFC 3584);
MQTT is encrypted only beneath TLS; syslog by UDP is RFC 5426.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Commands, is_in_clear, runs
from plimsoll.judge.rules._communities import is_local
from plimsoll.judge.rules._offered import offers_tls
from plimsoll.judge.rules._standing import (
    RunningService,
    Standings,
    effect_of,
    is_own_host,
    is_unfilled,
    name_of,
    standing_of,
)
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import ControlLink, FirewallRule, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Effect, Reach

_CONTROL = (
    "telnet", "ssh", "ftp", "tftp", "rlogin", "rsh", "http", "https", "snmp", "upnp", "mqtt", "rtsp", "onvif", "vnc",
    "rdp", "adb", "gdb", "redis", "smb", "rsync", "rpc", "ipp", "coap",
)  # fmt: skip
"""Protocols through which a product is looked into or steered. TR-069 is left out: it is there for the provider."""
_PLACEHOLDER = re.compile(r"[$%{<]|(?:\A|\.)(?:example|test|invalid)(?:\.|\Z)|\Ayour|\A(?:0\.0\.0\.0|changeme|none)\Z")
_PRIVATE = re.compile(r"(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254)\.[\d.]+\Z")
_TLS_OF_BROKER = ("certfile", "keyfile", "psk_file", "cafile", "capath")
_MESSENGERS: Mapping[str, str] = {
    "mosquitto_sub": "takes messages from a broker",
    "mosquitto_rr": "takes messages from a broker",
    "coap-client": "asks and tells a peer by CoAP",
    "coap-client-notls": "asks and tells a peer by CoAP",
    "coap-client-openssl": "asks and tells a peer by CoAP",
    "coap-client-gnutls": "asks and tells a peer by CoAP",
}
"""Programs that exchange messages which may be orders, and what they do."""
_MANAGERS = ("easycwmpd", "icwmpd", "freecwmpd", "cwmpclient", "tr069", "tr69c", "cwmpd")


def _internet_side(evidence: Evidence) -> Iterator[Weight]:
    rules = {observation.where: observation for observation, _ in evidence.of(FirewallRule)}
    for service in evidence.once(Standings).services:
        fact = service.fact
        if fact.reach == "internet" and fact.protocol in _CONTROL:
            template = "{program} ({protocol}) is started, and the packet filter as shipped lets in the internet to it"
            why = message(template, program=fact.program, protocol=fact.protocol)
            opened = (rules[where] for where in service.observation.because if where in rules)
            yield Weight("suspects", why, (service.observation, *opened))
    yield from unknown_startup(evidence)


def _control(evidence: Evidence) -> Iterator[Weight]:
    standings, commands = evidence.once(Standings), Commands(evidence)
    started = _started(evidence)
    for observation, link in evidence.of(ControlLink):
        if link.active and not link.encrypted and not is_own_host(link.host):
            yield from _link(observation, link, started, commands, standings)
    for service in standings.services:
        if service.is_reached and service.fact.protocol == "snmp":
            yield from _communities(service, standings)
        elif service.is_reached and service.fact.program == "mosquitto":
            yield from _broker(service, standings)
    for observation, start in evidence.of(StartedProgram):
        yield from _command(observation, start)
    yield from unknown_startup(evidence)


def _started(evidence: Evidence) -> dict[tuple[str, str], Observation]:
    """Give the first sure start of each program in each tree."""
    found: dict[tuple[str, str], Observation] = {}
    for observation, start in evidence.of(StartedProgram):
        if runs(start):
            found.setdefault((tree_of(observation.where), start.program), observation)
    return found


def _link(
    observation: Observation,
    link: ControlLink,
    started: dict[tuple[str, str], Observation],
    commands: Commands,
    standings: Standings,
) -> Iterator[Weight]:
    """Weigh a peer by its part: what runs its answers, manages the product, exchanges messages or takes logs."""
    words = _words(observation, link)
    reader = started.get((tree_of(observation.where), link.program)) if link.program else None
    seen = (observation, reader) if reader else (observation,)
    if link.role == "commands":
        running = [one for one in commands.at(observation.where) if runs(one[1])]
        decides = bool(running) and not is_unfilled(link.host) and not _PRIVATE.match(link.host)
        template = "{file} runs as commands what it fetches from {scheme}://{host} without encryption"
        if not decides:
            template += "; that it comes to that was not seen"
        grounds = (observation, *(one for one, _ in running))
        yield _weight(decides, message(template, **words), grounds, link.host)
    elif _PLACEHOLDER.search(link.host):
        return
    elif link.role == "manager":
        decides = reader is not None and not _PRIVATE.match(link.host)
        template = "the management server {scheme}://{host} is spoken to without encryption"
        if not decides:
            template += "; that it is used was not seen"
        yield _weight(decides, message(template, **words), seen, link.host)
    elif link.role in ("broker", "peer"):
        yield _exchange(observation, link, seen, standings)
    elif reader is not None:
        why = message("{file} sends logs to {host} without encryption", **words)
        yield Weight("suspects", why, seen, _reach(link.host))


def _exchange(
    observation: Observation, link: ControlLink, seen: tuple[Observation, ...], standings: Standings
) -> Weight:
    """Weigh a peer that messages are exchanged with, which may be orders or not."""
    standing, start = standings.of_file(observation.where)
    named = "the broker {host}" if link.role == "broker" else "{host} by CoAP"
    template = "{file} exchanges messages with " + named + " without encryption"
    if not link.program and standing == "started":
        template = (
            "{file}, which is started, names " + named + " without encryption; that it comes to that was not seen"
        )
        why = message(template, **_words(observation, link))
        return Weight("suspects", why, (observation, *start), _reach(link.host), "likely")
    if len(seen) == 1:
        template += "; that it is used was not seen"
    return Weight("suspects", message(template, **_words(observation, link)), seen, _reach(link.host))


def _words(observation: Observation, link: ControlLink) -> dict[str, str]:
    return {"file": name_of(observation.where) or "the image", "scheme": link.scheme, "host": link.host}


def _weight(decides: bool, why: Message, grounds: tuple[Observation, ...], host: str) -> Weight:
    """Give what decides, or else lacks the one link that its words name."""
    return Weight("refutes" if decides else "suspects", why, grounds, _reach(host), "firm" if decides else "likely")


def _reach(host: str) -> Reach:
    """Say where one must stand to be between the product and a peer."""
    return "network" if _PRIVATE.match(host) else "internet"


def _communities(service: RunningService, standings: Standings) -> Iterator[Weight]:
    """Weigh communities of net-snmp: with one that may write, orders are taken in clear."""
    for key, decides in (
        ("rwcommunity", True),
        ("rwcommunity6", True),
        ("rocommunity", False),
        ("rocommunity6", False),
    ):
        found = [one for one in standings.settings(service, key) if not is_local(one[1])]
        if found:
            does = "takes orders" if decides else "tells what it knows"
            template = "{program} is started and " + does + " over SNMP without encryption, for a community"
            effect = effect_of(service.standing) if decides else "suspects"
            grounds = (service.observation, *(one for one, _ in found))
            yield Weight(effect, message(template, program=service.fact.program), grounds)


def _broker(service: RunningService, standings: Standings) -> Iterator[Weight]:
    """Weigh a broker that is told to listen for others and has no TLS on any listener."""
    settings = standings.settings(service)
    listening = [one for one in settings if one[1].key in ("listener", "port")]
    if any(one.key in _TLS_OF_BROKER or offers_tls(one) for _, one in settings):
        return
    if listening and any("127.0.0.1" not in one.value and "localhost" not in one.value for _, one in listening):
        template = "{program} is started and takes messages over MQTT without encryption"
        if service.standing != "started":
            template = "{program} may be started and takes messages over MQTT without encryption"
        grounds = (service.observation, *(one for one, _ in listening))
        yield Weight("suspects", message(template, program=service.fact.program), grounds)


def _command(observation: Observation, start: StartedProgram) -> Iterator[Weight]:
    """Weigh what a command line says by itself: the server of a TR-069 client, the one that takes the logs."""
    if start.program in _MANAGERS and runs(start):
        address = next((word for word in start.arguments if word.lower().startswith("http://")), "")
        host = re.split(r"[/:?]", address[7:])[0]
        if host and not is_own_host(host) and not _PLACEHOLDER.search(host):
            template = "{program} is started and speaks to its management server {host} without encryption"
            effect: Effect = "suspects" if _PRIVATE.match(host) else "refutes"
            yield Weight(effect, message(template, program=start.program, host=host), (observation,), _reach(host))
    elif start.program in _MESSENGERS and is_in_clear(start) and standing_of(start.state) != "never":
        why = message("{program} " + _MESSENGERS[start.program] + " without encryption", program=start.program)
        yield Weight("suspects", why, (observation,), "internet")
    elif start.program == "syslogd" and "-R" in start.arguments[:-1] and runs(start):
        host = start.arguments[start.arguments.index("-R") + 1]
        if not is_own_host(host) and not _PLACEHOLDER.search(host):
            template = "{program} is started and sends logs to {host} without encryption"
            yield Weight("suspects", message(template, program=start.program, host=host), (observation,), _reach(host))


INTERNET_SIDE = Rule(
    id="internet-side-is-closed",
    criterion="internet-side-is-closed",
    needs=("startup", "services", "service-settings", "firewall"),
    what=(
        "Services that are started and that the packet filter as shipped lets in from the side of the internet: each "
        "through which a product is looked into or steered is a suspicion."
    ),
    limits=(
        "Whether a service asks who is there, and whether it is needed there, is not weighed. A product without sides, "
        "such as a camera, has none to be closed; what another router lets through to it is not seen."
    ),
    weigh=_internet_side,
)

CONTROL = Rule(
    id="control-goes-encrypted",
    criterion="control-goes-encrypted",
    needs=("startup", "services", "service-settings", "control-links"),
    what=(
        "Peers that may steer the product. A management server of TR-069 that a started client is told to speak to by "
        "http, a command of a started script that fetches something by http and gives it to a shell, and an SNMP "
        "community that may write, of a started server, decide. Brokers, bridges, peers of CoAP, logs, communities "
        "that may only read, and addresses of a private network are a suspicion. Addresses of the product itself and "
        "placeholders do not count."
    ),
    limits="What compiled programs speak, and a server that a provider names by DHCP, is not seen.",
    weigh=_control,
)
