"""Tells whether a feature that is claimed to be absent is: seen, or looked for and not seen, or not looked for.

A row of the ICS that is not applicable is taken only when the condition is named and true (TS 103 701, clause 4), so
the feature must have been looked for in an image that was opened and understood as the engine asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from plimsoll.judge._claim_evidence import Answer, Known, untested
from plimsoll.judge._claim_words import Feature
from plimsoll.judge.rules._looked_through import is_looked_through
from plimsoll.judge.rules._sensor_words import SENSES, sensor_words
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Account, Credential, Endpoint, Sensor, UpdateClient
from plimsoll.model.message import message

_STEERED = ("telnet", "rlogin", "rsh", "ssh", "http", "https", "snmp", "upnp", "mqtt", "cwmp", "onvif", "smb", "ftp")
"""Protocols through which settings may be changed over a network."""


def absence(feature: Feature | None, known: Known, words: str = "") -> Answer:
    """Answer the claim that a feature is absent; words narrow it down where the feature has kinds."""
    if feature is None:
        return untested("whether it is absent cannot be seen in what was given")
    return _ABSENCES[feature](known, words)


def passwords(known: Known, words: str = "") -> Answer:
    """Answer the claim that no passwords are used."""
    for login in known.logins:
        if login.answer == "yes" and login.entry.caller.password != "empty":
            why = message(
                "{program} is started and asks {account} for a password",
                program=login.service.fact.program,
                account=login.entry.caller.name,
            )
            return Answer("contradicted", why, known.numbers(login.observations))
    for bearing in known.bearings("no-fixed-account-is-accepted"):
        if any(isinstance(fact, Credential) for fact in known.facts(bearing)):
            return Answer("contradicted", bearing.why, bearing.observations)
    if known.logins:
        name = known.logins[0].entry.caller.name
        return untested("a service may let in {account} with a password; that it does was not seen", account=name)
    asking = [one for one in known.standings.services if one.fact.login != "none" and one.fact.reach != "local"]
    if asking:
        return untested("{program} may ask for a password", program=asking[0].fact.program)
    for _, account in known.evidence.of(Account):
        if account.active and account.login_shell and account.password in ("hashed", "clear", "expired"):
            return untested("{account} has a password; nothing that asks for it was seen", account=account.name)
    needs = ("accounts", "credentials", "password-provisioning", "startup", "services", "service-settings")
    return _not_seen(known, needs, "no password, and nothing that asks for one,")


def _authentication(known: Known, words: str) -> Answer:
    answer = passwords(known)
    if answer.outcome == "borne-out":
        return untested("no password was seen; whether something else authenticates was not looked for")
    return answer


def _updates(known: Known, words: str) -> Answer:
    clients = [one for one, _ in known.evidence.of(UpdateClient)]
    if clients or known.ways:
        names = ", ".join(sorted({way.label for way in known.ways})[:3])
        seen = clients or [one for way in known.ways for one in way.observations]
        return _seen(known, "{clients} renews software", seen, clients=names)
    return _not_seen(known, ("updates", "startup"), "nothing that renews the software")


def _automatic_updates(known: Known, words: str) -> Answer:
    looking = known.bearings("updates-are-sought-automatically", "supports")
    if looking:
        return Answer("contradicted", looking[0].why, looking[0].observations)
    if known.ways:
        return untested("{client} may look for updates by itself", client=known.ways[0].label)
    return _not_seen(known, ("updates", "startup"), "nothing that looks for updates")


def _settings(known: Known, words: str) -> Answer:
    steered = [one for one in known.started if one.fact.protocol in _STEERED]
    if steered:
        seen = [one.observation for one in steered]
        return _seen(known, "{program} is started and takes orders from the network", seen,
                     program=steered[0].fact.program)  # fmt: skip
    reached = [one for one in known.standings.services if one.is_reached]
    if reached:
        return untested("{program} may be reached from the network", program=reached[0].fact.program)
    return _not_seen(known, ("startup", "services"), "no service that takes orders")


def _debug(known: Known, words: str) -> Answer:
    consoles = [one for one in known.standings.services if one.fact.reach == "physical" and one.standing == "started"]
    consoles += [one for one in known.started if one.fact.protocol in ("adb", "gdb")]
    if consoles:
        seen = [one.observation for one in consoles]
        return _seen(
            known, "{program} is started on an interface for debugging", seen, program=consoles[0].fact.program
        )
    return untested("interfaces for debugging that are built into the hardware cannot be seen in what was given")


def _sensors(known: Known, words: str) -> Answer:
    read = sensor_words(words)
    kinds = read.named | read.denied or frozenset(SENSES)
    seen = [(one, fact) for one, fact in known.evidence.of(Sensor) if fact.kind in kinds]
    if seen:
        names = ", ".join(sorted({SENSES[fact.kind] for _, fact in seen}))
        return _seen(known, "the software serves {sensors}", [one for one, _ in seen], sensors=names)
    return _not_seen(known, ("sensors",), "no sign of it in the software")


def _telemetry(known: Known, words: str) -> Answer:
    sent = [(one, fact) for one, fact in known.evidence.of(Endpoint) if fact.purpose == "telemetry"]
    active = [one for one, fact in sent if fact.active]
    if active:
        host = next(fact.host for _, fact in sent if fact.active)
        return _seen(known, "an address for telemetry is set: {host}", active, host=host)
    if sent:
        return untested("an address for telemetry is in a program or document: {host}", host=sent[0][1].host)
    return _not_seen(known, ("endpoints", "startup"), "no address for telemetry")


def _seen(known: Known, template: str, observations: Iterable[Observation], **words: str) -> Answer:
    return Answer("contradicted", message(template, **words), known.numbers(observations))


def _not_seen(known: Known, needs: tuple[str, ...], what: str) -> Answer:
    """Bear the claim out when all that could show the feature was looked through."""
    if not is_looked_through(known.evidence, *needs):
        return untested(what + " was seen; the firmware was not looked through as a whole")
    if not known.is_startup_known:
        return untested(what + " was seen; what the firmware starts is not known")
    return Answer("borne-out", message(what + " was seen in firmware that was looked through as a whole"))


_ABSENCES: Mapping[Feature, Callable[[Known, str], Answer]] = {
    "passwords": passwords,
    "authentication": _authentication,
    "updates": _updates,
    "automatic-updates": _automatic_updates,
    "settings": _settings,
    "debug": _debug,
    "sensors": _sensors,
    "telemetry": _telemetry,
}
