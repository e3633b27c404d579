from __future__ import annotations

import io
import json

import pytest
from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.parser.tagvalue.parser import Parser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.json import json_writer

from plimsoll.report import spdx
from tests.report.bills import ALL, with_software
from tests.report.sample import at


@pytest.mark.parametrize("name", ALL)
def test_json_is_valid_to_the_tools_of_spdx(name: str) -> None:
    document = JsonLikeDictParser().parse(json.loads(spdx.render(ALL[name]())))
    assert validate_full_spdx_document(document, "SPDX-2.3") == []


@pytest.mark.parametrize("name", ALL)
def test_tag_and_value_says_the_same_as_json(name: str) -> None:
    told = Parser().parse(spdx.render_tag_value(ALL[name]()))
    assert validate_full_spdx_document(told, "SPDX-2.3") == []
    other = JsonLikeDictParser().parse(json.loads(spdx.render(ALL[name]())))
    assert _written(told) == _written(other)


def test_a_package_names_its_places_and_how_it_is_known() -> None:
    packages = {one["name"]: one for one in json.loads(spdx.render(with_software()))["packages"]}
    assert packages["busybox"]["sourceInfo"].startswith(f"banner at {at(b'bin/busybox', 16, 9)} (file sha256 ")
    assert packages["busybox"]["filesAnalyzed"] is False
    assert packages["linux"]["primaryPackagePurpose"] == "OPERATING-SYSTEM"


def test_what_loads_what_is_told() -> None:
    document = json.loads(spdx.render(with_software()))
    names = {one["SPDXID"]: one["name"] for one in document["packages"]}
    depends = {
        (names[one["spdxElementId"]], names[one["relatedSpdxElement"]])
        for one in document["relationships"]
        if one["relationshipType"] == "DEPENDS_ON"
    }
    assert depends == {("lighttpd", "openssl"), ("lighttpd", "zlib")}


def _written(document: object) -> object:
    text = io.StringIO()
    json_writer.write_document_to_stream(document, text, validate=False)
    told = json.loads(text.getvalue())
    told["packages"].sort(key=lambda one: one["SPDXID"])
    told["relationships"].sort(key=lambda one: sorted(one.items()))
    return told
