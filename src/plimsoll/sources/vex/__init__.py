"""What a maker says of known vulnerabilities: VEX as CycloneDX, OpenVEX or CSAF, in JSON, read within bounds.

Each form is read as far as it bears on status: which vulnerability, of what, and why. Fields that are of no use here
are passed over, for a document may hold more than its form asks; what is needed and does not fit is refused with its
place.
A statement is what the maker says, and shows nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

from plimsoll.errors import InputError
from plimsoll.model.evidence import Inspection, Observation
from plimsoll.model.locator import Clause, place
from plimsoll.model.product import VexFile
from plimsoll.sources.nesting import bound_nesting
from plimsoll.sources.vex import csaf, cyclonedx, openvex
from plimsoll.sources.vex.statement import Stated

LARGEST_BYTES = 32 << 20
MOST_STATEMENTS = 100_000
DEEPEST = 64
INSPECTOR = "vex"
"""Id under which the statements stand in an assessment."""

_HINT = "give VEX as JSON: CycloneDX (.cdx.json), OpenVEX or CSAF 2.0"


class VexDocument(msgspec.Struct, frozen=True):
    """A document that was read."""

    source: VexFile
    observations: tuple[Observation, ...]
    """Its statements, in its order, each with the place of its entry."""
    inspection: Inspection


def read_vex(name: str, data: bytes) -> VexDocument:
    """Read a document; raise InputError, with the place, when it is none of the three forms or is broken."""
    tree = _parse(name, data)
    form, read = _form(name, tree)
    try:
        stated = list(islice(read(tree), MOST_STATEMENTS + 1))
    except msgspec.ValidationError as error:
        raise InputError(f"{name!r} is not {form} as we read it: {error}", hint=_HINT) from error
    if len(stated) > MOST_STATEMENTS:
        raise InputError(f"{name!r} holds more than {MOST_STATEMENTS} statements")
    source = VexFile(_shown(name), hashlib.sha256(data).hexdigest(), form)
    inspection = Inspection(INSPECTOR, "completed", "declaration", files=1, bytes=len(data))
    return VexDocument(source, tuple(_observations(name, stated)), inspection)


def _observations(name: str, stated: Iterable[Stated]) -> Iterator[Observation]:
    document = name.encode("utf-8", "surrogateescape")
    for one in stated:
        where = place(Clause(document, one.pointer.encode()))
        yield Observation(one.fact, where, INSPECTOR, basis="declared", window="declaration")


def _form(name: str, tree: Any) -> tuple[str, Callable[[Any], Iterator[Stated]]]:
    """Tell the form by what the document calls itself."""
    if isinstance(tree, dict):
        if tree.get("bomFormat") == "CycloneDX":
            return "cyclonedx", cyclonedx.statements
        if str(tree.get("@context", "")).startswith("https://openvex.dev/ns"):
            return "openvex", openvex.statements
        head = tree.get("document")
        if isinstance(head, dict) and head.get("csaf_version") == "2.0":
            return "csaf", csaf.statements
    raise InputError(f"{name!r} is no VEX document that we read", hint=_HINT)


def _parse(name: str, data: bytes) -> Any:
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{name!r} has {len(data)} bytes, and a VEX document may have {LARGEST_BYTES}")
    try:
        text = data.decode("utf-8-sig")
        bound_nesting(text, toml=False, deepest=DEEPEST)
        return json.loads(text, object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is not in UTF-8: byte {error.start} does not fit", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name!r} is not JSON: {error}", hint=_HINT) from error
    except InputError as error:
        raise InputError(f"{name!r}: {error.what}", hint=_HINT) from error


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """Refuse a key that is given twice: two readers would take it for two things."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is given twice in one object")
    return made


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode()
