"""Whether a declaration says which product it is of (TS 103 701, identification of the device under test)."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from plimsoll.declare.remark import Remark, Severity
from plimsoll.knowledge.declared_words import is_unconfirmed, is_vague
from plimsoll.model.declaration import DeclarationForm, pointer
from plimsoll.model.message import message

_NEEDED: dict[str, Severity] = {
    "maker": "error",
    "model": "error",
    "software_version": "error",
    "hardware_version": "warning",
    "user_documentation": "warning",
    "interfaces": "warning",
}


def check_identity(form: DeclarationForm) -> Iterator[Remark]:
    """Give a remark for each field of the identity that is missing, says nothing or is not confirmed."""
    given = msgspec.structs.asdict(form.product)
    for field, value in given.items():
        place = pointer("product", field)
        if not value:
            if field in _NEEDED:
                what = message("the product's {field} is not given", field=field.replace("_", " "))
                yield Remark("missing", place, what, _NEEDED[field])
            continue
        for text in value if isinstance(value, tuple) else (value,):
            if is_vague(text):
                yield Remark("vague", place, message("{text} does not identify anything", text=repr(text)), "warning")
            elif is_unconfirmed(text):
                yield Remark("unconfirmed", place, message("this was seen, and is still to be confirmed"), "warning")
