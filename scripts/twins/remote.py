"""Pairs for capabilities 1 and 4: remote shells, networks and ports as they are set when the product is shipped."""

from __future__ import annotations

from scripts.twins.pair import Pair
from scripts.twins.tree import text

SSH = "ssh-is-sound"
_SSHD = {"sshd": "/usr/sbin/sshd -D"}

PAIRS = (
    Pair(
        name="ssh-group-1",
        capability=4,
        criterion=SSH,
        expected="not met",
        at="etc/ssh/sshd_config",
        says="sshd exchanges keys by group 1 alone",
        instead="the line is a comment, and what is taken out of the defaults is weak",
        on="arm64 squashfs-zstd systemd",
        packages=("openssh-server",),
        starts=_SSHD,
        bad={"etc/ssh/sshd_config": text("KexAlgorithms diffie-hellman-group1-sha1\n")},
        good={"etc/ssh/sshd_config": text("#KexAlgorithms diffie-hellman-group1-sha1\nCiphers -3des-cbc,*-cbc\n")},
    ),
    Pair(
        name="ssh-weak-ciphers",
        capability=4,
        criterion=SSH,
        expected="suspected",
        at="etc/ssh/sshd_config",
        says="sshd offers CBC and MD5",
        instead="a file that is included first names others",
        on="amd64 ext4 systemd",
        packages=("openssh-server",),
        starts=_SSHD,
        both={
            "etc/ssh/sshd_config": text(
                "Include /etc/ssh/sshd_config.d/*.conf\nCiphers aes128-cbc,aes128-ctr\nMACs hmac-md5,hmac-sha2-256\n"
            ),
        },
        good={"etc/ssh/sshd_config.d/10-sound.conf": text("Ciphers aes128-ctr\nMACs hmac-sha2-256\n")},
    ),
)
