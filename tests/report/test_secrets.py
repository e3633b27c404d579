"""Secrets in clear: each once with its place, and nothing of them drives a terminal."""

from __future__ import annotations

import datetime
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll.assess import assess
from plimsoll.model.product import Product
from plimsoll.report.json_report import render as render_json
from plimsoll.report.secrets import render

SETTINGS = b"interface=wlan0\nssid=home\nwpa=2\nwpa_passphrase=Correct-Horse-77\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc/hostapd.conf").write_bytes(SETTINGS)
    (folder / "etc/passwd").write_bytes(b"root:$1$abcdefgh$G/fR9ukYvGKUXqZFYmZCG.:0:0:root:/root:/bin/sh\n")
    return folder


def test_secrets_are_handed_to_who_asks_and_are_in_no_report(root: Path) -> None:
    kept: dict[str, bytes] = {}
    assessment = assess(root, Product(), today=datetime.date(2026, 1, 2), on_secrets=kept.update)
    assert b"Correct-Horse-77" in kept.values()
    told = render(assessment, kept)
    assert told.count("    Correct-Horse-77\n") == 1
    assert "etc/hostapd.conf" in told and "$1$abcdefgh$" in told
    assert "Correct-Horse" not in render_json(assessment)
    assert render(assessment, {}) == "\nNo secrets were seen.\n"


def test_control_characters_of_a_secret_are_written_as_escapes(root: Path) -> None:
    (root / "etc/hostapd.conf").write_bytes(SETTINGS.replace(b"Horse", b"\x1b[31m\xe2\x80\xae\xff"))
    kept: dict[str, bytes] = {}
    assessment = assess(root, Product(), today=datetime.date(2026, 1, 2), on_secrets=kept.update)
    told = render(assessment, kept)
    assert "\x1b" not in told and "\u202e" not in told
    assert told.isascii()


def test_a_pipe_is_refused(root: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "plimsoll", "assess", root, "--show-secrets"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert "terminal only" in run.stderr and "Correct-Horse" not in run.stdout + run.stderr


def test_a_terminal_is_not(root: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "plimsoll", "assess", str(root), "--show-secrets"]
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL):
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:  # A terminal whose other side is closed.
            pass
    os.close(ours)
    assert b"Correct-Horse-77" in shown
    command += ["--json"]
    assert subprocess.run(command, capture_output=True).returncode == 2
