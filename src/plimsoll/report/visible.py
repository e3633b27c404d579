"""Makes text safe to show: fills messages, and writes what a terminal or browser would act on so that it can be seen.

Names come from hostile images. Control characters drive terminals; bidirectional controls and invisible characters
make one name look like another (Unicode Technical Report 36). Python's notion of a printable character leaves out
exactly these: controls, format characters, surrogates, private and unassigned code points, odd spaces.
"""

from __future__ import annotations

import re

from plimsoll.model.message import Message, Value

LONGEST_VALUE = 300
"""Characters of one parameter of a message that are shown."""

_FIELD = re.compile(r"\{\{|\}\}|\{(?P<name>\w+)(?P<quoted>!r)?\}")


def visible(text: str) -> str:
    """Write every character that is not plainly printable as an escape such as `\\x1b` or `\\u202e`."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def say(message: Message) -> str:
    """Fill the template of a message; a field without a value stays as it is written.

    Only plain fields are filled, for a stored assessment may hold templates that are not ours: no attributes, no
    widths.
    """

    def fill(field: re.Match[str]) -> str:
        if field["name"] is None:
            return field[0][0]
        if field["name"] not in message.parameters:
            return field[0]
        value = message.parameters[field["name"]]
        return _value(repr(value) if field["quoted"] else value)

    return visible(_FIELD.sub(fill, prose(message.template)))


def sentence(message: Message) -> str:
    """Fill a message and begin it with a capital, unless it begins with a name, which is left as it is written."""
    text = say(message)
    return text if message.template.startswith("{") else text[:1].upper() + text[1:]


def prose(text: str) -> str:
    """Set a text of several lines on one, as texts of the catalogue may be."""
    return " ".join(text.split()) if "\n" in text else text


def clip(text: str, longest: int = LONGEST_VALUE) -> str:
    """Cut a text that is longer, with a mark that it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clip(str(value))
