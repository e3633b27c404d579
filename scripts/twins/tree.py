"""File trees as the twins are put together from: what lies where, without a disk."""

from __future__ import annotations

from pathlib import Path

Files = dict[str, tuple[int, bytes]]
"""Mode and content by path, without a leading `/`; a mode of 0o120777 makes the content a link's target."""

LINK = 0o120777


class MissingTool(Exception):
    """A tool that makes an image or a program is absent."""


def text(content: str, mode: int = 0o644) -> tuple[int, bytes]:
    """Give a file of text."""
    return mode, content.encode()


def script(body: str) -> tuple[int, bytes]:
    """Give a shell script that may be run."""
    return 0o755, f"#!/bin/sh\n{body}".encode()


def link(target: str) -> tuple[int, bytes]:
    """Give a symbolic link."""
    return LINK, target.encode()


def write(files: Files, folder: Path) -> None:
    """Write a tree of our own making into an empty folder, for tools that read one."""
    for path, (mode, data) in sorted(files.items()):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if mode == LINK:
            target.symlink_to(data.decode())
        else:
            target.write_bytes(data)
            target.chmod(mode)
