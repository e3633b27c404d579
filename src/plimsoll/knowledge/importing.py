"""Takes files of the official forms into the operator's knowledge: all of it or nothing.

What is written is a copy beside the file, which takes the file's place when it is whole; who reads meanwhile keeps the
old one.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from plimsoll.errors import InputError, PlimsollError
from plimsoll.knowledge._schema import check_file, damaged
from plimsoll.knowledge._writer import Writer
from plimsoll.knowledge.importers import IMPORTERS
from plimsoll.knowledge.importers._files import ImportLimits, Unit, open_units
from plimsoll.knowledge.importers._parts import Broken, Readable, read_parts
from plimsoll.knowledge.importers.importer import DocumentImporter, Edition, Importer, Part, Unusable, shown
from plimsoll.knowledge.store import starter
from plimsoll.model.message import Message, message

EXAMPLES = 3
"""Records that cannot be used which are named, for each reason."""
_PARTS_UNTIL_KNOWN = 1_000
_TICK_RECORDS = 500

OnRecords = Callable[[str, int], None]
"""Told the name of a file and how many records of it were read, now and then."""


class Unused(msgspec.Struct, frozen=True):
    """Records that could not be used for one reason."""

    why: Message
    """As it was for the first of them."""
    count: int
    examples: tuple[str, ...]


class Imported(msgspec.Struct, frozen=True):
    """What came of one file."""

    file: str
    forms: tuple[str, ...]
    records: int
    older: int
    """Records that were left, for newer ones are held."""
    unused: tuple[Unused, ...]


class _Tally:
    """Counts while a file is read."""

    def __init__(self) -> None:
        self.forms: set[str] = set()
        self.newest: dict[str, str] = {}
        """Newest day of a record, by source."""
        self.records = self.older = 0
        self._unused: dict[str, tuple[Message, int, list[str]]] = {}

    def leave(self, one: Unusable) -> None:
        """Count a record that cannot be used; what the form's check says differs by record and is one reason."""
        why, count, examples = self._unused.get(one.why.template, (one.why, 0, []))
        if len(examples) < EXAMPLES:
            examples.append(one.name)
        self._unused[one.why.template] = (why, count + 1, examples)

    def told(self, file: str) -> Imported:
        """Give what came of the file."""
        unused = tuple(Unused(why, count, tuple(examples)) for why, count, examples in self._unused.values())
        return Imported(file, tuple(sorted(self.forms)), self.records, self.older, unused)


def import_files(
    target: Path, files: Sequence[Path], *, limits: ImportLimits | None = None, on_records: OnRecords | None = None
) -> tuple[Imported, ...]:
    """Take files into the knowledge at `target`, which begins as the starter; all of them, or raise and take none."""
    limits = limits or ImportLimits()
    with writing(target) as writer:
        return tuple(import_file(writer, file, limits, on_records) for file in files)


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Give a copy to write to, which takes the place of `target` when the block ends well; raise PlimsollError."""
    with _only_one(target):
        draft = target.with_name(f".{target.name}.{os.getpid()}.new")
        try:
            _begin(target, draft)
            writer = Writer(draft)
            try:
                yield writer
            finally:
                writer.close()
            _replace(draft, target)
        except sqlite3.DatabaseError as error:
            raise damaged(target, error) from error
        except OSError as error:
            raise InputError(
                f"the knowledge in {str(target)!r} cannot be written: {error.strerror or error}",
                hint="make room, or name another file with --knowledge",
            ) from error
        finally:
            for left in (draft, draft.with_name(f"{draft.name}-journal")):
                left.unlink(missing_ok=True)


def import_file(writer: Writer, file: Path, limits: ImportLimits, on_records: OnRecords | None = None) -> Imported:
    """Take one file in, or raise PlimsollError and leave what was written as it was before."""
    tally = _Tally()
    writer.begin()
    try:
        for unit in open_units(file, limits):
            _take_unit(writer, unit, tally, file.name, limits.document_bytes, on_records)
        if not tally.forms:
            raise Broken("it is of no form that is known")
        for source, date in tally.newest.items():
            writer.source(source, date=date)
    except (Broken, OSError, MemoryError) as error:
        writer.take_back()
        why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error) or "it needs too much memory"
        raise InputError(
            f"{str(file)!r} cannot be imported: {why}; the knowledge is as it was",
            hint="fetch the file again; the forms that are known are in docs/knowledge.md",
        ) from error
    except BaseException:
        writer.take_back()
        raise
    writer.keep()
    return tally.told(file.name)


def _take_unit(
    writer: Writer, unit: Unit, tally: _Tally, file: str, document_bytes: int, on_records: OnRecords | None
) -> None:
    """Take in one document. A member of an archive that is broken as JSON is one record that cannot be used."""
    form: Importer | None = None
    try:
        stream = _Counted(unit.stream)
        form, parts = _recognise(read_parts(stream))
        if form is None:
            if unit.is_member:
                tally.leave(Unusable(shown(unit.name), message("it is of no form that is known")))
            return
        if form.id not in tally.forms:
            tally.forms.add(form.id)
            writer.source(form.source, licence=form.licence, holes=form.holes)
        if isinstance(form, DocumentImporter):
            parts = _bounded(parts, stream, document_bytes)
        head = iter((Part("file", unit.name.rpartition("/")[2]),))
        _take(writer, form, itertools.chain(head, parts), tally, file, on_records)
    except Broken as broken:
        if not unit.is_member or broken.is_of_file or not (form is None or isinstance(form, DocumentImporter)):
            raise
        tally.leave(Unusable(shown(unit.name), message("it is broken: {why}", why=str(broken))))


class _Counted:
    """Counts what is read."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self.bytes = stream, 0

    def read(self, size: int, /) -> bytes:
        data = self._stream.read(size)
        self.bytes += len(data)
        return data


