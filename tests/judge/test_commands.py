"""What a started command does, by its words."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules._commands import Commands, is_in_clear, is_start_script, runs, sends, span_of
from plimsoll.model.facts import StartedProgram
from plimsoll.model.facts.service import StartState
from plimsoll.model.locator import Place
from tests.judge.building import at, evidence, seen


def start(text: str, state: StartState = "always", condition: str = "") -> StartedProgram:
    program, *arguments = text.split()
    return StartedProgram(program, text, "sysv", state, "", "", condition, tuple(arguments))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl http://a.example/x", True),
        ("curl http://user:***@a.example/x", True),
        ("tftp ftp://a.example/x", True),
        ("curl https://a.example/x", False),
        ("curl http://a.example/x https://b.example/y", False),
        ("curl http://127.0.0.1/x", False),
        ("curl http://localhost:8080/x", False),
        ("curl $URL", False),
        ("curl -H Referer:http://a.example $URL", False),
        ("mosquitto_pub -h b.example -t x -m y", True),
        ("mosquitto_pub -L mqtt://b.example/x", True),
        ("mosquitto_pub -L mqtts://b.example/x", False),
        ("mosquitto_pub -h $HOST -t x", False),
        ("mosquitto_pub -h b.example -p 8883", False),
        ("mosquitto_pub -h b.example --cafile /etc/ca.pem", False),
        ("mosquitto_pub -t x", False),
        ("ftpput -u bob -p *** ftp.a.example x /tmp/x", True),
        ("ftpget -v -P 2121 ftp.a.example x", True),
        ("ftpput -u bob -p *** 127.0.0.1 x /tmp/x", False),
        ("ftpput -u bob -p *** $HOST x", False),
        ("ftpget", False),
    ],
)
def test_a_command_speaks_in_clear_only_when_all_its_addresses_are_and_are_known(text: str, expected: bool) -> None:
    assert is_in_clear(start(text)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl -d x http://a.example", True),
        ("curl -sSd @/tmp/x http://a.example", True),
        ("curl --data=@/tmp/x http://a.example", True),
        ("curl http://a.example/?id=$SERIAL", True),
        ("curl -o /tmp/Td http://a.example", False),
        ("curl -oFILE http://a.example", False),
        ("wget -T 30 http://a.example", False),
        ("wget --post-data=x http://a.example", True),
        ("wget http://a.example/?lang=en", False),
        ("mosquitto_pub -h a.example", True),
        ("mosquitto_sub -h a.example", False),
        ("ping a.example", False),
    ],
)
def test_asking_is_no_sending(text: str, expected: bool) -> None:
    assert sends(start(text)) is expected


@pytest.mark.parametrize(
    ("state", "condition", "expected"),
    [
        ("always", "", True),
        ("first-boot", "[ ! -f /data/x ]", True),
        ("conditional", "sleep 3600", True),
        ("conditional", "usleep $PERIOD", True),
        ("conditional", "true", True),
        ("conditional", "[ 1 ]", True),
        ("conditional", '[ "$consent" = 1 ]', False),
        ("conditional", "sleep 5 && [ -f /tmp/x ]", False),
        ("disabled", "true", False),
    ],
)
def test_a_loop_for_ever_is_no_condition(state: StartState, condition: str, expected: bool) -> None:
    assert runs(start("curl", state, condition)) is expected


def test_a_place_belongs_to_the_command_whose_bytes_it_is_in() -> None:
    first = seen(start("curl -k http://a.example"), "usr/bin/report", 2)
    left = seen(start("curl", "not-started"), "usr/bin/report", 3)
    commands = Commands(evidence(first, left))
    assert [one for one, _ in commands.at(at("usr/bin/report", 2))] == [first]
    assert commands.at(at("usr/bin/report", 3)) == ()
    assert commands.at(at("usr/bin/report")) == ()
    assert commands.at(at("usr/bin/other", 2)) == ()


def test_the_bytes_of_a_place_are_read_without_breaking_on_others() -> None:
    assert span_of(at("x", 2)) == (40, 20)
    assert span_of(at("x")) == (0, 0)
    assert span_of(Place("x+0x" + "f" * 5000 + ":1")) == (0, 0)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("etc/init.d/S50a", True),
        ("etc/rc.d/S50a", True),
        ("etc/rcS.d/S1", True),
        ("usr/sbin/a", False),
        ("init.d", False),
    ],
)
def test_start_scripts_are_told_by_their_folder(path: str, expected: bool) -> None:
    assert is_start_script(at(path, 1)) is expected
