"""Assessments built by hand for tests of the reports: a bad product, a good one, and one with hostile names.

Maker and product are fictional.
"""

from __future__ import annotations

import hashlib

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment, Bearing, CapabilityResult, Finding, Knowledge, ProvisionResult
from plimsoll.model.criterion import Criterion
from plimsoll.model.evidence import Excerpt, Inspection, Observation
from plimsoll.model.image import ImageMap, Opaque, Problem, Randomness, Span, TreeSummary
from plimsoll.model.locator import Carve, FileSpan, Member, Place, escape_name, place
from plimsoll.model.message import Message, message
from plimsoll.model.product import FirmwareImage, Product
from plimsoll.model.secret import Concealed
from plimsoll.model.verdict import Verdict

IMAGE = b"tidewatch2-1.4.0.bin"
HASH = Concealed("5f" * 32, 34, "$1$aaAA9999$aaaaAAAA9999aaaaAAAA99")
HOSTILE = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>{{ 7*7 }}{% x %}\u202egnp.exe\u202c\n\r\u2028end&\"'"
LONG = "x" * 500
PASS, FAIL, OPEN = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE

TITLES = (
    ("no-universal-default-passwords", "No universal default passwords"),
    ("vulnerability-disclosure-policy", "A way to report vulnerabilities"),
    ("software-kept-updated", "Software is kept updated"),
    ("secure-communication", "Communication is secure"),
    ("personal-data-secured", "Personal data is secured"),
)
CRITERIA = (
    Criterion(
        "no-fixed-account-is-accepted",
        1,
        "No account that is the same in every unit is let in by a service.",
        "Who learns the password of one unit holds them all.",
        "Give each unit a password of its own in production, or ask the user to set one before the first login.",
        {"device": "give `--device ADDRESS` to try what a live unit lets in"},
        {"firmware": "refute", "device": "both"},
    ),
    Criterion(
        "disclosure-policy-is-published",
        2,
        "The maker publishes how to report a vulnerability and what happens then.",
        "Finders have nowhere to go, and users stay exposed.",
        "Publish a security.txt and a policy with a contact and time frames.",
        {"maker": "give `--maker DOMAIN` to read the maker's policy"},
        {"maker": "both"},
    ),
    Criterion(
        "update-mechanism-is-secure",
        3,
        "Software is renewed only with a checked signature.",
        "Anybody on the way can put their own software on the product.",
        "Check a signature with a key in the image before anything is installed.",
        {"device": "give `--device ADDRESS` to watch an update"},
        {"firmware": "both"},
    ),
    Criterion(
        "no-clear-text-login-service",
        4,
        "No service that is reached over the network takes a login in clear.",
        "Passwords can be read by anybody on the same network.",
        "Remove telnetd and the like; offer SSH with keys, off by default.",
        {"device": "give `--device ADDRESS` to see which ports are open"},
        {"firmware": "refute", "device": "both"},
    ),
    Criterion(
        "private-keys-are-not-shared",
        4,
        "No private key is the same in every unit.",
        "Who unpacks the image can stand in for every unit.",
        "Make the key on the unit at its first start.",
        {"maker": "say in the declaration where keys are made"},
        {"firmware": "refute"},
    ),
    Criterion(
        "sensors-are-documented",
        5,
        "The maker says which sensors the product has.",
        "People do not know what listens to them.",
        "List the sensors in the manual.",
        {"maker": "give `--maker DOMAIN` to read the manual"},
        {"maker": "both"},
    ),
)
PROVISIONS = (
    ("5.1-1", "Passwords are unique per device or set by the user", 1, ("no-fixed-account-is-accepted",), True),
    ("5.2-1", "A disclosure policy is published", 2, ("disclosure-policy-is-published",), True),
    ("5.3-2", "Updates are installed securely", 3, ("update-mechanism-is-secure",), True),
    ("5.5-1", "Cryptography follows best practice", 4, ("no-clear-text-login-service",), True),
    ("5.5-8", "Critical parameters are managed", 4, ("private-keys-are-not-shared",), False),
    ("5.6-1", "Unused interfaces are disabled", None, (), False),
    ("5.8-3", "Sensors are documented", 5, ("sensors-are-documented",), True),
)


def at(path: bytes = b"", offset: int | None = None, length: int | None = None) -> Place:
    """Mint a place in the sample's file system."""
    steps = (Carve("squashfs", 0x120000), *((Member(path),) if path else ()))
    return place(FileSpan(IMAGE, steps, offset, length))


