"""Tests of what counts as documentation, through the whole way that bytes go."""

from __future__ import annotations

import gzip
from pathlib import Path

from scripts.twins import keys

from plimsoll.inspect.firmware.private_keys import PrivateKeys
from plimsoll.inspect.firmware.tls_settings import TlsSettings
from plimsoll.look import look
from plimsoll.model.facts import PrivateKey, TlsSetting
from plimsoll.unpack.limits import Limits

_PAGE = b"\nTo fetch a file from a host whose certificate is not known:\n\ncurl -k https://files.test/list\n\n"


def test_a_compressed_manual_page_is_documentation(tmp_path: Path) -> None:
    assert _active(tmp_path, "usr/share/man/man1/curl.1.gz", gzip.compress(_PAGE)) == [False]


def test_a_compressed_file_elsewhere_is_not(tmp_path: Path) -> None:
    assert _active(tmp_path, "etc/jobs.gz", gzip.compress(_PAGE)) == [True]


def test_a_key_in_a_compressed_example_is_documentation(tmp_path: Path) -> None:
    key = gzip.compress(keys.private_pem(keys.ec_key("example")))
    assert _active(tmp_path, "usr/share/doc/server/examples/key.pem.gz", key) == [False]
    assert _active(tmp_path, "etc/key.pem.gz", key) == [True, False]


def _active(folder: Path, path: str, data: bytes) -> list[bool]:
    """Look through a folder that holds a file, and give whether the facts of it are in use."""
    target = folder / path
    target.parent.mkdir(parents=True)
    target.write_bytes(data)
    facts = [one.fact for one in look(folder, (TlsSettings(), PrivateKeys()), Limits()).observations]
    return [fact.active for fact in facts if isinstance(fact, TlsSetting | PrivateKey)]
