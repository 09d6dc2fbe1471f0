"""Samples of classes, for losses that do not look at all of them: `tf.random.*_candidate_sampler`.

Each sampler gives the classes drawn and how often each class is expected among them: p · n where n classes are drawn
with repetition, 1 - (1 - p)ᵗ where distinct ones took t draws.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes, seeds
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops import dims

_DRAWN = never("what is drawn does not vary smoothly")
_OUTPUTS = ("sampled_candidates", "true_expected_count", "sampled_expected_count")
_INPUTS = "true_classes: int64"

# What is drawn ---------------------------------------------------------------------------------------

Draw = Callable[[Any, int], Any]


def _distinct(key: Any, draw: Draw, count: int) -> tuple[Any, Any]:
    """The first `count` distinct numbers of a sequence of draws, and how many draws that took."""
    block = max(count, 8)

    def first_of_equals(values: Any) -> Any:
        order = jnp.argsort(values, stable=True)
        ordered = values[order]
        fresh = jnp.concatenate([jnp.ones(1, bool), ordered[1:] != ordered[:-1]])
        return jnp.zeros(values.shape, bool).at[order].set(fresh)

    def again(state: Any) -> Any:
        return state[2] < count

    def step(state: Any) -> Any:
        turn, held, filled, tries = state
        drawn = draw(jax.random.fold_in(key, turn), block)
        empty = -1 - jnp.arange(count)  # no two alike, and no class
        new = first_of_equals(jnp.concatenate([jnp.where(jnp.arange(count) < filled, held, empty), drawn]))[count:]
        place = jnp.cumsum(new) + filled  # from 1 on
        held = held.at[jnp.where(new & (place <= count), place - 1, count)].set(drawn, mode="drop")
        done = place[-1] >= count
        tries = tries + jnp.where(done, jnp.argmax(place >= count) + 1, block)
        return turn + 1, held, jnp.minimum(place[-1], count), tries

    start = (jnp.zeros((), np.int32), jnp.zeros(count, np.int64), jnp.zeros((), np.int64), jnp.zeros((), np.int64))
    _, held, _, tries = lax.while_loop(again, step, start)
    return held, tries


def _sample(key: Any, true_classes: Any, num_sampled: int, unique: bool, draw: Draw,
            probability: Callable[[Any], Any]) -> tuple[Any, Any, Any]:
    if unique:
        sampled, tries = _distinct(key, draw, num_sampled)
    else:
        sampled, tries = draw(key, num_sampled), jnp.asarray(num_sampled)

    def expected(classes: Any) -> Any:
        p = probability(classes).astype(np.float64)
        apart = -jnp.expm1(tries * jnp.log1p(-p))
        return jnp.where(tries == num_sampled, p * num_sampled, apart).astype(np.float32)

    return sampled, expected(true_classes), expected(sampled)


def _shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    true, count, num_true = inputs[0].dims, attrs["num_sampled"], attrs["num_true"]
    for what in ("num_true", "num_sampled", "range_max"):
        if what in attrs and attrs[what] < 1:
            raise ShapeFault(f"Value for attr '{what}' of {attrs[what]} must be at least minimum 1")
    dims.want_rank(true, 2, "true_classes must be a matrix")
    if true is not None and true[1] not in (None, num_true):
        raise ShapeFault(f"Dimension must be {num_true} but is {true[1]}",
                         f"true_classes must have num_true columns, expected: {true[1]} was: {num_true}")
    if attrs["unique"] and "range_max" in attrs and count > attrs["range_max"]:
        raise ShapeFault("Sampler's range is too small.")
    batch = None if true is None else true[0]
    return [((count,), dtypes.int64), ((batch, num_true), dtypes.float32), ((count,), dtypes.float32)]


def _outside(key: Any, true_classes: Any, **attrs: Any) -> Any:
    flat = jnp.reshape(true_classes, -1)
    if not flat.shape[0]:
        return jnp.zeros((), bool), []
    wrong = (flat < 0) | (flat >= attrs["range_max"])
    return jnp.any(wrong), [jnp.take(flat, jnp.argmax(wrong))]


def _outside_text(numbers: Any, inputs: Any, attrs: dict[str, Any]) -> str:
    return f"`true_candidate` out of range [0, {attrs['range_max']}), received {int(numbers[0])}"


def _classes(**more: Any) -> Any:
    true = np.array([[0, 2], [5, 1]])
    attrs = {"num_true": 2, "num_sampled": 4, "range_max": 7, **more}
    return lambda rng: [((true,), {**attrs, "unique": u}) for u in (True, False)]


@op("UniformCandidateSampler", inputs=_INPUTS, random=True, outputs=_OUTPUTS, differentiable=_DRAWN,
    samples=_classes())
def uniform_op(key, true_classes, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0,
               seed2: int = 0):
    """Classes drawn from [0, range_max), each equally likely."""
    return _sample(key, true_classes, num_sampled, unique,
                   lambda k, n: jax.random.randint(k, (n,), 0, range_max, np.int64),
                   lambda c: jnp.full(jnp.shape(c), 1 / range_max))


@op("LogUniformCandidateSampler", inputs=_INPUTS, random=True, outputs=_OUTPUTS, differentiable=_DRAWN,
    samples=_classes())
def log_uniform_op(key, true_classes, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0,
                   seed2: int = 0):
    """Classes drawn with P(c) = log((c + 2) / (c + 1)) / log(range_max + 1): Zipf's law, for classes by frequency."""
    whole = float(np.log1p(range_max))

    def draw(k: Any, n: int) -> Any:
        drawn = jnp.exp(jax.random.uniform(k, (n,), np.float64) * whole).astype(np.int64) - 1
        return jnp.clip(drawn, 0, range_max - 1)

    return _sample(key, true_classes, num_sampled, unique, draw,
                   lambda c: jnp.log((c + 2.0) / (c + 1.0)) / whole)


