"""Whether compiled programs have the certificate of their peer checked, by the TLS functions that they call.

Names, defaults and constants are those of the manuals of OpenSSL, wolfSSL, Mbed TLS, GnuTLS and libcurl. A client of
OpenSSL or GnuTLS checks nothing unless it asks for it; one of wolfSSL, Mbed TLS or libcurl checks unless it is told not
to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal

import msgspec

from plimsoll.inspect._elf_calls import Call, Calls
from plimsoll.inspect.elf import Elf, MalformedElf, NotElf, read_elf
from plimsoll.inspect.inspector import Cut, Inspector, Look, Pattern, Seen
from plimsoll.model.facts.tls import PeerCheck, TlsLibrary, TlsProgram
from plimsoll.model.message import message

LARGEST = 64 << 20
"""Bytes of the largest program that is looked at."""


class _Library(msgspec.Struct, frozen=True):
    """What the functions of a TLS library are for."""

    name: TlsLibrary
    setters: dict[bytes, int]
    """Functions that set the check, with the number of the argument that says how."""
    is_on: bool
    """Whether a client checks when nothing sets it."""
    connects: frozenset[bytes]
    """Functions that make or use a connection, before which the check must be set."""
    client: frozenset[bytes]
    server: frozenset[bytes]
    own: frozenset[bytes]
    """Functions by which a program may check by itself, or that use a shared key in place of certificates."""
    methods: frozenset[bytes] = frozenset()
    """Functions that fix the version."""
    negotiates: frozenset[bytes] = frozenset()


def _names(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


_OPENSSL_OWN = """
SSL_get_verify_result SSL_CTX_set_cert_verify_callback SSL_get_peer_certificate SSL_get1_peer_certificate
SSL_get0_peer_certificate SSL_get_peer_cert_chain X509_verify_cert SSL_CTX_dane_enable SSL_dane_enable
SSL_CTX_set_psk_client_callback SSL_set_psk_client_callback SSL_CTX_use_psk_identity_hint SSL_CTX_set_custom_verify
SSL_set_custom_verify SSL_CTX_set_srp_username SSL_CTX_set_psk_use_session_callback SSL_CTX_set1_param SSL_set1_param
SSL_get_peer_certificate_chain
"""
_WOLFSSL_OWN = "wolfSSL_get_verify_result wolfSSL_get_peer_certificate wolfSSL_CTX_set_psk_client_callback"
_LIBRARIES = (
    _Library(
        "openssl", {b"SSL_CTX_set_verify": 1, b"SSL_set_verify": 1}, False, _names("SSL_connect SSL_do_handshake"),
        _names("SSL_connect SSL_set_connect_state BIO_new_ssl_connect"), _names("SSL_accept SSL_set_accept_state"),
        _names(_OPENSSL_OWN),
        _names("SSLv2_client_method SSLv3_client_method TLSv1_client_method TLSv1_1_client_method SSLv3_method "
               "TLSv1_method TLSv1_1_method SSLv2_method SSLv3_server_method TLSv1_server_method "
               "TLSv1_1_server_method SSLv2_server_method"),
        _names("TLS_method TLS_client_method TLS_server_method SSLv23_method SSLv23_client_method "
               "SSLv23_server_method TLSv1_2_method TLSv1_2_client_method TLSv1_2_server_method DTLS_method "
               "DTLS_client_method DTLSv1_client_method DTLSv1_method DTLSv1_2_client_method DTLSv1_2_method"),
    ),
    *(
        _Library(
            "wolfssl", {p + b"_CTX_set_verify": 1, p + b"_set_verify": 1}, True, frozenset((p + b"_connect",)),
            frozenset((p + b"_connect",)), frozenset((p + b"_accept",)),
            frozenset(p + name.removeprefix(b"wolfSSL") for name in _names(_WOLFSSL_OWN)),
        )
        for p in (b"wolfSSL", b"CyaSSL")
    ),
    _Library(
        "mbedtls", {b"mbedtls_ssl_conf_authmode": 1}, True, _names("mbedtls_ssl_handshake mbedtls_ssl_setup"),
        frozenset(), frozenset(),
        _names("mbedtls_ssl_get_verify_result mbedtls_ssl_conf_verify mbedtls_x509_crt_verify "
               "mbedtls_x509_crt_verify_with_profile mbedtls_ssl_get_peer_cert mbedtls_ssl_conf_psk"),
    ),
    _Library(
        "gnutls", {}, False, _names("gnutls_handshake"), frozenset(), frozenset(),
        _names("gnutls_certificate_verify_peers gnutls_certificate_verify_peers2 gnutls_certificate_verify_peers3 "
               "gnutls_session_set_verify_cert gnutls_session_set_verify_cert2 gnutls_session_set_verify_function "
               "gnutls_certificate_set_verify_function gnutls_certificate_get_peers gnutls_x509_crt_list_verify "
               "gnutls_x509_trust_list_verify_crt gnutls_psk_set_client_credentials "
               "gnutls_psk_allocate_client_credentials gnutls_anon_allocate_client_credentials "
               "gnutls_srp_allocate_client_credentials"),
    ),
    _Library(
        "libcurl", {}, True, _names("curl_easy_perform curl_multi_add_handle"), _names("curl_easy_setopt"),
        frozenset(), frozenset(),
    ),
)  # fmt: skip

_Role = Literal["client", "server", "both", "unknown"]
_ROLES: dict[bytes, tuple[int, dict[int, _Role]]] = {
    b"mbedtls_ssl_config_defaults": (1, {0: "client", 1: "server"}),
    b"gnutls_init": (1, {2: "client", 1: "server"}),
}
"""Functions whose argument says which side is taken."""
_VERIFY_PEER, _VERIFY_HOST = 64, 81
_OWN_OPTIONS = {20108: "CURLOPT_SSL_CTX_FUNCTION", 10230: "CURLOPT_PINNEDPUBLICKEY"}
_OWN_TLS = rb"TLS certificate validation not implemented"
"""What BusyBox prints when its own TLS is used."""
_SIGNS = sorted({name for one in _LIBRARIES for name in (*one.setters, *one.client, *one.connects)} | set(_ROLES))
_CALLED = frozenset(_SIGNS)
_CALLED_WITHIN = _names(
    "SSL_set_connect_state SSL_set_accept_state SSL_do_handshake X509_verify_cert SSL_CTX_set1_param"
)
"""Functions that OpenSSL calls itself: of a copy that is linked in, a call of them says nothing of the program."""
_LINKED = (
    frozenset(_ROLES)
    | {name for one in _LIBRARIES for name in (*one.setters, *one.connects, *one.client, *one.server, *one.own)}
    - _CALLED_WITHIN
)


class TlsPrograms(Inspector):
    """Records each program and library that makes or takes TLS connections by a shared library of TLS."""

    id = "tls-programs"
    title = "Do compiled programs have the certificate of their peer checked?"
    what = (
        "Programs and libraries that load OpenSSL, wolfSSL, Mbed TLS, GnuTLS or libcurl: whether they connect or "
        "accept, and with which constant they call the functions that set the check of the peer's certificate and of "
        "its name, on ARM, AArch64, MIPS, x86 and x86-64; and functions that fix the version of TLS. A BusyBox "
        "that says its own TLS checks no certificate."
    )
    limits = (
        "A TLS library that is linked in is seen only where the symbols of its functions were left in. A constant is "
        "told only where it is put in place right before the call; whether the call is reached is told only within one "
        "function."
    )
    patterns = (
        Pattern("own-tls", _OWN_TLS, (_OWN_TLS,), longest=64, kinds=("elf",)),
        Pattern(
            "function", rb"\x00(?:" + b"|".join(_SIGNS) + rb")\x00", tuple(_SIGNS), longest=64, kinds=("elf",)
        ),
    )  # fmt: skip

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give one fact for each TLS library that a program calls."""
        if len(look.data) > LARGEST:
            yield Cut(message("a program of more than {most} bytes", most=LARGEST))
            return
        try:
            elf = read_elf(look.data)
        except (NotElf, MalformedElf):
            return
        if elf.kind not in ("program", "library"):
            return
        if own := look.matches.get("own-tls"):
            yield _busybox(look.data, own[0])
        if "function" not in look.matches:
            return
        program = _Program(elf)
        for library in _LIBRARIES:
            seen = program.describe(library)
            if seen is not None:
                yield seen
        if program.is_cut:
            yield Cut(message("too much code in {file}", file=look.file.at()))


