"""Which file systems the product mounts, which lie in memory only, and which are encrypted.

Sources: fstab(5), mount(8), crypttab(5), cryptsetup(8), fscrypt(8), systemd.mount(5), the manuals of ecryptfs,
gocryptfs and encfs, OpenWrt's `etc/config/fstab`, and the fstab files of Android.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal

from plimsoll.inspect.firmware._crypt_commands import key_of, opened
from plimsoll.inspect.firmware._shell_words import is_literal, shell_text, unquoted
from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import Volume
from plimsoll.model.locator import escape_path
from plimsoll.regex import regex

LINES = 500
"""Most lines read of one table."""
LARGEST = 1 << 20
MOST = 100
"""Most volumes of one file."""

Means = Literal["", "dm-crypt", "fscrypt", "ecryptfs", "gocryptfs", "encfs"]

_TABLE = regex(rb"(?:\A|/)(?:etc/(?:fstab|vfstab|mtab)|fstab\.[\w.-]{1,40})\Z")
_CRYPTTAB = regex(rb"(?:\A|/)etc/crypttab\Z")
_UNIT = regex(rb"(?:\A|/)systemd/system/(?:[^/]{1,80}/)?[^/]{1,100}\.mount\Z")
_UCI = regex(rb"(?:\A|/)etc/config/fstab\Z")
_MEMORY = (b"tmpfs", b"ramfs", b"devtmpfs")
_KERNEL = frozenset(
    (b"proc", b"sysfs", b"devpts", b"debugfs", b"usbfs", b"cgroup", b"cgroup2", b"configfs", b"mqueue", b"hugetlbfs",
     b"securityfs", b"swap", b"usbdevfs", b"pstore", b"bpf", b"tracefs", b"fusectl", b"functionfs", b"selinuxfs",
     b"none", b"devtmpfs", b"binfmt_misc", b"linprocfs", b"linsysfs", b"overlay", b"aufs")
)  # fmt: skip
"""File systems in which nothing is kept."""

_MOUNT = regex(rb"(?:\A|(?<=[\s;&|(`/\"']))mount[ \t]+([^\n;&|)`]{1,400})")
_FSCRYPT = regex(
    rb"\b(?:fscrypt[ \t]+(?:encrypt|unlock)|fscryptctl[ \t]+set_policy|e4crypt[ \t]+set_policy)\b([^\n;&|]{0,200})"
)
_FUSE = regex(rb"\b(gocryptfs|encfs|mount\.ecryptfs(?:_private)?)[ \t]+([^\n;&|]{0,200})")
_AGAIN = (b"remount", b"bind", b"move")
"""Words of commands that mount nothing new."""
_DEVICE = regex(rb"/dev/|\$|(?:PART)?(?:UUID|LABEL)=|//|[\w.-]{1,60}:|tmpfs|ubi")
_OPTION = regex(rb"(?m)^[ \t]*option[ \t]+['\"]?(target|device|fstype|enabled)['\"]?[ \t]+['\"]?([^'\"\s]{1,100})")
_ANDROID = regex(rb"\b(?:fileencryption|encryptable|forceencrypt|forcefdeorfbe|metadata_encryption)=")


class Volumes(Inspector):
    """Records each volume with where it is mounted and by what it is encrypted."""

    id = "volumes"
    title = "Which file systems does the product mount, and are they encrypted?"
    what = (
        "Tables of file systems and of encrypted devices, mount units, and commands of scripts that mount, or that "
        "open an encrypted volume or folder: dm-crypt, fscrypt, ecryptfs, gocryptfs and encfs."
    )
    limits = (
        "What compiled programs mount, and what the kernel is told on its command line, is not seen, nor is where the "
        "key of an encrypted folder comes from."
    )
    patterns = (
        Pattern(
            "command", rb"\bmount[ \t]+[-/a-z]|\bcryptsetup[ \t]|\bdmsetup[ \t]|\bfscrypt(?:ctl)?[ \t]|\be4crypt[ \t]|"
            rb"\bgocryptfs[ \t]|\bencfs[ \t]|\bmount\.ecryptfs",
            (b"mount", b"crypt", b"dmsetup", b"encfs"), longest=24, kinds=("script", "text"),
        ),
    )  # fmt: skip
    without_match = ("script", "text")

    def wants(self, look: Look) -> bool:
        """Take tables and units by their path, and scripts with such commands."""
        if look.kind not in ("script", "text") or len(look.data) > LARGEST or is_documentation(look.path):
            return False
        if look.matches and (look.kind == "script" or _is_script(look.path)):
            return True
        if not (b"tab" in look.name or look.name.endswith(b".mount")):
            return False
        return any(form.search(look.path) for form in (_TABLE, _CRYPTTAB, _UNIT, _UCI))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the volumes of one file, each once."""
        given: set[Volume] = set()
        for seen in _all(look):
            if isinstance(seen.fact, Volume) and seen.fact not in given and len(given) < MOST:
                given.add(seen.fact)
                yield seen


def _is_script(path: bytes) -> bool:
    return path.endswith(b".sh") or re.search(rb"(?:\A|/)etc/(?:init\.d|rc\.d|inittab\Z|init\d?\.d)", path) is not None


def _all(look: Look) -> Iterator[Seen]:
    if _TABLE.search(look.path):
        yield from _rows(look)
    elif _CRYPTTAB.search(look.path):
        yield from _encrypted_rows(look)
    elif _UNIT.search(look.path):
        yield from _unit(look)
    elif _UCI.search(look.path):
        yield from _uci(look)
    else:
        yield from _commands(look)


