"""Firmware trees built in memory from a few bytes, for tests of inspectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plimsoll.inspect.inspector import Inspector
from plimsoll.inspect.scan import Scan, observations_in_order
from plimsoll.model.evidence import Inspection, Observation, Status
from plimsoll.model.locator import Carve
from plimsoll.sharing import packed, unpacked
from plimsoll.sources.tree import File, Node, Stem, Tree

SALT = b"salt of a test"


def tree_of_files(
    files: Mapping[str, bytes], links: Mapping[str, str] = {}, modes: Mapping[str, int] = {}
) -> tuple[Tree, list[File]]:
    """Build a squashfs-like tree; give it with its files. Directories are made as needed."""
    nodes: dict[bytes, Node] = {b"": Node(b"", "directory", 0o755)}
    for path in [*files, *links]:
        parts = path.encode("utf-8", "surrogateescape").split(b"/")
        for depth in range(1, len(parts)):
            parent = b"/".join(parts[:depth])
            nodes.setdefault(parent, Node(parent, "directory", 0o755))
    for path, data in files.items():
        raw = path.encode("utf-8", "surrogateescape")
        nodes[raw] = Node(raw, "file", modes.get(path, 0o644), size=len(data))
    for path, target in links.items():
        raw = path.encode("utf-8", "surrogateescape")
        nodes[raw] = Node(raw, "symlink", 0o777, target=target.encode("utf-8", "surrogateescape"))
    tree = Tree(Stem(b"test.bin", (Carve("squashfs", 0x1000),)), "squashfs", nodes.values())
    return tree, [File(tree, nodes[path.encode("utf-8", "surrogateescape")], data) for path, data in files.items()]


def observe(
    inspectors: Inspector | Sequence[Inspector],
    files: Mapping[str, bytes],
    links: Mapping[str, str] = {},
    modes: Mapping[str, int] = {},
    status: Status = "completed",
) -> list[Observation]:
    """Run inspectors over files in memory; fail the test when they did not come as far as expected."""
    observations, inspections, _ = observe_all(inspectors, files, links, modes)
    assert all(one.status == status for one in inspections), inspections
    return observations


def observe_all(
    inspectors: Inspector | Sequence[Inspector],
    files: Mapping[str, bytes],
    links: Mapping[str, str] = {},
    modes: Mapping[str, int] = {},
) -> tuple[list[Observation], tuple[Inspection, ...], dict[str, bytes]]:
    """Run inspectors over files in memory; give observations, inspections and the secrets in clear."""
    tree, opened = tree_of_files(files, links, modes)
    seen: list[Observation] = []
    chosen = [inspectors] if isinstance(inspectors, Inspector) else list(inspectors)
    scan = Scan(chosen, SALT, seen.append)
    for file in opened:
        scan.visit(file)
    last = Scan(chosen, SALT, seen.append)
    last.join(unpacked(packed(scan.gathered(), [tree]), [tree], last))  # As when another process has seen the files.
    last.conclude([tree])
    return list(observations_in_order(seen)), last.inspections(), last.secrets
