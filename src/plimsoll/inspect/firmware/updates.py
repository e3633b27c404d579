"""How software is renewed: the programs that do it, and what decides which software they accept.

What is read, and by which documentation, is said in the neighbours whose names begin with `_update`: package managers,
update agents, boot loaders and Android. Scripts of a maker's own are known by doing both halves of an update: fetching
something, and writing it to flash or handing it to the installer.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from plimsoll.inspect.firmware import _update_agents, _update_boot, _update_packages
from plimsoll.inspect.firmware._public_keys import LARGEST as LARGEST_KEY
from plimsoll.inspect.firmware._public_keys import PublicKey, read_public_keys
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.firmware._update_reading import NamedKey
from plimsoll.inspect.firmware._update_scripts import script
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import UpdateClient, UpdateKey
from plimsoll.model.locator import escape_path
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_KEYS = 100
"""Files of one folder of keys that are read."""

_OF_SYSUPGRADE = regex(rb"(?:\A|/)(?:lib/upgrade/|sbin/sysupgrade\Z)")
"""Parts of OpenWrt's sysupgrade, which is a client of its own."""
_PROGRAMS = {
    b"opkg": "opkg", b"opkg-cl": "opkg", b"swupdate": "swupdate", b"rauc": "rauc", b"mender": "mender",
    b"mender-update": "mender", b"sysupgrade": "sysupgrade", b"apt-get": "apt", b"apk": "apk", b"ostree": "ostree",
    b"fwupd": "fwupd", b"hawkbit-updater": "hawkbit", b"rauc-hawkbit-updater": "hawkbit", b"unattended-upgrade": "apt",
    b"update_engine": "android-ota",
}  # fmt: skip
_PROGRAM_FOLDERS = (
    b"bin", b"sbin", b"usr/bin", b"usr/sbin", b"usr/libexec", b"usr/libexec/fwupd", b"usr/lib/fwupd", b"usr/local/bin",
    b"system/bin",
)  # fmt: skip
Reader = Callable[[Look], Iterator[Seen | object]]


class _KeyFile(msgspec.Struct, frozen=True):
    """The public keys of a file, kept in case that something names it."""

    keys: tuple[PublicKey, ...]


