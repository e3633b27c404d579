"""The files that say who may log in: where they lie, what their lines look like, and whether they are read there.

The line forms are those of passwd(5), shadow(5), smbpasswd(5), pppd(8), and of the manuals of Apache's htpasswd and
htdigest, mosquitto_passwd, pure-pw and busybox httpd.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

_SIGNS = regex(rb"passw|pwfile|shadow|-secrets|htdigest|httpd\.conf|lighttpd")
"""One of these stands in every path of a store."""
_NAME = regex(rb"[^\s:#+\x00-\x20][^:\x00-\x1f]{0,63}\Z")
_NUMBER = regex(rb"[0-9]{1,10}\Z")
_NUMBER_OR_NONE = regex(rb"(?:-?[0-9]{1,10})?\Z")
_BACKUP = regex(rb"(?i)(?:[-_.](?:bak|backup|old|orig|default|defaults|def|dist|sample|example|template|tmpl|tpl|"
                     rb"in|master|new|rpmnew|opkg|ucftmp|[0-9]{1,8})|[-~])\Z")  # fmt: skip


class Entry(msgspec.Struct, frozen=True):
    """One line of a store."""

    name: bytes
    field: bytes
    """The password field."""
    column: int
    """Where the field begins in its line."""
    uid: int | None = None
    gid: int | None = None
    home: bytes = b""
    shell: bytes = b""
    change_due: bool = False
    """Whether the store asks for a new password at the first login."""


class Store(msgspec.Struct, frozen=True):
    """A kind of file with accounts."""

    name: str
    """As in Account."""
    paths: re.Pattern[bytes]
    """Found in the path of a file that may be one."""
    read: Callable[[bytes], Entry | None]
    """Reads a line; None when it is not of this form."""
    system: bytes = b""
    """Where the system's own programs read it; empty when its place is a matter of configuration."""
    clear: bool = False
    """Whether a field that is no hash is the password itself."""


def store_of(path: bytes) -> Store | None:
    """Find by its path the kind of store that a file may be."""
    if not _SIGNS.search(path):
        return None
    return next((store for store in STORES if store.paths.search(path)), None)


def is_read(store: Store, tree: Tree, path: bytes) -> bool:
    """Tell whether a program reads the file where it stands.

    A system store is read at its own place only, through links, in the tree or in a root folder within it. Other
    stores are believed to be read unless their name says that they are an example or a copy.
    """
    if not store.system:
        return not is_documentation(path) and _BACKUP.search(path) is None
    root = _root(tree, path, store.system)
    if root is not None:
        return True
    node = tree.resolve(store.system)
    return node is not None and path == (node.link_to or node.path)


def _root(tree: Tree, path: bytes, system: bytes) -> bytes | None:
    """Give the folder that is the root of a system in which `path` is at the place `system`."""
    if path == system:
        return b""
    prefix = path.removesuffix(b"/" + system)
    if prefix == path:
        return None
    return prefix if any(prefix + folder in tree.by_path for folder in (b"/bin", b"/sbin", b"/usr/bin")) else None


def _passwd(line: bytes) -> Entry | None:
    parts = line.split(b":")
    if len(parts) != 7 or not _NAME.match(parts[0]) or not (_NUMBER.match(parts[2]) and _NUMBER.match(parts[3])):
        return None
    return Entry(parts[0], parts[1], len(parts[0]) + 1, int(parts[2]), int(parts[3]), parts[5], parts[6].strip())


def _shadow(line: bytes) -> Entry | None:
    """Read name, password, day of the last change (0: to be changed at once), then days and flags."""
    parts = line.rstrip().split(b":")
    if not 5 <= len(parts) <= 9 or not _NAME.match(parts[0]) or not all(map(_NUMBER_OR_NONE.match, parts[2:])):
        return None
    return Entry(parts[0], parts[1], len(parts[0]) + 1, change_due=parts[2] == b"0")


def _pair(line: bytes) -> Entry | None:
    """Read `name:password`, with nothing after it."""
    name, colon, field = line.rstrip().partition(b":")
    if not colon or b":" in field or b" " in name or b" " in field or not _NAME.match(name):
        return None
    return Entry(name, field, len(name) + 1)


def _hashed_pair(line: bytes) -> Entry | None:
    entry = _pair(line)
    if entry is None or not re.match(rb"\$[0-9a-z]{1,6}\$|\{[A-Z0-9]{3,8}\}|[./0-9A-Za-z]{13}\Z|\Z", entry.field):
        return None
    return entry


