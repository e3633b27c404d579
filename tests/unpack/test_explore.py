"""How formats are found, opened one inside another, and accounted for; with formats small enough to write by hand.

`box` is a container (`BOX`, one byte of length, that many bytes), `zip` is zlib behind a sign, `list` a file system
of one file.
"""

from __future__ import annotations

import random
import threading
import zlib

from hypothesis import given
from hypothesis import strategies as st

from plimsoll.model.message import message
from plimsoll.sources.tree import File, Node
from plimsoll.unpack.content import PADDING_BYTES
from plimsoll.unpack.explore import RELEASE_BYTES, WINDOW_BYTES, Explored, Explorer
from plimsoll.unpack.format import (
    Container,
    Decoded,
    Encrypted,
    Format,
    Magic,
    Malformed,
    NotThisFormat,
    Opened,
    Part,
    View,
)
from plimsoll.unpack.limits import Budget, LimitReached, Limits


def open_box(view: View, budget: Budget) -> Opened:
    length = view.read(3, 1)[0]
    if length == 0xEE:
        raise Malformed(message("the box is broken"), 20)
    if length == 0:
        raise NotThisFormat
    view.read(4, length)
    return Container(4 + length, (Part(4, length, "inside"),))


def open_zip(view: View, budget: Budget) -> Opened:
    decoder = zlib.decompressobj()
    try:
        data = decoder.decompress(view.read(3, view.size - 3), 1 << 20)
    except zlib.error as error:
        raise NotThisFormat from error
    if not decoder.eof:
        raise NotThisFormat
    budget.take_output(len(data), view.size)
    return Decoded(view.size - len(decoder.unused_data), data)


class List:
    """`LST`, one byte of length, that many bytes as the file `file`; `bad` cannot be read."""

    label = "one file"
    problems = ((b"lost", message("its entry is damaged")),)

    def __init__(self, view: View) -> None:
        self.length = 4 + view.read(3, 1)[0]
        self._data = view.read(4, self.length - 4)
        self.nodes = (Node(b"", "directory"), Node(b"file", "file", size=self.length - 4), Node(b"bad", "file"))

    def position(self, node: Node) -> int:
        return 4

    def read(self, node: Node) -> bytes:
        if node.path == b"bad":
            raise Malformed(message("its bytes are damaged"))
        return self._data


FORMATS = (
    Format("box", "Box", (Magic(b"BOX"),), open_box),
    Format("zip", "Zip", (Magic(b"ZIP"),), open_zip),
    Format("list", "List", (Magic(b"LST"),), lambda view, budget: List(view)),
    Format("weak", "Weak", (Magic(b"W"),), lambda view, budget: Container(1, ()), carve=False),
)


