"""What the header of a YAFFS object says: the first page of a file, and all there is of a link, directory or device.

offset  size  header                             offset  size  header
0       4     kind                               300     160   target of a symlink
4       4     object of the directory it is in   460     4     device
8       2     no longer used, all ones           464     24    times
10      256   name, ends with a zero             488     4     as 504, where tags lie in the page
268     4     mode, with its kind                492     4     as 508, where tags lie in the page
272     4, 4  owner, group                       496     4     size, its high bits
280     12    times                              504     4     object that this one replaced by its name
292     4     size of a file                     508     4     1 when the file was made shorter before
296     4     object that a hard link means

Kinds: 1 file, 2 symlink, 3 directory, 4 hard link, 5 device, fifo or socket. What is not in use is all ones as a rule.
Source: "How YAFFS Works" by C. Manning, and the facts in the handler of unblob (MIT); checked against a real image.
"""

from __future__ import annotations

import stat
import struct

import msgspec

from plimsoll.unpack.format import View

HEADER_BYTES = 512
OBJECTS = 1 << 28
"""Numbers of objects are below this."""

FILE, SYMLINK, DIRECTORY, HARD_LINK, SPECIAL = 1, 2, 3, 4, 5
ROOT, LOST, UNLINKED, DELETED = 1, 2, 3, 4
"""Objects that every image has; the last two stand for directories in which what was removed is."""

_UNUSED = 0xFFFFFFFF
_MODES = {
    FILE: (stat.S_IFREG,),
    SYMLINK: (stat.S_IFLNK,),
    DIRECTORY: (stat.S_IFDIR,),
    SPECIAL: (stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK),
}
_LAYOUTS = {order: struct.Struct(order + "II2x256s2x3I12xII160sI24x3I4xII") for order in "<>"}


class Header(msgspec.Struct, frozen=True, gc=False):
    """The fields that reading needs."""

    kind: int
    parent: int
    name: bytes
    mode: int
    uid: int
    gid: int
    size: int
    means: int
    """Object that a hard link is a name of."""
    target: bytes
    """Target of a symlink."""
    device: int
    shadows: int
    """Object that lost its name to this one; 0 for none."""
    is_shrunk: bool
    """Whether what was written before beyond its size no longer counts."""

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.kind == FILE

    @property
    def is_gone(self) -> bool:
        """Whether the object was removed."""
        return self.parent in (UNLINKED, DELETED)

    @property
    def is_plausible(self) -> bool:
        """Whether kind, mode and name agree with each other: what is asked of headers before an image is believed."""
        if b"/" in self.name or not (self.name or self.kind == DIRECTORY):
            return False
        return self.kind == HARD_LINK or stat.S_IFMT(self.mode) in _MODES[self.kind]


def read_header(view: View, at: int, order: str) -> Header | None:
    """Read the header in a page; None when the page is none."""
    if at + HEADER_BYTES > view.size:
        return None
    fields = _LAYOUTS[order].unpack_from(view.buffer, at)
    kind, parent, name, mode, uid, gid, size, means, target, device, shadows, shrunk, high, *outer = fields
    if not FILE <= kind <= SPECIAL or not 0 < parent < OBJECTS or b"\0" not in name:
        return None
    if kind != HARD_LINK and (mode == _UNUSED or mode >> 16):
        return None
    size = (0 if size == _UNUSED else size) if high == _UNUSED else high << 32 | size
    replaced = next((one for one in (outer[0], shadows) if 0 < one < OBJECTS), 0)
    return Header(
        kind, parent, name.partition(b"\0")[0], mode, uid, gid, size, means, _text(target),
        device, replaced, 1 in (outer[1], shrunk),
    )  # fmt: skip


def _text(field: bytes) -> bytes:
    """Give what stands before the first zero; all ones stand for nothing."""
    text, end, _ = field.partition(b"\0")
    return text if end else text.rstrip(b"\xff")
