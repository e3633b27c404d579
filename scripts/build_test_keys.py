"""Write src/plimsoll/knowledge/test_keys.json again: digests of keys whose private halves public packages ship.

The packages are fetched by the ordinary clients (apt-get, pip, npm) into a temporary folder and looked through in
memory; nothing of them is run or kept. Of each private key that lies open in one, the digest of its public half is
written down with the package and the file: a fact, whatever the package's licence. Run it as
`python scripts/build_test_keys.py`, on Debian; a package that cannot be had is named, and what is known of it stays.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from plimsoll.inspect.firmware import _key_forms
from plimsoll.inspect.firmware._pem import find_block

TARGET = Path(__file__).parent.parent / "src" / "plimsoll" / "knowledge" / "test_keys.json"
DEBIAN = (
    "openssl", "mbedtls", "wolfssl", "gnutls28", "curl", "mosquitto", "nodejs", "python3.11", "stunnel4", "dropbear",
    "openssh", "libwebsockets", "apache2", "openvpn", "strongswan", "libevent", "haproxy", "golang-1.19", "ruby3.1",
    "erlang", "libssh", "libssh2", "rauc", "qtbase-opensource-src", "boost1.74", "civetweb", "libio-socket-ssl-perl",
    "libnet-ssleay-perl", "rabbitmq-server", "postgresql-15", "mariadb", "samba", "proftpd-dfsg", "exim4", "dovecot",
    "grpc", "python-tornado", "paramiko", "twisted", "python-asyncssh", "pyopenssl", "python-urllib3", "m2crypto",
    "python-eventlet", "python-paho-mqtt", "tlslite-ng", "python-aiohttp", "requests", "libgcrypt20", "nettle",
    "lighttpd", "nginx", "freeradius", "wpa", "monit", "syslog-ng", "rsyslog", "inspircd", "squid", "unbound",
    "mosh", "websocketpp", "poco", "libcurl4-openssl-dev", "vlc", "gstreamer1.0", "glib-networking", "libsoup2.4",
)  # fmt: skip
PYPI = ("cryptography-vectors", "gevent", "pytest-httpbin", "tlslite-ng", "tornado", "twisted")
NPM = (
    "webpack-dev-server@2", "browser-sync", "grunt-contrib-connect", "gulp-connect", "node-forge", "spdy@3", "mqtt@2",
    "https-localhost", "live-server", "localtunnel", "aedes", "mosca", "http2", "pem", "karma", "ws@1", "jayson",
)  # fmt: skip
MOST_BYTES = 1 << 20
"""Bytes of the largest file that is read for keys."""
MOST_OF_ONE = 150
"""Most keys taken of one package: those of large collections of test vectors are of no use beyond."""
_BEGIN = re.compile(rb"-----BEGIN ([A-Z0-9 ]{0,20}PRIVATE KEY)-----")


def main() -> None:
    """Fetch, read and write."""
    known = {one["package"]: one for one in json.loads(TARGET.read_bytes())["packages"]} if TARGET.exists() else {}
    with TemporaryDirectory() as folder:
        for name, path in _fetched(Path(folder)):
            keys = _keys(path)
            if keys:
                known[name] = {"package": name, "keys": keys}
            print(f"{name}: {len(keys)} keys", file=sys.stderr, flush=True)
    TARGET.write_text(_written(known, date.today().isoformat()), "utf-8")


def _written(known: dict[str, dict[str, Any]], day: str) -> str:
    """Write each key once, in a line of its own."""
    taken: set[str] = set()
    packages = []
    for _, one in sorted(known.items()):
        own = [pair for pair in one["keys"] if pair[0] not in taken]
        taken |= {digest for digest, _ in own}
        if own:
            rows = ",\n".join(f"  {json.dumps(pair, ensure_ascii=False)}" for pair in own)
            name = json.dumps(one["package"])
            packages.append(f'{{"package": {name}, "keys": [\n{rows}\n]}}')
    return f'{{"note": {json.dumps(_NOTE)},\n"date": "{day}",\n"packages": [\n' + ",\n".join(packages) + "\n]}\n"


_NOTE = (
    "Written by scripts/build_test_keys.py: keys whose private halves lie open in public packages, most of them for "
    "tests and as examples. Each is a SHA-256 of SubjectPublicKeyInfo and the file of the package that holds it."
)


def _fetched(folder: Path) -> Iterator[tuple[str, Path]]:
    for package in DEBIAN:
        yield from _archives(f"Debian source package {package}", _debian(package, folder / f"d-{package}"))
    for package in PYPI:
        into = folder / f"p-{package}"
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(into), package]
        fetched = _run([*command, "--no-binary", ":all:"], folder) or _run(command, folder)
        yield from _archives(f"PyPI package {package}", into if fetched else None)
    for package in NPM:
        into = folder / f"n-{package.replace('/', '-')}"
        into.mkdir()
        yield from _archives(f"npm package {package}", into if _run(["npm", "pack", "-s", package], into) else None)


def _debian(package: str, into: Path) -> Path | None:
    """Fetch a source package by a list of sources of its own, so that the machine's stays as it is."""
    into.mkdir()
    lists = into.parent / "lists"
    sources = into.parent / "sources.list"
    options = ["-o", f"Dir::Etc::SourceList={sources}", "-o", "Dir::Etc::SourceParts=/dev/null"]
    options += ["-o", f"Dir::State::Lists={lists}", "-o", "APT::Sandbox::User=root"]
    if not lists.exists():
        lists.mkdir()
        sources.write_text("deb-src http://deb.debian.org/debian bookworm main\n")
        _run(["apt-get", *options, "-qq", "update"], into)
    fetched = _run(["apt-get", *options, "-qq", "--download-only", "--only-source", "source", package], into)
    return into if fetched else None


