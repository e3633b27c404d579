"""Settings that by their name decide whether use, faults or habits are reported, and how they are delivered.

Names are those of common agents and of settings as observed; the forms are those of UCI, INI, JSON, YAML, XML and of
shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import TelemetrySwitch
from plimsoll.regex import regex

LARGEST = 1 << 20
MOST = 50
REACH = 200
"""Bytes behind the head of a section in which its switch is sought."""

_WORD = (
    rb"(?:telemetry|analytics|usage[_.-]?(?:stat(?:s|istics)?|report(?:s|ing)?|data|info)|crash[_.-]?(?:report\w{0,4}|"
    rb"upload\w{0,3}|handler[_.-]?upload)|(?:send|report|upload|submit|collect)[_.-]?(?:anonymous[_.-]?)?(?:stat(?:s|istics)|usage|"
    rb"diagnostics?|metrics)|diagnostics?[_.-]?(?:data|upload|report\w{0,4})|(?:allow|enable)[_.-]?tracking|"
    rb"data[_.-]?collection|phone[_.-]?home|user[_.-]?experience[_.-]?(?:program|plan|improvement)|"
    rb"improvement[_.-]?(?:program|plan))"
)
_NAME = rb"[A-Za-z0-9_.-]{0,40}" + _WORD + rb"[A-Za-z0-9_.-]{0,30}"
_VALUE = rb"(1|0|true|false|yes|no|on|off|enabled?|disabled?)\b(?![.\d/:-])"
_FORMS = (
    regex(rb"(?i)(?:\A|[\s;,{\"'<])(" + _NAME + rb")[\"']?[ \t]*[=:>][ \t]*[\"']?" + _VALUE),
    regex(rb"(?i)\boption[ \t]+['\"]?(" + _NAME + rb")['\"]?[ \t]+['\"]?" + _VALUE),
    regex(rb"(?i)\b(?:uci[ \t]+(?:-q[ \t]+)?set|nvram[ \t]+set)[ \t]+['\"]?(" + _NAME + rb")=['\"]?" + _VALUE),
)
_HEAD = regex(
    rb"(?i)(?:\[[ \t]*(" + _NAME + rb")[ \t]*\]|\bconfig[ \t]+['\"]?(" + _NAME + rb")\b|[\"']?(" + _NAME
    + rb")[\"']?[ \t]*:[ \t]*(?:\{|\r?\Z))"
)  # fmt: skip
_ENABLED = regex(
    rb"(?i)\A[^\[}]{0,120}?(?:\boption[ \t]+['\"]?|[\"'\s,])(enabled?|active|disabled?|opt[_-]?out|opt[_-]?in)"
    rb"[\"']?(?:[ \t]*[=:][ \t]*|[ \t]+)[\"']?" + _VALUE
)
_INVERTED = regex(
    rb"(?i)(?:\A|[_.-])(?:no|not|disable[ds]?|block|opt[_.-]?out|without|skip|deny)(?:\Z|[_.-])|opt[_-]?out|\Adisable"
)
_ON = (b"1", b"true", b"yes", b"on", b"enable", b"enabled")
_SETTINGS = regex(
    rb"(?i)\.(?:conf|cfg|ini|json|ya?ml|xml|toml|properties|env|sh)\Z|(?:\A|/)(?:etc/(?:config|default|sysconfig|init\.d|"
    rb"uci-defaults)/[^/]+|etc/environment|\.env)\Z"
)
_OTHERS = regex(
    rb"(?i)(?:\A|/)(?:node_modules|site-packages|locales?|i18n|lang(?:uages?)?|translations?)/|(?:schema|package(?:-lock)?|"
    rb"manifest|tsconfig|composer)\.json\Z|(?:\A|/)(?:config-\d|\.config\Z)"
)
"""Files in which such words are no settings of the product: packages, translations, forms, options of a kernel."""


class TelemetrySwitches(Inspector):
    """Records each switch with its value."""

    id = "telemetry-switches"
    title = "Is reporting of use switched on as delivered?"
    what = (
        "Settings in configuration and scripts that are named for telemetry, analytics, usage statistics, crash "
        "reports, diagnostics or improvement programmes, with the value that switches them on or off."
    )
    limits = "What such a switch really does, and whether the user is asked at set-up, is not seen."
    patterns = (
        Pattern(
            "switch", _WORD,
            (b"telemetry", b"analytics", b"usage", b"crash", b"diagnostic", b"tracking", b"collection", b"phone",
             b"experience", b"improvement", b"stat", b"metrics"),
            longest=48, ignore_case=True, kinds=("text", "script"),
        ),
    )  # fmt: skip
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take settings and scripts in which such a word stands."""
        if not look.matches or len(look.data) > LARGEST or is_documentation(look.path):
            return False
        is_settings = look.kind == "script" or _SETTINGS.search(look.path) is not None
        return is_settings and _OTHERS.search(look.path) is None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the switches of one file, each once."""
        given: set[TelemetrySwitch] = set()
        for match in look.matches["switch"]:
            seen = _seen(look, match)
            if seen is not None and seen[0] not in given and len(given) < MOST:
                given.add(seen[0])
                yield Seen(*seen)


def _seen(look: Look, match: re.Match[bytes]) -> tuple[TelemetrySwitch, int, int] | None:
    start, line = line_at(look.data, match.start(), longest=300)
    if not is_active(look, match.start()):
        return None
    column = match.start() - start
    for form in _FORMS:
        for found in form.finditer(line):
            if found.start(1) <= column < found.end(1):
                return _switch(found[1], b"", found[2]), start + found.start(1), found.end() - found.start(1)
    head = next((one for one in _HEAD.finditer(line) if one.start() <= column < one.end()), None)
    if head is None:
        return None
    end = start + head.end()
    enabled = _ENABLED.match(look.data[end - 1 : end + REACH])
    if enabled is None:
        return None
    name = next(filter(None, head.groups()))
    return _switch(name, enabled[1], enabled[2]), start + head.start(), end - 1 + enabled.end() - start - head.start()


def _switch(name: bytes, option: bytes, value: bytes) -> TelemetrySwitch:
    is_on = value.lower() in _ON
    if _INVERTED.search(name) or _INVERTED.search(option) or option.lower().startswith(b"disable"):
        is_on = not is_on
    full = name + (b"." + option if option else b"")
    state: Literal["on", "off"] = "on" if is_on else "off"
    return TelemetrySwitch(printable(full)[:100], state, printable(value))
