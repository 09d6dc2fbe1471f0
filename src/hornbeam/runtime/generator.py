"""Generator: random numbers from a state that a variable holds, which every draw moves on.

The state is three int64 numbers: a counter of 128 bits, low word first, and a key. A draw takes the seed (key, counter)
of the stateless ops, then adds to the counter, more than there are numbers drawn; so draws never overlap.
"""

from __future__ import annotations

import enum
import random as chance
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math, stateless_random
from hornbeam.runtime.graph_functions import control_dependencies
from hornbeam.runtime.variable import Variable

_BLOCK = 256


@public("random.Algorithm", "random.experimental.Algorithm")
class Algorithm(enum.Enum):
    """How random bits are made. Hornbeam's come from Threefry; the others name the layout of a state."""

    PHILOX = 1
    THREEFRY = 2
    AUTO_SELECT = 3


_NAMES = {"philox": Algorithm.PHILOX, "threefry": Algorithm.THREEFRY, "auto_select": Algorithm.PHILOX,
          1: Algorithm.PHILOX, 2: Algorithm.THREEFRY, 3: Algorithm.PHILOX, Algorithm.PHILOX: Algorithm.PHILOX,
          Algorithm.THREEFRY: Algorithm.THREEFRY, Algorithm.AUTO_SELECT: Algorithm.PHILOX}
_WORDS = {Algorithm.PHILOX: 3, Algorithm.THREEFRY: 2}


def _algorithm(alg: Any) -> Algorithm:
    found = _NAMES.get(alg) if isinstance(alg, (str, int, Algorithm)) else None
    if found is None:
        raise ValueError(f"Argument `alg` got unsupported value {alg}. Supported values are philox for the Philox "
                         "algorithm, threefry for the ThreeFry algorithm, and auto_select for auto-selection.")
    return found


@public("random.create_rng_state", "random.experimental.create_rng_state")
def create_rng_state(seed: Any, alg: Any) -> Any:
    """A state for `Generator` from an integer, or up to as many as the state has (the others are zero)."""
    words = _WORDS[_algorithm(alg)]
    given = [int(x) for x in np.asarray(seed, object).reshape(-1)]
    state = (given + [0] * words)[:words]
    return array.constant(np.array([((x + 2**63) % 2**64) - 2**63 for x in state], np.int64))


