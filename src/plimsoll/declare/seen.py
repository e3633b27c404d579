"""What was seen in an image, as the beginning of a declaration: every text of it is marked, and to be confirmed.

| seen | row |
| --- | --- |
| account with a password, authorized key | 1-AuthMech |
| component | 6-SoftComp |
| program that renews software, with what it checks | 7-UpdMech |
| service that is encrypted | 11-SecComMech, for its row in 28-LogIntf |
| service that is started | 13-SoftServ, and 28-LogIntf, or 15-PhyIntf for a console |
| sensor | 22-ExtSens |
| address for telemetry | 24-TelData |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from plimsoll.knowledge.declared_words import SEEN_MARK
from plimsoll.model.assessment import Assessment
from plimsoll.model.declaration import DeclarationForm, Identity, normal
from plimsoll.model.facts import (
    Account,
    AuthorizedKey,
    Component,
    Endpoint,
    Fact,
    InstalledComponent,
    Sensor,
    Service,
    UpdateClient,
    UpdateTrust,
)

Row = dict[str, str]
F = TypeVar("F", bound=Fact)

_STARTED = ("always", "first-boot", "on-demand", "conditional")
_WITH_PASSWORD = ("empty", "hashed", "clear", "expired")
_MOST_ROWS = 1_000
"""Of one table; a declaration beyond that is not written by hand."""


def seen_in(assessment: Assessment) -> DeclarationForm:
    """Give a declaration that holds what was seen; names and numbers of the product are taken over unmarked."""
    product = assessment.product
    services = _unique(_of(assessment, Service), key=lambda one: (one.program, one.protocol, one.port, one.reach))
    started = [one for one in services if one.state in _STARTED and one.reach != "local"]
    network = [one for one in started if one.reach in ("internet", "network")]
    rows: dict[str, Iterable[Row]] = {
        "1-AuthMech": (*_accounts(assessment), *_keys(assessment)),
        "6-SoftComp": _components(assessment),
        "7-UpdMech": _updates(assessment),
        "11-SecComMech": (_secured(one, f"LogIntf-{number}") for number, one in enumerate(network, 1) if one.encrypted),
        "13-SoftServ": (_software(one) for one in started),
        "15-PhyIntf": (_console(one) for one in started if one.reach == "physical"),
        "22-ExtSens": _sensors(assessment),
        "24-TelData": _telemetry(assessment),
        "28-LogIntf": (_logical(one) for one in network),
    }
    ixit = {table: tuple(_numbered(table, several)) for table, several in rows.items()}
    identity = Identity(maker=product.maker, model=product.model, software_version=product.version)
    return normal(DeclarationForm(identity, {}, ixit))


def _of(assessment: Assessment, kind: type[F]) -> Iterator[F]:
    return (one.fact for one in assessment.observations if isinstance(one.fact, kind))


def _unique(facts: Iterable[F], key: Callable[[F], object]) -> list[F]:
    """Give one fact of each key, in a fixed order."""
    first: dict[object, F] = {}
    for fact in facts:
        first.setdefault(key(fact), fact)
    return [first[one] for one in sorted(first, key=repr)]


def _numbered(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """Give each row its ID; what two facts say alike is one row."""
    different = list({repr(row): row for row in rows}.values())[:_MOST_ROWS]
    short = table.partition("-")[2]
    for number, row in enumerate(different, 1):
        marked = {
            field: f"{SEEN_MARK}{text}" if field not in _REFERENCES else text for field, text in row.items() if text
        }
        yield {"ID": f"{short}-{number}", **marked}


_REFERENCES = ("Interface",)
"""Fields that hold the ID of another row and nothing else."""


def _accounts(assessment: Assessment) -> Iterator[Row]:
    for one in _unique(_of(assessment, Account), key=lambda one: (one.name, one.store)):
        if one.active and one.login_shell and one.password in _WITH_PASSWORD:
            how = "empty password" if one.password == "empty" else "password"
            yield {"Description": f"account {one.name} in {one.store}", "Authentication Factor": how}


def _keys(assessment: Assessment) -> Iterator[Row]:
    for one in _unique(_of(assessment, AuthorizedKey), key=lambda one: (one.account, one.public_digest)):
        yield {
            "Description": f"SSH login as {one.account or 'an account'}",
            "Authentication Factor": "key",
            "Cryptographic Details": one.kind,
        }


def _components(assessment: Assessment) -> Iterator[Row]:
    ones: list[InstalledComponent | Component] = list(_of(assessment, InstalledComponent))
    ones = ones or [one for one in _of(assessment, Component) if one.linkage != "dynamic"]
    for one in _unique(ones, key=lambda one: (one.name, one.version)):
        yield {"Description": f"{one.name} {one.version}".strip()}


def _updates(assessment: Assessment) -> Iterator[Row]:
    trusts = list(_of(assessment, UpdateTrust))
    for one in _unique(_of(assessment, UpdateClient), key=lambda one: one.name):
        checks = {
            f"{trust.check} {trust.algorithm} ({trust.state})".replace("  ", " ")
            for trust in trusts
            if trust.client == one.name
        }
        yield {
            "Description": one.name,
            "Cryptographic Details": ", ".join(sorted(checks)),
            "Initiation and Interaction": "looks for updates by itself" if one.automatic else "",
        }


def _name(service: Service) -> str:
    port = f" on port {service.port}" if service.port is not None else ""
    return f"{service.protocol}{port}, by {service.program}"


def _state(service: Service) -> str:
    return "enabled under a condition" if service.state == "conditional" else "enabled"


def _secured(service: Service, interface: str) -> Row:
    return {"Description": _name(service), "Interface": interface}


def _software(service: Service) -> Row:
    return {"Description": service.program, "Status": _state(service)}


def _console(service: Service) -> Row:
    return {"Description": _name(service), "Type": "physical port", "Status": _state(service), "Debug Interface": "yes"}


def _logical(service: Service) -> Row:
    return {"Description": _name(service), "Status": _state(service)}


def _sensors(assessment: Assessment) -> Iterator[Row]:
    for one in _unique(_of(assessment, Sensor), key=lambda one: one.kind):
        yield {"Description": f"{one.kind}, by {one.ground}"}


def _telemetry(assessment: Assessment) -> Iterator[Row]:
    for one in _unique(_of(assessment, Endpoint), key=lambda one: (one.scheme, one.host, one.purpose)):
        if one.purpose == "telemetry":
            yield {"Description": f"data sent to {one.scheme}://{one.host}"}
