"""Formats: one file each, listed once in FORMATS. Where two begin at one offset, the first that validates takes it."""

from plimsoll.unpack.format import Format
from plimsoll.unpack.formats import (
    bzip2,
    cpio,
    ext,
    gzip,
    jffs2,
    lz4,
    lzma,
    seama,
    squashfs,
    squashfs_old,
    tar,
    tar_v7,
    tplink,
    trx,
    uimage,
    xz,
    zip,
    zstd,
)

FORMATS: tuple[Format, ...] = (
    uimage.FORMAT,
    tplink.FORMAT,
    seama.FORMAT,
    trx.FORMAT,
    squashfs_old.FORMAT,
    squashfs.FORMAT,
    ext.FORMAT,
    jffs2.FORMAT,
    cpio.FORMAT,
    tar.FORMAT,
    zip.FORMAT,
    gzip.FORMAT,
    xz.FORMAT,
    bzip2.FORMAT,
    zstd.FORMAT,
    lz4.FORMAT,
    lzma.FORMAT,
    tar_v7.FORMAT,
)
