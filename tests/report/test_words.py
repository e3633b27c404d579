from __future__ import annotations

import pytest

from plimsoll.model.product import WINDOWS, Declaration, Device, FirmwareImage, MakerDomain, Product
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report.visible import say


def test_every_verdict_has_its_word_its_mark_and_its_tone() -> None:
    for table in (words.VERDICTS, words.MARKS, words.TONES):
        assert set(table) == set(Verdict)
    assert len(set(words.MARKS.values())) == len(Verdict)


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (8 << 20, "8.0 MiB"),
        (200 << 30, "200 GiB"),
    ],
)
def test_sizes_have_a_unit(length: int, text: str) -> None:
    assert words.size(length) == text


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.001, "under 1 %"), (0.999, "99 %"), (1, "100 %")])
def test_a_share_is_never_rounded_up(share: float, text: str) -> None:
    assert words.percent(share) == text


def test_one_and_many_have_their_own_words() -> None:
    texts = [say(words.counted(count, "{count} file", "{count} files")) for count in (0, 1, 1204)]
    assert texts == ["0 files", "1 file", "1,204 files"]


def test_every_source_opens_a_window_and_has_words() -> None:
    sources = (
        FirmwareImage("a.bin", "00", 3),
        Device("192.0.2.7"),
        MakerDomain("example.com"),
        Declaration("a.toml", "11"),
    )
    assert tuple(map(words.window_of, sources)) == WINDOWS
    assert [say(words.source(one)) for one in sources] == [
        "a.bin, 3 bytes, sha256 00",
        "the device at 192.0.2.7",
        "the maker's pages at example.com",
        "the declaration a.toml, sha256 11",
    ]


def test_a_product_without_a_name_is_called_by_its_image() -> None:
    image = FirmwareImage("a.bin", "00", 3)
    assert words.product_name(Product("Halyard", "", "1"), (image,)) == "Halyard"
    assert words.product_name(Product(), (image,)) == "a.bin"
    assert words.product_name(Product(), ()) == "A product without a name"


def test_verdicts_are_counted_worst_first() -> None:
    counts = words.summary((Verdict.PASS, Verdict.INCONCLUSIVE, Verdict.FAIL, Verdict.INCONCLUSIVE))
    assert [say(one) for one in counts] == ["1 not met", "2 not shown", "1 met"]
