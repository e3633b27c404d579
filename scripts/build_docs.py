"""Write the generated pages of docs/, or with --check say which of them differ from what the program gives.

Pages: the JSON Schemas of an assessment and of a declaration; what can be decided per provision and window; every
format, inspector, matcher and rule with what it does and what it cannot see; what is known, of which date; and, in the
README, the beginning of a real run.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import sample_product
from plimsoll.assess import assess
from plimsoll.catalogue import load
from plimsoll.declare.schema import declaration_schema
from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.inspect.maker import MAKER_INSPECTORS
from plimsoll.judge.rules import RULES, rule_texts
from plimsoll.knowledge import feeds
from plimsoll.knowledge.importers import IMPORTERS
from plimsoll.knowledge.store import Store, starter
from plimsoll.match import MATCHERS
from plimsoll.model.codec import schema
from plimsoll.model.product import Product
from plimsoll.report import terminal
from plimsoll.report.coverage import coverage_page
from plimsoll.unpack.format import Format
from plimsoll.unpack.formats import FORMATS

ROOT = Path(__file__).parent.parent

FORMATS_NOTE = (
    "What is opened is looked into, file by file or part by part. What is only recognised is named with its place, and "
    "its bytes count as not understood. What stands under *Not read* is met as unknown bytes; file systems and streams "
    "behind an unknown header are found all the same."
)
NOT_READ = (
    "NTFS, HFS+, APFS, UFS, XFS, JFS, ReiserFS, QNX file systems",
    "headers of Buffalo, Tenda and Motorola, Edimax's longer ones (CSYS); Zyxel's rom-0; TP-Link's kind that names no "
    "vendor; what Sercomm's sign stands before; the trailers that ASUS puts behind TRX: no description of them that we "
    "found is complete and free of the GPL",
    "RKFP of Rockchip, TOC1 of Allwinner, HiSilicon, Novatek, Ingenic, Fullhan; later kinds of Hikvision and of "
    "TP-Link, which are encrypted",
    "Tuya's packages of several files, HF-LPB100, MT7681, vector tables of Cortex-M without a header",
    "jffs2 blocks packed by rubin; zisofs 2; 7z folders in PPMd, BCJ2 or Deflate64; cab in LZX or Quantum",
    "file systems other than UBI, jffs2, squashfs 4 and yaffs from NAND dumps that still have out-of-band bytes",
    "UEFI files inside firmware volumes; capsules other than plain ones and FMP",
    "update payloads that hold differences only; partitions over 256 MiB inside payload.bin, sparse or super images "
    "in which is something else than ext, erofs or squashfs",
    "dm-crypt volumes without a header: they look encrypted, and are",
)


class Part(Protocol):
    """What says of itself what it does."""

    id: str
    title: str
    what: str
    limits: str


RUN = re.compile(r"(?<=^\$ plimsoll assess tidewatch2-bad\.bin\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
RUN_DATE = datetime.date(2026, 1, 1)
RUN_WIDTH = 90

STARTER_HEADING = "## The starter"
STARTER_TEXT = (
    "It goes with the program, so that something is known without a network. `scripts/build_knowledge.py` makes it of "
    "collected data; two collections are left out, one that has no licence (the list of CVE authorities) and one whose "
    "licence is unclear (Alpine's fixed versions). It holds no EPSS scores."
)


def pages() -> dict[str, str]:
    """Give each generated page by its path in the tree."""
    return {
        "docs/assessment.schema.json": json.dumps(schema(), indent=2, sort_keys=True) + "\n",
        "docs/declaration.schema.json": json.dumps(declaration_schema(), indent=2, sort_keys=True) + "\n",
        "docs/coverage.md": coverage_page(load(), rule_texts()),
        "docs/formats.md": formats_page(),
        "docs/reference.md": reference_page(),
        "docs/knowledge.md": knowledge_page(),
        "README.md": readme(),
    }


def readme() -> str:
    """Give the README with the verdicts of a real run in its place, and the evidence of the first that is not met."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "tidewatch2-bad.bin")
        image.write_bytes(sample_product.image(good=False))
        run = terminal.render(assess(image, Product(), today=RUN_DATE), width=RUN_WIDTH)
    verdicts, sign, evidence = run.partition("\n✗ not met")
    beginning = verdicts + sign + evidence.partition("\n✗ not met")[0]
    return RUN.sub(lambda _: beginning.rstrip() + "\n...\n", text, count=1)


