"""Builds the CPU kernels in `native/` into one shared library, where a C++17 compiler and oneDNN are to be had.

Hatch calls this while a wheel is built or the project is installed in place; `python hatch_build.py` builds the
library of a checkout with what is installed in that Python's environment. Without a compiler, or on another platform
than Linux on x86-64, the package is built without the library and runs on XLA alone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ONEDNN = "2023.2.0"
# The oldest jaxlib that Hornbeam runs on, where it is made for this Python: later ones take handlers that were built
# with its headers.
REQUIREMENTS = ["jaxlib>=0.10,<0.11; python_version < '3.15'", "jaxlib>=0.10,<0.13; python_version >= '3.15'",
                f"onednn-cpu-gomp=={ONEDNN}",
                f"onednn-devel-cpu-gomp=={ONEDNN}"]
LIBRARY = Path("hornbeam", "kernels", "compiled", "libhornbeam_kernels.so")
# No -march: a wheel moves to other machines, and oneDNN chooses its instructions when it runs.
FLAGS = ["-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility-inlines-hidden", "-fno-math-errno", "-w"]


def compiler() -> list[str] | None:
    """The command of a C++ compiler (`CXX`, or the usual names), or None where none can serve this platform."""
    if sys.platform != "linux" or platform.machine() != "x86_64" or os.environ.get("HORNBEAM_BUILD_KERNELS") == "off":
        return None
    chosen = shlex.split(os.environ.get("CXX", ""))
    if chosen:
        return chosen if shutil.which(chosen[0]) else None
    return next(([name] for name in ("c++", "g++", "clang++") if shutil.which(name)), None)


def build(root: Path, target: Path) -> str | None:
    """Compile `native/*.cc` to `target`. Returns why there is no library, or None where there is one."""
    command = compiler()
    if command is None:
        return "no C++ compiler for Linux on x86-64"
    try:
        headers = [_of_package("onednn-devel-cpu-gomp", "oneapi/dnnl/dnnl.hpp").parents[2], _of_jaxlib()]
        onednn = _of_package("onednn-cpu-gomp", "libdnnl.so.3")
    except LookupError as missing:
        return str(missing)
    target.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own, then renamed: two builds at once do not disturb each other, nor a process that has it loaded.
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as folder:
        made = Path(folder, target.name)
        done = subprocess.run(
            [*command, *FLAGS, *(f"-I{h}" for h in headers), *sorted(map(str, (root / "native").glob("*.cc"))),
             str(onednn), "-o", str(made)], capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{shlex.join(command)} failed:\n{done.stderr[-4000:]}"
        made.replace(target)
    return None


def _of_package(package: str, ending: str) -> Path:
    """A file of an installed package. Raises LookupError."""
    try:
        files = importlib.metadata.files(package) or ()
    except importlib.metadata.PackageNotFoundError:
        raise LookupError(f"{package} is not installed") from None
    for file in files:
        if str(file).endswith(ending):
            return Path(str(file.locate())).resolve()
    raise LookupError(f"{package} has no {ending}")


def _of_jaxlib() -> Path:
    found = importlib.util.find_spec("jaxlib")
    if found is None or not found.submodule_search_locations:
        raise LookupError("jaxlib is not installed")
    return Path(found.submodule_search_locations[0], "include")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand
    BuildHookInterface = object  # type: ignore[assignment, misc]


class NativeKernels(BuildHookInterface):  # type: ignore[misc, valid-type]
    """The build hook: puts the library into the wheel, or into the source tree of an editable install."""

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling; nothing where nothing can be compiled."""
        return REQUIREMENTS if self.target_name == "wheel" and compiler() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the library before the files are collected."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        in_place = version == "editable"
        target = root / "src" / LIBRARY if in_place else Path(self.directory) / "native" / LIBRARY.name
        problem = build(root, target)
        if problem:
            self.app.display_warning(f"Hornbeam is built without its CPU kernels: {problem}")
            return
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{_platform_tag()}"
        if not in_place:
            build_data["force_include"][str(target)] = str(LIBRARY)


def _platform_tag() -> str:
    from packaging.tags import platform_tags  # hatchling's own requirement

    return next(tag for tag in platform_tags() if tag.startswith("linux_"))


if __name__ == "__main__":
    here = Path(__file__).parent
    sys.exit(build(here, here / "src" / LIBRARY))
