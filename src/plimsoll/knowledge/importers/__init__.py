"""Readers of the official forms of vulnerability and lifetime data; a form is known by its content, not by its name."""

from __future__ import annotations

from plimsoll.knowledge.importers.csaf import Csaf
from plimsoll.knowledge.importers.cve_list import CveList
from plimsoll.knowledge.importers.endoflife import EndOfLife
from plimsoll.knowledge.importers.epss import Epss
from plimsoll.knowledge.importers.importer import Importer
from plimsoll.knowledge.importers.kev import Kev
from plimsoll.knowledge.importers.nvd import Nvd
from plimsoll.knowledge.importers.nvd_legacy import NvdLegacy
from plimsoll.knowledge.importers.openvex import OpenVex
from plimsoll.knowledge.importers.osv import Osv

IMPORTERS: tuple[Importer, ...] = (
    CveList(),
    Nvd(),
    NvdLegacy(),
    Kev(),
    OpenVex(),
    Csaf(),
    Osv(),
    EndOfLife(),
    Epss(),
)
"""Asked in this order."""
