import pytest

from plimsoll.judge.erasures import erasures
from plimsoll.judge.rules.factory_reset import COVERED
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DataStore, Erasure, FactoryReset, Volume
from plimsoll.model.facts.privacy import DataKind
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, ROOT, effects, found, seen, verdict


def reset(*wipes: str, readable: bool = True, name: str = "factory_reset.sh") -> Observation:
    return seen(FactoryReset(name, wipes, reached=("button",), readable=readable), f"usr/sbin/{name}")


def store(path: str, kind: DataKind = "wifi", *, tree: int = ROOT) -> Observation:
    return seen(DataStore(kind, path, "wpa_supplicant", "command"), "etc/init.d/S40", 3, tree=tree)


def volume(point: str, device: str) -> Observation:
    return seen(Volume(point, device, "jffs2"), "etc/init.d/rcS", 2)


@pytest.mark.parametrize(
    ("wipes", "path", "mounted"),
    [
        ("configs", "configs/wpa.conf", ()),
        ("configs/wpa.conf", "configs/wpa.conf", ()),
        ("/dev/mtd8", "configs/wpa.conf", (volume("configs", "/dev/mtdblock8"),)),
        ("/dev/mtdblock8", "configs/wpa.conf", (volume("configs", "/dev/mtdblock8"),)),
        ("overlay", "etc/config/wireless", ()),
        ("nvram", "(nvram)", ()),
        ("devconf", "(nvram)", ()),
    ],
)
def test_a_reset_that_covers_what_is_kept_speaks_for_it(
    wipes: str, path: str, mounted: tuple[Observation, ...]
) -> None:
    given = (reset(wipes), store(path), *mounted)
    assert effects(COVERED, *given) == ("supports",)
    assert verdict(COVERED, *given) is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("wipes", "path", "mounted"),
    [
        ("configs", "configuration/wpa.conf", ()),
        ("configs", "mnt/sd/record", ()),
        ("/dev/mtd8", "configs/wpa.conf", (volume("configs", "/dev/mtdblock9"),)),
        ("overlay", "data/app.db:users", (volume("data", "/dev/mmcblk0p7"),)),
        ("overlay", "(nvram)", ()),
    ],
)
def test_what_no_reset_is_seen_to_remove_is_a_doubt(wipes: str, path: str, mounted: tuple[Observation, ...]) -> None:
    answer = found(COVERED, reset(wipes), store(path), *mounted)
    assert [one.effect for one in answer.bearings] == ["suspects", "supports"]
    assert path in str(answer.why)


def test_recordings_on_a_card_are_told_as_such() -> None:
    assert "a card" in str(found(COVERED, reset("configs"), store("mnt/sd/record", "recordings")).why)


def test_two_resets_are_taken_together() -> None:
    given = (reset("configs"), reset("data", name="wipe_data.sh"), store("configs/w.conf"), store("data/x.db"))
    assert effects(COVERED, *given) == ("supports", "supports")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param((store("configs/wpa.conf"),), id="no reset was seen"),
        pytest.param((reset(readable=False), store("configs/wpa.conf")), id="compiled"),
        pytest.param((reset(), store("tmp/wpa.conf")), id="in memory"),
        pytest.param((reset(), store("etc/settings", "settings")), id="settings of the product"),
        pytest.param((reset(), store("configs/wpa.conf", tree=OTHER)), id="another tree"),
    ],
)
def test_where_nothing_can_be_said_it_is_silent(given: tuple[Observation, ...]) -> None:
    assert effects(COVERED, *given) == ()


def test_a_compiled_reset_beside_a_script_may_remove_the_rest() -> None:
    given = (reset("configs"), reset(readable=False, name="factory_reset"), store("data/x.db"))
    assert effects(COVERED, *given) == ("supports",)


def test_each_reset_is_told_with_what_it_clears_and_leaves() -> None:
    given = (reset("configs"), store("configs/w.conf"), store("data/x.db", "accounts"))
    (one,) = erasures(Evidence(given))
    assert isinstance(one.fact, Erasure)
    assert [fact.path for fact in one.fact.clears] == ["configs/w.conf"]
    assert [fact.path for fact in one.fact.leaves] == ["data/x.db"]
    assert one.basis == "derived"
    assert len(one.because) == 2
