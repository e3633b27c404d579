"""Logins that ask for nothing, and accounts that nobody would look for: told beside the accounts that services ask for.

A shell that whoever connects is given has the same empty password in every unit. Names of accounts that programs use
and no person does are those of the base systems of Debian, Red Hat and Buildroot.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._logins import Entry
from plimsoll.judge.rules._standing import RunningService, effect_of
from plimsoll.model.message import message
from plimsoll.model.verdict import Sureness

_SHELLS = ("telnet", "rlogin", "rsh", "shell")
"""Protocols of services that give a shell."""

_OF_PROGRAMS = frozenset({
    "adm", "avahi", "backup", "bin", "daemon", "dbus", "dnsmasq", "games", "gnats", "gopher", "httpd", "irc", "list",
    "lp", "mail", "man", "messagebus", "mosquitto", "mysql", "named", "network", "news", "nobody", "ntp", "operator",
    "postfix", "proxy", "sshd", "sync", "sys", "syslog", "utmp", "uucp", "www-data",
})  # fmt: skip
"""Accounts of the base system that programs run as and nobody logs in by."""


def open_services(services: Collection[RunningService]) -> Iterator[Weight]:
    """Give the services, and the consoles, that let in whoever comes without asking for anything."""
    for service in services:
        if service.fact.login != "none":
            continue
        words = {"program": service.fact.program}
        is_sure = service.standing == "started"
        if service.is_reached and service.fact.protocol in _SHELLS:
            why = message(
                "{program} is started and lets anybody in without a password"
                if is_sure
                else "{program} may be started and lets anybody in without a password",
                **words,
            )
            yield Weight(effect_of(service.standing), why, (service.observation,))
        elif service.fact.reach == "physical":
            why = message(
                "{program} gives a shell on a console without a password, to whoever opens the case or has a keyboard"
                if is_sure
                else "{program} may give a shell on a console without a password, to whoever opens the case or has a "
                "keyboard",
                **words,
            )
            sureness: Sureness = "likely" if is_sure else "suspected"
            yield Weight("suspects", why, (service.observation,), "physical", sureness)


def hidden_accounts(entries: Collection[Entry], asked: Collection[tuple[str, str, str]]) -> Iterator[Weight]:
    """Doubt accounts with a fixed password that no person is known by and that no started service is seen to ask for.

    `asked` are tree, store and name of the accounts that a service asks for: they are told with it.
    """
    for entry in entries:
        caller = entry.caller
        if caller.store != "passwd" or caller.password == "expired" or entry.change is not None:
            continue
        if (entry.tree, caller.store, caller.name) in asked:
            continue
        if entry.is_second_root:
            why = message(
                "{account} is a second account with the number 0 and has a fixed password; that a started service asks "
                "for it was not seen",
                account=caller.name,
            )
            yield Weight("suspects", why, entry.observations, "device")
        elif caller.name in _OF_PROGRAMS:
            why = message(
                "{account}, an account that only programs use, has a fixed password; that a started service asks for "
                "it was not seen",
                account=caller.name,
            )
            yield Weight("suspects", why, entry.observations, "device")
