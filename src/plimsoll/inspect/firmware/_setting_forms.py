"""Reads the statements of configuration files in their several syntaxes, each with the bytes that show it.

The syntaxes are those of sshd_config(5), vsftpd.conf(5), mosquitto.conf(5), snmpd.conf(5), smb.conf(5), login.defs(5),
pam.conf(5), of the manuals of proftpd, lighttpd, nginx, boa, mini_httpd, thttpd, busybox and fail2ban, and of UCI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from plimsoll.regex import regex

LONGEST_FILE = 1 << 20
"""Bytes of a configuration file that are read; what follows is not."""
LONGEST_LINE = 4096
"""Bytes of a line that are read."""
MASK = b"***"

_WORDS = regex(rb"[ \t]*(-?[A-Za-z$][\w.-]*)(?:[ \t]*=[ \t]*|[ \t]+|\Z)(.*)", re.DOTALL)
_SECTION = regex(rb"[ \t]*\[([^\]]{1,80})\]")
_ASSIGNED = regex(rb"[ \t]*([A-Za-z][^=]{0,60})=[ \t]*(.*)", re.DOTALL)
_UCI = regex(rb"[ \t]*(option|list|config)[ \t]+(\"[^\"]*\"|'[^']*'|[^ \t]+)[ \t]*(.*)", re.DOTALL)
_SHELL = regex(rb"[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)", re.DOTALL)
_BLOCK = regex(rb"[ \t]*<(/?)([A-Za-z]{1,20})\b([^>]{0,200})>")
_DIRECTIVE = regex(rb"(?:\A|(?<=[;{}]))[ \t]*([a-z_]{2,40})[ \t]+([^;{}\s][^;{}]{0,1000});")
_LIGHTTPD = regex(rb"(?:\A|(?<=[{}]))[ \t]*([a-z][\w.-]{1,60})[ \t]*(?:\+=|:=|=>?)[ \t]*([^{}]*)")
_LIGHTTPD_SOCKET = regex(rb"\$SERVER\[[ \t]*\"socket\"[ \t]*\][ \t]*==[ \t]*(\"[^\"]{0,200}\")")
_BUSYBOX = regex(rb"[ \t]*(?:([ADIadi])(?:[a-z]{0,8}):(.*)|(/[^:\s]{0,200}):[^:\s]{1,100}:.+)", re.DOTALL)
_PAM = regex(
    rb"[ \t]*(?:([A-Za-z][\w-]{0,40})[ \t]+)?-?auth[ \t]+(?:\[[^\]]{0,200}\]|[a-z]{1,20})[ \t]+"
    rb"(?:/[^\s]{0,120}/)?pam_(faillock|tally2|tally|faildelay)\.so\b[ \t]*(.*)",
    re.DOTALL,
)
_TAIL = regex(rb"[ \t]#.*", re.DOTALL)
_QUOTED = regex(rb"\"([^\"]*)\"|'([^']*)'", re.DOTALL)
_WORD = regex(rb"\"[^\"]*\"|[^ \t\"]+")
_COMMUNITIES = {
    b"rocommunity": 0, b"rwcommunity": 0, b"rocommunity6": 0, b"rwcommunity6": 0, b"com2sec": 2, b"com2sec6": 2,
}  # fmt: skip
"""Directives of net-snmp that hold a community, with the word of theirs that it is."""
_SWITCHES = (b"enable", b"enabled")
_OFF = (b"0", b"no", b"off", b"false", b"disabled")


class Written(msgspec.Struct, frozen=True):
    """One statement, where it stands."""

    key: bytes
    """Lower case."""
    value: bytes
    """Without quotes and without a comment that follows it; a secret in it is replaced by `***`. `on` for a key that is
    switched on by standing there alone."""
    offset: int
    length: int
    """Bytes that show it, none of them a secret unless `secret` is set: then they are the secret."""
    section: bytes = b""
    """Names the block that it stands in, so that a repetition in another block is told from one in the same."""
    applies: bool = True
    """False in a block that holds for some callers only, or that is switched off."""
    adds: bool = False
    """The syntax says that it adds to what was written before."""
    secret: bytes = b""


Form = Callable[[bytes], Iterator[Written]]
"""Reads the statements of a file, at most `LONGEST_FILE` bytes of it."""


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each line that is no comment with its offset, without its end, cut at `LONGEST_LINE` bytes."""
    offset, end = 0, min(len(data), LONGEST_FILE)
    while offset < end:
        stop = data.find(b"\n", offset, end)
        stop = end if stop < 0 else stop
        line = data[offset : min(stop, offset + LONGEST_LINE)].rstrip(b"\r \t")
        if line.lstrip(b" \t")[:1] not in (b"#", b";", b""):
            yield offset, line
        offset = stop + 1


