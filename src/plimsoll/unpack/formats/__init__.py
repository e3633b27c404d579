"""Formats: one file each, listed once in FORMATS."""

from plimsoll.unpack.format import Format

FORMATS: tuple[Format, ...] = ()
