"""Opens Instar's HD firmware: zip archives whose three signs were changed.

Source: the handler for this format in unblob (MIT). A local header begins `PK` 03 07, an entry of the directory `PK`
01 08, and the end of the directory `PK` 05 09; with the signs of zip in their place it is a zip archive. It is undone
up to the end of the directory, with the comment behind it.
"""

from __future__ import annotations

from plimsoll.unpack.format import Decoded, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

SIGNS = {b"PK\x03\x07": b"PK\x03\x04", b"PK\x01\x08": b"PK\x01\x02", b"PK\x05\x09": b"PK\x05\x06"}
LOCAL, ENTRY, END = SIGNS

_END_BYTES, _LOCAL_BYTES = 22, 30


def open_instar_zip(view: View, budget: Budget) -> Decoded:
    """Undo the archive at the beginning of a view; raise NotThisFormat unless its directory ends as it says."""
    if view.size < _LOCAL_BYTES or view.slice(0, len(LOCAL)) != LOCAL:
        raise NotThisFormat
    name = int.from_bytes(view.slice(26, 2), "little")
    if not 0 < name <= 1024:
        raise NotThisFormat
    size = min(view.size, budget.limits.file_bytes)
    budget.take_search(size)
    data = view.read(0, size)
    at = data.find(END)
    if at < 0 or at + _END_BYTES > size:
        raise NotThisFormat
    length, start = int.from_bytes(data[at + 12 : at + 16], "little"), int.from_bytes(data[at + 16 : at + 20], "little")
    if start + length != at or data[start : start + len(ENTRY)] != ENTRY:
        raise NotThisFormat
    end = min(at + _END_BYTES + int.from_bytes(data[at + 20 : at + 22], "little"), size)
    budget.take_output(end, end)
    clear = data[:end]
    for changed, sign in SIGNS.items():
        clear = clear.replace(changed, sign)
    return Decoded(end, clear, "signs of zip put back")


FORMAT = Format("instar-zip", "Instar HD firmware", (Magic(LOCAL),), open_instar_zip)
