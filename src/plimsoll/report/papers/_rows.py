"""What was seen, as rows of the IXIT tables of ETSI TS 103 701 V2.1.1: which field each kind of fact can fill.

A row says what was seen and never what is intended: guarantees, purposes and reasons are the maker's to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.locator import Place
from plimsoll.report._login_words import PASSWORDS
from plimsoll.report.facts import LOGINS, STARTS, tell
from plimsoll.report.papers._evidence import observations_of
from plimsoll.report.visible import clip, say


class SeenRow(msgspec.Struct, frozen=True):
    """One thing that was seen, as far as it fills a row."""

    fields: Mapping[str, str]
    """By name of the field; what is not here is the maker's to fill."""
    where: Place


def seen_rows(assessment: Assessment, table: str) -> tuple[SeenRow, ...]:
    """Give the rows of a table that can be begun from what was seen, each different one once."""
    rows: dict[tuple[tuple[str, str], ...], SeenRow] = {}
    for row in _TABLES[table](assessment) if table in _TABLES else ():
        rows.setdefault(tuple(row.fields.items()), row)
    return tuple(rows.values())


def _authentication(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Service):
        if fact.login in ("system", "own") and fact.state != "not-started":
            yield SeenRow({"Description": f"login of {tell(fact)}"}, one.where)
    for one, account in observations_of(assessment, facts.Account):
        if account.active and account.password in ("hashed", "clear", "empty", "expired"):
            factor = "none" if account.password == "empty" else "password"
            description = f"account {account.name}, {say(PASSWORDS[account.password])}"
            yield SeenRow({"Description": description, "Authentication Factor": factor}, one.where)
    for one, key in observations_of(assessment, facts.AuthorizedKey):
        yield SeenRow({"Description": tell(key), "Authentication Factor": "key"}, one.where)


def _components(assessment: Assessment) -> Iterator[SeenRow]:
    merged = list(observations_of(assessment, facts.InstalledComponent))
    for one, installed in merged:
        version = installed.version or "version not stated"
        yield SeenRow({"Description": f"{clip(installed.name)} {clip(version)}"}, one.where)
    for one, fact in observations_of(assessment, facts.Component) if not merged else ():
        if fact.linkage != "dynamic":
            version = fact.version or "version not stated"
            yield SeenRow({"Description": f"{clip(fact.name)} {clip(version)}"}, one.where)


def _updates(assessment: Assessment) -> Iterator[SeenRow]:
    checks: dict[str, dict[str, None]] = {}
    for _, trust in observations_of(assessment, facts.UpdateTrust):
        checks.setdefault(trust.client, {})[tell(trust)] = None
    for one, fact in observations_of(assessment, facts.UpdateClient):
        fields = {"Description": f"{clip(fact.name)}, {say(STARTS[fact.state])}"}
        if found := checks.pop(fact.name, None):
            fields["Cryptographic Details"] = "; ".join(found)
        if fact.automatic is not None:
            fields["Update Checking"] = "looks by itself" if fact.automatic else "does not look by itself"
        yield SeenRow(fields, one.where)
    for one, trust in observations_of(assessment, facts.UpdateTrust):
        if trust.client in checks:
            details = "; ".join(checks.pop(trust.client))
            yield SeenRow({"Description": clip(trust.client), "Cryptographic Details": details}, one.where)


def _parameters(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.PrivateKey):
        if fact.active:
            fields = {"Description": tell(fact), "Type": "critical", "Provisioning Mechanism": "part of the image"}
            yield SeenRow(fields, one.where)
    for one, secret in observations_of(assessment, facts.Credential):
        if secret.active and not secret.placeholder:
            fields = {"Description": tell(secret), "Type": "critical", "Provisioning Mechanism": "part of the image"}
            yield SeenRow(fields, one.where)


