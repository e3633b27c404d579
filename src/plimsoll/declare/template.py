"""A declaration to be filled in: TOML with every provision and every table, and a word on what goes where."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import tomli_w

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import Table, load_tables
from plimsoll.catalogue.status import conditions_in
from plimsoll.declare.seen import seen_in
from plimsoll.knowledge.declared_words import SEEN_MARK
from plimsoll.model.assessment import Assessment
from plimsoll.model.criterion import Provision
from plimsoll.model.declaration import FORMAT, DeclarationForm, IcsRow, Identity, normal

_WIDTH = 116
_HEAD = """\
What the maker declares of a product: its identity, the ICS (an answer for every provision of EN 303 645 V3.1.3) and
the IXIT (29 tables of TS 103 701 V2.1.1 that say how). Words on provisions and fields are ours; read the standards.

Leave empty what does not concern the product. Check it with `plimsoll declare check FILE`."""
_SEEN = f"""\
Texts that begin with "{SEEN_MARK.strip()}" were seen in the software. Say in your own words what is so, and take the
beginning away; as long as it stands, the text is no claim."""
_ICS = """\
ICS. support: "Y", "N" or "N/A". detail: for Y the measures and the rows of the tables below that describe them, for N
the reason, for N/A the condition or feature that is absent. M: mandatory. R: recommended."""
_PRODUCT = {
    "maker": "name of the maker",
    "model": "model designation, as it is found on the product",
    "hardware_version": "version of the hardware",
    "software_version": "version of the software that this declaration is for",
    "user_documentation": "where the documentation for users is",
    "interfaces": 'what the product offers, such as "Wi-Fi" or "web page"',
    "associated_services": "services that belong to the product, such as a cloud or an app",
}


def template(assessment: Assessment | None = None) -> bytes:
    """Write a template in UTF-8, begun with what was seen when an assessment is given."""
    return commented(DeclarationForm() if assessment is None else seen_in(assessment))


def commented(form: DeclarationForm) -> bytes:
    """Write a declaration with all that is still to be filled in, and a word on each entry."""
    kept = normal(form)
    lines = [
        *_comment(_HEAD),
        *(["#", *_comment(_SEEN)] if any(True for _ in _marked(kept)) else []),
        "",
        *_pair("format", FORMAT),
        "",
        "[product]",
        *_product(kept.product),
        "",
        *_comment(_ICS),
        *_answers(kept),
        "",
        *_comment("IXIT. A table in [[double brackets]] takes a row for each item: repeat it for more."),
        *_tables(kept),
    ]
    return ("\n".join(lines) + "\n").encode()


def _marked(form: DeclarationForm) -> Iterator[str]:
    texts = (text for rows in form.ixit.values() for row in rows for text in row.values())
    return (text for text in texts if text.startswith(SEEN_MARK))


def _product(product: Identity) -> Iterator[str]:
    for field, value in msgspec.structs.asdict(product).items():
        yield from _comment(_PRODUCT[field])
        yield from _pair(field, list(value) if isinstance(value, tuple) else value)


def _answers(form: DeclarationForm) -> Iterator[str]:
    catalogue = load()
    known = {provision.id for provision in catalogue.provisions}
    for provision in catalogue.provisions:
        yield from ("", *_comment(_provision(provision, catalogue.conditions)))
        yield from _answer(provision.id, form.ics.get(provision.id, IcsRow()))
    for number, row in form.ics.items():
        if number not in known:
            yield from ("", *_comment("EN 303 645 V3.1.3 has no such provision."), *_answer(number, row))


def _provision(provision: Provision, meanings: Mapping[str, str]) -> str:
    marks = "; ".join(f"({mark}) {meanings.get(mark, '')}" for mark in conditions_in(provision.status))
    only = f" Only where: {marks}." if marks else ""
    return f"{provision.title} [{provision.status}]: {provision.summary}{only}"


def _answer(number: str, row: IcsRow) -> Iterable[str]:
    return (f'[ics."{number}"]', *_pair("support", row.support), *_pair("detail", row.detail))


def _tables(form: DeclarationForm) -> Iterator[str]:
    tables = load_tables()
    for table in tables:
        yield from ("", *_comment(f"{table.title}. For {', '.join(table.provisions)}."))
        yield from _rows(table, form.rows(table.id))
    known = {table.id for table in tables}
    for name, rows in form.ixit.items():
        if name not in known:
            for row in rows:
                yield from (
                    "",
                    f"[[ixit.{name}]]",
                    *(line for field, text in row.items() for line in _pair(field, text)),
                )


def _rows(table: Table, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Write the rows, or an empty one; what goes into a field is said in the first."""
    heading = f"[[ixit.{table.id}]]" if table.rows or len(rows) > 1 else f"[ixit.{table.id}]"
    short = table.id.partition("-")[2]
    for number, row in enumerate(rows or ({},)):
        yield heading
        for field in table.fields:
            if number == 0:
                example = f", such as {short}-1" if field.name == "ID" else ""
                yield from _comment(f"{field.gloss}{example}")
            yield from _pair(field.name, row.get(field.name, ""))
        for name in row:
            if name not in table.field_names:
                yield from _pair(name, row[name])


def _comment(text: str) -> list[str]:
    """Write paragraphs as comments."""
    paragraphs = [textwrap.wrap(" ".join(part.split()), _WIDTH) for part in text.split("\n\n")]
    lines = [line for part in paragraphs for line in (*part, "")]
    return [f"# {line}".rstrip() for line in lines[:-1]]


def _pair(key: str, value: str | list[str]) -> list[str]:
    return tomli_w.dumps({key: value}).rstrip("\n").split("\n")
