"""Observations set against knowledge: facts derived from facts."""

from plimsoll.match.components import InstalledComponents
from plimsoll.match.cve_authorities import CveAuthorities
from plimsoll.match.default_passwords import DefaultPasswords
from plimsoll.match.known_test_keys import KnownTestKeys
from plimsoll.match.lifetimes import Lifetimes
from plimsoll.match.matcher import Matcher
from plimsoll.match.services import Services
from plimsoll.match.vulnerabilities import Vulnerabilities

MATCHERS: tuple[Matcher, ...] = (
    InstalledComponents(),
    Services(),
    DefaultPasswords(),
    Vulnerabilities(),
    Lifetimes(),
    CveAuthorities(),
    KnownTestKeys(),
)
