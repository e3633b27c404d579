"""Pairs for capability 1: accounts of the system, and consoles."""

from __future__ import annotations

from scripts.twins.pair import Pair
from scripts.twins.tree import script, text

FIXED = "no-fixed-account-is-accepted"

SHA512 = "$6$twin0002twin$/IBfQZ5n0w2cZN2BJvRSgXb/pC9ZNUW8shX.oydsor7Armtu.REfp1oFMsTCzcvUFfe/spDvRayULJYhJuSZb/"
MD5 = "$1$twin0001$1ALk8pjTZSBigWYcvm6970"
DES = "twzVByEBoyQKU"
BCRYPT = "$2b$10$twintwintwintwintwintuu9UhrxxQ1tK/TrOQ8tUrhMw6JQ.s/H2"

DROPBEAR = {"dropbear": "/usr/sbin/dropbear -R"}
SSHD = {"ssh": "/usr/sbin/sshd -D"}


def shadow(root: str, more: str = "") -> tuple[int, bytes]:
    """Give a shadow file with a password field for root."""
    return text(f"root:{root}:19700:0:99999:7:::\nnobody:*:19700:0:99999:7:::\n{more}", 0o600)


def passwd(more: str) -> tuple[int, bytes]:
    """Give a passwd file with lines of its own."""
    return text(f"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n{more}")


def sshd_config(*lines: str) -> tuple[int, bytes]:
    """Give a configuration of OpenSSH's server."""
    return text("\n".join(["Port 22", "UsePAM no", "Subsystem sftp internal-sftp", *lines, ""]))


SET_AT_BOOT = 'echo "root:{value}" | chpasswd\n'

