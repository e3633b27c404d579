"""The files of a catalogue, and how their tables become the nouns of the model.

A key that the model does not know is an error, for a misspelt key would otherwise be lost in silence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from plimsoll.errors import CatalogueError
from plimsoll.model.criterion import Capability, Catalogue, Criterion, Provision, Scheme
from plimsoll.model.criterion import Mapping as SchemeMapping

CAPABILITIES = "capabilities.toml"
CRITERIA = "criteria.toml"
PROVISIONS = "provisions/en-303-645-v3.1.3.toml"
CROSSWALK = "crosswalk"

T = TypeVar("T", bound=msgspec.Struct)


def read(folder: Traversable | Path) -> Catalogue:
    """Read all files of a catalogue; raise CatalogueError when one is missing, malformed or has an unknown key."""
    provisions = _table(folder, PROVISIONS, "provisions", "conditions")
    return Catalogue(
        _rows(_table(folder, CAPABILITIES, "capabilities"), "capabilities", Capability, CAPABILITIES),
        _rows(_table(folder, CRITERIA, "criteria"), "criteria", Criterion, CRITERIA),
        _rows(provisions, "provisions", Provision, PROVISIONS),
        tuple(_scheme(folder, name) for name in _scheme_files(folder)),
        _convert(provisions.get("conditions", {}), dict[str, str], PROVISIONS, "conditions"),
    )


def scheme_file(id: str) -> str:
    """Give the file of a scheme, as messages name it."""
    return f"{CROSSWALK}/{id}.toml"


def _scheme_files(folder: Traversable | Path) -> list[str]:
    try:
        names = [entry.name for entry in folder.joinpath(CROSSWALK).iterdir()]
    except OSError as error:
        raise CatalogueError(f"{CROSSWALK}: cannot be read: {error.strerror}") from error
    return sorted(f"{CROSSWALK}/{name}" for name in names if name.endswith(".toml"))


def _scheme(folder: Traversable | Path, file: str) -> Scheme:
    table = _table(folder, file, *Scheme.__struct_fields__)
    scheme: Scheme = _convert({**table, "mappings": []}, Scheme, file, str(table.get("id", "without an id")))
    if scheme_file(scheme.id) != file:
        raise CatalogueError(f"{file}: holds the scheme {scheme.id!r}; id and file name must agree")
    return msgspec.structs.replace(scheme, mappings=_rows(table, "mappings", SchemeMapping, file))


def _table(folder: Traversable | Path, file: str, *known: str) -> dict[str, Any]:
    try:
        table = tomllib.loads(folder.joinpath(*file.split("/")).read_text("utf-8"))
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CatalogueError(f"{file}: is not TOML in UTF-8: {error}") from error
    _refuse_unknown(table, known, file)
    return table


def _rows(table: Mapping[str, Any], key: str, kind: type[T], file: str) -> tuple[T, ...]:
    made = []
    for number, row in enumerate(_convert(table.get(key, []), list[dict[str, Any]], file, key), 1):
        label = f"{key} {row.get('id') or row.get('clause') or row.get('key') or number!r}"
        _refuse_unknown(row, kind.__struct_fields__, f"{file}: {label}")
        made.append(_convert(row, kind, file, label))
    return tuple(made)


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            raise CatalogueError(f"{where}: unknown key {key!r}; known are {', '.join(known)}")


def _convert(value: object, kind: type[T] | Any, file: str, label: str) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{file}: {label}: {error}") from error
