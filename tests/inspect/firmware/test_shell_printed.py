"""Which bytes of a script are only printed, and which are run all the same."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware._shell_printed import is_printed

WORD = b"curl -k https://h.example.com/x"


def printed(script: str) -> bool:
    data = b"#!/bin/sh\n" + script.encode().replace(b"WORD", WORD)
    return is_printed(data, data.index(WORD))


@pytest.mark.parametrize("script", [
    'echo "usage: WORD | sh"\n',
    "echo usage: WORD\n",
    'printf "%s\\n" "WORD"\n',
    'echo "WORD" >&2\n',
    "echo 'WORD' 1>&2; exit 1\n",
    '[ $# -gt 0 ] || echo "try: WORD" && exit 1\n',
    'echo "usage:\n  WORD\n"\n',
    "cat <<EOF\n  WORD | sh\nEOF\n",
    "cat <<'EOF' >&2\nWORD\nEOF\n",
    "cat <<-EOF\n\tWORD\n\tEOF\n",
    ": <<'EOF'\nWORD\nEOF\n",
    'usage() {\n  echo "$0: WORD"\n}\nusage\n',
    'function usage {\n  echo "WORD"\n}\nusage >&2\n',
    'case "$1" in\n  help) echo "WORD" ;;\nesac\n',
    'usage()\n{\ncat <<EOF\nWORD\nEOF\n}\nget() { echo "$1"; }\nx=$(get a)\nusage\n',
    'show() { echo "WORD"; }\nif [ $# = 0 ]; then show; fi\n',
    'print_help() { echo "WORD"; }\n',
    'echo "WORD" | more\n',
    'echo "WORD" > /dev/console\n',
    'if [ "$1" = help ]; then echo "WORD"; fi\n',
])  # fmt: skip
def test_what_is_said_to_people_is_printed(script: str) -> None:
    assert printed(script)


@pytest.mark.parametrize("script", [
    "WORD | sh\n",
    'echo "WORD" | sh\n',
    'echo "WORD" | tee /tmp/x.sh\n',
    'echo "WORD" > /tmp/x.sh\n',
    'echo "WORD" >> /tmp/x.sh\n',
    'echo "WORD" > "$target"\n',
    "cat <<EOF > /tmp/x.sh\nWORD\nEOF\n",
    "cat > /tmp/x.sh <<EOF\nWORD\nEOF\n",
    "cat <<EOF | sh\nWORD\nEOF\n",
    "sh <<EOF\nWORD\nEOF\n",
    "ssh host <<EOF\nWORD\nEOF\n",
    "cat /tmp/head - <<EOF\nWORD\nEOF\n",
    'eval "$(echo "WORD")"\n',
    "x=`echo WORD`\n",
    'echo "it is $(WORD)"\n',
    'echo "it is `WORD`"\n',
    "cat <<EOF\n$(WORD)\nEOF\n",
    'echo hello; WORD\n',
    'echo hello && WORD\n',
    '{ echo "WORD"; } | sh\n',
    '( echo "WORD" ) > /tmp/x.sh\n',
    '(echo one; echo "WORD")|sh\n',
    '(echo one; echo "WORD") > /tmp/x.sh\n',
    'for i in 1; do echo "WORD"; done > /tmp/x.sh\n',
    'exec > /tmp/x.sh\necho "WORD"\n',
    'make() { echo "WORD"; }\n',
    'make() { echo "WORD"; }\nmake | sh\n',
    'make() { echo "WORD"; }\nmake > /tmp/x.sh\n',
    'make() { echo "WORD"; }\neval "$(make)"\n',
    'make() { echo "WORD"; }\nall() { make; }\nall | sh\n',
    'make() { echo "WORD"; }\n. <(make)\n',
    "read -r x <<< word\nWORD\n",
    'echo "WORD" | while read -r line; do $line; done\n',
    "cat <<EOF\ntext\nEOF\nWORD\n",
    "eval echo WORD\n",
])  # fmt: skip
def test_what_something_takes_up_is_not(script: str) -> None:
    assert not printed(script)


def test_a_script_that_is_not_closed_is_read_to_its_end() -> None:
    assert not is_printed(b"#!/bin/sh\necho `" + WORD, 16)
    assert is_printed(b"#!/bin/sh\ncat <<EOF\n" + WORD, 22)
