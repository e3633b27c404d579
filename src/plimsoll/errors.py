"""What can go wrong by the operator's doing, each with a word on what to try.

What is wrong with a product is never an exception: it is a record in an inspection.
"""


class PlimsollError(Exception):
    """The operator can put this right; shown without a traceback."""

    exit_code = 2

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint


class InputError(PlimsollError):
    """A file or folder that was named cannot be read."""


class UnreadableImage(PlimsollError):
    """The input was read, but nothing in it could be assessed."""

    exit_code = 3


class UnknownName(PlimsollError):
    """A rule, provision, capability or scheme of that name does not exist."""


class CatalogueError(Exception):
    """The yardstick contradicts itself; a mistake of ours, found when it is loaded."""
