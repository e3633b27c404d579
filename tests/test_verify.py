from __future__ import annotations

import datetime
import json
from pathlib import Path

import msgspec
import pytest
from scripts import sample_product

from plimsoll.assess import assess
from plimsoll.errors import InputError
from plimsoll.model.assessment import Assessment
from plimsoll.model.codec import encode
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import Account, Credential
from plimsoll.model.locator import Clause, Place, place
from plimsoll.model.product import Product
from plimsoll.report import verification
from plimsoll.unpack.limits import Limits
from plimsoll.verify import verify
from tests.cli.run import plimsoll

TODAY = datetime.date(2026, 1, 2)


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images") / "bad.bin"
    path.write_bytes(sample_product.image(good=False))
    return path


@pytest.fixture(scope="module")
def assessed(bad: Path) -> Assessment:
    return assess(bad, Product(), today=TODAY)


def standings(assessment: Assessment, image: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in verify(assessment, image).checked:
        found.setdefault(one.standing, set()).add(one.where)
    return found


def test_the_image_that_was_assessed_bears_out_every_place(assessed: Assessment, bad: Path) -> None:
    checked = verify(assessed, bad)
    assert checked.same_image
    assert checked.is_borne_out
    assert {one.standing for one in checked.checked} == {"holds", "there"}
    pointed = {number for one in checked.checked for number in one.observations}
    assert pointed == set(range(len(assessed.observations)))


def test_its_name_does_not_matter(assessed: Assessment, bad: Path, tmp_path: Path) -> None:
    other = tmp_path / "renamed.img"
    other.write_bytes(bad.read_bytes())
    assert verify(assessed, other).is_borne_out


def test_a_secret_is_compared_with_the_salt_of_then(assessed: Assessment, bad: Path) -> None:
    secret = {one.where for one in assessed.observations if one.excerpt and one.excerpt.digest.startswith("hmac")}
    assert secret
    assert secret <= standings(assessed, bad)["holds"]


def test_the_other_twin_does_not_bear_it_out(assessed: Assessment, tmp_path: Path) -> None:
    good = tmp_path / "good.bin"
    good.write_bytes(sample_product.image(good=True))
    checked = verify(assessed, good)
    assert checked.same_image is False
    assert not checked.is_borne_out
    assert any(one.standing == "gone" for one in checked.checked)


def test_a_folder_is_verified_too(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text("root::0:0::/root:/bin/sh\n")
    assessment = assess(root, Product(), today=TODAY)
    assert verify(assessment, root).is_borne_out
    (root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n")
    assert "changed" in standings(assessment, root)
    (root / "etc/passwd").unlink()
    assert "gone" in standings(assessment, root)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/pin").write_text("4711\n")
    return root


def pointing(folder: Path, *observations: Observation) -> Assessment:
    base = assess(folder, Product(), today=TODAY)
    return msgspec.structs.replace(base, observations=observations)


ACCOUNT = Account("a", "passwd", "locked")


def test_bytes_behind_the_end_of_a_file_are_gone(folder: Path) -> None:
    where = Place("root/etc/pin+0x2:400")
    one = Observation(ACCOUNT, where, "x", Excerpt("sha256:" + "00" * 32, 400))
    assert standings(pointing(folder, one), folder) == {"gone": {where}}


def test_a_folder_that_is_pointed_at_is_there_and_another_is_gone(folder: Path) -> None:
    ones = (Observation(ACCOUNT, Place("root/etc"), "x", because=(Place("root/tmp"),)),)
    assert standings(pointing(folder, *ones), folder) == {"there": {"root/etc"}, "gone": {"root/tmp"}}


def test_what_is_no_place_in_an_image_is_not_looked_up(folder: Path) -> None:
    where = place(Clause(b"product.toml", b"ics/5.1-1"))
    assert standings(pointing(folder, Observation(ACCOUNT, where, "x")), folder) == {"elsewhere": {where}}


@pytest.mark.parametrize(
    "where", ["", "root/etc/%70in", "root/../../etc/passwd", "x" * 9000, "root/etc/pin+0x0:99999999999"]
)
def test_a_place_that_somebody_made_up_is_gone(folder: Path, where: str) -> None:
    one = Observation(ACCOUNT, Place(where), "x", Excerpt("sha256:" + "00" * 32, 1))
    assert standings(pointing(folder, one), folder) == {"gone": {where}}


def test_a_digest_of_an_unknown_kind_does_not_hold(folder: Path) -> None:
    one = Observation(ACCOUNT, Place("root/etc/pin"), "x", Excerpt("md5:" + "00" * 16, 5))
    assert standings(pointing(folder, one), folder) == {"changed": {"root/etc/pin"}}


def test_what_was_not_reached_is_not_called_gone(assessed: Assessment, bad: Path) -> None:
    checked = verify(assessed, bad, limits=Limits(file_bytes=1000))
    told = {one.standing for one in checked.checked}
    assert "unreached" in told
    assert "gone" not in told
    assert not checked.is_borne_out


def test_a_file_in_the_place_of_a_folder_is_refused(folder: Path, bad: Path) -> None:
    with pytest.raises(InputError, match="made of a folder"):
        verify(pointing(folder), bad)


def test_an_assessment_of_no_firmware_is_refused(assessed: Assessment, bad: Path) -> None:
    with pytest.raises(InputError, match="no firmware"):
        verify(msgspec.structs.replace(assessed, sources=()), bad)


def test_the_command_tells_and_leaves_with_its_code(assessed: Assessment, bad: Path, tmp_path: Path) -> None:
    stored = tmp_path / "a.json"
    stored.write_bytes(encode(assessed))
    same = plimsoll("verify", stored, bad)
    assert same.returncode == 0
    assert "every place that the assessment points at still holds" in same.stdout
    good = tmp_path / "good.bin"
    good.write_bytes(sample_product.image(good=True))
    other = plimsoll("verify", stored, good, "--json")
    assert other.returncode == 1
    assert json.loads(other.stdout)["same_image"] is False
    assert plimsoll("verify", bad, bad).returncode == 2


def test_hostile_places_are_shown_as_they_are(folder: Path) -> None:
    one = Observation(ACCOUNT, Place("\x1b[2J\u202e"), "x", Excerpt("sha256:" + "00" * 32, 1))
    text = verification.render(verify(pointing(folder, one), folder))
    assert "\x1b" not in text
    assert "\\x1b[2J\\u202e" in text
    json.loads(verification.render_json(verify(pointing(folder, one), folder)))


def test_a_secret_that_is_a_part_of_a_short_file_is_found(folder: Path) -> None:
    from plimsoll.look import salt_of
    from plimsoll.model.secret import conceal

    hidden = conceal(b"4711", salt_of("", b"root"))
    fact = Credential("pin", "pin", hidden)
    one = Observation(fact, Place("root/etc/pin"), "x", Excerpt(f"hmac-sha256:{hidden.digest}", 4))
    assert standings(pointing(folder, one), folder) == {"holds": {"root/etc/pin"}}