def _communication(assessment: Assessment) -> Iterator[SeenRow]:
    """Leave out addresses in clear without a known purpose: most of them are names of document types."""
    for one, fact in observations_of(assessment, facts.Endpoint):
        if fact.active and (fact.scheme in _ENCRYPTED or fact.purpose != "unknown"):
            yield SeenRow({"Description": _peer(fact)}, one.where)
    for one, setting in observations_of(assessment, facts.TlsSetting):
        if setting.active:
            fields = {"Description": f"TLS of {clip(setting.client)}", "Cryptographic Details": tell(setting)}
            yield SeenRow(fields, one.where)
    for one, service in observations_of(assessment, facts.Service):
        if service.encrypted and service.state != "not-started":
            yield SeenRow({"Description": f"{clip(service.program)} ({clip(service.protocol)})"}, one.where)


def _peer(fact: facts.Endpoint) -> str:
    """Name the other end without its path, so that all addresses on one server are one row."""
    address = f"{fact.scheme} to {fact.host}" if fact.port is None else f"{fact.scheme} to {fact.host}:{fact.port}"
    return clip(address) if fact.purpose == "unknown" else f"{clip(address)}, for {fact.purpose}"


_ENCRYPTED = (
    "https",
    "mqtts",
    "wss",
    "coaps",
    "ftps",
    "ldaps",
    "rtsps",
    "sips",
    "smtps",
    "imaps",
    "ssh",
    "sftp",
    "tls",
)
"""Schemes of addresses that are spoken to over an encrypted channel."""


def _services(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Service):
        fields = {"Description": f"{clip(fact.program)} ({clip(fact.protocol)})", "Status": say(STARTS[fact.state])}
        if fact.login != "unknown":
            fields["Authentication Mechanism"] = say(LOGINS[fact.login])
        yield SeenRow(fields, one.where)


def _physical(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Service):
        if fact.reach == "physical":
            yield SeenRow({"Description": tell(fact), "Status": say(STARTS[fact.state])}, one.where)


def _logical(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Service):
        if fact.reach != "physical" and fact.state != "not-started":
            access = "network" if fact.reach in ("internet", "network") else "on the product itself only"
            port = "" if fact.port is None else f", port {fact.port}"
            description = f"{clip(fact.program)} ({clip(fact.protocol)}{port})"
            yield SeenRow({"Description": description, "Access": access, "Status": say(STARTS[fact.state])}, one.where)


def _sensors(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Sensor):
        yield SeenRow({"Description": tell(fact)}, one.where)


def _telemetry(assessment: Assessment) -> Iterator[SeenRow]:
    for one, fact in observations_of(assessment, facts.Endpoint):
        if fact.active and fact.purpose == "telemetry":
            yield SeenRow({"Description": tell(fact)}, one.where)


def _user_information(assessment: Assessment) -> Iterator[SeenRow]:
    model = assessment.product.model
    for one, policy in observations_of(assessment, facts.DisclosurePolicy):
        yield SeenRow({"Publication of Vulnerability Disclosure Policy": clip(policy.url)}, one.where)
    for one, period in observations_of(assessment, facts.SupportPeriod):
        if period.ends_on and period.model and period.model == model:
            fields = {"Support Period": f"until {clip(period.ends_on)}"}
            yield SeenRow(fields | {"Publication of Support Period": clip(period.url)}, one.where)
    for one, page in observations_of(assessment, facts.MakerPage):
        if page.subject in _PAGES and page.names_model:
            yield SeenRow({_PAGES[page.subject]: clip(page.url)}, one.where)


_PAGES: Mapping[str, str] = {
    "password": "Documentation of Change Mechanisms",
    "sensors": "Documentation of Sensors",
    "privacy": "Documentation of Personal Data",
    "telemetry": "Documentation of Telemetry Data",
    "deletion": "Documentation of Deletion",
}
"""Fields of 2-UserInfo that a page of the maker can fill, by its subject."""

_TABLES: Mapping[str, Callable[[Assessment], Iterator[SeenRow]]] = {
    "1-AuthMech": _authentication,
    "2-UserInfo": _user_information,
    "6-SoftComp": _components,
    "7-UpdMech": _updates,
    "10-SecParam": _parameters,
    "11-SecComMech": _communication,
    "13-SoftServ": _services,
    "15-PhyIntf": _physical,
    "22-ExtSens": _sensors,
    "24-TelData": _telemetry,
    "28-LogIntf": _logical,
}
"""The other tables tell of intentions and processes, which nothing that was looked at shows."""
