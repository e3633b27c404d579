"""Does work on hostile bytes in a child process behind walls, and hears what it reports until it ends or dies.

The child is a fork, so what was loaded before is shared and starting costs next to nothing. It talks through one pipe
in length-prefixed frames; whatever it said before its death has arrived and is kept.

Its walls are limits on memory, processor time and open files everywhere; and on Linux no new privileges, Landlock for
files, ports and signals, and seccomp for the network, other programs and other processes. A wall that this system does
not have is left out and the work goes on: the first frame says which ones stand.
"""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from plimsoll.confine import _landlock, _seccomp
from plimsoll.confine._syscalls import PR_SET_NO_NEW_PRIVS, prctl
from plimsoll.confine.crew import BUFFER_BYTES, Crew, Send, receiver, sender
from plimsoll.model.message import Message, message

Walls = tuple[str, ...]
"""Names of the walls that stand around a child, in the order in which they were raised."""

LIBRARIES = (
    b"/lib", b"/lib64", b"/usr/lib", b"/usr/lib64", b"/usr/local/lib", b"/nix/store", b"/gnu/store",
    b"/etc/ld.so.cache", b"/etc/localtime", b"/usr/share/zoneinfo", b"/etc/ssl/openssl.cnf", b"/dev/null",
    b"/dev/urandom", b"/proc/cpuinfo", b"/proc/meminfo", b"/proc/stat", b"/sys/devices/system/cpu",
)  # fmt: skip
"""What Python and its libraries read beside their own folders, none of it secret."""


class Confinement(msgspec.Struct, frozen=True):
    """What the child may use."""

    memory_bytes: int = 4 << 30
    """Address space, that of the parent at the fork included."""
    cpu_seconds: int = 1_200
    """Processor time of all its threads together."""
    open_files: int = 256
    """Files, pipes and folders that it may have open at a time, beside what the parent had open."""
    may_write: bool = False
    """Whether it may write to files; only for a copy that the operator asked for."""
    reads: tuple[bytes, ...] | None = None
    """Files and folders that it may read beside what Python itself is made of; absent: any. Needs Landlock."""
    writes: tuple[bytes, ...] | None = None
    """Folders in which it may write when it may write at all; absent: any. Needs Landlock."""


