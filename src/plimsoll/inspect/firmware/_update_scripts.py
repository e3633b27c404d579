"""Reads what a script of a maker's own does between fetching something and writing it to flash, and by which key.

Options are those of the manuals of openssl, gpgv, usign, signify, minisign, ucert and of busybox tftp and ftpget.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._update_reading import lines, named_key
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.model.facts import Endpoint, UpdateClient, UpdateTrust
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex

SCRIPT = "vendor-script"

_FETCH = regex(rb"\b(?:wget|curl|uclient-fetch|tftp|ftpget|scp|aria2c)\b")
_INSTALL = regex(
    rb"\bmtd[ \t]{1,4}(?:-[a-z]{1,3}[ \t]{1,4}[^ \t\n]{0,40}[ \t]{0,4}){0,3}write\b|"
    rb"\b(?:flashcp|mtd_write|nandwrite|fw_update|sysupgrade|write_firmware|flash_update)\b|"
    rb"\bdd\b[^\n]*\bof=/dev/(?:mtd|mmcblk)|>[ \t]*/dev/mtd(?:block)?[0-9]"
)
_WRITES = regex(rb"\b(?:mtd|flashcp|mtd_write|nandwrite|dd)\b|>[ \t]*/dev/mtd")
"""Programs that write what they are given; the others of `_INSTALL` may check it first, and nobody sees whether."""
_SIGNATURE = regex(
    rb"\bopenssl[ \t]+(?:dgst|smime|cms|pkeyutl)\b[^\n]*-verify\b|\bgpgv\b|\bgpg\b[^\n]*--verify\b|"
    rb"\busign[ \t]+-V\b|\bsignify[ \t]+-V\b|\bminisign[ \t]+-V|\bucert[ \t]+-V\b|\bfwtool\b[^\n]*-s\b"
)
_OF_ED25519 = regex(rb"\b(?:usign|signify|minisign|ucert)[ \t]")
_CHECKSUM = regex(rb"\b(md5|sha1|sha224|sha256|sha384|sha512|ck|crc32)(?:sum)?\b")
_DIGEST = regex(rb"-(md5|sha1|sha256|sha384|sha512)\b")
_KEY = regex(rb"(?:-(?:verify|inkey|CAfile|certfile|P|p)|--keyring)[ \t=]+[\"']?(/[^ \t\"';|&]{1,300})")
_TFTP = regex(rb"\b(tftp|ftpget)((?:[ \t]+(?:-[a-zA-Z]+|\"[^\"\n]{0,200}\"|[^ \t\n\"';|&>]{1,200})){1,12})")
_HOST = regex(rb"[A-Za-z0-9_$%{}][A-Za-z0-9_.$%{}-]{2,120}")
_VALUED = {b"tftp": (b"-l", b"-r", b"-b", b"-t", b"-m", b"-c"), b"ftpget": (b"-u", b"-p", b"-P")}
"""Options that are followed by a value."""
_PORTS = {b"tftp": ("tftp", 69), b"ftpget": ("ftp", 21)}


def script(look: Look) -> Iterator[Seen | object]:
    """Give what a script does when it does both halves of an update; nothing for one that does not."""
    found = list(lines(look))
    fetches = [one for one in found if _FETCH.search(one[1])]
    installs = [one for one in found if _INSTALL.search(one[1])]
    if not fetches or not installs:
        return
    offset, line = installs[0]
    yield Seen(UpdateClient(SCRIPT, "conditional"), offset, len(line))
    for offset, line in fetches:
        yield from _hosts(look, offset, line)
    checked = _check(found)
    if checked is not None:
        offset, line, trust = checked
        yield Seen(trust, offset, len(line))
        key = _KEY.search(line) if trust.check == "signature" else None
        if key is not None and (named := named_key(SCRIPT, key[1], b"", offset, len(line))):
            yield named
    if checked is None or checked[2].check == "checksum":
        handed = [one for one in installs if not _WRITES.search(one[1])]
        if handed or checked is None:
            offset, line = handed[0] if handed else installs[0]
            yield Seen(UpdateTrust(SCRIPT, "none", "unknown" if handed else "off"), offset, len(line))


def _check(found: list[tuple[int, bytes]]) -> tuple[int, bytes, UpdateTrust] | None:
    """Find the strongest check in a script: a signature, else a checksum."""
    for offset, line in found:
        if _SIGNATURE.search(line):
            digest = _DIGEST.search(line)
            algorithm = "ed25519" if _OF_ED25519.search(line) else digest[1].decode() if digest else ""
            return offset, line, UpdateTrust(SCRIPT, "signature", "on", algorithm)
    for offset, line in found:
        if match := _CHECKSUM.search(line):
            return offset, line, UpdateTrust(SCRIPT, "checksum", "on", match[1].decode())
    return None


def _hosts(look: Look, offset: int, line: bytes) -> Iterator[Seen]:
    """Give the hosts that tftp and ftpget are given, which stand in no URL."""
    for match in _TFTP.finditer(line):
        words = iter(match[2].replace(b'"', b"").split())
        for word in words:
            if word in _VALUED[match[1]]:
                next(words, None)
            elif not word.startswith(b"-"):
                if _HOST.fullmatch(word):
                    scheme, port = _PORTS[match[1]]
                    host = word.decode("ascii").lower()
                    fact = Endpoint(scheme, host, port, "", "update", escape_name(look.name), True)
                    yield Seen(fact, offset + match.start(), match.end() - match.start())
                break
