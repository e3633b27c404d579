"""What inetd and xinetd start when somebody connects.

The forms are those of inetd.conf(5), of busybox's inetd, and of xinetd.conf(5).
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._served import bound_to
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.inspect.firmware._starts import Cause, Start, weaker
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.regex import regex

MOST_ENTRIES = 1_000
"""Lines of one inetd.conf, and services of all files of xinetd."""
MOST_LINES = 10_000
"""Lines of one file of xinetd."""
MOST_FILES = 200
"""Files that xinetd.conf includes, and those that they include."""

_INETDS = (b"inetd", b"inetutils-inetd", b"openbsd-inetd", b"rlinetd", b"in.inetd")
_VALUE_OPTIONS = {
    b"inetd": (b"-q", b"-R", b"-p", b"--pidfile"),
    b"xinetd": (b"-pidfile", b"-limit", b"-cc", b"-logprocs"),
}
_LOOPBACK = regex(rb"127\.|::1\Z|localhost\Z")
_KINDS = (b"stream", b"dgram", b"raw", b"rdm", b"seqpacket", b"tunix", b"tcp", b"udp")
_ASSIGNED = regex(rb"\s*(\w+)\s*(\+=|-=|=)\s*(.*?)\s*\Z", re.DOTALL)


class _Service(msgspec.Struct):
    """A service of xinetd as it is read."""

    name: bytes
    path: bytes
    offset: int
    length: int = 0
    values: dict[bytes, list[bytes]] = {}


def take(boot: Boot) -> None:
    """Take what the super-servers that are started would start; as disabled where they are not."""
    _inetd(boot)
    _xinetd(boot)


def standing(boot: Boot, programs: Sequence[bytes]) -> Start | None:
    """Give the strongest start of one of some programs; None when it is not started."""
    found = [start for start in boot.starts if posixpath.basename(start.launch.program) in programs]
    found = [start for start in found if start.cause.state not in ("disabled", "not-started")]
    return min(found, key=lambda one: _rank(one.cause.state), default=None)


def caused(start: Start | None, mechanism: Mechanism, script: bytes, state: StartState = "on-demand") -> Cause:
    """Say how something comes to start that another program starts."""
    if start is None:
        return Cause(script, mechanism=mechanism, state="disabled")
    condition = start.cause.condition if start.cause.state == "conditional" else b""
    return Cause(script, mechanism=mechanism, state=weaker(start.cause.state, state), condition=condition)


def _rank(state: StartState) -> int:
    return ("always", "first-boot", "on-demand", "conditional", "disabled", "not-started").index(state)


def _inetd(boot: Boot) -> None:
    start = standing(boot, _INETDS)
    path = _configuration(start, b"inetd") or b"/etc/inetd.conf"
    node = boot.tree.resolve(path)
    offset, text = 0, boot.text(path)
    boot.is_cut = boot.is_cut or text.count(b"\n") > MOST_ENTRIES
    for line in text.split(b"\n")[:MOST_ENTRIES] if node else ():
        found = _entry(line)
        if found is not None and node is not None:
            words, user, bound = found
            cause = caused(start, "inetd", node.path)
            boot.run(words, msgspec.structs.replace(cause, offset=offset, length=len(line), user=user, bound=bound))
        offset += len(line) + 1


def _entry(line: bytes) -> tuple[tuple[bytes, ...], bytes, bytes] | None:
    """Read a line of inetd.conf: the command, its user, and where it is to be reached: `127.0.0.1:telnet`, `telnet`."""
    fields = line.split(b"#", 1)[0].split()
    if len(fields) < 6 or fields[1] not in _KINDS:
        return None
    user = re.split(rb"[.:/]", fields[4], maxsplit=1)[0]
    address, _, name = fields[0].rpartition(b":")
    bound = bound_to(address, name)
    return None if fields[5] == b"internal" else (_wrapped(fields[5], fields[6:]), user, bound)


def _wrapped(path: bytes, arguments: Sequence[bytes]) -> tuple[bytes, ...]:
    """Give the command of a server whose first argument is its name: behind busybox and tcpd that name counts."""
    if posixpath.basename(path) in (b"busybox", b"tcpd", b"toybox") and arguments:
        return tuple(arguments)
    return (path, *arguments[1:])


def _configuration(start: Start | None, kind: bytes) -> bytes:
    """Give the configuration that a super-server is told of on its command line."""
    words = start.launch.arguments if start else ()
    for number, word in enumerate(words):
        before = words[number - 1] if number else b""
        is_named = before in (b"-f", b"--file") if kind == b"xinetd" else before not in _VALUE_OPTIONS[kind]
        if word.startswith(b"/") and is_known(word) and is_named:
            return word
    return b""


def _xinetd(boot: Boot) -> None:
    start = standing(boot, (b"xinetd",))
    main = _configuration(start, b"xinetd") or b"/etc/xinetd.conf"
    found = list(_services(boot, main))
    boot.is_cut, found = boot.is_cut or len(found) > MOST_ENTRIES, found[:MOST_ENTRIES]
    defaults = [one for one in found if not one.name]
    disabled = {name for one in defaults for name in one.values.get(b"disabled", ())}
    enabled = {name for one in defaults if b"enabled" in one.values for name in one.values[b"enabled"]}
    chooses = any(b"enabled" in one.values for one in defaults)
    for one in found:
        server, arguments = one.values.get(b"server", []), one.values.get(b"server_args", [])
        if not one.name or not server or b"INTERNAL" in one.values.get(b"type", ()):
            continue
        name = one.values.get(b"id", [one.name])[0]
        cause = caused(start, "xinetd", one.path)
        is_off = one.values.get(b"disable") == [b"yes"] or name in disabled or (chooses and name not in enabled)
        cause = msgspec.structs.replace(
            cause, state="disabled" if is_off else cause.state, offset=one.offset, length=one.length,
            user=one.values.get(b"user", [b""])[0], bound=_bound(one, defaults),
        )  # fmt: skip
        is_named = b"NAMEINARGS" in one.values.get(b"flags", ())
        boot.run(_wrapped(server[0], arguments) if is_named else (server[0], *arguments), cause)


def _bound(service: _Service, defaults: Sequence[_Service]) -> bytes:
    """Say where a service of xinetd is reached; one for callers from the product itself counts as bound to itself."""
    known = {key: value for one in (*defaults, service) for key, value in one.values.items()}
    address = next((known[key][0] for key in (b"bind", b"interface") if known.get(key)), b"")
    callers = known.get(b"only_from", [])
    if callers and all(_LOOPBACK.match(one) for one in callers):
        address = callers[0].partition(b"/")[0]
    return bound_to(address, next(iter(known.get(b"port", [])), service.name))


def _services(boot: Boot, main: bytes) -> Iterator[_Service]:
    """Read xinetd.conf and what it includes; defaults come as a service without a name."""
    waiting, seen = deque([main]), set[bytes]()
    while waiting:
        node = boot.tree.resolve(waiting.popleft())
        if node is None or node.path in seen:
            continue
        if len(seen) >= MOST_FILES:
            boot.is_cut = True
            return
        seen.add(node.path)
        current: _Service | None = None
        offset = 0
        text = boot.text(node.path)
        boot.is_cut = boot.is_cut or text.count(b"\n") > MOST_LINES
        for line in text.split(b"\n")[:MOST_LINES]:
            words = line.split()
            if words[:1] == [b"include"] and len(words) > 1:
                waiting.append(words[1])
            elif words[:1] == [b"includedir"] and len(words) > 1:
                waiting += _files_of(boot, words[1])
            elif words[:1] == [b"service"] and len(words) > 1:
                current = _Service(words[1].rstrip(b"{"), node.path, offset)
            elif words[:1] == [b"defaults"]:
                current = _Service(b"", node.path, offset)
            elif words[:1] == [b"}"] and current is not None:
                current.length = offset + len(line) - current.offset
                yield current
                current = None
            elif current is not None and not line.lstrip().startswith(b"#"):
                _assign(current, line)
            offset += len(line) + 1


def _assign(service: _Service, line: bytes) -> None:
    assigned = _ASSIGNED.match(line.lstrip(b" \t{"))
    if assigned is None:
        return
    key, values = assigned[1], assigned[3].split()
    if assigned[2] == b"+=":
        values = service.values.get(key, []) + values
    elif assigned[2] == b"-=":
        values = [value for value in service.values.get(key, []) if value not in values]
    service.values = {**service.values, key: values}


def _files_of(boot: Boot, folder: bytes) -> list[bytes]:
    """Name the files of a folder that xinetd takes: without a dot, and not a copy that an editor left."""
    real = boot.tree.resolve(folder)
    names = [node.path for node in boot.tree.glob(real.path)] if real else []
    return [path for path in names if b"." not in posixpath.basename(path) and not path.endswith(b"~")]
