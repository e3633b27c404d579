"""How software is renewed: the programs that do it, and what decides which software they accept.

Settings are those of the manuals of opkg, SWUpdate, RAUC, Mender, OSTree and apt; scripts of a maker's own are known by
doing both halves of an update: fetching something, and writing it to flash or handing it to the installer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator

from plimsoll.inspect.firmware._standing import is_comment, is_documentation
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.model.facts import UpdateClient, UpdateTrust

SCRIPT = "vendor-script"
LARGEST_JSON = 1 << 20
"""Bytes of the largest JSON configuration that is parsed."""

_FETCH = re.compile(rb"\b(?:wget|curl|uclient-fetch|tftp|ftpget|scp|aria2c)\b")
_INSTALL = re.compile(
    rb"\bmtd[ \t]{1,4}(?:-[a-z]{1,3}[ \t]{1,4}[^ \t\n]{0,40}[ \t]{0,4}){0,3}write\b|"
    rb"\b(?:flashcp|mtd_write|nandwrite|fw_update|sysupgrade|write_firmware|flash_update)\b|"
    rb"\bdd\b[^\n]*\bof=/dev/(?:mtd|mmcblk)|>[ \t]*/dev/mtd(?:block)?[0-9]"
)
_OF_SYSUPGRADE = re.compile(rb"(?:\A|/)(?:lib/upgrade/|sbin/sysupgrade\Z)")
"""Parts of OpenWrt's sysupgrade, which is a client of its own."""
_WRITES = re.compile(rb"\b(?:mtd|flashcp|mtd_write|nandwrite|dd)\b|>[ \t]*/dev/mtd")
"""Programs that write what they are given; the others of `_INSTALL` may check it first, and nobody sees whether."""
_SIGNATURE = re.compile(
    rb"\bopenssl[ \t]+(?:dgst|smime|cms|pkeyutl)\b[^\n]*-verify\b|\bgpgv\b|\bgpg\b[^\n]*--verify\b|"
    rb"\busign[ \t]+-V\b|\bsignify[ \t]+-V\b|\bminisign[ \t]+-V|\bucert[ \t]+-V\b|\bfwtool\b[^\n]*-s\b"
)
_CHECKSUM = re.compile(rb"\b(md5|sha1|sha224|sha256|sha384|sha512|ck|crc32)(?:sum)?\b")
_DIGEST = re.compile(rb"-(md5|sha1|sha256|sha384|sha512)\b")

