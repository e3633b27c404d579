"""`plimsoll verify`: do the places of an assessment still hold?"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from plimsoll.cli._show import wants_colour
from plimsoll.cli._stored import read_assessment

NOT_BORNE_OUT = 1
"""Exit code when a place changed, is gone, or could not be reached."""


@click.command("verify")
@click.argument("assessment", type=click.Path(path_type=Path))
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Write JSON, with every place.")
@click.option("-q", "--quiet", is_flag=True, help="Only the exit code.")
@click.pass_context
def command(ctx: click.Context, assessment: Path, image: Path, as_json: bool, quiet: bool) -> None:
    """Look up every place of ASSESSMENT, a file that `plimsoll assess -o FILE.json` wrote, again in IMAGE.

    Says which still hold the same bytes. Exit code 1 when one changed, is gone, or could not be reached.
    """
    from plimsoll.report import verification
    from plimsoll.verify import verify

    checked = verify(read_assessment(assessment), image)
    if as_json:
        click.echo(verification.render_json(checked), nl=False)
    elif not quiet:
        width = shutil.get_terminal_size((80, 24)).columns
        click.echo(verification.render(checked, width=width, colour=wants_colour(sys.stdout)), nl=False)
    ctx.exit(0 if checked.is_borne_out else NOT_BORNE_OUT)
