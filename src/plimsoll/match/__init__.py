"""Observations set against knowledge: facts derived from facts."""

from plimsoll.match.matcher import Matcher

MATCHERS: tuple[Matcher, ...] = ()
