"""The software bill of materials and the VEX document as CycloneDX 1.6 (ECMA-424), in JSON and XML.

Our own writer: the library for it takes four seconds for 2,000 components with their places, and has no `compositions`,
in which a list of components says that it is not complete. The tests hold what is written against the official schemas.
"""

from __future__ import annotations

from plimsoll.model.assessment import Assessment
from plimsoll.report._cyclonedx import component, compositions, dependencies, envelope, vulnerability
from plimsoll.report._cyclonedx_xml import to_xml
from plimsoll.report._document import Plain, to_json
from plimsoll.report._holes import finder, holes
from plimsoll.report._inventory import inventory


def render(assessment: Assessment) -> str:
    """Write the bill of materials in JSON."""
    return to_json(_bill(assessment))


def render_xml(assessment: Assessment) -> str:
    """Write the bill of materials in XML."""
    return to_xml(_bill(assessment))


def render_vex(assessment: Assessment) -> str:
    """Write the known vulnerabilities with their status in JSON."""
    return to_json(_vex(assessment))


def render_vex_xml(assessment: Assessment) -> str:
    """Write the known vulnerabilities with their status in XML."""
    return to_xml(_vex(assessment))


def _bill(assessment: Assessment) -> Plain:
    items = inventory(assessment)
    return {
        **envelope(assessment, "sbom"),
        "components": list(map(component, items)),
        "dependencies": dependencies(items),
        "compositions": compositions(),
    }


def _vex(assessment: Assessment) -> Plain:
    """Hold the components that are spoken of, so that the document can be read by itself."""
    items, known = inventory(assessment), holes(assessment)
    meant_by = finder(items)
    refs = {id(hole): [item.ref for item in meant_by(hole)] for hole in known}
    meant = {ref for several in refs.values() for ref in several}
    return {
        **envelope(assessment, "vex"),
        "components": [component(item) for item in items if item.ref in meant],
        "vulnerabilities": [vulnerability(hole, refs[id(hole)] or ["product"]) for hole in known],
    }
