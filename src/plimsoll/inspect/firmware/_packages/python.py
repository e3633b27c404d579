"""Python distributions, by the metadata that their installer leaves beside them.

Source: the Python packaging specifications: core metadata (`Name`, `Version`), recording installed projects
(`<name>-<version>.dist-info/METADATA`), and the older `.egg-info` file or folder with `PKG-INFO`.

A folder whose name does not agree with the metadata in it was not made by an installer, and a wheel that lies in the
image is packed and not installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.package import Package, Reader, text
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Look
from plimsoll.model.locator import Member
from plimsoll.regex import regex

LARGEST_METADATA = 1 << 20
_PATH = regex(rb"(?P<above>.*/)?(?:(?P<folder>[^/]+)\.(?:dist-info/METADATA|egg-info(?:/PKG-INFO)?)|EGG-INFO/PKG-INFO)")
_FIXTURES = frozenset((b"fixtures", b"testdata", b"test-data", b"test_data"))
_FIELD = regex(rb"(Name|Version):([^\n]*)")
_NAME = regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def _is_one(look: Look) -> bool:
    match = _PATH.fullmatch(look.path)
    if match is None or _is_in_a_wheel(look):
        return False
    above = match["above"] or b""
    return not is_documentation(above + b"x") and _FIXTURES.isdisjoint(above.split(b"/"))


def _is_in_a_wheel(look: Look) -> bool:
    return any(isinstance(step, Member) and step.path.endswith(b".whl") for step in look.file.tree.stem.steps)


def _read(look: Look) -> Iterator[Package]:
    fields: dict[bytes, str] = {}
    head = re.split(rb"\r?\n\r?\n", look.data[:LARGEST_METADATA], maxsplit=1)[0]
    for line in head.splitlines():
        if match := _FIELD.fullmatch(line):
            fields.setdefault(match[1], text(match[2]))
    name, version = fields.get(b"Name", ""), fields.get(b"Version", "")
    if version and _NAME.fullmatch(name) and _agrees(look.path, name):
        yield Package(_normal(name), version, None, None)


def _agrees(path: bytes, name: str) -> bool:
    match = _PATH.fullmatch(path)
    if match is None or match["folder"] is None:
        return True
    folder = match["folder"].decode("latin-1")
    return _normal(folder) == _normal(name) or _normal(folder).startswith(_normal(name) + "-")


def _normal(name: str) -> str:
    """Write a name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


FOLDER = Reader("pypi", "package-database", _is_one, _read, names=frozenset((b"METADATA", b"PKG-INFO")))
FILE = Reader("pypi", "package-database", lambda look: look.name.endswith(b".egg-info") and _is_one(look), _read)
