"""How knowledge names a product: `cpe:VENDOR:PRODUCT` or `purl:pkg:TYPE/NAMESPACE/NAME`, lower case, without a version.

Sources: NISTIR 7695 (CPE 2.3: formatted strings, and the URI binding of 2.2), the Package URL specification. Where the
versions of a package mean nothing without the release of the distribution that it is from, the release follows as purls
have it: `purl:pkg:deb/debian/openssl?distro=debian-12`.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote

from plimsoll.knowledge.vulnerability import Authority

_COLON = re.compile(r"(?<!\\):")
_GLUED_PATCH = frozenset({"openssh", "ntp", "ntpsec", "sudo"})
"""Products that write a patch level straight after the version: 7.2p2."""


class Cpe(NamedTuple):
    """The parts of a CPE name that we use; `*` for any, `-` for none."""

    part: str
    vendor: str
    product: str
    version: str
    update: str
    target: str
    """Software that it runs on (target_sw)."""

    @property
    def key(self) -> str:
        """Give the name of the product."""
        return cpe_key(self.vendor, self.product)

    @property
    def release(self) -> str:
        """Give the version with its update, as the makers write it; empty when it names none."""
        if self.version in ("*", "-", ""):
            return ""
        if self.update in ("*", "-", ""):
            return self.version
        glued = self.product in _GLUED_PATCH and re.fullmatch(r"p\d+", self.update)
        return f"{self.version}{'' if glued else '-'}{self.update}"


def cpe_key(vendor: str, product: str) -> str:
    """Name a product of CPE; escapes are undone."""
    return normalise(f"cpe:{vendor}:{product}")


def normalise(key: str) -> str:
    """Write the name of a product as it is kept."""
    return key.lower().replace("\\", "")


def parse_cpe(text: str) -> Cpe | None:
    """Read a CPE name of either form; None when it is none, or leaves open which product it is."""
    if text.startswith("cpe:2.3:"):
        fields = [one.replace("\\", "") for one in _COLON.split(text)[2:]]
    elif text.startswith("cpe:/"):
        fields = [unquote(one) or "*" for one in text[5:].split(":")]
    else:
        return None
    fields += ["*"] * (11 - len(fields))
    part, vendor, product, release, update = fields[:5]
    cpe = Cpe(part, vendor, product, release, update, fields[8])
    if cpe.part not in ("a", "o", "h") or "*" in (cpe.vendor, cpe.product) or not (cpe.vendor and cpe.product):
        return None
    return cpe


def split_purl(purl: str) -> tuple[str, str] | None:
    """Split a Package URL into the name of the product and the version; None when it is none."""
    if not purl.startswith("pkg:"):
        return None
    bare, _, qualifiers = purl.partition("#")[0].partition("?")
    name, _, version = bare.rpartition("@")
    if not name or "/" in version:
        name, version = bare, ""
    if not re.fullmatch(r"pkg:/*[A-Za-z][A-Za-z0-9.+-]*/.*[^/]", name):
        return None
    distro = dict(one.partition("=")[::2] for one in qualifiers.split("&")).get("distro", "")
    key = normalise(f"purl:{unquote(name)}")
    return (f"{key}?distro={unquote(distro).lower()}" if distro else key), unquote(version)


PACKAGED = ("purl:pkg:deb/", "purl:pkg:rpm/", "purl:pkg:apk/")
"""What the names of packages of distributions begin with."""


def authority_of(key: str, publisher: str) -> Authority:
    """Say as who a publisher speaks of a product: as its maker where the name of the product has it, else as another.

    NOTE: who ships a product with somebody else's library in it is not the library's maker.
    """
    if key.startswith(PACKAGED):
        return "distribution"
    scheme, _, rest = key.partition(":")
    owner = rest.partition(":")[0] if scheme == "cpe" else rest.partition("/")[2].partition("/")[0]
    owner, who = (re.sub(r"[^a-z0-9]", "", one.lower()) for one in (owner, publisher))
    return "maker" if len(owner) > 2 and owner in who else "other"


def purl_key(type: str, name: str, namespace: str = "", distro: str = "") -> str:
    """Name a product of a package manager."""
    path = f"{namespace}/{name}" if namespace else name
    return normalise(f"purl:pkg:{type}/{path}") + (f"?distro={distro.lower()}" if distro else "")
