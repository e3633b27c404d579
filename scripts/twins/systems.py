"""The systems that the twins stand on: busybox with the usual start scripts, System V's run levels, systemd, procd.

Sources: inittab(5) and the manual of busybox; Debian's sysv-rc and systemd packages, whose files are used; OpenWrt's
documentation of procd init scripts, after which the few scripts here were written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scripts.twins import debian
from scripts.twins.tree import Files, link, script, text

Supply = Callable[[str, str], Files]
"""Gives the files of a package, by architecture and name."""

_NOT_SHIPPED = (
    "usr/share/doc/", "usr/share/man/", "usr/share/locale/", "usr/share/lintian/", "usr/share/bug/", "usr/include/",
    "usr/share/bash-completion/", "usr/share/initramfs-tools/", "usr/share/apport/",
)  # fmt: skip
"""What makers leave out of a package."""

_TARGETS = ("default", "multi-user", "graphical", "basic", "sysinit", "sockets", "timers", "paths", "network", "getty")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "rcS": ("busybox",),
    "inittab": ("busybox",),
    "sysv": ("busybox", "sysv-rc", "sysvinit-core"),
    "systemd": ("busybox", "systemd"),
    "procd": ("busybox",),
}
"""Packages that each system is made of."""

_RC_COMMON = """#!/bin/sh
initscript=$1
action=${2:-help}
shift 2
start_service() { return 0; }
start() { start_service "$@"; }
boot() { start "$@"; }
. "$initscript"
$action "$@"
"""


def packages_of(system: str, packages: tuple[str, ...]) -> tuple[str, ...]:
    """Name all packages of a product."""
    return (*_NEEDED[system], *packages)


def tree(
    architecture: str,
    system: str,
    packages: tuple[str, ...],
    starts: Mapping[str, str],
    *,
    whole: bool = False,
    supply: Supply = debian.files,
) -> Files:
    """Give the file tree of a product that starts some programs; its packages as a whole, or as makers cut them."""
    files = dict(_ACCOUNTS)
    for name in packages_of(system, packages):
        for path, entry in supply(architecture, name).items():
            if name == "systemd" and not _is_wanted_of_systemd(path):
                continue
            if whole or not path.startswith(_NOT_SHIPPED):
                files[path] = entry
    if "usr/bin/busybox" in files:
        files.setdefault("bin/busybox", link("../usr/bin/busybox"))
    applets = {path: one for path, one in _APPLETS.items() if f"usr/{path}" not in files}
    files |= applets | _SYSTEMS[system](starts)
    return files


_ACCOUNTS: Files = {
    "etc/passwd": text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"),
    "etc/group": text("root:x:0:\nnogroup:x:65534:\n"),
    "etc/shadow": text("root:*:19700:0:99999:7:::\nnobody:*:19700:0:99999:7:::\n", 0o600),
    "etc/hostname": text("twin\n"),
    "etc/fstab": text("proc /proc proc defaults 0 0\ntmpfs /tmp tmpfs defaults 0 0\n"),
}
_APPLETS: Files = {
    f"bin/{name}": link("busybox")
    for name in (
        "sh",
        "login",
        "mount",
        "cat",
        "sed",
        "grep",
        "sleep",
        "kill",
        "hostname",
        "ash",
        "getty",
        "wget",
        "httpd",
        "crond",
    )
}


def _is_wanted_of_systemd(path: str) -> bool:
    if path in ("lib/systemd/systemd", "bin/systemctl"):
        return True
    folder, _, name = path.rpartition("/")
    return folder == "lib/systemd/system" and name.removesuffix(".target") in _TARGETS and name.endswith(".target")


def _respawn(starts: Mapping[str, str]) -> Files:
    lines = [f"::respawn:{command}" for command in starts.values()]
    return {
        "sbin/init": link("../bin/busybox"),
        "etc/inittab": text("\n".join(["::sysinit:/etc/init.d/rcS", *lines, "::shutdown:/bin/umount -a -r", ""])),
        "etc/init.d/rcS": script("mount -a\nhostname -F /etc/hostname\n"),
    }


def _scripts(starts: Mapping[str, str]) -> Files:
    """Start scripts in the form of Buildroot's."""
    files: Files = {
        "sbin/init": link("../bin/busybox"),
        "etc/inittab": text("::sysinit:/etc/init.d/rcS\n::shutdown:/bin/umount -a -r\n"),
        "etc/init.d/rcS": script('mount -a\nfor i in /etc/init.d/S??*; do\n  [ -x "$i" ] && "$i" start\ndone\n'),
    }
    for number, (name, command) in enumerate(starts.items()):
        files[f"etc/init.d/S{50 + number}{name}"] = _start_script(name, command)
    return files


def _start_script(name: str, command: str) -> tuple[int, bytes]:
    return script(
        f'case "$1" in\n  start)\n    echo "Starting {name}"\n    {command}\n    ;;\n'
        f"  stop)\n    killall {name}\n    ;;\nesac\n"
    )


def _levels(starts: Mapping[str, str]) -> Files:
    files: Files = {
        "etc/inittab": text("id:2:initdefault:\nsi::sysinit:/etc/init.d/rcS\nl2:2:wait:/etc/init.d/rc 2\n"),
    }
    for number, (name, command) in enumerate(starts.items()):
        files[f"etc/init.d/{name}"] = _start_script(name, command)
        files[f"etc/rc2.d/S{50 + number}{name}"] = link(f"../init.d/{name}")
    return files


def _units(starts: Mapping[str, str]) -> Files:
    files: Files = {
        "sbin/init": link("../lib/systemd/systemd"),
        "etc/machine-id": text(""),  # Without it systemd takes a boot for the first and follows presets.
        "etc/systemd/system/default.target": link("/lib/systemd/system/multi-user.target"),
    }
    for name, command in starts.items():
        words = (
            f"[Unit]\nDescription={name}\n\n[Service]\nExecStart={command}\n\n[Install]\nWantedBy=multi-user.target\n"
        )
        files[f"etc/systemd/system/{name}.service"] = text(words)
        files[f"etc/systemd/system/multi-user.target.wants/{name}.service"] = link(
            f"/etc/systemd/system/{name}.service"
        )
    return files


def _procd(starts: Mapping[str, str]) -> Files:
    files: Files = {
        "sbin/init": link("../bin/busybox"),
        "etc/preinit": script("exec /sbin/init\n"),
        "etc/inittab": text("::sysinit:/etc/init.d/rcS S boot\n::shutdown:/etc/init.d/rcS K shutdown\n"),
        "etc/init.d/rcS": script('for i in /etc/rc.d/S*; do\n  "$i" boot\ndone\n'),
        "etc/rc.common": (0o755, _RC_COMMON.encode()),
    }
    for number, (name, command) in enumerate(starts.items()):
        body = (
            f"#!/bin/sh /etc/rc.common\nSTART={50 + number}\nUSE_PROCD=1\n\nstart_service() {{\n  procd_open_instance\n"
            f"  procd_set_param command {command}\n  procd_set_param respawn\n  procd_close_instance\n}}\n"
        )
        files[f"etc/init.d/{name}"] = text(body, 0o755)
        files[f"etc/rc.d/S{50 + number}{name}"] = link(f"../init.d/{name}")
    return files


_SYSTEMS: Mapping[str, Callable[[Mapping[str, str]], Files]] = {
    "rcS": _scripts,
    "inittab": _respawn,
    "sysv": _levels,
    "systemd": _units,
    "procd": _procd,
}
SYSTEMS = tuple(_SYSTEMS)
