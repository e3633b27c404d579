"""Whether a declaration can be assessed: complete, definite and in agreement with itself.

By the rules of ETSI TS 103 701 V2.1.1 for ICS and IXIT, and provision 5.0-1 of EN 303 645 V3.1.3, in our own words. It
says nothing of whether what is declared is true.
"""

from __future__ import annotations

from plimsoll.catalogue.ixit import Table
from plimsoll.declare._agreement import check_agreement
from plimsoll.declare._ics import check_ics
from plimsoll.declare._identity import check_identity
from plimsoll.declare._ixit import check_ixit
from plimsoll.declare._references import check_references
from plimsoll.declare.remark import Remark
from plimsoll.model.criterion import Catalogue
from plimsoll.model.declaration import DeclarationForm

_SEVERITIES = ("error", "warning", "note")


def check(form: DeclarationForm, catalogue: Catalogue, tables: tuple[Table, ...]) -> tuple[Remark, ...]:
    """Give all remarks, errors first, else in the order of identity, ICS, IXIT, references and contradictions."""
    remarks = [
        *check_identity(form),
        *check_ics(form, catalogue),
        *check_ixit(form, tables),
        *check_references(form, tables),
        *check_agreement(form, catalogue),
    ]
    return tuple(sorted(remarks, key=lambda remark: _SEVERITIES.index(remark.severity)))


def can_be_assessed(remarks: tuple[Remark, ...]) -> bool:
    """Say whether no remark is an error."""
    return not any(remark.severity == "error" for remark in remarks)
