"""Where the check of a peer's certificate, or the lowest version of TLS, is set: scripts and configuration.

What switches the check off is told by `_tls_switches` and `_tls_files`; the lowest version by the manuals of lighttpd,
nginx and OpenSSL.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect._masking import masked_text
from plimsoll.inspect.firmware._setting_files import plain_path
from plimsoll.inspect.firmware._source_text import is_text
from plimsoll.inspect.firmware._standing import is_active, is_shell, line_at
from plimsoll.inspect.firmware._tls_files import ClientOption, is_client_file, read_client_options
from plimsoll.inspect.firmware._tls_servers import is_server_file, read_server_options
from plimsoll.inspect.firmware._tls_switches import COMMANDS, SWITCHES, is_library
from plimsoll.inspect.inspector import FileKind, Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import TlsSetting
from plimsoll.regex import regex

_SOURCES: tuple[FileKind, ...] = ("script", "text")


_LOWEST = Pattern(
    "minimum-version",
    rb"MinProtocol[\"']?[ \t]{0,4}(?:=>?)[ \t]{0,4}[\"']?(?:TLSv1(?:\.[0-3])?|SSLv3)|"
    rb"ssl_protocols[ \t]{1,8}[ .a-zA-Z0-9]{4,80};|"
    rb"ssl\.use-sslv[23][ \t]{0,4}=[ \t]{0,4}\"enable\"",
    (b"MinProtocol", b"ssl_protocols", b"ssl.use-sslv"),
    longest=120,
    kinds=_SOURCES,
)
_VERSIONS = regex(rb"SSLv2|SSLv3|TLSv1(?:\.[0-3])?")
_ORDER = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_NEAR = 1 << 16
"""Bytes of a source that are searched for the host that it calls."""
_PEER = regex(
    rb"[\"']((?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,12})[\"'][ \t]*,[ \t]*"
    rb"(?:port[ \t]*[=:][ \t]*)?(?:443|465|636|993|8443|8883)\b|"
    rb"\bhost(?:name)?[\"']?[ \t]*[:=][ \t]*[\"']((?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,12})[\"']"
)
_ADDRESS = regex(rb"https?://[^\s\"'<>?]{3,200}|(?:wss|mqtts)://[^\s\"'<>?]{3,200}")


class TlsSettings(Inspector):
    """Records each setting with the address that it is used for, where the same line names one."""

    id = "tls-settings"
    title = "Is the check of a peer's certificate switched off, and which versions and suites are offered?"
    what = (
        "Options and calls in scripts and configuration that switch the check of certificates off, and settings of the "
        "lowest TLS version and of the suites of a server or of OpenSSL."
    )
    limits = "Settings that a program makes while it runs are not seen; those of a maker's own by usual names only."
    patterns = (
        *(Pattern(one.name, one.sign, one.literals, 240, one.ignore_case, _SOURCES) for one in SWITCHES),
        _LOWEST,
    )

    def wants(self, look: Look) -> bool:
        """Take files in which a sign stands, and the settings of clients by their path."""
        return bool(look.matches) or (
            look.kind in _SOURCES and (is_client_file(look.path) or is_server_file(look.path))
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the settings of one file."""
        for switch in SWITCHES:
            for sign in look.matches.get(switch.name, ()):
                match = switch.find(look.data, sign)
                if match is not None:
                    yield _switched_off(look, switch.client, match)
        for option in read_client_options(look.path, look.data):
            yield _option(look, option)
        for one in read_server_options(look.path, look.data):
            active = is_active(look, one.offset) and plain_path(look.path) == look.path
            yield Seen(TlsSetting(one.server, one.setting, one.value, "", active), one.offset, one.length)
        for match in look.matches.get(_LOWEST.name, ()):
            fact = TlsSetting(_reader(look), "minimum-version", _lowest(match[0]), "", is_active(look, match.start()))
            yield Seen(fact, match.start(), match.end() - match.start())


def _switched_off(look: Look, client: str, match: re.Match[bytes]) -> Seen:
    endpoint = _address(look.data, match.start()) or ("" if client in COMMANDS else _peer(look.data))
    by_command = client in COMMANDS
    is_said = is_text(look, match.start(), match.end())
    active = is_active(look, match.start()) and not is_library(look.path) and (by_command or not is_said)
    fact = TlsSetting(client, "verify-peer", "off", endpoint, active, by_command or is_shell(look))
    return Seen(fact, match.start(), match.end() - match.start())


def _option(look: Look, option: ClientOption) -> Seen:
    active = is_active(look, option.offset) and plain_path(look.path) == look.path
    fact = TlsSetting(option.client, "verify-peer", "off", printable(option.peer), active)
    return Seen(fact, option.offset, option.length)


def _address(data: bytes, offset: int) -> str:
    _, line = line_at(data, offset)
    address = _ADDRESS.search(line)
    return printable(masked_text(address[0])) if address else ""


def _peer(data: bytes) -> str:
    """Give the first host that a source names beside a port of TLS, or as the host of a call; empty without one."""
    found = _PEER.search(data, 0, _NEAR)
    return printable(found[1] or found[2]) if found else ""


def _lowest(setting: bytes) -> str:
    """Give the lowest version that a setting allows; `ssl.use-sslv3` names it in its key."""
    if setting.startswith(b"ssl.use-"):
        return "SSLv" + setting[12:13].decode()
    versions = [version.decode() for version in _VERSIONS.findall(setting)]
    return min(versions, key=_ORDER.index, default="")


def _reader(look: Look) -> str:
    """Name the program that reads a configuration file, by the file's name."""
    for name in ("lighttpd", "nginx", "openssl", "mosquitto", "stunnel"):
        if name.encode() in look.path:
            return name
    return printable(look.name)
