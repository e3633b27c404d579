from __future__ import annotations

import re

import msgspec
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.knowledge.components import KnownComponent
from plimsoll.model import facts
from plimsoll.report import cyclonedx
from plimsoll.report._inventory import _is_upstream, _item, cpe_name, inventory
from tests.report.bills import seen, with_software
from tests.report.sample import bad


def test_a_version_in_a_cpe_is_quoted_as_the_standard_asks() -> None:
    assert cpe_name("busybox:busybox", "1.19.4") == "cpe:2.3:a:busybox:busybox:1.19.4:*:*:*:*:*:*:*"
    assert cpe_name("linux:linux_kernel", "5.4-rc1") == "cpe:2.3:o:linux:linux_kernel:5.4-rc1:*:*:*:*:*:*:*"
    assert cpe_name("a:b", "1:2+git~3*") == r"cpe:2.3:a:a:b:1\:2\+git\~3\*:*:*:*:*:*:*:*"


@given(st.text(min_size=1, max_size=30))
def test_no_version_makes_a_cpe_of_another_shape(version: str) -> None:
    parts = re.split(r"(?<!\\)(?:\\\\)*:", cpe_name("a:b", version))
    assert len(parts) == 13


@pytest.mark.parametrize("purl", ["pkg:\x00", "nonsense", "pkg:deb/a b", "pkg:x/" + "a" * 2000, 'pkg:deb/a"b'])
def test_what_is_no_package_url_is_not_passed_on(purl: str) -> None:
    odd = seen(facts.Component("a", "1", "package-database", purl), b"status", 0, 9)
    (item,) = inventory(msgspec.structs.replace(bad(), observations=(odd,)))
    assert item.purls == ()
    assert item.purl == "pkg:generic/a@1"


def test_the_statements_of_one_version_are_one_component_with_all_places() -> None:
    two = (
        seen(facts.Component("a", "1", "banner"), b"x", 0, 9),
        seen(facts.Component("a", "1", "package-database"), b"status", 0, 9),
        seen(facts.Component("a", "2", "banner"), b"y", 0, 9),
    )
    items = inventory(msgspec.structs.replace(bad(), observations=two))
    assert [(one.version, one.basis, len(one.sights)) for one in items] == [
        ("1", "package-database", 2),
        ("2", "banner", 1),
    ]


def test_the_digest_of_a_package_database_is_not_that_of_its_packages() -> None:
    whole = seen(facts.OperatingSystem("tide"), b"var/lib/dpkg/status")
    one = seen(facts.Component("a", "1", "package-database"), b"var/lib/dpkg/status", 0, 9)
    items = {item.name: item for item in inventory(msgspec.structs.replace(bad(), observations=(whole, one)))}
    assert items["a"].sights[0].sha256
    assert items["a"].sha256 == ""


def test_order_of_observations_leaves_no_trace() -> None:
    turned = msgspec.structs.replace(with_software(), observations=with_software().observations[::-1])
    assert inventory(turned) == inventory(with_software())


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9), st.text(max_size=9)), max_size=4))
def test_whatever_an_image_states_makes_a_valid_document(stated: list[tuple[str, str, str]]) -> None:
    texts = [tuple(one.encode("utf-8", "replace").decode() for one in three) for three in stated]
    made = tuple(seen(facts.Component(a, b, "banner", c), b"x", 1, 2) for a, b, c in texts)
    text = cyclonedx.render(msgspec.structs.replace(bad(), observations=made))
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_a_copy_in_another_program_does_not_lend_it_that_programs_digest() -> None:
    items = {item.name: item for item in inventory(with_software())}
    assert items["busybox"].sha256
    assert items["zlib"].sha256 == ""


def test_a_package_of_a_language_with_the_name_of_a_project_is_not_that_project() -> None:
    known = KnownComponent("openssl", "library", cpe=("openssl:openssl",), licence="Apache-2.0")
    npm = facts.Component("openssl", "1.1.1-1", "package-database", "pkg:npm/openssl@1.1.1-1")
    deb = facts.Component("openssl", "1:1.1.1-1", "package-database", "pkg:deb/debian/openssl@1.1.1-1")
    assert not _is_upstream(npm)
    assert _is_upstream(deb)
    item = _item("openssl", deb.version, [(deb, ())], known)
    assert item.cpes == ("cpe:2.3:a:openssl:openssl:1.1.1:*:*:*:*:*:*:*",)
    assert item.licence == "Apache-2.0"
