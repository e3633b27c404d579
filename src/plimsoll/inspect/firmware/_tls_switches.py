"""The ways in which scripts and settings switch the check of a peer's certificate off, by the manuals of those who read
them: curl, wget, uclient-fetch, aria2, lftp, socat, s_client(1), mosquitto_pub, apt, apk, opkg, npm, git, OpenLDAP,
msmtp, rsyslog, collectd, Telegraf, GStreamer, and the usual calls of Python, PHP, Lua, JavaScript, Perl, Ruby and Go.
"""

from __future__ import annotations

import re

import msgspec

from plimsoll.inspect.firmware._standing import line_at
from plimsoll.regex import regex

_END = rb"(?![\w-])"
_FALSE = rb"(?:0|false|no|off|never)\b"


class Switch(msgspec.Struct, frozen=True):
    """A way in which the check of the peer's certificate is switched off."""

    name: str
    """Kebab-case; that of the pattern."""
    client: str
    sign: bytes
    """Short expression that is looked for in every file."""
    literals: tuple[bytes, ...]
    command: re.Pattern[bytes] | None = None
    """What must stand from the sign on; nothing more when absent."""
    unless: re.Pattern[bytes] | None = None
    """What in the same line shows that it is no switch, or that something else does the checking."""
    ignore_case: bool = False

    def find(self, data: bytes, sign: re.Match[bytes]) -> re.Match[bytes] | None:
        """Give the switch that begins at a sign; None when it is none."""
        found = self.command.match(data, sign.start()) if self.command else sign
        if found is None or self.unless is None:
            return found
        _, line = line_at(data, sign.start(), longest=400)
        return None if self.unless.search(line) else found


def _command(program: bytes, option: bytes) -> re.Pattern[bytes]:
    """Find an option of a program in one simple command, which may go on over line ends that are escaped."""
    return regex(program + rb"(?:[^\n|;&#]|\\\n){0,300}?[ \t]" + option)


def _program(name: str, option: bytes, unless: re.Pattern[bytes] | None = None, client: str = "") -> Switch:
    sign = rb"\b" + name.encode() + rb"\b"
    return Switch(name, client or name, sign, (name.encode(),), _command(name.encode(), option), unless)


_NO_CHECK = rb"--no-check-certificate\b"
_DEFINITION = regex(rb"\A\s*(?:async +)?def\b|\bgetopt|add_argument\(")
"""A parameter with its default, or an option of a program's own: it says what may be, not what is."""
_OF_A_SERVER = regex(rb"requestCert|createServer")
"""Of a server it says that clients need no certificate."""

