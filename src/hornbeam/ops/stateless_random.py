"""Random numbers that are functions of a seed: the same seed gives the same numbers, in every run and process.

A seed is two integers. `split` and `fold_in` make seeds from seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend import threefry
from hornbeam.backend.inlined import looped
from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INDEX, REALS, never, op
from hornbeam.ops import array, math, random, rules
from hornbeam.ops.random import own_name, shape_of, shape_tensor, static_dims

_RANDOM = never("a random number does not depend on its inputs smoothly")
_COUNT = never("integer result")
_FULL = (dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)
_COUNTED = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
_SEED = np.array([1, 2], np.int32)


def key_of(seed: Any) -> Any:
    """The key of a seed of two integers, all of whose bits count."""
    words = jnp.asarray(seed).astype(jnp.int64).astype(jnp.uint64)
    low = (words & jnp.uint64(0xFFFFFFFF)).astype(jnp.uint32)
    high = (words >> jnp.uint64(32)).astype(jnp.uint32)
    key = threefry.key(low)
    return jax.random.fold_in(jax.random.fold_in(key, high[0]), high[1])


def _seeded(seed: Any) -> None:
    if seed.dims is not None and (len(seed.dims) != 1 or seed.dims[0] not in (2, None)):
        rank_fault = f"Shape must be rank 1 but is rank {len(seed.dims)}" if len(seed.dims) != 1 else (
            f"Dimension must be 2 but is {seed.dims[0]}")
        raise ShapeFault(rank_fault, f"seed must have shape [2], not {rules.text(seed.dims)}")


def _drawn(inputs: Any, attrs: dict[str, Any]) -> Any:
    _seeded(inputs[1])
    return [(shape_of(inputs[0]), attrs["dtype"])]


def _of_parameters(inputs: Any, attrs: dict[str, Any]) -> Any:
    """Shape rule: the shape asked for, which must end with the parameters' shapes broadcast."""
    _seeded(inputs[1])
    dims = shape_of(inputs[0])
    wanted = rules.broadcast_dims([i.dims for i in inputs[2:]])
    if dims is not None and wanted is not None:
        pairs = zip(reversed(dims), reversed(wanted), strict=False)
        if len(wanted) > len(dims) or any(w not in (1, d, None) and d is not None for d, w in pairs):
            raise ShapeFault("Shape passed in must end with broadcasted shape.")
    return [(dims, attrs.get("dtype") or inputs[-1].dtype)]


def _samples(rng: Any) -> Any:
    return [((np.array([3, 2], np.int32), _SEED), {}), ((np.array([], np.int32), np.array([-1, 5], np.int64)), {})]


_SPEC = {"inputs": "shape: T static, seed: Tseed", "T": INDEX, "Tseed": INDEX, "attr_types": {"dtype": "type"},
         "differentiable": _RANDOM, "samples": _samples}


@op("StatelessRandomUniform", **_SPEC)
def stateless_random_uniform(shape, seed, *, dtype: Any = dtypes.float32):
    """Numbers from [0, 1), each equally likely."""
    return jax.random.uniform(key_of(seed), static_dims(shape), dtype.np_dtype)


@op("StatelessRandomNormal", **_SPEC)
def stateless_random_normal(shape, seed, *, dtype: Any = dtypes.float32):
    """Numbers from the standard normal distribution."""
    return jax.random.normal(key_of(seed), static_dims(shape), dtype.np_dtype)


@op("StatelessTruncatedNormal", **_SPEC)
def stateless_truncated_normal(shape, seed, *, dtype: Any = dtypes.float32):
    """Numbers from the standard normal distribution, given that they lie within 2 of 0."""
    return jax.random.truncated_normal(key_of(seed), -2, 2, static_dims(shape), dtype.np_dtype)


@op("StatelessRandomUniformFullInt", **_SPEC)
def stateless_random_uniform_full_int(shape, seed, *, dtype: Any = dtypes.uint64):
    """Integers of a dtype, all equally likely."""
    return jax.random.bits(key_of(seed), static_dims(shape), f"uint{dtype.size * 8}").astype(dtype.np_dtype)


for _op in (stateless_random_uniform, stateless_random_normal, stateless_truncated_normal,
            stateless_random_uniform_full_int):
    _op.shape(_drawn)


