"""The walls around the child: each is tried from inside, and the same is tried without walls, where it must succeed."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from plimsoll.confine import Confinement, _seccomp, run_confined, walls
from plimsoll.confine._syscalls import syscall
from tests.attempts import (
    MACHINE,
    USUAL,
    Listener,
    absent,
    bind,
    change,
    connect,
    execute,
    fork,
    free,
    machine_code,
    outcome,
    prepare,
    raw,
    raw_number,
    read_limits,
    run_filter,
    type_into_terminal,
    value_of,
)

PTRACE_TRACEME = 0
HARMFUL = {"fork", "vfork", "vhangup"}
"""Calls that would do something whatever their arguments, were they not refused."""

STANDING = walls() if sys.platform == "linux" else ()


def test_the_limits_stand_everywhere() -> None:
    limits = {"memory", "processor-time", "open-files", "memory-dumps", "file-sizes"}
    assert limits <= set(walls())
    assert "file-sizes" not in walls(Confinement(may_write=True))


def test_the_work_is_told_which_walls_stand_before_it_begins() -> None:
    heard: list[object] = []
    assert run_confined(lambda send: send(b"work"), heard.append, USUAL, heard.append) is None
    assert heard[1:] == [b"work"]
    assert set(walls(USUAL)) == set(heard[0])  # type: ignore[call-overload]


def test_a_system_without_the_walls_of_linux_goes_on_without_them() -> None:
    program = (
        "import sys; sys.platform = 'darwin'\n"
        "from plimsoll.confine import walls\n"
        "print(*walls())"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["memory", "processor-time", "open-files", "memory-dumps", "file-sizes", "processes"]


def test_a_processor_without_numbers_goes_on_without_the_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    assert "seccomp" not in walls()
    assert outcome(os.getppid) == "done"


def test_files_cannot_be_written_without_landlock_and_filter_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plimsoll.confine._landlock.syscall", absent)
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    assert not [wall for wall in walls() if wall.startswith(("landlock", "seccomp"))]

    def attempt() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        (tmp_path / "out").write_bytes(b"x")

    assert (free(attempt), outcome(attempt)) == ("done", "EFBIG")


def test_too_many_files_cannot_be_opened() -> None:
    def attempt() -> None:
        for _ in range(100):
            os.dup(0)

    assert (free(attempt), outcome(attempt, Confinement(open_files=64))) == ("done", "EMFILE")


landlock = pytest.mark.skipif("landlock-writing" not in STANDING, reason="this kernel has no Landlock")
ports = pytest.mark.skipif("landlock-ports" not in STANDING, reason="this kernel's Landlock knows no ports")
signals = pytest.mark.skipif("landlock-signals" not in STANDING, reason="this kernel's Landlock knows no signals")
seccomp = pytest.mark.skipif("seccomp" not in STANDING, reason="this kernel has no seccomp, or no numbers are known")


def test_this_system_has_the_walls_that_it_is_tested_with() -> None:
    if MACHINE is not None and sys.platform == "linux":
        assert "no-new-privileges" in STANDING


def test_what_the_parent_has_open_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    held = [os.dup(0) for _ in range(300)]
    try:
        assert outcome((tmp_path / "file").read_bytes) == "done"
    finally:
        for one in held:
            os.close(one)


KINDS = ["write", "truncate", "make", "remove", "folder", "link", "name", "fifo", "move"]


@landlock
@pytest.mark.parametrize("kind", KINDS)
def test_files_cannot_be_changed_even_without_the_filter(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    assert _change_is_refused(kind, tmp_path) == "EACCES"


@seccomp
@pytest.mark.parametrize("kind", [*KINDS, "mode", "owner", "time"])
def test_files_cannot_be_changed_even_without_landlock(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plimsoll.confine._landlock.syscall", absent)
    assert _change_is_refused(kind, tmp_path) == "EPERM"


def _change_is_refused(kind: str, folder: Path) -> str:
    """Give the error behind the walls; check that nothing happened, and that without walls it does."""
    prepare(folder)
    before = (folder / "file").stat()
    error = outcome(lambda: change(kind, folder))
    assert sorted(one.name for one in folder.iterdir()) == ["file", "other"]
    assert (folder / "file").stat()[:9] == before[:9]
    assert free(lambda: change(kind, folder)) == "done"
    return error


@landlock
def test_a_copy_is_written_to_the_chosen_folder_alone(tmp_path: Path) -> None:
    chosen, other = tmp_path / "chosen", tmp_path / "other"
    chosen.mkdir()
    other.mkdir()

    def write(folder: Path) -> Callable[[], None]:
        def attempt() -> None:
            (folder / "below").mkdir()
            (folder / "below" / "file").write_bytes(b"x")
            (folder / "below" / "file").write_bytes(b"shorter")
            (folder / "below" / "link").symlink_to("file")
            assert (folder / "below" / "file").read_bytes() == b"shorter"

        return attempt

    limits = Confinement(may_write=True, writes=(os.fsencode(chosen),), reads=())
    assert (outcome(write(other), limits), outcome(write(chosen), limits)) == ("EACCES", "done")
    assert outcome(write(chosen)) == "EPERM"
    assert free(write(other)) == "done"


@landlock
def test_what_was_not_named_cannot_be_read(tmp_path: Path) -> None:
    image, other = tmp_path / "image", tmp_path / "other"
    image.write_bytes(b"image")
    other.write_bytes(b"other")
    limits = Confinement(reads=(os.fsencode(image),))
    assert outcome(lambda: image.read_bytes() and None, limits) == "done"
    for attempt in (other.read_bytes, lambda: os.scandir(tmp_path), lambda: Path("/etc/passwd").read_bytes()):
        assert (outcome(attempt, limits), free(attempt)) == ("EACCES", "done")
        assert outcome(attempt) == "done"


@landlock
def test_a_folder_that_was_named_can_be_read_whole(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"content")
    limits = Confinement(reads=(os.fsencode(tmp_path),))
    assert outcome(lambda: os.scandir(tmp_path / "below"), limits) == "done"
    assert outcome((tmp_path / "below" / "file").read_bytes, limits) == "done"


@landlock
def test_modules_are_still_loaded_when_nothing_else_can_be_read() -> None:
    def attempt() -> None:
        for name in [one for one in sys.modules if one.partition(".")[0] in ("wave", "sqlite3", "_sqlite3")]:
            del sys.modules[name]
        import sqlite3
        import wave

        assert sqlite3.sqlite_version
        assert wave.Error
        assert os.cpu_count()

    assert outcome(attempt, Confinement(reads=())) == "done"


@landlock
@pytest.mark.parametrize(
    ("version", "missing"),
    [
        (1, {"landlock-writing", "landlock-ports", "landlock-signals"}),
        (3, {"landlock-ports", "landlock-signals"}),
        (4, {"landlock-signals"}),
        (9, set()),
    ],
)
def test_an_older_landlock_gives_the_walls_that_it_has(
    version: int, missing: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plimsoll.confine._landlock.syscall", lambda *given: _as_version(version, *given))
    assert set(STANDING) - set(walls()) == missing & set(STANDING)
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    prepare(tmp_path)
    assert outcome(lambda: change("write", tmp_path)) == "EACCES"
    assert outcome((tmp_path / "file").read_bytes, Confinement(reads=())) == "EACCES"


@landlock
def test_nothing_is_executed_even_without_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    assert (outcome(execute), free(execute)) == ("EACCES", "done")


@ports
def test_no_port_is_reached_even_without_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    with Listener() as port:
        for attempt in (lambda: connect(port), bind):
            assert (outcome(attempt), free(attempt)) == ("EACCES", "done")


@signals
def test_no_other_process_is_signalled_even_without_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_seccomp, "PROCESSORS", {})
    parent = os.getpid()
    assert (outcome(lambda: os.kill(parent, 0)), free(lambda: os.kill(parent, 0))) == ("EPERM", "done")


def _attempts() -> Iterator[tuple[str, Callable[[], object]]]:
    """Give what the filter must refuse and any process may do."""
    parent = os.getpid()
    yield "socket of the network", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    yield "socket of the next version", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    yield "socket of this machine", lambda: socket.socket(socket.AF_UNIX)
    yield "pair of sockets", socket.socketpair
    yield "new process", fork
    yield "new process by a library", lambda: os.posix_spawn("/bin/true", ["true"], {})
    yield "other program", execute
    yield "being traced", lambda: raw("ptrace", PTRACE_TRACEME, 0, 0, 0)
    yield "signal to the parent", lambda: os.kill(parent, 0)
    yield "signal to the parent's thread", lambda: raw_number({"x86_64": 234, "aarch64": 131}, parent, parent, 0)
    yield "signal to the group", lambda: os.kill(0, 0)
    yield "limits of the parent", lambda: read_limits(parent)
    yield "handle of the parent", lambda: os.pidfd_open(parent)


@seccomp
@pytest.mark.parametrize("attempt", [one for _, one in _attempts()], ids=[name for name, _ in _attempts()])
def test_what_reading_never_needs_is_refused(attempt: Callable[[], object]) -> None:
    assert (outcome(attempt), free(attempt)) == ("EPERM", "done")


@seccomp
@pytest.mark.parametrize("name", sorted((_seccomp.GIVEN_UP | _seccomp.CHANGES).keys() - HARMFUL))
def test_each_call_that_is_given_up_is_refused_before_its_arguments_are_looked_at(name: str) -> None:
    assert MACHINE is not None
    number = (_seccomp.GIVEN_UP | _seccomp.CHANGES)[name][MACHINE.column]
    if number < 0:
        pytest.skip(f"this processor has no {name}")
    assert outcome(lambda: syscall(number, -1, -1, -1, -1, -1, -1)) == "EPERM"


@seccomp
@pytest.mark.parametrize("name", ["io_uring_setup", "kcmp", "pidfd_getfd", "add_key", "accept", "mount_setattr"])
def test_without_the_filter_the_same_call_gets_as_far_as_its_arguments(name: str) -> None:
    assert MACHINE is not None
    assert free(lambda: syscall(_seccomp.GIVEN_UP[name][MACHINE.column], -1, -1, -1, -1, -1, -1)) != "EPERM"


@seccomp
def test_a_terminal_cannot_be_typed_into() -> None:
    assert (outcome(type_into_terminal), free(type_into_terminal)) == ("EPERM", "ENOTTY")


@seccomp
@pytest.mark.skipif(os.uname().machine != "x86_64", reason="only x86-64 has a second way of calling")
def test_the_other_way_of_calling_is_refused() -> None:
    assert outcome(lambda: syscall(0x4000_0000 + 39)) == "EPERM"
    assert free(lambda: syscall(0x4000_0000 + 39)) == "ENOSYS"
    # mov eax, 20 (getpid of i386); int 80h; ret
    code = b"\xb8\x14\0\0\0\xcd\x80\xc3"
    refused, pid = value_of(lambda: machine_code(code), confined=True), value_of(lambda: machine_code(code))
    assert refused == -errno.EPERM
    assert pid is None or pid > 0


@seccomp
def test_threads_stay_possible() -> None:
    def attempt() -> None:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda number: number * 2, range(50))) == list(range(0, 100, 2))
        thread = threading.Thread(target=lambda: os.kill(os.getpid(), 0))
        thread.start()
        thread.join()

    assert outcome(attempt) == "done"


@seccomp
def test_the_filter_holds_in_threads_that_begin_later() -> None:
    def attempt() -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(socket.socket).result()

    assert (outcome(attempt), free(attempt)) == ("EPERM", "done")


@pytest.mark.parametrize("processor", _seccomp.PROCESSORS.values(), ids=_seccomp.PROCESSORS)
def test_the_filter_of_each_processor_lets_through_and_refuses_what_it_should(processor: _seccomp.Processor) -> None:
    program = _seccomp.make_program(processor, 77)
    read, write, clone, kill, limits = {0: (0, 1, 56, 62, 302), 1: (63, 64, 220, 129, 261)}[processor.column]
    allow, refused, unknown = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS
    assert {run_filter(program, processor, number) for number in (read, write)} == {allow}
    given_up = [one[processor.column] for one in _seccomp.GIVEN_UP.values() if one[processor.column] >= 0]
    assert {run_filter(program, processor, number) for number in given_up} == {refused}
    assert {run_filter(program, processor, number) for number in (435, 437)} == {unknown}
    flags = (os.O_RDONLY, os.O_DIRECTORY | os.O_CLOEXEC, os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC)
    opened = {0: 257, 1: 56}[processor.column]
    assert [run_filter(program, processor, opened, 0, 0, one) for one in flags] == [allow] * 2 + [refused] * 4
    writer = _seccomp.make_program(processor, 77, may_write=True)
    assert {run_filter(writer, processor, opened, 0, 0, one) for one in flags} == {allow}
    made = [one[processor.column] for one in _seccomp.CHANGES.values() if one[processor.column] >= 0]
    assert {run_filter(program, processor, one) for one in made} == {refused}
    assert {run_filter(writer, processor, one) for one in made} == {allow}
    assert [run_filter(program, processor, clone, one) for one in (0x3D0F00, 17, 0x4111)] == [allow, refused, refused]
    assert [run_filter(program, processor, kill, one) for one in (77, 78, 0, 0xFFFFFFFF)] == [allow, *[refused] * 3]
    assert [run_filter(program, processor, limits, one) for one in (77, 78, 0)] == [allow, refused, allow]
    assert run_filter(program, _seccomp.Processor(0x40000003, 0), read) == refused
    assert len(program) < 4096


def _as_version(version: int, *arguments: Any) -> int:
    """Make a call of Landlock, and say of its version that it is no newer than one."""
    result = syscall(*arguments)
    return min(result, version) if arguments[1] is None else result
