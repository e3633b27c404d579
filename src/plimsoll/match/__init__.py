"""Observations set against knowledge: facts derived from facts."""

from plimsoll.match.components import InstalledComponents
from plimsoll.match.cve_authorities import CveAuthorities
from plimsoll.match.default_passwords import DefaultPasswords
from plimsoll.match.matcher import Matcher
from plimsoll.match.services import Services

MATCHERS: tuple[Matcher, ...] = (InstalledComponents(), Services(), DefaultPasswords(), CveAuthorities())
