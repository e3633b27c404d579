"""Pairs for capability 3: how software is renewed, and what of it is known to be broken."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.pair import Pair
from scripts.twins.tree import script, text

MECHANISM = "update-mechanism-is-secure"
SIGNATURE = "update-signature-is-sound"
NETWORK = "network-updates-are-authenticated"
AUTOMATIC = "updates-are-sought-automatically"
VERIFIED = "updates-are-verified-on-the-product"
UPDATABLE = "all-software-can-be-updated"
EXPLOITED = "no-known-exploited-vulnerability"
TIMELY = "security-fixes-are-timely"

_ALL = (MECHANISM, SIGNATURE, NETWORK)
_CRON = {"crond": "/bin/crond -f -c /etc/crontabs"}
_CRONTAB = {"etc/crontabs/root": text("17 4 * * * /usr/sbin/update-firmware\n")}
_KEY = keys.public_pem(keys.ec_key("updates"))
_RSA_KEY = keys.public_pem(keys.rsa_key(2048))


def _updater(fetch: str, check: str = "") -> tuple[int, bytes]:
    """Give a script that fetches an image, checks it or not, and writes it to flash."""
    return script(f"cd /tmp || exit 1\n{fetch}\n{check}flashcp /tmp/fw.bin /dev/mtd3 && reboot\n")


def _status(name: str, version: str) -> tuple[int, bytes]:
    """Give a record of dpkg."""
    return text(
        f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\nDescription: -\n"
    )


_CLEAR = "wget -q -O fw.bin http://updates.halyard.test/camera/fw.bin || exit 1"
_TLS = "curl -sf -o fw.bin https://updates.halyard.test/camera/fw.bin || exit 1"
_SIGNED = """curl -sf -o fw.sig https://updates.halyard.test/camera/fw.sig || exit 1
openssl dgst -{hash} -verify /etc/update.pem -signature fw.sig fw.bin || exit 1
"""
_SHA256 = _SIGNED.format(hash="sha256")
_SWUPDATE = """globals : {{
  verbose = true;
{key}}};
suricatta : {{
  url = "{url}";
  tenant = "default";
  polldelay = 3600;
}};
"""
_STARTED = {"swupdate": "/usr/bin/swupdate -f /etc/swupdate.cfg -u '-t default'"}
_SIGNED_CLIENT = {
    "etc/update.pem": (0o644, _RSA_KEY),
    "etc/swupdate.cfg": text(
        _SWUPDATE.format(key='  public-key-file = "/etc/update.pem";\n', url="https://updates.halyard.test")
    ),
}

PAIRS = (
    Pair(
        name="script-without-check",
        capability=3,
        criterion=NETWORK,
        rule=NETWORK,
        expected="not met",
        at="usr/sbin/update-firmware",
        also=_ALL,
        says="a nightly script writes to flash what it fetches in clear",
        instead="it checks a signature first, by a key in the image",
        on="mipsel squashfs-xz inittab",
        packages=("curl",),
        starts=_CRON,
        both={**_CRONTAB, "etc/update.pem": (0o644, _KEY)},
        bad={"usr/sbin/update-firmware": _updater(_CLEAR)},
        good={"usr/sbin/update-firmware": _updater(_TLS, _SHA256)},
    ),
    Pair(
        name="script-with-checksum",
        capability=3,
        criterion=MECHANISM,
        rule=MECHANISM,
        expected="not met",
        at="usr/sbin/update-firmware",
        also=_ALL,
        says="a nightly script asks for no more than a check sum that comes by the same way",
        instead="it checks a signature, and a check sum as well",
        on="armhf cramfs inittab",
        packages=("curl",),
        starts=_CRON,
        both={**_CRONTAB, "etc/update.pem": (0o644, _KEY)},
        bad={
            "usr/sbin/update-firmware": _updater(
                _CLEAR, "wget -q -O fw.md5 http://updates.halyard.test/camera/fw.md5\nmd5sum -c fw.md5 || exit 1\n"
            )
        },
        good={"usr/sbin/update-firmware": _updater(_TLS, "md5sum -c fw.md5 || exit 1\n" + _SHA256)},
    ),
    Pair(
        name="script-unchecked-server",
        capability=3,
        criterion=NETWORK,
        rule=NETWORK,
        expected="not met",
        at="usr/sbin/update-firmware",
        also=(*_ALL, "certificates-are-checked"),
        says="a nightly script installs what any server sends: certificates are not checked",
        instead="the server's certificate is checked, and a signature",
        on="arm64 squashfs-lzo inittab",
        packages=("curl",),
        starts=_CRON,
        both={**_CRONTAB, "etc/update.pem": (0o644, _KEY)},
        bad={"usr/sbin/update-firmware": _updater("curl -k -s -o fw.bin https://updates.halyard.test/fw.bin")},
        good={"usr/sbin/update-firmware": _updater("curl -s -o fw.bin https://updates.halyard.test/fw.bin", _SHA256)},
    ),
    Pair(
        name="script-with-md5-signature",
        capability=3,
        criterion=SIGNATURE,
        rule=SIGNATURE,
        expected="not met",
        at="usr/sbin/update-firmware",
        says="the signature is over MD5",
        instead="it is over SHA-256",
        on="mips64el cpio-uimage inittab",
        packages=("curl",),
        starts=_CRON,
        both={**_CRONTAB, "etc/update.pem": (0o644, _RSA_KEY)},
        bad={"usr/sbin/update-firmware": _updater(_TLS, _SIGNED.format(hash="md5"))},
        good={"usr/sbin/update-firmware": _updater(_TLS, _SHA256)},
    ),
    Pair(
        name="script-never-started",
        capability=3,
        criterion=NETWORK,
        rule=NETWORK,
        expected="suspected",
        at="usr/sbin/update-firmware",
        says="a script that nothing is seen to start installs without a check",
        instead="such a script is an example of the documentation",
        on="i386 jffs2-le sysv",
        bad={"usr/sbin/update-firmware": _updater(_CLEAR)},
        good={"usr/share/doc/update/examples/update-firmware": _updater(_CLEAR)},
    ),
    Pair(
        name="swupdate-without-key",
        capability=3,
        criterion=MECHANISM,
        rule=MECHANISM,
        expected="not met",
        at="etc/swupdate.cfg",
        also=_ALL,
        says="SWUpdate takes whatever its server sends in clear",
        instead="it asks for a signature by a key in the image",
        on="armhf ext4 systemd",
        packages=("swupdate",),
        starts=_STARTED,
        both={"etc/update.pem": (0o644, _RSA_KEY)},
        bad={"etc/swupdate.cfg": text(_SWUPDATE.format(key="", url="http://updates.halyard.test"))},
        good={
            "etc/swupdate.cfg": text(
                _SWUPDATE.format(key='  public-key-file = "/etc/update.pem";\n', url="https://updates.halyard.test")
            )
        },
    ),
    Pair(
        name="swupdate-key-beside",
        capability=3,
        criterion=SIGNATURE,
        rule=SIGNATURE,
        expected="not met",
        at="etc/swupdate.cfg",
        also=(MECHANISM, NETWORK),
        says="the private half of the key that updates are checked by lies in the image",
        instead="the public half alone is there",
        on="arm64 fit systemd",
        packages=("swupdate",),
        starts=_STARTED,
        both={
            "etc/update.pem": (0o644, _RSA_KEY),
            "etc/swupdate.cfg": text(
                _SWUPDATE.format(key='  public-key-file = "/etc/update.pem";\n', url="https://updates.halyard.test")
            ),
        },
        bad={"etc/update-private.pem": (0o600, keys.private_pem(keys.rsa_key(2048)))},
    ),
    Pair(
        name="rauc-keyring",
        capability=3,
        criterion=VERIFIED,
        expected="supported",
        at="etc/rauc/system.conf",
        says="RAUC is there without a keyring",
        instead="RAUC asks for a signature by a certificate in the image",
        on="arm64 squashfs-zstd systemd",
        packages=("rauc",),
        starts={"rauc": "/usr/bin/rauc --mount=/run/rauc service"},
        both={"etc/rauc/ca.pem": (0o644, keys.certificate(keys.ec_key("rauc"), "updates of a twin", authority=True))},
        good={
            "etc/rauc/system.conf": text(
                "[system]\ncompatible=twin\nbootloader=uboot\n\n[keyring]\npath=/etc/rauc/ca.pem\n"
            )
        },
        bad={"etc/rauc/system.conf": text("[system]\ncompatible=twin\nbootloader=uboot\n")},
    ),
    Pair(
        name="update-on-schedule",
        capability=3,
        criterion=AUTOMATIC,
        expected="supported",
        at="usr/sbin/update-firmware",
        says="the script that updates is never started",
        instead="it runs every night",
        on="mipsel erofs inittab",
        packages=("curl",),
        starts=_CRON,
        both={"etc/update.pem": (0o644, _KEY), "usr/sbin/update-firmware": _updater(_TLS, _SHA256)},
        good=_CRONTAB,
        bad={"etc/crontabs/root": text("#17 4 * * * /usr/sbin/update-firmware\n")},
    ),
    Pair(
        name="system-updater",
        capability=3,
        criterion=UPDATABLE,
        expected="supported",
        at="etc/swupdate.cfg",
        says="nothing renews the system",
        instead="SWUpdate does",
        on="i386 squashfs-xz systemd",
        packages=("swupdate",),
        good_starts=_STARTED,
        both={"etc/update.pem": (0o644, _RSA_KEY)},
        good={
            "etc/swupdate.cfg": text(
                _SWUPDATE.format(key='  public-key-file = "/etc/update.pem";\n', url="https://updates.halyard.test")
            )
        },
        bad={
            "usr/bin/swupdate": (0o755, b"#!/bin/sh\nexit 1\n"),
            "usr/bin/swupdate-client": (0o755, b"#!/bin/sh\nexit 1\n"),
        },
    ),
    Pair(
        name="exploited-package",
        capability=3,
        criterion=EXPLOITED,
        expected="doubted",
        at="var/lib/dpkg/status",
        says="a package of a version that is known to be exploited",
        instead="a version in which that is repaired",
        on="amd64 squashfs-lzo systemd",
        bad={"var/lib/dpkg/status": _status("bash", "4.3-7")},
        good={"var/lib/dpkg/status": _status("bash", "5.2.15-2")},
    ),
    Pair(
        name="end-of-life",
        capability=3,
        criterion=TIMELY,
        expected="suspected",
        at="etc/os-release",
        says="the release was no longer cared for when it was built",
        instead="a release that was",
        on="mipsel squashfs-lzo procd",
        both={
            "usr/lib/opkg/status": text(
                "Package: base-files\nVersion: 1\nStatus: install user installed\n"
                "Architecture: mipsel_24kc\nInstalled-Time: 1700000000\n"
            )
        },
        bad={"etc/os-release": text('NAME="OpenWrt"\nID="openwrt"\nVERSION="18.06.9"\nVERSION_ID="18.06.9"\n')},
        good={"etc/os-release": text('NAME="OpenWrt"\nID="openwrt"\nVERSION="23.05.5"\nVERSION_ID="23.05.5"\n')},
    ),
    Pair(
        name="bundle-key-inside",
        capability=3,
        criterion=SIGNATURE,
        rule="given-updates-have-a-sound-signature",
        expected="not met",
        at="etc/update-private.pem",
        says="the private half of the key that a bundle is signed with lies in its own root",
        instead="the public half alone does",
        on="arm64 swu systemd",
        packages=("swupdate",),
        starts=_STARTED,
        both=_SIGNED_CLIENT,
        bad={"etc/update-private.pem": (0o600, keys.private_pem(keys.rsa_key(2048)))},
        also=(MECHANISM, NETWORK),
    ),
    Pair(
        name="bundle-unsigned",
        capability=3,
        criterion=MECHANISM,
        rule="given-updates-are-signed",
        expected="suspected",
        at="sw-description",
        says="the bundle that was given bears no signature",
        instead="it is signed, by a key that its root carries",
        on="armhf swu systemd",
        bad_image="swu-unsigned",
        packages=("swupdate",),
        starts=_STARTED,
        both=_SIGNED_CLIENT,
    ),
    Pair(
        name="bundle-not-authentic",
        capability=3,
        criterion=NETWORK,
        rule="given-updates-are-authentic",
        expected="suspected",
        at="sw-description",
        says="a bundle without a signature comes over the network",
        instead="a signed one does",
        on="mipsel swu rcS",
        bad_image="swu-unsigned",
        packages=("swupdate",),
        starts=_STARTED,
        both=_SIGNED_CLIENT,
    ),
)
