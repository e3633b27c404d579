"""Small programs built by real compilers for several machines, against stubs of TLS libraries; none of them is run."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unpack.images import tool

BUILDS = {
    "arm": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi", "-O2 -marm"),
    "arm-pie": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi", "-Os -marm -fPIE -pie"),
    "arm-plain": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi", "-O0 -marm"),
    "thumb": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi", "-Os -march=armv5te -mthumb"),
    "thumb-2": ("arm-linux-gnueabi-gcc", "gcc-arm-linux-gnueabi", "-O2 -march=armv7-a -mthumb -mfloat-abi=soft"),
    "aarch64": ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "-O2"),
    "aarch64-bti": ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", "-Os -mbranch-protection=standard"),
    "mips": ("mips-linux-gnu-gcc", "gcc-mips-linux-gnu", "-O2 -fPIC"),
    "mips-pie": ("mips-linux-gnu-gcc", "gcc-mips-linux-gnu", "-Os -march=mips32r2 -fPIE -pie"),
    "mips-plain": ("mips-linux-gnu-gcc", "gcc-mips-linux-gnu", "-O0 -fPIC"),
    "mipsel": ("mipsel-linux-gnu-gcc", "gcc-mipsel-linux-gnu", "-Os -fPIC"),
    "mipsel-stubs": ("mipsel-linux-gnu-gcc", "gcc-mipsel-linux-gnu", "-O2 -fno-pic -mplt -no-pie"),
    "x86-64": ("gcc", "gcc", "-m64 -O2"),
    "x86-64-small": ("gcc", "gcc", "-m64 -Os -fcf-protection=none -no-pie"),
    "x86": ("gcc", "gcc", "-m32 -O2"),
    "x86-small": ("gcc", "gcc", "-m32 -Os -no-pie -fno-pic"),
}
"""By name: the compiler, its package in Debian, and options."""
FOLLOWED = tuple(name for name in BUILDS if not name.startswith("x86"))
"""Builds for machines whose instructions are followed."""

_HEAD = """
void *curl_easy_init(void); int curl_easy_setopt(void *, int, ...); int curl_easy_perform(void *);
void *SSL_CTX_new(void *); void *TLS_client_method(void); void *TLSv1_client_method(void);
void SSL_CTX_set_verify(void *, int, void *); void *SSL_new(void *); int SSL_connect(void *); int SSL_accept(void *);
long SSL_get_verify_result(void *); void mbedtls_ssl_conf_authmode(void *, int); int mbedtls_ssl_handshake(void *);
int mbedtls_ssl_config_defaults(void *, int, int, int); int gnutls_init(void *, int); int gnutls_handshake(void *);
#define APART __attribute__((noinline))
"""
_STUBS = (
    _HEAD
    + """
void *curl_easy_init(void) { return 0; } int curl_easy_setopt(void *h, int o, ...) { return 0; }
int curl_easy_perform(void *h) { return 0; } void *SSL_CTX_new(void *m) { return m; }
void *TLS_client_method(void) { return 0; } void *TLSv1_client_method(void) { return 0; }
void SSL_CTX_set_verify(void *c, int m, void *f) {} void *SSL_new(void *c) { return c; }
int SSL_connect(void *s) { return 1; } int SSL_accept(void *s) { return 1; }
long SSL_get_verify_result(void *s) { return 0; } void mbedtls_ssl_conf_authmode(void *c, int m) {}
int mbedtls_ssl_handshake(void *s) { return 0; }
int mbedtls_ssl_config_defaults(void *c, int e, int t, int p) { return 0; }
int gnutls_init(void *s, int f) { return 0; } int gnutls_handshake(void *s) { return 0; }
"""
)
_TAIL = """
void _start(void) { run((void *) 0, 0, 1); for (;;); }
"""


@cache
def program(build: str, source: str) -> bytes:
    """Compile a program whose function `run(void *, void *, int)` does the work; skip where the compiler is absent."""
    name, package, options = BUILDS[build]
    command = [tool(name, package), *options.split(), "-nostdlib", "-ffreestanding", "-fno-builtin", "-w"]
    with TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "stubs.c").write_text(_STUBS)
        (here / "program.c").write_text(_HEAD + source + _TAIL)
        library = [one for one in command if one not in ("-pie", "-fPIE", "-no-pie", "-fno-pic", "-mplt")]
        _run([*library, "-fPIC", "-shared", "-Wl,-soname,libtls.so", "-o", "libtls.so", "stubs.c"], here)
        _run([*command, "-o", "program", "program.c", "libtls.so"], here)
        return (here / "program").read_bytes()


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
