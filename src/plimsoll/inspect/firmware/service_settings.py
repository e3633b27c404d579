"""How services are configured: who may come in, how they speak, and where they listen.

What each program reads is in `_setting_files`, how it is written in `_setting_forms`, both after the programs' manuals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from plimsoll.inspect._masking import masked
from plimsoll.inspect.firmware import _setting_files as files
from plimsoll.inspect.firmware._setting_forms import Written, words
from plimsoll.inspect.firmware._sshd_config import SshdFile, Statement, statements_in_order
from plimsoll.inspect.inspector import Inspector, Kept, Look, Seen
from plimsoll.inspect.scan import EXCERPT_BYTES, printable
from plimsoll.model.evidence import Excerpt, Observation
from plimsoll.model.facts import ServiceSetting
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST = 500
"""Most settings that are recorded of one file."""
LONGEST_VALUE = 200
"""Bytes of a value that are recorded."""
LONGEST_LIST = 2_000
"""Bytes of a list of algorithms that are recorded."""

_SSHD_STATEMENTS = files.SSHD_KEYS | {"match", "include"}
_SECRETS = ("requirepass",)
"""Settings whose value is a secret as a whole."""
_MASTER = regex(r"(?<!\S)-Y *\S+")


class ServiceSettings(Inspector):
    """Records settings by the program that reads them; those that are overruled or not read are not active."""

    id = "service-settings"
    title = "Who may come in through a service, how does it speak, and where does it listen?"
    what = (
        "Configuration of SSH, FTP, web, MQTT, SNMP, SMB and UPnP servers, of UCI, of login.defs and PAM, and of "
        "fail2ban and sshguard: the settings that decide who may come in, how the service speaks and where it listens. "
        "Examples and backups are recorded as not in use, and so is a value that another overrules."
    )
    limits = (
        "Settings that a program or script writes while the product runs are not seen, nor is a configuration under a "
        "name of the maker's own. Of OpenSSH's Match blocks and proftpd's Anonymous blocks it is not decided whom they "
        "hold for: what stands in them counts as not in use, and that there is one is recorded. That a file of a "
        "folder such as conf.d is included is taken for granted, save for OpenSSH. Of a file the first MiB is read, of "
        "a line the first 4 KiB, and the first 500 settings are recorded."
    )
    without_match = ("script", "text")

    def wants(self, look: Look) -> bool:
        """Take text files by their path."""
        return look.kind in ("text", "script") and files.is_any(look)

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the settings of one file; those of OpenSSH are kept until all files are seen."""
        if files.is_sshd(look):
            yield _sshd_file(look)
        elif (kind := files.kind_of(look)) is not None:
            yield from _settings(look, kind)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the settings of OpenSSH, now that it is known which file is read first."""
        for file, statement, is_active in statements_in_order(kept):
            longest = LONGEST_LIST if statement.key in files.SSHD_LISTS else LONGEST_VALUE
            fact = ServiceSetting("sshd", statement.key, printable(statement.value[:longest]), is_active)
            where = file.tree.stem.at(file.path, statement.offset, statement.length)
            yield Observation(fact, where, self.id, statement.excerpt)


def _settings(look: Look, kind: files.SettingFile) -> Iterator[Seen]:
    written = list(islice(_recorded(look, kind), MOST))
    last = {(one.section, one.key): one for one in written}
    in_use = files.is_in_use(look, kind.path)
    service = files.service_of(kind, printable(files.plain_path(look.name)))
    for one in written:
        overruled = kind.order == "last" and not one.adds and last[one.section, one.key] is not one
        yield _seen(look, one, service, dict(kind.rename), in_use and one.applies and not overruled)


def _recorded(look: Look, kind: files.SettingFile) -> Iterator[Written]:
    for one in kind.form(look.data):
        key = printable(one.key)
        if key in kind.keys or "." + key.rpartition(".")[2] in kind.keys:
            yield one


def _seen(look: Look, one: Written, service: str, names: dict[str, str], active: bool) -> Seen:
    key = printable(one.key)
    name = names.get(key, key)
    value = _shown(one.value)
    length = one.length
    if name == "arguments":
        hidden = _arguments(one.value)
        value, length = (hidden[:LONGEST_VALUE], len(one.key)) if "***" in hidden else (value, length)
    if name in _SECRETS and one.value:
        return Seen(ServiceSetting(service, name, "***", active), one.offset, one.length, look.conceal(one.value))
    concealed = look.conceal(one.secret) if one.secret else None
    return Seen(ServiceSetting(service, name, value, active), one.offset, length, concealed)


def _arguments(value: bytes) -> str:
    """Give a command line without its secrets; some builds of dropbear take a password for every account by `-Y`."""
    return _MASTER.sub("-Y ***", printable(b" ".join(masked(tuple(value.split())))))


def _shown(value: bytes) -> str:
    return printable(value[:LONGEST_VALUE])


def _sshd_file(look: Look) -> SshdFile:
    written = (one for one in words(look.data) if printable(one.key) in _SSHD_STATEMENTS)
    statements = tuple(_statement(look, one) for one in islice(written, MOST))
    return SshdFile(statements, files.is_in_use(look, files.SSHD_PATH), look.name == b"sshd_config")


def _statement(look: Look, one: Written) -> Statement:
    """Give a statement to keep; the command of `Match exec` is left out."""
    value, length = one.value, one.length
    if one.key == b"match" and b"exec" in value.lower():
        value, length = b"exec", len(one.key)
    stretch = look.data[one.offset : one.offset + length]
    digest = f"sha256:{hashlib.sha256(stretch).hexdigest()}"
    excerpt = Excerpt(digest, len(stretch), printable(stretch[:EXCERPT_BYTES]))
    return Statement(printable(one.key), value, one.offset, length, excerpt)
