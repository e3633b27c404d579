"""Follows from script to script what a file tree starts at boot.

What runs which script was observed in Buildroot, OpenWrt, Debian and in the trees of router and camera makers.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

import msgspec

from plimsoll.inspect.firmware._conditions import LONGEST_PATH, Outcome, decide
from plimsoll.inspect.firmware._launch import CLIENTS, Launch, launch
from plimsoll.inspect.firmware._procd import instances
from plimsoll.inspect.firmware._served import served
from plimsoll.inspect.firmware._shell import Command, read_bounded
from plimsoll.inspect.firmware._shell_guards import Guard
from plimsoll.inspect.firmware._shell_tokens import assignments, expand, is_command_in, is_known, substitutions
from plimsoll.inspect.firmware._shell_written import Written, written
from plimsoll.inspect.firmware._starts import Cause, Start, content, is_executable, is_sourced, weaker
from plimsoll.model.facts.service import StartState
from plimsoll.regex import regex
from plimsoll.sources.tree import Node, Tree

MOST_SCRIPTS = 2_000
"""Scripts followed in one tree."""
MOST_STARTS = 5_000
"""Starts recorded of one tree."""
MOST_BYTES = 1 << 22
"""Bytes of scripts read for one tree, a script that is run twice counted twice."""

MOST_LIBRARIES = 20
"""Files that one script reads for their functions."""
MOST_INNER = 20
"""Commands that are read of one that gives its output to another."""
MOST_WRITTEN = 1 << 16
"""Bytes of a script that others write piece by piece."""
MOST_WORK = 1_000_000
"""Commands and conditions on them that are weighed in one tree."""

_FOLDERS = (b"sbin", b"usr/sbin", b"bin", b"usr/bin", b"usr/local/sbin", b"usr/local/bin")
_ELSEWHERE = regex(rb"\A/+(?!(?:bin|sbin|usr|lib|etc|root)/)[^/]+/")
"""A path in a folder that may be another partition, mounted on the way."""
_ENABLE = regex(rb"^[ \t]*option[ \t]+[\"']?enabled?[\"']?[ \t]+[\"']?(\w+)", re.MULTILINE)
_SECTION = regex(rb"^[ \t]*config[ \t]", re.MULTILINE)
_STATES: Mapping[str, StartState] = {"first-boot": "first-boot", "switched-off": "disabled", "holds": "always"}
_INTERPRETER = regex(rb"(?:python|perl|lua|php|node|ruby|tclsh|expect|ucode)[\w.-]*\Z")
_OTHER_LANGUAGE = regex(
    rb"#![^\n]*[/ ](?:python|perl|lua|php|node|ruby|tclsh|wish|expect|ucode|awk|gawk|sed|make)[\w.-]*(?:[ \t]|\r?\n|\Z)"
)
_ENTRIES = (b"boot", b"start", b"start_service", b"init", b"do_start")
"""Functions of an OpenWrt start script that rc.common calls at boot, in turn."""

_NOT_STARTING = (b"disable", b"enable", b"enabled", b"stop", b"shutdown", b"status", b"running", b"depends")
"""What a start script of OpenWrt is told to do that starts nothing now."""

_OPENRC_ENTRIES = (b"start_pre", b"start", b"start_post")
_MAY_BE_SET = regex(rb"\$\{([A-Za-z_]\w*):-")
"""A variable that the settings of a script of OpenRC may set, and that has a value of its own otherwise."""
_OPENRC_START = b"\nstart-stop-daemon --start --exec $command --user ${command_user:-root} -- $command_args\n"
"""What openrc-run does for a script that sets `command`."""

EDITORS = (b"echo", b"printf", b"sed", b"cp", b"mv", b"ln", b"cat", b"install", b"mount", b"tar", b"unzip")
"""Commands that are told only where they change the accounts, or bring keys of SSH to where they are looked for."""
_ACCOUNTS = regex(
    rb"/(?:passwd|shadow)\b|[ \t\"'][\w./-]{0,60}/etc/?(?:[ \t\r;\"']|\Z)|host_key|"
    rb"/etc/(?:ssh|dropbear|wireguard|ipsec|swanctl|openvpn)\b|"
    rb"authorized_keys|/\.ssh(?:/|[ \t;\"']|\Z)|"
    rb"[ \t](?:-C|-d)[ \t]*/(?:[ \t;]|\Z)"
)


class _Job(msgspec.Struct, frozen=True):
    """A script to be followed, or commands that stand in one word."""

    path: bytes
    """Empty for commands in one word."""
    text: bytes
    arguments: tuple[bytes, ...]
    cause: Cause
    base: int = 0
    """Offset of the text in the file, where it is a part of it."""


class Boot:
    """Follows scripts of one tree; `files` are the texts of its scripts by path, as much of each as is read."""

    def __init__(self, tree: Tree, files: Mapping[bytes, bytes]) -> None:
        self.tree = tree
        self.starts: list[Start] = []
        self.is_cut = False
        """Whether a bound was met, so that something may be started that is not among the starts."""
        self._files = files
        self._waiting: deque[_Job] = deque()
        self._seen: set[tuple[bytes, bytes, tuple[bytes, ...], StartState]] = set()
        self._bytes = 0
        self._work = 0
        self._programs: dict[bytes, Node | None] = {}
        self._outcomes: dict[Guard, Outcome] = {}
        self._libraries: dict[bytes, list[Command]] = {}
        self._made: dict[bytes, _Job] = {}
        """Scripts that other scripts write, by path."""
        self._missed: list[tuple[Launch, tuple[bytes, ...], Cause]] = []
        """What is run and lies nowhere, unless a script is still to write it."""

    def text(self, path: bytes) -> bytes:
        """Give the text behind a path, through symlinks; empty when there is none."""
        node = self.tree.resolve(path)
        return self._files.get(content(node), b"") if node else b""

    def is_script(self, node: Node | None) -> bool:
        """Tell whether a program is a text that is followed."""
        return node is not None and bool(self._files.get(content(node)))

    def run(self, words: tuple[bytes, ...], cause: Cause) -> None:
        """Take one command that is run, and follow it where it leads to a script."""
        found = launch(words)
        if found is None:
            return
        if found.user:
            cause = msgspec.structs.replace(cause, user=found.user)
        if found.text:
            self._waiting.append(_Job(b"", found.text, found.arguments[:5], cause))
            return
        for path in self._globbed(found.program):
            self._start(msgspec.structs.replace(found, program=path), words, cause)
        if posixpath.basename(found.program) == b"run-parts":
            self._run_parts(found.arguments, cause)
        if (one := served(found)) is not None and not cause.bound:
            state = weaker(cause.state, "on-demand")
            user = one.user or cause.user
            self.run(one.words, msgspec.structs.replace(cause, state=state, user=user, bound=one.bound))

    def line(self, text: bytes, cause: Cause) -> None:
        """Take a line that is given to a shell."""
        self._waiting.append(_Job(b"", text, (), cause))

    def follow(self) -> None:
        """Follow all scripts that wait, and those that they lead to."""
        while self._waiting or self._found_since():
            job = self._waiting.popleft()
            key = (job.path, job.text, job.arguments, job.cause.state)
            if key in self._seen:
                continue
            self._bytes += len(job.text)
            if len(self._seen) >= MOST_SCRIPTS or self._bytes > MOST_BYTES or self._work > MOST_WORK:
                self.is_cut = True
                self._waiting.clear()
                return
            self._seen.add(key)
            self._follow(job)

    def _start(self, found: Launch, words: tuple[bytes, ...], cause: Cause, *, is_argument: bool = False) -> None:
        """Record one program, and let it wait to be followed when it is a script.

        `is_argument` says that it is itself what an interpreter is told to run.
        """
        node = self.find(found.program)
        if posixpath.basename(found.program) in EDITORS:
            self._edit(found, words, node, cause)
            return
        if node is None and self._run_made(found, words, cause):
            return
        if node is None and (not _ELSEWHERE.match(found.program) or is_sourced(words)):
            return
        if node is None:
            condition = cause.condition or b"[ -x " + found.program + b" ]"
            cause = msgspec.structs.replace(cause, state=weaker(cause.state, "conditional"), condition=condition)
        if len(self.starts) >= MOST_STARTS:
            self.is_cut = True
            return
        text = self._files.get(content(node), b"") if node else b""
        if found.arguments[:1] and found.arguments[0] in _NOT_STARTING and b"rc.common" in text.split(b"\n", 1)[0]:
            return
        self.starts.append(Start(found, words, node, cause))
        if node is None:
            return
        if text and not _OTHER_LANGUAGE.match(text):
            self._waiting.append(_Job(content(node), text, found.arguments[:4], cause))
        elif not is_argument and _INTERPRETER.match(posixpath.basename(found.program)):
            script = next((word for word in found.arguments if not word.startswith(b"-")), b"")
            if script.startswith(b"/") and self.find(script) is not None:
                rest = found.arguments[found.arguments.index(script) + 1 :]
                self._start(Launch(script, rest), words, cause, is_argument=True)

    def _run_made(self, found: Launch, words: tuple[bytes, ...], cause: Cause) -> bool:
        """Follow a script that another wrote; tell whether there is one. One that is not there yet is kept in mind."""
        made = self._made.get(found.program)
        if made is None:
            if found.program.startswith(b"/") and len(self._missed) < MOST_SCRIPTS:
                self._missed.append((found, words, cause))
            return False
        cause = msgspec.structs.replace(
            cause, state=weaker(cause.state, made.cause.state), condition=cause.condition or made.cause.condition
        )
        self.starts.append(Start(found, words, None, cause))
        if not _OTHER_LANGUAGE.match(made.text):
            self._waiting.append(msgspec.structs.replace(made, arguments=found.arguments[:4], cause=cause))
        return True

    def _found_since(self) -> bool:
        """Take what was run before the script was met that writes it; tell whether there is more to follow."""
        missed, self._missed = self._missed, []
        for found, words, cause in missed:
            if found.program in self._made:
                self._run_made(found, words, cause)
        return bool(self._waiting)

    def _hand(self, one: Written, job: _Job, cause: Cause) -> None:
        """Take a text that a script hands to a shell, or keep the one that it writes into a file."""
        is_there = one.at >= 0
        made = _Job(job.path if is_there else b"", one.text, (), cause, job.base + one.at if is_there else 0)
        if not one.target:
            self._waiting.append(made)
            return
        path = expand(one.target, self._settings(job.path))
        before = self._made.get(path) if one.appends else None
        if before is not None:
            made = _Job(b"", (before.text + one.text)[:MOST_WRITTEN], (), before.cause)
        if path.startswith(b"/") and is_known(path) and (path in self._made or len(self._made) < MOST_SCRIPTS):
            self._made[path] = made

    def _edit(self, found: Launch, words: tuple[bytes, ...], node: Node | None, cause: Cause) -> None:
        """Record a command that shells have of themselves, when it changes the accounts by the line it stands on."""
        text = self.text(cause.script)
        end = text.find(b"\n", cause.offset + cause.length)
        line = text[cause.offset : end if end >= 0 else len(text)] if cause.length else b""
        is_unpacked = posixpath.basename(found.program) in (b"tar", b"unzip")
        if (is_unpacked or _ACCOUNTS.search(line)) and len(self.starts) < MOST_STARTS:
            one = written(text).get(cause.offset)
            if one is not None and one.target and one.at >= 0:
                cause = msgspec.structs.replace(cause, length=one.at + len(one.text) - cause.offset)
            self.starts.append(Start(found, words, node, cause))

    def _run_parts(self, arguments: tuple[bytes, ...], cause: Cause) -> None:
        """Take the programs of a folder; whether a name with a dot counts differs between the kinds of run-parts."""
        folder = next((word for word in reversed(arguments) if word.startswith(b"/") and is_known(word)), b"")
        real = self.tree.resolve(folder) if folder else None
        for node in self._listed(real.path) if real else ():
            name = posixpath.basename(node.path)
            program = self.tree.resolve(node.path)
            if program is None or program.kind != "file" or not is_executable(program):
                continue
            if re.fullmatch(rb"[\w-]+", name):
                self.run((b"/" + node.path,), cause)
            elif re.fullmatch(rb"\w[\w.-]*(?<!\.bak)(?<!\.orig)(?<!\.placeholder)", name):
                condition = b"run-parts takes names with a dot: " + name
                state = weaker(cause.state, "conditional")
                self.run((b"/" + node.path,), msgspec.structs.replace(cause, state=state, condition=condition))

    def find(self, name: bytes) -> Node | None:
        """Find a program by name or path."""
        if len(name) > LONGEST_PATH:
            return None
        if name not in self._programs:
            paths = (name,) if b"/" in name else tuple(folder + b"/" + name for folder in _FOLDERS)
            nodes = (self.tree.resolve(path) for path in paths)
            self._programs[name] = next((node for node in nodes if node is not None and node.kind == "file"), None)
        return self._programs[name]

    def _listed(self, folder: bytes) -> Iterator[Node]:
        """Give the entries of a folder; each counts as work."""
        for node in self.tree.glob(folder):
            self._work += 1
            if self._work > MOST_WORK:
                self.is_cut = True
                return
            yield node

    def _globbed(self, program: bytes) -> Iterator[bytes]:
        """Give the paths that a pattern stands for; names and paths stand for themselves."""
        for one in () if is_command_in(program) else program.split(b" ")[:50]:
            if not is_known(one) or not one:
                continue
            if b"*" not in one and b"?" not in one:
                yield one
                continue
            folder, _, pattern = one.rpartition(b"/")
            real = self.tree.resolve(folder) if len(one) <= LONGEST_PATH else None
            for node in self._listed(real.path) if real else ():
                if fnmatchcase(posixpath.basename(node.path), pattern):
                    yield b"/" + node.path

    def _follow(self, job: _Job) -> None:
        numbered = {b"%d" % number: b"" for number in range(5)}
        if job.path:
            numbered.update({b"%d" % number: word for number, word in enumerate((b"/" + job.path, *job.arguments))})
        else:
            numbered.update({b"%d" % number: word for number, word in enumerate(job.arguments)})
        first = job.text.split(b"\n", 1)[0]
        is_procd, is_openrc = b"rc.common" in first, b"openrc-run" in first or b"/runscript" in first
        switches = self._switches(job.path) if is_procd else {}
        text = job.text
        if is_openrc:
            name = posixpath.basename(job.path)
            unset = dict.fromkeys(_MAY_BE_SET.findall(text), b"")
            switches = {**unset, b"RC_SVCNAME": name, b"SVCNAME": name, **self._settings(b"etc/conf.d/" + name)}
            text += _OPENRC_START
        commands, whole = read_bounded(text, {**numbered, **switches}, self._settings)
        self.is_cut = self.is_cut or not whole
        functions = self._functions(job, commands)
        waiting: deque[tuple[bytes, tuple[Guard, ...]]] = deque([(b"", ())])
        if is_procd or is_openrc:
            waiting.extend((name, ()) for name in (_ENTRIES if is_procd else _OPENRC_ENTRIES))
        done: set[tuple[bytes, Outcome]] = set()
        while waiting:
            name, guards = waiting.popleft()
            outcome = decide(guards, self.tree, self._outcomes).outcome
            if (name, outcome) in done or outcome == "fails" or name not in functions:
                continue
            done.add((name, outcome))
            owner, body = functions[name]
            for command, user in instances(body, self.tree):
                all_guards = (*guards, *command.guards)
                called = command.words[0]
                if called == b"config_foreach" and len(command.words) > 1:
                    waiting.append((command.words[1], all_guards))
                elif called in functions and called != b"":
                    waiting.append((called, all_guards))
                self._take(owner, command, all_guards, is_procd, user)
                if self._work > MOST_WORK:
                    self.is_cut = True
                    return

    def _functions(self, job: _Job, commands: list[Command]) -> dict[bytes, tuple[_Job, list[Command]]]:
        """Give the commands of a script by function, with the functions of files that it reads; its own count."""
        found: dict[bytes, tuple[_Job, list[Command]]] = {}
        for command in commands:
            found.setdefault(command.function, (job, []))[1].append(command)
        waiting, seen = deque(commands), {job.path}
        while waiting and len(seen) < MOST_LIBRARIES:
            command = waiting.popleft()
            node = self.find(command.words[1]) if is_sourced(command.words) and len(command.words) > 1 else None
            if node is None or content(node) in seen:
                continue
            seen.add(content(node))
            owner = msgspec.structs.replace(job, path=content(node), text=self._files.get(content(node), b""))
            own = dict(found)
            for one in self._library(content(node)):
                waiting.append(one)
                if one.function and one.function not in own:
                    found.setdefault(one.function, (owner, []))[1].append(one)
        return found

    def _library(self, path: bytes) -> list[Command]:
        """Read a file that scripts read for its functions, once."""
        if path not in self._libraries:
            text = self._files.get(path, b"")
            self._bytes += len(text)
            self._libraries[path], whole = read_bounded(text, {}, self._settings)
            self.is_cut = self.is_cut or not whole
        return self._libraries[path]

    def _take(self, job: _Job, command: Command, guards: tuple[Guard, ...], is_procd: bool, user: bytes) -> None:
        self._work += 1 + len(guards)
        decision = decide(guards, self.tree, self._outcomes)
        if decision.outcome == "fails":
            return
        own: StartState = _STATES.get(decision.outcome, "conditional")
        state = weaker(job.cause.state, own)
        cause = msgspec.structs.replace(
            job.cause,
            state=state,
            condition=decision.text if state == own and decision.text else job.cause.condition,
            mechanism="procd" if is_procd else job.cause.mechanism,
            user=user or job.cause.user,
        )
        if job.path:
            is_own = command.offset < len(job.text)
            span = (job.base + command.offset, command.length) if is_own else (0, 0)
            cause = msgspec.structs.replace(cause, script=job.path, offset=span[0], length=span[1])
            if is_own and (one := written(job.text).get(command.offset)) is not None:
                self._hand(one, job, cause)
        self.run(command.words, cause)
        for text in (text for word in command.words if is_command_in(word) for text in substitutions(word)):
            self._work += 1
            for inner in read_bounded(text, {})[0][:MOST_INNER]:
                found = launch(inner.words)
                if found is not None and (
                    posixpath.basename(found.program) in CLIENTS or self.is_script(self.find(found.program))
                ):
                    self.run(inner.words, cause)

    def _switches(self, script: bytes) -> dict[bytes, bytes]:
        """Give what OpenWrt's scripts read of /etc/config as `enable`: on, where it does not say no."""
        data = self.text(b"etc/config/" + posixpath.basename(script))
        said = {value not in (b"0", b"off", b"no", b"false", b"disabled") for value in _ENABLE.findall(data)}
        if not data or len(said) > 1 or (said == {False} and len(_SECTION.findall(data)) > 1):
            return {}
        value = b"1" if said != {False} else b"0"
        return {b"enable": value, b"enabled": value}

    def _settings(self, path: bytes) -> dict[bytes, bytes]:
        """Give the variables that a file of settings sets."""
        return assignments(self.text(path))
