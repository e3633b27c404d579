import pytest

from plimsoll.inspect.firmware.volumes import Volumes
from plimsoll.model.facts import Volume
from tests.firmware import observe


def volumes(path: str, text: bytes) -> list[Volume]:
    return [one.fact for one in observe(Volumes(), {path: text}) if isinstance(one.fact, Volume)]


def script(text: bytes) -> list[Volume]:
    return volumes("etc/init.d/S05mount", b"#!/bin/sh\n" + text)


def test_a_table_gives_its_rows_without_what_keeps_nothing() -> None:
    text = (
        b"# device mount type options\n/dev/mtdblock5 /data jffs2 rw 0 0\nproc /proc proc defaults 0 0\n"
        b"tmpfs /var/log tmpfs size=2m 0 0\n/dev/sda1 swap swap defaults 0 0\n"
    )
    assert volumes("etc/fstab", text) == [
        Volume("data", "/dev/mtdblock5", "jffs2"),
        Volume("var/log", "tmpfs", "tmpfs", temporary=True),
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"mount -t jffs2 /dev/mtdblock8 /configs", Volume("configs", "/dev/mtdblock8", "jffs2")),
        (b"/bin/mount -o rw,noatime -t ubifs ubi0:data /data", Volume("data", "ubi0:data", "ubifs")),
        (b"mount -t ramfs ramfs /var && echo ok", Volume("var", "ramfs", "ramfs", temporary=True)),
        (b"mount /dev/mmcblk0p7 /mnt/rec", Volume("mnt/rec", "/dev/mmcblk0p7")),
        (b"mount -t ext4 /dev/mapper/data_crypt /data", Volume("data", "/dev/mapper/data_crypt", "ext4", "dm-crypt")),
        (
            b"cryptsetup luksOpen --key-file /etc/k /dev/mmcblk0p8 vault",
            Volume("", "/dev/mapper/vault", "", "dm-crypt", key="elsewhere"),
        ),
        (
            b"cryptsetup open --type luks2 /dev/mmcblk0p8 vault",
            Volume("", "/dev/mapper/vault", "", "dm-crypt"),
        ),
        (
            b"echo -n 'kedge 7 anchor' | cryptsetup luksOpen /dev/mmcblk0p8 vault --key-file -",
            Volume("", "/dev/mapper/vault", "", "dm-crypt", key="in-image"),
        ),
        (
            b"cryptsetup create vault /dev/mmcblk0p8 <<< kedge7anchor",
            Volume("", "/dev/mapper/vault", "", "dm-crypt", key="in-image"),
        ),
        (
            b'echo "$KEY" | cryptsetup luksOpen /dev/mmcblk0p8 vault 2>/dev/null',
            Volume("", "/dev/mapper/vault", "", "dm-crypt"),
        ),
        (b"fscryptctl set_policy 0123 /data/people", Volume("data/people", "", "", "fscrypt")),
        (b"gocryptfs -passfile /run/k /data/.people /data/people", Volume("data/people", "", "", "gocryptfs")),
    ],
)
def test_commands_that_mount_are_read(line: bytes, expected: Volume) -> None:
    assert script(line + b"\n") == [expected]


@pytest.mark.parametrize(
    "line",
    [
        b"mount -o remount,rw /", b"mount --bind /data /etc/data", b"mount -o move $1/tmp /tmp", b"mount -a",
        b"# mount -t jffs2 /dev/mtdblock8 /configs", b"mount -t proc none /proc", b"umount -f /system",
        b"mount | grep /data", b'mount -t ext4 "$DEV" "$POINT"', b'LIBS="/bin/mount /sbin/pivot_root /bin/umount"',
        b"echo mount the disk /data first",
    ],
)  # fmt: skip
def test_other_commands_are_none(line: bytes) -> None:
    assert script(line + b"\n") == []


def test_tables_of_other_systems_are_read() -> None:
    assert volumes("etc/crypttab", b"# name device key\nvault /dev/mmcblk0p8 none luks\n") == [
        Volume("", "/dev/mapper/vault", "", "dm-crypt")
    ]
    unit = b"[Mount]\nWhat=/dev/mmcblk0p7\nWhere=/data\nType=ext4\n"
    assert volumes("etc/systemd/system/data.mount", unit) == [Volume("data", "/dev/mmcblk0p7", "ext4")]
    uci = b"config mount\n\toption target '/mnt/sda1'\n\toption device '/dev/sda1'\n\toption enabled '%d'\n"
    assert volumes("etc/config/fstab", uci % 1) == [Volume("mnt/sda1", "/dev/sda1")]
    assert volumes("etc/config/fstab", uci % 0) == []
    android = b"/dev/block/userdata /data f2fs noatime latemount,fileencryption=aes-256-xts\n"
    assert volumes("vendor/etc/fstab.board", android) == [Volume("data", "/dev/block/userdata", "f2fs", "fscrypt")]


def test_a_key_that_the_image_holds_is_told() -> None:
    files = {"etc/crypttab": b"vault /dev/mmcblk0p8 /etc/vault.key luks\n", "etc/vault.key": b"kedge7anchor\n"}
    (one,) = (seen.fact for seen in observe(Volumes(), files) if isinstance(seen.fact, Volume))
    assert one.key == "in-image"
    (other,) = volumes("etc/crypttab", b"vault /dev/mmcblk0p8 /data/vault.key luks\n")
    assert other.key == "elsewhere"


def test_documentation_is_not_read() -> None:
    assert volumes("usr/share/doc/mount/examples/etc/fstab", b"/dev/sda1 /data ext4 rw 0 0\n") == []
