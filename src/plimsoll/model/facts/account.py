"""Who may log in: accounts, the hashes of their passwords, keys that open them, and what sets a password later."""

from __future__ import annotations

from typing import Literal

import msgspec

from plimsoll.model.secret import Concealed

PasswordState = Literal["empty", "locked", "shadowed", "hashed", "clear", "expired"]
"""empty: no password is asked for; locked: no password can match; shadowed: kept in another file; hashed, clear: set;
expired: set, and must be changed at the first login."""

HashFamily = Literal[
    "des", "bsdi-des", "md5crypt", "apr1", "sunmd5", "bcrypt", "sha1crypt", "sha256crypt", "sha512crypt",
    "scrypt", "yescrypt", "gost-yescrypt", "argon2", "nt", "unsalted-md5", "unsalted-sha1", "ldap-salted-sha1",
    "pbkdf2", "unsalted-sha256", "salted-digest", "unknown",
]  # fmt: skip
"""salted-digest: one round of a fast digest over salt and password."""


class Account(msgspec.Struct, frozen=True, tag="account"):
    """An entry of a file that says who may log in."""

    name: str
    """Login name, escaped as in a place."""
    store: str
    """Kind of file: `passwd`, `shadow`, `htpasswd`, `htdigest`, `mosquitto`, `ftp` ... ; kebab-case."""
    password: PasswordState
    uid: int | None = None
    gid: int | None = None
    home: str = ""
    shell: str = ""
    """Escaped path of the login shell; empty when the store has none."""
    login_shell: bool = True
    """False when the shell is one that refuses, such as nologin or false."""
    active: bool = True
    """False when the file is a look-alike that nothing reads where it stands: a backup, an example, a template."""


class PasswordHash(msgspec.Struct, frozen=True, tag="password-hash"):
    """A password hash of an account."""

    account: str
    """Login name, escaped; empty when the hash stands alone."""
    family: HashFamily
    secret: Concealed
    """The hash string itself, concealed."""
    store: str = ""
    """As in Account; empty when it stands alone, as a string in a program."""
    active: bool = True
    """As in Account."""


class GuessedPassword(msgspec.Struct, frozen=True, tag="guessed-password"):
    """A hash that one of the published default passwords opens, or a password that is one of them."""

    account: str
    family: HashFamily | Literal["clear"]
    """clear: the password itself stands in the image."""
    known_default: str
    """The password as the public list of defaults has it; public already, so it may be named."""
    secret: Concealed
    """The hash it opens."""
    tried: int
    """How many words were tried until it opened."""
    maker: str = ""
    """Maker for whom the password was published, when the product is seen to be of that maker; lower case."""
    source: str = ""
    """Address where it was published for that maker."""


class AuthorizedKey(msgspec.Struct, frozen=True, tag="authorized-key"):
    """A public key whose holder may log in over SSH."""

    account: str
    """Whose file it is, by its home; escaped; empty when that cannot be told."""
    kind: str
    """Key type as in the file, such as ssh-ed25519."""
    public_digest: str
    """SHA-256 of the key blob, hexadecimal."""
    comment: str = ""
    """Escaped; what may name a person keeps its first letters only."""


class Credential(msgspec.Struct, frozen=True, tag="credential"):
    """A secret written out in a configuration, a script or a command line."""

    subject: str
    """What it opens: a service or protocol name such as `telnetd`, `wpa`, `mqtt`, `http`; empty when not known."""
    kind: Literal["password", "passphrase", "token", "community", "pin", "key"]
    secret: Concealed
    account: str = ""
    """User name that goes with it, or the name of the wireless network, escaped."""
    role: Literal["accepts", "presents", "unknown"] = "unknown"
    """accepts: the product lets in who knows it; presents: the product shows it to a peer."""
    placeholder: bool = False
    """True for words that stand for a value to be filled in, such as changeme or %PASSWORD%."""
    active: bool = True
    """False in documentation, examples and comments, and where a setting beside it switches it off."""
    change_due: bool = False
    """Whether a setting beside it says that another one must be chosen at the first login."""


class PasswordProvisioning(msgspec.Struct, frozen=True, tag="password-provisioning"):
    """A command in the image that sets the password of an account while the product is made or set up."""

    account: str
    """Escaped; empty when it is a variable that could not be resolved."""
    source: Literal["constant", "per-device", "random", "user", "identifier", "unknown"]
    """Where the new password comes from; identifier: computed from a MAC or serial number alone; per-device: read
    from a store that is written per unit, such as a factory partition."""
    runs: Literal["at-boot", "not-seen"] = "not-seen"
    """at-boot when something that is started at boot reaches the command."""
    command: str = ""
    """Name of the program that sets it, such as chpasswd."""
    secret: Concealed | None = None
    """The constant, concealed, when the source is constant."""
    uid: int | None = None
    """User number of an account that the command makes; None when it is not told."""
    shell: str = ""
    """Escaped path of the login shell of an account that the command makes."""
    expires: bool = False
    """True for a command that sets nothing and asks the user for a new password at the next login."""
    is_clear: bool = False
    """True when the script hashes the constant on its way to a command that takes a hash."""


class AccountStoreCopy(msgspec.Struct, frozen=True, tag="account-store-copy"):
    """A way by which another file comes to stand where the accounts of the system are read."""

    store: Literal["passwd", "shadow"]
    source: str
    """Escaped path, in its tree, of the file that is put there; empty when that is made by a program, or lies where the
    tree does not reach. In an archive of the tree: its path, `!/`, and the path within it."""
    target: str
    """Escaped path that is written, through the symlinks that the image has."""
    command: str
    """Name of the program that does it, such as cp; `symlink` for a link that stands in the image."""


class UnpackedArchive(msgspec.Struct, frozen=True, tag="unpacked-archive"):
    """A command that unpacks an archive of the image over the root or /etc, so that what it holds is read there."""

    archive: str
    """Escaped path, in the tree of the command."""
    folder: str
    """Escaped path that it is unpacked into; empty for the root."""
    command: str
    """Name of the program that does it, such as tar."""
