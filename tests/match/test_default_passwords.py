from __future__ import annotations

from collections.abc import Iterator, Mapping

import bcrypt
import msgspec
import pytest

from plimsoll.inspect.firmware.accounts import Accounts
from plimsoll.knowledge import default_passwords
from plimsoll.match import _crypt
from plimsoll.match.default_passwords import MOST_HASHES, DefaultPasswords
from plimsoll.model.evidence import Evidence, Inspection
from plimsoll.model.facts import AccountStoreCopy, Endpoint, GuessedPassword
from plimsoll.model.image import ImageMap
from plimsoll.model.product import Product
from tests.firmware import observe_all
from tests.judge.building import seen

TRIER = DefaultPasswords()


def md5crypt(password: str) -> bytes:
    made = _crypt._md5_crypt(password.encode(), b"$1$halyard1$")
    assert made is not None
    return made


def shadow(accounts: Mapping[str, bytes]) -> bytes:
    return b"".join(b"%b:%b:18000:0:99999:7:::\n" % (name.encode(), secret) for name, secret in accounts.items())


def evidence(files: Mapping[str, bytes], image: str = "test.bin") -> Evidence:
    observations, inspections, secrets = observe_all(Accounts(), files)
    return Evidence(tuple(observations), inspections, (ImageMap(image, 1),), secrets)


def guesses(seen: Evidence, matcher: DefaultPasswords = TRIER) -> tuple[list[tuple[str, str]], list[Inspection]]:
    results = list(matcher.match(seen))
    facts = [one.fact for one in results if not isinstance(one, Inspection)]
    told = [(one.account, one.known_default) for one in facts if isinstance(one, GuessedPassword)]
    return told, [one for one in results if isinstance(one, Inspection)]


@pytest.mark.parametrize("password", ["admin", "", "xc3511", "hunter2rules"])
def test_a_default_password_opens_its_hash_and_no_other(password: str) -> None:
    expected = [] if password == "hunter2rules" else [("root", password)]
    assert guesses(evidence({"etc/shadow": shadow({"root": md5crypt(password)})})) == (expected, [])


def test_the_name_of_the_account_is_tried_first() -> None:
    seen = evidence({"etc/shadow": shadow({"halyard": md5crypt("halyard")})})
    facts = [one.fact for one in DefaultPasswords().match(seen) if not isinstance(one, Inspection)]
    tried = {fact.account: fact.tried for fact in facts if isinstance(fact, GuessedPassword)}
    assert tried == {"halyard": 1}


def test_a_derived_fact_stands_where_its_hash_stands() -> None:
    seen = evidence({"etc/shadow": shadow({"root": md5crypt("admin")})})
    (guess,) = [one for one in DefaultPasswords().match(seen) if not isinstance(one, Inspection)]
    (secret,) = [one for one in seen.observations if one.where == guess.where]
    assert (guess.basis, guess.because, guess.inspector) == ("derived", (secret.where,), "default-passwords")


def test_one_hash_of_two_accounts_is_tried_once_and_told_twice() -> None:
    secret = md5crypt("admin")
    assert guesses(evidence({"etc/shadow": shadow({"a": secret, "b": secret})}))[0] == [("a", "admin"), ("b", "admin")]


@pytest.mark.parametrize(
    "files",
    [
        {"etc/shadow": shadow({"root": b"!" + md5crypt("admin")})},
        {"etc/shadow.bak": shadow({"root": md5crypt("admin")})},
        {"usr/share/doc/x.md": md5crypt("admin")},
    ],
)
def test_a_hash_that_opens_nothing_is_not_tried(files: Mapping[str, bytes]) -> None:
    assert guesses(evidence(files)) == ([], [])


def test_the_words_of_the_maker_whose_name_is_seen_come_first() -> None:
    words = default_passwords.load()
    assert words.ordered(("zte",))[0] == words.vendor["zte"][0]
    assert words.ordered(())[0] == words.general[0]
    secret = bcrypt.hashpw(b"Zte521", bcrypt.gensalt(8))
    files = {"www/.htpasswd": b"user:" + secret + b"\n"}
    assert guesses(evidence(files, "zte-h298.bin"), DefaultPasswords(1.0))[0] == [("user", "Zte521")]


