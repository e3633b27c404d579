"""The check of certificates, switched off or not, and the lowest version of TLS."""

from __future__ import annotations

import pytest

from plimsoll.inspect.firmware.tls_settings import TlsSettings
from plimsoll.model.facts import TlsSetting
from tests.firmware import observe


def settings(path: str, data: bytes) -> list[TlsSetting]:
    return [fact for one in observe(TlsSettings(), {path: data}) if isinstance(fact := one.fact, TlsSetting)]


def script(line: str) -> list[TlsSetting]:
    return settings("usr/bin/x", f"#!/bin/sh\n{line}\n".encode())


@pytest.mark.parametrize(
    ("line", "client"),
    [
        ("curl -k https://a.halyard.test", "curl"),
        ("curl -sSk -o /tmp/x https://a.halyard.test", "curl"),
        ("curl -o /tmp/x \\\n  --insecure https://a.halyard.test", "curl"),
        ("wget -q --no-check-certificate https://a.halyard.test/x", "wget"),
        ("uclient-fetch --no-check-certificate -O- https://a.halyard.test/x", "uclient-fetch"),
        ("requests.get(url, verify=False)", "python"),
        ("curl_setopt($c, CURLOPT_SSL_VERIFYPEER, false);", "php"),
        ("https.request({ rejectUnauthorized: false })", "node"),
        ("bridge_insecure true", "mosquitto"),
        ("wget2 --no-check-certificate https://a.halyard.test/x", "wget"),
        ("apk --no-check-certificate update", "apk"),
        ("opkg --no-check-certificate update", "opkg"),
        ("aria2c --check-certificate=false https://a.halyard.test/x", "aria2c"),
        ("lftp -e 'set ssl:verify-certificate no; get x' ftps://a.halyard.test", "lftp"),
        ("mosquitto_pub -h a.halyard.test -p 8883 --cafile /etc/ca.pem --insecure -t x -m y", "mosquitto_pub"),
        ("printf hello | openssl s_client -quiet -connect a.halyard.test:443", "openssl"),
        ("socat - OPENSSL:a.halyard.test:443,verify=0", "socat"),
        ("git -c http.sslVerify=false pull", "git"),
        ("export GIT_SSL_NO_VERIFY=1", "git"),
        ("apt-get -o Acquire::https::Verify-Peer=false update", "apt"),
        ("npm config set strict-ssl false", "npm"),
        ("ctx.check_hostname = False", "python"),
        ("client.tls_insecure_set(True)", "python"),
        ("requests.get(url, verify_ssl=False)", "python"),
        ("export PYTHONHTTPSVERIFY=0", "python"),
        ("curl_setopt($c, CURLOPT_SSL_VERIFYHOST, 0);", "php"),
        ("'ssl' => array('verify_peer' => false)", "php"),
        ("process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';", "node"),
        ("request({ strictSSL: false })", "node"),
        ("https.request{ url = u, verify = 'none' }", "lua"),
        ("httpc:request_uri(u, { ssl_verify = false })", "lua"),
        ("LWP::UserAgent->new(ssl_opts => { verify_hostname => 0 })", "perl"),
        ("http.verify_mode = OpenSSL::SSL::VERIFY_NONE", "ruby"),
        ("tls.Config{InsecureSkipVerify: true}", "go"),
        ("insecure_skip_verify = true", "telegraf"),
        ("TLS_REQCERT never", "ldap"),
        ("tls_certcheck off", "msmtp"),
        ("$ActionSendStreamDriverAuthMode anon", "rsyslogd"),
        ("gst-launch-1.0 souphttpsrc location=https://a.halyard.test ssl-strict=false", "gstreamer"),
    ],
)
def test_a_check_that_is_switched_off_is_seen(line: str, client: str) -> None:
    assert [(one.client, one.setting, one.value, one.active) for one in script(line)] == [
        (client, "verify-peer", "off", True)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "curl https://a.halyard.test/-k",
        "curl -o k https://a.halyard.test",
        "curl --key k.pem https://a.halyard.test",
        "curl https://a.halyard.test; grep -k x",
        "curl https://a.halyard.test | sort -k 2",
        "wget https://a.halyard.test",
        "requests.get(url, verify=True)",
        "CURLOPT_SSL_VERIFYPEER, true",
        "CURLOPT_SSL_VERIFYHOST, 2",
        "openssl s_client -connect a.halyard.test:443 -showcerts </dev/null",
        "openssl s_client -quiet -verify_return_error -CAfile ca.pem -connect a.halyard.test:443",
        "echo | openssl s_client -quiet -connect a.halyard.test:443 | openssl x509 -noout -dates",
        "socat OPENSSL-LISTEN:443,cert=x.pem,verify=0 TCP:localhost:80",
        "tls.createServer({ requestCert: true, rejectUnauthorized: false })",
        "def get(url, verify=False):",
        "if context.verify_mode == ssl.CERT_NONE:",
        "parser.add_argument('--insecure', dest='verify', verify=False)",
        "mosquitto_pub -h a.halyard.test --cafile ca.pem -m --insecurely",
        "GIT_SSL_NO_VERIFY=0 git pull",
        "params.verify = 'peer'",
    ],
)
def test_a_check_that_is_on_is_not_seen(line: str) -> None:
    assert script(line) == []


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("usr/bin/x", b"#!/bin/sh\n# curl -k https://a.halyard.test\n"),
        ("usr/bin/x", b"#!/bin/sh\ntrue # curl -k https://a.halyard.test\n"),
        ("usr/share/doc/curl/usage", b"curl -k https://a.halyard.test\n"),
        ("etc/update.sh.bak", b"curl -k https://a.halyard.test\n"),
        ("usr/lib/python3.11/ssl.py", b"CERT_NONE = 0\n"),
        ("usr/lib/python3/dist-packages/urllib3/util.py", b"cert_reqs = ssl.CERT_NONE\n"),
        ("opt/app/node_modules/request/index.js", b"options.rejectUnauthorized: false\n"),
    ],
)
def test_comments_documentation_and_backups_are_not_active(path: str, data: bytes) -> None:
    assert [one.active for one in settings(path, data)] == [False]


