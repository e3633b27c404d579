from plimsoll.knowledge.known_hosts import load


def test_each_end_of_a_name_stands_once_and_is_a_name() -> None:
    known = load()
    ends = [suffix for one in known.services for suffix in one.suffixes]
    assert len(ends) == len(set(ends))
    for suffix in ends:
        assert suffix == suffix.lower()
        assert "." in suffix
        assert len(suffix) >= 7
        assert suffix.replace(".", "").replace("-", "").isalnum()


def test_each_service_has_a_name_and_a_source() -> None:
    names = [one.name for one in load().services]
    assert len(names) == len(set(names))
    assert all(one.source and " " not in one.source for one in load().services)
    assert len(names) > 60


def test_a_name_is_found_by_its_end() -> None:
    assert load().by_suffix()["sentry.io"].kind == "crash-reporting"
