"""Measure look-ups: opening the starter with 1,000 look-ups, and 1,000 components in synthetic knowledge of full size.

    python benchmarks/knowledge.py [--cves 300000] [--keep FILE]

The synthetic file goes through the real importers: NVD 2.0 records, random but of plausible shape (most products
have a few holes, some hundreds, the first thousands; the kernel has 12,000), and EPSS scores. Of the 1,000 components
one is the kernel, 30 are among the 100 products with most holes and 200 among the 2,000. Each measurement runs in a
process of its own; memory is the most that the process held, less what it held before it opened the file.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from plimsoll.knowledge.importing import import_files
from plimsoll.knowledge.store import Store, starter

COMPONENTS = 1_000
PRODUCTS = 40_000
KERNEL_HOLES = 12_000


def product(number: int) -> str:
    """Name a synthetic product."""
    return f"vendor{number // 3}:product{number}"


def write_nvd(path: Path, cves: int) -> None:
    """Write records of the official shape, as one file."""
    dice = random.Random(5)
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        head = {"resultsPerPage": cves, "format": "NVD_CVE", "version": "2.0", "timestamp": "2026-11-01T00:00:00.000"}
        file.write(json.dumps(head)[:-1] + ', "vulnerabilities": [')
        for number in range(cves):
            file.write(", " if number else "")
            file.write(json.dumps({"cve": record(dice, number, cves)}))
        file.write("]}")


def record(dice: random.Random, number: int, cves: int) -> dict[str, object]:
    """Make one record."""
    matches = []
    names = {product(int(PRODUCTS * dice.random() ** 3)) for _ in range(dice.choice((1, 1, 1, 2, 4)))}
    if number % (cves // KERNEL_HOLES or 1) == 0:
        names = {"linux:linux_kernel"}
    for name in sorted(names):
        for _ in range(dice.choice((1, 1, 2, 6))):
            major, minor = dice.randrange(12), dice.randrange(30)
            bounds = {
                "versionStartIncluding": f"{major}.0",
                "versionEndExcluding": f"{major}.{minor}.{dice.randrange(40)}",
            }
            matches.append({"vulnerable": True, "criteria": f"cpe:2.3:a:{name}:*:*:*:*:*:*:*:*", **bounds,
                            "matchCriteriaId": f"{dice.getrandbits(128):032X}"})  # fmt: skip
        if dice.random() < 0.2:
            matches += [{"vulnerable": True, "criteria": f"cpe:2.3:a:{name}:{dice.randrange(9)}.{one}:*:*:*:*:*:*:*"}
                        for one in range(dice.randrange(1, 30))]  # fmt: skip
    return {
        "id": f"CVE-{2002 + number * 24 // cves}-{10_000 + number}",
        "published": f"{2002 + number * 24 // cves}-05-01T10:15:00.000",
        "lastModified": "2026-10-01T10:15:00.000",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": "word " * dice.randrange(30, 90)}],
        "metrics": {"cvssMetricV31": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {
            "version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            "baseScore": dice.randrange(20, 100) / 10}}]},
        "weaknesses": [{"description": [{"lang": "en", "value": f"CWE-{dice.randrange(20, 900)}"}]}],
        "configurations": [{"nodes": [{"operator": "OR", "negate": False, "cpeMatch": matches}]}],
        "references": [{"url": f"https://example.com/{number}/{one}"} for one in range(dice.randrange(1, 9))],
    }  # fmt: skip


def write_epss(path: Path, cves: int) -> None:
    """Write a score for each."""
    dice = random.Random(6)
    with path.open("w", encoding="utf-8") as file:
        file.write("#model_version:v2025.03.14,score_date:2026-11-01T00:00:00+0000\ncve,epss,percentile\n")
        for number in range(cves):
            year = 2002 + number * 24 // cves
            file.write(f"CVE-{year}-{10_000 + number},{dice.paretovariate(1) / 1e4 % 1:.5f},0.5\n")


def asked(path: Path, real: bool) -> list[tuple[str, ...]]:
    """Choose 1,000 components, each by three names, the kernel and the products with most holes among them."""
    if real:
        import sqlite3

        rows = sqlite3.connect(path).execute("SELECT name FROM product ORDER BY name").fetchall()
        names = [row[0] for row in rows]
        return [(names[one % len(names)], f"purl:pkg:generic/{one}") for one in range(COMPONENTS)]
    dice = random.Random(7)
    chosen = dice.sample(range(100), 30) + dice.sample(range(2_000), 200)
    chosen += [dice.randrange(PRODUCTS) for _ in range(COMPONENTS - 1 - len(chosen))]
    found = [(f"cpe:{product(one)}", f"cpe:{one}:{one}", f"purl:pkg:generic/{one}") for one in chosen]
    return [("cpe:linux:linux_kernel",), *found]


def peak_kib() -> int:
    """Give the most memory that this process held; what getrusage says begins with the parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def measure(path: Path, real: bool) -> dict[str, float]:
    """Look up all of them, as matching does, and give CPU seconds and MiB."""
    components = asked(path, real)
    before = peak_kib()
    began = time.process_time()
    statements, ids = 0, set()
    with Store(path) as store:
        opened = time.process_time()
        for names in components:
            store.covers(names)
            for one in store.affected(names):
                statements += 1
                ids.add(one.vulnerability)
        looked_up = time.process_time()
        known = len(store.vulnerabilities(sorted(ids)))
    ended = time.process_time()
    after = peak_kib()
    return {
        "open_ms": (opened - began) * 1000,
        "statements_s": looked_up - opened,
        "vulnerabilities_s": ended - looked_up,
        "total_s": ended - began,
        "statements": statements,
        "vulnerabilities": known,
        "memory_mib": (after - before) / 1024,
    }


def measured(path: Path, real: bool) -> dict[str, float]:
    """Measure in a process of its own."""
    words = [sys.executable, __file__, "--measure", str(path), *(["--real"] if real else [])]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)  # type: ignore[no-any-return]


def build(path: Path, cves: int) -> None:
    """Write the synthetic knowledge through the importers, and say what that took."""
    nvd, epss = path.with_suffix(".json.gz"), path.with_suffix(".csv")
    write_nvd(nvd, cves)
    write_epss(epss, cves)
    began = time.process_time()
    import_files(path, (nvd, epss))
    spent = time.process_time() - began
    print(f"import of {cves:,} CVEs ({nvd.stat().st_size >> 20} MiB compressed) and EPSS scores: {spent:.0f} s of CPU,")
    print(f"a file of {path.stat().st_size >> 20} MiB, at most {peak_kib() >> 10} MiB of memory")
    nvd.unlink()
    epss.unlink()


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
        large = given.keep or Path(folder, "full.sqlite")
        if not large.exists():
            build(large, given.cves)
        print("| 1,000 components in | open ms | statements s | vulnerabilities s | total s CPU | found | memory MiB |")
        print("|---|---|---|---|---|---|---|")
        for name, path, real in (("the starter", small, True), (f"{given.cves:,} CVEs", large, False)):
            one = measured(path, real)
            print(f"| {name} | {one['open_ms']:.1f} | {one['statements_s']:.2f} | {one['vulnerabilities_s']:.2f} | "
                  f"{one['total_s']:.2f} | {one['statements']:,.0f} of {one['vulnerabilities']:,.0f} CVEs | "
                  f"{one['memory_mib']:.0f} |")  # fmt: skip


if __name__ == "__main__":
    main()
