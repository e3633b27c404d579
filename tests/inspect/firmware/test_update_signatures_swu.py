"""Tests of SWUpdate bundles, signed as its documentation says, with openssl; the real swupdate agrees where it is."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.inspect.firmware.verified import flipped, make_key, run, states, verified
from tests.unpack.images import tool

_ROOT = bytes(range(256)) * 40
_PSS = ("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:-2")
_LIBCONFIG = """software =
{{
    version = "1.0"; /* filename = "not.this" */
    hardware-compatibility: [ "1.0" ];
    images: (
        {{ filename = "root.img"; device = "/dev/mmcblk0p2"; type = "raw"; # sha256 = "none"
           sha256 = "{digest}"; }}
    );
    scripts: ( {{ filename = "run.sh"; type = "shellscript"; sha256 = "{script}"; }} );
}}
"""
_JSON = """{{ "software": {{ "version": "1.0", "images": [ {{ "filename": "root.img", "device": "/dev/x",
 "sha256": "{digest}" }} ], "scripts": [ {{ "filename": "run.sh", "sha256": "{script}" }} ] }} }}
"""
_SCRIPT = b"#!/bin/sh\nexit 0\n"


def _description(text: str = _LIBCONFIG) -> bytes:
    digest, script = (hashlib.sha256(one).hexdigest() for one in (_ROOT, _SCRIPT))
    return text.format(digest=digest, script=script).encode()


def _archive(folder: Path, **files: bytes) -> bytes:
    """Put files into an archive in their order; `_` in a name stands for `-` or `.`."""
    names = {"description": "sw-description", "signature": "sw-description.sig", "root": "root.img", "run": "run.sh"}
    for name, data in files.items():
        (folder / names[name]).write_bytes(data)
    listed = "\n".join(names[name] for name in files).encode()
    run(folder, "cpio", "--version")
    return subprocess.run(["cpio", "-o", "-H", "crc"], cwd=folder, input=listed, check=True, capture_output=True).stdout


def _sign(folder: Path, key: str, how: str, data: bytes) -> bytes:
    (folder / "data").write_bytes(data)
    if how == "cms":
        return run(folder, "openssl", "cms", "-sign", "-in", "data", "-signer", f"{key}.crt", "-inkey", f"{key}.pem",
                   "-outform", "DER", "-nosmimecap", "-binary")  # fmt: skip
    options = _PSS if how == "pss" else ()
    return run(folder, "openssl", "dgst", "-sha256", "-sign", f"{key}.pem", *options, "data")


@pytest.mark.parametrize("how", ["rsa", "pss", "cms"])
@pytest.mark.parametrize("text", [_LIBCONFIG, _JSON], ids=["libconfig", "json"])
def test_a_bundle_and_its_twins(how: str, text: str, tmp_path: Path) -> None:
    public, certificate = make_key(tmp_path, "own")
    foreign_public, foreign_certificate = make_key(tmp_path, "foreign")
    key = {"etc/key.pem": certificate if how == "cms" else public}
    other = {"etc/key.pem": foreign_certificate if how == "cms" else foreign_public}
    description = _description(text)
    signature = _sign(tmp_path, "own", how, description)

    def swu(description: bytes = description, signature: bytes = signature, root: bytes = _ROOT) -> dict[str, bytes]:
        files = {"description": description, "signature": signature, "root": root, "run": _SCRIPT}
        return {"update.swu": _archive(tmp_path, **{name: data for name, data in files.items() if data})}

    (one,) = verified({**swu(), **key})
    assert (one.scheme, one.state, one.fits, one.fault) == ("swupdate", "valid", True, "")
    assert one.algorithm == ("sha256-rsa2048-pss" if how == "pss" else "sha256-rsa2048")
    assert states({**swu(root=flipped(_ROOT, 7)), **key}) == [("broken", True, "the digest of root.img")]
    changed = description.replace(b'"1.0"', b'"0.9"', 1)
    fault = "the digest of the content" if how == "cms" else "the signature"
    assert states({**swu(changed), **key}) == [("broken", False, fault)]
    damaged = states({**swu(signature=flipped(signature, -9)), **key})
    # Without its key along, an altered signature looks like that of a foreign key.
    assert damaged == ([("broken", False, "the signature")] if how == "cms" else [("unknown-key", False, "")])
    assert states({**swu(), **other}) == [("unknown-key", how == "cms", "")]
    assert states(swu()) == [("unknown-key", True if how == "cms" else None, "")]
    assert states({**swu(signature=b""), **key}) == [("unsigned", None, "")]


def test_a_file_that_no_digest_stands_for_is_told(tmp_path: Path) -> None:
    public, _ = make_key(tmp_path, "own")
    description = b'software = { images: ( { filename = "root.img"; } ); };'
    signature = _sign(tmp_path, "own", "rsa", description)
    bundle = _archive(tmp_path, description=description, signature=signature, root=_ROOT)
    assert states({"u.swu": bundle, "key.pem": public}) == [("broken", True, "no digest of root.img is signed")]


def test_encrypted_files_are_not_compared(tmp_path: Path) -> None:
    public, _ = make_key(tmp_path, "own")
    description = b'software = { images: ( { filename = "root.img"; sha256 = "00"; encrypted = true; } ); };'
    signature = _sign(tmp_path, "own", "rsa", description)
    bundle = _archive(tmp_path, description=description, signature=signature, root=_ROOT)
    assert states({"u.swu": bundle, "key.pem": public}) == [("encrypted", True, "")]


@pytest.mark.parametrize("altered", ["", "root", "description", "signature", "unsigned"])
def test_swupdate_agrees(altered: str, tmp_path: Path) -> None:
    _, certificate = make_key(tmp_path, "own")
    description = _description()
    files = {"description": description, "signature": _sign(tmp_path, "own", "cms", description), "root": _ROOT,
             "run": _SCRIPT}  # fmt: skip
    if altered == "unsigned":
        del files["signature"]
    elif altered:
        files[altered] = flipped(files[altered], 40 if altered == "description" else -9)
    bundle = _archive(tmp_path, **files)
    (tmp_path / "u.swu").write_bytes(bundle)
    command = [tool("swupdate", "swupdate"), "-v", "-H", "board:1.0", "-c", "-k", "own.crt", "--cert-purpose",
               "emailProtection", "-i", "u.swu"]  # fmt: skip
    own = os.environ | {"TMPDIR": str(tmp_path)}  # Its sockets: two of them at a time would disturb each other.
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, env=own)
    accepts = b"SWUPDATE successful" in said.stdout + said.stderr
    ((state, _, _),) = states({"u.swu": bundle, "key.crt": certificate})
    assert (state == "valid") == accepts == (not altered), said.stdout