class Visits:
    """Keeps what was visited, by place."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def __call__(self, file: File) -> None:
        with self._lock:
            assert file.at() not in self.files, "looked at twice"
            self.files[file.at()] = file.data


def explore(data: bytes, limits: Limits | None = None) -> tuple[Explored, dict[str, bytes]]:
    visits = Visits()
    explored = Explorer(FORMATS, Budget(limits or Limits()), visits).explore(data, b"x.bin")
    return explored, visits.files


def box(data: bytes) -> bytes:
    return b"BOX" + bytes([len(data)]) + data


def listing(data: bytes) -> bytes:
    return b"LST" + bytes([len(data)]) + data


def packed(data: bytes) -> bytes:
    return b"ZIP" + zlib.compress(data)


def problems(explored: Explored) -> dict[str, str]:
    return {problem.where: str(problem.message) for problem in explored.image.problems}


def test_what_is_inside_what_is_inside_is_opened_and_each_place_tells_the_way() -> None:
    explored, files = explore(box(packed(listing(b"hello"))))
    assert files["x.bin!box@0x0!part@0x4:0x14!zip@0x0!list@0x0/file"] == b"hello"
    assert [tree.stem.at() for tree in explored.trees] == ["x.bin!box@0x0!part@0x4:0x14!zip@0x0!list@0x0"]
    assert explored.image.understood_share == 1.0


def test_a_file_of_a_tree_is_opened_when_it_begins_like_a_format_and_not_searched_otherwise() -> None:
    _, files = explore(listing(listing(b"inner")))
    assert files["x.bin!list@0x0/file!list@0x0/file"] == b"inner"
    _, files = explore(listing(b"text that names " + listing(b"inner")))
    assert set(files) == {"x.bin!list@0x0/file"}


def test_one_bad_file_does_not_hide_its_neighbours() -> None:
    explored, files = explore(listing(b"hello"))
    assert files == {"x.bin!list@0x0/file": b"hello"}
    assert problems(explored) == {
        "x.bin!list@0x0/bad": "its bytes are damaged",
        "x.bin!list@0x0/lost": "its entry is damaged",
    }


def test_formats_behind_an_unknown_header_are_found_in_any_window() -> None:
    filler = bytes(range(1, 66)) * 40
    data = filler + listing(b"one") + filler * (WINDOW_BYTES // len(filler)) + listing(b"two")
    explored, files = explore(data)
    assert {files[f"{tree.stem.at()}/file"] for tree in explored.trees} == {b"one", b"two"}
    assert [span.kind for span in explored.image.spans] == ["unknown", "understood", "unknown", "understood"]


def test_a_signature_across_the_edge_of_a_window_is_found() -> None:
    for shift in range(4):
        data = b"\x01" * (WINDOW_BYTES - shift) + listing(b"edge")
        explored, _ = explore(data)
        assert len(explored.trees) == 1, shift


def test_a_signature_that_does_not_hold_is_no_format() -> None:
    explored, files = explore(b"see BOX\x00 and BOX\xff too")
    assert [span.kind for span in explored.image.spans] == ["unknown"]
    assert list(files.values()) == [b"see BOX\x00 and BOX\xff too"]
    assert not explored.image.problems


def test_a_weak_sign_counts_at_the_beginning_only() -> None:
    explored, _ = explore(b"W......W")
    assert [(span.kind, span.length) for span in explored.image.spans] == [("understood", 1), ("unknown", 7)]


def test_a_format_that_is_damaged_is_told_with_its_place() -> None:
    explored, _ = explore(b"....BOX\xee....")
    assert problems(explored) == {"x.bin!box@0x4": "the box is broken"}


def test_a_stream_in_which_nothing_is_known_leaves_its_bytes_unknown() -> None:
    noise = bytes((index * 167 + index // 3) % 251 for index in range(400))
    assert explore(packed(noise))[0].image.understood_share == 0.0
    assert explore(packed(b"plain words\n"))[0].image.understood_share == 1.0


def test_depth_is_limited_and_told() -> None:
    data = listing(b"deep")
    for _ in range(20):
        data = packed(data)
    explored, _ = explore(data, Limits(depth=5))
    assert not explored.trees
    assert any("5 levels" in text for text in problems(explored).values())


def test_output_is_limited_and_told() -> None:
    explored, _ = explore(packed(b"0123456789" * 100), Limits(file_bytes=500))
    assert any("limit is 500" in text for text in problems(explored).values())


def test_when_the_time_is_over_what_was_seen_is_kept_and_it_is_told() -> None:
    times = iter([0.0] * 3)
    budget = Budget(Limits(seconds=1.0), clock=lambda: next(times, 9.0))
    explored = Explorer(FORMATS, budget, lambda file: None).explore(b"\x01" * 10 + listing(b"late"), b"x.bin")
    assert explored.stopped is not None or problems(explored)


def test_an_error_of_a_visitor_is_not_swallowed() -> None:
    def broken(file: File) -> None:
        raise LimitReached(message("stop"))

    try:
        Explorer(FORMATS, Budget(Limits()), broken).explore(listing(b"x"), b"x.bin")
    except LimitReached:
        return
    raise AssertionError("the error was lost")


_PIECES = st.one_of(
    st.binary(max_size=40),
    st.binary(max_size=40).map(listing),
    st.binary(min_size=1, max_size=40).map(box),
    st.binary(max_size=40).map(packed),
    st.binary(max_size=20).map(lambda data: box(packed(listing(data)))),
    st.sampled_from([bytes(PADDING_BYTES), b"\xff" * (PADDING_BYTES + 7), b"BOX", b"ZIP", b"LST\xff"]),
)


@given(st.lists(_PIECES, max_size=8))
def test_every_byte_of_the_image_lies_in_exactly_one_span(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    explored, _ = explore(data)
    position = 0
    for span in explored.image.spans:
        assert span.offset == position
        assert span.length > 0
        position += span.length
    assert position == len(data)


def test_what_is_found_within_a_file_system_that_could_not_be_read_is_not_taken_for_understood() -> None:
    inside = b"LST\x04file"
    explored, _ = explore(b"BOX\xee" + inside + bytes(8) + inside)
    assert [(span.offset, span.kind) for span in explored.image.spans if span.format == "list"] == [
        (4, "unknown"),
        (20, "understood"),
    ]


NOISE = random.Random(4).randbytes(1 << 17)


class Archive(List):
    """`ARC`, then everything else as the file `file`."""

    problems = ()

    def __init__(self, view: View) -> None:
        self.length = view.size
        self._data = view.read(3, view.size - 3)
        self.nodes = (Node(b"", "directory"), Node(b"file", "file", size=view.size - 3))


def open_labelled(view: View, budget: Budget) -> Opened:
    """Open `PRT`, a program of 20 bytes, an encrypted part of 30, a part of 10 of any kind, and one byte of its own."""
    view.read(0, 64)
    parts = (Part(3, 20, "code", "known"), Part(23, 30, "secret", "encrypted"), Part(53, 10, "rest"))
    return Container(64, parts, "labelled")


def open_whole(view: View, budget: Budget) -> Opened:
    """Open `ALL`, whose one part is all of it."""
    return Container(20, (Part(0, 20, "all", "known"),), "whole")


def open_sealed(view: View, budget: Budget) -> Opened:
    raise Encrypted(message("it is encrypted"), 40)


MORE = (
    *FORMATS,
    Format("archive", "Archive", (Magic(b"ARC"),), lambda view, budget: Archive(view)),
    Format("parts", "Parts", (Magic(b"PRT"),), open_labelled),
    Format("whole", "Whole", (Magic(b"ALL"),), open_whole),
    Format("sealed", "Sealed", (Magic(b"SEA"),), open_sealed),
)


def explore_more(data: bytes) -> tuple[Explored, dict[str, bytes]]:
    visits = Visits()
    return Explorer(MORE, Budget(Limits()), visits).explore(data, b"x.bin"), visits.files


def spans(explored: Explored) -> list[tuple[int, int, str]]:
    return [(span.offset, span.length, span.kind) for span in explored.image.spans]


def test_what_a_container_knows_of_a_part_counts_and_is_looked_at_all_the_same() -> None:
    explored, files = explore_more(b"PRT" + b"\x01" * 61)
    assert spans(explored) == [
        (0, 23, "understood"),
        (23, 30, "encrypted"),
        (53, 10, "unknown"),
        (63, 1, "understood"),
    ]
    assert sorted(map(len, files.values())) == [10, 20]


def test_a_part_that_is_all_of_its_container_is_looked_at_and_not_opened_again() -> None:
    explored, files = explore_more(b"ALL" + b"\x01" * 30)
    assert spans(explored) == [(0, 20, "understood"), (20, 13, "unknown")]
    assert sorted(map(len, files.values())) == [13, 20]
    assert problems(explored) == {}


def test_a_format_that_says_that_it_is_encrypted_is_so_as_far_as_it_says() -> None:
    explored, _ = explore_more(b"..SEA" + b"\x01" * 50)
    assert spans(explored) == [(0, 2, "unknown"), (2, 40, "encrypted"), (42, 13, "unknown")]
    assert problems(explored) == {"x.bin!sealed@0x2": "it is encrypted"}


def test_a_stream_of_dense_bytes_is_what_they_look_like() -> None:
    explored, _ = explore_more(packed(NOISE))
    assert [span.kind for span in explored.image.spans] == ["encrypted"]
    assert explored.image.understood_share == 0.0


def test_a_format_in_the_middle_of_a_large_file_of_a_tree_is_found_and_the_file_is_seen_once() -> None:
    explored, files = explore_more(b"ARC" + b"\x01" * 70_000 + listing(b"inner") + b"\x02" * 10)
    assert files["x.bin!archive@0x0/file!list@0x11170/file"] == b"inner"
    assert len(files) == 2
    assert explored.image.understood_share == 1.0 and not explored.image.opaque


def test_an_encrypted_file_of_an_archive_takes_away_from_what_was_understood() -> None:
    explored, _ = explore_more(b"ARC" + NOISE)
    (one,) = explored.image.opaque
    assert (one.where, one.tree, one.kind, one.bytes) == (
        "x.bin!archive@0x0/file",
        "x.bin!archive@0x0",
        "encrypted",
        len(NOISE),
    )
    assert explored.image.understood_share == 0.0
    assert explored.image.bytes_of("encrypted") == len(NOISE)
    explored, _ = explore_more(b"ARC\xff\xd8\xff\xe0" + NOISE)
    assert not explored.image.opaque and explored.image.understood_share == 1.0


def test_what_is_not_opaque_of_an_archive_keeps_its_share() -> None:
    text = b"a line of text\n" * 10_000
    explored, _ = explore_more(b"ARC\x01" + NOISE + text)
    assert 0.4 < explored.image.understood_share < 0.6


def test_memory_is_let_go_as_the_search_goes_on() -> None:
    released: list[int] = []
    data = b"\x01" + bytes(RELEASE_BYTES) + b"\x01"
    explorer = Explorer(FORMATS, Budget(Limits()), lambda file: None, release=lambda: released.append(1))
    assert explorer.explore(data, b"x").image.spans[1].kind == "padding"
    assert released
    released.clear()
    Explorer(FORMATS, Budget(Limits()), lambda file: None, release=lambda: released.append(1)).explore(data[:99], b"x")
    assert not released
