"""`plimsoll declare`: the maker's declaration, made, checked, and written in other forms."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from plimsoll.cli._given import read_declaration
from plimsoll.declare.cyclonedx import LARGEST_BYTES as LARGEST_EXPORT
from plimsoll.declare.cyclonedx import from_cyclonedx, to_cyclonedx
from plimsoll.declare.tables import from_csv, to_csv
from plimsoll.declare.write import to_json, to_toml
from plimsoll.errors import InputError
from plimsoll.model.declaration import DeclarationForm
from plimsoll.report.visible import say

NOT_READY = 1
"""Exit code when a declaration cannot be assessed as it stands."""

_WRITERS: Mapping[str, Callable[[DeclarationForm], bytes]] = {
    ".cdx.json": to_cyclonedx,
    ".toml": to_toml,
    ".json": to_json,
    ".md": lambda form: _markdown(form),
}
"""Forms by the ends of file names, the longest first."""


@click.group("declare")
def command() -> None:
    """Make, check and convert what a maker declares of a product in the terms of TS 103 701."""


@command.command("new")
@click.argument("image", type=click.Path(path_type=Path), required=False)
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None, metavar="FILE", help="Write it there.")
def new(image: Path | None, output: Path | None) -> None:
    """Write a commented template; given IMAGE, filled in with what was seen of it, to be confirmed."""
    from plimsoll.declare.template import template

    if output is not None and output.exists():
        raise InputError(f"{str(output)!r} is there already", hint="name another file")
    assessment = None
    if image is not None:
        from plimsoll.assess import assess
        from plimsoll.model.product import Product

        assessment = assess(image, Product(), today=datetime.datetime.now(datetime.UTC).date())
    text = template(assessment)
    if output is None:
        click.echo(text.decode(), nl=False)
    else:
        _write(output, text)


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, file: Path) -> None:
    """Tell what is missing, vague, circular or inconsistent in FILE; exit code 1 when it cannot be assessed so."""
    from plimsoll.catalogue import load
    from plimsoll.catalogue.ixit import load_tables
    from plimsoll.declare.check import can_be_assessed
    from plimsoll.declare.check import check as check_form

    remarks = check_form(_read(file), load(), load_tables())
    for remark in remarks:
        click.echo(f"{remark.severity}: {remark.place}: {say(remark.message)}")
    counts = [(word, sum(one.severity == word for one in remarks)) for word in ("error", "warning", "note")]
    click.echo(", ".join(f"{count} {word}{'s' * (count != 1)}" for word, count in counts))
    if not can_be_assessed(remarks):
        ctx.exit(NOT_READY)


@command.command("convert")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to: .toml, .json, .cdx.json (CycloneDX), .md, or a new folder of CSV tables (a name that ends in /).",
)
def convert(file: Path, output: Path) -> None:
    """Write FILE, a declaration in any of its forms or a folder of CSV tables, in another form."""
    form = _read(file)
    for suffix, write in _WRITERS.items():
        if output.name.lower().endswith(suffix):
            _write(output, write(form))
            return
    if output.suffix:
        raise InputError(f"the name {output.name!r} tells no form", hint=f"end it in one of {', '.join(_WRITERS)}")
    try:
        output.mkdir()
    except OSError as error:
        raise InputError(
            f"the folder {str(output)!r} cannot be made: {error.strerror}", hint="name a new one"
        ) from None
    for name, data in to_csv(form).items():
        _write(output / name, data)


def _read(path: Path) -> DeclarationForm:
    """Read a declaration in any form."""
    if path.is_dir():
        return from_csv({one.name: _bytes(one) for one in sorted(path.iterdir()) if one.suffix.lower() == ".csv"})
    if path.name.lower().endswith(".cdx.json"):
        return from_cyclonedx(_bytes(path))
    return read_declaration(path).form


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_EXPORT + 1)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from None


def _markdown(form: DeclarationForm) -> bytes:
    from plimsoll.catalogue import load
    from plimsoll.catalogue.ixit import load_tables
    from plimsoll.declare.check import check as check_form
    from plimsoll.declare.markdown import to_markdown

    return to_markdown(form, check_form(form, load(), load_tables())).encode()


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None
