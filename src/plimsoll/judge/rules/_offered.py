"""Tells by its settings whether a server offers TLS, and where it keeps its key.

Names of settings are those of the manuals of lighttpd, nginx, uhttpd, boa, thttpd, mini_httpd, vsftpd, proftpd,
pure-ftpd and mosquitto.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from plimsoll.model.facts import ServiceSetting

_OFF = ("no", "off", "0", "false", "disable", "disabled", "none", "")
_SWITCHES = (
    "ssl.engine",
    "ssl",
    "ssl_enable",
    "implicit_ssl",
    "tlsengine",
    "tls",
    "listen_https",
    "sslport",
    "keyfile",
)
_LISTENING = ("listen", "listener", "port", "socket", "server.port")
_TLS_PORT = re.compile(r"(?:\A|[:\s])(?:8?443|8883)(?!\S)")
_KEYS = (
    "ssl.pemfile", "ssl.privkey", "ssl_certificate_key", "ssl_certificate", "key", "cert", "keyfile", "certfile",
    "sslcertificate", "rsa_private_key_file", "rsa_cert_file", "tlsrsacertificatekeyfile", "tlsrsacertificatefile",
)  # fmt: skip
"""Settings that name the file of a key, or a certificate in whose file the key may be."""


def offers_tls(setting: ServiceSetting) -> bool:
    """Tell whether a setting switches TLS on, or listens where it is spoken."""
    value = setting.value.strip("\"' ").lower()
    if setting.key in _SWITCHES:
        return value not in _OFF
    return setting.key in _LISTENING and (_TLS_PORT.search(value) is not None or "ssl" in value.split())


def key_file(setting: ServiceSetting) -> str:
    """Give the path that a setting names as the file of the server's key, without its leading `/`; else empty."""
    return setting.value.strip("\"' ").lstrip("/") if setting.key in _KEYS else ""


def speaks_only_tls(settings: Iterable[ServiceSetting]) -> bool:
    """Tell whether a server is told where to listen, and TLS is spoken on all of it."""
    known = list(settings)
    listening = [one for one in known if one.key in (*_LISTENING, "listen_http", "listen_https")]
    secured = [one for one in listening if one.key != "listen_http" and offers_tls(one)]
    if any(one.key == "socket" for one in known) and not any(one.key == "server.port" for one in known):
        return False  # lighttpd listens on port 80 as well, unless it is told another.
    is_on = any(offers_tls(one) for one in known if one.key not in _LISTENING or "ssl" in one.value.lower().split())
    return bool(listening) and len(secured) == len(listening) and is_on


def refuses_clear_logins(program: str, settings: Iterable[ServiceSetting]) -> bool:
    """Tell whether a server of FTP takes no password before the connection is encrypted.

    vsftpd does so wherever it is given TLS, unless it is told otherwise; the others have to be told.
    """
    told = {one.key: one.value.strip("\"' ").lower() for one in settings}
    if program == "vsftpd":
        return told.get("ssl_enable", "no") not in _OFF and told.get("force_local_logins_ssl", "yes") not in _OFF
    if program == "proftpd":
        return told.get("tlsengine", "off") not in _OFF and told.get("tlsrequired") in (
            "on",
            "auth",
            "auth+data",
            "ctrl",
        )
    return program == "pure-ftpd" and told.get("tls") in ("2", "3")
