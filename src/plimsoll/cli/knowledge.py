"""`plimsoll knowledge`: what is known of holes and lifetimes, of which date, and how to know more."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

import click

from plimsoll.errors import PlimsollError
from plimsoll.report.visible import say, visible

if TYPE_CHECKING:
    from plimsoll.knowledge.importing import Imported
    from plimsoll.knowledge.store import Store
    from plimsoll.knowledge.update import FeedResult

SECONDS_BETWEEN = 0.1

_FILE = click.option(
    "--knowledge",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    envvar="PLIMSOLL_KNOWLEDGE",
    help="Another file than the usual one in your data folder (PLIMSOLL_KNOWLEDGE).",
)
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Show no progress.")


@click.group("knowledge")
def command() -> None:
    """Import, update and show what is known of vulnerabilities and lifetimes."""


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@_FILE
@_QUIET
def import_(files: tuple[Path, ...], file: Path | None, quiet: bool) -> None:
    """Take FILEs of official forms into the knowledge: NVD JSON 2.0 and 1.1, CVE List records and archives, OSV, CISA's
    catalogue, EPSS, endoflife.date, CSAF, OpenVEX; gzip and zip too. The form is known by the content. When one file is
    broken, none is taken.
    """
    from plimsoll.knowledge.importing import import_files
    from plimsoll.knowledge.store import usual_path

    target = file or usual_path()
    with _Line(quiet) as line:
        done = import_files(target, files, on_records=line.records)
    for one in done:
        _tell(one)
    click.echo(f"Written to {target}")


@command.command("update")
@click.option("--only", "names", multiple=True, metavar="SOURCE", help="Fetch this source; may be given again.")
@click.option("--all", "everything", is_flag=True, help="Fetch all sources, the large ones too: cve-list and osv.")
@click.option(
    "--from",
    "base",
    metavar="URL",
    default="",
    envvar="PLIMSOLL_KNOWLEDGE_FROM",
    help="Fetch from a copy of the feeds, URL/SOURCE/PATH (PLIMSOLL_KNOWLEDGE_FROM).",
)
@_FILE
@_QUIET
def update_(names: tuple[str, ...], everything: bool, base: str, file: Path | None, quiet: bool) -> None:
    """Fetch what the official feeds have that is new: NVD, CISA's catalogue, EPSS and endoflife.date."""
    import datetime

    from plimsoll.knowledge.feeds import choose
    from plimsoll.knowledge.store import usual_path
    from plimsoll.knowledge.update import update

    target, feeds = file or usual_path(), choose(names, all=everything)
    today = datetime.datetime.now(datetime.UTC).date()
    with _Line(quiet) as line:
        results = update(target, feeds, today=today, base=base, on_bytes=line.bytes, on_records=line.records)
    unchanged = sum(one.imported is None and one.failed is None for one in results)
    for one in results:
        if one.imported:
            _tell(one.imported)
    if unchanged:
        click.echo(f"{unchanged} files have not changed")
    _tell_failed(results)


@command.command("status")
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@_FILE
def status(as_json: bool, file: Path | None) -> None:
    """Show what is known: each source with its date, its records, and what it does not hold."""
    from plimsoll.knowledge.store import open_store

    with open_store(file) as store:
        click.echo(_as_json(store) if as_json else _as_text(store))


def _as_text(store: Store) -> str:
    import shutil
    import textwrap

    width = min(shutil.get_terminal_size((90, 24)).columns, 110)
    lines = [_where(store), ""]
    for one in store.sources():
        lines.append(f"{visible(one.name):<20} {visible(one.date) or 'no date':<10}  {one.records:>9,} records")
        for text in (one.licence, one.holes):
            lines += textwrap.wrap(visible(text), width, initial_indent="    ", subsequent_indent="    ")
    lines += ["", "What is not in these sources is not known here: that is no word on whether it is safe."]
    return "\n".join(lines)


def _as_json(store: Store) -> str:
    import msgspec

    shown = {"file": str(store.path), "is_starter": store.is_starter, "sources": store.sources()}
    return msgspec.json.format(msgspec.json.encode(shown), indent=2).decode()


def _where(store: Store) -> str:
    if store.is_starter:
        return "The starter that goes with Plimsoll; `plimsoll knowledge update` fetches more."
    return f"Knowledge in {visible(str(store.path))}"


def _tell(one: Imported) -> None:
    forms = ", ".join(one.forms)
    click.echo(f"{visible(one.file)} ({forms}): {one.records:,} records")
    if one.older:
        click.echo(f"  {one.older:,} left: what is held of them is newer")
    for unused in one.unused:
        names = ", ".join(map(visible, unused.examples))
        more = "" if unused.count == len(unused.examples) else " and others"
        click.echo(f"  {unused.count:,} not used: {say(unused.why)} ({names}{more})")


def _tell_failed(results: Sequence[FeedResult]) -> None:
    """Say once for each reason which files are not as new as they could be."""
    failed: dict[str, list[str]] = {}
    for one in results:
        if one.failed:
            failed.setdefault(say(one.failed), []).append(one.file)
    for why, names in failed.items():
        rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
        click.echo(f"{names[0]}{rest}: {why}", err=True)
    if failed:
        count = sum(map(len, failed.values()))
        raise PlimsollError(
            f"{count} of {len(results)} files could not be updated; what was known of them is as it was",
            hint="try again later, or fetch the files elsewhere and run `plimsoll knowledge import FILE...`",
        )


class _Line:
    """One line on a terminal that says how far the work has come; silent in a pipe."""

    def __init__(self, quiet: bool) -> None:
        self._silent = quiet or not sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if not self._silent:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def bytes(self, name: str, done: int, total: int) -> None:
        """Show how much of a file was fetched."""
        self._show(f"fetching {name}: {done >> 20} of {total >> 20 if total else '?'} MiB")

    def records(self, name: str, count: int) -> None:
        """Show how much of a file was taken in."""
        self._show(f"reading {name}: {count:,} records")

    def _show(self, text: str) -> None:
        now = time.monotonic()
        if not self._silent and now - self._last >= SECONDS_BETWEEN:
            self._last = now
            sys.stderr.write(f"\r\x1b[K{visible(text)}")
            sys.stderr.flush()