def bad() -> Assessment:
    """Make the bad twin: 1 and 4 not met, the rest not shown."""
    observations = (
        Observation(
            facts.Account("root", "passwd", "hashed", 0, 0, "/root", "/bin/ash"), at(b"etc/passwd", 0, 40), "accounts"
        ),
        Observation(
            facts.PasswordHash("root", "md5crypt", HASH, "shadow"),
            at(b"etc/shadow", 0x2A, 34),
            "accounts",
            Excerpt("hmac-sha256:" + "5f" * 32, 34, HASH.shape),
        ),
        Observation(
            facts.GuessedPassword("root", "md5crypt", "tide", HASH, 17),
            at(b"etc/shadow", 0x2A, 34),
            "default-passwords",
            basis="derived",
        ),
        Observation(
            facts.Service("telnetd", "telnet", "always", "system", False, 23),
            at(b"etc/init.d/S50telnet", 18, 21),
            "services",
            Excerpt("sha256:" + "ab" * 32, 21, "telnetd -l /bin/login"),
            basis="derived",
            because=(at(b"etc/init.d/S50telnet"), at(b"usr/sbin/telnetd")),
        ),
        Observation(
            facts.PrivateKey("rsa", 1024, "pem", purpose="tls-server"),
            at(b"etc/ssl/server.key", 0, 891),
            "private-keys",
        ),
        Observation(facts.Component("busybox", "1.19.4", "banner"), at(b"bin/busybox", 0x5000, 16), "components"),
        Observation(facts.Component("dropbear", "2014.63", "banner"), at(b"usr/sbin/dropbear", 64, 18), "components"),
        Observation(facts.OperatingSystem("tidelinux", "3", "Tide Linux"), at(b"etc/os-release"), "components"),
        Observation(facts.Sensor("microphone", "snd-usb-audio.ko"), at(b"lib/modules/snd-usb-audio.ko"), "sensors"),
        *(
            Observation(
                facts.ServiceSetting("telnetd", f"option{number}", "on"), at(b"etc/telnet.conf", number, 1), "settings"
            )
            for number in range(6)
        ),
    )
    fixed = message("{service} lets in the fixed account {account}", service="telnetd", account="root")
    clear = message("{service} takes logins in clear on port {port}", service="telnetd", port=23)
    key = message("a private key for {purpose} is in the image", purpose="tls-server")
    microphone = message("a sign of a microphone")
    skipped = message("the inspection {inspection} was not completed: {reason}", inspection="updates", reason="skipped")
    findings = (
        _finding(0, FAIL, fixed, Bearing("refutes", fixed, (0, 1, 2, 3)), Bearing("refutes", clear, (3,))),
        _finding(3, FAIL, clear, Bearing("refutes", clear, (3, 9, 10, 11, 12, 13, 14))),
        _finding(4, OPEN, key, Bearing("suspects", key, (4,))),
        _finding(2, OPEN, skipped, Bearing("blocks", skipped)),
        _finding(5, OPEN, microphone, Bearing("suspects", microphone, (8,))),
    )
    return _assessment(
        (FAIL, OPEN, OPEN, FAIL, OPEN),
        ((0,), (), (3,), (1, 2), (4,)),
        findings,
        observations,
        image=ImageMap(
            escape_name(IMAGE),
            8 << 20,
            (
                Span(0, 64, "understood", "uimage", "Linux-3.10.14"),
                Span(64, 0x100000 - 64, "encrypted", randomness=Randomness(7.9998, 251.3, 1 << 20)),
                Span(0x100000, 0x10000, "compressed", randomness=Randomness(7.95, 86103.0, 1 << 16)),
                Span(0x110000, 0x10000, "unknown"),
                Span(0x120000, 5 << 20, "understood", "squashfs", "xz, 1204 files"),
                Span(0x620000, 0x1E0000, "padding"),
            ),
            (TreeSummary(at(), "squashfs", 1204, 1410, 17 << 20),),
            (Problem(at(b"usr/lib/libtide.so"), message("cut short: {missing} bytes are missing", missing=512)),),
            (Opaque(at(b"usr/share/model.bin"), at(), "compressed", 1 << 20, Randomness(7.96, 5000.0, 1 << 20)),),
        ),
    )


def good() -> Assessment:
    """Make the good twin: 3 met, 5 not applicable, the rest not shown."""
    key = message("{client} checks a signature before it installs", client="swupdate")
    return _assessment(
        (OPEN, OPEN, PASS, OPEN, Verdict.NOT_APPLICABLE),
        ((0,), (), (1,), (), ()),
        (
            _finding(0, OPEN, message("nothing that was looked at decides this")),
            _finding(2, PASS, key, Bearing("confirms", key, (0,))),
        ),
        (
            Observation(
                facts.UpdateTrust("swupdate", "signature", "on", "sha256-rsa4096", "cd" * 32),
                at(b"etc/swupdate.pem"),
                "updates",
            ),
        ),
        image=ImageMap(
            escape_name(IMAGE),
            6 << 20,
            (Span(0, 6 << 20, "understood", "squashfs", "zstd, 980 files"),),
            (TreeSummary(at(), "squashfs", 980, 1100, 15 << 20),),
        ),
        done=True,
    )


