"""Says of which file trees it is not known what they start, so that silence about what is started never looks good.

A tree counts when it holds something whose weight depends on being started. An archive of pages beside a system that
does start does not count; where nothing of an image starts anything, every outermost tree with files does.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._standing import file_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import (
    Account,
    AuthorizedKey,
    Credential,
    Executable,
    PasswordProvisioning,
    PrivateKey,
    ServiceSetting,
    StartedProgram,
    TlsSetting,
    UpdateClient,
    UpdateTrust,
)
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_WEIGHED_BY_START = (
    Account,
    AuthorizedKey,
    Credential,
    PasswordProvisioning,
    PrivateKey,
    ServiceSetting,
    StartedProgram,
    TlsSetting,
    UpdateClient,
    UpdateTrust,
)


def unknown_startup(evidence: Evidence) -> Iterator[Weight]:
    """Give one block for each tree of which nothing was found that it starts; a program left alone is no start."""
    for tree in evidence.once(_unknown):
        yield Weight("blocks", message("nothing was found of what {tree} starts by itself", tree=tree))


def _unknown(evidence: Evidence) -> tuple[str, ...]:
    starting = {tree_of(one.where) for one, start in evidence.of(StartedProgram) if start.state != "not-started"}
    holding = {tree_of(one.where) for one in evidence.observations if _needs_start(one)}
    expected = holding if starting else holding | _outermost(_with_files(evidence))
    return tuple(sorted(expected - starting))


def _needs_start(observation: Observation) -> bool:
    if observation.window != "firmware" or not file_of(observation.where)[1]:
        return False
    fact = observation.fact
    return isinstance(fact, _WEIGHED_BY_START) or (isinstance(fact, Executable) and fact.kind == "program")


def _with_files(evidence: Evidence) -> set[str]:
    return {str(tree.where) for image in evidence.images for tree in image.trees if tree.files}


def _outermost(trees: set[str]) -> set[str]:
    """Leave out trees that lie in a file or a stretch of another."""
    kept: set[str] = set()
    for tree in sorted(trees):
        if not any(tree.startswith((one + "/", one + "!")) for one in kept):
            kept.add(tree)
    return kept
