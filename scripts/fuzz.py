"""Try damaged and hostile images, and say whether anything of ours broke, hung or grew.

The seeds are the images that the tests of formats open: they are kept while those tests run. The mutation run damages
them in ways that follow from a seed number alone, opens each and looks at it with every inspector, in processes with a
limit on memory. The guided run hands seeds to atheris, which looks for inputs that reach new code; it needs the
dependency group `fuzz`. The exit code is 1 when something broke, and the input is left in the folder.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import multiprocessing
import os
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec

SEED_BYTES = 128 << 10
SEEDS_PER_TEST_FILE = 60
MEMORY_BYTES = 2 << 30
SLOW_SECONDS = 10.0
LIMIT_SECONDS = 20.0
CHUNK = 250
_EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1)


class Outcome(msgspec.Struct):
    """What a stretch of mutated images came to."""

    images: int = 0
    opened: int = 0
    with_problems: int = 0
    broken: dict[str, int] = {}
    """Error and where it rose, by how often."""
    slowest: float = 0.0
    peak_bytes: int = 0


class Keeper:
    """A pytest plugin that keeps the bytes which tests open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: Counter[str] = Counter()

    def pytest_configure(self) -> None:
        from plimsoll.unpack.format import View

        original = View.__init__

        def keeping(view: View, buffer: bytes | memoryview) -> None:
            original(view, buffer)
            name = sys._getframe(1).f_globals.get("__name__", "")
            test = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
            if test and name.startswith(("tests.", "plimsoll.unpack.explore")) and 16 <= view.size <= SEED_BYTES:
                self._keep(test, bytes(view.buffer))

        View.__init__ = keeping  # type: ignore[method-assign]

    def _keep(self, test: str, data: bytes) -> None:
        path = self._folder / hashlib.sha256(data).hexdigest()[:24]
        if self._kept[test] < SEEDS_PER_TEST_FILE and not path.exists():
            self._kept[test] += 1
            path.write_bytes(data)


def collect(folder: Path) -> list[Path]:
    """Run the tests of formats and keep what they open, once; give the seeds in order."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        code = "from scripts.fuzz import keep_what_tests_open; keep_what_tests_open()"
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, stdout=subprocess.DEVNULL)
        for path in folder.iterdir():
            if not any(try_image(path.read_bytes())):
                path.unlink()
    return sorted(folder.iterdir())


def keep_what_tests_open() -> None:
    """Be the process that runs the tests."""
    import pytest

    pytest.main(["tests/unpack/formats", "-q", "-p", "no:cacheprovider"], [Keeper(Path(sys.argv[1]))])


def mutate(seeds: list[bytes], chance: random.Random) -> bytes:
    """Damage one of the seeds in one to eight ways."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        size = max(len(data), 1)
        at = chance.randrange(min(size, 1024)) if chance.random() < 0.5 else chance.randrange(size)
        match chance.randrange(9):
            case 0:
                data[at : at + 1] = bytes([data[at] ^ 1 << chance.randrange(8)]) if data else b"\0"
            case 1:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 2 | 3:
                width = chance.choice((1, 2, 4, 8))
                value = chance.choice((*_EXTREMES, size, size - 1, at, chance.getrandbits(32))) % (1 << 8 * width)
                data[at : at + width] = value.to_bytes(width, chance.choice(("little", "big")))
            case 4:
                del data[at : at + chance.choice((1, 4, 64, 4096))]
            case 5:
                data[at:at] = data[at : at + chance.choice((4, 64, 4096))]
            case 6:
                other = chance.choice(seeds)
                start = chance.randrange(len(other))
                data[at : at + chance.choice((16, 512, 8192))] = other[start : start + chance.choice((16, 512, 8192))]
            case 7:
                del data[max(at, 16) :]
            case 8:
                length = chance.choice((16, 256, 4096))
                data[at : at + length] = bytes([chance.choice((0, 0xFF))]) * length
    return bytes(data[: 2 * SEED_BYTES])


def try_image(data: bytes) -> tuple[bool, bool]:
    """Open an image and look at it with every inspector; tell whether there was anything to open, and problems.

    Raise whatever rises, and AssertionError when an inspector failed: nothing may, whatever the bytes are.
    """
    from plimsoll.inspect.firmware import INSPECTORS
    from plimsoll.inspect.scan import Scan
    from plimsoll.unpack.explore import Explorer
    from plimsoll.unpack.formats import FORMATS
    from plimsoll.unpack.limits import Budget, Limits

    scan = Scan(INSPECTORS, b"fuzz", lambda observation: None, Path("build") / "fuzz" / "patterns")
    limits = Limits(seconds=LIMIT_SECONDS, output_bytes=1 << 30, file_bytes=64 << 20)
    explored = Explorer(FORMATS, Budget(limits), scan.visit, workers=1).explore(data, b"fuzz.bin")
    scan.conclude(explored.trees)
    for inspection in scan.inspections():
        if inspection.status == "failed" or (inspection.reason and "failed on" in str(inspection.reason)):
            raise AssertionError(f"{inspection.inspector}: {inspection.reason}")
    return explored.image.understood_share > 0, bool(explored.image.problems)


