"""Components by the text with which they name themselves, told by what sort of file the text stands in.

A banner in the program or library itself is its own; one in a file that loads the library from elsewhere is a mention
and no copy; the rest is a copy that was linked in. Source: `knowledge.components`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import Literal
from urllib.parse import quote

import msgspec

from plimsoll.inspect.elf import Elf, MalformedElf, NotElf, read_elf
from plimsoll.inspect.firmware._self_named import read_self_named, spellings
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.knowledge.components import Inside, KnownComponent, is_possible, load
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component
from plimsoll.model.facts.component import ComponentBasis
from plimsoll.regex import regex

LONGEST_BANNER = 160
MOST_PADDING = 8
"""Most zero bytes between two texts that stand next to each other."""
MOST_VERSIONS = 8
"""A file that names more versions of one component than this holds a list of versions, and not the component."""

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
    holds: tuple[bytes, ...]

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
        holds=tuple(text.encode() for text in component.holds),
    )


_KNOWN = tuple(_known(component) for component in load())
_ORDER = {one.component.name: number for number, one in enumerate(_KNOWN)}
_BY_PATTERN = {name: one for one in _KNOWN for name in one.banners}
_FORMS = {name: banner for one in _KNOWN for name, banner in zip(one.banners, one.component.banners, strict=True)}
_BY_NAME: dict[bytes, tuple[_Known, ...]] = {}
for _one in _KNOWN:
    for _name in _one.names:
        _BY_NAME[_name] = (*_BY_NAME.get(_name, ()), _one)
_LIBRARIES = tuple(library for one in _KNOWN for library in one.libraries)
_WITH_LIBRARIES = tuple(one for one in _KNOWN if one.libraries)
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


class Presence(msgspec.Struct, frozen=True):
    """A library by its soname that may be the only sign of its component in a tree."""

    component: str
    is_named: bool
    """Whether the file gave the component itself, so that there is no need to conclude it."""
    build: str = ""
    """Build id of the component's own file; files of one build id are one build, whatever they are called."""
    version: str = ""
    """Version that the file gave."""


def has_own_name(look: Look) -> bool:
    """Tell whether a program or library bears a name of a component."""
    if look.kind != "elf":
        return False
    name = look.name
    return name in _BY_NAME or name.startswith(_LIBRARIES) or any(one.owns(name) for one in _GLOBS)


def read_banners(look: Look) -> Iterator[Seen | Presence]:
    """Give each component and version once, by its first banner, else by what else the file says of it."""
    if look.kind != "elf" and (look.name.endswith(_WORDS) or is_documentation(look.path)):
        return
    elf = _elf(look)
    owners = _owners(look.name) | (_owners(elf.soname) if elf is not None and elf.soname else frozenset())
    mentioned = {_BY_PATTERN[name].component.name for name in look.matches if name in _BY_PATTERN}
    unnamed: list[_Known] = []
    named = False
    for name in sorted(owners | mentioned, key=_ORDER.__getitem__):
        one = _KNOWN[_ORDER[name]]
        linkage = _linkage(one, elf, look.data, name in owners)
        found = list(_by_banner(one, look, linkage))
        if name in owners and not any(isinstance(seen.fact, Component) and seen.fact.version for seen in found):
            found = list(_by_itself(one, look, elf, len(owners) == 1 and not found)) or found
        named = named or bool(found and one.component.kind == "program")
        yield from found
        if found and linkage != "dynamic":
            yield Presence(name, True, elf.build_id if elf is not None and name in owners else "", _version(found))
        elif elf is not None and name in owners:
            unnamed.append(one)
    for one in unnamed:
        by_name = list(_by_name(one, look, named))
        yield from by_name
        if by_name or (elf is not None and owners == {one.component.name} and _is_of(elf, one)):
            yield Presence(one.component.name, bool(by_name), elf.build_id if elf is not None else "")


def _version(found: Sequence[Seen]) -> str:
    """Give the version that a file states; empty where it states none or several."""
    versions = {seen.fact.version for seen in found if isinstance(seen.fact, Component)}
    return versions.pop() if len(versions) == 1 else ""


