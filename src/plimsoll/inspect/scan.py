"""One pass: each file is classified and searched once, and handed to the inspectors that want it.

There is one boundary here: an inspector that fails on a file is recorded as partial or failed, and the rest goes on.
"""

from __future__ import annotations

import hashlib
import re
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from plimsoll.inspect._masking import masked_text
from plimsoll.inspect.inspector import FILE_KINDS, Cut, FileKind, Inspector, Kept, Look, Seen
from plimsoll.inspect.patterns import Patterns
from plimsoll.model.evidence import Excerpt, Inspection, Observation
from plimsoll.model.locator import Place
from plimsoll.model.message import Message, message
from plimsoll.model.secret import Concealed, conceal
from plimsoll.sources.signed import KeyParts, Signed
from plimsoll.sources.tree import File, Stem, Tree

EXCERPT_BYTES = 160
"""Longest excerpt that is shown as text."""

MOST_IN_A_FILE = 20_000
"""Facts that one inspector may give of one file."""

MOST_AT_THE_END = 100_000
"""Facts that one inspector may give when all files are seen."""

SHORTEST_SECRET = 3
"""Bytes of the shortest secret that is masked in what other facts show."""

_TEXT_BYTES = bytes({7, 8, 9, 10, 12, 13, 27} | set(range(0x20, 0x100)) - {0x7F})


