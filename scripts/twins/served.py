"""Pairs for capabilities 1 and 4: what hands connections on, what scripts write and run, options of command lines."""

from __future__ import annotations

import io
import tarfile

from scripts.twins import keys
from scripts.twins.accounts import SHA512, shadow
from scripts.twins.pair import Pair
from scripts.twins.tree import link, script, text

ACCOUNT = "no-fixed-account-is-accepted"
KEY = "no-shared-key-grants-login"
CLEAR = "no-clear-text-login-service"
DEBUG = "debug-interfaces-are-closed"
SECRETS = "service-secrets-are-not-shared"
INTERNET = "internet-side-is-closed"

_SSHD = {"sshd": "/usr/sbin/sshd -D"}
_TCPSVD = "/usr/bin/tcpsvd -E {address} 21 /usr/sbin/ftpd -w /srv"
_APPLETS = {f"usr/bin/{name}": link("../../bin/busybox") for name in ("tcpsvd", "ftpput", "tar")}
_FTPD = {"usr/sbin/ftpd": link("../../bin/busybox")}
_SOCKET = "[Unit]\nDescription=login\n\n[Socket]\nListenStream={address}\nAccept=yes\n"
_SERVED = "[Unit]\nDescription=login\n\n[Service]\nExecStart=-/usr/sbin/telnetd\nStandardInput=socket\n"
_XINETD = (
    "service telnet\n{{\n  socket_type = stream\n  wait = no\n  user = root\n  server = /usr/sbin/telnetd\n{more}}}\n"
)
_WRITE = "cat > /tmp/check.sh <<'EOF'\n#!/bin/sh\n/usr/sbin/telnetd -l /bin/sh\nEOF\n"
_ADD = f'echo "{keys.openssh_public("factory", "factory@line").strip()}" >> /root/.ssh/authorized_keys'
_RALINK = '#The word of "Default" must not be removed\nDefault\nWebInit=1\nHostName=twin\nRemoteManagement={value}\n'
_SEND = "ftpput -u twin -p Kestrel8831x log.twin-maker.net unit.log /var/log/messages"
_RUN = "#!/bin/sh\nexec 2>&1\nexec /usr/sbin/telnetd -F\n"


