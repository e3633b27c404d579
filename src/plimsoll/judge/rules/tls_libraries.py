"""Rule on libraries of TLS that nobody looks after any more (EN 303 645, provision 5.5-2).

Who sells a product may mend such a copy by himself, which an image does not show; so it is never more than a suspicion.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules._used import Uses
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import BuildDate, StartedProgram, SupportEnd
from plimsoll.model.message import message

_LIBRARIES = ("openssl", "mbedtls", "polarssl", "axtls", "wolfssl")


def _weigh(evidence: Evidence) -> Iterator[Weight]:
    built = max((fact.date for _, fact in evidence.of(BuildDate)), default="")
    uses = evidence.once(Uses)
    for observation, end in evidence.of(SupportEnd):
        was_cared_for = bool(built and end.security_ends_on > built)
        if end.subject in _LIBRARIES and end.is_over and not was_cared_for:
            yield _ended(observation, end, uses)
    yield from unknown_startup(evidence)


def _ended(observation: Observation, end: SupportEnd, uses: Uses) -> Weight:
    """Weigh a library by what uses it: itself, what it is linked into, or what loads it."""
    used = uses.of(observation)
    words = {"library": f"{end.subject} {end.version}", "file": name_of(observation.where), "day": end.security_ends_on}
    template = "{file} speaks TLS by {library}, which its makers look after no more"
    template += " since {day}" if end.security_ends_on else ""
    started = [one for one in used if isinstance(one.fact, StartedProgram)]
    if not started:
        why = message(template + "; that something started uses it was not seen", **words)
        return Weight("suspects", why, (observation,), "network")
    assert isinstance(started[0].fact, StartedProgram)
    template += "; {program}, which uses it, is started"
    why = message(template, program=started[0].fact.program, **words)
    return Weight("suspects", why, (observation, *used), "network", "likely")


MAINTAINED = Rule(
    id="tls-libraries-are-maintained",
    criterion="tls-libraries-are-maintained",
    needs=("components", "installed-components", "lifetimes", "executables", "startup"),
    what=(
        "Copies of OpenSSL, Mbed TLS, PolarSSL, axTLS and wolfSSL, loaded or linked into a program, whose line of "
        "releases was no longer looked after when the image was built, or is not today where that day is not known: a "
        "suspicion each, with the started program that uses the copy."
    ),
    limits=(
        "A copy that states no version, as of BearSSL, is not weighed, nor whether somebody else mends an old line. Of "
        "a library that is linked in it is not seen which of its functions are called."
    ),
    weigh=_weigh,
)
