"""Which versions of TLS and which suites servers are set to offer, by their settings files.

Names are those of the manuals of Apache's mod_ssl, nginx, lighttpd, stunnel, mosquitto.conf(5), openvpn(8),
vsftpd.conf(5), proftpd's mod_tls and openssl's config(5). The lowest versions in the settings of nginx, lighttpd and
OpenSSL are read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.inspect.firmware import _setting_forms as forms
from plimsoll.inspect.firmware._setting_files import plain_path
from plimsoll.regex import regex

_ORDER = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_BY_NAME = {one.lower(): one for one in _ORDER} | {
    "tlsv1.0": "TLSv1",
    "1.0": "TLSv1",
    "1.1": "TLSv1.1",
    "1.2": "TLSv1.2",
}


class ServerOption(msgspec.Struct, frozen=True):
    """The lowest version that a server offers, or its list of suites."""

    server: str
    setting: Literal["minimum-version", "ciphers"]
    value: str
    offset: int
    length: int


class _File(msgspec.Struct, frozen=True):
    server: str
    path: re.Pattern[bytes]
    form: forms.Form
    suites: frozenset[bytes]
    versions: frozenset[bytes] = frozenset()


def _file(server: str, path: bytes, form: forms.Form, suites: bytes, versions: bytes = b"") -> _File:
    names = frozenset(suites.split()), frozenset(versions.split())
    return _File(server, regex(rb"(?:\A|/)(?:" + path + rb")\Z"), form, *names)


_FILES = (
    _file("apache2", rb"(?:apache2?|httpd)/(?:[^/]{1,60}/){0,3}[^/]{1,60}\.conf", forms.blocks, b"sslciphersuite",
          b"sslprotocol"),
    _file("nginx", rb"nginx/(?:[^/]{1,60}/)?[^/]{1,60}|nginx\.conf", forms.nginx, b"ssl_ciphers"),
    _file("lighttpd", rb"lighttpd[\w.-]{0,30}\.conf|lighttpd/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.lighttpd,
          b"ssl.cipher-list"),
    _file("stunnel", rb"stunnel[\w-]{0,20}\.conf|stunnel/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.ini, b"ciphers",
          b"sslversion sslversionmin"),
    _file("mosquitto", rb"mosquitto\.conf|mosquitto/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.words, b"ciphers",
          b"tls_version"),
    _file("openvpn", rb"openvpn/(?:[^/]{1,60}/)?[^/]{1,60}\.(?:conf|ovpn)", forms.words, b"tls-cipher cipher",
          b"tls-version-min"),
    _file("vsftpd", rb"vsftpd[\w.-]{0,30}\.conf", forms.words, b"ssl_ciphers", b"ssl_sslv2 ssl_sslv3"),
    _file("proftpd", rb"proftpd\.conf|proftpd/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.blocks, b"tlsciphersuite",
          b"tlsprotocol"),
    _file("openssl", rb"(?:ssl/)?openssl\.cnf", forms.ini, b"cipherstring"),
)  # fmt: skip
_SIGN = regex(rb"apache|httpd/|nginx|lighttpd|stunnel|mosquitto|openvpn|ftpd|openssl\.cnf")


def is_server_file(path: bytes) -> bool:
    """Tell by its path whether a file holds settings of a server that speaks TLS."""
    return _SIGN.search(path) is not None and _kind(path) is not None


def read_server_options(path: bytes, data: bytes) -> Iterator[ServerOption]:
    """Give the settings of versions and suites of a file; nothing when it is none of these."""
    kind = _kind(path) if _SIGN.search(path) is not None else None
    for one in kind.form(data) if kind is not None else ():
        assert kind is not None
        if one.key in kind.suites and one.value:
            value = one.value.decode("ascii", "backslashreplace")
            yield ServerOption(kind.server, "ciphers", value[:300], one.offset, one.length)
        elif one.key in kind.versions and (lowest := _lowest(one)):
            yield ServerOption(kind.server, "minimum-version", lowest, one.offset, one.length)


def _kind(path: bytes) -> _File | None:
    return next((one for one in _FILES if one.path.search(plain_path(path))), None)


def _lowest(one: forms.Written) -> str:
    """Give the lowest version that is left on; `all` is everything from TLS 1.0 on."""
    if one.key.startswith(b"ssl_sslv"):
        return "SSLv" + chr(one.key[-1]) if one.value.lower() == b"yes" else ""
    left: set[str] = set()
    for word in one.value.decode("ascii", "replace").replace(",", " ").split():
        named = set(_ORDER[2:]) if word.lstrip("+-").lower() == "all" else {_BY_NAME.get(word.lstrip("+-").lower(), "")}
        left = left - named if word.startswith("-") else left | named
    return min(left - {""}, key=_ORDER.index, default="")
