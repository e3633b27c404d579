"""On which days the parts of an image were built or installed, by what they say of themselves.

Source: the banners of Linux (`#1 SMP Tue Jan 9 10:11:12 UTC 2024`), BusyBox (`(2024-01-09 10:11:12 UTC)`) and U-Boot
(`(Jan 09 2024 - 10:11:12`); the fields `Installed-Time` of opkg and `t:` of apk, seconds since 1970. Times of files are
not read: they are set to anything.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import BuildDate
from plimsoll.regex import regex

EARLIEST = datetime.date(1995, 1, 1)
LATEST = datetime.date(2100, 1, 1)
MOST_LINES = 400_000

_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_KERNEL = regex(
    rb"[^\n\0]{0,400}? #\d{1,6} [^\n\0]{0,60}?(?P<month>" + _MONTH + rb") {1,2}(?P<day>\d{1,2}) "
    rb"\d\d:\d\d:\d\d (?:[A-Z+\d-]{1,6} )?(?P<year>\d{4})"
)
_BUSYBOX = regex(rb"BusyBox v[\w.-]{1,40} \((?P<year>\d{4})[-.](?P<number>\d\d)[-.](?P<day>\d\d)-? ?\d\d:\d\d")
_UBOOT = regex(rb"U-Boot [\w.+ -]{1,80}\((?P<month>" + _MONTH + rb") {1,2}(?P<day>\d{1,2}) (?P<year>\d{4}) - \d\d:\d\d")
_OPKG = regex(rb"(?:.*/)?lib/opkg/status")
_APK = regex(rb"(?:.*/)?lib/apk/db/installed")


class BuildDates(Inspector):
    """Gives the day of each banner, and the last day of a package database."""

    id = "build-dates"
    title = "When was the image built?"
    what = (
        "The days in the banners of the Linux kernel, BusyBox and U-Boot, and the newest day on which a package of "
        "opkg was installed or one of apk built."
    )
    limits = (
        "A build that is made to be reproducible bears the day of its sources. Times of files are not believed. A "
        "kernel whose banner hides its day is left out."
    )
    patterns = (
        Pattern("kernel", rb"Linux version [2-9]\.\d", (b"Linux version ",), longest=24, kinds=("elf", "binary")),
        Pattern("busybox", rb"BusyBox v[01]\.\d", (b"BusyBox v",), longest=24, kinds=("elf",)),
        Pattern(
            "u-boot", rb"U-Boot [^\n\0]{1,80}\(" + _MONTH + rb" ", (b"U-Boot ",), longest=120, kinds=("elf", "binary")
        ),
    )

    def wants(self, look: Look) -> bool:
        """Take files with a banner, and two package databases."""
        return bool(look.matches) or (
            b"lib/" in look.path and (_OPKG.fullmatch(look.path) or _APK.fullmatch(look.path)) is not None
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each day once."""
        yield from _banners(look, "kernel", _KERNEL)
        yield from _banners(look, "busybox", _BUSYBOX)
        yield from _banners(look, "u-boot", _UBOOT)
        if _OPKG.fullmatch(look.path):
            yield from _newest(look, b"Package:", b"Installed-Time:")
        elif _APK.fullmatch(look.path):
            yield from _newest(look, b"P:", b"t:")


def _banners(look: Look, subject: str, regex: re.Pattern[bytes]) -> Iterator[Seen]:
    seen: set[str] = set()
    for match in look.matches.get(subject, ()):
        found = regex.match(look.data, match.start())
        date = _date(found) if found else ""
        if found and date and date not in seen:
            seen.add(date)
            yield Seen(BuildDate(subject, date), found.start(), found.end() - found.start())  # type: ignore[arg-type]


def _date(match: re.Match[bytes]) -> str:
    """Give the day as ISO writes it; empty when there is no such day."""
    parts = match.groupdict()
    month = int(parts["number"]) if "number" in parts else _MONTHS.index(parts["month"]) + 1
    try:
        day = datetime.date(int(parts["year"]), month, int(parts["day"]))
    except ValueError:
        return ""
    return day.isoformat() if EARLIEST <= day < LATEST else ""


def _newest(look: Look, name: bytes, field: bytes) -> Iterator[Seen]:
    """Give the newest day of a package database, with the package that it is of."""
    best: tuple[str, int, int, bytes] = ("", 0, 0, b"")
    package = b""
    for offset, line in look.lines(limit=MOST_LINES):
        if line.startswith(name):
            package = line[len(name) :].strip()[:100]
        elif line.startswith(field) and (seconds := re.fullmatch(rb"\s*(\d{9,10})\s*", line[len(field) :])):
            day = datetime.datetime.fromtimestamp(int(seconds[1]), datetime.UTC).date()
            if EARLIEST <= day < LATEST and day.isoformat() > best[0]:
                best = day.isoformat(), offset, len(line), package
    if best[0]:
        yield Seen(BuildDate("package", best[0], printable(best[3])), best[1], best[2])