def hostile() -> Assessment:
    """Make one whose every name and text comes from somebody who wants to be believed."""
    image = (HOSTILE + LONG).encode()
    where = place(FileSpan(image, (Carve("squashfs", 0), Member(image))))
    why = message("{service} lets in {account}", service=HOSTILE, account=LONG)
    observations = tuple(
        Observation(fact, where, HOSTILE, Excerpt("sha256:" + "00" * 32, 9, HOSTILE))
        for fact in (
            facts.Account(HOSTILE, "passwd", "empty", 0, 0, HOSTILE, HOSTILE),
            facts.Component(HOSTILE, LONG, "banner", HOSTILE),
            facts.Service(HOSTILE, HOSTILE, "conditional", "none", None, 1, condition=HOSTILE),
            facts.OperatingSystem(HOSTILE, HOSTILE, HOSTILE),
            facts.Endpoint("http", HOSTILE, 80, HOSTILE, used_by=HOSTILE),
        )
    )
    return _assessment(
        (FAIL, OPEN, OPEN, OPEN, OPEN),
        ((0,), (99, -1), (), (), ()),
        (_finding(0, FAIL, why, Bearing("refutes", why, (0, 1, 2, 3, 4, 77))),),
        observations,
        image=ImageMap(
            HOSTILE,
            100,
            (Span(0, 100, "unknown", HOSTILE, HOSTILE),),
            (TreeSummary(where, HOSTILE, 1, 1, 1),),
            (Problem(where, Message("{x.__class__} {y:>99999} {gone} " + HOSTILE, {"x": 1})),),
        ),
        product=Product(HOSTILE, LONG, HOSTILE),
    )


ALL = {"bad": bad, "good": good, "hostile": hostile}


def _finding(criterion: int, verdict: Verdict, why: Message, *bearings: Bearing) -> Finding:
    id = CRITERIA[criterion].id
    return Finding(id, id, "firmware", verdict, why, bearings)


def _assessment(
    verdicts: tuple[Verdict, ...],
    numbers: tuple[tuple[int, ...], ...],
    findings: tuple[Finding, ...],
    observations: tuple[Observation, ...],
    *,
    image: ImageMap,
    product: Product | None = None,
    done: bool = False,
) -> Assessment:
    by_criterion = {one.criterion: one for one in findings}
    return Assessment(
        "2026-11-24",
        "0.1.0",
        product or Product("Halyard Instruments (fictional)", "Tidewatch 2", "1.4.0"),
        (FirmwareImage(image.image, hashlib.sha256(IMAGE).hexdigest(), image.size_bytes),),
        tuple(
            _capability(number, verdict, numbers[number - 1], findings) for number, verdict in enumerate(verdicts, 1)
        ),
        tuple(_provision(row, by_criterion) for row in PROVISIONS),
        findings,
        observations,
        (
            Inspection("accounts", "completed", files=1204, bytes=17 << 20),
            Inspection("updates", "completed", files=1204)
            if done
            else Inspection("updates", "partial", reason=message("more than {limit} seconds", limit=60)),
        ),
        (image,),
        CRITERIA,
        (Knowledge("default passwords", "2026-10-01", "published lists; not those of resellers"),),
    )


def _capability(
    number: int, verdict: Verdict, findings: tuple[int, ...], all_findings: tuple[Finding, ...]
) -> CapabilityResult:
    key, title = TITLES[number - 1]
    named = [all_findings[one] for one in findings if 0 <= one < len(all_findings)]
    why = named[0].why if named else message("Plimsoll does not look yet at: {criteria}", criteria="this")
    mine = [one for one in CRITERIA if one.capability == number]
    settle = tuple(dict.fromkeys(text for one in mine for text in one.settle.values()))
    fix = tuple(one.criterion for one in named if one.verdict is FAIL)
    return CapabilityResult(
        number, key, title, verdict, why, findings, tuple(map(message, settle)) if verdict is OPEN else (), fix
    )


def _provision(
    row: tuple[str, str, int | None, tuple[str, ...], bool], findings: dict[str, Finding]
) -> ProvisionResult:
    id, title, capability, criteria, gate = row
    named = [findings[one] for one in criteria if one in findings]
    verdict = named[0].verdict if named else OPEN
    why = named[0].why if named else message("Plimsoll does not look yet at: {criteria}", criteria="this")
    return ProvisionResult(id, title, "mandatory" if gate else "recommended", capability, verdict, criteria, gate, why)
