"""From a fact to words: what was seen, in short clauses, and never how bad it is.

Each clause is a message of its own, so that the clauses can be translated one by one and be joined by commas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from plimsoll.model import facts
from plimsoll.model.facts import Fact
from plimsoll.model.facts.claim import Statement
from plimsoll.model.facts.service import StartState
from plimsoll.model.message import Message, message
from plimsoll.report._exposure_words import REACHES, exposure
from plimsoll.report._login_words import EXAMPLE, describe_login
from plimsoll.report._privacy_words import describe_privacy
from plimsoll.report._signature_words import describe_public_key, describe_signature
from plimsoll.report._software_words import describe_software
from plimsoll.report._tls_words import describe_tls
from plimsoll.report._vulnerability_words import build, vulnerability
from plimsoll.report.updating import describe_updating
from plimsoll.report.visible import say

STARTS: Mapping[StartState, Message] = {
    "always": message("started at boot"),
    "first-boot": message("started while the product has no settings of its own yet"),
    "conditional": message("started under a condition"),
    "on-demand": message("started when a connection or an event comes"),
    "disabled": message("its start is switched off"),
    "not-started": message("present, and nothing starts it"),
}
"""What each way of starting means."""

CLAIMS: dict[Statement, str] = {
    "supported": "it is followed",
    "not-supported": "it is not followed",
    "not-applicable": "it does not apply",
    "no-passwords": "no passwords are used",
    "password-per-device": "each unit has a password of its own",
    "password-user-set": "the user sets the password",
    "updates-signed": "updates are signed",
    "updates-automatic": "updates come by themselves",
    "encrypted-communication": "communication is encrypted",
    "tls-minimum": "the oldest TLS that is spoken",
    "sensor": "a sensor",
    "telemetry": "telemetry",
    "support-period": "a support period is published",
    "no-support-period": "no support period is published",
    "disclosure-policy": "a disclosure policy is published",
    "interface": "an interface",
    "no-feature": "the product does not have it",
}
"""What each statement of a claim means."""

_OVERRULED = message("in a file that nothing reads, or overruled by another setting")


def tell(fact: Fact) -> str:
    """Say what was seen, as one line."""
    return ", ".join(say(clause) for clause in describe(fact))


def describe(fact: Fact) -> tuple[Message, ...]:
    """Say what was seen, in clauses; the first one names the thing."""
    return tuple(_describe(fact))


def _describe(fact: Fact) -> Iterator[Message]:
    match fact:
        case facts.Account() | facts.PasswordHash() | facts.GuessedPassword() | facts.PasswordProvisioning():
            return describe_login(fact)
        case facts.AccountStoreCopy() | facts.UnpackedArchive() | facts.AuthorizedKey() | facts.Credential():
            return describe_login(fact)
        case facts.StoreReader() | facts.HiddenEntrance() | facts.SecretProvisioning() | facts.BlankPassword():
            return describe_login(fact)
        case facts.PrivateKey() | facts.Certificate():
            return _key(fact)
        case facts.StartedProgram() | facts.Service() | facts.ServiceSetting():
            return _service(fact)
        case facts.Component() | facts.InstalledComponent() | facts.OperatingSystem() | facts.PackagedFile():
            return describe_software(fact)
        case facts.BuiltInApplets() | facts.KernelConfiguration() | facts.KernelModules():
            return describe_software(fact)
        case facts.Executable() | facts.Sensor():
            return describe_software(fact)
        case facts.UpdateClient() | facts.UpdateTrust():
            return _update(fact)
        case facts.UpdateKey() | facts.UpdateGuard() | facts.PublishedKey() | facts.UpdateWay():
            return describe_updating(fact)
        case facts.UpdateSignature():
            return describe_signature(fact)
        case facts.PublicKey():
            return describe_public_key(fact)
        case facts.Endpoint() | facts.TlsSetting():
            return _connection(fact)
        case facts.TlsProgram():
            return describe_tls(fact)
        case facts.Claim():
            return _claim(fact)
        case facts.VexStatement():
            return _statement(fact)
        case facts.DisclosurePolicy() | facts.PolicyTerm() | facts.SecurityTxt() | facts.Search():
            return _policy(fact)
        case facts.SupportPeriod() | facts.AdvisorySource() | facts.MakerPage() | facts.CveAuthority():
            return _published(fact)
        case facts.KnownVulnerability() | facts.NoneKnown() | facts.NotCompared() | facts.SupportEnd():
            return vulnerability(fact)
        case facts.SoftwareAge():
            return vulnerability(fact)
        case facts.BuildDate() | facts.PatchNote():
            return build(fact)
        case facts.FirewallRule() | facts.WirelessNetwork() | facts.ControlLink():
            return exposure(fact)
        case facts.DebugSetting() | facts.SeedFile() | facts.KeyFile() | facts.RemoteAccess():
            return exposure(fact)
        case facts.BuiltInAlgorithms():
            return exposure(fact)
        case facts.Residue() | facts.Volume() | facts.DataStore() | facts.KnownHost():
            return describe_privacy(fact)
        case facts.TelemetrySwitch() | facts.SentIdentifier() | facts.LoggedSecret():
            return describe_privacy(fact)
        case facts.FactoryReset() | facts.Erasure():
            return describe_privacy(fact)
    assert_never(fact)


def _key(fact: facts.PrivateKey | facts.Certificate) -> Iterator[Message]:
    match fact:
        case facts.PrivateKey(kind, bits, container, encrypted, public_digest, purpose):
            yield message("private key ({kind}, {container})", kind=kind, container=container)
            if bits is not None:
                yield message("{bits} bits", bits=bits)
            if purpose:
                yield message("for {purpose}", purpose=purpose)
            if encrypted:
                yield message("encrypted")
            if fact.password is not None:
                yield message("behind the published password {password}", password=fact.password or "(empty)")
            if public_digest:
                yield message("public half {digest}", digest=public_digest[:16])
            if not fact.active:
                yield EXAMPLE
        case facts.Certificate(subject, issuer, not_before, not_after, key_kind, key_bits, signature):
            yield message("certificate of {subject}", subject=subject or "(no name)")
            yield message("by itself") if fact.self_signed else message("by {issuer}", issuer=issuer or "(no name)")
            yield message("valid {since} to {until}", since=not_before, until=not_after)
            yield message("{kind} {bits}, {hash}", kind=key_kind, bits=key_bits or "?", hash=signature)
            yield message("public half {digest}", digest=fact.public_digest[:16])
            if fact.is_ca:
                yield message("an authority")


def _service(fact: facts.StartedProgram | facts.Service | facts.ServiceSetting) -> Iterator[Message]:
    match fact:
        case facts.StartedProgram(program, command, mechanism, state, _, user, condition):
            yield message("{program} by {mechanism}", program=program, mechanism=mechanism)
            yield _start(state, condition)
            if user:
                yield message("as {user}", user=user)
            if fact.bound:
                yield message("for connections to {address}", address=fact.bound)
            yield message("command `{command}`", command=command)
        case facts.ServiceSetting(service, key, value, active):
            yield message("setting of {service}: {key} {value}", service=service, key=key, value=value)
            if not active:
                yield _OVERRULED
        case facts.Service(program, protocol, state, login):
            yield message("{program} ({protocol})", program=program, protocol=protocol)
            yield _start(state, fact.condition)
            if fact.port is not None:
                yield message("port {port}", port=str(fact.port))
            if fact.reach in REACHES:
                yield REACHES[fact.reach]
            yield LOGINS[login]
            if fact.accepts_empty_password:
                yield message("an empty password is let in")


LOGINS = {
    "system": message("asks for an account of the system"),
    "own": message("has accounts of its own"),
    "none": message("asks for no login"),
    "unknown": message("whose accounts it asks for is not known"),
}
"""Whose accounts a service asks for."""


def _start(state: StartState, condition: str) -> Message:
    if condition:
        return message(STARTS[state].template + ": {condition}", condition=condition)
    return STARTS[state]


def _update(fact: facts.UpdateClient | facts.UpdateTrust) -> Iterator[Message]:
    match fact:
        case facts.UpdateClient(name, state, automatic, interval_s):
            yield message("update client {name}", name=name)
            if state != "conditional":
                yield STARTS[state]
            if automatic is not None:
                yield message("looks by itself") if automatic else message("does not look by itself")
            if interval_s is not None:
                yield message("every {seconds} seconds", seconds=interval_s)
        case facts.UpdateTrust(client, check, state, algorithm, key_digest):
            yield message(_CHECKS[check], client=client)
            yield _SWITCHES[state]
            if algorithm:
                yield message("{algorithm}", algorithm=algorithm)
            if key_digest:
                yield message("key {digest}", digest=key_digest[:16])


_CHECKS = {
    "signature": "signature check of {client}",
    "checksum": "checksum check of {client}",
    "certificate": "check of the peer's certificate by {client}",
    "none": "{client} checks nothing",
}
_SWITCHES = {
    "on": message("switched on"),
    "off": message("switched off"),
    "never": message("not to be had"),
    "unknown": message("whether it is on is not known"),
}


def _connection(fact: facts.Endpoint | facts.TlsSetting) -> Iterator[Message]:
    match fact:
        case facts.Endpoint(scheme, host, port, path, purpose):
            address = host if port is None else f"{host}:{port}"
            yield message("address {address}", address=f"{scheme}://{address}/{path.lstrip('/')}")
            if purpose != "unknown":
                yield message("for " + purpose)
            if fact.used_by:
                yield message("in {program}", program=fact.used_by)
            if not fact.active:
                yield message("not in anything that is read or run as a setting")
        case facts.TlsSetting(client, setting, value, endpoint, active):
            yield message("TLS setting of {client}: {setting} {value}", client=client, setting=setting, value=value)
            if endpoint:
                yield message("for {endpoint}", endpoint=endpoint)
            if not active:
                yield EXAMPLE


def _claim(fact: facts.Claim) -> Iterator[Message]:
    place = " ".join(part for part in (fact.table, fact.row) if part) or f"ICS {fact.provision}".strip()
    yield message("{place} claims: " + CLAIMS[fact.statement], place=place)
    if fact.value:
        yield message("“{value}”", value=fact.value)


def _statement(fact: facts.VexStatement) -> Iterator[Message]:
    yield message("the maker says of {id}: {status}", id=fact.vulnerability, status=fact.status)
    if fact.statement or fact.justification:
        yield message("“{ground}”", ground=fact.statement or fact.justification)


def _policy(fact: facts.DisclosurePolicy | facts.PolicyTerm | facts.SecurityTxt | facts.Search) -> Iterator[Message]:
    match fact:
        case facts.DisclosurePolicy(url, contact):
            yield message("disclosure policy at {url}", url=url)
            yield message("reports go to {contact}", contact=contact) if contact else message("no contact is named")
            if fact.acknowledgement_time:
                yield message("says when a report is acknowledged")
            if fact.status_updates:
                yield message("promises updates until the matter is resolved")
            if fact.covers == "website":
                yield message("for the website only")
            if fact.language != "en":
                yield message("in the language {language}, not read", language=fact.language)
        case facts.PolicyTerm(_, term, value):
            yield message("the policy says: {term}", term=term)
            if value:
                yield message("{value}", value=value)
        case facts.SecurityTxt(url):
            yield message("security.txt at {url}", url=url)
            yield message("reports go to {contact}", contact=", ".join(fact.contacts) or "nobody")
            if fact.expires_on:
                yield message("expired on {date}" if fact.expired else "valid until {date}", date=fact.expires_on)
            for address in fact.dead:
                yield message("{address} leads nowhere", address=address)
            for fault in fact.faults:
                yield message("fault: {fault}", fault=fault)
        case facts.Search(subject, outcome, places):
            yield message("looked for {subject} at {count} addresses", subject=subject, count=places)
            yield message("{outcome}", outcome=outcome)


def _published(
    fact: facts.SupportPeriod | facts.AdvisorySource | facts.MakerPage | facts.CveAuthority,
) -> Iterator[Message]:
    match fact:
        case facts.SupportPeriod(model, ends_on):
            yield message("support period of {model}", model=model) if model else message("support period of the brand")
            if fact.years:
                yield message("{years} years", years=fact.years)
            if fact.lifetime:
                yield message("for a lifetime, which is no period")
            yield message("ends on {date}", date=ends_on) if ends_on else message("no date can be formed")
        case facts.AdvisorySource(url, kind, role, last_on, missing):
            yield message("advisories ({kind}) at {url}", kind=kind, url=url)
            if role:
                yield message("role {role}", role=role)
            if last_on:
                yield message("last on {date}", date=last_on)
            if missing:
                yield message("requirements that do not hold: {numbers}", numbers=", ".join(missing))
        case facts.CveAuthority(name, domain):
            yield message("{domain} is the CVE numbering authority {name}", domain=domain, name=name)
        case facts.MakerPage(subject, url, names_model):
            yield message("page on {subject} at {url}", subject=subject, url=url)
            if names_model:
                yield message("names the model")