def _is_of(elf: Elf, one: _Known) -> bool:
    """Tell whether a file of a component's name is a library by its soname too, or loads one of that component."""
    return bool(one.libraries) and any(name.startswith(one.libraries) for name in (elf.soname, *elf.needed))


def conclude_presence(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give each component whose library is in a tree where nothing else shows it, by its first.

    It has no version, unless a file of the same build has one elsewhere, as a slot or an initramfs holds copies.
    """
    named = {(one.tree.stem.at(), one.value.component) for one in kept if one.value.is_named}
    builds = {one.value.build: one.value for one in kept if one.value.build and one.value.version}
    for one in kept:
        key = (one.tree.stem.at(), one.value.component)
        if key not in named:
            named.add(key)
            known = _KNOWN[_ORDER[one.value.component]]
            same = builds.get(one.value.build)
            version = same.version if same is not None and same.component == one.value.component else ""
            fact = _fact(known, version, "build-info" if version else "file-name", "")
            yield Observation(fact, one.where, inspector)


def _owners(name: bytes) -> frozenset[str]:
    """Name the components of which a base name or soname is one."""
    owners = {one.component.name for one in (*_BY_NAME.get(name, ()), *_GLOBS) if one.owns(name)}
    if name.startswith(_LIBRARIES):
        owners.update(one.component.name for one in _WITH_LIBRARIES if name.startswith(one.libraries))
    return frozenset(owners)


def _elf(look: Look) -> Elf | None:
    try:
        return read_elf(look.data) if look.kind == "elf" else None
    except (NotElf, MalformedElf):
        return None


def _linkage(one: _Known, elf: Elf | None, data: bytes, is_own: bool) -> _Linkage:
    kind = one.component.kind
    if is_own or (kind == "image" and elf is None) or (kind == "suite" and elf is not None and elf.kind == "program"):
        return "own"
    if one.holds and not any(text in data for text in one.holds):
        return "dynamic"
    if elf is None or not one.libraries:
        return "static"
    return "dynamic" if any(name.startswith(one.libraries) for name in elf.needed) else "static"


def _by_banner(one: _Known, look: Look, linkage: _Linkage) -> Iterator[Seen]:
    """Give the versions that banners state; a banner without a version counts where none states one."""
    each = ((name, match) for name in one.banners for match in look.matches.get(name, ()))
    matches = sorted(each, key=lambda at: at[1].start())
    versions: dict[str, re.Match[bytes]] = {}
    for name, match in matches:
        version = "" if _is_cut(match) else _FORMS[name].read(printable(match.groupdict().get("version") or b""))
        if not version or is_possible(version):
            versions.setdefault(_told(one, version), match)
    stated = {version: match for version, match in versions.items() if version} or versions
    if len(stated) > MOST_VERSIONS:
        return
    for version, match in stated.items():
        yield Seen(_fact(one, version, "banner", linkage), match.start(), match.end() - match.start())


def _told(one: _Known, version: str) -> str:
    """Give a version, or nothing for one that a later release states too: that shows the component and no version."""
    return "" if version in one.component.stale else version


_MORE = regex(rb"\d|\.\d|[a-z](?![A-Za-z0-9])")
"""What goes on behind a version that was not read to its end: a number, or a letter of a release."""


def _is_cut(match: re.Match[bytes]) -> bool:
    """Tell whether a version goes on where the pattern stopped, so that what it read is another one."""
    return bool(match.groupdict().get("version") and _MORE.match(match.string, match.end("version")))


def _by_itself(one: _Known, look: Look, elf: Elf | None, is_by_words: bool) -> Iterator[Seen]:
    """Give the version that a component's own file states in another way than by a banner.

    Its words are read where no sign of its own says anything, not even two things that contradict each other.
    """
    for inside in one.component.inside:
        found = _inside(one, inside, look)
        if len(found) == 1:
            yield found[0]
            return
        is_by_words = is_by_words and not found
    if elf is None:
        return
    if number := _number(one, look.name.decode("latin-1")):
        yield Seen(_fact(one, number, "file-name", ""))
    elif is_by_words and (
        stated := read_self_named(_own_names(one.component.name, elf.soname or look.name), look.data)
    ):
        version, (offset, length) = stated
        if is_possible(text := printable(version)):
            yield Seen(_fact(one, _told(one, text), "banner", "own"), offset, length)


def _number(one: _Known, name: str) -> str:
    """Give the release that the number in the name of a library stands for."""
    matches = (re.fullmatch(regex, name) for regex in one.component.file_versions)
    stated = next((match["version"] for match in matches if match), "")
    return _told(one, stated or next(filter(None, (number.read(name) for number in one.component.file_numbers)), ""))


@lru_cache(maxsize=1024)
def _own_names(component: str, name: bytes) -> tuple[bytes, ...]:
    """Name a component as it may name itself: by its name, and by that of a file that no other project has."""
    one = _KNOWN[_ORDER[component]]
    names = {component}
    if name.startswith(one.libraries or (b"\0",)):
        names.add(_NUMBERS.split(name.decode("latin-1"))[0])
    elif name.decode("latin-1") in one.component.present:
        names.add(name.decode("latin-1"))
    return tuple(spelt for one_name in sorted(names) for spelt in spellings(one_name))


_NUMBERS = regex(r"\.so|-\d")
"""Where the name of a library ends and its numbers begin."""


def _inside(one: _Known, inside: Inside, look: Look) -> list[Seen]:
    """Give each version that stands alone in a component's own file, by its first place."""
    if inside.marker.encode() not in look.data:
        return []
    data = look.data
    matches = [match for match in _ended(inside).finditer(data) if _begins_a_text(data, match.start())]
    texts = [match for match in matches if data[match.start() - 1 : match.start()] == b"\0"]
    found: dict[str, re.Match[bytes]] = {}
    for match in texts or matches:
        version = printable(match.groupdict().get("version") or match[0])
        if not is_possible(version) or (_OF_ZLIB.fullmatch(version) and _CALLS_ZLIB in data):
            continue
        if not inside.beside or _is_beside(data, match, inside.beside.encode()):
            found.setdefault(version, match)
    return [
        Seen(_fact(one, _told(one, version), "banner", "own"), match.start(), len(match[0]))
        for version, match in found.items()
    ]


_CALLS_ZLIB = b"flateInit"
_OF_ZLIB = regex(r"1\.(?:2\.\d{1,2}(?:\.\d)?|3(?:\.\d)?)")
"""Versions of zlib: whoever calls it hands over the one that it was compiled with, as a text of its own."""


@cache
def _ended(inside: Inside) -> re.Pattern[bytes]:
    """Compile what stands at the end of a text. What goes before it is looked at where it matches: that is faster."""
    return regex(rb"(?:" + inside.regex.encode() + rb")(?=\0)")


def _begins_a_text(data: bytes, at: int) -> bool:
    """Tell whether nothing printable goes before an offset, but for the end of a constant.

    Linkers put texts right behind constants of eight bytes, and the last byte of a floating-point number is often the
    letter `?`, `@` or `A`.
    """
    before = data[max(0, at - 2) : at]
    return not _PRINTABLE.match(before[-1:]) or (before[-1:] in b"?@A" and not _PRINTABLE.match(before[:-1]))


_PRINTABLE = regex(rb"[\x20-\x7e]")


def _is_beside(data: bytes, match: re.Match[bytes], text: bytes) -> bool:
    """Tell whether a text stands next to a match, with nothing but zero bytes between them."""
    after = data[match.end() : match.end() + MOST_PADDING + len(text) + 1].lstrip(b"\0")
    before = data[max(0, match.start() - MOST_PADDING - len(text) - 1) : match.start()].rstrip(b"\0")
    return after.startswith(text + b"\0") or before.endswith(b"\0" + text)


def _by_name(one: _Known, look: Look, named: bool) -> Iterator[Seen]:
    """Give a component by the name of its file; `named` when the file has named itself as another program."""
    if not named and look.name.decode("latin-1") in one.component.present:
        yield Seen(_fact(one, "", "file-name", ""))


def _fact(one: _Known, version: str, basis: ComponentBasis, linkage: _Linkage | Literal[""]) -> Component:
    name = one.component.name
    template = one.component.purl or f"pkg:generic/{name}@{{version}}"
    url = template.replace("{version}", quote(version, safe=":~")) if version else template.partition("@")[0]
    return Component(name, version, basis, url, linkage)
