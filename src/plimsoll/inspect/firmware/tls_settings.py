"""Where the check of a peer's certificate, or the lowest version of TLS, is set: scripts and configuration.

The options are those of the programs' own manuals: curl, wget, uclient-fetch, lighttpd, nginx, mosquitto, stunnel,
OpenSSL, and of the usual calls in Python, PHP, Lua and JavaScript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._standing import is_active, line_at
from plimsoll.inspect.inspector import FileKind, Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import TlsSetting

_SOURCES: tuple[FileKind, ...] = ("script", "text")


class _Switch(msgspec.Struct, frozen=True):
    """A way in which the check of the peer's certificate is switched off."""

    name: str
    client: str
    sign: bytes
    """Short expression that is looked for in every file."""
    literals: tuple[bytes, ...]
    command: re.Pattern[bytes] | None = None
    """What must stand from the sign on; nothing more when absent."""


def _command(program: bytes, option: bytes) -> re.Pattern[bytes]:
    """Find an option of a program in one simple command, which may go on over line ends that are escaped."""
    return re.compile(program + rb"(?:[^\n|;&#]|\\\n){0,300}?[ \t]" + option)


_NO_CHECK = rb"--no-check-certificate\b"
_SWITCHES = (
    _Switch(
        "curl", "curl", rb"\bcurl\b", (b"curl",),
        _command(b"curl", rb"(?:-[#012346aBfgGiIjJlLMnNOpqRsSvZ]{0,8}k[a-zA-Z]{0,8}|--insecure)(?![\w-])"),
    ),
    _Switch("wget", "wget", rb"\bwget\b", (b"wget",), _command(b"wget", _NO_CHECK)),
    _Switch(
        "uclient-fetch", "uclient-fetch", rb"\buclient-fetch\b", (b"uclient-fetch",),
        _command(b"uclient-fetch", _NO_CHECK),
    ),
    _Switch("python-requests", "python", rb"\bverify[ \t]{0,4}=[ \t]{0,4}False\b", (b"verify",)),
    _Switch("python-ssl", "python", rb"_create_unverified_context|\bCERT_NONE\b", (b"_unverified_", b"CERT_NONE")),
    _Switch(
        "php", "php", rb"CURLOPT_SSL_VERIFYPEER[ \t]{0,4}(?:,|=>)[ \t]{0,4}(?:0|false)\b", (b"CURLOPT_SSL_VERIFYPEER",)
    ),
    _Switch(
        "node", "node", rb"rejectUnauthorized[\"']?[ \t]{0,4}:[ \t]{0,4}false\b|NODE_TLS_REJECT_UNAUTHORIZED=[\"']?0\b",
        (b"rejectUnauthorized", b"NODE_TLS_REJECT_UNAUTHORIZED"),
    ),
    _Switch("lua", "lua", rb"\bverify[ \t]{0,4}=[ \t]{0,4}[\"']none[\"']", (b"verify",)),
    _Switch("mosquitto", "mosquitto", rb"\bbridge_insecure[ \t]{1,8}true\b", (b"bridge_insecure",)),
    _Switch("git", "git", rb"\bhttp\.sslVerify[ \t=]{1,4}false\b|GIT_SSL_NO_VERIFY=", (b"sslVerify", b"GIT_SSL_NO")),
)  # fmt: skip

_LOWEST = Pattern(
    "minimum-version",
    rb"MinProtocol[\"']?[ \t]{0,4}(?:=>?)[ \t]{0,4}[\"']?(?:TLSv1(?:\.[0-3])?|SSLv3)|"
    rb"ssl_protocols[ \t]{1,8}[ .a-zA-Z0-9]{4,80};|"
    rb"ssl\.use-sslv[23][ \t]{0,4}=[ \t]{0,4}\"enable\"",
    (b"MinProtocol", b"ssl_protocols", b"ssl.use-sslv"),
    longest=120,
    kinds=_SOURCES,
)
_VERSIONS = re.compile(rb"SSLv2|SSLv3|TLSv1(?:\.[0-3])?")
_ORDER = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_ADDRESS = re.compile(rb"https?://[^\s\"'<>?]{3,200}|(?:wss|mqtts)://[^\s\"'<>?]{3,200}")


class TlsSettings(Inspector):
    """Records each setting with the address that it is used for, where the same line names one."""

    id = "tls-settings"
    title = "Is the check of a peer's certificate switched off, and which version of TLS is the lowest?"
    what = (
        "Options and calls in scripts and configuration that switch the check of certificates off, and settings of the "
        "lowest TLS version of a server or of OpenSSL."
    )
    limits = "What a compiled program does with its own calls of a TLS library is not seen."
    patterns = (
        *(Pattern(one.name, one.sign, one.literals, longest=80, kinds=_SOURCES) for one in _SWITCHES),
        _LOWEST,
    )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the settings of one file."""
        for switch in _SWITCHES:
            for sign in look.matches.get(switch.name, ()):
                match = switch.command.match(look.data, sign.start()) if switch.command else sign
                if match is not None:
                    endpoint = _address(look.data, match.start())
                    active = is_active(look, match.start())
                    fact = TlsSetting(switch.client, "verify-peer", "off", endpoint, active)
                    yield Seen(fact, match.start(), match.end() - match.start())
        for match in look.matches.get(_LOWEST.name, ()):
            fact = TlsSetting(_reader(look), "minimum-version", _lowest(match[0]), "", is_active(look, match.start()))
            yield Seen(fact, match.start(), match.end() - match.start())


def _address(data: bytes, offset: int) -> str:
    _, line = line_at(data, offset)
    address = _ADDRESS.search(line)
    return printable(address[0]) if address else ""


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
