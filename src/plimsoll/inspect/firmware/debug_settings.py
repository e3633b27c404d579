"""Which ways in for developers do settings leave open: the boot loader's prompt, the Android debug bridge, test pages?

Sources: U-Boot's documentation of its environment variables and of autoboot; Android's documentation of the property
files of a build and of adb; names of pages observed in the web interfaces of routers and cameras.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll.inspect.firmware._setting_forms import lines
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Inspector, Kept, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import DebugSetting
from plimsoll.model.facts.exposure import DebugInterface
from plimsoll.model.locator import escape_path
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

MOST_PAGES = 20
"""Most pages that are recorded of one tree."""
LONGEST_VALUE = 100
MOST_COPIES = 8
"""Most environments that are read of one program."""
NEAR_BYTES = 8192
"""Bytes within which a variable belongs to the same environment."""

_ENVIRONMENT = "uboot-env"
_PROPERTIES = (b"default.prop", b"prop.default", b"build.prop")
_ADB = (
    b"ro.adb.secure", b"persist.sys.usb.config", b"sys.usb.config", b"service.adb.tcp.port", b"persist.adb.tcp.port",
    b"ro.secure",
)  # fmt: skip
_ANDROID = (b"ro.debuggable", b"ro.build.type", b"ro.build.tags")
_BOOT = (b"bootdelay", b"preboot", b"silent")
_STOP = (b"bootstopkey", b"bootdelaykey", b"bootstopkeysha256", b"bootdelaykeysha256", b"bootstopkeycrypt")
_ARGUMENT = regex(rb"(?:\A|[ \t])((?:kgdboc|init)=[^ \t]{1,80}|sysrq_always_enabled)(?=[ \t]|\Z)")
_SHELL = regex(rb"init=/(?:usr/)?(?:bin|sbin)/(?:sh|ash|bash|busybox)\Z")
_WEB = regex(rb"(?:\A|/)(?:www|htdocs|wwwroot|web|webs|html|webroot|cgi-bin|httpd|webpages)/")
_PAGE = regex(
    rb"(?i)(?:(?:system_?command|sys_?cmd|web_?cmd|run_?cmd|cmd_?exec|exec_?cmd|(?:set|setup|start|enable|open)?_?telnet"
    rb"|debug|(?:web_?)?shell|engineer(?:ing)?|eng_?mode|(?:fac|factory|mfg|mp)_?test|hidden|diag_?debug|backdoor)"
    rb"\.(?:cgi|asp|aspx|php|htm|html|lua|sh|lp))\Z"
)


class DebugSettings(Inspector):
    """Records settings of boot loaders and of Android that bear on debugging, and pages named after it."""

    id = "debug-settings"
    title = "Which ways in for developers do the settings leave open?"
    what = (
        "The delay in U-Boot's environment, stored or brought along, in which its start can be stopped, and the keys "
        "that stopping asks for; "
        "arguments of the kernel that give a debugger or a shell; the properties of Android that switch the debug "
        "bridge on, say whether it asks for a key and mark a build as one for development; and pages of the web "
        "interface that are named after commands, telnet or tests."
    )
    limits = (
        "What a boot loader has built in, and what a program switches on while it runs, is not seen. A page is known "
        "by its name alone, and the first 20 are recorded."
    )

    patterns = (
        Pattern("delay", rb"\0bootdelay=-?[0-9]{1,3}\0", (b"bootdelay=",), longest=16, kinds=("binary",)),
        Pattern("stop-key", rb"\0boot(?:stop|delay)key[a-z0-9]{0,8}=[^\0]", (b"key",), longest=32, kinds=("binary",)),
    )

    def wants(self, look: Look) -> bool:
        """Take environments, property files, and programs that hold an environment to begin with."""
        return (
            "delay" in look.matches
            or look.file.tree.format == _ENVIRONMENT
            or (look.name in _PROPERTIES and look.kind == "text" and not is_documentation(look.path))
        )

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the settings of one file."""
        if look.name in _PROPERTIES:
            yield from _properties(look.data)
        elif look.file.tree.format == _ENVIRONMENT:
            yield from _environment(look.data)
        else:
            yield from _built_in(look)

    def conclude(self, trees: Sequence[Tree], kept: Sequence[Kept]) -> Iterator[Observation]:
        """Give the pages of each tree."""
        for tree in trees:
            pages = [node for node in tree.nodes if node.kind == "file" and _is_page(node.path)]
            for node in sorted(pages, key=lambda one: one.path)[:MOST_PAGES]:
                path = escape_path(node.path)
                yield Observation(DebugSetting("web", "page", path), tree.stem.at(node.path), self.id)


def _is_page(path: bytes) -> bool:
    name = path.rpartition(b"/")[2]
    return len(name) < 40 and _PAGE.match(name) is not None and _WEB.search(path) is not None


def _properties(data: bytes) -> Iterator[Seen]:
    """Give properties; of one that is set twice in a file the first counts for `ro.`, which is never set again."""
    set_before = set()
    for offset, line in lines(data):
        key, found, value = line.partition(b"=")
        key = key.strip()
        if not found or key not in (*_ADB, *_ANDROID):
            continue
        active = not (key.startswith(b"ro.") and key in set_before)
        set_before.add(key)
        interface: DebugInterface = "adb" if key in _ADB else "android"
        yield Seen(_setting(interface, key, value.strip(), active=active), offset, len(line))


def _environment(data: bytes) -> Iterator[Seen]:
    for offset, line in lines(data):
        key, found, value = line.partition(b"=")
        if found and key in _BOOT:
            yield Seen(_setting("boot-loader", key, value), offset, len(line))
        elif found and key in _STOP:
            yield Seen(_setting("boot-loader", key, b"***"), offset, len(key))
        elif found:
            for argument in _ARGUMENT.finditer(value):
                word = argument[1]
                if not word.startswith(b"init=") or _SHELL.match(word):
                    name, _, rest = word.partition(b"=")
                    start = offset + len(key) + 1 + argument.start(1)
                    yield Seen(_setting("kernel", name, rest), start, len(word))


def _built_in(look: Look) -> Iterator[Seen]:
    """Give what the environment says that a boot loader brings along: `name=value`, each with a zero after it."""
    for match in look.matches["delay"][:MOST_COPIES]:
        key, _, value = match[0].strip(b"\0").partition(b"=")
        yield Seen(_setting("boot-loader", key, value), match.start() + 1, len(match[0]) - 2)
        for stop in look.matches.get("stop-key", ()):
            if abs(stop.start() - match.start()) < NEAR_BYTES:
                name = stop[0].strip(b"\0").partition(b"=")[0]
                yield Seen(_setting("boot-loader", name, b"***"), stop.start() + 1, len(name))


def _setting(interface: DebugInterface, key: bytes, value: bytes, *, active: bool = True) -> DebugSetting:
    return DebugSetting(interface, printable(key), printable(value[:LONGEST_VALUE]), active)