def bare(value: bytes) -> bytes:
    """Take the quotes off a value, or else the comment that follows it."""
    value = value.strip(b" \t")
    quoted = _QUOTED.match(value)
    if quoted is not None and _TAIL.sub(b"", value[quoted.end() :]).strip(b" \t;") == b"":
        return quoted[1] if quoted[1] is not None else quoted[2]
    return _TAIL.sub(b"", value).rstrip(b" \t")


def words(data: bytes) -> Iterator[Written]:
    """Read `key value`, `key=value` and a bare `key`, one in a line."""
    for offset, line in lines(data):
        if (found := _WORDS.match(line)) is not None:
            one = _written(found, offset)
            yield one if found.end(1) < len(found[0]) else msgspec.structs.replace(one, value=b"on")


def shell(data: bytes) -> Iterator[Written]:
    """Read `KEY=value` as a shell that sources the file does."""
    for offset, line in lines(data):
        if (found := _SHELL.match(line)) is not None:
            yield _written(found, offset)


def ini(data: bytes) -> Iterator[Written]:
    """Read `key = value` in sections; blanks in a key do not count."""
    section = b""
    for offset, line in lines(data):
        if (begun := _SECTION.match(line)) is not None:
            section = begun[1].strip().lower()
        elif (found := _ASSIGNED.match(line)) is not None:
            one = _written(found, offset)
            yield msgspec.structs.replace(one, key=b" ".join(one.key.split()), section=section)


def jails(data: bytes) -> Iterator[Written]:
    """Read an ini file with the section as a part of each key."""
    for one in ini(data):
        yield msgspec.structs.replace(one, key=one.section + b"." + one.key)


def uci(data: bytes) -> Iterator[Written]:
    """Read UCI; what stands in a section that is switched off by `enable` does not apply, save the switch."""
    section: list[Written] = []
    for offset, line in lines(data):
        found = _UCI.match(line)
        if found is None:
            continue
        if found[1] == b"config":
            yield from _in_force(section)
            section = []
            continue
        name = section[0].section if section else str(offset).encode()
        adds = found[1] == b"list"
        key, value = bare(found[2]).lower(), bare(found[3])
        if key == b"community":
            start = found.start(3) + found[3].find(value)
            one = Written(key, MASK, offset + start, len(value), name, adds=adds, secret=value)
        else:
            start = found.start(2)
            one = Written(key, value, offset + start, _length(line, start), name, adds=adds)
        section.append(one)
    yield from _in_force(section)


def _in_force(section: list[Written]) -> Iterator[Written]:
    """Give the options of a section, once it is known whether it is switched off."""
    switches = [one.value.lower() for one in section if one.key in _SWITCHES]
    is_off = bool(switches) and switches[-1] in _OFF
    for one in section:
        yield msgspec.structs.replace(one, applies=not is_off or one.key in _SWITCHES)


