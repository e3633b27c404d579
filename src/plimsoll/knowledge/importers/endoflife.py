"""Lifetimes of releases, as endoflife.date gives them: its API of version 1, and the older form of one product.

Source: the OpenAPI description of endoflife.date's API v1 (`/products/full`, `/products/NAME`), and of v0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from plimsoll.knowledge.importers.importer import (
    RANGES,
    Edition,
    Importer,
    Part,
    Read,
    Record,
    Unusable,
    day,
    shown,
    typed,
    version,
)
from plimsoll.knowledge.vulnerability import Lifetime
from plimsoll.model.message import message

_PRODUCT = re.compile(r"[a-z0-9][a-z0-9._+-]{0,99}")


class _Latest(msgspec.Struct):
    name: str = ""


class _Release(msgspec.Struct):
    name: str
    releaseDate: str | None = None
    eoasFrom: str | None = None
    isEol: bool | None = None
    eolFrom: str | None = None
    latest: _Latest | None = None


class _Product(msgspec.Struct):
    name: str
    releases: list[_Release]


class _Cycle(msgspec.Struct):
    cycle: str | int | float
    releaseDate: str | None = None
    support: str | bool | None = None
    eol: str | bool | None = None
    latest: str | None = None


class EndOfLife(Importer):
    """Reads products with their releases."""

    id = "endoflife"
    title = "Is this from endoflife.date?"
    what = "For each line of releases: its day, end of active and of security support, whether it is over, the newest."
    limits = (
        "Extended support that is paid for is left. The older form does not name its product: the file's name does."
    )
    source = "endoflife"
    licence = "MIT"
    holes = "Lists some hundred products, few of them libraries; what makers of chips support is not in it."

    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Know it by a product with releases, or by a first line of releases."""
        result, first = seen.get("result"), seen.get("")
        one = result[0] if isinstance(result, list) and result else result
        if isinstance(one, dict):
            return "releases" in one and "name" in one
        return bool(first and isinstance(first[0], dict) and "cycle" in first[0] and "eol" in first[0])

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give each product as it comes."""
        cycles: list[object] = []
        name = ""
        for part in parts:
            if part.key == "result" and (part.is_element or isinstance(part.value, dict)):
                yield self._product(part.value)
            elif part.key == "generated_at" and isinstance(part.value, str):
                yield Edition(self.source, day(part.value))
            elif part.key == "file":
                name = str(part.value)
            elif part.key == "" and part.is_element and len(cycles) < RANGES:
                cycles.append(part.value)
        if cycles:
            yield self._cycles(name, cycles)

    def _product(self, value: object) -> Record | Unusable:
        name = value.get("name", "") if isinstance(value, dict) else ""
        product = typed(value, _Product, name)
        if isinstance(product, Unusable):
            return product
        return self._record(product.name, [
            Lifetime(product.name, one.name, day(one.releaseDate), day(one.eoasFrom), day(one.eolFrom),
                     None if day(one.eolFrom) else one.isEol, version(one.latest.name if one.latest else ""))
            for one in product.releases
        ])  # fmt: skip

    def _cycles(self, file_name: str, values: list[object]) -> Record | Unusable:
        name = file_name.partition(".")[0].lower()
        cycles = typed(values, list[_Cycle], name)
        if isinstance(cycles, Unusable):
            return cycles
        return self._record(name, [
            Lifetime(name, str(one.cycle), day(one.releaseDate), _day(one.support), _day(one.eol),
                     one.eol if isinstance(one.eol, bool) else None, version(one.latest or ""))
            for one in cycles
        ])  # fmt: skip

    def _record(self, name: str, lifetimes: list[Lifetime]) -> Record | Unusable:
        if not _PRODUCT.fullmatch(name):
            return Unusable(shown(name), message("the name is none of a product"))
        return Record(self.source, name, "", lifetimes=tuple(one for one in lifetimes if version(one.cycle)))


def _day(given: str | bool | None) -> str:
    return day(given) if isinstance(given, str) else ""
