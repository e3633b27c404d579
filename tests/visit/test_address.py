import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.visit._address import Forbidden, is_public, join, parse_address


def canonical(url: str, *, any_port: bool = False) -> str:
    return parse_address(url, any_port=any_port, longest=2048).url


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "127.0.0.1", "127.8.8.8", "0.0.0.0",
        "0.1.2.3", "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1",
        "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
        "255.255.255.255", "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1",
        "fd12:3456::1", "ff02::1", "ff0e::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1",
        "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "2001:0:808:808::1", "64:ff9b::10.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b:1::8.8.8.8", "100::1", "localhost", "", "127.1", "1.1.1.1.",
        "2001:4:112::1", "3fff::1",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet_is_told(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8"]
)
def test_a_public_address_is_told(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Maker.Example", "https://maker.example/"),
        ("https://maker.example:443/a#b", "https://maker.example/a"),
        ("http://maker.example:80/?q=1", "http://maker.example/?q=1"),
        ("https://maker.example./a b", "https://maker.example/a%20b"),
        ("https://m\u00fcller.example/\u00fc?\u00fc", "https://xn--mller-kva.example/%C3%BC?%C3%BC"),
        ("https://[2606:4700:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://maker.example/a%2Fb%zz", "https://maker.example/a%2Fb%zz"),
        ("https://maker.example/\r\nX: y", "https://maker.example/X:%20y"),
    ],
)
def test_an_address_is_written_in_one_way(url: str, expected: str) -> None:
    assert canonical(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "ftp://maker.example/", "file:///etc/passwd", "javascript:alert(1)", "/security", "", "https://", "https:///x",
        "https://user@maker.example/", "https://user:secret@maker.example/", "https://maker.example\\@other.example/",
        "https://maker.example:8443/", "https://maker.example:80/", "http://maker.example:443/", "https://maker.example:0/",
        "https://maker.example:x/", "https://maker.example:99999/", "https://[::/", "https://[fe80::1%25eth0]/",
        "https://[v1.a]/", "https://[::1", "https://::1/",
        "https://-a.example/", "https://a..b/", "https://ma ker.example/", "https://%6d.example/", "https://\ud800.example/",
        "https://maker.example/" + "a" * 3000, "https://" + "a" * 64 + ".example/",
    ],
)  # fmt: skip
def test_what_is_not_asked_for_is_forbidden(url: str) -> None:
    with pytest.raises(Forbidden):
        canonical(url)


def test_a_high_port_is_kept_where_any_port_may_be_asked() -> None:
    assert canonical("https://maker.example:8443/", any_port=True) == "https://maker.example:8443/"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/b?c", "https://maker.example/b?c"),
        ("b", "https://maker.example/a/b"),
        ("//other.example/", "https://other.example/"),
        ("http://maker.example/", "http://maker.example/"),
        ("/sécurité".encode().decode("latin-1"), "https://maker.example/sécurité"),
        ("//[::", "//[::"),
    ],
)
def test_a_location_is_read_from_where_it_was_given(location: str, expected: str) -> None:
    base = parse_address("https://maker.example/a/", any_port=False, longest=2048)
    assert join(base, location) == expected


@given(st.one_of(st.text(), st.text().map("https://".__add__), st.text().map("https://maker.example/".__add__)))
def test_any_text_is_an_address_of_plain_characters_or_forbidden(url: str) -> None:
    try:
        address = parse_address(url, any_port=False, longest=2048)
    except Forbidden:
        return
    assert address.url.isascii()
    assert address.url.isprintable()
    assert " " not in address.url
    assert canonical(address.url) == address.url or len(address.url) > 2048
