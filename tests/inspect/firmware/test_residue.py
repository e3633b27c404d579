import struct

import pytest

from plimsoll.inspect.firmware.residue import Residues
from plimsoll.model.facts import Residue
from tests.firmware import observe
from tests.inspect.elves import elf

KEY = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
SUPPLICANT = (
    b"ctrl_interface=/var/run/wpa_supplicant\n"
    b'network={\n  ssid="%s"\n  # psk="commented out"\n  psk="%s"\n  key_mgmt=WPA-PSK\n}\n'
)


def residues(path: str, data: bytes) -> list[Residue]:
    return [one.fact for one in observe(Residues(), {path: data}) if isinstance(one.fact, Residue)]


def kinds(path: str, data: bytes) -> list[str]:
    return [one.kind for one in residues(path, data)]


def test_the_name_behind_a_key_is_told_by_its_first_letters() -> None:
    (fact,) = residues("root/.ssh/authorized_keys", KEY + b" merle.k@lathe.corp-halyard.net\n")
    assert (fact.kind, fact.what) == ("key-comment", "m***@l***.net")


@pytest.mark.parametrize("comment", [b"", b" root@OpenWrt", b" build@ci-7.halyard.net", b" merle@host.example.org"])
def test_a_key_of_a_role_or_without_a_name_is_none(comment: bytes) -> None:
    assert kinds("root/.ssh/authorized_keys", KEY + comment + b"\n") == []


def test_no_name_and_no_secret_is_kept_in_clear() -> None:
    files = {
        "root/.ssh/authorized_keys": KEY + b" merle@lathe.halyard.net\n",
        "etc/wpa_supplicant.conf": SUPPLICANT % (b"Merles Boathouse", b"sail-before-noon"),
        "root/.netrc": b"machine files.halyard.net login merle password topgallant7\n",
        "root/.ash_history": b"ssh merle@lathe\ncd /mnt\nls -l /tmp/merle\nvi /etc/passwd\n",
        "etc/notify.conf": b"mail_to=merle.k@halyard-yard.net\n",
    }
    told = repr(observe(Residues(), files))
    for word in ("merle@", "merle.k", "Merles", "sail-before", "topgallant7", "lathe", "halyard-yard", "/tmp/merle"):
        assert word not in told, word
    assert len(observe(Residues(), files)) == 5


def test_a_network_that_was_joined_is_a_trace() -> None:
    (fact,) = residues("etc/wpa_supplicant.conf", SUPPLICANT % (b"Merles Boathouse", b"sail-before-noon"))
    assert (fact.kind, fact.holds_secret, fact.what) == ("wifi-network", True, "Aaaaaa*Aaaaaaaaa")


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (b"YourSSID", b"YourPassphrase"), (b"MyNetwork", b"secret passphrase"), (b"ssid", b"psk"),
        (b"%s", b"%s"), (b"$SSID", b"$PSK"), (b"Merles Boathouse", b"12345678"), (b"simple", b"very secret passphrase"),
        (b"OpenWrt", b"sail-before-noon"), (b"@SSID@", b"@PSK@"),
    ],
)  # fmt: skip
def test_a_network_to_be_filled_in_is_none(name: bytes, key: bytes) -> None:
    assert kinds("etc/wpa_supplicant.conf", SUPPLICANT % (name, key)) == []


def test_a_network_that_the_product_offers_is_none() -> None:
    offered = b'network={\n ssid="Merles Boathouse"\n mode=2\n psk="sail-before-noon"\n}\n'
    assert kinds("etc/wpa_supplicant-ap.conf", offered) == []
    hostapd = b"ssid=Merles Boathouse\nwpa_passphrase=sail-before-noon\n"
    assert kinds("etc/hostapd.conf", hostapd) == []


def test_a_network_of_documentation_is_none() -> None:
    text = SUPPLICANT % (b"Merles Boathouse", b"sail-before-noon")
    assert kinds("usr/share/doc/wpasupplicant/wpa_supplicant.conf", text) == []
    assert kinds("usr/share/doc/wpasupplicant/examples/wpa_supplicant.conf", text) == []


def test_a_network_that_is_commented_out_is_none() -> None:
    text = b"\n".join(b"#" + line for line in (SUPPLICANT % (b"Boathouse", b"sail-before-noon")).split(b"\n"))
    assert kinds("etc/wpa_supplicant.conf", text) == []


UCI = b"""config wifi-device 'radio0'
\toption type 'mac80211'

config wifi-iface
\toption device 'radio0'
\toption mode '%s'
\toption ssid 'Boathouse Upstairs'
\toption encryption 'psk2'
\toption key 'sail-before-noon'

config wifi-iface 'guest'
\toption mode 'ap'
\toption ssid 'Guests'
\toption key 'come-aboard'
"""


