from __future__ import annotations

import pytest
from csaf.csaf.v20._validator import validate

from plimsoll.report import csaf
from tests.report.bills import ALL, read, with_holes, with_software


@pytest.mark.parametrize("name", ALL)
def test_a_document_fits_the_schema_and_the_mandatory_tests(name: str) -> None:
    report = validate(read(csaf.render(ALL[name]())))
    failed = [one for one in report.results if not one.passed and one.group in ("schema", "mandatory")]
    assert not failed, failed
    assert any(one.group == "mandatory" for one in report.results)


def test_each_status_has_its_group_and_what_its_group_asks_for() -> None:
    document = read(csaf.render(with_holes()))
    assert document["document"]["category"] == "csaf_vex"
    names = {one["product_id"]: one["name"] for one in document["product_tree"]["full_product_names"]}
    told = {one.get("cve") or one["ids"][0]["text"]: one for one in document["vulnerabilities"]}

    def group(id: str, name: str) -> list[str]:
        return [names[one.removesuffix("-IN-PRODUCT")] for one in told[id]["product_status"].get(name, ())]

    assert group("CVE-2016-2148", "known_affected") == ["busybox 1.19.4"]
    assert group("CVE-2014-0160", "known_affected") == ["lighttpd 1.4.30"]
    assert group("CVE-2014-0160", "under_investigation") == ["openssl 1.0.1e"]
    assert group("CVE-2016-2147", "known_not_affected") == ["busybox 1.19.4"]
    assert told["CVE-2016-2147"]["flags"][0]["label"] == "vulnerable_code_not_present"
    assert told["TIDE-1"]["threats"][0]["details"] == "by the maker of it"
    assert told["CVE-2016-2148"]["remediations"][0]["category"] == "none_available"
    assert "the maker says: not affected" in told["CVE-2016-2148"]["notes"][0]["text"]


def test_nothing_known_is_no_vex_and_says_of_which_knowledge() -> None:
    document = read(csaf.render(with_software()))["document"]
    assert document["category"] == "csaf_base"
    assert "2026-10-01" in document["notes"][0]["text"]
