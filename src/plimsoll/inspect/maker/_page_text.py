"""Reads a page as a person would see it without scripts: its words, each with its place in the bytes, and its links.

The bytes are cut at tags before anything is decoded, so that the place of every character in the body stays known
whatever the charset. Written from the tokenizer of the HTML Living Standard, section 13.2.5, as far as words and links
need it; every step moves forward, so the cost is linear in the size of the page.
"""

from __future__ import annotations

import codecs
import html
import re
from array import array
from functools import lru_cache
from urllib.parse import quote, urldefrag, urljoin

import msgspec

from plimsoll.inspect.maker._page_writer import BREAK, CELL, ROW, Writer
from plimsoll.sources.site import Response

MOST_LINKS = 3_000
"""Links kept of one page."""


class Link(msgspec.Struct, frozen=True):
    """A link as it stands on a page."""

    url: str
    """Absolute, without fragment; `mailto:` and `tel:` as written."""
    words: str
    """Its text in one line, or its label."""
    start: int
    """Where its text begins in the text of the page."""
    end: int
    kind: str = ""
    """Media type that it announces, such as `application/rss+xml`."""


class Heading(msgspec.Struct, frozen=True):
    """A heading and where it stands in the text."""

    start: int
    end: int
    level: int


class PageText(msgspec.Struct, frozen=True):
    """The words of a page."""

    response: Response
    text: str
    starts: array[int]
    """Offset in the body of each character's first byte."""
    ends: array[int]
    """Offset in the body behind each character's last byte."""
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    title: str = ""
    language: str = ""
    """Language that the page says it is in, lower case; empty when it says nothing."""
    has_form: bool = False
    """Whether a form with room for a text stands on it."""
    needs_scripts: bool = False
    """Whether it has next to no words but scripts: what it shows is not seen here."""
    is_whole: bool = True
    """Whether all of it was read."""

    @property
    def url(self) -> str:
        """Address of the page after redirects."""
        return self.response.final_url or self.response.url

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give offset and length in the body of a stretch of the text; one of no length has the next character's."""
        if not self.text:
            return 0, 0
        start = min(start, len(self.text) - 1)
        end = min(max(end, start + 1), len(self.text))
        offset = self.starts[start]
        return offset, max(self.ends[end - 1] - offset, 0)


@lru_cache(maxsize=32)
def read_page(response: Response) -> PageText | None:
    """Read the words of an answer; None when it is neither HTML nor plain text, or in a charset that is not read."""
    media = response.header("content-type").partition(";")[0].strip().lower()
    head = response.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_html = media in ("text/html", "application/xhtml+xml") or (not media and head.startswith(b"<"))
    is_text = media in ("text/plain", "text/markdown") or (not media and b"\0" not in head)
    if response.body.startswith((b"\xff\xfe", b"\xfe\xff")) or not (is_html or is_text):
        return None
    writer = Writer(response.body, _charset(response))
    if is_html or head.startswith((b"<!doctype html", b"<html")):
        return _Reader(response, writer).read()
    offset = 0
    for line in response.body.splitlines(keepends=True):
        writer.write(offset, offset + len(line))
        writer.separate(ROW)
        offset += len(line)
    return PageText(response, writer.text, writer.starts, writer.ends, is_whole=writer.has_room and not response.cut)


def _charset(response: Response) -> str:
    """Name the codec of a page by its header, else by its own word, else UTF-8."""
    given = re.search(r"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", response.header("content-type"), re.IGNORECASE)
    meta = re.search(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", response.body[:4096], re.I)
    name = given[1] if given else meta[1].decode("ascii", "replace") if meta else "utf-8"
    name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "us-ascii", "ascii") else name
    try:
        codec = codecs.lookup(name).name
        keeps_ascii = "<a>&;".encode(codec) == b"<a>&;" and not codec.startswith(("iso2022", "hz", "utf-7"))
        return codec if keeps_ascii else "utf-8"
    except (LookupError, UnicodeError, TypeError):
        return "utf-8"


_NAME = re.compile(rb"[a-zA-Z][^\s/>]*")
_ATTRIBUTE = re.compile(rb"([^\s>/][^\s=>/]*+)\s*+(=?)\s*+")
_BARE = re.compile(rb"[^\s>]*+")
_SLASHES = re.compile(rb"[\s/]*+")
_RAW = {name: re.compile(rb"</" + name + rb"(?=[\s/>])", re.IGNORECASE)
        for name in b"script style textarea title iframe noembed noframes xmp".split()}  # fmt: skip
