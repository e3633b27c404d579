"""Tells by their first bytes what contents are that no format takes: text, programs, kernels, media.

Pictures, sound and video are dense by nature: no reason to think of encryption.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

PADDING_BYTES = 4096
"""Shortest run of 00 or FF inside an unknown stretch that counts as padding."""

BLOB_BYTES = 1 << 16
"""Shortest file of a tree that is searched for formats at any offset, and told when it looks encrypted."""

_TOLD_BYTES = 1 << 20
_RUNS = {byte: bytes([byte]) * (PADDING_BYTES // 2) for byte in (0x00, 0xFF)}
_RECOGNISED = re.compile(rb"\A\x7fELF|Linux version \d|U-Boot (?:SPL )?\d{1,4}\.\d[^\0\n]{0,60}\([A-Z][a-z]{2} \d")
"""A program, a kernel, or the boot loader U-Boot with the date that it was built on."""
_TEXT = bytes({9, 10, 12, 13} | set(range(0x20, 0x7F)))
_SIGNS: tuple[tuple[int, bytes], ...] = (
    (0, b"\xff\xd8\xff"),  # JPEG
    (0, b"\x89PNG\r\n\x1a\n"),
    (0, b"GIF8"),
    (0, b"RIFF"),  # WebP, WAVE, AVI
    (0, b"ID3"),  # MP3 with tags
    (0, b"OggS"),
    (0, b"fLaC"),
    (0, b"\x1aE\xdf\xa3"),  # Matroska, WebM
    (0, b"wOFF"),
    (0, b"wOF2"),
    (0, b"%PDF-"),
    (0, b"#!AMR"),
    (0, b"FLV\x01"),
    (0, b"MThd"),
    (4, b"ftyp"),  # MP4, HEIC, M4A
)


def padding_runs(
    data: memoryview, start: int, end: int, on_read: Callable[[int], None] = lambda size: None
) -> Iterator[tuple[int, int]]:
    """Give where runs of 00 or FF of PADDING_BYTES and more begin and end in [start, end), in order.

    A run of that length covers a whole half of it that begins at a multiple of the half, so only those are compared.
    `on_read` is told how many bytes were gone through, a mebibyte at a time.
    """
    half = PADDING_BYTES // 2
    position = start
    for probe in range(-(-start // half) * half, end - half + 1, half):
        if probe % _TOLD_BYTES == 0:
            on_read(_TOLD_BYTES)
        if probe < position or data[probe] not in (0x00, 0xFF):
            continue
        pattern = _RUNS[data[probe]]
        if data[probe : probe + half] != pattern:
            continue
        first, last = _edges(data, probe, pattern, position, end)
        if last - first >= PADDING_BYTES:
            yield first, last
            position = last


def _edges(data: memoryview, probe: int, pattern: bytes, start: int, end: int) -> tuple[int, int]:
    """Widen a run of one byte to where it begins and ends."""
    half, filler = len(pattern), pattern[:1]
    last = probe + half
    while data[last : min(last + half, end)] == pattern:
        last += half
    rest = bytes(data[last : min(last + half, end)])
    last += len(rest) - len(rest.lstrip(filler))
    before = bytes(data[max(start, probe - half) : probe])
    return probe - (len(before) - len(before.rstrip(filler))), last


def is_recognised(data: bytes) -> bool:
    """Tell whether the payload of a stream is something known although no format takes it: text, programs, kernels."""
    return _RECOGNISED.search(data) is not None or is_text(data)


def is_text(data: bytes) -> bool:
    """Tell whether the first 4 KiB are printable ASCII."""
    return not data[:4096].translate(None, _TEXT)


def is_blob(data: bytes) -> bool:
    """Tell whether a file is neither program nor text nor media, and long enough to hide something."""
    return len(data) >= BLOB_BYTES and not (data.startswith(b"\x7fELF") or is_text(data) or is_media(data))


def is_media(data: bytes) -> bool:
    """Tell whether a file begins like a picture, sound, video, font or page."""
    return any(data[at : at + len(sign)] == sign for at, sign in _SIGNS) or _is_mpeg_frame(data[:4])


def _is_mpeg_frame(head: bytes) -> bool:
    """Tell an MP3 without tags: eleven bits of sync, then a version, layer, bit rate and sample rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    version, layer, bit_rate, sample_rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return version != 1 and layer != 0 and bit_rate not in (0, 15) and sample_rate != 3
