"""How a product is updated, from an image made by the real tool to verdicts and words: good twins, bad twins, traps.

The tests that are marked `online` take the programs and settings of Debian's own packages.
"""

from __future__ import annotations

import datetime
import io
import os
import random
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from plimsoll.assess import assess
from plimsoll.model.assessment import Assessment
from plimsoll.model.facts import UpdateWay
from plimsoll.model.product import Product
from plimsoll.model.verdict import Verdict, combine_all
from plimsoll.report.html import render as render_html
from plimsoll.report.terminal import render
from tests.inspect.firmware.test_update_keys import certificate, control_tree, pem
from tests.match.test_chip_updates import DEVELOPMENT_KEY, mcuboot
from tests.unpack.images import squashfs, tool

TODAY = datetime.date(2026, 1, 2)
UNSIGNED = ("update-mechanism-is-secure", "update-signature-is-sound", "network-updates-are-authenticated")
INIT = {
    "etc/inittab": b"::sysinit:/etc/init.d/rcS\n",
    "etc/init.d/rcS": b"#!/bin/sh\n/etc/init.d/S90update start\n",
    "bin/busybox": b"\x7fELF",
}
KEY = rsa.generate_private_key(65537, 3072)
FETCH = b"#!/bin/sh\nwget -O /tmp/fw http://updates.halyard.example/fw.bin\n"
WRITE = b"mtd write /tmp/fw firmware\n"
MCUBOOT_KEY = (
    b"-----BEGIN PUBLIC KEY-----\n"
    b"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKstAPOj+7VukSZWhqR2u6Nu+GTfN\n"
    b"FPsvJFc35ZU5iNmUudZa69fN1TCK1v5IskpqgQ7l8H2LaDTMOmr8U476wQ==\n"
    b"-----END PUBLIC KEY-----\n"
)
"""Public half of the development key root-ec-p256 of MCUboot."""


def assessed(folder: Path, files: Mapping[str, bytes], links: Mapping[str, str] = {}) -> Assessment:
    root = folder / "root"
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
        (root / path).chmod(0o755 if data[:2] == b"#!" or data[:4] == b"\x7fELF" else 0o644)
    for path, target in links.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(target)
    return of_folder(root)


def of_folder(root: Path) -> Assessment:
    image = root.with_suffix(".sqfs")
    image.write_bytes(squashfs(root, "-all-root"))
    return assess(image, Product(), today=TODAY)


def ways(assessment: Assessment) -> dict[str, UpdateWay]:
    return {one.fact.label: one.fact for one in assessment.observations if isinstance(one.fact, UpdateWay)}


def verdicts(assessment: Assessment) -> dict[str, Verdict]:
    found: dict[str, list[Verdict]] = {}
    for one in assessment.findings:
        if one.window == "firmware":
            found.setdefault(one.criterion, []).append(one.verdict)
    return {criterion: combine_all(given) for criterion, given in found.items()}


def text(assessment: Assessment) -> str:
    return " ".join(render(assessment).split())


def script(body: bytes, start: bytes = b"/usr/sbin/fota &\n") -> dict[str, bytes]:
    return {**INIT, "etc/init.d/S90update": b"#!/bin/sh\n" + start, "usr/sbin/fota": body}


def test_a_script_that_is_started_and_writes_what_anybody_may_send_fails(tmp_path: Path) -> None:
    found = assessed(tmp_path, script(FETCH + WRITE))
    way = ways(found)["fota"]
    assert (way.standing, way.channel, way.check) == ("started", "open", "nothing")
    assert way.sources == ("http://updates.halyard.example",)
    assert {verdicts(found)[one] for one in UNSIGNED} == {Verdict.FAIL}
    said = text(found)
    assert "How the product is updated" in said
    assert "fota, a script of the maker's own: It is started by itself." in said
    assert "It asks for no signature." in said


def test_its_good_twin_checks_a_signature_by_a_key_in_the_image(tmp_path: Path) -> None:
    check = b"openssl dgst -sha256 -verify /etc/fota.pem -signature /tmp/s /tmp/fw || exit 1\n"
    found = assessed(tmp_path, {**script(FETCH + check + WRITE), "etc/fota.pem": pem(KEY)})
    way = ways(found)["fota"]
    assert (way.check, way.algorithms, [one.bits for one in way.keys]) == ("signature", ("sha256",), [3072])
    assert {verdicts(found)[one] for one in UNSIGNED} == {Verdict.INCONCLUSIVE}
    assert "Its key: rsa 3072" in text(found)


