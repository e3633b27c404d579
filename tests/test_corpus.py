"""Real images: each comes to a verdict or to an honest word, and what its manifest says is true of it is found.

The folder is private and named by PLIMSOLL_CORPUS; nothing of it is quoted here. Claims are read from its manifest.
"""

from __future__ import annotations

import datetime
import functools
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from plimsoll.assess import assess
from plimsoll.errors import UnreadableImage
from plimsoll.model.assessment import Assessment
from plimsoll.model.facts import Account, Component, PasswordHash, PrivateKey, UpdateSignature
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict

CORPUS = Path(os.environ.get("PLIMSOLL_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
TODAY = datetime.date(2026, 1, 1)

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(
        not (CORPUS / "manifest.yaml").exists(),
        reason="no folder of real images: name one with PLIMSOLL_CORPUS",
    ),
]

_VERSIONS = re.compile(r"\b([A-Z][A-Za-z]+|dnsmasq) (\d+\.\d[\w.]*)")
_HASHES = re.compile(r"\b(\w+) has the (\w+)-crypt hash")
_EMPTY = re.compile(r"\b(\w+) has an empty password")


def manifest() -> list[dict[str, Any]]:
    """Give the entries of the manifest; none where it is absent."""
    path = CORPUS / "manifest.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["images"] if path.exists() else []


IMAGES = {entry["id"]: entry for entry in manifest()}


@functools.cache
def assessed(id: str) -> Assessment | None:
    """Assess one image, once; None when it could not be opened."""
    try:
        return assess(CORPUS / IMAGES[id]["file"], Product(), today=TODAY)
    except UnreadableImage:
        return None


def claims(word: re.Pattern[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Give each claim of the manifest in which an expression stands, for images that we open, with its groups."""
    return [
        (id, match.groups())
        for id, entry in IMAGES.items()
        for known in entry.get("known") or ()
        for match in word.finditer(known["claim"])
    ]


def opened(id: str) -> Assessment:
    """Give the assessment of an image in which a file tree was found; skip where its format is not read yet."""
    assessment = assessed(id)
    if assessment is None or not assessment.images[0].trees:
        pytest.skip(f"{IMAGES[id]['format']} is not opened yet")
    return assessment


@pytest.mark.parametrize("id", IMAGES)
def test_an_image_comes_to_a_verdict_and_never_to_a_met_that_firmware_cannot_show(id: str) -> None:
    assessment = assessed(id)
    if assessment is None:
        return
    assert [one.number for one in assessment.capabilities] == [1, 2, 3, 4, 5]
    assert all(one.verdict in (Verdict.FAIL, Verdict.INCONCLUSIVE) for one in assessment.capabilities)
    assert all(one.settle for one in assessment.capabilities if one.verdict is Verdict.INCONCLUSIVE)
    inspected = {one.inspector: one for one in assessment.inspections}
    assert not [one for one in inspected.values() if one.status == "failed"]


@pytest.mark.parametrize(("id", "claim"), claims(_VERSIONS))
def test_a_version_that_the_manifest_states_is_found(id: str, claim: tuple[str, str]) -> None:
    name, version = claim
    found = {(one.fact.name, one.fact.version) for one in opened(id).observations if isinstance(one.fact, Component)}
    assert any(name.lower() in (known, f"{known}s") and seen.startswith(version) for known, seen in found), found


@pytest.mark.parametrize(("id", "claim"), claims(_HASHES))
def test_a_hash_that_the_manifest_states_is_found(id: str, claim: tuple[str, str]) -> None:
    account, family = claim
    hashes = [one.fact for one in opened(id).observations if isinstance(one.fact, PasswordHash)]
    assert (account, family.lower()) in {(one.account, one.family) for one in hashes}


@pytest.mark.parametrize(("id", "claim"), claims(_EMPTY))
def test_an_empty_password_that_the_manifest_states_is_found(id: str, claim: tuple[str]) -> None:
    accounts = [one.fact for one in opened(id).observations if isinstance(one.fact, Account)]
    assert (claim[0], "empty") in {(one.name, one.password) for one in accounts}


@pytest.mark.parametrize(("id", "claim"), claims(re.compile(r"private \w+ \w+ key \((\S+)\)")))
def test_a_private_key_that_the_manifest_states_is_found(id: str, claim: tuple[str]) -> None:
    places = [one.where for one in opened(id).observations if isinstance(one.fact, PrivateKey)]
    assert any(claim[0] in where for where in places), places


@pytest.mark.parametrize("id", [id for id in IMAGES if (CORPUS / "packages" / f"{id}.tsv").exists()])
def test_every_package_of_the_image_s_own_database_is_found(id: str) -> None:
    lines = (CORPUS / "packages" / f"{id}.tsv").read_text(encoding="utf-8").splitlines()
    stated = {
        tuple(line.split("\t")[:2]) for line in lines if line and not line.startswith(("#", "name\t", "package\t"))
    }
    facts = [one.fact for one in opened(id).observations if isinstance(one.fact, Component)]
    found = {(one.name, one.version) for one in facts if one.basis == "package-database"}
    assert stated
    assert not stated - found


@pytest.mark.parametrize(
    ("id", "state", "fault"),
    [
        ("rauc-good-bundle", "unknown-key", ""),
        ("rauc-invalid-sig-bundle", "broken", "the digest of the content"),
    ],
)
def test_a_bundle_comes_to_what_is_known_of_it(id: str, state: str, fault: str) -> None:
    if id not in IMAGES or (assessment := assessed(id)) is None:
        pytest.skip("not in this folder")
    found = [one.fact for one in assessment.observations if isinstance(one.fact, UpdateSignature)]
    assert [(one.scheme, one.state, one.fault) for one in found] == [("rauc", state, fault)]
    assert [one.fits for one in found] == [not fault]
