"""Measure `plimsoll assess` against `unsquashfs -p1` on the same images in the same run, and the fixed costs.

Only ratios mean anything on a shared machine. Images are made of this machine's own programs and libraries, so sizes
differ from one machine to another; both sides read the same.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROUNDS = 3
CONTENT_BYTES = 110 << 20
"""Content of the measured images: 30 MB and more when compressed."""

ARCHIVES = (".a", ".jar", ".jmod", ".zip", ".whl", ".egg", ".tar", ".gz", ".xz", ".bz2", ".zst", ".deb")
"""Left out: we open what is inside them, and the peer does not."""

SOURCES = ("/usr/bin", "/usr/sbin", "/usr/lib")
PLIMSOLL = Path(sys.executable).parent / "plimsoll"


OTHERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "ext4",
        ("mke2fs", "-q", "-t", "ext4", "-d", "{root}", "{image}", "96M"),
        ("debugfs", "-R", "rdump / {out}", "{image}"),
    ),
    (
        "jffs2",
        ("mkfs.jffs2", "-r", "{root}", "-o", "{image}", "-e", "128KiB"),
        ("jefferson", "-f", "-d", "{out}/x", "{image}"),
    ),
    (
        "ubifs",
        ("mkfs.ubifs", "-r", "{root}", "-o", "{image}", "-m", "2048", "-e", "126976", "-c", "2000", "-x", "zlib"),
        ("ubireader_extract_files", "-o", "{out}/x", "{image}"),
    ),
)
"""Name, how the image is made, and the tool that reads it."""


def collect(root: Path, content_bytes: int) -> int:
    """Link or copy programs and libraries of this machine into a tree, small files among them; give the count."""
    taken = count = 0
    candidates = sorted(path for source in SOURCES for path in Path(source).rglob("*"))
    random.Random(5).shuffle(candidates)
    for path in candidates:
        if path.is_symlink() or not path.is_file() or (size := path.stat().st_size) > 16 << 20:
            continue
        if path.suffix in ARCHIVES:
            continue
        target = root / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        taken += size
        count += 1
        if taken >= content_bytes:
            break
    return count


def make_image(root: Path, image: Path, codec: str) -> Path:
    """Make a squashfs image with 128 KiB blocks."""
    command = ["mksquashfs", root, image, "-comp", codec, "-noappend", "-quiet", "-no-progress", "-all-root"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return image


def timed(run: Callable[[], None]) -> float:
    """Give the best of a few rounds, in seconds of wall time."""
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        run()
        times.append(time.perf_counter() - started)
    return min(times)


def call(*command: object, memory: bool = False) -> tuple[int, int]:
    """Run a program silently; give its exit code and, when `memory` is asked for, the most that it took, in bytes.

    All its processes count together; what they share counts once (PSS). Zero where the system does not tell.
    """
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while memory and process.poll() is None:
        peak = max(peak, sum(map(_proportional_bytes, _family(process.pid))))
        time.sleep(0.02)
    return process.wait(), peak


def _family(process: int) -> list[int]:
    """Give a process and all that come of it."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return [process]
    return [process, *(one for child in children for one in _family(int(child)))]


