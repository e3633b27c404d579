"""Evidence built from facts and where they stand, for tests of the engine and of rules.

Places are written `PATH` or `PATH:LINE`; a second tree is named by `tree=`. Every inspection that there is counts as
completed unless it is left out or named otherwise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from plimsoll.catalogue import load
from plimsoll.judge.engine import OPENING, Judgement, judge
from plimsoll.judge.rule import Rule
from plimsoll.judge.rules._logins import Login, entries, logins
from plimsoll.judge.rules._standing import Standings
from plimsoll.match.services import Services
from plimsoll.model.assessment import Finding
from plimsoll.model.evidence import Evidence, Inspection, Observation, Status
from plimsoll.model.facts import Account, Fact, PasswordHash, PasswordProvisioning, ServiceSetting, StartedProgram
from plimsoll.model.facts.account import HashFamily, PasswordState
from plimsoll.model.facts.service import Mechanism, StartState
from plimsoll.model.image import ImageMap, Span, TreeSummary
from plimsoll.model.locator import Carve, FileSpan, Member, Place, place
from plimsoll.model.message import message
from plimsoll.model.product import Window
from plimsoll.model.secret import Concealed, conceal
from plimsoll.model.verdict import Verdict

IMAGE = "test.bin"
ROOT = 0x1000
"""Where the usual tree begins in the image."""
OTHER = 0x900000
"""Where a second tree begins."""
INSPECTIONS = (
    OPENING, "accounts", "account-copies", "authorized-keys", "certificates", "components", "credentials", "endpoints",
    "executables", "password-provisioning", "private-keys", "sensors", "startup", "tls-settings", "updates", "services",
    "default-passwords", "service-settings", "build-dates", "installed-components", "vulnerabilities", "lifetimes",
    "published-keys", "chip-updates", "firewall", "wireless", "control-links", "debug-settings", "random-seeds",
    "key-files", "key-stores", "update-signatures", "tls-programs", "secret-provisioning", "compared-passwords",
    "login-constants", "hidden-entrances", "published-passwords", "residue", "data-stores", "volumes", "factory-reset",
    "known-hosts", "resolvers", "unchecked-fetches", "telemetry-switches", "logged-secrets", "declared-sensors",
    "sent-identifiers", "app-permissions", "remote-access", "ssh-programs",
)  # fmt: skip
_LINE_BYTES = 20

PasswordSource = Literal["constant", "per-device", "random", "user", "identifier", "unknown"]


def at(path: str, line: int | None = None, *, tree: int = ROOT) -> Place:
    """Give the place of a file, or of a line of it, in a tree that begins at an offset of the image."""
    steps: tuple[Carve | Member, ...] = (Carve("squashfs", tree),)
    if path:
        steps += (Member(path.encode()),)
    if line is None:
        return place(FileSpan(IMAGE.encode(), steps))
    return place(FileSpan(IMAGE.encode(), steps, line * _LINE_BYTES, _LINE_BYTES))


def seen(
    fact: Fact,
    where: str | Place,
    line: int | None = None,
    *,
    tree: int = ROOT,
    inspector: str = "test",
    window: Window = "firmware",
    because: Iterable[Place] = (),
) -> Observation:
    """Give an observation of a fact at a path of a tree, or at a place as it is."""
    full = Place(where) if where.startswith((IMAGE, "page:", "exchange:", "clause:")) else at(where, line, tree=tree)
    return Observation(fact, full, inspector, window=window, because=tuple(because))


def secret(text: str) -> Concealed:
    """Conceal a text as an inspector would."""
    return conceal(text.encode(), b"salt of a test")


def digest(text: str) -> str:
    """Give a SHA-256 that stands for a key."""
    return hashlib.sha256(text.encode()).hexdigest()


def start(
    program: str,
    *arguments: str,
    state: StartState = "always",
    mechanism: Mechanism = "sysv",
    path: str = "",
    where: str = "etc/init.d/S50services",
    line: int = 0,
    tree: int = ROOT,
) -> Observation:
    """Give the start of a program, by a line of a script."""
    command = " ".join((program, *arguments))
    fact = StartedProgram(program, command, mechanism, state, path or f"usr/sbin/{program}", arguments=arguments)
    return seen(fact, where, line, tree=tree, inspector="startup")


def script(path: str, *, state: StartState = "always", tree: int = ROOT) -> Observation:
    """Give the start of a script of the tree."""
    name = path.rpartition("/")[2]
    fact = StartedProgram(name, f"/{path} start", "sysv", state, path, arguments=("start",))
    return seen(fact, "etc/init.d/rcS", tree=tree, inspector="startup")


def reached(
    command: str = "chpasswd", *, where: str = "etc/init.d/S10passwd", state: StartState = "always", line: int = 3
) -> tuple[Observation, Observation]:
    """Give the start of a script, and that of a command in it."""
    return script(where, state=state), start(command, where=where, state=state, line=line)


def passwd(
    name: str = "root",
    password: PasswordState = "hashed",
    *,
    uid: int = 0,
    line: int = 0,
    where: str = "etc/passwd",
    login_shell: bool = True,
    active: bool = True,
    home: str = "/root",
    tree: int = ROOT,
) -> Observation:
    """Give a line of passwd."""
    fact = Account(name, "passwd", password, uid, uid, home, "/bin/sh", login_shell, active)
    return seen(fact, where, line, tree=tree, inspector="accounts")


def shadow(
    name: str = "root",
    password: PasswordState = "hashed",
    *,
    line: int = 0,
    where: str = "etc/shadow",
    active: bool = True,
) -> Observation:
    """Give a line of shadow."""
    return seen(Account(name, "shadow", password, active=active), where, line, inspector="accounts")


def hashed(
    family: HashFamily, account: str = "root", *, where: str = "etc/passwd", line: int = 0, active: bool = True
) -> Observation:
    """Give the hash in a line of a store."""
    fact = PasswordHash(account, family, secret(f"{family} of {account}"), where.rpartition("/")[2], active)
    return seen(fact, where, line, inspector="accounts")


def setting(service: str, key: str, value: str, *, active: bool = True, line: int = 0) -> Observation:
    """Give a setting of a service."""
    return seen(ServiceSetting(service, key, value, active), f"etc/{service}.conf", line)


def provisioning(
    source: PasswordSource,
    account: str = "root",
    *,
    where: str = "etc/init.d/S10passwd",
    command: str = "chpasswd",
    word: str = "word",
    line: int = 3,
) -> Observation:
    """Give a command of a script that sets a password, to a word where that is constant."""
    kept = secret(word) if source == "constant" else None
    fact = PasswordProvisioning(account, source, command=command, secret=kept)
    return seen(fact, where, line, inspector="password-provisioning")


def with_services(*observations: Observation) -> tuple[Observation, ...]:
    """Add the services that the matcher derives from what is started."""
    derived = (one for one in Services().match(Evidence(observations)) if isinstance(one, Observation))
    return (*observations, *derived)


def evidence(
    *observations: Observation,
    without: Iterable[str] = (),
    status: Mapping[str, Status] = {},
    share: float = 1.0,
    windows: Sequence[Window] = ("firmware",),
) -> Evidence:
    """Give the evidence of an image that was opened and looked at as a whole.

    `without` leaves inspections out; `status` gives some another status than completed; `share` is how much of the
    image was understood; windows other than firmware have one completed inspection each, named after themselves.
    """
    made = [
        Inspection(name, status.get(name, "completed"), reason=message("a reason") if name in status else None)
        for name in INSPECTIONS
        if name not in set(without)
    ]
    inspections = made if "firmware" in windows else []
    inspections += [Inspection(window, "completed", window) for window in windows if window != "firmware"]
    images = (image_map(share),) if "firmware" in windows else ()
    return Evidence(observations, tuple(inspections), images)


def with_files(given: Evidence) -> Evidence:
    """Give evidence with a file tree in each image: without any, nothing is held for looked through."""
    tree = TreeSummary(at(""), "squashfs", 9, 12, 900)
    images = tuple(msgspec.structs.replace(image, trees=(tree,)) for image in given.images)
    return msgspec.structs.replace(given, images=images)


def image_map(share: float = 1.0) -> ImageMap:
    """Give the map of an image of 1000 bytes of which a share was understood."""
    known = round(share * 1000)
    spans = [Span(0, known, "understood", "squashfs"), Span(known, 1000 - known, "unknown")]
    return ImageMap(IMAGE, 1000, tuple(span for span in spans if span.length))


def judged(rules: Rule | Sequence[Rule], given: Evidence) -> Judgement:
    """Judge by the real catalogue and some rules."""
    return judge(given, load(), [rules] if isinstance(rules, Rule) else list(rules))


def found(rule: Rule, *observations: Observation) -> Finding:
    """Give what one rule answers over the complete evidence of an image, with the services derived."""
    return judged(rule, evidence(*with_services(*observations))).findings[0]


def verdict(rule: Rule, *observations: Observation) -> Verdict:
    """Give the verdict of one rule over the complete evidence of an image."""
    return found(rule, *observations).verdict


def effects(rule: Rule, *observations: Observation) -> tuple[str, ...]:
    """Give the effects that one rule finds, strongest first."""
    return tuple(bearing.effect for bearing in found(rule, *observations).bearings)


def pairs(*observations: Observation) -> list[Login]:
    """Give who is let in by which service, by what was seen and the services that it makes."""
    given = evidence(*with_services(*observations))
    return list(logins(given, Standings(given)))


def answers(*observations: Observation) -> list[str]:
    """Give the same in words, such as `root yes`."""
    return [f"{one.entry.caller.name} {one.answer}" for one in pairs(*observations)]


def names(*observations: Observation) -> list[str]:
    """Name the accounts with a password, by what was seen."""
    given = evidence(*observations)
    return [one.caller.name for one in entries(given, Standings(given))]
