"""Reads the wireless networks that settings open, in the forms of hostapd, UCI, Ralink's drivers and Broadcom's nvram.

Sources: the annotated hostapd.conf of that project; OpenWrt's description of /etc/config/wireless; names of Ralink's
and Broadcom's settings as observed in routers of several makers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Literal

import msgspec

from plimsoll.inspect.firmware._setting_forms import LONGEST_FILE, bare, lines
from plimsoll.inspect.firmware._uci_sections import Section, sections
from plimsoll.model.facts import WirelessNetwork
from plimsoll.model.facts.exposure import Protection
from plimsoll.regex import regex

LONGEST_NAME = 64
MOST_WRITTEN = 200
"""Most settings that are read of one script."""

_SETTING = regex(rb"[ \t]*([A-Za-z0-9_]{2,40})[ \t]*=[ \t]*([^\n\r]{0,400})")
_CIPHERS = ("tkip", "ccmp", "gcmp")
_WEP = regex(rb"wep_key[0-3]\Z")
_MANAGEMENT: Mapping[bytes, Literal["off", "optional", "required"]] = {b"0": "off", b"1": "optional", b"2": "required"}


class Network(msgspec.Struct, frozen=True):
    """A network, and the bytes that name it."""

    fact: WirelessNetwork
    offset: int
    length: int


def hostapd(data: bytes) -> Iterator[Network]:
    """Read hostapd.conf: one network, and one more after each line that begins with `bss=`."""
    settings: dict[bytes, bytes] = {}
    place = (0, 0)
    for offset, line in lines(data):
        found = _SETTING.match(line)
        if found is None:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == b"bss":
            if b"ssid" in settings:
                yield Network(_of_hostapd(settings), *place)
            settings, place = {}, (0, 0)
        if key in (b"ssid", b"ssid2"):
            place = offset, len(line)
            key = b"ssid"
        settings[key] = value
    if b"ssid" in settings:
        yield Network(_of_hostapd(settings), *place)


_WRITTEN = regex(
    rb"(?m)^[ \t]*(?:echo[ \t]+(?:-[ne]+[ \t]+)?[\"']?)?"
    rb"(interface|ssid|wpa|wpa_key_mgmt|wpa_pairwise|rsn_pairwise|wep_key[0-3]|wps_state|ap_pin|ieee80211w)"
    rb"=([^\n\r\"'>]{0,100})"
)


def written_by_script(data: bytes) -> Iterator[Network]:
    """Read settings of hostapd that a script puts together, line by line; what it sets in two ways is not known."""
    values: dict[bytes, set[bytes]] = {}
    place = (0, 0)
    for found in islice(_WRITTEN.finditer(data[:LONGEST_FILE]), MOST_WRITTEN):
        values.setdefault(found[1], set()).add(found[2].strip())
        if found[1] == b"ssid" and not place[1]:
            place = found.start(1), len(found[0]) - (found.start(1) - found.start())
    if b"interface" in values and b"ssid" in values:
        settings = {key: min(given) for key, given in values.items()}
        fact = _of_hostapd(settings)
        if any(len(given) > 1 for key, given in values.items() if key not in (b"interface", b"ssid")):
            fact = msgspec.structs.replace(fact, protection="unknown", ciphers=(), wps="unknown")
        yield Network(fact, *place)


def _of_hostapd(settings: Mapping[bytes, bytes]) -> WirelessNetwork:
    editions = int(settings.get(b"wpa", b"0")) if settings.get(b"wpa", b"0").isdigit() else -1
    kinds = settings.get(b"wpa_key_mgmt", b"WPA-PSK").upper()
    pairwise = settings.get(b"wpa_pairwise", b"TKIP" if editions & 1 else b"")
    ciphers = (pairwise + b" " + settings.get(b"rsn_pairwise", b"")).lower() if editions > 0 else b""
    protection: Protection = "unknown"
    if editions == 0:
        protection = "wep" if any(_WEP.match(key) for key in settings) else "open"
        if settings.get(b"ieee8021x", b"0") == b"1" or settings.get(b"osen", b"0") == b"1":
            protection = "unknown"
    elif editions > 0:
        protection = _edition(editions, kinds)
    state = settings.get(b"wps_state", b"0")
    return WirelessNetwork(
        source="hostapd",
        name=bare(settings[b"ssid"]).decode("latin-1"),
        protection=protection,
        ciphers=tuple(name for name in _CIPHERS if name.encode() in ciphers),
        wps=_wps(state != b"0", has_pin=b"ap_pin" in settings and settings.get(b"ap_setup_locked", b"0") == b"0"),
        management_frames=_MANAGEMENT.get(settings.get(b"ieee80211w", b"0"), "unknown"),
    )


def _edition(editions: int, kinds: bytes) -> Protection:
    """Read hostapd's `wpa`, of which bit 0 is the first edition and bit 1 the later ones."""
    if editions & 1:
        return "wpa-wpa2" if editions & 2 else "wpa"
    if b"OWE" in kinds:
        return "owe"
    if b"SAE" in kinds or b"SUITE-B-192" in kinds:
        return "wpa2-wpa3" if b"PSK" in kinds.replace(b"FT-", b"WPA-") or b"WPA-EAP " in kinds + b" " else "wpa3"
    return "wpa2"