@op("FixedUnigramCandidateSampler", inputs=_INPUTS, random=True, outputs=_OUTPUTS, differentiable=_DRAWN,
    samples=_classes(unigrams=(1.0, 2.0, 1.0, 5.0, 1.0, 1.0), num_reserved_ids=1))
def fixed_unigram_op(key, true_classes, *, num_true: int, num_sampled: int, unique: bool, range_max: int,
                     vocab_file: str = "", distortion: float = 1.0, num_reserved_ids: int = 0, num_shards: int = 1,
                     shard: int = 0, unigrams: Any = (), seed: int = 0, seed2: int = 0):
    """Classes drawn with probabilities from a file or a list."""
    weights = _weights(vocab_file, distortion, num_reserved_ids, num_shards, shard, tuple(unigrams))
    if len(weights) != range_max:
        raise ShapeFault(f"range is {range_max} must be equal to weights size  {len(weights)}")
    if unique and int((weights > 0).sum()) < num_sampled:
        raise ShapeFault("Sampler's range is too small.")
    edges = np.cumsum(weights)

    def draw(k: Any, n: int) -> Any:
        at = jax.random.uniform(k, (n,), np.float64) * edges[-1]
        return jnp.searchsorted(jnp.asarray(edges), at, side="right").astype(np.int64)

    return _sample(key, true_classes, num_sampled, unique, draw, lambda c: jnp.asarray(weights / edges[-1])[c])


def _weights(vocab_file: str, distortion: float, reserved: int, num_shards: int, shard: int,
             unigrams: tuple[float, ...]) -> np.ndarray:
    """The weights of this shard's classes. Raises ShapeFault where they are given twice, or not at all."""
    if vocab_file and unigrams:
        raise ShapeFault("Must only provide one of vocab_file and unigrams.")
    if not vocab_file and not unigrams:
        raise ShapeFault("Must provide either vocab_file or unigrams.")
    found = _read(vocab_file, os.path.getmtime(vocab_file)) if vocab_file else unigrams
    with np.errstate(all="ignore"):
        powers = np.power(np.asarray(found, np.float64), distortion)
    if not np.isfinite(powers).all() or (powers < 0).any():
        raise ShapeFault(f"unigrams to the power of distortion, {distortion:g}, must be finite and not negative")
    return np.concatenate([np.zeros(reserved), powers])[shard::num_shards]


@functools.lru_cache(maxsize=8)
def _read(path: str, changed: float) -> tuple[float, ...]:
    """The last column of a comma-separated file, as it was when it was `changed`."""
    with open(path, encoding="utf-8") as file:
        return tuple(float(line.rsplit(",", 1)[-1]) for line in file if line.strip())


for _op in (uniform_op, log_uniform_op, fixed_unigram_op):
    _op.shape(_shape)
    _op.check(_outside)
    _op.message(_outside_text)


@op("AllCandidateSampler", inputs=_INPUTS, outputs=_OUTPUTS, differentiable=_DRAWN,
    samples=lambda rng: [((np.array([[0], [2]]),), {"num_true": 1, "num_sampled": 3, "unique": True})])
def all_op(true_classes, *, num_true: int, num_sampled: int, unique: bool, seed: int = 0, seed2: int = 0):
    """All classes, each expected once."""
    return (jnp.arange(num_sampled, dtype=np.int64), jnp.ones(true_classes.shape, np.float32),
            jnp.ones(num_sampled, np.float32))


all_op.shape(_shape)


