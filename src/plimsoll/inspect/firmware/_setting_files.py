"""Which configuration files of services are read, in which syntax, and which of their settings bear on who comes in.

Paths and names are those of the programs' manuals, and of OpenWrt, Debian and Buildroot.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from plimsoll.inspect.firmware import _setting_forms as forms
from plimsoll.inspect.firmware._standing import is_documentation
from plimsoll.inspect.inspector import Look
from plimsoll.regex import regex
from plimsoll.sources.tree import Node

Order = Literal["all", "last"]
"""What holds when a key is repeated in one section: all of them, or the last."""

SSHD_PATH = regex(
    rb"(?:\A|/)sshd_config(?:_[\w-]{1,30})?\Z|(?:\A|/)sshd[\w-]{0,20}\.conf\Z|(?:\A|/)sshd_config\.d/[^/]+\.conf\Z|(?:\A|/)etc/ssh/(?!ssh_config)[^/]+\.conf\Z"
)
"""The main file of OpenSSH's server, and files that it may include."""


class SettingFile(msgspec.Struct, frozen=True):
    """A kind of configuration file."""

    service: str
    """Program that reads it; empty when the name of the file is that of the program."""
    path: re.Pattern[bytes]
    form: forms.Form
    keys: frozenset[str]
    """Settings that are recorded, lower case; the part after the last `.` of a key when it begins with one."""
    order: Order = "last"
    rename: tuple[tuple[str, str], ...] = ()
    """Keys that are recorded under another name."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split(", ") if "," in text else text.split())


SSHD_KEYS = _names(
    "permitrootlogin passwordauthentication permitemptypasswords pubkeyauthentication "
    "challengeresponseauthentication kbdinteractiveauthentication authenticationmethods hostbasedauthentication "
    "ignorerhosts usepam port listenaddress maxauthtries logingracetime allowusers denyusers allowgroups denygroups "
    "protocol authorizedkeysfile hostkey ciphers macs kexalgorithms hostkeyalgorithms pubkeyacceptedkeytypes "
    "pubkeyacceptedalgorithms"
)
SSHD_LISTS = (
    "ciphers",
    "macs",
    "kexalgorithms",
    "hostkeyalgorithms",
    "pubkeyacceptedkeytypes",
    "pubkeyacceptedalgorithms",
)
"""Settings that list algorithms, with commas between."""


def _file(service: str, path: bytes, form: forms.Form, keys: str, order: Order = "last", **rename: str) -> SettingFile:
    pattern = regex(rb"(?:\A|/)(?:" + path + rb")\Z")
    return SettingFile(service, pattern, form, _names(keys), order, tuple(rename.items()))


_UCI_SNMP = "enabled community agentaddress listen_interface secname source"
_SMB = (
    "map to guest, security, null passwords, guest ok, public, guest only, guest account, server min protocol, "
    "min protocol, smb encrypt, server signing, interfaces, bind interfaces only, hosts allow, encrypt passwords, "
    "smb ports, valid users, lanman auth, writable, writeable, read only, ntlm auth, restrict anonymous, "
    "passdb backend, smb passwd file"
)
_MINIUPNPD = "secure_mode enable_upnp enable_natpmp enable_pcp_pmp listening_ip allow deny"
_HTTPD_FLAGS = "port host dir ssl certfile chroot nochroot"

FILES = (
    _file(
        "dropbear", rb"etc/config/dropbear", forms.uci,
        "enable passwordauth rootpasswordauth rootlogin port interface directinterface gatewayports maxauthtries",
    ),
    _file(
        "dropbear", rb"etc/(?:default|conf\.d|sysconfig)/dropbear", forms.shell,
        "dropbear_args dropbear_extra_args dropbear_opts dropbear_port options no_start", "all",
        dropbear_args="arguments", dropbear_extra_args="arguments", dropbear_opts="arguments", options="arguments",
        dropbear_port="port",
    ),
    _file(
        "sshd", rb"etc/(?:default/ssh|conf\.d/sshd|sysconfig/sshd)", forms.shell, "sshd_opts options", "all",
        sshd_opts="arguments", options="arguments",
    ),
    _file(
        "uhttpd", rb"etc/config/uhttpd", forms.uci,
        "listen_http listen_https redirect_https rfc1918_filter cert key config home",
    ),
    _file("snmpd", rb"etc/config/snmpd", forms.uci, _UCI_SNMP),
    _file("mini_snmpd", rb"etc/config/mini_snmpd", forms.uci, _UCI_SNMP),
    _file("nginx", rb"etc/config/nginx", forms.uci, "listen ssl_certificate ssl_certificate_key"),
    _file("miniupnpd", rb"etc/config/upnpd", forms.uci, "enabled internal_iface external_iface " + _MINIUPNPD),
    _file("miniupnpd", rb"miniupnpd\.conf", forms.words, _MINIUPNPD, "all"),
    _file(
        "vsftpd", rb"vsftpd[\w.-]{0,30}\.conf", forms.words,
        "local_enable anonymous_enable write_enable anon_upload_enable anon_mkdir_write_enable "
        "anon_other_write_enable ssl_enable implicit_ssl allow_anon_ssl "
        "force_local_logins_ssl force_local_data_ssl anon_root no_anon_password chroot_local_user guest_enable "
        "userlist_enable userlist_deny listen listen_ipv6 listen_port listen_address max_login_fails "
        "rsa_cert_file rsa_private_key_file",
    ),
    _file(
        "proftpd", rb"proftpd\.conf|proftpd/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.blocks,
        "requirevalidshell rootlogin tlsengine tlsrequired anonymous port defaultaddress maxloginattempts "
        "useftpusers anonrequirepassword authorder authuserfile tlsrsacertificatefile tlsrsacertificatekeyfile",
    ),
    _file(
        "pure-ftpd", rb"pure-ftpd\.conf", forms.words,
        "anonymousonly noanonymous tls pamauthentication unixauthentication bind minuid chrooteveryone "
        "anonymouscantupload puredb certfile",
    ),
    _file(
        "pure-ftpd", rb"etc/config/pure-ftpd", forms.uci,
        "enabled port authentication noanonymous anonymousonly anonymouscantupload tls minuid chrooteveryone",
    ),
    _file(
        "mosquitto", rb"mosquitto\.conf|mosquitto/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.words,
        "listener port bind_address allow_anonymous password_file acl_file require_certificate "
        "use_identity_as_username per_listener_settings cafile capath certfile keyfile psk_file tls_version plugin "
        "auth_plugin", "all",
    ),
    _file(
        "redis-server", rb"redis(?:-server)?\.conf|redis/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.words,
        "bind port protected-mode requirepass", "all",
    ),
    _file(
        "lighttpd", rb"lighttpd[\w.-]{0,30}\.conf|lighttpd/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.lighttpd,
        "server.port server.bind socket ssl.engine ssl.pemfile ssl.privkey auth.require auth.backend "
        "auth.backend.plain.userfile auth.backend.htpasswd.userfile auth.backend.htdigest.userfile", "all",
    ),
    _file(
        "nginx",
        rb"nginx\.conf|nginx/[^/]{1,60}\.conf|nginx/(?:conf\.d|http\.d)/[^/]{1,60}\.(?:conf|locations)|"
        rb"nginx/sites-(?:enabled|available)/[^/]{1,80}",
        forms.nginx,
        "listen ssl ssl_protocols ssl_certificate ssl_certificate_key ssl_verify_client auth_basic "
        "auth_basic_user_file",
        "all",
    ),
    _file(
        "motion", rb"motion[\w.-]{0,30}\.conf|motion/(?:[^/]{1,60}/)?[^/]{1,60}\.conf", forms.words,
        "stream_port stream_localhost stream_auth_method webcontrol_port webcontrol_localhost webcontrol_auth_method",
    ),
    _file("openvpn", rb"openvpn/(?:[^/]{1,60}/)?[^/]{1,60}\.(?:conf|ovpn)", forms.words,
        "key cert pkcs12 secret auth-user-pass",
    ),
    _file("boa", rb"boa\.conf", forms.words, "port listen sslport sslcertificate"),
    _file("mini_httpd", rb"mini_httpd[\w.-]{0,30}\.conf|mini_httpd/config", forms.words, _HTTPD_FLAGS),
    _file("thttpd", rb"thttpd[\w.-]{0,30}\.conf|thttpd/config", forms.words, _HTTPD_FLAGS),
    _file("httpd", rb"etc[^/]{0,8}/(?:httpd/)?httpd\.conf", forms.busybox, "a d i protected-path", "all"),
    _file(
        "snmpd", rb"snmpd(?:\.local)?\.conf|snmpd\.conf\.d/[^/]{1,60}\.conf", forms.snmpd,
        "rocommunity rwcommunity rocommunity6 rwcommunity6 com2sec com2sec6 rouser rwuser agentaddress", "all",
    ),
    _file("smbd", rb"smb\.conf(?:\.template)?", forms.ini, _SMB),
    _file("ksmbd.mountd", rb"ksmbd/(?:ksmbd|smb)\.conf(?:\.template)?", forms.ini, _SMB),
    _file(
        "login", rb"etc/login\.defs", forms.words,
        "fail_delay login_retries login_timeout encrypt_method md5_crypt_enab pass_min_len sha_crypt_min_rounds",
    ),
    _file("", rb"(?:etc|usr/lib)/pam\.d/[^/]{1,60}", forms.pam, "faillock tally tally2 faildelay", "all"),
    _file("pam", rb"etc/pam\.conf", forms.pam, "faillock tally tally2 faildelay", "all"),
    _file("pam", rb"etc/security/faillock\.conf", forms.words, "deny unlock_time fail_interval even_deny_root"),
    _file(
        "fail2ban-server", rb"fail2ban/(?:jail\.(?:conf|local)|jail\.d/[^/]{1,60}\.(?:conf|local))", forms.jails,
        ".enabled .maxretry",
    ),
    _file("sshguard", rb"etc/(?:sshguard/)?sshguard\.conf", forms.shell, "threshold block_time backend"),
)  # fmt: skip

_SIGN = regex(rb"conf|openvpn/|etc/default/|etc/login\.defs|pam\.d/|fail2ban/|sites-")
"""One of these stands in the path of each kind of file."""
_ANY = regex(b"|".join((SSHD_PATH.pattern, *(one.path.pattern for one in FILES))))
_SPARE = regex(
    rb"(?i)(?:~|[._-](?:bak|backup|orig|original|old|save|saved|dist|disabled|example|sample|default|defaults|tmpl|in|"
    rb"dpkg-(?:dist|old|new|bak)|ucf-(?:dist|old|new)|opkg|opkg-new|apk-new|rpmnew|rpmsave|template|[0-9]{4,14})){1,4}\Z"
)
_FOREIGN = regex(
    rb"(?:\A|/)(?:usr/share|usr/src|www|htdocs|wwwroot|tmp|var/(?:www|cache|backups|tmp)|site-packages|dist-packages|"
    rb"node_modules|templates?|skel|testdata|fixtures|contrib)/"
)
_TEMPLATE = b".conf.template"
"""Where OpenWrt keeps the settings of Samba that do not come from UCI."""
_AVAILABLE = regex(rb"((?:sites|conf)-)available(?=/[^/]+\Z)")
_SHARED_STACKS = regex(r"(?:common|system|password|base|postlogin|fingerprint|smartcard|other)(?:-[a-z-]{1,40})?")


def plain_path(path: bytes) -> bytes:
    """Give the path that a file has when it is in use: without the mark of a backup or an example."""
    return _SPARE.sub(b"", path)


def is_any(look: Look) -> bool:
    """Tell by its path whether a file holds settings of a service, in use or not."""
    if _SIGN.search(look.path) is None:
        return False
    return _ANY.search(look.path) is not None or _ANY.search(plain_path(look.path)) is not None


def kind_of(look: Look) -> SettingFile | None:
    """Find what kind of configuration a file is, in use or not, by its path; OpenSSH's is none of them."""
    for path in (look.path, plain_path(look.path)):
        for one in FILES:
            if one.path.search(path):
                return one
    return None


def is_sshd(look: Look) -> bool:
    """Tell whether a file is OpenSSH's, in use or not."""
    return SSHD_PATH.search(plain_path(look.path)) is not None


def is_in_use(look: Look, path: re.Pattern[bytes]) -> bool:
    """Tell whether a program reads a file: it stands where programs look, or a link there leads to it."""
    is_spare = plain_path(look.path) != look.path and not look.path.endswith(_TEMPLATE)
    if is_spare or path.search(look.path) is None:
        return False
    if _AVAILABLE.search(look.path) is not None:
        return _is_target(look, _AVAILABLE.sub(rb"\1enabled", look.path))
    if is_documentation(look.path) or _FOREIGN.search(look.path) is not None:
        parent = look.path.split(b"/")[-2:-1]
        return any(_is_target(look, b"/".join((b"etc", *folder, look.name))) for folder in ((), parent))
    return True


def _is_target(look: Look, link: bytes) -> bool:
    node: Node | None = look.file.tree.resolve(link)
    return node is not None and node.path == look.path


def service_of(kind: SettingFile, name: str) -> str:
    """Name the program whose settings a file holds; `pam` for stacks that several programs share."""
    return kind.service or ("pam" if _SHARED_STACKS.fullmatch(name) else name)
