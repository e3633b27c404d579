"""Measure matching: 1,000 components against synthetic knowledge of full size, and against the starter.

    python benchmarks/matching.py [--cves 300000] [--keep FILE]

The synthetic knowledge and the choice of components are those of benchmarks/knowledge.py: one is the kernel, whose
12,000 holes are all weighed, and 230 are among the products with most holes. Versions are drawn from the span of the
ranges.
Each measurement runs in a process of its own; memory is the most that it held, less what it held before.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from knowledge import asked, build, peak_kib
from plimsoll.knowledge.store import Store, starter
from plimsoll.match.components import InstalledComponents
from plimsoll.match.lifetimes import Lifetimes
from plimsoll.match.vulnerabilities import Vulnerabilities
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Component, KnownVulnerability
from plimsoll.model.locator import Place


class Named(Store):
    """Knows each synthetic product by the name of its package."""

    def cpe_of(self, package: str) -> tuple[str, ...]:
        """Give the product that the name says."""
        return (package.replace("|", ":"),) if package.startswith("cpe|") else super().cpe_of(package)


def evidence(path: Path, real: bool) -> Evidence:
    """Give 1,000 components as a package database states them, and the kernel by its banner."""
    dice = random.Random(9)
    found = [Observation(Component("linux", "5.10.20", "kernel"), Place("x.bin!raw@0x0+0x100:40"), "components")]
    for number, names in enumerate(asked(path, real)[1:]):
        name = names[0].replace(":", "|")
        version = f"{dice.randrange(12)}.{dice.randrange(30)}.{dice.randrange(40)}"
        fact = Component(name, f"{version}-1", "package-database", f"pkg:opkg/openwrt/{number}@{version}-1")
        where = Place(f"x.bin!squashfs@0x1000/usr/lib/opkg/status+{number * 100:#x}:90")
        found.append(Observation(fact, where, "components"))
    return Evidence(tuple(found))


def measure(path: Path, real: bool) -> dict[str, float]:
    """Match all of them, and give CPU seconds and MiB."""
    given = evidence(path, real)
    derived = tuple(one for one in InstalledComponents().match(given) if isinstance(one, Observation))
    given = Evidence(given.observations + derived)
    before = peak_kib()
    began = time.process_time()
    found = list(Vulnerabilities(lambda: Named(path)).match(given))
    matched = time.process_time()
    list(Lifetimes(lambda: Named(path)).match(given))
    ended = time.process_time()
    facts = [one.fact for one in found if isinstance(one, Observation)]
    return {
        "components": len(derived),
        "vulnerabilities_s": matched - began,
        "lifetimes_s": ended - matched,
        "told": sum(isinstance(fact, KnownVulnerability) for fact in facts),
        "silent": sum(not isinstance(fact, KnownVulnerability) for fact in facts),
        "memory_mib": (peak_kib() - before) / 1024,
    }


def measured(path: Path, real: bool) -> dict[str, float]:
    """Measure in a process of its own."""
    words = [sys.executable, __file__, "--measure", str(path), *(["--real"] if real else [])]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def main() -> None:
    """Measure both, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cves", type=int, default=300_000)
    parser.add_argument("--keep", type=Path, help="keep the synthetic file here, or use the one that is here")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--real", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.real)))
        return
    with tempfile.TemporaryDirectory() as folder, starter() as small:
        path = given.keep or Path(folder) / "full.sqlite"
        if not path.exists():
            build(path, given.cves)
        print(f"{'':12}{'vulnerabilities':>16}{'lifetimes':>11}{'told':>8}{'silent':>8}{'memory':>10}")
        for name, file, real in (("starter", small, True), ("full size", path, False)):
            one = measured(file, real)
            print(f"{name:12}{one['vulnerabilities_s']:14.2f} s{one['lifetimes_s']:9.2f} s{one['told']:8.0f}"
                  f"{one['silent']:8.0f}{one['memory_mib']:6.0f} MiB")  # fmt: skip


if __name__ == "__main__":
    main()
