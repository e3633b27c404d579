"""What an operator gives besides an image: the maker's domain and a declaration."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from plimsoll.assess import Maker
from plimsoll.errors import InputError
from plimsoll.model.product import Product
from plimsoll.sources.document import LARGEST_BYTES, Document, read_document

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?::[0-9]{1,5})?")


@contextmanager
def maker_visit(
    domain: str, pages: tuple[str, ...], archive: Path | None, today: datetime.date, *, allow_private: bool
) -> Iterator[Maker | None]:
    """Give who asks for the maker's pages; keep the visit when it is over, where an archive is named and not there yet.

    Raise InputError for what is no domain, and for an archive or pages without one.
    """
    if not domain:
        if archive or pages:
            raise InputError("--page and --maker-archive belong to a maker", hint="give --maker DOMAIN as well")
        yield None
        return
    host = _ascii(domain)
    from plimsoll.visit.archive import Recorder, replay

    if archive is not None and archive.exists():
        yield Maker(host, replay(archive), pages)
        return
    from plimsoll.visit.visitor import Visitor

    visitor = Visitor(host, allow_private=allow_private)
    for page in pages:
        visitor.given(page)
    recorder = Recorder(visitor)
    yield Maker(host, recorder, pages)
    if archive is not None:
        recorder.write(archive, today)


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
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {str(path)!r}", hint="check the path") from None
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from None
    return read_document(path.name, data)


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
