"""Reads settings that hold a secret, in the forms that configuration is written in, with the user name beside it.

Forms read: `key=value`, `key: value`, JSON, XML with the value as text or as an attribute, UCI of OpenWrt, and answers
for debconf.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from plimsoll.inspect.firmware._account_stores import store_of
from plimsoll.inspect.firmware._credential_values import is_secret_name, is_secret_value, meaning_of
from plimsoll.inspect.firmware._redaction import redacted
from plimsoll.inspect.firmware._secret_seen import is_used, seen
from plimsoll.inspect.firmware._setting_context import block_at
from plimsoll.inspect.firmware._standing import line_at
from plimsoll.inspect.inspector import Look, Seen
from plimsoll.regex import regex

REACH = 512
"""Bytes of a line that are read to each side of a name: a line may be a whole file."""

_SETTINGS = regex(
    rb"(?i)\.(?:conf|cfg|ini|json|xml|config|cnf|properties|ya?ml|env|defaults?|nvram|toml|dat|sh|rc|settings)\Z|"
    rb"(?:\A|/)(?:etc(?:[_.-][a-z]+)?|config|nvram|uci-defaults|init\.d)/[^.]+\Z|nvram|(?:\A|/)default[^/.]*\Z"
)
_NOT_SETTINGS = regex(
    rb"(?i)(?:\A|/)(?:i18n|l10n|langs?|languages?|locales?|translations?|nls|po|pam\.d|bash-completion|zsh|menu\.d|"
    rb"acl\.d|schemas?|yang|datamodels?|wsdl|mibs?)/|"
    rb"(?:\A|/)(?:nsswitch\.conf|login\.defs|openssl\.cnf|services|package(?:-lock)?\.json)\Z|"
    rb"(?:lang|locale|strings|messages|schema|wsdl|xsd|dtd)[^/]*\.(?:json|xml|ini|properties|ya?ml)\Z|"
    rb"[._-][a-z]{2}[_-][A-Z]{2}\."
)
_SCHEMA = regex(
    rb"(?i)<!DOCTYPE[^>]{0,80}\[|<(?:xsd?:)?schema\b|<wsdl:|\"\$schema\"\s*:|<dm:document|<TS\b|<resources>|<xliff"
)
"""The beginning of a file that describes settings or words of pages, and holds no values."""
_SHELL = regex(rb"\A#![^\n]{0,60}(?:/|\b)(?:ba|a|da|k)?sh\b|\A#![^\n]{0,60}/etc/rc\.common")

_VALUE = rb"(?:\"([^\"\n]{0,200})\"|'([^'\n]{0,200})'|(<[^<>\n]{1,60}>|[^\s\"',;<>]{1,200}))"
_ASSIGNED = regex(rb"(?<![A-Za-z0-9_.\-])([A-Za-z0-9_.\-]{1,100})[\"']?[ \t]{0,4}[=:][ \t]{0,4}" + _VALUE)
_ELEMENT = regex(rb"<([A-Za-z0-9_.:\-]{1,60})(?:\s[^<>]{0,100})?>([^<>\n]{1,200})</")
_ATTRIBUTE = regex(rb"(?i)(?:name|key|id)=\"([A-Za-z0-9_.\-]{1,100})\"\s+(?:[a-z]{1,12}=\"[^\"\n]{0,40}\"\s+)?"
                        rb"(?:value|val|default)=\"([^\"\n]{1,200})\"")  # fmt: skip
_VALUED = regex(rb"<([A-Za-z0-9_.:\-]{1,60})\s+val(?:ue)?=(?:\"([^\"<>\n]{1,200})\"|([^\s\"<>/]{1,200}))")
_OPTION = regex(rb"\s*(?:option|list)\s+[\"']?([A-Za-z0-9_]{1,60})[\"']?\s+" + _VALUE)
_DEBCONF = regex(
    rb"(?:\A|[\s\"'])([a-z][a-z0-9.-]{0,40}/[a-z-]{0,20}password)(?:-again)?[\"']?[ \t]+[\"']?password[\"']?[ \t]+"
    + _VALUE
)
_FIELD = regex(rb"[?&'\"]([A-Za-z0-9_.\-]{1,60})=([^&\s\"'$`;|<>]{1,200})")
"""A field of a form, as commands send them: with others, parted by `&`."""
_FORMS = (_OPTION, _VALUED, _ELEMENT, _ATTRIBUTE, _ASSIGNED, _DEBCONF)
_BESIDE = (_OPTION, _VALUED, _ELEMENT, _ATTRIBUTE, _ASSIGNED)
_STEM = regex(rb"(?i)_?(?:pass(?:word|wd|phrase)?|pwd|secret|key|psk|[rw]\w{0,4}community)[0-9]{0,2}\Z")
_USER = regex(rb"(?i)(?:user(?:_?name)?|log_?in(?:_?name)?|account|name|uid|id)(?:[0-9]{1,2})?\Z")
_NETWORK = regex(rb"(?i)[a-z0-9_.]{0,40}ssid[0-9]{0,2}\Z")
_OFF = regex(
    rb"(?im)^[ \t]*option[ \t]+(?:[\"']?(?:enabled?|state)[\"']?[ \t]+[\"']?(?:0|off|no|false|disabled)\b|"
    rb"[\"']?disabled[\"']?[ \t]+[\"']?(?:1|on|yes|true)\b)|"
    rb"\b(?:state|enabled?|active)=[\"'](?:disabled?|off|0|false|no)[\"']|"
    rb"<(?:enabled?|state|active)>(?:0|off|false|no|disabled?)</"
)
_JOINS = regex(rb"(?im)^[ \t]*option[ \t]+[\"']?mode[\"']?[ \t]+[\"']?(?:sta|wds-sta|client)\b|\bsta_?ssid\b|"
                    rb"^[ \t]*network=\{(?![^}]*\bmode=2\b)")  # fmt: skip
_OPENS = regex(rb"(?im)^[ \t]*option[ \t]+[\"']?mode[\"']?[ \t]+[\"']?ap\b|^[ \t]*network=\{[^}]*\bmode=2\b")
_NO_CIPHER = regex(
    rb"(?im)^[ \t]*option[ \t]+[\"']?encryption[\"']?[ \t]+[\"']?none\b|^[ \t]*AuthMode=(?:OPEN|SHARED)?;?[ \t]*\r?$|"
    rb"^[ \t]*wpa=0[ \t]*\r?$"
)
_REFERENCE = regex(rb"\$p\$[a-z_][a-z0-9_-]{0,31}\Z")
"""Says in rpcd's settings of OpenWrt that the password is that of an account of the system."""


