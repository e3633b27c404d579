"""Tells whether something starts an update client so that it fetches or installs, and not to do something else.

Which words make a program fetch is told by the manuals of opkg, apt-get, apk, RAUC, Mender, OSTree and fwupdmgr.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plimsoll.judge.rules._commands import Commands, is_start_script
from plimsoll.judge.rules._standing import Standing, standing_of
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import StartedProgram
from plimsoll.model.locator import Place

Starts = tuple[tuple[Observation, StartedProgram], ...]

_PROGRAMS: Mapping[str, tuple[str, ...]] = {
    "apt": ("apt-get", "apt", "unattended-upgrade", "unattended-upgrades"),
    "fwupd": ("fwupdmgr",),
    "hawkbit": ("hawkbit-updater", "rauc-hawkbit-updater"),
    "mender": ("mender", "mender-update"),
    "opkg": ("opkg", "opkg-cl"),
}
"""Programs of a client, where they are not called as it is."""

_APT = ("update", "upgrade", "dist-upgrade", "full-upgrade")
_MENDER = ("daemon", "check-update", "install")
_VERBS: Mapping[str, tuple[str, ...]] = {
    "apk": ("update", "upgrade"),
    "apt": _APT,
    "apt-get": _APT,
    "fwupdmgr": ("refresh", "update", "upgrade"),
    "mender": _MENDER,
    "mender-update": _MENDER,
    "opkg": ("update", "upgrade"),
    "opkg-cl": ("update", "upgrade"),
    "ostree": ("pull", "upgrade"),
    "rauc": ("service", "install"),
}
"""Words with which a program fetches or installs, where without them it does something else."""

_STEPS = (
    "wget", "curl", "uclient-fetch", "tftp", "ftpget", "scp", "aria2c", "mtd", "flashcp", "mtd_write", "nandwrite",
    "fw_update", "sysupgrade", "write_firmware", "flash_update",
)  # fmt: skip
"""Programs that fetch or install within a script of a maker's own."""

_ORDER: Sequence[Standing] = ("started", "perhaps", "never")


def strongest(standings: Iterable[Standing]) -> Standing:
    """Give the strongest of some standings; never when there are none."""
    return min(standings, key=_ORDER.index, default="never")


def starts_of_client(client: str, starts: Iterable[tuple[Observation, StartedProgram]]) -> Starts:
    """Give those of a tree's starts that are of a client, with words that make it fetch or install."""
    programs = _PROGRAMS.get(client, (client,))
    return tuple(one for one in starts if one[1].program in programs and _fetches(one[1]))


def _fetches(start: StartedProgram) -> bool:
    verbs = _VERBS.get(start.program, ())
    return standing_of(start.state) != "never" and (
        not verbs or any(word.lstrip("-") in verbs for word in start.arguments)
    )


def starts_of_script(
    where: Place, starts: Iterable[tuple[Observation, StartedProgram]], commands: Commands
) -> tuple[Standing, Starts]:
    """Give those of a script's starts that are not switched off, and whether with them its own update is reached.

    A start script may fetch only when it is called by hand, so there a step of the update itself must be started.
    """
    running = tuple(one for one in starts if standing_of(one[1].state) != "never")
    standing = strongest(standing_of(start.state) for _, start in running)
    if standing == "started" and is_start_script(where):
        steps = [start for _, start in commands.of_file(where) if start.program in _STEPS]
        return ("started" if steps else "perhaps"), running
    return standing, running
