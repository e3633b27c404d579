"""A real web server on loopback that publishes feeds as the official ones do: conditional requests, ranges, refusals.

with Feeds({"/kev/known.json": b"..."}) as feeds:
    feeds.url            # address to give as --from
    feeds.asked          # (path, headers) of each request, names in lower case
    feeds.cut["/kev/known.json"] = 100    # break the connection off after so many bytes, once
    feeds.status["/kev/known.json"] = (429, {"Retry-After": "1"})   # answer this, until it is taken out
"""

from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Feeds:
    """The server; a context manager."""

    def __init__(self, files: dict[str, bytes], *, ranges: bool = True) -> None:
        self.files, self.ranges = files, ranges
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.cut: dict[str, int] = {}
        self.status: dict[str, tuple[int, dict[str, str]]] = {}
        feeds = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                feeds._answer(self)

            def log_message(self, *words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def etag(self, path: str) -> str:
        """Give the strong validator of a file."""
        return f'"{hashlib.sha256(self.files[path]).hexdigest()[:16]}"'

    def _answer(self, request: Any) -> None:
        path, headers = request.path, {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((path, headers))
        if path in self.status:
            self._send(request, *self.status[path], b"")
        elif path not in self.files:
            self._send(request, 404, {}, b"")
        elif headers.get("if-none-match") == self.etag(path):
            self._send(request, 304, {"ETag": self.etag(path)}, b"")
        else:
            data, told = self.files[path], {"ETag": self.etag(path)}
            start = int(headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
            if not self.ranges or headers.get("if-range", self.etag(path)) != self.etag(path):
                start = 0
            if start:
                told["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
            self._send(request, 206 if start else 200, told, data[start:], self.cut.pop(path, None))

    def _send(self, request: Any, status: int, headers: dict[str, str], body: bytes, cut: int | None = None) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body if cut is None else body[:cut])
        request.close_connection = cut is not None