class Scan:
    """Serves a set of inspectors; `visit` is called from several threads, `conclude` once at the end."""

    def __init__(
        self,
        inspectors: Sequence[Inspector],
        salt: bytes,
        emit: Callable[[Observation], None],
        cache: Path | None = None,
    ) -> None:
        self._inspectors = tuple(inspectors)
        self._by_id = {inspector.id: inspector for inspector in inspectors}
        asking = [one for one in inspectors if type(one).wants is not Inspector.wants]
        self._asking = {kind: {one.id: one for one in asking if kind in one.without_match} for kind in FILE_KINDS}
        """By kind of file, those that may want one in which nothing of theirs matched."""
        self._salt = salt
        self._emit = emit
        self._owners = [(inspector.id, pattern.name) for inspector in inspectors for pattern in inspector.patterns]
        self._patterns = Patterns([pattern for inspector in inspectors for pattern in inspector.patterns], cache)
        self._lock = threading.Lock()
        self._kept: dict[str, list[Kept]] = {inspector.id: [] for inspector in inspectors}
        self._tally = {inspector.id: Tally() for inspector in inspectors}
        self.secrets: dict[str, bytes] = {}
        """Clear text of the secrets seen, by digest: for matchers, in memory only."""

    def visit(self, file: File) -> None:
        """Look at one file; record what its inspectors see."""
        kind = classify(file.data)
        found, complete = self._patterns.find(file.data, kind)
        matches: dict[str, dict[str, Sequence[re.Match[bytes]]]] = {}
        for number, hits in found.items():
            owner, name = self._owners[number]
            matches.setdefault(owner, {})[name] = hits
        hidden: set[bytes] = set()
        conceal_here = Concealer(self, hidden)
        seen: list[tuple[str, Seen]] = []
        bare = Look(file, kind, {}, conceal_here)
        asking = self._asking[kind]
        for inspector in (*asking.values(), *(self._by_id[id] for id in matches if id not in asking)):
            id = inspector.id
            found_here = matches.get(id)
            look = bare if found_here is None else Look(file, kind, found_here, conceal_here)
            try:
                if inspector.wants(look):
                    self._look(inspector, look, complete, seen)
            except Exception:  # noqa: BLE001 - the one boundary around each inspector
                self._tally[id].fail(_trace(), file.at())
        for id, one in seen:
            where = file.at(one.offset, one.length)
            self._emit(Observation(one.fact, where, id, self._excerpt(file, one, hidden)))

    def visit_signed(self, stem: Stem, signed: Signed | KeyParts) -> None:
        """Look at what a container says is signed; keep what inspectors make of it."""
        tree = Tree(stem, "", ())
        for inspector in self._inspectors:
            tally = self._tally[inspector.id]
            try:
                for thing in inspector.look_at_signed(stem, signed):
                    if isinstance(thing, Cut):
                        tally.cut(thing.reason)
                        continue
                    with self._lock:
                        self._kept[inspector.id].append(Kept(thing, stem.at(), tree, b""))
            except Exception:  # noqa: BLE001 - the one boundary around each inspector
                tally.fail(_trace(), stem.at())

    def conclude(self, trees: Iterable[Tree]) -> None:
        """Let each inspector say what can only be said at the end."""
        ordered = sorted(trees, key=lambda tree: tree.stem.at())
        for inspector in self._inspectors:
            kept = sorted(self._kept[inspector.id], key=lambda one: one.where)
            try:
                for number, observation in enumerate(inspector.conclude(ordered, kept)):
                    if number >= MOST_AT_THE_END:
                        self._tally[inspector.id].cut(message("more than {most} facts in all", most=MOST_AT_THE_END))
                        break
                    if isinstance(observation, Cut):
                        self._tally[inspector.id].cut(observation.reason)
                    else:
                        self._emit(observation)
            except Exception:  # noqa: BLE001 - the one boundary around each inspector
                self._tally[inspector.id].fail(_trace())

    def gathered(self) -> Gathered:
        """Give what is kept until the end, for the scan that concludes."""
        return Gathered(self._kept, self._tally, self.secrets)

    def join(self, other: Gathered) -> None:
        """Take in what the same scan gathered in another process."""
        with self._lock:
            for id, kept in other.kept.items():
                self._kept[id] += kept
            for id, tally in other.tally.items():
                self._tally[id].add(tally)
            self.secrets |= other.secrets

    def inspections(self) -> tuple[Inspection, ...]:
        """Say what became of each inspector."""
        return tuple(self._tally[inspector.id].inspection(inspector.id) for inspector in self._inspectors)

    def _look(self, inspector: Inspector, look: Look, complete: bool, seen: list[tuple[str, Seen]]) -> None:
        tally = self._tally[inspector.id]
        with self._lock:
            tally.files += 1
            tally.bytes += len(look.data)
        if not complete and inspector.patterns:
            tally.cut(message("too many matches in {file}; the rest of it was not searched", file=look.file.at()))
        for number, thing in enumerate(inspector.look(look)):
            if number >= MOST_IN_A_FILE:
                tally.cut(message("more than {most} facts in {file}", most=MOST_IN_A_FILE, file=look.file.at()))
                break
            if isinstance(thing, Seen):
                seen.append((inspector.id, thing))
            elif isinstance(thing, Cut):
                tally.cut(thing.reason)
            else:
                self._keep(inspector, look, thing)

    def _keep(self, inspector: Inspector, look: Look, thing: object) -> None:
        kept = Kept(thing, look.file.at(), look.file.tree, look.path)
        with self._lock:
            self._kept[inspector.id].append(kept)

    def conceal(self, secret: bytes) -> Concealed:
        """Conceal a secret with the salt of this assessment, and keep its clear text."""
        concealed = conceal(secret, self._salt)
        with self._lock:
            self.secrets[concealed.digest] = secret
        return concealed

    def _excerpt(self, file: File, seen: Seen, hidden: set[bytes]) -> Excerpt:
        """Give the bytes that show a fact; secrets that any inspector saw in the same file are masked in them."""
        if seen.secret is not None:
            return Excerpt(f"hmac-sha256:{seen.secret.digest}", seen.secret.length, seen.secret.shape)
        if seen.offset is None or seen.length is None:
            return Excerpt(f"sha256:{file.sha256}", len(file.data))
        stretch = shown = file.data[seen.offset : seen.offset + seen.length]
        for secret in sorted(hidden, key=lambda one: (-len(one), one)):
            if len(secret) >= SHORTEST_SECRET:
                shown = shown.replace(secret, conceal(secret, self._salt).shape.encode("ascii"))
        shown = masked_text(shown[: 2 * EXCERPT_BYTES]) + shown[2 * EXCERPT_BYTES :]
        text = printable(shown[:EXCERPT_BYTES])
        if shown != stretch:
            return Excerpt(f"hmac-sha256:{conceal(stretch, self._salt).digest}", len(stretch), text)
        return Excerpt(f"sha256:{hashlib.sha256(stretch).hexdigest()}", len(stretch), text)


