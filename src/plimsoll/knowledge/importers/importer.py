"""What an importer is: it knows the documents of one official form, and gives the facts in them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

import msgspec

from plimsoll.knowledge.vulnerability import Authority, Lifetime, VersionRange, Vulnerability
from plimsoll.model.message import Message, message

T = TypeVar("T")

RANGES = 5_000
"""Most ranges, single versions or products in one statement; a record with more is not used."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+~/@#%-]{0,199}")
_CVE = re.compile(r"CVE-\d{4}-\d{4,19}")
_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d])")
_VERSION = re.compile(r"[!-~][ -~]{0,126}")
_VECTOR = re.compile(r"[A-Za-z0-9:./]{1,200}")
_NAME = re.compile(r"[^\x00-\x1f\x7f\\]{1,250}")


class Part(NamedTuple):
    """A member of the object that a file of JSON is, an element of an array in it, or a line of text."""

    key: str
    """Name of the member; empty for elements where the file is one array; `line` in text."""
    value: Any
    is_element: bool = False


class Statement(msgspec.Struct, frozen=True):
    """Which versions of some products a vulnerability is in; an Affected for each product."""

    vulnerability: str
    products: tuple[str, ...]
    authority: Authority
    ranges: tuple[VersionRange, ...] = ()
    versions: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    unaffected: bool = False


class Record(msgspec.Struct, frozen=True):
    """What one record of a source says; it takes the place of what the source said under that name before."""

    source: str
    name: str
    modified: str = ""
    """ISO date or time; an older record does not take the place of a newer one. Empty: not known."""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    statements: tuple[Statement, ...] = ()
    lifetimes: tuple[Lifetime, ...] = ()
    withdraws: bool = False
    """The source says that these vulnerabilities are none."""


class Edition(msgspec.Struct, frozen=True):
    """Of which date the file is."""

    source: str
    date: str
    is_whole: bool = False
    """The file is all that the source says: what it said before is forgotten, unless that was newer."""


class Unusable(msgspec.Struct, frozen=True):
    """A record that cannot be used, and why."""

    name: str
    why: Message


Read = Record | Edition | Unusable


class Importer(ABC):
    """Knows the documents of one form."""

    id: ClassVar[str]
    title: ClassVar[str]
    what: ClassVar[str]
    """What is taken from it."""
    limits: ClassVar[str]
    """What is left."""
    source: ClassVar[str]
    """Name of the source, as in SourceState; several forms may be of one source."""
    licence: ClassVar[str]
    holes: ClassVar[str] = ""
    """What the source does not cover, in our words."""

    @abstractmethod
    def claims(self, seen: Mapping[str, Any]) -> bool:
        """Say whether a file is of this form, from its first members; of an array there is the first element only."""

    @abstractmethod
    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Give the facts in the members of a file."""


class DocumentImporter(Importer):
    """Reads files that are one document each, and so small that they are held whole."""

    def read(self, parts: Iterator[Part]) -> Iterator[Read]:
        """Put the document together, and read it."""
        document: dict[str, Any] = {}
        for part in parts:
            if not part.is_element:
                document[part.key] = part.value
            elif isinstance(held := document.setdefault(part.key, []), list):
                held.append(part.value)
        yield from self.read_document(document)

    @abstractmethod
    def read_document(self, document: Mapping[str, Any]) -> Iterator[Read]:
        """Give the facts in one document."""


def typed(value: object, type: type[T], name: object = "") -> T | Unusable:
    """Give a value of JSON its type, or say that it does not fit the form; what the type does not name is dropped."""
    try:
        return msgspec.convert(value, type)
    except (msgspec.ValidationError, RecursionError) as error:
        return Unusable(shown(name), message("does not fit the form: {why}", why=str(error)))


def shown(name: object) -> str:
    """Give the name of a record so that it can be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(name)[:120]) or "a record without a name"


def is_id(text: str) -> bool:
    """Say whether a text can be the id of a vulnerability or record."""
    return _ID.fullmatch(text) is not None


def is_cve(text: str) -> bool:
    """Say whether a text is a CVE id (CVE record format, `cveId`)."""
    return _CVE.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Say whether a text can be the name of a product."""
    return _NAME.fullmatch(text) is not None


def day(text: str | None) -> str:
    """Give the ISO date at the beginning of a text; empty when there is none."""
    found = _DATE.match(text or "")
    return found[0] if found else ""


def moment(text: str | None) -> str:
    """Give an ISO date or time to compare by; empty when there is none."""
    return text[:23].rstrip("Z") if text and day(text) else ""


def score(version: str, vector: str, base: float | None) -> tuple[float | None, str]:
    """Give a base score and vector; neither when the score is out of bounds."""
    if base is None or not 0 <= base <= 10:
        return None, ""
    if not _VECTOR.fullmatch(vector):
        return base, ""
    return base, vector if vector.startswith("CVSS:") or version.startswith("2") else f"CVSS:{version}/{vector}"


def weaknesses(names: Iterable[str]) -> tuple[str, ...]:
    """Give the CWE ids among some names."""
    return tuple(sorted({one for one in names if re.fullmatch(r"CWE-\d{1,5}", one)}))[:16]


def version(text: str) -> str:
    """Give a version as it is written; empty when it is none."""
    text = text.strip()
    return text if _VERSION.fullmatch(text) and text.lower() not in _NO_VERSIONS else ""


_NO_VERSIONS = frozenset(
    {"*", "-", "n/a", "na", "none", "unspecified", "unknown", "all", "all versions", "any", "null"}
)


def is_bounded(statement: Statement) -> bool:
    """Say whether a statement is of a size that can be used."""
    return max(map(len, (statement.ranges, statement.versions, statement.products, statement.fixed))) <= RANGES
