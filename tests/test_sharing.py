"""Files looked at by several processes: the same comes out, and a helper's death is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest
from scripts import sample_product

from plimsoll import sharing
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Seen
from plimsoll.look import Looked, look
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import OperatingSystem
from plimsoll.model.message import message
from plimsoll.sources.tree import Tree
from plimsoll.unpack.limits import Limits


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the image of the sample product's bad twin."""
    path = tmp_path_factory.mktemp("images") / "bad.bin"
    path.write_bytes(sample_product.image(good=False))
    return path


@pytest.fixture(autouse=True)
def all_to_helpers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let helpers take whatever comes."""
    monkeypatch.setattr(sharing, "WAITING_BYTES", 1 << 40)


def shared(path: Path, *more: Inspector, helpers: int) -> Looked:
    return look(path, (*INSPECTORS, *more), Limits(), helpers=helpers)


class Keeper(Inspector):
    """Keeps files with their trees; says at the end in which process each was seen."""

    id = "keeper"

    class Value(msgspec.Struct, frozen=True):
        """A file, and the process that saw it."""

        tree: Tree
        process: int

    def wants(self, look: Look) -> bool:
        return bool(look.path)

    def look(self, look: Look) -> Iterator[Seen | object]:
        yield Keeper.Value(look.file.tree, os.getpid())
        if look.kind == "script":
            yield Cut(message("{file} is a script", file=look.file.at()))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation | Cut]:
        for one in kept:
            assert one.value.tree is one.tree
            assert one.tree in trees
            where = "elsewhere" if one.value.process != os.getpid() else "here"
            yield Observation(OperatingSystem(one.path.decode(), where), one.where, self.id)


def places(looked: Looked) -> set[str]:
    return {
        one.fact.version
        for one in looked.observations
        if isinstance(one.fact, OperatingSystem) and one.inspector == "keeper"
    }


@pytest.mark.parametrize("helpers", [1, 3])
def test_the_same_comes_out_however_many_look(bad: Path, helpers: int) -> None:
    assert shared(bad, helpers=helpers) == shared(bad, helpers=0)


def test_the_same_comes_out_of_a_folder(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"script-{number}").write_text(f"#!/bin/sh\ncurl -k https://example.net/{number}\n")
    assert shared(tmp_path, helpers=2) == shared(tmp_path, helpers=0)


def test_what_helpers_keep_comes_back_with_the_trees_of_the_one_who_concludes(bad: Path) -> None:
    assert places(shared(bad, Keeper(), helpers=0)) == {"here"}
    looked = shared(bad, Keeper(), helpers=2)
    assert places(looked) == {"elsewhere"}
    (keeper,) = (one for one in looked.inspections if one.inspector == "keeper")
    (alone,) = (one for one in shared(bad, Keeper(), helpers=0).inspections if one.inspector == "keeper")
    assert keeper == alone
    assert keeper.status == "partial"


def test_files_are_looked_at_here_when_enough_wait(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "WAITING_BYTES", 0)
    assert places(shared(bad, Keeper(), helpers=2)) == {"here"}


def test_a_large_file_is_not_sent(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "LARGEST", 64)
    assert places(shared(bad, Keeper(), helpers=2)) == {"here", "elsewhere"}


class Dies(Inspector):
    """Ends its process at one file."""

    id = "dies"

    def wants(self, look: Look) -> bool:
        return look.name == b"shadow"

    def look(self, look: Look) -> Iterator[Seen | object]:
        os.kill(os.getpid(), signal.SIGKILL)
        return iter(())


class KeepsWhatCannotTravel(Inspector):
    """Keeps a function without a name."""

    id = "keeps"

    def wants(self, look: Look) -> bool:
        return True

    def look(self, look: Look) -> Iterator[Seen | object]:
        yield lambda: None


@pytest.mark.parametrize("inspector", [Dies(), KeepsWhatCannotTravel()])
def test_no_inspection_looks_completed_when_a_helper_is_gone(bad: Path, inspector: Inspector) -> None:
    looked = shared(bad, inspector, helpers=2)
    assert {one.status for one in looked.inspections} == {"failed"}
    assert all("HelperDied" in str(one.reason) for one in looked.inspections)


def test_a_file_that_cannot_be_sent_ends_the_looking_and_is_told(bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(desk: object, file: object) -> object:
        raise MemoryError

    monkeypatch.setattr(sharing._Desk, "_sent", refuse)
    looked = shared(bad, helpers=2)
    assert {one.status for one in looked.inspections} == {"failed"}
    assert all("HelperDied" in str(one.reason) for one in looked.inspections)
