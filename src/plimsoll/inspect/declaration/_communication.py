"""Claims on communication: table 11 (how it is secured), tables 28, 15 and 13 (what is offered).

The value of a claim on one mechanism names the interfaces it is for; without any, the claim would be on all there are,
and is made only where the text says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.inspect.declaration._reading import Found, affirmed, interfaces, rows_of, told, value
from plimsoll.model.declaration import DeclarationForm
from plimsoll.model.facts import Claim
from plimsoll.model.facts.claim import Statement

_MECHANISMS = "11-SecComMech"
_OFFERED = ("28-LogIntf", "15-PhyIntf", "13-SoftServ")
_ALL = re.compile(
    r"\b(?:all|any|every|each|the (?:entire|whole))\b.{0,40}\b(?:communications?|traffic|connections?)\b(.*)",
    re.IGNORECASE | re.DOTALL,
)
_SECURED = re.compile(
    r"\b(?:over|via|through|with|to|on)\W+(?:a secure\w* |an encrypted )?(?:channels?\b|v?1\.|[\W\d]*$)", re.IGNORECASE
)
_PARTNER = re.compile(r"\b(?:with|to|towards|between|from|over|via|on|through)\b", re.IGNORECASE)
_ENCRYPTED = re.compile(
    r"\b(?:tls|dtls|https|mqtts|ssh|encrypt(?:ed|s|ion)|aes|chacha20|wireguard|ipsec)\b", re.IGNORECASE
)
_TLS = re.compile(r"\b(?:d?tls|ssl)[ _]?v?\.? ?1\.([0-3])\b(?:(?:,| and| or|/) ?v?1\.([0-3])\b)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s,;()]+")
_DISABLED = re.compile(
    r"\s*(?:is |are )?(?:(?:permanently |always )?(?:disabled|deactivated|closed|off|switched off|turned off|removed)"
    r"|not (?:enabled|active))(?: (?:by default|at the factory|in production))?\s*\.?\s*",
    re.IGNORECASE,
)


def claims(form: DeclarationForm) -> Iterator[Found]:
    """Give the claims on mechanisms, then those on interfaces."""
    rows = [row for table in ("28-LogIntf", "15-PhyIntf") for row in form.rows(table)]
    described = {row["ID"]: told(row, "Description") for row in rows if row.get("ID")}
    for number, row in rows_of(form, _MECHANISMS):
        yield from _mechanism(number, row, described)
    for table in _OFFERED:
        for number, row in rows_of(form, table):
            yield from _interface(table, number, row)


def claims_on_all(text: str) -> Iterator[tuple[Statement, str]]:
    """Give what a text says of all communication, with the value of the claim.

    `All communication with the cloud` is all that there is with the cloud; with whom nobody could tell makes no claim.
    """
    said: dict[str, list[str]] = {}
    for sentence in affirmed(text):
        if (match := _ALL.search(sentence)) and _ENCRYPTED.search(sentence) and (scope := _scope_of_all(match[1])):
            said.setdefault(scope, []).append(sentence)
    for scope, sentences in said.items():
        yield "encrypted-communication", scope
        if version := _lowest(sentences):
            yield "tls-minimum", f"TLS {version}, {scope}"


def _scope_of_all(rest: str) -> str:
    """Read from what follows the word communication whether all there is is meant, or all over some interfaces."""
    rest = _ENCRYPTED.sub(" ", rest)
    named = interfaces(rest)
    return " ".join(named) if named or _PARTNER.search(_SECURED.sub(" ", rest)) else "all communication"


def _mechanism(number: int, row: dict[str, str], described: Mapping[str, str]) -> Iterator[Found]:
    text = told(row, "Description", "Cryptographic Details", "Security Guarantees")
    made = list(claims_on_all(text))
    scope = _secured(interfaces(_scope(row, described)))
    if not made and scope:
        said = list(affirmed(text))
        if any(_ENCRYPTED.search(sentence) for sentence in said):
            made.append(("encrypted-communication", " ".join(scope)))
            if version := _lowest(said):
                made.append(("tls-minimum", f"TLS {version}, {' '.join(scope)}"))
    for statement, words in made:
        yield _found(statement, "5.5-1", _MECHANISMS, number, row, words)


def _scope(row: dict[str, str], described: Mapping[str, str]) -> str:
    """Give the texts that tell what a mechanism is for: its own, and those of the interfaces that it names."""
    named = [described[word] for word in dict.fromkeys(_WORD.findall(row.get("Interface", ""))) if word in described]
    return "\n".join([told(row, "Description", "Interface"), *named])


def _secured(names: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the plain name of a protocol whose encrypted form is named."""
    return tuple(name for name in names if name != "http" or "https" not in names)


def _lowest(said: list[str]) -> str:
    """Give the lowest version of TLS that is affirmed, such as 1.2; nothing where none is."""
    minors = [int(one) for text in said for match in _TLS.finditer(text) for one in match.groups() if one]
    return f"1.{min(minors)}" if minors else ""


def _interface(table: str, number: int, row: dict[str, str]) -> Iterator[Found]:
    text = told(row, "Description")
    names = interfaces(f"{text}\n{row.get('ID', '')}")
    words = " ".join(names) or value(text)
    if words:
        off = ", disabled" if _DISABLED.fullmatch(row.get("Status", "")) else ""
        yield _found("interface", "5.6-1", table, number, row, words + off)


def _found(statement: Statement, provision: str, table: str, number: int, row: dict[str, str], words: str) -> Found:
    return Found(Claim(statement, provision, table, value(row.get("ID", "")), words), table, number)
