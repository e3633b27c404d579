"""Fetches the official feeds that have changed, and takes them into the operator's knowledge."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from plimsoll.errors import InputError
from plimsoll.knowledge._fetch import Failed, Fetched, Fetcher, OnBytes, Unchanged, Validators
from plimsoll.knowledge.feeds import Feed
from plimsoll.knowledge.importers._files import ImportLimits
from plimsoll.knowledge.importing import Imported, OnRecords, import_file, writing
from plimsoll.knowledge.store import Store
from plimsoll.model.message import Message, message


class FeedResult(msgspec.Struct, frozen=True):
    """What came of one file of a feed; one of the three is set, or none when it is unchanged."""

    source: str
    file: str
    imported: Imported | None = None
    failed: Message | None = None


class _Got(msgspec.Struct, frozen=True):
    source: str
    name: str
    address: str
    fetched: Fetched


def update(
    target: Path,
    feeds: Sequence[Feed],
    *,
    today: datetime.date,
    base: str = "",
    limits: ImportLimits | None = None,
    sleep: Callable[[float], None] = time.sleep,
    on_bytes: OnBytes | None = None,
    on_records: OnRecords | None = None,
) -> tuple[FeedResult, ...]:
    """Fetch and take in; a feed that fails leaves what is held of it. `base`: a copy of the feeds to ask.

    What is fetched lies beside the knowledge until it is taken in.
    """
    folder = target.parent / "feeds"
    with Fetcher(folder, sleep=sleep, on_bytes=on_bytes) as fetcher:
        results, got = _fetch_all(fetcher, target, feeds, today.year, base, sleep)
    try:
        if got:
            with writing(target) as writer:
                for one in got:
                    try:
                        imported = import_file(writer, one.fetched.path, limits or ImportLimits(), on_records)
                    except InputError as error:
                        results.append(FeedResult(one.source, one.name, failed=message("{why}", why=error.what)))
                        continue
                    held = one.fetched.validators
                    writer.fetched(one.address, held.etag, held.modified, today.isoformat())
                    results.append(FeedResult(one.source, one.name, imported))
    finally:
        for one in got:
            one.fetched.path.unlink(missing_ok=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return tuple(results)


def _fetch_all(
    fetcher: Fetcher, target: Path, feeds: Sequence[Feed], year: int, base: str, sleep: Callable[[float], None]
) -> tuple[list[FeedResult], list[_Got]]:
    """Fetch one file after the other; a host that was not reached is not asked again."""
    results: list[FeedResult] = []
    got: list[_Got] = []
    down: dict[str, Message] = {}
    held = _held(target)
    for feed in feeds:
        for number, (name, address) in enumerate(feed.files(year, base)):
            host = urlsplit(address).netloc
            if host in down:
                results.append(FeedResult(feed.source, name, failed=down[host]))
                continue
            if number and not base:
                sleep(feed.interval_s)
            answer = fetcher.fetch(name, address, held.get(address, Validators()))
            if isinstance(answer, Fetched):
                got.append(_Got(feed.source, name, address, answer))
            elif isinstance(answer, Failed):
                results.append(FeedResult(feed.source, name, failed=answer.why))
                if answer.is_host_down:
                    down[host] = answer.why
            elif isinstance(answer, Unchanged):
                results.append(FeedResult(feed.source, name))
    return results, got


def _held(target: Path) -> dict[str, Validators]:
    """Give what the servers said when the feeds in the file were fetched."""
    if not target.exists():
        return {}
    with Store(target) as store:
        return {address: Validators(etag, modified) for address, etag, modified in store.fetched()}
