"""Tells which servers of files take files from whoever comes, by their settings: nobody has to say who they are.

Sources: vsftpd.conf(5), pure-ftpd's manual, smb.conf(5), and the options of ftpd in the manual of busybox.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plimsoll.judge.rules._standing import RunningService, Standings
from plimsoll.model.evidence import Observation

_ANONYMOUS_WRITES = ("anon_upload_enable", "anon_mkdir_write_enable", "anon_other_write_enable")
_TO_GUESTS = ("bad user", "bad password", "bad uid")
_UPLOADS = re.compile(r"-[A-Za-z]*w[A-Za-z]*")
_ASKS_NOBODY = re.compile(r"-[A-Za-z]*A[A-Za-z]*")


def takes_files_from_anybody(service: RunningService, standings: Standings) -> tuple[Observation, ...]:
    """Give what says that a server lets people write who do not log in; nothing when that was not seen."""
    match service.fact.program:
        case "vsftpd":
            return _vsftpd(service, standings)
        case "pure-ftpd":
            return _all(service, standings, (("noanonymous", "no"), ("anonymouscantupload", "no")))
        case "smbd" | "ksmbd.mountd":
            return _samba(service, standings)
        case "ftpd":
            return tuple(one for one, start in service.starts if _is_open(start.arguments))
    return ()


def _vsftpd(service: RunningService, standings: Standings) -> tuple[Observation, ...]:
    """Anonymous callers are let in unless the settings refuse them, and write where three switches say so."""
    anonymous = standings.settings(service, "anonymous_enable")
    may_write = standings.switch(service, "write_enable") == "on"
    writes = [one for one, setting in standings.settings(service, *_ANONYMOUS_WRITES) if _is_on(setting.value)]
    if not may_write or not writes or any(not _is_on(setting.value) for _, setting in anonymous):
        return ()
    return (*(one for one, _ in anonymous), *writes)


def _samba(service: RunningService, standings: Standings) -> tuple[Observation, ...]:
    guests = [
        one
        for one, setting in standings.settings(service, "map to guest", "security")
        if setting.value.lower() in (*_TO_GUESTS, "share")
    ]
    shares = [one for one, setting in standings.settings(service, "guest ok", "public") if _is_on(setting.value)]
    writes = [one for one, setting in standings.settings(service, "writable", "writeable") if _is_on(setting.value)]
    writes += [one for one, setting in standings.settings(service, "read only") if not _is_on(setting.value)]
    return (*guests, *shares, *writes) if guests and shares and writes else ()


def _all(service: RunningService, standings: Standings, wanted: Sequence[tuple[str, str]]) -> tuple[Observation, ...]:
    """Give the settings that have the values wanted; nothing when one of them has not."""
    told = standings.settings(service)
    found = [[one for one, setting in told if (setting.key, setting.value.lower()) == pair] for pair in wanted]
    return tuple(one[0] for one in found) if all(found) else ()


def _is_open(arguments: tuple[str, ...]) -> bool:
    """Tell whether busybox's ftpd is told to take uploads (`-w`) and to ask nobody (`-A`)."""
    return any(_UPLOADS.fullmatch(word) for word in arguments) and any(
        _ASKS_NOBODY.fullmatch(word) for word in arguments
    )


def _is_on(value: str) -> bool:
    return value.strip("\"' ").lower() in ("yes", "true", "1", "on")
