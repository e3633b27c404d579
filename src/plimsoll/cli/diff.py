"""`plimsoll diff`: what changed between two assessments."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from plimsoll.cli._show import wants_colour
from plimsoll.cli._stored import read_assessment
from plimsoll.errors import InputError

if TYPE_CHECKING:
    from plimsoll.report.changes import Changes

NOTHING_WORSE, WORSE = 0, 1

FORMS: Mapping[str, str] = {
    ".json": "json_report",
    ".html": "html",
    ".htm": "html",
    ".md": "markdown",
    ".txt": "terminal",
}
"""Modules that write a comparison, by the end of the file's name."""

_FORMATS: Mapping[str, str] = {
    "terminal": "terminal", "json": "json_report", "html": "html", "markdown": "markdown",
}  # fmt: skip


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write it to FILE, in the form that its name tells (.json, .html, .md, .txt). May be repeated.",
)
@click.option("--format", "format_name", type=click.Choice(list(_FORMATS)), default="terminal", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing: only -o and the exit code.")
@click.pass_context
def command(
    ctx: click.Context,
    old: Path,
    new: Path,
    outputs: tuple[Path, ...],
    format_name: str,
    as_json: bool,
    quiet: bool,
) -> None:
    """Tell what changed from OLD to NEW, files that `plimsoll assess -o FILE.json` wrote.

    Verdicts, known vulnerabilities, software, services, accounts, keys and addresses. Exit code 1 when something is
    worse: a verdict, a vulnerability that opened, or software that went back to an older version.
    """
    from plimsoll.report.changes import changes

    forms = [(path, _form(path)) for path in outputs]
    found = changes(read_assessment(old), read_assessment(new))
    for path, module in forms:
        _write(path, _renderer(module)(found))
    if not quiet:
        click.echo(_show(found, "json" if as_json else format_name), nl=False)
    ctx.exit(WORSE if found.is_worse else NOTHING_WORSE)


def _form(path: Path) -> str:
    """Choose the form by the file's name, before the work."""
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to", hint="make it first")
    if path.suffix.lower() not in FORMS:
        raise InputError(f"the name {path.name!r} tells no form", hint=f"end it in one of {', '.join(FORMS)}")
    return FORMS[path.suffix.lower()]


def _renderer(module: str) -> Callable[[Changes], str]:
    render: Callable[[Changes], str] = import_module(f"plimsoll.report.changes.{module}").render
    return render


def _show(found: Changes, format_name: str) -> str:
    if format_name == "terminal":
        from plimsoll.report.changes import terminal

        width = shutil.get_terminal_size((80, 24)).columns
        return terminal.render(found, width=width, colour=wants_colour(sys.stdout))
    return _renderer(_FORMATS[format_name])(found)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None
