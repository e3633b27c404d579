from plimsoll.judge.rules.logged_secrets import UNLOGGED
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import LoggedSecret, Volume
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, ROOT, effects, found, script, seen, verdict

PATH = "etc/init.d/S40net"
LOGGED = seen(LoggedSecret("WPA_PSK", "system-log", "", "logger"), PATH, 3)


def core(target: str = "", *, tree: int = ROOT) -> Observation:
    return seen(LoggedSecret("", "core-dump", target, "ulimit"), "etc/init.d/rcS", 5 if target else 6, tree=tree)


def test_a_secret_that_is_logged_is_a_doubt_with_its_start() -> None:
    assert verdict(UNLOGGED, LOGGED) is Verdict.INCONCLUSIVE
    assert effects(UNLOGGED, LOGGED) == ("suspects",)
    assert "S40net, which is started, writes the variable WPA_PSK to the system log" in str(
        found(UNLOGGED, LOGGED, script(PATH)).why
    )


def test_core_dumps_count_when_they_are_on_and_kept() -> None:
    assert effects(UNLOGGED, core(), core("data/core.%e")) == ("suspects",)
    assert effects(UNLOGGED, core("data/core.%e")) == ()
    assert effects(UNLOGGED, core()) == ()
    assert effects(UNLOGGED, core(tree=OTHER), core("data/core.%e")) == ()


def test_core_dumps_in_memory_are_gone_with_a_restart() -> None:
    volume = seen(Volume("data", "tmpfs", "tmpfs", temporary=True), "etc/fstab", 1)
    assert effects(UNLOGGED, core(), core("data/core.%e"), volume) == ()
    assert effects(UNLOGGED, core(), core("tmp/core.%e")) == ()
