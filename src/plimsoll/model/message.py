"""Words for people, kept as a template and its parameters so that they can be read in any language later."""

from __future__ import annotations

import msgspec

Value = str | int | bool


class Message(msgspec.Struct, frozen=True):
    """An English template and what goes into it, never a finished sentence."""

    template: str
    """English text with `{name}` fields; ours, never from the input, so it can serve as a translation key."""
    parameters: dict[str, Value] = {}
    """One value for each field of the template; may come from hostile input and is escaped where it is shown."""

    def __str__(self) -> str:
        return self.template.format_map(self.parameters)


def message(template: str, /, **parameters: Value) -> Message:
    """Make a Message; raise KeyError at once when a field of the template has no value."""
    made = Message(template, parameters)
    str(made)
    return made
