"""Imports the modules that declare public names, so that the namespaces know them: some at once, some when first used.

What is used by few programs of each kind (checkpoints, datasets, `contrib`, …) would take longer to import than all the
rest. `later_names.txt`, written by `make api`, says which module declares which of its names.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from importlib import resources

from hornbeam.graph.names import names_v1, names_v2

AT_ONCE = ("hornbeam.graph", "hornbeam.ops", "hornbeam.autodiff", "hornbeam.autograph", "hornbeam.kernels",
           "hornbeam.runtime")
LATER = ("hornbeam.ops.linear_operators", "hornbeam.train", "hornbeam.data.api", "hornbeam.distribute")
"""With the packages below."""
LATER_OF_V1 = ("hornbeam.v1",)
_FILE = "later_names.txt"


def load_public_names(*packages: str) -> None:
    """Import the modules directly in these packages."""
    for package in packages:
        for name in _modules(package):
            importlib.import_module(name)


def load_later(*packages: str) -> None:
    """Import the modules of these packages and of those below."""
    for package in packages:
        load_public_names(package, *_packages_below(package))


def expect_later_names() -> None:
    """Let the namespaces know the names that are declared in modules of their own, which are imported when needed."""
    file = resources.files("hornbeam").joinpath(_FILE)
    if not file.is_file():  # before the first `make api`
        load_later(*LATER)
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        generations, name, module = line.split()
        for generation, table in (("1", names_v1), ("2", names_v2)):
            if generation in generations and not dict.__contains__(table, name):
                table.later[name] = module


def later_names() -> Iterator[str]:
    """The lines of `later_names.txt`, from what the modules declare."""
    load_later(*LATER, *LATER_OF_V1)
    first, second = names_v1.loaded(), names_v2.loaded()
    for name in sorted({*first, *second}):
        held = {"1": first.get(name), "2": second.get(name)}
        modules = {g: public.module for g, public in held.items() if public is not None and _is_later(public.module)}
        for module in sorted(set(modules.values())):
            yield f"{''.join(g for g, m in modules.items() if m == module)} {name} {module}"


def _is_later(module: str) -> bool:
    return module.startswith((*LATER, *LATER_OF_V1))


def _modules(package: str) -> list[str]:
    path = importlib.import_module(package).__path__
    return [module.name for module in pkgutil.iter_modules(path, f"{package}.") if not module.ispkg]


def _packages_below(package: str) -> list[str]:
    path = importlib.import_module(package).__path__
    found = [module.name for module in pkgutil.walk_packages(path, f"{package}.") if module.ispkg]
    return [name for name in found if ".examples" not in name]
