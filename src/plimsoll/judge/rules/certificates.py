"""Rules on certificates and keys: published, paired with a key of the image, or unsound (5.5-1 and 5.5-8).

That RSA below 2048 bits and signatures over MD5 and SHA-1 are not sound any more is said by NIST SP 800-131A and RFC
9155; the days on which authorities lost trust are those of Mozilla's announcements.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._commands import Command
from plimsoll.judge.rules._key_readers import Reader, client_files, key_readers, reads
from plimsoll.judge.rules._standing import file_of, in_order, name_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import BuildDate, Certificate, PrivateKey, PublishedKey
from plimsoll.model.locator import Place, tree_of
from plimsoll.model.message import message

SMALLEST_RSA = 2048
_FORGEABLE = ("md2", "md4", "md5", "sha1")
STALE_YEARS = 6
"""Years between the newest authority of a store and the build after which the store counts as not kept up."""
FEWEST_AUTHORITIES = 20
"""Authorities from which on a store is taken for one of the public web."""
_DOCUMENTS = re.compile(r"(?:\A|/)(?:doc|docs|examples?|tests?|samples?|demos?|testdata|fixtures)/")
_LOST_TRUST = (
    ("DigiNotar", "2011-09-06"),
    ("China Internet Network Information Center", "2015-04-01"),
    ("CNNIC ROOT", "2015-04-01"),
    ("StartCom Certification", "2016-10-21"),
    ("WoSign", "2016-10-21"),
    ("TrustCor", "2022-11-30"),
)
"""Names of authorities, and the day from which their new certificates were not trusted any more."""
_TEST_ROOT = re.compile(r"(?i)(?:\A|[,+])(?:CN|O)=[^,]{0,60}\b(?:test|testing|example|demo|dummy|snakeoil)\b")


def _published(evidence: Evidence) -> Iterator[Weight]:
    readers = key_readers(evidence)
    at: dict[tuple[Place, str], list[Observation]] = {}
    for one in evidence.observations:
        if isinstance(one.fact, PrivateKey | Certificate):
            at.setdefault((one.where, one.fact.public_digest), []).append(one)
    for observation, fact in evidence.of(PublishedKey):
        for key in at.get((observation.where, fact.digest), ()):
            yield from _published_key(observation, fact, key, readers.get(tree_of(key.where), ()))
    yield from unknown_startup(evidence)


def _published_key(
    observation: Observation, fact: PublishedKey, key: Observation, readers: Sequence[Reader]
) -> Iterator[Weight]:
    """Weigh a key or certificate whose private half is published: it decides where a started service uses it."""
    path = file_of(key.where)[1]
    for reader in readers:
        grounds = _uses(reader, key, path)
        if grounds is not None:
            why = message(
                "{program} is started, and the private half of its key {file} is published: {name}",
                program=reader.service.fact.program,
                file=name_of(key.where),
                name=fact.name,
            )
            seen = (key, observation, reader.service.observation, *grounds)
            yield Weight("refutes", why, tuple(dict.fromkeys(seen)))
            return
    if isinstance(key.fact, PrivateKey) and key.fact.active:
        why = message(
            "the private key {file} is published: {name}; that something uses it was not seen",
            file=name_of(key.where),
            name=fact.name,
        )
        yield Weight("suspects", why, (key, observation))


def _uses(reader: Reader, key: Observation, path: str) -> tuple[Observation, ...] | None:
    """Give what says that a service uses a key or certificate; only its settings can say so of a certificate."""
    if isinstance(key.fact, PrivateKey):
        return reads(reader, key, key.fact, path) if key.fact.active else None
    return (reader.named[path], *reader.offers) if path in reader.named and reader.speaks_tls else None


def _paired(evidence: Evidence) -> Iterator[Weight]:
    """Weigh certificates whose private key lies in the same image, elsewhere than where it is named."""
    readers, clients = key_readers(evidence), client_files(evidence)
    keys = _open_keys(evidence)
    certificates = [(observation, fact) for observation, fact in evidence.of(Certificate) if fact.public_digest in keys]
    issued = _issuers(evidence)
    for observation, fact in certificates:
        if _is_document(observation):
            continue
        key = keys[fact.public_digest]
        path = file_of(observation.where)[1]
        users = [one for one in readers.get(tree_of(observation.where), ()) if path in one.named and one.speaks_tls]
        if users:
            yield _served(observation, key, users[0], path)
        elif trusting := clients.trusted.get(file_of(observation.where)):
            yield _trusted(observation, key, trusting[0])
        elif fact.is_ca and fact.bundle:
            template = "a store of authorities trusts {file}, whose private key {key} is the same in every unit"
            why = message(template, file=name_of(observation.where), key=name_of(key.where))
            yield Weight("suspects", why, (observation, key), "internet")
        elif fact.is_ca and fact.self_signed and (tree_of(observation.where), fact.subject) in issued:
            yield _authority(observation, key, readers.get(tree_of(observation.where), ()), issued)
    yield from unknown_startup(evidence)


def _open_keys(evidence: Evidence) -> dict[str, Observation]:
    """Give the first open private key of each public half."""
    found: dict[str, Observation] = {}
    for observation, key in sorted(evidence.of(PrivateKey), key=lambda one: in_order(one[0])):
        if key.active and not key.encrypted and key.public_digest:
            found.setdefault(key.public_digest, observation)
    return found


def _issuers(evidence: Evidence) -> dict[tuple[str, str], list[Observation]]:
    """Give the certificates that each authority has issued, by tree and name, as far as they lie in the image."""
    found: dict[tuple[str, str], list[Observation]] = {}
    for observation, fact in sorted(evidence.of(Certificate), key=lambda one: in_order(one[0])):
        if fact.issuer != fact.subject and not _is_document(observation):
            found.setdefault((tree_of(observation.where), fact.issuer), []).append(observation)
    return found


def _is_document(observation: Observation) -> bool:
    return _DOCUMENTS.search(file_of(observation.where)[1]) is not None


def _served(observation: Observation, key: Observation, reader: Reader, path: str) -> Weight:
    why = message(
        "{program} is started, and the private key of its certificate {file} lies in {key}, the same in every unit",
        program=reader.service.fact.program,
        file=name_of(observation.where),
        key=name_of(key.where),
    )
    seen = (observation, key, reader.service.observation, reader.named[path], *reader.offers)
    return Weight("refutes", why, tuple(dict.fromkeys(seen)))


def _trusted(observation: Observation, key: Observation, command: Command) -> Weight:
    """Weigh an authority that a started command trusts: who has its key can pose as the server."""
    words = {"program": command[1].program, "file": name_of(observation.where), "key": name_of(key.where)}
    template = "{program} is started and trusts {file}, whose private key {key} is the same in every unit"
    return Weight("refutes", message(template, **words), (observation, key, command[0]), "internet")


def _authority(
    observation: Observation,
    key: Observation,
    readers: Sequence[Reader],
    issued: dict[tuple[str, str], list[Observation]],
) -> Weight:
    """Weigh an authority whose private key lies beside it: it decides where a started service shows what it signed."""
    assert isinstance(observation.fact, Certificate)
    words = {"file": name_of(observation.where), "key": name_of(key.where)}
    for one in issued[tree_of(observation.where), observation.fact.subject]:
        path = file_of(one.where)[1]
        users = [reader for reader in readers if path in reader.named and reader.speaks_tls]
        if users:
            template = (
                "the private key {key} of the authority {file}, which signed what {program} shows, is in the image"
            )
            why = message(template, program=users[0].service.fact.program, **words)
            seen = (observation, key, one, users[0].service.observation, users[0].named[path])
            return Weight("refutes", why, tuple(dict.fromkeys(seen)))
    template = "the private key {key} of the authority {file} is in the image; that something trusts it was not seen"
    return Weight("suspects", message(template, **words), (observation, key))


def _sound(evidence: Evidence) -> Iterator[Weight]:
    readers = key_readers(evidence)
    built = max((fact.date for _, fact in evidence.of(BuildDate)), default="")
    files = Counter(file_of(observation.where) for observation, _ in evidence.of(Certificate))
    for observation, fact in evidence.of(Certificate):
        path = file_of(observation.where)[1]
        users = [one for one in readers.get(tree_of(observation.where), ()) if path in one.named and one.speaks_tls]
        if users:
            yield from _shown(observation, fact, users[0], built, files[file_of(observation.where)] == 1)
    yield from _stores(evidence, built)
    yield from unknown_startup(evidence)


def _shown(observation: Observation, fact: Certificate, reader: Reader, built: str, is_alone: bool) -> Iterator[Weight]:
    """Weigh a certificate that a started service shows; of one by itself the signature proves nothing."""
    words = {"program": reader.service.fact.program, "file": name_of(observation.where)}
    seen = (observation, reader.service.observation, reader.named[file_of(observation.where)[1]])
    if fact.key_kind == "rsa" and fact.key_bits is not None and fact.key_bits < SMALLEST_RSA:
        why = message(
            "{program} is started and shows {file}, whose RSA key has {bits} bits", bits=fact.key_bits, **words
        )
        yield Weight("refutes", why, seen)
    if fact.signature.lower() in _FORGEABLE and not fact.self_signed:
        why = message("{program} is started and shows {file}, signed over {hash}", hash=fact.signature, **words)
        yield Weight("refutes", why, seen)
    if built and fact.not_after < built:
        why = message("{program} shows {file}, which had expired when the image was built", **words)
        yield Weight("suspects", why, seen)
    if fact.self_signed and is_alone:
        why = message(
            "{program} shows {file}, which is signed by itself: who connects cannot tell whose it is", **words
        )
        yield Weight("suspects", why, seen)


def _stores(evidence: Evidence, built: str) -> Iterator[Weight]:
    """Weigh each store of authorities of the public web, by its folder or file."""
    stores: dict[str, list[tuple[Observation, Certificate]]] = {}
    for observation, fact in evidence.of(Certificate):
        if fact.bundle and not _is_document(observation):
            where = observation.where.partition("+")[0]
            name = where if not where.endswith((".0", ".crt", ".pem")) else where.rpartition("/")[0]
            stores.setdefault(name, []).append((observation, fact))
    for _, known in sorted(stores.items()):
        if len(known) >= FEWEST_AUTHORITIES:
            yield from _store(known, built)


def _store(known: Sequence[tuple[Observation, Certificate]], built: str) -> Iterator[Weight]:
    newest = max(known, key=lambda one: (one[1].not_before, one[0].where))
    words = {"file": name_of(newest[0].where)}
    if built and _years(newest[1].not_before, built) >= STALE_YEARS:
        why = message(
            "the store of authorities with {file} was not renewed before the image was built: the newest is of {day}",
            day=newest[1].not_before,
            **words,
        )
        yield Weight("suspects", why, (newest[0],))
    for observation, fact in known:
        lost = next((day for name, day in _LOST_TRUST if name.lower() in fact.subject.lower()), "")
        if lost and built > lost:
            why = message("a store trusts {name}, which lost its trust on {day}", name=_short(fact), day=lost)
            yield Weight("suspects", why, (observation,))
        elif fact.self_signed and _TEST_ROOT.search(fact.subject):
            why = message("a store trusts {name}, by its name an authority for tests", name=_short(fact))
            yield Weight("suspects", why, (observation,))


def _years(start: str, end: str) -> float:
    try:
        return (date.fromisoformat(end) - date.fromisoformat(start)).days / 365.25
    except ValueError:
        return 0


def _short(fact: Certificate) -> str:
    return fact.subject[:80]


PUBLISHED = Rule(
    id="private-keys-are-not-published",
    criterion="private-keys-are-not-shared",
    needs=("private-keys", "key-stores", "certificates", "startup", "services", "published-keys"),
    what=(
        "Keys and certificates whose private half is published, in open-source packages or as keys for development. "
        "One that a started service uses, by its settings or by its kind and place, decides; another private key that "
        "lies open is a suspicion. Test keys within a TLS library do not count."
    ),
    limits="A key that is published elsewhere is not known.",
    weigh=_published,
)

PAIRED = Rule(
    id="certificates-keep-their-keys-apart",
    criterion="private-keys-are-not-shared",
    needs=("private-keys", "key-stores", "certificates", "startup", "services"),
    what=(
        "Certificates whose private key lies open anywhere in the image, joined by the public half. One that a started "
        "service shows decides, and so does an authority that signed what such a service shows, or that a started "
        "command of a client trusts; an authority that signed anything else in the image, or that lies in a store of "
        "trusted ones, is a suspicion."
    ),
    limits="What trusts an authority outside the image, such as an app, is not seen.",
    weigh=_paired,
)

SOUND = Rule(
    id="certificates-are-sound",
    criterion="certificates-are-sound",
    needs=("certificates", "build-dates", "startup", "services"),
    what=(
        "The certificates that the settings of a started service name: an RSA key below 2048 bits, and a signature of "
        "an authority over MD5 or SHA-1, decide; one that had expired by the day of the build, or is signed by itself, "
        "is a suspicion. So is a store of authorities that had not been renewed for years, or that trusts authorities "
        "that had lost their trust by then, or that are for tests."
    ),
    limits="Certificates that are made or fetched while the product runs are not seen.",
    weigh=_sound,
)
