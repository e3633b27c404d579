"""`plimsoll assess` as a person or a build runs it: what is printed, what is written, and the exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import sample_product

from tests.cli.run import SECONDS, plimsoll

TOOLS = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the sample product's two images."""
    folder = tmp_path_factory.mktemp("twins")
    for name in ("good", "bad"):
        (folder / f"{name}.bin").write_bytes(sample_product.image(good=name == "good"))
    return folder


def verdicts(assessment: str) -> list[str]:
    """Give the five verdicts of an assessment in JSON."""
    return [one["verdict"] for one in json.loads(assessment)["capabilities"]]


def test_the_bad_twin_breaks_the_promises_that_firmware_can_break(twins: Path) -> None:
    run = plimsoll("assess", twins / "bad.bin", "--json")
    assert run.stderr == ""
    assert verdicts(run.stdout) == ["fail", "inconclusive", "fail", "fail", "inconclusive"]
    assert run.returncode == 1


def test_the_good_twin_is_not_blamed_and_not_praised_beyond_what_firmware_shows(twins: Path) -> None:
    run = plimsoll("assess", twins / "good.bin", "--json")
    assert verdicts(run.stdout) == ["inconclusive"] * 5
    assert run.returncode == 0


def test_the_same_image_and_day_give_the_same_bytes(twins: Path) -> None:
    first, second = (plimsoll("assess", twins / "bad.bin", "--json", "--date", "2026-01-02") for _ in range(2))
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["assessed_on"] == "2026-01-02"


def test_the_verdicts_come_first_on_paper_and_screen(twins: Path) -> None:
    run = plimsoll("assess", twins / "bad.bin", COLUMNS="100")
    head = run.stdout[: run.stdout.index("Why") if "Why" in run.stdout else 2000]
    assert "not met" in head
    assert "not shown" in head
    assert "\x1b" not in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 100


def test_reports_are_written_by_the_names_of_their_files(twins: Path, tmp_path: Path) -> None:
    names = ["r.json", "r.html", "r.txt"]
    outputs = [word for name in names for word in ("-o", tmp_path / name)]
    run = plimsoll("assess", twins / "bad.bin", *outputs, "--quiet", "--model", "Tidewatch 2")
    assert (run.stdout, run.stderr, run.returncode) == ("", "", 1)
    assert json.loads((tmp_path / "r.json").read_text())["product"]["model"] == "Tidewatch 2"
    assert "<!doctype html>" in (tmp_path / "r.html").read_text().lower()[:20]
    assert "not met" in (tmp_path / "r.txt").read_text()


@pytest.mark.parametrize(("policy", "code"), [("all", 1), ("1", 1), ("2,5", 0), ("none", 0)])
def test_the_policy_decides_the_exit_code(twins: Path, policy: str, code: int) -> None:
    assert plimsoll("assess", twins / "bad.bin", "--quiet", "--policy", policy).returncode == code


def test_a_secret_is_nowhere_in_any_report(twins: Path, tmp_path: Path) -> None:
    run = plimsoll("assess", twins / "bad.bin", "--json", "-o", tmp_path / "r.html", "-o", tmp_path / "r.txt")
    hash_string = sample_product.bad_twin()["etc/shadow"][1].split(b":")[1].decode()
    key_line = sample_product.private_key().splitlines()[1].decode()
    for text in (run.stdout, (tmp_path / "r.html").read_text(), (tmp_path / "r.txt").read_text()):
        assert hash_string not in text
        assert key_line not in text


def test_a_folder_with_an_unpacked_tree_is_assessed_as_well(tmp_path: Path) -> None:
    for path, (mode, data) in (sample_product.common() | sample_product.bad_twin()).items():
        target = tmp_path / "root" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == 0o120777:
            target.symlink_to(data.decode())
        else:
            target.write_bytes(data)
            target.chmod(mode)
    run = plimsoll("assess", tmp_path / "root", "--json")
    assert verdicts(run.stdout) == ["fail", "inconclusive", "fail", "fail", "inconclusive"]


