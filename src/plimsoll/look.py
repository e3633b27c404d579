"""Opens an image and looks at it, in a confined child: image -> byte map, trees, observations, inspections.

Everything that touches the bytes of an image happens in the child; what it reports arrives in frames as it goes, so
that its death loses nothing that it had said.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from plimsoll.confine import Confinement, Crew, Receive, Send, run_confined
from plimsoll.errors import InputError, UnreadableImage
from plimsoll.frames import Ended, Inbox, ListedTree, OnTick, Outbox
from plimsoll.inspect.inspector import Inspector
from plimsoll.inspect.scan import Scan, observations_in_order
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.image import ImageMap
from plimsoll.model.locator import escape_name
from plimsoll.model.message import Message, message
from plimsoll.model.product import FirmwareImage
from plimsoll.sharing import Sharing, help_with
from plimsoll.sources.signed import SignedVisitor, ignore
from plimsoll.sources.tree import File, Visitor
from plimsoll.unpack.copy import Copied, Copier
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.explored import Explored
from plimsoll.unpack.folder import Folder
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits
from plimsoll.unpack.signs import Signs

OPENING = "opening"
"""Id of the inspection that says how far opening the image came."""

WORTH_SHARING_BYTES = 1 << 20
"""Bytes of an image from which on its files are looked at by several processes."""

MOST_CORES = 4
"""Most cores that are used: reading, which is one process's work, is at its end there."""


class Looked(msgspec.Struct, frozen=True):
    """What looking at an image came to."""

    source: FirmwareImage
    image: ImageMap
    observations: tuple[Observation, ...]
    """In order, each once."""
    inspections: tuple[Inspection, ...]
    secrets: dict[str, bytes]


class Listing(msgspec.Struct, frozen=True):
    """What is inside an image."""

    image: ImageMap
    trees: tuple[ListedTree, ...]


class Input(msgspec.Struct, frozen=True):
    """A file or folder that was found readable."""

    path: bytes
    name: bytes
    folder: bool
    size: int
    sha256: str
    """Empty for a folder."""

    @property
    def salt(self) -> bytes:
        """Give the salt of the assessment: the same input gives the same digests of its secrets."""
        return salt_of(self.sha256, self.name)


def salt_of(sha256: str, name: bytes) -> bytes:
    """Give the salt of an image by its digest; that of a folder by its name, and with no digest."""
    return hashlib.sha256(b"plimsoll salt\0" + (sha256.encode() or name)).digest()


def look(
    path: Path,
    inspectors: Sequence[Inspector],
    limits: Limits,
    *,
    confinement: Confinement | None = None,
    cache: Path | None = None,
    on_tick: OnTick | None = None,
    helpers: int | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Looked:
    """Look at an image or folder with all inspectors; raise InputError or UnreadableImage when there is nothing to.

    `helpers` is the number of further processes that look at files; by default as many as pay for themselves.
    `meanwhile` is done in this process while the image is looked at in others.
    """
    given = read_input(path)
    outbox = Outbox()
    scan = Scan(inspectors, given.salt, outbox.add, cache)
    Signs(FORMATS, cache).prepare()
    inbox = Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

    def help(receive: Receive, send: Send) -> None:
        help_with(scan, partial(outbox.open, secrets=scan.secrets), receive, send)

    crew = Crew(_helpers(given, inspectors) if helpers is None else helpers, help)

    def work(send: Send) -> None:
        outbox.open(send, scan.secrets)
        sharing = Sharing(scan, crew.mates, send)
        digests = _Digests(sharing.visit)
        visitor = digests.visit if given.folder else sharing.visit
        explored = _explore(given, limits, visitor, outbox, scan.visit_signed, cache)
        sharing.finish()
        scan.conclude(explored.trees)
        outbox.flush()
        outbox.send(Ended(scan.inspections(), explored.stopped, digests.of(explored) if given.folder else ""))

    walls = confinement or confinement_of(given)
    died = run_confined(work, inbox.receive, walls, crew=crew, meanwhile=meanwhile)
    ended = inbox.ended or Ended(_failed(inspectors, died))
    sha256 = given.sha256 or ended.content_digest
    return Looked(
        FirmwareImage(escape_name(given.name), sha256, inbox.image.size_bytes, given.folder),
        inbox.image,
        tuple(observations_in_order(inbox.observations)),
        (_opening(inbox.image, died or ended.stopped, died is not None), *_cut(ended.inspections, ended.stopped)),
        inbox.secrets,
    )


def list_image(path: Path, *, limits: Limits | None = None, on_tick: OnTick | None = None) -> Listing:
    """List what is inside an image, without looking at it further."""
    given = read_input(path)
    outbox = Outbox()
    inbox = Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

    def work(send: Send) -> None:
        outbox.open(send, {})
        explored = _explore(given, limits or Limits(), lambda file: None, outbox)
        for tree in explored.trees:
            outbox.send(ListedTree(tree.stem.at(), tree.format, tuple(tree.by_path.values())))
        outbox.send(Ended(stopped=explored.stopped))

    died = run_confined(work, inbox.receive, confinement_of(given))
    if died is not None:
        raise UnreadableImage(f"{path.name!r} could not be read to its end: {died}")
    return Listing(inbox.image, tuple(inbox.trees))


def copy_image(path: Path, folder: Path, *, limits: Limits | None = None, on_tick: OnTick | None = None) -> Copied:
    """Write a safe copy of what is inside an image to a new or empty folder."""
    given = read_input(path)
    _make_empty(folder)
    outbox = Outbox()
    inbox = Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

    def work(send: Send) -> None:
        outbox.open(send, {})
        copier = Copier(os.fsencode(folder))
        explored = _explore(given, limits or Limits(), copier.visit, outbox)
        outbox.send(Ended(stopped=explored.stopped, copied=copier.finish(explored.trees)))

    died = run_confined(work, inbox.receive, confinement_of(given, folder))
    if died is not None or inbox.ended is None or inbox.ended.copied is None:
        raise UnreadableImage(f"{path.name!r} could not be read to its end: {died}; {folder} holds what was read")
    return inbox.ended.copied


def read_input(path: Path) -> Input:
    """Find out what was named; raise InputError or UnreadableImage with a word on what to try."""
    name = os.fsencode(path.name) or os.fsencode(path.resolve().name) or b"image"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            os.listdir(path)
            return Input(os.fsencode(path), name, True, 0, "")
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{str(path)!r} is neither a file nor a folder", hint="copy its bytes into a file first")
        if status.st_size == 0:
            raise UnreadableImage(f"{str(path)!r} is empty", hint="was the download complete?")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise InputError(f"there is no file {str(path)!r}", hint="check the path") from None
    except OSError as error:
        hint = "check who may read it" if isinstance(error, PermissionError) else ""
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}", hint=hint) from None
    return Input(os.fsencode(path), name, False, status.st_size, digest)


