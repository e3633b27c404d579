"""Declarations for tests: strategies for any form, and a product that is declared well."""

from __future__ import annotations

from hypothesis import strategies as st

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import load_tables
from plimsoll.model.declaration import OLD_FIELDS, DeclarationForm, IcsRow, Identity, Support, normal

_nasty = st.sampled_from(
    [
        "=1+1",
        "'=x",
        "''",
        "-",
        "@cmd",
        "\ttab",
        "a\r\nb",
        "\r",
        "\n",
        '"',
        '""',
        "a,b;c",
        "\ufeff",
        "＝1",
        '"""',
        "'''",
        "\\",
    ]
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.lists(_nasty, min_size=1, max_size=4).map(
    "".join
)
_known = {table.id: table for table in load_tables()}
_tables = st.sampled_from(sorted(_known)) | st.from_regex(r"[1-9][0-9]?-[A-Z][A-Za-z0-9]{0,6}", fullmatch=True).filter(
    lambda name: name not in ("11-ComMech", "15-Intf", "28-ExtAPI")
)
_provisions = st.sampled_from([one.id for one in load().provisions]) | st.from_regex(
    r"[0-9]\.[0-9]-[0-9]", fullmatch=True
)
_fields = st.sampled_from(sorted({field.name for table in load_tables() for field in table.fields})) | texts.filter(
    lambda name: 0 < len(name) <= 80 and name not in OLD_FIELDS
)
_rows = st.dictionaries(_fields, texts, max_size=6)
_identities = st.builds(
    Identity,
    *[texts] * 5,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
)

forms = st.builds(
    DeclarationForm,
    _identities,
    st.dictionaries(_provisions, st.builds(IcsRow, st.sampled_from(["Y", "N", "N/A", ""]), texts), max_size=6),
    st.dictionaries(_tables, st.lists(_rows, max_size=4).map(tuple), max_size=5),
).map(normal)
"""Any form in its normal shape."""


ANSWERED_OTHERWISE = {
    "5.3-14": IcsRow("N/A", "Condition (3) is absent: every software component can be updated."),
    "5.3-15A": IcsRow("N/A", "Condition (3) is absent: every software component can be updated."),
    "5.3-15B": IcsRow("N/A", "Condition (3) is absent: every software component can be updated."),
    "5.7-1": IcsRow("N", "The chip has no boot ROM that could check a signature."),
    "5.7-2": IcsRow("N/A", "Feature (s) is absent: there is no secure boot and no other tamper detection."),
    "5.8-3": IcsRow("N/A", "Feature (v) is absent: the lamp has no sensing parts."),
}
TEXTS = {
    ("1-AuthMech", "Description"): "A user logs in to the web page of the lamp over the home network.",
    ("1-AuthMech", "Authentication Factor"): "Password",
    ("1-AuthMech", "Password Generation Mechanism"): "Set by the user at set-up, before anything else can be done.",
    ("2-UserInfo", "Support Period"): "Security updates until 2031-12-31.",
    ("2-UserInfo", "Publication of Support Period"): "https://lamp.example/support",
    ("2-UserInfo", "Publication of Vulnerability Disclosure Policy"): "https://lamp.example/security",
    ("6-SoftComp", "Update Mechanism"): "UpdMech-1",
    ("7-UpdMech", "Description"): "The lamp asks https://updates.lamp.example once a day.",
    (
        "7-UpdMech",
        "Cryptographic Details",
    ): "The image carries an Ed25519 signature; the lamp checks it before installing.",
    ("7-UpdMech", "Initiation and Interaction"): "Starts by itself every night; the user does nothing.",
    ("10-SecParam", "Secure Communication Mechanisms"): "SecComMech-1",
    ("11-SecComMech", "Interface"): "LogIntf-1",
    ("11-SecComMech", "Cryptographic Details"): "TLS 1.3 only, with the certificate of the server checked.",
    ("13-SoftServ", "Authentication Mechanism"): "AuthMech-1",
    ("15-PhyIntf", "Debug Interface"): "yes",
    ("21-PersData", "Secure Communication Mechanisms"): "SecComMech-1",
    ("24-TelData", "Description"): "Hours of light per week",
    ("24-TelData", "Personal Data"): "PersData-1",
    ("28-LogIntf", "Description"): "Web page of the lamp, HTTPS on tcp/443",
    ("28-LogIntf", "Access"): "PhyIntf-1",
    ("28-LogIntf", "Debug Interface"): "no",
    ("29-InpVal", "Source"): "UserIntf-1, LogIntf-1",
}


def good_form() -> DeclarationForm:
    """Declare an invented lamp, fully and without contradiction."""
    identity = Identity(
        "Example Lamps",
        "Lamp 1",
        "rev. B",
        "1.4.2",
        "https://lamp.example/manual",
        ("Wi-Fi", "web page"),
        ("Lamp cloud",),
    )
    ics = {one.id: IcsRow("Y", f"Done as the tables describe: {one.title}.") for one in load().provisions}
    ixit = {}
    for table in load_tables():
        row = {
            field.name: TEXTS.get((table.id, field.name), f"As built into the lamp: {field.name.lower()}")
            for field in table.fields
        }
        if table.rows:
            row["ID"] = f"{table.id.partition('-')[2]}-1"
        if table.id not in ("9-ReplSup", "22-ExtSens"):
            ixit[table.id] = (row,)
    return DeclarationForm(identity, {**ics, **ANSWERED_OTHERWISE}, ixit)


def changed(form: DeclarationForm, table: str, **fields: str) -> DeclarationForm:
    """Change fields of the first row of a table, `_` standing for a space; an empty text takes the field away."""
    row = {**(form.rows(table) or ({},))[0], **{name.replace("_", " "): text for name, text in fields.items()}}
    return normal(DeclarationForm(form.product, form.ics, {**form.ixit, table: (row, *form.rows(table)[1:])}))


def answered(form: DeclarationForm, provision: str, support: Support, detail: str = "") -> DeclarationForm:
    """Answer a provision otherwise."""
    return normal(DeclarationForm(form.product, {**form.ics, provision: IcsRow(support, detail)}, form.ixit))
