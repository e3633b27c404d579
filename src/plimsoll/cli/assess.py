"""`plimsoll assess`: what is given of a product, five verdicts."""

from __future__ import annotations

import datetime
import shutil
import sys
from pathlib import Path

import click
from click.core import ParameterSource

from plimsoll.cli._progress import ProgressLine
from plimsoll.cli._show import wants_colour
from plimsoll.errors import InputError
from plimsoll.model.assessment import Assessment
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.report import REPORTS, Report, report_for
from plimsoll.unpack.limits import Limits

ASSESSED, NOT_MET, NOTHING_ASSESSED = 0, 1, 3


class Policy(click.ParamType[frozenset[int]]):
    """Numbers of the capabilities that decide the exit code: `1,3,4`, `all` or `none`."""

    name = "policy"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[int]:
        """Read the numbers."""
        if isinstance(value, frozenset):
            return value
        words = {"all": "1,2,3,4,5", "none": ""}.get(str(value), str(value))
        numbers = [word.strip() for word in words.split(",") if word.strip()]
        if any(number not in {"1", "2", "3", "4", "5"} for number in numbers):
            self.fail(f"{value!r} is not a list of capabilities such as 1,3,4, nor all or none", param, ctx)
        return frozenset(map(int, numbers))


@click.command("assess")
@click.argument("image", type=click.Path(path_type=Path), required=False)
@click.option(
    "--maker",
    "domain",
    default="",
    metavar="DOMAIN",
    help="The maker's public domain: look at its security.txt, disclosure policy, support periods and advisories.",
)
@click.option(
    "--page",
    "pages",
    multiple=True,
    metavar="URL",
    help="A page of the maker to look at, such as that of the product. May be repeated.",
)
@click.option(
    "--maker-archive",
    "archive",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    metavar="FILE",
    help="Keep the visit in FILE (.warc or .warc.gz); if it is there already, read it and send nothing.",
)
@click.option(
    "--contact",
    default="",
    envvar="PLIMSOLL_CONTACT",
    metavar="ADDRESS",
    help="E-mail or https address of who is asking: the maker's servers are told, in the User-Agent.",
)
@click.option("--allow-private", is_flag=True, help="Let the domain lead to addresses that are not public: for tests.")
@click.option(
    "--declaration",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    metavar="FILE",
    help="What the maker claims (ICS and IXIT, .toml or .json): set against what is seen.",
)
@click.option(
    "--vex",
    "vex_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What the maker says of known vulnerabilities (VEX: CycloneDX, OpenVEX or CSAF): shown beside what is seen. "
    "May be repeated.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a report, in the format that the file's name tells (.json, .html, .txt, .sarif, .cdx.json, .spdx.json, "
    "vex.cdx.json, .openvex.json, .csaf.json ...). May be repeated.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice([report.name for report in REPORTS]),
    default="terminal",
    show_default=True,
    help="What to print. Nothing is printed when only -o is given in a pipe with --quiet.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--policy",
    type=Policy(),
    default="all",
    show_default=True,
    metavar="1,3,...",
    help="Capabilities that make the exit code 1 when they are not met.",
)
@click.option("--manufacturer", default="", help="Maker of the product, for the report.")
@click.option("--model", default="", help="Model designation, for the report.")
@click.option("--software-version", default="", help="Version of its software, for the report.")
@click.option(
    "--date", "today", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day to judge by; today when not given."
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=1.0),
    default=Limits().seconds,
    show_default=True,
    metavar="SECONDS",
    help="Most time to spend on opening and looking.",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    envvar="PLIMSOLL_CACHE",
    help="Folder for compiled patterns; the user's cache folder when not given.",
)
@click.option(
    "--show-secrets",
    is_flag=True,
    help="Print the secrets that were found in clear below the report: to a terminal only, for your own product.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, and no report but those of -o.")
