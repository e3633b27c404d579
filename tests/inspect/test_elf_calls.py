"""Constants at calls, in programs of real compilers: what is told is true, and what depends on a condition is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.inspect._elf_calls import Calls
from plimsoll.inspect.elf import MalformedElf, NotElf, read_elf
from tests.inspect.compiled import BUILDS, FOLLOWED, program

NAMES = frozenset((b"curl_easy_setopt", b"curl_easy_perform", b"SSL_CTX_set_verify", b"mbedtls_ssl_conf_authmode"))
STRAIGHT = """
APART int fetch(const char *u, void *f) {
  void *c = curl_easy_init();
  if (!c) return -1;
  curl_easy_setopt(c, 10002, u);
  curl_easy_setopt(c, 64, 0L);
  curl_easy_setopt(c, 81, 2L);
  curl_easy_setopt(c, 20011, f);
  return curl_easy_perform(c) + 1;
}
APART void one(void *x) { SSL_CTX_set_verify(x, 0, 0); curl_easy_init(); }
APART void two(void *x) { SSL_CTX_set_verify(x, 3, 0); curl_easy_init(); }
APART void three(void *x) { mbedtls_ssl_conf_authmode(x, 2); }
int run(void *a, void *b, int n) { fetch(a, b); one(a); two(b); three(a); return 0; }
"""
CHOSEN = """
APART int fetch(const char *u, int check) {
  void *c = curl_easy_init();
  if (!c) return -1;
  curl_easy_setopt(c, 64, check ? 1L : 0L);
  return curl_easy_perform(c) + 1;
}
APART void one(void *x, int check) { SSL_CTX_set_verify(x, check ? 3 : 0, 0); curl_easy_init(); }
APART void two(void *x, int mode) { mbedtls_ssl_conf_authmode(x, mode); curl_easy_init(); }
int run(void *a, void *b, int n) { fetch(a, n); one(a, n); two(a, n); return 0; }
"""
SKIPPED = """
APART int fetch(const char *u, int check) {
  void *c = curl_easy_init();
  if (!check) curl_easy_setopt(c, 64, 0L);
  curl_easy_setopt(c, 10002, u);
  return curl_easy_perform(c) + 1;
}
int run(void *a, void *b, int n) { return fetch(a, n); }
"""


def constants(data: bytes) -> list[tuple[str, int | None, int | None]]:
    calls = Calls(read_elf(data), NAMES)
    return [
        (one.name.decode(), calls.constant(one, 1), calls.constant(one, 2))
        for one in calls.all
        if one.name != b"curl_easy_perform"
    ]


@pytest.mark.parametrize("build", BUILDS)
def test_constants_are_read_as_they_were_written(build: str) -> None:
    found = constants(program(build, STRAIGHT))
    options = [(option, value) for name, option, value in found if name == "curl_easy_setopt"]
    assert options == [(10002, None), (64, 0), (81, 2), (20011, None)]
    assert sorted((name, value) for name, value, _ in found if name != "curl_easy_setopt") == [
        ("SSL_CTX_set_verify", 0), ("SSL_CTX_set_verify", 3), ("mbedtls_ssl_conf_authmode", 2)
    ]  # fmt: skip


@pytest.mark.parametrize("build", BUILDS)
def test_what_depends_on_a_condition_is_not_told(build: str) -> None:
    for name, option, value in constants(program(build, CHOSEN)):
        assert value is None if name == "curl_easy_setopt" else option is None
        assert option in (64, None)


def _always(data: bytes) -> bool:
    calls = Calls(read_elf(data), NAMES)
    off = [one for one in calls.all if one.name == b"curl_easy_setopt" and calls.constant(one, 1) == 64]
    connects = [one for one in calls.all if one.name == b"curl_easy_perform"]
    assert connects
    return all(any(calls.comes_before(one, connect) for one in off) for connect in connects)


@pytest.mark.parametrize("build", FOLLOWED)
def test_a_call_that_every_way_leads_through_comes_before(build: str) -> None:
    assert _always(program(build, STRAIGHT))


@pytest.mark.parametrize("build", BUILDS)
def test_a_call_that_may_be_skipped_does_not(build: str) -> None:
    assert not _always(program(build, SKIPPED))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(("arm", "thumb-2", "aarch64", "mips", "mipsel-stubs", "x86-64", "x86")), st.data())
def test_damaged_programs_raise_nothing(build: str, data: st.DataObject) -> None:
    whole = bytearray(program(build, STRAIGHT))
    for _ in range(8):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        elf = read_elf(cut)
    except (NotElf, MalformedElf):
        return
    calls = Calls(elf, NAMES)
    for one in calls.all:
        calls.constant(one, 1)
        for other in calls.all[:3]:
            calls.comes_before(one, other)
