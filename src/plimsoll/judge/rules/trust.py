"""Rules on what clients check, in compiled programs and in settings of their own (EN 303 645, provision 5.5-1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import runs
from plimsoll.judge.rules._standing import Standings, file_of, is_own_host, name_of, standing_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Endpoint, Executable, StartedProgram, TlsProgram, TlsSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_ENCRYPTED = ("https", "wss", "mqtts", "ftps", "amqps", "coaps", "ldaps")
_SYSTEM = (
    "libc.", "libpthread.", "libdl.", "libm.", "librt.", "libz.", "libgcc_s.", "libstdc++.", "libresolv.", "libnsl.",
    "libutil.", "libcrypt.", "ld-", "ld.", "ld64", "ld-uClibc", "libuClibc", "libssl.", "libcrypto.", "libcurl.",
    "libgnutls.", "libwolfssl.", "libcyassl.", "libmbedtls.", "libmbedx509.", "libmbedcrypto.", "libatomic.", "libjson",
    "libcjson", "libjansson", "libxml2.", "libexpat.", "libsqlite3.", "libubox.", "libubus.", "libblobmsg_json.",
    "libuci.", "liblog.", "libiconv.", "libbz2.", "liblzma.", "libzstd.",
)  # fmt: skip
"""Beginnings of names of libraries that set no check in place of a program: of the system, of TLS itself, of data."""

_STUNNEL = ("stunnel", "stunnel4", "stunnel5")
_CLIENT_FILES = {"curl": ("curlrc",), "wget": ("wgetrc",), "stunnel": ("stunnel", ".conf")}
_READERS = {"curl": ("curl",), "wget": ("wget",), "stunnel": _STUNNEL}


def _programs(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    peers = encrypted_peers(evidence)
    loaded = {observation.where.partition("+")[0]: fact.needed for observation, fact in evidence.of(Executable)}
    for observation, fact in evidence.of(TlsProgram):
        if (
            fact.library != "busybox"
            and fact.check in ("off", "default-off")
            and not fact.own_checks
            and fact.role != "server"
        ):
            where = observation.where.partition("+")[0]
            yield _program(observation, fact, standings, peers.get(file_of(observation.where), ()), loaded.get(where))
    yield from unknown_startup(evidence)


def encrypted_peers(evidence: Evidence) -> dict[tuple[str, str], list[Observation]]:
    """Give the encrypted addresses of other hosts that stand in each file."""
    found: dict[tuple[str, str], list[Observation]] = {}
    for observation, address in evidence.of(Endpoint):
        if address.scheme in _ENCRYPTED and not is_own_host(address.host):
            found.setdefault(file_of(observation.where), []).append(observation)
    return found


def _program(
    observation: Observation,
    fact: TlsProgram,
    standings: Standings,
    peers: Sequence[Observation],
    needed: tuple[str, ...] | None,
) -> Weight:
    """Weigh a program that has nothing checked: it decides when it is started and nothing else could check for it."""
    standing, start = standings.of_file(observation.where)
    missing = _missing(fact, standing == "started", peers, needed)
    words = {"file": name_of(observation.where), "library": fact.library}
    grounds = (observation, *start, *peers[:1])
    if missing is None:
        why = message("{file}, which is started, has {library} check no certificate of the servers it calls", **words)
        return Weight("refutes", why, grounds, "network")
    why = message("{file} has {library} check no certificate of the servers it calls; " + missing, **words)
    return Weight("suspects", why, grounds, "network", "likely" if standing == "started" else None)


def _missing(
    fact: TlsProgram, is_started: bool, peers: Sequence[Observation], needed: tuple[str, ...] | None
) -> str | None:
    """Name the first link that was not seen; None when none is missing."""
    if not is_started:
        return "that it is started was not seen"
    if fact.role != "client":
        return "whether it calls servers or is called was not told"
    if fact.is_linked_in:
        return "its library is linked in, and whether something in there checks them was not followed"
    if fact.check == "off" and fact.library in ("libcurl", "mbedtls", "wolfssl") and not fact.always:
        return "whether that holds for each connection was not followed"
    if fact.check == "default-off" and (needed is None or any(not one.startswith(_SYSTEM) for one in needed)):
        return "a library that it loads may have them checked"
    return None if peers else "which servers these are was not seen"


def _settings(evidence: Evidence) -> Iterator[Weight]:
    commands = _readers(evidence)
    for observation, fact in evidence.of(TlsSetting):
        if not is_client_setting(observation, fact) or not fact.active or is_own_host(fact.endpoint):
            continue
        tree = tree_of(observation.where)
        for command, start in commands.get((tree, fact.client), ()):
            if _is_governed(observation, fact, start):
                yield _governed(observation, fact, command, start)
                break
        else:
            why = message(
                "{file} tells {client} not to check certificates; that {client} is started was not seen",
                file=name_of(observation.where),
                client=fact.client,
            )
            yield Weight("suspects", why, (observation,), "network")
    yield from unknown_startup(evidence)


def is_client_setting(observation: Observation, fact: TlsSetting) -> bool:
    """Tell whether a setting stands in a client's own settings, which hold for all its calls."""
    signs = _CLIENT_FILES.get(fact.client, ())
    return bool(signs) and all(sign in name_of(observation.where) for sign in signs)


