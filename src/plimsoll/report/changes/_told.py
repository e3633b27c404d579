"""What every report of a comparison tells, in its order: what is worse first within each section."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from plimsoll.model.message import Message, message
from plimsoll.model.verdict import Verdict
from plimsoll.report import words
from plimsoll.report.changes.change import Changes, ComponentChange, HoleChange, Side, ThingChange, Turn
from plimsoll.report.visible import clip, say, sentence, visible

Tone = Literal["good", "bad", "open", "none"]
MARKS: dict[Tone, str] = {"good": "✓", "bad": "✗", "open": "?", "none": "•"}
"""A sign for each tone; the words say the same."""


class Entry(msgspec.Struct, frozen=True):
    """One change, in words."""

    tone: Tone
    text: str
    why: str = ""
    where: str = ""


class Section(msgspec.Struct, frozen=True):
    """Changes of one kind."""

    key: str
    title: str
    entries: tuple[Entry, ...]


def sections(changes: Changes) -> tuple[Section, ...]:
    """Give the sections that hold something."""
    made = (
        Section("capabilities", "Capabilities that turned", _turns(changes, "capability")),
        Section("provisions", "Provisions that turned", _turns(changes, "provision")),
        Section("criteria", "Criteria that turned", _turns(changes, "criterion")),
        Section("holes", "Known vulnerabilities", tuple(map(_hole, changes.holes))),
        Section("components", "Software", tuple(map(_component, changes.components))),
        Section("things", "Services, accounts, keys and addresses", tuple(map(_thing, changes.things))),
    )
    return tuple(one for one in made if one.entries)


def title(changes: Changes) -> str:
    """Name what is compared."""
    return " → ".join(map(_named, (changes.old, changes.new)))


def conclusion(changes: Changes) -> Message:
    """Say in one sentence whether something is worse."""
    if changes.is_worse:
        return message("something is worse than it was")
    if changes.is_same:
        return message("nothing that is compared changed")
    return message("things changed, and nothing that is compared is worse")


def tone(changes: Changes) -> Tone:
    """Give the tone of the conclusion."""
    return "bad" if changes.is_worse else "good"


def ground(changes: Changes) -> tuple[str, ...]:
    """Say of both what was compared, how much of it was understood, and what makes them hard to compare."""
    sides = (_side("then", changes.old), _side("now", changes.new))
    return (*map(sentence, (*sides, *_share(changes))), *map(sentence, changes.remarks))


def _named(side: Side) -> str:
    return clip(visible(f"{side.product} {side.version}".strip()), 200)


def _side(word: str, side: Side) -> Message:
    template = "{word}: {name}, assessed on {date} by Plimsoll {version}"
    if side.sha256:
        template += ", image sha256 {sha256}"
    values = {"name": _named(side), "date": side.assessed_on, "version": side.plimsoll_version, "sha256": side.sha256}
    return Message(template, {"word": word, **values})


def _share(changes: Changes) -> Iterator[Message]:
    old, new = changes.old.understood, changes.new.understood
    if old is not None and new is not None:
        yield message("understood of the image: {old} then, {new} now", old=words.percent(old), new=words.percent(new))


def _turns(changes: Changes, kind: str) -> tuple[Entry, ...]:
    return tuple(_turn(one) for one in changes.turns if one.kind == kind)


def _turn(one: Turn) -> Entry:
    name = one.title if one.title == one.id else f"{one.id}  {one.title}"
    text = f"{clip(visible(name))}: {_verdict(one.old)} → {_verdict(one.new)}"
    is_good = one.new in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    shade: Tone = "bad" if one.is_worse else "good" if is_good else "open"
    return Entry(shade, text, sentence(one.why) if one.why else "")


def _verdict(verdict: Verdict | None) -> str:
    return say(words.VERDICTS[verdict]) if verdict else "not judged"


_HOLE_TONES: dict[str, Tone] = {"opened": "bad", "closed": "good", "gone": "open", "changed": "open"}


def _hole(one: HoleChange) -> Entry:
    exploited = ", listed as exploited" if one.exploited else ""
    states = " → ".join(part for part in (one.old, one.new) if part)
    kind = "no longer told" if one.kind == "gone" else one.kind
    text = f"{kind}: {one.id} of {one.component}{exploited} ({states})"
    return Entry("bad" if one.is_worse else _HOLE_TONES[one.kind], visible(text), visible(one.why))


def _component(one: ComponentChange) -> Entry:
    old, new = _versions(one.old), _versions(one.new)
    match one.kind:
        case "added":
            text = f"added: {one.name} {new}"
        case "removed":
            text = f"removed: {one.name} {old}"
        case "changed":
            way = {"up": "newer", "down": "older"}.get(one.direction or "", "changed")
            text = f"{way}: {one.name} {old} → {new}"
    tones: dict[str | None, Tone] = {"up": "good", "down": "bad"}
    return Entry(tones.get(one.direction, "none"), visible(text), where=one.where)


def _versions(versions: tuple[str, ...]) -> str:
    return ", ".join(clip(one, 60) or "without a version" for one in versions)


def _thing(one: ThingChange) -> Entry:
    text = " → ".join(part for part in (one.old, one.new) if part)
    return Entry("none", visible(f"{one.kind}: {text}"), where=one.where)
