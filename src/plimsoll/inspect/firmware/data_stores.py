"""Where the product keeps data of people: Wi-Fi networks, accounts, tokens, recordings, places, contacts, logs.

See `_data_store_files` for what is known of programs and settings. A database is read by the names of its tables and
columns; of rows about people it is told how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from plimsoll.inspect.firmware import _data_store_files as known
from plimsoll.inspect.firmware._shell_words import shell_text
from plimsoll.inspect.firmware._sqlite import read_schema, read_table
from plimsoll.inspect.firmware._standing import is_active, is_comment, is_documentation, line_at
from plimsoll.inspect.inspector import Inspector, Look, Pattern, Seen
from plimsoll.inspect.scan import printable
from plimsoll.model.facts import DataStore, Residue
from plimsoll.model.facts.privacy import DataKind
from plimsoll.model.locator import escape_name, escape_path
from plimsoll.regex import regex
from plimsoll.sources.tree import Tree

LARGEST = 1 << 20
"""Bytes of the largest text that is read."""
LARGEST_DATABASE = 32 << 20
"""Bytes of the largest database that is read."""
MOST = 50
"""Most stores told of one file."""
TABLES = 200
"""Most tables read of a database."""
COUNTED, ROWS = 8, 10_000
"""Most tables of a database whose rows are counted, and most rows of each."""

_MAGIC = b"SQLite format 3\0"
_PACKAGE_DATA = regex(
    rb"(?i)(?:\A|/)(?:rpmdb\.sqlite|packages\.db|cacerts?\.db|cert9\.db|key4\.db|mime\.cache|\.svn/\S*)\Z"
)
"""Databases of packages, certificates and working copies."""
_PEOPLE = regex(r"(?i)user|account|member|contact|customer|person|people|family|owner|face|patient|visitor|friend")
"""Names of tables whose rows are about people."""
_CREATED = regex(r"(?is)\bcreate\s+(?:virtual\s+)?table\b[^(]{0,200}\((.{0,4000})")


class DataStores(Inspector):
    """Records each place with what is kept there and what says so."""

    id = "data-stores"
    title = "Where does the product keep data of people?"
    what = (
        "Paths that programs are told on their command line and in their settings (wpa_supplicant, syslog, mosquitto, "
        "motion, recorders), files of programs that are known to hold accounts, networks and keys, values that scripts "
        "keep in the nvram, and SQLite databases whose tables and columns are named for people, places, recordings, "
        "tokens or networks."
    )
    limits = (
        "What compiled programs write by themselves, databases in other forms, and what is kept in a cloud is not "
        "seen. What a table holds is told by the names of its columns alone."
    )
    patterns = (
        Pattern(
            "command",
            rb"\b(?:wpa_supplicant|syslogd|klogd|logread|smbpasswd|ffmpeg|arecord|gst-launch-1\.0)[ \t]+[^\s]|"
            rb"\bnvram(?:_get|_set)?[ \t]+[\"'A-Za-z0-9]",
            (b"wpa_supplicant", b"logd", b"logread", b"smbpasswd", b"ffmpeg", b"arecord", b"gst-launch", b"nvram"),
            longest=48, kinds=("script", "text"),
        ),
        Pattern(
            "folder",
            rb"(?:path|dir|directory|folder|location|file(?:name)?)[\"']?[ \t]{0,4}[=:>]?[ \t]{0,4}[\"']?/[a-z]",
            (b"path", b"dir", b"folder", b"location", b"file"), longest=40, ignore_case=True, kinds=("text",),
        ),
    )  # fmt: skip

    def wants(self, look: Look) -> bool:
        """Take databases, files that hold data, settings that name a folder, and scripts with such commands."""
        if is_documentation(look.path):
            return False
        if look.kind == "binary":
            return look.data[:16] == _MAGIC or _file_of(look.path) is not None
        if look.kind not in ("script", "text", "empty") or len(look.data) > LARGEST:
            return False
        return bool(look.matches) or _file_of(look.path) is not None or b"syslog" in look.name

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give the stores of one file, each once."""
        given: set[object] = set()
        for seen in _all(look):
            if seen.fact not in given and len(given) < MOST:
                given.add(seen.fact)
                yield seen


