"""What goes with secrets of services: who reads the files they stand in, what replaces them, known ways around them."""

from __future__ import annotations

from typing import Literal

import msgspec


class StoreReader(msgspec.Struct, frozen=True, tag="store-reader"):
    """A program or script that names a file which holds a secret."""

    program: str
    """Escaped base name of the program or script."""
    path: str
    """Escaped path of the file that it names, in the same tree."""
    is_script: bool = False
    """Whether it is a script, of which can be told whether something starts it."""


class HiddenEntrance(msgspec.Struct, frozen=True, tag="hidden-entrance"):
    """Words of a program that public reports name as a way in beside the usual one."""

    id: str
    """Of the entry in the list of known ones."""
    opens: str
    """What it opens, in a few words of ours."""
    source: str
    """Where it was made public."""


class SecretProvisioning(msgspec.Struct, frozen=True, tag="secret-provisioning"):
    """A command of a script that sets the secret of a service."""

    subject: str
    """As in Credential."""
    source: Literal["constant", "per-device", "random", "user", "identifier", "unknown"]
    """Where the new secret comes from, as in PasswordProvisioning."""
    command: str = ""
    """Name of the program that sets it, such as uci."""
    setting: str = ""
    """Name of the setting, escaped."""


class BlankPassword(msgspec.Struct, frozen=True, tag="blank-password"):
    """A setting of a password that lets somebody in, beside the name of a user, which holds no password."""

    subject: str
    """As in Credential."""
    account: str
    """User name, escaped."""
    active: bool = True
    """As in Credential."""
    change_due: bool = False
    """As in Credential."""
