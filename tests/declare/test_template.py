"""A template is a declaration that says nothing yet, or what was seen and is to be confirmed."""

from __future__ import annotations

from hypothesis import given, settings

from plimsoll.catalogue import load
from plimsoll.catalogue.ixit import load_tables
from plimsoll.declare.check import check
from plimsoll.declare.seen import seen_in
from plimsoll.declare.template import commented, template
from plimsoll.inspect.declaration import look_at_declaration
from plimsoll.knowledge.declared_words import SEEN_MARK
from plimsoll.model.assessment import Assessment
from plimsoll.model.declaration import DeclarationForm, Identity
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Account,
    AuthorizedKey,
    Component,
    Endpoint,
    Fact,
    Sensor,
    Service,
    UpdateClient,
    UpdateTrust,
)
from plimsoll.model.locator import Place
from plimsoll.model.product import Product
from plimsoll.sources.document import read_document
from tests.declare.forms import forms, good_form


def assessment(*facts: Fact) -> Assessment:
    observations = tuple(Observation(fact, Place(f"image.bin/{n}"), "test") for n, fact in enumerate(facts))
    product = Product("Example Lamps", "Lamp 1", "1.4.2")
    return Assessment("2026-01-01", "0", product, (), (), (), (), observations, (), (), ())


SEEN = assessment(
    Account("root", "shadow", "hashed"),
    Account("root", "shadow", "hashed"),
    Account("daemon", "shadow", "locked"),
    Account("example", "shadow", "hashed", active=False),
    AuthorizedKey("root", "ssh-ed25519", "ab", ""),
    Component("busybox", "1.36.1", "banner"),
    Service("telnetd", "telnet", "always", "system", False, 23),
    Service("lighttpd", "https", "always", "own", True, 443),
    Service("getty", "console", "always", "system", None, None, "physical"),
    Service("ftpd", "ftp", "not-started", "system", False, 21),
    Service("dnsmasq", "dns", "always", "none", False, 53, "local"),
    UpdateClient("swupdate", "always", True),
    UpdateTrust("swupdate", "signature", "on", "ed25519"),
    Sensor("microphone", "snd-usb"),
    Endpoint("https", "stats.example", purpose="telemetry"),
    Endpoint("https", "time.example", purpose="time"),
)


def said(form: DeclarationForm, table: str, field: str = "Description") -> list[str]:
    return [row.get(field, "").removeprefix(SEEN_MARK) for row in form.rows(table)]


def test_an_empty_template_says_nothing() -> None:
    assert read_document("new.toml", template()).form == DeclarationForm()


def test_a_template_names_every_provision_and_every_field() -> None:
    text = template().decode()
    assert all(f'[ics."{provision.id}"]' in text for provision in load().provisions)
    assert all(f"ixit.{table.id}]" in text for table in load_tables())
    assert max(map(len, text.splitlines())) <= 120


def test_what_was_seen_is_in_the_template_once_and_in_its_table() -> None:
    form = read_document("new.toml", template(SEEN)).form
    assert form == seen_in(SEEN)
    assert form.product == Identity("Example Lamps", "Lamp 1", "", "1.4.2")
    assert said(form, "1-AuthMech") == ["account root in shadow", "SSH login as root"]
    assert said(form, "6-SoftComp") == ["busybox 1.36.1"]
    assert said(form, "7-UpdMech", "Cryptographic Details") == ["signature ed25519 (on)"]
    assert said(form, "13-SoftServ") == ["getty", "lighttpd", "telnetd"]
    assert said(form, "15-PhyIntf") == ["console, by getty"]
    assert said(form, "22-ExtSens") == ["microphone, by snd-usb"]
    assert said(form, "24-TelData") == ["data sent to https://stats.example"]
    assert said(form, "28-LogIntf") == ["https on port 443, by lighttpd", "telnet on port 23, by telnetd"]
    assert form.rows("11-SecComMech")[0]["Interface"] == "LogIntf-1"


def test_what_was_seen_is_marked_until_it_is_confirmed() -> None:
    remarks = check(seen_in(SEEN), load(), load_tables())
    marked = {remark.place for remark in remarks if remark.kind == "unconfirmed"}
    assert "ixit/28-LogIntf/LogIntf-2/Description" in marked
    assert not any(remark.kind in ("reference", "duplicate", "circular", "unknown") for remark in remarks)


def test_what_nobody_has_confirmed_is_no_claim() -> None:
    seen, _ = look_at_declaration(read_document("new.toml", template(SEEN)))
    assert seen == ()


def test_the_same_assessment_gives_the_same_template() -> None:
    assert template(SEEN) == template(assessment(*(one.fact for one in reversed(SEEN.observations))))


@given(forms)
@settings(deadline=None)
def test_comments_change_nothing_of_a_declaration(form: DeclarationForm) -> None:
    assert read_document("d.toml", commented(form)).form == form


def test_a_full_declaration_can_be_commented() -> None:
    assert read_document("d.toml", commented(good_form())).form == good_form()
