"""Measure the identification of components on packages of Debian: `make accuracy-components`.

Each package is unpacked into a tree without its record, the inspection of components runs over it, and what it says is
held against the record. Found: the component of the package is named. Right: a stated version is that of the record.
Fetched packages are kept in a folder outside the tree, so that a second run fetches nothing.
"""

from __future__ import annotations

import argparse
import datetime
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from _debian import Package, available, fetch, is_usable, programs
from _presence import is_shown
from plimsoll.inspect.firmware.components import Components
from plimsoll.inspect.scan import Scan
from plimsoll.knowledge.components import KnownComponent, load
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Component
from plimsoll.sources.tree import File, Node, Stem, Tree

PAGE = Path(__file__).parent.parent / "docs" / "components.md"
COPIES = Path(__file__).parent / "known_copies.toml"
_KNOWN = {one.name: one for one in load()}


class Result(msgspec.Struct):
    """What came of one package."""

    package: Package
    has_name: bool = False
    has_version: bool = False
    is_shown: bool = False
    """Whether a file holds the version of the record as text, by no sign of ours."""
    wrong: list[str] = msgspec.field(default_factory=list)
    right: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print what is missed or wrong, and write the page when asked."""
    options = _options(arguments)
    if not is_usable():
        print("apt-get and dpkg-deb are needed: run this on Debian", file=sys.stderr)
        return 2
    started = time.process_time()
    known = [(one, other) for one in options.releases.split(",") for other in options.architectures.split(",")]
    rows = {one: measure(options.cache, *one, options.most) for one in known}
    unseen = [(one, other) for one, _, other in (each.partition(":") for each in options.unseen.split(",") if each)]
    others = {one: measure(options.cache, *one, options.most) for one in unseen}
    for (release, architecture), results in (rows | others).items():
        for one in results:
            _complain(release, architecture, one)
    print("\n\n".join(table(one) for one in (rows, others) if one))
    print(f"{time.process_time() - started:.0f} s of CPU")
    if options.write:
        PAGE.write_text(page(rows, others, datetime.datetime.now(datetime.UTC).date()), "utf-8")
    return 0


def measure(cache: Path, release: str, architecture: str, most: int = 0, only: Sequence[str] = ()) -> list[Result]:
    """Measure packages of one release and architecture; `only` names components."""
    packages = [one for one in available(cache, release, architecture) if not only or one.component in only]
    packages = packages[:: max(1, len(packages) // most)] if most else packages
    paths = fetch(cache, release, architecture, packages)
    trees = {one.name: list(programs(paths[one.name])) for one in packages if one.name in paths}
    packages = [one for one in packages if trees.get(one.name)]
    stated = _inspect(trees, cache)
    copies = msgspec.toml.decode(COPIES.read_bytes(), type=dict[str, dict[str, str]])
    results = [_compare(one, stated[one.name], copies.get(one.component, {})) for one in packages]
    for one in results:
        one.is_shown = one.has_version or is_shown(one.package.upstream, _names(one.package), trees[one.package.name])
    return results


def _names(package: Package) -> set[str]:
    """Name a package's component as texts may: by its name, those of its packages, and without what `lib` adds."""
    names = {package.component, re.sub(r"[-\d.]+$", "", package.name), *_KNOWN[package.component].files}
    return {name for name in (*names, *(name.removeprefix("lib") for name in names)) if len(name) > 1}


def _inspect(trees: Mapping[str, Sequence[tuple[bytes, bytes]]], cache: Path) -> dict[str, list[Component]]:
    """Give what the inspection states of each tree; what a file only mentions is no statement."""
    seen: list[Observation] = []
    scan = Scan([Components()], b"measure", seen.append, cache)
    names = {}
    for name, files in trees.items():
        nodes = [Node(path, "file", 0o755, size=len(data)) for path, data in files]
        tree = Tree(Stem(name.encode()), "folder", nodes)
        names[str(tree.stem.at())] = name
        for node, (_, data) in zip(nodes, files, strict=True):
            scan.visit(File(tree, node, data))
    scan.conclude([])
    stated: dict[str, list[Component]] = defaultdict(list)
    for one in seen:
        if isinstance(one.fact, Component) and one.fact.linkage != "dynamic":
            stated[names[one.where.partition("/")[0]]].append(one.fact)
    return stated