@op("StatelessRandomUniformInt", inputs="shape: T static, seed: Tseed, minval: D, maxval: D", T=INDEX, Tseed=INDEX,
    D=_FULL, differentiable=_COUNT,
    samples=lambda rng: [((np.array([5]), _SEED, np.int32(-3), np.int32(4)), {})])
def stateless_random_uniform_int(shape, seed, minval, maxval):
    """Integers from [minval, maxval), each equally likely."""
    return jax.random.randint(key_of(seed), static_dims(shape), minval, maxval, minval.dtype)


@stateless_random_uniform_int.shape
def _(inputs, attrs):
    _seeded(inputs[1])
    return [(shape_of(inputs[0]), inputs[2].dtype)]


@stateless_random_uniform_int.check
def _(shape, seed, minval, maxval):
    return minval >= maxval, [minval, maxval]


@stateless_random_uniform_int.message
def _(numbers, inputs, attrs):
    return f"Need minval < maxval, got {int(numbers[0])} >= {int(numbers[1])}"


@op("StatelessMultinomial", inputs="logits: T, num_samples: int32 static, seed: Tseed", T=REALS, Tseed=INDEX,
    attr_types={"output_dtype": "type"}, differentiable=_COUNT,
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array(5, np.int32), _SEED), {})])
def stateless_multinomial_op(logits, num_samples, seed, *, output_dtype: Any = dtypes.int64):
    """Class numbers drawn for each row of unnormalised log-probabilities."""
    return random.choose(key_of(seed), logits, int(num_samples)).astype(output_dtype.np_dtype)


@stateless_multinomial_op.shape
def _(inputs, attrs):
    _seeded(inputs[2])
    return random.choices_shape(inputs, attrs)


@op("StatelessRandomBinomial", inputs="shape: S static, seed: Tseed, counts: T, probs: T", S=INDEX, Tseed=INDEX,
    T=_COUNTED, attr_types={"dtype": "type"}, differentiable=_COUNT,
    samples=lambda rng: [((np.array([3]), _SEED, np.array([5.0, 1.0, 9.0]), np.array([0.5, 0.5, 0.1])), {})])
def stateless_random_binomial(shape, seed, counts, probs, *, dtype: Any = dtypes.int64):
    """Numbers of successes in `counts` trials of probability `probs`."""
    dims = static_dims(shape)
    n, p = (v.astype(jnp.float64) for v in (counts, probs))
    return random.binomial(key_of(seed), n, p, dims).astype(dtype.np_dtype)


@op("StatelessRandomPoisson", inputs="shape: T static, seed: Tseed, lam: Rtype", T=INDEX, Tseed=INDEX, Rtype=_COUNTED,
    attr_types={"dtype": "type"}, differentiable=_COUNT,
    samples=lambda rng: [((np.array([2, 3]), _SEED, np.array([0.0, 2.0, 50.0], np.float32)), {"dtype": "int32"})])
def stateless_random_poisson(shape, seed, lam, *, dtype: Any):
    """Counts of events of mean `lam`."""
    return random.poisson(key_of(seed), lam, static_dims(shape)).astype(dtype.np_dtype)


@op("StatelessRandomGammaV2", inputs="shape: T static, seed: Tseed, alpha: D", T=INDEX, Tseed=INDEX, D=FLOATS,
    samples=lambda rng: [((np.array([2, 3]), _SEED, rng.uniform(0.5, 3, 3)), {})],
    waive={"gradient": "the draws move with alpha only along the distribution", "second_order": "not needed"})
def stateless_random_gamma_op(shape, seed, alpha):
    """Draws from Gamma(alpha, 1)."""
    dims = static_dims(shape)
    with looped():  # its sampler is one loop, not a loop written out
        return jax.random.gamma(key_of(seed), jnp.broadcast_to(alpha, dims), dims, alpha.dtype)


for _op in (stateless_random_binomial, stateless_random_poisson, stateless_random_gamma_op):
    _op.shape(_of_parameters)


@stateless_random_gamma_op.grad
def _(call, dy):
    alpha = call.inputs[2]
    slope = random.random_gamma_grad(alpha, call.outputs[0])
    return None, None, array.unbroadcast(math.multiply(dy, slope), alpha)


