"""Rules for capability 4, services and settings: secure communication (EN 303 645, provisions 5.5-1 and 5.5-5).

The oldest version of TLS that is still sound is 1.2 (RFC 8996). Which protocols are in clear is told by their own
documents: Telnet RFC 854, FTP RFC 959, rlogin RFC 1282, HTTP RFC 9110.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._guests import takes_files_from_anybody
from plimsoll.judge.rules._offered import offers_tls, refuses_clear_logins, speaks_only_tls
from plimsoll.judge.rules._standing import RunningService, Standings, effect_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules.tls_servers import refusing_old_versions
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import PrivateKey, TlsSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_OLD = ("SSLv2", "SSLv3", "TLSv1", "TLSv1.0", "TLSv1.1")
_CLEAR_LOGINS = ("telnet", "ftp", "rlogin", "rsh")
"""Protocols that send the password as it is typed."""
_OFTEN_CLEAR_LOGINS = ("http", "vnc", "rtsp", "onvif", "snmp", "mqtt", "ipp")
"""Protocols that may ask for a login, and in clear unless they are told otherwise."""
_STEERING = ("upnp", "telnet", "rlogin", "rsh", "adb", "gdb", "redis", "mqtt", "http", "cwmp", "tftp", "coap")
"""Protocols through which settings or files of a product can be changed."""


def by_program(standings: Standings) -> dict[tuple[str, str], list[RunningService]]:
    """Give the services of each program in each tree."""
    found: dict[tuple[str, str], list[RunningService]] = {}
    for service in standings.services:
        found.setdefault((service.tree, service.fact.program), []).append(service)
    return found


def _versions(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    readers = by_program(standings)
    keys = _server_keys(evidence)
    refusing = refusing_old_versions(evidence)
    for observation, fact in evidence.of(TlsSetting):
        if fact.setting == "minimum-version" and fact.value in _OLD and fact.active:
            if (guard := refusing.get(tree_of(observation.where))) is not None:
                yield _refused(observation, fact, guard)
                continue
            services = readers.get((tree_of(observation.where), fact.client), ())
            servers = [one for one in services if one.is_reached and one.standing == "started"]
            yield _old_version(observation, fact, servers, standings, keys)
    yield from unknown_startup(evidence)


def _refused(observation: Observation, fact: TlsSetting, guard: Observation) -> Weight:
    template = "{client} is set to accept {version}, which OpenSSL seems to refuse"
    why = message(template, client=fact.client, version=fact.value)
    return Weight("suspects", why, (observation, guard))


def _server_keys(evidence: Evidence) -> dict[str, Observation]:
    """Give the first key of a TLS server in each tree."""
    found: dict[str, Observation] = {}
    for observation, key in evidence.of(PrivateKey):
        if key.active and key.purpose == "tls-server":
            found.setdefault(tree_of(observation.where), observation)
    return found


def _old_version(
    observation: Observation,
    fact: TlsSetting,
    servers: Sequence[RunningService],
    standings: Standings,
    keys: Mapping[str, Observation],
) -> Weight:
    """Weigh a lowest version that is too low: it decides for a server that is started and offers TLS at all."""
    offered = [ground for one in servers for ground in _tls_grounds(one, standings, keys)]
    decides = bool(servers and (offered or any(one.fact.encrypted for one in servers)))
    why = message(
        "{client} is started and accepts {version}"
        if decides
        else "{client} is set to accept {version}; that it is used was not seen",
        client=fact.client,
        version=fact.value,
    )
    seen = tuple(dict.fromkeys((observation, *(one.observation for one in servers), *offered)))
    return Weight("refutes" if decides else "suspects", why, seen)


def _tls_grounds(
    service: RunningService, standings: Standings, keys: Mapping[str, Observation]
) -> Iterator[Observation]:
    """Give what says that a server offers TLS: a setting of its own, else a server key in its tree."""
    settings = standings.settings(service)
    if settings:
        yield from [observation for observation, setting in settings if offers_tls(setting)][:1]
    elif service.tree in keys:
        yield keys[service.tree]


def _clear_logins(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    for service in standings.services:
        if service.is_reached and not service.fact.encrypted:
            yield from _clear_login(service, standings)
    yield from unknown_startup(evidence)


def _clear_login(service: RunningService, standings: Standings) -> Iterator[Weight]:
    """Weigh a service that is not known to be encrypted; one that asks for no password sends none either."""
    fact = service.fact
    started = "is started" if service.standing == "started" else "may be started"
    if fact.reach == "internet":
        started += ", is let in to from the side of the internet"
    settings = standings.settings(service)
    told = [setting for _, setting in settings]
    if speaks_only_tls(told) or refuses_clear_logins(fact.program, told):
        return
    tls = [observation for observation, setting in settings if offers_tls(setting)]
    is_clear = fact.encrypted is False or _is_plain_ftp(service, standings)
    decides = fact.protocol in _CLEAR_LOGINS and is_clear and fact.login != "none" and not tls
    if decides:
        template = "{program} " + started + " and asks for a login over {protocol}, which is not encrypted"
        why = message(template, program=fact.program, protocol=fact.protocol)
        yield Weight(effect_of(service.standing), why, (service.observation,))
    elif fact.protocol in _CLEAR_LOGINS or (fact.protocol in _OFTEN_CLEAR_LOGINS and fact.login != "none"):
        template = "{program} " + started + " and may ask for a login over {protocol} without encryption"
        why = message(template, program=fact.program, protocol=fact.protocol)
        yield Weight("suspects", why, (service.observation, *tls))


def _is_plain_ftp(service: RunningService, standings: Standings) -> bool:
    """Tell whether a server of FTP takes passwords without TLS, which each of these offers only where it is told to."""
    program = service.fact.program
    if program == "vsftpd":
        return standings.switch(service, "local_enable") == "on"
    return program in ("proftpd", "pure-ftpd") and bool(standings.settings(service))


def _open_services(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    for service in standings.services:
        fact = service.fact
        if service.is_reached and (grounds := takes_files_from_anybody(service, standings)):
            started = "is started" if service.standing == "started" else "may be started"
            template = "{program} " + started + " and is set to take files over {protocol} from anybody"
            why = message(template, program=fact.program, protocol=fact.protocol)
            yield Weight("suspects", why, tuple(dict.fromkeys((service.observation, *grounds))), "network")
        asks_nobody = fact.login == "none" and not _asks_by_settings(service, standings)
        if not service.is_reached or fact.protocol not in _STEERING:
            continue
        opened = _opened_to_all(service, standings)
        if asks_nobody or opened:
            started = "is started" if service.standing == "started" else "may be started"
            template = "{program} " + started + " and takes orders over {protocol} from anybody"
            why = message(template, program=fact.program, protocol=fact.protocol)
            yield Weight("suspects", why, (service.observation, *opened))
    yield from unknown_startup(evidence)


def _asks_by_settings(service: RunningService, standings: Standings) -> bool:
    """Tell whether a server that usually asks nobody is set to: redis by a password, or by its protected mode."""
    if service.fact.program != "redis-server":
        return False
    return bool(standings.settings(service, "requirepass")) or (
        standings.switch(service, "protected-mode") == "on" and not standings.settings(service, "bind")
    )


def _opened_to_all(service: RunningService, standings: Standings) -> tuple[Observation, ...]:
    """Give the setting by which a broker that can ask for accounts takes orders without one."""
    if service.fact.program != "mosquitto" or standings.switch(service, "allow_anonymous") != "on":
        return ()
    return tuple(observation for observation, _ in standings.settings(service, "allow_anonymous"))


VERSIONS = Rule(
    id="tls-versions-are-current",
    criterion="tls-versions-are-current",
    needs=("tls-settings", "installed-components", "startup", "services"),
    what=(
        "The lowest version of TLS in the configuration of servers. Anything below 1.2 decides when the server is "
        "started and something says that it offers TLS; otherwise it is a suspicion. So it is where OpenSSL is of a "
        "release that refuses those versions, or is set to."
    ),
    limits="A version that is built in, or chosen while the product runs, is not seen.",
    weigh=_versions,
)

CLEAR_LOGINS = Rule(
    id="no-clear-text-login-service",
    criterion="no-clear-text-login-service",
    needs=("startup", "services"),
    what=(
        "Services that are started and reached from the network. Telnet, FTP, rlogin and rsh that ask for a login "
        "without encryption decide; web servers and others that may ask for one in clear are a suspicion. What is "
        "bound to loopback, and a console, do not count."
    ),
    limits=(
        "Whether a web server asks for a password or redirects to HTTPS, and what a firewall keeps out, is not seen."
    ),
    weigh=_clear_logins,
)

OPEN_SERVICES = Rule(
    id="configuration-needs-authentication",
    criterion="configuration-needs-authentication",
    needs=("startup", "services", "service-settings"),
    what=(
        "Services that are started, take orders from the network, and ask nobody who they are; and servers of files "
        "that are set to take files from people who do not log in."
    ),
    limits="Which settings they let anybody change, only a live unit shows; so the image can only raise a suspicion.",
    weigh=_open_services,
)
