"""Who states which packages are in an image: one file per package manager or build tool."""

from plimsoll.inspect.firmware._packages import apk, control, esp_idf, go, java, npm, pacman, python, rpm, rust, yocto
from plimsoll.inspect.firmware._packages.package import Reader

READERS: tuple[Reader, ...] = (
    control.OPKG,
    control.OPKG_CONTROL,
    control.DPKG,
    apk.APK,
    rpm.RPM,
    pacman.PACMAN,
    yocto.MANIFEST,
    python.FOLDER,
    python.FILE,
    npm.INSTALLED,
    npm.LOCKED,
    java.POM,
    java.MANIFEST,
    go.GO,
    rust.RUST,
    esp_idf.ESP_IDF,
)
