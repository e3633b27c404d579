"""How people write in declarations that there is nothing, that it is not there, or that nothing has happened yet.

From what public declarations on EN 303 645 and templates of such papers say. Read conservatively: a text that could be
meant otherwise is none of these.
"""

from __future__ import annotations

import re

SEEN_MARK = "Seen, to be confirmed: "
"""Begins every text that a template was filled with from an image."""

_LONGEST = 400
"""Characters beyond which a text is taken to say something of its own."""

_LONGEST_READ = 4_000
"""Characters of a text in which words are looked for."""

_EMPTY_WORDS = re.compile(
    r"""
      [\W_]* | n[./ ]?a | not\ applicable
    | t\.?\ ?b\.?\ ?[acd] | to\ be\ (?:added|announced|clarified|confirmed|decided|defined|determined|done|filled\ in)
    | (?:todo|fixme|tk)\b.{0,80} | x{2,} | unknown | not\ known | unclear | placeholder.{0,40} | lorem\ ipsum\b.{0,200}
    | ok(?:ay)? | yes | default | standard | as\ usual | usual | various | etc | same | (?:same\ )?as\ above | ditto
    | (?:please\ )?(?:see|refer\ to|cf|as\ per|according\ to|described\ in)\ (?:the\ |our\ |your\ )?
      (?:user\ |product\ )?(?:manual|guide|documentation|docs?|web\ ?site|web\ ?page|data\ ?sheet|above|below
        |attachment|annex|appendix)
    | (?:it\ is\ |is\ |we\ (?:use|follow)\ )?(?:industry[\ -]|best[\ -]|state[\ -]of[\ -]the[\ -])?
      (?:standards?|practices?|art|secure|safe|encrypted|compliant|confidential|proprietary|internal)
    | <[^<>]{0,80}> | \[[^\[\]]{0,80}\] | \{+[^{}]{0,80}\}+
    """,
    re.VERBOSE,
)
_DENIAL = re.compile(
    r"""
      (?:none|nil|no|nothing|never|n/a|not\ applicable)
    | (?:it\ is\ |is\ |are\ |currently\ |at\ present\ )*not\ (?:yet\ |currently\ )?
      (?:applicable|available|collected|declared|defined|documented|existing|foreseen|given|implemented|met|offered
        |planned|present|processed|provided|published|sent|specified|stated|supported|used)\b.{0,120}
    | (?:there\ (?:is|are)\ )?(?:no|none)\ .{1,160}
    | (?:the\ (?:device|product|maker|manufacturer)\ )(?:does\ not|has\ no)\ .{1,160}
    """,
    re.VERBOSE,
)
_BOUND_NOT_DENIAL = re.compile(
    r"\b(?:no(?:t|ne)?)\W+(?:\w+\W+)?(?:less|fewer|shorter|earlier|later|longer|sooner|before|until|only|more|other)\b"
    r"|\b(?:but|except|unless|other than|apart from|until)\b"
)
_ONLY_REFERS = re.compile(
    r"(?:please )?(?:see|refer to|cf\.?|as in|as per|described in|same as|->|→)\W*(?:also )?(.{1,200})"
)
_NOT_YET = re.compile(
    r"\b(?:not|nothing|none|never|no (?:\w+ ){1,4}(?:has|have|was|were))\W+(?:\w+\W+){0,6}"
    r"(?:yet|so far|until now|to date|happened|occurred|been (?:reported|received|found|necessary|needed))\b"
)
_MADE_PUBLIC = r"(?:published|defined|documented|covered|included|listed|specified|determined|provided|available)"
_UNFINISHED = re.compile(
    rf"\bnot (?:yet|currently|presently) (?:\w+ ){{0,3}}{_MADE_PUBLIC}\b"
    r"|\b(?:must|has to|have to|needs? to|still to|yet to|is to|to) be (?:\w+ ){0,2}"
    r"(?:published|defined|documented|added|extended|written|completed|determined|confirmed|clarified)\b"
    r"|\b(?:todo|fixme|tbd|tbc)\b|\bdocumentation gaps?\b"
)


def fold(text: str) -> str:
    """Bring a text to lower case and single spaces, without quotes and a full stop around it."""
    return " ".join(text[: _LONGEST + 1].lower().split()).strip(" .!\"'`")


def is_vague(text: str) -> bool:
    """Say whether a text tells nothing that could be assessed: `TBD`, `-`, `see manual`, `<fill in>`."""
    return len(text) <= _LONGEST and _EMPTY_WORDS.fullmatch(fold(text)) is not None


def is_unconfirmed(text: str) -> bool:
    """Say whether a text stands as a template was filled with it."""
    return text.startswith(SEEN_MARK)


def says_none(text: str) -> bool:
    """Say whether a text denies and does nothing else: `none`, `not published`, `No telemetry is collected.`"""
    folded = fold(text)
    return (
        len(text) <= _LONGEST
        and _DENIAL.fullmatch(folded) is not None
        and _BOUND_NOT_DENIAL.search(folded) is None
        and not re.search(r"[.;:!?]\s", folded)
    )


def says_not_yet(text: str) -> bool:
    """Say whether a text reasons that nothing has happened yet."""
    return _NOT_YET.search(fold(text)) is not None


def refers_only(text: str) -> str:
    """Give what a text refers to when that is all it does, such as `AuthMech-1` of `see AuthMech-1`; else nothing."""
    match = _ONLY_REFERS.fullmatch(fold(text))
    return match[1] if match and len(match[1].split()) <= 8 else ""


def unfinished(text: str) -> str:
    """Give the words by which a text says that what it tells of is still to be done; nothing where it does not."""
    match = _UNFINISHED.search(" ".join(text[:_LONGEST_READ].lower().split()))
    return match[0] if match else ""
