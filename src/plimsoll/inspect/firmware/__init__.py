"""Inspectors of firmware: one file per question, all served by one pass over the bytes."""

from plimsoll.inspect.firmware.account_copies import AccountCopies
from plimsoll.inspect.firmware.accounts import Accounts
from plimsoll.inspect.firmware.app_permissions import AppPermissions
from plimsoll.inspect.firmware.authorized_keys import AuthorizedKeys
from plimsoll.inspect.firmware.build_dates import BuildDates
from plimsoll.inspect.firmware.certificates import Certificates
from plimsoll.inspect.firmware.compared_passwords import ComparedPasswords
from plimsoll.inspect.firmware.components import Components
from plimsoll.inspect.firmware.control_links import ControlLinks
from plimsoll.inspect.firmware.credentials import Credentials
from plimsoll.inspect.firmware.data_stores import DataStores
from plimsoll.inspect.firmware.debug_settings import DebugSettings
from plimsoll.inspect.firmware.declared_sensors import DeclaredSensors
from plimsoll.inspect.firmware.endpoints import Endpoints
from plimsoll.inspect.firmware.executables import Executables
from plimsoll.inspect.firmware.factory_reset import FactoryResets
from plimsoll.inspect.firmware.firewall import Firewall
from plimsoll.inspect.firmware.hidden_entrances import HiddenEntrances
from plimsoll.inspect.firmware.kernel_build import KernelBuild
from plimsoll.inspect.firmware.key_files import KeyFiles
from plimsoll.inspect.firmware.key_stores import KeyStores
from plimsoll.inspect.firmware.known_hosts import KnownHostNames
from plimsoll.inspect.firmware.logged_secrets import LoggedSecrets
from plimsoll.inspect.firmware.login_constants import LoginConstants
from plimsoll.inspect.firmware.password_provisioning import PasswordProvisionings
from plimsoll.inspect.firmware.patch_notes import PatchNotes
from plimsoll.inspect.firmware.private_keys import PrivateKeys
from plimsoll.inspect.firmware.random_seeds import RandomSeeds
from plimsoll.inspect.firmware.remote_access import RemoteAccesses
from plimsoll.inspect.firmware.residue import Residues
from plimsoll.inspect.firmware.resolvers import Resolvers
from plimsoll.inspect.firmware.secret_provisioning import SecretProvisionings
from plimsoll.inspect.firmware.sensors import Sensors
from plimsoll.inspect.firmware.sent_identifiers import SentIdentifiers
from plimsoll.inspect.firmware.service_settings import ServiceSettings
from plimsoll.inspect.firmware.ssh_programs import SshPrograms
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.inspect.firmware.telemetry_switches import TelemetrySwitches
from plimsoll.inspect.firmware.tls_programs import TlsPrograms
from plimsoll.inspect.firmware.tls_settings import TlsSettings
from plimsoll.inspect.firmware.update_signatures import UpdateSignatures
from plimsoll.inspect.firmware.updates import Updates
from plimsoll.inspect.firmware.volumes import Volumes
from plimsoll.inspect.firmware.wireless import Wireless
from plimsoll.inspect.inspector import Inspector

INSPECTORS: tuple[Inspector, ...] = (
    Accounts(),
    AccountCopies(),
    AuthorizedKeys(),
    Credentials(),
    PasswordProvisionings(),
    ComparedPasswords(),
    LoginConstants(),
    SecretProvisionings(),
    HiddenEntrances(),
    Startup(),
    ServiceSettings(),
    SshPrograms(),
    Firewall(),
    Wireless(),
    ControlLinks(),
    DebugSettings(),
    RemoteAccesses(),
    RandomSeeds(),
    Updates(),
    UpdateSignatures(),
    PrivateKeys(),
    KeyStores(),
    KeyFiles(),
    Certificates(),
    TlsSettings(),
    TlsPrograms(),
    Endpoints(),
    Components(),
    BuildDates(),
    KernelBuild(),
    PatchNotes(),
    Executables(),
    Sensors(),
    DeclaredSensors(),
    AppPermissions(),
    Residues(),
    DataStores(),
    Volumes(),
    FactoryResets(),
    KnownHostNames(),
    Resolvers(),
    TelemetrySwitches(),
    SentIdentifiers(),
    LoggedSecrets(),
)
