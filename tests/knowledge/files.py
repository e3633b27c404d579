"""Files of the official shapes, made by hand, and what an importer gives of them.

The names of the fields are those of the public schemas; the vulnerabilities and makers are made up.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plimsoll.knowledge._writer import Writer
from plimsoll.knowledge.importers import IMPORTERS
from plimsoll.knowledge.importers._parts import read_parts
from plimsoll.knowledge.importers.importer import Importer, Part, Read, Record, Statement, Unusable
from plimsoll.knowledge.importing import _recognise
from plimsoll.knowledge.store import Store


def encoded(document: object) -> bytes:
    """Write a document as JSON."""
    return json.dumps(document).encode()


def parts(data: bytes) -> Iterator[Part]:
    """Give the parts of a file."""
    return read_parts(io.BytesIO(data))


def form_of(data: bytes) -> str:
    """Name the form of a file; empty when it has none."""
    form, _ = _recognise(parts(data))
    return form.id if form else ""


def read(importer: type[Importer], document: object) -> list[Read]:
    """Give what an importer reads in a document, which it must know for its own."""
    data = document if isinstance(document, bytes) else encoded(document)
    form, rest = _recognise(parts(data))
    assert isinstance(form, importer), f"taken for {form and form.id}"
    return list(form.read(rest))


def record(importer: type[Importer], document: object) -> Record:
    """Give the only record in a document."""
    (found,) = [one for one in read(importer, document) if isinstance(one, Record)]
    return found


def statement(importer: type[Importer], document: object) -> Statement:
    """Give the only statement in a document."""
    (found,) = record(importer, document).statements
    return found


def unusable(importer: type[Importer], document: object) -> list[str]:
    """Name the records that an importer cannot use."""
    return [one.name for one in read(importer, document) if isinstance(one, Unusable)]


def knowledge(path: Path, *records: Record) -> Store:
    """Make a file of knowledge and open it."""
    writer = Writer(path, new=True)
    writer.begin()
    for one in records:
        writer.record(one)
    writer.keep()
    writer.close()
    return Store(path)


def nvd_cve(id: str = "CVE-2031-1000", *matches: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Make an NVD 2.0 record."""
    nodes = [{"operator": "OR", "negate": False, "cpeMatch": list(matches)}]
    cve = {
        "id": id,
        "sourceIdentifier": "cve@example.com",
        "published": "2031-02-03T04:05:06.789",
        "lastModified": "2031-03-04T05:06:07.890",
        "vulnStatus": "Analyzed",
        "descriptions": [{"lang": "en", "value": "Not kept."}],
        "metrics": {},
        "weaknesses": [{"source": "x", "type": "Primary", "description": [{"lang": "en", "value": "CWE-121"}]}],
        "configurations": [{"nodes": nodes}] if matches else [],
        "references": [{"url": "https://example.com/"}],
    }
    return {"cve": cve | fields}


def nvd_feed(*items: object) -> dict[str, Any]:
    """Make a year file of NVD 2.0."""
    return {
        "resultsPerPage": len(items),
        "startIndex": 0,
        "totalResults": len(items),
        "format": "NVD_CVE",
        "version": "2.0",
        "timestamp": "2031-04-05T00:00:00.000",
        "vulnerabilities": list(items),
    }


def match(name: str, version: str = "*", **bounds: Any) -> dict[str, Any]:
    """Make a CPE match; `name` is PART:VENDOR:PRODUCT."""
    return {"vulnerable": True, "criteria": f"cpe:2.3:{name}:{version}:*:*:*:*:*:*:*", **bounds}


def kev(*ids: str, released: str = "2031-05-06T07:08:09.0000Z") -> dict[str, Any]:
    """Make CISA's catalogue."""
    entries = [
        {
            "cveID": id,
            "vendorProject": "Example",
            "product": "Router",
            "vulnerabilityName": "Not kept",
            "dateAdded": f"2031-01-{10 + number}",
            "shortDescription": "Not kept",
            "requiredAction": "Not kept",
            "dueDate": "2031-02-01",
            "knownRansomwareCampaignUse": "Unknown",
            "notes": "",
            "cwes": ["CWE-78"],
        }
        for number, id in enumerate(ids)
    ]
    return {
        "title": "Catalog",
        "catalogVersion": "2031.05.06",
        "dateReleased": released,
        "count": len(entries),
        "vulnerabilities": entries,
    }


def epss(*lines: str, date: str = "2031-05-06") -> bytes:
    """Make a file of EPSS scores."""
    head = f"#model_version:v2031.01.01,score_date:{date}T00:00:00+0000\ncve,epss,percentile\n"
    return (head + "".join(f"{line}\n" for line in lines)).encode()


def cve_record(id: str = "CVE-2031-1000", *affected: dict[str, Any], **cna: Any) -> dict[str, Any]:
    """Make a record of the CVE List."""
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": id,
            "assignerOrgId": "0",
            "assignerShortName": "tidewatch",
            "state": "PUBLISHED",
            "datePublished": "2031-02-03T04:05:06.789Z",
            "dateUpdated": "2031-03-04T05:06:07.890Z",
        },
        "containers": {
            "cna": {
                "providerMetadata": {"orgId": "0", "shortName": "tidewatch"},
                "descriptions": [{"lang": "en", "value": "Not kept."}],
                "affected": list(affected),
            }
            | cna
        },
    }


def all_forms() -> set[str]:
    """Name the forms that are known."""
    return {one.id for one in IMPORTERS}
