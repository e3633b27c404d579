"""Build the sample product: the firmware of a fictional camera by a fictional maker, as a good twin and a bad twin.

Everything in it is made here, so it may be shipped: texts, a few programs that are headers and version strings and
cannot run, a key from a fixed seed. The image is what such products ship: a U-Boot header around a gzip-compressed
cpio archive of a root file system.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import struct
import zlib
from pathlib import Path

MAKER = "Halyard Instruments (fictional)"
MODEL = "Tidewatch 2 camera"

Files = dict[str, tuple[int, bytes]]
"""Mode and content by path; a mode of 0o120777 makes the content a link's target."""

BUILT_AT = 1_750_000_000
"""Time stamp in the headers, seconds since 1970."""


DECLARATION = """format = "plimsoll.declaration/1"
[product]
maker = "Halyard Instruments (fictional)"
model = "Tidewatch 2"
software_version = "2.4.1"
[ics."5.1-1"]
support = "Y"
detail = "Passwords are unique per device, see 1-AuthMech AuthMech-1."
[ics."5.3-7"]
support = "Y"
detail = "Signed updates, 7-UpdMech UpdMech-1"
[ics."5.3-13"]
support = "Y"
detail = "2-UserInfo"
[ics."5.5-1"]
support = "Y"
detail = "All communication over TLS 1.2 or later."
[[ixit.1-AuthMech]]
ID = "AuthMech-1"
Description = "Login of the administrator over the network"
"Authentication Factor" = "password"
"Password Generation Mechanism" = "unique per device, random, printed on the label"
[[ixit.7-UpdMech]]
ID = "UpdMech-1"
Description = "Updates are fetched over the network"
"Cryptographic Details" = "The whole update is signed with Ed25519"
[[ixit.11-SecComMech]]
ID = "Com-1"
Description = "All communication"
"Cryptographic Details" = "TLS 1.2 or later"
[[ixit.2-UserInfo]]
"Support Period" = "no period is published for this model"
"""
"""In the form of `plimsoll declare new`, with the rows that matter."""


def image(*, good: bool) -> bytes:
    """Give the whole firmware image of one twin."""
    files = common() | (good_twin() if good else bad_twin())
    return uimage(gzip.compress(cpio(files), 9, mtime=0), "Tidewatch 2.4.1")


def common() -> Files:
    """Give what both twins hold."""
    return {
        "bin/busybox": (0o755, elf(b"BusyBox v1.36.1 (2025-03-02 10:11:12 UTC) multi-call binary.\0")),
        "bin/sh": (0o120777, b"busybox"),
        "sbin/init": (0o120777, b"../bin/busybox"),
        "sbin/getty": (0o120777, b"../bin/busybox"),
        "usr/sbin/telnetd": (0o120777, b"../../bin/busybox"),
        "usr/sbin/dropbear": (0o755, elf(b"SSH-2.0-dropbear_2024.86\0Dropbear server v%s\0")),
        "usr/sbin/lighttpd": (0o755, elf(b"lighttpd/1.4.76\0")),
        "usr/bin/curl": (0o755, elf(b"curl 8.11.0\0")),
        "usr/bin/wget": (0o120777, b"../../bin/busybox"),
        "etc/os-release": (0o644, b'ID=tidewatch\nVERSION_ID=2.4.1\nPRETTY_NAME="Tidewatch 2.4.1"\n'),
        "etc/inittab": (
            0o644,
            b"::sysinit:/etc/init.d/rcS\n::shutdown:/bin/umount -a -r\n",
        ),
        "etc/init.d/rcS": (
            0o755,
            b'#!/bin/sh\nmount -a\nfor script in /etc/init.d/S??*; do\n  "$script" start\ndone\n',
        ),
        "usr/share/doc/telnet.txt": (0o644, b"To debug on the bench, start telnetd -l /bin/sh and log in as root.\n"),
    }


