"""Seeds of random ops: which two numbers an op gets, and where an eager draw stands in its sequence.

In a graph the numbers are the attributes `seed` and `seed2`; a session counts the draws of each op. Eagerly:

| `set_seed` called | op seed given | the draws |
|---|---|---|
| no | no | fresh entropy |
| no | yes | one sequence for each op type and seed, from the start of the process |
| yes | no | one sequence for the process, which starts again with `set_seed` |
| yes | yes | one sequence for each op type and seed, which starts again with `set_seed` |
"""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from hornbeam.graph import mode

if TYPE_CHECKING:
    from hornbeam.graph.op import Op

DEFAULT_GRAPH_SEED = 87654321
"""The first seed where only the op's is given."""
_LARGEST = 2**31 - 1
_IN_TURN = _LARGEST + 1
"""The second seed of eager draws that only `set_seed` determines; no op seed can be this."""


class _Eager:
    """The process's state of eager draws."""

    def __init__(self) -> None:
        self.seed: int | None = None
        self.seeds_required = False
        self.lock = threading.Lock()
        self.draws: dict[Any, Iterator[int]] = {}
        self.entropy = random.SystemRandom().getrandbits(62)


_eager = _Eager()


def set_eager_seed(seed: int | None) -> None:
    """Determine eager draws from here on; None gives them back to chance. Sequences start again."""
    with _eager.lock:
        _eager.seed = None if seed is None else int(seed)
        _eager.draws.clear()
        _eager.entropy = random.SystemRandom().getrandbits(62)


def eager_seed() -> int | None:
    """The seed that `set_seed` gave, or None."""
    return _eager.seed


def pair(seed: int | None, op_seed: int | None) -> tuple[int, int]:
    """Two seeds as attributes hold them: below 2³¹ - 1, and never (0, 0), which stands for no seed at all."""
    pair_ = int(seed or 0) % _LARGEST, int(op_seed or 0) % _LARGEST
    return (0, _LARGEST) if pair_ == (0, 0) else pair_


def op_seeds(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds of a random op that is called now; (None, None) where it has none."""
    graph = mode.current_graph()
    if graph is not None:
        return graph.op_seeds(op_seed) or _no_seeds()
    if op_seed is not None:
        return pair(DEFAULT_GRAPH_SEED if _eager.seed is None else _eager.seed, op_seed)
    return _no_seeds() if _eager.seed is None else (_eager.seed % _LARGEST, _IN_TURN)


def _no_seeds() -> tuple[None, None]:
    """Draws are left to chance, unless `require_seeds` forbids it."""
    if _eager.seeds_required:
        raise RuntimeError("Random ops require a seed to be set when determinism is enabled. Please set a seed before "
                           "running the op, e.g. by calling tf.random.set_seed(1).")
    return None, None


def require_seeds(required: bool = True) -> None:
    """Whether random ops without any seed are refused with RuntimeError."""
    _eager.seeds_required = required


def attributes(op_seed: int | None) -> dict[str, Any]:
    """The attributes `seed` and `seed2` of a random op that is called now."""
    seed, seed2 = op_seeds(op_seed)
    return {"seed": seed or 0, "seed2": seed2 or 0}


def draw_key(seed: int, seed2: int, draw: int) -> np.ndarray:
    """The key of one draw, as two uint32: the seeds and the number of the draw, mixed on the host.

    Mixed as SplitMix64 mixes (Steele, Lea, Flood 2014); within a program that would be compiled for every op.
    """
    word = ((seed & 0xFFFFFFFF) << 32) | (seed2 & 0xFFFFFFFF)
    for number in (0, draw + 1):
        word = (word + 0x9E3779B97F4A7C15 * (number + 1)) & 0xFFFFFFFFFFFFFFFF
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        word ^= word >> 31
    return np.array([word >> 32, word & 0xFFFFFFFF], np.uint32)


_LANES = np.array([0x9E3779B9, 0x85EBCA6B], np.uint32)
_MIX = np.array([0x7FEB352D], np.uint32), np.array([0x846CA68B], np.uint32)
_SHIFTS = np.array([16], np.uint32), np.array([15], np.uint32)


def fold(key: Any, iteration: Any) -> Any:
    """The key of a draw in one iteration of a loop; `key` and `iteration` (uint32) are NumPy's or JAX's."""
    key = key ^ (iteration * _LANES)
    key = (key ^ (key >> _SHIFTS[0])) * _MIX[0]
    key = (key ^ (key >> _SHIFTS[1])) * _MIX[1]
    return key ^ (key >> _SHIFTS[0])


def eager_stream(op: Op, attrs: dict[str, Any]) -> np.ndarray:
    """The key of the next eager draw, as two uint32."""
    seed, seed2 = attrs["seed"], attrs["seed2"]
    with _eager.lock:
        if not seed and not seed2:
            key: Any = None
            seed, seed2 = _eager.entropy & _LARGEST, _eager.entropy >> 31
        else:
            key = (seed,) if seed2 == _IN_TURN else (op.type, seed, seed2)
        draw = next(_eager.draws.setdefault(key, itertools.count()))
    return draw_key(seed, seed2, draw)


def restart_eager_draws() -> None:
    """Start every eager sequence of draws again."""
    with _eager.lock:
        _eager.draws.clear()
