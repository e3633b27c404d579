"""What an image says it is: os-release and its kin, and Android's properties.

Source: os-release(5); `openwrt_release` and `lsb-release` as OpenWrt and the LSB write them; `debian_version` and
`alpine-release`, which hold a version and nothing else; `build.prop` as the Android Open Source Project describes it.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._standing import is_comment
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import OperatingSystem
from plimsoll.regex import regex

LONGEST_FILE = 64 << 10
LONGEST_VALUE = 200

_PATH = regex(
    rb"(?:.*/)?(?:(?:etc|usr/lib)/os-release|etc/(?:openwrt_release|lsb-release|debian_version|alpine-release)"
    rb"|build\.prop)"
)
_BARE = {b"debian_version": "debian", b"alpine-release": "alpine"}
_VERSION = regex(rb"\d[\w.+~-]{0,40}\s*")
_DATE = regex(r"20\d\d-[01]\d-[0-3]\d")
_KEYS = {
    b"ID": "id", b"VERSION_ID": "version", b"PRETTY_NAME": "name", b"NAME": "short",
    b"ro.build.version.release": "android", b"ro.build.version.security_patch": "patched",
    b"DISTRIB_ID": "id", b"DISTRIB_RELEASE": "version", b"DISTRIB_DESCRIPTION": "name",
}  # fmt: skip


def is_release(look: Look) -> bool:
    """Tell by its path whether a file says which system this is."""
    return _PATH.fullmatch(look.path) is not None


def read_release(look: Look) -> Iterator[Seen]:
    """Give the operating system that a file names; nothing when it names none."""
    data = look.data[:LONGEST_FILE]
    if (bare := _BARE.get(look.name)) is not None:
        if _VERSION.fullmatch(data):
            yield Seen(OperatingSystem(bare, printable(data.strip())), 0, len(data))
        return
    values: dict[str, str] = {}
    place = (0, len(data))
    for offset, line in look.lines(limit=1_000):
        key, equals, value = line.partition(b"=")
        if equals and key.strip() in _KEYS and not is_comment(line):
            values.setdefault(_KEYS[key.strip()], printable(_unquoted(value)))
            place = (offset, len(line)) if _KEYS[key.strip()] in ("id", "android") else place
    if look.name == b"build.prop":
        if release := _VERSION.fullmatch(values.get("android", "").encode()):
            patched = values.get("patched", "")
            date = patched if _DATE.fullmatch(patched) else ""
            yield Seen(OperatingSystem("android", release[0].decode().strip(), "", date), *place)
        return
    if values.get("id"):
        name = values.get("name") or values.get("short", "")
        yield Seen(OperatingSystem(values["id"].lower(), values.get("version", ""), name), *place)


def _unquoted(value: bytes) -> bytes:
    value = value.strip()
    if len(value) >= 2 and value[:1] in (b"'", b'"') and value[:1] == value[-1:]:
        value = value[1:-1]
    return value[:LONGEST_VALUE].strip()
