"""What limits wrong logins of the services that are started, and which of them each limit covers.

Settings are those of sshd_config(5), dropbear(8), vsftpd.conf(5), login.defs(5), faillock(8), pam_faildelay(8), of the
manuals of proftpd, fail2ban and sshguard, and of iptables-extensions(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.judge.rule import Weight
from plimsoll.judge.rules._filter_limits import FilterLimits
from plimsoll.judge.rules._standing import RunningService, Standings, standing_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import ServiceSetting, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_PER_CONNECTION: Mapping[str, tuple[str, ...]] = {
    "sshd": ("maxauthtries",),
    "dropbear": ("maxauthtries",),
    "vsftpd": ("max_login_fails",),
    "proftpd": ("maxloginattempts",),
}
"""Settings of a service that end a connection after some wrong logins."""
_STACKS = ("faillock", "tally", "tally2", "faildelay")
_BY_LOGIN = ("telnet", "rlogin", "console")
"""Protocols that hand over to login(1)."""
_OF_LOGIN = ("fail_delay", "login_retries")
_GUARDS = ("fail2ban-server", "fail2ban-client", "sshguard", "crowdsec", "denyhosts")
"""Programs whose work is to shut out who guesses passwords."""
_SSH_GUARDS = ("sshguard", "denyhosts")
_WITHOUT_LIMIT = ("0", "none", "never", "off", "no", "false")
MOST_TRIES = 20
"""More wrong passwords in one connection than this are no limit."""
_FIREWALLS = ("iptables", "ip6tables")
_RATES = ("recent", "hashlimit", "limit", "connlimit")
_PORTS = re.compile(r"--d(?:estination-)?ports?[ =]([\d,:]{1,80})")

Told = tuple[Observation, ServiceSetting]
Start = tuple[Observation, StartedProgram]


def limits(evidence: Evidence, standings: Standings) -> Iterator[Weight]:
    """Give each limit that covers a started service, each switched-off one, and guards of which it is not known."""
    covered: set[Observation] = set()
    given, filters = _Given(evidence), FilterLimits(evidence)
    logins = [one for one in standings.services if one.fact.login != "none" and one.fact.reach != "local"]
    for service in logins:
        for weight in (*_of_service(service, given, standings), *filters.of(service)):
            covered.update(weight.observations)
            yield weight
    for observation, start in given.all_starts:
        if start.program in _GUARDS and observation not in covered:
            why = message("{program}, which shuts out who guesses passwords, is started", program=start.program)
            yield Weight("supports", why, (observation,))


class _Given:
    """The settings in force, and the started guards and rules of packet filters, by tree."""

    def __init__(self, evidence: Evidence) -> None:
        self.settings: dict[str, list[Told]] = {}
        self.starts: dict[str, list[Start]] = {}
        for observation, setting in evidence.of(ServiceSetting):
            if setting.active:
                self.settings.setdefault(tree_of(observation.where), []).append((observation, setting))
        for one, start in evidence.of(StartedProgram):
            if start.program in (*_GUARDS, *_FIREWALLS) and standing_of(start.state) == "started":
                self.starts.setdefault(tree_of(one.where), []).append((one, start))

    @property
    def all_starts(self) -> Iterator[Start]:
        """The starts of all trees."""
        return (one for starts in self.starts.values() for one in starts)


def _of_service(service: RunningService, given: _Given, standings: Standings) -> Iterator[Weight]:
    yield from _per_connection(service, standings)
    yield from _stacks(service, given)
    yield from _guarded(service, given)
    yield from _rated(service, given)


def _per_connection(service: RunningService, standings: Standings) -> Iterator[Weight]:
    program = service.fact.program
    keys = _PER_CONNECTION.get(program, ())
    for observation, setting in standings.settings(service, *keys) if keys else ():
        yield from _tries(service, setting.value.strip("\"' "), observation)
    for observation, start in service.starts:
        words = [one for one in start.arguments if program == "dropbear" and re.fullmatch(r"-T\d*", one)]
        for word in words[:1]:
            rest = start.arguments[start.arguments.index(word) + 1 :]
            yield from _tries(service, word[2:] or (rest[0] if rest else ""), observation)


def _tries(service: RunningService, value: str, observation: Observation) -> Iterator[Weight]:
    """Weigh how many wrong passwords a connection takes; a variable tells nothing."""
    seen = tuple(dict.fromkeys((service.observation, observation)))
    words = {"program": service.fact.program, "count": value}
    if value.isdigit() and 0 < int(value[:9]) <= MOST_TRIES:
        why = message(
            "{program} ends a connection after {count} wrong passwords; another connection may follow", **words
        )
        yield Weight("supports", why, seen)
    elif value.isdigit() or value.lower() in _WITHOUT_LIMIT:
        yield Weight("suspects", message("{program} takes {count} wrong passwords in one connection", **words), seen)


def _stacks(service: RunningService, given: _Given) -> Iterator[Weight]:
    """Give what PAM and login.defs say for a service that asks for accounts of the system; dropbear has no PAM."""
    if service.fact.login != "system":
        return
    shared = () if service.fact.program == "dropbear" else ("pam",)
    names = (service.fact.program, *shared, *(("login",) if service.fact.protocol in _BY_LOGIN else ()))
    for observation, setting in given.settings.get(service.tree, ()):
        is_stack = setting.key in _STACKS and setting.service in names
        is_login = setting.service == "login" and setting.key in _OF_LOGIN and service.fact.protocol in _BY_LOGIN
        if not (is_stack or is_login):
            continue
        words = {"program": service.fact.program, "name": setting.key}
        seen = (service.observation, observation)
        if setting.value.strip("\"' ").lower() in _WITHOUT_LIMIT:
            yield Weight("suspects", message("{name} is switched off, which {program} may ask by", **words), seen)
        else:
            why = message("wrong logins by {program} are slowed or counted by {name}", **words)
            yield Weight("supports", why, seen)


def _guarded(service: RunningService, given: _Given) -> Iterator[Weight]:
    """Give the guards that are started in the same tree and watch a service: a jail of fail2ban that is enabled."""
    jails = [
        one
        for one in given.settings.get(service.tree, ())
        if one[1].service == "fail2ban-server"
        and one[1].key.endswith(".enabled")
        and one[1].value.strip("\"' ").lower() not in _WITHOUT_LIMIT
        and _names(one[1].key.rpartition(".")[0], service)
    ]
    for observation, start in given.starts.get(service.tree, ()):
        is_ssh = start.program in _SSH_GUARDS and service.fact.protocol == "ssh"
        is_jailed = start.program.startswith("fail2ban") and bool(jails)
        if is_ssh or is_jailed:
            grounds = tuple(one for one, _ in jails[:1]) if is_jailed else ()
            why = message(
                "{guard} is started and shuts out who guesses passwords of {program}",
                guard=start.program,
                program=service.fact.program,
            )
            yield Weight("supports", why, (service.observation, observation, *grounds))


def _names(jail: str, service: RunningService) -> bool:
    """Tell whether a jail is for a service, by the names that fail2ban's own jails have."""
    names = {service.fact.program, service.fact.protocol, "sshd" if service.fact.program == "sshd" else ""} - {""}
    return any(jail == name or jail.startswith(name + "-") for name in names)


def _rated(service: RunningService, given: _Given) -> Iterator[Weight]:
    """Give started rules of a packet filter that limit how often somebody may connect to the port of a service."""
    for observation, start in given.starts.get(service.tree, ()):
        ports = _PORTS.search(start.command)
        is_rate = any(word in _RATES for word in start.arguments)
        if is_rate and ports and str(service.fact.port) in ports[1].split(","):
            why = message(
                "a rule of {firewall} limits how often somebody may connect to {program}",
                firewall=start.program,
                program=service.fact.program,
            )
            yield Weight("supports", why, (service.observation, observation))