def _compare(package: Package, stated: Sequence[Component], copies: Mapping[str, str]) -> Result:
    result = Result(package)
    for fact in {(one.name, one.version): one for one in stated}.values():
        own = fact.name == package.component
        result.has_name |= own
        if not fact.version:
            continue
        is_right = copies.get(fact.name, "") in ("*", fact.version) or (own and is_same(fact.version, package))
        result.has_version |= own and is_right
        result.right += is_right
        if not is_right:
            result.wrong.append(f"{fact.name} {fact.version} ({fact.basis} {fact.linkage})")
    return result


def is_same(version: str, package: Package) -> bool:
    """Tell whether a stated version is that of the record; it may tell more, such as the date of a patch.

    `2.9` and `2.9.0` are one.
    """
    stated, recorded = _plain(version), _plain(package.upstream)
    return f"{stated}.".startswith(f"{recorded}.") or f"{stated}.0" == recorded


def _plain(version: str) -> str:
    """Write a version as numbers and letters between points: `1.2~rc1` and `1.2-rc1` are one."""
    parts = re.findall(r"\d+|[a-z]+", version.lower())
    return ".".join(part.lstrip("0") or "0" if part.isdigit() else part for part in parts)


def _can_tell(component: KnownComponent) -> bool:
    """Tell whether a component has a sign that gives its version."""
    banners = any("(?P<version>" in banner.regex for banner in component.banners)
    return banners or bool(component.inside or component.file_versions or component.file_numbers)


def _complain(release: str, architecture: str, one: Result) -> None:
    package = one.package
    where = f"{release} {architecture} {package.name} {package.version} ({package.component})"
    if not one.has_name:
        print(f"missed   {where}")
    elif not one.has_version:
        sign = "" if _can_tell(_KNOWN[package.component]) else ", no sign of it"
        print(f"no number {where}: {'in a file' if one.is_shown else 'in no file'}{sign}")
    for text in one.wrong:
        print(f"wrong    {where}: {text}")


class Sums(msgspec.Struct, frozen=True):
    """Sums over packages."""

    packages: int
    components: int
    named: int
    hidden: int
    """Components whose version no file of a package holds."""
    numbered: int
    """Those of which a package showed it."""
    telling: int
    """Components that have a sign of their version."""
    signed: int
    """Those of which a package showed it."""
    right: int
    stated: int

    def row(self, *names: str) -> str:
        """Write a line of the table."""
        shares = (
            (self.named, self.packages),
            (self.numbered, self.components - self.hidden),
            (self.right, self.stated),
            (self.signed, self.telling),
        )
        named, numbered, right, signed = (_share(*one) for one in shares)
        cells = (*names, self.packages, self.components, named, self.hidden, numbered, right, signed)
        return f"| {' | '.join(map(str, cells))} |"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part} of {whole})" if whole else "-"


def sums(results: Sequence[Result]) -> Sums:
    """Add up what came of packages."""
    components = {one.package.component for one in results}
    telling = {name for name in components if _can_tell(_KNOWN[name])}
    numbered = {one.package.component for one in results if one.has_version}
    return Sums(
        packages=len(results),
        components=len(components),
        named=sum(one.has_name for one in results),
        hidden=len(components - {one.package.component for one in results if one.is_shown}),
        numbered=len(numbered),
        telling=len(telling),
        signed=len(numbered & telling),
        right=sum(one.right for one in results),
        stated=sum(one.right + len(one.wrong) for one in results),
    )


def _total(parts: Sequence[Sums]) -> Sums:
    """Add up releases and architectures: a component counts in each."""
    return Sums(*(sum(getattr(one, name) for one in parts) for name in Sums.__struct_fields__))


_Rows = Mapping[tuple[str, str], Sequence[Result]]


def table(rows: _Rows) -> str:
    """Write the table: one line for each release and architecture, and one for all."""
    lines = [
        "| release | architecture | packages | components | recall: component | version in no file | recall: version | "
        "precision | of those with a sign |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
        *(sums(results).row(*names) for names, results in rows.items()),
        _total([sums(results) for results in rows.values()]).row("all", ""),
    ]
    return "\n".join(lines)


