"""ESP-IDF, by the description that its build puts into each application.

Source: Espressif's documentation of the application image format, structure `esp_app_desc_t`.

| offset | size | name | meaning |
| 0 | 4 | magic | 0xABCD5432, little-endian |
| 4 | 4 | secure version | |
| 16 | 32 | version | of the application |
| 48 | 32 | project | name of the application |
| 80 | 16 | time | of the build |
| 96 | 16 | date | of the build |
| 112 | 32 | idf version | `v` and the release, as git describes it |
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.package import Package, Reader, text
from plimsoll.inspect.inspector import Look, Pattern
from plimsoll.regex import regex

MAGIC = b"\x32\x54\xcd\xab"
SIZE = 144
_PATTERN = Pattern("esp-app-description", rb"\x32\x54\xcd\xab", (MAGIC,), longest=8, kinds=("binary", "elf"))
_IDF = regex(rb"v(\d{1,2}\.\d{1,3}[\w.-]{0,24})\0")
_NAME = regex(rb"([\x21-\x7e][\x20-\x7e]{0,30})\0")


_VERSION = regex(rb"v?(\d[\w.+-]{0,30})\0")


def _read(look: Look) -> Iterator[Package]:
    for match in look.matches[_PATTERN.name]:
        at = match.start()
        description = look.data[at : at + SIZE]
        idf = _IDF.match(description, 112)
        if idf is None:
            continue
        yield Package("esp-idf", text(idf[1]), at, SIZE)
        project, version = _NAME.match(description, 48), _VERSION.match(description, 16)
        if project is not None:
            yield Package(text(project[1]), text(version[1]) if version else "", at, SIZE)


ESP_IDF = Reader("generic", "build-info", lambda look: _PATTERN.name in look.matches, _read, patterns=(_PATTERN,))
