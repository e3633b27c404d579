"""What is started, as whom, and what it offers to the network."""

from __future__ import annotations

from typing import Literal

import msgspec

StartState = Literal["always", "first-boot", "conditional", "on-demand", "disabled", "not-started"]
"""always: nothing keeps it from starting; first-boot: starts while the product has no settings of its own yet, which
is how every unit begins; conditional: under a condition that could not be decided; on-demand: when a connection or
event comes; disabled: the start is there and switched off; not-started: the program is present, nothing starts it."""

Mechanism = Literal[
    "inittab", "sysv", "rc-script", "systemd", "procd", "inetd", "xinetd", "upstart", "openrc", "runit", "cron",
    "hotplug", "script",
]  # fmt: skip

LoginKind = Literal["system", "own", "none", "unknown"]
"""Whose accounts a service asks for: those of the system, its own, nobody's."""


class StartedProgram(msgspec.Struct, frozen=True, tag="started-program"):
    """A command that the image runs by itself."""

    program: str
    """Escaped base name of what runs: an applet name for busybox."""
    command: str
    """The command line as written, escaped so that it is printable, 400 characters at most, secrets masked."""
    mechanism: Mechanism
    state: StartState
    path: str = ""
    """Escaped path of the program in its tree, when it was found there."""
    user: str = ""
    """User it runs as; empty when the mechanism says nothing, which means root on most products."""
    condition: str = ""
    """The condition as written, escaped, when the state is conditional or first-boot."""
    arguments: tuple[str, ...] = ()
    """Words after the program, escaped, secrets masked."""
    bound: str = ""
    """Address and port, escaped, on which another program takes the connections that it is started for: of inetd, a
    socket of systemd, tcpsvd or socat; `*` for all addresses, a service's name for its port. Empty when it listens by
    itself."""


class ServiceSetting(msgspec.Struct, frozen=True, tag="service-setting"):
    """One setting of a service that bears on who may come in or how it speaks."""

    service: str
    """Program name as in Service."""
    key: str
    """The setting's own name, lower case, such as permitrootlogin; escaped."""
    value: str
    """As written, escaped; secrets masked."""
    active: bool = True
    """False when it stands in a file that nothing reads, such as an example."""


class Service(msgspec.Struct, frozen=True, tag="service"):
    """A program that takes a login or listens, and whether it is started. Derived."""

    program: str
    """Base name, such as telnetd."""
    protocol: str
    """telnet, ssh, ftp, tftp, http, https, snmp, upnp, mqtt, rtsp, smb, console ... ; lower case."""
    state: StartState
    """The strongest of its starts."""
    login: LoginKind
    encrypted: bool | None
    """Whether the protocol, with the settings seen, is encrypted; None when that depends on what was not seen."""
    port: int | None = None
    """The port given, else the usual one of the protocol; None for a console."""
    reach: Literal["internet", "network", "local", "physical"] = "network"
    """internet: the packet filter as shipped lets in the side of the internet; network: the home network, and perhaps
    more; local: bound to loopback; physical: a serial or video console."""
    accepts_empty_password: bool | None = None
    """Whether an account with an empty password can log in here; None when not known."""
    condition: str = ""
    """Of the start, as in StartedProgram."""