@pytest.mark.parametrize(
    ("name", "content", "code", "words"),
    [
        ("none.bin", None, 2, "there is no file"),
        ("empty.bin", b"", 3, "is empty"),
        ("photo.jpg", bytes(range(1, 251)) * 400, 3, "no known format"),
        ("line\nbreak\xff.bin", b"no firmware at all, but some words\n" * 20, 3, "no known format"),
    ],
)
def test_bad_input_is_told_in_a_sentence_with_the_right_code(
    tmp_path: Path, name: str, content: bytes | None, code: int, words: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    run = plimsoll("assess", path)
    assert run.returncode == code
    assert words in run.stderr
    assert "Try: " in run.stderr
    assert "Traceback" not in run.stderr + run.stdout
    assert "\nbreak" not in run.stderr


def test_a_folder_or_file_without_permission_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    (tmp_path / "closed").mkdir(mode=0)
    (tmp_path / "closed.bin").write_bytes(b"x")
    (tmp_path / "closed.bin").chmod(0)
    for path in (tmp_path / "closed", tmp_path / "closed.bin"):
        run = as_nobody("assess", path)
        assert run.returncode == 2
        assert "cannot be read: Permission denied" in run.stderr
        assert "Traceback" not in run.stderr


AS_NOBODY = """
import os
from plimsoll.cli import main, program
try:
    program(["assess", "/no/such/file"], standalone_mode=False)
except Exception:
    pass
os.geteuid() or os.seteuid(65534)
main()
"""


def as_nobody(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the program as a user who may not read everything; root becomes one once all modules are loaded."""
    command = [sys.executable, "-c", AS_NOBODY, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)


@pytest.mark.skipif(shutil.which("mke2fs", path=TOOLS) is None, reason="mke2fs is not installed: install e2fsprogs")
def test_four_megabytes_that_claim_four_gigabytes_are_told_and_cost_no_more(tmp_path: Path) -> None:
    image = tmp_path / "big.ext4"
    with image.open("wb") as file:
        file.truncate(4 << 30)
    mke2fs = shutil.which("mke2fs", path=TOOLS)
    subprocess.run([str(mke2fs), "-q", "-F", "-t", "ext4", image], check=True, timeout=SECONDS)
    with image.open("r+b") as file:
        file.truncate(4 << 20)
    run = plimsoll("assess", image, "--json")
    assert run.returncode in (0, 3)
    assert "Traceback" not in run.stderr
    opening = next(one for one in json.loads(run.stdout)["inspections"] if one["inspector"] == "opening")
    assert opening["status"] == "partial"
    assert opening["bytes"] == 4 << 20
    assert set(verdicts(run.stdout)) == {"inconclusive"}


def test_a_truncated_image_is_assessed_as_far_as_it_goes(twins: Path, tmp_path: Path) -> None:
    whole = (twins / "bad.bin").read_bytes()
    (tmp_path / "cut.bin").write_bytes(whole[: len(whole) * 2 // 3])
    run = plimsoll("assess", tmp_path / "cut.bin", "--json")
    assert run.returncode in (0, 1, 3)
    assert "pass" not in verdicts(run.stdout)
    opening = next(one for one in json.loads(run.stdout)["inspections"] if one["inspector"] == "opening")
    assert opening["status"] == "partial" or run.returncode == 3


@pytest.mark.parametrize(
    "words",
    [("assess",), ("assess", "x.bin", "--policy", "6"), ("asses", "x.bin"), ("assess", "x.bin", "--format", "pdf")],
)
def test_wrong_use_is_exit_code_2(words: tuple[str, ...]) -> None:
    run = plimsoll(*words)
    assert run.returncode == 2
    assert "Usage" in run.stderr or "Try: " in run.stderr


def test_a_report_that_cannot_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    for output in (tmp_path / "no" / "r.json", tmp_path / "r.odt"):
        run = plimsoll("assess", tmp_path / "none.bin", "-o", output)
        assert run.returncode == 2
        assert "there is no file" not in run.stderr


def test_help_names_every_command_and_the_exit_codes() -> None:
    run = plimsoll("--help")
    assert run.returncode == 0
    for word in ("assess", "unpack", "explain", "Exit codes"):
        assert word in run.stdout


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, plimsoll.cli as c\ntry:\n c.program(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not loaded & {"hyperscan", "jinja2", "cryptography", "msgspec", "plimsoll.assess", "plimsoll.look"}
