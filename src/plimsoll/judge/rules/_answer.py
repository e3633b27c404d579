"""Who asks a service to be let in, and the three answers there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from plimsoll.model.facts.account import PasswordState

Answer = Literal["yes", "perhaps", "no"]

_ANSWERS: tuple[Answer, ...] = ("yes", "perhaps", "no")


class Caller(msgspec.Struct, frozen=True):
    """Who asks to be let in; whom a service lets in does not hang on the name."""

    store: str
    """As in Account; `passwd` for the accounts of the system."""
    name: str
    is_root: bool
    password: PasswordState
    path: str = ""
    """Escaped path of the store in its tree."""


def weakest(answers: Iterable[Answer]) -> Answer:
    """Give the answer that holds when all must."""
    return max(answers, key=_ANSWERS.index)
