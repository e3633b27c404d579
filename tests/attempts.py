"""Tries to do things, in a child behind the walls of `confine` and in one without them."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import resource
import socket
import struct
from collections.abc import Callable
from pathlib import Path

from plimsoll.confine import Confinement, _seccomp, run_confined
from plimsoll.confine._syscalls import syscall

USUAL = Confinement()
MACHINE = _seccomp.PROCESSORS.get(os.uname().machine)

Attempt = Callable[[], object]
"""Something that raises OSError when it is refused."""


def outcome(attempt: Callable[[], object], limits: Confinement = USUAL) -> str:
    """Try something behind the walls: `done`, or the name of the error."""
    frames: list[bytes] = []
    died = run_confined(lambda send: send(_try(attempt)), frames.append, limits)
    assert died is None, died
    return frames[0].decode()


def free(attempt: Callable[[], object]) -> str:
    """Try the same in a child without walls."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, _try(attempt))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        text = said.read().decode()
    os.waitpid(child, 0)
    return text


def _try(attempt: Callable[[], object]) -> bytes:
    try:
        attempt()
    except OSError as error:
        return errno.errorcode[error.errno or 0].encode()
    return b"done"


def value_of(work: Callable[[], int], confined: bool = False) -> int | None:
    """Give what comes of work in a child; nothing when the child dies, as where i386 calls are not built in."""
    if confined:
        frames: list[bytes] = []
        run_confined(lambda send: send(struct.pack("<i", work())), frames.append, Confinement())
        return int(struct.unpack("<i", frames[0])[0])
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, struct.pack("<i", work()))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        data = said.read()
    os.waitpid(child, 0)
    return int(struct.unpack("<i", data)[0]) if data else None


def run_filter(
    program: list[tuple[int, int, int, int]], processor: _seccomp.Processor, number: int, *arguments: int
) -> int:
    """Run a filter as the kernel would, on one call."""
    data = struct.pack("<IIQ6Q", number, processor.audit, 0, *arguments, *[0] * (6 - len(arguments)))
    at = accumulator = 0
    while True:
        code, when_true, when_false, value = program[at]
        at += 1
        if code == 0x06:
            return value
        if code == 0x20:
            (accumulator,) = struct.unpack_from("<I", data, value)
            continue
        is_true = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[code]
        at += when_true if is_true else when_false


def absent(*arguments: object) -> int:
    raise OSError(errno.ENOSYS, "")


def prepare(folder: Path) -> None:
    (folder / "file").write_bytes(b"content")
    (folder / "other").mkdir()


def change(kind: str, folder: Path) -> None:
    match kind:
        case "write":
            (folder / "file").open("ab").close()
        case "truncate":
            os.truncate(folder / "file", 0)
        case "make":
            (folder / "new").open("xb").close()
        case "remove":
            (folder / "file").unlink()
        case "folder":
            (folder / "new").mkdir()
        case "link":
            (folder / "new").symlink_to("file")
        case "name":
            os.link(folder / "file", folder / "new")
        case "mode":
            (folder / "file").chmod(0o600)
        case "owner":
            os.chown(folder / "file", os.getuid(), os.getgid())
        case "time":
            os.utime(folder / "file", (1, 1))
        case "fifo":
            os.mkfifo(folder / "new")
        case _:
            (folder / "file").rename(folder / "other" / "file")


def fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def execute() -> None:
    """Become another program, one that says nothing; come here only when that fails."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, False)
    child = -1
    try:
        child = os.fork()
    except OSError:
        os.execv("/bin/true", ["true"])
    if child == 0:
        try:
            os.execv("/bin/true", ["true"])
        except OSError as error:
            os.write(writing, bytes([error.errno or 0]))
            os._exit(1)
    os.close(writing)
    failed = os.read(reading, 1)
    os.waitpid(child, 0)
    if failed:
        raise OSError(failed[0], "")


class Listener:
    """A server on a port of loopback."""

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        return int(self._socket.getsockname()[1])

    def __exit__(self, *error: object) -> None:
        self._socket.close()


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port)).close()


def bind() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))


def raw(name: str, *arguments: int) -> int:
    assert MACHINE is not None
    return syscall(_seccomp.GIVEN_UP[name][MACHINE.column], *arguments)


def raw_number(numbers: dict[str, int], *arguments: int) -> int:
    return syscall(numbers[os.uname().machine], *arguments)


def read_limits(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_CORE)


def type_into_terminal() -> None:
    reading, _ = os.pipe()
    fcntl.ioctl(reading, 0x5412, b"x")


def machine_code(code: bytes) -> int:
    memory = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return int(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
