"""`plimsoll unpack`: what is inside an image, as a list or as a safe copy."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from plimsoll.assess import Progress
from plimsoll.cli._progress import ProgressLine
from plimsoll.cli._show import wants_colour
from plimsoll.frames import Tick
from plimsoll.look import copy_image, list_image
from plimsoll.report.listing import render_listing
from plimsoll.report.visible import say
from plimsoll.unpack.copy import Copied

LEFT_OUT_SHOWN = 20


@click.command("unpack")
@click.argument("image", type=click.Path(path_type=Path))
@click.option("-l", "--list", "list_only", is_flag=True, help="Show the map of the image and its trees (the default).")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write a safe copy to a new or empty folder: no device nodes, no links that leave it.",
)
def command(image: Path, list_only: bool, folder: Path | None) -> None:
    """Show what is inside IMAGE, a firmware image or a folder, or copy it out."""
    if folder is not None and list_only:
        raise click.UsageError("--list and -o exclude each other.")
    with ProgressLine(quiet=False) as line:

        def on_tick(tick: Tick) -> None:
            line(Progress("looking", tick.done_bytes, tick.total_bytes, tick.files))

        done = list_image(image, on_tick=on_tick) if folder is None else copy_image(image, folder, on_tick=on_tick)
    if isinstance(done, Copied):
        _tell(done, folder)
        return
    width = shutil.get_terminal_size((100, 24)).columns
    click.echo(render_listing(done, width=width, colour=wants_colour(sys.stdout)), nl=False)


def _tell(copied: Copied, folder: Path | None) -> None:
    click.echo(f"{copied.files} files, {copied.bytes} bytes written to {folder}")
    if copied.left_out:
        click.echo(f"{len(copied.left_out)} entries were left out:")
    for problem in copied.left_out[:LEFT_OUT_SHOWN]:
        click.echo(f"  {problem.where}: {say(problem.message)}")
    if len(copied.left_out) > LEFT_OUT_SHOWN:
        click.echo(f"  and {len(copied.left_out) - LEFT_OUT_SHOWN} more")
