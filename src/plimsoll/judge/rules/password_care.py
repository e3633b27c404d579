"""Rules for capability 1, how passwords come about and are kept: EN 303 645, provisions 5.1-2 to 5.1-5."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._attempt_limits import limits
from plimsoll.judge.rules._logins import Login, logins
from plimsoll.judge.rules._password_changes import changes
from plimsoll.judge.rules._standing import Standings, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PasswordHash, PasswordProvisioning, ServiceSetting
from plimsoll.model.facts.account import HashFamily
from plimsoll.model.message import message
from plimsoll.model.verdict import Effect

_WEAK: tuple[HashFamily, ...] = (
    "des", "bsdi-des", "md5crypt", "apr1", "sunmd5", "nt", "unsalted-md5", "unsalted-sha1", "unsalted-sha256",
    "ldap-salted-sha1", "salted-digest",
)  # fmt: skip
"""Fast to compute, or without a salt. SHA-256 and SHA-512 crypt, bcrypt, scrypt, yescrypt and Argon2 are sound."""


def _derivable(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    yield from unknown_startup(evidence)
    for change in changes(evidence, standings):
        if change.fact.source != "identifier":
            continue
        runs = change.standing == "started"
        why = message(
            "a start script makes the password of {account} of a MAC or serial number alone"
            if runs
            else "a script makes the password of {account} of a MAC or serial number alone; that it runs was not seen",
            account=change.fact.account or "an account",
        )
        yield Weight("refutes" if runs else "suspects", why, change.observations)


def _hashing(evidence: Evidence) -> Iterator[Weight]:
    yield from unknown_startup(evidence)
    in_use: set[Observation] = set()
    for login in logins(evidence, evidence.once(Standings)):
        if login.entry.change is None:
            in_use.update(login.observations)
            yield from _login_hashing(login)
    for observation, fact in evidence.of(PasswordHash):
        if fact.active and fact.family in _WEAK and observation not in in_use:
            why = message(
                "a password is kept as {family}, which is quick to guess; that a login uses it was not seen",
                family=fact.family,
            )
            yield Weight("suspects", why, (observation,))
    for observation, setting in evidence.of(ServiceSetting):
        if setting.active and setting.key == "encrypt_method" and setting.value.strip("\"'").lower() in ("des", "md5"):
            why = message("passwords that are set later are kept as {method}", method=setting.value)
            yield Weight("suspects", why, (observation,))


def _login_hashing(login: Login) -> Iterator[Weight]:
    weak = [family for family in login.families if family in _WEAK]
    names = {"program": login.service.fact.program, "account": login.entry.caller.name}
    effect: Effect = "refutes" if login.answer == "yes" else "suspects"
    if weak:
        why = message(
            "{program} asks for the password of {account}, which is kept as {family} and quick to guess",
            family=weak[0],
            **names,
        )
        yield Weight(effect, why, login.observations)
    elif login.entry.caller.password == "clear" and login.entry.caller.store != "passwd":
        why = message("{program} asks for the password of {account}, which is kept in clear", **names)
        yield Weight(effect, why, login.observations)


def _change(evidence: Evidence) -> Iterator[Weight]:
    for observation, fact in evidence.of(PasswordProvisioning):
        if fact.source == "user":
            why = message(
                "{file} sets the password of {account} to what the user gives",
                file=name_of(observation.where),
                account=fact.account or "an account",
            )
            yield Weight("supports", why, (observation,))


def _attempts(evidence: Evidence) -> Iterator[Weight]:
    yield from limits(evidence, evidence.once(Standings))


DERIVABLE = Rule(
    id="initial-passwords-not-derivable",
    criterion="initial-passwords-not-derivable",
    needs=("password-provisioning", "startup"),
    what=(
        "Commands that set a password computed from a MAC address or serial number alone. In a script that is started "
        "they decide; elsewhere they are a suspicion."
    ),
    limits="A password that a compiled program computes, or that is computed in production, is not seen.",
    weigh=_derivable,
)

HASHING = Rule(
    id="password-hashing-is-sound",
    criterion="password-hashing-is-sound",
    needs=(
        "accounts",
        "account-copies",
        "password-provisioning",
        "secret-provisioning",
        "startup",
        "service-settings",
        "services",
    ),
    what=(
        "The hash of each account that a started service asks for. DES crypt, MD5 crypt and its kin, NT and plain "
        "digests decide against it, and so does a password in clear in the store of a service. A weak hash that no "
        "started service is seen to use is a suspicion, and so is one that a script replaces, and login.defs when it "
        "names a weak method for passwords to come."
    ),
    limits="How a compiled program keeps and checks a password is not seen.",
    weigh=_hashing,
)

CHANGE = Rule(
    id="password-can-be-changed",
    criterion="password-can-be-changed",
    needs=("password-provisioning",),
    what="Scripts that set a password to what the user gives.",
    limits="Whether users can reach them, and whether the change lasts, only a live unit shows.",
    weigh=_change,
)

ATTEMPTS = Rule(
    id="login-attempts-are-limited",
    criterion="login-attempts-are-limited",
    needs=("startup", "service-settings", "services", "firewall"),
    what=(
        "For each service that is started and asks for a login: what its own settings allow in one connection, PAM and "
        "login.defs for those that ask by them, jails of fail2ban and sshguard that are started, and rules of "
        "iptables, of nft and of OpenWrt's firewall that are put in force and limit how often somebody may connect to "
        "its port. A limit that is switched off, or set so high that it is none, is a suspicion."
    ),
    limits=(
        "Whether each login of the product is covered, and what a program does of itself, only a live unit shows. That "
        "nothing was seen says nothing."
    ),
    weigh=_attempts,
)
