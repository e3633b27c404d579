"""What supervisors of services start: runit, daemontools and s6, each from a folder with one folder for each service.

The folders and the files in them, `run` and `down`, are those of runsvdir(8), runsv(8), runit(8), of the pages of
daemontools on svscan and supervise, and of those of s6 on s6-svscan and s6-supervise.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

import msgspec

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._shell_tokens import is_known
from plimsoll.inspect.firmware._starts import Cause, Start, is_executable, weaker
from plimsoll.model.facts.service import StartState

MOST_SERVICES = 500
"""Services of one folder that are taken."""

_SCANNERS = {b"runsvdir": b"", b"svscan": b"/service", b"svscanboot": b"/service", b"s6-svscan": b""}
"""Programs that start what lies in a folder, and the folder that they take when none is named."""
_SINGLE = (b"runsv", b"supervise", b"s6-supervise")
"""Programs that start the service of one folder."""
_INITS = (b"runit", b"runit-init")
_STAGES = (b"etc/runit/1", b"etc/runit/2")


def begin(boot: Boot) -> None:
    """Begin with the stages of runit, where that is init."""
    node = boot.tree.resolve(b"sbin/init") or boot.tree.resolve(b"init")
    if node is not None and posixpath.basename(node.path) in _INITS:
        for path in _STAGES:
            if boot.text(path):
                boot.run((b"/" + path,), Cause(path, mechanism="runit"))


def take(boot: Boot) -> None:
    """Take the services of the folders that started supervisors are told of."""
    for start in list(boot.starts):
        name = posixpath.basename(start.launch.program)
        if start.cause.state in ("disabled", "not-started"):
            continue
        if name in _SCANNERS:
            folder = _named(start) or _SCANNERS[name]
            for path in _folders(boot, folder) if folder else ():
                _service(boot, path, start)
        elif name in _SINGLE and (folder := _named(start)):
            _service(boot, folder, start)


def _named(start: Start) -> bytes:
    return next((word for word in start.launch.arguments if word.startswith(b"/") and is_known(word)), b"")


def _folders(boot: Boot, folder: bytes) -> Iterator[bytes]:
    """Give the folders of services; a name that begins with a dot is left out."""
    real = boot.tree.resolve(folder)
    for number, node in enumerate(boot.tree.glob(real.path) if real is not None else ()):
        if number >= MOST_SERVICES:
            boot.is_cut = True
            return
        if not posixpath.basename(node.path).startswith(b"."):
            yield node.path


def _service(boot: Boot, path: bytes, start: Start) -> None:
    """Take one service: what its `run` starts, unless a file `down` says that it is to stay down."""
    folder = boot.tree.resolve(path)
    run = boot.tree.resolve(folder.path + b"/run") if folder is not None else None
    if folder is None or run is None or run.kind != "file" or not is_executable(run):
        return
    is_down = boot.tree.resolve(folder.path + b"/down") is not None
    state: StartState = "disabled" if is_down else weaker(start.cause.state, "always")
    cause = Cause(run.path, mechanism="runit", state=state, condition=start.cause.condition)
    boot.run((b"/" + run.path,), msgspec.structs.replace(cause, user=start.cause.user))