def test_a_slow_hash_is_tried_with_the_first_words_only_and_it_says_so() -> None:
    secret = bcrypt.hashpw(b"no default", bcrypt.gensalt(10))
    told, (inspection,) = guesses(evidence({"www/.htpasswd": b"user:" + secret}), DefaultPasswords(0.3))
    assert (told, inspection.status) == ([], "partial")
    assert inspection.reason is not None and "allowed 4 of" in str(inspection.reason)


def test_the_number_of_hashes_is_bounded() -> None:
    made = b"".join(b"u%d:ab%011d:1:0:9:7:::\n" % (number, number) for number in range(MOST_HASHES + 10))
    told, (inspection,) = guesses(evidence({"etc/shadow": made}), DefaultPasswords(0.01))
    assert (told, inspection.status) == ([], "partial")


def test_a_budget_of_nothing_tries_nothing_and_says_so() -> None:
    seen = evidence({"etc/shadow": shadow({"root": md5crypt("admin")})})
    told, (inspection,) = guesses(seen, DefaultPasswords(0.0))
    assert (told, inspection.status) == ([], "partial")


def test_the_clock_stops_what_takes_far_longer_than_planned() -> None:
    def slow() -> Iterator[float]:
        now = 0.0
        while True:
            yield now
            now += 9.0

    ticks = slow()
    seen = evidence({"etc/shadow": shadow({"root": md5crypt("unheard of")})})
    told, (inspection,) = guesses(seen, DefaultPasswords(5.0, lambda: next(ticks)))
    assert told == [] and inspection.reason is not None and "was stopped" in str(inspection.reason)


def test_a_hash_of_an_unknown_kind_is_told() -> None:
    line = b"a:$6$c2FsdA==$" + b"QUJD" * 22 + b"\n"
    told, (inspection,) = guesses(evidence({"etc/mosquitto/passwd": line}))
    assert told == [] and inspection.reason is not None and "unknown" in str(inspection.reason)


def test_the_list_is_dated_and_of_some_size() -> None:
    words = default_passwords.load()
    (knowledge,) = DefaultPasswords().knowledge()
    assert knowledge.date == words.date and len(words) >= 300
    assert len(set(words.general)) == len(words.general)


def test_nothing_to_try_is_no_work() -> None:
    assert guesses(Evidence()) == ([], [])


def test_what_was_published_for_the_product_is_tried_first_and_told_as_its_own() -> None:
    files = {"etc/shadow": shadow({"root": md5crypt("ismart12")})}
    plain = evidence(files)
    given = msgspec.structs.replace(plain, product=Product("Wyze", "Cam v2"))
    (other,) = [one.fact for one in TRIER.match(plain) if not isinstance(one, Inspection)]
    (own,) = [one.fact for one in TRIER.match(given) if not isinstance(one, Inspection)]
    assert isinstance(own, GuessedPassword) and isinstance(other, GuessedPassword)
    assert (own.known_default, own.maker, own.tried) == ("ismart12", "wyze", 2)
    assert own.source.startswith("https://")
    assert (other.known_default, other.maker, other.source) == ("ismart12", "", "")
    assert other.tried > own.tried


def test_a_host_that_is_asked_orders_the_list_and_names_no_maker() -> None:
    plain = evidence({"etc/shadow": shadow({"root": md5crypt("superzxmn")})})
    asked = seen(Endpoint("https", "update.hongdian.com", active=True), "usr/bin/agent")
    given = msgspec.structs.replace(plain, observations=(*plain.observations, asked))
    (one,) = [one.fact for one in TRIER.match(given) if not isinstance(one, Inspection)]
    assert isinstance(one, GuessedPassword)
    assert (one.tried, one.maker) == (2, "")


def test_a_hash_of_a_template_is_tried_when_a_script_puts_it_in_place() -> None:
    files = {"etc_ro/shadow": shadow({"root": md5crypt("admin")})}
    plain = evidence(files)
    assert guesses(plain) == ([], [])
    copy = seen(AccountStoreCopy("shadow", "etc_ro/shadow", "etc/shadow", "cp"), plain.observations[0].where)
    given = msgspec.structs.replace(plain, observations=(*plain.observations, copy))
    assert guesses(given) == ([("root", "admin")], [])