def test_tftp_names_a_host_without_an_address(tmp_path: Path) -> None:
    found = assessed(tmp_path, script(b"#!/bin/sh\ntftp -g -r fw.bin -l /tmp/fw 192.0.2.7\n" + WRITE))
    assert ways(found)["fota"].sources == ("tftp://192.0.2.7",)
    assert verdicts(found)["network-updates-are-authenticated"] is Verdict.FAIL


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(script(FETCH + WRITE, b"# /usr/sbin/fota &\n"), id="its start is a comment"),
        pytest.param(script(FETCH + WRITE, b"[ -f /data/enabled ] && /usr/sbin/fota\n"), id="under a condition"),
        pytest.param(script(FETCH + b"# " + WRITE), id="the writing is a comment"),
        pytest.param({**INIT, "usr/share/doc/fota/examples/fota.sh": FETCH + WRITE}, id="an example"),
        pytest.param(script(FETCH + b"fw_update /tmp/fw\n"), id="another program may check"),
    ],
)
def test_what_is_not_sure_to_run_never_fails(tmp_path: Path, files: dict[str, bytes]) -> None:
    assert Verdict.FAIL not in {verdicts(assessed(tmp_path, files))[one] for one in UNSIGNED}


def test_a_crontab_starts_it_on_a_schedule(tmp_path: Path) -> None:
    files = {
        **INIT,
        "etc/init.d/S90update": b"#!/bin/sh\ncrond -c /etc/crontabs\n",
        "usr/sbin/crond": b"\x7fELF",
        "etc/crontabs/root": b"0 3 * * * /usr/sbin/fota\n",
        "usr/sbin/fota": FETCH + WRITE,
    }
    found = assessed(tmp_path, files)
    assert (ways(found)["fota"].scheduled, ways(found)["fota"].standing) == (True, "started")
    assert "It is run on a schedule." in text(found)


SWUPDATE = {
    **INIT,
    "usr/bin/swupdate": b"\x7fELF",
    "etc/swupdate.cfg": b'globals: { public-key-file = "/etc/swupdate.pem"; };\n',
    "etc/init.d/S90update": b'#!/bin/sh\nswupdate -f /etc/swupdate.cfg -u "-t x -u https://h.example -i 1" &\n',
}


def test_swupdate_with_the_development_key_of_another_project_fails(tmp_path: Path) -> None:
    found = assessed(tmp_path, {**SWUPDATE, "etc/swupdate.pem": MCUBOOT_KEY})
    assert ways(found)["swupdate"].published == ("development key root-ec-p256 of MCUboot",)
    assert verdicts(found)["update-signature-is-sound"] is Verdict.FAIL
    assert "The private half of its key is published: development key root-ec-p256 of MCUboot." in text(found)


def test_swupdate_with_a_key_of_its_own_does_not(tmp_path: Path) -> None:
    found = assessed(tmp_path, {**SWUPDATE, "etc/swupdate.pem": pem(KEY)})
    way = ways(found)["swupdate"]
    assert (way.standing, way.channel, way.check) == ("started", "checked", "signature")
    assert verdicts(found)["update-signature-is-sound"] is Verdict.INCONCLUSIVE


def test_swupdate_that_nothing_starts_is_told_and_not_judged(tmp_path: Path) -> None:
    quiet = {"etc/init.d/S90update": b"#!/bin/sh\n# /usr/bin/swupdate -u x\n", "etc/swupdate.pem": MCUBOOT_KEY}
    found = assessed(tmp_path, {**SWUPDATE, **quiet})
    assert ways(found)["swupdate"].standing == "never"
    assert Verdict.FAIL not in {verdicts(found)[one] for one in UNSIGNED}
    assert "Nothing was seen that starts it" in text(found)


