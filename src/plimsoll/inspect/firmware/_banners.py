"""Components by the text with which they name themselves, told by what sort of file the text stands in.

A banner in the program or library itself is its own; one in a file that loads the library from elsewhere is a mention
and no copy; the rest is a copy that was linked in. Source: `knowledge.components`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import quote

import msgspec

from plimsoll.inspect.elf import Elf, MalformedElf, NotElf, read_elf
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.model.facts import Component
from plimsoll.model.facts.component import ComponentBasis

LONGEST_BANNER = 160
MOST_VERSIONS = 8
"""Most versions of one component that are taken from one file."""

_WORDS = (b".pyc", b".pyo", b".mo", b".class", b".pdf", b".swf", b".wasm")
"""Ends of names of files that hold the words of a source text, comments and messages among them, and no such code."""

_Linkage = Literal["own", "static", "dynamic"]


class _Known(msgspec.Struct, frozen=True):
    """A component with its signs as bytes."""

    component: KnownComponent
    banners: tuple[str, ...]
    """Names of its patterns."""
    names: frozenset[bytes]
    """Base names of its programs."""
    globs: tuple[str, ...]
    """Further base names of its programs."""
    libraries: tuple[bytes, ...]

    def owns(self, name: bytes) -> bool:
        """Tell whether a base name or soname is one of its own."""
        if name in self.names or (self.libraries and name.startswith(self.libraries)):
            return True
        return any(fnmatchcase(name.decode("latin-1"), glob) for glob in self.globs)


def _known(component: KnownComponent) -> _Known:
    plain = {name for name in component.files if not set(name) & set("*?[")}
    return _Known(
        component=component,
        banners=tuple(f"{component.name}-{number}" for number in range(len(component.banners))),
        names=frozenset(name.encode() for name in plain),
        globs=tuple(name for name in component.files if name not in plain),
        libraries=tuple(library.encode() for library in component.libraries),
    )


_KNOWN = tuple(_known(component) for component in load())
_NAMES = frozenset(name for one in _KNOWN for name in one.names)
_LIBRARIES = tuple(library for one in _KNOWN for library in one.libraries)
_GLOBS = tuple(one for one in _KNOWN if one.globs)

PATTERNS = tuple(
    Pattern(
        name,
        banner.regex.encode(),
        tuple(literal.encode() for literal in banner.literals),
        longest=LONGEST_BANNER,
        kinds=("elf", "binary"),
    )
    for one in _KNOWN
    for name, banner in zip(one.banners, one.component.banners, strict=True)
)


def has_own_name(look: Look) -> bool:
    """Tell whether a program or library bears a name of a component."""
    if look.kind != "elf":
        return False
    name = look.name
    return name in _NAMES or name.startswith(_LIBRARIES) or any(one.owns(name) for one in _GLOBS)


def read_banners(look: Look) -> Iterator[Seen]:
    """Give each component and version once, by its first banner, else by what else the file says of it."""
    if look.kind != "elf" and (look.name.endswith(_WORDS) or is_documentation(look.path)):
        return
    elf = _elf(look)
    unnamed: list[_Known] = []
    named = False
    for one in _KNOWN:
        is_own = one.owns(look.name) or (elf is not None and one.owns(elf.soname))
        found = list(_by_banner(one, look, _linkage(one, elf, is_own)))
        found = found or (list(_inside(one, look)) if is_own else [])
        named = named or bool(found and one.component.kind == "program")
        yield from found
        if elf is not None and is_own and not found:
            unnamed.append(one)
    for one in unnamed:
        yield from _by_name(one, look, named)


def _elf(look: Look) -> Elf | None:
    try:
        return read_elf(look.data) if look.kind == "elf" else None
    except (NotElf, MalformedElf):
        return None


def _linkage(one: _Known, elf: Elf | None, is_own: bool) -> _Linkage:
    kind = one.component.kind
    if is_own or (kind == "image" and elf is None) or (kind == "suite" and elf is not None and elf.kind == "program"):
        return "own"
    if elf is None or not one.libraries:
        return "static"
    return "dynamic" if any(name.startswith(one.libraries) for name in elf.needed) else "static"


def _by_banner(one: _Known, look: Look, linkage: _Linkage) -> Iterator[Seen]:
    """Give the versions that banners state; a banner without a version counts where none states one."""
    matches = sorted((match for name in one.banners for match in look.matches.get(name, ())), key=lambda at: at.start())
    versions: dict[str, re.Match[bytes]] = {}
    for match in matches:
        versions.setdefault(printable(match.groupdict().get("version") or b""), match)
    stated = {version: match for version, match in versions.items() if version} or versions
    for version, match in list(stated.items())[:MOST_VERSIONS]:
        yield Seen(_fact(one, version, "banner", linkage), match.start(), match.end() - match.start())


def _inside(one: _Known, look: Look) -> Iterator[Seen]:
    """Give the one version that stands alone in a component's own file; nothing when there are several."""
    inside = one.component.inside
    if inside is None or inside.marker.encode() not in look.data:
        return
    alone = re.compile(rb"(?<=\0)(?:" + inside.regex.encode() + rb")(?=\0)")
    found = {match[0]: match for match in alone.finditer(look.data)}
    if len(found) == 1:
        (match,) = found.values()
        version = printable(match.groupdict().get("version") or match[0])
        yield Seen(_fact(one, version, "banner", "own"), match.start(), len(match[0]))


def _by_name(one: _Known, look: Look, named: bool) -> Iterator[Seen]:
    """Give a component by the name of its file; `named` when the file has named itself as another program."""
    for regex in one.component.file_versions:
        if match := re.fullmatch(regex.encode(), look.name):
            yield Seen(_fact(one, printable(match["version"]), "file-name", ""))
            return
    if not named and look.name in (name.encode() for name in one.component.present):
        yield Seen(_fact(one, "", "file-name", ""))


def _fact(one: _Known, version: str, basis: ComponentBasis, linkage: _Linkage | Literal[""]) -> Component:
    name = one.component.name
    template = one.component.purl or f"pkg:generic/{name}@{{version}}"
    url = template.replace("{version}", quote(version, safe=":~")) if version else template.partition("@")[0]
    return Component(name, version, basis, url, linkage)
