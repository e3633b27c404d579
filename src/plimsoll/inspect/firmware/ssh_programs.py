"""Which algorithms dropbear was built with: their names stand in the program, each between two zero bytes.

The names are those of the SSH protocol's registry (RFC 4253 and its successors) and of the lists in dropbear's own
documentation of its options; what is left out when it is built leaves no name behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.inspect.inspector import Inspector, Look, Seen
from plimsoll.model.facts import BuiltInAlgorithms
from plimsoll.model.facts.exposure import AlgorithmList

LARGEST = 16 << 20
"""Bytes of the largest program that is read."""

_LISTS: Mapping[AlgorithmList, tuple[bytes, ...]] = {
    "ciphers": (
        b"chacha20-poly1305@openssh.com", b"aes128-gcm@openssh.com", b"aes256-gcm@openssh.com", b"aes128-ctr",
        b"aes256-ctr", b"aes128-cbc", b"aes256-cbc", b"twofish256-cbc", b"twofish-cbc", b"twofish128-cbc",
        b"twofish256-ctr", b"twofish128-ctr", b"3des-ctr", b"3des-cbc", b"blowfish-cbc",
    ),
    "macs": (b"hmac-sha2-256", b"hmac-sha2-512", b"hmac-sha1", b"hmac-sha1-96", b"hmac-md5"),
    "kexalgorithms": (
        b"curve25519-sha256", b"curve25519-sha256@libssh.org", b"ecdh-sha2-nistp256", b"ecdh-sha2-nistp384",
        b"ecdh-sha2-nistp521", b"diffie-hellman-group16-sha512", b"diffie-hellman-group14-sha256",
        b"diffie-hellman-group14-sha1", b"diffie-hellman-group1-sha1",
    ),
    "hostkeyalgorithms": (
        b"ssh-ed25519", b"ecdsa-sha2-nistp256", b"ecdsa-sha2-nistp384", b"ecdsa-sha2-nistp521", b"rsa-sha2-256",
        b"ssh-rsa", b"ssh-dss",
    ),
}  # fmt: skip


class SshPrograms(Inspector):
    """Records the lists of algorithms that a server of SSH holds, as far as their names show."""

    id = "ssh-programs"
    title = "Which algorithms is the server of SSH built with?"
    what = (
        "The names of ciphers, MACs, key exchange and kinds of keys in the program of dropbear, alone or with others."
    )
    limits = (
        "In which order they are offered, and which of them only the client offers, is not seen. OpenSSH chooses by "
        "its settings."
    )
    without_match = ("elf",)

    def wants(self, look: Look) -> bool:
        """Take dropbear by its name, one program or several in one."""
        return look.kind == "elf" and look.name in (b"dropbear", b"dropbearmulti") and len(look.data) <= LARGEST

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each list with what stands of it in the program."""
        for kind, names in _LISTS.items():
            places = {name: look.data.find(b"\0" + name + b"\0") + 1 for name in names}
            found = {name: place for name, place in places.items() if place}
            if found:
                first = min(found, key=found.__getitem__)
                fact = BuiltInAlgorithms("dropbear", kind, tuple(name.decode("ascii") for name in found))
                yield Seen(fact, found[first], len(first))