_PROGRAMS = {
    b"opkg": "opkg", b"opkg-cl": "opkg", b"swupdate": "swupdate", b"rauc": "rauc", b"mender": "mender",
    b"mender-update": "mender", b"sysupgrade": "sysupgrade", b"apt-get": "apt", b"apk": "apk", b"ostree": "ostree",
    b"fwupd": "fwupd", b"hawkbit-updater": "hawkbit", b"rauc-hawkbit-updater": "hawkbit", b"unattended-upgrade": "apt",
}  # fmt: skip
_PROGRAM_FOLDERS = (b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/libexec", b"usr/lib/fwupd", b"usr/local/bin")


class Updates(Inspector):
    """Records update clients by their programs, and their trust by configuration and by what scripts check."""

    id = "updates"
    title = "How is software renewed, and what does the device check before it installs?"
    what = (
        "Programs that install software, configuration that says which signatures they ask for, and scripts that fetch "
        "something and write it to flash, with what they check in between."
    )
    limits = "A program of a maker's own that updates by itself, in compiled code, is not seen."
    patterns = (
        Pattern(
            "installs",
            rb"\bmtd\b|\b(?:flashcp|mtd_write|nandwrite|fw_update|sysupgrade|write_firmware|flash_update)\b|"
            rb"\bof=/dev/(?:mtd|mmcblk)|/dev/mtd(?:block)?[0-9]",
            (b"mtd", b"flash", b"nandwrite", b"fw_update", b"sysupgrade", b"write_firmware", b"of=/dev/"),
            longest=160,
            kinds=("script",),
        ),
    )

    def wants(self, look: Look) -> bool:
        """Take update programs, their configuration, and scripts in which something is installed."""
        return bool(look.matches) or _reader(look) is not None or _program(look) is not None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give clients and trust of one file."""
        if (name := _program(look)) is not None:
            yield Seen(UpdateClient(name, "conditional"))
        if (read := _reader(look)) is not None and not is_documentation(look.path):
            yield from read(look)
        if look.matches and not is_documentation(look.path) and not _OF_SYSUPGRADE.search(look.path):
            yield from _script(look)


def _program(look: Look) -> str | None:
    folder, _, name = look.path.rpartition(b"/")
    return _PROGRAMS.get(name) if folder in _PROGRAM_FOLDERS and look.kind in ("elf", "script") else None


def _reader(look: Look) -> Callable[[Look], Iterator[Seen]] | None:
    """Find what reads this file, by its path."""
    path = look.path
    if path.endswith((b"etc/opkg.conf", b".opkg.conf")) or (b"etc/opkg/" in path and path.endswith(b".conf")):
        return _opkg
    if b"etc/opkg/keys/" in path or b"etc/apk/keys/" in path:
        return _package_key
    if look.name in (b"swupdate.cfg", b"swupdate.conf"):
        return _swupdate
    if path.endswith(b"etc/rauc/system.conf"):
        return _rauc
    if look.name in (b"mender.conf",):
        return _mender
    if b"ostree/remotes.d/" in path or path.endswith(b"ostree/repo/config"):
        return _ostree
    if path.endswith(b"etc/apt/sources.list") or b"etc/apt/sources.list.d/" in path:
        return _apt
    return None


def _lines(look: Look) -> Iterator[tuple[int, bytes]]:
    for offset, line in look.lines(limit=20_000):
        if line.strip() and not is_comment(line):
            yield offset, line


def _opkg(look: Look) -> Iterator[Seen]:
    """opkg asks for a signature of its lists only when told so; the keys are usign's (Ed25519)."""
    for offset, line in _lines(look):
        words = line.split()
        if words[:2] == [b"option", b"check_signature"]:
            on = len(words) < 3 or words[2] not in (b"0", b"false")
            yield Seen(UpdateTrust("opkg", "signature", "on" if on else "off", "ed25519"), offset, len(line))
            return
    if look.path.endswith(b"etc/opkg.conf") and look.data.strip():
        yield Seen(UpdateTrust("opkg", "signature", "off", "ed25519"))


def _package_key(look: Look) -> Iterator[Seen]:
    client = "opkg" if b"etc/opkg/" in look.path else "apk"
    algorithm = "ed25519" if client == "opkg" else "rsa"
    if look.data.strip():
        yield Seen(UpdateTrust(client, "signature", "unknown", algorithm, hashlib.sha256(look.data).hexdigest()))


def _swupdate(look: Look) -> Iterator[Seen]:
    """SWUpdate checks signed images when it is given a public key or a certificate store."""
    yield from _first_setting(
        look, re.compile(rb"\b(public-key-file|ca-path)\s*=\s*\"[^\"]+\""), "swupdate", "sha256-rsa"
    )


def _rauc(look: Look) -> Iterator[Seen]:
    """RAUC installs no bundle whose CMS signature does not fit its keyring."""
    yield from _first_setting(look, re.compile(rb"\A\s*(path|directory)\s*=\s*\S"), "rauc", "cms", b"[keyring]")


def _first_setting(
    look: Look, pattern: re.Pattern[bytes], client: str, algorithm: str, section: bytes = b""
) -> Iterator[Seen]:
    yield Seen(UpdateClient(client, "conditional"))
    here = section
    for offset, line in _lines(look):
        if section and line.strip().startswith(b"["):
            here = line.strip()
        if here == section and pattern.search(line):
            yield Seen(UpdateTrust(client, "signature", "on", algorithm), offset, len(line))
            return
    yield Seen(UpdateTrust(client, "signature", "off", algorithm))


def _mender(look: Look) -> Iterator[Seen]:
    """Mender checks signatures of artifacts only when a key is configured."""
    if len(look.data) > LARGEST_JSON:
        return
    try:
        settings = json.loads(look.data)
    except (ValueError, RecursionError):
        return
    if not isinstance(settings, dict):
        return
    yield Seen(UpdateClient("mender", "conditional", automatic=bool(settings.get("UpdatePollIntervalSeconds", True))))
    keyed = bool(settings.get("ArtifactVerifyKey") or settings.get("ArtifactVerifyKeys"))
    yield Seen(UpdateTrust("mender", "signature", "on" if keyed else "off"))
    if settings.get("SkipVerify") is True:
        yield Seen(UpdateTrust("mender", "certificate", "off"))


def _ostree(look: Look) -> Iterator[Seen]:
    for offset, line in _lines(look):
        key, _, value = line.partition(b"=")
        if key.strip() == b"gpg-verify":
            on = value.strip().lower() in (b"true", b"1", b"yes")
            yield Seen(UpdateTrust("ostree", "signature", "on" if on else "off", "openpgp"), offset, len(line))


def _apt(look: Look) -> Iterator[Seen]:
    """Debian's apt checks the signature of each archive unless a source is marked as trusted."""
    for offset, line in _lines(look):
        if line.split()[0] in (b"deb", b"deb-src"):
            off = re.search(rb"\[[^\]]*\b(?:trusted|allow-insecure)=yes\b", line) is not None
            yield Seen(UpdateTrust("apt", "signature", "off" if off else "on", "openpgp"), offset, len(line))


def _script(look: Look) -> Iterator[Seen]:
    """Give what a script of the maker's own does between fetching and writing."""
    lines = list(_lines(look))
    fetches = [one for one in lines if _FETCH.search(one[1])]
    installs = [one for one in lines if _INSTALL.search(one[1])]
    if not fetches or not installs:
        return
    offset, line = installs[0]
    yield Seen(UpdateClient(SCRIPT, "conditional"), offset, len(line))
    checked = _check(lines)
    if checked is not None:
        offset, line, trust = checked
        yield Seen(trust, offset, len(line))
    if checked is None or checked[2].check == "checksum":
        handed = [one for one in installs if not _WRITES.search(one[1])]
        if handed or checked is None:
            offset, line = handed[0] if handed else installs[0]
            yield Seen(UpdateTrust(SCRIPT, "none", "unknown" if handed else "off"), offset, len(line))


def _check(lines: list[tuple[int, bytes]]) -> tuple[int, bytes, UpdateTrust] | None:
    """Find the strongest check in a script: a signature, else a checksum."""
    for offset, line in lines:
        if _SIGNATURE.search(line):
            digest = _DIGEST.search(line)
            algorithm = "ed25519" if b"sign" in line else digest[1].decode() if digest else ""
            return offset, line, UpdateTrust(SCRIPT, "signature", "on", algorithm)
    for offset, line in lines:
        if match := _CHECKSUM.search(line):
            return offset, line, UpdateTrust(SCRIPT, "checksum", "on", match[1].decode())
    return None
