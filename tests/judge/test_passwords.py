from __future__ import annotations

import pytest

from plimsoll.judge.rules.passwords import FIXED_ACCOUNT, SHARED_KEY
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import AuthorizedKey, GuessedPassword
from plimsoll.model.facts.service import StartState
from plimsoll.model.verdict import Verdict
from tests.judge.building import (
    OTHER,
    PasswordSource,
    digest,
    effects,
    found,
    hashed,
    judged,
    passwd,
    provisioning,
    reached,
    script,
    secret,
    seen,
    setting,
    shadow,
    start,
    verdict,
)
from tests.judge.looking import ELF, from_files

TELNETD = start("telnetd")
HASH = hashed("md5crypt")


def whys(*observations: Observation) -> list[str]:
    return [str(one.why) for one in found(FIXED_ACCOUNT, *observations).bearings]


def test_a_fixed_password_behind_a_started_service_is_not_met() -> None:
    finding = found(FIXED_ACCOUNT, passwd(), HASH, TELNETD)
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "telnetd is started and lets in root with a password that is the same in every unit"
    assert len(finding.bearings[0].observations) == 3


def test_the_published_default_password_is_named() -> None:
    guessed = seen(GuessedPassword("root", "md5crypt", "letmein", secret("x"), 7), "etc/passwd", 0)
    assert whys(passwd(), HASH, guessed, TELNETD) == [
        "telnetd is started and lets in root with the published default password letmein"
    ]


def test_an_account_without_a_password_is_not_met() -> None:
    assert whys(passwd(password="empty"), TELNETD) == ["telnetd is started and lets in root without a password"]
    assert verdict(FIXED_ACCOUNT, passwd(password="empty"), TELNETD) is Verdict.FAIL


def test_a_locked_account_is_not_reported() -> None:
    finding = found(FIXED_ACCOUNT, passwd(password="shadowed"), shadow(password="locked"), TELNETD)
    assert (finding.verdict, finding.bearings) == (Verdict.INCONCLUSIVE, ())


@pytest.mark.parametrize(("state", "expected"), [
    ("always", ("refutes",)),
    ("first-boot", ("refutes",)),
    ("on-demand", ("refutes",)),
    ("conditional", ("suspects",)),
    ("disabled", ()),
])  # fmt: skip
def test_only_what_is_started_decides(state: StartState, expected: tuple[str, ...]) -> None:
    assert effects(FIXED_ACCOUNT, passwd(), HASH, start("telnetd", state=state), script("etc/rc.local")) == expected


def test_a_program_that_is_present_and_never_started_does_not_count() -> None:
    left = start("telnetd", state="not-started")
    assert effects(FIXED_ACCOUNT, passwd(), HASH, left, script("etc/rc.local")) == ()


def test_a_console_behind_the_case_is_a_suspicion() -> None:
    console = start("getty", "ttyS0", mechanism="inittab")
    assert effects(FIXED_ACCOUNT, passwd(), console) == ("suspects",)


def test_a_shell_that_asks_for_no_login_is_not_met() -> None:
    assert verdict(FIXED_ACCOUNT, start("telnetd", "-l", "/bin/sh")) is Verdict.FAIL
    perhaps = start("telnetd", "-l", "/bin/sh", state="conditional")
    assert whys(perhaps) == ["telnetd may be started and lets anybody in without a password"]
    assert verdict(FIXED_ACCOUNT, perhaps) is Verdict.INCONCLUSIVE
    assert effects(FIXED_ACCOUNT, start("telnetd", "-l", "/bin/sh", "-b", "127.0.0.1")) == ()
    assert effects(FIXED_ACCOUNT, start("sh", mechanism="inittab")) == ("suspects",)


@pytest.mark.parametrize("source", ["per-device", "random", "identifier", "user", "unknown"])
def test_a_password_that_a_start_script_sets_keeps_it_open(source: PasswordSource) -> None:
    change = provisioning(source)
    running = reached()
    assert effects(FIXED_ACCOUNT, passwd(), HASH, TELNETD, change, *running) == ("blocks",)
    perhaps = reached(state="conditional")
    assert effects(FIXED_ACCOUNT, passwd(), HASH, TELNETD, change, *perhaps) == ("blocks",)


