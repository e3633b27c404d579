#!/bin/sh
# Install the programs that tests build their images with, where this machine lets us. Tests that miss one skip and say so.
set -eu
missing=""
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
PATH="$PATH:/usr/sbin:/sbin"
need mksquashfs squashfs-tools
need mke2fs e2fsprogs
need cpio cpio
need mkimage u-boot-tools
need mkenvimage u-boot-tools
need zip zip
need zstd zstd
need lz4 lz4
need lzop lzop
need bzip2 bzip2
need gcc gcc
need arm-linux-gnueabi-gcc gcc-arm-linux-gnueabi
need aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
need mips-linux-gnu-gcc gcc-mips-linux-gnu
need mipsel-linux-gnu-gcc gcc-mipsel-linux-gnu
need xz xz-utils
need genromfs genromfs
need mkfs.cramfs util-linux
need mkfs.minix util-linux
need dtc device-tree-compiler
need mkbootimg mkbootimg
need rkunpack rkflashtool
need sunxi-nand-part sunxi-tools
need mkfs.jffs2 mtd-utils
need dfu-suffix dfu-util
need ar binutils
need dpkg-deb dpkg
need rpmbuild rpm
need 7z p7zip-full
need srec_cat srecord
need rauc rauc
need openssl openssl
need signify-openbsd signify-openbsd
need swupdate swupdate
need mender-artifact mender-artifact
need makeself makeself
need gcab gcab
need unyaffs unyaffs
need mkfs.fat dosfstools
need mcopy mtools
need sfdisk fdisk
need sgdisk gdisk
need xorriso xorriso
need genisoimage genisoimage
need mkfs.exfat exfatprogs
need mkudffs udftools
need mkfs.erofs erofs-utils
need mkfs.f2fs f2fs-tools
need mkfs.btrfs btrfs-progs
need img2simg android-sdk-libsparse-utils
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  # shellcheck disable=SC2086
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
    >/dev/null || for one in $missing; do
    # One that this system does not have must not keep the others away.
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$one" >/dev/null 2>&1 \
      || echo "could not install: $one; the tests that need it will skip"
  done
else
  echo "not installed:$missing; the tests that need them will skip"
fi
