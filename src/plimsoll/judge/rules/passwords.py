"""Rules for capability 1, what lets somebody in: no universal default passwords (EN 303 645, provision 5.1-1).

An image is common to all units, so a constant in it that opens a login is the same in every unit, whether or not its
clear text is known. The effects are those of `standards/en303645.yaml` for firmware.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._accepted_secrets import accepted_secrets
from plimsoll.judge.rules._answer import Answer, weakest
from plimsoll.judge.rules._authorized_keys import AuthorizedKeys
from plimsoll.judge.rules._logins import Login, entries, logins
from plimsoll.judge.rules._open_doors import hidden_accounts, open_services
from plimsoll.judge.rules._restored_accounts import restored_accounts
from plimsoll.judge.rules._ssh_service import ssh_admits_key
from plimsoll.judge.rules._standing import RunningService, Standings
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import AuthorizedKey, GuessedPassword
from plimsoll.model.message import Message, message


def _fixed_accounts(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    given = list(logins(evidence, standings))
    for login in given:
        yield _fixed_account(login)
    asked = {(one.entry.tree, one.entry.caller.store, one.entry.caller.name) for one in given}
    yield from hidden_accounts(tuple(entries(evidence, standings)), asked)
    yield from restored_accounts(evidence, standings, asked)
    yield from accepted_secrets(evidence, standings)
    yield from unknown_startup(evidence)
    yield from open_services(standings.services)
    for observation, fact in evidence.of(GuessedPassword):
        if not fact.account and fact.family != "clear":
            why = message("a program or script holds the hash of the published default password {password}",
                          password=fact.known_default)  # fmt: skip
            yield Weight("suspects", why, (observation,))


def _fixed_account(login: Login) -> Weight:
    caller = login.entry.caller
    change = login.entry.change
    seen = login.observations
    if change is not None and change.standing != "never" and change.fact.expires:
        why = message(
            "{account} has a fixed password, and a start script asks for a new one at the first login; whether the "
            "login heeds it was not seen",
            account=caller.name,
        )
        return Weight("blocks", why, (*seen, *change.observations))
    if change is not None and change.standing != "never":
        why = message(
            "a start script sets the password of {account} ({source}); whether the one in the image stays was not seen",
            account=caller.name,
            source=change.fact.source,
        )
        return Weight("blocks", why, (*seen, *change.observations))
    if caller.password == "expired":
        why = message(
            "{account} has a fixed password that must be changed at the first login; whether it was used was not seen",
            account=caller.name,
        )
        return Weight("blocks", why, seen)
    if change is not None:
        why = message(
            "a script sets the password of {account} ({source}); it is not seen to run, and may in production",
            account=caller.name,
            source=change.fact.source,
        )
        return Weight("suspects", why, (*seen, *change.observations))
    return Weight("refutes" if login.answer == "yes" else "suspects", _accepted(login), seen)


def _accepted(login: Login) -> Message:
    words = {"program": login.service.fact.program, "account": login.entry.caller.name}
    may = "lets in" if login.answer == "yes" else "may let in"
    started = "is started" if login.service.standing == "started" else "may be started"
    second = ", a second account with the number 0, " if login.entry.is_second_root else " "
    opening = "{program} " + started + " and " + may + " {account}" + second
    if login.entry.caller.password == "empty":
        return message(opening + "without a password", **words)
    if login.known_maker:
        return message(
            opening + "with the default password {password}, published for {maker}",
            password=login.known_default,
            maker=login.known_maker,
            **words,
        )
    if login.known_default:
        return message(
            opening + "with the published default password {password}", password=login.known_default, **words
        )
    return message(opening + "with a password that is the same in every unit", **words)


def _shared_keys(evidence: Evidence) -> Iterator[Weight]:
    standings, keys = evidence.once(Standings), AuthorizedKeys(evidence)
    yield from unknown_startup(evidence)
    for observation, fact in evidence.of(AuthorizedKey):
        lying = standings.lying(observation.where)
        for file, service in ((one, given) for one in lying for given in standings.services_in(one.tree, "ssh")):
            for lies in keys.of(service, file, observation, fact):
                taken = ssh_admits_key(service, standings, is_root=lies.is_root)
                if taken != "no":
                    answer = weakest((taken, lies.answer, "yes" if service.standing == "started" else "perhaps"))
                    seen = (service.observation, observation, *lies.observations)
                    yield _shared_key(answer, seen, service, lies.account)


def _shared_key(answer: Answer, seen: tuple[Observation, ...], service: RunningService, account: str) -> Weight:
    decides = answer == "yes" and bool(account)
    why = message(
        "{program} is started and lets in {account} with a key that is the same in every unit"
        if decides
        else "{program} may let in {account} with a key that is the same in every unit",
        program=service.fact.program,
        account=account or "somebody",
    )
    return Weight("refutes" if decides else "suspects", why, seen)


FIXED_ACCOUNT = Rule(
    id="no-fixed-account-is-accepted",
    criterion="no-fixed-account-is-accepted",
    needs=(
        "accounts",
        "account-copies",
        "factory-reset",
        "credentials",
        "compared-passwords",
        "login-constants",
        "password-provisioning",
        "secret-provisioning",
        "hidden-entrances",
        "startup",
        "service-settings",
        "services",
        "default-passwords",
        "published-passwords",
    ),
    what=(
        "Each account that has a password in the image, or is given a constant one at boot, is set beside the "
        "services that are started in the same file tree and ask for accounts of its kind. A pair of them decides, "
        "whether or not the clear text is known; so does a password in a file that a started service is seen to read, "
        "and a shell that asks for none at all, which is the same empty password in every unit. A console that asks "
        "for none is a suspicion, and so is a second account with the number 0, or one of the base system, that has a "
        "password and that no started service is seen to ask for, and a password that a reset of the product puts "
        "back. Locked accounts, shells that refuse, programs that are not started, and what sshd and dropbear are "
        "told to refuse do not count. Where a script sets another password per unit, a change is due at the first "
        "login, the accounts stand in a template only, what a service is told was not seen, or the login is at a "
        "console behind the case, it stays open. A password for a login that no known service asks for is a "
        "suspicion, and so is one in a file that the service is not seen to read. A community of SNMP that may write, "
        "and the passphrase of a wireless network that the product opens, decide where a program that is started at "
        "boot reads them from that very file and no other program names the file; else they are a suspicion. So "
        "is a password that settings leave blank beside the name of a user."
    ),
    limits=(
        "Whether set-up makes the user choose another password is not seen, nor what PAM, securetty or a firewall "
        "refuses, nor accounts in compiled code or in a database of another kind than SQLite."
    ),
    weigh=_fixed_accounts,
)

SHARED_KEY = Rule(
    id="no-shared-key-grants-login",
    criterion="no-shared-key-grants-login",
    needs=("accounts", "authorized-keys", "startup", "service-settings", "services"),
    what=(
        "A public key in an authorized_keys file of the image, or that a started command adds to one or copies there, "
        "beside an SSH service that is started in the same file tree, unless the service refuses keys or root. One in "
        "a file elsewhere, or in a command that is not seen to run, is a suspicion."
    ),
    limits="Restrictions that stand beside a key, and keys that come while the product runs, are not weighed.",
    weigh=_shared_keys,
)
