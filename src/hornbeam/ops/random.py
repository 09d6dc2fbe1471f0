"""Random numbers: ops whose results differ from run to run, and repeat where seeds are given.

The bits come from Threefry-2x32 (Salmon et al., SC 2011), keyed by the op's seeds and how often it ran
(`graph/seeds.py`, a session's store); they differ from TensorFlow's, their distributions do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend import threefry
from hornbeam.backend.inlined import looped
from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, mode, seeds
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.dimension import Dimension
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import FLOATS, INDEX, REALS, never, op
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.ops import array, math, rules
from hornbeam.ops.checks import assert_

_RANDOM = never("a random number does not depend on its inputs smoothly")
_UNIFORM_DTYPES = (*FLOATS, dtypes.int32, dtypes.int64)


def static_dims(shape: Any) -> tuple[int, ...]:
    """A shape argument as a tuple of int. Raises ShapeFault for what is no shape."""
    if np.ndim(shape) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {np.ndim(shape)}",
                         f"shape must be a vector of {{int32,int64}}, got shape {rules.text(np.shape(shape))}")
    dims = tuple(int(d) for d in shape)
    if any(d < 0 for d in dims):
        raise ShapeFault(f"Dimension {next(d for d in dims if d < 0)} must be >= 0")
    return dims


def shape_of(described: Any) -> Dims:
    """What a shape argument says of the result's shape."""
    if described.value is not None:
        return static_dims(described.value)
    if described.partial is not None:
        return described.partial
    if described.dims is not None and len(described.dims) != 1:
        raise ShapeFault(f"Shape must be rank 1 but is rank {len(described.dims)}")
    return None if described.dims is None or described.dims[0] is None else (None,) * described.dims[0]


def _drawn(inputs: Any, attrs: dict[str, Any]) -> Any:
    return [(shape_of(inputs[0]), attrs["dtype"])]


# Uniform and normal ----------------------------------------------------------------------------------

_SHAPES = [((np.array([2, 3], np.int32),), {}), ((np.array([], np.int32),), {}), ((np.array([4, 0], np.int64),), {})]


@op("RandomUniform", inputs="shape: T static", random=True, attr_types={"dtype": "type"}, differentiable=_RANDOM,
    T=INDEX, samples=lambda rng: _SHAPES)
def random_uniform_op(key, shape, *, dtype: Any = dtypes.float32, seed: int = 0, seed2: int = 0):
    """Numbers from [0, 1), each equally likely."""
    return jax.random.uniform(key, static_dims(shape), dtype.np_dtype)


@op("RandomStandardNormal", inputs="shape: T static", random=True, attr_types={"dtype": "type"},
    differentiable=_RANDOM, T=INDEX, samples=lambda rng: _SHAPES)
def random_standard_normal(key, shape, *, dtype: Any = dtypes.float32, seed: int = 0, seed2: int = 0):
    """Numbers from the normal distribution of mean 0 and standard deviation 1."""
    return jax.random.normal(key, static_dims(shape), dtype.np_dtype)


@op("TruncatedNormal", inputs="shape: T static", random=True, attr_types={"dtype": "type"}, differentiable=_RANDOM,
    T=INDEX, samples=lambda rng: _SHAPES)
def truncated_normal_op(key, shape, *, dtype: Any = dtypes.float32, seed: int = 0, seed2: int = 0):
    """Numbers from the standard normal distribution, given that they lie within 2 of 0."""
    return jax.random.truncated_normal(key, -2, 2, static_dims(shape), dtype.np_dtype)


for _op in (random_uniform_op, random_standard_normal, truncated_normal_op):
    _op.shape(_drawn)


@op("RandomUniformInt", inputs="shape: T static, minval: Tout, maxval: Tout", random=True, differentiable=_RANDOM,
    T=INDEX, Tout=INDEX, samples=lambda rng: [((np.array([5]), np.int32(-3), np.int32(4)), {})])
def random_uniform_int(key, shape, minval, maxval, *, seed: int = 0, seed2: int = 0):
    """Integers from [minval, maxval), each equally likely."""
    return jax.random.randint(key, static_dims(shape), minval, maxval, minval.dtype)


@random_uniform_int.shape
def _(inputs, attrs):
    for name, item in zip(("minval", "maxval"), inputs[1:], strict=True):
        if item.dims:
            raise ShapeFault(f"Shape must be rank 0 but is rank {len(item.dims)}",
                             f"{name} must be 0-D, got shape {rules.text(item.dims)}")
    return [(shape_of(inputs[0]), inputs[1].dtype)]