def _wps(on: bool, *, has_pin: bool) -> Literal["off", "on", "pin"]:
    if not on:
        return "off"
    return "pin" if has_pin else "on"


_UCI: tuple[tuple[re.Pattern[bytes], Protection], ...] = (
    (regex(rb"(?:none|)\Z"), "open"),
    (regex(rb"owe"), "owe"),
    (regex(rb"wep"), "wep"),
    (regex(rb"sae-mixed|wpa3-mixed"), "wpa2-wpa3"),
    (regex(rb"sae|wpa3"), "wpa3"),
    (regex(rb"psk-mixed|wpa-mixed|mixed-(?:psk|wpa)"), "wpa-wpa2"),
    (regex(rb"psk2|wpa2"), "wpa2"),
    (regex(rb"psk|wpa"), "wpa"),
)


def uci(data: bytes) -> Iterator[Network]:
    """Read the sections `wifi-iface` of access points; a network is off when it or its radio is."""
    found = list(sections(data))
    off = {one.name for one in found if one.kind == b"wifi-device" and _is_on(one, b"disabled")}
    for one in found:
        if one.kind == b"wifi-iface" and one.get(b"mode").lower() == b"ap" and b"ssid" in one.options:
            yield Network(_of_uci(one, off), one.offset, one.length)


def _of_uci(section: Section, off: set[bytes]) -> WirelessNetwork:
    encryption = section.get(b"encryption").lower()
    protection: Protection = next((name for sign, name in _UCI if sign.match(encryption)), "unknown")
    named = tuple(name for name in _CIPHERS if name in encryption.decode("latin-1").replace("aes", "ccmp"))
    if not named and protection in ("wpa", "wpa-wpa2", "wpa2", "wpa2-wpa3", "wpa3"):
        named = ("ccmp",)
    return WirelessNetwork(
        source="uci",
        name=section.get(b"ssid").decode("latin-1"),
        protection=protection,
        ciphers=named,
        wps=_wps(
            _is_on(section, b"wps_pushbutton") or _is_on(section, b"wps_label"), has_pin=bool(section.get(b"wps_pin"))
        ),
        management_frames=_MANAGEMENT.get(section.get(b"ieee80211w"), "unknown"),
        enabled=not _is_on(section, b"disabled") and section.get(b"device") not in off,
    )


def _is_on(section: Section, key: bytes) -> bool:
    return key in section.options and not section.is_off(key)


_RALINK: Mapping[bytes, Protection] = {
    b"OPEN": "open", b"SHARED": "wep", b"WEPAUTO": "wep", b"WPAPSK": "wpa", b"WPA": "wpa", b"WPA2PSK": "wpa2",
    b"WPA2": "wpa2", b"WPAPSKWPA2PSK": "wpa-wpa2", b"WPA1WPA2": "wpa-wpa2", b"WPA3PSK": "wpa3", b"OWE": "owe",
    b"WPA2PSKWPA3PSK": "wpa2-wpa3",
}  # fmt: skip


