"""What every page we write has in common: a strict environment for its template, and its content security policy.

The template asks for text only through filters and plain fields; every value that it writes is made visible and then
escaped, so that no name in an image can become markup or hide its direction.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from plimsoll.report.visible import visible

if TYPE_CHECKING:  # the import is dear, and the command line lists the reports without rendering one
    from jinja2 import Environment


def content_security_policy(style: str) -> str:
    """Write a policy that allows one style sheet, by its digest, and nothing else: no script, nothing fetched."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def environment(package: str) -> Environment:
    """Make the environment for the templates of a package."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )


def _finalize(value: object) -> object:
    """Make every text visible on its way into the page; markup of the template's own macros passes as it is."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
