"""How the product is set back to how it was delivered: what does it, what it removes, and from where it is called.

Names and commands are those of OpenWrt, of vendor trees as observed, and of the manuals named in `_reset_commands`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.inspect.firmware._reset_commands import OVERLAY, STORES, doings_of
from plimsoll.inspect.firmware._shell_words import shell_text
from plimsoll.inspect.firmware._standing import is_comment, is_documentation
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import FactoryReset
from plimsoll.model.facts.privacy import ResetWay
from plimsoll.model.locator import escape_name
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

LARGEST = 1 << 20
LINES = 5_000
MOST = 40
"""Most things told of what one reset removes."""
MOST_NAMES = 20
"""Most names of resets kept of one file that may call them."""

_RESET = regex(
    rb"(?i)(?:factory|default|defaults)[-_]?(?:re?set|restore|erase|wipe)|f_?reset|firstboot|jffs2reset|"
    rb"(?:re?set|restore|load|revert|reset_to)[-_]?(?:to[-_]?)?(?:factory|default)(?:[-_]?(?:settings?|defaults?)|s)?"
)
_SUFFIX = regex(rb"(?i)\.(?:sh|cgi|lua|php|py|asp|pl)\Z")
_MENTION = regex(
    rb"(?i)(?:[\w-]{0,20}factory[\w-]{0,20}|[\w-]{0,12}(?:re?set|restore|load|revert)[\w-]{0,20}|firstboot)"
)
_BUTTON = regex(rb"(?i)rc\.button/|hotplug\.d/button|button|gpio|\bbtn|_btn|key_?(?:scan|handler|event)|push")
_WEB = regex(
    rb"(?i)(?:\A|/)(?:www|htdocs|webs?|webroot|web_?pages?|cgi-bin|luci|rpcd|ubus|hnap|goform)/|\.(?:cgi|php\d?|asp|lp)\Z|"
    rb"(?:\A|/)(?:u?httpd\w*|goahead|boa|lighttpd|mini_httpd|webserver|webs|luci|rpcd)\Z"
)
_FOLDERS = regex(rb"(?:\A|/)(?:s?bin|usr/s?bin|usr/local/s?bin|opt/\w{1,20}/s?bin)/[^/]+\Z")


class _Doing(msgspec.Struct, frozen=True):
    """What one script, or one program of which only the name tells, does."""

    wipes: tuple[str, ...]
    restores: tuple[str, ...]
    readable: bool


class _Mention(msgspec.Struct, frozen=True):
    """Words of a file that may be names of a reset."""

    words: frozenset[bytes]


class FactoryResets(Inspector):
    """Records each program or script that by its name or its commands is a reset."""

    id = "factory-reset"
    title = "How is the product set back, and what does that remove?"
    what = (
        "Scripts and programs that by their name or their commands set the product back: jffs2reset, firstboot, "
        "erasing of partitions, clearing of the nvram, and vendors' commands. Of scripts: the paths, partitions and "
        "stores that they remove and put back. Buttons, web pages and programs that name them."
    )
    limits = (
        "What compiled programs remove is not seen, nor is what a boot loader does when a button is held. A path that "
        "a variable holds is left out."
    )
    patterns = (
        Pattern(
            "reset",
            rb"factory[-_ ]{0,1}(?:re?set|default|restore)|(?:re?set|restore|load|revert)[-_]?(?:to[-_]?)?(?:factory|"
            rb"default)|firstboot|jffs2reset|nvram[ \t_](?:erase|clear|default|restore|factory|reset)|"
            rb"ralink_init[ \t]+clear|devconf[ \t]+del|erase[ \t]+[\"']?(?:rootfs_data|overlay)|freset|f_reset",
            (b"factory", b"default", b"firstboot", b"reset", b"nvram", b"ralink_init", b"devconf", b"erase"),
            longest=48, ignore_case=True,
        ),
    )  # fmt: skip
    without_match = ("elf", "script", "text")

    def wants(self, look: Look) -> bool:
        """Take files of that name, and those in which a reset is named."""
        if is_documentation(look.path) or not look.path or look.kind in ("empty", "binary"):
            return False
        return bool(look.matches) or _is_reset_name(look.name)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Keep what a reset does, and which resets a file may call."""
        if look.kind == "elf":
            if _is_reset_name(look.name) and _FOLDERS.search(look.path):
                yield _Doing((OVERLAY,) if look.name == b"jffs2reset" else (), (), False)
        elif len(look.data) <= LARGEST and (doing := _read(look)) is not None:
            yield doing
        words = {
            match[0].lower() for sign in look.matches.get("reset", ()) if (match := _word(look.data, sign.start()))
        }
        if words:
            yield _Mention(frozenset(sorted(words)[:MOST_NAMES]))

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give each reset with the kinds of places that call it."""
        mentions: dict[str, list[Kept]] = {}
        for one in kept:
            if isinstance(one.value, _Mention):
                mentions.setdefault(one.tree.stem.at(), []).append(one)
        for one in kept:
            if isinstance(one.value, _Doing):
                name = one.path.rpartition(b"/")[2]
                callers = mentions.get(one.tree.stem.at(), [])
                reached = sorted(set(_reached(one.path, _stem(name), callers)))
                doing = one.value
                fact = FactoryReset(escape_name(name), doing.wipes, doing.restores, tuple(reached), doing.readable)
                yield Observation(fact, one.where, self.id)


def _is_reset_name(name: bytes) -> bool:
    folded = name.lower()
    is_near = b"reset" in folded or b"default" in folded or b"factory" in folded or folded.startswith(b"firstboot")
    return is_near and _RESET.fullmatch(_SUFFIX.sub(b"", name)) is not None


def _stem(name: bytes) -> bytes:
    return _SUFFIX.sub(b"", name).lower()


def _word(data: bytes, offset: int) -> re.Match[bytes] | None:
    """Give the name that stands around the beginning of a match."""
    for match in _MENTION.finditer(data, max(0, offset - 12), offset + 60):
        if match.end() > offset:
            return match
    return None


def _read(look: Look) -> _Doing | None:
    """Read a script; one that is not named for it counts when it resets a store as a whole."""
    is_script = look.kind == "script" or look.name.endswith(b".sh") or b"rc.button/" in look.path
    is_named = _is_reset_name(look.name)
    if not is_script:
        return None
    wipes: set[str] = set()
    restores: set[str] = set()
    is_reset = False
    text = shell_text(look.data)
    for number, line in enumerate(text.split(b"\n")):
        if number >= LINES:
            break
        if not line or is_comment(line) or line.lstrip().startswith((b"echo ", b"logger ", b"printf ")):
            continue
        is_store = any(form.search(line) for form, _ in STORES)
        is_reset = is_reset or is_store
        if is_named or is_store or is_reset:
            for doing, what in doings_of(line):
                (wipes if doing == "wipes" else restores).add(what)
    if not (is_reset or (is_named and (wipes or restores))):
        return None
    return _Doing(tuple(sorted(wipes)[:MOST]), tuple(sorted(restores)[:MOST]), True)


def _reached(path: bytes, stem: bytes, callers: Sequence[Kept]) -> Iterator[ResetWay]:
    if _FOLDERS.search(path):
        yield "command-line"
    if (way := _way(path)) is not None:
        yield way
    for caller in callers:
        if caller.path != path and stem in caller.value.words:
            way = _way(caller.path)
            if way is not None:
                yield way
            elif _FOLDERS.search(caller.path):
                yield "started"


def _way(path: bytes) -> ResetWay | None:
    if _WEB.search(path):
        return "web"
    return "button" if _BUTTON.search(path) else None
