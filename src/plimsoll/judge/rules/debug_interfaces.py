"""Rule on interfaces for developers: they are closed in the product as delivered (EN 303 645, provision 5.6-4).

U-Boot's documentation says when its start can be stopped: with a `bootdelay` of -2 it cannot be, and a key or password
may be asked for. Android's documentation says that adbd asks for a key where `ro.adb.secure` is 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.judge.rule import Rule, Weight
from plimsoll.judge.rules._standing import RunningService, Standings, effect_of
from plimsoll.judge.rules._startup_known import unknown_startup
from plimsoll.model.evidence import Evidence, Observation
from plimsoll.model.facts import DebugSetting
from plimsoll.model.locator import tree_of
from plimsoll.model.message import message

Settings = dict[str, tuple[Observation, DebugSetting]]

_STOP_KEYS = ("bootstopkey", "bootdelaykey", "bootstopkeysha256", "bootdelaykeysha256", "bootstopkeycrypt")
_DEVELOPMENT = {
    "ro.debuggable": ("1",),
    "ro.build.type": ("userdebug", "eng"),
    "ro.build.tags": ("test-keys", "dev-keys"),
}


def _debug(evidence: Evidence) -> Iterator[Weight]:
    known = [(observation, one) for observation, one in evidence.of(DebugSetting) if one.active]
    asks_for_key = [one for _, one in known if one.key == "ro.adb.secure" and one.value == "1"]
    for service in evidence.once(Standings).services:
        yield from _service(service, asks_for_key=bool(asks_for_key))
    by_tree: dict[str, Settings] = {}
    for observation, setting in known:
        if setting.interface == "web":
            why = message(
                "{page} is by its name a page for developers; what it lets do was not seen", page=setting.value
            )
            yield Weight("suspects", why, (observation,), "network")
        elif setting.interface == "kernel":
            why = message(
                "the kernel is started with {argument}, which gives a debugger or a shell", argument=setting.key
            )
            yield Weight("suspects", why, (observation,), "physical")
        else:
            by_tree.setdefault(tree_of(observation.where), {}).setdefault(setting.key, (observation, setting))
    for _, settings in sorted(by_tree.items()):
        yield from _boot_loader(settings)
        yield from _bridge(settings, asks_for_key=bool(asks_for_key))
        yield from _development(settings)
    yield from unknown_startup(evidence)


def _service(service: RunningService, *, asks_for_key: bool) -> Iterator[Weight]:
    """Weigh a service that is there for developers, or that gives a shell to whoever asks."""
    fact = service.fact
    started = "is started" if service.standing == "started" else "may be started"
    words = {"program": fact.program}
    if fact.protocol == "gdb" and fact.reach != "local":
        why = message("{program} " + started + ", so that whoever reaches it steers programs as a debugger", **words)
        yield Weight(effect_of(service.standing), why, (service.observation,))
    elif fact.protocol == "adb" and not asks_for_key:
        why = message("{program} " + started + "; that it asks for a key was not seen", **words)
        yield Weight("suspects", why, (service.observation,), "physical", "likely")
    elif fact.protocol in ("telnet", "shell") and fact.login == "none" and service.is_reached:
        why = message("{program} " + started + " and gives a shell to whoever connects", **words)
        yield Weight(effect_of(service.standing), why, (service.observation,))
    elif fact.protocol == "telnet" and service.is_reached:
        why = message("{program} " + started + ": a login for developers", **words)
        yield Weight("suspects", why, (service.observation,))
    elif fact.protocol == "console" and fact.login == "none":
        why = message("a console gives a shell to whoever is at it ({program} " + started + ")", **words)
        yield Weight(effect_of(service.standing), why, (service.observation,))


def _boot_loader(settings: Settings) -> Iterator[Weight]:
    """Weigh U-Boot's environment: a start that can be stopped by any key, as far as the environment says."""
    delay = settings.get("bootdelay")
    if delay is None:
        return
    observation, setting = delay
    keys = [settings[key] for key in _STOP_KEYS if key in settings]
    if setting.value.strip() == "-2" or keys:
        grounds = (observation, *(one for one, _ in keys))
        yield Weight("supports", message("the boot loader's start is not to be stopped by any key"), grounds)
    else:
        template = (
            "the boot loader waits (bootdelay {delay}) to be stopped at its prompt; "
            "that it asks for a password there was not seen"
        )
        yield Weight("suspects", message(template, delay=setting.value), (observation,), "physical", "likely")


def _bridge(settings: Settings, *, asks_for_key: bool) -> Iterator[Weight]:
    """Weigh Android's debug bridge: switched on by properties, and told to ask for no key."""
    usb = [settings[key] for key in ("persist.sys.usb.config", "sys.usb.config") if key in settings]
    on = [one for one, setting in usb if "adb" in setting.value.split(",")]
    ports = [settings[key] for key in ("service.adb.tcp.port", "persist.adb.tcp.port") if key in settings]
    network = [one for one, setting in ports if setting.value.isdigit() and int(setting.value[:6]) > 0]
    secure = settings.get("ro.adb.secure")
    is_open = secure is not None and secure[1].value == "0" and not asks_for_key
    if not (on or network):
        return
    grounds = (*on, *network, *((secure[0],) if secure else ()))
    if is_open and on:
        way = "over the network" if network else "over USB"
        why = message("the Android debug bridge is on and lets in " + way + " whoever connects, without a key")
        yield Weight("refutes", why, grounds, "network" if network else "physical")
    elif network:
        yield Weight(
            "suspects", message("the Android debug bridge is told to listen on the network"), grounds, "network"
        )
    elif not asks_for_key:
        why = message("the Android debug bridge is on over USB; that it asks for a key was not seen")
        yield Weight("suspects", why, grounds, "physical", "likely")


def _development(settings: Settings) -> Iterator[Weight]:
    for key, bad in _DEVELOPMENT.items():
        if key in settings and settings[key][1].value in bad:
            observation, setting = settings[key]
            why = message("the build is marked as one for development: {key}={value}", key=key, value=setting.value)
            yield Weight("suspects", why, (observation,))


DEBUG = Rule(
    id="debug-interfaces-are-closed",
    criterion="debug-interfaces-are-closed",
    needs=("startup", "services", "debug-settings"),
    what=(
        "A debug server, a telnet service, netcat or a console that gives a shell without a login, and an Android "
        "debug bridge "
        "that properties switch on and tell to ask for no key, decide when they are started. A telnet service with a "
        "login, adbd, a start of the boot loader that can be stopped, arguments of the kernel that give a shell, a "
        "build that is marked as one for development, and pages named after commands or tests are a suspicion each."
    ),
    limits=(
        "A password that the boot loader has built in, ports on the board such as JTAG, and what compiled programs "
        "switch on, are not seen."
    ),
    weigh=_debug,
)