@pytest.mark.parametrize(("source", "expected"), [
    ("per-device", "suspects"),
    ("random", "suspects"),
    ("user", "refutes"),
    ("unknown", "refutes"),
    ("constant", "refutes"),
])  # fmt: skip
def test_a_script_that_is_not_seen_to_run_may_set_passwords_in_production(
    source: PasswordSource, expected: str
) -> None:
    assert effects(FIXED_ACCOUNT, passwd(), HASH, TELNETD, provisioning(source)) == (expected,)


def test_the_password_of_another_account_changes_nothing() -> None:
    running = reached()
    other = provisioning("random", "maria")
    assert verdict(FIXED_ACCOUNT, passwd(), HASH, TELNETD, other, *running) is Verdict.FAIL
    unresolved = provisioning("random", "")
    assert verdict(FIXED_ACCOUNT, passwd(), HASH, TELNETD, unresolved, *running) is Verdict.INCONCLUSIVE


def test_a_constant_that_is_set_at_boot_is_not_met() -> None:
    running = reached()
    locked = passwd(password="locked")
    assert verdict(FIXED_ACCOUNT, locked, TELNETD, provisioning("constant"), *running) is Verdict.FAIL
    assert effects(FIXED_ACCOUNT, locked, TELNETD, provisioning("constant")) == ()


def test_a_script_that_may_set_a_constant_or_a_random_password_keeps_it_open() -> None:
    running = reached()
    both = provisioning("constant"), provisioning("random", command="passwd")
    assert effects(FIXED_ACCOUNT, passwd(), TELNETD, *both, *running) == ("blocks",)


def test_a_change_that_is_due_at_the_first_login_keeps_it_open() -> None:
    assert effects(FIXED_ACCOUNT, passwd(password="expired"), TELNETD) == ("blocks",)


def test_a_template_that_nothing_reads_where_it_stands_is_a_suspicion() -> None:
    template = passwd(where="etc_ro/passwd", active=False)
    assert effects(FIXED_ACCOUNT, template, TELNETD) == ("suspects",)


def test_a_tree_of_which_no_start_is_known_keeps_it_open() -> None:
    assert effects(FIXED_ACCOUNT, passwd(), HASH) == ("blocks",)
    assert "starts by itself" in whys(passwd(), HASH)[0]


def test_accounts_and_services_of_different_trees_are_not_joined() -> None:
    assert effects(FIXED_ACCOUNT, passwd(), HASH, start("telnetd", tree=OTHER)) == ("blocks",)


def test_the_hash_of_a_default_in_a_program_is_a_suspicion() -> None:
    guessed = seen(GuessedPassword("", "md5crypt", "letmein", secret("x"), 7), "usr/bin/login", 0)
    assert effects(FIXED_ACCOUNT, guessed, script("etc/rc.local")) == ("suspects",)


def key(account: str = "root", where: str = "root/.ssh/authorized_keys") -> Observation:
    return seen(AuthorizedKey(account, "ssh-ed25519", digest("a key")), where, 0)


SSHD = (start("sshd"), setting("sshd", "port", "22"))
OPENWRT = start("dropbear", "-F", mechanism="procd"), setting("dropbear", "passwordauth", "on")


def test_a_key_of_root_behind_a_started_service_is_not_met() -> None:
    finding = found(SHARED_KEY, key(), start("dropbear"))
    assert finding.verdict is Verdict.FAIL
    assert str(finding.why) == "dropbear is started and lets in root with a key that is the same in every unit"
    assert verdict(SHARED_KEY, key(), *SSHD) is Verdict.FAIL


def test_a_key_without_a_service_for_it_does_not_count() -> None:
    assert effects(SHARED_KEY, key(), TELNETD) == ()
    assert effects(SHARED_KEY, key(), start("dropbear", state="disabled"), script("etc/rc.local")) == ()
    assert effects(SHARED_KEY, key(), start("dropbear", "-p", "127.0.0.1:22")) == ()
    assert effects(SHARED_KEY, key(), start("dropbear", tree=OTHER)) == ("blocks",)


