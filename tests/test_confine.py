"""The child process: what it reports arrives, and its death is told and kept apart from what it said."""

from __future__ import annotations

import os
import signal
import time

import pytest

from plimsoll.confine import Confinement, Send, run_confined
from plimsoll.model.message import Message

SMALL = Confinement(memory_bytes=2 << 30, cpu_seconds=30)


def run(work: object, limits: Confinement = SMALL) -> tuple[list[bytes], Message | None]:
    frames: list[bytes] = []
    died = run_confined(work, frames.append, limits)  # type: ignore[arg-type]
    return frames, died


def test_frames_arrive_in_order_and_whole() -> None:
    def work(send: Send) -> None:
        for number in range(100):
            send(bytes([number]) * (number * 1000))

    frames, died = run(work)
    assert died is None
    assert frames == [bytes([number]) * (number * 1000) for number in range(100)]


def test_what_was_said_before_a_crash_is_kept() -> None:
    def work(send: Send) -> None:
        send(b"said")
        os.kill(os.getpid(), signal.SIGKILL)

    frames, died = run(work)
    assert frames == [b"said"]
    assert "SIGKILL" in str(died)


def test_an_error_of_ours_is_told_by_name_and_line_without_a_path() -> None:
    def work(send: Send) -> None:
        raise RuntimeError("/secret/path")

    _, died = run(work)
    assert "RuntimeError in test_confine line" in str(died)
    assert "/" not in str(died)


def test_memory_is_limited() -> None:
    def work(send: Send) -> None:
        send(b"before")
        send(b"x" * (3 << 30))

    frames, died = run(work)
    assert frames == [b"before"]
    assert "memory" in str(died)


def test_processor_time_is_limited() -> None:
    def work(send: Send) -> None:
        while True:
            pass

    _, died = run(work, Confinement(memory_bytes=2 << 30, cpu_seconds=1))
    assert died is not None
    assert "processor time" in str(died) or "SIGKILL" in str(died)


def test_the_child_is_gone_when_the_receiver_fails() -> None:
    def work(send: Send) -> None:
        send(b"one")
        time.sleep(60)

    def receive(frame: bytes) -> None:
        raise ValueError("receiver")

    started = time.monotonic()
    with pytest.raises(ValueError, match="receiver"):
        run_confined(work, receive, SMALL)
    assert time.monotonic() - started < 30
