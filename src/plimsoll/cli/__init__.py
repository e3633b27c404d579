"""The command line: one file per command, imported when it is called, so that `--help` answers at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module

import click

import plimsoll
from plimsoll.errors import PlimsollError

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it."""

MISTAKE_OF_OURS = 70
"""Exit code after an error that is none of the operator's (EX_SOFTWARE), so that it is never taken for a verdict."""

COMMANDS: Mapping[str, str] = {
    "assess": "What is given of a product: five verdicts, and why.",
    "unpack": "What is inside an image, and how many of its bytes were understood.",
    "verify": "Whether every place of an assessment still holds in an image.",
    "diff": "What changed between two assessments.",
    "declare": "The maker's declaration (ICS and IXIT): a template, a check, other forms.",
    "papers": "Drafts of the papers that a law or laboratory asks for, from an assessment.",
    "knowledge": "What is known of vulnerabilities and lifetimes: import, update, status.",
    "explain": "What a rule, provision, capability or scheme is, and how to put it right.",
}
"""Each command with its line in `--help`; its file in this folder has the same name and holds `command`."""


class Commands(click.Group):
    """Imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in their order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"plimsoll.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 assessed and within policy; 1 a capability that the policy names is not met; 2 wrong use or "
    "input that cannot be read; 3 nothing could be assessed.",
)
@click.version_option(plimsoll.__version__, prog_name="plimsoll")
def program() -> None:
    """Say of a connected product which of five agreed security capabilities are met, not met or not shown, and show
    the evidence.
    """


def main() -> None:
    """Run the program and leave with an exit code that means what it says."""
    try:
        sys.exit(program(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PlimsollError as error:
        _tell(error)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 - the last boundary: no traceback, no exit code that reads as a verdict
        _tell_mistake(error)
        sys.exit(MISTAKE_OF_OURS)


def _tell(error: PlimsollError) -> None:
    click.echo(f"plimsoll: {error.what}", err=True)
    if error.hint:
        click.echo(f"Try: {error.hint}", err=True)


def _tell_mistake(error: Exception) -> None:
    if os.environ.get("PLIMSOLL_DEBUG"):
        import traceback

        traceback.print_exception(error)
    click.echo(f"plimsoll: a mistake of ours: {type(error).__name__}: {error}", err=True)
    click.echo("Try: run it again with PLIMSOLL_DEBUG=1 and send us what it prints.", err=True)
