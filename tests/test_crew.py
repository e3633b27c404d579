"""Helpers of the child process: they stand behind the same walls, end with it, and their death is told."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plimsoll.confine import Confinement, Crew, Receive, Send, run_confined
from plimsoll.model.message import Message

SMALL = Confinement(memory_bytes=2 << 30, cpu_seconds=30, reads=())


def run(crew: Crew, work: Callable[[Send], None]) -> tuple[list[bytes], Message | None]:
    frames: list[bytes] = []
    died = run_confined(work, frames.append, SMALL, crew=crew)
    return frames, died


def echo(receive: Receive, send: Send) -> None:
    while (frame := receive()) is not None:
        send(frame[::-1])


def test_each_helper_answers_what_it_is_asked() -> None:
    crew = Crew(3, echo)

    def work(send: Send) -> None:
        for number, mate in enumerate(crew.mates):
            mate.send(bytes([number]) + b"x" * 3_000_000)
        for mate in crew.mates:
            answer = mate.receive()
            assert answer is not None
            send(answer[-1:] + str(len(answer)).encode())

    frames, died = run(crew, work)
    assert died is None
    assert frames == [b"\x003000001", b"\x013000001", b"\x023000001"]


@pytest.mark.skipif(sys.platform != "linux", reason="these walls are Linux's")
def test_a_helper_can_reach_no_network_no_file_and_no_process(tmp_path: Path) -> None:
    def try_all(receive: Receive, send: Send) -> None:
        for attempt in (
            lambda: socket.socket(socket.AF_INET),
            lambda: (tmp_path / "new").write_bytes(b"x"),
            os.fork,
        ):
            try:
                attempt()
            except OSError:
                send(b"refused")
            else:
                send(b"done")

    crew = Crew(1, try_all)

    def work(send: Send) -> None:
        while (answer := crew.mates[0].receive()) is not None:
            send(answer)

    frames, died = run(crew, work)
    assert died is None
    assert frames == [b"refused"] * 3


def test_an_error_of_a_helper_is_told_by_name_and_line() -> None:
    def fail(receive: Receive, send: Send) -> None:
        raise RuntimeError("/secret/path")

    crew = Crew(1, fail)

    def work(send: Send) -> None:
        if crew.mates[0].receive() is None:
            raise EOFError

    _, died = run(crew, work)
    assert "RuntimeError in test_crew line" in str(died)
    assert "secret" not in str(died)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a helper sees its end when it reads next")
def test_a_helper_that_never_reads_ends_with_the_child() -> None:
    def tell_and_sleep(receive: Receive, send: Send) -> None:
        send(str(os.getpid()).encode())
        time.sleep(600)

    crew = Crew(1, tell_and_sleep)

    def work(send: Send) -> None:
        process = crew.mates[0].receive()
        assert process is not None
        send(process)
        os.kill(os.getpid(), signal.SIGKILL)

    frames, died = run(crew, work)
    assert "SIGKILL" in str(died)
    helper = Path(f"/proc/{frames[0].decode()}/stat")
    deadline = time.monotonic() + 20
    while helper.exists() and helper.read_text().rpartition(")")[2].split()[0] not in "ZX":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_something_is_done_here_while_the_child_works() -> None:
    done: list[str] = []
    died = run_confined(
        lambda send: send(b"x"), lambda frame: done.append("frame"), SMALL, meanwhile=lambda: done.append("here")
    )
    assert died is None
    assert done == ["here", "frame"]
