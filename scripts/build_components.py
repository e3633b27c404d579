"""Write the components of `knowledge/components/` into the one file that the program reads, or with --check compare."""

from __future__ import annotations

import sys
from pathlib import Path

from plimsoll.knowledge.components import READY, ready_form

PATH = Path(__file__).parent.parent / "src/plimsoll/knowledge" / READY


def main() -> int:
    """Write the file; with --check, fail when it is behind."""
    text = ready_form()
    if "--check" not in sys.argv[1:]:
        PATH.write_text(text, encoding="utf-8")
    elif not PATH.exists() or PATH.read_text(encoding="utf-8") != text:
        print(f"{PATH.name} is behind the files of the components; run `make docs`", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
