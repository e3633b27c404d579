"""Opens the footer that Belkin puts behind firmware of Linksys devices.

Source: the description in a commit of OpenWrt's image recipes, which is public. The footer is 256 bytes of text, and
stands behind an image; nothing before it is read here.

offset  size  footer
0       9     .LINKSYS.
9       8     version of the update
17      15    model, filled up with blanks
32      8     checksum of the image, in hexadecimal
40      8     0, filled up with blanks
48      16    who signed
64      192   zeros
"""

from __future__ import annotations

import re

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, View
from plimsoll.unpack.limits import Budget

MAGIC = b".LINKSYS."
FOOTER_BYTES = 256

_FOOTER = re.compile(
    rb"\.LINKSYS\.([\x20-\x7e]{8})([A-Za-z0-9][\x20-\x7e]{14})[0-9A-Fa-f]{8}[\x20-\x7e]{8}[\x20-\x7e\x00]{16}\x00{192}\Z"
)


def open_linksys_footer(view: View, budget: Budget) -> Container:
    """Open the footer at the beginning of a view; raise NotThisFormat when it is none."""
    if view.size < FOOTER_BYTES:
        raise NotThisFormat
    found = _FOOTER.match(view.read(0, FOOTER_BYTES))
    if found is None:
        raise NotThisFormat
    budget.check_time()
    version, model = (text.decode("ascii").strip() for text in found.groups())
    return Container(FOOTER_BYTES, (), f"{model}, version {version}")


FORMAT = Format("linksys-footer", "Linksys firmware footer", (Magic(MAGIC),), open_linksys_footer)
