"""Java archives, by what Maven writes into them, or else by their manifest.

Source: Maven's archiver (`META-INF/maven/<group>/<artifact>/pom.properties` with `groupId`, `artifactId`, `version`);
the JAR file specification (`Implementation-Title`, `Implementation-Version`); OSGi core, chapter 3 (`Bundle-*`).

An archive that was put together of several holds a `pom.properties` of each: all of them are in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._packages.package import Package, Reader, text
from plimsoll.inspect.inspector import Look
from plimsoll.model.locator import Member
from plimsoll.regex import regex

LARGEST_FILE = 256 << 10
_POM = regex(rb"(?:.*/)?META-INF/maven/(?P<group>[^/]+)/(?P<artifact>[^/]+)/pom\.properties")
_ARCHIVE = regex(rb"(?:.*/)?(?P<name>[A-Za-z][\w.+-]*?)(?:-(?P<version>\d[\w.+]*(?:-[\w.+]+)?))?\.[jwe]ar")
_VERSION = regex(r"\d[\w.+-]*")


def _read_pom(look: Look) -> Iterator[Package]:
    values = {}
    for line in look.data[:LARGEST_FILE].splitlines():
        name, equals, value = line.partition(b"=")
        if equals and not line.startswith((b"#", b"!")):
            values[name.strip()] = text(value)
    group, artifact, version = (values.get(key, "") for key in (b"groupId", b"artifactId", b"version"))
    if group and artifact and _VERSION.fullmatch(version):
        yield Package(artifact, version, None, None, namespace=group)


def _archive(look: Look) -> re.Match[bytes] | None:
    """Give the name of the archive that the file lies in; None when it lies in none."""
    members = [step for step in look.file.tree.stem.steps if isinstance(step, Member)]
    return _ARCHIVE.fullmatch(members[-1].path) if members else None


def _read_manifest(look: Look) -> Iterator[Package]:
    archive = _archive(look)
    if archive is None:
        return
    fields: dict[str, str] = {}
    main = re.split(rb"\r?\n\r?\n", look.data[:LARGEST_FILE], maxsplit=1)[0]
    for line in re.sub(rb"\r?\n ", b"", main).splitlines():
        name, colon, value = line.partition(b":")
        if colon:
            fields[name.decode("latin-1").lower()] = text(value)
    stated = fields.get("implementation-version") or fields.get("bundle-version") or ""
    version = stated if _VERSION.fullmatch(stated) else text(archive["version"] or b"")
    if version:
        symbolic = fields.get("bundle-symbolicname", "").partition(";")[0].strip()
        yield Package(symbolic or text(archive["name"]), version, None, None)


POM = Reader(
    "maven",
    "build-info",
    lambda look: _POM.fullmatch(look.path) is not None,
    _read_pom,
    names=frozenset((b"pom.properties",)),
)
MANIFEST = Reader(
    "generic",
    "build-info",
    lambda look: look.path == b"META-INF/MANIFEST.MF",
    _read_manifest,
    names=frozenset((b"MANIFEST.MF",)),
    yields_to="pom",
)
