"""Reads the fields of a security.txt file and names what RFC 9116 does not allow.

Written from RFC 9116, sections 2 to 5, RFC 3339 for times, RFC 5646 for the form of language tags, RFC 4880 section 7
for the form of a clear-signed message, and the registry of fields for `CSAF`.
"""

from __future__ import annotations

import datetime
import re

import msgspec

MOST_LINES = 2_000

_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,100})([ \t]*):([ \t]*)(.*)", re.DOTALL)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")
_URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,30}:[^\s]+")
_MAIL = re.compile(r"mailto:[^@\s]{1,200}@[^@\s]{1,200}", re.IGNORECASE)
_TAG = re.compile(r"(?:\*|[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{1,8}){0,4})")
_SIGNED_HEAD = b"-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = b"-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = b"-----END PGP SIGNATURE-----"
_URI_FIELDS = frozenset(["acknowledgments", "canonical", "contact", "csaf", "encryption", "hiring", "policy"])
_CONTACT_SCHEMES = ("mailto", "https", "tel")


class Field(msgspec.Struct, frozen=True):
    """One field of the file."""

    name: str
    """Lower case."""
    value: str
    offset: int
    """Of its line in the body."""
    length: int


class SecurityTxtFile(msgspec.Struct, frozen=True):
    """The fields of a file and its faults."""

    fields: tuple[Field, ...]
    signed: bool
    faults: tuple[str, ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Give the values of a field, in their order."""
        return tuple(field.value for field in self.fields if field.name == name)


def parse_security_txt(body: bytes) -> SecurityTxtFile:
    """Read a file; never raises. Faults of the whole file are those that its bytes show, sorted."""
    faults: set[str] = set()
    if body.startswith(b"\xef\xbb\xbf"):
        faults.add("byte-order-mark")
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        faults.add("not-utf-8")
    if body and not body.endswith(b"\n"):
        faults.add("no-line-end")
    signed, start, end = _message(body, faults)
    fields = tuple(_fields(body, start, end, faults))
    if not fields:
        faults.add("no-field")
    for field in fields:
        _check(field, faults)
    _check_counts(fields, faults)
    return SecurityTxtFile(fields, signed, tuple(sorted(faults)))


def parse_time(text: str) -> datetime.datetime | None:
    """Read a time of RFC 3339; None when it is none."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        return None
    zone = "+00:00" if match[4] in "Zz" else match[4]
    try:
        return datetime.datetime.fromisoformat(f"{match[1]}T{match[2].replace(':60', ':59')}{zone}")
    except ValueError:
        return None


def looks_like_file(body: bytes) -> bool:
    """Whether a body is a file of fields and no page: one field that RFC 9116 names, and no markup."""
    head = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<", b"{", b"[")) or b"<html" in head:
        return False
    return re.search(rb"(?im)^(?:contact|expires|policy|canonical|encryption)[ \t]*:", body[:65_536]) is not None


def _message(body: bytes, faults: set[str]) -> tuple[bool, int, int]:
    """Find the signed part; whether the file has the form of a clear-signed message."""
    head = body.find(_SIGNED_HEAD)
    if head < 0:
        if _SIGNATURE in body:
            faults.add("broken-signature-form")
        return False, 0, len(body)
    if body[:head].strip(b"\xef\xbb\xbf \t\r\n"):
        faults.add("text-outside-signature")
    blank = re.compile(rb"\r?\n[ \t]*\r?\n").search(body, head, head + 4096)
    signature = body.find(_SIGNATURE, head)
    last = body.find(_SIGNATURE_END, signature) if signature >= 0 else -1
    if blank is None or last < 0 or signature < blank.end():
        faults.add("broken-signature-form")
        return False, blank.end() if blank else head, signature if signature >= 0 else len(body)
    if body[last + len(_SIGNATURE_END) :].strip():
        faults.add("text-outside-signature")
    return True, blank.end(), signature


def _fields(body: bytes, start: int, end: int, faults: set[str]) -> list[Field]:
    found: list[Field] = []
    offset = start
    for line in body[start:end].split(b"\n")[:MOST_LINES]:
        bare = line.rstrip(b"\r")
        text = bare.removeprefix(b"\xef\xbb\xbf").removeprefix(b"- ").strip(b" \t")
        if text and not text.startswith(b"#"):
            match = _FIELD.fullmatch(text)
            if match is None:
                faults.add("line-is-no-field")
            else:
                if match[2]:
                    faults.add("space-before-colon")
                if not match[3]:
                    faults.add("no-space-after-colon")
                value = match[4][:2048].decode("utf-8", "replace").strip()
                found.append(Field(match[1].decode("ascii").lower(), value, offset, len(bare)))
        offset += len(line) + 1
    return found


def _check(field: Field, faults: set[str]) -> None:
    name, value = field.name, field.value
    if not value:
        faults.add(f"{name}-is-empty" if name in _URI_FIELDS else "empty-field")
    elif name in _URI_FIELDS:
        if not _URI.fullmatch(value):
            faults.add(f"{name}-is-no-uri")
        elif value.lower().startswith("http:"):
            faults.add(f"{name}-over-http")
        elif name == "contact" and not is_usable_contact(value):
            faults.add("contact-scheme-not-known")
        elif name == "csaf" and not value.lower().endswith("/provider-metadata.json"):
            faults.add("csaf-is-no-provider-metadata")
    elif name == "preferred-languages" and not all(_TAG.fullmatch(tag) for tag in languages_of(value)):
        faults.add("unreadable-preferred-languages")
    elif name == "expires" and parse_time(value) is None:
        faults.add("unreadable-expires")


def _check_counts(fields: tuple[Field, ...], faults: set[str]) -> None:
    names = [field.name for field in fields]
    if "contact" not in names:
        faults.add("no-contact")
    if "expires" not in names:
        faults.add("no-expires")
    if names.count("expires") > 1:
        faults.add("several-expires")
    if names.count("preferred-languages") > 1:
        faults.add("several-preferred-languages")


def is_usable_contact(value: str) -> bool:
    """Whether a contact can be used as written: a mail address, a web address over TLS, or a telephone number."""
    scheme = value.partition(":")[0].lower()
    return scheme in _CONTACT_SCHEMES and (scheme != "mailto" or _MAIL.match(value) is not None)


def languages_of(value: str) -> list[str]:
    """Split a list of languages."""
    return [tag.strip() for tag in value.split(",")][:50]