def _helpers(given: Input, inspectors: Sequence[Inspector]) -> int:
    """Give how many further processes to look with: none where that would take longer than the looking."""
    if not inspectors or (not given.folder and given.size < WORTH_SHARING_BYTES):
        return 0
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(cores, MOST_CORES) - 1


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise InputError(f"the folder {str(folder)!r} is not empty", hint="name a new one")
    except OSError as error:
        raise InputError(f"the folder {str(folder)!r} cannot be made: {error.strerror}") from None


def confinement_of(given: Input, folder: Path | None = None) -> Confinement:
    """Give the usual limits; the image itself is mapped and counts towards the address space."""
    memory_bytes = Confinement().memory_bytes + given.size
    writes = (os.fsencode(folder),) if folder is not None else ()
    return Confinement(memory_bytes, may_write=folder is not None, reads=(given.path,), writes=writes)


def _explore(
    given: Input,
    limits: Limits,
    visitor: Visitor,
    outbox: Outbox,
    on_signed: SignedVisitor = ignore,
    cache: Path | None = None,
) -> Explored:
    explored = explore(given, limits, visitor, tick=outbox.tick, on_map=outbox.map, on_signed=on_signed, cache=cache)
    outbox.map(explored.image)
    return explored


def explore(
    given: Input,
    limits: Limits,
    visitor: Visitor,
    *,
    tick: Callable[[int, int, int], None] = lambda done, total, files: None,
    on_map: Callable[[ImageMap], None] = lambda image: None,
    on_signed: SignedVisitor = ignore,
    cache: Path | None = None,
) -> Explored:
    """Open everything inside what was named; only ever called in a confined child."""
    budget = Budget(limits)
    explorer = partial(Explorer, FORMATS, budget, visitor, tick=tick, on_map=on_map, on_signed=on_signed, cache=cache)
    if given.folder:
        return explorer().explore_tree(Folder(given.path, budget), given.name)
    with open(given.path, "rb") as file:
        image = mmap.mmap(file.fileno(), given.size, access=mmap.ACCESS_READ)
    return explorer(release=partial(_release, image)).explore(memoryview(image), given.name)


def _release(image: mmap.mmap) -> None:
    """Let go of the pages that were read; what is read again comes from the page cache."""
    if hasattr(mmap, "MADV_DONTNEED"):
        image.madvise(mmap.MADV_DONTNEED)


class _Digests:
    """The digest of a folder: over the sorted paths and digests of its files."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._seen: dict[str, str] = {}

    def visit(self, file: File) -> None:
        self._visitor(file)
        self._seen[file.at()] = file.sha256

    def of(self, explored: Explored) -> str:
        """Give the digest; links and devices count with what they are."""
        lines = [f"{where} {digest}" for where, digest in self._seen.items()]
        for tree in explored.trees:
            lines += [f"{tree.stem.at(node.path)} {node!r}" for node in tree.nodes if node.kind != "file"]
        return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _failed(inspectors: Iterable[Inspector], died: Message | None) -> tuple[Inspection, ...]:
    reason = died or message("the process that reads the image ended without a word")
    return tuple(Inspection(inspector.id, "failed", reason=reason) for inspector in inspectors)


def _opening(image: ImageMap, reason: Message | None, died: bool) -> Inspection:
    if reason is None and len(image.problems) == 1:
        reason = message("one thing in the image could not be read: {what}", what=str(image.problems[0].message))
    elif reason is None and image.problems:
        reason = message("{count} things in the image could not be read", count=len(image.problems))
    elif reason is None and not image.trees:
        reason = message("it holds no files; what programs by themselves do is not read from them")
    status = "failed" if died else "partial" if reason else "completed"
    files = sum(tree.files for tree in image.trees)
    return Inspection(OPENING, status, reason=reason, files=files, bytes=image.size_bytes)  # type: ignore[arg-type]


def _cut(inspections: Iterable[Inspection], stopped: Message | None) -> Iterable[Inspection]:
    """Make no inspection look completed when opening ended before everything was seen."""
    for one in inspections:
        if stopped is not None and one.status == "completed":
            yield msgspec.structs.replace(one, status="partial", reason=stopped)
        else:
            yield one
