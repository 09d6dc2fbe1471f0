"""Imports every module that declares public names, so that the namespaces know them."""

from __future__ import annotations

import importlib
import pkgutil

_PACKAGES = ("hornbeam.graph", "hornbeam.ops", "hornbeam.ops.linear_operators", "hornbeam.autodiff",
             "hornbeam.autograph", "hornbeam.kernels", "hornbeam.runtime", "hornbeam.train", "hornbeam.data.api",
             "hornbeam.train.checkpoints", "hornbeam.train.saved_model", "hornbeam.train.queues",
             "hornbeam.train.feature_columns")


def load_public_names(*packages: str) -> None:
    """Import the modules directly in these packages; by default in all that both generations share."""
    for package in packages or _PACKAGES:
        path = importlib.import_module(package).__path__
        for module in pkgutil.iter_modules(path, f"{package}."):
            if not module.ispkg:
                importlib.import_module(module.name)
