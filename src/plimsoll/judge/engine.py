"""Weighs evidence by the rules and rolls the answers up: findings, provisions, capabilities.

The engine, and no rule, sees to it that silence is never a pass and that no window says more than it can:

- a rule whose inspections were not all completed stays open, unless something refutes;
- what a window gives is cut down to its power: one that can only refute never yields PASS, one that can only confirm
  never yields FAIL, one that can only support yields neither;
- an image that was not opened as a whole, or understood only in part, confirms nothing;
- a criterion that no rule answers, and a provision without a criterion, stay open, and so does a capability over them;
- a rule that breaks leaves a gap, and what it had given until then counts.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from plimsoll.judge.meaning import bearing_of, cut_to
from plimsoll.judge.rule import Rule
from plimsoll.model.assessment import Bearing, CapabilityResult, Finding, ProvisionResult
from plimsoll.model.criterion import Capability, Catalogue, Criterion, Power
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.image import NOT_UNDERSTOOD, ImageMap
from plimsoll.model.message import Message, message
from plimsoll.model.product import Window
from plimsoll.model.verdict import Effect, Verdict, combine_all

UNDERSTOOD_SHARE_TO_CONFIRM = 0.9
"""Smallest share of an image's bytes that must be understood before anything in it confirms a criterion."""

OPENING = "opening"
"""Id of the inspection that says how far opening an image came; every rule on firmware needs it."""

MOST_WEIGHTS = 100_000
"""Most weights taken of one rule; a rule that gives more leaves a gap."""
MOST_BEARINGS = 1_000
"""Most bearings kept in a finding, the strongest."""

_STRENGTH: tuple[Effect, ...] = ("refutes", "suspects", "blocks", "confirms", "supports")

_NOT_LOOKED_THROUGH: Mapping[Window, Message] = {
    "firmware": message("no firmware was given to look at"),
    "device": message("no device was given to look at"),
    "maker": message("the maker's public pages were not given to look at"),
    "declaration": message("no declaration was given to look at"),
}
_SOURCES: Mapping[Window, str] = {
    "firmware": "the firmware",
    "device": "the device",
    "maker": "what the maker publishes",
    "declaration": "the declaration",
}
_NOT_GIVEN = {window: Bearing("blocks", why) for window, why in _NOT_LOOKED_THROUGH.items()}
_NO_MAP = message("how much of the image was understood is not known")
_NOTHING_MORE = message("look into what is listed: nothing else that can be given to Plimsoll would settle it")
_NOT_ENCRYPTED = message("give the image as it was before it was encrypted: ask the maker for it, or for the key")
_UNDECIDED = message("nothing that was looked at decides this")
_NO_CRITERION = message("Plimsoll has no criterion for this yet")


class Judgement(msgspec.Struct, frozen=True):
    """What the evidence comes to."""

    findings: tuple[Finding, ...]
    """In the order of the rules."""
    provisions: tuple[ProvisionResult, ...]
    """In the order of the catalogue."""
    capabilities: tuple[CapabilityResult, ...]


def judge(evidence: Evidence, catalogue: Catalogue, rules: Sequence[Rule]) -> Judgement:
    """Weigh all evidence by all rules; raise KeyError when a rule answers to a criterion that does not exist."""
    numbers = {observation: number for number, observation in enumerate(evidence.observations)}
    settling = {criterion.id: tuple(_advice(criterion, evidence, rules)) for criterion in catalogue.criteria}
    findings = tuple(
        _finding(rule, evidence, catalogue.criterion(rule.criterion), numbers, settling[rule.criterion])
        for rule in rules
    )
    verdicts = {
        criterion.id: criterion_verdict(one for one in findings if one.criterion == criterion.id)
        for criterion in catalogue.criteria
    }
    provisions = tuple(_provisions(catalogue, verdicts, findings))
    advice = {name: settling[name] for name, verdict in verdicts.items() if verdict is Verdict.INCONCLUSIVE}
    capabilities = tuple(
        _capability(capability, catalogue, provisions, findings, advice) for capability in catalogue.capabilities
    )
    return Judgement(findings, provisions, capabilities)


def criterion_verdict(findings: Iterable[Finding]) -> Verdict:
    """Combine what several rules, through whatever windows, answer for one criterion.

    One that fails decides. One that suspects or has a gap keeps it open, however weak its window is. One that merely
    has nothing to say, or whose window was not given, does not stand in the way of one that confirms: a window that can
    only refute is silent about every good product.
    """
    answers = list(findings)
    if any(one.verdict is Verdict.FAIL for one in answers):
        return Verdict.FAIL
    if any(_holds_back(one) for one in answers):
        return Verdict.INCONCLUSIVE
    if any(one.verdict is Verdict.PASS for one in answers):
        return Verdict.PASS
    if answers and all(one.verdict is Verdict.NOT_APPLICABLE for one in answers):
        return Verdict.NOT_APPLICABLE
    return Verdict.INCONCLUSIVE


def _holds_back(finding: Finding) -> bool:
    given = (bearing for bearing in finding.bearings if bearing != _NOT_GIVEN[finding.window])
    return any(bearing.effect in ("suspects", "blocks") for bearing in given)