class Concealer:
    """Conceals secrets for the inspectors of one file, and knows which ones are not to be shown of it."""

    def __init__(self, scan: Scan, hidden: set[bytes]) -> None:
        self._scan = scan
        self._hidden = hidden

    def __call__(self, secret: bytes) -> Concealed:
        self._hidden.add(secret)
        return self._scan.conceal(secret)


class Tally:
    """What became of one inspector so far. Of several reasons one is told: the same one in whatever order they came."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0
        self._failures = 0
        self._cut: Message | None = None
        self._failure: Message | None = None

    def cut(self, reason: Message) -> None:
        self._cut = _first(self._cut, reason)

    def fail(self, trace: str, where: str = "") -> None:
        self._failures += 1
        at_the_end = message("failed at the end: {trace}", trace=trace)
        reason = message("failed on {file}: {trace}", file=where, trace=trace) if where else at_the_end
        self._failure = _first(self._failure, reason)

    def add(self, other: Tally) -> None:
        """Add what became of the same inspector in another process."""
        self.files += other.files
        self.bytes += other.bytes
        self._failures += other._failures
        self._cut = _first(self._cut, other._cut)
        self._failure = _first(self._failure, other._failure)

    def inspection(self, inspector: str) -> Inspection:
        if self._failures and self._failures >= self.files:
            status = partial(Inspection, status="failed")
        elif self._failure is not None or self._cut is not None:
            status = partial(Inspection, status="partial")
        else:
            status = partial(Inspection, status="completed")
        return status(inspector=inspector, reason=self._failure or self._cut, files=self.files, bytes=self.bytes)


def _first(one: Message | None, other: Message | None) -> Message | None:
    return min((reason for reason in (one, other) if reason is not None), key=str, default=None)


class Gathered(msgspec.Struct, frozen=True):
    """What a scan in another process gathered for the end."""

    kept: dict[str, list[Kept]]
    tally: dict[str, Tally]
    secrets: dict[str, bytes]


def classify(data: bytes) -> FileKind:
    """Tell the kind of a file by its first bytes."""
    if not data:
        return "empty"
    if data.startswith(b"\x7fELF"):
        return "elf"
    if data.startswith(b"#!"):
        return "script"
    return "binary" if data[:4096].translate(None, _TEXT_BYTES) else "text"


def printable(data: bytes) -> str:
    """Give bytes as text with everything that is not printable made visible."""
    text = data.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def _trace() -> str:
    """Give the last line of the error and where in our own code it rose; no path of the machine, no input bytes."""
    import sys

    kind, _, frames = sys.exc_info()
    last = traceback.extract_tb(frames)[-1]
    return f"{kind.__name__ if kind else 'error'} in {Path(last.filename).stem}.{last.name} line {last.lineno}"


def observations_in_order(observations: Iterable[Observation]) -> Iterator[Observation]:
    """Sort observations by place and content, each once, so that the order of threads leaves no trace."""
    at: dict[Place, list[Observation]] = {}
    for one in observations:
        at.setdefault(one.where, []).append(one)
    for where in sorted(at):
        here = at[where]
        if len(here) > 1:
            seen = {msgspec.json.encode(one, order="deterministic"): one for one in here}
            here = [seen[content] for content in sorted(seen)]
        yield from here
