from plimsoll.judge.rules.stored_data import STORED
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential, DataStore, StartedProgram, Volume
from plimsoll.model.facts.privacy import DataKind
from plimsoll.model.verdict import Verdict
from tests.judge.building import effects, found, secret, seen, verdict

PATH = "etc/wpa.conf"
SECRET = seen(Credential("wpa", "passphrase", secret("sail-before-noon")), PATH, 4)
OTHERS = seen(StartedProgram("httpd", "httpd", "sysv", "always", "usr/sbin/httpd", "www"), "etc/init.d/S50", 2)


def store(kind: DataKind = "wifi", path: str = PATH, readable: bool | None = None) -> Observation:
    return seen(DataStore(kind, path, "wpa_supplicant", "command", readable), "etc/init.d/S40", 3)


def volume(point: str, *, encryption: str = "", temporary: bool = False) -> Observation:
    fact = Volume(point, "/dev/x", "ext4", encryption, temporary)  # type: ignore[arg-type]  # one of its words
    return seen(fact, "etc/fstab", 1)


def test_a_secret_that_every_account_may_read_is_a_doubt_where_others_than_root_run() -> None:
    assert effects(STORED, store(readable=True), SECRET, OTHERS)[0] == "suspects"
    assert verdict(STORED, store(readable=True), SECRET, OTHERS) is Verdict.INCONCLUSIVE


def test_it_is_none_where_a_link_is_missing() -> None:
    placeholder = seen(Credential("wpa", "passphrase", secret("changeme"), placeholder=True), PATH, 4)
    for missing in (
        (store(readable=False), SECRET, OTHERS),
        (store(readable=True), OTHERS),
        (store(readable=True), SECRET),
        (store(readable=True), placeholder, OTHERS),
    ):
        assert "suspects" not in effects(STORED, *missing)


def test_data_that_nothing_encrypts_stays_open_once_for_each_kind() -> None:
    answer = found(STORED, store(), store(path="data/other.conf"), store("recordings", "mnt/sd/clips"))
    assert [one.effect for one in answer.bearings] == ["blocks", "blocks"]
    assert "Wi-Fi networks with their passphrases in etc/wpa.conf, data/other.conf" in str(answer.bearings[0].why)


def test_data_in_memory_or_on_an_encrypted_volume_is_not_named() -> None:
    assert effects(STORED, store("logs", "var/log/messages"), volume("var", temporary=True)) == ()
    assert effects(STORED, store("logs", "tmp/messages")) == ()
    assert effects(STORED, store(path="data/wpa.conf"), volume("data", encryption="dm-crypt")) == ("supports",)
    assert "blocks" in effects(STORED, store(path="database/wpa.conf"), volume("data", encryption="dm-crypt"))


def test_the_longest_mount_point_counts() -> None:
    given = (store("logs", "var/log/kept/messages"), volume("var", temporary=True), volume("var/log/kept"))
    assert effects(STORED, *given) == ("blocks",)


def test_a_key_that_comes_with_the_image_protects_nothing() -> None:
    fact = Volume("", "/dev/mapper/vault", "", "dm-crypt", key="in-image")
    assert effects(STORED, seen(fact, "etc/init.d/S10", 3)) == ("suspects",)


def test_what_is_mounted_from_an_encrypted_device_is_encrypted() -> None:
    opened = seen(Volume("", "/dev/mapper/vault", "", "dm-crypt", key="elsewhere"), "etc/init.d/S10", 3)
    mounted = seen(Volume("data", "/dev/mapper/vault", "ext4"), "etc/init.d/S10", 4)
    assert effects(STORED, store(path="data/wpa.conf"), opened, mounted) == ("supports",)


def test_an_encrypted_volume_alone_shows_nothing() -> None:
    assert verdict(STORED, volume("data", encryption="fscrypt")) is Verdict.INCONCLUSIVE
