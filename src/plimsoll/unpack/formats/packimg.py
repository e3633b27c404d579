"""Opens the tag PackImg, which stands before the root file system of D-Link's routers and others.

Source: the structure and signature in binwalk 3 and the magic file of binwalk 2 (MIT).

offset  size  tag
0       12    --PaCkImGs--
16      4     length of what follows the tag, in the order of bytes of the processor: of two readings the smaller
32            image
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._fields import LARGEST
from plimsoll.unpack.limits import Budget

MAGIC = b"--PaCkImGs--"
TAG_BYTES = 32


def open_packimg(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when it is not all there."""
    if view.size <= TAG_BYTES or view.slice(0, len(MAGIC)) != MAGIC:
        raise NotThisFormat
    number = view.read(16, 4)
    size = min(int.from_bytes(number, "little"), int.from_bytes(number, "big"))
    if not 0 < size <= min(LARGEST, view.size - TAG_BYTES):
        raise NotThisFormat
    budget.check_time()
    return Container(TAG_BYTES + size, (Part(TAG_BYTES, size, "image"),))


FORMAT = Format("packimg", "PackImg tag", (Magic(MAGIC),), open_packimg)
