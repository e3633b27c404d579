"""The JSON Schema (2020-12) of a declaration, with the 29 tables and what goes into their fields."""

from __future__ import annotations

from typing import Any

import msgspec

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import Table, load_tables
from plimsoll.model.declaration import FORMAT, DeclarationForm
from plimsoll.sources.document import LONGEST_TEXT


def declaration_schema() -> dict[str, Any]:
    """Give the schema of a declaration in JSON; one in TOML has the same shape.

    A table that the schema does not know is allowed, for other editions have others; so is a field.
    """
    _, components = msgspec.json.schema_components([DeclarationForm], ref_template="#/$defs/{name}")
    form = components.pop("DeclarationForm")
    form["properties"]["format"] = {"const": FORMAT}
    form["properties"]["ics"]["properties"] = {
        one.id: {"$ref": "#/$defs/IcsRow", "description": f"{one.title} ({one.status})"} for one in load().provisions
    }
    form["properties"]["ixit"] = {
        "type": "object",
        "description": "IXIT tables by name; a table is its rows, or one row.",
        "propertyNames": {"pattern": "^[1-9][0-9]?-[A-Za-z][A-Za-z0-9]{0,19}$"},
        "properties": {table.id: _table(table) for table in load_tables()},
        "additionalProperties": _rows({"$ref": "#/$defs/Row"}),
    }
    components["Row"] = {"type": "object", "additionalProperties": {"type": "string", "maxLength": LONGEST_TEXT}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **form,
        "title": "Declaration",
        "description": f"What a maker declares of a product, format {FORMAT}.",
        "$defs": dict(sorted(components.items())),
    }


def _table(table: Table) -> dict[str, Any]:
    fields = {field.name: {"type": "string", "description": field.gloss} for field in table.fields}
    return {"description": table.title, **_rows({"$ref": "#/$defs/Row", "properties": fields})}


def _rows(row: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [{"type": "array", "items": row}, row]}
