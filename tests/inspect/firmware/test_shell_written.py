"""Scripts that other scripts write, and text that a shell is handed, against text that nobody runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware._shell_written import written
from plimsoll.inspect.firmware.startup import Startup
from plimsoll.model.facts import StartedProgram
from tests.firmware import observe

ELF = b"\x7fELF" + bytes(60)
FILES = {"bin/busybox": ELF, "etc/inittab": b"::sysinit:/etc/init.d/rcS\n"}
LINKS = {"bin/sh": "busybox", "sbin/init": "../bin/busybox", "usr/sbin/telnetd": "../../bin/busybox"}
SHELL = b"telnetd -l /bin/sh\n"


def started(rcs: bytes) -> list[tuple[str, str]]:
    """Give state and place of each start of telnetd."""
    seen = observe(Startup(), {**FILES, "etc/init.d/rcS": b"#!/bin/sh\n" + rcs}, LINKS)
    return [
        (one.fact.state, one.where.rpartition("/")[2])
        for one in seen
        if isinstance(one.fact, StartedProgram)
        and one.fact.program == "telnetd"
        and one.fact.state not in ("not-started", "disabled")
    ]


@pytest.mark.parametrize(
    "rcs",
    [
        b"cat > /tmp/x.sh <<EOF\n#!/bin/sh\n%bEOF\nchmod +x /tmp/x.sh\n/tmp/x.sh\n",
        b"cat <<'EOF' > /tmp/x.sh\n%bEOF\nsh /tmp/x.sh &\n",
        b"cat > /tmp/x.sh <<EOF\n%bEOF\n. /tmp/x.sh\n",
        b"sh <<EOF\n%bEOF\n",
        b"cat <<EOF | sh\n%bEOF\n",
        b"D=/var/run\ncat > $D/x.sh <<EOF\n%bEOF\nsh /var/run/x.sh\n",
        b"make() {\ncat > /tmp/x.sh <<EOF\n%bEOF\n}\nmake\n/tmp/x.sh\n",
        b"cat > /tmp/a.sh <<EOF\nsh <<'END'\n%bEND\nEOF\nsh /tmp/a.sh\n",
    ],
)
def test_a_here_document_that_is_run_starts_what_it_names(rcs: bytes) -> None:
    script = rcs.replace(b"%b", SHELL)
    at = len(b"#!/bin/sh\n") + script.index(SHELL)
    assert started(script) == [("always", f"rcS+0x{at:x}:{len(SHELL) - 1}")]


@pytest.mark.parametrize(
    "rcs",
    [
        b'echo "telnetd -l /bin/sh" | sh\n',
        b'echo "#!/bin/sh" > /tmp/x.sh\necho "telnetd -l /bin/sh" >> /tmp/x.sh\nsh /tmp/x.sh\n',
        b"printf 'cd /\\ntelnetd -l /bin/sh\\n' > /tmp/x.sh\n/tmp/x.sh\n",
        b"A=1 cat > /tmp/x.sh <<EOF\ncd \\$HOME\ntelnetd -l /bin/sh\nEOF\nsh /tmp/x.sh\n",
    ],
)
def test_text_that_is_put_together_is_told_where_it_is_run(rcs: bytes) -> None:
    assert [state for state, _ in started(rcs)] == ["always"]


@pytest.mark.parametrize(
    "rcs",
    [
        b"cat > /tmp/x.sh <<EOF\n%bEOF\n",
        b"cat > /tmp/x.sh <<EOF\n%bEOF\n/tmp/y.sh\n",
        b"cat > /dev/null <<EOF\n%bEOF\n",
        b"cat <<EOF\n%bEOF\nsh\n",
        b": <<EOF\n%bEOF\n",
        b"if false; then\ncat > /tmp/x.sh <<EOF\n%bEOF\nfi\nsh /tmp/x.sh\n",
        b"make() {\ncat > /tmp/x.sh <<EOF\n%bEOF\n}\nsh /tmp/x.sh\n",
        b"cat > /tmp/x.sh <<EOF\n%bEOF\ncat > /tmp/x.sh <<EOF\ntrue\nEOF\nsh /tmp/x.sh\n",
        b"cat > /tmp/x.py <<EOF\n#!/usr/bin/python\n%bEOF\n/tmp/x.py\n",
        b"echo telnetd > /tmp/x.sh\n",
        b"echo 'telnetd -l /bin/sh'\n",
        b"sh /tmp/x.sh <<EOF\n%bEOF\n",
    ],
)
def test_text_that_nobody_runs_starts_nothing(rcs: bytes) -> None:
    assert started(rcs.replace(b"%b", SHELL)) == []


def test_what_is_written_under_a_condition_is_conditional() -> None:
    rcs = b"if [ -e /data/debug ]; then\ncat > /tmp/x.sh <<EOF\n%bEOF\nfi\nsh /tmp/x.sh\n".replace(b"%b", SHELL)
    assert [state for state, _ in started(rcs)] == ["conditional"]


@pytest.mark.parametrize("rcs", [b"exec /usr/sbin/telnetd -F\ntelnetd -l /bin/sh\n", b"exec telnetd -F; telnetd\n"])
def test_nothing_runs_after_the_shell_became_another_program(rcs: bytes) -> None:
    assert len(started(rcs)) == 1


@pytest.mark.parametrize("rcs", [b"exec >/dev/null\ntelnetd\n", b"( exec true )\ntelnetd\n", b"exec true &\ntelnetd\n"])
def test_a_shell_that_stays_goes_on(rcs: bytes) -> None:
    assert len(started(rcs)) == 1


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(data: bytes) -> None:
    for offset, one in written(b"cat > /tmp/x <<E\n" + data).items():
        assert offset >= 0
        assert one.at <= len(data) + 17
