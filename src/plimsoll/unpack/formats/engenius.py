"""Opens firmware of EnGenius devices, whose content is combined by exclusive or with eight bytes over and over.

Source: the handler for this format in unblob (MIT). All numbers are big-endian.

offset  size  header
4       8     vendor, product
12      20    version, filled up with zeros
32      4     length of the content
40      16    MD5
92      4     12 34 56 78
96      8     domain, `all`
132     4     length of the model
136           model, then content

Where the eight bytes begin is found by what they make of zeros: themselves. Content in which they do not stand is given
as it is. Of what the MD5 is made no source says, so it is not verified.
"""

from __future__ import annotations

import struct

from plimsoll.unpack.format import Container, Decoded, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST, cut_short, read_text
from plimsoll.unpack.limits import Budget

MAGIC = b"\x12\x34\x56\x78all"
KEY = b"\xac\x78\x3c\x9e\xcf\x67\xb3\x59"

_HEADER = struct.Struct(">12x20sI56x4s8s28xI")
_LONGEST_MODEL = 64


def open_engenius(view: View, budget: Budget) -> Container | Decoded:
    """Open the image at the beginning of a view; raise NotThisFormat when its header is not sound."""
    if view.size < _HEADER.size:
        raise NotThisFormat
    version, size, sign, domain, model_length = _HEADER.unpack(view.slice(0, _HEADER.size))
    start = _HEADER.size + model_length
    if sign + domain[:3] != MAGIC or not 0 < model_length <= _LONGEST_MODEL or not 0 < size <= LARGEST:
        raise NotThisFormat
    if start >= view.size:
        raise NotThisFormat
    model, text = read_text(view.read(_HEADER.size, model_length)), read_text(version)
    if not model or not text:
        raise NotThisFormat
    data = view.read(start, min(size, view.size - start))
    budget.take_search(len(data))
    label, problems = f"{model}, version {text}", cut_short(view, start + size)
    phase = data.find(KEY)
    if phase < 0:
        return Container(start + len(data), (Part(start, len(data), "image"),), label, problems)
    budget.take_output(len(data), len(data))
    return Decoded(start + len(data), _combined(data, phase), label, problems)


FORMAT = Format("engenius", "EnGenius firmware", (Magic(MAGIC, 92),), open_engenius)


def _combined(data: bytes, phase: int) -> bytes:
    """Combine data with the eight bytes, of which the first stand at a known offset."""
    turned = -phase % len(KEY)
    stream = (KEY * (len(data) // len(KEY) + 2))[turned : turned + len(data)]
    return (int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")).to_bytes(len(data), "little")