_UNSEEN = frozenset(
    (b"noscript", b"template", b"select", b"svg", b"object", b"canvas", b"datalist", b"audio", b"video")
)
_VOID = frozenset(b"area base br col embed hr img input link meta source track wbr".split())
_BLOCKS = frozenset(
    b"address article aside blockquote body br dd details dialog div dl dt fieldset figcaption figure footer form "
    b"h1 h2 h3 h4 h5 h6 header hr html li main nav ol option p pre section summary table tbody thead tfoot ul "
    b"button".split()
)
_HEADINGS = {b"h%d" % level: level for level in range(1, 7)}
_HIDING = re.compile(r"display:none|visibility:hidden|font-size:0(?![.\d])|opacity:0(?![.\d])")
_Attributes = dict[bytes, str]


class _Reader:
    """Walks over the tags of one page."""

    def __init__(self, response: Response, writer: Writer) -> None:
        self._response = response
        self._body = response.body
        self._writer = writer
        self._base = response.final_url or response.url
        self._links: list[tuple[str, str, int, int, str]] = []
        self._headings: list[Heading] = []
        self._open_link: tuple[str, str, int] | None = None
        self._open_heading: tuple[int, int] | None = None
        self._hidden: tuple[bytes, int] | None = None
        self._cells = 0
        self._title = ""
        self._language = ""
        self._scripts = 0
        self._has_form = False

    def read(self) -> PageText:
        position = 0
        while position < len(self._body):
            tag = self._body.find(b"<", position)
            self._text(position, tag if tag >= 0 else len(self._body))
            if tag < 0:
                break
            position = self._step(tag)
        self._close_link()
        text = self._writer.text
        words = sum(1 for character in text if character.isalnum())
        links = tuple(
            Link(url, words or " ".join(text[start:end].split())[:300], start, end, kind)
            for url, words, start, end, kind in self._links
        )
        return PageText(
            self._response, text, self._writer.starts, self._writer.ends, links, tuple(self._headings), self._title,
            self._language, self._has_form, words < 250 and self._scripts > 0,
            self._writer.has_room and not self._response.cut,
        )  # fmt: skip

    def _step(self, tag: int) -> int:
        """Read what begins with `<`; give where to go on."""
        body = self._body
        if body.startswith(b"<!--", tag):
            return _behind(body.find(b"-->", tag + 2), 3, body)
        if body[tag + 1 : tag + 2] in (b"!", b"?"):
            return _behind(body.find(b">", tag), 1, body)
        if body[tag + 1 : tag + 2] == b"/":
            name = _NAME.match(body, tag + 2)
            if name is not None:
                self._end_tag(name[0][:32].lower())
            return _behind(body.find(b">", tag), 1, body)
        name = _NAME.match(body, tag + 1)
        if name is None:
            self._text(tag, tag + 1)
            return tag + 1
        return self._start_tag(name[0][:32].lower(), name.end())

    def _start_tag(self, name: bytes, position: int) -> int:
        attributes, position = self._attributes(position)
        if name in _RAW:
            end = _RAW[name].search(self._body, position)
            stop = end.start() if end else len(self._body)
            if name == b"title" and not self._title:
                title = self._body[position : min(stop, position + 600)].decode("utf-8", "replace")
                self._title = " ".join(html.unescape(title).split())
            self._scripts += name == b"script"
            self._has_form = self._has_form or name == b"textarea"
            return stop
        if self._hidden is not None:
            self._hide_on(name)
        elif name not in _VOID and _hides(name, attributes):
            self._hidden = name, 1
        self._open(name, attributes)
        return position

    def _open(self, name: bytes, attributes: _Attributes) -> None:
        veiled = attributes.get(b"data-cfemail", "")
        url = f"/cdn-cgi/l/email-protection#{veiled}" if veiled else attributes.get(b"href", "")
        if name == b"a" and url:
            self._close_link()
            self._open_link = url, attributes.get(b"aria-label", "") if self._hidden else "", self._writer.length
        elif name == b"link" and b"href" in attributes:
            if "alternate" in attributes.get(b"rel", "").lower():
                self._keep(attributes[b"href"], attributes.get(b"title", ""), attributes.get(b"type", "").lower())
        elif name == b"base" and b"href" in attributes:
            self._base = _join(self._base, attributes[b"href"])
        elif name == b"html":
            self._language = attributes.get(b"lang", "")[:12].lower()
        elif veiled:
            self._keep(url, "", "")
        if self._hidden is None:
            self._break(name)
            if name in _HEADINGS:
                self._open_heading = self._writer.length, _HEADINGS[name]

    def _break(self, name: bytes) -> None:
        if name in (b"td", b"th"):
            self._cells = 1
        elif name in (b"tr", b"table"):
            self._cells = 0
            self._writer.separate(ROW)
        elif name in _BLOCKS:
            self._writer.separate(BREAK if self._cells else ROW)

    def _end_tag(self, name: bytes) -> None:
        if name == b"a":
            self._close_link()
        if self._hidden is not None:
            kind, depth = self._hidden
            if name == kind:
                self._hidden = (kind, depth - 1) if depth > 1 else None
            return
        if name in _HEADINGS and self._open_heading is not None:
            start, level = self._open_heading
            if self._writer.length > start:
                self._headings.append(Heading(start, self._writer.length, level))
            self._open_heading = None
        if name in (b"td", b"th"):
            self._cells = 0
            self._writer.separate(CELL)
        else:
            self._break(name)

    def _hide_on(self, name: bytes) -> None:
        kind, depth = self._hidden or (b"", 0)
        if kind == b"p" and name in _BLOCKS:
            self._hidden = None
        elif name == kind:
            self._hidden = kind, depth + 1

    def _attributes(self, position: int) -> tuple[_Attributes, int]:
        """Read to the end of a tag; a quote that is never closed swallows the rest of the page."""
        body = self._body
        attributes: _Attributes = {}
        while True:
            position = _slashes(body, position)
            match = _ATTRIBUTE.match(body, position)
            if match is None:
                return attributes, min(position + 1, len(body))
            position = match.end() if match[2] else match.end(1)
            value = b""
            if match[2]:
                quoted = body[position : position + 1]
                if quoted in (b'"', b"'"):
                    end = body.find(quoted, position + 1)
                    if end < 0:
                        return attributes, len(body)
                    value, position = body[position + 1 : min(end, position + 4096)], end + 1
                elif (bare := _BARE.match(body, position)) is not None:
                    value, position = bare[0][:4096], bare.end()
            if len(attributes) < 100:
                attributes.setdefault(match[1][:64].lower(), html.unescape(value.decode("utf-8", "replace")))

    def _text(self, start: int, end: int) -> None:
        if self._hidden is None and end > start:
            self._writer.write(start, end)

    def _close_link(self) -> None:
        if self._open_link is not None:
            url, words, start = self._open_link
            self._open_link = None
            self._keep(url, words, "", start)

    def _keep(self, url: str, words: str, kind: str, start: int | None = None) -> None:
        absolute = _join(self._base, url)
        if absolute and len(self._links) < MOST_LINKS:
            here = self._writer.length
            self._links.append((absolute, " ".join(words.split())[:300], here if start is None else start, here, kind))


