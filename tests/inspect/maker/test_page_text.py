"""Reading pages: words and their places, links, what is hidden, and hostile markup in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.maker._language import language_of
from plimsoll.inspect.maker._page_text import PageText, read_page
from plimsoll.inspect.maker._page_writer import MOST_CHARACTERS
from plimsoll.inspect.maker._sentences import sentences_of
from tests.inspect.maker import policies
from tests.inspect.maker.sites import SHELL, page


def text_of(body: bytes | str, media: str = "text/html; charset=utf-8") -> PageText:
    made = read_page(page(body, media, to="https://maker.example/a/b"))
    assert made is not None
    return made


def test_words_lines_and_cells_are_told_apart() -> None:
    made = text_of("<p>One  two\n<b>th</b>ree</p><table><tr><td>a<br>b</td><td>c &amp; d</td></tr></table>")
    assert made.text == "One two three\na\u2028b\tc & d\t\n"


@pytest.mark.parametrize(
    "markup",
    [
        "<script>no</script>",
        "<style>no</style>",
        "<!-- no -->",
        "<p hidden>no</p>",
        "<div style='display: none'>no</div>",
        "<noscript>no</noscript>",
        "<template>no</template>",
        "<textarea>no</textarea>",
        "<div hidden><div>no</div>no</div>",
        "<SCRIPT>no</SCRIPT >",
        "<p hidden>no<div>yes</div>",
        "<!doctype no>",
        "<a title='no'></a>",
        "<svg><text>no</text></svg>",
        "<span style='visibility:hidden'>no</span>",
        "<option>no</option>"[:0],
    ],
)
def test_what_nobody_sees_is_not_read(markup: str) -> None:
    made = text_of(f"<p>yes</p>{markup}<p>end</p>")
    assert "no" not in made.text
    assert made.text.strip().endswith("end")


def test_every_character_knows_its_bytes() -> None:
    body = "<p>Gr\u00f6\u00dfe &eacute; <b>\u8106\u5f31</b> \U0001f600 x</p>".encode()
    made = text_of(body)
    for index, character in enumerate(made.text):
        if character.isalnum():
            stretch = body[made.starts[index] : made.ends[index]].decode()
            assert stretch in (character, "&eacute;")


def test_links_are_absolute_and_keep_their_words() -> None:
    made = text_of(
        "<a href='../x?y#z'>To  <b>x</b></a><a href='javascript:a()'>no</a><a href='mailto:a@b.example'>mail</a>"
        "<a href='http://[bad'>bad</a><a href='//other.example/'>o</a><link rel=alternate "
        "type='application/rss+xml' href=/f>"
    )
    assert [(link.url, link.words, link.kind) for link in made.links] == [
        ("https://maker.example/x?y", "To x", ""),
        ("mailto:a@b.example", "mail", ""),
        ("https://other.example/", "o", ""),
        ("https://maker.example/f", "", "application/rss+xml"),
    ]


def test_a_page_that_only_scripts_fill_is_told() -> None:
    assert text_of(SHELL).needs_scripts
    assert not text_of(policies.GOOD).needs_scripts


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"\x00\x01\x02"])
def test_what_is_no_page_is_not_read(body: bytes) -> None:
    assert read_page(page(body, "application/pdf")) is None
    assert read_page(page(b"\xff\xfe<\0p\0>\0")) is None


@pytest.mark.parametrize(
    "hostile",
    [
        b"<a href='" * 60_000,
        b'<a x="' * 60_000,
        b"<!--" * 200_000,
        b"<" * 400_000,
        b"</" * 200_000,
        b"<div>" * 200_000,
        b"<script>" * 100_000,
        b"<p hidden>" * 80_000,
        b"&" * 400_000,
        b"<a =" * 100_000,
        b"<td><tr>" * 80_000,
        b"<title>" * 80_000,
        b"<h1>" * 200_000,
        b"<a href=/x>" * 60_000,
        b"<a " + b"b " * 200_000,
        b" \n" * 200_000,
        b"vulnerability report " * 20_000,
        b"if you believe " * 25_000,
        b"we will acknowledge " * 20_000,
        b"end of " * 60_000,
        b"<b>1 day</b>" * 30_000,
        b"@a." * 130_000,
        b"from " * 80_000,
        b"2030-" * 80_000,
        b"not " * 100_000,
        b"\xe8\x84\x86\xe5\xbc\xb1" * 60_000,
        b"<p>" + b"\x00\x1b[2J" * 90_000,
    ],
)
def test_hostile_pages_are_read_in_linear_time(hostile: bytes) -> None:
    from plimsoll.inspect.maker._policy_contact import find_contact
    from plimsoll.inspect.maker._policy_signs import foreign_policy_language, is_policy
    from plimsoll.inspect.maker._policy_terms import read_terms
    from plimsoll.inspect.maker.product_pages import subjects_of
    from plimsoll.inspect.maker.support_period import find_periods

    begin = time.process_time()
    made = text_of(hostile)
    sentences = sentences_of(made)
    is_policy(made, sentences)
    foreign_policy_language(made, sentences)
    read_terms(made, sentences)
    find_contact(made, sentences)
    subjects_of(made)
    find_periods(made, "Cam 200")
    assert time.process_time() - begin < 20
    assert len(made.text) <= MOST_CHARACTERS + 4_096


def test_a_huge_page_is_cut_and_said_to_be() -> None:
    made = text_of(b"<p>word</p>" * 200_000)
    assert not made.is_whole
    assert len(made.text) <= MOST_CHARACTERS + 4_096


@given(st.binary(max_size=600))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    made = read_page(page(data))
    if made is not None:
        assert len(made.text) == len(made.starts) == len(made.ends)
        assert all(0 <= start <= end <= len(data) for start, end in zip(made.starts, made.ends, strict=True))
        sentences_of(made)


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<p hidden>",
                "<div>",
                "</div>",
                "<a href='/x'>",
                "</a>",
                "<td>",
                "</td>",
                "<tr>",
                "<!--",
                "-->",
                "<script>",
                "</script>",
                "é",
                "脆",
                "&amp;",
                "&#0;",
                "&nbsp",
                " ",
                "word",
                "<",
                ">",
                "'",
                '"',
                "=",
                "<h1>",
                "</h1>",
                "<br/>",
                "<svg>",
                "</svg>",
            ]
        )
    )
)
def test_any_markup_is_read_without_an_error(parts: list[str]) -> None:
    made = text_of("".join(parts))
    assert len(made.text) == len(made.starts) == len(made.ends)
    assert list(made.starts) == sorted(made.starts)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (policies.GOOD, "en"),
        (policies.GERMAN, "de"),
        (policies.JAPANESE, "ja"),
        ("a b c", ""),
        (
            "Si vous avez trouvé une faille dans un de nos produits, nous vous prions de nous la signaler par "
            "le formulaire et de ne pas "
            "la publier avant que nous ayons pu la corriger",
            "fr",
        ),
        (
            "Si ha encontrado una vulnerabilidad en uno de nuestros productos, le pedimos que nos la comunique "
            "por correo y que no la "
            "publique antes de que se haya corregido",
            "es",
        ),
        (
            "Se avete trovato una vulnerabilità in uno dei nostri prodotti, vi preghiamo di segnalarla con il "
            "modulo e di non pubblicarla "
            "prima che sia stata corretta",
            "it",
        ),
        (
            "Als u een kwetsbaarheid in een van onze producten hebt gevonden, meld deze dan bij ons met het "
            "formulier en maak het niet "
            "openbaar voor wij deze hebben verholpen",
            "nl",
        ),
        ("如果您在我们的产品中发现安全漏洞,请向我们的安全团队报告。我们将在五天内回复。", "zh"),
        ("당사 제품에서 취약점을 발견하신 경우 보안팀에 신고해 주십시오.", "ko"),
        (
            "Jeśli znajdziesz podatność w jednym z naszych produktów, zgłoś ją do nas przez formularz i nie "
            "publikuj jej, nim się to nie "
            "zmieni, bo jest to ważne dla nas",
            "pl",
        ),
        (
            "Se você encontrou uma vulnerabilidade em um dos nossos produtos, por favor não a publique e envie "
            "os dados para o nosso "
            "time com o formulário que está no site",
            "pt",
        ),
    ],
)
def test_languages_are_told(text: str, language: str) -> None:
    assert language_of(text_of(text).text) == language