def blocks(data: bytes) -> Iterator[Written]:
    """Read directives in `<Block>`s; what stands in `<Anonymous>` holds for anonymous callers only."""
    open_blocks: list[bytes] = []
    for offset, line in lines(data):
        block = _BLOCK.match(line)
        if block is None:
            if (found := _WORDS.match(line)) is not None:
                one = _written(found, offset)
                section = b"/".join(open_blocks)
                yield msgspec.structs.replace(one, section=section, applies=b"anonymous" not in open_blocks)
        elif block[1]:
            if block[2].lower() in open_blocks:
                while open_blocks.pop() != block[2].lower():
                    pass
        elif len(open_blocks) < 16:
            open_blocks.append(block[2].lower())
            start = block.start(2) - 1
            yield Written(block[2].lower(), bare(block[3]), offset + start, block.end() - start, adds=True)


def nginx(data: bytes) -> Iterator[Written]:
    """Read directives that end in `;`, any number in a line."""
    for offset, line in lines(data):
        text = _TAIL.sub(b"", line)
        for found in _DIRECTIVE.finditer(text):
            yield _written(found, offset)


def lighttpd(data: bytes) -> Iterator[Written]:
    """Read assignments, and the sockets that conditions name, as the key `socket`."""
    for offset, line in lines(data):
        text = _TAIL.sub(b"", line)
        if (socket := _LIGHTTPD_SOCKET.search(text)) is not None:
            start = socket.start()
            yield Written(b"socket", bare(socket[1]), offset + start, socket.end() - start, adds=True)
        for found in _LIGHTTPD.finditer(text):
            yield _written(found, offset)


def busybox(data: bytes) -> Iterator[Written]:
    """Read the rules of busybox httpd: who may come from where, and paths that ask for a password."""
    if re.search(rb"(?im)^[ \t]*(?:ServerRoot|LoadModule|DocumentRoot|<Directory|Listen)\b", data[:LONGEST_FILE]):
        return
    for offset, line in lines(data):
        found = _BUSYBOX.match(line)
        if found is None:
            continue
        if found[3] is not None:
            yield Written(b"protected-path", found[3], offset + found.start(3), len(found[3]), adds=True)
        else:
            start = found.start(1)
            yield Written(found[1].lower(), bare(found[2]), offset + start, _length(line, start), adds=True)


def pam(data: bytes) -> Iterator[Written]:
    """Read the modules that count or delay wrong logins, in the stack that asks for the password."""
    for offset, line in lines(data):
        if (found := _PAM.match(line)) is not None:
            value = bare(found[3])
            applies = b"deny=0" not in value.split()
            start = found.start(2)
            yield Written(found[2], value, offset + start, _length(line, start), found[1] or b"", applies, adds=True)


def snmpd(data: bytes) -> Iterator[Written]:
    """Read net-snmp's directives; a community is a secret."""
    for offset, line in lines(data):
        found = _WORDS.match(line)
        if found is None:
            continue
        one = _written(found, offset)
        position = _COMMUNITIES.get(one.key)
        yield one if position is None else _with_community(one, found, offset, position)


def _with_community(one: Written, found: re.Match[bytes], offset: int, position: int) -> Written:
    """Mask the word of a line that is the community; all of the line when that word is not there."""
    parts = list(_WORD.finditer(_TAIL.sub(b"", found[0]), found.start(2)))
    if parts and parts[0][0] == b"-Cn":
        parts = parts[2:]
    shown = [MASK if number == position else bare(part[0]) for number, part in enumerate(parts)]
    if len(parts) <= position:
        return Written(one.key, b"", one.offset, len(one.key), adds=True)
    secret = bare(parts[position][0])
    start = parts[position].start() + parts[position][0].find(secret)
    return Written(one.key, b" ".join(shown), offset + start, len(secret), adds=True, secret=secret)


def _written(found: re.Match[bytes], offset: int) -> Written:
    start = found.start(1)
    return Written(found[1].lower().rstrip(), bare(found[2]), offset + start, _length(found[0], start))


def _length(line: bytes, start: int) -> int:
    """Give the length of a statement without the comment that follows it, which may hold anything."""
    return len(_TAIL.sub(b"", line[start:]).rstrip(b" \t;"))
