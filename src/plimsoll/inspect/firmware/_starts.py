"""What a start is: a program, the place that says so, and how it comes about."""

from __future__ import annotations

import msgspec

from plimsoll.inspect.firmware._launch import Launch, shown
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.sources.tree import Node

_ORDER: tuple[StartState, ...] = ("always", "first-boot", "on-demand", "conditional", "disabled", "not-started")


class Cause(msgspec.Struct, frozen=True):
    """Where a start is written, and how it comes about."""

    script: bytes
    """Path of the file that starts it."""
    offset: int = 0
    length: int = 0
    """Bytes of it that say so; 0 for the whole file."""
    mechanism: Mechanism = "script"
    state: StartState = "always"
    condition: bytes = b""
    user: bytes = b""
    bound: bytes = b""
    """Address and port on which another program takes the connections that it is started for."""


class Start(msgspec.Struct, frozen=True):
    """A program that is started, or a file of commands that is read."""

    launch: Launch
    words: tuple[bytes, ...]
    """The command as it stands, expanded."""
    node: Node | None
    """The program in the tree; None when it lies where the tree does not reach."""
    cause: Cause


def content(node: Node) -> bytes:
    """Give the path under which the bytes of a file were looked at."""
    return node.link_to or node.path


def is_executable(node: Node) -> bool:
    """Tell whether a file may be run; one without any mode is of an image that keeps none."""
    return bool(node.mode & 0o111) or not node.mode


def is_sourced(words: tuple[bytes, ...]) -> bool:
    """Tell whether a command reads a file into the shell that runs."""
    return words[:1] in ((b".",), (b"source",))


def weaker(one: StartState, other: StartState) -> StartState:
    """Give the state that lets a program start less often."""
    return max(one, other, key=_ORDER.index)


def command_line(start: Start) -> str:
    """Give the command of a start as text without secrets."""
    return shown(start.words)
