"""What an inspector is, and what it is handed while the bytes of a file are at hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, get_args

import msgspec

from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Fact
from plimsoll.model.locator import Place
from plimsoll.model.message import Message
from plimsoll.model.secret import Concealed
from plimsoll.sources.signed import KeyParts, Signed
from plimsoll.sources.tree import File, Stem, Tree

FileKind = Literal["elf", "script", "text", "empty", "binary"]
"""elf: an ELF file; script: begins with `#!`; text: no control bytes in its first 4 KiB; binary: the rest."""
FILE_KINDS: tuple[FileKind, ...] = get_args(FileKind)


class Pattern(msgspec.Struct, frozen=True):
    """A regular expression over bytes that is looked for in every file, together with those of all inspectors."""

    name: str
    """Unique within its inspector, kebab-case."""
    regex: bytes
    """In the syntax that Python's `re` and hyperscan share; bounded repeats only, no back-references or look-around."""
    literals: tuple[bytes, ...]
    """One of these stands in every match: lets the search skip files where no hyperscan is to be had."""
    longest: int = 256
    """Most bytes a match may take; the window in which it is read again for its beginning and groups."""
    ignore_case: bool = False
    kinds: tuple[FileKind, ...] = ()
    """Kinds of files it is meant for; all when empty."""


class Seen(msgspec.Struct, frozen=True):
    """A fact in a file."""

    fact: Fact
    offset: int | None = None
    length: int | None = None
    """Bytes that show it; the whole file when absent."""
    secret: Concealed | None = None
    """When those bytes are a secret: what of it may be kept."""


class Kept(msgspec.Struct, frozen=True):
    """Something that an inspector keeps of a file until it concludes."""

    value: Any
    """The inspector's own."""
    where: Place
    """Place of the file, or of the container whose signatures it is about."""
    tree: Tree
    """That of the file; without entries for a container."""
    path: bytes
    """In the tree; empty for a container."""


class Cut(msgspec.Struct, frozen=True):
    """Says why an inspector did not cover everything; its inspection counts as partial."""

    reason: Message


class Look:
    """One file as an inspector sees it."""

    __slots__ = ("conceal", "data", "file", "kind", "matches", "name", "path")

    def __init__(
        self,
        file: File,
        kind: FileKind,
        matches: Mapping[str, Sequence[re.Match[bytes]]],
        conceal: Callable[[bytes], Concealed],
    ) -> None:
        self.file = file
        self.path = file.path
        """Path in its tree; empty for a stretch outside any file system."""
        self.name = file.name
        """Last part of the path."""
        self.data = file.data
        """The bytes."""
        self.kind = kind
        self.matches = matches
        """Matches of this inspector's patterns, by name, in the order of the file; a pattern without any is absent."""
        self.conceal = conceal
        """Conceal a secret with the salt of this assessment, and keep its clear text for matchers, in memory."""

    def lines(self, *, limit: int = 100_000) -> Iterator[tuple[int, bytes]]:
        """Give each line with its offset, without its end; stop after `limit` lines."""
        offset = 0
        for number, line in enumerate(self.file.data.split(b"\n")):
            if number >= limit:
                return
            yield offset, line.rstrip(b"\r")
            offset += len(line) + 1


class Inspector:
    """Answers one question about firmware. Holds no state: one instance serves every file, from several threads.

    `look` runs for each file that it wants, while the file's bytes are hot; `conclude` runs once when all are seen.
    """

    id: ClassVar[str]
    """Kebab-case, stable."""
    title: ClassVar[str]
    """The question it answers."""
    what: ClassVar[str]
    """What it looks at and what it records, for a maker's engineer who has never seen us."""
    limits: ClassVar[str]
    """What it cannot see."""
    patterns: ClassVar[tuple[Pattern, ...]] = ()
    without_match: ClassVar[tuple[FileKind, ...]] = FILE_KINDS
    """Kinds of files that `wants` is asked about though none of the patterns stands in them."""

    def wants(self, look: Look) -> bool:
        """Say cheaply, by name, kind or matches, whether `look` has anything to do. By default: something matched."""
        return bool(look.matches)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give facts seen in this file, as Seen, or Cut; anything else given is kept for conclude, wrapped in Kept.

        What is kept may come from another process: structs of a module, and no functions, matches or files.
        """
        return iter(())

    def look_at_signed(self, stem: Stem, signed: Signed | KeyParts) -> Iterator[object]:
        """Give what is to be kept, wrapped in Kept, of what a container says is signed, or of a key that it holds."""
        return iter(())

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation | Cut]:
        """Give what can only be said when all files are seen. `trees` and `kept` come sorted by place."""
        return iter(())