RAUC = {
    "usr/lib/systemd/systemd": b"\x7fELF",
    "lib/systemd/system/multi-user.target": b"[Unit]\n",
    "lib/systemd/system/hawkbit.service": b"[Service]\nExecStart=/usr/bin/rauc-hawkbit-updater -c /etc/x\n",
    "usr/bin/rauc-hawkbit-updater": b"\x7fELF",
    "usr/bin/rauc": b"\x7fELF",
    "etc/rauc/system.conf": b"[system]\ncompatible=Halyard\n[keyring]\npath=ca.pem\n[slot.rootfs.0]\ndevice=/dev/a\n"
    b"[slot.rootfs.1]\ndevice=/dev/b\n",
    "etc/rauc/ca.pem": certificate(KEY),
}
LINKS = {
    "sbin/init": "../usr/lib/systemd/systemd",
    "lib/systemd/system/default.target": "multi-user.target",
    "etc/systemd/system/multi-user.target.wants/hawkbit.service": "/lib/systemd/system/hawkbit.service",
}
HAWKBIT = "etc/rauc-hawkbit-updater/config.conf"


@pytest.mark.parametrize("settings", [b"ssl = true\n", b"ssl = false\n", b"ssl_verify = false\n"])
def test_what_a_client_of_hawkbit_fetches_is_checked_by_rauc(tmp_path: Path, settings: bytes) -> None:
    conf = b"[client]\nhawkbit_server = h.halyard.example\n" + settings
    found = assessed(tmp_path, {**RAUC, HAWKBIT: conf}, LINKS)
    way = ways(found)["hawkbit"]
    assert (way.standing, way.check, way.automatic) == ("started", "signature", True)
    assert [one.kind for one in way.guards] == ["slots"]
    assert Verdict.FAIL not in {verdicts(found)[one] for one in UNSIGNED}


def test_mender_without_a_key_and_without_a_check_of_its_server_fails(tmp_path: Path) -> None:
    conf = b'{"ServerURL": "https://m.halyard.example", "SkipVerify": true}'
    unit = b"[Service]\nExecStart=/usr/bin/mender daemon\n"
    files = {
        **{path: data for path, data in RAUC.items() if "rauc" not in path},
        "lib/systemd/system/hawkbit.service": unit,
        "usr/bin/mender": b"\x7fELF",
        "etc/mender/mender.conf": conf,
    }
    assert verdicts(assessed(tmp_path / "bad", files, LINKS))["network-updates-are-authenticated"] is Verdict.FAIL
    keyed = b'{"ServerURL": "https://m.halyard.example", "ArtifactVerifyKey": "/etc/mender/k.pem"}'
    good = {**files, "etc/mender/mender.conf": keyed, "etc/mender/k.pem": pem(KEY)}
    found = assessed(tmp_path / "good", good, LINKS)
    assert verdicts(found)["network-updates-are-authenticated"] is Verdict.INCONCLUSIVE
    assert [one.state for one in ways(found)["mender"].keys] == ["present"]


def test_the_page_tells_the_same_and_hides_nothing_in_it(tmp_path: Path) -> None:
    found = assessed(tmp_path, script(FETCH.replace(b"updates.halyard.example", b"u.example/<script>") + WRITE))
    page = render_html(found)
    assert "How the product is updated" in page
    assert "<script>" not in page


def test_nothing_about_updates_is_told_where_there_is_nothing(tmp_path: Path) -> None:
    found = assessed(tmp_path, INIT)
    assert ways(found) == {}
    assert "How the product is updated" not in text(found)


def test_the_certificates_by_which_android_takes_updates_are_found_in_their_archive(tmp_path: Path) -> None:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w") as archive:
        archive.writestr("releasekey.x509.pem", certificate(KEY))
    found = assessed(tmp_path, {**INIT, "system/etc/security/otacerts.zip": store.getvalue()})
    way = ways(found)["android-ota"]
    assert (way.check, [one.bits for one in way.keys]) == ("signature", [3072])


def test_the_keys_of_the_boot_loader_are_found_beside_the_system(tmp_path: Path) -> None:
    loader = b"\0U-Boot 2024.01 (Jan 01 2024)\0" + random.Random(1).randbytes(40_000)
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/inittab").write_bytes(INIT["etc/inittab"])
    image = tmp_path / "flash.bin"
    image.write_bytes((loader + control_tree(tmp_path, 'required = "conf";')).ljust(0x20000, b"\xff") + squashfs(root))
    way = ways(assess(image, Product(), today=TODAY))["u-boot"]
    assert (way.check, way.algorithms, [one.bits for one in way.keys]) == ("signature", ("sha256,rsa2048",), [2048])


