"""Pairs for capability 4: checks of certificates, and versions of TLS."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.pair import Pair
from scripts.twins.services import LIGHTTPD, MOSQUITTO
from scripts.twins.tree import link, script, text

CERTIFICATES = "certificates-are-checked"
VERSIONS = "tls-versions-are-current"

_REPORT = "while sleep 600; do\n  curl {options}-s -o /tmp/config.json {address}\ndone\n"
_NGINX = {"nginx": "/usr/sbin/nginx -g 'daemon off;'"}
_NGINX_SITE = """server {{
  listen 443 ssl;
  ssl_certificate /etc/nginx/server.pem;
  ssl_certificate_key /data/server.key;
  ssl_protocols {versions};
  root /www;
}}
"""
_NGINX_SUITES = _NGINX_SITE.replace("{versions};", "TLSv1.2;\n  ssl_ciphers '{suites}';")
_NGINX_MAIN = text("events { }\nhttp {\n  include /etc/nginx/sites-enabled/*;\n}\n")
_SITE = link("/etc/nginx/sites-available/pages")
LIGHTTPD_TLS = """server.modules = ("mod_openssl")
server.document-root = "/www"
server.port = 443
ssl.engine = "enable"
ssl.pemfile = "/data/server.pem"
ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "{version}")
"""
_STUNNEL = (
    "foreground = yes\n[cloud]\nclient = yes\naccept = 127.0.0.1:1884\nconnect = broker.halyard.test:8883\n{check}\n"
)
BROKER = """listener 8883
certfile /etc/mosquitto/broker.pem
keyfile /data/broker.key
allow_anonymous false
password_file /data/users
"""
_BRIDGE = (
    "connection cloud\naddress broker.halyard.test:8883\nbridge_cafile /etc/ssl/certs/ca.pem\n{insecure}topic # both\n"
)
_CERTIFICATE = (0o644, keys.certificate(keys.ec_key("server"), "twin.local"))

PAIRS = (
    Pair(
        name="curl-insecure",
        capability=4,
        criterion=CERTIFICATES,
        rule="certificates-are-checked",
        expected="not met",
        at="usr/bin/fetch-settings",
        says="a started script tells curl not to check certificates",
        instead="that option stands in a comment",
        on="mipsel squashfs-xz procd",
        packages=("curl",),
        starts={"settings": "/usr/bin/fetch-settings"},
        bad={
            "usr/bin/fetch-settings": script(
                _REPORT.format(options="-k ", address="https://api.halyard.test/v1/settings")
            )
        },
        good={
            "usr/bin/fetch-settings": script(
                "# curl -k -s https://api.halyard.test/v1/settings\n"
                + _REPORT.format(options="", address="https://api.halyard.test/v1/settings")
            )
        },
    ),
    Pair(
        name="curl-to-itself",
        capability=4,
        criterion=CERTIFICATES,
        expected="not met",
        at="usr/bin/fetch-settings",
        says="curl does not check the certificate of a server",
        instead="it does not check that of the product itself",
        on="arm64 ext4 systemd",
        packages=("curl",),
        starts={"settings": "/usr/bin/fetch-settings"},
        bad={
            "usr/bin/fetch-settings": script(
                _REPORT.format(options="--insecure ", address="https://api.halyard.test/v1/settings")
            )
        },
        good={
            "usr/bin/fetch-settings": script(
                _REPORT.format(options="--insecure ", address="https://127.0.0.1:8443/v1/settings")
            )
        },
    ),
    Pair(
        name="wget-on-schedule",
        capability=4,
        criterion=CERTIFICATES,
        expected="not met",
        at="usr/sbin/nightly",
        says="a nightly script tells wget not to check certificates",
        instead="such a script is an example of the documentation",
        on="armhf jffs2-le inittab",
        packages=("wget",),
        starts={"crond": "/bin/crond -f -c /etc/crontabs"},
        both={"etc/crontabs/root": text("12 3 * * * /usr/sbin/nightly\n")},
        bad={"usr/sbin/nightly": script("wget --no-check-certificate -q -O /tmp/list https://api.halyard.test/list\n")},
        good={
            "usr/sbin/nightly": script("wget -q -O /tmp/list https://api.halyard.test/list\n"),
            "usr/share/doc/nightly/examples/nightly": script(
                "wget --no-check-certificate -q https://api.halyard.test/list\n"
            ),
        },
    ),
    Pair(
        name="bridge-insecure",
        capability=4,
        criterion=CERTIFICATES,
        expected="not met",
        at="etc/mosquitto/mosquitto.conf",
        says="the bridge of the broker does not check the name in the certificate",
        instead="that setting stands in an example",
        on="mips64el squashfs-gzip sysv",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        bad={"etc/mosquitto/mosquitto.conf": text(BROKER + _BRIDGE.format(insecure="bridge_insecure true\n"))},
        good={
            "etc/mosquitto/mosquitto.conf": text(BROKER + _BRIDGE.format(insecure="")),
            "etc/mosquitto/bridge.conf.example": text(_BRIDGE.format(insecure="bridge_insecure true\n")),
        },
    ),
    Pair(
        name="python-unverified",
        capability=4,
        criterion=CERTIFICATES,
        expected="not met",
        at="usr/bin/agent",
        says="a started program in Python does not check certificates",
        instead="that stands in a comment of it",
        on="amd64 squashfs-lzo systemd",
        starts={"agent": "/usr/bin/agent"},
        bad={
            "usr/bin/agent": text(
                "#!/usr/bin/python3\nimport requests\nrequests.get('https://api.halyard.test/v1', verify=False)\n",
                0o755,
            )
        },
        good={
            "usr/bin/agent": text(
                "#!/usr/bin/python3\nimport requests\n# never: verify=False\nrequests.get('https://api.halyard.test/v1')\n",
                0o755,
            )
        },
    ),
    Pair(
        name="php-unverified",
        capability=4,
        criterion=CERTIFICATES,
        expected="suspected",
        at="www/lib/cloud.php",
        says="a page does not check certificates; that it runs is not seen",
        instead="a test of a library does not",
        on="i386 squashfs-gzip sysv",
        bad={
            "www/lib/cloud.php": text(
                "<?php\n$c = curl_init('https://api.halyard.test/');\ncurl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);\n"
            )
        },
        good={
            "www/lib/cloud.php": text(
                "<?php\n$c = curl_init('https://api.halyard.test/');\ncurl_setopt($c, CURLOPT_SSL_VERIFYPEER, 1);\n"
            ),
            "www/lib/tests/cloud.php": text("<?php\ncurl_setopt($c, CURLOPT_SSL_VERIFYPEER, 0);\n"),
        },
    ),
    Pair(
        name="node-unverified",
        capability=4,
        criterion=CERTIFICATES,
        expected="suspected",
        at="opt/hub/client.js",
        says="a client in JavaScript does not check certificates; that it runs is not seen",
        instead="it checks them",
        on="armhf ubifs sysv",
        bad={
            "opt/hub/client.js": text(
                "const tls = require('tls');\n"
                "tls.connect({host: 'hub.halyard.test', port: 443, rejectUnauthorized: false});\n"
            )
        },
        good={
            "opt/hub/client.js": text(
                "const tls = require('tls');\n// rejectUnauthorized: false\n"
                "tls.connect({host: 'hub.halyard.test', port: 443});\n"
            )
        },
    ),
    Pair(
        name="stunnel-unchecked",
        capability=4,
        criterion=CERTIFICATES,
        expected="not met",
        at="etc/stunnel/stunnel.conf",
        says="stunnel, as a client, checks no certificate",
        instead="it checks the chain and the name",
        on="arm64 squashfs-zstd systemd",
        packages=("stunnel4",),
        starts={"stunnel": "/usr/bin/stunnel4 /etc/stunnel/stunnel.conf"},
        bad={"etc/stunnel/stunnel.conf": text(_STUNNEL.format(check="verifyChain = no"))},
        good={
            "etc/stunnel/stunnel.conf": text(
                _STUNNEL.format(
                    check="verifyChain = yes\nCAfile = /etc/ssl/certs/ca.pem\ncheckHost = broker.halyard.test"
                )
            )
        },
    ),
    Pair(
        name="wgetrc",
        capability=4,
        criterion=CERTIFICATES,
        expected="doubted",
        at="root/.wgetrc",
        says="root's settings of wget switch the check off for a started script",
        instead="that line is a comment",
        on="armel tar-gzip inittab",
        packages=("wget",),
        starts={"list": "/usr/sbin/fetch-list"},
        both={
            "usr/sbin/fetch-list": script(
                "while sleep 600; do\n  wget -q -O /tmp/list https://api.halyard.test/list\ndone\n"
            )
        },
        bad={"root/.wgetrc": text("check_certificate = off\n")},
        good={"root/.wgetrc": text("# check_certificate = off\n")},
    ),
    Pair(
        name="lighttpd-tls10",
        capability=4,
        criterion=VERSIONS,
        expected="not met",
        at="etc/lighttpd/lighttpd.conf",
        says="lighttpd takes TLS 1.0",
        instead="it takes TLS 1.2 and later; the old line is a comment",
        on="mipsel cramfs procd",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        bad={"etc/lighttpd/lighttpd.conf": text(LIGHTTPD_TLS.format(version="TLSv1"))},
        good={
            "etc/lighttpd/lighttpd.conf": text(
                LIGHTTPD_TLS.format(version="TLSv1.2") + '# ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1")\n'
            )
        },
    ),
    Pair(
        name="nginx-tls10",
        capability=4,
        criterion=VERSIONS,
        rule="tls-versions-are-current",
        expected="not met",
        at="etc/nginx/sites-available/pages",
        says="nginx takes TLS 1.0 and 1.1",
        instead="a site that is never enabled would",
        on="amd64 squashfs-xz systemd",
        packages=("nginx",),
        starts=_NGINX,
        both={
            "etc/nginx/server.pem": _CERTIFICATE,
            "etc/nginx/nginx.conf": _NGINX_MAIN,
            "etc/nginx/sites-enabled/pages": _SITE,
        },
        bad={"etc/nginx/sites-available/pages": text(_NGINX_SITE.format(versions="TLSv1 TLSv1.1 TLSv1.2"))},
        good={
            "etc/nginx/sites-available/pages": text(_NGINX_SITE.format(versions="TLSv1.2 TLSv1.3")),
            "etc/nginx/sites-available/old.example": text(_NGINX_SITE.format(versions="TLSv1 TLSv1.1 TLSv1.2")),
        },
    ),
    Pair(
        name="nginx-weak-suites",
        capability=4,
        criterion=VERSIONS,
        rule="tls-suites-are-sound",
        expected="suspected",
        at="etc/nginx/sites-available/pages",
        says="nginx is told to take RC4 and 3DES",
        instead="it is told to refuse them",
        on="arm64 squashfs-zstd systemd",
        packages=("nginx",),
        starts=_NGINX,
        both={
            "etc/nginx/server.pem": _CERTIFICATE,
            "etc/nginx/nginx.conf": _NGINX_MAIN,
            "etc/nginx/sites-enabled/pages": _SITE,
        },
        bad={"etc/nginx/sites-available/pages": text(_NGINX_SUITES.format(suites="RC4-SHA:DES-CBC3-SHA:AES128-SHA"))},
        good={"etc/nginx/sites-available/pages": text(_NGINX_SUITES.format(suites="HIGH:!RC4:!3DES:!aNULL"))},
    ),
    Pair(
        name="openssl-minimum",
        capability=4,
        criterion=VERSIONS,
        expected="suspected",
        at="etc/ssl/openssl.cnf",
        says="OpenSSL is set to take TLS 1.0",
        instead="it is set to take TLS 1.2",
        on="armhf jffs2-be rcS",
        bad={
            "etc/ssl/openssl.cnf": text(
                "openssl_conf = d\n[d]\nssl_conf = s\n[s]\nsystem_default = t\n[t]\nMinProtocol = TLSv1\n"
            )
        },
        good={
            "etc/ssl/openssl.cnf": text(
                "openssl_conf = d\n[d]\nssl_conf = s\n[s]\nsystem_default = t\n[t]\nMinProtocol = TLSv1.2\n"
            )
        },
    ),
    Pair(
        name="broker-tls11",
        capability=4,
        criterion=VERSIONS,
        expected="doubted",
        at="etc/mosquitto/mosquitto.conf",
        says="the broker takes TLS 1.1",
        instead="it takes TLS 1.2 and later",
        on="arm64 erofs sysv",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        both={"etc/mosquitto/broker.pem": _CERTIFICATE},
        bad={"etc/mosquitto/mosquitto.conf": text(BROKER + "tls_version tlsv1.1\n")},
        good={"etc/mosquitto/mosquitto.conf": text(BROKER + "tls_version tlsv1.2\n")},
    ),
)
