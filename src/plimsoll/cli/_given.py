"""What an operator gives besides an image: the maker's domain and a declaration."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from plimsoll.assess import Maker
from plimsoll.errors import InputError
from plimsoll.model.product import Product
from plimsoll.sources.document import LARGEST_BYTES, Document, read_document

if TYPE_CHECKING:  # imported where one is given
    from plimsoll.sources.vex import VexDocument

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[0-9]{1,5})?")


class Asked(msgspec.Struct, frozen=True):
    """What the operator says of the maker's pages."""

    domain: str
    """As typed; empty when no maker is to be visited."""
    pages: tuple[str, ...] = ()
    archive: Path | None = None
    contact: str = ""
    allow_private: bool = False


@contextmanager
def maker_visit(asked: Asked, today: datetime.date) -> Iterator[Maker | None]:
    """Give who asks for the maker's pages; keep the visit when it is over, where an archive is named and not there yet.

    Raise InputError for what is no domain, for an archive or pages without one, and when nobody says who is asking.
    """
    if not asked.domain:
        if asked.archive or asked.pages:
            raise InputError("--page and --maker-archive belong to a maker", hint="give --maker DOMAIN as well")
        yield None
        return
    host = _ascii(asked.domain)
    from plimsoll.visit.archive import Recorder, replay

    if asked.archive is not None and asked.archive.exists():
        yield Maker(host, replay(asked.archive), asked.pages)
        return
    if not asked.contact and not asked.allow_private:
        hint = "give --contact you@example.com, or set PLIMSOLL_CONTACT once"
        raise InputError("a polite visitor says who is asking", hint=hint)
    from plimsoll.visit.visitor import Visitor

    visitor = Visitor(host, allow_private=asked.allow_private, contact=asked.contact)
    for page in asked.pages:
        visitor.given(page)
    recorder = Recorder(visitor)
    yield Maker(host, recorder, asked.pages)
    if asked.archive is not None:
        recorder.write(asked.archive, today)


def _ascii(domain: str) -> str:
    """Write a domain in its ASCII form, lower case; take the host of an address that was given in its place."""
    host = domain.strip().lower().removeprefix("https://").partition("/")[0]
    try:
        name = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        name = ""
    if not name or len(name) > 253 or not _DOMAIN.fullmatch(name):
        raise InputError(f"{domain!r} is not a domain", hint="name it as in example.com")
    return name


def read_declaration(path: Path) -> Document:
    """Read a declaration; raise InputError when there is none that can be read."""
    return read_document(path.name, _bytes(path, LARGEST_BYTES))


def read_vex_file(path: Path) -> VexDocument:
    """Read what a maker says of vulnerabilities; raise InputError when there is nothing that can be read."""
    from plimsoll.sources import vex

    return vex.read_vex(path.name, _bytes(path, vex.LARGEST_BYTES))


def _bytes(path: Path, most: int) -> bytes:
    """Read at most one byte more than there may be."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {str(path)!r}", hint="check the path") from None
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from None


def fill_in(product: Product, declared: Document | None) -> Product:
    """Take from the declaration what the operator did not say of the product."""
    if declared is None:
        return product
    said = declared.form.product
    return msgspec.structs.replace(
        product,
        maker=product.maker or said.maker,
        model=product.model or said.model,
        version=product.version or said.software_version,
    )
