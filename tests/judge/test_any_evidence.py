"""No rule on updates, communication and personal data breaks on any evidence, and none depends on its order."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.catalogue import load
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules import (
    certificate_checks,
    certificates,
    communicated_secrets,
    communication,
    personal_data,
    tls_servers,
    trust,
    updates,
)
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import (
    Account,
    BuildDate,
    Certificate,
    Credential,
    Endpoint,
    Executable,
    Fact,
    InstalledComponent,
    PrivateKey,
    PublishedKey,
    Sensor,
    Service,
    ServiceSetting,
    StartedProgram,
    TlsProgram,
    TlsSetting,
    UpdateClient,
    UpdateTrust,
)
from plimsoll.model.locator import Place
from plimsoll.model.verdict import Verdict
from tests.judge.building import OTHER, at, evidence, judged, secret

RULES = tuple(
    one
    for module in (
        updates,
        certificate_checks,
        communication,
        communicated_secrets,
        certificates,
        trust,
        tls_servers,
        personal_data,
    )
    for one in vars(module).values()
    if isinstance(one, Rule)
)
CRITERIA = {one.id for one in load().criteria}
PLACES = (
    at("usr/sbin/report", 2), at("usr/sbin/report", 3), at("usr/sbin/report"), at("etc/init.d/S50report", 3),
    at("etc/opkg.conf", 1), at("etc/opkg/feeds.conf"), at("etc/lighttpd.conf", 2, tree=OTHER), at(""),
    Place("test.bin"), Place("test.bin+0x10:20"), Place("test.bin!gzip@0x40!cpio@0x0/usr/sbin/report+0x28:20"),
    Place("page:https://halyard.example/x#" + "0" * 64), Place("exchange:192.0.2.7/tcp/443#3+0x10:20"),
    Place("clause:product.toml#/ics/5.1-1"), Place("not a place at all +0x:"),
)  # fmt: skip
FACTS: tuple[Fact, ...] = (
    BuildDate("kernel", "2025-01-01"),
    BuildDate("kernel", "not a day"),
    PublishedKey("a key", "00"),
    InstalledComponent("openssl", "0.9.8", "banner"),
    TlsProgram("openssl", "client", "default-off", methods=("SSLv3_method",)),
    TlsProgram("libcurl", "client", "off", "off", True),
    *(
        Certificate("CN=a", issuer, day, day, "rsa", 512, "md5", issuer == "CN=a", True, "00", "11", bundle)
        for issuer, day, bundle in product(("CN=a", "CN=b"), ("2001-01-01", ""), (True, False))
    ),
    *(
        StartedProgram(name, name, "sysv", state, path, "", "sleep 10", arguments)
        for name, path, arguments in (
            ("report", "usr/sbin/report", ()),
            ("curl", "usr/bin/curl", ("-k", "-d", "@x", "http://t.halyard.example")),
            ("mosquitto_pub", "", ("-h",)),
            ("opkg", "bin/opkg", ("update",)),
            ("swupdate", "usr/bin/swupdate", ("$ARGUMENTS",)),
            ("factory_reset", "", ("",)),
        )
        for state in ("always", "conditional", "not-started")
    ),
    *(
        Service(program, protocol, state, login, encrypted)
        for program, protocol, encrypted in (
            ("telnetd", "telnet", False), ("lighttpd", "http", None), ("dropbear", "ssh", True)
        )
        for state, login in product(("always", "conditional"), ("system", "none"))
    ),
    ServiceSetting("lighttpd", "ssl.engine", "enable"),
    ServiceSetting("lighttpd", "ssl.pemfile", '"/usr/sbin/report"'),
    ServiceSetting("lighttpd", "listen", ""),
    UpdateClient("opkg", "conditional", False),
    UpdateClient("vendor-script", "conditional"),
    UpdateClient("", "always"),
    *(
        UpdateTrust(client, check, state, algorithm)
        for client in ("opkg", "vendor-script", "swupdate")
        for check, algorithm in (("signature", "sha1-rsa"), ("signature", ""), ("checksum", ""), ("none", ""))
        for state in ("on", "off", "unknown")
    ),
    UpdateTrust("mender", "certificate", "off"),
    *(
        Endpoint(scheme, host, None, "", purpose, "", True)
        for scheme, host in (("http", "t.halyard.example"), ("https", "u.halyard.example"), ("", ""))
        for purpose in ("update", "telemetry", "unknown")
    ),
    *(TlsSetting("curl", "verify-peer", "off", url) for url in ("", "https://u.halyard.example/x", "http://localhost")),
    TlsSetting("lighttpd", "minimum-version", "TLSv1.0"),
    *(PrivateKey("rsa", None, "pem", purpose=use) for use in ("", "ssh-host", "tls-server")),
    PrivateKey("rsa", None, "dropbear", purpose="ssh-host"),
    Credential("http", "password", secret("a"), role="presents"),
    Sensor("radar", ""),
    Account("root", "passwd", "hashed"),
    Executable("arm", 32, "little", "program"),
)  # fmt: skip
OBSERVATIONS = st.builds(lambda fact, where: Observation(fact, where, "test"), st.sampled_from(FACTS),
                         st.sampled_from(PLACES))  # fmt: skip


def test_every_rule_is_here() -> None:
    assert len(RULES) == 20


@settings(max_examples=150, deadline=None)
@given(st.lists(OBSERVATIONS, max_size=25), st.randoms(use_true_random=False))
def test_no_rule_breaks_and_none_depends_on_order(observations: list[Observation], random: object) -> None:
    first = judged(RULES, evidence(*observations)).findings
    random.shuffle(observations)  # type: ignore[attr-defined]
    second = judged(RULES, evidence(*observations)).findings
    for one, other in zip(first, second, strict=True):
        assert not any(" failed: " in str(bearing.why) for bearing in one.bearings), one
        assert one.verdict is other.verdict
        assert one.verdict is not Verdict.PASS
        assert sorted(bearing.effect for bearing in one.bearings) == sorted(
            bearing.effect for bearing in other.bearings
        )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_rule_names_its_criterion_and_speaks_to_an_engineer(rule: Rule) -> None:
    assert rule.criterion in CRITERIA
    assert rule.what.endswith(".")
    assert rule.limits.endswith(".")