@op("StatelessParameterizedTruncatedNormal", inputs="shape: S static, seed: Tseed, means: D, stddevs: D, minvals: D, "
    "maxvals: D", S=INDEX, Tseed=INDEX, D=FLOATS, differentiable=_RANDOM,
    samples=lambda rng: [((np.array([4]), _SEED, *(np.float64(v) for v in (0, 1, -1, 3))), {})])
def stateless_parameterized_truncated_normal_op(shape, seed, means, stddevs, minvals, maxvals):
    """Draws from normal distributions given that they lie in [minvals, maxvals]."""
    return random.truncated(key_of(seed), static_dims(shape), means, stddevs, minvals, maxvals)


stateless_parameterized_truncated_normal_op.shape(_of_parameters)


# Public functions ------------------------------------------------------------------------------------


def check_algorithm(alg: Any) -> None:
    """Raise ValueError for what names no algorithm. Every one draws from Threefry here."""
    value = getattr(alg, "value", alg)
    if value not in ("philox", "threefry", "auto_select", 1, 2, 3):
        raise ValueError(f"Argument `alg` got unsupported value {alg}. Supported values are philox for the Philox "
                         "algorithm, threefry for the ThreeFry algorithm, and auto_select for auto-selection.")


@public("random.stateless_uniform")
@composite("stateless_random_uniform")
def stateless_uniform(shape: Any, seed: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32,
                      name: str | None = None, alg: Any = "auto_select") -> Any:
    """Draws from [minval, maxval), each value equally likely; a function of `seed` (two integers).

    Integers: both bounds, or None for both and so all values of the dtype. Raises ValueError otherwise.
    """
    check_algorithm(alg)
    wanted = dtypes.as_dtype(dtype)
    if wanted.is_integer:
        if (minval is None) != (maxval is None):
            raise ValueError(f"For integer `dtype` argument {wanted}, argument `minval` and `maxval` must be both "
                             f"None or not None. Got `minval`={minval} and `maxval`={maxval}.")
        if minval is None:
            return stateless_random_uniform_full_int(shape_tensor(shape), seed, dtype=wanted, name=own_name())
        low, high = array.convert(minval, wanted, name="min"), array.convert(maxval, wanted, name="max")
        return stateless_random_uniform_int(shape_tensor(shape), seed, low, high, name=own_name())
    size = shape_tensor(shape)
    low = array.convert(0 if minval is None else minval, wanted, name="min")
    high = array.convert(1 if maxval is None else maxval, wanted, name="max")
    return random.spread(stateless_random_uniform(size, seed, dtype=wanted), low, high, False, own_name())


def _scaled(draw: Any, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any, alg: Any) -> Any:
    check_algorithm(alg)
    wanted = dtypes.as_dtype(dtype)
    size = shape_tensor(shape)
    mean, stddev = array.convert(mean, wanted, name="mean"), array.convert(stddev, wanted, name="stddev")
    return math.add_v2(math.multiply(draw(size, seed, dtype=wanted), stddev, name="mul"), mean, name=own_name())


@public("random.stateless_normal")
@composite("stateless_random_normal")
def stateless_normal(shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
                     name: str | None = None, alg: Any = "auto_select") -> Any:
    """Draws from the normal distribution; a function of `seed` (two integers)."""
    return _scaled(stateless_random_normal, shape, seed, mean, stddev, dtype, alg)


@public("random.stateless_truncated_normal")
@composite("stateless_truncated_normal")
def stateless_truncated_normal_(shape: Any, seed: Any, mean: Any = 0.0, stddev: Any = 1.0,
                                dtype: Any = dtypes.float32, name: str | None = None,
                                alg: Any = "auto_select") -> Any:
    """Draws from the normal distribution, within two `stddev` of `mean`; a function of `seed` (two integers)."""
    return _scaled(stateless_truncated_normal, shape, seed, mean, stddev, dtype, alg)


def _choices(logits: Any, num_samples: Any, seed: Any, dtype: Any) -> Any:
    return stateless_multinomial_op(array.convert(logits, name="logits"), num_samples, seed,
                                    output_dtype=dtypes.int64 if dtype is None else dtypes.as_dtype(dtype),
                                    name=None if mode.current_graph() is None else "StatelessMultinomial")


