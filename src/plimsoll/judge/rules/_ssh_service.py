"""Tells whether an SSH service lets in an account, with its password or with a key, by the settings seen.

Defaults are those of sshd_config(5), dropbear(8) and tinysshd(8); the names of dropbear's settings are those of
OpenWrt's /etc/config/dropbear. Where it was not seen what a service is told, it may be told to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from plimsoll.judge.rules._answer import Answer, Caller
from plimsoll.judge.rules._sshd_options import is_unclear
from plimsoll.judge.rules._standing import RunningService, Standings, standing_of
from plimsoll.model.facts import StartedProgram

_LETTERS = re.compile(r"-([^bcdrpPKIWDGTY]*)([bcdrpPKIWDGTY]?)(.*)", re.DOTALL)
"""A word of dropbear's options: letters on their own, then one that takes a word, which may be joined to it."""

_CHOOSES_WHO = ("allowusers", "allowgroups", "denyusers", "denygroups", "match")
"""Settings of sshd that let in some and not others."""

_BY_PASSWORD = ("password", "keyboard-interactive", "any")


def ssh_admits(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    """Say whether an SSH service takes the password of a caller."""
    if service.fact.program == "tinysshd":
        return "no"  # It knows keys only.
    if service.fact.program == "dropbear":
        return _dropbear(service, caller, standings)
    if service.fact.program == "sshd":
        return _sshd(service, caller, standings)
    return "perhaps"


def ssh_admits_key(service: RunningService, standings: Standings, *, is_root: bool) -> Answer:
    """Say whether an SSH service that is reached from the network takes keys of an account."""
    if not service.is_reached:
        return "no"
    if service.fact.program == "dropbear":
        return _dropbear_takes_keys(service, is_root, standings)
    if service.fact.program == "sshd":
        return _sshd_takes_keys(service, is_root, standings)
    return "yes" if service.fact.program == "tinysshd" else "perhaps"


def _dropbear(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    if caller.password == "empty" and service.fact.accepts_empty_password is not True:
        # OpenWrt's build lets root in while no password is set; the others do when they are told to.
        may = service.fact.accepts_empty_password is None or (caller.is_root and service.is_openwrt)
        return "perhaps" if may else "no"
    switches = ("passwordauth", "rootpasswordauth", "rootlogin") if caller.is_root else ("passwordauth",)
    return _dropbear_refusal(service, standings, switches, "sgwt" if caller.is_root else "st")


def _dropbear_takes_keys(service: RunningService, is_root: bool, standings: Standings) -> Answer:
    return _dropbear_refusal(service, standings, ("rootlogin",) if is_root else (), "wt" if is_root else "t")


def _dropbear_refusal(service: RunningService, standings: Standings, switches: tuple[str, ...], flags: str) -> Answer:
    """Answer by the switches of its settings and the flags of its command line that refuse."""
    told = [standings.switch(service, key) for key in switches]
    sure = [start for _, start in service.starts if standing_of(start.state) == "started"]
    refused = [bool(_flags(start) & set(flags)) for start in sure or _starts(service)]
    if "off" in told:
        return "no"
    if refused and all(refused):
        return "no" if all(_flags(start) & set(flags) for start in _starts(service)) else "perhaps"
    restricted = any("G" in _flags(start) for start in sure or _starts(service))
    known = {word for start in _starts(service) for word in start.arguments}
    told_more = [words for words in _told_arguments(service, standings) if set(words) - known]
    restricted = restricted or any(_letters(words) & {"G", *flags} for words in told_more)
    unclear = any(refused) or "mixed" in told or restricted or not _is_told(service, standings)
    return "perhaps" if unclear else "yes"


def _starts(service: RunningService) -> list[StartedProgram]:
    return [start for _, start in service.starts]


def _is_told(service: RunningService, standings: Standings) -> bool:
    """Tell whether what dropbear is told was seen: its settings, or else a command line without variables.

    A start script of OpenWrt adds to the command line what its settings say, each under a condition of its own.
    """
    if any(setting.key != "no_start" for _, setting in standings.settings(service)):
        return True
    if not service.starts or (
        service.is_openwrt and any(standing_of(one.state) != "started" for _, one in service.starts)
    ):
        return False
    return not any("$" in word or "`" in word for _, start in service.starts for word in _options(start.arguments))


def _told_arguments(service: RunningService, standings: Standings) -> list[tuple[str, ...]]:
    """Give the command lines that a file of settings holds for a start script."""
    return [tuple(setting.value.split()) for _, setting in standings.settings(service, "arguments")]


def _options(words: Iterable[str]) -> list[str]:
    """Give the words of dropbear's command line that are not the value of an option."""
    options, is_value = [], False
    for word in words:
        if not is_value:
            options.append(word)
        match = _LETTERS.fullmatch(word)
        is_value = not is_value and match is not None and bool(match[2]) and not match[3]
    return options


def _letters(words: Iterable[str]) -> set[str]:
    """Give the options of one letter among the arguments of dropbear, alone or with others."""
    matches = [_LETTERS.fullmatch(word) for word in _options(words)]
    return {letter for match in matches if match is not None for letter in match[1] + match[2]}


def _flags(start: StartedProgram) -> set[str]:
    return _letters(start.arguments)


def has_flag(start: StartedProgram, letter: str) -> bool:
    """Tell whether a start of dropbear has an option of one letter, alone or with others."""
    return letter in _flags(start)


def _sshd(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    """Answer for OpenSSH, which refuses empty passwords, and root's password since 7.0, unless told otherwise."""
    if caller.password == "empty" and standings.switch(service, "permitemptypasswords") in ("off", ""):
        return "no"
    ways = [setting.value.lower() for _, setting in standings.settings(service, "authenticationmethods")]
    if ways and not any(word in way for way in ways for word in _BY_PASSWORD):
        return "no"
    if standings.switch(service, "passwordauthentication") == "off":
        return "perhaps" if _asks_through_pam(service, standings) else "no"
    unclear = _is_unclear(service, standings, "passwordauthentication", "permitemptypasswords")
    if not caller.is_root:
        return "perhaps" if unclear else "yes"
    roots = {setting.value.lower() for _, setting in standings.settings(service, "permitrootlogin")}
    if roots and "yes" not in roots:
        return "no"
    return "yes" if roots == {"yes"} and not unclear else "perhaps"


def _asks_through_pam(service: RunningService, standings: Standings) -> bool:
    """Tell whether a password may be asked for although PasswordAuthentication is off: by PAM, in a dialogue."""
    dialogue = {
        standings.switch(service, key) for key in ("kbdinteractiveauthentication", "challengeresponseauthentication")
    }
    return standings.switch(service, "usepam") in ("on", "mixed") and "off" not in dialogue


def _sshd_takes_keys(service: RunningService, is_root: bool, standings: Standings) -> Answer:
    roots = {setting.value.lower() for _, setting in standings.settings(service, "permitrootlogin") if is_root}
    if standings.switch(service, "pubkeyauthentication") == "off" or roots == {"no"}:
        return "no"
    limited = roots & {"no", "forced-commands-only"}
    return "perhaps" if limited or _is_unclear(service, standings, "pubkeyauthentication") else "yes"


def _is_unclear(service: RunningService, standings: Standings, *keys: str) -> bool:
    """Tell whether sshd may be told something that was not seen or cannot be decided."""
    if not standings.settings(service) or standings.settings(service, *_CHOOSES_WHO):
        return True
    known = {word for start in _starts(service) for word in start.arguments}
    if any(set(line) - known for line in _told_arguments(service, standings)) or is_unclear(service.starts):
        return True
    return any(standings.switch(service, key) == "mixed" for key in keys)
