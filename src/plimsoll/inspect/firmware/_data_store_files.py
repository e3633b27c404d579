"""Where programs keep data of people: by their options and by the settings that name a path or hold the data.

Sources: wpa_supplicant(8), hostapd.conf(5), mosquitto.conf(5), syslogd of busybox, syslog.conf(5), rsyslog.conf(5), the
manuals of motion, BlueZ, ConnMan, NetworkManager, iwd, pppd and Samba, OpenWrt's `etc/config`, and settings of cameras
and recorders as observed.
"""

from __future__ import annotations

import re

import msgspec

from plimsoll.model.facts.privacy import DataKind
from plimsoll.regex import regex


class Option(msgspec.Struct, frozen=True):
    """An option of a command that names a store."""

    program: bytes
    form: re.Pattern[bytes]
    """Its first group is the path."""
    kind: DataKind


class Setting(msgspec.Struct, frozen=True):
    """A setting that names a store."""

    file: re.Pattern[bytes]
    form: re.Pattern[bytes]
    kind: DataKind


_PATH = rb"[\"']?(/[\w./@+-]{2,120})"


def _option(program: bytes, option: bytes, kind: DataKind) -> Option:
    return Option(program, regex(rb"\b" + program + rb"\b[^\n;|&]{0,300}?[ \t]" + option + _PATH), kind)


OPTIONS: tuple[Option, ...] = (
    _option(b"wpa_supplicant", rb"-[A-Zbd-z]{0,6}c[ \t]?", "wifi"),
    _option(b"syslogd", rb"-O[ \t]?", "logs"),
    _option(b"klogd", rb"-f[ \t]?", "logs"),
    _option(b"logread", rb"-F[ \t]?", "logs"),
    _option(b"smbpasswd", rb"-c[ \t]?", "accounts"),
    _option(b"minidlnad?", rb"-R?[ \t]?-d[ \t]?", "recordings"),
    _option(
        b"(?:ffmpeg|gst-launch-1\\.0)", rb"[^\n;|&]{0,400}?(?=/[\w./-]{2,120}\.(?:mp4|mkv|avi|ts|wav)\b)", "recordings"
    ),
    _option(b"arecord", rb"[^\n;|&]{0,200}?(?=/[\w./-]{2,120}\.(?:wav|pcm)\b)", "recordings"),
)


def _setting(file: bytes, form: bytes, kind: DataKind) -> Setting:
    return Setting(regex(file), regex(form), kind)


_SYSLOG = rb"(?m)^[ \t]*[\w.*,;!=]{1,60}[ \t]+-?" + _PATH + rb"[ \t]*$"

SETTINGS: tuple[Setting, ...] = (
    _setting(rb"mosquitto[^/]{0,40}\.conf\Z", rb"(?m)^[ \t]*persistence_location[ \t]+" + _PATH, "messages"),
    _setting(rb"mosquitto[^/]{0,40}\.conf\Z", rb"(?m)^[ \t]*password_file[ \t]+" + _PATH, "accounts"),
    _setting(rb"mosquitto[^/]{0,40}\.conf\Z", rb"(?m)^[ \t]*log_dest[ \t]+file[ \t]+" + _PATH, "logs"),
    _setting(rb"motion[^/]{0,20}\.conf\Z", rb"(?m)^[ \t]*target_dir[ \t]+" + _PATH, "recordings"),
    _setting(rb"(?:\A|/)r?syslog[^/]{0,20}\.conf\Z", _SYSLOG, "logs"),
    _setting(rb"(?:\A|/)etc/config/system\Z", rb"(?m)^[ \t]*option[ \t]+['\"]?log_file['\"]?[ \t]+" + _PATH, "logs"),
    _setting(rb"(?:lighttpd|nginx|httpd|uhttpd|boa)[^/]{0,20}\.conf\Z",
             rb"(?m)^[ \t]*(?:accesslog\.filename[ \t]*=|access_log|AccessLog|CustomLog)[ \t]*" + _PATH, "logs"),
)  # fmt: skip

