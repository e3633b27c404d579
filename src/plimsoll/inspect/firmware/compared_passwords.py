"""Passwords that sources of the product's own pages and programs compare with what somebody typed.

Forms read: comparisons of PHP, Lua, JavaScript, Python, Perl and the shell, by the operators of each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import Meaning, is_placeholder
from plimsoll.inspect.firmware._secret_seen import is_used, seen
from plimsoll.inspect.firmware._standing import line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.regex import regex

MOST = 50
"""Most comparisons read of one file."""
LARGEST = 2 << 20
"""Bytes of the largest source that is read."""
NEAR = 300
"""Bytes around a comparison in which the user name that goes with it is looked for."""

_SOURCES = regex(rb"(?i)\.(?:php[0-9]?|phtml|inc|lua|lp|cgi|pl|py|js|mjs|cjs|ts|asp|sh|lsp|jst)\Z")
_SCRIPT = regex(rb"\A#![^\n]{0,60}\b(?:ba|a|da|k)?sh\b|\A#![^\n]{0,60}\b(?:php|lua|python|perl|node|haserl)")
_LIBRARIES = regex(
    rb"(?i)(?:\A|/)(?:site-packages|dist-packages|node_modules|third_party|vendor|perl5?|python[0-9.]*|tests?|spec|"
    rb"i18n|lang|locales?|bower_components|jquery[^/]*|lib/lua/[0-9.]+)/|\.min\.js\Z|jquery|bootstrap|angular|"
    rb"validat|strength"
)
_NAME = rb"[A-Za-z0-9_]{0,30}(?:passwd|password|passwort|passphrase|passcode|pwd|pass)[A-Za-z0-9_]{0,8}"
_TYPED = (
    rb"[$@]?(?:[A-Za-z_][\w.>:-]{0,60}[\[(\"'.]{1,3})?"
    + _NAME
    + rb"[\"']?[\])]{0,3}(?:\.value|\.trim\(\)|\.strip\(\)|\.val\(\))?"
)
_WORD = rb"(?:\"([^\"\n\\$`]{3,64})\"|'([^'\n\\]{3,64})')"
_EQUALS = regex(_TYPED + rb"[ \t]*(?:===?|\beq\b|~=|!==?|\bne\b)[ \t]*" + _WORD, re.IGNORECASE)
_REVERSED = regex(_WORD + rb"[ \t]*(?:===?|\beq\b|!==?|\bne\b)[ \t]*" + _TYPED, re.IGNORECASE)
_CALLED = regex(
    rb"\b(?:strcmp|strcasecmp|hash_equals|compare_digest)[ \t]*\([ \t]*" + _TYPED + rb"[ \t]*,[ \t]*" + _WORD,
    re.IGNORECASE,
)
_TESTED = regex(
    rb"(?:\[\[?|\btest)[ \t]+[\"']?x?\$\{?"
    + _NAME
    + rb"\}?[\"']?[ \t]*(?:==?|!=)[ \t]*[\"']?x?([^\s\"'$\]]{3,64})[\"']?[ \t]*(?:\]|;|\Z)",
    re.IGNORECASE,
)
_USER = regex(
    rb"[A-Za-z0-9_\"'$.\[]{0,30}(?:user(?:name)?|login|uname|account)[\"'\])]{0,3}\}?[\"']?[ \t]*"
    rb"(?:===?|=|\beq\b)[ \t]*[\"']([A-Za-z][\w.@-]{1,31})[\"']",
    re.IGNORECASE,
)
_NO_WORD = regex(
    rb"(?i)\A(?:pass(?:word|wd|wort|phrase|code)?|pwd|text|hidden|input|null|undefined|none|true|false|yes|no|on|off|"
    rb"string|object|number|function|boolean|enabled?|disabled?|show|hide|checked|empty|error|success|ok|fail(?:ed)?|"
    rb"new|old|change|reset|required|optional|wpa2?|wep|psk|open|shared|md5|sha\d*|basic|digest|user|username|login|"
    rb"confirm|default|invalid|weak|medium|strong|good|set|unset|n/?a|nil|auto|manual|random|keep)\Z"
)
_TYPE_OF = regex(
    rb"(?i)(?:type|kind|mode|method|id|name|class|action|field|state|status|len|length|strength|hint|err\w*|msg)"
    rb"[\"'\])]{0,3}\Z|typeof\b"
)
_NO_START = regex(rb"[#./<%-]")
_HASH = regex(rb"[0-9a-f]{32}\Z|[0-9a-f]{40}\Z|[0-9a-f]{64}\Z")


class ComparedPasswords(Inspector):
    """Records each constant that a password is compared with."""

    id = "compared-passwords"
    title = "Which passwords are compared with a constant in sources?"
    what = (
        "Comparisons of something called a password with a word that stands in the source: PHP, Lua, JavaScript, "
        "Python, Perl and shell, of pages and programs of the product, not of libraries."
    )
    limits = (
        "That the code is reached and what it opens is not seen; a word that is put together or read from elsewhere is "
        "not found."
    )
    patterns = (
        Pattern(
            "password",
            _NAME
            + rb"[\"'\]\)\.a-z}]{0,14}[ \t]{0,4}(?:[=!~]=|eq |ne |,|=)|[=!]=[ \t]{0,4}[$@]?[A-Za-z_.\[(\"']{0,40}"
            + _NAME,
            (b"pass", b"pwd"),
            longest=140,
            ignore_case=True,
            kinds=("script", "text"),
        ),
    )
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take sources, by name or by their first line."""
        if not look.matches or len(look.data) > LARGEST or _LIBRARIES.search(look.path):
            return False
        return _SOURCES.search(look.path) is not None or _SCRIPT.match(look.data) is not None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the constants of one source."""
        given: set[int] = set()
        for match in look.matches["password"]:
            start, line = line_at(look.data, match.start(), longest=512)
            for offset, word in _words(line, is_shell=_is_shell(look)):
                if start + offset not in given and len(given) < MOST:
                    given.add(start + offset)
                    user = _user(look.data, start + offset)
                    meaning = Meaning("http" if _is_page(look) else "login", "password", "accepts")
                    yield seen(look, meaning, word, start + offset, user, active=is_used(look, start + offset))


def _is_shell(look: Look) -> bool:
    return (
        look.name.endswith(b".sh")
        or re.match(rb"\A#![^\n]{0,60}\b(?:ba|a|da|k)?sh\b|\A#![^\n]{0,60}haserl", look.data) is not None
    )


def _is_page(look: Look) -> bool:
    return (
        re.search(rb"(?i)\.(?:php|lua|lp|cgi|asp|js|jst|lsp)|(?:\A|/)(?:www|web|htdocs|cgi-bin)", look.path) is not None
    )


def _words(line: bytes, *, is_shell: bool) -> Iterator[tuple[int, bytes]]:
    """Give the words of a line that a password is compared with."""
    for form in (_TESTED,) if is_shell else (_EQUALS, _REVERSED, _CALLED):
        for found in form.finditer(line):
            group = next(number for number in range(1, found.re.groups + 1) if found[number] is not None)
            word = found[group]
            compared = line[found.start() : found.start(group)] + line[found.end(group) : found.end()]
            if _is_password(word) and not _TYPE_OF.search(compared.rstrip(b"=!~\"' \t")):
                yield found.start(group), word


def _is_password(word: bytes) -> bool:
    """Tell a password from a state, the name of a field, a message, and a mark that stands for one left as it was."""
    if _NO_WORD.match(word) or is_placeholder(word) or _HASH.match(word):
        return False
    is_mark = not word[:1].isalnum() and not word[-1:].isalnum()
    return not is_mark and _NO_START.match(word) is None and not any(byte <= 0x20 or byte >= 0x7F for byte in word)


def _user(data: bytes, offset: int) -> bytes:
    """Find the user name that is compared nearest to a password."""
    found = [(abs(one.start(1) - offset), one[1]) for one in _USER.finditer(data, max(0, offset - NEAR), offset + NEAR)]
    return min(found, default=(0, b""))[1]
