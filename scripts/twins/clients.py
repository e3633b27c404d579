"""Pairs for capability 4: what the product's own clients check, show and trust."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.pair import Pair
from scripts.twins.tree import link, script, text

_LOOP = "while sleep 600; do\n  {command}\ndone\n"
_API = "https://api.halyard.test/v1/list"
_AGENT = {"agent": "/usr/bin/agent"}
_FETCH = {"usr/bin/agent": script(_LOOP.format(command=f"wget -q -O /tmp/list {_API}"))}
_SHOW = "curl -s --cert /etc/agent/client.pem --key {folder}/client.key -o /tmp/list " + _API
_TRUST = f"curl -s --cacert /etc/agent/ca.pem -o /tmp/list {_API}"
_CLIENT = (0o644, keys.issued(keys.ec_key("client"), "unit"))
_AUTHORITY = (0o644, keys.certificate(keys.ec_key("authority"), "Halyard authority", authority=True))

PAIRS = (
    Pair(
        name="busybox-wget-https",
        capability=4,
        criterion="certificates-are-checked",
        rule="certificates-are-checked",
        expected="not met",
        at="usr/bin/agent",
        says="the wget of BusyBox fetches over TLS, and checks no certificate",
        instead="it hands the connection to openssl, which checks it",
        on="arm64 squashfs-xz systemd",
        packages=("openssl",),
        starts=_AGENT,
        both=_FETCH,
        bad={"usr/bin/openssl": link("/data/openssl")},
    ),
    Pair(
        name="busybox-wget-clear-notes",
        capability=4,
        criterion="certificates-are-checked",
        rule="certificates-are-checked",
        expected="not met",
        at="usr/bin/agent",
        says="a started script fetches by the wget of BusyBox",
        instead="it does so in a comment, and in a script that nothing starts",
        on="mips64el ext4 rcS",
        starts=_AGENT,
        bad=_FETCH,
        good={
            "usr/bin/agent": script(f"# wget -q -O /tmp/list {_API}\nsleep 600\n"),
            "usr/share/examples/agent": script(f"wget -q -O /tmp/list {_API}\n"),
        },
    ),
    Pair(
        name="client-key-shared",
        capability=4,
        criterion="private-keys-are-not-shared",
        rule="private-keys-are-not-shared",
        expected="not met",
        at="etc/agent/client.key",
        says="a started command shows a key of the image to a server",
        instead="the key is one of the unit, kept where the image has none",
        on="i386 erofs sysv",
        packages=("curl",),
        starts=_AGENT,
        both={"etc/agent/client.pem": _CLIENT},
        bad={
            "etc/agent/client.key": (0o600, keys.private_pem(keys.ec_key("client"))),
            "usr/bin/agent": script(_LOOP.format(command=_SHOW.format(folder="/etc/agent"))),
        },
        good={"usr/bin/agent": script(_LOOP.format(command=_SHOW.format(folder="/data")))},
    ),
    Pair(
        name="trusted-authority-with-its-key",
        capability=4,
        criterion="private-keys-are-not-shared",
        rule="certificates-keep-their-keys-apart",
        expected="not met",
        at="etc/agent/ca.pem",
        says="a started command trusts an authority whose private key is in the image",
        instead="the key of the authority stayed at home",
        on="amd64 ubifs systemd",
        packages=("curl",),
        starts=_AGENT,
        both={
            "etc/agent/ca.pem": _AUTHORITY,
            "usr/bin/agent": script(_LOOP.format(command=_TRUST)),
        },
        bad={"etc/agent/signing/ca.key": (0o600, keys.private_pem(keys.ec_key("authority")))},
        good={"etc/agent/signing/README": text("The key of the authority is not kept here.\n")},
    ),
    Pair(
        name="store-with-a-published-password",
        capability=4,
        criterion="private-keys-are-not-shared",
        rule="private-keys-are-not-shared",
        expected="suspected",
        at="etc/agent/unit.p12",
        says="a store holds a private key behind a published password",
        instead="its password is not known",
        on="armhf squashfs-zstd procd",
        bad={"etc/agent/unit.p12": (0o600, keys.store(keys.ec_key("unit"), "changeit"))},
        good={"etc/agent/unit.p12": (0o600, keys.store(keys.ec_key("unit"), "ri9wie9EeTah"))},
    ),
)
