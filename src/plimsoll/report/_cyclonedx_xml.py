"""CycloneDX 1.6 in XML, from the plain tables of the JSON form.

The two forms differ in three ways: some keys are attributes or the text of their element, a list has a name of its own
around its members, and the order of elements is fixed; the tables have that order already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

NAMESPACE = "http://cyclonedx.org/schema/bom/1.6"

_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "bom": ("serialNumber", "version"),
    "component": ("type", "bom-ref"),
    "property": ("name",),
    "hash": ("alg",),
    "dependency": ("ref",),
}
_TEXTS: Mapping[str, str] = {"property": "value", "hash": "content"}
_MEMBERS: Mapping[str, str] = {
    "lifecycles": "lifecycle",
    "components": "component",
    "hashes": "hash",
    "properties": "property",
    "methods": "method",
    "occurrences": "occurrence",
    "dependencies": "dependency",
    "compositions": "composition",
    "vulnerabilities": "vulnerability",
    "ratings": "rating",
    "affects": "target",
    "versions": "version",
}
_REFERENCES: Mapping[tuple[str, str], str] = {
    ("dependency", "dependsOn"): "dependency",
    ("composition", "assemblies"): "assembly",
    ("composition", "dependencies"): "dependency",
}
"""Lists of references: each becomes an element with the attribute `ref`."""

_ONLY_JSON = ("$schema", "bomFormat", "specVersion")


def to_xml(document: Mapping[str, Any]) -> str:
    """Write a document, with a newline at its end."""
    root = Element("bom", {"xmlns": NAMESPACE})
    _fill(root, {key: value for key, value in document.items() if key not in _ONLY_JSON})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _fill(element: Element, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key in _ATTRIBUTES.get(element.tag, ()):
            element.set(key, str(value))
        elif key == _TEXTS.get(element.tag):
            element.text = str(value)
        elif (element.tag, key) in _REFERENCES:
            _refer(element, key, value)
        elif key == "licenses":
            holder = SubElement(element, key)
            for one in value:
                _fill(holder, one)
        elif isinstance(value, list):
            _list(element, key, value)
        elif isinstance(value, Mapping):
            _fill(SubElement(element, key), value)
        else:
            SubElement(element, key).text = str(value)


def _list(element: Element, key: str, values: list[Any]) -> None:
    """Write the members in an element of the list's name; where there is no such element, one after another."""
    holder = SubElement(element, key) if key in _MEMBERS else element
    for one in values:
        _fill(SubElement(holder, _MEMBERS.get(key, key)), one)


def _refer(element: Element, key: str, refs: list[str]) -> None:
    holder = element if element.tag == "dependency" else SubElement(element, key)
    for ref in refs:
        SubElement(holder, _REFERENCES[element.tag, key], {"ref": ref})
