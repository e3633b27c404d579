"""Opens an image and looks at it, in a confined child: image -> byte map, trees, observations, inspections.

Everything that touches the bytes of an image happens in the child; what it reports arrives in frames as it goes, so
that its death loses nothing that it had said.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import msgspec

from plimsoll.confine import Confinement, Send, run_confined
from plimsoll.errors import InputError, UnreadableImage
from plimsoll.inspect.inspector import Inspector
from plimsoll.inspect.scan import Scan, observations_in_order
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.image import ImageMap
from plimsoll.model.locator import Place, escape_name
from plimsoll.model.message import Message, message
from plimsoll.model.product import FirmwareImage
from plimsoll.sources.signed import SignedVisitor, ignore
from plimsoll.sources.tree import File, Node, Visitor
from plimsoll.unpack.copy import Copied, Copier
from plimsoll.unpack.explore import Explored, Explorer
from plimsoll.unpack.folder import Folder
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits

OPENING = "opening"
"""Id of the inspection that says how far opening the image came."""

FLUSH_OBSERVATIONS = 512
TICK_FILES = 50


class Seen(msgspec.Struct, frozen=True, tag="seen"):
    """Frame: observations made, and the clear text of their secrets by digest."""

    observations: tuple[Observation, ...]
    secrets: dict[str, bytes]


class Mapped(msgspec.Struct, frozen=True, tag="mapped"):
    """Frame: what is known of the image so far; a later one replaces it."""

    image: ImageMap


class Tick(msgspec.Struct, frozen=True, tag="tick"):
    """Frame: how far the looking has come."""

    done_bytes: int
    total_bytes: int
    files: int


class ListedTree(msgspec.Struct, frozen=True, tag="tree"):
    """Frame: one tree with all its entries."""

    where: Place
    format: str
    nodes: tuple[Node, ...]


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """Frame: the last one."""

    inspections: tuple[Inspection, ...] = ()
    stopped: Message | None = None
    content_digest: str = ""
    copied: Copied | None = None


Frame = Seen | Mapped | Tick | ListedTree | Ended
OnTick = Callable[[Tick], None]


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
) -> Looked:
    """Look at an image or folder with all inspectors; raise InputError or UnreadableImage when there is nothing to."""
    given = read_input(path)
    outbox = _Outbox()
    scan = Scan(inspectors, given.salt, outbox.add, cache)
    inbox = _Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

    def work(send: Send) -> None:
        outbox.open(send, scan.secrets)
        digests = _Digests(scan.visit)
        explored = _explore(given, limits, digests.visit if given.folder else scan.visit, outbox, scan.visit_signed)
        scan.conclude(explored.trees)
        outbox.flush()
        outbox.send(Ended(scan.inspections(), explored.stopped, digests.of(explored)))

    died = run_confined(work, inbox.receive, confinement or confinement_of(given))
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
    outbox = _Outbox()
    inbox = _Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

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
    outbox = _Outbox()
    inbox = _Inbox(ImageMap(escape_name(given.name), given.size), on_tick)

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
    given: Input, limits: Limits, visitor: Visitor, outbox: _Outbox, on_signed: SignedVisitor = ignore
) -> Explored:
    explored = explore(given, limits, visitor, tick=outbox.tick, on_map=outbox.map, on_signed=on_signed)
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
) -> Explored:
    """Open everything inside what was named; only ever called in a confined child."""
    budget = Budget(limits)
    explorer = partial(Explorer, FORMATS, budget, visitor, tick=tick, on_map=on_map, on_signed=on_signed)
    if given.folder:
        return explorer().explore_tree(Folder(given.path, budget), given.name)
    with open(given.path, "rb") as file:
        image = mmap.mmap(file.fileno(), given.size, access=mmap.ACCESS_READ)
    return explorer(release=partial(_release, image)).explore(memoryview(image), given.name)


def _release(image: mmap.mmap) -> None:
    """Let go of the pages that were read; what is read again comes from the page cache."""
    if hasattr(mmap, "MADV_DONTNEED"):
        image.madvise(mmap.MADV_DONTNEED)


class _Outbox:
    """The child's side: gathers observations into frames."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder = msgspec.msgpack.Encoder()
        self._waiting: list[Observation] = []
        self._secrets: dict[str, bytes] = {}
        self._told: set[str] = set()
        self._send: Send = lambda frame: None

    def open(self, send: Send, secrets: dict[str, bytes]) -> None:
        """Begin to send; `secrets` grows while the scan runs."""
        self._send = send
        self._secrets = secrets

    def send(self, frame: Frame) -> None:
        self._send(self._encoder.encode(frame))

    def map(self, image: ImageMap) -> None:
        self.send(Mapped(image))

    def add(self, observation: Observation) -> None:
        with self._lock:
            self._waiting.append(observation)
            full = len(self._waiting) >= FLUSH_OBSERVATIONS
        if full:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            observations, self._waiting = tuple(self._waiting), []
            if not observations:
                return
            new = [digest for digest in list(self._secrets) if digest not in self._told]
            self._told.update(new)
        self.send(Seen(observations, {digest: self._secrets[digest] for digest in new}))

    def tick(self, done: int, total: int, files: int) -> None:
        """Send what was seen of each file as soon as it was looked at, so that a death loses no more than one file."""
        self.flush()
        if files % TICK_FILES == 0:
            self.send(Tick(done, total, files))


class _Inbox:
    """The parent's side: keeps what arrived."""

    def __init__(self, image: ImageMap, on_tick: OnTick | None) -> None:
        self.image = image
        self.observations: list[Observation] = []
        self.secrets: dict[str, bytes] = {}
        self.trees: list[ListedTree] = []
        self.ended: Ended | None = None
        self._on_tick = on_tick
        self._decoder = msgspec.msgpack.Decoder(Frame)

    def receive(self, data: bytes) -> None:
        match self._decoder.decode(data):
            case Seen(observations, secrets):
                self.observations += observations
                self.secrets |= secrets
            case Mapped(image):
                self.image = image
            case Tick() as tick if self._on_tick is not None:
                self._on_tick(tick)
            case ListedTree() as tree:
                self.trees.append(tree)
            case Ended() as ended:
                self.ended = ended


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
