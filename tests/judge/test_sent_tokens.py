"""A token in a header that a script sends, from files to verdicts."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.communicated_secrets import SENT_SECRETS
from tests.judge.looking import ELF, effects_of

LINE = "curl -s -H 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP' http://api.halyard.test/v1/status"


def effects(command: str, *, starts: str = "/usr/bin/status &\n") -> list[str]:
    files = {
        "bin/busybox": ELF,
        "usr/bin/curl": ELF,
        "usr/bin/wget": ELF,
        "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
        "etc/init.d/rcS": "#!/bin/sh\n" + starts,
        "usr/bin/status": f"#!/bin/sh\nwhile sleep 900; do\n  {command}\ndone\n",
    }
    return effects_of(SENT_SECRETS, files)


@pytest.mark.parametrize(
    "command",
    [
        LINE,
        LINE.replace("-s -H", "-sH"),
        LINE.replace("Authorization: Bearer ", "X-Api-Key: "),
        LINE.replace(" http:", " \\\n    http:"),
        LINE.replace("curl -s -H ", "wget -q -O - --header="),
    ],
)
def test_a_token_that_a_started_script_sends_in_clear_decides(command: str) -> None:
    assert effects(command) == ["refutes"]


def test_a_token_of_a_script_that_nothing_starts_is_a_suspicion() -> None:
    assert "refutes" not in effects(LINE, starts="true\n")
    assert "refutes" not in effects(LINE, starts="# /usr/bin/status &\n")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(LINE.replace("http:", "https:"), id="encrypted"),
        pytest.param("# " + LINE, id="a comment"),
        pytest.param(LINE.replace("api.halyard.test", "127.0.0.1:8080"), id="the product itself"),
        pytest.param(LINE.replace("api.halyard.test", "localhost"), id="the product itself by name"),
        pytest.param(LINE.replace("'", '"').replace("4fK9qLmZ27RtVb6XwYcD81sP", "$TOKEN"), id="a variable"),
        pytest.param(
            LINE.replace("'", '"').replace("4fK9qLmZ27RtVb6XwYcD81sP", "$(cat /data/token)"), id="of the unit"
        ),
        pytest.param(LINE.replace("4fK9qLmZ27RtVb6XwYcD81sP", "YOUR_API_TOKEN"), id="to be filled in"),
        pytest.param(LINE.replace("http://api.halyard.test", "$SERVER"), id="an address that is not known"),
    ],
)
def test_what_is_not_sent_in_clear_is_silent(command: str) -> None:
    assert effects(command) == []
