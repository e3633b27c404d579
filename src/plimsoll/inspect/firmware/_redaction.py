"""Writes names of people and machines so that they can be told apart from words, and not be read.

Only the first letter of each part stays, and the last label of a host name.
"""

from __future__ import annotations

from plimsoll.regex import regex

ADDRESS = regex(
    rb"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,18}(?![A-Za-z0-9-])"
)
"""A mail address as RFC 5321 forms it, without quoted parts and literals."""

_EXAMPLE_HOST = regex(
    rb"(?i)(?:\A|\.)(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|local|localdomain|lan|home|internal|"
    rb"domain\.(?:com|org|net|tld)|(?:your|my|some|foo|bar|acme|email|mail|company|yourdomain|mydomain|mycompany)"
    rb"\.(?:com|org|net|tld))\Z"
)
_ROLE = regex(
    rb"(?i)(?:admin|administrator|root|user|username|info|support|help|contact|sales|service|security|noreply|"
    rb"no-?reply|do-?not-?reply|postmaster|webmaster|hostmaster|abuse|office|mail|email|me|you|someone|somebody|"
    rb"nobody|anonymous|name|your[._-]?\w{0,20}|my[._-]?\w{0,20}|test\w{0,8}|guest|alarm|alert|camera|ipcam|nas|"
    rb"router|device|notify|notifications?|git|ftp|www|ssh|foo|bar|dev|builds?|builder|ci|jenkins|runner|xxx+|abc)\Z"
)


def redacted(name: bytes) -> str:
    """Give a name, or a name at a host, as `a***` or `a***@b***.org`."""
    local, at, host = name.partition(b"@")
    if not at:
        return _initial(local)
    labels = host.split(b".")
    last = "." + labels[-1].decode("ascii", "replace") if len(labels) > 1 and labels[-1].isalpha() else ""
    return f"{_initial(local)}@{_initial(host)}{last}"


def _initial(word: bytes) -> str:
    first = word[:1].decode("ascii", "replace")
    return (first if first.isalnum() else "") + "***"


def is_of_a_person(address: bytes) -> bool:
    """Tell whether a mail address may be somebody's own: no role, no example, no word to be filled in."""
    local, _, host = address.partition(b"@")
    return _ROLE.fullmatch(local) is None and _EXAMPLE_HOST.search(host) is None


def is_name_of_a_person(name: bytes) -> bool:
    """Tell whether the name of an account may be somebody's own."""
    return len(name) > 1 and _ROLE.fullmatch(name) is None and _MACHINE.fullmatch(name) is None


_MACHINE = regex(
    rb"(?i)(?:default|share[ds]?|public|common|linux|ubuntu|debian|openwrt|lede|yocto|poky|oe|buildroot|buildbot\w*|"
    rb"build\w*|\w*build(?:er|bot|s)?|\w*-?runner|gitlab\w*|travis|circleci|teamcity|bamboo|hudson|jenkins\w*|work|"
    rb"workspace|worker|project\w*|src|source|sdk\w*|release\w*|develop(?:er|ment)?|dev\w{0,3}|sw|software|fw|"
    rb"firmware|system|vendor|product|local|opt|tmp|temp|data|app|apps|pi|conda|vsts|azureuser|ec2-user|vagrant|"
    rb"docker|lfs|cross|cross-?tools?|toolchain\w*|emscripten|rustc?|go|gopher|cargo|node|npm|python|perl|java|"
    rb"user\d{1,3}|path|dir|homedir|\w*user|foo|bar|joe|john|jdoe|johndoe|alice|bob)\Z"
)
"""Names of machines, products and examples that stand below /home in much software."""
