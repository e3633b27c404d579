"""`plimsoll explain`: what a rule, criterion, provision, capability or scheme is."""

from __future__ import annotations

import shutil

import click


@click.command("explain")
@click.argument("name")
def command(name: str) -> None:
    """Explain NAME: a rule or criterion, a provision such as 5.3-10, a capability (1 to 5) or a scheme such as cra."""
    from plimsoll.catalogue import load
    from plimsoll.judge.rules import rule_texts
    from plimsoll.report.explain import explain

    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    click.echo(explain(name, load(), rule_texts(), width=width), nl=False)