FOLDER = Setting(
    regex(rb"\.(?:conf|cfg|ini|json|ya?ml|xml|properties|config)\Z|(?:\A|/)etc/config/[^/]{1,60}\Z"),
    regex(
        rb"(?i)(?:record(?:ing)?s?|videos?|snapshots?|capture|clips?|pictures?|photos?|motion)[_.-]?"
        rb"(?:path|dir|directory|folder|location|save_?path)[\"']?[ \t]{0,4}[=:>]?[ \t]{0,4}" + _PATH
    ),
    "recordings",
)
"""What settings of any program say; it is looked for around the names of folders."""


def _file(path: bytes, kind: DataKind, holder: str) -> tuple[re.Pattern[bytes], DataKind, str]:
    return regex(rb"(?:\A|/)(?:" + path + rb")\Z"), kind, holder


FILES: tuple[tuple[re.Pattern[bytes], DataKind, str], ...] = (
    _file(rb"(?<!/system\.d/)wpa_supplicant[^/]{0,40}\.conf", "wifi", "wpa_supplicant"),
    _file(rb"etc/config/wireless", "wifi", "uci"),
    _file(rb"NetworkManager/system-connections/[^/]{1,80}", "wifi", "NetworkManager"),
    _file(rb"connman/[^/]{1,80}/settings", "wifi", "connman"),
    _file(rb"iwd/[^/]{1,80}\.(?:psk|8021x|open)", "wifi", "iwd"),
    _file(rb"nvs\.net80211/sta\.(?:ssid|pswd)", "wifi", "esp-nvs"),
    _file(rb"etc/ppp/(?:chap|pap)-secrets", "accounts", "pppd"),
    _file(rb"(?:samba|private)/(?:passdb|secrets)\.tdb|etc/(?:samba/)?smbpasswd", "accounts", "samba"),
    _file(rb"var/lib/bluetooth/[0-9A-F:]{17}/[0-9A-F:]{17}/info", "keys", "bluetoothd"),
)
"""Files that hold the data themselves."""
SIGN = regex(
    rb"wpa_supplicant|config/wireless|NetworkManager/|connman/|iwd/|nvs\.net80211/|-secrets|\.tdb|smbpasswd|/info"
)
"""One of these stands in the path of each."""

NVRAM = regex(
    rb"\bnvram(?:_get|_set)?[ \t]+(?:(?:get|set)[ \t]+)?(?:(?:2860|rtdev|uboot|inic)[ \t]+)?[\"']?"
    rb"([A-Za-z][\w.:-]{2,40})"
)
NVRAM_KINDS: tuple[tuple[re.Pattern[bytes], DataKind], ...] = (
    (regex(rb"(?i)psk|ssid|wpa_?key|wep_?key|wl\d?_key"), "wifi"),
    (
        regex(rb"(?i)(?:\A|_)(?:login|user(?:name)?|pass(?:wd|word)?|http_passwd|admin\w{0,8})(?:\Z|_|\d)"),
        "accounts",
    ),
    (regex(rb"(?i)token|secret|cloud_?(?:key|id)|ddns_(?:passwd|username)"), "tokens"),
)

COLUMNS: tuple[tuple[DataKind, re.Pattern[str]], ...] = (
    ("wifi", regex(r"(?i)\b\w*(?:ssid|psk|wifi_?(?:name|pass\w*))\w*\b")),
    ("accounts", regex(r"(?i)\b(?:user_?name|password|passwd|pwd_?hash|password_?hash|login)\b")),
    ("contacts", regex(r"(?i)\b(?:e_?mail|phone(?:_?(?:number|no))?|first_?name|last_?name|sur_?name|"
                            r"street|postal_?code|birth_?(?:day|date)|contact(?:_name)?)\b")),
    ("tokens", regex(r"(?i)\b(?:(?:access|refresh|auth|session|push|device)_?token|session_?key|api_?key)\b")),
    ("location", regex(r"(?i)\b(?:lat(?:itude)?|lon(?:g|gitude)?|gps\w{0,10}|home_?location)\b")),
    ("recordings", regex(r"(?i)\b(?:recordings?|snapshot\w{0,6}|(?:video|clip)_?(?:path|file)|face\w{0,10}|"
                              r"fingerprint)\b")),
    ("messages", regex(r"(?i)\b(?:messages?_?(?:body|text)|sms|call_?log|chat)\b")),
)  # fmt: skip
"""What the columns of a table are for, by their names."""
