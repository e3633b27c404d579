"""The catalogue that goes with the program, and what loading says of one that contradicts itself."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

import plimsoll.catalogue
from plimsoll.catalogue import load, load_from
from plimsoll.errors import CatalogueError
from plimsoll.model.message import message

SOURCE = Path(plimsoll.catalogue.__file__).parent
PROVISIONS = "provisions/en-303-645-v3.1.3.toml"
OWN_CROSSWALK = "crosswalk/en-303-645-v3.1.3.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the real catalogue, to be spoilt."""
    return Path(shutil.copytree(SOURCE, tmp_path / "catalogue", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def spoil(folder: Path, file: str, old: str, new: str) -> str:
    """Replace a text in a file once, and give what loading then complains of."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_from(folder)
    return str(caught.value)


def test_the_catalogue_loads_and_is_kept() -> None:
    assert load() is load()
    assert [one.number for one in load().capabilities] == [1, 2, 3, 4, 5]
    assert len(load().criteria) == 40


def test_v3_has_36_mandatory_and_42_recommended_provisions() -> None:
    provisions = load().provisions
    assert len(provisions) == 78
    assert Counter(one.level for one in provisions) == {"mandatory": 36, "recommended": 42}
    assert Counter(one.status[0] for one in provisions) == {"M": 36, "R": 42}


def test_v2_has_33_mandatory_and_35_recommended_provisions() -> None:
    statuses = {one.v2_id: one.v2_status for one in load().provisions if one.v2_id}
    assert Counter(status[0] for status in statuses.values()) == {"M": 33, "R": 35}


def test_provisions_stand_in_the_order_of_the_standard() -> None:
    ids = [one.id for one in load().provisions]
    assert ids[0] == "5.0-1"
    assert ids.index("5.3-9") < ids.index("5.3-10") < ids.index("5.4-1") < ids.index("6-1")


def test_the_gates_are_those_of_the_design() -> None:
    assert {one.number: one.gate for one in load().capabilities} == {
        1: ("5.1-1", "5.1-2"),
        2: ("5.2-1",),
        3: ("5.3-2", "5.3-7", "5.3-10", "5.3-13"),
        4: ("5.5-1", "5.5-5", "5.5-7"),
        5: ("5.8-2", "5.8-3"),
    }


def test_every_gate_is_mandatory_and_has_a_criterion() -> None:
    for capability in load().capabilities:
        for number in capability.gate:
            assert load().provision(number).level == "mandatory"
            assert load().criteria_of(number)


def test_every_criterion_stands_for_a_provision_or_a_clause_of_law_of_its_capability() -> None:
    stands_for = {
        (criterion.id, provision.capability or criterion.capability)
        for provision in load().provisions
        for criterion in load().criteria_of(provision.id)
    }
    law = {
        (criterion, mapping.capability)
        for scheme in load().schemes
        if scheme.kind == "law"
        for mapping in scheme.mappings
        for criterion in mapping.criteria
    }
    own = {(one.id, one.capability) for one in load().criteria}
    assert stands_for <= own
    assert own - stands_for == {
        ("no-known-exploited-vulnerability", 3),
        ("no-traces-of-people-are-shipped", 5),
        ("stored-data-is-protected", 5),
        ("no-secrets-in-logs", 5),
    }
    assert own - stands_for <= law


def test_every_criterion_says_all_that_a_reader_needs() -> None:
    for criterion in load().criteria:
        assert criterion.statement.endswith("."), criterion.id
        assert criterion.why.endswith("."), criterion.id
        assert criterion.fix.endswith("."), criterion.id
        assert criterion.settle and criterion.power, criterion.id
        assert set(criterion.settle) <= set(criterion.power), criterion.id


def test_every_advice_is_a_template_without_fields() -> None:
    for criterion in load().criteria:
        for text in criterion.settle.values():
            assert str(message(text)) == text


def test_the_four_schemes_of_law_and_guidance_are_there_with_their_criteria() -> None:
    schemes = {one.id: one for one in load().schemes}
    for id in ("uk-psti-2023", "eu-cra-2024-2847", "en-18031-2024", "nist-ir-8425-2022"):
        assert any(mapping.criteria for mapping in schemes[id].mappings), id


def test_only_what_is_sure_is_shipped() -> None:
    assert all(scheme.certainty == "sure" for scheme in load().schemes)
    assert all(mapping.certainty == "sure" for scheme in load().schemes for mapping in scheme.mappings)


def test_what_a_scheme_does_not_ask_for_is_said_and_not_mapped() -> None:
    psti = next(one for one in load().schemes if one.id == "uk-psti-2023")
    assert "Nothing on capability 4" in psti.note
    assert {one.capability for one in psti.mappings} == {1, 2, 3}


def test_a_gate_that_does_not_exist_is_named(folder: Path) -> None:
    told = spoil(folder, "capabilities.toml", '"5.1-2"]', '"5.1-99"]')
    assert told == "capabilities.toml: 'no-universal-default-passwords' names the gate '5.1-99', which does not exist"


def test_a_gate_of_another_capability_is_named(folder: Path) -> None:
    told = spoil(folder, "capabilities.toml", '"5.1-2"]', '"5.2-2"]')
    assert "'no-universal-default-passwords' names the gate '5.2-2' of another capability" in told


def test_a_mapping_to_a_criterion_that_does_not_exist_is_named(folder: Path) -> None:
    told = spoil(folder, OWN_CROSSWALK, '"no-fixed-account-is-accepted"', '"no-such-thing"')
    assert told == f"{OWN_CROSSWALK}: '5.1-1' names the criterion 'no-such-thing', which does not exist"


def test_a_mapping_to_a_provision_that_does_not_exist_is_named(folder: Path) -> None:
    told = spoil(folder, "crosswalk/uk-psti-2023.toml", 'provisions = ["5.2-1"]', 'provisions = ["5.2-9"]')
    assert told == (
        "crosswalk/uk-psti-2023.toml: 'Schedule 1 para 2' names the provision '5.2-9', which does not exist"
    )


@pytest.mark.parametrize(
    ("file", "id"),
    [
        ("criteria.toml", "no-fixed-account-is-accepted"),
        (PROVISIONS, "5.1-1"),
        ("crosswalk/eu-cra-2024-2847.toml", "Annex I Part I (2)(b)"),
    ],
)
def test_a_capability_that_does_not_exist_is_named(folder: Path, file: str, id: str) -> None:
    told = spoil(folder, file, "capability = 1", "capability = 7").splitlines()
    assert f"{file}: {id!r} names the capability 7, which does not exist" in told


def test_a_condition_without_a_meaning_is_named(folder: Path) -> None:
    told = spoil(folder, PROVISIONS, 'status = "M F (a)"', 'status = "M F (zz)"')
    assert told == f"{PROVISIONS}: '5.1-1' names the condition 'zz', which has no meaning here"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("capabilities.toml", "number = 2", "number = 1", "the number 1 is given 2 times"),
        ("criteria.toml", '"no-shared-key-grants-login"', '"password-can-be-changed"', "is given 2 times"),
        (PROVISIONS, 'id = "5.1-2"', 'id = "5.1-1"', "the id '5.1-1' is given 2 times"),
        ("crosswalk/uk-cop-2018.toml", '"uk-cop"]', '"psti"]', "crosswalk: the name 'psti' is given 2 times"),
    ],
)
def test_an_id_that_is_given_twice_is_named(folder: Path, file: str, old: str, new: str, told: str) -> None:
    assert told in spoil(folder, file, old, new)


@pytest.mark.parametrize(
    ("file", "old", "label"),
    [
        ("capabilities.toml", "title", "capabilities 'no-universal-default-passwords'"),
        ("criteria.toml", "statement", "criteria 'no-fixed-account-is-accepted'"),
        (PROVISIONS, "summary", "provisions '5.0-1'"),
        ("crosswalk/uk-psti-2023.toml", "summary", "mappings 'Schedule 1 para 1'"),
        ("crosswalk/uk-psti-2023.toml", "jurisdiction", "unknown key 'misspelt'"),
    ],
)
def test_a_key_that_is_not_known_is_named(folder: Path, file: str, old: str, label: str) -> None:
    told = spoil(folder, file, f"{old} =", "misspelt =")
    assert told.startswith(f"{file}: ")
    assert "unknown key 'misspelt'" in told
    assert label in told


def test_a_value_that_the_model_does_not_allow_is_named(folder: Path) -> None:
    told = spoil(folder, "criteria.toml", 'firmware = "refute"', 'firmware = "guess"')
    assert told.startswith("criteria.toml: criteria 'no-fixed-account-is-accepted': Invalid enum value 'guess'")


def test_a_window_that_does_not_exist_is_named(folder: Path) -> None:
    told = spoil(folder, "criteria.toml", 'firmware = "refute"', 'crystal = "refute"')
    assert told.startswith("criteria.toml: criteria 'no-fixed-account-is-accepted': ")


def test_a_brace_in_an_advice_is_named(folder: Path) -> None:
    told = spoil(folder, "criteria.toml", 'device = "try', 'device = "{try')
    assert "'no-fixed-account-is-accepted' has a brace in `settle`" in told


def test_a_window_that_is_promised_more_than_the_standard_allows_is_named(folder: Path) -> None:
    told = spoil(folder, "criteria.toml", 'firmware = "refute"', 'firmware = "both"')
    assert told == ("criteria.toml: 'no-fixed-account-is-accepted' may be confirmed by 'firmware', but '5.1-1' may not")


def test_a_crosswalk_whose_name_is_not_its_id_is_named(folder: Path) -> None:
    (folder / "crosswalk" / "uk-cop-2018.toml").rename(folder / "crosswalk" / "uk-cop-2019.toml")
    with pytest.raises(CatalogueError, match=r"crosswalk/uk-cop-2019\.toml: holds the scheme 'uk-cop-2018'"):
        load_from(folder)


@pytest.mark.parametrize("file", ["capabilities.toml", "criteria.toml", PROVISIONS])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(CatalogueError, match=f"^{file}: cannot be read"):
        load_from(folder)


def test_a_missing_crosswalk_is_named(folder: Path) -> None:
    shutil.rmtree(folder / "crosswalk")
    with pytest.raises(CatalogueError, match=r"^crosswalk: cannot be read"):
        load_from(folder)


@pytest.mark.parametrize("content", [b"criteria = [", b"\xff\xfe", b"criteria = 3", b"[[criteria]]\n"])
def test_a_malformed_file_is_named(folder: Path, content: bytes) -> None:
    (folder / "criteria.toml").write_bytes(content)
    with pytest.raises(CatalogueError, match=r"^criteria\.toml: "):
        load_from(folder)
