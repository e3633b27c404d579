"""Tests of how the words of a command are shown without the secrets in them."""

from __future__ import annotations

import shlex

import pytest

from plimsoll.inspect._masking import masked, masked_text

SECRET = "Kx7vWq4ZrT9m"


def shown(command: str) -> list[str]:
    program, *words = (word.encode() for word in shlex.split(command))
    return [program.decode(), *(word.decode() for word in masked(tuple(words), program))]


@pytest.mark.parametrize(
    "command",
    [
        "curl -u admin:{} http://api.halyard.test/",
        "curl -uadmin:{} http://api.halyard.test/",
        "curl -su admin:{} http://api.halyard.test/",
        "curl --user admin:{} http://api.halyard.test/",
        "curl --user=admin:{} http://api.halyard.test/",
        "curl -d 'user=unit&password={}' http://api.halyard.test/login",
        """curl --data '{{"password": "{}"}}' http://api.halyard.test/login""",
        "curl 'http://api.halyard.test/?token={}&page=1'",
        "curl https://api.telegram.org/bot77:{}/sendMessage",
        "curl https://maker.ifttt.com/trigger/rang/with/key/{}",
        "curl http://unit:{}@api.halyard.test/",
        "redis-cli -u redis://:{}@cache.halyard.test/0",
        "wget --user=unit --password={} http://api.halyard.test/",
        "wget --post-data=pass={} http://api.halyard.test/",
        "sshpass -p{} ssh unit@gate.halyard.test",
        "nohup sshpass -p {} ssh unit@gate.halyard.test",
        "coap-client -u unit -k {} coaps://hub.halyard.test/lamp",
        "snmpset -v 2c -c {} 192.0.2.7 a i 1",
        "snmptrap -v 3 -u unit -A {} gate.halyard.test",
        "lftp -u unit,{} ftp.halyard.test",
        "lftp -e 'open -u unit,{} ftp.halyard.test; quit'",
        "ftpput -u unit -p {} ftp.halyard.test a b",
        "smbclient -U unit%{} //nas.halyard.test/share",
        "openssl enc -aes-256-cbc -k {} -in a",
        "openssl enc -aes-256-cbc -pass pass:{} -in a",
        "mosquitto_pub -h broker.halyard.test -P {} -t a -m b",
        "mosquitto_pub -h broker.halyard.test --pw {} -t a -m b",
        "pppd user unit password {} nodetach",
        "htpasswd -bc /etc/htpasswd admin {}",
        "wpa_passphrase Yard {}",
        "agent --api-key {}",
        "agent --auth admin:{}",
        "agent --community={}",
        "agent --db 'host=db user=unit password={} dbname=x'",
        "agent -d password:{}",
        "mount -o 'username=unit,password={},uid=3' //nas.halyard.test/share /mnt",
    ],
)
def test_a_secret_in_a_command_is_hidden(command: str) -> None:
    words = shown(command.format(SECRET))
    assert SECRET[:-2] not in " ".join(words)
    assert any("***" in word for word in words)


@pytest.mark.parametrize("command", ["sshpass -p 12345678 ssh unit@gate", "mosquitto_pub -h broker -P 12345678 -t a"])
def test_a_password_of_digits_is_no_port(command: str) -> None:
    assert "12345678" not in shown(command)


@pytest.mark.parametrize(
    "command",
    [
        "telnetd -p 2323 -l /bin/login",
        "swupdate -u http://update.halyard.test/list",
        "openvpn --auth SHA256 --auth-user-pass /etc/openvpn/login",
        "agent --password=/etc/agent/password",
        "agent --password $PASSWORD",
        "curl --key /etc/agent/client.key https://api.halyard.test:8443/",
        "ssh -p 22 unit@gate.halyard.test",
        "openssl s_client -connect api.halyard.test:443",
        "coap-client -m put coaps://hub.halyard.test/lamp",
        "uhttpd -h /www -p 0.0.0.0:80",
    ],
)
def test_what_is_no_secret_is_shown(command: str) -> None:
    assert shown(command) == shlex.split(command)


def test_addresses_keep_where_they_lead() -> None:
    assert shown(f"curl https://unit:{SECRET}@api.halyard.test/v1")[1] == "https://unit:***@api.halyard.test/v1"
    assert masked_text(b"https://hooks.slack.com/services/T0/B0/Kx7v") == b"https://hooks.slack.com/services/***"