@pytest.mark.parametrize(("settings", "root", "maria"), [
    ([("permitrootlogin", "no")], (), ("refutes",)),
    ([("permitrootlogin", "prohibit-password")], ("refutes",), ("refutes",)),
    ([("permitrootlogin", "forced-commands-only")], ("suspects",), ("refutes",)),
    ([("pubkeyauthentication", "no")], (), ()),
    ([("authorizedkeysfile", "/etc/keys/%u")], ("suspects",), ("suspects",)),
    ([("authorizedkeysfile", ".ssh/authorized_keys")], ("refutes",), ("refutes",)),
    ([("authorizedkeysfile", "%h/.ssh/authorized_keys /etc/keys/%u")], ("refutes",), ("refutes",)),
    ([("authorizedkeysfile", "none")], ("suspects",), ("suspects",)),
    ([("allowusers", "maria")], ("suspects",), ("suspects",)),
    ([], ("suspects",), ("suspects",)),
])  # fmt: skip
def test_keys_heed_the_settings_of_sshd(
    settings: list[tuple[str, str]], root: tuple[str, ...], maria: tuple[str, ...]
) -> None:
    told = [setting("sshd", *one, line=line) for line, one in enumerate(settings)]
    assert effects(SHARED_KEY, key(), start("sshd"), *told) == root
    assert effects(SHARED_KEY, key("maria", "home/maria/.ssh/authorized_keys"), start("sshd"), *told) == maria


@pytest.mark.parametrize(("flag", "root", "maria"), [
    ("-w", (), ("refutes",)),
    ("-t", (), ()),
    ("-s", ("refutes",), ("refutes",)),
    ("-g", ("refutes",), ("refutes",)),
])  # fmt: skip
def test_keys_heed_the_flags_of_dropbear(flag: str, root: tuple[str, ...], maria: tuple[str, ...]) -> None:
    assert effects(SHARED_KEY, key(), start("dropbear", flag)) == root
    assert effects(SHARED_KEY, key("maria", "home/maria/.ssh/authorized_keys"), start("dropbear", flag)) == maria


def test_a_second_account_with_the_number_0_is_refused_as_root_is() -> None:
    twin = passwd("toor", "locked", uid=0, home="/home/toor")
    refusing = setting("sshd", "permitrootlogin", "no")
    assert effects(SHARED_KEY, key("toor", "home/toor/.ssh/authorized_keys"), twin, start("sshd"), refusing) == ()


@pytest.mark.parametrize(("home", "where", "expected"), [
    ("/root", "root/.ssh/authorized_keys", "refutes"),
    ("/root", "root/.ssh/authorized_keys2", "refutes"),
    ("/", ".ssh/authorized_keys", "refutes"),
    ("/var/root", "root/.ssh/authorized_keys", "suspects"),
    ("/", "etc/ssh/authorized_keys", "suspects"),
    ("/root", "usr/share/recovery/root/.ssh/authorized_keys", "suspects"),
])  # fmt: skip
def test_a_key_counts_where_the_service_looks_for_it(home: str, where: str, expected: str) -> None:
    assert effects(SHARED_KEY, key(where=where), passwd(password="locked", home=home), *SSHD) == (expected,)


def test_the_key_file_of_openwrt_is_read_by_its_own_dropbear() -> None:
    given = key(where="etc/dropbear/authorized_keys")
    assert effects(SHARED_KEY, given, *OPENWRT) == ("refutes",)
    assert effects(SHARED_KEY, given, start("dropbear")) == ("suspects",)
    assert effects(SHARED_KEY, given, *SSHD) == ("suspects",)


def test_a_key_of_nobody_in_particular_or_without_a_shell_is_a_suspicion() -> None:
    assert effects(SHARED_KEY, key(""), *SSHD) == ("suspects",)
    refused = passwd(login_shell=False)
    assert effects(SHARED_KEY, key(), refused, *SSHD) == ("suspects",)


@pytest.mark.parametrize(
    ("state", "expected"), [("always", "refutes"), ("conditional", "suspects"), (None, "suspects")]
)
def test_a_key_that_a_script_adds_is_there_when_its_command_runs(state: StartState | None, expected: str) -> None:
    running = [*reached("echo", where="usr/bin/support", state=state, line=0)] if state else []
    assert effects(SHARED_KEY, key(where="usr/bin/support"), *SSHD, *running) == (expected,)


def test_a_script_that_runs_may_leave_its_key_out() -> None:
    running = reached("echo", where="usr/bin/support", line=9)
    assert effects(SHARED_KEY, key(where="usr/bin/support"), *SSHD, *running) == ("suspects",)


