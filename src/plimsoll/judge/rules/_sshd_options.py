"""Puts what the command line of sshd says before what its configuration says.

As in sshd(8) and sshd_config(5): what `-o` says is read first and the first value of a keyword holds, `-f` names
another configuration, and a port of `-p` counts before those of settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.model.evidence import Observation
from plimsoll.model.facts import ServiceSetting, StartedProgram
from plimsoll.model.locator import Place

_VALUED = re.compile(r"-([46DdeGiqTt]*)([bCcEfghkopuV])(.*)", re.DOTALL)
"""A word of options: flags, then one that takes a word, which may be joined to it."""
_STATEMENT = re.compile(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.+?)\s*", re.DOTALL)
_CUMULATIVE = frozenset(("hostkey", "port", "listenaddress", "allowusers", "denyusers", "allowgroups", "denygroups"))

Setting = tuple[Observation, ServiceSetting]
Start = tuple[Observation, StartedProgram]


class Told(msgspec.Struct, frozen=True):
    """What a command line of sshd says."""

    file: str
    """Escaped path of the configuration, without a leading `/`; empty where none is named."""
    statements: tuple[tuple[str, str], ...]
    """Keywords in lower case with their values, in the order in which they are read."""
    is_clear: bool
    """Whether nothing in it depends on what happens in the device."""


def read_options(arguments: Sequence[str]) -> Told:
    """Read the command line of sshd."""
    file, found, is_clear = "", list[tuple[str, str]](), True
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        is_clear = is_clear and "$" not in word and "`" not in word
        option = _VALUED.fullmatch(word)
        if option is None:
            continue
        value = option[3] or (waiting.pop(0) if waiting else "")
        is_clear = is_clear and "$" not in value and "`" not in value
        if option[2] == "f":
            file = value.lstrip("/")
        elif option[2] == "p":
            found.append(("port", value))
        elif option[2] == "o" and (said := _STATEMENT.fullmatch(value)) is not None:
            found.append((said[1].lower(), said[2].strip("\"'")))
    return Told(file, tuple(found), is_clear)


def is_unclear(starts: Sequence[Start]) -> bool:
    """Tell whether command lines differ, or have in them what only the device knows."""
    told = {read_options(start.arguments) for _, start in starts}
    return len(told) > 1 or any(not one.is_clear for one in told)


def in_force(starts: Sequence[Start], active: Sequence[Setting], others: Sequence[Setting]) -> list[Setting]:
    """Give the settings that hold; `others` are those of files that sshd does not read unless it is told to."""
    if not starts or is_unclear(starts):
        return list(active)
    told = read_options(starts[0][1].arguments)
    own = [
        (starts[0][0], ServiceSetting("sshd", key, value))
        for number, (key, value) in enumerate(told.statements)
        if key in _CUMULATIVE or key not in {before for before, _ in told.statements[:number]}
    ]
    settled = {setting.key for _, setting in own if setting.key not in _CUMULATIVE or setting.key == "port"}
    read = list(_of_file(told.file, active, others)) if told.file else active
    return [*own, *(one for one in read if one[1].key not in settled)]


def _of_file(path: str, active: Sequence[Setting], others: Sequence[Setting]) -> Iterator[Setting]:
    """Give what holds of a file: of a keyword the first value, unless that is known already."""
    mine = [one for one in active if _is_in(one[0].where, path)]
    if mine:
        yield from active if path.endswith("etc/ssh/sshd_config") else mine
        return
    done: set[str] = set()
    for one in sorted((one for one in others if _is_in(one[0].where, path)), key=lambda one: _offset(one[0].where)):
        key = one[1].key
        if key not in done or key in _CUMULATIVE or key == "match":
            done.add(key)
            yield one[0], msgspec.structs.replace(one[1], active=True)


def _is_in(where: Place, path: str) -> bool:
    return where.partition("+0x")[0].endswith(f"/{path}")


def _offset(where: Place) -> int:
    found = re.search(r"\+0x([0-9a-f]{1,15})", where)
    return int(found[1], 16) if found else 0
