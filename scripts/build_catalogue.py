"""Write the catalogue's provisions and crosswalks from the reference notes on standards.

    python scripts/build_catalogue.py NOTES     NOTES holds en303645.yaml and crosswalk.yaml

The notes are in our own words; numbers, names and dates are facts of the texts. Only what they mark as sure is taken
into a crosswalk. Capabilities, criteria and the crosswalk of EN 303 645 itself are written by hand and not touched.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

CATALOGUE = Path(__file__).parent.parent / "src" / "plimsoll" / "catalogue"
EDITION = "v3_1_3"
WINDOWS = {"firmware": "firmware", "network": "device", "organisation": "maker", "declaration": "declaration"}
SCHEMES = {
    "UK-COP": ("uk-cop-2018", "uk-cop"),
    "UK-PSTI": ("uk-psti-2023", "uk-psti", "psti"),
    "EU-CRA": ("eu-cra-2024-2847", "eu-cra", "cra"),
    "EU-RED": ("en-18031-2024", "en-18031", "eu-red", "red"),
    "NIST-8259A": ("nist-ir-8259a-2020", "nist-ir-8259a", "8259a"),
    "NIST-8259B": ("nist-ir-8259b-2021", "nist-ir-8259b", "8259b"),
    "NIST-8425": ("nist-ir-8425-2022", "nist-ir-8425", "8425"),
    "ISO-29147": ("iso-29147-2018", "iso-29147", "29147"),
    "SG-CLS": ("sg-cls-2020", "sg-cls", "cls"),
    "JP-JCSTAR": ("jp-jc-star-1-2024", "jp-jc-star", "jc-star"),
    "AU-SMART": ("au-smart-devices-2025", "au-smart-devices", "au-smart"),
    "US-CA": ("us-ca-sb-327-2020", "us-ca-sb-327", "sb-327"),
    "US-524B": ("us-fdca-524b-2023", "us-fdca-524b", "524b"),
    "OWASP-TOP10": ("owasp-iot-top-10-2018", "owasp-iot-top-10", "owasp-top-10"),
    "OWASP-ISVS": ("owasp-isvs-2026-06", "owasp-isvs", "isvs"),
    "CWE": ("cwe-2026-11", "cwe"),
    "IETF": ("ietf-rfc-2026-11", "ietf-rfc", "ietf", "rfc"),
}
"""Our id, with the edition, and the short names of each scheme that is taken over."""

PROVISIONS = {
    ("UK-PSTI", "Schedule 1 para 1"): "5.1-1 5.1-2",
    ("UK-PSTI", "Schedule 2 para 1"): "5.1-1 5.1-2",
    ("UK-PSTI", "Schedule 1 para 2"): "5.2-1",
    ("UK-PSTI", "Schedule 2 para 2"): "5.2-1",
    ("UK-PSTI", "Schedule 1 para 3"): "5.3-13",
    ("UK-PSTI", "Schedule 2 para 3"): "5.3-13",
    ("AU-SMART", "Schedule 1 clause 2"): "5.1-1 5.1-2",
    ("AU-SMART", "Schedule 1 clause 3"): "5.2-1",
    ("AU-SMART", "Schedule 1 clause 4"): "5.3-13",
}
"""Demands that name provisions of EN 303 645 themselves, or mirror one that does."""

_PASSWORDS = "no-fixed-account-is-accepted initial-passwords-not-derivable"
_UPDATES = "update-mechanism-is-secure update-signature-is-sound network-updates-are-authenticated"
_CLEAR = "no-clear-text-login-service no-secrets-sent-in-clear"
_TRANSPORT = f"certificates-are-checked tls-versions-are-current {_CLEAR}"
_KEYS = "private-keys-are-not-shared certificates-are-sound"
CRITERIA = {
    ("UK-COP", "1", 1): _PASSWORDS,
    ("UK-COP", "2", 2): "disclosure-policy-is-published",
    ("UK-COP", "3", 3): f"{_UPDATES} updates-are-sought-automatically support-period-is-published",
    ("UK-COP", "4", 4): "keys-are-stored-closed service-secrets-are-not-shared private-keys-are-not-shared",
    ("UK-COP", "5", 4): f"{_TRANSPORT} {_KEYS} ssh-is-sound wireless-protection-is-sound control-goes-encrypted",
    ("UK-COP", "11", 5): "user-data-can-be-erased",
    ("UK-COP", "8", 5): "personal-data-goes-encrypted stored-data-is-protected sensors-are-documented",
    ("UK-PSTI", "Schedule 1 para 1", 1): _PASSWORDS,
    ("UK-PSTI", "Schedule 2 para 1", 1): _PASSWORDS,
    ("UK-PSTI", "Schedule 1 para 2", 2): "disclosure-policy-is-published",
    ("UK-PSTI", "Schedule 2 para 2", 2): "disclosure-policy-is-published",
    ("UK-PSTI", "Schedule 1 para 3", 3): "support-period-is-published",
    ("UK-PSTI", "Schedule 2 para 3", 3): "support-period-is-published",
    ("AU-SMART", "Schedule 1 clause 2", 1): _PASSWORDS,
    ("AU-SMART", "Schedule 1 clause 3", 2): "disclosure-policy-is-published",
    ("AU-SMART", "Schedule 1 clause 4", 3): "support-period-is-published",
    ("EU-CRA", "Annex I Part I (2)(b)", 1): "no-fixed-account-is-accepted",
    ("EU-CRA", "Annex I Part I (2)(d)", 1): f"{_PASSWORDS} no-shared-key-grants-login login-attempts-are-limited",
    ("EU-CRA", "Annex I Part II (5)", 2): "disclosure-policy-is-published",
    ("EU-CRA", "Annex I Part II (6)", 2): "disclosure-policy-is-published",
    ("EU-CRA", "Annex II (2)", 2): "disclosure-policy-is-published",
    ("EU-CRA", "Article 13(17)", 2): "disclosure-policy-is-published",
    ("EU-CRA", "Annex I Part I (2)(a)", 3): "no-known-exploited-vulnerability",
    ("EU-CRA", "Annex I Part I (2)(c)", 3): "updates-are-sought-automatically",
    ("EU-CRA", "Annex I Part II (2)", 3): "security-fixes-are-timely",
    ("EU-CRA", "Annex I Part II (7)", 3): _UPDATES,
    ("EU-CRA", "Annex II (7)", 3): "support-period-is-published",
    ("EU-CRA", "Article 13(19)", 3): "support-period-is-published",
    ("EU-CRA", "Annex I Part I (2)(d)", 4): (
        "configuration-needs-authentication internet-side-is-closed debug-interfaces-are-closed"
    ),
    (
        "EU-CRA",
        "Annex I Part I (2)(e)",
        4,
    ): f"{_TRANSPORT} {_KEYS} keys-are-stored-closed ssh-is-sound wireless-protection-is-sound control-goes-encrypted",
    ("EU-CRA", "Annex I Part I (2)(f)", 4): "certificates-are-checked certificates-are-sound control-goes-encrypted",
    ("EU-CRA", "Annex I Part I (2)(e)", 5): "personal-data-goes-encrypted stored-data-is-protected no-secrets-in-logs",
    ("EU-CRA", "Annex I Part I (2)(g)", 5): "no-traces-of-people-are-shipped",
    ("EU-CRA", "Annex I Part I (2)(m)", 5): "user-data-can-be-erased",
    ("EU-RED", "AUM-1-1", 1): "no-fixed-account-is-accepted",
    ("EU-RED", "AUM-2", 1): "no-shared-key-grants-login",
    ("EU-RED", "AUM-4", 1): "password-can-be-changed",
    ("EU-RED", "AUM-5-1", 1): _PASSWORDS,
    ("EU-RED", "AUM-6", 1): "login-attempts-are-limited",
    ("EU-RED", "GEC-1", 3): "no-known-exploited-vulnerability",
    ("EU-RED", "SUM-1", 3): "update-mechanism-is-secure",
    ("EU-RED", "SUM-2", 3): _UPDATES,
    ("EU-RED", "SUM-3", 3): "updates-are-sought-automatically",
    ("EU-RED", "CCK-1", 4): "private-keys-are-not-shared service-secrets-are-not-shared random-numbers-differ-per-unit",
    ("EU-RED", "CRY-1", 4): "tls-versions-are-current certificates-are-sound ssh-is-sound wireless-protection-is-sound",
    ("EU-RED", "GEC-2", 4): "internet-side-is-closed debug-interfaces-are-closed",
    ("EU-RED", "SCM-1", 4): f"{_CLEAR} wireless-protection-is-sound control-goes-encrypted",
    ("EU-RED", "SCM-2", 4): "certificates-are-checked certificates-are-sound control-goes-encrypted",
    ("EU-RED", "SCM-3", 4): f"{_CLEAR} wireless-protection-is-sound control-goes-encrypted",
    ("EU-RED", "SSM-1 to SSM-3", 4): "keys-are-stored-closed",
    ("EU-RED", "DLM-1", 5): "user-data-can-be-erased",
    ("EU-RED", "SCM-1 to SCM-4", 5): "personal-data-goes-encrypted",
    ("EU-RED", "SSM-1 to SSM-3", 5): "stored-data-is-protected",
    ("NIST-8425", "Interface Access Control 1", 1): f"{_PASSWORDS} no-shared-key-grants-login",
    ("NIST-8425", "Information and Query Reception", 2): "disclosure-policy-is-published",
    ("NIST-8425", "Software Update", 3): _UPDATES,
    ("NIST-8425", "Data Protection 3", 4): (
        f"{_TRANSPORT} ssh-is-sound wireless-protection-is-sound control-goes-encrypted"
    ),
    ("NIST-8425", "Interface Access Control 1", 4): (
        "configuration-needs-authentication internet-side-is-closed debug-interfaces-are-closed"
    ),
    ("NIST-8425", "Data Protection 1", 5): "stored-data-is-protected",
    ("NIST-8425", "Data Protection 2", 5): "user-data-can-be-erased",
    ("NIST-8425", "Data Protection 3", 5): "personal-data-goes-encrypted",
    ("JP-JCSTAR", "S1.1-01", 1): "no-fixed-account-is-accepted",
    ("JP-JCSTAR", "S1.1-02", 1): _PASSWORDS,
    ("JP-JCSTAR", "S1.1-03", 1): "password-can-be-changed",
    ("JP-JCSTAR", "S1.1-04", 1): "login-attempts-are-limited",
    ("JP-JCSTAR", "S1.1-05", 2): "disclosure-policy-is-published",
    ("JP-JCSTAR", "S1.1-06", 3): "update-mechanism-is-secure",
    ("US-CA", "1798.91.04(b)(1)", 1): _PASSWORDS,
    ("CWE", "CWE-1391", 1): "initial-passwords-not-derivable password-hashing-is-sound",
    ("CWE", "CWE-1392", 1): "no-fixed-account-is-accepted",
    ("CWE", "CWE-1393", 1): "no-fixed-account-is-accepted",
    ("CWE", "CWE-1394", 1): "no-shared-key-grants-login",
    ("CWE", "CWE-258", 1): "no-fixed-account-is-accepted",
    ("CWE", "CWE-259", 1): "no-fixed-account-is-accepted",
    ("CWE", "CWE-306", 1): "no-fixed-account-is-accepted",
    ("CWE", "CWE-307", 1): "login-attempts-are-limited",
    ("CWE", "CWE-798", 1): "no-fixed-account-is-accepted no-shared-key-grants-login",
    ("CWE", "CWE-916", 1): "password-hashing-is-sound",
    ("CWE", "CWE-1104", 3): "security-fixes-are-timely tls-libraries-are-maintained",
    ("CWE", "CWE-1277", 3): "update-mechanism-is-secure all-software-can-be-updated",
    ("CWE", "CWE-1329", 3): "all-software-can-be-updated",
    ("CWE", "CWE-1395", 3): "no-known-exploited-vulnerability security-fixes-are-timely",
    ("CWE", "CWE-345", 3): "network-updates-are-authenticated updates-are-verified-on-the-product",
    ("CWE", "CWE-347", 3): "update-signature-is-sound network-updates-are-authenticated",
    ("CWE", "CWE-494", 3): "network-updates-are-authenticated",
    ("CWE", "CWE-295", 4): "certificates-are-checked",
    ("CWE", "CWE-297", 4): "certificates-are-checked",
    ("CWE", "CWE-306", 4): "configuration-needs-authentication debug-interfaces-are-closed",
    ("CWE", "CWE-319", 4): f"{_CLEAR} control-goes-encrypted",
    ("CWE", "CWE-321", 4): "private-keys-are-not-shared service-secrets-are-not-shared",
    ("CWE", "CWE-322", 4): "certificates-are-checked",
    ("CWE", "CWE-326", 4): "certificates-are-sound ssh-is-sound wireless-protection-is-sound tls-versions-are-current",
    ("CWE", "CWE-327", 4): "tls-versions-are-current ssh-is-sound wireless-protection-is-sound certificates-are-sound",
    ("CWE", "CWE-338", 4): "random-numbers-differ-per-unit",
    ("CWE", "CWE-757", 4): "tls-versions-are-current",
    ("CWE", "CWE-1266", 5): "user-data-can-be-erased",
    ("CWE", "CWE-212", 5): "no-traces-of-people-are-shipped",
    ("CWE", "CWE-311", 5): "stored-data-is-protected personal-data-goes-encrypted",
    ("CWE", "CWE-312", 5): "stored-data-is-protected",
    ("CWE", "CWE-319", 5): "personal-data-goes-encrypted",
    ("CWE", "CWE-359", 5): "no-traces-of-people-are-shipped",
    ("CWE", "CWE-532", 5): "no-secrets-in-logs",
    ("CWE", "CWE-922", 5): "stored-data-is-protected keys-are-stored-closed",
    ("NIST-8259A", "Logical Access to Interfaces", 1): (
        f"{_PASSWORDS} no-shared-key-grants-login login-attempts-are-limited"
    ),
    ("NIST-8259A", "Software Update", 3): _UPDATES,
    ("NIST-8259A", "Data Protection", 4): f"{_TRANSPORT} keys-are-stored-closed",
    ("NIST-8259A", "Logical Access to Interfaces", 4): (
        "configuration-needs-authentication internet-side-is-closed debug-interfaces-are-closed"
    ),
    ("NIST-8259A", "Data Protection", 5): (
        "personal-data-goes-encrypted stored-data-is-protected user-data-can-be-erased"
    ),
    ("SG-CLS", "Level 1", 1): _PASSWORDS,
    ("OWASP-TOP10", "I1", 1): f"{_PASSWORDS} no-shared-key-grants-login",
    ("OWASP-TOP10", "I4", 3): _UPDATES,
    ("OWASP-TOP10", "I5", 3): "no-known-exploited-vulnerability security-fixes-are-timely tls-libraries-are-maintained",
    ("OWASP-TOP10", "I2", 4): (
        "internet-side-is-closed configuration-needs-authentication no-clear-text-login-service "
        "services-run-with-few-rights"
    ),
    ("OWASP-TOP10", "I7", 4): (
        f"{_TRANSPORT} keys-are-stored-closed control-goes-encrypted ssh-is-sound wireless-protection-is-sound"
    ),
    ("OWASP-TOP10", "I6", 5): (
        "personal-data-goes-encrypted stored-data-is-protected telemetry-is-told no-secrets-in-logs "
        "no-traces-of-people-are-shipped"
    ),
    ("OWASP-TOP10", "I7", 5): "personal-data-goes-encrypted stored-data-is-protected",
    ("OWASP-ISVS", "2.1.10", 1): _PASSWORDS,
    ("OWASP-ISVS", "2.1.12", 1): "login-attempts-are-limited",
    ("OWASP-ISVS", "2.1.6", 1): "password-can-be-changed",
    ("OWASP-ISVS", "2.1.8", 1): "password-can-be-changed",
    ("OWASP-ISVS", "2.1.9", 1): "no-fixed-account-is-accepted",
    ("OWASP-ISVS", "1.1.5", 2): "disclosure-policy-is-published",
    ("OWASP-ISVS", "1.2.9", 3): "all-software-can-be-updated",
    ("OWASP-ISVS", "1.6.1", 3): "support-period-is-published",
    ("OWASP-ISVS", "3.2.4", 3): "no-known-exploited-vulnerability",
    ("OWASP-ISVS", "3.4.12", 3): "network-updates-are-authenticated",
    ("OWASP-ISVS", "3.4.2", 3): "updates-are-sought-automatically",
    ("OWASP-ISVS", "3.4.3", 3): "update-signature-is-sound updates-are-verified-on-the-product",
    ("OWASP-ISVS", "2.4.1", 4): "private-keys-are-not-shared service-secrets-are-not-shared",
    ("OWASP-ISVS", "2.4.2", 4): "tls-versions-are-current random-numbers-differ-per-unit",
    ("OWASP-ISVS", "3.2.2", 4): "internet-side-is-closed debug-interfaces-are-closed",
    ("OWASP-ISVS", "3.2.3", 4): "no-clear-text-login-service",
    ("OWASP-ISVS", "4.1.1", 4): f"{_TRANSPORT} control-goes-encrypted",
    ("OWASP-ISVS", "4.1.2", 4): "tls-versions-are-current",
    ("OWASP-ISVS", "4.1.3", 4): "certificates-are-checked certificates-are-sound",
    ("OWASP-ISVS", "4.2.1", 4): _CLEAR,
    ("OWASP-ISVS", "1.4.4", 5): "no-secrets-in-logs",
    ("OWASP-ISVS", "2.3.1", 5): "stored-data-is-protected",
    ("OWASP-ISVS", "2.3.2", 5): "user-data-can-be-erased",
    ("OWASP-ISVS", "4.1.1", 5): "personal-data-goes-encrypted",
    ("IETF", "RFC 9116", 2): "disclosure-policy-is-published",
    ("IETF", "RFC 7925", 4): "tls-versions-are-current certificates-are-checked",
    ("IETF", "RFC 9325", 4): "tls-versions-are-current certificates-are-checked",
}
"""Demands whose sense is that of criteria of ours, by framework, number and capability; our own reading."""


def provisions_file(notes: Mapping[str, Any]) -> str:
    """Give the TOML of all provisions, with what the conditions and features in their statuses mean."""
    meanings = {**notes["conditions"]["v2_1_1"], **notes["conditions"][EDITION], **notes["features_v3_1_3"]}
    lines = [
        "# All provisions of EN 303 645 V3.1.3 in our own words, with their numbers and statuses in V2.1.1.",
        "# Read the standard before relying on one. Written by scripts/build_catalogue.py.",
        "",
        "# Numbers: conditions, 1 to 13 of V2.1.1 and 3, 12, 14 to 16 of V3.1.3. Letters: features of V3.1.3.",
        "[conditions]",
        *(f"{key} = {_text(meaning)}" for key, meaning in meanings.items()),
    ]
    for provision in notes["provisions"]:
        lines += ["", "[[provisions]]", *_pairs(_provision(provision))]
    return "\n".join(lines) + "\n"


def scheme_file(notes: Mapping[str, Any], framework: Mapping[str, Any]) -> str:
    """Give the TOML of one scheme with its sure mappings."""
    name = framework["id"]
    id, *names = SCHEMES[name]
    found = [(one["n"], row) for one in notes["capabilities"] for row in one["mappings"] if row["framework"] == name]
    silences = [f"Nothing on capability {number}: {row['says']}." for number, row in found if row["ref"] == "none"]
    scheme = {
        "id": id,
        "names": names,
        "title": framework["title"],
        "kind": framework["kind"],
        "jurisdiction": framework["jurisdiction"],
        "status": f"{framework['status_2026_11_23']}; as known on {notes['written']}",
        "dates": framework["dates"],
        "note": " ".join([framework.get("note", ""), *silences]).strip(),
        "certainty": framework["certainty"],
    }
    lines = [
        "# In our own words. Written by scripts/build_catalogue.py. `certainty` is that of number and sense; which",
        "# criteria bear on a demand is our own reading.",
        "",
        *_pairs(scheme),
    ]
    for number, row in found:
        if row["certainty"] == "sure" and row["ref"] != "none":
            lines += ["", "[[mappings]]", *_pairs(_mapping(name, number, row))]
    return "\n".join(lines) + "\n"


def _provision(notes: Mapping[str, Any]) -> dict[str, Any]:
    applies = notes["applies_when"]
    return {
        "id": notes["id"],
        "title": notes["title"],
        "summary": notes["paraphrase"],
        "level": notes["level"],
        "capability": notes["capability"],
        "v2_id": notes["v2_id"] or "",
        "status": notes["status"][EDITION],
        "v2_status": notes["status"]["v2_1_1"] or "",
        "applies_when": "" if applies == "always" else applies,
        "power": {window: notes["evidence"][source] for source, window in WINDOWS.items()},
        "certainty": notes["certainty"],
    }


def _mapping(framework: str, capability: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "clause": row["ref"],
        "summary": row["says"],
        "capability": capability,
        "provisions": PROVISIONS.get((framework, row["ref"]), "").split(),
        "criteria": CRITERIA.get((framework, row["ref"], capability), "").split(),
        "certainty": row["certainty"],
    }


def _pairs(table: Mapping[str, Any]) -> Iterable[str]:
    """Write one line per key; what is empty or None is left out."""
    return (f"{key} = {_value(value)}" for key, value in table.items() if value not in (None, "", [], {}))


def _value(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
        case list():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case int():
            return str(value)
    return _text(str(value))


def _text(text: str) -> str:
    """Write a basic string: what JSON escapes, TOML reads."""
    return json.dumps(text.replace("’", "'"), ensure_ascii=False)


def main(notes: Path) -> None:
    """Read the notes and write the files."""
    standard = yaml.safe_load((notes / "en303645.yaml").read_text("utf-8"))
    crosswalk = yaml.safe_load((notes / "crosswalk.yaml").read_text("utf-8"))
    (CATALOGUE / "provisions" / "en-303-645-v3.1.3.toml").write_text(provisions_file(standard), "utf-8")
    for framework in crosswalk["frameworks"]:
        if framework["id"] in SCHEMES:
            file = CATALOGUE / "crosswalk" / f"{SCHEMES[framework['id']][0]}.toml"
            file.write_text(scheme_file(crosswalk, framework), "utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
