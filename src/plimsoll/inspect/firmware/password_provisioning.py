"""Commands that set the password of an account while the product is made, set up or started, and where it comes from.

How they are written is read in `_password_commands`, where their values come from in `_password_values`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._password_commands import Command, commands
from plimsoll.inspect.firmware._password_values import Scope, joined, resolved, scope_of, source_of
from plimsoll.inspect.firmware._shell_words import origins, shell_text
from plimsoll.inspect.firmware._standing import is_read, line_at
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import PasswordProvisioning
from plimsoll.model.locator import escape_name, escape_path
from plimsoll.model.secret import Concealed
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

LARGEST = 1 << 20
"""Bytes of the largest script that is read."""
LARGEST_LIBRARY = 1 << 16
"""Bytes of the largest file that is read because a script reads it."""
MOST = 100
"""Most commands read of one script."""
MOST_LIBRARIES = 8
"""Files that one script reads which are looked into."""

_MOVED = regex(rb"/etc/(?:passwd|shadow)\b")
"""In the origin of a value: the password is the one that the account has already."""
_READS = regex(rb"(?:^|[;&]|\b(?:then|else|do))[ \t]*(?:\.|source)[ \t]+[\"']?(/[\w./-]{1,200})", re.MULTILINE)
_LIBRARY = regex(rb"\.(?:sh|conf|cfg|inc|env|defaults?|functions)\Z|(?:\A|/)(?:etc|lib|libexec|s?bin)/")
"""A path by which a file may be read by a script."""


class _Library(msgspec.Struct, frozen=True):
    """A file that a script may read for its variables and functions."""

    text: bytes


class _Pending(msgspec.Struct, frozen=True):
    """A command whose value may come from a file that its script reads."""

    command: Command
    scope: Scope
    start: int
    length: int
    libraries: tuple[bytes, ...]
    excerpt: Excerpt
    conceal: Callable[[bytes], Concealed]


class PasswordProvisionings(Inspector):
    """Records each command with the account and the source of the password, following variables and functions."""

    id = "password-provisioning"
    title = "What sets a password while the product is made, set up or started?"
    what = (
        "Shell commands that set a password: chpasswd, passwd, usermod, useradd, adduser, edits of /etc/shadow and "
        "/etc/passwd with sed, echo and here-documents, and those that ask for a new one at the next login; and "
        "whether the password is a constant, random, read from a store of the unit, made of a MAC or serial number, or "
        "given by the user."
    )
    limits = (
        "Programs that set a password in compiled code are not seen; values are followed within one script, its "
        "functions, and the files that it reads."
    )
    patterns = (
        Pattern(
            "sets",
            rb"\b(?:chpasswd|passwd|usermod|useradd|adduser|chage)\b|/shadow\b",
            (b"passwd", b"usermod", b"useradd", b"adduser", b"chage", b"/shadow"),
            longest=24,
            kinds=("script", "text"),
        ),
        Pattern(
            "origin",
            rb"/dev/u?random|fw_printenv|/sys/class/net/|ethaddr|openssl[ \t]+rand|/dev/mtd|[Pp][Aa][Ss][Ss]\w{0,20}=",
            (b"/dev/", b"fw_printenv", b"/sys/class/net/", b"ethaddr", b"openssl", b"="),
            longest=40,
            kinds=("script", "text"),
        ),
    )
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take shell scripts in which a command may stand, and files in which the source of a value may."""
        return bool(look.matches) and (_is_setting(look) or _is_library(look))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the commands of one script; those that hang on another file are kept."""
        text = shell_text(look.data)
        if _is_library(look):
            yield _Library(text)
        if not _is_setting(look):
            return
        scope = scope_of(text)
        libraries = tuple(dict.fromkeys(_READS.findall(text)))[:MOST_LIBRARIES]
        done: set[int] = set()
        for match in look.matches["sets"]:
            start, line = line_at(text, match.start())
            if start in done or len(done) >= MOST or not is_read(look, match.start()):
                continue
            done.add(start)
            for command in commands(text, start, line):
                if any(_MOVED.search(one) for one in origins(command.value, scope.known)):
                    continue
                if libraries and source_of(command.value, scope, start)[0] == "unknown":
                    yield _pending(look, command, scope, start, line, libraries)
                else:
                    yield _seen(look, command, scope, start, line)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the commands whose value a file that the script reads may tell."""
        files = {(one.tree.stem, one.path): one.value.text for one in kept if isinstance(one.value, _Library)}
        for one in kept:
            if not isinstance(one.value, _Pending):
                continue
            pending = one.value
            nodes = [one.tree.resolve(path) for path in pending.libraries]
            paths = [(one.tree.stem, node.link_to or node.path) for node in nodes if node is not None]
            others = [scope_of(files[path]) for path in paths if path in files]
            fact = _fact(pending.command, joined(pending.scope, *others), pending.start, pending.conceal)[0]
            where = one.tree.stem.at(one.path, pending.start, pending.length)
            yield Observation(fact, where, self.id, pending.excerpt)


def _is_setting(look: Look) -> bool:
    is_script = look.kind == "script" or look.path.startswith(b"etc/uci-defaults/") or look.name.endswith(b".sh")
    return "sets" in look.matches and is_script and len(look.data) <= LARGEST


def _is_library(look: Look) -> bool:
    fits = "origin" in look.matches and len(look.data) <= LARGEST_LIBRARY
    return fits and (look.kind == "script" or _LIBRARY.search(look.path) is not None)


def _pending(
    look: Look, command: Command, scope: Scope, start: int, line: bytes, libraries: tuple[bytes, ...]
) -> _Pending:
    """Keep a command with the bytes that show it; nothing of them is shown, for another file may name the secret."""
    stretch = look.data[start : start + len(line)]
    excerpt = Excerpt(f"sha256:{hashlib.sha256(stretch).hexdigest()}", len(stretch))
    return _Pending(command, scope, start, len(stretch), libraries, excerpt, look.conceal)


def _seen(look: Look, command: Command, scope: Scope, start: int, line: bytes) -> Seen:
    fact, constant = _fact(command, scope, start, look.conceal)
    if constant is None:
        return Seen(fact, start, len(line))
    end = start + len(line)
    at = look.data.rfind(constant, 0, end) if constant and command.program != "cat" else -1
    if at >= 0:
        return Seen(fact, at, len(constant), fact.secret)
    column = max(line.find(command.program.encode("ascii")), 0)
    return Seen(fact, start + column, len(command.program))


def _fact(
    command: Command, scope: Scope, offset: int, conceal: Callable[[bytes], Concealed]
) -> tuple[PasswordProvisioning, bytes | None]:
    """Give the fact of a command, and the constant where it is one."""
    source, constant, is_hashed = source_of(command.value, scope, offset)
    account = resolved(command.account, scope.within(offset)[0])
    fact = PasswordProvisioning(
        escape_name(account) if account is not None else "",
        source,
        command=command.program,
        uid=command.uid,
        shell=escape_path(command.shell),
        expires=command.expires,
    )
    if source != "constant" or constant is None:
        return fact, None
    return msgspec.structs.replace(fact, secret=conceal(constant), is_clear=is_hashed), constant
