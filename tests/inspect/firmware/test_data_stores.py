import sqlite3
from pathlib import Path

import pytest

from plimsoll.inspect.firmware.data_stores import DataStores
from plimsoll.model.facts import DataStore, Residue
from tests.firmware import observe


def stores(path: str, data: bytes) -> list[tuple[str, str]]:
    found = observe(DataStores(), {path: data})
    return [(one.fact.kind, one.fact.path) for one in found if isinstance(one.fact, DataStore)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"wpa_supplicant -B -i wlan0 -c /configs/wpa.conf", ("wifi", "configs/wpa.conf")),
        (b"wpa_supplicant -iwlan0 -Dnl80211 -c/configs/wpa.conf &", ("wifi", "configs/wpa.conf")),
        (b"wpa_supplicant -Bc /configs/wpa.conf -i wlan0", ("wifi", "configs/wpa.conf")),
        (b"syslogd -s 200 -O /data/messages", ("logs", "data/messages")),
        (b"arecord -f cd -d 10 /data/sound.wav", ("recordings", "data/sound.wav")),
        (b"nvram_set 2860 WPAPSK1 $key", ("wifi", "(nvram)")),
        (b"PW=$(nvram get http_passwd)", ("accounts", "(nvram)")),
    ],
)
def test_commands_name_stores(line: bytes, expected: tuple[str, str]) -> None:
    assert stores("etc/init.d/S40net", b"#!/bin/sh\n" + line + b"\n") == [expected]


@pytest.mark.parametrize(
    "line",
    [
        b"# wpa_supplicant -c /configs/wpa.conf", b"wpa_supplicant -i wlan0 -c $CONF", b"syslogd -O /dev/console",
        b"nvram get lan_ipaddr", b"nvram get bypass_mode", b"echo wpa_supplicant is not started",
    ],
)  # fmt: skip
def test_other_commands_name_none(line: bytes) -> None:
    assert stores("etc/init.d/S40net", b"#!/bin/sh\n" + line + b"\n") == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/mosquitto/mosquitto.conf", b"persistence true\npersistence_location /data/mqtt/\n",
         ("messages", "data/mqtt")),
        ("etc/motion.conf", b"target_dir /mnt/sd/motion\n", ("recordings", "mnt/sd/motion")),
        ("etc/rsyslog.conf", b"*.info;mail.none -/data/log/messages\n", ("logs", "data/log/messages")),
        ("etc/config/system", b"config system\n\toption log_file '/data/log'\n", ("logs", "data/log")),
        ("etc/camera.json", b'{"record_path": "/mnt/sd/record", "fps": 25}', ("recordings", "mnt/sd/record")),
        ("etc/config/wireless", b"config wifi-iface\n", ("wifi", "etc/config/wireless")),
        ("etc/ppp/chap-secrets", b"", ("accounts", "etc/ppp/chap-secrets")),
    ],
)  # fmt: skip
def test_settings_and_files_name_stores(path: str, text: bytes, expected: tuple[str, str]) -> None:
    assert expected in stores(path, text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("usr/share/doc/motion/motion.conf", b"target_dir /mnt/sd/motion\n"),
        ("etc/motion.conf", b"# target_dir /mnt/sd/motion\n"),
        ("etc/camera.json", b'{"record_path": "%s/record"}'),
        ("etc/web.conf", b"document_dir /var/www\n"),
    ],
)
def test_what_is_not_in_use_names_none(path: str, text: bytes) -> None:
    assert stores(path, text) == []


def database(folder: Path, *statements: str) -> bytes:
    path = folder / "x.db"
    with sqlite3.connect(path) as made:
        for one in statements:
            made.execute(one)
    made.close()
    return path.read_bytes()


def test_a_database_is_told_by_its_columns(tmp_path: Path) -> None:
    data = database(
        tmp_path,
        "create table users (id integer, username text, password_hash text, email text)",
        "create table clips (id integer, video_path text, latitude real)",
        "create table counters (id integer, value integer)",
    )
    assert set(stores("data/app.db", data)) == {
        ("accounts", "data/app.db:users"), ("contacts", "data/app.db:users"),
        ("recordings", "data/app.db:clips"), ("location", "data/app.db:clips"),
    }  # fmt: skip


def test_rows_about_people_are_counted_and_not_told(tmp_path: Path) -> None:
    data = database(
        tmp_path,
        "create table users (id integer, name text, email text)",
        "insert into users values (1, 'Merle', 'merle@halyard.net'), (2, 'Robin', 'robin@halyard.net')",
    )
    found = observe(DataStores(), {"data/app.db": data})
    assert [one.fact for one in found if isinstance(one.fact, Residue)] == [
        Residue("database-record", "the table users", 2)
    ]
    assert "erle" not in repr(found)


def test_an_empty_table_has_no_trace_of_people(tmp_path: Path) -> None:
    data = database(tmp_path, "create table users (id integer, name text, email text)")
    assert not [one for one in observe(DataStores(), {"data/app.db": data}) if isinstance(one.fact, Residue)]


def test_a_damaged_database_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    data = database(tmp_path, "create table users (id integer, email text)")
    for cut in (16, 100, 511, 513, 4096):
        observe(DataStores(), {"data/app.db": data[:cut]})
    spoiled = bytearray(data)
    for at in range(100, len(spoiled), 37):
        spoiled[at] ^= 0xFF
    observe(DataStores(), {"data/app.db": bytes(spoiled)})


def test_the_mode_of_a_file_is_told() -> None:
    def readable(mode: int) -> bool | None:
        files = {"etc/ppp/chap-secrets": b"x * y *\n"}
        (one,) = observe(DataStores(), files, modes={"etc/ppp/chap-secrets": mode})
        assert isinstance(one.fact, DataStore)
        return one.fact.world_readable

    assert readable(0o644) is True
    assert readable(0o600) is False
