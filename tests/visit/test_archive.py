"""A visit that is kept can be made again offline, and says the same."""

import datetime
import gzip
import io
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll.errors import InputError, PlimsollError
from plimsoll.model.message import Message, message
from plimsoll.sources.site import Access, Hop, Method, Response, Site
from plimsoll.visit._warc import BadArchive, read_archive, read_records
from plimsoll.visit.archive import Recorder, replay
from plimsoll.visit.limits import VisitLimits
from tests.visit.sites import HOSTILE_HTML, Maker, gzip_bomb, moved, page, robots, text

DAY = datetime.date(2026, 3, 1)
URL = "https://maker.example/"


def kept(*responses: Response, method: Method = "GET") -> Recorder:
    """Make a recorder that has heard these answers."""
    answers = {one.url: one for one in responses}
    recorder = Recorder(lambda method, url: answers[url])
    for one in responses:
        recorder(method, one.url)
    return recorder


def written(recorder: Recorder, path: Path, day: datetime.date = DAY) -> bytes:
    recorder.write(path, day)
    return path.read_bytes()


@pytest.fixture
def sample(tmp_path: Path) -> bytes:
    answer = Response(
        URL, "answered", URL, 200, (("content-type", "text/plain"),), b"Contact: x", (Hop(URL, 302, "/b"),)
    )
    refused = Response(f"{URL}b", "refused", why=message("{host} does not allow it", host="maker.example"))
    return written(kept(answer, refused), tmp_path / "sample.warc")


@pytest.mark.parametrize("name", ["visit.warc", "visit.warc.gz"])
def test_a_real_visit_is_answered_again_offline(tmp_path: Path, name: str) -> None:
    routes = {
        "/robots.txt": robots("User-agent: *\nDisallow: /closed"),
        "/security.txt": moved("/.well-known/security.txt", 301),
        "/.well-known/security.txt": text("Contact: mailto:a@maker.example\r\n\r\n"),
        "/hostile": page(HOSTILE_HTML, **{"X-Odd": "caf\xe9"}),
        "/bomb": gzip_bomb(8 << 20),
        "/away": moved("http://maker.example/"),
    }
    paths = ("/security.txt", "/hostile", "/bomb", "/away", "/closed", "/absent", "/late")
    with Maker(routes) as maker:
        recorder = Recorder(maker.visitor(limits=VisitLimits(requests=7)))
        live = maker.site(recorder)
        answers = [*(live.get(path) for path in paths), live.head("/security.txt")]
    recorder.write(tmp_path / name, DAY)
    again = replay(tmp_path / name)
    site = Site(maker.domain, again)
    assert [*(site.get(path) for path in paths), site.head("/security.txt")] == answers
    assert {one.access for one in answers} == {"answered", "refused", "not-looked-at"}
    assert again.visited_on == DAY


def test_an_address_that_was_not_asked_for_is_not_looked_at(tmp_path: Path, sample: bytes) -> None:
    again = replay(tmp_path / "sample.warc")
    assert again("GET", f"{URL}other").access == "not-looked-at"
    assert again("HEAD", URL).access == "not-looked-at"
    assert again("GET", URL).ok


def test_each_address_is_asked_for_once() -> None:
    asked = []

    def fetch(method: Method, url: str) -> Response:
        asked.append(url)
        return Response(url, "unreachable")

    recorder = Recorder(fetch)
    assert recorder("GET", URL) is recorder("GET", URL)
    assert asked == [URL]


def test_the_same_visit_gives_the_same_bytes(tmp_path: Path) -> None:
    responses = [Response(f"{URL}{n}", "answered", URL, 200, (), b"here") for n in range(3)]
    for name in ("a.warc", "a.warc.gz"):
        first = written(kept(*responses), tmp_path / name)
        assert written(kept(*responses), tmp_path / name) == first
        assert written(kept(*responses), tmp_path / name, DAY + datetime.timedelta(1)) != first


def test_other_programs_read_the_archive(tmp_path: Path, sample: bytes) -> None:
    warcio = pytest.importorskip("warcio.archiveiterator", reason="warcio, the oracle for archives, is not installed")
    packed = b"".join(gzip.compress(b"WARC/1.1\r\n" + one) for one in sample.split(b"WARC/1.1\r\n")[1:])
    for data in (sample, packed):
        records = []
        for record in warcio.ArchiveIterator(io.BytesIO(data), check_digests="raise"):
            body = record.content_stream().read()
            status = record.http_headers.get_statuscode() if record.rec_type == "response" else ""
            records.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), status, len(body) > 0))
        assert records == [
            ("warcinfo", None, "", True),
            ("response", URL, "302", False),
            ("response", URL, "200", True),
            ("metadata", URL, "", True),
            ("metadata", f"{URL}b", "", True),
        ]


def test_headers_of_the_wire_do_not_mislead_other_programs(tmp_path: Path) -> None:
    headers = (("content-encoding", "gzip"), ("content-length", "3"), ("x-two", "a\r\n b"))
    path = tmp_path / "a.warc"
    data = written(kept(Response(URL, "answered", URL, 200, headers, b"here")), path)
    assert b"\r\nX-Archive-Orig-content-encoding: gzip\r\n" in data
    assert b"\r\ncontent-encoding" not in data
    assert replay(path)("GET", URL).headers == headers