@public("random.stateless_categorical")
@composite("stateless_categorical")
def stateless_categorical(logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64,
                          name: str | None = None) -> Any:
    """Class numbers drawn for each row of unnormalised log-probabilities; a function of `seed` (two integers)."""
    return _choices(logits, num_samples, seed, dtype)


@public(v1=("random.stateless_multinomial",))
@composite("stateless_multinomial")
def stateless_multinomial(logits: Any, num_samples: Any, seed: Any, output_dtype: Any = dtypes.int64,
                          name: str | None = None) -> Any:
    """TF1's name of `random.stateless_categorical`."""
    return _choices(logits, num_samples, seed, output_dtype)


@public("random.stateless_binomial")
@composite("stateless_random_binomial")
def stateless_binomial(shape: Any, seed: Any, counts: Any, probs: Any, output_dtype: Any = dtypes.int32,
                       name: str | None = None) -> Any:
    """Numbers of successes in `counts` trials of probability `probs`; a function of `seed` (two integers).

    shape: of the result; ends with the parameters' shapes, broadcast together.
    """
    size = shape_tensor(shape)
    chances = array.convert(probs, name="probs")
    trials = array.convert(counts, dtype_hint=chances.dtype, name="counts")
    return stateless_random_binomial(size, seed, math.cast(trials, chances.dtype), chances,
                                     dtype=dtypes.as_dtype(output_dtype))


@public("random.stateless_poisson")
@composite("stateless_random_poisson")
def stateless_poisson(shape: Any, seed: Any, lam: Any, dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """Counts of events of mean `lam`; a function of `seed`. shape: of the result; ends with the shape of `lam`."""
    return stateless_random_poisson(shape_tensor(shape), seed, lam, dtype=dtypes.as_dtype(dtype))


@public("random.stateless_gamma")
@composite("stateless_random_gamma")
def stateless_gamma(shape: Any, seed: Any, alpha: Any, beta: Any = None, dtype: Any = dtypes.float32,
                    name: str | None = None) -> Any:
    """Draws from Gamma(alpha, beta); a function of `seed`. Gradients by both parameters reach them.

    shape: of the result; ends with the parameters' shapes, broadcast together.
    """
    wanted = dtypes.as_dtype(dtype)
    size = shape_tensor(shape)
    alpha = array.convert(alpha, wanted, name="alpha")
    rate = array.convert(1 if beta is None else beta, wanted, name="beta")
    draws = stateless_random_gamma_op(size, seed, math.add_v2(alpha, array.zeros_like_op(rate)))
    smallest = np.asarray(jnp.finfo(wanted.np_dtype).tiny, wanted.np_dtype)
    return math.maximum(smallest, math.real_div(draws, rate))


@public("random.stateless_parameterized_truncated_normal")
@composite("stateless_parameterized_truncated_normal")
def stateless_parameterized_truncated_normal(shape: Any, seed: Any, means: Any = 0.0, stddevs: Any = 1.0,
                                             minvals: Any = -2.0, maxvals: Any = 2.0,
                                             name: str | None = None) -> Any:
    """Draws from normal distributions given that they lie in [minvals, maxvals]; a function of `seed`."""
    size = shape_tensor(shape)
    return stateless_parameterized_truncated_normal_op(size, seed, means, stddevs, minvals, maxvals)


@public("random.split", "random.experimental.stateless_split")
def split(seed: Any, num: int = 2, alg: Any = "auto_select") -> Any:
    """`num` new seeds from one: [num, 2] of the seed's dtype, independent of each other and of it."""
    seed = array.convert(seed)
    return stateless_uniform([num, 2], seed, None, None, seed.dtype.base_dtype, alg=alg)


@public("random.fold_in", "random.experimental.stateless_fold_in")
def fold_in(seed: Any, data: Any, alg: Any = "auto_select") -> Any:
    """A new seed from a seed and an integer."""
    data = array.convert(data)
    mixed = stateless_uniform([], seed, None, None, data.dtype.base_dtype, alg=alg)
    return array.stack([mixed, data])
