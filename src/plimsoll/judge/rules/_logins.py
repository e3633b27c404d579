"""Brings accounts, their hashes, what sets their passwords, and the services that ask for them together, tree by tree.

An account of the system is its first line in passwd and, where that says so, the first one in shadow. What a start
script sets counts for what is in the file, and so does a file that it puts in the place of another. Where a tree has no
passwd in its place and nothing was seen that puts one there, a template may become it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import msgspec

from plimsoll.judge.rules._account_files import Way, followed, ways_of
from plimsoll.judge.rules._answer import Answer, Caller
from plimsoll.judge.rules._login_service import admits
from plimsoll.judge.rules._password_changes import Change, changes_of, deciding, doubt, strongest
from plimsoll.judge.rules._standing import RunningService, Standings, file_of, in_order, name_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Account, GuessedPassword, PasswordHash, SecretProvisioning
from plimsoll.model.facts.account import HashFamily, PasswordState
from plimsoll.model.locator import Place

_SYSTEM = ("passwd", "shadow")
_FIXED: tuple[PasswordState, ...] = ("empty", "hashed", "clear", "expired")
_OTHER_ROOT = re.compile(r".+/etc\Z")
"""A folder that is /etc of another system in the same tree."""
_REFUSING = ("nologin", "false", "sync", "shutdown", "halt", "null", "true")
"""Shells that let nobody in."""
_SET_BY: Mapping[str, tuple[str, ...]] = {
    "htpasswd": ("htpasswd",), "htdigest": ("htdigest",), "lighttpd": ("htpasswd",), "httpd": ("htpasswd",),
    "smbpasswd": ("smbpasswd",),
}  # fmt: skip
"""Programs that set the passwords of a service's own store."""
_NOT_IN_USE = re.compile(r"(?:\A|/)(?:docs?|examples?|samples?|tests?|man)/", re.IGNORECASE)


class Entry(msgspec.Struct, frozen=True):
    """An account with a password that is in the image, or set by it to a constant."""

    tree: str
    caller: Caller
    observations: tuple[Observation, ...]
    change: Change | None = None
    """What sets a password that is no constant and casts most doubt on this one: a change that runs, else one that is
    made per unit and is not seen to run."""
    is_sure: bool = True
    """False when something that could not be decided says which password holds."""
    is_kept: bool = True
    """False when a start script sets another password than the one in the file."""
    is_second_root: bool = False
    """Whether it has the number 0 while the store names root, or another account with that number, as well."""


class Login(msgspec.Struct, frozen=True):
    """An account, and a started service that lets it in or may."""

    entry: Entry
    service: RunningService
    answer: Answer
    """yes or perhaps."""
    families: tuple[HashFamily, ...]
    """Of the password's hashes; empty when it is kept otherwise."""
    known_default: str
    """The published default password that opens it; empty when none is known."""
    known_maker: str
    """The maker it was published for, when the product is of that maker; empty otherwise."""
    observations: tuple[Observation, ...]


Hashes = Mapping[tuple[str, str, str], Sequence[tuple[Observation, PasswordHash]]]
Guesses = Mapping[Place, tuple[Observation, GuessedPassword]]
Line = tuple[str, Observation, Account]
"""A folder, and an account in a store there."""
StoreLine = tuple[Observation, Account]


class _Stores(msgspec.Struct, frozen=True):
    """The lines of passwd and of shadow that hold in a tree."""

    passwd: tuple[StoreLine, ...]
    shadow: tuple[StoreLine, ...] = ()
    is_sure: bool = True
    because: tuple[Observation, ...] = ()
    """What puts them in their place."""


