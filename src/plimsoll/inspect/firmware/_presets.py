"""Which units systemd switches on by itself at the very first boot: machine-id(5) and systemd.preset(5)."""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._units import Unit, template_of

CONDITION = b"presets are applied at the first boot, as there is no /etc/machine-id"

MOST_RULES = 1_000
"""Lines of presets that are read."""

_FOLDERS = (b"etc/systemd/system-preset", b"run/systemd/system-preset", b"usr/local/lib/systemd/system-preset",
            b"usr/lib/systemd/system-preset", b"lib/systemd/system-preset")  # fmt: skip


class Presets:
    """The presets of a tree; none are applied where the tree has a machine id, even an empty one."""

    def __init__(self, boot: Boot) -> None:
        node = boot.tree.resolve(b"etc/machine-id")
        self._applied = node is None or boot.text(b"etc/machine-id").strip() == b"uninitialized"
        self._rules = _rules(boot) if self._applied else []

    def enables(self, unit: Unit) -> bool:
        """Tell whether a unit is switched on: the first rule with its name counts, without one it is."""
        if not self._applied or not any(
            unit.last(b"Install", key) for key in (b"WantedBy", b"RequiredBy", b"UpheldBy")
        ):
            return False
        names = (unit.name, template_of(unit.name) or unit.name)
        for verb, pattern in self._rules:
            if any(fnmatchcase(name, pattern) for name in names):
                return verb == b"enable"
        return not unit.name.partition(b"@")[2].startswith(b".")


def _rules(boot: Boot) -> list[tuple[bytes, bytes]]:
    """Read the presets sorted by the names of their files; of two with one name the first of the path counts."""
    found: dict[bytes, bytes] = {}
    for folder in _FOLDERS:
        real = boot.tree.resolve(folder)
        for node in boot.tree.glob(real.path) if real else ():
            if node.path.endswith(b".preset"):
                found.setdefault(posixpath.basename(node.path), node.path)
    lines = [line.split() for name in sorted(found) for line in boot.text(found[name]).split(b"\n")]
    rules = [(words[0], words[1][:255]) for words in lines if len(words) > 1 and words[0] in (b"enable", b"disable")]
    return rules[:MOST_RULES]