def _busybox(data: bytes, says: re.Match[bytes]) -> Seen:
    """Give a BusyBox that says its own TLS checks nothing; where it can, it hands the connection to openssl."""
    hands_over = b"\0s_client\0" in data and b"\0-verify_return_error\0" in data
    fact = TlsProgram("busybox", "client", "default-off", own_checks=("openssl s_client",) if hands_over else ())
    return Seen(fact, says.start(), len(says[0]))


class _Program:
    """The calls of one program."""

    def __init__(self, elf: Elf) -> None:
        self._elf = elf
        self.imported = elf.imported
        """Functions of the libraries that it calls."""
        self.is_linked_in = elf.kind == "program" and _CALLED.isdisjoint(self.imported)
        if self.is_linked_in:
            self.imported = frozenset(one.name for one in self._calls.all)

    @cached_property
    def _calls(self) -> Calls:
        if self.is_linked_in:
            return Calls(self._elf, _LINKED, are_linked_in=True)
        return Calls(self._elf, _CALLED & self.imported)

    @property
    def is_cut(self) -> bool:
        """Whether not all of its code was looked through."""
        return "_calls" in self.__dict__ and self._calls.is_cut

    def of(self, names: Iterable[bytes]) -> list[Call]:
        """Give the calls of some functions."""
        wanted = frozenset(names)
        return [one for one in self._calls.all if one.name in wanted] if wanted & self.imported else []

    def describe(self, library: _Library) -> Seen | None:
        """Give what the program asks of a library; nothing when it makes no connections with it."""
        role = self._role(library)
        if role is None:
            return None
        if library.name == "libcurl":
            return self._libcurl(library)
        calls = self.of(library.setters)
        said = [(one, self._calls.constant(one, library.setters[one.name])) for one in calls]
        check = _check([value for _, value in said], library.is_on)
        if not calls and not library.setters.keys().isdisjoint(self.imported):
            check = "unread"
        fact = TlsProgram(
            library.name,
            role,
            check,
            always=self._is_always([one for one, value in said if value == 0], library),
            own_checks=_text(library.own & self.imported),
            is_linked_in=self.is_linked_in,
            methods=() if library.negotiates & self.imported else _text(library.methods & self.imported),
        )
        return _seen(fact, [one for one, value in said if value == 0])

    def _role(self, library: _Library) -> _Role | None:
        """Say which side it takes; None when it makes no connections with this library."""
        sides: set[_Role] = set()
        if library.client & self.imported:
            sides.add("client")
        if library.server & self.imported:
            sides.add("server")
        for name, (argument, meanings) in _ROLES.items():
            if name in self.imported and name.startswith(library.name.encode()):
                values = [self._calls.constant(one, argument) for one in self.of((name,))]
                sides |= {meanings.get(-1 if value is None else value, "unknown") for value in values} or {"unknown"}
        if not sides:
            return None
        return "unknown" if "unknown" in sides else "both" if len(sides) > 1 else sides.pop()

    def _is_always(self, off: Sequence[Call], library: _Library) -> bool:
        connects = self.of(library.connects)
        return bool(off and connects) and all(
            any(self._calls.comes_before(one, connect) for one in off) for connect in connects
        )

    def _libcurl(self, library: _Library) -> Seen:
        calls = self.of((b"curl_easy_setopt",))
        options = [(one, self._calls.constant(one, 1)) for one in calls]
        peer = [(one, self._calls.constant(one, 2)) for one, option in options if option == _VERIFY_PEER]
        host = [self._calls.constant(one, 2) for one, option in options if option == _VERIFY_HOST]
        is_read = bool(options) and all(option is not None for _, option in options)
        own = tuple(sorted({_OWN_OPTIONS[option] for _, option in options if option in _OWN_OPTIONS}))
        off = [one for one, value in peer if value == 0]
        fact = TlsProgram(
            "libcurl",
            "client",
            _check([value for _, value in peer], True) if is_read else "unread",
            _check(host, True) if is_read else "unread",
            self._is_always(off, library),
            own,
            self.is_linked_in,
        )
        return _seen(fact, off)


def _check(values: Sequence[int | None], is_on: bool) -> PeerCheck:
    if not values:
        return "default-on" if is_on else "default-off"
    if None in values:
        return "unread"
    if all(value == 0 for value in values):
        return "off"
    return "on" if all(values) else "mixed"


def _text(names: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(sorted(name.decode("ascii") for name in names))


def _seen(fact: TlsProgram, off: Sequence[Call]) -> Seen:
    """Show the first call that switches the check off; the whole file when there is none."""
    return Seen(fact, off[0].offset, off[0].size) if off else Seen(fact)
