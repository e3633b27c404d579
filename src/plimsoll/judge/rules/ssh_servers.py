"""Rule for capability 4, remote shells: what servers of SSH offer is sound (EN 303 645, provision 5.5-1).

That arcfour must not be used is RFC 8758; that rsa1024-sha1 must not be, and group 1 and groups that are exchanged over
SHA-1 should not be, while group 14 over SHA-1 still may, RFC 9142. 3DES is given up by NIST SP 800-131A; what blocks of
64 bits leak is CVE-2016-2183, and what CBC leaks in SSH CVE-2008-5161; keys of DSA have 1024 bits and sign over SHA-1
(RFC 4253). By its release notes OpenSSH before 6.7 offers arcfour and CBC by default, 7.4 took protocol 1 out of the
server and 7.6 arcfour, Blowfish and CAST. What a prefix means, and which value holds, is sshd_config(5). That root may
log in is weighed with its password, and not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._ssh_service import has_flag
from plimsoll.judge.rules._sshd_options import is_unclear
from plimsoll.judge.rules._standing import RunningService, Standings, file_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import BuiltInAlgorithms, InstalledComponent, ServiceSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message
from plimsoll.model.verdict import Sureness

_LISTS: Mapping[str, str] = {
    "ciphers": "ciphers",
    "macs": "MACs",
    "kexalgorithms": "key exchange",
    "hostkeyalgorithms": "host keys",
    "pubkeyacceptedkeytypes": "keys of users",
    "pubkeyacceptedalgorithms": "keys of users",
}
"""Settings that list algorithms, in the words for people."""
_FORBIDDEN = re.compile(r"arcfour(?:128|256)?|des(?:-cbc)?(?:@[\w.]+)?|none|rsa1024-sha1")
"""Not to be offered at all, beside whatever else."""
_BROKEN = re.compile(r"diffie-hellman-group1-sha1|gss-group1-sha1-.*|ssh-dss(?:-cert-v0[01]@openssh\.com)?")
"""Not to be what is left to choose."""
_WEAK = re.compile(
    r"3des-cbc|blowfish-cbc|cast128-cbc|idea-cbc|(?:aes|rijndael-?|twofish|camellia)\d*-cbc(?:@[\w.]+)?|"
    r"hmac-md5(?:-96)?(?:-etm@openssh\.com)?|hmac-sha1-96(?:-etm@openssh\.com)?|umac-64(?:-etm)?@openssh\.com|"
    r"hmac-ripemd160(?:-etm)?(?:@openssh\.com)?|diffie-hellman-group-exchange-sha1|gss-gex-sha1-.*|"
    r"ssh-rsa(?:-cert-v0[01]@openssh\.com)?"
)
_MAIN = re.compile(r"etc/ssh/(?:sshd_config|sshd_config\.d/[^/]+\.conf|[^/]+\.conf)")
"""Where OpenSSH's server looks by itself."""
_RELEASE = re.compile(r"(\d{1,3})\.(\d{1,3})")

Release = tuple[int, int]
Told = tuple[Observation, ServiceSetting]


