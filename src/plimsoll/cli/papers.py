"""`plimsoll papers`: drafts from a stored assessment."""

from __future__ import annotations

from pathlib import Path

import click

from plimsoll.cli._given import read_declaration
from plimsoll.cli._stored import read_assessment


@click.command("papers")
@click.argument("assessment", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), required=True, metavar="DIR", help="A folder for them."
)
@click.option(
    "--declaration", type=click.Path(path_type=Path), default=None, metavar="FILE", help="What the maker declares."
)
@click.option("--html", is_flag=True, help="Write pages to read and print; Markdown otherwise.")
@click.option("--paper", "names", multiple=True, metavar="NAME", help="Only this one. May be repeated.")
def command(assessment: Path, folder: Path, declaration: Path | None, html: bool, names: tuple[str, ...]) -> None:
    """Write drafts of papers from ASSESSMENT, a file that `plimsoll assess -o FILE.json` wrote.

    ICS, IXIT, test plan, UK statement of compliance, CRA matrix, security.txt and disclosure policy. What only the
    maker knows is left blank and marked. None is a certificate.
    """
    from plimsoll.catalogue import load
    from plimsoll.model.declaration import DeclarationForm
    from plimsoll.report.papers import PAPERS, paper_kind, render

    form = read_declaration(declaration).form if declaration else DeclarationForm()
    stored = read_assessment(assessment)
    chosen = [paper_kind(name) for name in names] or list(PAPERS)
    folder.mkdir(parents=True, exist_ok=True)
    for kind in chosen:
        path = folder / f"{kind.id}{'.html' if html else '.md'}"
        path.write_text(render(kind.id, stored, load(), form, html_page=html), encoding="utf-8")
        click.echo(f"{kind.title}: {path}")
