"""What cron runs: the crontab of the system, those of users, and the folders that they name.

The forms are those of crontab(5), of busybox's crond and of anacrontab(5).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.inspect.firmware._starts import Start
from plimsoll.inspect.firmware._superserver import caused, standing
from plimsoll.regex import regex

MOST_LINES = 1_000
"""Lines read of one crontab."""
MOST_FILES = 200
"""Crontabs read in one folder."""

_CRONS = (b"crond", b"cron", b"cronie", b"dcron")
_USER_FOLDERS = (b"var/spool/cron/crontabs", b"etc/crontabs", b"etc/cron/crontabs", b"var/spool/cron", b"var/cron/tabs")
_COPIES = (b"~", b".bak", b".orig", b".old", b".swp", b".placeholder", b".rpmsave", b".rpmnew", b".rpmorig",
           b".dpkg-old", b".dpkg-new", b".dpkg-dist", b".update")  # fmt: skip
_TIMES = regex(rb"[ \t]*(?:(@\w+)|[\w*/,\-#~]+(?:[ \t]+[\w*/,\-~]+){4})[ \t]+(?=\S)")
_ANACRON = regex(rb"[ \t]*(?:\d+|@\w+)[ \t]+\d+[ \t]+[^\s=]+[ \t]+(?=\S)")
_PERCENT = regex(rb"(?<!\\)%")


class _Line(msgspec.Struct, frozen=True):
    """An entry of a crontab."""

    command: bytes
    user: bytes
    at_boot: bool
    offset: int
    length: int


def take(boot: Boot) -> None:
    """Take what cron and anacron run when their time comes; as disabled where they are not started."""
    cron = standing(boot, _CRONS)
    is_busybox = cron is not None and cron.node is not None and posixpath.basename(cron.node.path) == b"busybox"
    if not is_busybox:
        _run(boot, cron, b"etc/crontab", None)
        for path in _files(boot, b"etc/cron.d"):
            _run(boot, cron, path, None)
    own = _folder(cron)
    for folder in (own,) if own else _USER_FOLDERS:
        for path in _files(boot, folder):
            _run(boot, cron, path, posixpath.basename(path), is_busybox)
    anacron = standing(boot, (b"anacron",))
    node = boot.tree.resolve(b"etc/anacrontab")
    for line in _jobs(boot.text(b"etc/anacrontab")) if node else ():
        cause = caused(anacron, "cron", node.path if node else b"")
        boot.line(line.command, msgspec.structs.replace(cause, offset=line.offset, length=line.length))


def _folder(cron: Start | None) -> bytes:
    """Give the folder of crontabs that crond is told of on its command line."""
    words = cron.launch.arguments if cron else ()
    for number, word in enumerate(words):
        value = words[number + 1] if word == b"-c" and number + 1 < len(words) else word[2:]
        if word.startswith(b"-c") and value.startswith(b"/") and is_known(value):
            return value
    return b""


def _files(boot: Boot, folder: bytes) -> list[bytes]:
    """Name the crontabs in a folder; hidden files and copies are none."""
    real = boot.tree.resolve(folder)
    names = [node.path for node in boot.tree.glob(real.path)] if real else []
    taken = [path for path in names if not posixpath.basename(path).startswith(b".") and not path.endswith(_COPIES)]
    boot.is_cut = boot.is_cut or len(taken) > MOST_FILES
    return taken[:MOST_FILES]


def _run(boot: Boot, cron: Start | None, path: bytes, user: bytes | None, is_busybox: bool = False) -> None:
    """Run the entries of a crontab; `user` is None where each line names its own."""
    node, text = boot.tree.resolve(path), boot.text(path)
    boot.is_cut = boot.is_cut or text.count(b"\n") > MOST_LINES
    for line in _entries(text, user, is_busybox) if node else ():
        cause = caused(cron, "cron", node.path if node else b"", "always" if line.at_boot else "on-demand")
        cause = msgspec.structs.replace(cause, offset=line.offset, length=line.length, user=line.user)
        boot.line(line.command, cause)


def _entries(data: bytes, user: bytes | None, is_busybox: bool) -> Iterator[_Line]:
    """Read a crontab; what follows an unescaped `%` is input of the command and left out, but not for busybox."""
    offset = 0
    for line in data.split(b"\n")[:MOST_LINES]:
        times = _TIMES.match(line)
        if times is not None and not line.lstrip().startswith(b"#"):
            rest = line[times.end() :]
            owner = user
            if owner is None:
                owner, _, rest = rest.partition(b" ") if b"\t" not in rest.split(b" ")[0] else rest.partition(b"\t")
            command = rest if is_busybox else _PERCENT.split(rest, maxsplit=1)[0].replace(b"\\%", b"%")
            if command.strip() and re.fullmatch(rb"[\w.@:-]+", owner):
                yield _Line(command.strip(), owner, times[1] == b"@reboot", offset, len(line))
        offset += len(line) + 1


def _jobs(data: bytes) -> Iterator[_Line]:
    """Read an anacrontab: period, delay, name, command."""
    offset = 0
    for line in data.split(b"\n")[:MOST_LINES]:
        head = _ANACRON.match(line)
        if head is not None:
            yield _Line(line[head.end() :].strip(), b"", False, offset, len(line))
        offset += len(line) + 1
