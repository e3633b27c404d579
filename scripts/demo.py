"""Assess the sample product: the good twin, and the bad one with its maker's claims. Leave an HTML report of each."""

from __future__ import annotations

import argparse
import datetime
import shutil
import sys
from pathlib import Path

import sample_product
from plimsoll.assess import assess
from plimsoll.model.product import Product
from plimsoll.report import html, terminal
from plimsoll.sources.document import read_document

VERSION = "2.4.1"


def main() -> None:
    """Build, assess, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    today = datetime.datetime.now(datetime.UTC).date()
    for twin in ("good", "bad"):
        image = folder / f"tidewatch2-{twin}.bin"
        image.write_bytes(sample_product.image(good=twin == "good"))
        product = Product(sample_product.MAKER, sample_product.MODEL, VERSION)
        claims = read_document("tidewatch2.toml", sample_product.declaration().encode()) if twin == "bad" else None
        assessment = assess(image, product, today=today, declaration=claims)
        width = shutil.get_terminal_size((100, 40)).columns
        print(terminal.render(assessment, width=width, colour=sys.stdout.isatty()))
        report = folder / f"{twin}.html"
        report.write_text(html.render(assessment), encoding="utf-8")
        print(f"The {twin} twin's report is in {report}\n")


if __name__ == "__main__":
    main()
