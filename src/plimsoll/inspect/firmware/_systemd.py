"""What systemd starts: the units that the default target leads to, and what their commands run.

Dependencies are those of systemd.unit(5), commands and variables those of systemd.service(5) and systemd.exec(5),
generators those of systemd-getty-generator(8), systemd-sysv-generator(8) and systemd-rc-local-generator(8).
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator, Mapping

import msgspec

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._launch import launch
from plimsoll.inspect.firmware._presets import CONDITION, Presets
from plimsoll.inspect.firmware._served import bound_to
from plimsoll.inspect.firmware._starts import Cause, content, is_executable, weaker
from plimsoll.inspect.firmware._unit_conditions import Verdict, weigh
from plimsoll.inspect.firmware._units import LONGEST_VALUE, Setting, Unit, Units, environment_of, template_of, words_of
from plimsoll.knowledge import services
from plimsoll.model.facts.service import StartState
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_UNITS = 3_000
"""Units followed in one tree."""
MOST_PULLS = 200_000
"""Dependencies followed in one tree, those met again counted again."""
MOST_BYTES = 1 << 23
"""Bytes of the settings of all units, those of a unit that is started in two ways counted twice."""
MOST_FILES = 50
"""Files of variables read for one unit."""
MOST_WORDS = 200
"""Words of one command."""

_DEFAULTS = (b"default.target", b"graphical.target", b"multi-user.target")
_ALWAYS = (b"sysinit.target", b"basic.target", b"sockets.target", b"timers.target", b"paths.target")
_PULLS = (b"Wants", b"Requires", b"BindsTo", b"Upholds")
_COMMANDS = (b"ExecStartPre", b"ExecStart", b"ExecStartPost")
_GENERATORS = (b"lib/systemd/system-generators/", b"usr/lib/systemd/system-generators/")
_VARIABLE = regex(rb"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)|\$)")
_GIVEN = frozenset((b"TERM", b"MAINPID", b"HOME", b"USER", b"LOGNAME", b"SHELL", b"PATH", b"LANG", b"INVOCATION_ID",
                    b"LISTEN_FDS", b"CREDENTIALS_DIRECTORY", b"RUNTIME_DIRECTORY", b"STATE_DIRECTORY"))  # fmt: skip
"""Variables that systemd itself sets."""
_OWN = regex(rb"127\.|\[::1\]|/|@|vsock:")
"""An address that only the product itself reaches: loopback, or a socket in the file system."""
_MADE_AT_BOOT = regex(rb"/+(?!(?:usr|lib|etc|root|bin|sbin)/)")


class _Pull(msgspec.Struct, frozen=True):
    """A unit that is to be started."""

    name: bytes
    state: StartState = "always"
    condition: bytes = b""
    bound: bytes = b""
    """Where the socket that starts it takes connections."""


def is_systemd(tree: Tree) -> bool:
    """Tell whether init is systemd, or there is no other init than systemd."""
    for path in (b"sbin/init", b"usr/sbin/init", b"init"):
        node = tree.resolve(path)
        if node is not None and node.kind == "file":
            return posixpath.basename(node.path) == b"systemd"
    return any(tree.resolve(folder + b"/systemd/systemd") is not None for folder in (b"lib", b"usr/lib"))


def begin(boot: Boot) -> bool:
    """Take what systemd starts from the default target on, and as disabled the known services that it does not.

    Tell whether there is a default target.
    """
    units = Units(boot.tree, lambda node: boot.text(content(node)))
    default = b"initrd.target" if boot.tree.resolve(b"etc/initrd-release") else b""
    default = next((name for name in (default, *_DEFAULTS) if name and _is_there(units, name)), b"")
    if default:
        _Follower(boot, units).follow(default)
    return bool(default)


def _is_there(units: Units, name: bytes) -> bool:
    unit = units.find(name)
    return unit is not None and not unit.is_masked


class _Follower:
    """Goes from unit to unit; each is started once for each state in which it is."""

    def __init__(self, boot: Boot, units: Units) -> None:
        self._boot = boot
        self._units = units
        self._waiting: deque[_Pull] = deque()
        self._later: deque[_Pull] = deque()
        self._states: dict[bytes, set[StartState]] = {}
        self._queued: set[tuple[bytes, StartState]] = set()
        self._pulls = 0
        self._bytes = 0

    def follow(self, default: bytes) -> None:
        """Follow all that the default target leads to; what an event starts comes after what is always started."""
        self._waiting += [_Pull(name) for name in (default, *_ALWAYS)]
        self._generated()
        while self._waiting or self._later:
            pull = self._waiting.popleft() if self._waiting else self._later.popleft()
            if len(self._states) >= MOST_UNITS or self._pulls > MOST_PULLS or self._bytes > MOST_BYTES:
                self._boot.is_cut = True
                break
            self._take(pull)
        self._rest()
        self._boot.is_cut = self._boot.is_cut or self._units.is_cut

    def _take(self, pull: _Pull) -> None:
        unit = self._units.find(pull.name)
        if unit is None or unit.is_masked:
            return
        states = self._states.setdefault(unit.name, set())
        if pull.state in states or "always" in states:
            return
        states.add(pull.state)
        self._bytes += sum(len(one.value) for one in unit.settings)
        for name in self._pulled(unit):
            self._pulls += 1
            if self._pulls > MOST_PULLS:
                return
            self._queue(_Pull(name, pull.state, pull.condition))
        if unit.name == b"getty.target":
            self._serial_console()
        verdict = weigh(unit, self._boot.tree)
        if verdict.state == "not-started":
            return
        verdict = Verdict(weaker(pull.state, verdict.state), verdict.condition or pull.condition)
        if unit.name.endswith(b".service"):
            self._start(unit, verdict, pull.bound)
        else:
            self._triggered(unit, verdict)

    def _pulled(self, unit: Unit) -> Iterator[bytes]:
        for key in _PULLS:
            for one in unit.all(b"Unit", key):
                yield from unit.expand(one.value).split()[:MOST_WORDS]
        for kind in (b".wants", b".requires", b".upholds"):
            yield from self._units.linked(unit, kind)

    def _queue(self, pull: _Pull) -> None:
        if (pull.name, pull.state) in self._queued:
            return
        self._queued.add((pull.name, pull.state))
        (self._waiting if pull.state == "always" else self._later).append(pull)

    def _triggered(self, unit: Unit, verdict: Verdict) -> None:
        """Take the service that a socket, timer or path starts when its event comes."""
        stem, _, kind = unit.name.rpartition(b".")
        state, bound = weaker(verdict.state, "on-demand"), b""
        if kind == b"socket":
            default = stem + (b"@.service" if _is_yes(unit.last(b"Socket", b"Accept")) else b".service")
            name = unit.expand(unit.last(b"Socket", b"Service")) or default
            bound = _bound(unit)
        elif kind in (b"timer", b"path"):
            name = unit.expand(unit.last(kind.title(), b"Unit")) or stem + b".service"
        else:
            return
        self._queue(_Pull(name, state, verdict.condition, bound))

    def _start(self, unit: Unit, verdict: Verdict, bound: bytes = b"") -> None:
        """Run the commands of a service."""
        environment, missing = self._environment(unit)
        state, condition = verdict.state, verdict.condition
        if missing:
            state, condition = weaker(state, "conditional"), condition or b"EnvironmentFile=" + missing
        checks = unit.all(b"Service", b"ExecCondition")
        if checks:
            state, condition = weaker(state, "conditional"), b"ExecCondition=" + checks[0].value
        user = unit.expand(unit.last(b"Service", b"User"))
        for key in _COMMANDS:
            for setting in unit.all(b"Service", key):
                cause = Cause(setting.path, setting.offset, setting.length, "systemd", state, condition, user, bound)
                for words in commands(unit, setting, environment):
                    self._boot.run(words, cause)

    def _environment(self, unit: Unit) -> tuple[dict[bytes, bytes], bytes]:
        """Give the variables of a service, and the file of variables that it needs and that the tree has not.

        A variable with an empty name says that there may be more of them than the tree tells.
        """
        found: dict[bytes, bytes] = {}
        missing = b""
        for setting in unit.all(b"Service", b"Environment"):
            for word, _ in words_of(unit.expand(setting.value))[:MOST_WORDS]:
                name, equals, value = word.partition(b"=")
                if equals:
                    found[name or b"?"] = value
        if unit.all(b"Service", b"PassEnvironment"):
            found[b""] = b""
        for setting in unit.all(b"Service", b"EnvironmentFile")[:MOST_FILES]:
            path = unit.expand(setting.value)
            optional, path = path.startswith(b"-"), path.removeprefix(b"-")
            node = self._boot.tree.resolve(path)
            if node is not None and node.kind == "file":
                text = self._boot.text(path)
                self._bytes += len(text)
                found = environment_of(found, text)
                if not text and node.size:
                    found[b""] = b""
            elif b"*" in path or _MADE_AT_BOOT.match(path) or not optional:
                found[b""] = b""
                missing = missing or (b"" if optional else path)
        return found, missing

    def _generated(self) -> None:
        """Take what generators add: the start links of SysV init, and /etc/rc.local."""
        if self._has_generator(b"systemd-sysv-generator"):
            done: set[bytes] = set()
            for folder in (b"etc/rc%d.d", b"etc/rc.d/rc%d.d"):
                for level in (2, 3, 4, 5):
                    self._sysv(folder % level, done)
        script = self._boot.tree.resolve(b"etc/rc.local")
        if self._has_generator(b"systemd-rc-local-generator") and script is not None and is_executable(script):
            self._waiting.append(_Pull(b"rc-local.service"))

    def _sysv(self, folder: bytes, done: set[bytes]) -> None:
        for node in self._boot.tree.glob(folder):
            script = self._boot.tree.resolve(node.path)
            name = posixpath.basename(script.path).removesuffix(b".sh") if script else b""
            if not script or name in done or not re.match(rb"S\d\d", posixpath.basename(node.path)):
                continue
            done.add(name)
            if self._units.find(name + b".service") is None:
                self._boot.run((b"/" + script.path, b"start"), Cause(script.path, mechanism="sysv"))

    def _serial_console(self) -> None:
        """Take the login that the getty generator puts on the console of the kernel, which the kernel is told of."""
        unit = self._units.find(b"serial-getty@.service")
        if unit is not None and not unit.is_masked and self._has_generator(b"systemd-getty-generator"):
            self._start(unit, Verdict("conditional", b"console= on the kernel command line"))

    def _has_generator(self, name: bytes) -> bool:
        return any(self._boot.tree.resolve(folder + name) is not None for folder in _GENERATORS)

    def _rest(self) -> None:
        """Take the known services of units that nothing starts as disabled, unless presets may switch them on."""
        known, presets = services.load().programs, Presets(self._boot)
        instances = {template_of(name) for name in self._states}
        for name in self._units.names(b".service"):
            unit = self._units.find(name)
            is_masked = unit is not None and unit.is_masked
            if is_masked:
                unit = self._units.behind_mask(name)
            if unit is None or unit.name in self._states or name in instances:
                continue
            self._bytes += sum(len(one.value) for one in unit.settings)
            if self._bytes > 2 * MOST_BYTES:
                self._boot.is_cut = True
                return
            socket = self._units.find(re.sub(rb"@?\.service\Z", b".socket", name))
            is_open = not is_masked and any(presets.enables(one) for one in (unit, socket) if one is not None)
            state: StartState = "conditional" if is_open else "disabled"
            environment, _ = self._environment(unit)
            for setting in unit.all(b"Service", b"ExecStart"):
                for words in commands(unit, setting, environment):
                    found = launch(words)
                    if found and posixpath.basename(found.program).decode("latin-1") in known:
                        cause = Cause(setting.path, setting.offset, setting.length, "systemd", state, CONDITION)
                        self._boot.run(words, cause)


def commands(unit: Unit, setting: Setting, environment: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, ...]]:
    """Give the commands of an ExecStart: prefixes taken off, specifiers and variables put in.

    A variable that `environment` does not hold stands for nothing; it stays as written where more of them may be set,
    which a variable with an empty name says.
    """
    words: list[bytes] = []
    plain = renamed = False
    for word, quoted in [*words_of(setting.value)[:MOST_WORDS], (b";", False)]:
        if word == b";" and not quoted:
            if words:
                yield (words[0], *words[2:]) if renamed else tuple(words)
            words, plain, renamed = [], False, False
        elif not words:
            bare = word.lstrip(b"-@+!:|")
            prefixes = word[: len(word) - len(bare)]
            plain, renamed = b":" in prefixes, b"@" in prefixes
            words.append(unit.expand(bare))
        elif plain:
            words.append(unit.expand(word))
        else:
            words += _substituted(unit.expand(word), quoted, environment)


def _substituted(word: bytes, quoted: bool, environment: Mapping[bytes, bytes]) -> list[bytes]:
    """Put variables in; one that stands alone without braces becomes as many words as it holds."""
    alone = _VARIABLE.fullmatch(word)
    if alone and alone[2] and not quoted:
        value = _value(alone, environment)
        return [value] if value == word else [one for one, _ in words_of(value)[:MOST_WORDS]]
    parts, length, position = list[bytes](), 0, 0
    for match in _VARIABLE.finditer(word):
        parts += [word[position : match.start()], _value(match, environment)]
        length, position = length + len(parts[-2]) + len(parts[-1]), match.end()
        if length > LONGEST_VALUE:
            break
    return [b"".join([*parts, word[position:]])[:LONGEST_VALUE]]


def _value(match: re.Match[bytes], environment: Mapping[bytes, bytes]) -> bytes:
    name = match[1] or match[2]
    if name is None:
        return b"$"
    unknown = match[0] if name in _GIVEN or b"" in environment else b""
    return environment.get(name, unknown)


def _bound(unit: Unit) -> bytes:
    """Say where a socket takes connections: the first of its addresses that others reach, else the first of them."""
    told = [one.value for key in (b"ListenStream", b"ListenDatagram") for one in unit.all(b"Socket", key)]
    words = [unit.expand(one) for one in told]
    found = [bound_to(b"", one) if one.isdigit() else one for one in words]
    if unit.last(b"Socket", b"BindToDevice") == b"lo" or (found and all(_OWN.match(one) for one in found)):
        return next((one for one in found if not one.startswith((b"/", b"@", b"*"))), b"127.0.0.1:") if found else b""
    return next((one for one in found if not _OWN.match(one)), b"")


def _is_yes(value: bytes) -> bool:
    return value.lower() in (b"1", b"yes", b"y", b"true", b"t", b"on")
