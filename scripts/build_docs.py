"""Write the generated pages of docs/, or with --check say which of them differ from what the program gives.

Pages: the JSON Schema of an assessment.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from plimsoll.model.codec import schema

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> dict[str, str]:
    """Give each generated page by its path under docs/."""
    return {
        "assessment.schema.json": json.dumps(schema(), indent=2, sort_keys=True) + "\n",
    }


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page differs")
    check = parser.parse_args().check
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"docs/ is behind the program: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