def _readers(evidence: Evidence) -> Mapping[tuple[str, str], Sequence[tuple[Observation, StartedProgram]]]:
    """Give the starts of each client in each tree, those that run for sure first."""
    found: dict[tuple[str, str], list[tuple[Observation, StartedProgram]]] = {}
    for observation, start in evidence.of(StartedProgram):
        for client, programs in _READERS.items():
            if start.program in programs and standing_of(start.state) != "never":
                found.setdefault((tree_of(observation.where), client), []).append((observation, start))
    for starts in found.values():
        starts.sort(key=lambda one: (not runs(one[1]), one[0].where))
    return found


def _is_governed(observation: Observation, fact: TlsSetting, start: StartedProgram) -> bool:
    """Tell whether a start reads the settings: BusyBox's wget has none, and stunnel takes the file that it is given."""
    path = file_of(observation.where)[1]
    if fact.client == "stunnel":
        files = [word.lstrip("/") for word in start.arguments if not word.startswith("-")]
        return path in files if files else path in ("etc/stunnel/stunnel.conf", "etc/stunnel.conf")
    calls = [word for word in start.arguments if word.lower().startswith(("https://", "ftps://"))]
    if fact.client == "curl" and (start.arguments[:1] == ("-q",) or "--disable" in start.arguments[:1]):
        return False
    is_ours = path in ("root/.curlrc", "etc/curlrc", ".curlrc", "etc/wgetrc", "root/.wgetrc", ".wgetrc")
    return is_ours and "busybox" not in start.path and any(not is_own_host(call) for call in calls)


def _governed(observation: Observation, fact: TlsSetting, command: Observation, start: StartedProgram) -> Weight:
    words = {"file": name_of(observation.where), "client": fact.client}
    if runs(start):
        why = message("{file} tells {client} not to check certificates, and {client} is started", **words)
        return Weight("refutes", why, (observation, command), "network")
    why = message("{file} tells {client} not to check certificates, and {client} may be started", **words)
    return Weight("suspects", why, (observation, command), "network")


PROGRAMS = Rule(
    id="compiled-clients-check-certificates",
    criterion="certificates-are-checked",
    needs=("tls-programs", "executables", "startup", "endpoints"),
    what=(
        "Compiled programs that connect by a library of TLS and have no certificate checked: by a constant at each "
        "call that sets the check, or because nothing sets it in a library that checks nothing by itself. One that is "
        "started and holds the address of a server decides, unless it may check by itself; elsewhere it is a suspicion."
    ),
    limits=(
        "A TLS library that is linked in is seen by symbols only, and never more than a suspicion; which of its "
        "connections a program makes is not seen."
    ),
    weigh=_programs,
)

CLIENT_SETTINGS = Rule(
    id="client-settings-check-certificates",
    criterion="certificates-are-checked",
    needs=("tls-settings", "startup"),
    what=(
        "The settings files of curl, GNU wget and stunnel, which hold for every call. One that switches the check off "
        "decides when such a program is started so that it reads the file and calls another host; else it is a "
        "suspicion."
    ),
    limits="Whose home folder holds the settings is told by the folder's name.",
    weigh=_settings,
)
