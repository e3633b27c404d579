"""How a text of a declaration is read: what it affirms, sentence by sentence, and what it names.

A sentence that hedges or speaks of the future affirms nothing; one that denies, only in its other parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import msgspec

from plimsoll.knowledge.declared_words import is_unconfirmed, is_vague, says_none
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import Claim

LONGEST_VALUE = 200
"""Characters of a text that are kept as the value of a claim."""

_LONGEST_READ = 4_000
_SENTENCE = re.compile(r"[.;!?\n](?:\s+|$)|\n")
_HEDGED = re.compile(
    r"\b(?:if|unless|except|but|however|although|though|may|might|could|should|would|will|optional(?:ly)?|option"
    r"|opt(?:ed)?[ -]?in|depending|either|some|planned|plans?|future|soon|later version|upcoming|intended|partly"
    r"|partially|mostly|usually|typically|recommended|possible|fallback|falls? back"
    r"|can (?:also )?be (?:set|chosen|enabled|disabled|changed|configured|signed|encrypted|updated|used|installed)"
    r"|(?:when|where) (?:available|supported|possible|enabled|configured|applicable)"
    r"|when the user (?:enables|chooses|wants))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|never|without|un(?:signed|encrypted|protected)|neither|nor|none|isn't|aren't|doesn't|don't|disabled"
    r"|deprecated|legacy|removed)\b",
    re.IGNORECASE,
)

_PROTOCOLS: Mapping[str, re.Pattern[str]] = {
    "ssh": re.compile(r"\bssh\b|\bsftp\b", re.IGNORECASE),
    "telnet": re.compile(r"\btelnet\b", re.IGNORECASE),
    "tftp": re.compile(r"\btftp\b", re.IGNORECASE),
    "ftp": re.compile(r"\bftps?\b", re.IGNORECASE),
    "https": re.compile(r"\bhttps\b", re.IGNORECASE),
    "http": re.compile(r"\bhttp\b|\bweb[ -]?(?:interface|server|ui|page)s?\b", re.IGNORECASE),
    "mqtt": re.compile(r"\bmqtts?\b", re.IGNORECASE),
    "snmp": re.compile(r"\bsnmp(?:v[123]c?)?\b", re.IGNORECASE),
    "upnp": re.compile(r"\b(?:upnp|ssdp|dlna)\b", re.IGNORECASE),
    "rtsp": re.compile(r"\brtsps?\b", re.IGNORECASE),
    "onvif": re.compile(r"\bonvif\b", re.IGNORECASE),
    "smb": re.compile(r"\b(?:smb|cifs|samba)\b", re.IGNORECASE),
    "vnc": re.compile(r"\bvnc\b", re.IGNORECASE),
    "coap": re.compile(r"\bcoaps?\b", re.IGNORECASE),
    "websocket": re.compile(r"\b(?:wss?|websockets?)\b", re.IGNORECASE),
    "uart": re.compile(r"\b(?:uart|jtag|serial (?:console|port|line|interface)|console)\b", re.IGNORECASE),
    "wlan": re.compile(r"\b(?:wi-?fi|wlan|wpa[23]?)\b", re.IGNORECASE),
    "bluetooth": re.compile(r"\b(?:bluetooth|ble)\b", re.IGNORECASE),
    "cloud": re.compile(r"\b(?:cloud|back-?end|update server)\b", re.IGNORECASE),
}
_PORT = re.compile(
    r"\b(tcp|udp)\b[ :/]{0,2}(?:ports? )?(\d{1,5})\b|\b(\d{1,5}) ?[/(] ?(tcp|udp)\b|\bports?[ :]{0,2}(\d{1,5})\b",
    re.IGNORECASE,
)
_HIGHEST_PORT = 65_535


class Found(msgspec.Struct, frozen=True):
    """A claim, and where in the form it stands."""

    claim: Claim
    table: str = ""
    row: int = 0
    field: str = ""
    """Field of the row; empty for the row, or for a row of the ICS."""


def value(text: str) -> str:
    """Give a text as a claim keeps it: one line, cut."""
    return " ".join(text.split())[:LONGEST_VALUE]


def told(row: Mapping[str, str], *fields: str) -> str:
    """Give the texts of some fields that say something and that the maker has confirmed, one sentence after another."""
    texts = [row.get(field, "")[:_LONGEST_READ] for field in fields]
    return ".\n".join(text for text in texts if text and not is_vague(text) and not is_unconfirmed(text))


def affirmed(text: str) -> Iterator[str]:
    """Give the sentences of a text that affirm; of one that also denies, the parts between commas that do not."""
    for sentence in _SENTENCE.split(text[:_LONGEST_READ]):
        if not sentence or not sentence.strip() or _HEDGED.search(sentence):
            continue
        if _DENIED.search(sentence):
            yield from (part for part in sentence.split(",") if not _DENIED.search(part))
        else:
            yield sentence


def rows_of(form: DeclarationForm, table: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the rows of a table that the maker has confirmed and that do not say that there is none."""
    for number, row in enumerate(form.rows(table)):
        if not is_unconfirmed(row.get("Description", "")) and not denies(row):
            yield number, row


def denies(row: Mapping[str, str]) -> bool:
    """Say whether a row says no more than that there is nothing to describe."""
    return says_none(row.get("Description", "")) and all(
        not text or says_none(text) or is_vague(text) for field, text in row.items() if field != "ID"
    )


def interfaces(text: str) -> tuple[str, ...]:
    """Name ports as `tcp/23`, then protocols and other interfaces, each once, in the order of the list of words."""
    ports: dict[str, None] = {}
    for match in _PORT.finditer(text[:_LONGEST_READ]):
        transport = (match[1] or match[4] or "tcp").lower()
        number = int(match[2] or match[3] or match[5])
        if 0 < number <= _HIGHEST_PORT:
            ports[f"{transport}/{number}"] = None
    names = [name for name, pattern in _PROTOCOLS.items() if pattern.search(text[:_LONGEST_READ])]
    return (*ports, *names)
