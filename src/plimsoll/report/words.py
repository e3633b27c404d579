"""Words for verdicts, effects, numbers and sizes: each a message, so that it can be read in any language later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.model.assessment import Assessment, Bearing, Knowledge
from plimsoll.model.evidence import Inspection
from plimsoll.model.image import NOT_UNDERSTOOD, ImageMap, Opaque, Randomness, SpanKind
from plimsoll.model.message import Message, message
from plimsoll.model.product import Declaration, Device, FirmwareImage, MakerDomain, Product, Source, VexFile, Window
from plimsoll.model.verdict import Effect, Reach, Sureness, Verdict
from plimsoll.report.visible import say

VERDICTS: Mapping[Verdict, Message] = {
    Verdict.PASS: message("met"),
    Verdict.FAIL: message("not met"),
    Verdict.INCONCLUSIVE: message("not shown"),
    Verdict.NOT_APPLICABLE: message("not applicable"),
}
"""What people read for each verdict."""

MARKS: Mapping[Verdict, str] = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.NOT_APPLICABLE: "–",
}
"""A sign for each verdict; the word always stands beside it."""

TONES: Mapping[Verdict, str] = {
    Verdict.PASS: "good",
    Verdict.FAIL: "bad",
    Verdict.INCONCLUSIVE: "open",
    Verdict.NOT_APPLICABLE: "none",
}
"""What a verdict is coloured by; each report has its own colours for these."""

EFFECTS: Mapping[Effect, Message] = {
    "refutes": message("Against"),
    "suspects": message("Suspicion"),
    "blocks": message("Gap"),
    "confirms": message("For"),
    "supports": message("In its favour"),
}
"""What an observation does for a criterion."""

REACHES: Mapping[Reach, Message] = {
    "internet": message("open to anybody on the internet"),
    "network": message("open to anybody on the home network or near its radio"),
    "device": message("open to what runs on the product"),
    "physical": message("open to whoever has hands on it"),
}
"""Who can use a weakness."""

SURENESSES: Mapping[Sureness, Message] = {
    "firm": message("firm ground"),
    "likely": message("likely"),
    "suspected": message("suspected only"),
}
"""How sure a ground is."""

OUTCOMES: Mapping[str, Message] = {
    "contradicted": message("contradicted"),
    "undeclared": message("not declared"),
    "borne-out": message("borne out"),
    "untested": message("untested"),
}
"""What became of a claim, or of what no claim names."""

OUTCOME_VERDICTS: Mapping[str, Verdict] = {
    "contradicted": Verdict.FAIL,
    "undeclared": Verdict.FAIL,
    "borne-out": Verdict.PASS,
    "untested": Verdict.INCONCLUSIVE,
}
"""The mark and tone of each; a claim is never a verdict itself."""

WINDOWS: Mapping[Window, Message] = {
    "firmware": message("no firmware was given: nothing of what every unit carries was looked at"),
    "device": message("no device was looked at: what a unit does when it runs was not seen"),
    "maker": message("the maker's public pages were not looked at"),
    "declaration": message("no declaration was given: what the maker claims is not known"),
}
"""What is missing when a window was not looked through."""

WINDOW_NAMES: Mapping[Window, Message] = {
    "firmware": message("firmware"),
    "device": message("live unit"),
    "maker": message("maker's pages"),
    "declaration": message("declaration"),
}
"""What each window is called."""

SPAN_KINDS: Mapping[SpanKind, Message] = {
    "understood": message("understood"),
    "compressed": message("not understood, looks compressed"),
    "encrypted": message("not understood, looks encrypted"),
    "unknown": message("not understood"),
    "padding": message("padding"),
}
"""What became of bytes."""

TELLING_BYTES = 1 << 16
"""Sample below which compressed bytes and encrypted ones are not told apart."""

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def window_of(source: Source) -> Window:
    """Tell which window a source opens."""
    match source:
        case FirmwareImage():
            return "firmware"
        case Device():
            return "device"
        case MakerDomain():
            return "maker"
        case Declaration() | VexFile():
            return "declaration"


def source(given: Source) -> Message:
    """Say what was given, so that somebody else can tell whether they hold the same."""
    match given:
        case FirmwareImage(name, sha256, size_bytes, folder):
            template = "folder {name}, {size}, sha256 {sha256}" if folder else "{name}, {size}, sha256 {sha256}"
            return message(template, name=name, size=size(size_bytes), sha256=sha256)
        case Device(address):
            return message("the device at {address}", address=address)
        case MakerDomain(domain):
            return message("the maker's pages at {domain}", domain=domain)
        case Declaration(name, sha256):
            return message("the declaration {name}, sha256 {sha256}", name=name, sha256=sha256)
        case VexFile(name, sha256):
            return message("the maker's word on vulnerabilities {name}, sha256 {sha256}", name=name, sha256=sha256)


def judged(assessment: Assessment) -> Message:
    """Say when and by what it was judged."""
    return message(
        "assessed on {date} by Plimsoll {version}",
        date=assessment.assessed_on,
        version=assessment.plimsoll_version,
    )


def inspection(one: Inspection) -> Message:
    """Say of an inspection that was not completed how far it came."""
    template = "the inspection {name} is {status}: {reason}" if one.reason else "the inspection {name} is {status}"
    return Message(
        template, {"name": one.inspector, "status": one.status, "reason": say(one.reason) if one.reason else ""}
    )


def understood(image: ImageMap) -> Message:
    """Say how much of an image was understood."""
    files, trees = sum(tree.files for tree in image.trees), len(image.trees)
    return message(
        "not counting padding, {share} of the bytes of {image} were understood: {files} in {trees}",
        share=percent(image.understood_share),
        image=image.image,
        files=say(counted(files, "{count} file", "{count} files")),
        trees=say(counted(trees, "{count} file tree", "{count} file trees")),
    )


def unknown_bytes(image: ImageMap) -> int:
    """Count the bytes of the image itself that were not understood."""
    return sum(span.length for span in image.spans if span.kind in NOT_UNDERSTOOD)


def grounds(kind: SpanKind, randomness: Randomness | None) -> Message | None:
    """Say why bytes are held for compressed or encrypted; None for the other kinds."""
    if kind not in ("compressed", "encrypted"):
        return None
    if randomness is None:
        return message("encrypted, by its own header")
    if kind == "encrypted":
        template = (
            "as even as random bytes: encryption, or LZMA without a header that is known "
            "(entropy {entropy}, chi-square {chi_square}, of {sampled} bytes)"
        )
    elif randomness.sampled_bytes < TELLING_BYTES:
        template = "dense; too short to tell compression from encryption (entropy {entropy} of {sampled} bytes)"
    else:
        template = "dense and uneven: compression (entropy {entropy}, chi-square {chi_square}, of {sampled} bytes)"
    entropy, chi_square = f"{randomness.entropy_bits:.3f}", f"{randomness.chi_square:,.0f}"
    return Message(template, {"entropy": entropy, "chi_square": chi_square, "sampled": f"{randomness.sampled_bytes:,}"})


def not_understood(image: ImageMap) -> Message:
    """Say how much of an image was not understood."""
    return message(
        "{unknown} of {size} of {image} were not understood",
        unknown=size(unknown_bytes(image)),
        size=size(image.size_bytes),
        image=image.image,
    )


def opaque(one: Opaque) -> Message:
    """Say of a file in a tree that it could not be looked into, and why."""
    why = grounds(one.kind, one.randomness)
    return message("{size} of this file were not understood: {why}", size=size(one.bytes), why=say(why) if why else "")


def known(knowledge: Knowledge) -> Message:
    """Say which knowledge was used, and of which date."""
    template = "{name} of {date} ({note})" if knowledge.note else "{name} of {date}"
    return Message(template, {"name": knowledge.name, "date": knowledge.date, "note": knowledge.note})


def product_name(product: Product, sources: tuple[Source, ...]) -> str:
    """Name the product as given; by its image when nothing was given."""
    named = " ".join(part for part in (product.maker, product.model) if part)
    if named:
        return named
    images = [source.name for source in sources if isinstance(source, FirmwareImage)]
    return images[0] if images else "A product without a name"


def counted(count: int, one: str, many: str) -> Message:
    """Choose the template for one or for many; both have the field `{count}`."""
    return message(one if count == 1 else many, count=f"{count:,}")


def size(length: int) -> str:
    """Write a number of bytes with three figures and a unit of 1024."""
    value, unit = float(length), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    if unit == 0:
        return f"{length} byte" if length == 1 else f"{length} bytes"
    return f"{value:.0f} {_UNITS[unit]}" if value >= 100 else f"{value:.1f} {_UNITS[unit]}"


def percent(share: float) -> str:
    """Write a share as whole percent, never rounded up to 100 nor down to 0."""
    if 0 < share < 0.01:
        return "under 1 %"
    return f"{int(share * 100)} %"


def summary(verdicts: tuple[Verdict, ...]) -> tuple[Message, ...]:
    """Count the verdicts, worst first: `1 not met`, `3 not shown`."""
    order = (Verdict.FAIL, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_APPLICABLE)
    words = {verdict: VERDICTS[verdict].template for verdict in order}
    return tuple(
        message("{count} " + words[verdict], count=verdicts.count(verdict)) for verdict in order if verdict in verdicts
    )


def meaning(bearing: Bearing) -> Iterator[Message]:
    """Say who can use a weakness, and how sure it is; nothing for what speaks for the product."""
    if bearing.effect in ("refutes", "suspects"):
        if bearing.reach is not None:
            yield REACHES[bearing.reach]
        if bearing.sureness is not None:
            yield SURENESSES[bearing.sureness]
