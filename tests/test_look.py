"""Opening and looking in the child process: folders, what cannot be read, listing and copying."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plimsoll.errors import InputError, UnreadableImage
from plimsoll.look import copy_image, list_image, look
from plimsoll.unpack.limits import Limits


def make_folder(root: Path) -> Path:
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    os.link(root / "etc/passwd", root / "etc/passwd.again")
    (root / "etc/motd").symlink_to("/etc/passwd")
    (root / "leaves").symlink_to("../../../etc/passwd")
    (root / "nowhere").symlink_to("/no/such")
    (root / "loop").symlink_to("loop")
    os.mkfifo(root / "pipe")
    Path(os.fsdecode(os.fsencode(root) + b"/odd\xff\nname")).write_bytes(b"odd")
    (root / "empty").write_bytes(b"")
    return root


def test_a_folder_is_listed_with_links_and_pipes(tmp_path: Path) -> None:
    listing = list_image(make_folder(tmp_path / "root"))
    (tree,) = listing.trees
    kinds = {node.path: node.kind for node in tree.nodes}
    assert kinds[b"etc/passwd"] == kinds[b"etc/passwd.again"] == kinds[b"odd\xff\nname"] == "file"
    assert kinds[b"pipe"] == "fifo"
    links = {node.path: node.link_to for node in tree.nodes if node.link_to}
    assert links == {b"etc/passwd.again": b"etc/passwd"}
    assert listing.image.understood_share == 1.0


def test_a_folder_gives_the_same_digest_again_and_another_one_after_a_change(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "root")
    first = look(root, [], Limits()).source
    assert look(root, [], Limits()).source == first
    assert first.folder
    (root / "etc/passwd").write_text("root:x:1:0:root:/root:/bin/sh\n")
    assert look(root, [], Limits()).source.sha256 != first.sha256


def test_a_copy_holds_files_and_inner_links_and_says_what_it_left_out(tmp_path: Path) -> None:
    out = tmp_path / "out"
    copied = copy_image(make_folder(tmp_path / "root"), out)
    assert (out / "etc/passwd").read_text().startswith("root")
    assert (out / "etc/motd").readlink() == Path("passwd")
    assert (out / "etc/motd").read_text() == (out / "etc/passwd.again").read_text()
    left = {problem.where.partition("/")[2] for problem in copied.left_out}
    assert left == {"nowhere", "loop", "pipe"}
    assert (out / "leaves").readlink() == Path("etc/passwd")
    for path in out.rglob("*"):
        assert out in path.resolve().parents


def test_a_copy_goes_to_an_empty_folder_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not empty"):
        copy_image(make_folder(tmp_path / "root"), tmp_path)


def test_a_missing_file_is_told_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file") as caught:
        look(tmp_path / "none.bin", [], Limits())
    assert caught.value.hint


def test_an_empty_file_cannot_be_assessed(tmp_path: Path) -> None:
    (tmp_path / "empty.bin").write_bytes(b"")
    with pytest.raises(UnreadableImage, match="is empty"):
        look(tmp_path / "empty.bin", [], Limits())


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        look(tmp_path / "pipe", [], Limits())


def test_bytes_of_no_known_format_are_one_unknown_span(tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(bytes(range(1, 251)) * 40)
    looked = look(tmp_path / "noise.bin", [], Limits())
    assert [span.kind for span in looked.image.spans] == ["unknown"]
    assert looked.image.understood_share == 0.0


def test_padding_is_told_from_unknown_bytes(tmp_path: Path) -> None:
    (tmp_path / "gap.bin").write_bytes(b"\xff" * 5000 + b"abc" * 100 + bytes(8192))
    spans = look(tmp_path / "gap.bin", [], Limits()).image.spans
    assert [(span.kind, span.offset, span.length) for span in spans] == [
        ("padding", 0, 5000),
        ("unknown", 5000, 300),
        ("padding", 5300, 8192),
    ]


def test_more_entries_than_the_limit_is_told_and_nothing_is_completed(tmp_path: Path) -> None:
    looked = look(make_folder(tmp_path / "root"), [], Limits(entries=3))
    assert looked.inspections[0].status == "partial"
    assert any("entries" in str(problem.message) for problem in looked.image.problems)
