"""Fetches one file over HTTP: only when it changed, and from where it broke off the last time.

Sources: RFC 9110, sections 13 (conditional requests), 14 (ranges) and 10.2.3 (Retry-After); RFC 6585 (429).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx
import msgspec

import plimsoll
from plimsoll.model.message import Message, message

FILE_BYTES = 4 << 30
"""Largest file that is fetched."""
_REDIRECTS = 5
_TRIES = 4
_LONGEST_WAIT_S = 60.0
_PATIENCE_S = 30.0

OnBytes = Callable[[str, int, int], None]
"""Told the name of a file, how many of its bytes are here, and of how many; 0 where that is not known."""


class Validators(msgspec.Struct, frozen=True):
    """By which a server knows whether its file has changed."""

    etag: str = ""
    modified: str = ""
    """As in Last-Modified."""


class Fetched(NamedTuple):
    """A file that is here, whole."""

    path: Path
    validators: Validators


class Unchanged(NamedTuple):
    """The server has nothing newer."""


class Failed(NamedTuple):
    """The file could not be had."""

    why: Message
    is_host_down: bool = False
    """The host was not reached at all, so that it is of no use to ask it for another file."""


class _Interrupted(Exception):
    """The connection broke off; what came is kept."""


class Fetcher:
    """Fetches files into a folder; a context manager."""

    def __init__(self, folder: Path, *, sleep: Callable[[float], None] = time.sleep, on_bytes: OnBytes | None = None):
        """`folder` keeps what came of a file whose connection broke off."""
        self._folder, self._sleep, self._on_bytes = folder, sleep, on_bytes
        headers = {"User-Agent": f"Plimsoll/{plimsoll.__version__}", "Accept-Encoding": "identity", "Accept": "*/*"}
        self._client = httpx.Client(headers=headers, timeout=_PATIENCE_S, follow_redirects=False)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *error: object) -> None:
        self._client.close()

    def fetch(self, name: str, address: str, held: Validators) -> Fetched | Unchanged | Failed:
        """Fetch a file unless it is as it was; `name` is the name that it gets."""
        host = urlsplit(address).netloc
        failed = Failed(message("{host} asks to come back later", host=host))
        for attempt in range(_TRIES):
            wait = 2.0**attempt
            try:
                answer = self._once(name, address, held)
            except httpx.ConnectError as error:
                return Failed(message("{host} cannot be reached ({why}); is this machine offline?", host=host,
                                      why=str(error)), is_host_down=True)  # fmt: skip
            except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
                return Failed(message("{address} is no address: {why}", address=address, why=str(error)))
            except (_Interrupted, httpx.TransportError) as error:
                failed = Failed(message("the connection to {host} broke off ({why}); what came is kept, and the next "
                                        "update goes on from there", host=host, why=str(error)))  # fmt: skip
            else:
                if not isinstance(answer, float):
                    return answer
                failed, wait = Failed(message("{host} asks to come back later", host=host)), answer
            if attempt + 1 == _TRIES or wait > _LONGEST_WAIT_S:
                break
            self._sleep(wait)
        return failed

    def _once(self, name: str, address: str, held: Validators) -> Fetched | Unchanged | Failed | float:
        """Ask once, and follow redirects; a number is the seconds that the server asks to wait."""
        part = self._folder / f"{name}.part"
        begun = _begun(part)
        for _ in range(_REDIRECTS + 1):
            with self._client.stream("GET", address, headers=_conditions(part, begun, held)) as answer:
                if not answer.has_redirect_location:
                    return self._take(name, part, begun, answer)
                following = urljoin(address, answer.headers["location"])
            if address.startswith("https:") and not following.startswith("https:"):
                return Failed(message("{host} sends on from https to plain http", host=urlsplit(address).netloc))
            address = following
        return Failed(message("more than {limit} redirects", limit=_REDIRECTS))

    def _take(
        self, name: str, part: Path, begun: Validators, answer: httpx.Response
    ) -> Fetched | Unchanged | Failed | float:
        host, status = answer.url.host, answer.status_code
        if status == 304:
            return Unchanged()
        if status in (429, 503):
            return _wait(answer)
        if status == 416:
            _forget(part)
            return 0.0
        if status in (401, 403):
            return Failed(message("{host} refuses the file (status {status})", host=host, status=status))
        if status not in (200, 206):
            return Failed(message("{host} does not have the file (status {status})", host=host, status=status))
        at = part.stat().st_size if status == 206 else 0
        if status == 206 and not answer.headers.get("content-range", "").startswith(f"bytes {at}-"):
            _forget(part)
            return 0.0
        told = Validators(answer.headers.get("etag", ""), answer.headers.get("last-modified", ""))
        if status == 206 and told != begun and told.etag:
            _forget(part)
            return 0.0
        length = answer.headers.get("content-length", "")
        total = at + int(length) if length.isdigit() and len(length) < 16 else 0
        if total > FILE_BYTES:
            return Failed(message("the file is of {size} bytes, more than the limit", size=total))
        return self._write(name, part, told if status == 200 else begun, answer, at, total)

    def _write(
        self, name: str, part: Path, told: Validators, answer: httpx.Response, at: int, total: int
    ) -> Fetched | Failed:
        part.parent.mkdir(parents=True, exist_ok=True)
        _notes(part).write_bytes(msgspec.json.encode(told))
        with part.open("r+b" if at else "wb") as file:
            file.seek(at)
            try:
                for data in answer.iter_raw():
                    at += len(data)
                    if at > FILE_BYTES:
                        return Failed(message("the file is larger than the limit"))
                    file.write(data)
                    if self._on_bytes:
                        self._on_bytes(name, at, total)
            except httpx.TransportError as error:
                raise _Interrupted(str(error)) from None
        whole = self._folder / name
        part.replace(whole)
        _notes(part).unlink(missing_ok=True)
        return Fetched(whole, told)


def _begun(part: Path) -> Validators:
    """Give the validators of what came the last time; of a file without them nothing is of use."""
    try:
        begun = msgspec.json.decode(_notes(part).read_bytes(), type=Validators)
    except (OSError, msgspec.MsgspecError):
        begun = Validators()
    if not part.exists() or not (begun.etag or begun.modified) or begun.etag.startswith("W/"):
        _forget(part)
        return Validators()
    return begun


def _conditions(part: Path, begun: Validators, held: Validators) -> dict[str, str]:
    if begun.etag or begun.modified:
        return {"Range": f"bytes={part.stat().st_size}-", "If-Range": begun.etag or begun.modified}
    asked = {"If-None-Match": held.etag, "If-Modified-Since": held.modified if not held.etag else ""}
    return {name: value for name, value in asked.items() if value}


def _wait(answer: httpx.Response) -> float:
    asked = answer.headers.get("retry-after", "")
    return float(asked) if asked.isdigit() and len(asked) < 9 else 5.0


def _notes(part: Path) -> Path:
    return part.with_name(f"{part.name}.json")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _notes(part).unlink(missing_ok=True)
