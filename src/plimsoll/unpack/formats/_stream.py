"""Undoes compressed streams of unknown length piece by piece, so that no claim of a header is ever believed.

A stream is one member or several, each directly after the one before. What counts as being of the format is that it
can be undone: a member that breaks off early was something else, one that breaks off late is damaged.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from plimsoll.model.message import Message, message
from plimsoll.unpack.format import Decoded, Malformed, NotThisFormat, View
from plimsoll.unpack.limits import Budget, LimitReached

INPUT_BYTES = 16 << 10
OUTPUT_BYTES = 256 << 10
PROMISING_BYTES = 4096
"""Output after which damage is damage of this format, and not a sign that the bytes are something else."""


class Decoder(Protocol):
    """What the decoders of the standard library and of the wheels share."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member was met."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without input."""

    @property
    def unused_data(self) -> bytes:
        """Input after the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Take input, give output."""


class Codec:
    """One kind of stream: how a member begins, and what its decoder raises."""

    def __init__(
        self,
        begin: Callable[[View], Decoder],
        errors: tuple[type[Exception], ...],
        *,
        strong: bool = False,
        promising_bytes: int = PROMISING_BYTES,
    ) -> None:
        self.begin = begin
        """Checks the header of a member and makes its decoder; raises NotThisFormat or EOFError."""
        self.errors = errors
        self.strong = strong
        """Whether the header alone tells this format from all else: damage is then told however early it is."""
        self.promising_bytes = promising_bytes


def read_stream(view: View, budget: Budget, codec: Codec, label: str = "") -> Decoded:
    """Undo the stream at the beginning of a view.

    Raise NotThisFormat, Malformed when nothing of it can be read, LimitReached when it holds more than it may.
    """
    stream = _Stream(view, budget)
    broken = stream.undo(codec.begin(view), codec.errors)
    if broken is not None and stream.size < codec.promising_bytes:
        raise Malformed(broken) if codec.strong else NotThisFormat
    members = 1
    while broken is None and (decoder := stream.next_member(codec)) is not None:
        try:
            broken = _undo_further(stream, decoder, codec, budget)
        except NotThisFormat:
            break
        members += 1
    notes = ([label] if label else []) + ([f"{members} members"] if members > 1 else [])
    return Decoded(stream.position, stream.content(), ", ".join(notes), () if broken is None else (broken,))


def _undo_further(stream: _Stream, decoder: Decoder, codec: Codec, budget: Budget) -> Message | None:
    """Undo a member after the first; raise NotThisFormat, and forget what was read of it, when it is none."""
    mark = stream.mark()
    try:
        broken = stream.undo(decoder, codec.errors)
    except LimitReached:
        # What was read stays; the rest is tried again as a stream of its own, unless time is up.
        budget.check_time()
        stream.go_back(mark)
        raise NotThisFormat from None
    if broken is not None and stream.size - mark.size < codec.promising_bytes:
        stream.go_back(mark)
        raise NotThisFormat
    return broken


class _Mark(NamedTuple):
    """A state of a stream to come back to."""

    position: int
    size: int
    parts: int


class _Stream:
    """Compressed bytes taken and content given so far."""

    def __init__(self, view: View, budget: Budget) -> None:
        self.position = 0
        """Compressed bytes taken."""
        self.size = 0
        """Bytes of content."""
        self._view = view
        self._budget = budget
        self._parts: list[bytes] = []

    def next_member(self, codec: Codec) -> Decoder | None:
        """Give the decoder of the member that begins here; None when none does."""
        try:
            return codec.begin(self._view.cut(self.position))
        except (NotThisFormat, EOFError):
            return None

    def mark(self) -> _Mark:
        """Give what `go_back` needs to come back here."""
        return _Mark(self.position, self.size, len(self._parts))

    def go_back(self, mark: _Mark) -> None:
        """Forget what was read since a mark."""
        self.position, self.size = mark.position, mark.size
        del self._parts[mark.parts :]

    def content(self) -> bytes:
        """Give the content in one piece."""
        return b"".join(self._parts)

    def undo(self, decoder: Decoder, errors: tuple[type[Exception], ...]) -> Message | None:
        """Undo one member; say why when it cannot be read to its end."""
        while not decoder.eof:
            data = b""
            if decoder.needs_input:
                data = self._view.read(self.position, min(INPUT_BYTES, self._view.size - self.position))
                if not data:
                    return message("cut short; {size} bytes of content can be read", size=self.size)
            try:
                content = decoder.decompress(data, OUTPUT_BYTES)
            except errors as error:
                return message("damaged after {size} bytes of content: {error}", size=self.size, error=str(error))
            self.position += len(data)
            self._keep(content)
        self.position -= len(decoder.unused_data or b"")  # lz4 gives None when nothing is left over
        return None

    def _keep(self, content: bytes) -> None:
        limits = self._budget.limits
        size = self.size + len(content)
        if size > limits.file_bytes:
            raise LimitReached(message("more than {limit} bytes in one piece", limit=limits.file_bytes))
        if size > limits.ratio_floor_bytes and size > limits.ratio * self.position:
            raise LimitReached(message("more than {ratio} bytes for one", ratio=limits.ratio))
        self._budget.take_output(len(content), len(content))
        if content:
            self._parts.append(content)
        self.size = size
