"""Makes small kernels: content as a kernel has it, compressed by the real tools, wrapped as the boot protocols say."""

from __future__ import annotations

import gzip
import random
import struct
from collections.abc import Callable

from plimsoll.sources.tree import File
from plimsoll.unpack.explore import Explored, Explorer
from plimsoll.unpack.formats import FORMATS
from plimsoll.unpack.limits import Budget, Limits
from tests.unpack import images

BANNER = b"Linux version 6.6.1-test (maker@host) (gcc) #1 SMP\n\0"
CONFIG = b"# Automatically generated\nCONFIG_MODULES=y\n# CONFIG_BPF_JIT is not set\nCONFIG_HZ=100\n" * 20
INIT = b"#!/bin/sh\nexec /sbin/init\n"

CODECS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "xz": lambda data: images.stream("xz", "xz-utils", data, "--check=crc32", "--lzma2=dict=1MiB"),
    "LZMA": lambda data: images.stream("xz", "xz-utils", data, "--format=lzma"),
    "bzip2": lambda data: images.stream("bzip2", "bzip2", data),
    "LZ4": lambda data: images.stream("lz4", "lz4", data, "-l", "-9"),
    "LZO": lambda data: images.stream("lzop", "lzop", data, "-9"),
    "zstd": lambda data: images.stream("zstd", "zstd", data, "-19"),
}


def content(parts: bytes = b"") -> bytes:
    """Make what a kernel is undone to: code, the banner, code, what is built in, code."""
    return code(80_000, 1) + BANNER + code(20_000, 2) + parts + code(20_000, 3)


def code(size: int, seed: int) -> bytes:
    """Make bytes that compress as code does, and hold no zeros in a row."""
    words = [random.Random(seed).randbytes(4) for _ in range(300)]
    choose = random.Random(seed + 1000)
    return b"".join(choose.choice(words) + choose.randbytes(1) for _ in range(size // 5 + 1))[:size]


def compressed(data: bytes, codec: str) -> bytes:
    """Compress with the size behind it, which gzip has itself."""
    return CODECS[codec](data) + (b"" if codec == "gzip" else struct.pack("<I", len(data)))


def ikconfig(text: bytes = CONFIG) -> bytes:
    """Make a configuration as it is built in."""
    return b"IKCFG_ST" + gzip.compress(text, mtime=0) + b"IKCFG_ED"


def initramfs() -> bytes:
    """Make the initial file system of one folder and one program."""
    return b"".join(
        _entry(*one) for one in ((b"etc", 0o040755, b""), (b"init", 0o100755, INIT), (b"TRAILER!!!", 0, b""))
    )


def explore(data: bytes) -> tuple[Explored, dict[str, bytes]]:
    """Open everything in an image; give the content of each file of a tree by place."""
    seen: dict[str, bytes] = {}

    def visit(file: File) -> None:
        if file.node.path:
            seen[file.tree.stem.at(file.node.path)] = bytes(file.data)

    return Explorer(FORMATS, Budget(Limits()), visit, workers=1).explore(data, b"x"), seen


def program(machine: int, sections: bytes, header: bytes, signature: bytes = b"") -> bytes:
    """Make an EFI program of one section behind a header of 64 bytes, its signature behind it."""
    start = 64
    optional = bytearray(struct.pack("<H", 0x20B) + bytes(238))
    begin = -(-(start + 24 + len(optional) + 40) // 16) * 16
    if signature:
        struct.pack_into("<II", optional, 144, begin + len(sections), len(signature))
    head = header[:60] + struct.pack("<I", start) + b"PE\0\0"
    head += struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0x206) + bytes(optional)
    head += struct.pack("<8sIIIIIIHHI", b".text", len(sections), begin, len(sections), begin, 0, 0, 0, 0, 0x60000020)
    return head.ljust(begin, b"\0") + sections + signature


SIGNATURE = struct.pack("<IHH", 24, 0x0200, 0x0002) + b"signature bytes."


def _entry(name: bytes, mode: int, data: bytes) -> bytes:
    fields = (1, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
    head = b"070701" + b"".join(b"%08X" % one for one in fields) + name + b"\0"
    return _filled(head) + _filled(data)


def _filled(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