def page(rows: _Rows, unseen: _Rows, date: datetime.date) -> str:
    """Write the page of the documentation."""
    everything = [one for results in rows.values() for one in results]
    telling = sum(_can_tell(one) for one in _KNOWN.values())
    missed = sorted({one.package.component for one in everything if not one.has_name})
    wrong = sorted({f"{one.package.component}: {text}" for one in everything for text in one.wrong})
    return f"""# How well components are identified

Written by `make accuracy-components` on {date.isoformat()}. {len(_KNOWN)} components are known; {telling} of them show
their version in what they hold or in the names of their files, the rest are known by name.

Packages of Debian are unpacked without the record of the package manager; the inspection says what it finds, and the
record decides. A package counts when it is a known component and holds programs or libraries.
`scripts/_debian.py` names the few that are left out: other software of the same name, and packages with nothing but
helpers.

- recall: component - packages whose component is named, of all;
- version in no file - components whose version no program or library of their packages holds as text, nor its path.
  Their makers write it as numbers in code, or not at all, so nobody can read it there;
- recall: version - components of which some package gives the right version, of all others: one part of a component
  often holds its version for all, as libcrypto does for OpenSSL;
- precision - right versions of all that are given. A copy of other software inside a package is right when its maker
  says so (`scripts/known_copies.toml`, which also names the few records that are not what their makers write); a
  library that is only mentioned by a program that loads it is no copy;
- of those with a sign - the stricter figure of before, beside it so that nothing is hidden: components that gave their
  version, of all for which we have any sign of one, whether these packages hold it or not.

{table(rows)}

## Whether a version is there at all

`scripts/_presence.py` looks for it without any of our signs. Where it finds one that we do not, that is a miss, even of
a component for which we have no sign. The rules lean against us: a version that stands there by accident counts as
present.

- A version of three numbers or more, or a date, counts wherever no digit and no point stands before or behind it.
- One of two numbers, such as 2.31, counts behind a name of the component or a word for version, and as a text of its
  own.
- A bare number, such as 30, counts only behind a name or a word for version: as text it stands everywhere.
- The number of a version of symbols, such as `GLIBC_2.4`, is that of an interface and never counts. Only programs and
  libraries are looked at: products leave manual pages out.

## Releases that nobody tuned on

The identifiers were written and mended with the packages above at hand, so that table tells how well what is known is
found again. These are of releases and architectures at which nobody had looked. When first measured, before anything
was mended by what they showed, they gave (riscv64 first; the other three together, when what it showed was mended):

| release | architecture | packages | recall: version | precision |
|---|---|---:|---:|---:|
| trixie | riscv64 | 193 | 0.930 (133 of 143) | 0.966 (143 of 148) |
| bookworm | mipsel | 601 | 0.995 (386 of 388) | 0.996 (483 of 485) |
| trixie | ppc64el | 520 | 0.973 (324 of 333) | 0.983 (400 of 407) |
| forky | s390x | 580 | 0.915 (345 of 377) | 0.982 (427 of 435) |

Another architecture costs little. A newer release costs recall: where a project goes from 1.x to 2.x, or from three
numbers to two, a careful pattern says nothing rather than something wrong. What they showed was mended where it
concerned the form and not the one package; now they give:

{table(unseen)}

## What is left

Components that were missed in some package: {", ".join(missed) or "none"}.

Named without their version, which a file holds: {", ".join(_silent(rows, shown=True)) or "none"}.

Named without their version, which no file holds: {", ".join(_silent(rows, shown=False)) or "none"}.

Stated and not what the record says:

{chr(10).join(f"- {line}" for line in wrong) or "- nothing"}

Makers of products build other options than Debian, and cut out more: this table is an upper bound for what a product
shows, not a promise.
"""


def _silent(rows: _Rows, *, shown: bool) -> list[str]:
    """Name the components of which no package of some release gave the version that a file of it holds, or none."""
    names = set()
    for results in rows.values():
        numbered = {one.package.component for one in results if one.has_version}
        there = {one.package.component for one in results if one.is_shown}
        silent = {one.package.component for one in results if one.has_name} - numbered
        names |= silent & there if shown else silent - there
    return sorted(names)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=user_cache_path("plimsoll-accuracy"))
    parser.add_argument("--releases", default="bookworm,bullseye")
    parser.add_argument("--architectures", default="amd64,arm64,armhf")
    parser.add_argument("--unseen", default="", help="RELEASE:ARCHITECTURE,... in a table of their own: not tuned on")
    parser.add_argument("--most", type=int, default=0, help="packages of each, spread evenly; all when absent")
    parser.add_argument("--write", action="store_true", help="write docs/components.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