# Learned frequencies ---------------------------------------------------------------------------------


@final
class _Frequencies:
    """How often each class was seen so far, and the draws: the state of one sampler."""

    def __init__(self, seed: int, seed2: int) -> None:
        self._rng = np.random.default_rng([seed, seed2] if seed or seed2 else None)
        self._counts = np.zeros(0)

    def sample(self, true_classes: Any, count: int, unique: bool, range_max: int) -> tuple[Any, Any, Any]:
        """Draws by the frequencies so far; then the true classes are counted."""
        if len(self._counts) != range_max:
            self._counts = np.ones(range_max)
        shares = self._counts / self._counts.sum()
        sampled, tries = self._distinct(shares, count) if unique else (self._draw(shares, count), count)

        def expected(classes: Any) -> Any:
            p = shares[classes]
            with np.errstate(divide="ignore"):
                return (p * count if tries == count else -np.expm1(tries * np.log1p(-p))).astype(np.float32)

        result = sampled, expected(true_classes), expected(sampled)
        np.add.at(self._counts, true_classes, 1)
        return result

    def _draw(self, shares: np.ndarray, count: int) -> np.ndarray:
        return self._rng.choice(len(shares), count, p=shares).astype(np.int64)

    def _distinct(self, shares: np.ndarray, count: int) -> tuple[np.ndarray, int]:
        seen: dict[int, None] = {}
        tries = 0
        while len(seen) < count:
            for drawn in self._draw(shares, count).tolist():
                tries += 1
                seen.setdefault(drawn)
                if len(seen) == count:
                    break
        return np.array(list(seen), np.int64), tries


def _learned(true_classes: Any, num_sampled: int, unique: bool, range_max: int, state: Any, seed: int,
             seed2: int) -> Any:
    bad = true_classes[(true_classes < 0) | (true_classes >= range_max)]
    if bad.size:
        raise ShapeFault(f"`true_candidate` out of range [0, {range_max}), received {int(bad[0])}")
    state = _Frequencies(seed, seed2) if state is None else state
    return state.sample(true_classes, num_sampled, unique, range_max)


@op("LearnedUnigramCandidateSampler", inputs=_INPUTS, outputs=_OUTPUTS, host=True, stateful=True,
    differentiable=_DRAWN, waive={"samples": "draws, and remembers what it has seen"})
def learned_op(true_classes, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0,
               seed2: int = 0, state: Any = None):
    """Classes drawn as often as they were seen among the true classes before."""
    return _learned(true_classes, num_sampled, unique, range_max, state, seed, seed2)


@op("ThreadUnsafeUnigramCandidateSampler", inputs=_INPUTS, outputs=_OUTPUTS, host=True, stateful=True,
    differentiable=_DRAWN, waive={"samples": "draws, and remembers what it has seen"})
def thread_unsafe_op(true_classes, *, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int = 0,
                     seed2: int = 0, state: Any = None):
    """As `LearnedUnigramCandidateSampler`."""
    return _learned(true_classes, num_sampled, unique, range_max, state, seed, seed2)


learned_op.shape(_shape)
thread_unsafe_op.shape(_shape)


# Accidental hits -------------------------------------------------------------------------------------


@op("ComputeAccidentalHits", inputs="true_classes: int64, sampled_candidates: int64", host=True,
    outputs=("indices", "ids", "weights"), differentiable=_DRAWN,
    samples=lambda rng: [((np.array([[1, 2], [3, 4]]), np.array([4, 1, 7])), {"num_true": 2})])
def accidental_hits_op(true_classes, sampled_candidates, *, num_true: int, seed: int = 0, seed2: int = 0):
    """Where sampled classes are true ones: rows, places among the sampled, and the lowest float as weight."""
    if true_classes.ndim != 2 or true_classes.shape[1] != num_true:
        raise ShapeFault("true_candidates must be a batch_size * num_true matrix")
    if sampled_candidates.ndim != 1:
        raise ShapeFault("sampled_candidates must be a vector, which is typically an output from CandidateSampler")
    place = {c: i for i, c in enumerate(sampled_candidates.tolist())}
    found = [(row, place[c]) for row, classes in enumerate(true_classes.tolist()) for c in classes if c in place]
    rows, ids = np.array(found, np.int64).reshape(-1, 2).T
    return rows.astype(np.int32), ids, np.full(len(found), np.finfo(np.float32).min, np.float32)


@accidental_hits_op.shape
def _(inputs, attrs):
    return [((None,), dtypes.int32), ((None,), dtypes.int64), ((None,), dtypes.float32)]