@random_uniform_int.check
def _(key, shape, minval, maxval, **attrs):
    return minval >= maxval, [minval, maxval]


@random_uniform_int.message
def _(numbers, inputs, attrs):
    return f"Need minval < maxval, got {int(numbers[0])} >= {int(numbers[1])}"


def shape_tensor(shape: Any) -> Any:
    """A shape argument (numbers, dimensions, a TensorShape, a tensor) as an integer tensor."""
    if isinstance(shape, TensorShape):
        shape = shape.as_list()
    if isinstance(shape, (int, np.integer)):
        shape = np.asarray(shape, np.int32)
    if isinstance(shape, (list, tuple)):
        shape = [d.value if isinstance(d, Dimension) else d for d in shape]
        if not shape:
            shape = np.array([], np.int32)
    return array.convert(shape, name="shape")


def _scaled(draw: Any, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: int | None) -> Any:
    """mean + stddev · draw, under TensorFlow's names."""
    wanted = dtypes.as_dtype(dtype)
    size = shape_tensor(shape)
    mean = array.convert(mean, wanted, name="mean")
    stddev = array.convert(stddev, wanted, name="stddev")
    drawn = draw(size, dtype=wanted, **seeds.attributes(seed))
    return math.add_v2(math.multiply(drawn, stddev, name="mul"), mean, name=own_name())


@public("random.normal", v1=("random_normal",))
@composite("random_normal")
def random_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
                  seed: int | None = None, name: str | None = None) -> Any:
    """Draws from the normal distribution.

    shape: of the result. mean, stddev: broadcast against it. dtype: a float type. seed: see `random.set_seed`.
    """
    return _scaled(random_standard_normal, shape, mean, stddev, dtype, seed)


@public("random.truncated_normal", v1=("truncated_normal",))
@composite("truncated_normal")
def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
                     seed: int | None = None, name: str | None = None) -> Any:
    """Draws from the normal distribution, again where one lies more than two `stddev` from `mean`.

    shape: of the result. mean, stddev: broadcast against it. dtype: a float type. seed: see `random.set_seed`.
    """
    return _scaled(truncated_normal_op, shape, mean, stddev, dtype, seed)


def uniform_bounds(minval: Any, maxval: Any, dtype: dtypes.DType) -> tuple[Any, Any]:
    """Both bounds, with 1 for an upper one of floats that is None. Raises ValueError for integers without one."""
    if dtype not in _UNIFORM_DTYPES:
        raise ValueError(f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are "
                         f"({', '.join(map(repr, _UNIFORM_DTYPES))}).")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    return minval, maxval


def spread(drawn: Any, low: Any, high: Any, from_zero: bool, name: str | None) -> Any:
    """Draws from [0, 1) moved to [low, high)."""
    if from_zero:
        return math.multiply(drawn, high)
    width = math.subtract(high, low, name="sub")
    return math.add_v2(math.multiply(drawn, width, name="mul"), low, name=name)


@public("random.uniform", v1=("random_uniform",))
@composite("random_uniform")
def random_uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32,
                   seed: int | None = None, name: str | None = None) -> Any:
    """Draws from [minval, maxval), each value equally likely.

    shape: of the result. minval, maxval: broadcast against it for floats, numbers for integers; `maxval` is 1 for
    floats by default. dtype: float or int32, int64. seed: see `random.set_seed`.
    Raises ValueError for integers without `maxval`, and InvalidArgumentError where minval >= maxval.
    """
    wanted = dtypes.as_dtype(dtype)
    low, high = uniform_bounds(minval, maxval, wanted)
    size = shape_tensor(shape)
    from_zero = isinstance(low, int) and low == 0 and not wanted.is_integer
    if from_zero and isinstance(high, int) and high == 1:
        return random_uniform_op(size, dtype=wanted, **seeds.attributes(seed))
    low, high = array.convert(low, wanted, name="min"), array.convert(high, wanted, name="max")
    if wanted.is_integer:
        return random_uniform_int(size, low, high, **seeds.attributes(seed), name=own_name())
    return spread(random_uniform_op(size, dtype=wanted, **seeds.attributes(seed)), low, high, from_zero, own_name())


# Choices ---------------------------------------------------------------------------------------------


def choose(key: Any, logits: Any, count: int) -> Any:
    """`count` class numbers for each row, class k with probability exp(logits[k]) / Σ exp(logits)."""
    wide = logits.astype(jnp.float64)
    sums = jnp.cumsum(jnp.exp(wide - jnp.max(wide, -1, keepdims=True)), -1)
    total = sums[:, -1:]
    points = jax.random.uniform(key, (logits.shape[0], count), jnp.float64) * total
    if count <= 16:
        found = jnp.sum(sums[:, None, :] <= points[:, :, None], -1)
    else:
        found = jax.vmap(lambda row, at: jnp.searchsorted(row, at, side="right"))(sums, points)
    return jnp.minimum(found, jnp.sum(sums < total, -1, keepdims=True))