class Updates(Inspector):
    """Records update clients by their programs, and their trust by configuration and by what scripts check."""

    id = "updates"
    title = "How is software renewed, and what does the device check before it installs?"
    what = (
        "Programs that install software, configuration that says which signatures they ask for, by which keys and how "
        "often they look, the keys that it names, scripts that fetch something and write it to flash with what they "
        "check in between, and the keys by which U-Boot and Android check what they start."
    )
    limits = (
        "A program of a maker's own that updates by itself, in compiled code, is not seen, nor is what the boot loader "
        "of a chip checks by keys in its fuses."
    )
    patterns = (
        Pattern(
            "installs",
            rb"\bmtd\b|\b(?:flashcp|mtd_write|nandwrite|fw_update|sysupgrade|write_firmware|flash_update)\b|"
            rb"\bof=/dev/(?:mtd|mmcblk)|/dev/mtd(?:block)?[0-9]",
            (b"mtd", b"flash", b"nandwrite", b"fw_update", b"sysupgrade", b"write_firmware", b"of=/dev/"),
            longest=160,
            kinds=("script",),
        ),
        Pattern("device-tree", rb"\xd0\x0d\xfe\xed\x00", (b"\xd0\x0d\xfe\xed",), longest=8, kinds=("binary", "elf")),
        Pattern("vbmeta", rb"AVB0\x00\x00\x00\x01", (b"AVB0",), longest=8, kinds=("binary", "elf")),
    )

    def wants(self, look: Look) -> bool:
        """Take update programs, their configuration, keys, and files in which something is installed or verified."""
        return bool(look.matches) or _reader(look) is not None or _program(look) is not None or _is_key(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give clients, trust and guards of one file; keep keys, and what names them."""
        if (name := _program(look)) is not None:
            yield Seen(UpdateClient(name, "conditional"))
        if _is_key(look) and (keys := read_public_keys(look.data)):
            yield _KeyFile(keys)
        if is_documentation(look.path):
            return
        if (read := _reader(look)) is not None:
            yield from read(look)
        if look.matches.get("installs") and not _OF_SYSUPGRADE.search(look.path):
            yield from script(look)
        yield from _update_boot.control_tree(look)
        yield from _update_boot.vbmeta(look)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give each key that settings name: what it is, or that it is not there."""
        files = {(id(one.tree), one.path): one.value.keys for one in kept if isinstance(one.value, _KeyFile)}
        for one in kept:
            if isinstance(one.value, NamedKey):
                yield from _named(one, one.value, files)


def _named(
    kept: Kept, named: NamedKey, files: Mapping[tuple[int, bytes], tuple[PublicKey, ...]]
) -> Iterator[Observation]:
    """Look a key up by its path; what it is shown by is where it is named."""
    tree = kept.tree
    node = tree.resolve(named.path)
    paths = [node.path] if node is not None and node.kind == "file" else []
    if node is not None and node.kind == "directory":
        inside = [tree.resolve(one.path) for one in tree.glob(node.path)][:MOST_KEYS]
        paths = [one.path for one in inside if one is not None and one.kind == "file"]
    for path in dict.fromkeys(paths):
        for key in files.get((id(tree), path), (PublicKey("unknown"),)):
            fact = UpdateKey(named.client, "present", escape_path(path), key.kind, key.bits, key.public_digest)
            yield _at(kept, named, fact)
    if not paths:
        yield _at(kept, named, UpdateKey(named.client, "missing", escape_path(named.path)))


def _at(kept: Kept, named: NamedKey, fact: UpdateKey) -> Observation:
    where = kept.tree.stem.at(kept.path, named.offset or None, named.length or None)
    return Observation(fact, where, Updates.id)


def _program(look: Look) -> str | None:
    folder, _, name = look.path.rpartition(b"/")
    return _PROGRAMS.get(name) if folder in _PROGRAM_FOLDERS and look.kind in ("elf", "script") else None


def _is_key(look: Look) -> bool:
    """Tell cheaply whether a file may be a public key."""
    if look.kind == "text":
        return look.data.startswith(b"untrusted comment:") or (
            len(look.data) <= LARGEST_KEY and b"-----BEGIN " in look.data[:4096]
        )
    return look.kind == "binary" and len(look.data) <= 8192 and look.data.startswith(b"\x30\x82")


_NAMES_READ = (b".conf", b".cfg", b".pem", b"build.prop")
_FOLDERS_READ = (b"etc/opkg/", b"etc/apk/", b"etc/apt/", b"ostree/", b"fwupd")
"""One of these stands in the path of each file that something reads."""


def _reader(look: Look) -> Reader | None:
    """Find what reads this file, by its path; files beside the programs' own folders are other people's."""
    if look.path.startswith(b"usr/share/"):
        return None
    path, name = look.path, look.name
    if not name.endswith(_NAMES_READ) and not any(folder in path for folder in _FOLDERS_READ):
        return None
    folder = posixpath.dirname(path)
    if path.endswith((b"etc/opkg.conf", b".opkg.conf")) or (b"etc/opkg/" in path and path.endswith(b".conf")):
        return _update_packages.opkg
    if b"etc/opkg/keys/" in path or b"etc/apk/keys/" in path:
        return _update_packages.package_key
    if path.endswith(b"etc/apk/repositories"):
        return _update_packages.apk
    if path.endswith(b"etc/apt/sources.list") or b"etc/apt/sources.list.d/" in path:
        return _update_packages.apt_sources
    if path.endswith(b"etc/apt/apt.conf") or b"etc/apt/apt.conf.d/" in path:
        return _update_packages.apt_settings
    if name in (b"swupdate.cfg", b"swupdate.conf") and not folder.endswith(b"tmpfiles.d"):
        return _update_agents.swupdate
    if path.endswith((b"etc/rauc/system.conf", b"lib/rauc/system.conf")):
        return _update_agents.rauc
    if name == b"mender.conf":
        return _update_agents.mender
    if name == b"config.conf" and folder.endswith(b"hawkbit-updater"):
        return _update_agents.hawkbit
    if b"ostree/remotes.d/" in path or path.endswith(b"ostree/repo/config"):
        return _update_agents.ostree
    if b"fwupd/remotes.d/" in path or path.endswith((b"etc/fwupd/fwupd.conf", b"etc/fwupd/daemon.conf")):
        return _update_agents.fwupd
    if b"etc/pki/fwupd" in path:
        return _update_agents.fwupd_key
    if _update_boot.is_android_certificate(look):
        return _update_boot.android_certificate
    return _update_boot.android_properties if name == b"build.prop" else None