def run_chunk(task: tuple[Path, Path, int, int, int]) -> Outcome:
    """Try a run of mutated images in a process of its own."""
    import traceback

    seeds_folder, left, number, first, count = task
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    seeds = [path.read_bytes() for path in sorted(seeds_folder.iterdir())]
    outcome = Outcome(broken={})
    for index in range(first, first + count):
        data = mutate(seeds, random.Random(f"{number}:{index}"))
        started = time.monotonic()
        try:
            opened, problems = try_image(data)
            outcome.opened += opened
            outcome.with_problems += problems
        except BaseException as error:  # noqa: BLE001 - whatever rises is what we look for
            last = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} in {Path(last.filename).stem} line {last.lineno}: {error}"[:300]
            outcome.broken[key] = outcome.broken.get(key, 0) + 1
            (left / f"{number}-{index}.bin").write_bytes(data)
        spent = time.monotonic() - started
        if spent > SLOW_SECONDS:
            (left / f"slow-{number}-{index}.bin").write_bytes(data)
        outcome.slowest = max(outcome.slowest, spent)
        outcome.images += 1
    outcome.peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return outcome


def run_mutations(seeds: Path, left: Path, number: int, count: int) -> bool:
    """Try `count` mutated images; print what they came to and give whether nothing broke."""
    left.mkdir(parents=True, exist_ok=True)
    tasks = [(seeds, left, number, first, min(CHUNK, count - first)) for first in range(0, count, CHUNK)]
    total = Outcome(broken={})
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), maxtasksperchild=20) as pool:
        for done in pool.imap_unordered(run_chunk, tasks):
            total.images += done.images
            total.opened += done.opened
            total.with_problems += done.with_problems
            total.slowest = max(total.slowest, done.slowest)
            total.peak_bytes = max(total.peak_bytes, done.peak_bytes)
            for key, times in done.broken.items():
                total.broken[key] = total.broken.get(key, 0) + times
            print(f"\r{total.images} of {count} images", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"mutated images           {total.images:>10,}  of {len(list(seeds.iterdir())):,} seeds, run {number}")
    print(f"  opened                 {total.opened:>10,}")
    print(f"  with a problem told    {total.with_problems:>10,}")
    print(f"  errors of ours         {sum(total.broken.values()):>10,}")
    print(f"  slowest                {total.slowest:>10.1f} s")
    print(f"  peak memory            {total.peak_bytes / (1 << 20):>10.0f} MiB")
    print(f"  time                   {time.monotonic() - started:>10.0f} s")
    for key, times in sorted(total.broken.items(), key=lambda one: -one[1]):
        print(f"    {times} x {key}")
    return not total.broken and total.slowest <= LIMIT_SECONDS


def run_guided(seeds: Path, left: Path, seconds: int) -> bool:
    """Let atheris look for inputs that reach new code, for a time."""
    if importlib.util.find_spec("atheris") is None:
        print("guided run: atheris is not installed (dependency group `fuzz`); left out")
        return True
    left.mkdir(parents=True, exist_ok=True)
    found = left.parent / "found"
    found.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={left}/",
        f"-max_len={SEED_BYTES}",
        "-rss_limit_mb=2048",
    ]
    code = "from scripts.fuzz import guide; guide()"
    ran = subprocess.run([sys.executable, "-c", code, str(found), str(seeds), *options, "-timeout=30"], check=False)
    print(f"guided run of {seconds} s: {'nothing broke' if ran.returncode == 0 else 'something broke'}")
    return ran.returncode == 0


def guide() -> None:
    """Be the process that atheris drives."""
    import atheris

    with atheris.instrument_imports(include=["plimsoll.unpack"]):
        import plimsoll.unpack.explore
        import plimsoll.unpack.formats  # noqa: F401
    atheris.Setup(sys.argv, lambda data: try_image(data) and None)
    atheris.Fuzz()


def main() -> int:
    """Collect seeds, run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=5_000, help="mutated images to try")
    parser.add_argument("--seconds", type=int, default=60, help="time of the guided run")
    parser.add_argument("--number", type=int, default=1, help="number of the run; the same one damages alike")
    parser.add_argument("--folder", type=Path, default=Path("build") / "fuzz")
    given = parser.parse_args()
    seeds = collect(given.folder / "seeds")
    print(f"{len(seeds)} seeds")
    fine = run_mutations(given.folder / "seeds", given.folder / "left", given.number, given.images)
    fine = run_guided(given.folder / "seeds", given.folder / "left", given.seconds) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
