"""Observations set against knowledge: facts derived from facts."""

from plimsoll.match.chip_updates import ChipUpdates
from plimsoll.match.components import InstalledComponents
from plimsoll.match.cve_authorities import CveAuthorities
from plimsoll.match.default_passwords import DefaultPasswords
from plimsoll.match.lifetimes import Lifetimes
from plimsoll.match.matcher import Matcher
from plimsoll.match.published_keys import PublishedKeys
from plimsoll.match.published_passwords import PublishedPasswords
from plimsoll.match.services import Services
from plimsoll.match.unchecked_fetches import UncheckedFetches
from plimsoll.match.vulnerabilities import Vulnerabilities

MATCHERS: tuple[Matcher, ...] = (
    InstalledComponents(),
    Services(),
    UncheckedFetches(),
    DefaultPasswords(),
    PublishedPasswords(),
    Vulnerabilities(),
    Lifetimes(),
    CveAuthorities(),
    ChipUpdates(),
    PublishedKeys(),
)