def run_confined(
    work: Callable[[Send], None],
    receive: Callable[[bytes], None],
    limits: Confinement,
    on_walls: Callable[[Walls], None] = lambda walls: None,
    crew: Crew | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Message | None:
    """Fork, let the child do `work`, hand each frame that it sends to `receive`; give why it died, or nothing.

    Call it while the process has one thread: a fork copies no other. An error of ours in the child is a death too.
    `on_walls` is told which walls stand before the work begins. The helpers of `crew` stand behind the same walls; its
    mates are at hand in the work. `meanwhile` is done here while the work goes on there.
    """
    reading, writing = os.pipe()
    errors_reading, errors_writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.close(errors_reading)
        _be_child(work, writing, errors_writing, limits, crew or Crew())
    os.close(writing)
    os.close(errors_writing)
    try:
        meanwhile()
        with os.fdopen(reading, "rb", buffering=BUFFER_BYTES) as frames:
            read_frame = receiver(frames)
            if (stood := read_frame()) is not None:
                on_walls(tuple(stood.decode("ascii").split()))
            while (frame := read_frame()) is not None:
                receive(frame)
        with os.fdopen(errors_reading, "rb") as errors:
            said = errors.read(4096).decode("utf-8", "replace").removesuffix("; ")  # A helper's words go before ours.
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    _, status = os.waitpid(child, 0)
    return _cause_of_death(status, said)


def walls(limits: Confinement | None = None) -> Walls:
    """Name the walls that this system raises around a child, found out by raising them around one that does nothing."""
    stood: list[str] = []
    run_confined(lambda send: None, lambda frame: None, limits or Confinement(reads=()), stood.extend)
    return tuple(stood)


def _be_child(work: Callable[[Send], None], writing: int, errors: int, limits: Confinement, crew: Crew) -> None:
    """Never returns, nor do the helpers that are forked in it."""
    code = 1
    try:
        gc.freeze()  # What the parent has made stays: to look through it for garbage would copy its pages.
        stood = [*_limit(limits), *_keep_from_files(limits)]
        duty = crew.hire((writing,))
        stood += _keep_from_processes(limits)
        warnings.simplefilter("ignore")  # What a library thinks of an image's bytes is no news for the operator.
        if duty is not None:
            duty()
        else:
            send = sender(writing)
            send(" ".join(stood).encode("ascii"))
            work(send)
        code = 0
    except MemoryError:
        os.write(errors, b"it ran out of memory; ")
    except BaseException as error:  # noqa: BLE001 - the boundary of the child: nothing may pass it
        last = traceback.extract_tb(error.__traceback__)[-1]
        os.write(errors, f"{type(error).__name__} in {Path(last.filename).stem} line {last.lineno}; ".encode())
    finally:
        os._exit(code)


def _limit(limits: Confinement) -> Iterator[str]:
    """Set the limits that every system has; name each that was taken."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    wanted = [
        ("memory", resource.RLIMIT_AS, limits.memory_bytes),
        ("processor-time", resource.RLIMIT_CPU, limits.cpu_seconds),
        ("open-files", resource.RLIMIT_NOFILE, _next_handle() + limits.open_files),
        ("memory-dumps", resource.RLIMIT_CORE, 0),
    ]
    if not limits.may_write:
        wanted.append(("file-sizes", resource.RLIMIT_FSIZE, 0))
    for name, kind, value in wanted:
        if _set_limit(kind, value):
            yield name


def _set_limit(kind: int, value: int) -> bool:
    try:
        resource.setrlimit(kind, _at_most(kind, value))
    except (OSError, ValueError):
        return False
    return True


def _keep_from_files(limits: Confinement) -> Iterator[str]:
    """Raise those of Linux's own walls behind which a process can still fork; name each that stands."""
    reads = None if limits.reads is None else (*limits.reads, *LIBRARIES, *_python_folders())
    writes = limits.writes if limits.may_write else ()
    yield from _raise(_give_up_privileges)
    yield from _raise(partial(_landlock.restrict, reads, writes))


def _keep_from_processes(limits: Confinement) -> Iterator[str]:
    """Forbid new processes: by seccomp on Linux, where a limit counts threads and all of the user's processes."""
    if sys.platform != "linux":
        if _set_limit(resource.RLIMIT_NPROC, 0):
            yield "processes"
        return
    yield from _raise(partial(_seccomp.restrict, limits.may_write))


def _raise(wall: Callable[[], Walls]) -> Walls:
    """Raise a wall; one that this system does not have is left out."""
    if sys.platform != "linux":
        return ()
    try:
        return wall()
    except OSError:
        return ()


def _give_up_privileges() -> Walls:
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    return ("no-new-privileges",)


def _python_folders() -> list[bytes]:
    """Give where modules are loaded from: the interpreter's own folders, those of packages, and ours.

    The folder of a script or of the shell is not among them: it may be anybody's.
    """
    own = tuple(f"{prefix}{os.sep}" for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix})
    packages = (f"{os.sep}site-packages", f"{os.sep}dist-packages")
    folders = [one for one in sys.path if one.startswith(own) or (one.startswith(os.sep) and one.endswith(packages))]
    return [os.fsencode(one) for one in [*folders, str(Path(__file__).parent.parent)]]


def _next_handle() -> int:
    """Give the number of the next file that would be opened: the limit counts numbers, and the parent's are taken."""
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    return reading


def _at_most(kind: int, wanted: int) -> tuple[int, int]:
    """Lower a limit, never raise it past what the process already has."""
    _, hard = resource.getrlimit(kind)
    value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return value, value


def _cause_of_death(status: int, said: str) -> Message | None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return message("the process that reads the image used up its processor time")
        return message("the process that reads the image was ended by signal {signal}", signal=_signal_name(number))
    if os.WEXITSTATUS(status) != 0:
        return message("the process that reads the image stopped: {error}", error=said or "no reason given")
    return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
