"""Puts the command of a procd instance together: `procd_set_param command`, and what `procd_append_param` adds to it.

The functions are those of OpenWrt's documentation of procd init scripts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._conditions import decide
from plimsoll.inspect.firmware._shell import Command
from plimsoll.inspect.firmware._shell_guards import Guard
from plimsoll.sources.tree import Tree

MOST_UNCERTAIN = 16
"""Additions under a condition that are told of one instance."""

_SET = (b"procd_set_param", b"command")
_APPEND = (b"procd_append_param", b"command")


class _Addition(msgspec.Struct, frozen=True):
    """Words that are appended, and what more than the command itself they depend on."""

    words: tuple[bytes, ...]
    guards: tuple[Guard, ...]
    certain: bool


def instances(commands: Sequence[Command], tree: Tree) -> Iterator[tuple[Command, bytes]]:
    """Give the commands of a function, each with the user that procd is told to run it as.

    A command of procd has what is surely appended to it. For each addition under a condition that could not be decided
    it is given once more, with that addition and under that condition.
    """
    for number, command in enumerate(commands):
        if command.words[:2] != _SET:
            yield command, b""
            continue
        rest = list(_of_instance(commands[number + 1 :]))
        user = next(
            (one.words[2] for one in rest if one.words[:2] == (b"procd_set_param", b"user") and one.words[2:]), b""
        )
        additions = [found for one in rest if one.words[:2] == _APPEND and (found := _addition(command, one, tree))]
        yield _with(command, additions, None), user
        for addition in [one for one in additions if not one.certain][:MOST_UNCERTAIN]:
            yield _with(command, additions, addition), user


def _of_instance(commands: Sequence[Command]) -> Iterator[Command]:
    for command in commands:
        if command.words[:2] == _SET or command.words[0] in (b"procd_open_instance", b"procd_close_instance"):
            return
        yield command


def _addition(command: Command, appended: Command, tree: Tree) -> _Addition | None:
    """Give what an append adds; None when its condition fails."""
    guards = tuple(guard for guard in appended.guards if guard not in command.guards)
    outcome = decide(guards, tree).outcome
    if outcome in ("fails", "switched-off"):
        return None
    return _Addition(appended.words[2:], guards, outcome == "holds")


def _with(command: Command, additions: Sequence[_Addition], chosen: _Addition | None) -> Command:
    words, guards = command.words, command.guards
    for one in additions:
        if one.certain or one is chosen:
            words += one.words
    if chosen is not None:
        guards += chosen.guards
    return msgspec.structs.replace(command, words=words, guards=guards)
