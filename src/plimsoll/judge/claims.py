"""Sets each claim of a declaration against the evidence, and names what was seen and is not declared.

A claim is borne out, contradicted, or untested; it is never evidence itself and bears on no verdict. What a rule
decides is taken from the judgement, so that a claim and a verdict never disagree about the same bytes. What an ICS and
the tables of an IXIT state is described in TS 103 701.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from plimsoll.catalogue import load
from plimsoll.judge._claim_evidence import Answer, Known, by, untested
from plimsoll.judge._claim_words import feature, feature_of, interface, says_none, speaks_of_all
from plimsoll.judge._claimed_absence import absence, passwords
from plimsoll.judge._claimed_communication import encrypted
from plimsoll.judge.engine import Judgement, judge
from plimsoll.judge.rules import RULES
from plimsoll.judge.rules._sensor_words import SENSES, sensor_words
from plimsoll.model.assessment import Bearing, ClaimResult, Undeclared
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Account,
    Claim,
    Credential,
    DisclosurePolicy,
    Endpoint,
    PasswordProvisioning,
    Sensor,
    Service,
    SupportPeriod,
)
from plimsoll.model.facts.claim import Statement
from plimsoll.model.message import message
from plimsoll.model.verdict import Verdict

_SUPPORT_PERIOD = "5.3-13"
_FORGEABLE = re.compile(r"md[245]|sha-?1(?![0-9])|crc|rsa-?(?:512|768)(?![0-9])")
_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_YEAR = re.compile(r"\b20\d\d\b")
_ADDRESS = re.compile(
    r"(?<![@\w.-])(?:https?://)?(?:www\.)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?:/[^\s<>\"']*)?)",
    re.IGNORECASE,
)


def weigh_claims(evidence: Evidence, judgement: Judgement | None = None) -> tuple[ClaimResult, ...]:
    """Say what became of each claim, in the order of the observations; without a judgement, make it by all rules."""
    if not any(True for _ in evidence.of(Claim)):
        return ()
    known = Known(evidence, judgement or judge(evidence, load(), RULES))
    answers: dict[Claim, Answer] = {}
    results: list[ClaimResult] = []
    for number, observation in enumerate(evidence.observations):
        claim = observation.fact
        if isinstance(claim, Claim):
            if claim not in answers:
                answers[claim] = _answer(claim, known)
            answer = answers[claim]
            results.append(ClaimResult(number, answer.outcome, answer.why, answer.observations))
    return tuple(results)


def _answer(claim: Claim, known: Known) -> Answer:
    try:
        return _ANSWERS[claim.statement](claim, known)
    except Exception as error:  # noqa: BLE001 - the one boundary around each claim
        return untested("the claim could not be set against the evidence: {error}", error=type(error).__name__)


def undeclared(evidence: Evidence) -> tuple[Undeclared, ...]:
    """Name sensors, telemetry and services that were seen and that no claim names; nothing where nothing is claimed."""
    claims = [claim for _, claim in evidence.of(Claim)]
    if not claims:
        return ()
    known = Known(evidence, Judgement((), (), ()))
    return (*_sensors_besides(claims, known), *_telemetry_besides(claims, known), *_services_besides(claims, known))


def _sensors_besides(claims: list[Claim], known: Known) -> Iterator[Undeclared]:
    named = {kind for one in claims if one.statement == "sensor" for kind in sensor_words(one.value).named}
    seen: dict[str, list[Observation]] = {}
    for observation, sensor in known.evidence.of(Sensor):
        if sensor.kind not in named:
            seen.setdefault(sensor.kind, []).append(observation)
    for kind, observations in sorted(seen.items()):
        why = message("the software serves {sensor}, which the declaration does not name", sensor=SENSES[kind])
        yield Undeclared("sensor", why, known.numbers(observations))


def _telemetry_besides(claims: list[Claim], known: Known) -> Iterator[Undeclared]:
    if any(one.statement == "telemetry" and not says_none(one.value) for one in claims):
        return
    seen: dict[str, list[Observation]] = {}
    for observation, endpoint in known.evidence.of(Endpoint):
        if endpoint.purpose == "telemetry" and endpoint.active:
            seen.setdefault(endpoint.host, []).append(observation)
    for host, observations in sorted(seen.items()):
        why = message("an address for telemetry is set ({host}), and the declaration names no telemetry", host=host)
        yield Undeclared("telemetry", why, known.numbers(observations))


def _services_besides(claims: list[Claim], known: Known) -> Iterator[Undeclared]:
    """Name services that are started, reached from the network, and named neither by port nor by protocol."""
    named = [interface(one.value) for one in claims if one.statement == "interface"]
    seen: dict[tuple[str, str, int | None], list[Observation]] = {}
    for service in known.started:
        fact = service.fact
        if not any(one.may_mean(fact.protocol, fact.port) and not one.is_off for one in named):
            seen.setdefault((fact.program, fact.protocol, fact.port), []).append(service.observation)
    for (program, protocol, port), observations in sorted(seen.items(), key=str):
        why = message(
            "{program} is started and speaks {protocol} on port {port}, which the declaration does not name",
            program=program,
            protocol=protocol,
            port=port or "unknown",
        )
        yield Undeclared("interface", why, known.numbers(observations))


def _supported(claim: Claim, known: Known) -> Answer:
    """Answer a row of the ICS that says yes: by the verdict on its provision, and by what its own tables say."""
    own = [one for one, other in known.claims if other.statement == "no-support-period"]
    if own and claim.provision == _SUPPORT_PERIOD:
        why = message("the declaration says itself that no support period is published")
        return Answer("contradicted", why, known.numbers(own))
    return _by_provision(claim, known, holds="borne-out", fails="contradicted")


def _not_supported(claim: Claim, known: Known) -> Answer:
    return _by_provision(claim, known, holds="contradicted", fails="borne-out")


def _by_provision(
    claim: Claim,
    known: Known,
    *,
    holds: Literal["borne-out", "contradicted"],
    fails: Literal["borne-out", "contradicted"],
) -> Answer:
    verdict, deciding = known.of_provision(claim.provision)
    numbers = tuple(sorted({number for bearing in deciding for number in bearing.observations}))
    if verdict is Verdict.PASS and deciding:
        return Answer(holds, deciding[0].why, numbers)
    if verdict is Verdict.FAIL and deciding:
        return Answer(fails, deciding[0].why, numbers)
    return untested("what was looked at does not decide {provision}", provision=claim.provision or "it")


def _not_applicable(claim: Claim, known: Known) -> Answer:
    """Answer a row of the ICS that does not apply: the feature that it depends on must have been looked for."""
    verdict, deciding = known.of_provision(claim.provision)
    if verdict is Verdict.FAIL and deciding:
        return by("contradicted", deciding[0])
    statuses = [one.status for one in load().provisions if one.id == claim.provision]
    return absence(feature_of(statuses[0]) if statuses else None, known)


def _no_feature(claim: Claim, known: Known) -> Answer:
    return absence(feature(claim.value), known, claim.value)


def _no_passwords(claim: Claim, known: Known) -> Answer:
    return passwords(known)


def _own_password(claim: Claim, known: Known) -> Answer:
    """Answer the claim that a password is set per unit or by the user: none that all units share may be accepted."""
    for bearing in known.bearings("no-fixed-account-is-accepted"):
        facts = list(known.facts(bearing))
        is_password = any(isinstance(one, Account | Credential | PasswordProvisioning) for one in facts)
        if is_password and _is_meant(claim, [one for one in facts if isinstance(one, Service)]):
            return by("contradicted", bearing)
    return untested("no password that all units share was seen to be accepted; two units would show how they differ")


def _is_meant(claim: Claim, services: list[Service]) -> bool:
    """Tell whether a claim is about one of some services, or about all there are."""
    meant = interface(claim.value)
    return speaks_of_all(claim.value) or any(meant.may_mean(one.protocol, one.port) for one in services)


def _signed(claim: Claim, known: Known) -> Answer:
    """Answer the claim that updates are signed: every way to renew the software that was seen must ask for it."""
    for way in known.ways:
        if way.standing == "started" and way.channel == "open" and way.check in ("nothing", "checksum"):
            template = "{client}, which is started, fetches from whoever answers and installs without a signature"
            seen = (*way.observations, *way.addresses)
            return Answer("contradicted", message(template, client=way.label), known.numbers(seen))
    if not known.ways:
        return untested("nothing that renews the software was found")
    for way in known.ways:
        if way.channel == "open" and way.check in ("nothing", "checksum"):
            return untested("{client} installs without a signature; that it is started was not seen", client=way.label)
        if way.check != "signature":
            return untested("{client} is not seen to ask for a signature, nor to install without one", client=way.label)
        if any(_FORGEABLE.search(one) for one in way.algorithms):
            return untested("{client} asks for a signature that can be forged", client=way.label)
    seen_ways = [one for way in known.ways for one in way.observations]
    names = ", ".join(sorted({way.label for way in known.ways})[:3])
    why = message("{clients} asks for a signature, and no other way to renew the software was seen", clients=names)
    return Answer("borne-out", why, known.numbers(seen_ways))


def _automatic(claim: Claim, known: Known) -> Answer:
    looking = known.bearings("updates-are-sought-automatically", "supports")
    if looking:
        return by("borne-out", looking[0])
    switched_off = known.bearings("updates-are-sought-automatically", "suspects")
    if switched_off:
        return by("contradicted", switched_off[0])
    return untested("nothing that looks for updates by itself was seen to be started")


def _sensor(claim: Claim, known: Known) -> Answer:
    words = sensor_words(claim.value)
    if words.denied or says_none(claim.value):
        return absence("sensors", known, claim.value)
    seen = [one for one, fact in known.evidence.of(Sensor) if fact.kind in words.named]
    if seen:
        return Answer("borne-out", message("the software serves the sensor that is declared"), known.numbers(seen))
    return untested("no sign of this sensor was seen in the software")


def _telemetry(claim: Claim, known: Known) -> Answer:
    if says_none(claim.value):
        return absence("telemetry", known)
    seen = [one for one, fact in known.evidence.of(Endpoint) if fact.purpose == "telemetry" and fact.active]
    if seen:
        return Answer("borne-out", message("an address for telemetry is set"), known.numbers(seen))
    return untested("no address for telemetry was seen")


def _support_period(claim: Claim, known: Known) -> Answer:
    """Answer the claim that a support period is published, until the date that is claimed where one is."""
    own = [one for one, other in known.claims if other.statement == "no-support-period"]
    if own:
        why = message("the declaration says itself that no support period is published")
        return Answer("contradicted", why, known.numbers(own))
    rule = "support-period-is-published"
    if refuting := known.bearings(rule):
        return by("contradicted", refuting[0])
    for bearing in known.bearings(rule, "confirms"):
        ends = [one.ends_on for one in known.facts(bearing) if isinstance(one, SupportPeriod) and one.ends_on]
        return _compared(claim.value, ends, bearing)
    return untested("whether a support period is published for the model was not seen")


def _compared(text: str, ends: list[str], bearing: Bearing) -> Answer:
    """Set the end that is claimed against those that are published; a date in words by its year alone."""
    claimed = _DATE.search(text)
    if claimed is None:
        years = _YEAR.findall(text)
        if not text.strip() or any(end[:4] in years for end in ends):
            return by("borne-out", bearing)
        return untested("the end that is published ({ends}) is not named in what is claimed", ends=", ".join(ends[:3]))
    if any(end.startswith(claimed[0]) or claimed[0].startswith(end) for end in ends):
        return by("borne-out", bearing)
    why = message("another end is published than the one that is claimed: {ends}", ends=", ".join(ends[:3]))
    return Answer("contradicted", why, bearing.observations)


def _no_support_period(claim: Claim, known: Known) -> Answer:
    rule = "support-period-is-published"
    if confirming := known.bearings(rule, "confirms"):
        return by("contradicted", confirming[0])
    if refuting := known.bearings(rule):
        return by("borne-out", refuting[0])
    return untested("whether a support period is published for the model was not seen")


def _disclosure_policy(claim: Claim, known: Known) -> Answer:
    """Answer the claim that a policy is published: at the address that is claimed, where one is."""
    rule = "disclosure-policy-is-published"
    if refuting := known.bearings(rule):
        return by("contradicted", refuting[0])
    address = _address(claim.value)
    for bearing in known.bearings(rule, "confirms"):
        urls = [_address(one.url) for one in known.facts(bearing) if isinstance(one, DisclosurePolicy)]
        if not address or address in urls:
            return by("borne-out", bearing)
    return untested("whether a policy with all that is asked is published there was not seen")


def _address(text: str) -> str:
    """Give an address without what differs between spellings of it; empty when the text holds none."""
    match = _ADDRESS.search(text)
    return match[1].rstrip("/.,;)").casefold() if match else ""


def _interface(claim: Claim, known: Known) -> Answer:
    """Answer the claim that there is an interface, or that it is switched off."""
    meant = interface(claim.value)
    fitting = [one for one in known.standings.services if meant.names(one.fact.protocol, one.fact.port)]
    started = [one for one in fitting if one.standing == "started" and one.fact.reach != "local"]
    if started:
        words = {"program": started[0].fact.program, "protocol": started[0].fact.protocol}
        why = message("{program} is started and speaks {protocol}", **words)
        outcome: Literal["borne-out", "contradicted"] = "contradicted" if meant.is_off else "borne-out"
        return Answer(outcome, why, known.numbers(one.observation for one in started))
    if fitting:
        return untested("{program} may be started; that it is was not seen", program=fitting[0].fact.program)
    return untested("nothing that is started was seen to offer this interface")


_ANSWERS: Mapping[Statement, Callable[[Claim, Known], Answer]] = {
    "supported": _supported,
    "not-supported": _not_supported,
    "not-applicable": _not_applicable,
    "no-passwords": _no_passwords,
    "password-per-device": _own_password,
    "password-user-set": _own_password,
    "updates-signed": _signed,
    "updates-automatic": _automatic,
    "encrypted-communication": encrypted,
    "tls-minimum": encrypted,
    "sensor": _sensor,
    "telemetry": _telemetry,
    "support-period": _support_period,
    "no-support-period": _no_support_period,
    "disclosure-policy": _disclosure_policy,
    "interface": _interface,
    "no-feature": _no_feature,
}
