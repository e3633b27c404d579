"""The packages of an image of the Yocto Project, by the list of licences that its build may put into it.

Source: the Yocto Project's manual, `COPY_LIC_MANIFEST`: paragraphs with `PACKAGE NAME`, `PACKAGE VERSION`,
`RECIPE NAME`.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.control import paragraphs
from plimsoll.inspect.firmware._packages.package import LARGEST_DATABASE, MOST_PACKAGES, Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

_PATH = regex(rb"(?:.*/)?share/common-licenses/license\.manifest")


def _read(look: Look) -> Iterator[Package]:
    for number, (offset, paragraph) in enumerate(paragraphs(look.data[:LARGEST_DATABASE])):
        if number >= MOST_PACKAGES:
            return
        lines = (line.partition(b":") for line in paragraph.split(b"\n"))
        fields = {name.strip(): text(value) for name, colon, value in lines if colon}
        name, version = fields.get(b"PACKAGE NAME"), fields.get(b"PACKAGE VERSION")
        if name and version:
            yield Package(name, version, offset, len(paragraph), source=fields.get(b"RECIPE NAME", ""))


MANIFEST = Reader(
    "generic",
    "package-database",
    lambda look: _PATH.fullmatch(look.path) is not None,
    _read,
    names=frozenset((b"license.manifest",)),
)
