"""Claims beside the evidence that they are set against, for tests of what becomes of them."""

from __future__ import annotations

from typing import Any

from plimsoll.judge.claims import weigh_claims
from plimsoll.model.assessment import ClaimResult
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Endpoint, Sensor, UpdateClient, UpdateTrust
from tests.judge.building import hashed, passwd, script, seen, setting, shadow, start
from tests.judge.publishing import judged_by_all, together

TELNET = start("telnetd")
ROOT = (passwd("root", "shadowed"), shadow("root"), hashed("md5crypt", where="etc/shadow"))
UPDATE = "usr/sbin/update.sh"


def weighed(given: Evidence) -> tuple[ClaimResult, ...]:
    return weigh_claims(given, judged_by_all(given))


def result(claimed: Observation, *observations: Observation, **how: Any) -> ClaimResult:
    """Give what becomes of one claim beside other evidence; the claim is observation 0."""
    (answer,) = (one for one in weighed(together(claimed, *observations, **how)) if one.claim == 0)
    return answer


def outcome(claimed: Observation, *observations: Observation, **how: Any) -> str:
    return result(claimed, *observations, **how).outcome


def own_update(
    check: str = "none", state: str = "off", url: str = "http://u.halyard.example"
) -> tuple[Observation, ...]:
    """Give a script of the maker's own that fetches and installs, and what it checks."""
    scheme, _, host = url.partition("://")
    return (
        seen(UpdateClient("vendor-script", "conditional"), UPDATE, 1),
        seen(UpdateTrust("vendor-script", check, state, "ed25519"), UPDATE, 2),  # type: ignore[arg-type]
        seen(Endpoint(scheme, host, None, "", "update", "update.sh", True), UPDATE, 3),
    )


RUN_UPDATE = (script(UPDATE), start("wget", "-O", "/tmp/x", "http://u.halyard.example/x", where=UPDATE, line=3))
BROKER = (start("mosquitto", "-c", "/etc/mosquitto.conf"), setting("mosquitto", "listener", "1883"))

CAMERA = seen(Sensor("camera", "uvcvideo"), "etc/modules", 1)
SENT = seen(Endpoint("https", "t.halyard.example", None, "", "telemetry", "", True), "etc/agent.json", 1)
