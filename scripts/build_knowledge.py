"""Build src/plimsoll/knowledge/starter.sqlite, the knowledge that goes with the program, from collected data files.

    python scripts/build_knowledge.py [--data ../shared/data] [--output FILE]

Same input, same bytes (with the same release of SQLite). Two of the files stay out: the list of CVE authorities, for it
comes without a licence, and Alpine's fixed versions, for the licence of the one half is unclear and of the other asks
that it be passed on. Disclosure programmes are no matter of this file.
"""

from __future__ import annotations

import argparse
import sqlite3
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import starter_data
from plimsoll.knowledge._writer import Writer
from plimsoll.knowledge.importers.importer import Edition, Record

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"
OUTPUT = ROOT / "src" / "plimsoll" / "knowledge" / "starter.sqlite"

SOURCES = (
    ("nvd", "2021-09-11", "US Government work, public domain; uses data of the NVD and is not endorsed by it",
     "117 embedded components and credential weaknesses of devices only. Years 2002 to 2018 and 2021 as of September "
     "2021, 2019 as of March 2020, January to May 2025 as of May 2025; of 2020, late 2021 to 2024 and all since only "
     "single records. 56 rows name no versions. There are no EPSS scores, and Alpine's list of fixed versions is left "
     "out, for its licence is unclear."),
    ("anchore", "2026-08-21", "CC0-1.0", "Corrections to NVD for the 117 components, where it had any; of ThreadX and "
     "its companions it is not told which one is meant."),
    ("vulnrichment", "2024-10-24", "CC0-1.0", "What CISA added to CVE records of 2022 to October 2024, for the 117 "
     "components and credential weaknesses of devices only."),
    ("openssl", "2026-06-10", "CVE records, under the CVE terms of use (cve.org/Legal/TermsOfUse)", "OpenSSL only."),
    ("curl", "2026-08-22", "curl licence", "curl and libcurl only."),
    ("mbedtls", "2026-08-20", "Apache-2.0", "Mbed TLS only, and most of it without versions that can be compared."),
    ("linux-kernel-cves", "2024-04-09", "Apache-2.0", "Nothing since April 2024, when the kernel's own team began to "
     "give ids; 97 entries name no fix and match nothing. Of streams that are older than the flaw it is not told since "
     "when they have it: they count from their first release."),
    ("kev", "", "CC0-1.0", "Lists what CISA saw evidence of and that has a remedy; since 2025-08-25 id and day only."),
    ("endoflife", "2026-08-22", "MIT", "103 devices, operating systems and base components; few libraries."),
    ("buildroot", "2026-08-22", "bare facts read from package files", "CPE names that packages give for themselves."),
    ("openwrt", "2026-08-22", "bare facts read from package files", "CPE names that packages give for themselves, "
     "where Buildroot's do not say the same."),
)  # fmt: skip


def build(data: Path, output: Path) -> None:
    """Write the starter."""
    with tempfile.TemporaryDirectory() as folder:
        draft, made = Path(folder, "draft"), Path(folder, "made")
        writer = Writer(draft, new=True)
        writer.begin()
        for name, date, licence, holes in SOURCES:
            writer.source(name, date=date, licence=licence, holes=holes)
        date, entries = starter_data.exploited(data / "cisa-kev.json")
        writer.edition(Edition("kev", date, is_whole=True))
        vulnerable = (
            *starter_data.embedded(data / "embedded-cves.json"),
            *starter_data.credentials(data / "device-credential-cves.json"),
            *starter_data.kernel(data / "linux-kernel-cves.json"),
        )
        for record in (*_joined(vulnerable), *starter_data.lifetimes(data / "endoflife.json"), *entries):
            writer.record(record)
        for builder in ("buildroot", "openwrt"):
            writer.packages(builder, starter_data.packages(data / "cpe-map.json", builder))
        writer.keep()
        writer.close()
        database = sqlite3.connect(draft)
        database.execute("VACUUM INTO ?", (str(made),))
        database.close()
        output.write_bytes(_calm(made.read_bytes()))


def _joined(records: Iterable[Record]) -> Iterator[Record]:
    """Join what several files hold of one record of a source."""
    held: dict[tuple[str, str], Record] = {}
    for one in records:
        key = one.source, one.name
        if key in held:
            before = held[key]
            one = Record(one.source, one.name, "", before.vulnerabilities, before.statements + one.statements)
        held[key] = one
    return iter(held[key] for key in sorted(held))


def _calm(database: bytes) -> bytes:
    """Set the counters of changes in the header (offsets 24, 40 and 92) to one, for they count our steps."""
    changed = bytearray(database)
    for offset in (24, 40, 92):
        struct.pack_into(">I", changed, offset, 1)
    return bytes(changed)


def main() -> int:
    """Build it where it is kept, or where it is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    given = parser.parse_args()
    if not given.data.is_dir():
        print(f"there is no folder {given.data}; name the data files' folder with --data", file=sys.stderr)
        return 2
    build(given.data, given.output)
    print(f"{given.output}: {given.output.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