def _rows(look: Look) -> Iterator[Seen]:
    """Read device, mount point, file system and options."""
    for offset, line in look.lines(limit=LINES):
        words = line.split()
        if len(words) >= 3 and not words[0].startswith(b"#") and words[1].startswith(b"/"):
            means: Means = "fscrypt" if _ANDROID.search(line) else _by_device(words[0], words[2])
            if (fact := _volume(words[1], words[0], words[2], means)) is not None:
                yield Seen(fact, offset, len(line))


def _encrypted_rows(look: Look) -> Iterator[Seen]:
    """Read name, device and key."""
    for offset, line in look.lines(limit=LINES):
        words = line.split()
        if len(words) >= 2 and not words[0].startswith(b"#"):
            key = key_of(words[2] if len(words) > 2 else b"", _files(look))
            fact = Volume("", printable(b"/dev/mapper/" + words[0])[:100], "", "dm-crypt", key=key)
            yield Seen(fact, offset, len(line))


def _unit(look: Look) -> Iterator[Seen]:
    given = dict(re.findall(rb"(?m)^(What|Where|Type)[ \t]*=[ \t]*([^\s]{1,100})", look.data[:65_536]))
    if b"Where" in given:
        fact = _volume(given[b"Where"], given.get(b"What", b""), given.get(b"Type", b""), "")
        if fact is not None:
            yield Seen(fact)


def _uci(look: Look) -> Iterator[Seen]:
    for section in re.split(rb"(?m)^(?=[ \t]*config[ \t])", look.data[:65_536]):
        given = dict(_OPTION.findall(section))
        if b"target" in given and given.get(b"enabled", b"1") != b"0":
            fact = _volume(given[b"target"], given.get(b"device", b""), given.get(b"fstype", b""), "")
            if fact is not None:
                yield Seen(fact)


def _commands(look: Look) -> Iterator[Seen]:
    text = shell_text(look.data)
    done: set[int] = set()
    for match in look.matches.get("command", ()):
        start, line = line_at(text, match.start())
        if start not in done and is_active(look, match.start()):
            done.add(start)
            for one in opened(line, _files(look)):
                if one.secret:
                    look.conceal(one.secret)
                device = printable(b"/dev/mapper/" + one.name)[:100] if one.name else ""
                yield Seen(Volume("", device, "", "dm-crypt", key=one.key), start, len(line))
            for fact in _of_line(line):
                yield Seen(fact, start, len(line))


def _files(look: Look) -> Callable[[bytes], bool]:
    """Tell of a path whether the image has a file there."""
    tree = look.file.tree

    def holds(path: bytes) -> bool:
        node = tree.resolve(path.lstrip(b"/"))
        return node is not None and node.kind == "file" and path.startswith(b"/")

    return holds


def _of_line(line: bytes) -> Iterator[Volume]:
    for found in _FSCRYPT.finditer(line):
        yield Volume(_point(_last_path(found[1])), "", "", "fscrypt")
    for found in _FUSE.finditer(line):
        means: Means = "gocryptfs" if found[1] == b"gocryptfs" else "encfs" if found[1] == b"encfs" else "ecryptfs"
        yield Volume(_point(_last_path(found[2])), "", "", means)
    for found in _MOUNT.finditer(line):
        fact = _mounted(found[1])
        if fact is not None:
            yield fact


def _mounted(arguments: bytes) -> Volume | None:
    """Read `-t jffs2 -o rw /dev/mtdblock5 /configs`; remounts and binds are no volumes of their own."""
    kind, places, options = b"", [], b""
    words = iter(arguments.split())
    for word in words:
        if word in (b"-t", b"-o", b"-O", b"-L", b"-U"):
            value = next(words, b"")
            kind, options = (value if word == b"-t" else kind), (value if word == b"-o" else options)
        elif word.startswith(b"-t"):
            kind = word[2:]
        elif not word.startswith((b"-", b">", b"2>", b"<")):
            places.append(unquoted(word))
    if len(places) < 2 or any(word in arguments for word in _AGAIN):
        return None
    if not kind and _DEVICE.match(places[0]) is None:
        return None
    return _volume(places[1], places[0], kind, "ecryptfs" if kind == b"ecryptfs" else _by_device(places[0], kind))


def _by_device(device: bytes, kind: bytes) -> Means:
    """What lies behind the device mapper may be mapped for other ends, so only names that say so count."""
    is_crypt = re.search(rb"/dev/mapper/\S*crypt|/dev/dm-crypt", device) is not None
    return "ecryptfs" if kind == b"ecryptfs" else "dm-crypt" if is_crypt else ""


def _volume(point: bytes, device: bytes, kind: bytes, means: Means) -> Volume | None:
    if kind in _KERNEL or not point.startswith(b"/") or not is_literal(point):
        return None
    where = _point(point)
    if not where or where.startswith(("proc", "sys/", "dev/pts", "dev/shm")) or where in ("sys", "dev"):
        return None
    is_temporary = kind in _MEMORY or device in _MEMORY
    return Volume(where, printable(device)[:100], printable(kind.lower())[:20], means, is_temporary)


def _point(path: bytes) -> str:
    return escape_path(path.strip(b"/"))[:200]


def _last_path(arguments: bytes) -> bytes:
    words = [unquoted(word) for word in arguments.split()]
    return next((word for word in reversed(words) if word.startswith(b"/") and is_literal(word)), b"")
