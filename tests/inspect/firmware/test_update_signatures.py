"""Tests of signatures of bundles: RAUC, made by the real rauc; signify's files; keys and where they count."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect.firmware._bundles import Keys, judge, pending
from plimsoll.inspect.firmware._cms import read_message
from plimsoll.model.facts import PublicKey
from plimsoll.sources.signed import SignatureParts, Signed
from tests.inspect.firmware.verified import flipped, make_key, observed, run, states, verified

_IMAGE = random.Random(1).randbytes(60_000)
_MANIFEST = "[update]\ncompatible=Test\nversion=1.0\n\n[bundle]\nformat={}\n\n[image.rootfs]\nfilename=rootfs.img\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority, a key that it certified, and a foreign key."""
    folder = tmp_path_factory.mktemp("keys")
    make_key(folder, "root")
    make_key(folder, "foreign")
    run(folder, "openssl", "req", "-new", "-newkey", "rsa:3072", "-nodes", "-keyout", "leaf.pem", "-subj", "/CN=leaf",
        "-out", "leaf.csr")  # fmt: skip
    run(folder, "openssl", "x509", "-req", "-in", "leaf.csr", "-CA", "root.crt", "-CAkey", "root.pem", "-days", "9000",
        "-CAcreateserial", "-out", "leaf.crt")  # fmt: skip
    return folder


def _bundle(keys: Path, folder: Path, format: str) -> bytes:
    content = folder / "content"
    content.mkdir(parents=True)
    (content / "rootfs.img").write_bytes(_IMAGE)
    (content / "manifest.raucm").write_text(_MANIFEST.format(format))
    run(folder, "rauc", "bundle", f"--cert={keys / 'leaf.crt'}", f"--key={keys / 'leaf.pem'}", "content", "out.raucb")
    return (folder / "out.raucb").read_bytes()