def formats_page() -> str:
    """Give the page of all formats: what is opened, what is only recognised, what is not read."""
    opened = [one for one in FORMATS if not one.only_recognised]
    recognised = [one for one in FORMATS if one.only_recognised]
    lines = ["# Formats", "", "Generated by `make docs`. " + FORMATS_NOTE]
    for heading, formats in (("Opened", opened), ("Recognised only", recognised)):
        lines += ["", f"## {heading}", "", "| Format | Searched for | Rests on |", "|---|---|---|"]
        for one in sorted(formats, key=lambda one: one.title.lower()):
            searched = "anywhere" if one.carve else "at the beginning"
            lines.append(f"| {one.title} (`{one.name}`) | {searched} | {source_of(one)} |")
    lines += ["", "## Not read", ""]
    lines += [f"- {what}" for what in NOT_READ]
    return "\n".join(lines) + "\n"


def source_of(format: Format) -> str:
    """Give what the reader of a format rests on, from the words in its module."""
    text = sys.modules[format.open.__module__].__doc__ or ""
    found = re.search(r"Sources?(?: and layout)?: (.*?)(?:\.\s|\.\Z|\n\n|\Z)", text, re.DOTALL)
    return " ".join(found[1].split()).replace("|", "\\|") if found else ""


def reference_page() -> str:
    """Give the page of all parts, in the order in which they work."""
    lines = ["# What looks, and what judges", "", "Generated by `make docs`."]
    lines += ["", "## Formats", "", "Each format, and what is not read: [formats.md](formats.md)."]
    kinds: dict[str, Iterable[Part]] = {
        "Inspectors of firmware": INSPECTORS,
        "Inspectors of the maker's pages": MAKER_INSPECTORS,
        "Matchers": MATCHERS,
    }
    for heading, parts in kinds.items():
        lines += ["", f"## {heading}"]
        for part in parts:
            lines += ["", f"### {part.id}", "", f"*{part.title}*", "", part.what, "", f"Limits: {part.limits}"]
    lines += ["", "## Rules"]
    for rule in RULES:
        needs = ", ".join(f"`{need}`" for need in rule.needs)
        lines += ["", f"### {rule.id}", "", rule.what, "", f"Limits: {rule.limits}", "", f"Rests on: {needs}"]
    return "\n".join(lines) + "\n"


def knowledge_page() -> str:
    """Give the page of what is known: its beginning as it is, and from the starter on what the program holds."""
    beginning = (ROOT / "docs" / "knowledge.md").read_text(encoding="utf-8").partition(STARTER_HEADING)[0]
    lines = [
        beginning + STARTER_HEADING,
        "",
        STARTER_TEXT,
        "",
        "| Source | Date | Records | Licence | What it does not hold |",
    ]
    lines += ["|---|---|---|---|---|"]
    with starter() as path, Store(path) as store:
        lines += [
            f"| {one.name} | {one.date} | {one.records:,} | {one.licence} | {one.holes} |" for one in store.sources()
        ]
    lines += ["", "## Forms that are read", "", "| Form | Source | What is taken | What is left |", "|---|---|---|---|"]
    lines += [f"| `{one.id}` | {one.source} | {one.what} | {one.limits} {one.holes} |" for one in IMPORTERS]
    lines += ["", "## Feeds that are fetched", "", "| Source | Addresses | Fetched by |", "|---|---|---|"]
    for feed in feeds.load():
        asked = "`update`" if feed.usual else f"`update --only {feed.source}`, `update --all`"
        lines.append(f"| {feed.source} | {'<br>'.join(feed.addresses)} | {asked} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page differs")
    check = parser.parse_args().check
    stale = []
    for name, text in pages().items():
        path = ROOT / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"behind the program: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
