"""A maker's declaration as a file: TOML (v1.0.0) or JSON (RFC 8259), read within bounds, with places for its entries.

Table names of TS 103 701 V1.1.1 are taken for those of V2.1.1. What a declaration says is judged elsewhere: here it
only has to have the form.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from typing import Any

import msgspec

from plimsoll.errors import InputError
from plimsoll.model.declaration import FORMAT, DeclarationForm, normal, row_pointer
from plimsoll.model.declaration import ics_pointer as pointer_to_ics
from plimsoll.model.locator import Clause, Place, place
from plimsoll.model.product import Declaration
from plimsoll.sources._form import LONGEST_TEXT, Renaming, check_texts, convert_form, plain_form
from plimsoll.sources.nesting import bound_nesting

LARGEST_BYTES = 4 << 20
__all__ = ["LARGEST_BYTES", "LONGEST_TEXT", "Document", "Renaming", "form_of", "read_document"]
_HINT = "run `plimsoll declare new` for a template"


class Document(msgspec.Struct, frozen=True):
    """A declaration that was read, and the file it stands in."""

    name: str
    """File name without its directory."""
    sha256: str
    """Of the file, hexadecimal."""
    form: DeclarationForm
    """In its normal shape, with the table names of V2.1.1."""
    size_bytes: int = 0
    renamed: tuple[Renaming, ...] = ()
    """Names of V1.1.1 that the file uses, with what they were taken for."""

    @property
    def source(self) -> Declaration:
        """Name it as a source of an assessment."""
        return Declaration(self.name, self.sha256)

    def at(self, pointer: str) -> Place:
        """Mint the place of an entry from its pointer, such as `ics/5.1-1`."""
        return place(Clause(self.name.encode("utf-8", "surrogateescape"), pointer.encode()))

    def at_ics(self, provision: str) -> Place:
        """Mint the place of a row of the ICS."""
        return self.at(pointer_to_ics(provision))

    def at_row(self, table: str, row: int, field: str = "") -> Place:
        """Mint the place of a row of a table, by its number from 0, or of a field in it."""
        return self.at(row_pointer(self.form, table, row, field))


def read_document(name: str, data: bytes) -> Document:
    """Read a declaration; the suffix of its name, `.toml` or `.json`, says in which form it is.

    Raise InputError, with the line or the field, when it is neither or not a declaration.
    """
    form, renamed = form_of(_parse(name, data), name)
    return Document(name, hashlib.sha256(data).hexdigest(), form, len(data), renamed)


def form_of(tree: object, name: str) -> tuple[DeclarationForm, tuple[Renaming, ...]]:
    """Take plain tables and texts for a declaration; raise InputError naming the field that does not fit."""
    try:
        plain, renamed = plain_form(tree)
        form = normal(convert_form(plain))
        check_texts(form)
    except InputError as error:
        raise InputError(f"{name!r} is not a declaration: {error.what}", hint=error.hint or _HINT) from error
    if form.format != FORMAT:
        raise InputError(f"{name!r} is in format {form.format!r:.60}, and this version reads {FORMAT!r}", hint=_HINT)
    return form, renamed


def _parse(name: str, data: bytes) -> Any:
    _, dot, suffix = name.lower().rpartition(".")
    if not dot or suffix not in ("toml", "json"):
        raise InputError(f"{name!r} is neither .toml nor .json", hint="the suffix says how a declaration is read")
    if len(data) > LARGEST_BYTES:
        raise InputError(f"{name!r} has {len(data)} bytes, and a declaration may have {LARGEST_BYTES}")
    try:
        text = data.decode("utf-8-sig")
        bound_nesting(text, toml=suffix == "toml")
        return tomllib.loads(text) if suffix == "toml" else _parse_json(text)
    except UnicodeDecodeError as error:
        raise InputError(f"{name!r} is not in UTF-8: byte {error.start} does not fit") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name!r} is not {suffix.upper()}: {error}", hint=_HINT) from error
    except InputError as error:
        raise InputError(f"{name!r}: {error.what}", hint=error.hint) from error


def _parse_json(text: str) -> Any:
    tree = json.loads(text, object_pairs_hook=_object)
    if isinstance(tree, dict):
        tree.pop("$schema", None)
    return tree


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r:.80} is given twice in one object")
        made[key] = value
    return made