def is_settings(look: Look) -> bool:
    """Tell whether `key=value` is a setting in this file: not in sources of pages, translations and account stores."""
    if look.kind == "script":
        return _SHELL.match(look.data) is not None
    if _NOT_SETTINGS.search(look.path) or store_of(look.path) is not None:
        return False
    name = look.path.removesuffix(b".example").removesuffix(b".sample")
    return _SETTINGS.search(name) is not None and _SCHEMA.search(look.data, 0, 600) is None


def read_setting(look: Look, match: re.Match[bytes]) -> Iterator[Seen]:
    """Read the setting that the match is the name of, in any of the forms."""
    start, line = line_at(look.data, match.start(), longest=REACH)
    for form in (_FIELD, *_FORMS) if look.kind == "script" else _FORMS:
        for found in form.finditer(line):
            if found.start() <= match.end() - 1 - start < found.end() and _names(look, found[1]):
                yield from _value(look, found, start)
                return


def _names(look: Look, key: bytes) -> bool:
    return is_secret_name(key.rpartition(b"/")[2]) or (
        key in (b"key", b"key1") and look.path.endswith(b"config/wireless")
    )


def _value(look: Look, found: re.Match[bytes], start: int) -> Iterator[Seen]:
    group = next(number for number in range(2, found.re.groups + 1) if found[number] is not None)
    value, offset = found[group], start + found.start(group)
    blocks, begin, end = block_at(look, offset)
    meaning = meaning_of(found[1], look.path, blocks)
    is_variable = _is_shell(look) and (b"$" in value or b"`" in value)
    is_word = not is_variable and is_secret_value(value, meaning) and value.lower() != found[1].lower()
    if not is_word or _is_prose(found, group) or _REFERENCE.match(value):
        return
    if meaning.subject == "wpa":
        yield _wireless(look, found[1], value, offset, (begin, end))
        return
    account = user_beside(look, found[1], start, (begin, end) if blocks else None)
    yield seen(
        look, meaning, value, offset, account, active=is_used(look, offset) and not is_switched_off(look, begin, end)
    )