def test_uci_tells_a_network_that_is_joined_from_one_that_is_offered() -> None:
    assert kinds("etc/config/wireless", UCI % b"sta") == ["wifi-network"]
    assert kinds("etc/config/wireless", UCI % b"ap") == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/NetworkManager/system-connections/attic",
         b"[connection]\nid=attic\ntype=wifi\n\n[wifi]\nmode=infrastructure\nssid=Boathouse\n\n"
         b"[wifi-security]\nkey-mgmt=wpa-psk\npsk=sail-before-noon\n"),
        ("var/lib/connman/attic.config",
         b"[service_attic]\nType = wifi\nName = Boathouse\nPassphrase = sail-before-noon\n"),
        ("var/lib/iwd/Boathouse.psk", b"[Security]\nPassphrase=sail-before-noon\n"),
        ("etc/network/interfaces", b"iface wlan0 inet dhcp\n    wpa-ssid Boathouse\n    wpa-psk sail-before-noon\n"),
        ("etc/netplan/50-wifi.yaml",
         b"network:\n  wifis:\n    wlan0:\n      access-points:\n        \"Boathouse\":\n"
         b"          password: \"sail-before-noon\"\n"),
    ],
)  # fmt: skip
def test_networks_are_read_in_every_form(path: str, text: bytes) -> None:
    assert kinds(path, text) == ["wifi-network"]


def test_a_history_counts_its_commands_and_shows_none() -> None:
    text = b"ls -l\n#1700000000\ncat /etc/shadow\nls -l\nreboot\n"
    (fact,) = residues("root/.bash_history", text)
    assert (fact.kind, fact.count, fact.what) == ("shell-history", 3, "")


@pytest.mark.parametrize("text", [b"", b"\n\n", b"exit\n", b"# nothing\n# here\n# at all\n# yet\n"])
def test_an_empty_history_is_none(text: bytes) -> None:
    assert kinds("root/.bash_history", text) == []


@pytest.mark.parametrize(
    ("path", "data", "kind", "count"),
    [
        ("root/.viminfo", b"# This viminfo file was generated by Vim 8.2.\n:w\n'0  12  3  /etc/rc.local\n",
         "editor-history", 2),
        ("root/.lesshst", b'.less-history-file:\n.search\n"password\n', "editor-history", 1),
        ("root/.python_history", b"import os\nos.listdir('/')\n", "shell-history", 2),
        ("root/.ssh/known_hosts", b"lathe,10.0.0.7 " + KEY + b"\n|1|abcdefghijklmnopqrst=|uvw= " + KEY + b"\n",
         "known-hosts", 2),
        ("root/.netrc", b"machine a.halyard.net\n  login merle\n  password topgallant7\n", "login-file", 1),
        ("root/.aws/credentials",
         b"[default]\naws_access_key_id = AKIAQ7HALYARD2\naws_secret_access_key = kD83jd9sK2lsk0qwe8Zmxn28skqPzLmQ\n",
         "login-file", 1),
        ("root/.docker/config.json", b'{"auths": {"registry.halyard.net": {"auth": "bWVybGU6dG9wZ2FsbGFudDc="}}}',
         "login-file", 1),
        ("home/merle/.git-credentials", b"https://merle:ghp0123topgallant@code.halyard.net\n", "login-file", 1),
        ("var/mail/root", b"From merle@lathe Tue Mar  4 10:00:00 2025\nSubject: x\n\nhello\n", "mail", 1),
        ("var/log/messages", b"Mar  4 10:00:00 lathe syslogd: up\n" * 4, "log", 4),
    ],
)  # fmt: skip
def test_what_programs_leave_behind_is_counted(path: str, data: bytes, kind: str, count: int) -> None:
    assert [(one.kind, one.count) for one in residues(path, data)] == [(kind, count)]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("root/.aws/credentials", b"[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"),
        ("root/.netrc", b"machine host login user password <password>\n"),
        ("root/.docker/config.json", b'{"auths": {}, "credsStore": "pass"}'),
        ("root/.npmrc", b"registry=https://registry.halyard.net/\n//registry/:_authToken=${NPM_TOKEN}\n"),
        ("var/log/dpkg.log", b"2025-03-04 10:00:00 startup archives install\n" * 9),
        ("var/log/messages", b""),
        ("var/mail/root", b"no letter\n"),
        ("etc/ssh/ssh_known_hosts", b"code.halyard.net " + KEY + b"\n"),
        ("usr/share/doc/netrc/examples/.netrc", b"machine a.net login merle password topgallant7\n"),
    ],
)
def test_templates_and_logs_of_the_build_are_none(path: str, data: bytes) -> None:
    assert kinds(path, data) == []


