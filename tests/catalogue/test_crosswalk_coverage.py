"""Each criterion stands in the crosswalks whose demands have its sense; where none has, the reason is given here."""

from __future__ import annotations

import pytest

from plimsoll.catalogue import load

LEFT_OUT = {
    "cwe-2026-11": {
        "password-can-be-changed": "no weakness class of the notes is on changing a password",
        "disclosure-policy-is-published": "no weakness class describes what an organisation does",
        "support-period-is-published": "no weakness class describes what an organisation does",
        "updates-are-sought-automatically": "that a product does not look for updates has no class of its own",
        "internet-side-is-closed": "the notes hold no class on exposed services",
        "services-run-with-few-rights": "CWE-250 is not in the notes",
        "sensors-are-documented": "documentation is no weakness of software",
        "telemetry-is-told": "documentation is no weakness of software",
    },
    "en-18031-2024": {
        "password-hashing-is-sound": "SSM and CRY speak of it in general; the notes map them to other capabilities",
        "disclosure-policy-is-published": "EN 18031 has no demand on disclosure",
        "security-fixes-are-timely": "GEC-1 asks for an outcome on the day of sale and not for a time",
        "updates-are-verified-on-the-product": "a matter of live units; SUM-2 stands for the mechanism",
        "all-software-can-be-updated": "SUM-1 asks for a mechanism and not for all parts",
        "support-period-is-published": "EN 18031 has no demand on a support period",
        "tls-libraries-are-maintained": "no demand on who looks after a library",
        "configuration-needs-authentication": "the rows on access control are mapped to capability 1",
        "services-run-with-few-rights": "no row of the notes is on rights of services",
        "sensors-are-documented": "the notes have no row on documentation",
        "no-traces-of-people-are-shipped": "DLM-1 is on what the user has stored",
        "telemetry-is-told": "the notes have no row on documentation",
        "no-secrets-in-logs": "the notes have no row on logs",
    },
}


@pytest.mark.parametrize("scheme", LEFT_OUT)
def test_each_criterion_is_mapped_or_left_out_for_a_reason(scheme: str) -> None:
    catalogue = load()
    (found,) = (one for one in catalogue.schemes if one.id == scheme)
    mapped = {id for row in found.mappings for id in row.criteria}
    assert {one.id for one in catalogue.criteria} - mapped == set(LEFT_OUT[scheme])


def test_no_criterion_is_in_no_crosswalk_but_that_of_the_standard() -> None:
    catalogue = load()
    others = [one for one in catalogue.schemes if not one.id.startswith("en-303-645")]
    mapped = {id for scheme in others for row in scheme.mappings for id in row.criteria}
    assert {one.id for one in catalogue.criteria} <= mapped