def _finding(
    rule: Rule,
    evidence: Evidence,
    criterion: Criterion,
    numbers: Mapping[Observation, int],
    settling: tuple[Message, ...],
) -> Finding:
    power = criterion.power.get(rule.window, "none")
    weighed = [*(cut_to(one, power) for one in _weigh(rule, evidence, numbers)), *_gaps(rule, evidence)]
    bearings = _kept(sorted(weighed, key=_order)) if power != "none" else ()
    verdict = _verdict(frozenset(one.effect for one in bearings))
    why = _finding_why(bearings, power, rule.window)
    settle = settling if verdict is Verdict.INCONCLUSIVE else ()
    return Finding(rule.id, criterion.id, rule.window, verdict, why, bearings, settle)


def _weigh(rule: Rule, evidence: Evidence, numbers: Mapping[Observation, int]) -> list[Bearing]:
    found: list[Bearing] = []
    try:
        for weight in rule.weigh(evidence):
            if len(found) == MOST_WEIGHTS:
                found.append(Bearing("blocks", message("the rule {rule} gave more than can be weighed", rule=rule.id)))
                break
            found.append(bearing_of(weight, numbers))
    except Exception as error:  # noqa: BLE001 - the one boundary around each rule
        last = traceback.extract_tb(error.__traceback__)[-1]
        why = message(
            "the rule {rule} failed: {error} in {file}, line {line}",
            rule=rule.id,
            error=type(error).__name__,
            file=Path(last.filename).stem,
            line=last.lineno or 0,
        )
        found.append(Bearing("blocks", why))
    return found


def _kept(bearings: Sequence[Bearing]) -> tuple[Bearing, ...]:
    """Keep the first of sorted bearings and count the rest; the strongest decide, so no verdict hangs on the rest."""
    rest = bearings[MOST_BEARINGS:]
    if not rest:
        return tuple(bearings)
    left = message("{count} more of this or a lesser weight are not listed", count=len(rest))
    return (*bearings[:MOST_BEARINGS], Bearing(rest[0].effect, left, rest[0].observations))


def _order(bearing: Bearing) -> tuple[int, tuple[int, ...], str]:
    return _STRENGTH.index(bearing.effect), bearing.observations, str(bearing.why)


def _gaps(rule: Rule, evidence: Evidence) -> Iterator[Bearing]:
    """Say what was not looked at although the rule's silence would need it."""
    made = [one for one in evidence.inspections if one.window == rule.window]
    if not made:
        yield _NOT_GIVEN[rule.window]
        return
    for need in (OPENING, *rule.needs) if rule.window == "firmware" else rule.needs:
        why = _gap(need, [one for one in made if one.inspector == need])
        if why is not None:
            yield Bearing("blocks", why)
    if rule.window == "firmware":
        yield from _not_understood(evidence)


def _gap(need: str, inspections: Sequence[Inspection]) -> Message | None:
    """Say why inspections of one kind do not cover everything; None when they do."""
    if not inspections:
        return message("the inspection {inspection} was not made", inspection=need)
    for one in inspections:
        if one.status != "completed":
            reason = str(one.reason) if one.reason else one.status
            return message("the inspection {inspection} was not completed: {reason}", inspection=need, reason=reason)
    return None


def _not_understood(evidence: Evidence) -> Iterator[Bearing]:
    if not evidence.images:
        yield Bearing("blocks", _NO_MAP)
    for image in evidence.images:
        if image.understood_share < UNDERSTOOD_SHARE_TO_CONFIRM:
            percent = int(image.understood_share * 100)
            if _is_encrypted(image):
                template = "only {percent} % of the bytes of {image} were understood; much of the rest looks encrypted"
            else:
                template = "only {percent} % of the bytes of {image} were understood"
            yield Bearing("blocks", Message(template, {"percent": percent, "image": image.image}))


def _is_encrypted(image: ImageMap) -> bool:
    """Tell whether what looks encrypted is what keeps an image from being understood: half of the unknown or more."""
    encrypted, closed = (image.bytes_of(*kinds) for kinds in (("encrypted",), NOT_UNDERSTOOD))
    return encrypted > 0 and 2 * encrypted >= closed


def _verdict(effects: frozenset[Effect]) -> Verdict:
    if "refutes" in effects:
        return Verdict.FAIL
    if effects & {"suspects", "blocks"}:
        return Verdict.INCONCLUSIVE
    return Verdict.PASS if "confirms" in effects else Verdict.INCONCLUSIVE


def _finding_why(bearings: Sequence[Bearing], power: Power, window: Window) -> Message:
    """Give the deciding reason, or say why nothing decides."""
    if power == "none":
        return message(f"{_SOURCES[window]} can tell nothing of this")
    if bearings and bearings[0].effect != "supports":
        return bearings[0].why
    if power in ("confirm", "both"):
        return message("what was seen speaks for it and does not show that it holds") if bearings else _UNDECIDED
    seen = "what was seen speaks for it" if bearings else "nothing was seen that speaks against it"
    return message(f"{seen}, and {_SOURCES[window]} alone cannot show that it holds")


