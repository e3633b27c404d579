"""X.509 certificates: whose, until when, with what key, and whether they are one's own or a store of authorities."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.inspect.firmware._certificate_forms import der_sequences, read_certificate
from plimsoll.inspect.firmware._pem import block_body, find_block
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.regex import regex

MOST = 500
"""Most certificates read of one file."""
BUNDLE = 8
"""A file with so many certificates is a store: a chain has two to four."""
LARGEST_BINARY = 1 << 20

_NAME = regex(rb"(?i)\.(?:crt|cer|cert|der|pem|cacert)\Z")
_STORE = regex(
    rb"(?i)(?:\A|/)etc/ssl/certs/|(?:\A|/)share/ca-certificates/|/cacerts?/|(?:\A|/)etc/pki/|ca-bundle|ca-certificates|"
    rb"(?:\A|/)cacert\.pem\Z"
)


class Certificates(Inspector):
    """Records each certificate, parsed, once per place."""

    id = "certificates"
    title = "Which certificates does the product carry?"
    what = (
        "X.509 certificates in PEM, in files and as text within programs and scripts, and in DER in files that are "
        "named so: subject, issuer, dates, key, signature; and whether they lie in a store of trusted authorities."
    )
    limits = "Certificates in a form of the maker's own are not seen; those in key stores are told by key-stores."
    patterns = (
        Pattern(
            "pem", rb"-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----", (b"CERTIFICATE-----",), longest=48
        ),
    )  # fmt: skip

    def wants(self, look: Look) -> bool:
        """Take files in which a certificate begins, and DER files by name."""
        return bool(look.matches) or _is_der(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the certificates of one file."""
        blocks = list(_der(look) if _is_der(look) else _pem(look))
        bundle = len(blocks) >= BUNDLE or _STORE.search(look.path) is not None
        for offset, length, der in blocks:
            fact = read_certificate(der, bundle)
            if fact is not None:
                yield Seen(fact, offset, length)


def _is_der(look: Look) -> bool:
    fits = look.kind == "binary" and len(look.data) <= LARGEST_BINARY and look.data[0] == 0x30
    return fits and _NAME.search(look.name) is not None


def _der(look: Look) -> Iterator[tuple[int, int, bytes]]:
    for offset, der in der_sequences(look.data, MOST):
        yield offset, len(der), der


def _pem(look: Look) -> Iterator[tuple[int, int, bytes]]:
    for match in look.matches.get("pem", ())[:MOST]:
        label = match[0][11:-5]
        block = find_block(look.data, match.start(), label)
        body = block_body(block) if block else None
        if block and body:
            der = next((der for _, der in der_sequences(body, 1)), body)
            yield match.start(), len(block), der
