"""Switches that leave certificates unchecked: what a script or source comes to, and what it only says."""

from __future__ import annotations

import pytest

from plimsoll.judge.rules.certificate_checks import CERTIFICATES
from tests.judge.looking import ELF, effects_of

_SYSTEM: dict[str, str | bytes] = {
    "bin/busybox": ELF,
    "usr/bin/curl": ELF,
    "usr/bin/git": ELF,
    "etc/inittab": "::sysinit:/etc/init.d/rcS\n",
    "etc/init.d/rcS": "#!/bin/sh\n/usr/bin/agent\n",
}
_CURL = "curl -k https://api.halyard-home.net/list"


def said_of(agent: str) -> list[str]:
    return effects_of(CERTIFICATES, {**_SYSTEM, "usr/bin/agent": agent}, {"sbin/init": "../bin/busybox"})


@pytest.mark.parametrize(
    "body",
    [
        f"{_CURL}\n",
        f"list=$({_CURL})\n",
        f"while sleep 60; do\n  {_CURL}\ndone\n",
        f"fetch() {{\n  {_CURL}\n}}\nfetch\n",
        f"until {_CURL}; do\n  sleep 5\ndone\n",
        f'sh -c "{_CURL}"\n',
        "GIT_SSL_NO_VERIFY=1 git pull\n",
        "export GIT_SSL_NO_VERIFY=1\ngit pull\n",
    ],
)
def test_a_command_that_a_started_script_comes_to_decides(body: str) -> None:
    assert said_of("#!/bin/sh\n" + body) == ["refutes"]


@pytest.mark.parametrize(
    "body",
    [
        f'if [ "$(cat /data/mode)" = test ]; then\n  {_CURL}\nfi\n',
        f"ping -c 1 192.0.2.1 && {_CURL}\n",
        f"if false; then\n  {_CURL}\nfi\n",
        f'case "$1" in\n  debug) {_CURL} ;;\nesac\n',
        f"fetch() {{\n  {_CURL}\n}}\n",
        f"cat > /tmp/notes <<EOF\n{_CURL}\nEOF\n",
        f"exit 0\n{_CURL}\n",
    ],
)
def test_one_that_it_may_not_come_to_is_a_doubt(body: str) -> None:
    assert said_of("#!/bin/sh\n" + body) == ["suspects"]


@pytest.mark.parametrize(
    "body",
    [
        "URL=https://127.0.0.1:8443/list\ncurl -k $URL\n",
        "curl -k https://localhost:8443/list\n",
        f'echo "{_CURL}"\n',
        f"# {_CURL}\n",
    ],
)
def test_the_product_itself_and_what_is_only_said_do_not_count(body: str) -> None:
    assert said_of("#!/bin/sh\n" + body) == []


@pytest.mark.parametrize(
    "source",
    [
        "#!/usr/bin/python3\nrequests.get('https://api.halyard-home.net/', verify=False)\n",
        "#!/usr/bin/python3\nc.tls_insecure_set(True)\nc.connect('broker.halyard-home.net', 8883)\n",
        '#!/usr/bin/node\nhttps.get({host: "api.halyard-home.net", "rejectUnauthorized": false});\n',
        '#!/usr/bin/lua\nhttps.request{url = "https://api.halyard-home.net/", verify = "none"}\n',
        "#!/usr/bin/perl\nLWP::UserAgent->new(ssl_opts => {verify_hostname => 0, SSL_verify_mode => 0})\n"
        "  ->get('https://api.halyard-home.net/');\n",
    ],
)
def test_a_started_source_that_names_its_server_decides_once(source: str) -> None:
    assert said_of(source) == ["refutes"]


def test_without_a_server_it_is_a_doubt() -> None:
    assert said_of("#!/usr/bin/python3\nrequests.get(sys.argv[1], verify=False)\n") == ["suspects"]


@pytest.mark.parametrize(
    "source",
    [
        '#!/usr/bin/python3\n"""Never with verify=False."""\nget("https://api.halyard-home.net/")\n',
        '#!/usr/bin/python3\nprint("not with verify=False")\nget("https://api.halyard-home.net/")\n',
        "#!/usr/bin/python3\nURL = 'https://127.0.0.1:8443'\nget(URL, verify=False)\n",
        '#!/usr/bin/node\n/*\n rejectUnauthorized: false\n*/\nget("https://api.halyard-home.net/");\n',
        '#!/usr/bin/node\nget("https://api.halyard-home.net/"); // rejectUnauthorized: false\n',
        '#!/usr/bin/lua\n--[[\n verify = "none"\n]]\nget("https://api.halyard-home.net/")\n',
        "#!/usr/bin/perl\n=pod\n\nverify_hostname => 0\n\n=cut\nget('https://api.halyard-home.net/');\n",
        "#!/usr/bin/ruby\n=begin\nOpenSSL::SSL::VERIFY_NONE\n=end\nget('https://api.halyard-home.net/')\n",
    ],
)
def test_comments_and_words_of_a_source_do_not_count(source: str) -> None:
    assert said_of(source) == []
