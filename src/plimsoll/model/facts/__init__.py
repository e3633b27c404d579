"""Facts: small, typed, free of place, hashable; they say what was seen and never how bad it is."""

from plimsoll.model.facts.account import (
    Account,
    AccountStoreCopy,
    AuthorizedKey,
    Credential,
    GuessedPassword,
    PasswordHash,
    PasswordProvisioning,
    UnpackedArchive,
)
from plimsoll.model.facts.build import BuildDate, PatchNote
from plimsoll.model.facts.claim import Claim
from plimsoll.model.facts.component import BuiltInApplets, Component, InstalledComponent, OperatingSystem, PackagedFile
from plimsoll.model.facts.exposure import (
    BuiltInAlgorithms,
    ControlLink,
    DebugSetting,
    FirewallRule,
    KeyFile,
    RemoteAccess,
    SeedFile,
    WirelessNetwork,
)
from plimsoll.model.facts.hardening import Executable, Sensor
from plimsoll.model.facts.kernel import KernelConfiguration, KernelModules
from plimsoll.model.facts.key import Certificate, PrivateKey
from plimsoll.model.facts.maker import (
    AdvisorySource,
    CveAuthority,
    DisclosurePolicy,
    MakerPage,
    PolicyTerm,
    Search,
    SecurityTxt,
    SupportPeriod,
)
from plimsoll.model.facts.privacy import (
    DataStore,
    Erasure,
    FactoryReset,
    KnownHost,
    LoggedSecret,
    Residue,
    SentIdentifier,
    TelemetrySwitch,
    Volume,
)
from plimsoll.model.facts.secret_store import BlankPassword, HiddenEntrance, SecretProvisioning, StoreReader
from plimsoll.model.facts.service import Service, ServiceSetting, StartedProgram
from plimsoll.model.facts.signature import PublicKey, UpdateSignature
from plimsoll.model.facts.tls import TlsProgram
from plimsoll.model.facts.update import (
    Endpoint,
    PublishedKey,
    TlsSetting,
    UpdateClient,
    UpdateGuard,
    UpdateKey,
    UpdateTrust,
    UpdateWay,
)
from plimsoll.model.facts.vex import VexStatement
from plimsoll.model.facts.vulnerability import KnownVulnerability, NoneKnown, NotCompared, SoftwareAge, SupportEnd

Fact = (
    Account
    | AccountStoreCopy
    | UnpackedArchive
    | AdvisorySource
    | AuthorizedKey
    | BlankPassword
    | BuildDate
    | BuiltInApplets
    | Certificate
    | Claim
    | Component
    | ControlLink
    | Credential
    | CveAuthority
    | DataStore
    | DebugSetting
    | DisclosurePolicy
    | Endpoint
    | Erasure
    | Executable
    | FactoryReset
    | FirewallRule
    | GuessedPassword
    | HiddenEntrance
    | InstalledComponent
    | KernelConfiguration
    | KernelModules
    | KeyFile
    | KnownHost
    | KnownVulnerability
    | LoggedSecret
    | MakerPage
    | NoneKnown
    | NotCompared
    | OperatingSystem
    | PackagedFile
    | PasswordHash
    | PasswordProvisioning
    | PatchNote
    | PolicyTerm
    | PrivateKey
    | PublicKey
    | PublishedKey
    | Residue
    | Search
    | SecretProvisioning
    | SecurityTxt
    | SeedFile
    | RemoteAccess
    | BuiltInAlgorithms
    | Sensor
    | Service
    | ServiceSetting
    | SoftwareAge
    | StartedProgram
    | StoreReader
    | SupportEnd
    | SupportPeriod
    | SentIdentifier
    | TelemetrySwitch
    | TlsProgram
    | TlsSetting
    | UpdateClient
    | UpdateGuard
    | UpdateKey
    | UpdateSignature
    | UpdateTrust
    | UpdateWay
    | VexStatement
    | Volume
    | WirelessNetwork
)

__all__ = [
    "Account", "AccountStoreCopy", "AdvisorySource", "AuthorizedKey", "BlankPassword", "BuildDate", "BuiltInAlgorithms",
    "BuiltInApplets",
    "Certificate", "Claim", "Component", "ControlLink", "Credential", "CveAuthority", "DataStore", "DebugSetting",
    "DisclosurePolicy", "Endpoint", "Erasure", "Executable", "Fact", "FactoryReset", "FirewallRule",
    "GuessedPassword", "HiddenEntrance", "InstalledComponent", "KernelConfiguration", "KernelModules", "KeyFile",
    "KnownHost", "KnownVulnerability", "LoggedSecret", "MakerPage", "NoneKnown", "NotCompared", "OperatingSystem",
    "PackagedFile", "PasswordHash", "PasswordProvisioning", "PatchNote", "PolicyTerm", "PrivateKey", "PublicKey",
    "PublishedKey", "RemoteAccess", "Residue", "Search", "SecretProvisioning", "SecurityTxt", "SeedFile", "Sensor",
    "Service", "ServiceSetting", "SoftwareAge", "StartedProgram", "StoreReader", "SupportEnd", "SupportPeriod",
    "SentIdentifier", "TelemetrySwitch", "TlsProgram", "TlsSetting", "UnpackedArchive", "UpdateClient", "UpdateGuard",
    "UpdateKey", "UpdateSignature", "UpdateTrust", "UpdateWay", "VexStatement", "Volume", "WirelessNetwork",
]  # fmt: skip