def test_an_image_of_mcuboot_with_its_development_key_fails(tmp_path: Path) -> None:
    image = tmp_path / "app.bin"
    image.write_bytes(mcuboot((1, DEVELOPMENT_KEY), (0x22, bytes(70))))
    found = assess(image, Product(), today=TODAY)
    assert verdicts(found)["update-signature-is-sound"] is Verdict.FAIL
    image.write_bytes(mcuboot((1, bytes(range(32))), (0x22, bytes(70))))
    assert verdicts(assess(image, Product(), today=TODAY))["update-signature-is-sound"] is Verdict.INCONCLUSIVE


def packages(folder: Path, *names: str) -> Path:
    """Lay packages of Debian out in a folder."""
    if not os.environ.get("PLIMSOLL_ONLINE"):
        pytest.skip("set PLIMSOLL_ONLINE to fetch packages of Debian")
    apt, dpkg = tool("apt-get", "apt"), tool("dpkg-deb", "dpkg")
    root = folder / "root"
    for name in names:
        subprocess.run([apt, "-q", "download", name], cwd=folder, check=True, capture_output=True)
    for deb in folder.glob("*.deb"):
        subprocess.run([dpkg, "-x", deb, root], check=True)
    shutil.rmtree(root / "var", ignore_errors=True)
    for path, data in {
        "usr/lib/systemd/systemd": b"\x7fELF",
        "lib/systemd/system/default.target": b"[Unit]\nRequires=basic.target\n",
        "lib/systemd/system/basic.target": b"[Unit]\nWants=timers.target\n",
        "lib/systemd/system/timers.target": b"[Unit]\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "sbin").mkdir(exist_ok=True)
    (root / "sbin/init").symlink_to("../usr/lib/systemd/systemd")
    return root


def enable(root: Path, unit: str, target: str = "default.target") -> None:
    wants = root / f"etc/systemd/system/{target}.wants"
    wants.mkdir(parents=True, exist_ok=True)
    (wants / unit).symlink_to(f"/lib/systemd/system/{unit}")


@pytest.mark.online
def test_debians_packages_are_present_and_not_started(tmp_path: Path) -> None:
    found = of_folder(packages(tmp_path, "rauc", "rauc-service", "swupdate", "mender-client", "ostree"))
    assert {name: way.standing for name, way in ways(found).items()} == dict.fromkeys(
        ("rauc", "swupdate", "mender", "ostree"), "never"
    )
    assert Verdict.FAIL not in {verdicts(found)[one] for one in UNSIGNED}


@pytest.mark.online
def test_debians_fwupd_is_started_by_its_timer_and_asks_for_signatures(tmp_path: Path) -> None:
    root = packages(tmp_path, "fwupd")
    enable(root, "fwupd-refresh.timer", "timers.target")
    way = ways(of_folder(root))["fwupd"]
    assert (way.standing, way.scheduled, way.check, way.channel) == ("started", True, "signature", "checked")
    assert way.sources == ("https://cdn.fwupd.org",)
    assert {one.state for one in way.keys} == {"present"}


@pytest.mark.online
def test_the_settings_that_come_with_mender_and_swupdate_are_read(tmp_path: Path) -> None:
    root = packages(tmp_path, "mender-client", "swupdate")
    examples = root / "usr/share/doc"
    (root / "etc/mender").mkdir(parents=True, exist_ok=True)
    shutil.copy(examples / "mender-client/examples/mender.conf.production", root / "etc/mender/mender.conf")
    shutil.copy(examples / "swupdate/examples/configuration/swupdate.cfg", root / "etc/swupdate.cfg")
    enable(root, "mender-client.service")
    enable(root, "swupdate.service")
    found = ways(of_folder(root))
    mender, swupdate = found["mender"], found["swupdate"]
    assert (mender.standing, mender.check, mender.interval_s, mender.channel) == ("started", "nothing", 1800, "checked")
    assert (swupdate.standing, swupdate.check, swupdate.interval_s) == ("perhaps", "unknown", 20)
    assert swupdate.channel == "open"
