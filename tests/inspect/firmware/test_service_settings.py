"""Settings of services: good and bad twins of each family, and what must not be taken for a setting in force."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.inspect.firmware import _setting_files
from plimsoll.inspect.firmware.service_settings import LONGEST_VALUE, MOST, ServiceSettings
from plimsoll.model.evidence import Observation
from plimsoll.model.facts import ServiceSetting
from tests.firmware import observe, observe_all

Said = tuple[str, str, str]
SSHD = "etc/ssh/sshd_config"
DROP_IN = "etc/ssh/sshd_config.d/10-halyard.conf"


def settings(files: Mapping[str, bytes], links: Mapping[str, str] = {}) -> list[ServiceSetting]:
    return [one.fact for one in observe(ServiceSettings(), files, links) if isinstance(one.fact, ServiceSetting)]


def in_force(path: str, text: str, links: Mapping[str, str] = {}) -> list[Said]:
    return [(one.service, one.key, one.value) for one in settings({path: text.encode()}, links) if one.active]


def sshd(files: Mapping[str, str], links: Mapping[str, str] = {}) -> list[tuple[str, str]]:
    found = settings({path: text.encode() for path, text in files.items()}, links)
    return sorted((one.key, one.value) for one in found if one.active and one.service == "sshd")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("etc/config/dropbear", "config d\n option RootPasswordAuth on\n", ("dropbear", "rootpasswordauth", "on")),
        ("etc/config/dropbear", "config d\n option RootPasswordAuth off\n", ("dropbear", "rootpasswordauth", "off")),
        ("etc/config/dropbear", 'config dropbear\n\toption PasswordAuth "0"\n', ("dropbear", "passwordauth", "0")),
        ("etc/config/dropbear", "config dropbear\n option 'RootLogin' no\n", ("dropbear", "rootlogin", "no")),
        ("etc/config/dropbear", "config dropbear\n\toption Port '22' # usual\n", ("dropbear", "port", "22")),
        ("etc/config/dropbear", "config dropbear\n\toption enable '0'\n", ("dropbear", "enable", "0")),
        ("etc/config/dropbear", "config dropbear\n\toption MaxAuthTries 3\n", ("dropbear", "maxauthtries", "3")),
        ("etc/default/dropbear", 'DROPBEAR_ARGS="-w -g"\n', ("dropbear", "arguments", "-w -g")),
        ("etc/default/dropbear", 'DROPBEAR_EXTRA_ARGS="-B"  # oh\n', ("dropbear", "arguments", "-B")),
        ("etc/default/ssh", "SSHD_OPTS=-4\n", ("sshd", "arguments", "-4")),
        ("etc/config/uhttpd", "config uhttpd\n list listen_http 0.0.0.0:80\n", ("uhttpd", "listen_http", "0.0.0.0:80")),
        ("etc/config/uhttpd", "config uhttpd main\n\toption redirect_https '1'\n", ("uhttpd", "redirect_https", "1")),
        ("etc/config/uhttpd", "config uhttpd 'main'\n\toption key '/etc/u.key'\n", ("uhttpd", "key", "/etc/u.key")),
        ("etc/config/upnpd", "config upnpd config\n\toption secure_mode 0\n", ("miniupnpd", "secure_mode", "0")),
        ("etc/vsftpd.conf", "local_enable=YES\n", ("vsftpd", "local_enable", "YES")),
        ("etc/vsftpd/vsftpd.conf", "anonymous_enable=NO\n", ("vsftpd", "anonymous_enable", "NO")),
        ("etc/vsftpd.conf", "ssl_enable=NO\n", ("vsftpd", "ssl_enable", "NO")),
        ("etc/proftpd/proftpd.conf", "RequireValidShell\toff\n", ("proftpd", "requirevalidshell", "off")),
        ("etc/proftpd.conf", "<IfModule mod_tls.c>\n  TLSRequired on\n</IfModule>\n", ("proftpd", "tlsrequired", "on")),
        ("etc/proftpd.conf", "<Anonymous ~ftp>\n</Anonymous>\n", ("proftpd", "anonymous", "~ftp")),
        ("etc/pure-ftpd.conf", "NoAnonymous                 yes\n", ("pure-ftpd", "noanonymous", "yes")),
        ("etc/config/pure-ftpd", "config pure-ftpd\n\toption noanonymous '1'\n", ("pure-ftpd", "noanonymous", "1")),
        ("etc/mosquitto/mosquitto.conf", "allow_anonymous true\n", ("mosquitto", "allow_anonymous", "true")),
        ("etc/mosquitto/conf.d/a.conf", "listener 8883 0.0.0.0\n", ("mosquitto", "listener", "8883 0.0.0.0")),
        ("etc/mosquitto.conf", "tls_version tlsv1.2\n", ("mosquitto", "tls_version", "tlsv1.2")),
        ("etc/lighttpd/lighttpd.conf", "server.port = 8080\n", ("lighttpd", "server.port", "8080")),
        ("etc/lighttpd.conf", 'server.bind="127.0.0.1" # us\n', ("lighttpd", "server.bind", "127.0.0.1")),
        ("etc/lighttpd.conf", '$SERVER["socket"] == ":443" {\n', ("lighttpd", "socket", ":443")),
        ("etc/lighttpd.conf", '$HTTP["x"] == "y" { ssl.engine = "enable" }\n', ("lighttpd", "ssl.engine", "enable")),
        ("etc/lighttpd/conf.d/auth.conf", 'auth.require += ( "/a" => (\n', ("lighttpd", "auth.require", '( "/a" => (')),
        ("etc/nginx/nginx.conf", "server { listen 443 ssl; }\n", ("nginx", "listen", "443 ssl")),
        ("etc/nginx/conf.d/a.conf", '  auth_basic "Halyard";\n', ("nginx", "auth_basic", "Halyard")),
        ("etc/nginx/nginx.conf", "ssl_protocols TLSv1 TLSv1.2; # a\n", ("nginx", "ssl_protocols", "TLSv1 TLSv1.2")),
        ("etc/nginx/sites-enabled/default", "\tlisten [::]:80;\n", ("nginx", "listen", "[::]:80")),
        ("etc/nginx/nginx.conf", "ssl_certificate_key /etc/a.key;\n", ("nginx", "ssl_certificate_key", "/etc/a.key")),
        ("etc/lighttpd.conf", 'ssl.privkey = "/etc/a.key"\n', ("lighttpd", "ssl.privkey", "/etc/a.key")),
        ("etc/pureftpd/pure-ftpd.conf", "PureDB /etc/a.pdb\n", ("pure-ftpd", "puredb", "/etc/a.pdb")),
        ("etc/boa/boa.conf", "Port 80\n", ("boa", "port", "80")),
        ("etc/mini_httpd.conf", "port=443\n", ("mini_httpd", "port", "443")),
        ("etc/mini_httpd.conf", "ssl\n", ("mini_httpd", "ssl", "on")),
        ("etc/thttpd.conf", "host=127.0.0.1\n", ("thttpd", "host", "127.0.0.1")),
        ("etc/httpd.conf", "A:192.0.2.0/24\n", ("httpd", "a", "192.0.2.0/24")),
        ("etc/httpd.conf", "D:*\n", ("httpd", "d", "*")),
        ("etc/snmp/snmpd.conf", "agentaddress udp:161\n", ("snmpd", "agentaddress", "udp:161")),
        ("etc/samba/smb.conf", "[global]\n\tmap to guest = Bad User\n", ("smbd", "map to guest", "Bad User")),
        ("etc/samba/smb.conf", "[s]\n  Guest OK=yes\n", ("smbd", "guest ok", "yes")),
        ("etc/samba/smb.conf.template", "[global]\n\tnull passwords = yes\n", ("smbd", "null passwords", "yes")),
        ("etc/ksmbd/ksmbd.conf", "[global]\n\tmap to guest = never\n", ("ksmbd.mountd", "map to guest", "never")),
        ("etc/miniupnpd.conf", "secure_mode=yes\n", ("miniupnpd", "secure_mode", "yes")),
        ("etc/login.defs", "ENCRYPT_METHOD\tSHA512\n", ("login", "encrypt_method", "SHA512")),
        ("etc/login.defs", "LOGIN_RETRIES 5\n", ("login", "login_retries", "5")),
        ("etc/pam.d/sshd", "auth required pam_faillock.so preauth deny=3\n", ("sshd", "faillock", "preauth deny=3")),
        ("etc/pam.d/common-auth", "auth [default=die] pam_faillock.so authfail\n", ("pam", "faillock", "authfail")),
        ("etc/pam.d/login", "auth optional pam_faildelay.so delay=3000000\n", ("login", "faildelay", "delay=3000000")),
        ("etc/pam.d/login", "-auth required /lib/security/pam_tally2.so deny=3\n", ("login", "tally2", "deny=3")),
        ("etc/pam.conf", "sshd auth required pam_faillock.so preauth\n", ("pam", "faillock", "preauth")),
        ("etc/security/faillock.conf", "deny = 3\n", ("pam", "deny", "3")),
        ("etc/fail2ban/jail.local", "[sshd]\nenabled = true\n", ("fail2ban-server", "sshd.enabled", "true")),
        ("etc/fail2ban/jail.d/a.conf", "[sshd]\nenabled=false\n", ("fail2ban-server", "sshd.enabled", "false")),
        ("etc/sshguard.conf", "THRESHOLD=30\n", ("sshguard", "threshold", "30")),
        ("etc_ro/lighttpd/lighttpd.conf", "server.port=81\n", ("lighttpd", "server.port", "81")),
    ],
)  # fmt: skip
def test_a_setting_is_recorded(path: str, text: str, expected: Said) -> None:
    assert in_force(path, text) == [expected]
    assert in_force(path, text.replace("\n", "\r\n")) == [expected]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/config/dropbear", "config dropbear\n#\toption RootPasswordAuth 'on'\n"),
        ("etc/init.d/dropbear", "#!/bin/sh\noption PasswordAuth 0\nDROPBEAR_ARGS=-w\n"),
        ("etc/vsftpd.conf", "#local_enable=YES\n  # write_enable=YES\nbanner_file=/etc/local_enable=YES\n"),
        ("etc/mosquitto/mosquitto.conf", "#allow_anonymous true\n# allow_anonymous true\n"),
        ("etc/lighttpd.conf", '#ssl.engine = "enable"\nvar.x = "a" # ssl.engine = "enable"\n'),
        ("etc/nginx/nginx.conf", "# listen 80;\nhttp { # listen 80;\nlog_format x 'listen 80';\n"),
        ("etc/samba/smb.conf", "[global]\n; map to guest = Bad User\n# guest ok = yes\n"),
        ("etc/pam.d/sshd", "#auth required pam_faillock.so preauth\naccount required pam_faillock.so\n"),
        ("etc/fail2ban/jail.local", "[sshd]\n#enabled = true\nport = ssh\n"),
        ("etc/login.defs", "#FAIL_DELAY 3\nUMASK 022\n"),
        ("etc/httpd.conf", "ServerRoot /etc/apache\nListen 80\nA:10.0.0.1\n/x:y:z\n"),
        ("etc/ssh/ssh_config", "PasswordAuthentication no\n"),
        ("etc/other/dropbear", "DROPBEAR_ARGS=-w\n"),
        ("etc/other/jail.conf", "[sshd]\nenabled = true\n"),
        ("etc/vsftpd.conf", "\0local_enable=YES\n"),
        ("etc/vsftpd.conf", ""),
    ],
)
def test_what_is_no_setting_is_not_recorded(path: str, text: str) -> None:
    assert settings({path: text.encode()}) == []


@pytest.mark.parametrize(
    "path",
    [
        "etc/vsftpd.conf.example",
        "etc/vsftpd.conf.bak",
        "etc/vsftpd.conf~",
        "etc/vsftpd.conf.dpkg-dist",
        "etc/vsftpd.conf-opkg",
        "etc/vsftpd.conf.rpmnew",
        "etc/vsftpd.conf.20240131",
        "usr/share/doc/vsftpd/vsftpd.conf",
        "usr/share/doc/vsftpd/examples/vsftpd.conf",
        "usr/share/vsftpd/vsftpd.conf",
        "www/help/vsftpd.conf",
    ],
)
def test_what_nothing_reads_is_not_active(path: str) -> None:
    assert settings({path: b"local_enable=YES\n"}) == [ServiceSetting("vsftpd", "local_enable", "YES", False)]


@pytest.mark.parametrize(
    "path",
    [
        "etc/ssh/sshd_config.example",
        "etc/ssh/sshd_config.dpkg-old",
        "etc/ssh/sshd_config.ucf-dist",
        "usr/share/doc/openssh/sshd_config",
        "usr/share/openssh/sshd_config",
    ],
)
def test_an_example_of_openssh_is_not_active(path: str) -> None:
    assert settings({path: b"PermitRootLogin yes\n"}) == [ServiceSetting("sshd", "permitrootlogin", "yes", False)]


def test_a_template_that_etc_links_to_is_active() -> None:
    path = "usr/share/vsftpd/vsftpd.conf"
    assert in_force(path, "listen=YES\n", {"etc/vsftpd.conf": "../usr/share/vsftpd/vsftpd.conf"}) != []
    assert in_force(path, "listen=YES\n", {"etc/vsftpd.conf": "../usr/share/vsftpd/other.conf"}) == []


def test_an_available_site_is_active_when_it_is_enabled() -> None:
    path = "etc/nginx/sites-available/halyard"
    assert in_force(path, "listen 80;\n") == []
    link = {"etc/nginx/sites-enabled/halyard": "/etc/nginx/sites-available/halyard"}
    assert in_force(path, "listen 80;\n", link) == [("nginx", "listen", "80")]
    assert in_force("etc/nginx/conf.d/a.conf.disabled", "listen 80;\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "PermitRootLogin yes", "permitrootlogin yes", "PermitRootLogin=yes", "PermitRootLogin = yes",
        'PermitRootLogin "yes"', "  PERMITROOTLOGIN\tyes  ", "PermitRootLogin yes # for now", "PermitRootLogin yes\r",
    ],
)  # fmt: skip
def test_a_keyword_of_openssh_is_read_however_it_is_written(line: str) -> None:
    assert sshd({SSHD: f"# x\n{line}\n"}) == [("permitrootlogin", "yes")]


def test_a_comment_of_openssh_is_no_setting() -> None:
    assert settings({SSHD: b"#PermitRootLogin yes\n# PasswordAuthentication no\n"}) == []


def test_the_first_value_of_openssh_holds() -> None:
    found = settings({SSHD: b"PermitRootLogin no\nPermitRootLogin yes\nPort 22\nPort 2222\n"})
    assert [(one.value, one.active) for one in found] == [("no", True), ("yes", False), ("22", True), ("2222", True)]


def test_a_match_block_is_not_for_everybody() -> None:
    text = "PermitRootLogin no\nMatch User halyard\nPasswordAuthentication no\nPermitRootLogin yes\n"
    assert sshd({SSHD: text}) == [("match", "User halyard"), ("permitrootlogin", "no")]


def test_match_all_goes_before_the_rest() -> None:
    text = "PermitRootLogin no\nMatch Address 192.0.2.1\nUsePAM no\nMatch all\nPermitRootLogin yes\n"
    assert sshd({SSHD: text}) == [("match", "Address 192.0.2.1"), ("permitrootlogin", "yes")]


def test_the_command_of_a_match_is_not_recorded() -> None:
    observations = observe(ServiceSettings(), {SSHD: b'Match user a exec "test %u = kedge7anchor"\n'})
    assert [one.fact for one in observations] == [ServiceSetting("sshd", "match", "exec")]
    assert b"kedge7anchor" not in msgspec.json.encode(observations)


def test_a_file_that_is_included_goes_before_what_follows() -> None:
    first = "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication yes\n"
    last = "PasswordAuthentication yes\nInclude sshd_config.d/*.conf\n"
    drop_in = "PasswordAuthentication no\n"
    assert sshd({SSHD: first, DROP_IN: drop_in}) == [("passwordauthentication", "no")]
    assert sshd({SSHD: last, DROP_IN: drop_in}) == [("passwordauthentication", "yes")]
    assert sshd({SSHD: "UsePAM yes\n", DROP_IN: drop_in}) == [("usepam", "yes")]


def test_files_are_included_in_the_order_of_their_names() -> None:
    include = "Include /etc/ssh/sshd_config.d/*.conf\n"
    files = {"etc/ssh/sshd_config.d/90.conf": "PermitRootLogin yes\n", DROP_IN: "PermitRootLogin no\n", SSHD: include}
    assert sshd(files) == [("permitrootlogin", "no")]


def test_a_match_in_an_included_file_ends_with_it() -> None:
    files = {SSHD: "Include sshd_config.d/*.conf\nPermitRootLogin no\n", DROP_IN: "Match User a\nUsePAM no\n"}
    assert sshd(files) == [("match", "User a"), ("permitrootlogin", "no")]


def test_what_is_included_in_a_match_block_is_not_for_everybody() -> None:
    files = {SSHD: "Match User a\nInclude /etc/ssh/x.conf\n", "etc/ssh/x.conf": "Match all\nPermitRootLogin yes\n"}
    assert sshd(files) == [("match", "User a")]


def test_a_file_to_be_included_counts_when_the_main_file_is_elsewhere() -> None:
    assert sshd({DROP_IN: "PermitRootLogin yes\n"}) == [("permitrootlogin", "yes")]


def test_files_are_included_from_the_root_of_the_product() -> None:
    include = "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\n"
    assert sshd({"rootfs/" + SSHD: include, "rootfs/" + DROP_IN: "PermitRootLogin no\n"}) == [("permitrootlogin", "no")]
    assert sshd({"usr/" + SSHD: include, DROP_IN: "PermitRootLogin no\n"}) == [("permitrootlogin", "no")]


def test_files_that_include_each_other_end() -> None:
    files = {SSHD: "Include a.conf\n" * 50, "etc/ssh/a.conf": "Include a.conf\n" * 50 + "UsePAM yes\n"}
    assert len(sshd(files)) <= 1


def test_the_last_value_of_other_services_holds() -> None:
    found = settings({"etc/vsftpd.conf": b"local_enable=YES\nlocal_enable=NO\n"})
    assert [(one.value, one.active) for one in found] == [("YES", False), ("NO", True)]


def test_a_repetition_in_another_section_overrules_nothing() -> None:
    shares = "[global]\nguest ok = no\n[media]\nguest ok = yes\n"
    assert sorted(value for _, _, value in in_force("etc/samba/smb.conf", shares)) == ["no", "yes"]
    servers = "config dropbear\n option PasswordAuth off\nconfig dropbear\n option PasswordAuth on\n"
    assert sorted(value for _, _, value in in_force("etc/config/dropbear", servers)) == ["off", "on"]
    lists = "config uhttpd\n list listen_http '1:80'\n list listen_http '2:80'\n"
    assert sorted(value for _, _, value in in_force("etc/config/uhttpd", lists)) == ["1:80", "2:80"]


def test_a_section_that_is_switched_off_is_not_in_force() -> None:
    text = "config dropbear\n option PasswordAuth on\n option enable 0\nconfig dropbear\n option PasswordAuth off\n"
    assert in_force("etc/config/dropbear", text) == [
        ("dropbear", "enable", "0"),
        ("dropbear", "passwordauth", "off"),
    ]


def test_what_holds_for_anonymous_callers_is_not_for_everybody() -> None:
    text = "RequireValidShell on\n<Anonymous ~ftp>\nRequireValidShell off\n</Anonymous>\nRootLogin off\n"
    assert in_force("etc/proftpd.conf", text) == [
        ("proftpd", "requirevalidshell", "on"),
        ("proftpd", "anonymous", "~ftp"),
        ("proftpd", "rootlogin", "off"),
    ]


def test_a_lock_that_never_locks_is_not_in_force() -> None:
    assert in_force("etc/pam.d/login", "auth required pam_faillock.so preauth deny=0\n") == []


@pytest.mark.parametrize(
    ("path", "text", "key", "value"),
    [
        ("etc/snmp/snmpd.conf", "rocommunity kedge7anchor 192.0.2.0/24\n", "rocommunity", "*** 192.0.2.0/24"),
        ("etc/snmpd.conf", 'rwcommunity "kedge7anchor"\n', "rwcommunity", "***"),
        ("etc/snmpd.conf", "com2sec readonly default kedge7anchor # kedge7anchor\n", "com2sec", "readonly default ***"),
        ("etc/snmpd.conf", "com2sec -Cn ctx ro default kedge7anchor\n", "com2sec", "ro default ***"),
        ("etc/config/snmpd", "config com2sec public\n\toption community 'kedge7anchor'\n", "community", "***"),
        ("etc/config/mini_snmpd", "config mini_snmpd\n\toption community kedge7anchor # x\n", "community", "***"),
        ("etc/httpd.conf", "/cgi-bin:skipper:kedge7anchor\n", "protected-path", "/cgi-bin"),
        ("etc/default/dropbear", 'DROPBEAR_ARGS="-B --password kedge7anchor"\n', "arguments", "-B --password ***"),
        ("etc/default/dropbear", "DROPBEAR_ARGS='-Y kedge7anchor -B'\n", "arguments", "-Y *** -B"),
        ("etc/boa.conf", "Port 80 # kedge7anchor\n", "port", "80"),
        (SSHD, "Port 22 # kedge7anchor\n", "port", "22"),
    ],
)
def test_no_secret_is_recorded(path: str, text: str, key: str, value: str) -> None:
    observations, _, _ = observe_all(ServiceSettings(), {path: text.encode()})
    (fact,) = [one.fact for one in observations if isinstance(one.fact, ServiceSetting)]
    assert (fact.key, fact.value, fact.active) == (key, value, True)
    assert b"kedge7anchor" not in msgspec.json.encode(observations)


def test_a_community_has_its_shape_and_its_place() -> None:
    observations, _, secrets = observe_all(ServiceSettings(), {"etc/snmpd.conf": b"#\nrocommunity tiller1 default\n"})
    (one,) = observations
    assert one.excerpt is not None
    assert one.excerpt.text == "aaaaaa9"
    assert str(one.where).endswith("+0xe:7")
    assert list(secrets.values()) == [b"tiller1"]


def test_the_place_is_the_statement() -> None:
    (one,) = observe(ServiceSettings(), {SSHD: b"# x\r\n  UsePAM   yes  # a\r\n"})
    assert one.excerpt is not None
    assert one.excerpt.text == "UsePAM   yes"
    assert str(one.where).endswith("sshd_config+0x7:12")


def test_bytes_that_are_no_text_are_made_visible() -> None:
    (one,) = settings({SSHD: b"# \xff\xfe\nAllowUsers kap\xe9it\xe1n\n"})
    assert one.value == "kap\\xe9it\\xe1n"


def test_a_huge_line_and_a_huge_file_are_cut() -> None:
    files = {
        SSHD: b"AllowUsers " + b"a" * 2_000_000 + b"\nUsePAM yes\n",
        "etc/vsftpd.conf": b"listen=YES\n" * 1_000_000,
    }
    found = settings(files)
    assert max(len(one.value) for one in found) == LONGEST_VALUE
    assert sum(one.service == "vsftpd" for one in found) == MOST


_READ = (
    "etc/proftpd.conf", "etc/nginx/nginx.conf", "etc/lighttpd.conf", "etc/samba/smb.conf", "etc/pam.d/sshd",
    "etc/config/snmpd", "etc/httpd.conf", "etc/snmpd.conf", SSHD,
)  # fmt: skip
_BITS = (
    b"</anonymous>", b"<anonymous", b">", b"\n", b" ", b"option", b"config", b"community", b"'", b'"', b"com2sec",
    b"-Cn", b"include", b"*", b"[", b"match", b"all", b"/", b":", b"listen", b";", b"=", b"a", b"\xff", b"auth",
    b"pam_faillock.so",
)  # fmt: skip


@given(st.sampled_from(_READ), st.lists(st.sampled_from(_BITS), max_size=40))
def test_arbitrary_words_raise_nothing(path: str, words: list[bytes]) -> None:
    data = b"".join(words)
    for one in observe(ServiceSettings(), {path: data}):
        assert isinstance(one, Observation)


def test_each_key_is_lower_case() -> None:
    for kind in _setting_files.FILES:
        assert all(key == key.lower() for key in kind.keys)
        assert {name for name, _ in kind.rename} <= kind.keys