def _htdigest(line: bytes) -> Entry | None:
    parts = line.rstrip().split(b":")
    if len(parts) != 3 or not _NAME.match(parts[0]) or not re.fullmatch(rb"[0-9a-fA-F]{32}", parts[2]):
        return None
    return Entry(parts[0], parts[2], len(parts[0]) + len(parts[1]) + 2)


def _smbpasswd(line: bytes) -> Entry | None:
    """Read name, uid, LM hash, NT hash, flags, day of change; a row of X stands for no password."""
    parts = line.split(b":")
    if len(parts) < 5 or not _NAME.match(parts[0]) or not _NUMBER.match(parts[1]) or len(parts[3]) != 32:
        return None
    column = len(b":".join(parts[:3])) + 1
    field = parts[3] if re.fullmatch(rb"[0-9a-fA-F]{32}", parts[3]) else b"*"
    return Entry(parts[0], field, column, int(parts[1]))


def _pureftpd(line: bytes) -> Entry | None:
    """Read name, hash, uid, gid, a comment, home, then limits."""
    parts = line.split(b":")
    if len(parts) < 10 or not _NAME.match(parts[0]) or not (_NUMBER.match(parts[2]) and _NUMBER.match(parts[3])):
        return None
    return Entry(parts[0], parts[1], len(parts[0]) + 1, int(parts[2]), int(parts[3]), parts[5])


_SECRET = regex(rb"\s*(?:\"([^\"]{1,64})\"|([^\s\"#*]{1,64}))\s+(?:\"[^\"]{0,64}\"|\S{1,64})\s+"
                     rb"(?:\"([^\"]{1,128})\"|([^\s\"#]{1,128}))(?:\s|\Z)")  # fmt: skip


def _ppp(line: bytes) -> Entry | None:
    """Read client, server and secret, each a word or in quotes."""
    match = _SECRET.match(line)
    if match is None or line.lstrip().startswith(b"#"):
        return None
    group = 3 if match[3] is not None else 4
    return Entry(match[1] or match[2], match[group], match.start(group))


def _httpd(line: bytes) -> Entry | None:
    """Read `/path:name:password` of busybox's web server; `*` for a password means that of the system's account."""
    parts = line.rstrip().split(b":")
    if len(parts) != 3 or not parts[0].startswith(b"/") or not _NAME.match(parts[1]) or b" " in line.rstrip():
        return None
    return Entry(parts[1], b"x" if parts[2] == b"*" else parts[2], len(parts[0]) + len(parts[1]) + 2)


_TAIL = rb"(?:[-_.~][^/]*)?\Z"
STORES = (
    Store("smbpasswd", regex(rb"(?:\A|/)smbpasswd" + _TAIL), _smbpasswd),
    Store("mosquitto", regex(rb"mosquitto[^/]*/(?:[^/]*/)?[^/]*(?:passw|pwfile)[^/]*\Z"), _hashed_pair),
    Store("ftp", regex(rb"(?:\A|/)(?:pure-?ftpd?\.passwd|pureftpd?\.passwd)" + _TAIL), _pureftpd),
    Store("ppp", regex(rb"(?:\A|/)(?:chap|pap)-secrets" + _TAIL), _ppp, clear=True),
    Store("httpd", regex(rb"(?:\A|/)httpd\.conf" + _TAIL), _httpd, clear=True),
    Store("htdigest", regex(rb"(?:\A|/)\.?(?:[^/]{0,40}[-_.])?htdigest" + _TAIL), _htdigest),
    Store("htpasswd", regex(rb"(?:\A|/)\.?(?:[^/]{0,40}[-_.])?htpasswd" + _TAIL), _hashed_pair),
    Store("lighttpd", regex(rb"(?:\A|/)lighttpd(?:-plain)?\.user" + _TAIL), _pair, clear=True),
    Store("shadow", regex(rb"(?:\A|/)(?:[^/]{1,20}[-_.])?shadow" + _TAIL), _shadow, b"etc/shadow"),
    Store("passwd", regex(rb"(?:\A|/)(?:[^/]{1,20}[-_.])?passwd" + _TAIL), _passwd, b"etc/passwd"),
)
"""The first whose path fits counts: names of programs' own files stand before the general ones."""
