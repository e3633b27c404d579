"""What the child that reads an image tells its parent, in frames: gathered on one side, kept on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from plimsoll.confine import Send
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.image import ImageMap
from plimsoll.model.locator import Place
from plimsoll.model.message import Message
from plimsoll.sources.tree import Node
from plimsoll.unpack.copy import Copied

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


class Outbox:
    """The child's side: gathers observations into frames."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder = msgspec.msgpack.Encoder()
        self._waiting: list[Observation] = []
        self._secrets: dict[str, bytes] = {}
        self._told: set[str] = set()
        self._send: Send = lambda frame: None

    def open(self, send: Send, secrets: dict[str, bytes]) -> Callable[[], None]:
        """Begin to send; `secrets` grows while the scan runs. Give what sends all that waits."""
        self._send = send
        self._secrets = secrets
        return self.flush

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


class Inbox:
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
