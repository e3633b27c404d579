"""Tells by its path what a private key is for, and whether it is one that a library of TLS brings for its own tests."""

from __future__ import annotations

from plimsoll.inspect.firmware._standing import in_documentation
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex

_LIBRARY = regex(rb"(?:\A|/)lib(?:mbed|polar|gnutls|wolf|cyassl|crypto|ssl|nettle|axtls|matrixssl|gcrypt)[^/]*\Z")
_PURPOSES = (
    ("ssh-host", regex(rb"(?i)ssh_host|dropbear|hostkey|host_key")),
    ("ssh-client", regex(rb"(?i)(?:\A|/)\.ssh/|(?:\A|/)id_(?:rsa|dsa|ecdsa|ed25519)")),
    ("ca", regex(rb"(?i)(?:\A|[/_.-])(?:root)?ca(?:[_.-]?(?:priv\w*|key))?\.(?:key|pem|der)\Z|cakey")),
    ("signing", regex(rb"(?i)sign|secure_?boot|(?:fw|firmware|image|update|upgrade)[_-]?(?:priv|key)")),
    ("tls-client", regex(rb"(?i)client|mqtt|aws|iot|device[_.-]?(?:key|priv)")),
    ("tls-server", regex(rb"(?i)server|https?|uhttpd|nginx|apache|stunnel|ssl|tls|web|www|onvif|rtsps")),
    ("vpn", regex(rb"(?i)openvpn|ipsec|wireguard|strongswan")),
)  # fmt: skip


def is_in_use(look: Look) -> bool:
    """Tell whether a key may be used where it lies: not one of documentation, or within a library of TLS."""
    return not in_documentation(look) and _LIBRARY.search(look.path) is None


def purpose(path: bytes) -> str:
    """Tell by its path what a key is for; empty when the path says nothing."""
    return next((purpose for purpose, words in _PURPOSES if words.search(path)), "")
