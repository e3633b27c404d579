"""Which services a product offers: programs that are started, joined with what is known of them and their options.

What is known of the programs stands in knowledge/services.toml; options are those of the programs' own manuals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.knowledge import services
from plimsoll.knowledge.services import KnownService
from plimsoll.match._listening import Settings
from plimsoll.match._login_programs import GETTYS, SHELLS, after, console_login, is_shell, served_shell
from plimsoll.match._packet_filter import PacketFilters
from plimsoll.match.matcher import Matcher
from plimsoll.model.assessment import Knowledge
from plimsoll.model.evidence import Evidence, Inspection, Observation
from plimsoll.model.facts import Service, StartedProgram
from plimsoll.model.facts.service import LoginKind, StartState
from plimsoll.model.locator import Place, tree_of

_ORDER: tuple[StartState, ...] = ("always", "first-boot", "on-demand", "conditional", "disabled", "not-started")
_RUNNING: tuple[StartState, ...] = ("always", "first-boot", "on-demand")
_OFF: tuple[StartState, ...] = ("disabled", "not-started")
_LOCAL = re.compile(r"(?:127\.\d+\.\d+\.\d+|\[?::1\]?|localhost|lo)(?::|\Z)")
_LISTEN = re.compile(r"(?i)\A(?:-o\s*)?ListenAddress(?:\s*=\s*|\s+)(\S+)")
_PORT = re.compile(r"(?:\A|:)(\d{1,5})\Z")
_ADDRESS = re.compile(r"\[?(?=[0-9a-f.:]*[.:])[0-9a-f.:]{3,39}\]?(?::\d+)?\Z")
_UDP = ("snmp", "tftp", "upnp", "dns", "mdns", "l2tp", "ipsec", "openvpn", "netbios", "slp", "coap")
"""Protocols that mostly come by UDP; the others come by TCP."""

_Started = tuple[Observation, Service, StartedProgram]


class Services(Matcher):
    """Gives each service once per tree, with the strongest of its starts."""

    id = "services"
    title = "Which services take a login or listen, and are they started?"
    what = (
        "Programs that are known to take a login or listen, with how they are started, and the options on their "
        "command line and in its own configuration that say who may come in, on which port and from where; and whether "
        "the packet filter as shipped lets in the side of the internet. A shell or login on a console counts too, and "
        "so does a shell or login that inetd, a socket of systemd, netcat, socat or tcpsvd gives to whoever connects."
    )
    limits = (
        "A program that the list does not know is not taken for a service. What a packet filter refuses on the side of "
        "the home is not weighed; where its rules cannot be followed, a service "
        "counts as reached from the network."
    )

    def knowledge(self) -> tuple[Knowledge, ...]:
        """Name the list."""
        known = services.load()
        return (Knowledge("services", known.date, f"{len(known.programs)} programs; {known.note}"),)

    def match(self, evidence: Evidence) -> Iterator[Observation | Inspection]:
        """Give a Service for each program and way of speaking, in each tree."""
        settings, filters = Settings(evidence), PacketFilters(evidence)
        found: dict[tuple[str, str, LoginKind, int | None, str], list[_Started]] = {}
        for observation, fact in evidence.of(StartedProgram):
            service = _service(fact)
            if service is not None:
                key = (tree_of(observation.where), service.program, service.login, service.port, str(service.reach))
                found.setdefault(key, []).append((observation, service, fact))
        for key in sorted(found, key=str):
            starts = sorted(found[key], key=lambda one: (_ORDER.index(one[1].state), one[0].where))
            observation, service, _ = starts[0]
            if len({one.accepts_empty_password for _, one, _ in starts if one.state not in _OFF}) > 1:
                service = msgspec.structs.replace(service, accepts_empty_password=None)
            service, more = _reached(service, [fact for _, _, fact in starts], key[0], settings, filters)
            because = tuple(sorted({*more, *(one.where for one, _, _ in starts)}))
            yield Observation(service, observation.where, self.id, None, "derived", observation.window, because)


def _reached(
    service: Service,
    starts: Sequence[StartedProgram],
    tree: str,
    settings: Settings,
    filters: PacketFilters,
) -> tuple[Service, tuple[Place, ...]]:
    """Say how far a service is reached, by its own settings and by the packet filter; with what says so."""
    if service.reach != "network":
        return service, ()
    bound = [word for start in starts for word in start.arguments if _ADDRESS.match(word)]
    listening = settings.listening(tree, service.program, starts)
    if len(listening.ports) == 1 and not _tells_port(service, starts):
        service = msgspec.structs.replace(service, port=listening.ports[0])
    if listening.extent == "loopback" and not bound:
        return msgspec.structs.replace(service, reach="local"), listening.because
    if listening.extent == "own network" or bound:
        return service, ()
    protocol = "udp" if service.protocol in _UDP else "tcp"
    for port in listening.ports or ((service.port,) if service.port else ()):
        rule = filters.opened_to_internet(tree, protocol, port)
        if rule is not None and service.state in _RUNNING:
            return msgspec.structs.replace(service, reach="internet"), (rule.where,)
    return service, ()


def _tells_port(service: Service, starts: Sequence[StartedProgram]) -> bool:
    """Tell whether a command line names the port, which then counts before the settings."""
    known = services.load().programs.get(service.program)
    option = known.port_option if known else ""
    return bool(option) and any(word.startswith(option) for start in starts for word in start.arguments)


def _service(fact: StartedProgram) -> Service | None:
    if fact.path.startswith("etc/"):
        return None  # A start script that has the name of its service: what it starts is a fact of its own.
    known = services.load().programs.get(fact.program)
    if known is not None:
        return _known(fact, known)
    is_kept = fact.mechanism in ("inittab", "systemd", "runit") or "cttyhack" in fact.command.split()
    if is_kept and not fact.bound and fact.program in (*SHELLS, *GETTYS):
        return Service(
            fact.program, "console", fact.state, console_login(fact), None, None, "physical", None, fact.condition
        )
    return served_shell(fact)


def _known(fact: StartedProgram, known: KnownService) -> Service:
    bound = fact.bound or (after(fact.arguments, known.port_option) if known.port_option else "")
    port = _PORT.search(bound)
    told = [] if fact.bound else [after(fact.arguments, option) for option in ("-b", "-h", "--bind")]
    told += [found[1] for word in fact.arguments if (found := _LISTEN.search(word))]
    if known.protocol == "coap":
        told.append(after(fact.arguments, "-A"))
    addresses = [bound, *told]
    local = any(_LOCAL.match(address) for address in addresses)
    service = Service(
        program=fact.program,
        protocol=known.protocol,
        state=fact.state,
        login=known.login,
        encrypted=known.encrypted,
        port=int(port[1]) if port and int(port[1]) < 65536 else known.port,
        reach="local" if local else "network",
        condition=fact.condition,
    )
    return _with_options(service, fact.arguments)


def _with_options(service: Service, arguments: tuple[str, ...]) -> Service:
    """Weigh the options of telnetd and dropbear that say who may come in."""
    if service.protocol == "telnet":
        program = after(arguments, "-l")
        if is_shell(program) or program.endswith("/login -f root"):
            return msgspec.structs.replace(service, login="none")
        if program and not program.endswith("login"):
            return msgspec.structs.replace(service, login="unknown")
        if after(arguments, "-u"):
            return msgspec.structs.replace(service, login="own")
    if service.program == "dropbear":
        blank = _has_flag(arguments, "B") and not _has_flag(arguments, "s")
        return msgspec.structs.replace(service, accepts_empty_password=blank)
    return service


def _has_flag(arguments: tuple[str, ...], flag: str) -> bool:
    return any(re.fullmatch(r"-[A-Za-z]+", word) and flag in word for word in arguments)