def bad_twin() -> Files:
    """Give what breaks the five promises."""
    return {
        "etc/passwd": (0o644, b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
        "etc/shadow": (0o600, b"root:$1$tdwtch00$tLOmD2efOHYW2KWTpD3W9/:19000:0:99999:7:::\nnobody:*:19000::::::\n"),
        "etc/init.d/S20camera": (0o755, script("camera", "insmod /lib/modules/5.10.160/tx-isp-t31.ko")),
        "etc/init.d/S50telnet": (0o755, script("telnetd", "/usr/sbin/telnetd")),
        "etc/init.d/S60web": (0o755, script("lighttpd", "/usr/sbin/lighttpd -f /etc/lighttpd.conf")),
        "etc/init.d/S90update": (0o755, script("update", "/usr/sbin/check-update &")),
        "usr/sbin/check-update": (
            0o755,
            b"#!/bin/sh\n"
            b"wget -q -O /tmp/fw.bin http://updates.halyard.example/tidewatch2/latest.bin || exit 0\n"
            b"wget -q -O /tmp/fw.md5 http://updates.halyard.example/tidewatch2/latest.md5\n"
            b'[ "$(md5sum < /tmp/fw.bin)" = "$(cat /tmp/fw.md5)" ] && mtd write /tmp/fw.bin firmware && reboot\n',
        ),
        "etc/init.d/S95telemetry": (0o755, script("telemetry", "/usr/sbin/send-telemetry &")),
        "usr/sbin/send-telemetry": (
            0o755,
            b"#!/bin/sh\n"
            b"while sleep 3600; do\n"
            b"  curl -k -s -d @/tmp/state.json https://telemetry.halyard.example/v1/report\n"
            b"done\n",
        ),
        "etc/lighttpd.conf": (
            0o644,
            b'server.port = 443\nssl.engine = "enable"\nssl.pemfile = "/etc/ssl/private/server.pem"\n'
            b'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.0")\n',
        ),
        "etc/ssl/private/server.pem": (0o600, private_key()),
        "lib/modules/5.10.160/tx-isp-t31.ko": (0o644, elf(b"vermagic=5.10.160 preempt mod_unload MIPS32_R1\0", kind=1)),
    }


def good_twin() -> Files:
    """Give the same product as it should be."""
    return {
        "etc/passwd": (0o644, b"root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
        "etc/shadow": (0o600, b"root:*:19000:0:99999:7:::\nnobody:*:19000::::::\n"),
        "etc/init.d/S50ssh": (0o755, script("dropbear", "/usr/sbin/dropbear -R -s -g")),
        "etc/init.d/S60web": (0o755, script("lighttpd", "/usr/sbin/lighttpd -f /etc/lighttpd.conf")),
        "etc/init.d/S10keys": (
            0o755,
            b"#!/bin/sh\n[ -f /data/tls/server.pem ] || /usr/sbin/make-server-key > /data/tls/server.pem\n",
        ),
        "etc/lighttpd.conf": (
            0o644,
            b'server.port = 443\nssl.engine = "enable"\nssl.pemfile = "/data/tls/server.pem"\n'
            b'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.2")\n',
        ),
        "etc/init.d/S90update": (0o755, script("swupdate", "/usr/bin/swupdate -f /etc/swupdate.cfg &")),
        "usr/bin/swupdate": (0o755, elf(b"SWUpdate v2024.12.0\0")),
        "etc/swupdate.cfg": (
            0o644,
            b'globals : {\n  public-key-file = "/etc/swupdate-public.pem";\n};\n'
            b'suricatta : {\n  url = "https://updates.halyard.example";\n  polldelay = 86400;\n};\n',
        ),
        "etc/swupdate-public.pem": (0o644, public_key()),
    }


def declaration() -> str:
    """Give what the fictional maker declares of the bad twin: it claims more than the image keeps."""
    return DECLARATION


def script(name: str, command: str) -> bytes:
    """Write a start script in the usual form."""
    return (
        f'#!/bin/sh\ncase "$1" in\n  start)\n    echo "Starting {name}"\n    {command}\n    ;;\n'
        f"  stop)\n    killall {name}\n    ;;\nesac\n"
    ).encode()


def private_key() -> bytes:
    """Give a private key from a fixed seed, as PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return _key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_key() -> bytes:
    """Give its public half, as PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _key():  # type: ignore[no-untyped-def]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the key of the sample product").digest())


def elf(strings: bytes, kind: int = 2) -> bytes:
    """Make an ELF file (32-bit MIPS, little-endian) of one segment that holds some strings; it cannot run."""
    size = 52 + 32 + len(strings)
    header = struct.pack(
        "<16sHHIIIIIHHHHHH",
        b"\x7fELF\x01\x01\x01", kind, 8, 1, 0x400054, 52, 0, 0x70001007, 52, 32, 1, 0, 0, 0,
    )  # fmt: skip
    segment = struct.pack("<IIIIIIII", 1, 0, 0x400000, 0x400000, size, size, 5, 0x1000)
    return header + segment + strings


def cpio(files: Files) -> bytes:
    """Write a cpio archive (newc), directories first, owned by root."""
    folders = sorted({str(parent) for path in files for parent in Path(path).parents if str(parent) != "."})
    entries = [(folder, 0o40755, b"") for folder in folders]
    for path, (mode, data) in sorted(files.items()):
        entries.append((path, mode if mode & 0o170000 else 0o100000 | mode, data))
    records = [_cpio_entry(number, *entry) for number, entry in enumerate(entries, 1)]
    archive = b"".join([*records, _cpio_entry(0, "TRAILER!!!", 0, b"")])
    return archive + bytes(-len(archive) % 512)


def _cpio_entry(inode: int, path: str, mode: int, data: bytes) -> bytes:
    name = path.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, BUILT_AT if inode else 0, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + name
    return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)


def uimage(payload: bytes, name: str) -> bytes:
    """Put a legacy U-Boot header around a gzip-compressed ramdisk for MIPS."""

    def header(checksum: int) -> bytes:
        return struct.pack(
            ">IIIIIIIBBBB32s",
            0x27051956, checksum, BUILT_AT, len(payload), 0, 0, zlib.crc32(payload), 5, 5, 3, 1, name.encode(),
        )  # fmt: skip

    return header(zlib.crc32(header(0))) + payload


def main() -> None:
    """Write both twins to a folder."""
    parser = argparse.ArgumentParser(description="Write the two twins of the sample product.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, good in (("good", True), ("bad", False)):
        (folder / f"tidewatch2-{name}.bin").write_bytes(image(good=good))


if __name__ == "__main__":
    main()