def _servers(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    releases = _releases(evidence)
    for service in standings.services:
        if service.is_reached and service.fact.program == "sshd":
            yield from _openssh(service, standings, releases.get(service.tree, ()))
        elif service.is_reached and service.fact.program == "dropbear":
            yield from _dropbear(service)
            yield from _built_in(service, evidence)
    yield from unknown_startup(evidence)


def _releases(evidence: Evidence) -> dict[str, list[tuple[Observation, Release]]]:
    """Give the releases of OpenSSH in each tree."""
    found: dict[str, list[tuple[Observation, Release]]] = {}
    for observation, fact in evidence.of(InstalledComponent):
        release = _RELEASE.match(fact.version)
        if fact.name == "openssh" and release is not None:
            for tree in {tree_of(where) for where in (*observation.because, observation.where)}:
                found.setdefault(tree, []).append((observation, (int(release[1]), int(release[2]))))
    return found


def _openssh(
    service: RunningService, standings: Standings, releases: Sequence[tuple[Observation, Release]]
) -> Iterator[Weight]:
    lists = standings.settings(service, *_LISTS)
    for observation, setting in lists:
        yield from _list(service, observation, setting, releases)
    for observation, setting in standings.settings(service, "protocol"):
        yield from _protocol(service, observation, setting, releases)
    for observation, setting in standings.settings(service, "permitemptypasswords"):
        if setting.value.strip("\"' ").lower() == "yes":
            why = message("{program} is told to let in accounts without a password", program="sshd")
            yield Weight("suspects", why, (service.observation, observation), "network")
    old = [one for one, release in releases if release < (6, 7)]
    if old and len(old) == len(releases) and not any(setting.key == "ciphers" for _, setting in lists):
        template = (
            "sshd is of a release that offers arcfour unless it is told otherwise; what it is built with was not seen"
        )
        yield Weight("suspects", message(template), (service.observation, old[0]), "network", "likely")


def _list(
    service: RunningService,
    observation: Observation,
    setting: ServiceSetting,
    releases: Sequence[tuple[Observation, Release]],
) -> Iterator[Weight]:
    """Weigh a list: `+` and `^` add to what is offered by default, `-` takes out of it."""
    text = setting.value.strip("\"' ").lower()
    if text.startswith("-"):
        return
    names = [name for name in text.lstrip("+^").split(",") if name]
    forbidden = [name for name in names if _FORBIDDEN.fullmatch(name)]
    broken = [name for name in names if _BROKEN.fullmatch(name)]
    weak = [name for name in names if _WEAK.fullmatch(name)]
    bad = [*forbidden, *broken, *weak]
    if not bad:
        return
    seen = (service.observation, observation)
    is_all = len(bad) == len(names) and text[0] not in "+^"
    is_fatal = bool(forbidden) or (is_all and setting.key == "kexalgorithms" and len(broken) == len(names))
    words = {"list": _LISTS[setting.key], "names": ", ".join(((forbidden or broken) if is_fatal else bad)[:5])}
    told = "what is broken: {names}" if forbidden else "nothing but what is too weak: {names}"
    missing, known = _missing(service, observation, releases, needed=bool(forbidden))
    if is_fatal and not missing:
        why = message("sshd is started and offers for {list} " + told, **words)
        yield Weight("refutes", why, (*seen, *known), "network")
    elif is_fatal:
        why = message("sshd is set to offer for {list} " + told + missing, **words)
        yield Weight("suspects", why, (*seen, *known), "network", "likely")
    else:
        only = "nothing but " if is_all else ""
        why = message("sshd is set to offer for {list} " + only + "what is weak: {names}", **words)
        yield Weight("suspects", why, seen, "network")


def _missing(
    service: RunningService,
    observation: Observation,
    releases: Sequence[tuple[Observation, Release]],
    *,
    needed: bool,
) -> tuple[str, tuple[Observation, ...]]:
    """Name what was not seen of a server that would be needed to be sure; empty where all was, with the grounds."""
    path = file_of(observation.where)[1]
    told = [word for _, start in service.starts for word in start.arguments]
    if service.standing != "started":
        return "; that it is started was not seen", ()
    if is_unclear(service.starts):
        return "; what its command line says of it was not seen", ()
    if any(observation is one for one, _ in service.starts):
        pass
    elif any(word.startswith("-f") for word in told):
        if not any(word in (f"/{path}", f"-f/{path}") for word in told):
            return "; that it reads the file was not seen", ()
    elif _MAIN.fullmatch(path) is None:
        return "; that it reads the file was not seen", ()
    if not needed:
        return "", ()
    if not releases:
        return "; that its release has them was not seen", ()
    if any(release >= (7, 6) for _, release in releases):
        return "; its release seems not to have them", tuple(one for one, _ in releases)
    return "", tuple(one for one, _ in releases)


def _protocol(
    service: RunningService,
    observation: Observation,
    setting: ServiceSetting,
    releases: Sequence[tuple[Observation, Release]],
) -> Iterator[Weight]:
    """Weigh protocol 1: a release that has it speaks it alone, or beside the second where it has a key for it."""
    spoken = {one.strip() for one in setting.value.strip("\"' ").split(",")}
    if "1" not in spoken or (releases and all(release >= (7, 4) for _, release in releases)):
        return
    missing, _ = _missing(service, observation, releases, needed=False)
    known = tuple(one for one, _ in releases)
    seen = (service.observation, observation, *known)
    if spoken == {"1"} and releases and all(release < (7, 4) for _, release in releases) and not missing:
        why = message("sshd is started and speaks protocol 1 of SSH alone, which is broken")
        yield Weight("refutes", why, seen, "network")
        return
    missing = missing or ("; that it has a key for it was not seen" if releases else "; its release was not seen")
    sureness: Sureness = "likely"
    yield Weight("suspects", message("sshd is set to speak protocol 1 of SSH" + missing), seen, "network", sureness)


def _dropbear(service: RunningService) -> Iterator[Weight]:
    """Weigh dropbear by its switches: its algorithms are chosen when it is built."""
    for observation, start in service.starts:
        seen = tuple(dict.fromkeys((service.observation, observation)))
        if any(re.search(r"dss", word.rpartition("/")[2]) for word in start.arguments):
            why = message("{program} is set to offer for {list} what is weak: {names}",
                          program="dropbear", list="host keys", names="ssh-dss")  # fmt: skip
            yield Weight("suspects", why, seen, "network")
        if has_flag(start, "B") and not has_flag(start, "s"):
            why = message("{program} is told to let in accounts without a password", program="dropbear")
            yield Weight("suspects", why, seen, "network")


def _built_in(service: RunningService, evidence: Evidence) -> Iterator[Weight]:
    """Weigh what dropbear was built with; it never decides, for the client alone may offer some of it."""
    paths = {start.path for _, start in service.starts}
    for observation, fact in evidence.of(BuiltInAlgorithms):
        tree, path = file_of(observation.where)
        if tree != service.tree or path not in paths:
            continue
        bad = [name for name in fact.names if _BROKEN.fullmatch(name) or _WEAK.fullmatch(name)]
        # It offers DSA only where it has such a key, which _dropbear asks for, and RSA over SHA-1 beside the sound one.
        bad = [name for name in bad if name != "ssh-dss" and (name != "ssh-rsa" or "rsa-sha2-256" not in fact.names)]
        if bad:
            only = "nothing but " if len(bad) == len(fact.names) else ""
            why = message(
                "{program} is built to offer for {list} " + only + "what is weak: {names}",
                program=service.fact.program,
                list=_LISTS[fact.list],
                names=", ".join(bad[:5]),
            )
            yield Weight("suspects", why, (service.observation, observation), "network")


SSH_SERVERS = Rule(
    id="ssh-servers-offer-what-is-sound",
    criterion="ssh-is-sound",
    needs=("startup", "services", "service-settings", "ssh-programs", "installed-components"),
    what=(
        "The settings of servers of SSH that are started. Arcfour, DES and 1024-bit RSA for keys decide where the "
        "release has them, and so do protocol 1 alone and key exchange by group 1 alone, in the file that the server "
        "reads. CBC, ciphers of 64-bit blocks, MD5, short MACs, SHA-1 for keys and signatures, DSA, releases that "
        "offer arcfour by default, logins without a password, and the same in the lists that dropbear was built with "
        "are a suspicion each. What a list takes out, comments, and what a value before overrules do not count."
    ),
    limits=(
        "What is offered by default is weighed of OpenSSH before 6.7 only; which of dropbear's "
        "algorithms its client alone offers is not seen."
    ),
    weigh=_servers,
)
