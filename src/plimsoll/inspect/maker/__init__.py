"""Inspectors of a maker's public pages: one file per question, each with its own requests, at most thirty in all."""

from plimsoll.inspect.maker.advisories import Advisories
from plimsoll.inspect.maker.disclosure_policy import DisclosurePolicies
from plimsoll.inspect.maker.inspector import SiteInspector, Visit, look_at_site
from plimsoll.inspect.maker.product_pages import ProductPages
from plimsoll.inspect.maker.security_txt import SecurityTxts
from plimsoll.inspect.maker.support_period import SupportPeriods

MAKER_INSPECTORS: tuple[SiteInspector, ...] = (
    SecurityTxts(),
    DisclosurePolicies(),
    SupportPeriods(),
    Advisories(),
    ProductPages(),
)

__all__ = ["MAKER_INSPECTORS", "SiteInspector", "Visit", "look_at_site"]
