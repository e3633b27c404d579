"""Who may log in: entries of passwd, shadow and the files of single services, and hashes that stand alone.

The meaning of the password field is that of crypt(5), passwd(5) and shadow(5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plimsoll.inspect.firmware import _named_stores, _standing
from plimsoll.inspect.firmware._account_stores import Entry, Store, is_read, store_of
from plimsoll.inspect.firmware._hashes import hash_alone, hash_family, password_state
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Account, Credential, PasswordHash
from plimsoll.model.facts.account import HashFamily, PasswordState
from plimsoll.model.locator import escape_name, escape_path
from plimsoll.sources.tree import Tree

LARGEST = 16 << 20
"""Bytes of the largest file that is read as a store."""
LINES = 20_000
"""Most lines read of one store."""

_REFUSING_SHELLS = (b"nologin", b"false", b"sync", b"shutdown", b"halt", b"null", b"true")
_OWN_HASHES: Mapping[str, HashFamily] = {"mosquitto": "unknown", "htdigest": "salted-digest", "smbpasswd": "nt"}
"""Stores whose hashes are of a form of their own, which crypt(3) does not know; that of htdigest is one round of MD5
over name, realm and password."""


class Accounts(Inspector):
    """Records each entry of each store with the state of its password, and each hash on its own."""

    id = "accounts"
    title = "Who may log in, and how is the password kept?"
    what = (
        "Entries of passwd, shadow, htpasswd, htdigest, smbpasswd, pure-ftpd, mosquitto and ppp files and of their "
        "backups and templates; files under any name that the configuration of lighttpd, nginx or mosquitto names as "
        "its accounts; and password hashes that stand as text in programs, scripts and configuration."
    )
    limits = (
        "Accounts in a database, in a format of the maker's own, or made while the product runs are not seen. A file "
        "that only a setting names is read up to 64 KiB, and one with passwords in clear or by DES where its path "
        "speaks of users, passwords or logins."
    )
    patterns = (
        Pattern(
            "hash",
            rb"\$(?:1|5|6|y|2[abxy]|apr1)\$[./0-9A-Za-z$=]{22,30}",
            (b"$1$", b"$5$", b"$6$", b"$y$", b"$2a$", b"$2b$", b"$2x$", b"$2y$", b"$apr1$"),
            longest=64,
        ),
    )

    def wants(self, look: Look) -> bool:
        """Take files with a hash, and files that have the name of a store."""
        return (
            bool(look.matches)
            or store_of(look.path) is not None
            or _named_stores.is_configuration(look)
            or _named_stores.may_be(look)
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the accounts and hashes of one file."""
        store = store_of(look.path)
        found = 0
        if store is not None and look.kind not in ("elf", "script") and len(look.data) <= LARGEST:
            for seen in _entries(look, store):
                found += 1
                yield seen
        if _named_stores.is_configuration(look):
            yield from _named_stores.namings(look)
        if not found and _named_stores.may_be(look):
            forms = {form.name: _named(look, form) for form in _named_stores.forms_of(look)}
            yield _named_stores.MayBe(forms, tuple(_alone(look)))
        elif not found:
            yield from _alone(look)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the accounts of files that only a setting names, now that all settings are seen."""
        yield from _named_stores.join(kept, self.id)


def _named(look: Look, store: Store) -> tuple[Seen, ...]:
    """Give the accounts of a file if it is a store of a kind that a setting in force names."""
    return tuple(
        seen
        for offset, line in look.lines(limit=_named_stores.LINES)
        if (entry := store.read(line)) is not None
        for seen in _entry(look, store, entry, offset, line, active=True)
    )


def _entries(look: Look, store: Store) -> Iterator[Seen]:
    active = is_read(store, look.file.tree, look.path)
    for offset, line in look.lines(limit=LINES):
        entry = store.read(line)
        if entry is not None:
            yield from _entry(look, store, entry, offset, line, active)


def _entry(look: Look, store: Store, entry: Entry, offset: int, line: bytes, active: bool) -> Iterator[Seen]:
    """Give the account, and its hash or password; where there may be a secret, the name alone is shown."""
    state = _state(look, store, entry)
    kept = entry.field if state in ("hashed", "expired", "clear") else entry.field.lstrip(b"!*")
    family = hash_family(kept) if state != "clear" else None
    account = _account(store, entry, state, active)
    if entry.field.strip(b"!*x"):
        yield Seen(account, offset + line.index(entry.name), len(entry.name))
    else:
        yield Seen(account, offset, len(line))
    if state != "clear" and family is None:
        return
    column = offset + entry.column + entry.field.index(kept)
    concealed = look.conceal(kept)
    name = escape_name(entry.name)
    if family is None:
        fact = Credential(store.name, "password", concealed, name, "unknown", active=active)
        yield Seen(fact, column, len(kept), concealed)
        return
    usable = active and state != "locked"
    yield Seen(PasswordHash(name, _family(store, family), concealed, store.name, usable), column, len(kept), concealed)


def _family(store: Store, family: HashFamily) -> HashFamily:
    return _OWN_HASHES.get(store.name, family)


def _state(look: Look, store: Store, entry: Entry) -> PasswordState:
    if store.clear and entry.field not in (b"", b"x") and hash_alone(entry.field, 0) is None:
        return "clear"
    state = password_state(entry.field)
    if state == "shadowed" and store.name in ("shadow", "htpasswd"):
        return "locked"
    if state == "hashed" and entry.change_due and _heeds_ageing(look.file.tree):
        return "expired"
    return state


def _account(store: Store, entry: Entry, state: PasswordState, active: bool) -> Account:
    shell = entry.shell.rsplit(b"/", 1)[-1]
    return Account(
        escape_name(entry.name),
        store.name,
        state,
        entry.uid,
        entry.gid,
        escape_path(entry.home),
        escape_path(entry.shell),
        shell not in _REFUSING_SHELLS,
        active,
    )


def _heeds_ageing(tree: Tree) -> bool:
    """Tell whether logins ask for a new password when the last change is day 0.

    PAM does; so does OpenSSH on its own. busybox and dropbear do not look at the day, and OpenWrt's trees have 0 there.
    """
    if any(path in tree.by_path for path in (b"usr/sbin/sshd", b"sbin/sshd", b"usr/bin/sshd")):
        return True
    folders = [node.path for lib in (b"lib", b"lib64", b"usr/lib", b"usr/lib64") for node in tree.glob(lib)]
    return any(
        folder + rest in tree.by_path for folder in folders for rest in (b"/pam_unix.so", b"/security/pam_unix.so")
    )


def _alone(look: Look) -> Iterator[Seen]:
    """Give hashes that stand as text outside any store."""
    taken = 0
    for match in look.matches.get("hash", ()):
        found = hash_alone(look.data, match.start()) if match.start() >= taken else None
        if found is None:
            continue
        family, text = found
        taken = match.start() + len(text)
        in_use = (
            _standing.is_read(look, match.start())
            if look.kind in ("script", "text")
            else not is_documentation(look.path)
        )
        concealed = look.conceal(text)
        yield Seen(PasswordHash("", family, concealed, "", in_use), match.start(), len(text), concealed)
