"""All pairs, and the products without a defect."""

from __future__ import annotations

from scripts.twins import (
    accounts,
    clients,
    communication,
    debian,
    exposed,
    kept,
    listening,
    messages,
    password_care,
    personal_data,
    remote,
    secrets,
    served,
    services,
    systems,
    updates,
)
from scripts.twins.pair import Clean, Pair

PAIRS: tuple[Pair, ...] = (
    *accounts.PAIRS,
    *password_care.PAIRS,
    *services.PAIRS,
    *updates.PAIRS,
    *communication.PAIRS,
    *clients.PAIRS,
    *listening.PAIRS,
    *secrets.PAIRS,
    *personal_data.PAIRS,
    *exposed.PAIRS,
    *kept.PAIRS,
    *remote.PAIRS,
    *messages.PAIRS,
    *served.PAIRS,
)

_SERVERS = ("dropbear-bin", "lighttpd", "mosquitto", "hostapd", "wpasupplicant", "curl", "ca-certificates")
_MORE = ("openssh-server", "vsftpd", "inetutils-telnetd", "snmpd", "swupdate", "rauc", "nginx", "openssl")
_RUN = {"dropbear": "/usr/sbin/dropbear -R -s -g", "wpa": "/sbin/wpa_supplicant -i wlan0 -c /data/wpa.conf"}
_RUN_UNITS = {"ssh": "/usr/sbin/sshd -D", "wpa": "/sbin/wpa_supplicant -i wlan0 -c /data/wpa.conf"}

CLEAN: tuple[Clean, ...] = (
    Clean("amd64", "ext4", "systemd", (*_SERVERS, *_MORE), _RUN_UNITS),
    Clean("arm64", "squashfs-zstd", "systemd", (*_SERVERS, *_MORE), _RUN_UNITS),
    Clean("armhf", "squashfs-xz", "rcS", (*_SERVERS, *_MORE), _RUN),
    Clean("armel", "cpio-uimage", "inittab", _SERVERS, _RUN),
    Clean("i386", "erofs", "sysv", (*_SERVERS, *_MORE), _RUN),
    Clean("mips64el", "squashfs-gzip", "sysv", (*_SERVERS, *_MORE), _RUN),
    Clean("riscv64", "erofs", "systemd", (*_SERVERS, "openssh-server", "nginx"), _RUN_UNITS),
    Clean("mipsel", "ubifs", "procd", _SERVERS, {"dropbear": "/usr/sbin/dropbear -F -R -s -g"}),
)


def wanted() -> set[tuple[str, str]]:
    """Give each package that is needed, by what it is pinned by."""
    return {
        debian.key_of(one.architecture, name)
        for one in (*PAIRS, *CLEAN)
        for name in systems.packages_of(one.system, one.packages)
    }
