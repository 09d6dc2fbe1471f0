"""Where draws take their keys from: an integer, a `SeedGenerator`, or the process's generator."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from hornbeam.graph import mode
from hornbeam.keras.names import keras_export
from hornbeam.keras.scopes import name_scope
from hornbeam.keras.state import on_clear_session
from hornbeam.keras.utils.naming import auto_name
from hornbeam.keras.variables import Variable
from hornbeam.ops import arithmetic, casts, division, identity

_held: dict[str, Any] = {"generator": None}


@keras_export("random.SeedGenerator")
class SeedGenerator:
    """A state that gives another key for every draw.

    seed: an integer; None takes one from Python's `random`. The state is a variable of two numbers, the seed and how
    many keys were given. Raises ValueError for a seed that is no integer.

    >>> SeedGenerator(seed=3).next().numpy().tolist()
    [3, 0]
    """

    _in_no_collection = True

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        kwargs.pop("backend", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        self.name = auto_name(type(self).__name__) if name is None else name
        self._initial_seed = seed
        start = make_default_seed() if seed is None else seed
        if not isinstance(start, int):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={start}")
        with name_scope(self.name, caller=self):
            self.state = Variable(lambda shape, dtype: key_words(start), shape=(2,), dtype="uint32", trainable=False,
                                  aggregation="none", name="seed_generator_state")

    def next(self, ordered: bool = True) -> Any:
        """The next key, two uint32 words; the state moves on. ordered: False gives keys that look unlike each other."""
        graph = mode.current_graph()
        key = identity.identity(self.state.value)
        if graph is None or graph.in_program_order or not graph.outermost.v1:
            self._advance(key, ordered)
            return key
        with graph.control_dependencies([key]):
            moved = self._advance(key, ordered)
        with graph.control_dependencies([moved.op]):
            return identity.identity(key)

    def _advance(self, key: Any, ordered: bool) -> Any:
        if ordered:
            return self.state.assign(arithmetic.add_v2(key, np.array([0, 1], np.uint32)))
        wide = arithmetic.multiply(arithmetic.add_v2(key, np.uint32(1)), np.uint32(5387))
        return self.state.assign(casts.cast(division.floormod(wide, np.uint32(933199)), "uint32"))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the generator from."""
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """A generator from what `get_config` gave."""
        return cls(**config)


def key_words(seed: int) -> np.ndarray:
    """An integer as a key: its lowest 32 bits, and 0."""
    return np.array([seed & 0xFFFFFFFF, 0], np.uint32)


def make_default_seed() -> int:
    """A seed from Python's generator, which `random.seed` (and `set_random_seed`) sets."""
    return python_random.randint(1, int(1e9))


def global_seed_generator() -> SeedGenerator:
    """The process's generator, made when it is first needed."""
    if _held["generator"] is None:
        with mode.opened(None):
            _held["generator"] = SeedGenerator()
    return _held["generator"]


@on_clear_session
def forget_global_generator() -> None:
    """The next draw without a seed makes a new generator."""
    _held["generator"] = None


def draw_seed(seed: Any) -> Any:
    """The key of a draw. Raises ValueError for what is neither None, an integer nor a `SeedGenerator`."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool):
        return key_words(int(seed))
    if seed is None:
        return global_seed_generator().next(ordered=False)
    if getattr(seed, "dtype", None) is not None:
        return seed
    raise ValueError("Argument `seed` must be either an integer or an instance of `SeedGenerator`. "
                     f"Received: seed={seed} (of type {type(seed)})")