@pytest.mark.parametrize(
    ("path", "data", "client", "peer"),
    [
        ("root/.curlrc", b"# insecure\ninsecure\n", "curl", ""),
        ("root/.curlrc", b"-k\n", "curl", ""),
        ("etc/wgetrc", b"check_certificate = off\n", "wget", ""),
        ("root/.gitconfig", b"[user]\n\tname = x\n[http]\n\tsslVerify = false\n", "git", ""),
        ("etc/opkg.conf", b"option no_check_certificate 1\n", "opkg", ""),
        ("etc/collectd.conf", b"<Node x>\n  VerifyPeer false\n</Node>\n", "collectd", ""),
        ("etc/config/cloud", b"config cloud\n\toption ssl_verify '0'\n", "cloud", ""),
        ("etc/config/ddns", b"config service\n\toption use_https '1'\n\toption cacert 'IGNORE'\n", "ddns", ""),
        ("etc/config/rtty", b"config rtty\n\toption insecure '1'\n", "rtty", ""),
        (
            "etc/stunnel/stunnel.conf",
            b"client = yes\n[cloud]\naccept = 127.0.0.1:9000\nconnect = a.halyard.test:443\n",
            "stunnel",
            "a.halyard.test:443",
        ),
        (
            "etc/stunnel.conf",
            b"[cloud]\nclient = yes\nverify = 0\nconnect = a.halyard.test:443\n",
            "stunnel",
            "a.halyard.test:443",
        ),
    ],
)
def test_the_settings_of_a_client_switch_it_off_for_all_its_calls(
    path: str, data: bytes, client: str, peer: str
) -> None:
    assert [(one.client, one.value, one.endpoint, one.active) for one in settings(path, data)] == [
        (client, "off", peer, True)
    ]


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("root/.curlrc", b"# insecure\nsilent\n"),
        ("etc/wgetrc", b"#check_certificate = off\ncheck_certificate = on\n"),
        ("root/.gitconfig", b"[http]\n\tsslVerify = true\n"),
        ("etc/config/cloud", b"config cloud\n\toption ssl_verify '1'\n"),
        ("etc/config/cloud", b"config cloud\n\toption enabled '0'\n\toption ssl_verify '0'\n"),
        ("etc/stunnel.conf", b"client = yes\nverify = 2\nCAfile = x\n[cloud]\nconnect = a.halyard.test:443\n"),
        ("etc/stunnel.conf", b"[cloud]\nclient = yes\nverifyChain = yes\nconnect = a.halyard.test:443\n"),
        ("etc/stunnel.conf", b"cert = x.pem\n[web]\naccept = 443\nconnect = 127.0.0.1:80\n"),
        ("etc/stunnel.conf", b"[vpn]\nclient = yes\nPSKsecrets = psk.txt\nconnect = a.halyard.test:443\n"),
    ],
)
def test_settings_that_check_are_not_seen(path: str, data: bytes) -> None:
    assert settings(path, data) == []


@pytest.mark.parametrize("path", ["usr/share/doc/stunnel/stunnel.conf", "etc/stunnel/stunnel.conf-sample"])
def test_examples_of_settings_are_not_active(path: str) -> None:
    data = b"client = yes\n[cloud]\nconnect = a.halyard.test:443\n"
    assert [one.active for one in settings(path, data)] == [False]


