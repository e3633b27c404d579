"""One request and its answer over one connection to an address that was checked, bounded in time and bytes.

Sources: RFC 9112 (messages; the standard library reads them), RFC 9110, 8.4.1 (content codings), RFC 1950 to 1952.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import zlib
from collections.abc import Callable
from typing import cast

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.visit._address import Address
from plimsoll.visit.limits import VisitLimits

Clock = Callable[[], float]
"""Seconds that only go forward."""
Connect = Callable[[tuple[str, int], float], socket.socket]
"""Connect to an internet address and port within so many seconds."""

_PIECE = 1 << 16
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_ACCEPT = "text/html, text/plain, application/json, application/xml;q=0.9, */*;q=0.5"


class NoAnswer(Exception):
    """There is no answer, or none that can be trusted; carries why."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


class Answer(msgspec.Struct, frozen=True):
    """What one server said to one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: bool

    def header(self, name: str) -> str:
        """Give the first value of a header by its lower-case name, or nothing."""
        return next((value for key, value in self.headers if key == name), "")


class Caller(msgspec.Struct, frozen=True):
    """How requests are made."""

    limits: VisitLimits
    trust: ssl.SSLContext
    clock: Clock
    connect: Connect
    agent: str
    """User-Agent."""

    def ask(self, method: str, address: Address, pinned: tuple[str, ...], body_bytes: int) -> Answer:
        """Ask one of the host's internet addresses, given in `pinned`; raise NoAnswer."""
        deadline = self.clock() + self.limits.response_seconds
        try:
            with self._open(address, pinned, deadline) as connection:
                stream = _Stream(connection, self, deadline)
                connection.settimeout(stream.patience())
                connection.sendall(self._request(method, address))
                return _read(stream, method, body_bytes, self.limits.header_bytes)
        except ssl.SSLCertVerificationError as error:
            raise NoAnswer(
                message("the certificate of {host} is not trusted: {reason}", host=address.host,
                        reason=error.verify_message)
            ) from None  # fmt: skip
        except ssl.SSLError as error:
            reason = (error.reason or "no reason given").lower().replace("_", " ")
            raise NoAnswer(message("TLS with {host} failed: {reason}", host=address.host, reason=reason)) from None
        except TimeoutError:
            raise NoAnswer(message("{host} took too long to answer", host=address.host)) from None
        except ConnectionRefusedError:
            raise NoAnswer(message("{host} refuses the connection", host=address.host)) from None
        except OSError:
            raise NoAnswer(message("the connection to {host} failed or broke off", host=address.host)) from None
        except (http.client.HTTPException, ValueError):
            raise NoAnswer(message("what {host} sends is not HTTP as it should be", host=address.host)) from None

    def _open(self, address: Address, pinned: tuple[str, ...], deadline: float) -> socket.socket:
        for number, one in enumerate(pinned, 1):
            patience = min(self.limits.read_seconds, deadline - self.clock())
            if patience <= 0:
                raise TimeoutError
            try:
                plain = self.connect((one, address.port), patience)
                break
            except OSError:
                if number == len(pinned):
                    raise
        if address.scheme == "http":
            return plain
        try:
            plain.settimeout(max(0.001, min(self.limits.read_seconds, deadline - self.clock())))
            return self.trust.wrap_socket(plain, server_hostname=address.host)
        except BaseException:
            plain.close()
            raise

    def _request(self, method: str, address: Address) -> bytes:
        lines = (
            f"{method} {address.target} HTTP/1.1", f"Host: {address.authority}", f"User-Agent: {self.agent}",
            f"Accept: {_ACCEPT}", "Accept-Language: en, *;q=0.5", "Accept-Encoding: gzip, deflate", "Connection: close",
        )  # fmt: skip
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


class _Stream(io.RawIOBase):
    """The bytes of an answer as they come: each read waits no longer than it may, and no more than `left` are given."""

    def __init__(self, connection: socket.socket, caller: Caller, deadline: float) -> None:
        self._connection = connection
        self._caller = caller
        self._deadline = deadline
        self.left = caller.limits.header_bytes + _PIECE

    def patience(self) -> float:
        """Give the seconds that the next read may take; raise TimeoutError when none are left."""
        patience = min(self._caller.limits.read_seconds, self._deadline - self._caller.clock())
        if patience <= 0:
            raise TimeoutError
        return patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self.left <= 0:
            return 0
        self._connection.settimeout(self.patience())
        count = self._connection.recv_into(buffer[: self.left])
        self.left -= count
        return count

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Stand in for the socket that the standard library's reader asks for a file."""
        return io.BufferedReader(self, 8192)


def _read(stream: _Stream, method: str, body_bytes: int, header_bytes: int) -> Answer:
    answer = http.client.HTTPResponse(cast(socket.socket, stream), method=method)
    answer.begin()
    headers = tuple((name.lower(), _FOLD.sub(" ", value).strip()) for name, value in answer.getheaders())
    if sum(len(name) + len(value) for name, value in headers) > header_bytes or not 100 <= answer.status <= 599:
        raise http.client.HTTPException
    # Chunk sizes and extensions come on top of the body; a server that sends more of these than of content is cut off.
    stream.left = 2 * body_bytes + _PIECE
    pieces, size = [], 0
    while size <= body_bytes and (piece := answer.read(min(_PIECE, body_bytes + 1 - size))):
        pieces.append(piece)
        size += len(piece)
    if size <= body_bytes and answer.length:
        raise http.client.IncompleteRead(b"")
    coding = ", ".join(value for name, value in headers if name == "content-encoding").lower()
    body, cut = _decoded(b"".join(pieces)[:body_bytes], coding, body_bytes, cut=size > body_bytes)
    return Answer(answer.status, headers, body, cut)


def _decoded(data: bytes, coding: str, most: int, *, cut: bool) -> tuple[bytes, bool]:
    """Undo the content coding; raise HTTPException when it is unknown or broken."""
    if coding in ("", "identity") or not data:
        return data, cut
    if coding in ("gzip", "x-gzip"):
        return _inflated(data, 31, most, cut=cut)
    if coding == "deflate":
        zlib_header = len(data) > 1 and data[0] & 15 == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return _inflated(data, 15 if zlib_header else -15, most, cut=cut)
    raise http.client.HTTPException


def _inflated(data: bytes, wbits: int, most: int, *, cut: bool) -> tuple[bytes, bool]:
    decoder = zlib.decompressobj(wbits)
    try:
        body = decoder.decompress(data, most + 1)
    except zlib.error:
        raise http.client.HTTPException from None
    if len(body) > most:
        return body[:most], True
    if (not decoder.eof and not cut) or decoder.unused_data:
        raise http.client.HTTPException
    return body, cut