SWITCHES = (
    _program("curl", rb"(?:-[#012346aBfgGiIjJlLMnNOpqRsSvZ]{0,8}k[a-zA-Z]{0,8}|--insecure)(?![\w-])"),
    Switch("wget", "wget", rb"\bwget2?\b", (b"wget",), _command(rb"wget2?", _NO_CHECK)),
    _program("uclient-fetch", _NO_CHECK),
    Switch("apk", "apk", rb"\bapk\b[^\n|;&#]{0,150}?[ \t]" + _NO_CHECK, (b"--no-check-certificate",)),
    Switch("opkg", "opkg", rb"\bopkg\b[^\n|;&#]{0,150}?[ \t]" + _NO_CHECK, (b"--no-check-certificate",)),
    Switch("aria2c", "aria2c", rb"[ \t]--check-certificate=false\b", (b"--check-certificate",)),
    Switch(
        "lftp", "lftp", rb"\bssl:(?:verify-certificate|check-hostname)(?:/[\w.:-]{1,80})?[ \t]{1,4}" + _FALSE,
        (b"ssl:verify-certificate", b"ssl:check-hostname"),
    ),
    Switch(
        "mosquitto-client", "mosquitto_pub", rb"\bmosquitto_(?:pub|sub|rr)\b", (b"mosquitto_",),
        _command(rb"mosquitto_(?:pub|sub|rr)", rb"--insecure" + _END),
    ),
    Switch(
        "s-client", "openssl", rb"\bs_client\b", (b"s_client",),
        _command(rb"s_client", rb"-(?:quiet|ign_eof)" + _END),
        regex(rb"-verify_return_error|-showcerts|openssl +x509|BEGIN CERT"),
    ),
    Switch(
        "socat", "socat", rb"\b(?:openssl|ssl)(?:-connect)?:[^\s\"']{1,200}?,verify=0\b", (b",verify=0",),
        unless=regex(rb"(?i)listen"), ignore_case=True,
    ),
    Switch(
        "python-requests", "python", rb"\bverify(?:_ssl|_certs|_tls)?[ \t]{0,4}=[ \t]{0,4}False\b", (b"verify",),
        unless=_DEFINITION,
    ),
    Switch(
        "python-ssl", "python",
        rb"_create_unverified_context|\bCERT_NONE\b|\bcheck_hostname[ \t]{0,4}=[ \t]{0,4}False\b|"
        rb"\btls_insecure_set\([ \t]{0,4}True\b|\bdisable_ssl_certificate_validation[ \t]{0,4}=[ \t]{0,4}True\b|"
        rb"\bvalidate_cert[ \t]{0,4}=[ \t]{0,4}False\b|\bPYTHONHTTPSVERIFY=[\"']?0\b",
        (b"_unverified_", b"CERT_NONE", b"check_hostname", b"tls_insecure_set", b"ssl_certificate_valid",
         b"validate_cert", b"PYTHONHTTPSVERIFY"),
        unless=regex(
            _DEFINITION.pattern + rb"|server_side[ \t]*=[ \t]*True|(?:!=|==| is | in )[^\n]{0,40}CERT_NONE"
        ),
    ),
    Switch(
        "php", "php", rb"CURLOPT_SSL_VERIFY(?:PEER|HOST)[\"']?\]?[ \t]{0,4}(?:,|=>|=)[ \t]{0,4}" + _FALSE,
        (b"curlopt_ssl_verify",), ignore_case=True,
    ),
    Switch(
        "php-stream", "php", rb"[\"'](?:verify_peer(?:_name)?[\"'][ \t]{0,4}=>[ \t]{0,4}(?:false|0)|"
        rb"verify[\"'][ \t]{0,4}=>[ \t]{0,4}false|allow_self_signed[\"'][ \t]{0,4}=>[ \t]{0,4}(?:true|1))\b",
        (b"verify", b"allow_self_signed"), ignore_case=True,
    ),
    Switch(
        "node", "node",
        rb"\brejectUnauthorized[\"']?[ \t]{0,4}:[ \t]{0,4}false\b|\bstrictSSL[\"']?[ \t]{0,4}:[ \t]{0,4}false\b|"
        rb"\bNODE_TLS_REJECT_UNAUTHORIZED[\"']?\]?[ \t]{0,4}=[ \t]{0,4}[\"']?0\b",
        (b"rejectUnauthorized", b"strictSSL", b"NODE_TLS_REJECT_UNAUTHORIZED"), unless=_OF_A_SERVER,
    ),
    Switch(
        "lua", "lua",
        rb"\bverify[ \t]{0,4}=[ \t]{0,4}\{?[ \t]{0,4}[\"']none[\"']|\bssl_verify[ \t]{0,4}=[ \t]{0,4}false\b|"
        rb"\bOPT_SSL_VERIFY(?:PEER|HOST)\]?[ \t]{0,4}[=,][ \t]{0,4}(?:0|false)\b",
        (b"verify", b"OPT_SSL_VERIFY"), unless=regex(rb"mode[ \t]*=[ \t]*[\"']server"),
    ),
    Switch(
        "perl", "perl",
        rb"\bverify_hostname[ \t]{0,4}=>[ \t]{0,4}0\b|"
        rb"\bPERL_LWP_SSL_VERIFY_HOSTNAME[\"'}]{0,2}[ \t]{0,4}=[ \t]{0,4}[\"']?0\b|"
        rb"\bSSL_verify_mode[ \t]{0,4}=>[ \t]{0,4}(?:0x00|0\b|(?:IO::Socket::SSL::)?SSL_VERIFY_NONE)",
        (b"verify_hostname", b"VERIFY_HOSTNAME", b"SSL_verify_mode"),
    ),
    Switch("ruby", "ruby", rb"\bOpenSSL::SSL::VERIFY_NONE\b", (b"VERIFY_NONE",), unless=regex(rb"[!=]=")),
    Switch("go", "go", rb"\bInsecureSkipVerify[ \t]{0,4}:[ \t]{0,4}true\b", (b"InsecureSkipVerify",)),
    Switch(
        "telegraf", "telegraf", rb"\binsecure_skip_verify[ \t]{0,4}[=:][ \t]{0,4}true\b", (b"insecure_skip_verify",)
    ),
    Switch("mosquitto", "mosquitto", rb"\bbridge_insecure[ \t]{1,8}true\b", (b"bridge_insecure",)),
    Switch(
        "git", "git", rb"\bhttp\.sslVerify[ \t=]{1,4}[\"']?(?:false|0|no|off)\b|\bGIT_SSL_NO_VERIFY=[\"']?(?:1|true)\b",
        (b"sslVerify", b"GIT_SSL_NO"),
    ),
    Switch(
        "apt", "apt", rb"\bAcquire::https(?:::[\w.-]{1,60})?::Verify-(?:Peer|Host)[ \t=]{1,4}\"?false\b",
        (b"::Verify-",),
    ),
    Switch("npm", "npm", rb"\bstrict-ssl[ \t=]{1,4}false\b", (b"strict-ssl",)),
    Switch(
        "ldap", "ldap", rb"\b(?:TLS_REQCERT|tls_reqcert|ldap_tls_reqcert)[ \t=]{1,12}(?:never|allow)\b|"
        rb"\btls_checkpeer[ \t]{1,8}no\b", (b"_REQCERT", b"_reqcert", b"tls_checkpeer"),
    ),
    Switch("msmtp", "msmtp", rb"\btls_certcheck[ \t]{1,8}off\b", (b"tls_certcheck",)),
    Switch(
        "rsyslog", "rsyslogd",
        rb"\bActionSendStreamDriverAuthMode[ \t]{1,8}anon\b|\bStreamDriverAuthMode=\"anon\"",
        (b"StreamDriverAuthMode",),
    ),
    Switch("gstreamer", "gstreamer", rb"\bsouphttp[^\n|]{1,120}\bssl-strict=(?:false|0)\b", (b"ssl-strict",)),
    Switch("inadyn", "inadyn", rb"\bsecure-ssl[ \t]{0,4}=[ \t]{0,4}false\b", (b"secure-ssl",)),
)  # fmt: skip

COMMANDS = frozenset(
    ("curl", "wget", "uclient-fetch", "apk", "opkg", "aria2c", "lftp", "mosquitto_pub", "openssl", "socat")
)
"""Clients that are told by the words of a shell command, wherever that stands."""

_LIBRARY = regex(
    rb"(?:\A|/)(?:lib/python\d[\d.]*/(?!site-packages/|dist-packages/)|"
    rb"(?:site|dist)-packages/(?:requests|urllib3|httpx|httpcore|aiohttp|httplib2|tornado|twisted|paho|pip|OpenSSL|"
    rb"websocket|websockets|boto|boto3|botocore|certifi|eventlet|gevent|asyncio|hbmqtt|amqtt|gmqtt|ldap3|pymongo|"
    rb"redis|tlslite)/|node_modules/|lua/(?:5\.\d/)?(?:ssl|socket|resty|http|cqueues|cURL)[/.])"
)


def is_library(path: bytes) -> bool:
    """Tell by its path whether a script is a library that offers the switch to others and does not throw it."""
    return _LIBRARY.search(path) is not None
