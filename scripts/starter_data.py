"""Reads the collected data files into records of the starter knowledge; facts only, no sentence of anybody's.

The files say in their heads where each comes from; docs/knowledge.md gives the list with dates, licences and holes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from plimsoll.knowledge.importers.importer import Record, Statement, is_cve, score, version, weaknesses
from plimsoll.knowledge.products import cpe_key
from plimsoll.knowledge.vulnerability import Authority, Lifetime, VersionRange, Vulnerability

KERNEL = cpe_key("linux", "linux_kernel")
MAKERS = ("openssl", "curl")
"""Sources whose own ranges stand in the rows that they are named in; checked: such rows hold no versions of NVD."""
AUTHORITY: Mapping[str, Authority] = {"openssl": "maker", "curl": "maker", "mbedtls": "maker", "nvd": "nvd"}
NOT_ONE_PRODUCT = frozenset(
    {
        "contiki-ng:tinydtls", "openprinting:libcupsfilters", "realtek:rtl8195a", "realtek:ap-router_sdk",
        "siemens:nucleus_net",
    }
)  # fmt: skip
"""CPE names that the collection puts with a component, and that number their versions differently."""
SPLIT: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "pcre": ((r"10\.", ("pcre:pcre2",)), ("", ("pcre:pcre",))),
    "contiki": ((r"[0-3](?:\.|$)", ("contiki-os:contiki",)), ("", ("contiki-ng:contiki-ng",))),
    "nucleus": ((r"20\d\d\.", ("siemens:nucleus_readystart",)), ("", ("siemens:nucleus_4",))),
    "freertos": (
        (r"1\.[34]", ("amazon:amazon_web_services_freertos",)),
        (r"4\.", ("amazon:freertos-plus-tcp", "amazon:freertos+tcp")),
        (r"\d{6}", ("amazon:freertos+fat",)),
        ("", ("amazon:freertos", "freertos:freertos")),
    ),
    "uclibc": (
        ("ng:", ("uclibc-ng_project:uclibc-ng", "uclibc-ng:uclibc-ng")),
        ("", ("uclibc:uclibc", "uclibc_project:uclibc")),
    ),
}
"""Components of which the collection holds several products in one list: which of them, by how the version begins."""
_TERM = re.compile(r"(>=|<=|<|>)(.+)")


def embedded(path: Path) -> Iterator[Record]:
    """Give what is known of components of embedded products: one record for each source and CVE."""
    document = json.loads(path.read_text("utf-8"))
    found: dict[tuple[str, str], tuple[Vulnerability, list[Statement]]] = {}
    for component, rows in document["components"].items():
        names = tuple(one for one in document["cpe"][component] if one not in NOT_ONE_PRODUCT)
        for row in rows:
            if not is_cve(row["id"]):
                continue
            held = found.setdefault((_source(row), row["id"]), (_vulnerability(row), []))
            held[1].extend(_statements(component, names, row, _source(row)))
    for (source, id), (vulnerability, statements) in sorted(found.items()):
        yield Record(source, id, "", (vulnerability,), tuple(statements))


def kernel(path: Path) -> Iterator[Record]:
    """Give the holes of the kernel, with a range up to the fix of each stable stream."""
    document = json.loads(path.read_text("utf-8"))
    for id, row in sorted(document["cves"].items()):
        stable = dict(row.get("stable", {}))
        first, last = (str(row.get(name, "")).removesuffix("-dontuse") for name in ("from", "fixed"))
        ranges = tuple(kernel_ranges(first, last, stable))
        fixed = tuple(sorted({*stable.values(), *filter(None, (last,))}, key=_kernel_order))
        statement = Statement(id, (KERNEL,), "maker", ranges, fixed=fixed if ranges else ())
        yield Record("linux-kernel-cves", id, "", (_vulnerability(row | {"id": id}),), (statement,))


def kernel_ranges(first: str, last: str, stable: Mapping[str, str]) -> Iterator[VersionRange]:
    """Give the affected ranges, from the first version with the flaw to the fix in mainline, less what is fixed.

    A stream that is older than the flaw got it with a fix of something else; since when is not known, so it counts from
    its beginning. Without a fix in mainline only streams with a fix are given.
    """
    begin = first
    for stream, fix in sorted(stable.items(), key=lambda one: _kernel_order(one[0])):
        after = _next_stream(stream)
        if first and _kernel_order(after) <= _kernel_order(first):
            yield VersionRange(stream, end=fix)
            continue
        start = begin if last else max(stream, first, key=_kernel_order)
        if not start or _kernel_order(start) < _kernel_order(fix):
            yield VersionRange(start, end=fix)
        begin = max(begin, after, key=_kernel_order) if begin else after
    if last and (not begin or _kernel_order(begin) < _kernel_order(last)):
        yield VersionRange(begin, end=last)


def exploited(path: Path) -> tuple[str, list[Record]]:
    """Give the date of the catalogue of exploited vulnerabilities, and its entries."""
    document = json.loads(path.read_text("utf-8"))
    days = {one["id"]: one["added"] for one in (*document["entries"], *document["later"]) if is_cve(one["id"])}
    records = [Record("kev", id, "", (Vulnerability(id, exploited_since=on),)) for id, on in sorted(days.items())]
    return max(days.values()), records


def lifetimes(path: Path) -> Iterator[Record]:
    """Give the lines of releases by product; the collection calls the kernel by its file, endoflife.date by `linux`."""
    for name, product in sorted(json.loads(path.read_text("utf-8"))["products"].items()):
        name = {"linux-kernel": "linux"}.get(name, name)
        lines = tuple(
            Lifetime(
                name, str(one["c"]), one["rel"], _day(one.get("eoas")), _day(one["eol"]),
                one["eol"] if isinstance(one["eol"], bool) else None, version(str(one.get("latest", ""))),
            )
            for one in product["releases"]
        )  # fmt: skip
        yield Record("endoflife", name, lifetimes=lines)


def packages(path: Path, builder: str) -> list[tuple[str, str]]:
    """Give which product each package of a builder is."""
    given = json.loads(path.read_text("utf-8"))[builder]
    return sorted((name, f"cpe:{product}") for name, product in given.items())


def credentials(path: Path) -> Iterator[Record]:
    """Give the holes of devices that are credentials; the collection names no versions."""
    for row in sorted(json.loads(path.read_text("utf-8"))["cves"], key=lambda one: one["id"]):
        source = "nvd" if row["src"] == "nvd" else "vulnrichment"
        products = tuple(f"cpe:{name}" for name in row["cpe"])
        statement = Statement(row["id"], products, AUTHORITY.get(source, "other"))
        yield Record(source, row["id"], "", (_vulnerability(row | {"cwe": [row["cwe"]]}),), (statement,))


def _source(row: Mapping[str, Any]) -> str:
    """Name the source whose versions the row holds."""
    given = [one.partition("@")[0].removesuffix("2") for one in row["src"]]
    if "mbedtls" in given and len(given) == 1:
        return "mbedtls"
    return next(one for one in (*MAKERS, "anchore", "nvd", "vulnrichment") if one in given)


def _vulnerability(row: Mapping[str, Any]) -> Vulnerability:
    number, _, vector = str(row.get("v", "")).partition("/")
    if number.startswith("v2:"):
        number, vector = "2.0", str(row["v"])[3:]
    base, vector = score(number, vector, row.get("s"))
    names = weaknesses(f"CWE-{one}" for one in row.get("cwe", []))
    return Vulnerability(row["id"], row.get("p", ""), base, vector, cwe=names)


def _statements(component: str, names: tuple[str, ...], row: Mapping[str, Any], source: str) -> Iterator[Statement]:
    """Give a statement for each product among those of the component that the row's versions are of."""
    parted: dict[tuple[str, ...], tuple[list[VersionRange], list[str]]] = {}
    for text in row.get("r", []):
        if span := _range(component, text):
            parted.setdefault(_products(component, names, text), ([], []))[0].append(span)
    for text in row.get("e", []):
        if single := _version(component, text):
            parted.setdefault(_products(component, names, text), ([], []))[1].append(single)
    authority = AUTHORITY.get(source, "other")
    for products, (ranges, singles) in (parted or {names: ([], [])}).items():
        keys = tuple(f"cpe:{name}" for name in products)
        fixed = tuple(dict.fromkeys(one.end for one in ranges if one.end and not one.end_included))
        yield Statement(
            row["id"], keys, authority, tuple(ranges), tuple(singles), fixed if authority == "maker" else ()
        )


