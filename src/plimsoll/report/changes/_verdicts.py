"""Verdicts that turned: of capabilities, provisions and criteria, with the reason that decides now.

From best to worst: not applicable and met, not shown, not met. That something no longer applies is no loss; that what
did not apply does now, and is met, is none either.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.engine import criterion_verdict
from plimsoll.model.assessment import Assessment, Finding
from plimsoll.model.message import Message
from plimsoll.model.verdict import Verdict
from plimsoll.report.changes.change import Turn
from plimsoll.report.visible import prose

_BADNESS = {Verdict.NOT_APPLICABLE: 0, Verdict.PASS: 0, Verdict.INCONCLUSIVE: 1, Verdict.FAIL: 2}

_Judged = dict[str, tuple[str, Verdict, Message | None]]


def turned(old: Assessment, new: Assessment) -> tuple[Turn, ...]:
    """Give the verdicts that turned, worse ones of each kind first."""
    return (
        *_turns("capability", _capabilities(old), _capabilities(new)),
        *_turns("provision", _provisions(old), _provisions(new)),
        *_turns("criterion", _criteria(old), _criteria(new)),
    )


def _turns(kind: str, old: _Judged, new: _Judged) -> list[Turn]:
    made = list(_each(kind, old, new))
    return sorted(made, key=lambda one: not one.is_worse)


def _each(kind: str, old: _Judged, new: _Judged) -> Iterator[Turn]:
    for id in dict.fromkeys([*new, *old]):
        title, then, before = old.get(id, ("", None, None))
        title, now, why = new.get(id, (title, None, None))
        if then is not now:
            yield Turn(kind, id, title, then, now, why, before, _is_worse(then, now))  # type: ignore[arg-type]


def _is_worse(then: Verdict | None, now: Verdict | None) -> bool:
    """Tell whether it is worse: something judged before must not vanish; something new counts when it is not met."""
    if then is None:
        return now is Verdict.FAIL
    if now is None:
        return then in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    return _BADNESS[now] > _BADNESS[then]


def _capabilities(assessment: Assessment) -> _Judged:
    return {str(one.number): (one.title, one.verdict, one.why) for one in assessment.capabilities}


def _provisions(assessment: Assessment) -> _Judged:
    return {one.id: (one.title, one.verdict, one.why) for one in assessment.provisions if one.criteria}


def _criteria(assessment: Assessment) -> _Judged:
    """Give each criterion over all its findings, as the engine combines them, with a reason of that verdict."""
    texts = {one.id: prose(one.statement) for one in assessment.criteria}
    groups: dict[str, list[Finding]] = {}
    for one in assessment.findings:
        groups.setdefault(one.criterion, []).append(one)
    found: _Judged = {}
    for id, ones in sorted(groups.items()):
        verdict = criterion_verdict(ones)
        deciding = next((one for one in ones if one.verdict is verdict), ones[0])
        found[id] = (texts.get(id, id), verdict, deciding.why)
    return found
