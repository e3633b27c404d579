"""Inspectors of firmware: one file per question, all served by one pass over the bytes."""

from plimsoll.inspect.inspector import Inspector

INSPECTORS: tuple[Inspector, ...] = ()
