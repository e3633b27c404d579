"""Logins of motion's own servers; names and defaults are those of its manual."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.credentials import Credentials
from plimsoll.inspect.firmware.service_settings import ServiceSettings
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Credential, ServiceSetting
from tests.firmware import observe, observe_all

PATH = "etc/motion/motion.conf"
STREAM = b"stream_port 8081\nstream_localhost off\nstream_auth_method 2\nstream_authentication admin:halyard:12\n"
CONTROL = STREAM.replace(b"stream", b"webcontrol")


def used(data: bytes, path: str = PATH) -> list[tuple[str, str, str, bool]]:
    facts = [one.fact for one in observe(Credentials(), {path: data})]
    return [(one.subject, one.role, one.account, one.active) for one in facts if isinstance(one, Credential)]


@pytest.mark.parametrize("data", [STREAM, CONTROL, STREAM.replace(b" ", b" = "), STREAM.replace(b"off", b"0")])
def test_the_login_of_a_server_that_others_reach_is_accepted(data: bytes) -> None:
    assert used(data) == [("motion", "accepts", "admin", True)]


def test_the_password_is_what_follows_the_first_colon() -> None:
    observations, _, secrets = observe_all(Credentials(), {PATH: STREAM})
    (fact,) = [one.fact for one in observations if isinstance(one.fact, Credential)]
    assert secrets[fact.secret.digest] == b"halyard:12"
    assert "halyard" not in repr(observations)


@pytest.mark.parametrize(
    "data",
    [
        STREAM.replace(b"stream_localhost off\n", b""),
        STREAM.replace(b"localhost off", b"localhost on"),
        STREAM.replace(b"stream_auth_method 2\n", b""),
        STREAM.replace(b"method 2", b"method 0"),
        STREAM.replace(b"stream_port 8081\n", b""),
        STREAM.replace(b"8081", b"0"),
        STREAM.replace(b"stream_auth_method 2", b"webcontrol_auth_method 2"),
    ],
)
def test_a_login_that_is_not_asked_for_or_only_by_itself_is_not_in_use(data: bytes) -> None:
    assert used(data) == [("motion", "accepts", "admin", False)]


@pytest.mark.parametrize("mark", [b"; ", b"# ", b";"])
def test_a_login_in_a_comment_is_none(mark: bytes) -> None:
    assert used(STREAM.replace(b"stream_authentication", mark + b"stream_authentication")) == []


def test_the_last_login_counts_and_documentation_does_not() -> None:
    assert used(STREAM + b"stream_authentication yard:harbour\n") == [("motion", "accepts", "yard", True)]
    assert [one[3] for one in used(STREAM, "usr/share/doc/motion/motion.conf")] == [False]
    assert used(STREAM.replace(b"admin:halyard:12", b"username"), PATH) == []


def test_where_it_listens_is_recorded() -> None:
    found: list[Observation] = observe(ServiceSettings(), {PATH: STREAM + b"stream_localhost on\n"})
    settings = [one.fact for one in found if isinstance(one.fact, ServiceSetting) and one.fact.active]
    told = {(one.service, one.key, one.value) for one in settings}
    assert told == {("motion", "stream_port", "8081"), ("motion", "stream_auth_method", "2"),
                    ("motion", "stream_localhost", "on")}  # fmt: skip
