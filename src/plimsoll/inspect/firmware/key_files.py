"""Who may read the files that hold private keys, by the modes that the image gives them?

Modes are those of the file system in the image: chmod(2). A file system without modes, such as FAT, says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.model.facts import KeyFile
from plimsoll.model.locator import escape_path
from plimsoll.regex import regex

_WITH_MODES = (
    "squashfs", "squashfs-old", "ext", "cpio", "tar", "ubifs", "jffs2", "yaffs", "erofs", "f2fs", "cramfs", "minix",
    "btrfs",
)  # fmt: skip
_HOST_KEY = regex(rb"(?:\A|/)dropbear_(?:rsa|dss|ecdsa|ed25519)_host_key\Z")
_NOT_STORED = regex(rb"(?:\A|/)(?:usr/share|usr/src|www|htdocs|site-packages|dist-packages|node_modules)/")


class KeyFiles(Inspector):
    """Records the mode and owner of each file that holds a private key."""

    id = "key-files"
    title = "Who may read the files of private keys?"
    what = "The mode and owner of files that hold a private key in PEM, and of the host keys of dropbear."
    limits = (
        "Keys that are made while the product runs, and modes that a script sets at boot, are not seen. File systems "
        "without modes are left out."
    )
    patterns = (
        Pattern(
            "key",
            rb"-----BEGIN (?:RSA |EC |DSA |OPENSSH )?PRIVATE KEY-----",
            (b"PRIVATE KEY",),
            longest=48,
            kinds=("text",),
        ),
    )

    def wants(self, look: Look) -> bool:
        """Take texts that hold a key, and host keys by name."""
        if look.file.tree.format not in _WITH_MODES or is_documentation(look.path) or _NOT_STORED.search(look.path):
            return False
        return bool(look.matches) or (_HOST_KEY.search(look.path) is not None and len(look.data) > 0)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the mode of the file."""
        node = look.file.node
        yield Seen(KeyFile(escape_path(look.path), node.mode & 0o7777, node.uid))
