"""What a kernel was built with, and which of its modules are there."""

from __future__ import annotations

from typing import Literal

import msgspec

OptionState = Literal["built-in", "module", "absent"]


class KernelConfiguration(msgspec.Struct, frozen=True, tag="kernel-configuration"):
    """The options of one kernel that are switched on; an option that neither list names is not set."""

    version: str
    """As the configuration's head names it; empty when it does not."""
    ground: Literal["ikconfig", "file"]
    """ikconfig: kept inside the kernel itself; file: beside it, so that it may be of another kernel."""
    built_in: tuple[str, ...]
    """Options set to y, without `CONFIG_`, sorted."""
    modules: tuple[str, ...]
    """Options set to m, without `CONFIG_`, sorted; whether the module is in the image, KernelModules tells."""

    def state(self, option: str) -> OptionState:
        """Tell how an option is set; with or without `CONFIG_`."""
        name = option.removeprefix("CONFIG_")
        if name in self.built_in:
            return "built-in"
        return "module" if name in self.modules else "absent"


class KernelModules(msgspec.Struct, frozen=True, tag="kernel-modules"):
    """The modules of one kernel that are in the image, by the names of their files."""

    version: str
    """Release, as the folder of the modules is named."""
    loadable: tuple[str, ...]
    """Names of modules as the kernel writes them (`-` as `_`), sorted."""
    built_in: tuple[str, ...] | None = None
    """Modules that the kernel itself holds, by its list `modules.builtin`; None when the list is not there."""
