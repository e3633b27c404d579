"""Settings files of clients that decide over every call of a program: curl's and wget's own, git's, stunnel's, UCI's.

Syntax: the manuals of curl (`-K`), GNU wget (startup file), git-config, stunnel (`client`, `verify`, `verifyChain`,
`verifyPeer`; nothing is checked unless one of these says so) and collectd.conf, and the schema of UCI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from plimsoll.inspect.firmware._setting_files import plain_path
from plimsoll.inspect.firmware._setting_forms import Written, ini, uci, words
from plimsoll.regex import regex

_NO = (b"0", b"no", b"off", b"false", b"disabled", b"none", b"ignore")
_YES = (b"1", b"yes", b"on", b"true", b"enabled")
_CHECKS = (b"verify_peer", b"ssl_verify", b"ssl_verify_peer", b"verify_cert", b"check_certificate", b"cert_verify")
_SKIPS = (
    b"insecure",
    b"ssl_insecure",
    b"tls_insecure",
    b"no_check_certificate",
    b"allow_insecure",
    b"skip_cert_verify",
)


class ClientOption(msgspec.Struct, frozen=True):
    """An option in a file by which a client checks no certificate."""

    client: str
    offset: int
    length: int
    peer: bytes = b""
    """Host and port that it is for; empty when it holds for all, or when nothing says."""


def read_client_options(path: bytes, data: bytes) -> Iterator[ClientOption]:
    """Give the options of a file that is of one of these kinds by its path; nothing for any other."""
    reader = _reader(plain_path(path))
    if reader is not None:
        yield from reader(path, data)


def is_client_file(path: bytes) -> bool:
    """Tell by its path whether a file is one of these."""
    return _SIGN.search(path) is not None and _reader(plain_path(path)) is not None


def _curlrc(_: bytes, data: bytes) -> Iterator[ClientOption]:
    for offset, line in _lines(data):
        if line.partition(b"#")[0].strip() in (b"insecure", b"--insecure", b"-k", b"insecure = true"):
            yield ClientOption("curl", offset, len(line))


def _wgetrc(_: bytes, data: bytes) -> Iterator[ClientOption]:
    for one in words(data):
        if one.key.replace(b"-", b"_") in (b"check_certificate", b"checkcertificate") and one.value.lower() in _NO:
            yield _option("wget", one)


def _gitconfig(_: bytes, data: bytes) -> Iterator[ClientOption]:
    for one in ini(data):
        if one.section.startswith(b"http") and one.key == b"sslverify" and one.value.lower() in _NO:
            yield _option("git", one)


def _collectd(_: bytes, data: bytes) -> Iterator[ClientOption]:
    for one in words(data):
        if one.key in (b"verifypeer", b"verifyhost") and one.value.lower() in _NO:
            yield _option("collectd", one)


def _opkg(_: bytes, data: bytes) -> Iterator[ClientOption]:
    for one in words(data):
        if one.key == b"option" and one.value.split() == [b"no_check_certificate", b"1"]:
            yield _option("opkg", one)


def _stunnel(_: bytes, data: bytes) -> Iterator[ClientOption]:
    """Give each client section that checks nothing, at its address."""
    sections: dict[bytes, dict[bytes, Written]] = {}
    for one in ini(data):
        sections.setdefault(one.section, {})[one.key] = one
    common = sections.pop(b"", {})
    for own in sections.values():
        section = common | own
        peer = section.get(b"connect")
        if peer is not None and _value(section, b"client") in _YES and not _is_checked(section):
            yield _option("stunnel", peer, peer.value)


def _is_checked(section: dict[bytes, Written]) -> bool:
    if _value(section, b"verify") in (b"2", b"3", b"4"):
        return True
    return any(_value(section, key) in _YES for key in (b"verifychain", b"verifypeer")) or b"psksecrets" in section


def _value(section: dict[bytes, Written], key: bytes) -> bytes:
    return section[key].value.lower() if key in section else b""


def _uci(path: bytes, data: bytes) -> Iterator[ClientOption]:
    """Give the options that say so by their usual names; the package's name stands for the program."""
    name = path.rpartition(b"/")[2].decode("ascii", "replace")
    for one in uci(data):
        value = one.value.lower()
        is_off = (one.key in _CHECKS and value in _NO) or (one.key in _SKIPS and value in _YES)
        if one.applies and (is_off or (one.key == b"cacert" and value == b"ignore")):
            yield _option(name, one)


def _option(client: str, one: Written, peer: bytes = b"") -> ClientOption:
    return ClientOption(client, one.offset, one.length, peer)


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    offset = 0
    for line in data[: 1 << 16].split(b"\n"):
        yield offset, line
        offset += len(line) + 1


_Reader = Callable[[bytes, bytes], Iterator[ClientOption]]
_SIGN = regex(rb"curlrc|wgetrc|gitconfig|collectd|opkg|stunnel|etc/config/")
_FILES: tuple[tuple[re.Pattern[bytes], _Reader], ...] = tuple(
    (regex(rb"(?:\A|/)(?:" + path + rb")\Z"), reader)
    for path, reader in (
        (rb"[._]?curlrc", _curlrc),
        (rb"\.?wgetrc", _wgetrc),
        (rb"\.?gitconfig", _gitconfig),
        (rb"collectd\.conf|collectd(?:\.conf)?\.d/[^/]{1,60}\.conf|collectd/[^/]{1,60}\.conf", _collectd),
        (rb"opkg\.conf|opkg/[^/]{1,60}\.conf", _opkg),
        (rb"stunnel[\w-]{0,20}\.conf|stunnel/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", _stunnel),
        (rb"etc/config/[^/.]{1,60}", _uci),
    )
)


def _reader(path: bytes) -> _Reader | None:
    return next((reader for pattern, reader in _FILES if pattern.search(path)), None)
