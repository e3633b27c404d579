"""Sets claims on encrypted communication against what is started in clear, addresses in clear, and versions of TLS.

An image does not show all of a product's communication, so it contradicts such a claim and never bears it out. That
mosquitto is reached from the network only where it is told to listen is said by mosquitto.conf(5) of version 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge._claim_evidence import Answer, Known, by, untested
from plimsoll.judge._claim_words import interface, speaks_of_all, tls_rank
from plimsoll.judge.rules._offered import offers_tls, speaks_only_tls
from plimsoll.judge.rules._standing import RunningService, is_own_host
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Claim, Endpoint, Fact, Service, TlsSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_IN_CLEAR = ("telnet", "ftp", "rlogin", "rsh", "tftp", "rtsp")
"""Protocols that are in clear unless their service is known to be encrypted."""
_RULES = ("no-clear-text-login-service", "personal-data-goes-encrypted", "no-secrets-sent-in-clear")
_LISTENING = ("listener", "port")
_MQTT_PORT = 1883
_LEAST = "TLSv1.2"


def encrypted(claim: Claim, known: Known) -> Answer:
    """Answer the claim that communication is encrypted, by some version of TLS or a later one."""
    return next(_contradictions(claim, known), None) or _doubt(claim, known)


def _contradictions(claim: Claim, known: Known) -> Iterator[Answer]:
    for service in known.started:
        if _concerns(claim, [service.fact]) and _is_in_clear(service, known):
            why = message(
                "{program} is started and speaks {protocol} without encryption",
                program=service.fact.program,
                protocol=service.fact.protocol,
            )
            yield Answer("contradicted", why, known.numbers([service.observation]))
    for rule in _RULES:
        for bearing in known.bearings(rule):
            if _concerns(claim, list(known.facts(bearing))):
                yield by("contradicted", bearing)
    yield from _fetched_in_clear(claim, known)
    yield from _older_versions(claim, known)


def _concerns(claim: Claim, facts: list[Fact]) -> bool:
    """Tell whether something seen is what the claim speaks of: all, or the protocols that it names."""
    if speaks_of_all(claim.value):
        return True
    meant = interface(claim.value)
    services = (meant.may_mean(one.protocol, one.port) for one in facts if isinstance(one, Service))
    addresses = (meant.may_mean_address(one.scheme, one.port) for one in facts if isinstance(one, Endpoint))
    return any(services) or any(addresses)


def _is_in_clear(service: RunningService, known: Known) -> bool:
    fact = service.fact
    settings = [setting for _, setting in known.standings.settings(service)]
    if any(offers_tls(one) for one in settings) and fact.protocol != "mqtt":
        return False
    if fact.protocol in _IN_CLEAR:
        return fact.encrypted is False
    return fact.protocol == "mqtt" and not fact.encrypted and _listens_in_clear(service, known)


def _listens_in_clear(service: RunningService, known: Known) -> bool:
    """Tell whether a broker is told to listen on the port for MQTT in clear, beyond loopback."""
    settings = [setting for _, setting in known.standings.settings(service)]
    told = [one.value.split() for one in settings if one.key in _LISTENING]
    bound = [one.value for one in settings if one.key == "bind_address"]
    if speaks_only_tls(settings) or any(is_own_host(one) for one in bound):
        return False
    if told:
        return any(one[:1] == [str(_MQTT_PORT)] and not any(is_own_host(host) for host in one[1:]) for one in told)
    is_asked = service.fact.program != "mosquitto" or any("-p" in start.arguments for _, start in service.starts)
    return service.fact.port == _MQTT_PORT and is_asked and not any(offers_tls(one) for one in settings)


def _fetched_in_clear(claim: Claim, known: Known) -> Iterator[Answer]:
    for way in known.ways:
        clear = [(one, fact) for one, fact in way.clear if _concerns(claim, [fact])]
        if way.standing == "started" and clear:
            why = message("{client}, which is started, fetches from {scheme}://{host} without encryption",
                          client=way.label, scheme=clear[0][1].scheme, host=clear[0][1].host)  # fmt: skip
            yield Answer("contradicted", why, known.numbers((*way.observations, *(one for one, _ in clear))))


def _older_versions(claim: Claim, known: Known) -> Iterator[Answer]:
    """Find servers that are started and accept a version below the claimed one; below 1.2 a rule has decided."""
    claimed = tls_rank(claim.value)
    least = max(claimed, tls_rank(_LEAST)) if claim.statement == "encrypted-communication" else claimed
    for bearing in known.bearings("tls-versions-are-current"):
        values = [tls_rank(one.value) for one in known.facts(bearing) if isinstance(one, TlsSetting)]
        if any(one < least for one in values):
            yield by("contradicted", bearing)
    for observation, setting in known.evidence.of(TlsSetting):
        if setting.setting == "minimum-version" and setting.active and 0 <= tls_rank(setting.value) < least:
            yield from _accepting(observation, setting, known)


def _accepting(observation: Observation, setting: TlsSetting, known: Known) -> Iterator[Answer]:
    for service in known.started:
        offered = [one for one, said in known.standings.settings(service) if offers_tls(said)]
        is_same = service.fact.program == setting.client and service.tree == tree_of(observation.where)
        if is_same and (offered or service.fact.encrypted):
            why = message("{client} is started and accepts {version}", client=setting.client, version=setting.value)
            seen = (observation, service.observation, *offered[:1])
            yield Answer("contradicted", why, known.numbers(seen))


def _doubt(claim: Claim, known: Known) -> Answer:
    """Say what may contradict the claim; else that nothing was seen that does."""
    for service in known.standings.services:
        if service.is_reached and not service.fact.encrypted and _concerns(claim, [service.fact]):
            return untested("{program} may speak {protocol} without encryption",
                            program=service.fact.program, protocol=service.fact.protocol)  # fmt: skip
    for bearing in known.bearings("personal-data-goes-encrypted", "suspects"):
        if _concerns(claim, list(known.facts(bearing))):
            return Answer("untested", bearing.why)
    return untested("nothing in clear was seen; what compiled programs send is seen on a live unit only")
