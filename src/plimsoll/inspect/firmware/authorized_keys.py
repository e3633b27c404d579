"""Public keys whose holders may log in over SSH, as sshd(8) describes the file and as dropbear reads it."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._redaction import is_name_of_a_person, redacted
from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import AuthorizedKey
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex

LINES = 5_000
"""Most lines read of one file."""
LARGEST = 4 << 20
LONGEST_DOCUMENT = 1 << 16
"""Bytes of a here-document that are read."""
LINES_OF_DOCUMENT = 50
"""Keys of one here-document that are read."""

_FILE = regex(rb"(?:\A|/)authorized_keys2?\Z")
_HOME = regex(rb"(?:\A|/)(?:home/([^/]{1,64})|(root))/\.ssh/")
_KEY = regex(
    rb"(?:\A|[\s\"'])((?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)|"
    rb"sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)(?:-cert-v01@openssh\.com)?)[ \t]+"
    rb"(AAAA[A-Za-z0-9+/]{24,8000}={0,2})(?:[ \t]+([^\r\n\"'>]{0,200}))?"
)


class AuthorizedKeys(Inspector):
    """Records each key of each authorized_keys file, and of each script line that adds one."""

    id = "authorized-keys"
    title = "Whose SSH keys open an account?"
    what = (
        "Entries of files that are named authorized_keys, with or without options, and lines of scripts that write a "
        "key into such a file, here-documents among them."
    )
    limits = "A key that comes from a server or is made while the product runs is not seen."
    patterns = (Pattern("adds", rb"authorized_keys", (b"authorized_keys",), longest=32, kinds=("script",)),)

    def wants(self, look: Look) -> bool:
        """Take authorized_keys files, and scripts that name one."""
        return bool(look.matches) or _is_file(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the keys of one file."""
        if _is_file(look):
            for offset, line in look.lines(limit=LINES):
                if not line.lstrip().startswith(b"#"):
                    yield from _key(line, offset, _account(look.path))
            return
        for match in look.matches.get("adds", ()):
            start, line = line_at(look.data, match.start())
            if is_active(look, match.start()):
                target = re.search(rb">>?[ \t]*[\"']?([^\s\"';&|]{0,200}authorized_keys)", line)
                if target is not None:
                    account = _account(target[1].lstrip(b"/"))
                    yield from _key(line[: target.start()], start, account)
                    if b"<<" in line:
                        yield from _document(look, start + len(line) + 1, account)


def _document(look: Look, start: int, account: str) -> Iterator[Seen]:
    """Give the keys of a here-document, which follows the line that begins it."""
    for line in look.data[start : start + LONGEST_DOCUMENT].split(b"\n")[:LINES_OF_DOCUMENT]:
        if _KEY.search(line) is None:
            return
        yield from _key(line, start, account)
        start += len(line) + 1


def _is_file(look: Look) -> bool:
    small = look.kind in ("text", "binary") and len(look.data) <= LARGEST
    return small and _FILE.search(look.path) is not None and not is_documentation(look.path)


def _key(line: bytes, start: int, account: str) -> Iterator[Seen]:
    """Read the key of a line; its type is written within the key once more."""
    match = _KEY.search(line)
    if match is None:
        return
    try:
        blob = binascii.a2b_base64(match[2], strict_mode=True)
    except binascii.Error:
        return
    kind = match[1]
    if blob[4 : 4 + len(kind)] == kind and _is_whole(blob):
        comment = _comment((match[3] or b"").strip())
        fact = AuthorizedKey(account, kind.decode("ascii"), hashlib.sha256(blob).hexdigest(), comment)
        yield Seen(fact, start + match.start(1), match.end(2) - match.start(1))


def _comment(words: bytes) -> str:
    """Give the comment; one that may name a person is redacted."""
    local = words.partition(b"@")[0]
    return redacted(words) if words and is_name_of_a_person(local) else printable(words)


def _is_whole(blob: bytes) -> bool:
    """Tell whether a blob is strings with their lengths before them and nothing more, as a key is (RFC 4253)."""
    offset = 0
    while offset + 4 <= len(blob):
        offset += 4 + int.from_bytes(blob[offset : offset + 4], "big")
    return offset == len(blob)


def _account(path: bytes) -> str:
    """Tell by its path whose file it is: dropbear's own file is root's."""
    home = _HOME.search(path)
    if home is not None:
        return escape_name(home[1] or home[2])
    return "root" if b"etc/dropbear/" in path else ""
