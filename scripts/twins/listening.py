"""Pairs for capability 4: what listens, asks for logins in clear, or takes orders from anybody."""

from __future__ import annotations

from scripts.twins.accounts import SHA512, passwd, shadow
from scripts.twins.communication import BROKER, LIGHTTPD_TLS
from scripts.twins.pair import Pair
from scripts.twins.services import LIGHTTPD, MOSQUITTO
from scripts.twins.tree import link, text

CLEAR = "no-clear-text-login-service"
OPEN = "configuration-needs-authentication"
_INETD = {"inetd": "/usr/sbin/inetd -i /etc/inetd.conf"}
_TELNET = "telnet stream tcp nowait root /usr/sbin/telnetd telnetd\n"
_XINETD = """service telnet
{{
  disable = {disabled}
  socket_type = stream
  wait = no
  user = root
  server = /usr/sbin/telnetd
}}
"""
_VSFTPD = {"vsftpd": "/usr/sbin/vsftpd /etc/vsftpd.conf"}
_FTP = "listen=YES\nanonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\n"

PAIRS = (
    Pair(
        name="telnet",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/inetd.conf",
        says="inetd offers telnet",
        instead="the line is a comment",
        on="mipsel jffs2-le sysv",
        packages=("openbsd-inetd", "inetutils-telnetd"),
        starts=_INETD,
        bad={"etc/inetd.conf": text(_TELNET)},
        good={"etc/inetd.conf": text("#" + _TELNET)},
    ),
    Pair(
        name="telnet-not-started",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/inetd.conf",
        says="inetd is started and offers telnet",
        instead="inetd is there and never started",
        on="i386 cpio-uimage inittab",
        packages=("openbsd-inetd", "inetutils-telnetd"),
        bad_starts=_INETD,
        both={"etc/inetd.conf": text(_TELNET)},
    ),
    Pair(
        name="telnet-xinetd",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/xinetd.d/telnet",
        says="xinetd offers telnet",
        instead="the entry is disabled",
        on="amd64 squashfs-lz4 sysv",
        packages=("xinetd", "inetutils-telnetd"),
        starts={"xinetd": "/usr/sbin/xinetd -dontfork"},
        both={"etc/xinetd.conf": text("defaults\n{\n}\nincludedir /etc/xinetd.d\n")},
        bad={"etc/xinetd.d/telnet": text(_XINETD.format(disabled="no"))},
        good={"etc/xinetd.d/telnet": text(_XINETD.format(disabled="yes"))},
    ),
    Pair(
        name="ftp",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/init.d/S50vsftpd",
        says="vsftpd takes local accounts without encryption",
        instead="vsftpd is there and never started",
        on="armhf squashfs-gzip rcS",
        packages=("vsftpd",),
        bad_starts=_VSFTPD,
        both={"etc/vsftpd.conf": text(_FTP)},
    ),
    Pair(
        name="ftp-tls",
        capability=4,
        criterion=CLEAR,
        expected="doubted",
        at="etc/systemd/system/vsftpd.service",
        says="vsftpd takes local accounts without encryption",
        instead="it refuses them without TLS",
        on="arm64 squashfs-lzo systemd",
        packages=("vsftpd",),
        starts=_VSFTPD,
        bad={"etc/vsftpd.conf": text(_FTP)},
        good={
            "etc/vsftpd.conf": text(
                _FTP
                + "ssl_enable=YES\nforce_local_logins_ssl=YES\nforce_local_data_ssl=YES\nrsa_cert_file=/data/ftp.pem\n"
            )
        },
    ),
    Pair(
        name="ftp-account",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/init.d/vsftpd",
        also=("no-fixed-account-is-accepted",),
        says="vsftpd takes an account that every unit has, without encryption",
        instead="vsftpd listens to the product itself alone",
        on="mips64el ext4 sysv",
        packages=("vsftpd",),
        starts=_VSFTPD,
        both={"etc/passwd": passwd("upload:x:1000:1000::/data:/bin/sh\n")},
        bad={"etc/vsftpd.conf": text(_FTP), "etc/shadow": shadow("*", f"upload:{SHA512}:19700:0:99999:7:::\n")},
        good={
            "etc/vsftpd.conf": text(_FTP + "listen_address=127.0.0.1\n"),
            "etc/shadow": shadow("*", "upload:!:19700:0:99999:7:::\n"),
        },
    ),
    Pair(
        name="web-in-clear",
        capability=4,
        criterion=CLEAR,
        expected="suspected",
        at="etc/init.d/S50lighttpd",
        says="a web server with a login speaks without encryption",
        instead="it speaks TLS alone",
        on="mipsel ubifs rcS",
        packages=("lighttpd",),
        starts=LIGHTTPD,
        bad={
            "etc/lighttpd/lighttpd.conf": text(
                'server.document-root = "/www"\nserver.port = 80\nauth.backend = "htpasswd"\n'
                'auth.backend.htpasswd.userfile = "/data/users"\n'
            )
        },
        good={"etc/lighttpd/lighttpd.conf": text(LIGHTTPD_TLS.format(version="TLSv1.2"))},
    ),
    Pair(
        name="tftp",
        capability=4,
        criterion=OPEN,
        expected="suspected",
        at="etc/init.d/S50tftpd",
        says="a server hands out files to anybody",
        instead="it is there and never started",
        on="armel romfs rcS",
        packages=("tftpd-hpa",),
        bad_starts={"tftpd": "/usr/sbin/in.tftpd -L -s /srv"},
    ),
    Pair(
        name="gdbserver",
        capability=4,
        criterion=OPEN,
        expected="suspected",
        at="etc/inittab",
        says="a debugger waits for anybody",
        instead="it is there and never started",
        on="armhf squashfs-zstd inittab",
        packages=("gdbserver",),
        also=("debug-interfaces-are-closed",),
        bad_starts={"gdbserver": "/usr/bin/gdbserver --multi 0.0.0.0:2345"},
    ),
    Pair(
        name="broker-for-all",
        capability=4,
        criterion=OPEN,
        expected="suspected",
        at="etc/mosquitto/mosquitto.conf",
        says="the broker takes orders from anybody",
        instead="it asks for an account",
        on="amd64 ext4 sysv",
        packages=("mosquitto",),
        starts=MOSQUITTO,
        bad={"etc/mosquitto/mosquitto.conf": text("listener 1883\nallow_anonymous true\n")},
        good={"etc/mosquitto/mosquitto.conf": text(BROKER)},
    ),
    Pair(
        name="redis",
        capability=4,
        criterion=OPEN,
        expected="suspected",
        at="etc/init.d/redis",
        says="a database takes orders from anybody",
        instead="it listens to the product itself alone",
        on="arm64 tar-gzip sysv",
        packages=("redis-tools",),
        starts={"redis": "/usr/bin/redis-server /etc/redis/redis.conf"},
        both={"usr/bin/redis-server": link("redis-check-rdb")},
        bad={"etc/redis/redis.conf": text("bind 0.0.0.0\nprotected-mode no\nport 6379\n")},
        good={"etc/redis/redis.conf": text("bind 127.0.0.1 ::1\nprotected-mode yes\nport 6379\n")},
    ),
)
