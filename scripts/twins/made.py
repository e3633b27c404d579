"""Parts of a twin that are made when it is built: small programs by real compilers, and files out of a package.

The functions of the libraries that such a program calls are declared and left empty; only their names go into it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from scripts.twins.systems import Supply
from scripts.twins.tree import MissingTool

_COMPILERS: Mapping[str, tuple[str, str]] = {
    "amd64": ("gcc", "gcc"),
    "arm64": ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
    "armel": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi"),
    "mipsel": ("mipsel-linux-gnu-gcc", "gcc-mipsel-linux-gnu"),
}
"""By architecture: the compiler, and its package in Debian."""
_HEAD = """
void *SSL_CTX_new(void *); void *TLS_client_method(void); void *TLSv1_client_method(void);
void SSL_CTX_set_verify(void *, int, void *); int SSL_CTX_set_default_verify_paths(void *);
void *SSL_new(void *); int SSL_connect(void *); int SSL_write(void *, const void *, int);
"""
_EMPTY = (
    _HEAD
    + """
void *SSL_CTX_new(void *m) { return m; } void *TLS_client_method(void) { return 0; }
void *TLSv1_client_method(void) { return 0; } void SSL_CTX_set_verify(void *c, int m, void *f) {}
int SSL_CTX_set_default_verify_paths(void *c) { return 1; } void *SSL_new(void *c) { return c; }
int SSL_connect(void *s) { return 1; } int SSL_write(void *s, const void *b, int n) { return n; }
"""
)
_OPTIONS = ("-O2", "-fPIC", "-nostdlib", "-ffreestanding", "-fno-builtin", "-w")


class Compiled(msgspec.Struct, frozen=True, tag=True):
    """A program whose function `_start` is given, linked to a library of OpenSSL's name."""

    source: str

    def give(self, architecture: str, supply: Supply) -> tuple[int, bytes]:
        """Give mode and content; raise MissingTool where the compiler is absent."""
        return 0o755, _compiled(architecture, self.source)


class Copied(msgspec.Struct, frozen=True, tag=True):
    """A file of a package, put elsewhere."""

    package: str
    path: str

    def give(self, architecture: str, supply: Supply) -> tuple[int, bytes]:
        """Give mode and content; an empty file where the package is a stand-in without it."""
        return supply(architecture, self.package).get(self.path, (0o644, b""))


Made = Compiled | Copied


@cache
def _compiled(architecture: str, source: str) -> bytes:
    name, package = _COMPILERS[architecture]
    compiler = shutil.which(name)
    if compiler is None:
        raise MissingTool(f"{name} is absent: Debian has it in {package}")
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "empty.c").write_text(_EMPTY)
        (here / "program.c").write_text(_HEAD + source)
        commands = (
            [compiler, *_OPTIONS, "-shared", "-Wl,-soname,libssl.so.3", "-o", "libssl.so", "empty.c"],
            [compiler, *_OPTIONS, "-o", "program", "program.c", "libssl.so"],
        )
        for command in commands:
            subprocess.run(command, cwd=here, check=True, capture_output=True)
        return (here / "program").read_bytes()
