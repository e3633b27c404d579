"""Pairs for capability 1: keys that open an account, and how passwords come about, are kept and can be changed."""

from __future__ import annotations

from scripts.twins import keys
from scripts.twins.accounts import BCRYPT, DES, DROPBEAR, MD5, SET_AT_BOOT, SHA512, SSHD, passwd, shadow, sshd_config
from scripts.twins.pair import Pair
from scripts.twins.tree import script, text

KEY = "no-shared-key-grants-login"
DERIVED = "initial-passwords-not-derivable"
HASHING = "password-hashing-is-sound"
CHANGE = "password-can-be-changed"
ATTEMPTS = "login-attempts-are-limited"

PAIRS = (
    Pair(
        name="root-authorized-key",
        capability=1,
        criterion=KEY,
        expected="not met",
        at="root/.ssh/authorized_keys",
        says="a key in root's home opens every unit",
        instead="the same key in an example of the documentation",
        on="amd64 flash systemd",
        packages=("openssh-server",),
        starts=SSHD,
        both={"etc/ssh/sshd_config": sshd_config("PermitRootLogin prohibit-password", "PasswordAuthentication no")},
        bad={"root/.ssh/authorized_keys": text(keys.openssh_public("factory", "factory@line"), 0o600)},
        good={"usr/share/doc/ssh/examples/authorized_keys": text(keys.openssh_public("factory", "factory@line"))},
    ),
    Pair(
        name="dropbear-authorized-key",
        capability=1,
        criterion=KEY,
        expected="not met",
        at="root/.ssh/authorized_keys",
        says="dropbear takes a key that every unit has for root",
        instead="dropbear is told by -w to refuse root",
        on="mips64el jffs2-le sysv",
        packages=("dropbear-bin",),
        both={"root/.ssh/authorized_keys": text(keys.openssh_public("maintenance", "support@maker"), 0o600)},
        bad_starts=DROPBEAR,
        good_starts={"dropbear": "/usr/sbin/dropbear -R -w"},
    ),
    Pair(
        name="key-added-at-boot",
        capability=1,
        criterion=KEY,
        expected="not met",
        at="etc/init.d/S20key",
        says="a start script adds a maker's key to root's",
        instead="the maker's key signs updates and opens no account",
        on="mipsel flash rcS",
        packages=("dropbear-bin",),
        starts={"dropbear": "/usr/sbin/dropbear -R -s"},
        bad={
            "etc/init.d/S20key": script(
                "mkdir -p /root/.ssh\necho '"
                + keys.openssh_public("cloud", "cloud@maker").strip()
                + "' >> /root/.ssh/authorized_keys\n"
            )
        },
        good={"etc/update/signers": text(keys.openssh_public("cloud", "cloud@maker"))},
    ),
    Pair(
        name="password-from-mac",
        capability=1,
        criterion=DERIVED,
        expected="not met",
        at="etc/init.d/S10password",
        says="root's password is computed from the MAC address",
        instead="it is random, and shown on the unit",
        on="armhf ubifs rcS",
        packages=("dropbear-bin", "passwd"),
        starts=DROPBEAR,
        bad={
            "etc/init.d/S10password": script(
                "mac=$(cat /sys/class/net/eth0/address)\nword=$(echo $mac | md5sum | cut -c1-8)\n"
                + SET_AT_BOOT.format(value="$word")
            )
        },
        good={
            "etc/init.d/S10password": script(
                "word=$(head -c 6 /dev/urandom | base64)\n" + SET_AT_BOOT.format(value="$word")
            )
        },
    ),
    Pair(
        name="password-from-serial",
        capability=1,
        criterion=DERIVED,
        expected="suspected",
        at="usr/sbin/set-password",
        says="a script that nothing is seen to start makes a password of the serial number",
        instead="it takes what production has written for the unit",
        on="armel squashfs-zstd sysv",
        packages=("dropbear-bin", "passwd"),
        starts=DROPBEAR,
        bad={
            "usr/sbin/set-password": script(
                "serial=$(grep Serial /proc/cpuinfo | cut -d: -f2)\n" + SET_AT_BOOT.format(value="$serial")
            )
        },
        good={
            "usr/sbin/set-password": script(
                "word=$(dd if=/dev/mtd5 bs=16 count=1)\n" + SET_AT_BOOT.format(value="$word")
            )
        },
    ),
    Pair(
        name="md5-crypt",
        capability=1,
        criterion=HASHING,
        expected="not met",
        at="etc/shadow",
        says="the first password is kept as MD5 crypt",
        instead="as SHA-512 crypt",
        on="i386 squashfs-lz4 sysv",
        packages=("openssh-server",),
        starts=SSHD,
        both={"etc/passwd": passwd("owner:x:1000:1000::/home/owner:/bin/sh\n"), "etc/ssh/sshd_config": sshd_config()},
        bad={"etc/shadow": shadow("*", f"owner:{MD5}:0:0:99999:7:::\n")},
        good={"etc/shadow": shadow("*", f"owner:{SHA512}:0:0:99999:7:::\n")},
    ),
    Pair(
        name="des-crypt",
        capability=1,
        criterion=HASHING,
        expected="not met",
        at="etc/shadow",
        says="the first password is kept as DES crypt",
        instead="as bcrypt",
        on="amd64 cpio-uimage inittab",
        packages=("openssh-server",),
        starts=SSHD,
        both={"etc/passwd": passwd("owner:x:1000:1000::/home/owner:/bin/sh\n"), "etc/ssh/sshd_config": sshd_config()},
        bad={"etc/shadow": shadow("*", f"owner:{DES}:0:0:99999:7:::\n")},
        good={"etc/shadow": shadow("*", f"owner:{BCRYPT}:0:0:99999:7:::\n")},
    ),
    Pair(
        name="encrypt-method",
        capability=1,
        criterion=HASHING,
        expected="suspected",
        at="etc/login.defs",
        says="passwords to come are kept as MD5",
        instead="that method stands in a comment",
        on="arm64 squashfs-gzip systemd",
        packages=("openssh-server",),
        starts=SSHD,
        bad={"etc/login.defs": text("PASS_MAX_DAYS 99999\nENCRYPT_METHOD MD5\n")},
        good={"etc/login.defs": text("PASS_MAX_DAYS 99999\n#ENCRYPT_METHOD MD5\nENCRYPT_METHOD SHA512\n")},
    ),
    Pair(
        name="hash-in-script",
        capability=1,
        criterion=HASHING,
        expected="suspected",
        at="usr/sbin/restore",
        says="a script holds an MD5 crypt hash",
        instead="a script holds MD5 sums of files",
        on="mipsel flash procd",
        bad={
            "usr/sbin/restore": script(
                f"hash='{MD5}'\nsed -i \"s|^admin:.*|admin:$hash:0:0::/:/bin/sh|\" /mnt/passwd\n"
            )
        },
        good={
            "usr/sbin/restore": script("echo '9463e93162fc7dff36ac624d12728c2c  /mnt/passwd' | md5sum -c\n"),
            "etc/files.md5": text("9463e93162fc7dff36ac624d12728c2c  /etc/passwd\n"),
        },
    ),
    Pair(
        name="password-change",
        capability=1,
        criterion=CHANGE,
        expected="supported",
        at="www/cgi-bin/password",
        says="no way to change the password",
        instead="a page sets it to what the user gives",
        on="armhf romfs rcS",
        packages=("passwd",),
        good={"www/cgi-bin/password": script('read -r POST\nword=${POST#password=}\necho "admin:$word" | chpasswd\n')},
        bad={"www/cgi-bin/password": script('echo "Content-type: text/html"\necho\necho "ask your dealer"\n')},
    ),
    Pair(
        name="max-auth-tries",
        capability=1,
        criterion=ATTEMPTS,
        expected="supported",
        at="etc/ssh/sshd_config",
        says="a limit on wrong logins stands in a comment only",
        instead="sshd is told to limit wrong logins",
        on="amd64 squashfs-xz systemd",
        packages=("openssh-server",),
        starts=SSHD,
        good={"etc/ssh/sshd_config": sshd_config("MaxAuthTries 3")},
        bad={"etc/ssh/sshd_config": sshd_config("#MaxAuthTries 3")},
    ),
)