texts = st.text(st.characters(), max_size=20)
headers = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
reasons = st.none() | texts.map(lambda value: message("{host} is {{odd}}", host=value))
answered = st.builds(
    Response, texts, st.just("answered"), texts, st.integers(100, 599), headers, st.binary(),
    st.lists(st.builds(Hop, texts, st.integers(300, 308), texts), max_size=2).map(tuple), reasons, st.booleans(),
)  # fmt: skip
silent: list[Access] = ["unreachable", "refused", "not-looked-at"]
unanswered = st.builds(Response, texts, st.sampled_from(silent), why=reasons)


@settings(deadline=None)
@given(st.lists(answered | unanswered, max_size=4, unique_by=lambda one: one.url))
def test_any_answers_come_back_equal(tmp_path_factory: pytest.TempPathFactory, responses: list[Response]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.warc"
    kept(*responses, method="HEAD").write(path, DAY)
    again = replay(path)
    assert [again("HEAD", one.url) for one in responses] == responses


class TestDamage:
    @staticmethod
    def refuse(path: Path, data: bytes) -> str:
        path.write_bytes(data)
        with pytest.raises(InputError) as caught:
            replay(path)
        assert caught.value.hint
        return str(caught.value)

    def test_what_is_no_archive_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        for data in (
            b"",
            b"PK\x03\x04",
            b"\x1f\x8b",
            b"WARC/1.1\r\n\r\n",
            gzip.compress(sample)[:-9],
            b"WARC/1.1\r\n" * 99_999,
        ):
            self.refuse(tmp_path / "a.warc", data)

    def test_a_file_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        for path in (tmp_path / "absent.warc", tmp_path):
            with pytest.raises(InputError):
                replay(path)

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(PlimsollError):
            kept().write(tmp_path / "absent" / "a.warc", DAY)

    def test_a_changed_body_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        assert "was changed" in self.refuse(tmp_path / "a.warc", sample.replace(b"Contact: x", b"Contact: y"))

    def test_a_missing_answer_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        records = sample.split(b"WARC/1.1\r\n")
        del records[3]
        assert "missing" in self.refuse(tmp_path / "a.warc", b"WARC/1.1\r\n".join(records))

    def test_an_archive_of_another_program_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        self.refuse(tmp_path / "a.warc", sample[sample.index(b"WARC/1.1", 9) :])
        self.refuse(tmp_path / "a.warc", sample.replace(b"WARC-Date: 2026-03-01", b"WARC-Date: yesterday0"))

    def test_an_answer_that_stands_twice_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        last = sample[sample.rindex(b"WARC/1.1") :]
        assert "twice" in self.refuse(tmp_path / "a.warc", sample + last)

    @pytest.mark.parametrize(
        "template", ["{host.__class__}", "{host!r}", "{host:>99999999}", "{0}", "{}", "{", "{other}", "{host[0]}"]
    )
    def test_a_reason_that_does_more_than_name_values_is_refused(self, tmp_path: Path, template: str) -> None:
        why = Message(template, {"host": "x", "0": "y", "": "z"})
        data = written(kept(Response(URL, "refused", why=why)), tmp_path / "a.warc")
        assert "reason" in self.refuse(tmp_path / "a.warc", data)

    def test_metadata_of_another_form_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        position = sample.rindex(b"WARC/1.1")
        head = sample[position : sample.index(b"Content-Length", position)]
        for block in (b"[]", b"{}", b"\xff", b"[" * 100_000, b"1" * 10_000, json.dumps({"method": "POST"}).encode()):
            record = head + b"Content-Length: %d\r\n\r\n" % len(block) + block + b"\r\n\r\n"
            self.refuse(tmp_path / "a.warc", sample[:position] + record)

    def test_an_archive_larger_than_a_visit_is_refused(self, tmp_path: Path, sample: bytes) -> None:
        path = tmp_path / "a.warc.gz"
        path.write_bytes(gzip.compress(bytes(10_000_000)))
        with pytest.raises(BadArchive, match="100000 bytes"):
            read_archive(path, 100_000)
        with pytest.raises(BadArchive, match="2 records"):
            read_records(sample, 2)

    @settings(deadline=None)
    @given(st.data())
    def test_a_damaged_archive_is_read_or_refused(
        self, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
    ) -> None:
        path = tmp_path_factory.mktemp("damaged") / "a.warc"
        whole = written(kept(Response(URL, "answered", URL, 200, (), b"here", (Hop(URL, 302, "/b"),))), path)
        at = data.draw(st.integers(0, len(whole)))
        damaged = whole[:at] + data.draw(st.binary(max_size=5)) + whole[at + data.draw(st.integers(0, 5)) :]
        path.write_bytes(data.draw(st.sampled_from([damaged, gzip.compress(damaged)])))
        try:
            response = replay(path)("GET", URL)
        except InputError:
            return
        assert str(response.why)
        assert msgspec.json.encode(response.status)
