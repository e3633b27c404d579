"""Whether the settings as shipped open the management of the product to the side of the internet.

Names are those of public sources: `remote_management` and `remote_mgt_ssh` of DD-WRT, Tomato and Linksys, `misc_http_x`
of ASUS, `sshd_wopen` of Padavan, `http_rmenable` of Netgear, `remote_http_management_enable` of D-Link,
`RemoteManagement` of Ralink's and MediaTek's development kit, `HTTPWanEnable` and its kin of Huawei, and the object
UserInterface.RemoteAccess of the data models of TR-098 and TR-181.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plimsoll.inspect.firmware._secret_settings import is_settings
from plimsoll.inspect.firmware._standing import is_active, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import RemoteAccess
from plimsoll.model.facts.exposure import ManagedBy
from plimsoll.regex import regex

MOST = 100
"""Most switches that are recorded of one file."""
LARGEST = 4 << 20
"""Bytes of the largest file that is read."""
REACH = 400
"""Bytes of an element in which its switch is sought."""

_SWITCHES: Mapping[bytes, ManagedBy] = {
    b"remote_management": "http", b"remote_mgt_ssh": "ssh", b"remote_mgt_telnet": "telnet", b"misc_http_x": "http",
    b"sshd_wopen": "ssh", b"http_rmenable": "http", b"remote_http_management_enable": "http",
    b"RemoteManagement": "http", b"HTTPWanEnable": "http", b"HTTPSWanEnable": "http", b"SSHWanEnable": "ssh",
    b"TELNETWanEnable": "telnet", b"FTPWanEnable": "ftp",
}  # fmt: skip
_NAME = rb"(?:" + b"|".join(sorted(_SWITCHES, reverse=True)) + rb")"
_VALUE = rb"([01]|on|off|true|false|yes|no|enabled?|disabled?)\b(?![.\d/:-])"
_STANDING = (
    regex(rb"(?i)(?<![\w$.-])(" + _NAME + rb")[\"']?[ \t]{0,4}[=:][ \t]{0,4}[\"']?" + _VALUE),
    regex(rb"(?i)<(" + _NAME + rb")(?:[ \t][^<>\n]{0,100})?>[ \t]{0,4}" + _VALUE),
    regex(rb"(?i)\boption[ \t]+[\"']?(" + _NAME + rb")[\"']?[ \t]+[\"']?" + _VALUE),
)
_SET = (
    regex(
        rb"(?i)\b(?:nvram|uci(?:[ \t]+-q)?)[ \t]+set[ \t]+[\"']?(?:[\w@\[\].-]{1,60}\.)?("
        + _NAME
        + rb")=[\"']?"
        + _VALUE
    ),
    regex(rb"(?i)\bnvram_set[ \t]+(?:\w{1,20}[ \t]+)?(" + _NAME + rb")[ \t]+[\"']?" + _VALUE),
)
_OBJECT = regex(
    rb"(?i)<(RemoteAccess)(?:[ \t][^<>]{0,100})?>(?:(?!</?RemoteAccess)[^\0]){0,300}?"
    rb"<Enable(?:[ \t][^<>]{0,60})?>[ \t\r\n]*" + _VALUE
)
_ON = (b"1", b"on", b"true", b"yes", b"enable", b"enabled")


class RemoteAccesses(Inspector):
    """Records each switch with its value."""

    id = "remote-access"
    title = "Is the product managed from the side of the internet as delivered?"
    what = (
        "Switches that open the web interface, SSH, telnet or FTP to the side of the internet, by the names that "
        "makers of routers give them, in default settings of nvram, UCI and XML, and in commands of scripts that set "
        "them."
    )
    limits = (
        "Defaults that a compiled program holds, and switches under other names, are not seen; nor is which of several "
        "files of default settings a product takes."
    )
    patterns = (
        Pattern(
            "switch",
            rb"\b" + _NAME + rb"\b",
            (b"remote_m", b"misc_http_x", b"sshd_wopen", b"http_rmenable", b"remote_http", b"remotemanagement",
             b"wanenable"),
            longest=40, ignore_case=True, kinds=("text", "script"),
        ),
        Pattern("object", rb"<RemoteAccess[ \t>]", (b"<RemoteAccess",), longest=20, kinds=("text",)),
    )  # fmt: skip
    without_match = ()

    def wants(self, look: Look) -> bool:
        """Take settings and shell scripts in which such a name stands."""
        return bool(look.matches) and len(look.data) <= LARGEST and (_is_default(look) or is_settings(look))

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the switches of one file, each once."""
        given: set[tuple[str, bool]] = set()
        for found in _found(look):
            is_on = found[2].lower() in _ON
            name = next((one for one in _SWITCHES if one.lower() == found[1].lower()), b"")
            key = printable(name or found[1])
            if (key, is_on) not in given and len(given) < MOST:
                given.add((key, is_on))
                fact = RemoteAccess(_SWITCHES.get(name, "http"), key, printable(found[2]), is_on)
                yield Seen(fact, found.start(1), found.end() - found.start(1))


def _is_default(look: Look) -> bool:
    """Tell whether a file is one of the default settings of Ralink's kit, which begin with the word `Default`."""
    return look.kind == "text" and re.search(rb"(?m)^Default\r?$", look.data[:400]) is not None


def _found(look: Look) -> Iterator[re.Match[bytes]]:
    """Give name and value of each switch that is set."""
    forms = _SET if look.kind == "script" else _STANDING
    for match in look.matches.get("switch", ()):
        start, line = line_at(look.data, match.start(), longest=300)
        column = match.start() - start
        if is_active(look, match.start()):
            for form in forms:
                for found in form.finditer(look.data, start, start + len(line)):
                    if found.start(1) - start <= column < found.end(1) - start:
                        yield found
    for match in look.matches.get("object", ()):
        found_there = _OBJECT.match(look.data, match.start(), match.start() + REACH)
        if found_there is not None and is_active(look, match.start()):
            yield found_there
