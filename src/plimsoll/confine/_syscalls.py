"""Calls of the Linux kernel that Python has no function for, through the C library.

Source: syscall(2) and prctl(2). A call that fails raises OSError; on other systems all of them do.
"""

from __future__ import annotations

import errno
import os
import sys
from functools import cache
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
PR_SET_SECCOMP = 22


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call; numbers go as `long`, anything else as ctypes passes it."""
    return _call("syscall", number, *arguments)


def prctl(option: int, *arguments: Any) -> int:
    """Set something of this process; arguments that are left out are zero."""
    return _call("prctl", option, *arguments, *[0] * (4 - len(arguments)))


def _call(name: str, *arguments: Any) -> int:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import ctypes

    function = getattr(_library(), name)
    function.restype = ctypes.c_long
    given = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result: int = function(*given)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


@cache
def _library() -> Any:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)