def login(kind: int, user: bytes) -> bytes:
    return struct.pack("<hh", kind, 0) + bytes(40) + user.ljust(32, b"\0") + bytes(384 - 76)


def test_records_of_logins_count_users_and_no_boots() -> None:
    (fact,) = residues("var/log/wtmp", login(2, b"reboot") + login(7, b"merle") + login(8, b"merle"))
    assert (fact.kind, fact.count) == ("login-record", 1)
    assert kinds("var/log/wtmp", login(2, b"reboot")) == []
    assert kinds("var/log/wtmp", login(7, b"merle")[:-1]) == []
    assert kinds("var/log/lastlog", bytes(292 * 3)) == []
    assert kinds("var/log/lastlog", bytes(292) + struct.pack("<I", 1741082400) + bytes(288)) == ["login-record"]


def test_a_core_dump_is_told_by_its_header() -> None:
    assert kinds("root/core.412", elf(type=4)) == ["core-dump"]
    assert kinds("usr/bin/core", elf(tail=b"")) == []


def test_home_folders_in_programs_are_counted_by_name() -> None:
    data = elf(tail=b"\0/home/merle/work/ipcam/src/main.c\0/home/build/x.c\0/home/%s/\0")
    found = observe(Residues(), {"bin/a": data, "bin/b": data, "bin/c": elf(tail=b"/home/openwrt/x/")})
    assert [(one.fact.kind, one.fact.what, one.fact.count) for one in found if isinstance(one.fact, Residue)] == [
        ("home-path", "m***", 2)
    ]


def test_a_home_of_the_product_itself_is_none() -> None:
    files = {"bin/a": elf(tail=b"\0/home/halyard/state.db\0"), "home/halyard/state.db": b""}
    assert observe(Residues(), files) == []


def test_what_version_control_left_is_found() -> None:
    files = {"www/.git/HEAD": b"ref: refs/heads/main\n", "www/.git/config": b"[core]\n", "usr/lib/.git/empty": b""}
    found = [one for one in observe(Residues(), files) if isinstance(one.fact, Residue)]
    assert [(one.fact.kind, one.fact.what) for one in found] == [("repository", ".git")]  # type: ignore[union-attr]
    assert found[0].where.endswith("www/.git")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/notify.conf", b"mail_to=merle.k@halyard-yard.net\n"),
        ("etc/config/email", b"option smtp_user 'merle.k@halyard-yard.net'\n"),
        ("etc/settings.json", b'{"alarm": {"email": "merle.k@halyard-yard.net"}}\n'),
        ("root/.gitconfig", b"[user]\n\tname = x\n\temail = merle.k@halyard-yard.net\n"),
        ("etc/crontab", b"MAILTO=merle.k@halyard-yard.net\n"),
    ],
)
def test_an_address_that_mail_goes_to_is_told_redacted(path: str, text: bytes) -> None:
    assert [(one.kind, one.what) for one in residues(path, text)] == [("mail-address", "m***@h***.net")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("etc/notify.conf", b"mail_to=support@halyard-yard.net\n"),
        ("etc/notify.conf", b"mail_to=you@example.com\n"),
        ("etc/notify.conf", b"# mail_to=merle.k@halyard-yard.net\n"),
        ("etc/notify.conf", b"Written by Merle <merle.k@halyard-yard.net>\n"),
        ("usr/lib/node_modules/x/package.json", b'{"author": {"email": "merle.k@halyard-yard.net"}}\n'),
        ("usr/lib/opkg/info/x.control", b"Maintainer: Merle <merle.k@halyard-yard.net>\n"),
        ("usr/share/licenses/x/x.conf", b"email: merle.k@halyard-yard.net\n"),
        ("etc/ssl/certs/ca.pem", b"emailAddress=merle.k@halyard-yard.net\n"),
        ("etc/ssh/sshd_config", b"Ciphers chacha20-poly1305@openssh.com\n"),
        ("usr/share/changelog/x.conf", b"email: merle.k@halyard-yard.net\n"),
    ],
)
def test_an_address_of_an_author_or_a_role_is_none(path: str, text: bytes) -> None:
    assert kinds(path, text) == []


def test_hostile_files_are_read_within_bounds() -> None:
    files = {
        "root/.bash_history": b"a\n" * 100_000,
        "etc/wpa_supplicant.conf": b"network={" * 50_000,
        "etc/config/wireless": b"config wifi-iface\n" * 20_000,
        "var/log/wtmp": bytes(384 * 1000),
        "root/.netrc": b"machine " * 100_000,
        "root/.ssh/authorized_keys": b"ssh-rsa " + b"A" * 100_000,
    }
    observe(Residues(), files)