SYSTEM = {
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:99:99::/:/bin/false\n",
    "etc/shadow": "root:$1$qrstuvwx$IB6rKYXGL5TmVJYmhs4uE1:0:0:99999:7:::\nnobody:*:0:0:99999:7:::\n",
    "bin/busybox": ELF,
    "usr/sbin/telnetd": ELF,
}


@pytest.mark.parametrize(("start_script", "expected"), [
    ("#!/bin/sh\ntelnetd &\n", Verdict.FAIL),
    ("#!/bin/sh\n# telnetd &\n", Verdict.INCONCLUSIVE),
    ("#!/bin/sh\necho telnetd\n", Verdict.INCONCLUSIVE),
    ("#!/bin/sh\nif [ -f /mnt/card/debug ]; then telnetd; fi\n", Verdict.INCONCLUSIVE),
])  # fmt: skip
def test_from_files_to_a_verdict(start_script: str, expected: Verdict) -> None:
    given = from_files({**SYSTEM, "etc/init.d/rcS": start_script})
    assert judged(FIXED_ACCOUNT, given).findings[0].verdict is expected


def test_from_files_with_a_locked_account_to_a_verdict() -> None:
    files = {**SYSTEM, "etc/init.d/rcS": "#!/bin/sh\ntelnetd &\n", "etc/shadow": "root:*:0:0:99999:7:::\n"}
    finding = judged(FIXED_ACCOUNT, from_files(files)).findings[0]
    assert (finding.verdict, finding.bearings) == (Verdict.INCONCLUSIVE, ())


@pytest.mark.parametrize(("setting_script", "expected"), [
    ('echo "root:letmein99" | chpasswd', Verdict.FAIL),
    ("usermod -p '' root", Verdict.FAIL),
    ("usermod -p '!' root", Verdict.INCONCLUSIVE),
    ("sed -i 's/^root:[^:]*:/root::/' /etc/shadow", Verdict.FAIL),
    ('reset() {\n  echo "root:letmein99" | chpasswd\n}', Verdict.INCONCLUSIVE),
    ('if [ -f /mnt/card/debug ]; then\n  passwd -d root\nfi', Verdict.INCONCLUSIVE),
    ('# echo "root:letmein99" | chpasswd', Verdict.INCONCLUSIVE),
    ('word=$(head -c 8 /dev/urandom)\necho "root:$word" | chpasswd', Verdict.INCONCLUSIVE),
])  # fmt: skip
def test_from_files_with_a_password_set_at_boot_to_a_verdict(setting_script: str, expected: Verdict) -> None:
    files = {
        **SYSTEM,
        "etc/shadow": "root:!:0:0:99999:7:::\n",
        "etc/init.d/rcS": "#!/bin/sh\n/etc/init.d/first\ntelnetd &\n",
        "etc/init.d/first": f"#!/bin/sh\n{setting_script}\n",
        **dict.fromkeys(("usr/sbin/chpasswd", "usr/bin/passwd", "usr/sbin/usermod"), ELF),
    }
    assert judged(FIXED_ACCOUNT, from_files(files)).findings[0].verdict is expected


MADE = "echo 'dev:$1$qrstuvwx$IB6rKYXGL5TmVJYmhs4uE1:%s' >> /etc/passwd"


@pytest.mark.parametrize(("command", "expected"), [
    (MADE % "0:0::/:/bin/sh", ["refutes"]),
    (MADE % "500:500::/:/bin/sh", ["refutes"]),
    (MADE % "500:500::/:/bin/false", []),
    ("echo 'dev:hunter2' | chpasswd", ["suspects"]),
    ("useradd -u 0 -o -p $(openssl passwd -1 hunter2) dev", ["refutes"]),
    ('echo "root:hunter2" | chpasswd\nchage -d 0 root', ["blocks"]),
])  # fmt: skip
def test_from_files_with_an_account_that_a_script_makes(command: str, expected: list[str]) -> None:
    files = {
        **SYSTEM,
        "etc/shadow": "root:!:0:0:99999:7:::\n",
        "etc/init.d/rcS": f"#!/bin/sh\n{command}\ntelnetd &\n",
        **dict.fromkeys(("usr/sbin/chpasswd", "usr/bin/chage", "usr/sbin/useradd"), ELF),
    }
    assert [one.effect for one in judged(FIXED_ACCOUNT, from_files(files)).findings[0].bearings] == expected