def test_the_address_in_the_line_goes_with_the_setting() -> None:
    (one,) = script("curl -k 'https://a.halyard.test/v1?x=1'")
    assert one.endpoint == "https://a.halyard.test/v1"


@pytest.mark.parametrize(
    ("path", "line", "value"),
    [
        ("etc/lighttpd.conf", 'ssl.openssl.ssl-conf-cmd = ("MinProtocol" => "TLSv1.0")', "TLSv1.0"),
        ("etc/lighttpd/lighttpd.conf", 'ssl.use-sslv3 = "enable"', "SSLv3"),
        ("etc/nginx/nginx.conf", "ssl_protocols TLSv1.2 TLSv1 TLSv1.3;", "TLSv1"),
        ("etc/ssl/openssl.cnf", "MinProtocol = TLSv1.2", "TLSv1.2"),
    ],
)
def test_the_lowest_version_is_read(path: str, line: str, value: str) -> None:
    (one,) = settings(path, line.encode() + b"\n")
    assert (one.setting, one.value, one.active) == ("minimum-version", value, True)
    assert one.client in path


@pytest.mark.parametrize(
    ("path", "line", "client", "setting", "value"),
    [
        ("etc/apache2/ssl.conf", "SSLProtocol all -SSLv3", "apache2", "minimum-version", "TLSv1"),
        ("etc/apache2/ssl.conf", "SSLProtocol -all +TLSv1.2 +TLSv1.3", "apache2", "minimum-version", "TLSv1.2"),
        ("etc/apache2/ssl.conf", "SSLCipherSuite RC4-SHA:HIGH", "apache2", "ciphers", "RC4-SHA:HIGH"),
        ("etc/nginx/conf.d/x.conf", "ssl_ciphers HIGH:!aNULL;", "nginx", "ciphers", "HIGH:!aNULL"),
        ("etc/lighttpd/lighttpd.conf", 'ssl.cipher-list = "RC4-SHA"', "lighttpd", "ciphers", "RC4-SHA"),
        ("etc/mosquitto/mosquitto.conf", "tls_version tlsv1.1", "mosquitto", "minimum-version", "TLSv1.1"),
        ("etc/openvpn/client.conf", "tls-version-min 1.0", "openvpn", "minimum-version", "TLSv1"),
        ("etc/openvpn/client.conf", "cipher BF-CBC", "openvpn", "ciphers", "BF-CBC"),
        ("etc/vsftpd.conf", "ssl_sslv3=YES", "vsftpd", "minimum-version", "SSLv3"),
        ("etc/proftpd.conf", "TLSProtocol TLSv1 TLSv1.2", "proftpd", "minimum-version", "TLSv1"),
        ("etc/stunnel/stunnel.conf", "sslVersion = TLSv1", "stunnel", "minimum-version", "TLSv1"),
        ("etc/ssl/openssl.cnf", "CipherString = DEFAULT@SECLEVEL=0", "openssl", "ciphers", "DEFAULT@SECLEVEL=0"),
    ],
)
def test_versions_and_suites_of_servers_are_read(path: str, line: str, client: str, setting: str, value: str) -> None:
    (one,) = settings(path, line.encode() + b"\n")
    assert (one.client, one.setting, one.value, one.active) == (client, setting, value, True)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("etc/apache2/ssl.conf", "# SSLProtocol all"),
        ("etc/vsftpd.conf", "ssl_sslv3=NO"),
        ("etc/openvpn/client.conf", "remote a.halyard.test 1194"),
        ("etc/other.conf", "SSLProtocol all"),
    ],
)
def test_other_settings_of_servers_are_not(path: str, line: str) -> None:
    assert settings(path, line.encode() + b"\n") == []


@pytest.mark.parametrize(
    ("line", "active"),
    [
        (b'echo "usage: curl -k URL"', False),
        (b'[ $# = 0 ] && { echo "usage: curl -k URL" >&2; exit 1; }', False),
        (b"printf 'wget --no-check-certificate URL\\n' > /dev/console", False),
        (b'echo "$(curl -k https://api.halyard.test/)"', True),
        (b'echo "$(LANG=C curl -k https://api.halyard.test/)"', True),
        (b'RUN=$(echo "curl -k https://api.halyard.test/")', True),
        (b"echo `curl -k https://api.halyard.test/`", True),
        (b'echo "curl -k https://api.halyard.test/" | sh', True),
        (b'echo "curl -k https://api.halyard.test/" > /tmp/run.sh', True),
        (b"echo start; curl -k https://api.halyard.test/", True),
    ],
)
def test_words_that_are_only_printed_are_not_in_use(line: bytes, active: bool) -> None:
    seen = observe(TlsSettings(), {"usr/bin/x": b"#!/bin/sh\n" + line + b"\n"})
    assert [one.fact.active for one in seen if isinstance(one.fact, TlsSetting)] == [active]
