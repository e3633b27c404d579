"""Rules on suites and on libraries of TLS that are too old (EN 303 645, provision 5.5-1).

That RC4 must not be used is RFC 7465; that NULL, EXPORT, anonymous and DES suites must not, and 3DES should not, RFC
9325. OpenSSL speaks TLS 1.2 from 1.0.1 on, and from 1.1.0 on builds without RC4, EXPORT and DES unless told otherwise,
by its change log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._offered import offers_tls
from plimsoll.judge.rules._standing import RunningService, Standings, file_of, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.judge.rules.trust import encrypted_peers
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import InstalledComponent, TlsProgram, TlsSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_BROKEN = re.compile(
    r"(?i)(?:\A|[-_])(?:RC4|e?NULL|aNULL|EXP(?:ORT)?(?:40|56)?|ADH|AECDH|LOW|DES-CBC|DES)(?:\Z|[-_])|\AARCFOUR"
)
_WEAK = re.compile(r"(?i)3DES|DES-CBC3|DES-EDE3|\AIDEA|\ASEED|\ABF-CBC\Z|-MD5\Z|\AMD5\Z")
_SPLIT = re.compile(r"[:;, ]+")
_OLD_OPENSSL = re.compile(r"(?:0\.|1\.0\.0)")
"""Releases that know no TLS 1.2."""
_WEAK_OPENSSL = re.compile(r"(?:0\.|1\.0\.)")
"""Releases whose usual build has the suites that are broken."""
_OLD_METHODS = ("SSLv2", "SSLv3", "TLSv1_client", "TLSv1_server", "TLSv1_method", "TLSv1_1")


def _suites(evidence: Evidence) -> Iterator[Weight]:
    standings = Standings(evidence)
    libraries = _openssl(evidence)
    for observation, fact in evidence.of(TlsSetting):
        if fact.setting == "ciphers" and fact.active and (bad := unsound_suites(fact.value)):
            tree = tree_of(observation.where)
            services = [one for one in standings.services_in(tree) if one.fact.program == fact.client]
            yield _offered(observation, fact, bad, services, standings, libraries.get(tree, ()))
    yield from unknown_startup(evidence)


def unsound_suites(text: str) -> tuple[str, ...]:
    """Give the words of a list that add unsound suites; what takes such out counts wherever it stands."""
    words = [word for word in _SPLIT.split(text.strip("\"' ")) if word]
    removed = {word[1:].upper() for word in words if word[0] in "!-"}
    added = [word.lstrip("+") for word in words if word[0] not in "!-@"]
    bad = [word for word in added if _BROKEN.search(word) and not _BROKEN_PARTS.search(word)] + [
        word for word in added if _WEAK.search(word)
    ]
    return tuple(dict.fromkeys(word for word in bad if not any(part in word.upper() for part in removed)))


_BROKEN_PARTS = re.compile(r"(?i)3DES|DES-CBC3|DES-EDE3")


def _openssl(evidence: Evidence) -> dict[str, list[tuple[Observation, InstalledComponent]]]:
    """Give the releases of OpenSSL in each tree, by the first place of each."""
    found: dict[str, list[tuple[Observation, InstalledComponent]]] = {}
    for observation, fact in evidence.of(InstalledComponent):
        if fact.name == "openssl" and fact.version:
            for tree in {tree_of(where) for where in (*observation.because, observation.where)}:
                found.setdefault(tree, []).append((observation, fact))
    return found


def refusing_old_versions(evidence: Evidence) -> dict[str, Observation]:
    """Give the trees whose OpenSSL refuses what is before TLS 1.2 whatever a server is set to, with what shows it.

    Releases from 3.0 on do so at every security level but 0; a lowest version set for OpenSSL as a whole holds as well.
    """
    found: dict[str, Observation] = {}
    loose: set[str] = set()
    for observation, fact in evidence.of(TlsSetting):
        if fact.setting == "ciphers" and fact.active and "seclevel=0" in fact.value.lower():
            loose.add(tree_of(observation.where))
        is_lowest = fact.setting == "minimum-version" and fact.value in ("TLSv1.2", "TLSv1.3")
        if is_lowest and fact.client == "openssl" and fact.active:
            found.setdefault(tree_of(observation.where), observation)
    for tree, known in _openssl(evidence).items():
        newer = [observation for observation, fact in known if re.match(r"[3-9]\.", fact.version)]
        if newer and tree not in loose:
            found.setdefault(tree, newer[0])
    return found


def _offered(
    observation: Observation,
    fact: TlsSetting,
    bad: Sequence[str],
    services: Sequence[RunningService],
    standings: Standings,
    libraries: Sequence[tuple[Observation, InstalledComponent]],
) -> Weight:
    """Weigh a list: it decides for a server that offers TLS and whose library is known to have these suites."""
    words = {"client": fact.client, "suites": ", ".join(bad[:5])}
    started = [one for one in services if one.is_reached and one.standing == "started"]
    offers = [ground for one in started for ground, setting in standings.settings(one) if offers_tls(setting)]
    broken = any(_BROKEN.search(one) and not _BROKEN_PARTS.search(one) for one in bad)
    has_them = bool(libraries) and all(_WEAK_OPENSSL.match(one.version) for _, one in libraries)
    grounds = tuple(dict.fromkeys((observation, *(one.observation for one in started), *offers[:1])))
    if started and offers and broken and has_them:
        why = message("{client} is started and offers the suites {suites}", **words)
        return Weight("refutes", why, (*grounds, libraries[0][0]), reach="network")
    missing = (
        "whether its library has them was not seen"
        if started and offers
        else "that it is started and offers TLS was not seen"
    )
    why = message("{client} is set to offer the suites {suites}; " + missing, **words)
    return Weight("suspects", why, grounds, reach="network")


def _libraries(evidence: Evidence) -> Iterator[Weight]:
    standings = Standings(evidence)
    libraries, peers = _openssl(evidence), encrypted_peers(evidence)
    for observation, fact in evidence.of(TlsProgram):
        if fact.library != "openssl":
            continue
        known = libraries.get(tree_of(observation.where), ())
        is_old = bool(known) and all(_OLD_OPENSSL.match(one.version) for _, one in known)
        if is_old or (fact.methods and all(one.startswith(_OLD_METHODS) for one in fact.methods)):
            users = _users(observation, fact, peers.get(file_of(observation.where), ()), standings)
            yield _old(observation, fact, known if is_old else (), users, standings)
    yield from unknown_startup(evidence)


def _old(
    observation: Observation,
    fact: TlsProgram,
    known: Sequence[tuple[Observation, InstalledComponent]],
    users: Sequence[Observation],
    standings: Standings,
) -> Weight:
    """Weigh a program that can speak nothing newer than TLS 1.1, by its library or by the methods that it calls."""
    standing, start = standings.of_file(observation.where)
    words = {"file": name_of(observation.where)}
    grounds = (observation, *start, *(one for one, _ in known[:1]))
    if known:
        template = "{file} speaks TLS by OpenSSL {version}, which knows no TLS 1.2"
        words["version"] = known[0][1].version
    else:
        template = "{file} speaks TLS by {methods} alone, which knows no TLS 1.2"
        words["methods"] = ", ".join(fact.methods)
    if standing != "started":
        why = message(template + "; that it is started was not seen", **words)
        return Weight("suspects", why, grounds, "network")
    if not users:
        why = message(template + ", and is started; with whom it speaks TLS was not seen", **words)
        return Weight("suspects", why, grounds, "network", "likely")
    return Weight("refutes", message(template + ", and is started", **words), (*grounds, *users), "network")


def _users(
    observation: Observation, fact: TlsProgram, peers: Sequence[Observation], standings: Standings
) -> tuple[Observation, ...]:
    """Give what shows that a program speaks TLS: the address of a server, or the settings of the service that it is."""
    if fact.role in ("client", "both") and peers:
        return tuple(peers[:1])
    if fact.role == "client":
        return ()
    own = [one for one in standings.services_in(tree_of(observation.where)) if one.is_reached]
    own = [one for one in own if one.fact.program == name_of(observation.where)]
    offers = [ground for one in own for ground, setting in standings.settings(one) if offers_tls(setting)]
    return (own[0].observation, offers[0]) if offers else ()


SUITES = Rule(
    id="tls-suites-are-sound",
    criterion="tls-versions-are-current",
    needs=("tls-settings", "installed-components", "startup", "services"),
    what=(
        "The lists of suites in the settings of servers, VPNs and OpenSSL. RC4, NULL, EXPORT, anonymous and DES suites "
        "decide where the server is started, offers TLS, and OpenSSL is of a release that has them; elsewhere, and for "
        "3DES and MD5, it is a suspicion. What a list takes out again does not count."
    ),
    limits="Suites that are on by default, and what names such as ALL come to in a library, are not weighed.",
    weigh=_suites,
)

LIBRARIES = Rule(
    id="tls-libraries-know-tls-1-2",
    criterion="tls-versions-are-current",
    needs=("tls-programs", "installed-components", "startup", "services", "endpoints"),
    what=(
        "Compiled programs that make or take TLS connections by a release of OpenSSL before 1.0.1, or by functions "
        "that fix the version to one before TLS 1.2. A client decides when it is started and holds the address of a "
        "server, a server when it is started and its settings offer TLS; another is a suspicion."
    ),
    limits="Programs with the library linked in are not seen, nor are other libraries' releases weighed.",
    weigh=_libraries,
)
