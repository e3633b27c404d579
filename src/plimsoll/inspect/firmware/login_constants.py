"""Words that stand beside the name of an administrator in a program that asks for a login, and look like a password.

Compilers put constants of one function one after the other, each with a zero behind it: a name and the password that
goes with it are often neighbours. Observed in servers of telnet and web pages of cameras and routers.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._credential_values import Meaning, is_placeholder
from plimsoll.inspect.firmware._secret_seen import seen
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.knowledge import default_passwords
from plimsoll.regex import regex

MOST = 20
"""Most pairs that are recorded of one program."""
SHORTEST_PUBLISHED = 5
"""Characters of a published default that is told from other words of a program."""

_PAIR = regex(
    rb"\x00(admin|Admin|root|administrator|supervisor|superuser|support|telecomadmin|guest|user)\x00{1,8}"
    rb"([\x21-\x7e]{5,24})\x00"
)
_ASKS = regex(
    rb"[Pp]assword: ?\x00|[Ll]ogin: ?\x00|\x00getspnam\x00|\x00crypt\x00|WWW-Authenticate|[Ll]ogin incorrect|"
    rb"\x00login\.cgi|[Ii]nvalid (?:user|password)|[Ll]ogin failed|AUTH_FAIL"
)
"""Signs that a program asks who is there: prompts, the calls that read and check hashes, and HTTP's challenge."""
_NO_PASSWORD = regex(
    rb"(?i)[a-z_]+[0-9]{0,4}\Z|[0-9a-f]+\Z|[0-9.,:+-]+\Z|v?[0-9]+\.[0-9].*|.*(?:sha|md|utf|ipv|aes|des|rsa|eth|wlan|ssl|tls|"
    rb"http|base|ext|crc|hmac|arm|mips|usb|wpa|iso|gb|rc|h26|g7|mp)-?[0-9].*|[a-z0-9]+(?:[_-][a-z0-9]+)+\Z|[A-Z0-9_]+\Z"
)
"""Identifiers, numbers, versions and names of algorithms, which programs are full of."""
_PUBLISHED = frozenset(one.encode("utf-8") for one in default_passwords.load().ordered(()))
_CLEAN = regex(rb"[A-Za-z0-9!@#$^&*+_?~-]{6,20}\Z")


class LoginConstants(Inspector):
    """Records each pair of a name and a word beside it."""

    id = "login-constants"
    title = "Do programs that ask for a login hold a password?"
    what = (
        "Programs with a prompt for a login, with calls that check hashes, or with HTTP's challenge, in which a word "
        "that is a published default password, or looks like no word of programs, stands beside the name of an "
        "administrator."
    )
    limits = (
        "That the two are compared with what somebody types is not seen; most passwords in programs stand elsewhere."
    )
    patterns = (
        Pattern(
            "pair",
            rb"\x00(?:admin|Admin|root|administrator|supervisor|superuser|support|telecomadmin|guest|user)\x00{1,8}"
            rb"[\x21-\x7e]{5,24}\x00",
            (b"dmin", b"root", b"super", b"support", b"guest", b"user"),
            longest=60,
            kinds=("elf", "binary"),
        ),
    )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the pairs of one program that asks for a login."""
        pairs = [one for match in look.matches["pair"] if (one := _PAIR.match(look.data, match.start())) is not None]
        taken = [one for one in pairs if one[2] != one[1] and _is_password(one[2])][:MOST]
        if not taken or is_documentation(look.path) or _ASKS.search(look.data) is None:
            return
        for one in taken:
            yield seen(look, Meaning("login", "password", "accepts"), one[2], one.start(2), one[1], active=True)


def _is_password(word: bytes) -> bool:
    """Tell a published default with a digit or a mark, or a mix of letters and digits, from words of programs."""
    if is_placeholder(word) or b"%" in word:
        return False
    kinds = (any(48 <= one <= 57 for one in word), any(65 <= one <= 90 for one in word),
             any(97 <= one <= 122 for one in word), not word.isalnum())  # fmt: skip
    if len(word) >= SHORTEST_PUBLISHED and word in _PUBLISHED and (kinds[0] or kinds[3]):
        return not word.isdigit() or len(word) >= 6
    return _CLEAN.match(word) is not None and kinds[0] and sum(kinds) >= 3 and _NO_PASSWORD.match(word) is None
