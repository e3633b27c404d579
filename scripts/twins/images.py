"""Puts a tree into an image as makers ship it, by the real tool of each file system.

Sources: the manuals of mksquashfs, mke2fs, mkfs.jffs2, mkfs.ubifs, ubinize, mkfs.cramfs, genromfs, mkfs.erofs and
mkimage; "Booting ARM Linux" by V. Sanders for the zImage.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import random
import shutil
import struct
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from scripts.sample_product import cpio, uimage
from scripts.twins import keys
from scripts.twins.tree import LINK, Files, MissingTool, write

_BLOCK = 0x10000
_KERNEL_BANNER = b"Linux version 6.12.60-twins (build@host) (gcc 12) #1 SMP\n\0"
_FIT = """/dts-v1/;
/ {
  description = "twins"; #address-cells = <1>;
  images {
    kernel { description = "kernel"; data = /incbin/("kernel"); type = "kernel"; arch = "arm64"; os = "linux";
      compression = "gzip"; load = <0x80000>; entry = <0x80000>; hash { algo = "sha256"; }; };
    ramdisk { description = "root"; data = /incbin/("root"); type = "ramdisk"; arch = "arm64"; os = "linux";
      compression = "none"; hash { algo = "sha256"; }; };
  };
  configurations { default = "one"; one { kernel = "kernel"; ramdisk = "ramdisk"; }; };
};
"""
_DESCRIPTION = """software =
{{
  version = "2.4.1";
  images: ( {{ filename = "root.img"; device = "/dev/mmcblk0p2"; type = "raw"; sha256 = "{digest}"; }} );
}}
"""


def image(kind: str, files: Files) -> bytes:
    """Make an image of one kind; raise MissingTool when it cannot be made here."""
    return IMAGES[kind](files)


def _tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise MissingTool(f"{name} is absent; run scripts/install_tools.sh")
    return found


def _made(files: Files, *command: str) -> bytes:
    """Run a tool; `{tree}` and `{image}` in its words stand for the folder and the image that it makes."""
    with tempfile.TemporaryDirectory() as folder:
        tree, target = Path(folder) / "tree", Path(folder) / "image"
        tree.mkdir()
        tree.chmod(0o755)
        write(files, tree)
        words = [word.format(tree=tree, image=target) for word in command[1:]]
        subprocess.run([_tool(command[0]), *words], check=True, capture_output=True)
        return target.read_bytes()


def _squashfs(codec: str) -> Callable[[Files], bytes]:
    options = (
        "{tree}",
        "{image}",
        "-comp",
        codec,
        "-all-root",
        "-noappend",
        "-quiet",
        "-no-progress",
        "-processors",
        "1",
    )
    return lambda files: _made(files, "mksquashfs", *options)


def _ext4(files: Files) -> bytes:
    size = sum(len(data) for _, data in files.values())
    kib = size // 1024 + size // 8192 + len(files) * 8 + 4096
    return _made(
        files, "mke2fs", "-q", "-t", "ext4", "-b", "4096", "-E", "root_owner=0:0", "-d", "{tree}", "{image}", f"{kib}k"
    )


def _jffs2(order: str) -> Callable[[Files], bytes]:
    return lambda files: _made(
        files, "mkfs.jffs2", order, "-q", "-U", "-e", "0x10000", "-p", "-r", "{tree}", "-o", "{image}"
    )


def _ubifs(files: Files) -> bytes:
    volume = _made(
        files,
        "mkfs.ubifs",
        "-m",
        "2048",
        "-e",
        "126976",
        "-c",
        "2047",
        "-U",
        "-x",
        "zlib",
        "-r",
        "{tree}",
        "-o",
        "{image}",
    )
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "volume").write_bytes(volume)
        (base / "plan").write_text(
            f"[rootfs]\nmode=ubi\nimage={base}/volume\nvol_id=0\nvol_type=dynamic\nvol_name=rootfs\nvol_flags=autoresize\n"
        )
        command = [_tool("ubinize"), "-o", str(base / "image"), "-p", "131072", "-m", "2048", str(base / "plan")]
        subprocess.run(command, check=True, capture_output=True)
        return (base / "image").read_bytes()


def _cramfs(files: Files) -> bytes:
    return _made(files, "mkfs.cramfs", "{tree}", "{image}")


def _romfs(files: Files) -> bytes:
    return _made(files, "genromfs", "-V", "root", "-d", "{tree}", "-f", "{image}")


def _erofs(files: Files) -> bytes:
    return _made(files, "mkfs.erofs", "--quiet", "--all-root", "-zlz4hc", "{image}", "{tree}")


def _ramdisk(files: Files) -> bytes:
    return uimage(gzip.compress(cpio(files), 6, mtime=0), "root")


def _tar(files: Files) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, (mode, data) in sorted(files.items()):
            member = tarfile.TarInfo(f"./{path}")
            member.mode = mode & 0o7777
            if mode == LINK:
                member.type, member.linkname = tarfile.SYMTYPE, data.decode()
                archive.addfile(member)
            else:
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 6, mtime=0)


def _kernel(root: bytes = b"") -> bytes:
    return _code(80_000, 1) + _KERNEL_BANNER + _code(20_000, 2) + root + _code(20_000, 3)


def _code(size: int, seed: int) -> bytes:
    """Give bytes that compress as programs do."""
    words = [random.Random(seed).randbytes(4) for _ in range(300)]
    choose = random.Random(seed + 1000)
    return b"".join(choose.choice(words) + choose.randbytes(1) for _ in range(size // 5 + 1))[:size]


def _zimage(files: Files) -> bytes:
    """Build the root file system into a kernel of 32-bit ARM."""
    payload = gzip.compress(_kernel(gzip.compress(cpio(files), 6, mtime=0)), 6, mtime=0)
    body = _code(5000, 7) + payload
    body += bytes(-len(body) % 4) + _code(64, 8)
    length = 52 + len(body)
    head = struct.pack("<9I", *[0xE1A00000] * 8, 0xEA000003) + struct.pack("<IIII", 0x016F2818, 0, length, 0x04030201)
    return head + body


def _fit(files: Files) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        (base / "kernel").write_bytes(gzip.compress(_kernel(), 6, mtime=0))
        (base / "root").write_bytes(gzip.compress(cpio(files), 6, mtime=0))
        (base / "source.its").write_text(_FIT)
        _tool("dtc")
        command = [_tool("mkimage"), "-f", "source.its", "image"]
        subprocess.run(command, check=True, capture_output=True, cwd=base)
        return (base / "image").read_bytes()


def _flash(files: Files) -> bytes:
    """Give a whole flash: boot loader, kernel, root, and an empty place for settings, each at a border of a block."""
    loader = _code(120_000, 5)
    kernel = uimage(gzip.compress(_kernel(), 6, mtime=0), "kernel")
    root = _squashfs("xz")(files)
    settings = _jffs2("-l")({"upper/.keep": (0o644, b"\n")})
    return b"".join(part + b"\xff" * (-len(part) % _BLOCK) for part in (loader, kernel, root, settings))


def _xz_ramdisk(files: Files) -> bytes:
    return lzma.compress(cpio(files), lzma.FORMAT_XZ, lzma.CHECK_CRC32, preset=1)


def _bundle(*, signed: bool) -> Callable[[Files], bytes]:
    """Put a root file system into a bundle of SWUpdate, which is signed by the key of the twins."""

    def make(files: Files) -> bytes:
        root = _squashfs("gzip")(files)
        description = _DESCRIPTION.format(digest=hashlib.sha256(root).hexdigest()).encode()
        parts = {"sw-description": description, "root.img": root}
        if signed:
            signature = keys.rsa_key(2048).sign(description, PKCS1v15(), SHA256())
            parts = {"sw-description": description, "sw-description.sig": signature, "root.img": root}
        with tempfile.TemporaryDirectory() as folder:
            for name, data in parts.items():
                (Path(folder) / name).write_bytes(data)
            command = [_tool("cpio"), "--quiet", "-o", "-H", "crc"]
            names = "\n".join(parts).encode()
            return subprocess.run(command, cwd=folder, input=names, check=True, capture_output=True).stdout

    return make


IMAGES: Mapping[str, Callable[[Files], bytes]] = {
    "squashfs-gzip": _squashfs("gzip"),
    "squashfs-xz": _squashfs("xz"),
    "squashfs-lzo": _squashfs("lzo"),
    "squashfs-lz4": _squashfs("lz4"),
    "squashfs-zstd": _squashfs("zstd"),
    "ext4": _ext4,
    "jffs2-le": _jffs2("-l"),
    "jffs2-be": _jffs2("-b"),
    "ubifs": _ubifs,
    "cramfs": _cramfs,
    "romfs": _romfs,
    "erofs": _erofs,
    "cpio-uimage": _ramdisk,
    "cpio-xz": _xz_ramdisk,
    "zimage": _zimage,
    "tar-gzip": _tar,
    "flash": _flash,
    "fit": _fit,
    "swu": _bundle(signed=True),
    "swu-unsigned": _bundle(signed=False),
}
"""Kinds of images by name."""