def _products(component: str, names: tuple[str, ...], text: str) -> tuple[str, ...]:
    bare = re.split(r"[<>=]+", text)[-1] if not text.startswith("ng:") else text
    return next((keys for begin, keys in SPLIT.get(component, ()) if re.match(begin, bare)), names)


def _range(component: str, text: str) -> VersionRange | None:
    """Read `>=1.0,<1.4`; None for `*`, `-` and for bounds that are no versions."""
    start, start_included, end, end_included = "", True, "", False
    for term in text.removeprefix("ng:").split(","):
        found = _TERM.fullmatch(term)
        if not found or not (bound := _version(component, found[2])):
            return None
        if found[1].startswith(">"):
            start, start_included = bound, found[1] == ">="
        else:
            end, end_included = bound, found[1] == "<="
    return VersionRange(start, start_included, end, end_included)


def _version(component: str, text: str) -> str:
    """Write a version as its maker does; empty for commits and for what is none."""
    if component == "ffmpeg":
        text = re.sub(r"^(?:v\.)?[nN](?=\d+\.)", "", text)
    if component in ("ntp", "openssh"):
        text = re.sub(r"-p(?=\d+$)", "p", text)
    text = text.removeprefix("v.")
    if not text[:1].isdigit() or (re.fullmatch(r"[0-9a-f]{7,40}", text) and re.search(r"[a-f]", text)):
        return ""
    return version(text)


def _kernel_order(text: str) -> tuple[int, ...]:
    found = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?", text)
    if not found:
        return ()
    return int(found[1]), int(found[2]), int(found[3] or 0), int(found[4]) if found[4] else 1_000


def _next_stream(stream: str) -> str:
    """Give the first version of the stream after one: the kernel went from 3.19 to 4.0, 4.20 to 5.0 and 5.19 to 6.0."""
    major, minor = map(int, stream.split(".")[:2])
    last = {2: 6, 3: 19, 4: 20, 5: 19}.get(major)
    return f"{major + 1}.0-rc1" if minor == last else f"{major}.{minor + 1}-rc1"


def _day(given: object) -> str:
    return given if isinstance(given, str) else ""