@click.pass_context
def command(
    ctx: click.Context,
    image: Path | None,
    domain: str,
    pages: tuple[str, ...],
    archive: Path | None,
    contact: str,
    allow_private: bool,
    declaration: Path | None,
    vex_files: tuple[Path, ...],
    outputs: tuple[Path, ...],
    format_name: str,
    as_json: bool,
    policy: frozenset[int],
    manufacturer: str,
    model: str,
    software_version: str,
    today: datetime.datetime | None,
    time_limit: float,
    cache: Path | None,
    show_secrets: bool,
    quiet: bool,
) -> None:
    """Assess IMAGE, a firmware image or a folder with an unpacked tree, and what else is given of its product.

    Says for each of the five capabilities met, not met or not shown, with the places that show it.
    """
    from plimsoll.assess import assess
    from plimsoll.cli._given import Asked, fill_in, maker_visit, read_declaration, read_vex_file

    reports = [(path, _report_to(path)) for path in outputs]
    chosen_format = "json" if as_json else format_name
    asked = as_json or ctx.get_parameter_source("format_name") is ParameterSource.COMMANDLINE
    if show_secrets and (chosen_format != "terminal" or not sys.stdout.isatty()):
        raise InputError("secrets are printed to a terminal only", hint="leave out --show-secrets, or the pipe")
    secrets: dict[str, bytes] = {}
    day = today.date() if today else datetime.datetime.now(datetime.UTC).date()
    declared = read_declaration(declaration) if declaration else None
    vex = [read_vex_file(one) for one in vex_files]
    product = fill_in(Product(manufacturer, model, software_version), declared)
    visit = Asked(domain, pages, archive, contact, allow_private)
    with ProgressLine(quiet) as line, maker_visit(visit, day) as maker:
        assessment = assess(
            image,
            product,
            today=day,
            maker=maker,
            declaration=declared,
            vex=vex,
            limits=Limits(seconds=time_limit),
            progress=line,
            cache=cache or _cache(),
            on_secrets=secrets.update if show_secrets else lambda seen: None,
        )
    for path, report in reports:
        _write(path, report.render(assessment))
    if asked or not quiet:
        click.echo(_show(assessment, chosen_format), nl=False)
    if show_secrets:
        from plimsoll.report.secrets import render

        click.echo(render(assessment, secrets), nl=False)
    code = exit_code(assessment, policy)
    if code == NOTHING_ASSESSED:
        name = image.name if image else domain
        click.echo(f"plimsoll: nothing in {name!r} could be assessed: {_obstacle(assessment)}", err=True)
        click.echo("Try: `plimsoll unpack --list` shows what the bytes look like; is it encrypted?", err=True)
    ctx.exit(code)


def exit_code(assessment: Assessment, policy: frozenset[int]) -> int:
    """Give the exit code: a capability of the policy not met, else nothing understood at all, else assessed."""
    if any(one.verdict is Verdict.FAIL and one.number in policy for one in assessment.capabilities):
        return NOT_MET
    opened = any(image.trees or image.understood_share for image in assessment.images)
    visited = any(one.window == "maker" and one.files for one in assessment.inspections)
    return ASSESSED if opened or visited else NOTHING_ASSESSED


def _obstacle(assessment: Assessment) -> str:
    """Say what stood in the way of opening anything."""
    from plimsoll.report.visible import say

    for image in assessment.images:
        for problem in image.problems:
            return f"{problem.where}: {say(problem.message)}"
    return "no known format was found" if assessment.images else "no page answered"


def _report_to(path: Path) -> Report:
    """Choose the report by the file's name; refuse before the work what could not be written after it."""
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to", hint="make it first")
    return report_for(path.name)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from None


def _show(assessment: Assessment, format_name: str) -> str:
    if format_name == "terminal":
        from plimsoll.report import terminal

        width = shutil.get_terminal_size((80, 24)).columns
        return terminal.render(assessment, width=width, colour=wants_colour(sys.stdout))
    return next(report for report in REPORTS if report.name == format_name).render(assessment)


def _cache() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("plimsoll")