def logins(evidence: Evidence, standings: Standings) -> Iterator[Login]:
    """Give each pair of an account and a service that lets it in or may."""
    hashes = _hashes(evidence)
    guesses = {one.where: (one, fact) for one, fact in evidence.of(GuessedPassword)}
    admitting: dict[tuple[str, Caller], list[tuple[RunningService, Answer]]] = {}
    for entry in entries(evidence, standings):
        kind = (entry.tree, msgspec.structs.replace(entry.caller, name=""))
        if kind not in admitting:
            admitting[kind] = list(_admitting(entry.tree, entry.caller, standings))
        for service, answer in admitting[kind]:
            yield _login(entry, service, answer if entry.is_sure else "perhaps", hashes, guesses)


def _admitting(tree: str, caller: Caller, standings: Standings) -> Iterator[tuple[RunningService, Answer]]:
    for service in standings.services_in(tree):
        answer = admits(service, caller, standings)
        if answer != "no":
            yield service, answer


def _login(entry: Entry, service: RunningService, answer: Answer, hashes: Hashes, guesses: Guesses) -> Login:
    own = [
        one
        for observation in entry.observations
        if entry.is_kept and isinstance(observation.fact, Account)
        for one in hashes.get((*file_of(observation.where), observation.fact.name), ())
    ]
    opened = [guesses[observation.where] for observation, _ in own if observation.where in guesses]
    return Login(
        entry,
        service,
        answer,
        tuple(fact.family for _, fact in own),
        opened[0][1].known_default if opened else "",
        opened[0][1].maker if opened else "",
        (service.observation, *entry.observations, *(one for one, _ in own), *(one for one, _ in opened)),
    )


def _hashes(evidence: Evidence) -> Hashes:
    found: dict[tuple[str, str, str], list[tuple[Observation, PasswordHash]]] = {}
    for observation, fact in evidence.of(PasswordHash):
        key = (*file_of(observation.where), fact.account)
        found.setdefault(key, []).append((observation, fact))
    return {key: sorted(given, key=lambda one: in_order(one[0]))[:1] for key, given in found.items()}


def entries(evidence: Evidence, standings: Standings) -> Iterator[Entry]:
    """Give each account that can log in with a password which the image has."""
    changes = changes_of(evidence, standings)
    ways = ways_of(evidence, standings)
    set_again = {
        (file_of(one.where)[0], fact.command)
        for one, fact in evidence.of(SecretProvisioning)
        if fact.source != "constant"
    }
    trees: dict[str, list[Line]] = {tree: [] for tree, _ in changes}
    for observation, fact in evidence.of(Account):
        tree, path = file_of(observation.where)
        trees.setdefault(tree, []).append((path.rpartition("/")[0], observation, fact))
    brought = _brought(trees, ways)
    for tree, found in sorted(trees.items()):
        lines = sorted(found, key=lambda one: in_order(one[1]))
        own = {name: given for (where, name), given in changes.items() if where == tree}
        yield from _system(tree, lines, own, ways.get(tree, {}), brought.get(tree, ()))
        yield from _own(tree, lines, set_again)


def _brought(
    trees: Mapping[str, Sequence[Line]], ways: Mapping[str, Mapping[str, Sequence[Way]]]
) -> dict[str, list[Line]]:
    """Give the accounts in archives that something unpacks over /etc, by the tree that it does so in."""
    found: dict[str, list[Line]] = {}
    for tree, own in ways.items():
        sources = [way.fact.source.partition("!/") for given in own.values() for way in given]
        for archive in sorted({path for path, within, _ in sources if within}):
            prefix = f"{tree}/{archive}!"
            for inner, lines in sorted(trees.items()):
                if inner.startswith(prefix) and "/" not in inner[len(prefix) :]:
                    found.setdefault(tree, []).extend(
                        (f"{archive}!/{folder}".rstrip("/"), where, fact) for folder, where, fact in lines
                    )
    return found


