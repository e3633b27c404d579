"""Rules: one file per capability."""

from plimsoll.judge.rule import Rule

RULES: tuple[Rule, ...] = ()
