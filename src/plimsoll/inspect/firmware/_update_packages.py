"""Reads how package managers check what they install: opkg, apk and apt.

Settings are those of their manuals: opkg.conf(5), apk-repositories(5), apt.conf(5), sources.list(5), and those of
unattended-upgrades.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._public_keys import read_public_keys
from plimsoll.inspect.firmware._update_reading import OFF, ON, lines, named_key, no_certificate, signature
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import UpdateClient, UpdateKey, UpdateTrust
from plimsoll.regex import regex

DAY_S = 86_400

_TRUSTED = regex(rb"\[[^\]]*\b(?:trusted|allow-insecure)=yes\b")
_SIGNED_BY = regex(rb"\[[^\]]*\bsigned-by=(/[^\s,\]]{1,300})")
_APT = regex(rb"\s*(APT::[\w:-]+|Acquire::[\w:-]+)\s+\"?([^\";\s]*)\"?\s*;", re.IGNORECASE)
_APT_OPEN = (b"apt::get::allowunauthenticated", b"acquire::allowinsecurerepositories")
_APT_PEER = (b"acquire::https::verify-peer", b"acquire::https::verify-host")
_APT_INSTALLS = b"apt::periodic::unattended-upgrade"


def opkg(look: Look) -> Iterator[Seen | object]:
    """Give whether opkg asks for a signature of its lists: only when told so; OpenWrt's keys are usign's (Ed25519)."""
    found: list[tuple[int, bytes, bool]] = []
    algorithm = "ed25519"
    for offset, line in lines(look):
        words = line.split()
        if words[:2] == [b"option", b"check_signature"]:
            found.append((offset, line, len(words) < 3 or words[2] not in (b"0", b"false")))
        elif words[:2] == [b"option", b"signature_type"] and len(words) > 2:
            algorithm = "openpgp" if words[2].startswith(b"gpg") else "cms" if words[2] == b"openssl" else algorithm
        elif words[:2] == [b"option", b"signature_ca_file"] and len(words) > 2:
            if named := named_key("opkg", words[2], b"", offset, len(line)):
                yield named
        elif words[:2] == [b"option", b"no_check_certificate"] and (len(words) < 3 or words[2] not in OFF):
            yield no_certificate("opkg", offset, len(line))
    if found:
        offset, line, on = found[0]
        yield signature("opkg", on, algorithm, offset, len(line))
    elif look.path.endswith(b"etc/opkg.conf") and look.data.strip():
        yield Seen(UpdateTrust("opkg", "signature", "off", algorithm))


def package_key(look: Look) -> Iterator[Seen | object]:
    """Give a key of the folder whose keys opkg or apk trusts, without any naming it."""
    if not look.data.strip():
        return
    client = "opkg" if b"etc/opkg/" in look.path else "apk"
    algorithm = "ed25519" if client == "opkg" else "rsa"
    digest = hashlib.sha256(look.data).hexdigest()
    yield Seen(UpdateTrust(client, "signature", "unknown", algorithm, digest))
    for key in read_public_keys(look.data):
        yield Seen(UpdateKey(client, "present", printable(look.path), key.kind, key.bits, key.public_digest))


def apk(look: Look) -> Iterator[Seen | object]:
    """Give that apk asks for signatures: it does, unless it is called with --allow-untrusted."""
    for offset, line in lines(look):
        if line.split()[-1].startswith((b"http://", b"https://", b"ftp://")):
            yield signature("apk", True, "rsa", offset, len(line))
            return


def apt_sources(look: Look) -> Iterator[Seen | object]:
    """Give each archive; apt checks its signature unless it is marked as trusted."""
    if look.name.endswith(b".sources"):
        yield from _apt_stanzas(look)
        return
    for offset, line in lines(look):
        if line.split()[0] in (b"deb", b"deb-src"):
            yield signature("apt", _TRUSTED.search(line) is None, "openpgp", offset, len(line))
            by = _SIGNED_BY.search(line)
            if by is not None and (named := named_key("apt", by[1], b"", offset, len(line))):
                yield named


class _Stanza(msgspec.Struct):
    """One archive in the form of deb822."""

    offset: int = -1
    length: int = 0
    is_enabled: bool = True
    is_trusted: bool = False


def _apt_stanzas(look: Look) -> Iterator[Seen]:
    stanza = _Stanza()
    for offset, line in [*look.lines(limit=20_000), (len(look.data), b"")]:
        key, _, value = line.partition(b":")
        key, value = key.strip().lower(), value.strip().lower()
        if not line.strip():
            if stanza.offset >= 0 and stanza.is_enabled:
                yield signature("apt", not stanza.is_trusted, "openpgp", stanza.offset, stanza.length)
            stanza = _Stanza()
        elif key in (b"uris", b"trusted") and (key == b"trusted" or stanza.offset < 0):
            stanza.offset, stanza.length = offset, len(line)
            stanza.is_trusted = stanza.is_trusted or (key == b"trusted" and value in ON)
        elif key == b"enabled":
            stanza.is_enabled = value not in OFF


def apt_settings(look: Look) -> Iterator[Seen | object]:
    """Give what apt.conf says of unattended upgrades and of archives that are not signed."""
    for offset, line in lines(look):
        match = _APT.match(line)
        if match is None:
            continue
        key, value = match[1].lower(), match[2].lower()
        if key == _APT_INSTALLS and (value.isdigit() or value in (*ON, *OFF)) and len(value) < 6:
            days = int(value) if value.isdigit() else int(value in ON)
            interval = days * DAY_S or None
            yield Seen(UpdateClient("apt", "conditional", days > 0, interval), offset, len(line))
        elif key in _APT_OPEN and value in ON:
            yield signature("apt", False, "openpgp", offset, len(line))
        elif key in _APT_PEER and value in OFF:
            yield no_certificate("apt", offset, len(line))