def _own(tree: str, lines: Iterable[Line], set_again: Container[tuple[str, str]]) -> Iterator[Entry]:
    """Give the accounts of services; where a script sets passwords of such a store, which one holds is not sure."""
    for _, observation, fact in lines:
        if fact.active and fact.store not in _SYSTEM and fact.password in _FIXED and fact.login_shell:
            path = file_of(observation.where)[1]
            caller = Caller(fact.store, fact.name, False, fact.password, path)
            is_sure = not any((tree, program) in set_again for program in _SET_BY.get(fact.store, ()))
            yield Entry(tree, caller, (observation,), is_sure=is_sure)


def _system(
    tree: str,
    lines: Sequence[Line],
    changes: Mapping[str, Sequence[Change]],
    ways: Mapping[str, Sequence[Way]],
    brought: Sequence[Line],
) -> Iterator[Entry]:
    """Give the accounts of the system whose services the tree starts."""
    named: set[str] = set()
    for read in _stores(lines, ways, brought):
        named |= {fact.name for _, fact in read.passwd} if read.is_sure else set()
        for entry in _accounts(tree, read, changes):
            named.add(entry.caller.name)
            yield entry
    for name, given in sorted(changes.items()):
        if name and name not in named:
            yield from _made(tree, name, given)


def _stores(lines: Sequence[Line], ways: Mapping[str, Sequence[Way]], brought: Sequence[Line]) -> Iterator[_Stores]:
    """Give the files whose lines hold: those that a start script puts in place, else those that lie there."""
    by_file: dict[str, list[StoreLine]] = {}
    for folder, observation, fact in (*lines, *sorted(brought, key=lambda one: in_order(one[1]))):
        if fact.store in _SYSTEM:
            path = f"{folder}/{name_of(observation.where)}".lstrip("/")
            by_file.setdefault(path, []).append((observation, fact))
    own = _in_place(lines)
    passwd, shadow = (followed(f"etc/{store}", ways, set(by_file)) for store in _SYSTEM)
    users: Sequence[StoreLine] = () if passwd is None else by_file.get(passwd.path, ())
    if not users and own is None:
        yield from _templates(lines)
        return
    kept: Sequence[StoreLine] = by_file.get(shadow.path if shadow is not None else "etc/shadow", ())
    if own is not None:
        is_own = passwd is None or not users
        users = own.passwd if is_own else users
        kept = kept or own.shadow if is_own else kept
    ways_there = [one for one in (passwd, shadow) if one is not None]
    is_sure = all(one.is_sure and one.path in by_file for one in ways_there)
    grounds = dict.fromkeys(seen for one in ways_there for seen in one.observations)
    yield _Stores(tuple(users), tuple(kept), is_sure, tuple(grounds))


def _in_place(lines: Sequence[Line]) -> _Stores | None:
    """Give the system's own store where the image has one, with the shadow that goes with it."""
    active = [one for one in lines if one[2].active and one[2].store in _SYSTEM]
    folder = _root([where for where, _, fact in active if fact.store == "passwd"])
    return None if folder is None else _joined(active, folder, is_sure=True)


def _joined(lines: Sequence[Line], folder: str, *, is_sure: bool) -> _Stores:
    """Put the passwd of a folder together with the shadow beside it, or with the only other one."""
    shadow = [one for one in lines if one[2].store == "shadow"]
    beside = folder if any(one[0] == folder for one in shadow) else _root([one[0] for one in shadow])
    if beside is not None and beside != folder and _OTHER_ROOT.match(beside):
        beside = None
    return _Stores(
        tuple((one[1], one[2]) for one in lines if one[2].store == "passwd" and one[0] == folder),
        tuple((one[1], one[2]) for one in shadow if one[0] == beside),
        is_sure,
    )


def _root(folders: Sequence[str]) -> str | None:
    """Find the folder of the system's own store: /etc, else the only one, which /etc leads to or which is a root's."""
    if "etc" in folders:
        return "etc"
    linked = {one for one in folders if not _OTHER_ROOT.match(one)} or set(folders)
    return linked.pop() if len(linked) == 1 else None


