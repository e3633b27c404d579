"""What is read of a CycloneDX document in JSON, version 1.6 or 1.7 (ECMA-424); the rest of it is passed over."""

from __future__ import annotations

import msgspec


class Attachment(msgspec.Struct, frozen=True):
    content: str = ""


class Contents(msgspec.Struct, frozen=True):
    attachment: Attachment = Attachment()


class Datum(msgspec.Struct, frozen=True):
    name: str = ""
    contents: Contents = Contents()


class Evidence(msgspec.Struct, frozen=True):
    propertyName: str = ""
    data: tuple[Datum, ...] = ()


class Claim(msgspec.Struct, frozen=True):
    ref: str = msgspec.field(default="", name="bom-ref")
    predicate: str = ""
    reasoning: str = ""


class Conformance(msgspec.Struct, frozen=True):
    score: float | None = None
    rationale: str = ""


class Entry(msgspec.Struct, frozen=True):
    requirement: str = ""
    claims: tuple[str, ...] = ()
    conformance: Conformance = Conformance()


class Attestation(msgspec.Struct, frozen=True):
    map: tuple[Entry, ...] = ()


class Declarations(msgspec.Struct, frozen=True):
    attestations: tuple[Attestation, ...] = ()
    claims: tuple[Claim, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Requirement(msgspec.Struct, frozen=True):
    ref: str = msgspec.field(default="", name="bom-ref")
    identifier: str = ""


class Standard(msgspec.Struct, frozen=True):
    name: str = ""
    requirements: tuple[Requirement, ...] = ()


class Definitions(msgspec.Struct, frozen=True):
    standards: tuple[Standard, ...] = ()


class Component(msgspec.Struct, frozen=True):
    name: str = ""
    version: str = ""


class Property(msgspec.Struct, frozen=True):
    name: str = ""
    value: str = ""


class Metadata(msgspec.Struct, frozen=True):
    component: Component = Component()
    properties: tuple[Property, ...] = ()


class Document(msgspec.Struct, frozen=True):
    bomFormat: str = ""
    specVersion: str = ""
    metadata: Metadata = Metadata()
    declarations: Declarations = Declarations()
    definitions: Definitions = Definitions()
