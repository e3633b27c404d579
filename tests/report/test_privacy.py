"""Where data goes, where it is kept and how it is erased, told for people; and that hostile names stay harmless."""

from __future__ import annotations

import msgspec

from plimsoll.model.assessment import Assessment
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DataStore, Endpoint, Erasure, Fact, KnownHost, Residue, TelemetrySwitch, Volume
from plimsoll.model.locator import Place
from plimsoll.report.facts import tell
from plimsoll.report.html import render as render_html
from plimsoll.report.privacy import destinations, kept, told_erasures
from plimsoll.report.terminal import render
from plimsoll.report.visible import say
from tests.report import sample

PLACE = Place("x.bin!squashfs@0x0/etc/agent.conf")
WIFI = DataStore("wifi", "configs/wpa.conf", "wpa_supplicant", "command", True)


def assessment(*facts: Fact) -> Assessment:
    seen = tuple(Observation(one, PLACE, "test") for one in facts)
    return msgspec.structs.replace(sample.good(), observations=seen)


def test_a_host_is_told_once_with_all_that_is_known_of_it() -> None:
    (one,) = destinations(
        assessment(
            Endpoint("http", "o4.ingest.sentry.io", 80, "/api", "unknown", "report", True),
            Endpoint("https", "o4.ingest.sentry.io", 443, "/api", "telemetry", "camd"),
            KnownHost("o4.ingest.sentry.io", "crash-reporting", "Sentry", "http", "report", True),
        )
    )
    assert (one.purposes, one.service, one.traffic) == (("crash reports", "telemetry"), "Sentry", "both")
    assert (one.used_by, one.active) == (("camd", "report"), True)


def test_servers_of_names_and_of_time_are_told() -> None:
    found = destinations(
        assessment(
            Endpoint("dns", "8.8.8.8", 53, active=True), Endpoint("ntp", "ntp.test", 123, "", "time", active=True)
        )
    )
    assert [(one.host, one.purposes) for one in found] == [("8.8.8.8", ("names (DNS)",)), ("ntp.test", ("time",))]


def test_the_product_itself_and_strings_for_nothing_known_are_left_out() -> None:
    given = (Endpoint("http", "127.0.0.1", 80, active=True), Endpoint("https", "docs.test", 443, used_by="app"))
    assert destinations(assessment(*given)) == ()


def test_links_in_pages_comments_and_the_home_network_are_left_out() -> None:
    given = (
        Endpoint("http", "shop.test", 80, used_by="index.php", active=True),
        Endpoint("http", "p2p.test", 80, "", "cloud", "edonkey.pat"),
        Endpoint("http", "192.168.0.1", 80, used_by="rc.local", active=True),
        Endpoint("http", "x.x.x.x", 80, used_by="rc.local", active=True),
    )
    assert destinations(assessment(*given)) == ()
    program = Endpoint("https", "cloud.test", 443, "", "cloud", "camd")
    assert [one.host for one in destinations(assessment(program))] == ["cloud.test"]


def test_a_place_is_told_with_what_protects_it() -> None:
    (plain,) = kept(assessment(WIFI))
    assert plain.protection == "nothing seen that encrypts it, every account may read it"
    (closed,) = kept(assessment(WIFI, Volume("configs", "/dev/x", "ext4", "dm-crypt")))
    assert closed.protection == "encrypted by dm-crypt, every account may read it"
    (passing,) = kept(assessment(DataStore("logs", "tmp/messages", "syslogd", "command")))
    assert passing.protection == "in memory only"


def test_a_reset_is_told_in_one_paragraph() -> None:
    clips = DataStore("recordings", "mnt/sd/clips")
    fact = Erasure("factory_reset.sh", ("configs",), ("button", "web"), (WIFI,), (clips,))
    ((text, _),) = told_erasures(assessment(fact))
    assert say(text) == (
        "factory_reset.sh removes configs. It is called by a button and the web interface. That covers Wi-Fi networks "
        "and passphrases in configs/wpa.conf. It was not seen to remove recordings in mnt/sd/clips."
    )
    ((text, _),) = told_erasures(assessment(Erasure("reset", (), (), (), (clips,), readable=False)))
    assert say(text) == "reset is compiled; what it removes was not seen."


def test_reports_hold_the_sections_and_escape_names() -> None:
    given = assessment(
        Endpoint("http", "h.test", 80, "", "telemetry", "<b>app", True), WIFI, Erasure("<i>{x}", ("configs",), ())
    )
    text = render(given)
    assert "Where it sends data" in text
    assert "How its data is erased" in text
    assert "<i>{x} removes configs." in text
    page = render_html(given)
    assert "Where it keeps personal data" in page
    assert "<i>" not in page
    assert "<b>app" not in page


def test_facts_are_told_in_words() -> None:
    assert tell(Residue("wifi-network", "Aaaa9", 1, True)) == "a Wi-Fi network that was joined: Aaaa9, with a secret"
    assert tell(TelemetrySwitch("telemetry.enabled", "on", "1")) == "setting telemetry.enabled 1, switched on"
