"""What a product leaves open by how it is set: its packet filter, its radio, its debug settings, its seeds and keys."""

from __future__ import annotations

from typing import Literal

import msgspec

Side = Literal["internet", "lan", "loopback", "any", "unknown"]
"""Where packets come from: the side of the provider, that of the home, the product itself; any: all of them."""


class FirewallRule(msgspec.Struct, frozen=True, tag="firewall-rule"):
    """What the packet filter as shipped is told to do with packets that are meant for the product itself."""

    source: Literal["uci", "iptables", "ip6tables", "nft"]
    operation: Literal["append", "insert", "policy", "flush"]
    """policy: what becomes of that which no rule names; insert: before all rules that stand so far."""
    action: Literal["accept", "refuse", "elsewhere"]
    """elsewhere: handed on to rules that were not followed, or a change that could not be followed."""
    side: Side = "any"
    protocol: str = ""
    """tcp, udp, icmp ... ; empty for all."""
    ports: tuple[tuple[int, int], ...] = ()
    """First and last of each stretch of ports of the product; empty for all."""
    narrowed: bool = False
    """Whether it holds only under more conditions, such as an address of the sender."""
    certain: bool = True
    """False when it is set under a condition that could not be decided."""
    rate: Literal["", "up-to", "over"] = ""
    """Whether it counts how often somebody comes: it holds for what comes no oftener than so, or for what does."""


Protection = Literal["open", "owe", "wep", "wpa", "wpa-wpa2", "wpa2", "wpa2-wpa3", "wpa3", "unknown"]
"""How a wireless network is protected: wpa is the first edition, of 2003; owe encrypts without a password."""


class WirelessNetwork(msgspec.Struct, frozen=True, tag="wireless-network"):
    """A wireless network that the product opens by itself, as its configuration says."""

    source: Literal["hostapd", "uci", "ralink", "nvram"]
    """Whose form the configuration has."""
    name: str
    """SSID, escaped; empty when it is not given."""
    protection: Protection
    ciphers: tuple[str, ...] = ()
    """Of single frames: tkip, ccmp, gcmp; empty when not said."""
    wps: Literal["off", "on", "pin", "unknown"] = "unknown"
    """Wi-Fi Protected Setup; pin: on, with a PIN that the configuration holds."""
    management_frames: Literal["off", "optional", "required", "unknown"] = "unknown"
    """Whether management frames are protected (IEEE 802.11w)."""
    enabled: bool = True
    """False when the configuration switches it off."""
    active: bool = True
    """False in a file that nothing reads where it stands, such as an example."""
    rewritten: bool = False
    """Whether a script in the same tree writes to the file, so that the product may use other settings."""


DebugInterface = Literal["boot-loader", "kernel", "adb", "android", "web"]


class DebugSetting(msgspec.Struct, frozen=True, tag="debug-setting"):
    """A setting that decides who may look into or stop a running product through an interface for its makers."""

    interface: DebugInterface
    key: str
    """The setting's own name, such as bootdelay or ro.adb.secure; `page` for a page of the web interface."""
    value: str
    """As written, escaped; of a page its path."""
    active: bool = True
    """False when it is overruled or stands in an example."""


LinkRole = Literal["manager", "broker", "peer", "log-server", "commands"]
"""manager: of TR-069; broker: messages that may be orders; peer: asked or told by CoAP; commands: what comes from it is
run by a shell."""


class ControlLink(msgspec.Struct, frozen=True, tag="control-link"):
    """A peer that may steer the product or is sent what it knows, as configuration or a command names it."""

    role: LinkRole
    program: str
    """Program that reads the configuration; empty when that is not known."""
    scheme: str
    """http, https, mqtt, mqtts, syslog ..."""
    host: str
    """Lower case, escaped; a template is kept as written."""
    encrypted: bool
    active: bool = True
    """False where it is switched off, or stands in a file that nothing reads."""
    login: bool = False
    """Whether a password is set that is shown to it."""


ManagedBy = Literal["http", "ssh", "telnet", "ftp"]
"""By which protocol a product is managed; http with or without TLS."""


class RemoteAccess(msgspec.Struct, frozen=True, tag="remote-access"):
    """A setting that says whether the product may be managed from the side of the internet."""

    protocol: ManagedBy
    key: str
    """The setting's own name, such as remote_management."""
    value: str
    """As written, escaped."""
    enabled: bool


AlgorithmList = Literal["ciphers", "macs", "kexalgorithms", "hostkeyalgorithms"]


class BuiltInAlgorithms(msgspec.Struct, frozen=True, tag="built-in-algorithms"):
    """Algorithms of SSH whose names a program holds because it was built with them."""

    program: str
    list: AlgorithmList
    names: tuple[str, ...]


class SeedFile(msgspec.Struct, frozen=True, tag="seed-file"):
    """A file in the image from which random numbers are seeded, by its name."""

    path: str
    """Escaped."""
    bytes: int


class KeyFile(msgspec.Struct, frozen=True, tag="key-file"):
    """A file that holds a private key, and who may read it by the mode that the image gives it."""

    path: str
    """Escaped."""
    mode: int
    """Permission bits."""
    owner: int
