"""From facts about who may come in to words: accounts, passwords, keys, and what sets or reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from plimsoll.model import facts
from plimsoll.model.facts.account import PasswordState
from plimsoll.model.message import Message, message

LoginFact = (
    facts.Account
    | facts.AccountStoreCopy
    | facts.AuthorizedKey
    | facts.BlankPassword
    | facts.Credential
    | facts.GuessedPassword
    | facts.HiddenEntrance
    | facts.PasswordHash
    | facts.PasswordProvisioning
    | facts.SecretProvisioning
    | facts.StoreReader
    | facts.UnpackedArchive
)

PASSWORDS: Mapping[PasswordState, Message] = {
    "empty": message("no password is asked for"),
    "locked": message("locked"),
    "shadowed": message("its password is kept in another file"),
    "hashed": message("with a password hash"),
    "clear": message("with a password in clear"),
    "expired": message("its password must be changed at the first login"),
}
"""What each state of a password means."""

EXAMPLE = message("in documentation, an example or a comment")
"""Of what is not in use."""

_UNREAD = message("in a file that nothing reads where it stands")


def describe_login(fact: LoginFact) -> Iterator[Message]:
    """Say who may come in, or what opens the door, in clauses; the first one names the thing."""
    match fact:
        case facts.Account() | facts.PasswordHash() | facts.GuessedPassword() | facts.PasswordProvisioning():
            return _login(fact)
        case facts.AccountStoreCopy() | facts.UnpackedArchive():
            return _store_copy(fact)
        case facts.AuthorizedKey() | facts.Credential():
            return _opener(fact)
        case facts.StoreReader() | facts.HiddenEntrance() | facts.SecretProvisioning() | facts.BlankPassword():
            return _about_secrets(fact)
    assert_never(fact)


def _login(
    fact: facts.Account | facts.PasswordHash | facts.GuessedPassword | facts.PasswordProvisioning,
) -> Iterator[Message]:
    match fact:
        case facts.Account(name, store, password, uid):
            yield message("account {name} ({store})", name=name or "(no name)", store=store)
            yield PASSWORDS[password]
            if uid is not None:
                yield message("user number {uid}", uid=uid)
            if not fact.login_shell:
                yield message("without a login shell")
            if not fact.active:
                yield _UNREAD
        case facts.PasswordHash(account, family, secret):
            yield _of_account("password hash", account)
            yield message("{family}, {length} characters", family=family, length=secret.length)
            if not fact.active:
                yield _UNREAD
        case facts.GuessedPassword(account, family, known_default):
            yield _of_account("password hash", account)
            yield message("{family}", family=family)
            yield message("opened by the published default {word!r}", word=known_default)
            if fact.maker:
                yield message("published for {maker} at {source}", maker=fact.maker, source=fact.source)
        case facts.PasswordProvisioning(account, source, runs, command):
            yield _of_account("command that sets the password", account)
            if command:
                yield message("by {command}", command=command)
            yield message("to be changed at the next login") if fact.expires else _SOURCES[source]
            yield message("run at boot") if runs == "at-boot" else message("nothing was seen that runs it")


_SOURCES = {
    "constant": message("to a constant"),
    "per-device": message("from a store that is written per unit"),
    "random": message("to a random value"),
    "user": message("as the user types it"),
    "identifier": message("computed from a MAC address or serial number alone"),
    "unknown": message("from where is not known"),
}


def _of_account(thing: str, account: str) -> Message:
    if account:
        return message(thing + " of {account}", account=account)
    return message(thing + " that names no account")


def _store_copy(fact: facts.AccountStoreCopy | facts.UnpackedArchive) -> Iterator[Message]:
    if isinstance(fact, facts.UnpackedArchive):
        words = {"archive": fact.archive, "folder": "/" + fact.folder, "command": fact.command}
        yield message("{archive} is unpacked into {folder}, by {command}", **words)
        return
    source = fact.source or "what a program makes"
    yield message("{source} becomes {target}, by {command}", source=source, target=fact.target, command=fact.command)


def _opener(fact: facts.AuthorizedKey | facts.Credential) -> Iterator[Message]:
    match fact:
        case facts.AuthorizedKey(account, kind, public_digest, comment):
            yield _of_account("authorized SSH key", account)
            yield message("{kind}", kind=kind)
            yield message("digest {digest}", digest=public_digest[:16])
            if comment:
                yield message("with the comment {comment}", comment=comment)
        case facts.Credential(subject, kind, secret, account, role):
            yield message(kind + " for {subject}", subject=subject) if subject else message(kind)
            yield message("{length} characters, shape {shape}", length=secret.length, shape=secret.shape)
            if secret.tail:
                yield message("ending in {tail}", tail=secret.tail)
            if account:
                named = "of the network {account}" if subject == "wpa" else "of the user {account}"
                yield message(named, account=account)
            if role != "unknown":
                yield message("that the product accepts") if role == "accepts" else message("that the product presents")
            if fact.placeholder:
                yield message("a word that stands for a value to be filled in")
            if fact.change_due:
                yield message("to be changed at the first login")
            if not fact.active:
                yield EXAMPLE


def _about_secrets(
    fact: facts.StoreReader | facts.HiddenEntrance | facts.SecretProvisioning | facts.BlankPassword,
) -> Iterator[Message]:
    match fact:
        case facts.StoreReader(program, path):
            yield message("{program} names the file {path}", program=program, path=path)
        case facts.BlankPassword(subject, account, active, change_due):
            yield message("blank password of {account} for {subject}", account=account, subject=subject)
            if change_due:
                yield message("another one must be chosen at the first login")
            if not active:
                yield EXAMPLE
        case facts.HiddenEntrance(_, opens, source):
            yield message("known way in: {opens}", opens=opens)
            yield message("made public at {source}", source=source)
        case facts.SecretProvisioning(subject, source, command, setting):
            yield message("command that sets a secret of {subject}", subject=subject or "a service")
            yield message("{setting} by {command}", setting=setting, command=command)
            yield _SOURCES[source]
