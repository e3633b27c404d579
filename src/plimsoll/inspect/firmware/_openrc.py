"""What OpenRC starts: the scripts that are linked in its run levels, where init runs it.

Run levels, the variables of a script and its functions are those of openrc-run(8) and rc-update(8).
"""

from __future__ import annotations

import posixpath

from plimsoll.inspect.firmware._boot import Boot
from plimsoll.inspect.firmware._starts import Cause

_LEVELS = (b"sysinit", b"boot", b"default")


def take(boot: Boot) -> None:
    """Take the scripts of the run levels that a boot goes through; known services in none of them are left."""
    starts = [start for start in boot.starts if posixpath.basename(start.launch.program) in (b"openrc", b"openrc-init")]
    if not starts:
        return
    for level in _LEVELS:
        for node in boot.tree.glob(b"etc/runlevels/" + level):
            script = boot.tree.resolve(node.path)
            if script is not None and script.kind == "file":
                boot.run((b"/" + script.path, b"start"), Cause(script.path, mechanism="openrc"))
