"""Bundles made by real tools, put into a folder with keys, and what their signatures come to."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from plimsoll.inspect.firmware.update_signatures import UpdateSignatures
from plimsoll.inspect.scan import Scan
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import UpdateSignature
from plimsoll.unpack.explore import Explorer
from plimsoll.unpack.folder import Folder
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits
from tests.firmware import SALT
from tests.unpack.images import tool


def observed(files: Mapping[str, bytes]) -> list[Observation]:
    """Look at a folder of files; give what was seen, in order of place."""
    seen: list[Observation] = []
    scan = Scan([UpdateSignatures()], SALT, seen.append)
    budget = Budget(Limits())
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        explorer = Explorer(FORMATS, budget, scan.visit, on_signed=scan.visit_signed)
        explored = explorer.explore_tree(Folder(os.fsencode(folder), budget), b"given")
        scan.conclude(explored.trees)
    assert all(one.status == "completed" for one in scan.inspections()), scan.inspections()
    return sorted(seen, key=lambda one: (one.where, repr(one.fact)))


def verified(files: Mapping[str, bytes]) -> list[UpdateSignature]:
    """Give what the signatures in a folder of files come to."""
    return [one.fact for one in observed(files) if isinstance(one.fact, UpdateSignature)]


def states(files: Mapping[str, bytes]) -> list[tuple[str, bool | None, str]]:
    """Give state, fit and fault of each."""
    return [(one.state, one.fits, one.fault) for one in verified(files)]


def flipped(data: bytes, offset: int) -> bytes:
    """Give the data with one bit of one byte turned; negative offsets count from the end."""
    changed = bytearray(data)
    changed[offset] ^= 1
    return bytes(changed)


def run(folder: Path, program: str, *arguments: str, package: str = "") -> bytes:
    """Run a real tool in a folder; skip the test where it is absent."""
    command = [tool(program, package or program), *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout


def make_key(folder: Path, name: str, *kind: str) -> tuple[bytes, bytes]:
    """Make a private key `name.pem` and its certificate `name.crt`; give the public key and the certificate in PEM."""
    kind = kind or ("RSA", "-pkeyopt", "rsa_keygen_bits:2048")
    run(folder, "openssl", "genpkey", "-algorithm", *kind, "-out", f"{name}.pem")
    run(folder, "openssl", "req", "-x509", "-key", f"{name}.pem", "-subj", f"/CN={name}", "-days", "20000",
        "-out", f"{name}.crt")  # fmt: skip
    public = run(folder, "openssl", "pkey", "-in", f"{name}.pem", "-pubout")
    return public, (folder / f"{name}.crt").read_bytes()
