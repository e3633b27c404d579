"""Reads what a CSAF provider says of itself and of its advisories.

Source: Common Security Advisory Framework 2.0, section 7.1 (requirements 1 to 23) and 7.2 (roles), and the format of
ROLIE feeds (RFC 8322) in JSON. Only those requirements are weighed that one visit can see.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from plimsoll.sources.site import Response

MOST_ENTRIES = 5_000
LARGEST_DOCUMENT = 4 * 1024 * 1024
"""Bytes of a document that are read."""

ROLES = ("csaf_publisher", "csaf_provider", "csaf_trusted_provider")
_DATE = re.compile(r"(20\d\d)-(\d\d)-(\d\d)")


def read_json(response: Response) -> Mapping[str, Any] | None:
    """Read an object; None when the answer holds none."""
    if not response.ok or response.cut or len(response.body) > LARGEST_DOCUMENT:
        return None
    try:
        document = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def is_provider_metadata(document: Mapping[str, Any]) -> bool:
    """Whether an object is meant as provider metadata."""
    return "canonical_url" in document and ("publisher" in document or "distributions" in document)


def role_of(document: Mapping[str, Any]) -> str:
    """Give the role it claims; a provider when it names none, as the format lays down."""
    role = document.get("role", "csaf_provider")
    return role if role in ROLES else ""


def rolie_feeds(document: Mapping[str, Any]) -> Iterator[str]:
    """Give the addresses of its feeds of public advisories."""
    for one in _dicts(document.get("distributions")):
        rolie = one.get("rolie")
        for feed in _dicts(rolie.get("feeds") if isinstance(rolie, dict) else None):
            url = feed.get("url")
            if (
                isinstance(url, str)
                and url.startswith("https://")
                and feed.get("tlp_label") in (None, "WHITE", "CLEAR", "UNLABELED")
            ):
                yield url


def directories(document: Mapping[str, Any]) -> Iterator[str]:
    """Give the addresses of its folders of advisories, each ending in `/`."""
    for one in _dicts(document.get("distributions")):
        url = one.get("directory_url")
        if isinstance(url, str) and url.startswith("https://"):
            yield url.rstrip("/") + "/"


def missing_of_metadata(document: Mapping[str, Any], response: Response) -> Iterator[str]:
    """Give the numbers of requirements that the metadata itself shows not to hold."""
    if response.hops:
        yield "6"
    publisher = document.get("publisher")
    named = isinstance(publisher, dict) and all(
        isinstance(publisher.get(key), str) for key in ("category", "name", "namespace")
    )
    whole = all(isinstance(document.get(key), str) for key in ("canonical_url", "last_updated", "metadata_version"))
    if not (named and whole and role_of(document)) or not str(document.get("canonical_url", "")).startswith("https://"):
        yield "7"
    if role_of(document) == "csaf_trusted_provider" and not _dicts(document.get("public_openpgp_keys")):
        yield "20"


def missing_of_feed(feed: Mapping[str, Any], role: str) -> Iterator[str]:
    """Give the numbers of requirements that a feed shows not to hold: hashes and signatures beside each entry."""
    entries = _entries(feed)
    relations = [{link.get("rel") for link in _dicts(entry.get("link"))} for entry in entries]
    if role == "csaf_trusted_provider" and relations:
        if any("hash" not in one for one in relations):
            yield "18"
        if any("signature" not in one for one in relations):
            yield "19"


def is_feed(document: Mapping[str, Any]) -> bool:
    """Whether an object is a ROLIE feed."""
    return isinstance(document.get("feed"), dict)


def last_of_feed(feed: Mapping[str, Any], today: datetime.date) -> str:
    """Give the date of a feed's newest entry."""
    return newest((entry.get("updated") for entry in _entries(feed)), today)


def last_of_changes(response: Response, today: datetime.date) -> str:
    """Give the newest date of a `changes.csv`: path and time on each line."""
    text = response.body[:LARGEST_DOCUMENT].decode("utf-8", "replace")
    times: list[str] = []
    try:
        for row in csv.reader(io.StringIO(text)):
            if len(times) >= MOST_ENTRIES:
                break
            if len(row) >= 2 and row[0].endswith(".json"):
                times.append(row[1])
    except csv.Error:
        pass
    return newest(times, today)


def newest(times: Any, today: datetime.date) -> str:
    """Give the newest date among times that begin with an ISO date; none from the future, empty when there is none."""
    best = ""
    for time in times:
        match = _DATE.match(time.strip()) if isinstance(time, str) else None
        if match is None:
            continue
        try:
            date = datetime.date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
        if date <= today:
            best = max(best, date.isoformat())
    return best


def _entries(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    feed = document.get("feed")
    return _dicts(feed.get("entry") if isinstance(feed, dict) else None)[:MOST_ENTRIES]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
