import pytest

from plimsoll.inspect.firmware.known_hosts import KnownHostNames
from plimsoll.knowledge.known_hosts import load
from plimsoll.model.facts import KnownHost
from tests.firmware import observe
from tests.inspect.elves import elf


def hosts(path: str, data: bytes) -> list[KnownHost]:
    return [one.fact for one in observe(KnownHostNames(), {path: data}) if isinstance(one.fact, KnownHost)]


def names(path: str, data: bytes) -> list[str]:
    return [one.host for one in hosts(path, data)]


def test_a_host_in_a_program_is_told_with_its_service() -> None:
    assert hosts("usr/bin/camd", elf(tail=b"\0a1.tuyaeu.com\0")) == [
        KnownHost("a1.tuyaeu.com", "iot-platform", "Tuya", "", "camd", False)
    ]


def test_an_address_in_a_script_is_told_with_its_scheme() -> None:
    text = b"#!/bin/sh\ncurl -d @/tmp/stats http://o42.ingest.sentry.io/api/1/store/\n"
    assert hosts("usr/bin/report", text) == [
        KnownHost("o42.ingest.sentry.io", "crash-reporting", "Sentry", "http", "report", True)
    ]


def test_a_template_of_a_name_is_kept_as_written() -> None:
    assert names("usr/bin/camd", elf(tail=b"\0%s.iot.eu-west-1.amazonaws.com\0")) == ["%s.iot.eu-west-1.amazonaws.com"]
    assert names("usr/bin/camd", elf(tail=b"\0https://%s.azure-devices.net/\0")) == ["%s.azure-devices.net"]


@pytest.mark.parametrize(
    "text",
    [
        b"mail me at merle@mixpanel.com", b"notsentry.io", b"sentry.io.halyard.net", b"sentry.iox", b"my-sentry.io",
        b"0.0.0.0 app-measurement.com", b"address=/doubleclick.net/0.0.0.0", b"||doubleclick.net^",
        b"com.crashlytics.android",
    ],
)  # fmt: skip
def test_other_names_addresses_of_mail_and_lists_to_block_are_none(text: bytes) -> None:
    assert names("etc/filter.conf", text + b"\n") == []


def test_a_list_of_many_services_is_no_sign() -> None:
    ends = [one.suffixes[0] for one in load().services]
    assert names("usr/lib/libclassify.so", elf(tail=b"\0".join(one.encode() for one in ends))) == []
    assert names("etc/public_suffix_list.dat", b"blob.core.windows.net\n") == []
    assert len(names("usr/bin/app", elf(tail=b"\0".join(one.encode() for one in ends[:10])))) == 10


def test_documentation_is_not_read() -> None:
    assert names("usr/share/doc/x/readme", b"we use sentry.io here\n") == []


def test_a_name_in_a_stretch_without_a_file_is_found() -> None:
    assert names("app.bin", bytes(range(32)) + b"\0mqtt.thingspeak.com\0") == ["mqtt.thingspeak.com"]
