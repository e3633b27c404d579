"""Where the public keys of users come to lie, and whether a server of SSH looks for them there.

Where servers look is told by sshd_config(5), sshd(8) and dropbear(8), and by OpenWrt's documentation of dropbear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from plimsoll.judge.rules._answer import Answer, weakest
from plimsoll.judge.rules._brought import Lying
from plimsoll.judge.rules._commands import Commands, runs
from plimsoll.judge.rules._copies import Copies
from plimsoll.judge.rules._standing import RunningService, Standings, name_of
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import Account, AuthorizedKey
from plimsoll.model.locator import tree_of

_KEY_FILES = (".ssh/authorized_keys", ".ssh/authorized_keys2")
_HOME = re.compile(r"/?(?:home/([^/]{1,64})|(root))/")


class Lies(msgspec.Struct, frozen=True):
    """A key that lies where a server looks for those of an account, or may."""

    account: str
    """Escaped; empty when it is not known."""
    is_root: bool
    answer: Answer
    observations: tuple[Observation, ...] = ()
    """What puts it there."""


class AuthorizedKeys:
    """The accounts, and the commands that put keys in place, of each tree."""

    def __init__(self, evidence: Evidence) -> None:
        self._standings, self._copies, self._commands = evidence.once(Standings), Copies(evidence), Commands(evidence)
        self._accounts: dict[str, list[Account]] = {}
        for observation, account in evidence.of(Account):
            if account.active and account.store == "passwd":
                self._accounts.setdefault(tree_of(observation.where), []).append(account)

    def of(self, service: RunningService, file: Lying, observation: Observation, key: AuthorizedKey) -> Iterator[Lies]:
        """Say where a key in a file comes to lie for a server, the surest way first, each account once."""
        files = _key_files(service, self._standings)
        if not name_of(observation.where).startswith("authorized_keys"):
            yield self._added(observation, key, service)
            return
        own = [one for one in self._accounts.get(service.tree, ()) if one.name == key.account]
        here = _is_there(file.path, key, own, files, service)
        here = here if file.is_sure else weakest((here, "perhaps"))
        copied = list(self._copied(service, file.path, files)) if here != "yes" else []
        yield from copied
        if not any(one.account in ("", key.account) or not key.account for one in copied):
            yield Lies(key.account, self._is_root(service.tree, key.account), here, file.observations)

    def _is_root(self, tree: str, account: str) -> bool:
        known = self._accounts.get(tree, ())
        return account == "root" or any(one.uid == 0 for one in known if one.name == account)

    def _added(self, observation: Observation, key: AuthorizedKey, service: RunningService) -> Lies:
        """Answer for a key that a script adds: by the command that the key stands in."""
        own = self._commands.at(observation.where)
        grounds = tuple(dict.fromkeys(one for one, _ in own))
        answer: Answer = "yes" if any(runs(start) for _, start in own) else "perhaps"
        return Lies(key.account, self._is_root(service.tree, key.account), answer, grounds[:2])

    def _copied(self, service: RunningService, path: str, files: Sequence[str]) -> Iterator[Lies]:
        """Give the accounts in whose place a started command puts the file."""
        done: set[str] = set()
        for copy, standing, target in self._copies.of(service.tree, path):
            account = self._owner(service.tree, target, files)
            if account and account not in done:
                done.add(account)
                answer: Answer = "yes" if standing == "started" else "perhaps"
                yield Lies(account, self._is_root(service.tree, account), answer, (copy,))

    def _owner(self, tree: str, target: str, files: Sequence[str]) -> str:
        """Name the account whose keys are looked for in a file; empty for none that can log in."""
        known = self._accounts.get(tree, ())
        for one in known:
            home = one.home.rstrip("/")
            if one.login_shell and any(_expanded(file, home, one.name) == f"/{target}" for file in files):
                return one.name
        home_of = _HOME.match(target)
        name = (home_of[1] or home_of[2]) if home_of is not None else ""
        if any(one.name == name for one in known):
            return ""
        return name if name and f"/{target}" in _looked_for(name, [], files) else ""


def _is_there(
    path: str,
    key: AuthorizedKey,
    own: Sequence[Account],
    files: Sequence[str],
    service: RunningService,
) -> Answer:
    """Tell whether a service looks into the file for the keys of an account that can log in."""
    if not key.account or any(not one.login_shell for one in own):
        return "perhaps"
    if path == "etc/dropbear/authorized_keys":  # OpenWrt's build of dropbear looks here for the keys of root.
        return "yes" if service.is_openwrt and service.fact.program == "dropbear" else "perhaps"
    return "yes" if f"/{path}" in _looked_for(key.account, own, files) else "perhaps"


def _looked_for(account: str, own: Sequence[Account], files: Sequence[str]) -> list[str]:
    homes = [one.home.rstrip("/") for one in own] or ["/root" if account == "root" else f"/home/{account}"]
    return [_expanded(file, home, account) for home in homes for file in files]


def _key_files(service: RunningService, standings: Standings) -> Sequence[str]:
    """Give where an SSH service looks for keys, as sshd_config(5) writes it."""
    told = [] if service.fact.program != "sshd" else standings.settings(service, "authorizedkeysfile")
    return [word for _, setting in told for word in setting.value.split()] or _KEY_FILES


def _expanded(file: str, home: str, account: str) -> str:
    path = file.strip("\"'").replace("%h", home).replace("%u", account)
    return path if path.startswith("/") else f"{home}/{path}"
