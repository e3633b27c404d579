"""Package URLs (ECMA-427) of what is found in firmware."""

from __future__ import annotations


def purl(type: str, namespace: str, name: str, version: str, architecture: str = "") -> str:
    """Write a package URL; parts that are empty are left out."""
    from packageurl import PackageURL

    qualifiers = {"arch": architecture} if architecture else None
    return PackageURL(type, namespace or None, name, version or None, qualifiers).to_string()