def _proportional_bytes(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def assess(image: Path, report: Path, *, memory: bool = False) -> int:
    """Assess an image as a user does; give the peak memory in bytes, when it is asked for."""
    code, peak = call(PLIMSOLL, "assess", image, "--quiet", "-o", report, memory=memory)
    if code not in (0, 1):
        raise SystemExit(f"plimsoll assess {image.name} ended with {code}")
    return peak


READ = """
import sys, time
from pathlib import Path
from plimsoll.look import look
from plimsoll.unpack.limits import Limits
started = time.perf_counter()
look(Path(sys.argv[1]), (), Limits())
print(time.perf_counter() - started)
"""


def read(image: Path) -> float:
    """Open an image and read every file in it, with nobody to look at them; give the seconds, without the start."""
    return float(subprocess.run([sys.executable, "-c", READ, image], check=True, capture_output=True, text=True).stdout)


def against_unsquashfs(root: Path, work: Path, files: int) -> None:
    """Print a row per codec: the whole of `assess`, and how long it takes to read every file without looking at it."""
    print(f"\n{'squashfs':10}{'image':>10}{'unsquashfs -p1':>17}{'assess':>10}{'ratio':>8}", end="")
    print(f"{'reading':>10}{'ratio':>8}{'files/s':>10}{'peak':>10}")
    for codec in ("gzip", "xz", "zstd"):
        image = make_image(root, work / f"{codec}.squashfs", codec)
        out = work / "out"

        def unpack(image: Path = image, out: Path = out) -> None:
            shutil.rmtree(out, ignore_errors=True)
            call("unsquashfs", "-p", "1", "-q", "-n", "-d", out, image)

        shutil.rmtree(out, ignore_errors=True)
        theirs = timed(unpack)
        ours = timed(lambda image=image: assess(image, work / "report.json") and None)
        reading = min(read(image) for _ in range(ROUNDS))
        peak = assess(image, work / "report.json", memory=True)
        print(
            f"{codec:10}{image.stat().st_size / 1e6:8.1f}MB{theirs:16.2f}s{ours:9.2f}s{ours / theirs:8.2f}"
            f"{reading:9.2f}s{reading / theirs:8.2f}{files / ours:10.0f}{peak / (1 << 20):7.0f}MiB"
        )


def against_others(root: Path, work: Path) -> None:
    """Print a row per other file system, against the tool that reads it where that is installed."""
    print(f"\n{'others':10}{'image':>10}{'peer':>32}{'assess':>10}{'ratio':>8}")
    small = work / "small"
    collect(small, 24 << 20)
    for name, make, peer in OTHERS:
        image, out = work / f"{name}.img", work / "peer"
        if shutil.which(make[0]) is None:
            print(f"{name:10}left out: {make[0]} is not installed")
            continue
        subprocess.run([word.format(root=small, image=image) for word in make], check=True, capture_output=True)
        program = Path(sys.executable).parent / peer[0] if (Path(sys.executable).parent / peer[0]).exists() else peer[0]
        command = [str(program), *(word.format(image=image, out=out) for word in peer[1:])]
        ours = timed(lambda image=image: assess(image, work / "report.json") and None)
        theirs = ""
        if shutil.which(command[0]) is not None:

            def unpack(command: list[str] = command, out: Path = out) -> None:
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir()
                call(*command)

            spent = timed(unpack)
            missing = sum(path.is_file() for path in small.rglob("*")) - sum(path.is_file() for path in out.rglob("*"))
            theirs = f"{peer[0]} {spent:.2f}s" + (f", {missing} files short" if missing > 0 else "")
        ratio = f"{ours / spent:8.2f}" if theirs else "       -"
        print(f"{name:10}{image.stat().st_size / 1e6:8.1f}MB{theirs or 'no ' + peer[0]:>32}{ours:9.2f}s{ratio}")


def fixed_costs(work: Path) -> None:
    """Print what a tiny image and the help text cost."""
    tiny = work / "tiny"
    tiny.mkdir()
    (tiny / "hello").write_text("hello\n")
    image = make_image(tiny, work / "tiny.squashfs", "gzip")
    nothing = statistics.median(timed(lambda: call(sys.executable, "-c", "pass") and None) for _ in range(3))
    print(f"\n{'fixed cost':28}{'seconds':>9}")
    print(f"{'python -c pass':28}{nothing:9.3f}")
    print(f"{'plimsoll --help':28}{timed(lambda: call(PLIMSOLL, '--help') and None):9.3f}")
    print(f"{'plimsoll assess (tiny)':28}{timed(lambda: assess(image, work / 'report.json') and None):9.3f}")


def memory(work: Path) -> None:
    """Print the peak memory of images of content that compresses little."""
    print()
    big = work / "big"
    big.mkdir()
    for mebibytes in (64, 512):
        if shutil.disk_usage(work).free < (3 * mebibytes) << 20:
            print(f"peak memory, {mebibytes} MiB image: left out, there is no room for it")
            continue
        for number in range(mebibytes):
            (big / f"{number:03}").write_bytes(random.Random(number).randbytes(1 << 20))
        image = make_image(big, work / "big.squashfs", "gzip")
        peak = assess(image, work / "report.json", memory=True)
        print(f"peak memory, {image.stat().st_size / (1 << 20):.0f} MiB image: {peak / (1 << 20):.0f} MiB")


def _room() -> str | None:
    """Name a folder in memory where there is one with room, so that no disk is measured; the peer writes 110 MiB."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 1 << 30 else None


def main() -> None:
    """Build the images, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content-mb", type=int, default=CONTENT_BYTES >> 20, help="content of the measured images")
    content = parser.parse_args().content_mb << 20
    if shutil.which("mksquashfs") is None:
        raise SystemExit("mksquashfs is not installed: install squashfs-tools, or run `make tools`")
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-", dir=_room()) as name:
        work = Path(name)
        root = work / "root"
        files = collect(root, content)
        print(f"{files} files, {content >> 20} MiB of content, {os.cpu_count()} cores, best of {ROUNDS}")
        against_unsquashfs(root, work, files)
        against_others(root, work)
        fixed_costs(work)
        memory(work)


if __name__ == "__main__":
    main()