def _advice(criterion: Criterion, evidence: Evidence, rules: Sequence[Rule]) -> Iterator[Message]:
    """Name what would settle a criterion: each window that can, unless it was given and looked through in full."""
    answering = [rule for rule in rules if rule.criterion == criterion.id]
    closed = [one for one in evidence.images if one.understood_share < UNDERSTOOD_SHARE_TO_CONFIRM]
    if any(rule.window == "firmware" for rule in answering) and any(map(_is_encrypted, closed)):
        yield _NOT_ENCRYPTED
    windows = [window for window in criterion.settle if not _is_given_in_full(window, answering, evidence)]
    for window in windows:
        yield _verbatim(criterion.settle[window])
    if not windows:
        yield _NOTHING_MORE


def _is_given_in_full(window: Window, answering: Iterable[Rule], evidence: Evidence) -> bool:
    if all(one.window != window for one in evidence.inspections):
        return False
    return not any(True for rule in answering if rule.window == window for _ in _gaps(rule, evidence))


def _verbatim(text: str) -> Message:
    """Make a Message of words that have no fields, whatever braces they hold."""
    return Message(text.replace("{", "{{").replace("}", "}}"))


def _provisions(
    catalogue: Catalogue, verdicts: Mapping[str, Verdict], findings: Sequence[Finding]
) -> Iterator[ProvisionResult]:
    gates = {number for capability in catalogue.capabilities for number in capability.gate}
    for provision in catalogue.provisions:
        criteria = tuple(criterion.id for criterion in catalogue.criteria_of(provision.id))
        verdict = combine_all(verdicts[criterion] for criterion in criteria)
        yield ProvisionResult(
            provision.id,
            provision.title,
            provision.level,
            provision.capability,
            verdict,
            criteria,
            provision.id in gates,
            _why(verdict, criteria, findings),
        )


def _why(verdict: Verdict, criteria: Iterable[str], findings: Sequence[Finding], *, has_gap: bool = False) -> Message:
    """Give the deciding reason of a verdict that was reached over criteria: that of its strongest finding.

    Where nothing speaks against it and nothing was missed, what keeps it open is a criterion that no rule answers, or
    the gap of a provision without any.
    """
    answers = {name: [one for one in findings if one.criterion == name] for name in criteria}
    deciding = [given for given in answers.values() if criterion_verdict(given) is verdict]
    telling = [one for given in deciding for one in given if one.verdict is verdict]
    strongest = min(telling, key=_rank, default=None)
    is_answered = bool(deciding) and all(deciding) and not (has_gap and verdict is Verdict.INCONCLUSIVE)
    if strongest is not None and (is_answered or _holds_back(strongest)):
        return strongest.why
    return _UNDECIDED if is_answered else _unanswered([name for name, given in answers.items() if not given])


def _unanswered(criteria: Sequence[str]) -> Message:
    """Name the criteria that nothing looks at yet."""
    if not criteria:
        return _NO_CRITERION
    return message("Plimsoll does not look yet at: {criteria}", criteria=", ".join(criteria))


def _rank(finding: Finding) -> tuple[int, int]:
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_APPLICABLE)
    strength = _STRENGTH.index(finding.bearings[0].effect) if finding.bearings else len(_STRENGTH)
    return order.index(finding.verdict), strength


def _capability(
    capability: Capability,
    catalogue: Catalogue,
    provisions: Sequence[ProvisionResult],
    findings: Sequence[Finding],
    advice: Mapping[str, tuple[Message, ...]],
) -> CapabilityResult:
    gate = [one for one in provisions if one.id in capability.gate]
    verdict = combine_all(one.verdict for one in gate)
    criteria = dict.fromkeys(criterion for one in gate for criterion in one.criteria)
    own = {criterion.id for criterion in catalogue.criteria if criterion.capability == capability.number}
    return CapabilityResult(
        capability.number,
        capability.key,
        capability.title,
        verdict,
        _why(verdict, criteria, findings, has_gap=any(not one.criteria for one in gate)),
        (*_ranked(findings, criteria), *_ranked(findings, own - criteria.keys())),
        _settle([name for name in criteria if name in advice], advice) if verdict is Verdict.INCONCLUSIVE else (),
        tuple(name for name in criteria if _fails(name, findings)),
    )


def _ranked(findings: Sequence[Finding], criteria: Iterable[str]) -> list[int]:
    """Give the numbers of the findings for some criteria, worst first."""
    wanted = set(criteria)
    numbers = [number for number, one in enumerate(findings) if one.criterion in wanted]
    return sorted(numbers, key=lambda number: (_rank(findings[number]), number))


def _fails(criterion: str, findings: Sequence[Finding]) -> bool:
    return any(one.criterion == criterion and one.verdict is Verdict.FAIL for one in findings)


def _settle(criteria: Iterable[str], advice: Mapping[str, tuple[Message, ...]]) -> tuple[Message, ...]:
    """Name what would settle the open criteria of a gate, each advice once; that nothing more would, only alone."""
    given = {one.template: one for name in criteria for one in advice[name]}
    more = tuple(one for one in given.values() if one != _NOTHING_MORE)
    return more or (_NOTHING_MORE,)
