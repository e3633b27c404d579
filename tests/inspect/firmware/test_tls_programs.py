"""What compiled programs ask of a TLS library, in programs of real compilers."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.tls_programs import TlsPrograms
from plimsoll.model.facts import TlsProgram
from tests.firmware import observe
from tests.inspect.compiled import BUILDS, FOLLOWED, program
from tests.inspect.elves import elf

UNCHECKED = """
APART int fetch(const char *u) {
  void *c = curl_easy_init();
  if (!c) return -1;
  curl_easy_setopt(c, 10002, u);
  curl_easy_setopt(c, 64, 0L);
  curl_easy_setopt(c, 81, 0L);
  return curl_easy_perform(c) + 1;
}
int run(void *a, void *b, int n) { return fetch(a); }
"""
PINNED = UNCHECKED.replace("curl_easy_setopt(c, 81, 0L);", 'curl_easy_setopt(c, 10230, "sha256//x");')
TOLD = UNCHECKED.replace("curl_easy_setopt(c, 64, 0L)", "curl_easy_setopt(c, 64, (long) (u != 0))")
LOOSE = UNCHECKED.replace("curl_easy_setopt(c, 64, 0L)", "if (*u) curl_easy_setopt(c, 64, 0L)")
CONNECTS = """
APART int call(void *x) {
  void *c = SSL_CTX_new(TLS_client_method());
  if (!c) return -1;
  SET
  return SSL_connect(SSL_new(c)) + 1;
}
int run(void *a, void *b, int n) { return call(a); }
"""
MBED = """
APART int call(void *c) {
  mbedtls_ssl_config_defaults(c, SIDE, 0, 0);
  mbedtls_ssl_conf_authmode(c, MODE);
  return mbedtls_ssl_handshake(c) + 1;
}
int run(void *a, void *b, int n) { return call(a); }
"""


def facts(build: str, source: str) -> list[TlsProgram]:
    seen = observe(TlsPrograms(), {"usr/bin/agent": program(build, source)})
    return [one.fact for one in seen if isinstance(one.fact, TlsProgram)]


@pytest.mark.parametrize("build", FOLLOWED)
def test_a_client_of_curl_that_never_checks_is_seen(build: str) -> None:
    assert facts(build, UNCHECKED) == [TlsProgram("libcurl", "client", "off", "off", always=True)]


@pytest.mark.parametrize("build", [name for name in BUILDS if name.startswith("x86")])
def test_on_x86_the_constant_is_told_and_the_way_to_it_is_not(build: str) -> None:
    (one,) = facts(build, UNCHECKED)
    assert (one.check in ("off", "unread"), one.always) == (True, False)


@pytest.mark.parametrize("build", ["arm", "thumb-2", "aarch64", "mips", "mipsel"])
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (TOLD, TlsProgram("libcurl", "client", "unread", "off")),
        (LOOSE, TlsProgram("libcurl", "client", "off", "off")),
        (PINNED, TlsProgram("libcurl", "client", "off", "default-on", True, ("CURLOPT_PINNEDPUBLICKEY",))),
        (CONNECTS.replace("SET", ""), TlsProgram("openssl", "client", "default-off")),
        (CONNECTS.replace("SET", "SSL_CTX_set_verify(c, 1, 0);"), TlsProgram("openssl", "client", "on")),
        (
            CONNECTS.replace("SET", "SSL_CTX_set_verify(c, 0, 0); SSL_get_verify_result(c);"),
            TlsProgram("openssl", "client", "off", always=True, own_checks=("SSL_get_verify_result",)),
        ),
        (CONNECTS.replace("SET", "SSL_accept(c);"), TlsProgram("openssl", "both", "default-off")),
        (
            CONNECTS.replace("SET", "").replace("TLS_client", "TLSv1_client"),
            TlsProgram("openssl", "client", "default-off", methods=("TLSv1_client_method",)),
        ),
        (MBED.replace("SIDE", "0").replace("MODE", "0"), TlsProgram("mbedtls", "client", "off", always=True)),
        (MBED.replace("SIDE", "1").replace("MODE", "0"), TlsProgram("mbedtls", "server", "off", always=True)),
        (MBED.replace("SIDE", "0").replace("MODE", "2"), TlsProgram("mbedtls", "client", "on")),
        ("int run(void *a, void *b, int n) { gnutls_init(a, 2); return gnutls_handshake(a); }",
         TlsProgram("gnutls", "client", "default-off")),
    ],
)  # fmt: skip
def test_each_library_is_told_by_its_own_rules(build: str, source: str, expected: TlsProgram) -> None:
    assert facts(build, source) == [expected]


def test_the_call_that_switches_it_off_is_shown() -> None:
    (seen,) = observe(TlsPrograms(), {"usr/bin/agent": program("mips", UNCHECKED)})
    assert "+0x" in seen.where and seen.where.endswith(":4")


def test_names_in_a_text_or_in_a_program_that_does_not_import_them_are_nothing() -> None:
    text = b"\0SSL_connect\0SSL_CTX_set_verify\0"
    files = {"usr/share/doc/ssl": text, "usr/bin/other": elf(imports=[b"puts"], tail=text), "usr/bin/cut": text[:9]}
    assert observe(TlsPrograms(), files) == []


def test_a_program_for_another_machine_gives_no_constants() -> None:
    data = elf(machine=243, bits=64, order="<", imports=[b"SSL_connect", b"SSL_CTX_set_verify"])
    (seen,) = observe(TlsPrograms(), {"usr/bin/agent": data})
    assert seen.fact == TlsProgram("openssl", "client", "unread")


SAYS = b"note: TLS certificate validation not implemented\0"


@pytest.mark.parametrize(
    ("text", "own_checks"),
    [
        (SAYS, ()),
        (SAYS + b"s_client\0-quiet\0", ()),
        (SAYS + b"s_client\0-quiet\0-verify_return_error\0", ("openssl s_client",)),
    ],
)
def test_a_busybox_that_checks_no_certificate_says_so(text: bytes, own_checks: tuple[str, ...]) -> None:
    seen = observe(TlsPrograms(), {"bin/busybox": elf() + b"\0" + text})
    assert [one.fact for one in seen] == [TlsProgram("busybox", "client", "default-off", own_checks=own_checks)]


def test_a_page_that_quotes_what_busybox_says_is_no_program() -> None:
    assert observe(TlsPrograms(), {"usr/share/doc/busybox/README": SAYS}) == []


WITHIN = """
APART void SSL_set_connect_state(void *s) { *(volatile char *) s = 1; }
APART void *SSL_CTX_new(void *m) { return m; }
APART void *TLS_client_method(void) { return (void *) 64; }
APART void SSL_CTX_set_verify(void *c, int m, void *f) { *(volatile int *) c = m; }
APART void *SSL_new(void *c) { return c; }
APART int SSL_connect(void *s) { SSL_set_connect_state(s); return *(volatile char *) s; }
"""
LINKING = ("arm", "thumb-2", "aarch64", "mipsel-stubs", "x86-64-small")


@pytest.mark.parametrize("build", LINKING)
def test_a_library_that_is_linked_in_is_told_by_its_symbols(build: str) -> None:
    off = WITHIN + CONNECTS.replace("SET", "SSL_CTX_set_verify(c, 0, 0);")
    (found,) = facts(build, off)
    assert (found.library, found.role, found.check, found.is_linked_in) == ("openssl", "client", "off", True)
    (found,) = facts(build, WITHIN + CONNECTS.replace("SET", "SSL_CTX_set_verify(c, 1, 0);"))
    assert (found.role, found.check, found.is_linked_in) == ("client", "on", True)


@pytest.mark.parametrize("build", LINKING)
def test_functions_of_a_library_that_nothing_calls_say_nothing(build: str) -> None:
    assert facts(build, WITHIN + "int run(void *a, void *b, int n) { return n; }") == []