def choices_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    """[batch, num_samples] of the attribute `output_dtype`."""
    logits, count = inputs[0].dims, inputs[1].value
    if logits is not None and len(logits) != 2:
        raise ShapeFault(f"Shape must be rank 2 but is rank {len(logits)}",
                         f"logits should be a matrix, got shape {rules.text(logits)}")
    if logits is not None and logits[1] == 0:
        raise ShapeFault("num_classes should be positive, got 0")
    if count is not None and int(count) < 0:
        raise ShapeFault(f"num_samples should be non-negative, got {int(count)}")
    return [((None if logits is None else logits[0], None if count is None else int(count)), attrs["output_dtype"])]


@op("Multinomial", inputs="logits: T, num_samples: int32 static", random=True, attr_types={"output_dtype": "type"},
    differentiable=never("integer result"), T=REALS,
    samples=lambda rng: [((rng.normal(size=(3, 4)).astype(np.float32), np.array(5, np.int32)), {}),
                         ((np.zeros((0, 4), np.float32), np.array(2, np.int32)), {})])
def multinomial_op(key, logits, num_samples, *, seed: int = 0, seed2: int = 0, output_dtype: Any = dtypes.int64):
    """Class numbers drawn for each row of unnormalised log-probabilities, independently and with replacement."""
    return choose(key, logits, int(num_samples)).astype(output_dtype.np_dtype)


multinomial_op.shape(choices_shape)