def _all(look: Look) -> Iterator[Seen]:
    if look.data[:16] == _MAGIC:
        if len(look.data) <= LARGEST_DATABASE and _PACKAGE_DATA.search(look.path) is None:
            yield from _database(look)
        return
    file = _file_of(look.path)
    if file is not None:
        kind, holder = file
        readable = is_readable_by_all(look.file.tree, look.path)
        yield Seen(DataStore(kind, escape_path(look.path), holder, "file", readable))
    if "command" in look.matches and (look.kind == "script" or look.name.endswith(b".sh")):
        yield from _commands(look)
    for setting in known.SETTINGS:
        if setting.file.search(look.path):
            yield from _settings(look, setting, setting.form.finditer(look.data))
    if "folder" in look.matches and known.FOLDER.file.search(look.path):
        for sign in look.matches["folder"]:
            around = known.FOLDER.form.finditer(look.data, max(0, sign.start() - 24), sign.end() + 160)
            yield from _settings(look, known.FOLDER, around)


def _file_of(path: bytes) -> tuple[DataKind, str] | None:
    if known.SIGN.search(path) is None:
        return None
    return next(((kind, holder) for form, kind, holder in known.FILES if form.search(path)), None)


def _commands(look: Look) -> Iterator[Seen]:
    text = shell_text(look.data)
    done: set[int] = set()
    for match in look.matches["command"]:
        start, line = line_at(text, match.start())
        if start in done or not is_active(look, match.start()):
            continue
        done.add(start)
        for option in known.OPTIONS:
            for found in option.form.finditer(line):
                path = found[1].strip(b"/")
                if not path.startswith((b"dev/", b"proc/")):
                    holder = escape_name(option.program.partition(b"|")[0].strip(b"(?:"))
                    fact = DataStore(option.kind, escape_path(path), holder, "command", _mode(look, path))
                    yield Seen(fact, start, len(line))
        for found in known.NVRAM.finditer(line):
            for form, kind in known.NVRAM_KINDS:
                if form.search(found[1]):
                    yield Seen(DataStore(kind, "(nvram)", "nvram", "command"), start, len(line))
                    break


def _settings(look: Look, setting: known.Setting, matches: Iterable[re.Match[bytes]]) -> Iterator[Seen]:
    for found in matches:
        path = found[1].strip(b"/")
        if not _is_comment(look, found.start(1)) and not path.startswith((b"dev/", b"proc/")):
            fact = DataStore(
                setting.kind, escape_path(path), escape_name(look.name), "configuration", _mode(look, path)
            )
            yield Seen(fact, found.start(1), len(found[1]))


def _is_comment(look: Look, offset: int) -> bool:
    """A line of syslog's settings may begin with `*`, which is a comment elsewhere."""
    _, line = line_at(look.data, offset)
    return not line.lstrip().startswith(b"*.") and is_comment(line)


def _database(look: Look) -> Iterator[Seen]:
    """Tell tables by the names of their columns, and rows about people by their number."""
    counted = 0
    for number, (offset, length, name, statement) in enumerate(read_schema(look.data)):
        if number >= TABLES:
            return
        created = _CREATED.search(statement.decode("utf-8", "replace"))
        if created is None or name.startswith((b"sqlite_", b"android_metadata")):
            continue
        kinds = [kind for kind, form in known.COLUMNS if form.search(created[1])]
        table = printable(name)[:60]
        for kind in kinds:
            path = f"{escape_path(look.path)}:{table}"
            readable = is_readable_by_all(look.file.tree, look.path)
            yield Seen(DataStore(kind, path, "sqlite", "database", readable), offset, length)
        if "contacts" in kinds or ("accounts" in kinds and _PEOPLE.search(table)):
            counted += 1
            rows = _rows(look.data, name) if counted <= COUNTED else 0
            if rows:
                yield Seen(Residue("database-record", f"the table {table}", rows))


def _rows(data: bytes, name: bytes) -> int:
    count = 0
    for _ in read_table(data, name):
        count += 1
        if count >= ROWS:
            break
    return count


def _mode(look: Look, path: bytes) -> bool | None:
    return is_readable_by_all(look.file.tree, path)


def is_readable_by_all(tree: Tree, path: bytes) -> bool | None:
    """Tell whether every account may read a file; None when it is not there or its tree keeps no modes."""
    node = tree.resolve(path)
    if node is None or node.kind != "file" or tree.format.startswith(_WITHOUT_MODES):
        return None
    return bool(node.mode & 0o004)


_WITHOUT_MODES = ("fat", "exfat", "spiffs", "littlefs", "esp", "zip", "uimage", "romfs", "iso", "udf")
"""Beginnings of the names of formats that keep no modes of their own."""
