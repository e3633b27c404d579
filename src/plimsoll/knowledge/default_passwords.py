"""The list of published default passwords that goes with the program, and the order in which to try it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import msgspec

_SHORTEST = 3
"""Characters of the shortest name of a maker that is looked for in texts."""


class Published(msgspec.Struct, frozen=True):
    """Default passwords that were published for a product."""

    maker: str
    """Lower case."""
    words: tuple[str, ...]
    source: str
    """Address of where."""
    products: tuple[str, ...] = ()
    """Words of the product's name, lower case; empty when several products of the maker have it."""


class DefaultPasswords(msgspec.Struct, frozen=True):
    """Default passwords that have been published."""

    date: str
    """ISO 8601 date of the list."""
    note: str
    general: tuple[str, ...]
    """Words of no maker in particular, most used first."""
    vendor: dict[str, tuple[str, ...]] = {}
    """Words of one maker or platform, by its name in lower case."""
    published: tuple[Published, ...] = ()

    def __len__(self) -> int:
        return len(self.ordered(()))

    def ordered(self, hints: tuple[str, ...], products: str = "") -> tuple[str, ...]:
        """Give every word once: those of the makers in `hints`, the general ones, then those of all other makers.

        Of a maker in `hints`, what was published for a product that is named in `products` comes first.
        """
        own = [one for one in self.published if one.maker in hints]
        first = [word for one in own if one.products and fits(one, products) for word in one.words]
        hinted = [word for one in own for word in one.words]
        hinted += [word for name in sorted(self.vendor) if name in hints for word in self.vendor[name]]
        others = [word for name in sorted(self.vendor) if name not in hints for word in self.vendor[name]]
        others += [word for one in self.published if one.maker not in hints for word in one.words]
        return tuple(dict.fromkeys([*first, *hinted, *self.general, *others]))

    def makers_in(self, text: str) -> tuple[str, ...]:
        """Name the makers of the list that a text names."""
        known = dict.fromkeys([*self.vendor, *(one.maker for one in self.published)])
        return tuple(name for name in known if len(name) >= _SHORTEST and names(text, name))

    def published_for(self, word: str, hints: tuple[str, ...], products: str) -> Published | None:
        """Find where a word was published for a maker in `hints`, and for the product where the entry names any."""
        return next(
            (one for one in self.published if one.maker in hints and word in one.words and fits(one, products)), None
        )


def fits(entry: Published, products: str) -> bool:
    """Tell whether a text names one of the products of an entry; one without products fits any."""
    return not entry.products or any(names(products, one) for one in entry.products)


def names(text: str, name: str) -> bool:
    """Tell whether a text names something: written with a blank, a dash or neither; a long name may go on in a word."""
    pattern = "[-_ .]?".join(re.escape(part) for part in re.split(r"[-_ ]", name))
    end = "" if len(name) > _SHORTEST else "(?![a-z])"
    return re.search(rf"(?<![a-z0-9]){pattern}{end}", text.lower()) is not None


@cache
def load() -> DefaultPasswords:
    """Read the list; it is part of the program, so a fault in it is ours."""
    text = files("plimsoll.knowledge").joinpath("default_passwords.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), DefaultPasswords)
