"""Pairs for capability 4: secrets on their way, and private keys that every unit has."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.pair import Pair
from scripts.twins.services import LIGHTTPD
from scripts.twins.tree import script, text

SENT = "no-secrets-sent-in-clear"
SHARED = "private-keys-are-not-shared"

_EC = keys.ec_key("server")
_CERTIFICATE = keys.certificate(_EC, "twin.local")
_KEY = keys.private_pem(_EC)
_LIGHTTPD = """server.modules = ("mod_openssl")
server.port = 443
ssl.engine = "enable"
ssl.pemfile = "/etc/ssl/private/server.pem"
"""
_MAKE_KEY = """openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=twin \\
  -keyout /etc/ssl/private/server.pem -out /tmp/server.crt
cat /tmp/server.crt >> /etc/ssl/private/server.pem
"""
_NGINX = """events {{ }}
http {{
  server {{
    listen 443 ssl;
    ssl_certificate /etc/nginx/server.crt;
    ssl_certificate_key {key};
  }}
}}
"""
_LOOP = "while sleep 900; do\n  {command}\ndone\n"

PAIRS = (
    Pair(
        name="curl-password",
        capability=4,
        criterion=SENT,
        expected="not met",
        at="usr/bin/upload",
        says="a started script sends a password in clear",
        instead="over TLS",
        on="mipsel flash procd",
        packages=("curl",),
        starts={"upload": "/usr/bin/upload"},
        shared=("service-secrets-are-not-shared",),
        bad={
            "usr/bin/upload": script(
                _LOOP.format(command="curl -s -u camera:Harbour-77 -T /tmp/pic.jpg http://pictures.halyard.test/")
            )
        },
        good={
            "usr/bin/upload": script(
                _LOOP.format(command="curl -s -u camera:Harbour-77 -T /tmp/pic.jpg https://pictures.halyard.test/")
            )
        },
    ),
    Pair(
        name="mqtt-password",
        capability=4,
        criterion=SENT,
        expected="not met",
        at="usr/bin/publish",
        says="a started script gives its password to a broker in clear",
        instead="over TLS",
        on="arm64 squashfs-xz systemd",
        packages=("mosquitto-clients",),
        starts={"publish": "/usr/bin/publish"},
        shared=("service-secrets-are-not-shared",),
        bad={
            "usr/bin/publish": script(
                _LOOP.format(
                    command="mosquitto_pub -h broker.halyard.test -u camera -P Harbour-77 -t state -f /tmp/state"
                )
            )
        },
        good={
            "usr/bin/publish": script(
                _LOOP.format(
                    command="mosquitto_pub -h broker.halyard.test -p 8883 --cafile /etc/ssl/certs/ca.pem "
                    "-u camera -P Harbour-77 -t state -f /tmp/state"
                )
            )
        },
    ),
    Pair(
        name="password-in-address",
        capability=4,
        criterion=SENT,
        expected="suspected",
        at="etc/upload.conf",
        says="the settings hold a password in an address in clear",
        instead="words to be filled in stand there",
        on="armhf ext4 rcS",
        bad={"etc/upload.conf": text("url=ftp://camera:Harbour-77@pictures.halyard.test/in\n")},
        good={"etc/upload.conf": text("url=ftp://USER:PASSWORD@pictures.halyard.test/in\n")},
    ),
    Pair(
        name="password-in-comment",
        capability=4,
        criterion=SENT,
        expected="doubted",
        at="usr/bin/mirror",
        says="a started script fetches by FTP with a password",
        instead="that line is a comment",
        on="i386 squashfs-lzo inittab",
        packages=("wget",),
        starts={"mirror": "/usr/bin/mirror"},
        also=("service-secrets-are-not-shared",),
        bad={
            "usr/bin/mirror": script(
                _LOOP.format(command="wget -q -P /data ftp://camera:Harbour-77@files.halyard.test/list")
            )
        },
        good={
            "usr/bin/mirror": script(
                "# wget -q ftp://camera:Harbour-77@files.halyard.test/list\n"
                + _LOOP.format(command="wget -q -P /data https://files.halyard.test/list")
            )
        },
    ),
    Pair(
        name="token-in-header",
        capability=4,
        criterion=SENT,
        expected="doubted",
        at="usr/bin/status",
        says="a started script sends a token in clear",
        instead="over TLS",
        on="armel squashfs-xz inittab",
        packages=("curl",),
        starts={"status": "/usr/bin/status"},
        shared=("service-secrets-are-not-shared",),
        bad={
            "usr/bin/status": script(
                _LOOP.format(
                    command="curl -s -H 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP' http://api.halyard.test/v1/status"
                )
            )
        },
        good={
            "usr/bin/status": script(
                _LOOP.format(
                    command="curl -s -H 'Authorization: Bearer 4fK9qLmZ27RtVb6XwYcD81sP' https://api.halyard.test/v1/status"
                )
            )
        },
    ),
    Pair(
        name="dropbear-host-key",
        capability=4,
        criterion=SHARED,
        rule="private-keys-are-not-shared",
        expected="not met",
        at="etc/dropbear/dropbear_ed25519_host_key",
        says="every unit has the same host key",
        instead="the unit makes its own; public keys and authorities lie beside",
        on="mipsel ubifs rcS",
        packages=("dropbear-bin", "ca-certificates"),
        starts={"dropbear": "/usr/sbin/dropbear -R -s"},
        bad={"etc/dropbear/dropbear_ed25519_host_key": (0o600, keys.dropbear_private("host"))},
        good={
            "etc/dropbear/dropbear_ed25519_host_key.pub": text(keys.openssh_public("host", "root@twin")),
            "etc/ssl/keys/updates.pem": (0o644, keys.public_pem(_EC)),
        },
    ),
    Pair(
        name="sshd-host-key",
        capability=4,
        criterion=SHARED,
        expected="not met",
        at="etc/ssh/ssh_host_ed25519_key",
        says="every unit has the same host key",
        instead="the public half alone lies there",
        on="amd64 cpio-uimage systemd",
        packages=("openssh-server",),
        starts={"ssh": "/usr/sbin/sshd -D"},
        bad={"etc/ssh/ssh_host_ed25519_key": (0o600, keys.openssh_private("host"))},
        good={"etc/ssh/ssh_host_ed25519_key.pub": text(keys.openssh_public("host", "root@twin"))},
    ),
    Pair(
        name="sshd-not-started",
        capability=4,
        criterion=SHARED,
        expected="not met",
        at="etc/ssh/ssh_host_ed25519_key",
        says="sshd is started with a host key that every unit has",
        instead="a host key lies in the tests of the documentation",
        on="arm64 jffs2-le sysv",
        packages=("openssh-server",),
        starts={"ssh": "/usr/sbin/sshd -D"},
        bad={"etc/ssh/ssh_host_ed25519_key": (0o600, keys.openssh_private("host"))},
        good={"usr/share/doc/openssh/tests/ssh_host_ed25519_key": (0o600, keys.openssh_private("host"))},
    ),
    Pair(
        name="lighttpd-key",
        capability=4,
        criterion=SHARED,
        expected="not met",
        at="etc/ssl/private/server.pem",
        says="lighttpd's private key is in the image",
        instead="a start script makes one on the unit",
        on="armhf squashfs-xz rcS",
        packages=("lighttpd", "openssl"),
        starts=LIGHTTPD,
        both={"etc/lighttpd/lighttpd.conf": text(_LIGHTTPD)},
        bad={"etc/ssl/private/server.pem": (0o600, _KEY + _CERTIFICATE)},
        good={"etc/init.d/S20key": script("[ -s /etc/ssl/private/server.pem ] && exit 0\n" + _MAKE_KEY)},
    ),
    Pair(
        name="lighttpd-key-replaced",
        capability=4,
        criterion=SHARED,
        expected="not met",
        at="etc/ssl/private/server.pem",
        says="the start script makes a key where there is none: the one of the image stays",
        instead="there is none in the image, and the certificate alone",
        on="mips64el squashfs-zstd rcS",
        packages=("lighttpd", "openssl"),
        starts=LIGHTTPD,
        both={
            "etc/lighttpd/lighttpd.conf": text(_LIGHTTPD),
            "etc/init.d/S20key": script("[ -s /etc/ssl/private/server.pem ] && exit 0\n" + _MAKE_KEY),
        },
        bad={"etc/ssl/private/server.pem": (0o600, _KEY + _CERTIFICATE)},
        good={"etc/ssl/certs/server.pem": (0o644, _CERTIFICATE)},
    ),
    Pair(
        name="nginx-test-key",
        capability=4,
        criterion=SHARED,
        expected="not met",
        at="etc/nginx/server.key",
        says="nginx is set to use a key",
        instead="a package brings keys for its own tests",
        on="amd64 squashfs-gzip systemd",
        packages=("nginx", "libpython3.11-testsuite"),
        starts={"nginx": "/usr/sbin/nginx"},
        bad={
            "etc/nginx/nginx.conf": text(_NGINX.format(key="/etc/nginx/server.key")),
            "etc/nginx/server.key": (0o600, _KEY),
        },
        good={"etc/nginx/nginx.conf": text(_NGINX.format(key="/data/server.key"))},
    ),
    Pair(
        name="encrypted-key",
        capability=4,
        criterion=SHARED,
        expected="suspected",
        at="etc/vpn/client.key",
        says="a private key lies open",
        instead="it is encrypted",
        on="armel erofs rcS",
        bad={"etc/vpn/client.key": (0o600, _KEY)},
        good={"etc/vpn/client.key": (0o600, keys.private_pem(_EC, b"known to the owner"))},
    ),
    Pair(
        name="authority-key",
        capability=4,
        criterion=SHARED,
        expected="suspected",
        at="etc/ssl/private/ca.key",
        says="the private key of the maker's own authority lies beside it",
        instead="the authority alone is there",
        on="i386 ubifs sysv",
        packages=("ca-certificates",),
        both={
            "etc/ssl/certs/maker-ca.pem": (
                0o644,
                keys.certificate(keys.ec_key("authority"), "Halyard Root", authority=True),
            )
        },
        bad={"etc/ssl/private/ca.key": (0o600, keys.private_pem(keys.ec_key("authority")))},
    ),
)