def _run(command: list[str], folder: Path) -> bool:
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, timeout=180).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _archives(name: str, folder: Path | None) -> Iterator[tuple[str, Path]]:
    if folder is None:
        print(f"{name}: not to be had", file=sys.stderr)
        return
    yield name, folder


def _keys(folder: Path) -> list[tuple[str, str]]:
    """Give digest and file of each key of a package, each once, by the name of the file."""
    found: dict[str, str] = {}
    for archive in sorted(folder.iterdir()):
        for path, data in _members(archive):
            for digest in _digests(path, data):
                found[digest] = min(path, found.get(digest, path))
    return sorted(found.items(), key=lambda one: (one[1], one[0]))[:MOST_OF_ONE]


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    name = archive.name
    if name.endswith((".whl", ".zip")):
        with zipfile.ZipFile(archive) as opened:
            for one in opened.infolist():
                if one.file_size <= MOST_BYTES:
                    yield one.filename, opened.read(one)
    elif re.search(r"\.(?:tar\.\w+|tgz)\Z", name):
        with tarfile.open(archive) as opened:
            for member in opened:
                if member.isfile() and member.size <= MOST_BYTES and (file := opened.extractfile(member)) is not None:
                    yield member.name, file.read()


def _digests(path: str, data: bytes) -> Iterator[str]:
    if path.endswith(".gz"):
        try:
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MOST_BYTES)
        except (OSError, EOFError):
            return
    for match in _BEGIN.finditer(data):
        block = find_block(data, match.start(), match[1])
        found = _key_forms.read_pem(match[1], block) if block else None
        if found is not None and found.public_digest and not found.encrypted:
            yield found.public_digest
    if re.search(r"(?i)(?:key|priv)[\w.-]*\.der\Z|\.(?:key|pk8)\Z", path) and data[:1] == b"\x30":
        found = _key_forms.read_der(data)
        if found is not None and found.public_digest and not found.encrypted:
            yield found.public_digest


if __name__ == "__main__":
    main()