@pytest.fixture(scope="module", params=["plain", "verity"])
def bundle(request: pytest.FixtureRequest, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give a signed bundle of each format whose content can be read."""
    return _bundle(keys, tmp_path_factory.mktemp("bundle") / "in", request.param)


def test_a_bundle_whose_signer_the_keyring_certified_is_valid(bundle: bytes, keys: Path) -> None:
    ring = (keys / "root.crt").read_bytes()
    (one,) = verified({"update.raucb": bundle, "etc/rauc/keyring.pem": ring})
    assert (one.scheme, one.state, one.fits, one.fault) == ("rauc", "valid", True, "")
    assert (one.algorithm, one.key_name) == ("sha256-rsa3072", "CN=leaf")
    places = [seen.because for seen in observed({"update.raucb": bundle, "ring.pem": ring}) if seen.because]
    assert places == [(f"given/ring.pem+0x0:{len(ring) - 1}",)]


def test_a_bundle_speaks_for_itself_to_nobody(bundle: bytes, keys: Path) -> None:
    assert states({"update.raucb": bundle}) == [("unknown-key", True, "")]
    foreign = (keys / "foreign.crt").read_bytes()
    assert states({"update.raucb": bundle, "ring.pem": foreign}) == [("unknown-key", True, "")]


def test_a_certificate_in_documentation_or_in_a_store_of_authorities_is_no_keyring(bundle: bytes, keys: Path) -> None:
    ring = (keys / "root.crt").read_bytes()
    for path in ("usr/share/doc/rauc/examples/ring.pem", "etc/ssl/certs/root.pem"):
        assert states({"update.raucb": bundle, path: ring}) == [("unknown-key", True, "")]
    assert states({"update.raucb": bundle, "ring.pem": ring * 9}) == [("unknown-key", True, "")]


def test_one_byte_of_content_or_signature_breaks_a_bundle(bundle: bytes, keys: Path) -> None:
    ring = (keys / "root.crt").read_bytes()
    content = states({"update.raucb": flipped(bundle, 150), "ring.pem": ring})
    assert content == [("broken", content[0][1], "the digest of the content")]
    assert states({"update.raucb": flipped(bundle, -20), "ring.pem": ring}) == [("broken", False, "the signature")]


def test_one_byte_of_a_signed_manifest_breaks_a_bundle(keys: Path, tmp_path: Path) -> None:
    bundle = _bundle(keys, tmp_path / "in", "verity")
    at = bundle.rindex(b"version=1.0")
    changed = bundle[:at] + b"version=0.0" + bundle[at + 11 :]
    assert states({"update.raucb": changed, "ring.pem": (keys / "root.crt").read_bytes()}) == [
        ("broken", False, "the digest of the content")
    ]


def test_an_encrypted_bundle_has_a_signature_that_fits(keys: Path, tmp_path: Path) -> None:
    bundle = _bundle(keys, tmp_path / "in", "crypt")
    ring = (keys / "root.crt").read_bytes()
    assert states({"update.raucb": bundle, "ring.pem": ring}) == [("encrypted", True, "")]
    run(tmp_path / "in", "rauc", "encrypt", f"--to={keys / 'leaf.crt'}", f"--keyring={keys / 'root.crt'}", "out.raucb",
        "closed.raucb")  # fmt: skip
    closed = (tmp_path / "in" / "closed.raucb").read_bytes()
    assert states({"update.raucb": closed, "ring.pem": ring}) == [("encrypted", None, "")]


def test_a_bundle_without_its_signature_is_unsigned(keys: Path, tmp_path: Path) -> None:
    bundle = _bundle(keys, tmp_path / "in", "plain")
    end = len(bundle) - 8 - int.from_bytes(bundle[-8:], "big")
    (one,) = verified({"update.raucb": bundle[:end]})
    assert (one.scheme, one.state) == ("rauc", "unsigned")


@pytest.fixture(scope="module")
def signify(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two keys of signify and a list that the first of them signed."""
    folder = tmp_path_factory.mktemp("signify")
    (folder / "Packages").write_bytes(b"Package: one\nVersion: 1\n" * 100)
    for name in ("own", "foreign"):
        run(folder, "signify-openbsd", "-G", "-n", "-p", f"{name}.pub", "-s", f"{name}.sec")
    run(folder, "signify-openbsd", "-S", "-s", "own.sec", "-m", "Packages", "-x", "Packages.sig")
    return folder


def test_a_list_is_valid_under_the_key_of_its_number(signify: Path) -> None:
    own, foreign, content, signature = (
        (signify / name).read_bytes() for name in ("own.pub", "foreign.pub", "Packages", "Packages.sig")
    )
    key = {"etc/opkg/keys/1234": own}
    lists = {"lists/Packages": content, "lists/Packages.sig": signature}
    (one,) = verified({**key, **lists})
    assert (one.scheme, one.state, one.covers, one.algorithm) == ("usign", "valid", "lists/Packages", "ed25519")
    assert len(one.key_name) == 16
    assert states({"etc/opkg/keys/1234": foreign, **lists}) == [("unknown-key", None, "")]
    assert states({**key, **lists, "lists/Packages": flipped(content, 9)}) == [("broken", False, "the signature")]
    assert states({**key, "lists/Packages": content}) == []


def test_a_signature_without_its_file_is_told_unchecked(signify: Path) -> None:
    signature = (signify / "Packages.sig").read_bytes()
    assert states({"Packages.sig": signature, "own.pub": (signify / "own.pub").read_bytes()}) == [
        ("unknown-key", None, "")
    ]


def test_public_keys_of_every_form_are_told_by_one_digest(tmp_path: Path) -> None:
    public, certificate = make_key(tmp_path, "one")
    der = run(tmp_path, "openssl", "pkey", "-in", "one.pem", "-pubout", "-outform", "DER")
    bare = run(tmp_path, "openssl", "rsa", "-in", "one.pem", "-RSAPublicKey_out", "-outform", "DER")
    found = observed({"a.pem": public, "b.bin": b"\x7fELF" + bytes(99) + der, "c.bin": bytes(64) + bare + bytes(9)})
    facts = [one.fact for one in found if isinstance(one.fact, PublicKey)]
    assert len({one.public_digest for one in facts}) == 1
    assert {one.container for one in facts} == {"pem", "der"}
    in_certificate = run(tmp_path, "openssl", "x509", "-in", "one.crt", "-outform", "DER")
    assert observed({"d.bin": b"x" * 40 + in_certificate, "e.crt": certificate}) == []


@pytest.mark.parametrize("kind", [("EC", "-pkeyopt", "ec_paramgen_curve:P-256"), ("EC", "-pkeyopt",
                                  "ec_paramgen_curve:P-384"), ("ED25519",)])  # fmt: skip
def test_keys_on_curves_are_told(kind: tuple[str, ...], tmp_path: Path) -> None:
    make_key(tmp_path, "one", *kind)
    der = run(tmp_path, "openssl", "pkey", "-in", "one.pem", "-pubout", "-outform", "DER")
    (seen,) = observed({"program": b"\x7fELF" + bytes(99) + der + bytes(9)})
    assert seen.where == f"given/program+0x67:{len(der)}"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=80), st.sampled_from(["rsa", "rsa-pss", "ecdsa-der", "ecdsa-raw",
       "ecdsa-reversed", "ed25519", "cms", "unread"]))  # fmt: skip
def test_any_signature_comes_to_a_state(value: bytes, key: bytes, form: str) -> None:
    parts = SignatureParts(form, value, (memoryview(b"content"),), "sha256", key=key)  # type: ignore[arg-type]
    for one in pending(Signed("mcuboot", "", (parts,))):
        fact, because = judge(one, Keys([], []), ())
        assert fact.state in ("unknown-key", "broken")
        assert because == ()


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_message_raises_nothing(keys: Path, data: st.DataObject) -> None:
    run(keys, "openssl", "cms", "-sign", "-in", "leaf.csr", "-out", "m", "-signer", "leaf.crt", "-inkey", "leaf.pem",
        "-outform", "DER", "-binary") if not (keys / "m").exists() else None  # fmt: skip
    message = bytearray((keys / "m").read_bytes())
    for offset in data.draw(st.lists(st.integers(0, len(message) - 1), min_size=1, max_size=8)):
        message[offset] = data.draw(st.integers(0, 255))
    read_message(bytes(message), None)
