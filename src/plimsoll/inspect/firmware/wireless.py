"""How the wireless networks that the product opens by itself are protected, as it is shipped.

Forms are in `_wireless_forms`. A file counts as not in use where documentation, examples and backups stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from plimsoll.inspect.firmware import _wireless_forms as forms
from plimsoll.inspect.firmware._setting_files import plain_path
from plimsoll.inspect.firmware._standing import is_documentation, is_read
from plimsoll.inspect.inspector import Cut, Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.message import message
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST = 64
"""Most networks that are recorded of one file."""
MOST_WRITERS = 1_000

_HOSTAPD = regex(rb"(?:\A|/)(?:[\w.-]{0,40}hostapd|ap)[\w.-]{0,40}\.conf\Z")
_UCI = regex(rb"(?:\A|/)etc/config/wireless\Z")
_ELSEWHERE = regex(rb"(?:\A|/)(?:usr/share/(?!hostapd)|www|htdocs|src|tmp|templates?)/")


class _Writer(msgspec.Struct, frozen=True):
    """The name of a file of settings that a script writes to; empty for those of UCI."""

    name: bytes


class Wireless(Inspector):
    """Records each network in access point mode, with the way it is protected."""

    id = "wireless"
    title = "How are the wireless networks of the product protected, as it is shipped?"
    what = (
        "Networks that hostapd.conf, OpenWrt's /etc/config/wireless, and the default settings of products with Ralink, "
        "MediaTek and Broadcom radios open: open, WEP, WPA of the first edition, WPA2 or WPA3, the ciphers, Wi-Fi "
        "Protected Setup and the protection of management frames. Whether a script writes to those files is told too."
    )
    limits = (
        "A network that a program sets up by itself is not seen; of settings that a script writes, those that stand in "
        "it line by line are. Networks that the product joins are left out: they are those of its owner."
    )
    patterns = (
        Pattern("ralink", rb"(?:\A|\n)AuthMode=", (b"AuthMode=",), longest=16, kinds=("text",)),
        Pattern("nvram", rb"wl0?_(?:akm|wep)=", (b"wl0_akm=", b"wl_akm=", b"wl0_wep=", b"wl_wep="), longest=16),
        Pattern(
            "hostapd-writer",
            rb"(?:>|sed +-i|cp |mv )[^\n]{0,120}?hostapd[\w.-]{0,40}\.conf",
            (b"hostapd",),
            longest=256,
            kinds=("script",),
        ),
        Pattern(
            "uci-writer",
            rb"set +wireless\.[^\n]{0,80}?(?:encryption|disabled)|> *[^\n ]{0,20}etc/config/wireless",
            (b"wireless",),
            longest=160,
            kinds=("script",),
        ),
    )
    without_match = ("text",)

    def wants(self, look: Look) -> bool:
        """Take what matched, and files of settings by their path."""
        return bool(look.matches) or (look.kind == "text" and (_is_uci(look) or _is_hostapd(look)))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Keep the networks of one file, and which files a script writes to."""
        for name in ("hostapd-writer", "uci-writer"):
            for match in look.matches.get(name, ())[:MOST_WRITERS]:
                if is_read(look, match.start()):
                    yield _Writer(match[0].rpartition(b"/")[2] if name == "hostapd-writer" else b"")
        if look.kind not in ("text", "script") or is_documentation(look.path):
            return
        found = _networks(look)
        yield from islice(found, MOST)
        if next(found, None) is not None:
            yield Cut(message("more wireless networks in {file} than are recorded", file=look.file.at()))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the networks, now that it is known which files are written to."""
        written = {(one.tree.stem, one.value.name) for one in kept if isinstance(one.value, _Writer)}
        for one in kept:
            if not isinstance(one.value, forms.Network):
                continue
            network = one.value
            name = b"" if network.fact.source == "uci" else one.path.rpartition(b"/")[2]
            rewritten = (one.tree.stem, name) in written
            fact = msgspec.structs.replace(network.fact, rewritten=rewritten)
            yield Observation(fact, one.tree.stem.at(one.path, network.offset, network.length), self.id)


def _is_uci(look: Look) -> bool:
    return look.name == b"wireless" and _UCI.search(look.path) is not None


def _is_hostapd(look: Look) -> bool:
    path = look.path
    if not (b"hostapd" in path or b"ap" in look.name):
        return False
    return _HOSTAPD.search(plain_path(path)) is not None and b"ssid" in look.data[:65536]


def _networks(look: Look) -> Iterator[forms.Network]:
    active = plain_path(look.path) == look.path and _ELSEWHERE.search(look.path) is None
    if _is_uci(look):
        found = forms.uci(look.data)
    elif look.kind == "script":
        found = forms.written_by_script(look.data) if "hostapd-writer" in look.matches else iter(())
    elif _is_hostapd(look):
        found = forms.hostapd(look.data)
    elif "ralink" in look.matches:
        found = forms.ralink(look.data)
    else:
        found = forms.nvram(look.data) if "nvram" in look.matches and look.kind == "text" else iter(())
    for one in found:
        shown = printable(one.fact.name.encode())[: forms.LONGEST_NAME]
        yield msgspec.structs.replace(one, fact=msgspec.structs.replace(one.fact, name=shown, active=active))
