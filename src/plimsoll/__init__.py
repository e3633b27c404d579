"""Plimsoll: five promises every connected product makes, checked against what its maker ships."""

__version__ = "0.1.0"
