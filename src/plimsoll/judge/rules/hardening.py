"""Rules on how services, seeds and keys are kept (EN 303 645, provisions 5.4-1, 5.5-8 and 5.6-7).

That shared or poor seeds make keys that can be guessed was shown in 2012 ("Mining Your Ps and Qs"); random(4) says how
a seed is kept from one start to the next.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import STANDINGS, Standings, file_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import KeyFile, PrivateKey, SeedFile, StartedProgram
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

_SOURCES = ("rngd", "haveged", "jitterentropy-rngd", "jitterentropy", "egd")
_LOADERS = ("systemd-random-seed", "urandom_seed", "seedrng")
"""Programs that load the seed of the place they are built for."""
_STAY_ROOT = (
    "goahead",
    "webs",
    "uhttpd",
    "alphapd",
    "jjhttpd",
    "mini_httpd",
    "micro_httpd",
    "miniupnpd",
    "upnpd",
    "ftpd",
)
"""Servers of which no manual says that they give up the rights they are started with."""
_BY_ALL = 0o004


def _rights(evidence: Evidence) -> Iterator[Weight]:
    """Name the servers that are started as root and keep it, as far as their manuals say; once per tree."""
    found: dict[str, list[tuple[str, Observation]]] = {}
    for service in evidence.once(Standings).services:
        fact = service.fact
        if service.standing != "started" or not service.is_reached:
            continue
        users = {start.user for _, start in service.starts}
        words = [word for _, start in service.starts for word in start.arguments]
        if users - {"", "root", "0"}:
            why = message("{program} is started as a user of its own", program=fact.program)
            yield Weight("supports", why, (service.observation,))
        elif fact.program in _STAY_ROOT and "-u" not in words:
            found.setdefault(service.tree, []).append((fact.program, service.observation))
    for _, given in sorted(found.items()):
        programs = ", ".join(sorted({program for program, _ in given}))
        why = message("{programs} is started as root; that it gives up rights was not seen", programs=programs)
        yield Weight("suspects", why, tuple(dict.fromkeys(one for _, one in given)))
    yield from unknown_startup(evidence)


def _seeds(evidence: Evidence) -> Iterator[Weight]:
    standings = evidence.once(Standings)
    started = {
        (tree_of(observation.where), start.program): observation
        for observation, start in evidence.of(StartedProgram)
        if start.state in ("always", "first-boot")
    }
    for observation, seed in evidence.of(SeedFile):
        tree = tree_of(observation.where)
        sources = [started[tree, name] for name in _SOURCES if (tree, name) in started]
        loaders = [started[tree, name] for name in _LOADERS if (tree, name) in started]
        scripts = [standings.of_file(where) for where in observation.because]
        standing = min((one for one, _ in scripts), key=STANDINGS.index, default="never")
        if not loaders and (not scripts or standing == "never"):
            continue
        starts = [one for _, given in scripts for one in given]
        template = "the seed {file} is the same in every unit, and random numbers begin with it"
        if sources:
            template += "; another source is started too"
        seen = tuple(dict.fromkeys((observation, *starts, *loaders, *sources)))
        yield Weight("suspects", message(template, file=seed.path), seen, "network")
    for (_, name), observation in sorted(started.items()):
        if name in _SOURCES:
            why = message("{program} is started, which gathers randomness on the unit", program=name)
            yield Weight("supports", why, (observation,))
    yield from unknown_startup(evidence)


def _key_files(evidence: Evidence) -> Iterator[Weight]:
    keys: dict[tuple[str, str], Observation] = {}
    for observation, key in evidence.of(PrivateKey):
        if key.active and not key.encrypted:
            keys.setdefault(file_of(observation.where), observation)
    for observation, file in evidence.of(KeyFile):
        held = keys.get(file_of(observation.where))
        if held is not None and file.mode & _BY_ALL:
            template = "the private key {file} can be read by every program (mode {mode})"
            why = message(template, file=file.path, mode=f"{file.mode:04o}")
            yield Weight("suspects", why, (observation, held), "device", "likely")
    yield from unknown_startup(evidence)


RIGHTS = Rule(
    id="services-run-with-few-rights",
    criterion="services-run-with-few-rights",
    needs=("startup", "services"),
    what=(
        "Users as which services that the network reaches are started. One of its own speaks for the product; web "
        "servers and their like that are started as root, and of which no manual says that they give it up, are a "
        "suspicion."
    ),
    limits="Rights that a program gives up by itself, capabilities and security modules are not seen.",
    weigh=_rights,
)

SEEDS = Rule(
    id="random-numbers-differ-per-unit",
    criterion="random-numbers-differ-per-unit",
    needs=("random-seeds", "startup"),
    what=(
        "Seeds of random numbers in the image that a script or program loads at boot: a suspicion, for the kernel may "
        "have other sources. Daemons that gather randomness on the unit speak for the product."
    ),
    limits="What the kernel and the hardware add, and whether keys are made before that is enough, is not seen.",
    weigh=_seeds,
)

KEY_FILES = Rule(
    id="keys-are-stored-closed",
    criterion="keys-are-stored-closed",
    needs=("private-keys", "key-files"),
    what="Modes of files that hold private keys: one that everybody may read is a suspicion.",
    limits=(
        "On a product whose programs all run as root a mode keeps nobody out. Keys that are made while the product "
        "runs are not seen."
    ),
    weigh=_key_files,
)
