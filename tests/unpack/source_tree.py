"""A real folder with everything that a file system must carry, and the comparison of an opened image with it.

Devices and owners need root; without it they are left out, and the rest is compared all the same.
"""

from __future__ import annotations

import hashlib
import os
import random
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from plimsoll.sources.tree import Node, NodeKind
from plimsoll.unpack.format import FileSystem

IS_ROOT = os.geteuid() == 0

_KINDS: dict[int, NodeKind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFCHR: "character",
    stat.S_IFBLK: "block",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
}

_Seen = tuple[NodeKind, int, int, bytes | None, tuple[int, int] | None]
"""Kind, mode, size, target and device of an entry."""


def build(folder: Path) -> None:
    """Fill a folder, made when absent; the content is the same each time, about 4 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    _make_files(folder)
    _make_odd_names(folder)
    _make_links(folder)
    _make_special(folder)
    _make_many(folder / "many")
    if IS_ROOT:
        os.chown(folder / "etc" / "passwd", 0, 42)
        os.chown(folder / "home", 1000, 70_000)
        os.chown(folder / "bin" / "absolute", 5, 6, follow_symlinks=False)


def assert_same(filesystem: FileSystem, folder: Path, owners: bool = True, ignore: Iterable[bytes] = ()) -> None:
    """Check all entries of an opened image but the root directory against the folder it was made from.

    Paths in `ignore` may be in the image although the folder lacks them, as `lost+found`. Owners are compared when
    they are root's to set.
    """
    nodes = {node.path: node for node in filesystem.nodes if node.path and node.path not in set(ignore)}
    found = {path: _as_image_has_it(node) for path, node in nodes.items()}
    assert found == {path: _as_folder_has_it(folder, path) for path in walk(folder)}
    if owners and IS_ROOT:
        assert {path: (node.uid, node.gid) for path, node in nodes.items()} == {
            path: _owner(folder, path) for path in walk(folder)
        }
    assert _link_groups(nodes) == _link_groups_of(folder)
    assert digests(filesystem) == {
        path: _digest(_full(folder, path)) for path, seen in found.items() if seen[0] == "file"
    }


def digests(filesystem: FileSystem) -> dict[bytes, str]:
    """Read every regular file once, in disk order; give sha256 by path, further names of a file included."""
    nodes = [node for node in filesystem.nodes if node.kind == "file"]
    own = sorted((node for node in nodes if node.link_to is None), key=filesystem.position)
    known = {node.path: hashlib.sha256(filesystem.read(node)).hexdigest() for node in own}
    return known | {node.path: known[node.link_to] for node in nodes if node.link_to is not None}


def walk(folder: Path) -> Iterator[bytes]:
    """Give the path of every entry below a folder, relative to it."""
    waiting = [b""]
    while waiting:
        here = waiting.pop()
        for entry in sorted(os.scandir(os.fsencode(_full(folder, here))), key=lambda one: one.name):
            path = here + b"/" + entry.name if here else entry.name
            yield path
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path)


def _make_files(folder: Path) -> None:
    random_bytes = random.Random(7).randbytes
    _write(folder / "etc" / "passwd", b"root:x:0:0:root:/root:/bin/sh\n", 0o644)
    _write(folder / "etc" / "shadow", b"root:*:1:0:99999:7:::\n", 0o600)
    _write(folder / "bin" / "busybox", random_bytes(1_300_001), 0o4755)
    _write(folder / "bin" / "text", b"all work and no play\n" * 20_000, 0o755)
    _write(folder / "lib" / "one-block", b"ab" * 65_536, 0o644)
    _write(folder / "lib" / "mixed", b"x" * 300_000 + random_bytes(200_000) + bytes(300_000), 0o640)
    _write(folder / "lib" / "instructions", random_bytes(5_000) + b"\x04\xe0\x2d\xe5\x00\x00\x00\xeb" * 9_000, 0o755)
    _write(folder / "empty", b"", 0o444)
    (folder / "empty-folder").mkdir(mode=0o711, exist_ok=True)
    (folder / "home" / "a" / "b" / "c").mkdir(parents=True, exist_ok=True)
    (folder / "tmp").mkdir(exist_ok=True)
    (folder / "tmp").chmod(0o1777)
    sparse = folder / "lib" / "sparse"
    with sparse.open("wb") as file:
        file.seek(1_500_000)
        file.write(b"in the middle")
        file.truncate(2_500_000)
    with (folder / "lib" / "hole").open("wb") as file:
        file.truncate(400_000)


def _make_odd_names(folder: Path) -> None:
    for name in (b"with space", b"new\nline", b"not-utf8-\xff\xfe", "ünïcode".encode(), b"back\\slash", b"n" * 255):
        _write(_full(folder, b"odd/" + name), b"content of " + name, 0o644)


def _make_links(folder: Path) -> None:
    os.link(folder / "bin" / "busybox", folder / "bin" / "ash")
    os.link(folder / "bin" / "busybox", folder / "home" / "a" / "vi")
    os.link(folder / "etc" / "passwd", folder / "etc" / "passwd-")
    (folder / "bin" / "sh").symlink_to("busybox")
    (folder / "bin" / "absolute").symlink_to("/bin/busybox")
    (folder / "etc" / "dangling").symlink_to(os.fsdecode(b"../nowhere/\xff"))
    (folder / "etc" / "long").symlink_to("long/" * 60 + "end")


def _make_special(folder: Path) -> None:
    (folder / "dev").mkdir(exist_ok=True)
    os.mkfifo(folder / "dev" / "fifo", 0o600)
    if IS_ROOT:
        os.mknod(folder / "dev" / "console", stat.S_IFCHR | 0o600, os.makedev(5, 1))
        os.mknod(folder / "dev" / "mtdblock0", stat.S_IFBLK | 0o640, os.makedev(31, 0))
        os.mknod(folder / "dev" / "large", stat.S_IFCHR | 0o666, os.makedev(260, 70_000))
        os.mknod(folder / "dev" / "log", stat.S_IFSOCK | 0o755)


def _make_many(folder: Path) -> None:
    """Make a directory whose listing takes several runs and more than one block of 8 KiB."""
    for number in range(700):
        _write(folder / f"a-rather-long-name-of-file-{number:04}", b"%d\n" % number, 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(mode)


def _full(folder: Path, path: bytes) -> Path:
    return folder / os.fsdecode(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _as_image_has_it(node: Node) -> _Seen:
    # The mode of a symlink means nothing, and images differ in it.
    mode = 0 if node.kind == "symlink" else node.mode
    return node.kind, mode, node.size, node.target, node.device


def _as_folder_has_it(folder: Path, path: bytes) -> _Seen:
    full = _full(folder, path)
    status = os.lstat(full)
    kind = _KINDS[stat.S_IFMT(status.st_mode)]
    mode = 0 if kind == "symlink" else stat.S_IMODE(status.st_mode)
    device = (os.major(status.st_rdev), os.minor(status.st_rdev)) if kind in ("character", "block") else None
    return (
        kind,
        mode,
        status.st_size if kind == "file" else 0,
        os.fsencode(full.readlink()) if kind == "symlink" else None,
        device,
    )


def _owner(folder: Path, path: bytes) -> tuple[int, int]:
    status = os.lstat(_full(folder, path))
    return status.st_uid, status.st_gid


def _link_groups(nodes: dict[bytes, Node]) -> set[frozenset[bytes]]:
    """Give the names of each file that has several; each group has exactly one that holds the content."""
    groups: dict[bytes, set[bytes]] = {}
    for path, node in nodes.items():
        if node.link_to is not None:
            assert nodes[node.link_to].link_to is None
            groups.setdefault(node.link_to, {node.link_to}).add(path)
    return {frozenset(group) for group in groups.values()}


def _link_groups_of(folder: Path) -> set[frozenset[bytes]]:
    groups: dict[int, set[bytes]] = {}
    for path in walk(folder):
        status = os.lstat(_full(folder, path))
        if stat.S_ISREG(status.st_mode):
            groups.setdefault(status.st_ino, set()).add(path)
    return {frozenset(group) for group in groups.values() if len(group) > 1}
