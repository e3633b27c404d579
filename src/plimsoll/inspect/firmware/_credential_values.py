"""Tells what a setting's name says about a secret, and a secret from a flag, a prompt or a word to be filled in.

Names and values observed in OpenWrt, hostapd, wpa_supplicant, mosquitto, net-snmp, in the data models TR-098 and TR-181
of the Broadband Forum, and in vendor configuration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from plimsoll.regex import regex

Kind = Literal["password", "passphrase", "token", "community", "pin", "key"]
Role = Literal["accepts", "presents", "unknown"]


class Meaning(msgspec.Struct, frozen=True):
    """What is known of a secret by the name of its setting and the file that it stands in; fields as in Credential."""

    subject: str
    kind: Kind
    role: Role


_KEY = regex(
    rb"(?i:(?:[a-z0-9_.-]{0,90}(?:password|passwd|passphrase|passwort)|"
    rb"(?:[a-z0-9_.-]{0,90}[_.-])?(?:pass|pwd|psk|pin|secret|token|api_?key|access_?key|secret_?key|community|"
    rb"pre_?shared_?key)|wpa_?psk|wpa_?key|(?:[a-z0-9_.-]{0,90}[_.-])?(?:admin|user|root|web|super|ppp|sys)pwd))"
    rb"[0-9]{0,2}\Z|[A-Za-z0-9_.-]{0,90}[a-z0-9](?:Pass|Pwd|Psk|PSK|Pin|PIN|Secret|Token|ApiKey|AccessKey|"
    rb"PreSharedKey|Community)[0-9]{0,2}\Z"
)
_NOT_A_KEY = regex(
    rb"(?i)\A(?:old)?pwd\Z|(?:\A|[_.-])(?:prompt|label|text|title|hint|msg|message|error|confirm|show|need|require|ask|enable|"
    rb"allow|use|has|is|no|min|max|gpio|led|button|csrf|xsrf|next|public|set|change|forgot|reset|wrong|invalid|input|"
    rb"old|new|check|encode|encrypt|hide|with|without|bad|empty)[_.-]?(?:pass\w*|pwd|psk|pin|token)\Z|"
    rb"(?:re|by|com|tres)pass\Z|gpio|[_.-](?:rx|tx|reset|irq|cs|clk)[_.-]?pin\Z"
)
_KINDS: tuple[tuple[Kind, re.Pattern[bytes]], ...] = (
    ("community", regex(rb"(?i)community")),
    ("passphrase", regex(rb"(?i)psk|passphrase|shared_?key")),
    ("token", regex(rb"(?i)token|api_?key|access_?key|secret")),
    ("pin", regex(rb"(?i)pin[0-9]{0,2}\Z")),
)
_SUBJECTS: tuple[tuple[str, Role, bytes], ...] = (
    ("wpa", "presents", rb"wpa_supplicant|wpasupplicant"),
    ("cwmp", "accepts", rb"connection_?req(?:uest)?_?(?:user|pass|pwd)|cpe_?(?:user|pass|pwd)"),
    ("cwmp", "presents", rb"management_?server|acs_?(?:user|pass|pwd)"),
    ("wpa", "accepts", rb"hostapd|wireless|wpa|psk|wlan|wifi|sae_password|keypassphrase"),
    ("wps", "accepts", rb"wps"),
    ("snmp", "accepts", rb"snmp|community"),
    ("mqtt", "presents", rb"mqtt|mosquitto"),
    ("ppp", "presents", rb"ppp|pptp|l2tp"),
    ("proxy", "presents", rb"proxy"),
    ("dyndns", "presents", rb"ddns|dyndns|inadyn|no-?ip"),
    ("smtp", "presents", rb"smtp|msmtp|mail"),
    ("sip", "presents", rb"\bsip|sip_|voip|asterisk"),
    ("cwmp", "unknown", rb"cwmp|tr-?069|acs_|easycwmp"),
    ("ftp", "unknown", rb"ftp"),
    ("samba", "unknown", rb"samba|smb"),
    ("database", "presents", rb"mysql|mariadb|postgres|redis|influx"),
    ("rtsp", "accepts", rb"rtsp|onvif"),
    ("telnet", "accepts", rb"telnet"),
    ("ssh", "unknown", rb"sshd?\b|dropbear"),
    ("bluetooth", "accepts", rb"bluetooth|bluez|\bhci"),
    ("ipsec", "unknown", rb"ipsec|\bike\b|racoon"),
    ("http", "accepts", rb"http|web|cgi|luci|rpcd|admin|gui|sys_?(?:user|pass|pwd)"),
    ("login", "accepts", rb"root|login|superuser|console"),
    ("cloud", "presents", rb"(?:client|app|device|product)_?secret|(?:api|access|secret)_?key"),
)
_SUBJECT_WORDS = tuple((subject, role, regex(words, re.IGNORECASE)) for subject, role, words in _SUBJECTS)
_USER_LIST = regex(
    rb"(?i)(?:\A|[_ .-])(?:accounts?|users?|login|user_?(?:list|info|cfg|table)|login_?cfg|devauthinfo|webuser\w*)\Z|"
    rb"userinfo|usercfg|devauth|logincfg"
)
"""Blocks that hold who may log in to the product, in the settings of makers."""

_CWMP_BLOCKS: Mapping[bytes, Role] = {b"acs": "presents", b"local": "accepts", b"cpe": "accepts"}
"""Sections of the clients of TR-069: what is shown to the management server, and what it must show in turn."""
_USERS_FILES = ("http", "rtsp")
"""Subjects whose files hold who may log in, in blocks that say so."""
_OWN_FILES = ("wpa", "snmp", "wps")
"""Subjects whose files say by their names alone that the product is the one that lets in."""
INNERMOST = 3
"""Blocks around a setting that say what it is for; a block further out says too little."""

_FLAGS = regex(
    rb"(?i)\A(?:[0-9]{1,3}|true|false|yes|no|on|off|none|null|nil|undefined|enabled?|disabled?|optional|required|"
    rb"string|str|text|bool|boolean|int|integer|number|object|array|hidden|input|password:?|passwd|files|compat|db|"
    rb"auto|default|prompt|ask|plain|clear|md5|sha1|sha256|sha512|crypt|wpa|wpa2|wep|readonly|readwrite|"
    rb"x?s?:?(?:string|token|normalizedstring|boolean)|-1)\Z"
)
_PLACEHOLDER = regex(
    rb"(?i)\A(?:[x*.#_?-]{2,}|<[^>]*>|\[[^\]]*\]|\{\{?[^}]*\}?\}|@[a-z0-9_.-]+@|%[^%]*%|.*%[-0-9.]*[sdux]\b.*|"
    rb"\$[({]?[a-z0-9_].*|__?[a-z0-9_]+__?|(?:your|my|the|some)[ _-]?.*(?:pass|pwd|secret|key|token|phrase).*|your.*|"
    rb"change[ _-]?(?:me|it|this).*|(?:to[ _-]?be[ _-]?)?(?:replaced?|filled?).*|(?:enter|insert|put)[ _-].*|todo|tbd|"
    rb"fixme|placeholder|example.*|dummy|redacted|secret[ _-]?(?:here|goes).*|pass(?:word|phrase)?[ _-]?here|"
    rb"(?:ppp(?:oe)?|l2tp|pptp|ddns|wan|isp)[ _-]?(?:pass\w*|pwd))\Z",
    re.DOTALL,
)
_TOKEN = regex(rb"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_.+/=-]{16,200}\Z")
_PIN = regex(rb"[0-9]{4,8}\Z")


def is_secret_name(key: bytes) -> bool:
    """Tell whether a setting of this name holds a secret: the word for one stands at its end."""
    return _KEY.match(key) is not None and _NOT_A_KEY.search(key) is None


def meaning_of(key: bytes, path: bytes, blocks: Sequence[bytes] = ()) -> Meaning:
    """Say what a secret is for, by the name of its setting, else by the blocks around it, else by its file's."""
    kind: Kind = next((kind for kind, words in _KINDS if words.search(key)), "password")
    around = tuple(reversed(blocks[-INNERMOST:]))
    for name in (key, *around):
        for subject, role, words in _SUBJECT_WORDS:
            if words.search(name) and (subject != "login" or name is key):
                return Meaning(subject, _kind(subject, kind), _role(subject, role, path))
    is_user = kind == "password" and any(_USER_LIST.search(one) for one in around)
    place = b"/".join(path.split(b"/")[-2:])
    for subject, role, words in _SUBJECT_WORDS:
        if words.search(place):
            if subject == "cwmp":
                role = next(
                    (_CWMP_BLOCKS[word] for one in around for word in one.split()[:1] if word in _CWMP_BLOCKS), role
                )
            known = role == "presents" or subject in _OWN_FILES or (subject in _USERS_FILES and is_user)
            known = known or subject == "cwmp"
            return Meaning(subject, _kind(subject, kind), role if known else "unknown")
    if is_user:
        return Meaning("http", kind, "accepts")
    return Meaning("", kind, "unknown")


