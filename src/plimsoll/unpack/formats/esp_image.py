"""Opens application and boot loader images of Espressif's chips, the ESP8266 and all kinds of ESP32.

Sources and layout: see `_esp_layout.py`. On the ESP8266 a boot loader of less than 4096 bytes may stand before the
application proper, which then begins at 4096: both are one image here.

One byte is the only sign of such an image. It is enough at the beginning of a file or of a partition; elsewhere only
applications that describe themselves are searched for.
"""

from __future__ import annotations

from plimsoll.unpack.format import Container, Format, Magic, NotThisFormat, Part, View
from plimsoll.unpack.formats._esp_layout import (
    DESCRIPTION,
    DESCRIPTION_AT,
    ESP8266,
    MAGIC,
    MAGIC_2,
    Image,
    read_image,
)
from plimsoll.unpack.limits import Budget

_SECOND_AT = 4096


def open_esp_image(view: View, budget: Budget) -> Container:
    """Open the image at the beginning of a view; raise NotThisFormat when it is none."""
    image = read_image(view, budget)
    parts = _parts(image, 0, view.size)
    if image.chip != ESP8266 or image.length > _SECOND_AT or view.size <= _SECOND_AT:
        return Container(image.length, parts, image.label, image.problems, image.signed)
    try:
        second = read_image(view.cut(_SECOND_AT), budget)
    except NotThisFormat:
        return Container(image.length, parts, image.label, image.problems, image.signed)
    label = f"{image.label}; boot loader and application"
    parts += _parts(second, _SECOND_AT, view.size)
    return Container(_SECOND_AT + second.length, parts, label, image.problems + second.problems)


IMAGE = Format(
    "esp-image",
    "application image of Espressif's chips",
    (Magic(bytes([MAGIC])), Magic(bytes([MAGIC_2, 4]))),
    open_esp_image,
    carve=False,
)
APPLICATION = Format(
    "esp-application",
    "application image of Espressif's chips that describes itself",
    (Magic(DESCRIPTION, DESCRIPTION_AT),),
    open_esp_image,
)


def _parts(image: Image, shift: int, size: int) -> tuple[Part, ...]:
    return tuple(
        Part(
            shift + one.offset,
            min(one.length, size - shift - one.offset),
            f"segment {number} at {one.address:#x}",
            "known",
        )
        for number, one in enumerate(image.segments)
        if shift + one.offset < size
    )