def _behind(found: int, length: int, body: bytes) -> int:
    return len(body) if found < 0 else found + length


def _slashes(body: bytes, position: int) -> int:
    match = _SLASHES.match(body, position)
    return match.end() if match else position


def _hides(name: bytes, attributes: _Attributes) -> bool:
    style = attributes.get(b"style", "").replace(" ", "").lower()
    return name in _UNSEEN or b"hidden" in attributes or bool(style and _HIDING.search(style))


def _join(base: str, url: str) -> str:
    """Make an address absolute; empty when it is none that can be asked for or written to."""
    url = "".join(url.split()) if len(url) <= 2048 else ""
    if "/cdn-cgi/l/email-protection#" in url:
        return _unveil(url.partition("#")[2])
    lowered = url.lower()
    if not url or url.startswith("#") or lowered.startswith(("javascript:", "data:", "about:", "blob:")):
        return ""
    if lowered.startswith(("mailto:", "tel:")):
        return url
    try:
        absolute = urldefrag(urljoin(base, url)).url
    except ValueError:
        return ""
    return quote(absolute, safe=":/?#[]@!$&'()*+,;=%~") if absolute.lower().startswith(("http:", "https:")) else ""


def _unveil(code: str) -> str:
    """Read an address that a delivery network hides from harvesters: hexadecimal, each byte xor the first."""
    try:
        data = bytes.fromhex(code[:512])
    except ValueError:
        return ""
    address = "".join(chr(byte ^ data[0]) for byte in data[1:])
    return f"mailto:{address}" if re.fullmatch(r"[\w.+-]{1,64}@[\w.-]{1,200}", address) else ""
