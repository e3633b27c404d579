"""Write the catalogue's IXIT tables and test cases from the reference notes on ETSI TS 103 701.

    python scripts/build_ixit.py NOTES     NOTES holds ts103701.yaml

Names and numbers are facts of the specification; glosses, purposes and criteria are in our own words in the notes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parent.parent / "src" / "plimsoll" / "catalogue"
REFERENCES = {
    ("6-SoftComp", "Update Mechanism"): "7-UpdMech",
    ("10-SecParam", "Secure Communication Mechanisms"): "11-SecComMech",
    ("11-SecComMech", "Interface"): "28-LogIntf",
    ("13-SoftServ", "Authentication Mechanism"): "1-AuthMech",
    ("21-PersData", "Secure Communication Mechanisms"): "11-SecComMech",
    ("24-TelData", "Personal Data"): "21-PersData",
    ("28-LogIntf", "Access"): "15-PhyIntf",
    ("29-InpVal", "Source"): "27-UserIntf 28-LogIntf",
}
"""Fields that name rows of other tables, by table and field; from the glosses."""

OLD_FIELDS = {
    "10-SecParam": {"Communication Mechanisms": "Secure Communication Mechanisms"},
    "11-SecComMech": {"Resilience Measures": ""},
    "15-PhyIntf": {"Disclosed Information": ""},
    "21-PersData": {"Communication Mechanisms": "Secure Communication Mechanisms"},
}
"""Fields of V1.1.1 that V2.1.1 has not, with their name in V2.1.1 where one took their place."""


def tables_file(notes: Mapping[str, Any]) -> str:
    """Give the TOML of the 29 tables of V2.1.1."""
    lines = [
        "# The IXIT tables of TS 103 701 V2.1.1 with their fields, explained in our own words. Read the specification",
        "# before relying on one. `v1_fields`: fields of V1.1.1 only, with what took their place. Written by",
        "# scripts/build_ixit.py.",
    ]
    for table in notes["ixit_tables"]:
        lines += ["", "[[tables]]", *_pairs(_table(table))]
    return "\n".join(lines) + "\n"


def cases_file(notes: Mapping[str, Any]) -> str:
    """Give the TOML of the test groups, each with its cases."""
    lines = [
        "# Test groups and cases of TS 103 701 V2.1.1 for the five capabilities: numbers are those of the",
        "# specification, purposes and criteria are in our own words. Written by scripts/build_ixit.py.",
    ]
    for group in notes["test_groups"]:
        lines += ["", "[[groups]]", *_pairs(_group(group))]
        for case in group["cases"]:
            lines += ["", "[[groups.cases]]", *_pairs(_case(case))]
    return "\n".join(lines) + "\n"


def _table(notes: Mapping[str, Any]) -> dict[str, Any]:
    old = notes["v1_1_1_name"]
    return {
        "id": notes["id"],
        "title": notes["title"],
        "rows": notes["entries"] != "single form",
        "v1_name": notes["id"] if old == "same" else old,
        "v1_differences": notes.get("v1_1_1_differences"),
        "v1_fields": OLD_FIELDS.get(notes["id"]),
        "provisions": notes["provisions"],
        "note": notes.get("note"),
        "certainty": notes["certainty"],
        "fields": [_field(notes["id"], field) for field in notes["fields"]],
    }


def _field(table: str, notes: Mapping[str, Any]) -> dict[str, Any]:
    refers = REFERENCES.get((table, notes["name"]), "").split()
    return {"name": notes["name"], "gloss": notes["gloss"], **({"refers_to": refers} if refers else {})}


def _group(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "provision": notes["provision"],
        "capability": notes["capability"],
        "in_v1": notes.get("v1_1_1") != "not present",
        "v1_differences": notes.get("v1_1_1") if notes.get("v1_1_1") != "not present" else None,
        "note": notes.get("note"),
        "certainty": notes["certainty"],
    }


def _case(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": notes["id"],
        "kind": notes["kind"],
        "purpose": notes["purpose"],
        "pass_when": notes["pass_when"],
        "automation": notes["automation"]["level"],
        "inputs": [one.strip() for one in notes["automation"].get("inputs", "").split(",") if one.strip()],
        "note": notes.get("note"),
    }


def _pairs(table: Mapping[str, Any]) -> Iterable[str]:
    """Write one line per key, long lists one item a line; what is empty or None is left out."""
    return (f"{key} = {_value(value)}" for key, value in table.items() if value not in (None, "", [], {}))


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
        case [dict(), *_]:
            return "[\n" + "".join(f"  {_value(one)},\n" for one in value) + "]"
        case list():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
    return _text(str(value))


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else _text(key)


def _text(text: str) -> str:
    """Write a basic string: what JSON escapes, TOML reads."""
    return json.dumps(text.replace("’", "'"), ensure_ascii=False)


def main(notes: Path) -> None:
    """Read the notes and write the files."""
    specification = yaml.safe_load((notes / "ts103701.yaml").read_text("utf-8"))
    (CATALOGUE / "ixit.toml").write_text(tables_file(specification), "utf-8")
    (CATALOGUE / "test_cases.toml").write_text(cases_file(specification), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
