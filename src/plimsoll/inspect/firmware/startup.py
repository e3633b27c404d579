"""What the firmware starts by itself at boot: from init through inittab and start scripts to the programs.

The order in which the kernel looks for init is that of its documentation; inittab, rc scripts and procd as described in
the neighbours of this file, and so are systemd, the super-servers and cron. That the scripts of /etc/uci-defaults
are read once, when a unit starts for the first time, is told by OpenWrt's documentation of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect._masking import masked
from plimsoll.inspect.firmware import _cron, _openrc, _superserver, _supervisors, _systemd
from plimsoll.inspect.firmware._boot import EDITORS, Boot
from plimsoll.inspect.firmware._inittab import MOST_ENTRIES, default_level, entries
from plimsoll.inspect.firmware._iptables import rule_of
from plimsoll.inspect.firmware._starts import Cause, Start, command_line, content, is_sourced, weaker
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge import services
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import StartedProgram
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.model.locator import Place, escape_name, escape_path
from plimsoll.model.message import message
from plimsoll.regex import regex
from plimsoll.sources.tree import Node, Tree

LARGEST_SCRIPT = 1 << 18
"""Bytes of the largest script that is followed."""

_INITTABS = (b"etc/inittab", b"etc_ro/inittab")
"""Where init looks; the second in Ralink's development kit, whose /etc is empty until it runs."""
_INITS = (b"init", b"sbin/init", b"etc/init", b"bin/init", b"linuxrc", b"etc/preinit")
_SETTINGS = regex(
    rb"(?:\A|/)etc/(?:default|sysconfig|conf\.d|config)/|(?:\A|/)etc/(?:init\.d|rc\.d|rc[S0-9]?\.d)/|\.sh\Z|\Aetc/uci-defaults/"
)
_NAMES = (b"inittab", b"rcS", b"rc.local", b"rc", b"rc.sysinit", b"profile", b"crontab", b"anacrontab", b"inetd.conf")
_READ = regex(
    rb"/systemd/system[^/]*/|\.(?:service|socket|timer|path|target|env|environment)\Z|(?:\A|/)etc/xinetd\.(?:conf\Z|d/)"
    rb"|(?:\A|/)[^/]*cron[^/]*/[^/]*\Z|(?:\A|/)etc/cron|(?:\A|/)(?:etc|s?bin)/[^/.]+\Z|(?:\A|/)etc/[^/]+\.conf\Z"
)
"""Texts besides scripts that are followed: units, crontabs, tables of super-servers, scripts without a first line."""
_ENDS = (b".sh", b".service", b".socket", b".timer", b".path", b".target", b".env", b".environment")
_UCI_DEFAULTS = regex(rb"^[ \t]*(?:uci_apply_defaults|cd[ \t]+/etc/uci-defaults)\b", re.MULTILINE)
"""How OpenWrt's start script `boot` comes to run the scripts of a folder at the first boot."""
_RC = regex(rb"\A(?:\S*/)?rc[ \t]+([0-9S])\Z")
_PROGRAM_FOLDERS = (b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/local/bin", b"usr/local/sbin", b"usr/libexec")
_NOT_PROGRAMS = frozenset(
    b"[ [[ test echo cd mkdir mount umount rm cp mv ln cat chmod chown sleep exit return export set shift read local "
    b"grep sed awk cut tr head tail wc sort find xargs true false printf kill killall pidof ps touch date hostname "
    b"insmod modprobe rmmod lsmod sysctl ifconfig route ip brctl vconfig mknod stty uname logger "
    b"basename dirname expr let eval trap wait unset umask ulimit id which type seq sync ls dd tar gzip gunzip "
    b"start-stop-daemon uci nvram fw_printenv mdev mkfifo mkfs usleep swapon losetup readlink tee env md5sum".split()
)
_FILTERS = (b"iptables", b"ip6tables")
"""Commands that are told by what they set, as rules of the packet filter."""
_GETTYS = (b"login", b"getty", b"agetty", b"mgetty")
_CONSOLE_SHELLS = (*_GETTYS, b"sh", b"ash", b"bash", b"sulogin")
_SPARING = frozenset((b"-0", b"-1", b"-HUP", b"-SIGHUP", b"-USR1", b"-USR2", b"-SIGUSR1", b"-SIGUSR2", b"-l"))
"""Signals that servers live through."""
_RATES = frozenset((b"recent", b"hashlimit", b"limit", b"connlimit"))
_COPIERS = (b"cp", b"mv", b"ln", b"install")
_ON_TERMINAL = regex(rb"^[ \t]*(?:StandardInput[ \t]*=[ \t]*tty|TTYPath[ \t]*=[ \t]*/)", re.MULTILINE)
_CUT = "there are more start scripts than were followed"


class _Text(msgspec.Struct, frozen=True):
    """The text of a script or of its settings, as much of it as is read."""

    data: bytes


def _is_read(path: bytes) -> bool:
    """Tell by its path whether start scripts may read a file."""
    may_be = b"etc/" in path or b"bin/" in path or b"cron" in path or b"systemd/" in path or path.endswith(_ENDS)
    return may_be and (_SETTINGS.search(path) is not None or _READ.search(path) is not None)


class Startup(Inspector):
    """Follows each tree's own chain of start scripts, and names known services that it does not lead to."""

    id = "startup"
    title = "What does the firmware start at boot, and which services does it leave alone?"
    what = (
        "The entries of /etc/inittab, the scripts under /etc/init.d and /etc/rc.d that have a start link or that rcS "
        "runs, OpenWrt's procd scripts and those of its first boot, the run levels of OpenRC, the services of runit, "
        "daemontools and s6 in the folders that their supervisors are told of, the systemd units that the default "
        "target leads to with their drop-ins, instances and conditions, the tables of inetd and xinetd and the "
        "crontabs where those are started, what sockets, tcpsvd, socat and netcat hand connections to and where they "
        "take them, and all scripts reached from them, read without being run. Of echo, printf and sed, those that "
        "change /etc/passwd or /etc/shadow, of cp and its kin those that bring such files or keys of SSH, and of "
        "iptables those on packets for the product itself. A known service that nothing starts is named too."
    )
    limits = (
        "What a compiled program starts is not seen, and neither is what a web page or an app can switch on. Of "
        "systemd, what D-Bus and udev ask for and units that generators write are not followed, except for consoles, "
        "SysV scripts and rc.local; what presets may switch on at the first boot is given as conditional. The "
        "compiled database of s6-rc is not read. In a tree with more start scripts than are followed, a "
        "service that was not reached is given as conditional."
    )
    without_match = ("script", "text")

    def wants(self, look: Look) -> bool:
        """Take scripts, and texts that start scripts read."""
        if not look.path:
            return False
        return look.kind == "script" or (
            look.kind == "text" and len(look.data) <= LARGEST_SCRIPT and (look.name in _NAMES or _is_read(look.path))
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Keep the text."""
        yield _Text(bytes(look.data[: LARGEST_SCRIPT + 1]))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation | Cut]:
        """Give the programs that each tree starts, then the services that it holds and does not start."""
        files: dict[int, dict[bytes, bytes]] = {}
        for one in kept:
            files.setdefault(id(one.tree), {})[one.path] = one.value.data
        for tree in trees:
            boot = Boot(tree, files.get(id(tree), {}))
            begun = _begin(boot)
            boot.follow()
            _openrc.take(boot)
            boot.follow()
            _supervisors.take(boot)
            boot.follow()
            if not begun and not boot.starts:
                continue
            _superserver.take(boot)
            _cron.take(boot)
            boot.follow()
            yield from self._started(boot)
            yield from self._left(boot)
            if boot.is_cut:
                yield Cut(message("more start scripts in {tree} than are followed", tree=tree.stem.at()))

    def _started(self, boot: Boot) -> Iterator[Observation]:
        known = services.load().programs
        run = {
            (start.node.path, start.cause.state)
            for start in boot.starts
            if start.node is not None and not is_sourced(start.words)
        }
        stops = _stops(boot)
        for number, given in enumerate(boot.starts):
            name = posixpath.basename(given.launch.program)
            start = _until_stopped(given, number, stops.get(name, ()))
            if name in EDITORS:
                yield Observation(_edit(start, name), _place(boot, start), self.id)
                continue
            if _is_rate(start, name):
                yield Observation(_fact(start, name), _place(boot, start), self.id)
            if name in _FILTERS:
                yield from self._rule(boot, start, name)
                continue
            if (name in _NOT_PROGRAMS and not boot.is_script(start.node)) or (
                name in _CONSOLE_SHELLS and not _is_console(boot, start)
            ):
                continue
            if is_sourced(start.words) and (
                name.decode("latin-1") in known
                or (start.node is not None and (start.node.path, start.cause.state) in run)
            ):
                continue
            yield Observation(_fact(start, name), _place(boot, start), self.id)

    def _rule(self, boot: Boot, start: Start, name: bytes) -> Iterator[Observation]:
        certain = start.cause.state in ("always", "first-boot")
        rule = rule_of(start.launch.arguments, "ip6tables" if name == b"ip6tables" else "iptables", certain=certain)
        if rule is not None:
            yield Observation(rule, _place(boot, start), self.id)

    def _left(self, boot: Boot) -> Iterator[Observation]:
        started = {
            posixpath.basename(start.launch.program)
            for start in boot.starts
            if not is_sourced(start.words) and not (boot.is_cut and start.cause.state == "disabled")
        }
        state: StartState = "conditional" if boot.is_cut else "not-started"
        condition = _CUT if boot.is_cut else ""
        for name in services.load().programs:
            raw = name.encode()
            for folder in () if raw in started else _PROGRAM_FOLDERS:
                path = folder + b"/" + raw
                node = boot.tree.resolve(path)
                if node is not None and node.kind == "file" and path in boot.tree.by_path:
                    fact = StartedProgram(
                        escape_name(raw), "", "script", state, escape_path(content(node)), "", condition
                    )
                    yield Observation(fact, boot.tree.stem.at(path), self.id)
                    break


def _stops(boot: Boot) -> dict[bytes, list[tuple[int, Start]]]:
    """Give the commands that end programs by their names, each with its number among the starts."""
    found: dict[bytes, list[tuple[int, Start]]] = {}
    for number, start in enumerate(boot.starts):
        words = start.launch.arguments
        is_stop = posixpath.basename(start.launch.program) in (b"killall", b"pkill") and _SPARING.isdisjoint(words)
        if is_stop and start.cause.state not in ("disabled", "not-started"):
            for word in words:
                if not word.startswith(b"-"):
                    found.setdefault(word, []).append((number, start))
    return found


def _until_stopped(start: Start, number: int, stops: Sequence[tuple[int, Start]]) -> Start:
    """Weaken a start after which a command may end the same program; one in the same script, if it stands later.

    What a supervisor keeps running comes back.
    """
    own = start.cause
    for later, stop in stops if own.mechanism in ("script", "sysv") else ():
        is_same = stop.cause.script == own.script and own.length > 0
        is_other_branch = stop.cause.condition.startswith(b"! ") and own.condition in stop.cause.condition
        if is_same and own.condition and is_other_branch:
            continue
        if (stop.cause.offset > own.offset) if is_same else later > number:
            state = weaker(own.state, "conditional")
            condition = own.condition or b"unless it is ended: " + b" ".join(stop.words)
            return msgspec.structs.replace(start, cause=msgspec.structs.replace(own, state=state, condition=condition))
    return start


def _is_console(boot: Boot, start: Start) -> bool:
    """Tell whether a shell or login is one that is kept on a terminal, or given to whoever connects."""
    cause = start.cause
    if cause.bound or cause.mechanism in ("inetd", "xinetd") or b"cttyhack" in start.words:
        return True
    if cause.mechanism == "systemd":
        return (
            posixpath.basename(start.launch.program) in _GETTYS
            or _ON_TERMINAL.search(boot.text(cause.script)) is not None
        )
    is_getty = posixpath.basename(start.launch.program) in _GETTYS
    return cause.mechanism == "inittab" or (cause.mechanism == "runit" and is_getty)


def _is_rate(start: Start, name: bytes) -> bool:
    """Tell whether a command adds a rule that limits how often somebody may connect to a port."""
    words = start.launch.arguments
    return name in (b"iptables", b"ip6tables") and b"--dport" in words and not _RATES.isdisjoint(words)


def _edit(start: Start, name: bytes) -> StartedProgram:
    """Give the fact without the words of the command, which may hold a password; paths that are copied hold none."""
    fact = _fact(start, name)
    if name in _COPIERS:
        return fact
    return msgspec.structs.replace(fact, command=fact.program, arguments=())


def _place(boot: Boot, start: Start) -> Place:
    cause = start.cause
    if cause.length:
        return boot.tree.stem.at(cause.script, cause.offset, cause.length)
    return boot.tree.stem.at(cause.script)


def _fact(start: Start, name: bytes) -> StartedProgram:
    cause = start.cause
    return StartedProgram(
        program=escape_name(name),
        command=command_line(start),
        mechanism=cause.mechanism,
        state=cause.state,
        path=escape_path(content(start.node)) if start.node else "",
        user=printable(cause.user),
        condition=printable(cause.condition)[:400] if cause.state in ("conditional", "first-boot") else "",
        arguments=tuple(map(printable, masked(start.launch.arguments, start.launch.program))),
        bound=printable(cause.bound),
    )


def _begin(boot: Boot) -> bool:
    """Begin where the kernel does; tell whether a chain was found even if it should lead nowhere."""
    if _systemd.is_systemd(boot.tree):
        return _systemd.begin(boot)
    path = next((one for one in _INITTABS if boot.text(one)), b"")
    inittab = boot.text(path) if path else b""
    if inittab:
        _inittab(boot, inittab, path)
    for path in () if inittab else _INITS:
        node = boot.tree.resolve(path)
        if node is not None and boot.text(path):
            boot.run((b"/" + path,), Cause(path if path in boot.tree.by_path else node.path))
            break
    _supervisors.begin(boot)
    if not inittab and not boot.starts and boot.text(b"etc/init.d/rcS"):
        boot.run((b"/etc/init.d/rcS",), Cause(b"etc/init.d/rcS"))
        _default_console(boot)
    if boot.tree.resolve(b"etc/rc.common") is not None:
        _openwrt(boot)
        boot.follow()
        _uci_defaults(boot)
    return False


def _default_console(boot: Boot) -> None:
    """Take the shell that busybox's init gives on the console where there is no inittab, unless one is made at boot."""
    node = boot.tree.resolve(b"sbin/init")
    if node is not None and posixpath.basename(node.path) == b"busybox":
        condition = b"[ ! -e /etc/inittab ]"
        boot.run((b"/bin/sh",), Cause(b"sbin/init", mechanism="inittab", state="conditional", condition=condition))


def _inittab(boot: Boot, data: bytes, path: bytes) -> None:
    node = boot.tree.resolve(path)
    path = node.path if node else path
    boot.is_cut = boot.is_cut or data.count(b"\n") > MOST_ENTRIES
    for entry in entries(data):
        state: StartState = "always" if entry.enabled else "disabled"
        level = _RC.match(entry.process)
        if level is not None:
            if entry.enabled and level[1] in (default_level(data), b"S"):
                _links(boot, level[1])
            continue
        mechanism: Mechanism = "inittab" if entry.is_console else "script"
        boot.line(entry.process, Cause(path, entry.offset, entry.length, mechanism, state))
        if entry.process.split()[0].endswith(b"/rcS"):
            _links(boot, b"S")


def _links(boot: Boot, level: bytes) -> None:
    """Take the start links of a run level in their order."""
    for folder in (b"etc/rc%s.d" % level, b"etc/rc.d/rc%s.d" % level):
        for node in boot.tree.glob(folder):
            if posixpath.basename(node.path).startswith(b"S"):
                _link(boot, node, b"start")


def _openwrt(boot: Boot) -> None:
    """Take the start links of OpenWrt, and as disabled what has none."""
    linked = set()
    for node in boot.tree.glob(b"etc/rc.d"):
        if posixpath.basename(node.path).startswith(b"S"):
            target = boot.tree.resolve(node.path)
            linked.add(target.path if target else b"")
            _link(boot, node, b"boot")
    for node in boot.tree.glob(b"etc/init.d"):
        if node.path not in linked and b"rc.common" in boot.text(node.path).split(b"\n", 1)[0]:
            boot.run((b"/" + node.path, b"boot"), Cause(node.path, mechanism="sysv", state="disabled"))


def _uci_defaults(boot: Boot) -> None:
    """Take the scripts of /etc/uci-defaults, which the start script `boot` reads once, where that is started."""
    path = b"etc/init.d/boot"
    applied = _UCI_DEFAULTS.search(boot.text(path))
    begun = [one for one in boot.starts if one.node is not None and content(one.node) == path]
    if applied is None or not any(one.cause.state == "always" for one in begun):
        return
    done = {content(one.node) for one in boot.starts if one.node is not None}
    cause = Cause(path, applied.start(), len(applied[0]), "procd", "first-boot", b"/etc/uci-defaults")
    for node in boot.tree.glob(b"etc/uci-defaults"):
        if node.kind == "file" and content(node) not in done:
            boot.run((b".", b"/" + node.path), cause)


def _link(boot: Boot, node: Node, word: bytes) -> None:
    target = boot.tree.resolve(node.path)
    if target is not None:
        boot.run((b"/" + target.path, word), Cause(target.path, mechanism="sysv"))
