"""Which traces of the people who made the image, or who tried it out, were shipped with it.

What each program leaves behind is told by its manual; see the neighbours. Nothing is kept in clear: names as their
first letter, networks as their shape, files by their kind and how much stands in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from plimsoll.inspect.firmware._redaction import ADDRESS, is_name_of_a_person, is_of_a_person, redacted
from plimsoll.inspect.firmware._residue_files import LARGEST, reader_of
from plimsoll.inspect.firmware._residue_wifi import is_network_file, read_networks
from plimsoll.inspect.firmware._standing import is_active, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import Residue
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_NAMES = 50
"""Most names of home folders kept of one file."""
MOST_ADDRESSES = 20
"""Most mail addresses told of one file."""

MOST_TRIED = 2_000
"""Most places of one file at which an address is looked for."""

_MAIL = regex(rb"@[\w-]{1,40}\.[A-Za-z]")
_HOME = regex(rb"/(?:home|Users)/([A-Za-z][A-Za-z0-9._-]{1,30})/")
_REPOSITORIES = {b".git": b"HEAD", b".svn": b"", b".hg": b"requires", b".bzr": b"branch-format", b"CVS": b"Entries"}
"""Folders that version control systems make, and a file that stands in each."""

_RECEIVER = regex(
    rb"(?i)(?:\A|[\s\"'<_.;,{-])(?:mail_?to|e?mail|email_?addr\w{0,6}|mail_?addr\w{0,6}|recipients?|receivers?|"
    rb"(?:smtp|mail|alert|alarm|notify)[_-]?(?:user(?:name)?|from|to|sender|account|rcpt)|send_?(?:to|from)|"
    rb"from_?addr\w{0,6}|to_?addr\w{0,6}|user\.email|author)[\"']?[ \t]{0,4}(?:[=:>]|[ \t])[ \t\"'<]{0,4}\Z"
)
"""What stands right before an address that settings send mail to, or that a developer set for their own tools."""
_SETTINGS = regex(
    rb"(?i)(?:\.(?:conf|cfg|ini|json|ya?ml|xml|toml|properties|env)|(?:\A|/)(?:crontabs?/[^/]+|etc/crontab|"
    rb"etc/config/[^/]+|\.gitconfig|\.msmtprc|\.muttrc|\.mailrc|etc/(?:msmtprc|aliases|email[^/]{0,20}|mail\.rc)))\Z"
)
_PACKAGE = regex(
    rb"(?i)(?:\A|/)(?:package(?:-lock)?\.json|composer\.(?:json|lock)|bower\.json|pyproject\.toml|cargo\.toml|"
    rb"setup\.cfg|metadata\.json|manifest\.(?:json|xml)|plugin\.(?:json|xml)|addon\.xml|pom\.xml|theme\.json)\Z|"
    rb"(?:\A|/)(?:node_modules|site-packages|dist-packages|(?:opkg|dpkg)/info|licen[cs]es?)/"
)
"""Files that name the authors of published software."""


class _Homes(msgspec.Struct, frozen=True):
    """Names of home folders that stand in a program."""

    names: tuple[bytes, ...]


class Residues(Inspector):
    """Records each trace with its kind and how much of it there is, redacted."""

    id = "residue"
    title = "Which traces of real people were shipped?"
    what = (
        "What developers leave: comments of authorized SSH keys, Wi-Fi networks with their passphrases, histories of "
        "shells and editors, visited hosts, logins of clients in home folders, records of logins, mail, logs, core "
        "dumps, folders of version control systems, mail addresses in settings, and home folders that stand in "
        "programs. Names are redacted: what is kept is their kind, their shape and how many there are."
    )
    limits = (
        "Whether a name is a real person's is told by its form alone. Names of authors in packages, licences, "
        "certificates and documentation are left out, and so are names that stand for roles and build machines."
    )
    patterns = (Pattern("home", rb"/(?:home|Users)/[A-Za-z]", (b"/home/", b"/Users/"), longest=16, kinds=("elf",)),)

    def wants(self, look: Look) -> bool:
        """Take files by their path, and those in which a home folder or an address stands."""
        if is_documentation(look.path):
            return False
        if "home" in look.matches or _may_have_addresses(look):
            return True
        return is_network_file(look) or reader_of(look) is not None

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the traces in one file."""
        if is_network_file(look):
            yield from read_networks(look)
        reader = reader_of(look)
        if reader is not None and len(look.data) <= LARGEST:
            yield from reader(look)
        if _may_have_addresses(look):
            yield from _addresses(look)
        if names := _homes(look):
            yield _Homes(names)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give each home folder once per tree with the number of programs that name it, and the repositories."""
        for tree in trees:
            yield from _repositories(tree, self.id)
        found: dict[tuple[str, bytes], list[Kept]] = {}
        for one in kept:
            for name in one.value.names:
                if not _has_home(one.tree, name):
                    found.setdefault((one.tree.stem.at(), name), []).append(one)
        for (_, name), ones in sorted(found.items()):
            fact = Residue("home-path", redacted(name), len(ones))
            yield Observation(fact, ones[0].where, self.id)


def _is_settings(look: Look) -> bool:
    return _SETTINGS.search(look.path) is not None and _PACKAGE.search(look.path) is None


def _may_have_addresses(look: Look) -> bool:
    return look.kind == "text" and _is_settings(look) and b"@" in look.data


def _addresses(look: Look) -> Iterator[Seen]:
    """Give addresses that stand right behind a word for whom mail goes to or comes from."""
    given: set[bytes] = set()
    for match in islice(_MAIL.finditer(look.data), MOST_TRIED):
        start, line = line_at(look.data, match.start(), longest=400)
        for found in ADDRESS.finditer(line, max(0, match.start() - start - 64)):
            address = found[0].lower()
            if address in given or len(given) >= MOST_ADDRESSES or not is_of_a_person(address):
                continue
            before = line[max(0, found.start() - 40) : found.start()]
            if _RECEIVER.search(before) and is_active(look, start + found.start()):
                given.add(address)
                concealed = look.conceal(found[0])
                yield Seen(Residue("mail-address", redacted(address)), start + found.start(), len(found[0]), concealed)


def _homes(look: Look) -> tuple[bytes, ...]:
    names: set[bytes] = set()
    for match in look.matches.get("home", ()):
        found = _HOME.match(look.data, match.start(), match.start() + 48)
        if found is not None and is_name_of_a_person(found[1]):
            names.add(found[1])
            if len(names) >= MOST_NAMES:
                break
    return tuple(sorted(names))


def _has_home(tree: Tree, name: bytes) -> bool:
    """Tell whether the product itself has an account with that home."""
    return b"home/" + name in tree.by_path


def _repositories(tree: Tree, inspector: str) -> Iterator[Observation]:
    for node in tree.nodes:
        name = node.path.rpartition(b"/")[2]
        if name in _REPOSITORIES and node.kind == "directory" and not is_documentation(node.path):
            sign = _REPOSITORIES[name]
            if tree.children.get(node.path) and (not sign or node.path + b"/" + sign in tree.by_path):
                fact = Residue("repository", name.decode("ascii"), len(tree.children[node.path]))
                yield Observation(fact, tree.stem.at(node.path), inspector)
