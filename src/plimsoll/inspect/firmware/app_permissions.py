"""Which senses the apps of an Android product ask leave to use, by the manifests of their packages.

Permissions are those of the Android platform's documentation (`android.Manifest.permission`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plimsoll.inspect.firmware._binary_xml import MAGIC, read_elements
from plimsoll.inspect.inspector import Inspector, Look, Seen
from plimsoll.knowledge.sensor_parts import SenseKind
from plimsoll.model.facts import Sensor

LARGEST = 4 << 20

_ASKING = ("uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m")
_PREFIX = "android.permission."
_SENSES: Mapping[str, SenseKind] = {
    "CAMERA": "camera",
    "RECORD_AUDIO": "microphone",
    "CAPTURE_AUDIO_HOTWORD": "microphone",
    "ACCESS_FINE_LOCATION": "location",
    "ACCESS_COARSE_LOCATION": "location",
    "ACCESS_BACKGROUND_LOCATION": "location",
    "ACTIVITY_RECOGNITION": "motion",
    "BODY_SENSORS": "biometric",
    "USE_BIOMETRIC": "biometric",
    "USE_FINGERPRINT": "biometric",
    "BLUETOOTH": "bluetooth",
    "BLUETOOTH_SCAN": "bluetooth",
    "BLUETOOTH_CONNECT": "bluetooth",
}


class AppPermissions(Inspector):
    """Records each sense that an app asks leave to use."""

    id = "app-permissions"
    title = "Which senses do apps ask leave to use?"
    what = (
        "The permissions for camera, microphone, location, motion, fingerprints, body sensors and Bluetooth in the "
        "binary AndroidManifest.xml of the packages of apps."
    )
    limits = (
        "That an app asks does not show that the product has the sensor, nor that the leave is given. Permissions on "
        "data, such as contacts and messages, are not told, and neither are those that an app asks for by other means."
    )

    def wants(self, look: Look) -> bool:
        """Take manifests in binary form."""
        return look.name == b"AndroidManifest.xml" and look.data.startswith(MAGIC) and len(look.data) <= LARGEST

    def look(self, look: Look) -> Iterator[Seen | object]:
        """Give each kind once for each permission."""
        seen: set[Sensor] = set()
        for offset, name, values in read_elements(look.data):
            for value in values if name in _ASKING else ():
                kind = _SENSES.get(value.removeprefix(_PREFIX)) if value.startswith(_PREFIX) else None
                if kind is not None and Sensor(kind, value) not in seen:
                    seen.add(Sensor(kind, value))
                    yield Seen(Sensor(kind, value), offset, 16)
