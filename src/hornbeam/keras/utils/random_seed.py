"""One seed for everything that draws."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from hornbeam.graph.names import names_v2
from hornbeam.keras.names import keras_export
from hornbeam.keras.random.seed_generator import forget_global_generator

_held: dict[str, int | None] = {"seed": None}


@keras_export("utils.set_random_seed")
def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and Hornbeam's generators: the program that follows draws the same numbers in every run.

    Raises ValueError for a seed that is no integer.
    """
    if not isinstance(seed, int):
        raise ValueError(f"Expected `seed` argument to be an integer. Received: seed={seed} (of type {type(seed)})")
    _held["seed"] = seed
    forget_global_generator()
    python_random.seed(seed)
    np.random.seed(seed)
    set_seed: Any = names_v2["random.set_seed"].target
    set_seed(seed)


def random_seed() -> int | None:
    """The seed last set, None where there was none."""
    return _held["seed"]