@public("random.Generator", "random.experimental.Generator")
class Generator:
    """Draws from a state that it keeps in a variable: different at every call, the same after the same start.

    Made from a state, a copy of another generator, or by `from_seed`, `from_state`, `from_key_counter`,
    `from_non_deterministic_state`. Raises ValueError for a state of the wrong length.

    >>> Generator.from_seed(1).normal([2]).shape
    TensorShape([2])
    """

    def __init__(self, copy_from: Generator | None = None, state: Any = None, alg: Any = None) -> None:
        if copy_from is not None:
            if state is not None or alg is not None:
                raise ValueError("a generator is made as a copy, or from `state` and `alg`, not both")
            state, alg = copy_from.state.value(), copy_from._alg
        if state is None or alg is None:
            raise ValueError("Generator needs `state` and `alg`; Generator.from_seed(seed) makes them")
        self._alg = _algorithm(alg)
        initial = array.convert(state, dtypes.int64)
        if initial.dims != (_WORDS[self._alg],):
            raise ValueError(f"a state of {self._alg.name} has {_WORDS[self._alg]} numbers, not shape {initial.shape}")
        self._state = Variable(initial, name="StateVar", trainable=False, dtype=dtypes.int64)

    @classmethod
    def from_state(cls, state: Any, alg: Any) -> Generator:
        """A generator that goes on from a state."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed: Any, alg: Any = None) -> Generator:
        """A generator that starts from a seed."""
        alg = Algorithm.PHILOX if alg is None else alg
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: Any = None) -> Generator:
        """A generator that starts by chance."""
        alg = Algorithm.PHILOX if alg is None else alg
        source = chance.SystemRandom()
        return cls(state=create_rng_state([source.getrandbits(63) for _ in range(3)], alg), alg=alg)

    @classmethod
    def from_key_counter(cls, key: int, counter: Any, alg: Any) -> Generator:
        """A generator with this key and counter."""
        return cls(state=[*(int(c) for c in np.reshape(counter, -1)), int(key)][:_WORDS[_algorithm(alg)]], alg=alg)

    # State ----------------------------------------------------------------------------------------

    @property
    def state(self) -> Variable:
        """The variable that holds the state."""
        return self._state

    @property
    def algorithm(self) -> int:
        """The number of the algorithm."""
        return self._alg.value

    @property
    def key(self) -> Any:
        """The key: the last number of the state."""
        return self._state.value()[-1]

    def reset(self, state: Any) -> None:
        """Go on from this state."""
        self._state.assign(array.convert(state, dtypes.int64))

    def reset_from_seed(self, seed: Any) -> None:
        """Start again from a seed."""
        self._state.assign(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key: int, counter: Any) -> None:
        """Go on with this key and counter."""
        self._state.assign(np.array([*(int(c) for c in np.reshape(counter, -1)), int(key)], np.int64))

    def skip(self, delta: Any) -> Any:
        """Move on as if `delta` numbers were drawn. Gives the state before."""
        return self._moved(math.multiply(math.cast(array.convert(delta), dtypes.int64), np.int64(_BLOCK)))

    def _moved(self, by: Any) -> Any:
        """Add to the counter, with the carry into its second word; gives the state before."""
        before = array.identity_op(self._state.read_value())
        with control_dependencies([before] if self._state._graph is not None else None):
            low = math.add_v2(before[0], by)
            carry = math.cast(math.less(_unsigned(low), _unsigned(before[0])), dtypes.int64)
            rest = [math.add_v2(before[1], carry), before[2]] if self._alg is Algorithm.PHILOX else [before[1]]
            after = self._state.assign(array.stack([low, *rest]))
        if self._state._graph is None:
            return before
        with control_dependencies([after]):
            return array.identity_op(before)

    def _seed(self, shape: Any) -> Any:
        """The seed of the next draw."""
        known = TensorShape(shape) if isinstance(shape, (list, tuple, TensorShape)) and all(
            isinstance(d, (int, np.integer)) for d in shape) else None
        count: Any = np.int64(_BLOCK)
        if known is not None:
            count = np.int64(_BLOCK * max(1, known.num_elements() or 1))
        else:
            total = math.reduce_prod(math.cast(array.convert(shape), dtypes.int64))
            count = math.multiply(math.maximum(total, np.int64(1)), np.int64(_BLOCK))
        before = self._moved(count)
        mixed = before[0] if self._alg is Algorithm.THREEFRY else math.add_v2(
            before[0], math.multiply(before[1], np.int64(0x5851F42D4C957F2D)))
        return array.stack([before[-1], mixed])

    # Draws ----------------------------------------------------------------------------------------

    def normal(self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
               name: str | None = None) -> Any:
        """Draws from the normal distribution."""
        return stateless_random.stateless_normal(shape, self._seed(shape), mean, stddev, dtype, name)

    def truncated_normal(self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
                         name: str | None = None) -> Any:
        """Draws from the normal distribution within two `stddev` of `mean`."""
        return stateless_random.stateless_truncated_normal_(shape, self._seed(shape), mean, stddev, dtype, name)

    def uniform(self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32,
                name: str | None = None) -> Any:
        """Draws from [minval, maxval); integers need both bounds, or None for both (all values of the dtype)."""
        wanted = dtypes.as_dtype(dtype)
        if wanted.is_integer and (minval is None) != (maxval is None):
            raise ValueError(f"For integer dtype {wanted}, minval and maxval must be both `None` or both non-`None`; "
                             f"got minval={minval} and maxval={maxval}")
        return stateless_random.stateless_uniform(shape, self._seed(shape), minval, maxval, wanted, name)

    def uniform_full_int(self, shape: Any, dtype: Any = dtypes.uint64, name: str | None = None) -> Any:
        """Integers of a dtype, all equally likely."""
        return stateless_random.stateless_uniform(shape, self._seed(shape), None, None, dtype, name)

    def binomial(self, shape: Any, counts: Any, probs: Any, dtype: Any = dtypes.int32, name: str | None = None) -> Any:
        """Numbers of successes in `counts` trials of probability `probs`."""
        return stateless_random.stateless_binomial(shape, self._seed(shape), counts, probs, dtype, name)

    def make_seeds(self, count: int = 1) -> Any:
        """Seeds for the stateless functions: [2, count], of which the second row is zero."""
        drawn = self.uniform_full_int([count], dtypes.int64)
        return array.stack([drawn, array.zeros_like_op(drawn)])

    def split(self, count: int = 1) -> list[Generator]:
        """`count` generators that are independent of each other and of this one."""
        keys = self.uniform_full_int([count], dtypes.int64)
        zero = np.int64(0)
        counter = [zero] * (_WORDS[self._alg] - 1)
        return [Generator(state=array.stack([*counter, keys[i]]), alg=self._alg) for i in range(count)]


def _unsigned(value: Any) -> Any:
    """An int64 shifted so that signed comparison orders it as the unsigned number of the same bits."""
    return math.add_v2(value, np.int64(-2**63))


_global: dict[str, Generator | None] = {"generator": None}


@public("random.get_global_generator", "random.experimental.get_global_generator")
def get_global_generator() -> Generator:
    """The process's generator, made by chance when it is first asked for."""
    found = _global["generator"]
    if found is None:
        found = _global["generator"] = Generator.from_non_deterministic_state()
    return found


@public("random.set_global_generator", "random.experimental.set_global_generator")
def set_global_generator(generator: Generator) -> None:
    """Replace the process's generator."""
    _global["generator"] = generator