def _kind(subject: str, kind: Kind) -> Kind:
    return "passphrase" if subject == "wpa" else kind


def _role(subject: str, role: Role, path: bytes) -> Role:
    """A passphrase in a file of wpa_supplicant is shown to somebody else's network."""
    return "presents" if subject == "wpa" and b"supplicant" in path else role


def is_secret_value(value: bytes, meaning: Meaning) -> bool:
    """Tell whether a value can be the secret, or a word in its place: no flag, prompt, path, hash or type.

    What is said to be a token must look made by a machine; blanks are for passphrases only.
    """
    if not value or len(value) > 200 or _FLAGS.match(value) or value.startswith((b"/", b"$1$", b"$5$", b"$6$", b"$2")):
        return False
    if is_placeholder(value):
        return True
    if len(value) < 3 or not any(chr(byte).isalnum() for byte in value):
        return False
    if meaning.kind == "token":
        return _TOKEN.match(value) is not None
    if meaning.kind == "pin":
        return _PIN.match(value) is not None
    if meaning.kind == "passphrase" and meaning.subject == "wpa":
        return 8 <= len(value) <= 64
    return len(value) <= 64 and not any(byte <= 0x20 or byte == 0x7F for byte in value)


def is_placeholder(value: bytes) -> bool:
    """Tell whether a word stands for a value that is to be filled in."""
    return _PLACEHOLDER.match(value) is not None
