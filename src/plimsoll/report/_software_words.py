"""From a fact of software to words: components, the system, programs, kernels, sensors."""

from __future__ import annotations

from collections.abc import Iterator

from plimsoll.model import facts
from plimsoll.model.assessment import Assessment
from plimsoll.model.message import Message, message

FEW = 5
"""Names that are written out of many."""

SoftwareFact = (
    facts.BuiltInApplets
    | facts.Component
    | facts.Executable
    | facts.InstalledComponent
    | facts.KernelConfiguration
    | facts.KernelModules
    | facts.OperatingSystem
    | facts.PackagedFile
    | facts.Sensor
)


def count_components(assessment: Assessment) -> Iterator[Message]:
    """Say how many components there are, and where sources do not agree; nothing when none were merged."""
    merged = [one.fact for one in assessment.observations if isinstance(one.fact, facts.InstalledComponent)]
    if merged:
        packaged = sum(one.basis == "package-database" for one in merged)
        yield message(
            "{count} components, {packaged} of them by a package database", count=len(merged), packaged=packaged
        )
    for one in [one for one in merged if one.conflicts][:FEW]:
        yield message(
            "{name} {version}: other sources state {versions}",
            name=one.name,
            version=one.version or "without a version",
            versions=shortened(one.conflicts),
        )


def describe_software(
    fact: SoftwareFact,
) -> Iterator[Message]:
    """Say what was seen of software, in clauses."""
    match fact:
        case facts.Component(name, version, basis):
            yield message("{name} {version}", name=name, version=version) if version else message("{name}", name=name)
            yield BASES[basis]
            if fact.linkage in _LINKAGES:
                yield _LINKAGES[fact.linkage]
        case facts.InstalledComponent():
            yield from _installed(fact)
        case facts.PackagedFile(package, manager):
            yield message("brought by the package {package} ({manager})", package=package, manager=manager)
        case facts.BuiltInApplets() | facts.KernelConfiguration() | facts.KernelModules():
            yield from _built_in(fact)
        case facts.OperatingSystem(id, version, name):
            yield message("operating system {name}", name=" ".join(part for part in (name or id, version) if part))
            if fact.patched_to:
                yield message("patched to {date}", date=fact.patched_to)
        case facts.Executable(machine, bits, endian, kind):
            yield message("{kind} for {machine}", kind=kind, machine=machine)
            yield message("{bits} bits, {endian}-endian", bits=bits, endian=endian)
            yield from _defences(fact)
        case facts.Sensor(kind, ground):
            yield message(kind + ", by {ground}", ground=ground)


BASES = {
    "package-database": message("by a package database"),
    "os-release": message("by os-release"),
    "kernel": message("by the kernel's own words"),
    "module": message("by a kernel module"),
    "banner": message("by a banner in a program"),
    "symbol": message("by symbols in a program"),
    "file-name": message("by a file's name"),
    "build-info": message("by what a build tool wrote into it"),
    "lock-file": message("by a lock file, which says what was to be installed"),
}
"""How a component is known."""

_LINKAGES = {
    "static": message("a copy is linked in"),
    "dynamic": message("only named; loaded from elsewhere"),
}


def _installed(fact: facts.InstalledComponent) -> Iterator[Message]:
    yield (
        message("{name} {version}", name=fact.name, version=fact.version)
        if fact.version
        else message("{name}", name=fact.name)
    )
    for basis in fact.bases or (fact.basis,):
        yield BASES[basis]
    if fact.packages:
        yield message("in the packages {packages}", packages=shortened(fact.packages))
    if fact.linkage in _LINKAGES:
        yield _LINKAGES[fact.linkage]
    if fact.conflicts:
        yield message("other sources state {versions}", versions=shortened(fact.conflicts))


def shortened(names: tuple[str, ...]) -> str:
    """Write a few names, and how many more there are."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def _built_in(
    fact: facts.BuiltInApplets | facts.KernelConfiguration | facts.KernelModules,
) -> Iterator[Message]:
    match fact:
        case facts.BuiltInApplets(program, version, names):
            yield message("{program} {version}", program=program, version=version)
            yield message("holds {count} applets", count=len(names))
        case facts.KernelConfiguration(version, ground, built_in, modules):
            yield message("configuration of the kernel {version}", version=version)
            yield message("{count} options built in, {more} as modules", count=len(built_in), more=len(modules))
            yield message("kept inside the kernel") if ground == "ikconfig" else message("in a file beside it")
        case facts.KernelModules(version, loadable, built_in):
            yield message("modules of the kernel {version}", version=version)
            yield message("{count} in files", count=len(loadable))
            if built_in is not None:
                yield message("{count} in the kernel itself", count=len(built_in))


def _defences(fact: facts.Executable) -> Iterator[Message]:
    if fact.pie is not None:
        yield message("position-independent") if fact.pie else message("not position-independent")
    if fact.relro is not None:
        yield message("relro {relro}", relro=fact.relro)
    if fact.nx is not None:
        yield message("stack not executable") if fact.nx else message("stack executable")
    if fact.canary is not None:
        yield message("stack protector") if fact.canary else message("no stack protector")