PAIRS = (
    Pair(
        name="ssh-root-hash",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        says="root has a password in shadow, and dropbear is started",
        instead="the same hash behind an exclamation mark: a locked account",
        on="mipsel squashfs-xz rcS",
        packages=("dropbear-bin",),
        starts=DROPBEAR,
        bad={"etc/shadow": shadow(SHA512)},
        good={"etc/shadow": shadow("!" + SHA512)},
    ),
    Pair(
        name="ssh-root-default",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        also=("password-hashing-is-sound",),
        says="root's password is a published default",
        instead="the same line in a shadow file of the documentation",
        on="armhf jffs2-le inittab",
        packages=("dropbear-bin",),
        starts=DROPBEAR,
        bad={"etc/shadow": shadow(MD5)},
        good={"usr/share/doc/setup/etc/shadow": shadow(MD5)},
    ),
    Pair(
        name="ssh-started",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        says="an account has a password, and dropbear is started",
        instead="the same account: dropbear is there and never started, and nothing else asks",
        on="mips64el squashfs-gzip sysv",
        packages=("dropbear-bin",),
        bad_starts=DROPBEAR,
        both={
            "etc/passwd": passwd("installer:x:1000:1000::/home/installer:/bin/sh\n"),
            "etc/shadow": shadow("*", f"installer:{SHA512}:19700:0:99999:7:::\n"),
        },
    ),
    Pair(
        name="ssh-password-refused",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        says="dropbear takes passwords",
        instead="dropbear is told by -s to take none",
        on="armel ext4 inittab",
        packages=("dropbear-bin",),
        both={"etc/shadow": shadow(SHA512)},
        bad_starts=DROPBEAR,
        good_starts={"dropbear": "/usr/sbin/dropbear -R -s"},
    ),
    Pair(
        name="sshd-root-login",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        says="sshd lets root in with the password of the image",
        instead="PermitRootLogin prohibit-password; `yes` stands in a comment",
        on="amd64 squashfs-zstd systemd",
        packages=("openssh-server",),
        starts=SSHD,
        both={"etc/shadow": shadow(SHA512)},
        bad={"etc/ssh/sshd_config": sshd_config("PermitRootLogin yes", "PasswordAuthentication yes")},
        good={"etc/ssh/sshd_config": sshd_config("#PermitRootLogin yes", "PermitRootLogin prohibit-password")},
    ),
    Pair(
        name="sshd-second-root",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/passwd",
        says="a second account with number 0 may log in",
        instead="its shell refuses logins, and sshd root's password",
        on="arm64 erofs systemd",
        packages=("openssh-server",),
        starts=SSHD,
        both={
            "etc/shadow": shadow("*", f"support:{SHA512}:19700:0:99999:7:::\n"),
            "etc/ssh/sshd_config": sshd_config("PermitRootLogin yes", "PasswordAuthentication yes"),
        },
        bad={"etc/passwd": passwd("support:x:0:0:support:/root:/bin/sh\n")},
        good={"etc/passwd": passwd("support:x:0:0:support:/root:/bin/false\n")},
    ),
    Pair(
        name="expired-account",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/shadow",
        says="an account keeps the password that every unit has",
        instead="a change is due at the first login",
        on="i386 tar-gzip sysv",
        packages=("openssh-server",),
        starts=SSHD,
        both={"etc/passwd": passwd("owner:x:1000:1000::/home/owner:/bin/sh\n"), "etc/ssh/sshd_config": sshd_config()},
        bad={"etc/shadow": shadow("*", f"owner:{SHA512}:19700:0:99999:7:::\n")},
        good={"etc/shadow": shadow("*", f"owner:{SHA512}:0:0:99999:7:::\n")},
    ),
    Pair(
        name="chpasswd-constant",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/init.d/S10password",
        says="a start script gives root a constant password",
        instead="it gives a password from the unit's own factory partition",
        on="mipsel cramfs rcS",
        packages=("dropbear-bin", "passwd"),
        starts=DROPBEAR,
        bad={"etc/init.d/S10password": script(SET_AT_BOOT.format(value="Harbour-Wall-77"))},
        good={
            "etc/init.d/S10password": script(
                "word=$(fw_printenv -n label_password)\n" + SET_AT_BOOT.format(value="$word")
            )
        },
    ),
    Pair(
        name="echo-to-passwd",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/init.d/S10account",
        says="a start script writes a line with a hash into passwd",
        instead="the same line in a comment of the script",
        on="armhf squashfs-lzo rcS",
        packages=("dropbear-bin",),
        starts=DROPBEAR,
        bad={"etc/init.d/S10account": script(f"echo 'root:{SHA512}:0:0:root:/root:/bin/sh' > /etc/passwd\n")},
        good={"etc/init.d/S10account": script(f"# echo 'root:{SHA512}:0:0:root:/root:/bin/sh' > /etc/passwd\n")},
    ),
    Pair(
        name="shadow-copied-at-boot",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="usr/share/factory/shadow",
        says="a start script copies a template with a password over shadow",
        instead="the same template, never installed",
        on="arm64 fit rcS",
        packages=("dropbear-bin",),
        starts=DROPBEAR,
        both={"usr/share/factory/shadow": shadow(SHA512)},
        bad={"etc/init.d/S05etc": script("cp /usr/share/factory/shadow /etc/shadow\n")},
        good={"etc/init.d/S05etc": script("cp /etc/hostname /tmp/hostname\n")},
    ),
    Pair(
        name="reset-restores-password",
        capability=1,
        criterion=FIXED,
        expected="doubted",
        at="etc/defaults/shadow",
        says="the factory reset restores a shadow file with a password",
        instead="the file that it restores has locked accounts only",
        on="mipsel ubifs rcS",
        packages=("dropbear-bin",),
        starts=DROPBEAR,
        both={"usr/sbin/factory-reset": script("cp /etc/defaults/shadow /etc/shadow\nsync\nreboot\n")},
        bad={"etc/defaults/shadow": shadow(SHA512)},
        good={"etc/defaults/shadow": shadow("*")},
    ),
    Pair(
        name="uci-defaults-passwd",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/uci-defaults/99-password",
        says="the first boot gives root a constant password",
        instead="it gives a random one and shows it on the unit",
        on="mips64el squashfs-xz procd",
        packages=("dropbear-bin", "passwd"),
        starts={"dropbear": "/usr/sbin/dropbear -F -R"},
        both={
            "etc/init.d/boot": text(
                "#!/bin/sh /etc/rc.common\nSTART=10\nboot() {\n  for f in /etc/uci-defaults/*; do\n"
                '    . "$f" && rm -f "$f"\n  done\n}\n',
                0o755,
            ),
            "etc/rc.d/S10boot": (0o120777, b"../init.d/boot"),
        },
        bad={"etc/uci-defaults/99-password": script('printf "Harbour-77\\nHarbour-77\\n" | passwd root\n')},
        good={
            "etc/uci-defaults/99-password": script(
                'word=$(head -c 9 /dev/urandom | base64)\necho "root:$word" | chpasswd\necho "$word" > /dev/display\n'
            )
        },
    ),
    Pair(
        name="inetd-shell",
        capability=1,
        criterion=FIXED,
        expected="not met",
        at="etc/inetd.conf",
        says="inetd gives a shell to whoever connects",
        instead="the line is a comment",
        on="i386 romfs inittab",
        packages=("openbsd-inetd",),
        starts={"inetd": "/usr/sbin/inetd -i"},
        also=("debug-interfaces-are-closed",),
        bad={"etc/inetd.conf": text("2323 stream tcp nowait root /bin/sh sh -i\n")},
        good={"etc/inetd.conf": text("#2323 stream tcp nowait root /bin/sh sh -i\n")},
    ),
    Pair(
        name="serial-shell",
        capability=1,
        criterion=FIXED,
        expected="suspected",
        at="etc/inittab",
        says="a shell without login on the serial console",
        instead="a login for accounts that are all locked",
        on="armhf zimage rcS",
        also=("debug-interfaces-are-closed",),
        bad={"etc/inittab": text("::sysinit:/etc/init.d/rcS\nttyS0::respawn:-/bin/sh\n")},
        good={"etc/inittab": text("::sysinit:/etc/init.d/rcS\nttyS0::respawn:/bin/getty -L ttyS0 115200 vt100\n")},
    ),
    Pair(
        name="serial-login",
        capability=1,
        criterion=FIXED,
        expected="suspected",
        at="etc/shadow",
        says="a login on the serial console with root's password of every unit",
        instead="root's password is locked",
        on="armel cpio-xz rcS",
        both={"etc/inittab": text("::sysinit:/etc/init.d/rcS\nttyS0::respawn:/bin/getty -L ttyS0 115200 vt100\n")},
        bad={"etc/shadow": shadow(SHA512)},
        good={"etc/shadow": shadow("!")},
    ),
)
