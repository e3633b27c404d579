"""A maker's public pages, from a real server over TLS to the verdicts; and the declaration beside them."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from scripts import sample_product

from plimsoll.assess import Maker as Pages
from plimsoll.assess import assess
from plimsoll.model.assessment import Assessment
from plimsoll.model.codec import encode
from plimsoll.model.facts import Claim
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict
from plimsoll.sources.document import read_document
from plimsoll.visit.archive import Recorder, replay
from tests.cli.run import plimsoll
from tests.visit.certificates import authority
from tests.visit.sites import Answer, Maker, Route, app_shell, moved, page, text

TODAY = datetime.date(2026, 1, 2)
MODEL = "Tidewatch 2"
POLICY = """<h1>Vulnerability disclosure policy</h1>
<p>This policy covers all of our connected products, their firmware and their apps.</p>
<p>Please report a vulnerability by e-mail to <a href="mailto:security@maker.example">security@maker.example</a>.
You do not need an account.</p>
<p>We acknowledge receipt of your report within 5 working days.</p>
<p>We will send you a status update every 14 days until the vulnerability is resolved.</p>
<p>We will not take legal action against researchers who report in good faith.</p>"""
WITHOUT_TIMES = """<h1>Vulnerability disclosure policy</h1>
<p>This policy covers all of our connected products, their firmware and their apps.</p>
<p>Please report a vulnerability by e-mail to <a href="mailto:security@maker.example">security@maker.example</a>.</p>
<p>We take every report seriously and thank you for your help.</p>"""
PERIOD = f"""<h1>{MODEL}: support</h1>
<p>The {MODEL} camera gets security updates until 31 December 2031.</p>"""
LIFETIME = f"""<h1>{MODEL}: support</h1>
<p>The {MODEL} camera gets security updates for its lifetime.</p>"""
SECURITY_TXT = (
    "Contact: mailto:security@maker.example\nExpires: 2026-12-01T00:00:00Z\nPolicy: https://{domain}/security/policy\n"
)


def visited(routes: dict[str, Route], *pages: str, otherwise: Route | None = None, **given: object) -> Assessment:
    """Assess a maker whose server has these routes; `pages` are paths that the operator gives."""
    with Maker(routes, **({"otherwise": otherwise} if otherwise else {})) as maker:
        if "/.well-known/security.txt" in routes:
            maker.routes["/.well-known/security.txt"] = text(SECURITY_TXT.format(domain=maker.domain))
        visitor = maker.visitor()
        addresses = tuple(maker.url(path) for path in pages)
        for address in addresses:
            visitor.given(address)
        recorder = Recorder(visitor)
        assessment = assess(
            None, Product("Maker", MODEL, "2.4.1"), today=TODAY, maker=Pages(maker.domain, recorder, addresses)
        )
        if isinstance(archive := given.get("archive"), Path):
            recorder.write(archive, TODAY)
        return assessment


def verdicts(assessment: Assessment) -> list[str]:
    return [str(one.verdict) for one in assessment.capabilities]


def provision(assessment: Assessment, id: str) -> Verdict:
    return next(one.verdict for one in assessment.provisions if one.id == id)


GOOD: dict[str, Route] = {
    "/": page('<h1>Maker</h1><a href="/security/policy">Report a vulnerability</a>'),
    "/.well-known/security.txt": text(""),
    "/security/policy": page(POLICY),
    "/support": page(PERIOD),
}


def test_a_policy_with_contact_and_times_is_met_and_so_is_a_period_with_its_end() -> None:
    assessment = visited(GOOD, "/support")
    assert verdicts(assessment)[1] == "pass"
    assert provision(assessment, "5.3-13") is Verdict.PASS
    assert verdicts(assessment)[2] == "inconclusive"


@pytest.mark.parametrize(
    ("change", "number", "expected"),
    [
        ({"/security/policy": page(WITHOUT_TIMES)}, "5.2-1", Verdict.FAIL),
        ({"/support": page(LIFETIME)}, "5.3-13", Verdict.FAIL),
        ({"/security/policy": Answer(503)}, "5.2-1", Verdict.INCONCLUSIVE),
        ({"/support": Answer(503)}, "5.3-13", Verdict.INCONCLUSIVE),
    ],
)
def test_each_thing_that_is_missing_turns_its_own_provision(
    change: dict[str, Route], number: str, expected: Verdict
) -> None:
    assessment = visited(GOOD | change, "/support")
    assert provision(assessment, number) is expected
    other = "5.3-13" if number == "5.2-1" else "5.2-1"
    assert provision(assessment, other) is Verdict.PASS


def test_without_an_image_nothing_is_said_to_have_been_looked_for_in_one() -> None:
    assessment = visited(GOOD, "/support")
    assert {one.window for one in assessment.inspections} == {"maker"}
    assert str(assessment.capabilities[0].why) == "no firmware was given to look at"
    assert {one.name for one in assessment.knowledge} == {"CVE numbering authorities"}


def test_a_maker_with_a_site_and_nothing_on_reporting_is_not_met() -> None:
    site = {"/": page("<h1>Maker</h1><p>We make cameras.</p>"), "/support": page("<h1>Support</h1><p>Call us.</p>")}
    assert verdicts(visited(site))[1] == "fail"


def test_an_app_that_answers_everything_with_itself_has_no_policy() -> None:
    assert verdicts(visited({}, otherwise=app_shell()))[1] != "pass"


def test_a_server_that_does_not_answer_is_not_a_maker_without_a_policy() -> None:
    maker = Maker()
    maker.__enter__()
    maker.__exit__()
    pages = Pages(maker.domain, maker.visitor())
    assessment = assess(None, Product("Maker", MODEL), today=TODAY, maker=pages)
    assert verdicts(assessment) == ["inconclusive"] * 5


def test_a_redirect_to_a_broken_certificate_is_not_followed() -> None:
    with Maker({"/security/policy": page(POLICY)}, certificate="expired") as broken:
        routes = GOOD | {"/security/policy": moved(broken.url("/security/policy"))}
        assert provision(visited(routes), "5.2-1") is Verdict.INCONCLUSIVE


def test_a_visit_that_was_kept_gives_the_same_assessment_again_without_the_server(tmp_path: Path) -> None:
    first = visited(GOOD, "/support", archive=tmp_path / "visit.warc")
    domain = next(one.domain for one in first.sources if hasattr(one, "domain"))
    addresses = (f"https://{domain}/support",)
    again = assess(
        None,
        Product("Maker", MODEL, "2.4.1"),
        today=TODAY,
        maker=Pages(domain, replay(tmp_path / "visit.warc"), addresses),
    )
    assert encode(again) == encode(first)


def test_claims_are_set_against_the_bytes_and_never_turn_a_verdict(tmp_path: Path) -> None:
    image = tmp_path / "bad.bin"
    image.write_bytes(sample_product.image(good=False))
    document = read_document("tidewatch2.toml", sample_product.declaration().encode())
    alone = assess(image, Product(), today=TODAY)
    assessment = assess(image, Product(), today=TODAY, declaration=document)
    assert verdicts(assessment) == verdicts(alone)
    facts = [(assessment.observations[one.claim].fact, one.outcome) for one in assessment.claims]
    contradicted = {
        (fact.statement, fact.provision)
        for fact, outcome in facts
        if isinstance(fact, Claim) and outcome == "contradicted"
    }
    assert contradicted >= {
        ("password-per-device", "5.1-1"),
        ("updates-signed", "5.3-7"),
        ("tls-minimum", "5.5-1"),
        ("supported", "5.3-13"),
    }
    assert {one.kind for one in assessment.undeclared} >= {"sensor", "telemetry", "interface"}


def test_the_program_visits_keeps_and_replays(tmp_path: Path) -> None:
    routes: dict[str, Route] = {"/": page("<h1>Maker</h1>"), "/security": page(POLICY)}
    trust = str(authority().trust)
    with Maker(routes, hosts=("localhost",)) as maker:
        words = ["assess", "--maker", maker.domain, "--maker-archive", tmp_path / "v.warc", "--json"]
        words += ["--date", "2026-01-02"]
        first = plimsoll(*words, "--allow-private", SSL_CERT_FILE=trust)
        asked = len(maker.asked)
        second = plimsoll(*words)
        assert len(maker.asked) == asked > 0
    assert (first.returncode, first.stderr) == (0, "")
    assert second.stdout == first.stdout
    assert (tmp_path / "v.warc").stat().st_size > 0


def test_a_private_address_is_not_visited_unless_it_is_allowed(tmp_path: Path) -> None:
    with Maker({"/": page("<h1>Maker</h1>")}, hosts=("localhost",)) as maker:
        words = ("assess", "--maker", maker.domain, "--contact", "tests@plimsoll.example")
        run = plimsoll(*words, SSL_CERT_FILE=str(authority().trust))
        assert maker.asked == []
    assert run.returncode == 3
    assert "Traceback" not in run.stderr


def test_nobody_is_visited_by_somebody_who_gives_no_contact() -> None:
    with Maker({"/": page("<h1>Maker</h1>")}, hosts=("localhost",)) as maker:
        run = plimsoll("assess", "--maker", maker.domain, PLIMSOLL_CONTACT="")
        odd = plimsoll("assess", "--maker", maker.domain, "--contact", "x)\r\nCookie: y")
        assert maker.asked == []
    assert (run.returncode, odd.returncode) == (2, 2)
    assert "who is asking" in run.stderr
    assert "cannot be given as a contact" in odd.stderr


@pytest.mark.parametrize("domain", ["not a domain", "http://[::1]/", "-x", "a" * 300, "exa mple.com"])
def test_what_is_no_domain_is_told(domain: str) -> None:
    run = plimsoll("assess", f"--maker={domain}")
    assert run.returncode == 2
    assert "is not a domain" in run.stderr


def test_nothing_given_is_wrong_use() -> None:
    run = plimsoll("assess")
    assert run.returncode == 2
    assert "nothing was given" in run.stderr
