"""Looks up every place of a stored assessment again in an image, in a confined child, and compares what it finds.

The bytes at a place are compared by the digest that the assessment keeps of them; that of a secret is salted as it was
then. A place is never taken to hold because it could not be reached.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from plimsoll.confine import Send, run_confined
from plimsoll.errors import InputError
from plimsoll.look import Input, confinement_of, explore, read_input, salt_of
from plimsoll.model.assessment import Assessment
from plimsoll.model.locator import FileSpan, Place, parse_place, place, unescape
from plimsoll.model.product import FirmwareImage
from plimsoll.model.secret import conceal
from plimsoll.model.verification import Checked, Standing, Verification
from plimsoll.sources.tree import File
from plimsoll.unpack.explored import Explored
from plimsoll.unpack.limits import Limits

LONGEST_SEARCH = 4096
"""Bytes of the longest stretch in which a secret is looked for that is only a part of it."""


class Asked(msgspec.Struct, frozen=True):
    """Bytes of a file or stretch, and the digest that they had."""

    number: int
    offset: int | None
    length: int | None
    digest: str
    """As in Excerpt; empty when none was kept."""
    secret_bytes: int = 0
    """Length of the excerpt: a secret may be a part of the bytes at its place."""


class _Answers(msgspec.Struct, frozen=True, tag="answers"):
    standings: dict[int, Standing]


class _Ended(msgspec.Struct, frozen=True, tag="ended"):
    stopped: str = ""


def verify(assessment: Assessment, path: Path, *, limits: Limits | None = None) -> Verification:
    """Look up the places of an assessment in an image; raise InputError when it rests on none or none can be read."""
    source = next((one for one in assessment.sources if isinstance(one, FirmwareImage)), None)
    if source is None:
        raise InputError("the assessment rests on no firmware", hint="give one that was made of an image")
    given = msgspec.structs.replace(read_input(path), name=_name_of(source))
    if given.folder != source.folder:
        raise InputError(
            f"the assessment was made of {'a folder' if source.folder else 'a file'}, and {str(path)!r} is "
            f"{'a folder' if given.folder else 'a file'}",
            hint="give the same kind of input",
        )
    wanted = _wanted(assessment)
    standings: dict[int, Standing] = {}
    asked = _ask(wanted, standings)
    seeker = _Seeker(asked, salt_of("" if source.folder else source.sha256, given.name))
    ended: list[_Ended] = []
    decoder = msgspec.msgpack.Decoder(_Answers | _Ended)

    def receive(frame: bytes) -> None:
        match decoder.decode(frame):
            case _Answers(found):
                standings.update(found)
            case _Ended() as end:
                ended.append(end)

    def work(send: Send) -> None:
        seeker.open(send)
        seeker.look_at_image(given)
        explored = explore(given, limits or Limits(), seeker.visit)
        seeker.conclude(explored)

    died = run_confined(work, receive, confinement_of(given))
    stopped = str(died) if died is not None else ended[-1].stopped if ended else "the child ended without a word"
    missing: Standing = "unreached" if stopped else "gone"
    checked = [
        Checked(where, standings.get(number, missing), observations)
        for number, (where, _, observations) in enumerate(wanted)
    ]
    return Verification(_is_same(source, given), tuple(checked), stopped)


def _is_same(source: FirmwareImage, given: Input) -> bool | None:
    return source.sha256 == given.sha256 if given.sha256 and source.sha256 else None


def _name_of(source: FirmwareImage) -> bytes:
    """Give the image its name of then, for its places begin with it."""
    try:
        return unescape(source.name)
    except ValueError:
        raise InputError(f"the assessment names its image {source.name!r:.80}, which is no name of ours") from None


_Wanted = tuple[Place, tuple[str, int], tuple[int, ...]]
"""A place, digest and length of its excerpt, and the observations that point there."""


def _wanted(assessment: Assessment) -> list[_Wanted]:
    """Give each place and digest once, sorted, with the observations that point there."""
    found: dict[tuple[Place, tuple[str, int]], list[int]] = {}
    for number, one in enumerate(assessment.observations):
        excerpt = (one.excerpt.digest, one.excerpt.length) if one.excerpt else ("", 0)
        found.setdefault((one.where, excerpt), []).append(number)
        for where in one.because:
            found.setdefault((where, ("", 0)), []).append(number)
    with_digest = {where for where, (digest, _) in found if digest}
    wanted = []
    for (where, excerpt), numbers in sorted(found.items()):
        if excerpt[0]:
            wanted.append((where, excerpt, tuple(sorted({*numbers, *found.get((where, ("", 0)), ())}))))
        elif where not in with_digest:
            wanted.append((where, excerpt, tuple(sorted(set(numbers)))))
    return wanted


def _ask(wanted: Sequence[_Wanted], standings: dict[int, Standing]) -> dict[str, list[Asked]]:
    """Sort what is wanted by file; what is no place in an image is answered at once."""
    asked: dict[str, list[Asked]] = {}
    for number, (where, (digest, length), _) in enumerate(wanted):
        try:
            locator = parse_place(where)
        except ValueError:
            standings[number] = "gone"
            continue
        if not isinstance(locator, FileSpan):
            standings[number] = "elsewhere"
            continue
        file = place(FileSpan(locator.image, locator.steps))
        asked.setdefault(file, []).append(Asked(number, locator.offset, locator.length, digest, length))
    return asked


class _Seeker:
    """The child's side: answers what is asked of each file while its bytes are at hand."""

    def __init__(self, asked: dict[str, list[Asked]], salt: bytes) -> None:
        self._asked = asked
        self._salt = salt
        self._lock = threading.Lock()
        self._answered: set[int] = set()
        self._stretches: set[str] = set()
        self._send: Send = lambda frame: None

    def open(self, send: Send) -> None:
        """Begin to send."""
        self._send = send

    def visit(self, file: File) -> None:
        """Answer what is asked of one file."""
        where = file.at()
        if not file.path:
            with self._lock:
                self._stretches.add(where)
        self._answer({one.number: self._standing(one, file.data) for one in self._asked.get(where, ())})

    def look_at_image(self, given: Input) -> None:
        """Answer what is asked of the image's own bytes."""
        asked = self._asked.get(place(FileSpan(given.name)), ())
        if given.folder or not asked:
            return
        with open(given.path, "rb") as file:  # noqa: PTH123 - the path is bytes
            found: dict[int, Standing] = {}
            for one in asked:
                if one.offset is None or one.length is None:
                    found[one.number] = "there"
                    continue
                file.seek(min(one.offset, given.size))
                data = file.read(min(one.length, given.size))
                found[one.number] = self._standing(msgspec.structs.replace(one, offset=0), data)
        self._answer(found)

    def conclude(self, explored: Explored) -> None:
        """Answer what is asked of entries that hold no bytes, and of what other things lie in; say that it is over."""
        entries = {tree.stem.at(path) for tree in explored.trees for path in tree.by_path}
        entries |= {tree.stem.at() for tree in explored.trees}
        around = _around([*(tree.stem.at() for tree in explored.trees), *self._stretches])
        unread = tuple(problem.where for problem in explored.image.problems)
        found: dict[int, Standing] = {}
        for where, several in self._asked.items():
            is_there = where in entries or where in around
            for one in several:
                if one.number in self._answered:
                    continue
                if is_there and one.offset is None and not one.digest:
                    found[one.number] = "there"
                elif where.startswith(unread):
                    found[one.number] = "unreached"
        self._answer(found)
        self._send(msgspec.msgpack.encode(_Ended(str(explored.stopped or ""))))

    def _answer(self, standings: dict[int, Standing]) -> None:
        if standings:
            with self._lock:
                self._answered.update(standings)
            self._send(msgspec.msgpack.encode(_Answers(standings)))

    def _standing(self, one: Asked, data: bytes) -> Standing:
        if one.offset is None or one.length is None:
            stretch = data
        else:
            stretch = data[one.offset : one.offset + one.length]
            if len(stretch) != one.length:
                return "gone"
        if not one.digest:
            return "there"
        if one.digest.startswith("hmac-sha256:"):
            return (
                "holds" if any(map(partial(self._is_secret, one), _secrets(stretch, one.secret_bytes))) else "changed"
            )
        return "holds" if one.digest == f"sha256:{hashlib.sha256(stretch).hexdigest()}" else "changed"

    def _is_secret(self, one: Asked, secret: bytes) -> bool:
        """Compare bytes with a secret by the digest that it had, salted as it was then."""
        return one.digest == f"hmac-sha256:{conceal(secret, self._salt).digest}"


def _secrets(stretch: bytes, length: int) -> Iterator[bytes]:
    """Give what may be the secret at a place: all of it, or the part of its length in a short file."""
    yield stretch
    if 0 < length < len(stretch) <= LONGEST_SEARCH:
        yield from (stretch[start : start + length] for start in range(len(stretch) - length + 1))


def _around(places: Iterable[str]) -> set[str]:
    """Give the places of everything that something lies in: each beginning of a place up to a step."""
    found: set[str] = set()
    for where in places:
        found |= {where[: mark.start()] for mark in re.finditer("[!/]", where)}
    return found
