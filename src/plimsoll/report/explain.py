"""What a name of the yardstick means: a provision, capability, criterion, rule or scheme.

All words come from the catalogue and from what rules say of themselves.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from plimsoll.errors import UnknownName
from plimsoll.model.criterion import Catalogue, RuleText
from plimsoll.report._explained import write_capability, write_criterion, write_provision, write_scheme
from plimsoll.report._page import Page


def explain(name: str, catalogue: Catalogue, rules: Sequence[RuleText], *, width: int = 80) -> str:
    """Explain a name in plain text that is wrapped at `width` columns and ends with a newline.

    A name is the number of a provision in V3.1.3 or V2.1.1, the number or key of a capability, the id of a criterion or
    rule, or the id or a short name of a scheme; upper and lower case are the same. Raise UnknownName for any other.
    """
    page = Page(width, colour=False)
    wanted = name.strip().lower()
    for write in (_write_provision, _write_old_number, _write_capability, _write_criterion, _write_scheme):
        if write(page, wanted, catalogue, rules):
            return page.text()
    raise UnknownName(
        f"there is no provision, capability, criterion, rule or scheme {name!r}", hint=_hint(wanted, catalogue, rules)
    )


def _write_provision(page: Page, wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> bool:
    found = [one for one in catalogue.provisions if one.id.lower() == wanted]
    for provision in found:
        write_provision(page, provision, catalogue, rules)
    return bool(found)


def _write_old_number(page: Page, wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> bool:
    """Write of each provision that a number of V2.1.1 has become."""
    found = [one for one in catalogue.provisions if one.v2_id and one.v2_id.lower() == wanted]
    if found:
        became = ", ".join(one.id for one in found)
        page.write(f"{wanted} is a number of V2.1.1; in V3.1.3 it has become {became}.")
    for provision in found:
        page.blank()
        write_provision(page, provision, catalogue, rules)
    return bool(found)


def _write_capability(page: Page, wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> bool:
    found = [one for one in catalogue.capabilities if wanted in (str(one.number), one.key)]
    for capability in found:
        write_capability(page, capability, catalogue, rules)
    return bool(found)


def _write_criterion(page: Page, wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> bool:
    """Write of a criterion with all its rules, or with the one that was asked for."""
    named = [rule for rule in rules if rule.id == wanted]
    for criterion in catalogue.criteria:
        if criterion.id == wanted:
            write_criterion(page, criterion, catalogue, [rule for rule in rules if rule.criterion == wanted])
            return True
        if any(rule.criterion == criterion.id for rule in named):
            write_criterion(page, criterion, catalogue, named)
            return True
    return False


def _write_scheme(page: Page, wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> bool:
    found = [one for one in catalogue.schemes if wanted in (one.id, *one.names)]
    for scheme in found:
        write_scheme(page, scheme, catalogue)
    return bool(found)


def _hint(wanted: str, catalogue: Catalogue, rules: Sequence[RuleText]) -> str:
    near = difflib.get_close_matches(wanted, _names(catalogue, rules), n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return "name a provision such as 5.3-10, a capability from 1 to 5, a rule or criterion, or a scheme such as cra"


def _names(catalogue: Catalogue, rules: Sequence[RuleText]) -> list[str]:
    names = [one.id for one in catalogue.provisions]
    names += [one.v2_id for one in catalogue.provisions if one.v2_id]
    names += [one.key for one in catalogue.capabilities]
    names += [one.id for one in catalogue.criteria]
    names += [one.id for one in rules]
    names += [name for one in catalogue.schemes for name in (one.id, *one.names)]
    return list(dict.fromkeys(names))