def _templates(lines: Sequence[Line]) -> Iterator[_Stores]:
    """Give the stores that nothing reads where they lie and that may be put in place."""
    folders = {
        folder
        for folder, observation, fact in lines
        if _is_template((folder, observation, fact), folder) and fact.store == "passwd"
        if folder and not _NOT_IN_USE.search(folder + "/")
    }
    for folder in sorted(folders):
        yield _joined([one for one in lines if _is_template(one, folder)], folder, is_sure=False)


def _is_template(line: Line, folder: str) -> bool:
    return line[0] == folder and name_of(line[1].where) in _SYSTEM


def _accounts(tree: str, read: _Stores, changes: Mapping[str, Sequence[Change]]) -> Iterator[Entry]:
    """Join the lines of a passwd with those of its shadow, of each name the first."""
    kept: dict[str, Observation] = {}
    for observation, fact in read.shadow:
        kept.setdefault(fact.name, observation)
    done: set[str] = set()
    roots = {fact.name for _, fact in read.passwd if fact.uid == 0}
    of_all = doubt(changes.get("", ()))
    for observation, fact in read.passwd:
        if fact.name not in done:
            done.add(fact.name)
            given = (*changes.get(fact.name, ()), *of_all)
            entry = _account(tree, observation, fact, kept.get(fact.name), given)
            if entry is not None:
                seen = (*entry.observations, *read.because)
                yield msgspec.structs.replace(
                    entry,
                    observations=seen,
                    is_sure=entry.is_sure and read.is_sure,
                    is_second_root=fact.uid == 0 and fact.name != "root" and len(roots) > 1,
                )


def _account(
    tree: str, line: Observation, fact: Account, beside: Observation | None, changes: Sequence[Change]
) -> Entry | None:
    """Give one account; where passwd has a field of its own, programs differ in whether they look into shadow."""
    if not fact.login_shell:
        return None
    seen: tuple[Observation, ...] = (line,)
    state, is_sure = fact.password, True
    if beside is not None and isinstance(beside.fact, Account):
        other = beside.fact.password
        if state == "shadowed":
            seen, state = (line, beside), other
        elif state != other:
            seen, is_sure = (line, beside), False
            state = state if state in _FIXED else other
    return _changed(tree, fact, state, seen, changes, is_sure=is_sure)


def _changed(
    tree: str,
    fact: Account,
    state: PasswordState,
    seen: tuple[Observation, ...],
    changes: Sequence[Change],
    *,
    is_sure: bool,
) -> Entry | None:
    """Give the account as it is after what the start scripts set; None when it has no password to log in with."""
    constant = strongest(changes)
    is_kept = constant is None
    if constant is not None:
        if constant.standing == "started":
            state, is_sure = constant.sets, True
        elif state in _FIXED or constant.sets in _FIXED:
            is_sure = is_sure and state in _FIXED and constant.sets in _FIXED
            state = state if state in _FIXED else constant.sets
        seen = (*seen, *constant.observations)
    if state not in _FIXED:
        return None
    is_root = fact.uid == 0 or fact.name == "root"
    path = file_of(seen[0].where)[1]
    return Entry(tree, Caller("passwd", fact.name, is_root, state, path), seen, deciding(changes), is_sure, is_kept)


def _made(tree: str, name: str, changes: Sequence[Change]) -> Iterator[Entry]:
    """Give an account that is in no passwd of the tree and that a start script gives a constant password.

    That of root is sure to be there. Another is where the command tells its number and shell, which makes it.
    """
    constant = strongest(changes)
    if constant is not None and constant.sets in _FIXED:
        uid = constant.fact.uid
        if uid is not None and constant.fact.shell.rpartition("/")[2] in _REFUSING:
            return
        is_sure = constant.standing == "started" and (name == "root" or uid is not None)
        caller = Caller("passwd", name, uid in (None, 0) or name == "root", constant.sets)
        is_second = uid == 0 and name != "root"
        yield Entry(tree, caller, constant.observations, deciding(changes), is_sure, False, is_second)
