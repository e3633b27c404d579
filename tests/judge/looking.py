"""Evidence of a tree that is looked at as the program does it: every inspector of firmware, then every matcher."""

from __future__ import annotations

from collections.abc import Mapping

from plimsoll.inspect.firmware import INSPECTORS
from plimsoll.judge.rule import Rule
from plimsoll.match import MATCHERS
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Evidence, Inspection, Observation
from tests.firmware import observe_all
from tests.judge.building import image_map, judged

ELF = "\x7fELF"


def from_files(files: Mapping[str, str], links: Mapping[str, str] = {}) -> Evidence:
    """Look at files of a tree, each of which may be run."""
    raw = {path: text.encode() for path, text in files.items()}
    observations, inspections, secrets = observe_all(INSPECTORS, raw, links, dict.fromkeys(files, 0o755))
    made = [Inspection(matcher.id, "completed") for matcher in MATCHERS]
    whole = (Inspection("opening", "completed"), *inspections, *made)
    known = Evidence(tuple(observations), whole, (image_map(),), secrets)
    for matcher in MATCHERS:
        derived = tuple(one for one in matcher.match(known) if isinstance(one, Observation))
        known = Evidence(known.observations + derived, known.inspections, known.images, secrets)
    return known


def finding_of(rule: Rule, files: Mapping[str, str], links: Mapping[str, str] = {}) -> Finding:
    """Give what one rule answers of files of a tree."""
    return judged(rule, from_files(files, links)).findings[0]


def effects_of(rule: Rule, files: Mapping[str, str], links: Mapping[str, str] = {}) -> list[str]:
    """Give the effects that one rule finds in files of a tree, strongest first."""
    return [bearing.effect for bearing in finding_of(rule, files, links).bearings]
