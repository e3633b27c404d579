"""Files with accounts that only a setting of a service names: whatever they are called, the setting tells their form.

Settings are those of the manuals of lighttpd (mod_authn_file), nginx (ngx_http_auth_basic_module) and
mosquitto.conf(5). A file that may be such a store is kept until all configuration is seen.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from plimsoll.inspect.firmware import _setting_files as files
from plimsoll.inspect.firmware._account_stores import STORES, Store
from plimsoll.inspect.inspector import Kept, Look, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.locator import Place
from plimsoll.regex import regex
from plimsoll.sources.tree import Stem

LARGEST = 64 << 10
"""Bytes of the largest file that is kept as one that may be a store."""
LINES = 500
"""Most lines read of such a file."""
MOST_NAMED = 32
"""Files that are taken of those which one configuration names."""

_FORMS: Mapping[tuple[str, str], str] = {
    ("lighttpd", "auth.backend.htpasswd.userfile"): "htpasswd",
    ("lighttpd", "auth.backend.htdigest.userfile"): "htdigest",
    ("lighttpd", "auth.backend.plain.userfile"): "lighttpd",
    ("nginx", "auth_basic_user_file"): "htpasswd",
    ("mosquitto", "password_file"): "mosquitto",
}
"""The kind of store, as in Account, that a setting of a program names."""
_STORES: Mapping[str, Store] = {store.name: store for store in STORES if store.name in _FORMS.values()}
_CONFIGURATION = regex(rb"lighttpd|nginx|mosquitto")
"""One of these stands in the path of each configuration that may name a store."""
_BEGINS = regex(
    rb"(?:[ \t]{0,80}(?:#[^\n]{0,500})?\r?\n){0,100}"
    rb"[^\s:#+/\"'<>{}\[\]()][^\s:]{0,63}:(?!//)(?:[^\s:]{1,200}|[^:\n]{0,100}:[0-9a-fA-F]{32})[ \t]*\r?(?:\n|\Z)"
)
"""The beginning of a file of accounts: comments and empty lines, then `name:password` or `name:realm:digest`."""
_OF_USERS = regex(rb"(?i)user|passw|pwd|auth|account|access|login|cred|secret|lighttpd")
"""Stands in the path of a file whose `name:word` may be an account; elsewhere that may be anything."""


class Naming(msgspec.Struct, frozen=True):
    """A setting in force that names a store."""

    store: str
    path: bytes
    offset: int
    length: int


class MayBe(msgspec.Struct, frozen=True):
    """What a file holds if it is a store of one kind or another, and what it holds if it is none."""

    forms: Mapping[str, tuple[Seen, ...]]
    otherwise: tuple[Seen, ...]


def is_configuration(look: Look) -> bool:
    """Tell by its path whether a file may name a store."""
    return look.kind == "text" and _CONFIGURATION.search(look.path) is not None and files.is_any(look)


def may_be(look: Look) -> bool:
    """Tell by its beginning whether a file may be a store that a setting names."""
    return look.kind == "text" and len(look.data) <= LARGEST and _BEGINS.match(look.data) is not None


def forms_of(look: Look) -> Iterator[Store]:
    """Give the kinds of store that a file may be: by its path, or by hashes that stand after a colon."""
    is_of_users = _OF_USERS.search(look.path) is not None
    is_hashed = b":$" in look.data or b":{" in look.data
    for store in _STORES.values():
        if is_of_users or store.name == "htdigest" or (is_hashed and not store.clear):
            yield store


def namings(look: Look) -> Iterator[Naming]:
    """Give the stores that a configuration names, where a program reads it."""
    kind = files.kind_of(look)
    if kind is None or not files.is_in_use(look, kind.path):
        return
    found = [
        Naming(store, path, one.offset, one.length)
        for one in kind.form(look.data)
        if one.applies and (store := _FORMS.get((kind.service, printable(one.key))))
        if (path := _path(look, kind.service, one.value))
    ]
    yield from found[:MOST_NAMED]


def _path(look: Look, service: str, value: bytes) -> bytes:
    """Give the path that a setting names; nginx takes a relative one from the folder of its configuration."""
    if value.startswith(b"/"):
        return value.lstrip(b"/")
    return posixpath.join(posixpath.dirname(look.path), value) if value and service == "nginx" else b""


def join(kept: Sequence[Kept], inspector: str) -> Iterator[Observation]:
    """Give what is in each file that was kept: accounts in the form that a setting tells, or what it holds else."""
    named: dict[tuple[Stem, bytes], dict[str, Place]] = {}
    for one in kept:
        if isinstance(one.value, Naming) and (node := one.tree.resolve(one.value.path)) is not None:
            where = one.tree.stem.at(one.path, one.value.offset, one.value.length)
            named.setdefault((one.tree.stem, node.link_to or node.path), {}).setdefault(one.value.store, where)
    for one in kept:
        if isinstance(one.value, MayBe):
            told = named.get((one.tree.stem, one.path), {})
            store = next((store for store in told if one.value.forms.get(store)), "")
            because = (told[store],) if store else ()
            for seen in one.value.forms[store] if store else one.value.otherwise:
                yield _observation(one, seen, inspector, because)


def _observation(kept: Kept, seen: Seen, inspector: str, because: tuple[Place, ...]) -> Observation:
    where = kept.tree.stem.at(kept.path, seen.offset, seen.length)
    secret = seen.secret
    excerpt = Excerpt(f"hmac-sha256:{secret.digest}", secret.length, secret.shape) if secret else None
    return Observation(seen.fact, where, inspector, excerpt, because=because)