def ralink(data: bytes) -> Iterator[Network]:
    """Read `AuthMode=` and `EncrypType=`, each with a value for each network between semicolons."""
    found = _flat(data)
    if "ssid1" not in {key.decode() for key in found} and b"ssid" not in found:
        return
    modes = found[b"authmode"][0].split(b";") if b"authmode" in found else []
    types = found[b"encryptype"][0].split(b";") if b"encryptype" in found else []
    count = found.get(b"bssidnum", (b"1", 0, 0))[0]
    wps = found.get(b"wscconfmode", (b"", 0, 0))[0].split(b";")
    for number, mode in enumerate(modes[: int(count) if count.isdigit() and len(count) < 3 else 1]):
        name, _, _ = found.get(b"ssid%d" % (number + 1), found.get(b"ssid", (b"", 0, 0)))
        cipher = (types[number] if number < len(types) else b"").strip().upper()
        protection = _RALINK.get(mode.strip().upper(), "unknown")
        if protection == "open" and cipher != b"NONE":
            protection = "wep" if cipher == b"WEP" else "unknown"
        setup = wps[number].strip() if number < len(wps) else b""
        ciphers = tuple(one for one, sign in (("tkip", b"TKIP"), ("ccmp", b"AES")) if sign in cipher)
        fact = WirelessNetwork(
            "ralink",
            name.decode("latin-1"),
            protection,
            ciphers,
            "unknown" if not setup else _wps(setup != b"0", has_pin=False),
        )
        yield Network(fact, *found[b"authmode"][1:])


def nvram(data: bytes) -> Iterator[Network]:
    """Read Broadcom's `wl0_akm=psk2`, `wl0_wep=enabled`, `wl0_crypto=tkip+aes` and their kin for each radio."""
    found = _flat(data)
    for radio in (b"wl", b"wl0", b"wl1", b"wl2"):
        name = found.get(radio + b"_ssid")
        if name is None:
            continue
        akm = found.get(radio + b"_akm", (b"", 0, 0))[0].lower().split()
        cipher = found.get(radio + b"_crypto", (b"", 0, 0))[0].lower()
        wep = found.get(radio + b"_wep", (b"", 0, 0))[0].lower()
        setup = found.get(radio + b"_wps_mode", (b"", 0, 0))[0].lower()
        fact = WirelessNetwork(
            source="nvram",
            name=name[0].decode("latin-1"),
            protection=_of_nvram(akm, is_wep=wep in (b"enabled", b"on", b"1"), is_told=radio + b"_akm" in found),
            ciphers=tuple(one for one, sign in (("tkip", b"tkip"), ("ccmp", b"aes")) if sign in cipher) if akm else (),
            wps="unknown" if not setup else _wps(setup == b"enabled", has_pin=False),
            enabled=found.get(radio + b"_radio", (b"1", 0, 0))[0] != b"0",
        )
        yield Network(fact, *name[1:])


def _of_nvram(akm: list[bytes], *, is_wep: bool, is_told: bool) -> Protection:
    first, later = any(one in (b"psk", b"wpa") for one in akm), any(one in (b"psk2", b"wpa2") for one in akm)
    if b"sae" in akm:
        return "wpa2-wpa3" if later else "wpa3"
    if first or later:
        return "wpa-wpa2" if first and later else "wpa2" if later else "wpa"
    if is_wep:
        return "wep"
    return "open" if is_told and not akm else "unknown"


def _flat(data: bytes) -> dict[bytes, tuple[bytes, int, int]]:
    """Give each setting once, the last one, with where it stands."""
    found: dict[bytes, tuple[bytes, int, int]] = {}
    for offset, line in lines(data[:LONGEST_FILE]):
        match = _SETTING.match(line)
        if match is not None:
            found[match[1].lower()] = bare(match[2]), offset, len(line)
    return found
