"""Gives up access to files, ports and other processes' signals by Landlock, as far as this kernel has it.

Sources: landlock(7), landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2), and the kernel's
userspace documentation of Landlock. What a ruleset handles is denied but for what its rules grant; files that are open
stay so. Later versions of the interface handle more:

version  since  handles
1        5.13   reading, writing, making, removing, executing files
2        5.19   moving files between folders
3        6.2    truncating files
4        6.7    binding and connecting TCP ports
5        6.10   control calls on devices
6        6.12   abstract sockets of, and signals to, processes outside
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable, Iterator

from plimsoll.confine._syscalls import syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_TELL_VERSION = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE = 1 << 4, 1 << 5
_MAKE_CHAR, _MAKE_DIR, _MAKE_REG, _MAKE_SOCK, _MAKE_FIFO, _MAKE_BLOCK, _MAKE_SYM = (1 << bit for bit in range(6, 13))
_MOVE, _TRUNCATE, _CONTROL = 1 << 13, 1 << 14, 1 << 15

_READ = _READ_FILE | _READ_DIR
_CHANGE = (
    _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_CHAR | _MAKE_DIR | _MAKE_REG | _MAKE_SOCK | _MAKE_FIFO
    | _MAKE_BLOCK | _MAKE_SYM
)  # fmt: skip
_FILL = _READ | _WRITE_FILE | _TRUNCATE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _CONTROL
_SINCE = {2: _MOVE, 3: _TRUNCATE, 5: _CONTROL}
_TCP = 3
_SCOPES = 3


def restrict(reads: Iterable[bytes] | None, writes: Iterable[bytes] | None) -> tuple[str, ...]:
    """Let this process read and write only what lies at or below paths; give the walls that stand now.

    `None` stands for anywhere. Nothing may be executed in any case. Needs a process of one thread that has given up
    new privileges; raise OSError when the kernel has no Landlock.
    """
    version = syscall(_CREATE, None, 0, _TELL_VERSION)
    handled = _EXECUTE | (_READ if reads is not None else 0)
    if writes is not None:
        handled |= _CHANGE | sum(right for since, right in _SINCE.items() if version >= since)
    ruleset = _create(version, handled)
    try:
        _grant(ruleset, reads or (), _READ & handled)
        _grant(ruleset, writes or (), _FILL & handled)
        syscall(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)
    return tuple(_stood(version, reads is not None, writes is not None))


def _create(version: int, handled: int) -> int:
    """Make a ruleset; what an older kernel does not know is left out of the structure."""
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)[: 24 if version >= 6 else 16 if version >= 4 else 8]
    return syscall(_CREATE, attributes, len(attributes), 0)


def _grant(ruleset: int, paths: Iterable[bytes], rights: int) -> None:
    """Grant rights on what lies at or below each path that exists."""
    for path in paths if rights else ():
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            granted = rights if stat.S_ISDIR(os.fstat(handle).st_mode) else rights & _OF_FILES
            syscall(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", granted, handle), 0)
        finally:
            os.close(handle)


def _stood(version: int, reads: bool, writes: bool) -> Iterator[str]:
    if reads:
        yield "landlock-reading"
    if writes:
        yield "landlock-writing" if version >= 3 else "landlock-writing-but-truncating"
    yield "landlock-executing"
    if version >= 4:
        yield "landlock-ports"
    if version >= 6:
        yield "landlock-signals"
