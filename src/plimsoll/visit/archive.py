"""Keeps a visit as a web archive, and answers from it offline as the visitor did.

The file is WARC 1.1 (ISO 28500), so that other programs can open it; gzip of each record where its name ends in `.gz`:

    warcinfo   the program, and the day of the visit as WARC-Date; first
    response   one for each redirect that was followed, and one for the answer with its body; content codings undone,
               and the headers that spoke of the bytes on the wire renamed to X-Archive-Orig-
    metadata   application/json, one for each address asked for, after its responses: method, the answer as the
               program keeps it but for the body, and the body's sha256; WARC-Refers-To names the answer's record

Only the metadata records and the bodies that they name are read back. Record ids follow from position and content.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import string
import uuid
from pathlib import Path

import msgspec

import plimsoll
from plimsoll.errors import InputError, PlimsollError
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Fetch, Method, Response
from plimsoll.visit._warc import BadArchive, Record, read_archive, read_records, write_record

_ON_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")
_HINT = "give an archive that Plimsoll wrote, or visit the maker's pages again"


class Recorder:
    """A Fetch that asks another one, for each address once, and keeps what it says."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._kept: dict[tuple[Method, str], Response] = {}

    def __call__(self, method: Method, url: str) -> Response:
        """Ask, or give what was said before."""
        key = method, url
        if key not in self._kept:
            self._kept[key] = self._fetch(method, url)
        return self._kept[key]

    def write(self, path: Path, visited_on: datetime.date) -> None:
        """Write all that was asked so far; the same answers and day give the same bytes. Raise PlimsollError."""
        records = [_about(visited_on)]
        for (method, url), response in self._kept.items():
            records += _exchange(method, url, response, visited_on, len(records))
        try:
            path.write_bytes(b"".join(write_record(one, compressed=path.suffix == ".gz") for one in records))
        except OSError as error:
            raise PlimsollError(
                f"the archive {str(path)!r} cannot be written: {error}", hint="give another place"
            ) from error


class Replay:
    """A Fetch that answers from an archive and never goes out."""

    def __init__(self, visited_on: datetime.date, kept: dict[tuple[Method, str], Response]) -> None:
        self.visited_on = visited_on
        """Day of the visit."""
        self._kept = kept

    def __call__(self, method: Method, url: str) -> Response:
        """Give what was said, or that the visit did not ask for this."""
        kept = self._kept.get((method, url))
        return kept or Response(
            url, "not-looked-at", why=message("the archive of the visit does not hold this address")
        )


class _Entry(msgspec.Struct, frozen=True):
    """What a metadata record says."""

    method: Method
    response: Response
    """With an empty body."""
    body_sha256: str


def replay(path: Path) -> Replay:
    """Open an archive; raise InputError when it is none, is damaged, or is larger than a visit can be."""
    try:
        return _replay(read_records(read_archive(path)))
    except OSError as error:
        raise InputError(f"the archive {str(path)!r} cannot be read: {error}", hint=_HINT) from error
    except BadArchive as error:
        raise InputError(f"{str(path)!r} is not an archive of a visit: {error}", hint=_HINT) from error


def _about(visited_on: datetime.date) -> Record:
    text = f"software: Plimsoll/{plimsoll.__version__}\r\nformat: WARC File Format 1.1\r\n"
    return _record("warcinfo", visited_on, 0, text.encode(), "application/warc-fields")


def _exchange(method: Method, url: str, response: Response, visited_on: datetime.date, first: int) -> list[Record]:
    def answer(status: int, target: str, headers: tuple[tuple[str, str], ...], body: bytes, **fields: str) -> None:
        block = _head(status, headers) + body
        digest = {"WARC-Target-URI": target, "WARC-Payload-Digest": f"sha256:{hashlib.sha256(body).hexdigest()}"}
        media = "application/http; msgtype=response"
        records.append(_record("response", visited_on, first + len(records), block, media, **digest, **fields))

    records: list[Record] = []
    for hop in response.hops:
        answer(hop.status, hop.url, (("location", hop.location),), b"")
    entry = _Entry(method, msgspec.structs.replace(response, body=b""), response.sha256)
    fields = {"WARC-Target-URI": url}
    if response.access == "answered":
        cut = {"WARC-Truncated": "length"} if response.cut else {}
        answer(response.status, response.final_url, response.headers, response.body, **cut)
        fields["WARC-Refers-To"] = records[-1].id
    block = json.dumps(msgspec.to_builtins(entry), sort_keys=True).encode("ascii")
    records.append(_record("metadata", visited_on, first + len(records), block, "application/json", **fields))
    return records


def _record(kind: str, visited_on: datetime.date, number: int, block: bytes, media: str, **fields: str) -> Record:
    id = uuid.uuid5(uuid.NAMESPACE_URL, f"{visited_on} {number} {kind} {hashlib.sha256(block).hexdigest()}").urn
    named = {"WARC-Type": kind, "WARC-Record-ID": f"<{id}>", "WARC-Date": f"{visited_on}T00:00:00Z", **fields}
    return Record({**named, "Content-Type": media}, block)


def _head(status: int, headers: tuple[tuple[str, str], ...]) -> bytes:
    lines = [f"HTTP/1.1 {status} "]
    for name, value in headers:
        shown = f"X-Archive-Orig-{name}" if name in _ON_THE_WIRE else name
        lines.append(f"{shown}: {value}".replace("\r", " ").replace("\n", " "))
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1", "replace")


def _replay(records: list[Record]) -> Replay:
    if not records or records[0].fields.get("warc-type") != "warcinfo":
        raise BadArchive("it does not begin with a warcinfo record")
    try:
        visited_on = datetime.date.fromisoformat(records[0].fields.get("warc-date", "")[:10])
    except ValueError:
        raise BadArchive("the day of the visit is missing") from None
    answers = {one.fields.get("warc-record-id"): one for one in records if one.fields.get("warc-type") == "response"}
    kept: dict[tuple[Method, str], Response] = {}
    for record in records:
        if record.fields.get("warc-type") == "metadata":
            entry = _entry(record, answers)
            key = entry.method, entry.response.url
            if key in kept:
                raise BadArchive(f"{key[1]!r} stands in it twice")
            kept[key] = entry.response
    return Replay(visited_on, kept)


def _entry(record: Record, answers: dict[str | None, Record]) -> _Entry:
    try:
        entry = msgspec.convert(json.loads(record.block), _Entry)
    except (ValueError, RecursionError, msgspec.ValidationError):
        raise BadArchive("a metadata record cannot be read") from None
    body = b""
    if entry.response.access == "answered":
        answer = answers.get(record.fields.get("warc-refers-to"))
        if answer is None:
            raise BadArchive(f"the answer of {entry.response.url!r} is missing")
        body = answer.block.partition(b"\r\n\r\n")[2]
    response = msgspec.structs.replace(entry.response, body=body)
    if response.sha256 != entry.body_sha256:
        raise BadArchive(f"the body of {response.url!r} was changed")
    if response.why and not _is_plain(response.why):
        raise BadArchive(f"the reason given for {response.url!r} is not one of ours")
    return msgspec.structs.replace(entry, response=response)


def _is_plain(why: Message) -> bool:
    """Whether every field of a template is a bare name that has a value, so that showing it does nothing else."""
    try:
        fields = list(string.Formatter().parse(why.template))
    except ValueError:
        return False
    return all(
        name is None or (name.isidentifier() and name in why.parameters and not spec and not how)
        for _, name, spec, how in fields
    )