def _archive(**files: str) -> tuple[int, bytes]:
    """Give an archive of texts."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))
    return 0o644, whole.getvalue()


PAIRS = (
    Pair(
        name="ftp-behind-tcpsvd",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/inittab",
        says="tcpsvd hands connections from all addresses to a server of FTP",
        instead="it takes them from the product itself only",
        on="mipsel squashfs-xz inittab",
        bad_starts={"ftp": _TCPSVD.format(address="0.0.0.0")},
        good_starts={"ftp": _TCPSVD.format(address="127.0.0.1")},
        both=_APPLETS | _FTPD,
    ),
    Pair(
        name="telnet-behind-a-socket",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="lib/systemd/system/login@.service",
        says="a socket of systemd hands connections from all addresses to a server of telnet",
        instead="the socket is bound to loopback",
        on="arm64 ext4 systemd",
        packages=("inetutils-telnetd",),
        both={
            "lib/systemd/system/login@.service": text(_SERVED),
            "etc/systemd/system/sockets.target.wants/login.socket": link("/lib/systemd/system/login.socket"),
        },
        bad={"lib/systemd/system/login.socket": text(_SOCKET.format(address="23"))},
        good={"lib/systemd/system/login.socket": text(_SOCKET.format(address="127.0.0.1:23"))},
    ),
    Pair(
        name="telnet-xinetd-on-loopback",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="etc/xinetd.conf",
        says="xinetd offers telnet, and root has a password of the image",
        instead="it is bound to loopback",
        on="amd64 erofs sysv",
        packages=("xinetd", "inetutils-telnetd"),
        starts={"xinetd": "/usr/sbin/xinetd -dontfork"},
        both={"etc/shadow": shadow(SHA512)},
        bad={"etc/xinetd.conf": text(_XINETD.format(more=""))},
        good={"etc/xinetd.conf": text(_XINETD.format(more="  bind = 127.0.0.1\n"))},
        also=(CLEAR,),
    ),
    Pair(
        name="script-that-is-written-and-run",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="usr/bin/setup",
        says="a start script writes another that gives a shell to whoever connects, and runs it",
        instead="nothing runs what it writes",
        on="i386 squashfs-gzip rcS",
        packages=("inetutils-telnetd",),
        starts={"setup": "/usr/bin/setup"},
        bad={"usr/bin/setup": script(f"{_WRITE}sh /tmp/check.sh\n")},
        good={"usr/bin/setup": script(f"{_WRITE}chmod +x /tmp/check.sh\n")},
        also=(DEBUG,),
    ),
    Pair(
        name="key-that-a-script-adds",
        capability=1,
        criterion=KEY,
        expected="not met",
        at="usr/bin/setup",
        says="a start script adds a key of the image to those of root",
        instead="it only says how one would",
        on="armhf ubifs rcS",
        packages=("dropbear-bin",),
        starts={"setup": "/usr/bin/setup", "dropbear": "/usr/sbin/dropbear -R -s"},
        bad={"usr/bin/setup": script(f"mkdir -p /root/.ssh\n{_ADD}\n")},
        good={"usr/bin/setup": script(f"cat <<'EOF'\nTo add a key of yours: {_ADD}\nEOF\n")},
    ),
    Pair(
        name="sshd-option-that-opens",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="etc/shadow",
        says="sshd is told on its command line to let root in, which its settings refuse",
        instead="it is told on its command line to refuse root, whom its settings let in",
        on="amd64 squashfs-zstd systemd",
        packages=("openssh-server",),
        both={"etc/shadow": shadow(SHA512)},
        bad={"etc/ssh/sshd_config": text("PermitRootLogin no\nPasswordAuthentication yes\n")},
        good={"etc/ssh/sshd_config": text("PermitRootLogin yes\nPasswordAuthentication yes\n")},
        bad_starts={"sshd": "/usr/sbin/sshd -D -o PermitRootLogin=yes"},
        good_starts={"sshd": "/usr/sbin/sshd -D -o PermitRootLogin=no"},
    ),
    Pair(
        name="settings-in-an-archive",
        capability=1,
        criterion=ACCOUNT,
        expected="not met",
        at="etc/shadow",
        says="an archive that is unpacked at boot brings settings that let root in",
        instead="it is never unpacked, and the settings that lie there refuse root",
        on="armhf squashfs-lzo rcS",
        packages=("openssh-server",),
        both={
            **_APPLETS,
            "etc/shadow": shadow(SHA512),
            "etc/ssh/sshd_config": text("PermitRootLogin no\n"),
            "usr/share/defaults.tar": _archive(**{"etc/ssh/sshd_config": "PermitRootLogin yes\n"}),
        },
        bad_starts={"defaults": "tar xf /usr/share/defaults.tar -C /", **_SSHD},
        good_starts=_SSHD,
    ),
    Pair(
        name="login-on-the-command-line",
        capability=4,
        criterion=SECRETS,
        expected="not met",
        at="usr/bin/report",
        says="a started script sends its log with a password of the image",
        instead="it says how to, in a help text",
        on="armel jffs2-le sysv",
        starts={"report": "/usr/bin/report"},
        both=_APPLETS,
        bad={"usr/bin/report": script(f"{_SEND}\n")},
        good={"usr/bin/report": script(f'usage() {{\n  echo "usage: {_SEND}"\n}}\nusage >&2\n')},
        also=("no-secrets-sent-in-clear",),
    ),
    Pair(
        name="management-from-the-internet",
        capability=4,
        criterion=INTERNET,
        rule="remote-management-is-off-as-delivered",
        expected="suspected",
        at="etc_ro/Wireless/RT2860AP/RT2860_default_vlan",
        says="the default settings open the web interface to the side of the internet",
        instead="they close it",
        on="mipsel squashfs-gzip rcS",
        packages=("lighttpd",),
        starts={"lighttpd": "/usr/sbin/lighttpd -D -f /etc/lighttpd/lighttpd.conf"},
        bad={"etc_ro/Wireless/RT2860AP/RT2860_default_vlan": text(_RALINK.format(value=1))},
        good={"etc_ro/Wireless/RT2860AP/RT2860_default_vlan": text(_RALINK.format(value=0))},
    ),
    Pair(
        name="telnet-of-a-supervisor",
        capability=4,
        criterion=CLEAR,
        expected="not met",
        at="etc/service/telnet/run",
        says="runsvdir starts a server of telnet",
        instead="a file says that it is to stay down",
        on="i386 ext4 inittab",
        packages=("inetutils-telnetd",),
        starts={"services": "/usr/bin/runsvdir /etc/service"},
        both={"usr/bin/runsvdir": link("../../bin/busybox"), "etc/service/telnet/run": (0o755, _RUN.encode())},
        good={"etc/service/telnet/down": text("")},
    ),
)
