"""Facts: small, typed, free of place, hashable; they say what was seen and never how bad it is."""

from plimsoll.model.facts.account import (
    Account,
    AuthorizedKey,
    Credential,
    GuessedPassword,
    PasswordHash,
    PasswordProvisioning,
)
from plimsoll.model.facts.build import BuildDate, PatchNote
from plimsoll.model.facts.claim import Claim
from plimsoll.model.facts.component import (
    BuiltInApplets,
    Component,
    InstalledComponent,
    OperatingSystem,
    PackagedFile,
)
from plimsoll.model.facts.exposure import (
    ControlLink,
    DebugSetting,
    FirewallRule,
    KeyFile,
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
    | AdvisorySource
    | AuthorizedKey
    | BuildDate
    | BuiltInApplets
    | Certificate
    | Claim
    | Component
    | ControlLink
    | Credential
    | CveAuthority
    | DebugSetting
    | DisclosurePolicy
    | Endpoint
    | Executable
    | FirewallRule
    | GuessedPassword
    | InstalledComponent
    | KernelConfiguration
    | KernelModules
    | KeyFile
    | KnownVulnerability
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
    | PublishedKey
    | PublicKey
    | Search
    | SecurityTxt
    | SeedFile
    | Sensor
    | Service
    | ServiceSetting
    | SoftwareAge
    | StartedProgram
    | SupportEnd
    | SupportPeriod
    | TlsProgram
    | TlsSetting
    | UpdateClient
    | UpdateGuard
    | UpdateKey
    | UpdateSignature
    | UpdateTrust
    | UpdateWay
    | VexStatement
    | WirelessNetwork
)

__all__ = [
    "Account", "AdvisorySource", "AuthorizedKey", "BuildDate", "BuiltInApplets", "Certificate", "Claim", "Component",
    "ControlLink", "Credential", "CveAuthority", "DebugSetting", "DisclosurePolicy", "Endpoint", "Executable", "Fact",
    "FirewallRule", "GuessedPassword", "InstalledComponent", "KernelConfiguration", "KernelModules", "KeyFile",
    "KnownVulnerability", "MakerPage", "NoneKnown", "NotCompared", "OperatingSystem", "PackagedFile", "PasswordHash",
    "PasswordProvisioning", "PatchNote", "PolicyTerm", "PrivateKey", "PublicKey", "PublishedKey", "Search",
    "SecurityTxt", "SeedFile", "Sensor", "Service", "ServiceSetting", "SoftwareAge", "StartedProgram", "SupportEnd",
    "SupportPeriod", "TlsProgram", "TlsSetting", "UpdateClient", "UpdateGuard", "UpdateKey", "UpdateSignature",
    "UpdateTrust", "UpdateWay", "VexStatement", "WirelessNetwork",
]  # fmt: skip
