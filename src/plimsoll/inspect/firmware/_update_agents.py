"""Reads how update agents are set: SWUpdate, RAUC, Mender, clients of hawkBit, OSTree and fwupd.

Settings are those of the documentation of each: swupdate.cfg of SWUpdate; the system configuration file of RAUC;
mender.conf; config.conf of rauc-hawkbit-updater; remotes of OSTree, ostree.repo-config(5); fwupd-remotes.d(5) and
fwupd.conf(5). That RAUC refuses bundles when it has no keyring, and that OSTree asks for a signature unless it is told
not to, is said there as well.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence

from plimsoll.inspect.firmware._public_keys import read_public_keys
from plimsoll.inspect.firmware._setting_forms import Written, ini
from plimsoll.inspect.firmware._update_reading import (
    LARGEST,
    OFF,
    ON,
    guard,
    libconfig,
    named_key,
    no_certificate,
    seconds,
    signature,
)
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import Endpoint, UpdateClient, UpdateKey
from plimsoll.regex import regex

_SLOT = regex(rb"slot\.([\w-]{1,60})\.[\w-]{1,20}\Z")
_HOST = regex(r"(?:(https?)://)?([a-z0-9_.$%{}-]{1,200}|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?(/.*)?", re.IGNORECASE)
_PORTS = {"http": 80, "https": 443}
_SERVERS = (b"suricatta", b"gservice", b"download")


def swupdate(look: Look) -> Iterator[Seen | object]:
    """Give what SWUpdate checks: signed images when it is given a public key or a store of certificates."""
    settings = list(libconfig(look.data))
    delays = [one for one in settings if one.group in _SERVERS and one.name == b"polldelay"]
    interval = seconds(delays[0].value) if delays else None
    yield Seen(UpdateClient("swupdate", "conditional", None, interval))
    keys = [one for one in settings if one.name in (b"public-key-file", b"ca-path") and one.value]
    for one in keys[:1]:
        algorithm = "sha256-rsa" if one.name == b"public-key-file" else "cms"
        yield signature("swupdate", True, algorithm, one.offset, one.length)
    if not keys:
        yield signature("swupdate", False, "sha256-rsa", 0, 0)
    for one in settings:
        if one in keys and (named := named_key("swupdate", one.value, b"", one.offset, one.length)):
            yield named
        elif one.group in _SERVERS and one.name == b"nocheckcert" and one.value.lower() in ON:
            yield no_certificate("swupdate", one.offset, one.length)
        elif one.name == b"no-downgrading" and one.value and one.group == b"globals":
            yield guard("swupdate", "rollback", one.name + b" " + one.value, one.offset, one.length)


def rauc(look: Look) -> Iterator[Seen | object]:
    """Give what RAUC is set to: no bundle is installed whose CMS signature does not fit its keyring."""
    written = list(ini(look.data))
    polled = _first(written, b"polling", b"source-url")
    interval = _first(written, b"polling", b"interval-sec")
    yield Seen(
        UpdateClient("rauc", "conditional", True if polled else None, seconds(interval.value) if interval else None)
    )
    folder = posixpath.dirname(look.path)
    ring = [one for one in written if one.section == b"keyring" and one.key in (b"path", b"directory") and one.value]
    for one in ring[:1]:
        yield signature("rauc", True, "cms", one.offset, one.length)
    if not ring:
        yield signature("rauc", None, "cms", 0, 0)
    for one in ring:
        if named := named_key("rauc", one.value, folder, one.offset, one.length):
            yield named
    yield from _slots(written)
    minimum = _first(written, b"system", b"min-bundle-version")
    if minimum is not None and minimum.value:
        yield guard("rauc", "rollback", b"min-bundle-version " + minimum.value, minimum.offset, minimum.length)


def _slots(written: Sequence[Written]) -> Iterator[Seen]:
    """Give that a class of slots has two members or more, of which one is written while the other runs."""
    members: dict[bytes, dict[bytes, Written]] = {}
    for one in written:
        if (match := _SLOT.match(one.section)) is not None:
            members.setdefault(match[1], {}).setdefault(one.section, one)
    for name, slots in members.items():
        if len(slots) > 1:
            first = next(iter(slots.values()))
            yield guard("rauc", "slots", b"%d slots of class %s" % (len(slots), name), first.offset, first.length)


def mender(look: Look) -> Iterator[Seen | object]:
    """Give what Mender checks: signatures of artifacts only when a key is configured."""
    settings = _json(look)
    if settings is None:
        return
    polls = settings.get("UpdatePollIntervalSeconds", True)
    yield Seen(UpdateClient("mender", "conditional", bool(polls), seconds(polls)))
    given = settings.get("ArtifactVerifyKeys")
    keys = [settings.get("ArtifactVerifyKey"), *(given if isinstance(given, list) else [])]
    named = [key for key in keys if isinstance(key, str) and key][:32]
    yield signature("mender", bool(named), "", *_place_of(look, "ArtifactVerifyKey"))
    for key in named:
        if (one := named_key("mender", key.encode(), b"", *_place_of(look, key))) is not None:
            yield one
    https = settings.get("HttpsClient")
    skips = [settings.get("SkipVerify"), https.get("SkipVerify") if isinstance(https, dict) else None]
    if True in skips:
        yield no_certificate("mender", *_place_of(look, "SkipVerify"))
    if settings.get("RootfsPartA") and settings.get("RootfsPartB"):
        yield guard("mender", "slots", b"RootfsPartA and RootfsPartB", *_place_of(look, "RootfsPartA"))


def _json(look: Look) -> dict[str, object] | None:
    if len(look.data) > LARGEST:
        return None
    try:
        settings = json.loads(look.data)
    except (ValueError, RecursionError):
        return None
    return settings if isinstance(settings, dict) else None


def _place_of(look: Look, word: str) -> tuple[int, int]:
    """Give offset and length of the line of a word; of nothing when it is written in another way."""
    raw = word.encode()
    at = look.data.find(raw)
    if at < 0:
        return 0, 0
    start = look.data.rfind(b"\n", 0, at) + 1
    end = look.data.find(b"\n", at)
    end = len(look.data) if end < 0 else end
    return (start, end - start) if end - start <= 1000 else (at, len(raw))


def hawkbit(look: Look) -> Iterator[Seen | object]:
    """Give where a client of hawkBit looks; what it fetches goes to the installer, which checks it."""
    written = [one for one in ini(look.data) if one.section == b"client"]
    server = next((one for one in written if one.key == b"hawkbit_server" and one.value), None)
    if server is None:
        return
    yield Seen(UpdateClient("hawkbit", "conditional", True), server.offset, server.length)
    is_clear = any(one.key == b"ssl" and one.value.lower() in OFF for one in written)
    if (endpoint := _endpoint(printable(server.value), "http" if is_clear else "https", look)) is not None:
        yield Seen(endpoint, server.offset, server.length)
    for one in written:
        if one.key == b"ssl_verify" and one.value.lower() in OFF and not is_clear:
            yield no_certificate("hawkbit", one.offset, one.length)


def _endpoint(text: str, scheme: str, look: Look) -> Endpoint | None:
    match = _HOST.fullmatch(text)
    if match is None:
        return None
    scheme = (match[1] or scheme).lower()
    port = int(match[3]) if match[3] else _PORTS[scheme]
    return Endpoint(scheme, match[2].lower(), port, (match[4] or "")[:200], "update", printable(look.name), True)


def ostree(look: Look) -> Iterator[Seen | object]:
    """Give each remote: its commits must be signed unless `gpg-verify` is off and `sign-verify` is not on."""
    remotes: dict[bytes, list[Written]] = {}
    for one in ini(look.data):
        if one.section.startswith(b"remote"):
            remotes.setdefault(one.section, []).append(one)
    for written in remotes.values():
        yield from _remote(written)


def _remote(written: Sequence[Written]) -> Iterator[Seen | object]:
    said = {one.key: one for one in written}
    by_gpg, by_key = said.get(b"gpg-verify"), said.get(b"sign-verify")
    shown = by_gpg or by_key or said.get(b"url") or written[0]
    if by_key is not None and by_key.value.lower() not in OFF:
        yield signature("ostree", True, "ed25519", by_key.offset, by_key.length)
    elif by_gpg is not None and by_gpg.value.lower() in OFF:
        yield signature("ostree", False, "openpgp", by_gpg.offset, by_gpg.length)
    else:
        yield signature("ostree", True, "openpgp", shown.offset, shown.length)
    for one in written:
        if one.key == b"tls-permissive" and one.value.lower() in ON:
            yield no_certificate("ostree", one.offset, one.length)
        named = named_key("ostree", one.value, b"", one.offset, one.length)
        if one.key in (b"verification-ed25519-file", b"gpgkeypath") and named is not None:
            yield named


def fwupd(look: Look) -> Iterator[Seen | object]:
    """Give what fwupd checks; a remote that is not enabled says nothing."""
    written = list(ini(look.data))
    if look.name in (b"fwupd.conf", b"daemon.conf"):
        for one in written:
            if one.key == b"onlytrusted" and one.value.lower() in OFF:
                yield signature("fwupd", False, "", one.offset, one.length)
        return
    enabled = _first(written, b"fwupd remote", b"enabled") or _first(written, b"fwupdremote", b"enabled")
    address = next((one for one in written if one.key == b"metadatauri"), None)
    if enabled is None or enabled.value.lower() not in ON or address is None:
        return
    ring = next((one for one in written if one.key == b"keyring"), None)
    if address.value.startswith((b"http://", b"https://")):
        yield Seen(UpdateClient("fwupd", "conditional"), address.offset, address.length)
        by = ring or enabled
        is_on = ring is None or ring.value.lower() != b"none"
        yield signature("fwupd", is_on, "cms" if is_on else "", by.offset, by.length)


def fwupd_key(look: Look) -> Iterator[Seen | object]:
    """Give a key of the folders whose keys fwupd trusts, without any naming it."""
    for key in read_public_keys(look.data):
        yield Seen(UpdateKey("fwupd", "present", printable(look.path), key.kind, key.bits, key.public_digest))


def _first(written: Sequence[Written], section: bytes, key: bytes) -> Written | None:
    return next((one for one in written if one.section == section and one.key == key), None)