def _bounded(parts: Iterator[Part], stream: _Counted, most: int) -> Iterator[Part]:
    for part in parts:
        if stream.bytes > most:
            raise Broken(f"the document is of more than {most} bytes")
        yield part


def _take(
    writer: Writer, form: Importer, parts: Iterator[Part], tally: _Tally, file: str, on_records: OnRecords | None
) -> None:
    for one in form.read(parts):
        if isinstance(one, Unusable):
            tally.leave(one)
        elif isinstance(one, Edition):
            if not writer.edition(one):
                tally.leave(Unusable(file, message("what is held of {source} is newer", source=one.source)))
                return
        elif writer.record(one):
            tally.records += 1
            if one.modified:
                tally.newest[one.source] = max(tally.newest.get(one.source, ""), one.modified[:10])
        else:
            tally.older += 1
        if on_records and tally.records % _TICK_RECORDS == 0:
            on_records(file, tally.records)


def _recognise(parts: Iterator[Part]) -> tuple[Importer | None, Iterator[Part]]:
    """Find out the form from the first members, and give all members, those that were looked at too."""
    seen: dict[str, Any] = {}
    held: list[Part] = []
    for part in itertools.islice(parts, _PARTS_UNTIL_KNOWN):
        held.append(part)
        if not part.is_element:
            seen[part.key] = part.value
        elif isinstance(first := seen.get(part.key), list) and not first:
            seen[part.key] = [part.value]
        else:
            continue
        if form := _form(seen):
            return form, itertools.chain(held, parts)
    return None, iter(())


def _form(seen: Mapping[str, Any]) -> Importer | None:
    return next((form for form in IMPORTERS if form.claims(seen)), None)


def _begin(target: Path, draft: Path) -> None:
    """Copy what is held, or the starter."""
    if target.exists():
        check_file(target)
        shutil.copyfile(target, draft)
        return
    with starter() as path:
        shutil.copyfile(path, draft)
    draft.chmod(0o644)


def _replace(draft: Path, target: Path) -> None:
    """Put the new file in the place of the old, so that after a loss of power there is one or the other."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _only_one(target: Path) -> Iterator[None]:
    """Keep others from writing meanwhile; the lock goes with the process."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = target.with_name(f".{target.name}.lock").open("wb")
    except OSError as error:
        raise InputError(
            f"nothing can be written in {str(target.parent)!r}: {error.strerror}",
            hint="name a file in another folder with --knowledge",
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlimsollError(
                f"somebody else is writing to the knowledge in {str(target)!r}", hint="wait until that is done"
            ) from None
        yield
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_UN)
