"""Tells whether a service lets in an account with its password, by the service's own manual and the settings seen.

Defaults are those of vsftpd.conf(5), smb.conf(5), and of the manuals of proftpd, pure-ftpd, busybox, lighttpd, thttpd
and mosquitto; those of SSH are in the neighbour of this file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from plimsoll.judge.rules._answer import Answer, Caller, weakest
from plimsoll.judge.rules._ssh_service import ssh_admits
from plimsoll.judge.rules._standing import RunningService, Standings, file_of
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import ServiceSetting

_REACHED: Mapping[str, Answer] = {"internet": "yes", "network": "yes", "physical": "perhaps", "local": "no"}
"""A console behind the case is no login for users; what is bound to loopback is reached through other programs only."""

_BARE_LOGINS = ("telnet", "rlogin", "console")
"""Protocols that hand over to login(1), which asks for nothing when the password is empty."""

_HTTP = ("http", "https")
_STORE_READERS: Mapping[str, tuple[str, ...]] = {
    "htpasswd": _HTTP,
    "htdigest": _HTTP,
    "lighttpd": ("lighttpd",),
    "httpd": ("httpd",),
    "mosquitto": ("mosquitto",),
    "ftp": ("pure-ftpd",),
    "smbpasswd": ("smbd", "ksmbd.mountd"),
}
"""Programs or protocols that ask for the accounts of a store of their own."""

_NAMES_A_STORE = (
    "auth.backend.plain.userfile", "auth.backend.htpasswd.userfile", "auth.backend.htdigest.userfile",
    "auth_basic_user_file", "password_file", "smb passwd file", "authuserfile",
)  # fmt: skip
"""Settings that name the store of a service."""

_CONFIGURATION = re.compile(r"(?:--?[A-Za-z-]+=?)?(/\S{1,200}\.(?:conf|cfg|config))")
"""A word of a command line that names a configuration."""
_INCLUDED = re.compile(r"/(?:[a-z]{1,10}\.d|(?:conf|sites|modules)-enabled)/[^/]+\Z")
"""A file in a folder whose files a configuration includes, by the packages of Debian, OpenWrt and Buildroot."""

_HEED_THEIR_PAGES = ("thttpd", "mini_httpd", "mini_httpsd")
"""Servers that obey a .htpasswd beside the pages they serve without being told."""

_OTHER_ACCOUNTS = ("userlist_enable", "guest_enable", "authorder", "authuserfile", "puredb", "authentication", "minuid")
"""Settings of FTP servers that take others than the accounts of the system, or not all of them."""

_PPP_SERVERS = ("pptpd", "xl2tpd")


def admits(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    """Say whether a started service lets the caller in with the password that the image has."""
    started: Answer = "yes" if service.standing == "started" else "perhaps"
    return weakest((started, _REACHED[service.fact.reach], _asks_for(service, caller, standings)))


def _asks_for(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    fact = service.fact
    if fact.login == "none":
        return "no"
    if caller.store != "passwd":
        return _own(service, caller, standings)
    if fact.login == "unknown":
        return "perhaps" if fact.protocol in _BARE_LOGINS else "no"
    if fact.login == "own":
        return "no"
    if fact.protocol == "ssh":
        return ssh_admits(service, caller, standings)
    if fact.protocol == "ftp":
        return _ftp(service, caller, standings)
    if caller.password == "empty" and fact.accepts_empty_password is False:
        return "no"
    return "yes" if fact.protocol in _BARE_LOGINS else "perhaps"


def _own(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    """Answer for an account of a single service's own store."""
    if caller.store == "ppp":
        return "perhaps" if service.fact.program in _PPP_SERVERS else "no"
    if not {service.fact.program, service.fact.protocol} & set(_STORE_READERS.get(caller.store, ())):
        return "no"
    return "yes" if caller.password != "empty" and _reads(service, caller, standings) else "perhaps"


def _reads(service: RunningService, caller: Caller, standings: Standings) -> bool:
    """Tell whether the service is seen to read this very store: it is named to it, or lies where it looks by itself."""
    program, path = service.fact.program, caller.path
    words = [word for _, start in service.starts for word in start.arguments]
    told = [one for one in standings.settings(service, *_NAMES_A_STORE) if _is_named(path, one[1].value.strip("\"'"))]
    if any(_is_heeded(service, one, words, standings) for one in told) or f"/{path}" in words:
        return True
    if caller.store == "httpd":
        return path == "etc/httpd.conf" and "-c" not in words
    if caller.store == "smbpasswd":
        backends = [setting.value for _, setting in standings.settings(service, "passdb backend")]
        return path == "etc/samba/smbpasswd" and any(value.startswith("smbpasswd") for value in backends)
    if caller.store == "ftp":
        return bool(standings.settings(service, "puredb")) or any("puredb" in word for word in words)
    return path.endswith("/.htpasswd") and program in _HEED_THEIR_PAGES


def _is_named(path: str, value: str) -> bool:
    return f"/{path}" == value if value.startswith("/") else bool(value) and path.endswith("/" + value)


def _is_heeded(
    service: RunningService, told: tuple[Observation, ServiceSetting], words: Sequence[str], standings: Standings
) -> bool:
    """Tell whether a setting that names a store is in the configuration that is read, and the service asks by it.

    lighttpd asks where auth.require says so, by the one backend that auth.backend names.
    """
    observation, setting = told
    file = "/" + file_of(observation.where)[1]
    configured = [found[1] for word in words if (found := _CONFIGURATION.fullmatch(word))]
    if configured and not any(_is_of(file, one) for one in configured):
        return False
    if not setting.key.startswith("auth.backend."):
        return True
    backends = {one.value.strip("\"'") for _, one in standings.settings(service, "auth.backend")}
    return setting.key.split(".")[2] in backends and bool(standings.settings(service, "auth.require"))


def _is_of(file: str, configuration: str) -> bool:
    """Tell whether a file is a configuration, or lies in a folder that such ones include."""
    folder = configuration.rpartition("/")[0] + "/"
    return file == configuration or (file.startswith(folder) and _INCLUDED.search(file) is not None)


def _ftp(service: RunningService, caller: Caller, standings: Standings) -> Answer:
    """Answer for FTP: only busybox's server lets in root and empty passwords without being told."""
    program = service.fact.program
    if program == "ftpd" and all(start.path.rpartition("/")[2] == "busybox" for _, start in service.starts):
        return "yes"
    if program == "vsftpd" and (told := standings.switch(service, "local_enable")) != "on":
        return "no" if told == "off" else "perhaps"
    if program == "pure-ftpd" and (_asks_elsewhere(service) or standings.switch(service, "anonymousonly") == "on"):
        return "no"
    if standings.settings(service, *_OTHER_ACCOUNTS):
        return "perhaps"
    return "perhaps" if caller.is_root or caller.password == "empty" else "yes"


def _asks_elsewhere(service: RunningService) -> bool:
    """Tell whether pure-ftpd is told to ask for other accounts than those of the system."""
    words = [word for _, start in service.starts for word in start.arguments]
    told = {word.removeprefix("-l").partition(":")[0] for word in words}
    return not told.isdisjoint(("puredb", "mysql", "pgsql", "ldap", "extauth")) and told.isdisjoint(("unix", "pam"))
