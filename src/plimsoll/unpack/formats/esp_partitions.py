"""Recognises a partition table of Espressif's chips that stands alone, as it is built and flashed.

Sources and layout: see `_esp_table.py`. Where the flash around it is there as well, `esp_flash.py` opens that.
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, View
from plimsoll.unpack.formats._esp_table import SIGNS, read_table
from plimsoll.unpack.limits import Budget

_SHOWN = 12


def open_esp_partitions(view: View, budget: Budget) -> Container:
    """Read the table at the beginning of a view; raise NotThisFormat when an entry makes no sense."""
    budget.check_time()
    table = read_table(view)
    said = [f"{one.name or '-'} ({one.kind}) at {one.offset:#x}" for one in table.entries[:_SHOWN]]
    if len(table.entries) > _SHOWN:
        said.append(f"{len(table.entries) - _SHOWN} more")
    return Container(table.length, (), ", ".join(said), table.problems)


FORMAT = Format(
    "esp-partitions",
    "partition table of Espressif's chips",
    tuple(map(Magic, SIGNS)),
    open_esp_partitions,
    only_recognised=True,
)