def _is_shell(look: Look) -> bool:
    return look.kind == "script" or look.name.endswith(b".sh") or b"init.d/" in look.path


def _is_prose(found: re.Match[bytes], group: int) -> bool:
    """Tell whether a bare value is the first word of a sentence: a word follows that is no setting of its own."""
    rest = found.string[found.end() :].split(maxsplit=1)[:1]
    is_bare = found.re.pattern == _ASSIGNED.pattern and group == found.re.groups
    return is_bare and bool(rest) and rest[0][:1].isalnum() and b"=" not in rest[0]


def is_switched_off(look: Look, begin: int, end: int) -> bool:
    """Tell whether the block of a setting is switched off by one of its own."""
    stretch = look.data[begin:end]
    return _OFF.search(stretch) is not None


def _wireless(look: Look, key: bytes, value: bytes, offset: int, block: tuple[int, int]) -> Seen:
    """Give a passphrase of a wireless network with its name; the mode of its block says who shows it to whom."""
    stretch = look.data[block[0] : block[1]]
    meaning = meaning_of(key, look.path)
    if meaning.subject != "wpa":
        meaning = meaning_of(b"wpa_psk", look.path)
    if _JOINS.search(stretch):
        meaning = type(meaning)("wpa", meaning.kind, "presents")
    elif _OPENS.search(stretch):
        meaning = type(meaning)("wpa", meaning.kind, "accepts")
    number = re.search(rb"[0-9]*\Z", key)
    suffix = number[0] if number else b""
    near = _names_near(look, block, lambda name: _NETWORK.match(name) is not None and name.endswith(suffix), offset)
    network = near if near else _names_near(look, block, lambda name: _NETWORK.match(name) is not None, offset)
    if meaning.role == "presents":
        network = redacted(network).encode()  # It is that of somebody's home.
    off = is_switched_off(look, *block) or _NO_CIPHER.search(stretch) is not None
    return seen(look, meaning, value, offset, network, active=is_used(look, offset) and not off)


def user_beside(look: Look, key: bytes, start: int, block: tuple[int, int] | None) -> bytes:
    """Find the user name that goes with a password: a setting near it whose name begins alike."""
    stem = _STEM.sub(b"", key)
    if stem == key:
        return b""
    before = look.data.rfind(b"\n", max(0, start - 200), max(0, start - 1))
    stretch = block or (max(before, 0), start + 300)
    folded = stem.lower()

    def goes_with(name: bytes) -> bool:
        rest = name[len(stem) :].lstrip(b"_-.")
        return name.lower().startswith(folded) and _USER.match(rest) is not None

    return _names_near(look, stretch, goes_with, start)


def _names_near(look: Look, stretch: tuple[int, int], is_meant: Callable[[bytes], bool], offset: int) -> bytes:
    """Give the value of the nearest setting in a stretch whose name is meant."""
    # In markup `name="..."` names a setting, save among the attributes of one tag.
    is_markup = look.data[:256].lstrip()[:1] == b"<" and b">" in look.data[slice(*stretch)]
    found = [
        (abs(one.start() - offset), next(filter(None, one.groups()[1:]), b""))
        for form in (_BESIDE[:-1] if is_markup else _BESIDE)
        for one in form.finditer(look.data, *stretch)
        if is_meant(one[1])
    ]
    return min(found, default=(0, b""))[1].partition(b"&")[0]
