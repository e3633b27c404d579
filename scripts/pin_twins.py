"""Pin the packages that the twins are built from: the newest of each release, with its SHA-256.

Run it by hand when the archive no longer gives what is pinned, then read what `make accuracy` says of the new ones.
"""

from __future__ import annotations

import re
import shutil
import sys

from scripts.twins import debian
from scripts.twins.pairs import wanted

_URI = re.compile(r"^'[^']*' ([^_\s]+)_(\S+)_(\w+)\.deb \d+ SHA256:([0-9a-f]{64})$", re.MULTILINE)


def main() -> int:
    """Ask apt for the newest version of each package, and write the pins."""
    names = sorted(wanted())
    architectures = sorted({architecture for architecture, _ in names})
    debian.PINS.write_text("".join(f"[{one}]\n" for one in architectures), "utf-8")
    shutil.rmtree(debian.FOLDER / "apt", ignore_errors=True)
    out = debian.apt("apt-get", "--print-uris", "download", *(debian.asked(*one) for one in names))
    found = {(match[3], match[1]): (match[2].replace("%3a", ":"), match[4]) for match in _URI.finditer(out)}
    if missing := [one for one in names if one not in found]:
        print(f"the archive does not have {missing}", file=sys.stderr)
        return 1
    text = "# Packages of Debian that the twins are built from: version and SHA-256. Written by scripts/pin_twins.py.\n"
    for architecture in architectures:
        rows = [
            f'"{name}" = ["{found[arch, name][0]}", "{found[arch, name][1]}"]\n'
            for arch, name in names
            if arch == architecture
        ]
        text += f"\n[{architecture}]\n" + "".join(rows)
    debian.PINS.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