@op("AccidentalHitsMask", inputs="true_classes: int64, sampled_candidates: int64", differentiable=_DRAWN,
    samples=lambda rng: [((np.array([[1, 2], [3, 4]]), np.array([4, 1, 7, 1])), {})])
def hits_mask(true_classes, sampled_candidates):
    """For each row and sampled class, whether it is a true one; of equal samples the last alone counts."""
    order = jnp.argsort(sampled_candidates, stable=True)
    ordered = jnp.asarray(sampled_candidates)[order]
    last = jnp.concatenate([ordered[1:] != ordered[:-1], jnp.ones(min(1, len(ordered)), bool)])
    held = jnp.zeros(sampled_candidates.shape, bool).at[order].set(last)
    return jnp.any(true_classes[:, :, None] == sampled_candidates, 1) & held


# What users call -------------------------------------------------------------------------------------


@public("random.uniform_candidate_sampler", v1=("nn.uniform_candidate_sampler",))
def uniform_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int,
                              seed: int | None = None, name: str | None = None) -> Any:
    """Classes drawn from [0, range_max), each equally likely.

    true_classes: int64 [batch, num_true]. num_sampled: how many are drawn. unique: no class twice. seed: see
    `random.set_seed`. Returns (sampled_candidates int64 [num_sampled], true_expected_count float32 [batch, num_true],
    sampled_expected_count float32 [num_sampled]): how often each class is expected among the samples.
    Raises InvalidArgumentError where `unique` asks for more than there are, and for true classes out of range.
    """
    return uniform_op(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
                      name=name, **seeds.attributes(seed))


@public("random.log_uniform_candidate_sampler", v1=("nn.log_uniform_candidate_sampler",))
def log_uniform_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int,
                                  seed: int | None = None, name: str | None = None) -> Any:
    """Classes drawn by Zipf's law: P(c) = log((c + 2) / (c + 1)) / log(range_max + 1), for classes by frequency.

    Arguments and results as for `random.uniform_candidate_sampler`.
    """
    return log_uniform_op(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
                          range_max=range_max, name=name, **seeds.attributes(seed))


@public("random.learned_unigram_candidate_sampler", "nn.learned_unigram_candidate_sampler")
def learned_unigram_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool,
                                      range_max: int, seed: int | None = None, name: str | None = None) -> Any:
    """Classes drawn as often as they were among the true classes of earlier runs; at first all are equally likely.

    What was seen belongs to the operation; an eager call starts anew. Otherwise as `random.uniform_candidate_sampler`.
    """
    found = seeds.attributes(seed)
    return learned_op(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
                      state=_Frequencies(found["seed"], found["seed2"]), name=name, **found)


@public("random.fixed_unigram_candidate_sampler", "nn.fixed_unigram_candidate_sampler")
def fixed_unigram_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool, range_max: int,
                                    vocab_file: str = "", distortion: float = 1.0, num_reserved_ids: int = 0,
                                    num_shards: int = 1, shard: int = 0, unigrams: Sequence[float] = (),
                                    seed: int | None = None, name: str | None = None) -> Any:
    """Classes drawn with given probabilities.

    unigrams: a number for each class; or vocab_file: a file whose last comma-separated column holds them. distortion:
    the power to which they are raised. num_reserved_ids: classes of probability 0 before them. num_shards, shard:
    take every num_shards-th class from `shard` on. Otherwise as `random.uniform_candidate_sampler`.
    """
    return fixed_unigram_op(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique,
                            range_max=range_max, vocab_file=vocab_file, distortion=distortion,
                            num_reserved_ids=num_reserved_ids, num_shards=num_shards, shard=shard,
                            unigrams=tuple(float(u) for u in unigrams), name=name, **seeds.attributes(seed))


@public("random.all_candidate_sampler", "nn.all_candidate_sampler")
def all_candidate_sampler(true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: int | None = None,
                          name: str | None = None) -> Any:
    """All classes from 0 to num_sampled - 1, each expected once: to compare sampled losses with full ones.

    Results as for `random.uniform_candidate_sampler`. unique, seed: accepted.
    """
    return all_op(true_classes, num_true=num_true, num_sampled=num_sampled, unique=unique, name=name,
                  **seeds.attributes(seed))


@public("nn.compute_accidental_hits")
def compute_accidental_hits(true_classes: Any, sampled_candidates: Any, num_true: int, seed: int | None = None,
                            name: str | None = None) -> Any:
    """Where sampled classes happen to be true ones.

    true_classes: int64 [batch, num_true]. sampled_candidates: int64 [num_sampled].
    Returns (indices int32: rows; ids int64: places among the sampled; weights float32: the lowest float).
    """
    return accidental_hits_op(true_classes, sampled_candidates, num_true=num_true, name=name,
                              **seeds.attributes(seed))
