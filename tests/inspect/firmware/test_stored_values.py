from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.credentials import Credentials
from plimsoll.inspect.scan import Scan
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential
from plimsoll.model.locator import Carve
from plimsoll.sources.tree import File, Node, Stem, Tree
from tests.firmware import SALT


def found(path: str, data: bytes, format: str = "esp-nvs") -> list[tuple[str, str, str, bytes]]:
    """Give the secrets of one value in a store of its own."""
    node = Node(path.encode(), "file", 0o600, size=len(data))
    tree = Tree(Stem(b"test.bin", (Carve(format, 0x9000),)), format, [node])
    seen: list[Observation] = []
    scan = Scan([Credentials()], SALT, seen.append)
    scan.visit(File(tree, node, data))
    scan.conclude([tree])
    assert all(one.status == "completed" for one in scan.inspections())
    facts = [one.fact for one in seen if isinstance(one.fact, Credential)]
    return [(one.subject, one.kind, one.role, scan.secrets[one.secret.digest]) for one in facts]


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        ("nvs.net80211/sta.pswd", b"halyard12" + bytes(55), ("wpa", "passphrase", "presents", b"halyard12")),
        ("nvs.net80211/ap.passwd", b"halyard12" + bytes(55), ("wpa", "passphrase", "accepts", b"halyard12")),
        ("storage/wifi_pass", b"halyard12", ("wpa", "passphrase", "presents", b"halyard12")),
        ("storage/softap_pass", b"halyard12", ("wpa", "passphrase", "accepts", b"halyard12")),
        ("config/mqtt_pass", b"halyard12", ("mqtt", "password", "presents", b"halyard12")),
        ("cloud/auth_token", b"a1b2c3d4e5f6a7b8c9", ("", "token", "unknown", b"a1b2c3d4e5f6a7b8c9")),
    ],
)
def test_a_stored_secret_is_read(path: str, data: bytes, expected: tuple[str, str, str, bytes]) -> None:
    assert found(path, data) == [expected]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("nvs.net80211/sta.pswd", bytes(64)),
        ("nvs.net80211/sta.ssid", b"\x04\0\0\0dock"),
        ("storage/wifi_pass", b""),
        ("storage/wifi_pass", b"your_password"),
        ("storage/pass_count", b"12345678"),
        ("storage/mqtt_pass", b"\xff\xfe\xfd\xfc\xfb"),
        ("storage/wifi_pass", b"a" * 5000),
    ],
)
def test_what_is_empty_or_no_secret_is_not_taken_for_one(path: str, data: bytes) -> None:
    assert found(path, data) == []


def test_a_file_of_that_name_elsewhere_is_no_value() -> None:
    assert found("storage/wifi_pass", b"halyard12", "squashfs") == []