def _categorical(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Any:
    logits = array.convert(logits, name="logits")
    wanted = dtypes.int64 if dtype is None else dtypes.as_dtype(dtype)
    graph = mode.current_graph()
    return multinomial_op(logits, num_samples, **seeds.attributes(seed), output_dtype=wanted,
                          name=None if graph is None else "Multinomial")


@public("random.categorical")
@composite("categorical")
def categorical(logits: Any, num_samples: Any, dtype: Any = None, seed: int | None = None,
                name: str | None = None) -> Any:
    """Class numbers drawn for each row of unnormalised log-probabilities.

    logits: [batch, classes]. Returns [batch, num_samples] of `dtype` (int32 or int64, the default).
    """
    return _categorical(logits, num_samples, dtype, seed)


@public(v1=("multinomial", "random.multinomial"))
@composite("multinomial")
def multinomial(logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None,
                output_dtype: Any = None) -> Any:
    """Class numbers drawn for each row of unnormalised log-probabilities: TF1's name of `random.categorical`."""
    return _categorical(logits, num_samples, output_dtype, seed)


@op("RandomShuffle", inputs="value: T", random=True, differentiable=_RANDOM,
    samples=lambda rng: [((np.arange(6).reshape(3, 2),), {}), ((np.zeros((0, 2), np.float32),), {})])
def random_shuffle_op(key, value, *, seed: int = 0, seed2: int = 0):
    """The rows of `value` in random order, every order equally likely."""
    return value if not jnp.ndim(value) or value.shape[0] < 2 else jax.random.permutation(key, value, axis=0)


random_shuffle_op.shape(rules.as_first)


@public("random.shuffle", v1=("random_shuffle",))
def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Any:
    """The rows of `value` (slices along the first dimension) in random order."""
    value = array.convert(value, name=f"{name or 'RandomShuffle'}/value")
    with _where(value):
        return random_shuffle_op(value, **seeds.attributes(seed), name=name)


def _where(value: Any) -> Any:
    """Opens the graph of a symbolic tensor, so that its seeds are asked."""
    return mode.opened(value.graph if hasattr(value, "graph") else None)


@public("image.random_crop", v1=("random_crop",))
@composite("random_crop")
def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Any:
    """A part of a tensor, of shape `size`, from a place drawn at random, each equally likely.

    size: as many integers as `value` has dimensions. Raises InvalidArgumentError where the part does not fit in.
    """
    value = array.convert(value, name="value")
    size = array.convert(size, dtypes.int32, name="size")
    shape = array.shape(value)
    check = assert_(math.reduce_all(math.greater_equal(shape, size)),
                           ["Need value.shape >= size, got ", shape, size], summarize=1000)
    graph = mode.current_graph()
    if graph is not None:
        with graph.control_dependencies([check]):
            shape = array.identity_op(shape, name="control_dependency")
    places = math.add_v2(math.subtract(shape, size, name="sub"), 1, name="add")
    drawn = random_uniform(array.shape(shape), 0, dtypes.int32.max, dtypes.int32, seed)
    return array.slice(value, math.floormod(drawn, places, name="mod"), size, name=own_name())


# Gamma and Poisson -----------------------------------------------------------------------------------


def _after_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    head, tail = shape_of(inputs[0]), inputs[1].dims
    dims = None if head is None or tail is None else (*head, *tail)
    return [(dims, attrs.get("dtype") or inputs[1].dtype)]


@op("RandomGamma", inputs="shape: S static, alpha: T", random=True, S=INDEX, T=FLOATS,
    samples=lambda rng: [((np.array([3]), rng.uniform(0.2, 4, 2)), {}),
                         ((np.array([0]), np.array([1.0], np.float32)), {})],
    waive={"gradient": "the draws move with alpha only along the distribution", "second_order": "not needed"})
def random_gamma_op(key, shape, alpha, *, seed: int = 0, seed2: int = 0):
    """Draws from Gamma(alpha, 1): `shape` of them for each alpha. Marsaglia and Tsang 2000."""
    with looped():  # its sampler is one loop, not a loop written out
        return jax.random.gamma(key, alpha, (*static_dims(shape), *alpha.shape), alpha.dtype)


random_gamma_op.shape(_after_shape)


@op("RandomGammaGrad", inputs="alpha: T, sample: T", T=(dtypes.float32, dtypes.float64),
    differentiable=never("the derivative of a gamma draw has no derivative here"),
    samples=lambda rng: [((rng.uniform(0.5, 3, 4), rng.uniform(0.1, 3, 4)), {})])
def random_gamma_grad(alpha, sample):
    """The derivative of a draw from Gamma(alpha, 1) by alpha, along the distribution function.

    Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients", 2018.
    """
    shape = jnp.broadcast_shapes(alpha.shape, sample.shape)
    at, drawn = jnp.broadcast_to(alpha, shape), jnp.broadcast_to(sample, shape)
    return jax.lax.random_gamma_grad(at, drawn)  # pyright: ignore[reportCallIssue]  (its stub asks for dtype)


random_gamma_grad.shape(rules.broadcast)


@random_gamma_op.grad
def _(call, dy):
    alpha, sample = call.inputs[1], call.outputs[0]
    return None, array.unbroadcast(math.multiply(dy, random_gamma_grad(alpha, sample)), alpha)


@public("random.gamma", v1=("random_gamma",))
@composite("random_gamma")
def random_gamma(shape: Any, alpha: Any, beta: Any = None, dtype: Any = dtypes.float32, seed: int | None = None,
                 name: str | None = None) -> Any:
    """Draws from Gamma(alpha, beta): `shape` of them for each pair.

    alpha, beta: shape and rate, broadcast together, floats of `dtype`. Returns [*shape, *parameters]; gradients by
    both reach them. Draws are at least the dtype's smallest normal number.
    """
    wanted = dtypes.as_dtype(dtype)
    size = shape_tensor(shape)
    alpha = array.convert(alpha, wanted, name="alpha")
    rate = array.convert(1 if beta is None else beta, wanted, name="beta")
    wide = math.add_v2(alpha, array.zeros_like_op(rate))
    draws = random_gamma_op(size, wide, **seeds.attributes(seed))
    smallest = np.asarray(jnp.finfo(wanted.np_dtype).tiny, wanted.np_dtype)
    return math.maximum(smallest, math.real_div(draws, rate))


@op("RandomPoissonV2", inputs="shape: S static, rate: R", random=True, attr_types={"dtype": "type"},
    differentiable=never("a count does not depend on the rate smoothly"), S=INDEX,
    R=(dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64),
    samples=lambda rng: [((np.array([3]), np.array([0.0, 2.0, 50.0], np.float32)), {})])
def random_poisson_op(key, shape, rate, *, seed: int = 0, seed2: int = 0, dtype: Any = dtypes.int64):
    """Counts of events of mean `rate`: `shape` of them for each rate. Hörmann 1993; Knuth below 10."""
    return poisson(key, rate, (*static_dims(shape), *rate.shape)).astype(dtype.np_dtype)


def binomial(key: Any, counts: Any, probs: Any, dims: Any) -> Any:
    """Numbers of successes; NaN for a probability that is none, 0 for no trials. XLA's loop would not end on these."""
    n, p = jnp.broadcast_to(counts, dims), jnp.broadcast_to(probs, dims)
    some = (n > 0) & jnp.isfinite(n) & (p > 0) & (p <= 1)
    drawn = jax.random.binomial(key, jnp.where(some, n, 0), jnp.where(some, p, 0.5), tuple(dims), n.dtype)
    drawn = jnp.where(some, drawn, jnp.where((n == jnp.inf) & (p > 0), n, 0))
    return jnp.where(jnp.isnan(n) | ~((p >= 0) & (p <= 1)), jnp.nan, drawn)


def poisson(key: Any, rate: Any, dims: tuple[int, ...]) -> Any:
    """Poisson counts of shape `dims`."""
    rates = jnp.broadcast_to(rate.astype(jnp.float64), dims)
    return jax.random.poisson(threefry.as_in_jax(key), rates, dims, jnp.int64)


random_poisson_op.shape(_after_shape)


def _poisson(shape: Any, lam: Any, dtype: Any, seed: int | None) -> Any:
    size = shape_tensor(shape)
    graph = mode.current_graph()
    return random_poisson_op(size, lam, dtype=dtypes.as_dtype(dtype), **seeds.attributes(seed),
                             name=None if graph is None else "RandomPoissonV2")


@public(v2=("random.poisson",))
@composite("random_poisson")
def random_poisson(shape: Any, lam: Any, dtype: Any = dtypes.float32, seed: int | None = None,
                   name: str | None = None) -> Any:
    """Counts from Poisson distributions: `shape` of them for each mean in `lam`. Returns [*shape, *lam.shape]."""
    return _poisson(shape, lam, dtype, seed)


@public(v1=("random_poisson", "random.poisson"))
@composite("random_poisson")
def random_poisson_v1(lam: Any, shape: Any, dtype: Any = dtypes.float32, seed: int | None = None,
                      name: str | None = None) -> Any:
    """Counts from Poisson distributions, with TF1's order of arguments. Returns [*shape, *lam.shape]."""
    return _poisson(shape, lam, dtype, seed)


@op("ParameterizedTruncatedNormal", inputs="shape: T static, means: U, stdevs: U, minvals: U, maxvals: U",
    random=True, differentiable=_RANDOM, T=INDEX, U=FLOATS,
    samples=lambda rng: [((np.array([4, 2]), *(np.full(4, v, np.float32) for v in (0, 1, -1, 3))), {})])
def parameterized_truncated_normal(key, shape, means, stdevs, minvals, maxvals, *, seed: int = 0, seed2: int = 0):
    """Draws from normal distributions given that they lie in [minvals, maxvals]; parameters go with the first axis."""
    dims = static_dims(shape)

    def batched(value):
        return value.reshape(value.shape + (1,) * (len(dims) - value.ndim)) if value.ndim and value.size > 1 else (
            value.reshape(()))

    return truncated(key, dims, *map(batched, (means, stdevs, minvals, maxvals)))


def truncated(key: Any, dims: tuple[int, ...], means: Any, stdevs: Any, minvals: Any, maxvals: Any) -> Any:
    """Normal draws within bounds; all parameters broadcast to `dims`."""
    low, high = (minvals - means) / stdevs, (maxvals - means) / stdevs
    low, high = jnp.minimum(low, high), jnp.maximum(low, high)
    draws = jax.random.truncated_normal(key, jnp.broadcast_to(low, dims), jnp.broadcast_to(high, dims), dims,
                                        means.dtype)
    return draws * stdevs + means


@parameterized_truncated_normal.shape
def _(inputs, attrs):
    return [(shape_of(inputs[0]), inputs[1].dtype)]


# Seeds -----------------------------------------------------------------------------------------------


@public(v2=("random.set_seed",))
def set_seed(seed: int | None) -> None:
    """Make the random ops that follow repeat: eager ones, those of functions, and those of the open graph.

    With this alone every op that draws takes the next part of one sequence; an op's own `seed` gives it a sequence
    of its own; both together combine.

    >>> set_seed(1); first = random_uniform([]).numpy()
    >>> set_seed(1); float(random_uniform([]).numpy()) == float(first)
    True
    """
    graph = mode.current_graph()
    if graph is not None:
        graph.seed = None if seed is None else int(seed)
        return
    seeds.set_eager_seed(seed)


@public(v1=("set_random_seed", "random.set_random_seed"))
def set_random_seed(seed: int | None) -> None:
    """Set the seed of the default graph: random ops made after this repeat from session to session."""
    set_seed(seed)


@public(v1=("get_seed", "random.get_seed"))
def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """The two seeds that a random op with this seed gets; (None, None) where neither it nor the graph has one."""
    return seeds.op_seeds(op_seed)
