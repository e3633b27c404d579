"""Pairs for capability 4: what the product's own clients check, show and trust."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.made import Compiled, Copied
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

_CALL = """
static const char address[] = "https://api.halyard.test/v1/state";
void _start(void) {
  void *context = SSL_CTX_new(METHOD());
  SETTING
  void *connection = SSL_new(context);
  if (SSL_connect(connection) == 1) SSL_write(connection, address, sizeof address);
  for (;;);
}
"""
_CHECKS = "SSL_CTX_set_default_verify_paths(context); SSL_CTX_set_verify(context, 1, 0);"
_UNCHECKED = _CALL.replace("METHOD", "TLS_client_method").replace("SETTING", "")
_SWITCHED_OFF = _CALL.replace("METHOD", "TLS_client_method").replace("SETTING", "SSL_CTX_set_verify(context, 0, 0);")
_CHECKED = _CALL.replace("METHOD", "TLS_client_method").replace("SETTING", _CHECKS)
_OLD = _CALL.replace("METHOD", "TLSv1_client_method").replace("SETTING", _CHECKS)
_SENDS = "sizeof address); SSL_write(connection, banner, sizeof banner)"
_LINKED = 'static const char banner[] = "{name}";' + _CHECKED.replace("sizeof address)", _SENDS)
_NGINX = """events {{ }}
http {{
  server {{
    listen 443 ssl;
    ssl_certificate /data/server.pem;
    ssl_certificate_key {key};
  }}
}}
"""

PAIRS = (
    Pair(
        name="compiled-client-checks-nothing",
        capability=4,
        criterion="certificates-are-checked",
        rule="compiled-clients-check-certificates",
        expected="not met",
        at="usr/bin/agent",
        says="a started program connects by OpenSSL and asks for no check",
        instead="it asks for one, by the roots of the system",
        on="armel squashfs-lz4 rcS",
        starts=_AGENT,
        made={"usr/bin/agent": Compiled(_UNCHECKED)},
        made_good={"usr/bin/agent": Compiled(_CHECKED)},
    ),
    Pair(
        name="compiled-client-switches-off",
        capability=4,
        criterion="certificates-are-checked",
        rule="compiled-clients-check-certificates",
        expected="not met",
        at="usr/bin/agent",
        says="a started program switches the check off",
        instead="it switches it on",
        on="arm64 ubifs systemd",
        starts=_AGENT,
        made={"usr/bin/agent": Compiled(_SWITCHED_OFF)},
        made_good={"usr/bin/agent": Compiled(_CHECKED)},
    ),
    Pair(
        name="compiled-client-of-old-tls",
        capability=4,
        criterion="tls-versions-are-current",
        rule="tls-libraries-know-tls-1-2",
        expected="not met",
        at="usr/bin/agent",
        says="a started program fixes the version to TLS 1.0",
        instead="it agrees on one with the server",
        on="mipsel jffs2-le inittab",
        starts=_AGENT,
        made={"usr/bin/agent": Compiled(_OLD)},
        made_good={"usr/bin/agent": Compiled(_CHECKED)},
    ),
    Pair(
        name="ended-library-linked-in",
        capability=4,
        criterion="tls-libraries-are-maintained",
        expected="suspected",
        at="usr/bin/agent",
        says="a started program has a PolarSSL linked in, which nobody looks after",
        instead="it has an Mbed TLS of a line that is looked after",
        on="amd64 tar-gzip sysv",
        starts=_AGENT,
        made={"usr/bin/agent": Compiled(_LINKED.replace("{name}", "PolarSSL 1.2.8"))},
        made_good={"usr/bin/agent": Compiled(_LINKED.replace("{name}", "Mbed TLS 3.6.2"))},
    ),
    Pair(
        name="published-key-in-use",
        capability=4,
        criterion="private-keys-are-not-shared",
        rule="private-keys-are-not-published",
        expected="not met",
        at="etc/nginx/server.key",
        says="nginx is set to use a key that a package of tests has published",
        instead="the key lies where that package has it, and nginx has one of the unit",
        on="i386 squashfs-xz systemd",
        packages=("nginx", "libpython3.11-testsuite"),
        starts={"nginx": "/usr/sbin/nginx"},
        bad={"etc/nginx/nginx.conf": text(_NGINX.format(key="/etc/nginx/server.key"))},
        made={"etc/nginx/server.key": Copied("libpython3.11-testsuite", "usr/lib/python3.11/test/ssl_key.pem")},
        good={"etc/nginx/nginx.conf": text(_NGINX.format(key="/data/server.key"))},
    ),
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
        on="riscv64 ext4 rcS",
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
        on="riscv64 squashfs-zstd procd",
        bad={"etc/agent/unit.p12": (0o600, keys.store(keys.ec_key("unit"), "changeit"))},
        good={"etc/agent/unit.p12": (0o600, keys.store(keys.ec_key("unit"), "ri9wie9EeTah"))},
    ),
)
