"""Initializers in TF1's form: objects that give the value a variable starts from, in the graph that is open.

`initializer(shape, dtype, partition_info)`; a dtype given here wins over the one given when it was made.
"""

from __future__ import annotations

import math as numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.convert import to_array
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math, random
from hornbeam.ops.decompositions import qr
from hornbeam.ops.diagonals import tensor_diag_part
from hornbeam.ops.random import random_normal, random_uniform, truncated_normal

TRUNCATED_STDDEV = 0.87962566103423978
"""Standard deviation of the standard normal distribution cut at ±2."""


class Initializer:
    """Base of initializers: `__call__` gives the value, `get_config` the arguments it was made with."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """The value of a variable of this shape. Raises TypeError in this base class."""
        raise TypeError(f"{type(self).__name__} does not say how a value is made: define __call__")

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this initializer again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """The initializer that `get_config` described."""
        return cls(**config)


def sizes(shape: Any) -> list[int]:
    """A shape argument as a list of int. Raises ValueError where a dimension is unknown."""
    dims = TensorShape(shape).as_list()
    if None in dims:
        raise ValueError(f"a variable's shape must be fully known to initialize it, got {TensorShape(shape)}")
    return [int(d) for d in dims if d is not None]


def whole(shape: Any, partition_info: Any) -> Any:
    """The shape of the variable whose part this is."""
    return shape if partition_info is None else partition_info.full_shape


def floating(dtype: Any) -> DType:
    """`dtype`, which must be a float type. Raises ValueError otherwise."""
    wanted = dtypes.as_dtype(dtype)
    if not wanted.is_floating:
        raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {wanted}.")
    return wanted


def fans(shape: Sequence[int]) -> tuple[float, float]:
    """How many inputs each output of a kernel of this shape has, and how many outputs each input."""
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    field = numbers.prod(shape[:-2])
    return shape[-2] * field, shape[-1] * field


class _Typed(Initializer):
    """An initializer that knows the dtype it gives where the call does not say."""

    dtype: DType

    def _dtype(self, dtype: Any) -> DType:
        return self.dtype if dtype is None else dtypes.as_dtype(dtype).base_dtype

    def _config(self, **own: Any) -> dict[str, Any]:
        return {**own, "dtype": self.dtype.name}


def filled(shape: Any, value: Any, dtype: DType, name: str) -> Any:
    """A tensor of one value: a constant where it is small, else made when it is needed."""
    graph = mode.current_graph()
    if type(shape).__name__ == "GraphTensor" or (graph is not None and numbers.prod(sizes(shape)) >= 1000):
        with graph.name_scope(name):  # type: ignore[union-attr]
            size = array.convert(shape if not isinstance(shape, TensorShape) else sizes(shape), name="shape_as_tensor")
            return array.fill(size, array.convert(value, dtype), name=random.own_name())
    if dtype is dtypes.string:
        return array.constant(b"" if not value else str(value).encode(), shape=sizes(shape), dtype=dtype, name=name)
    return array.constant(np.full(sizes(shape), value, dtype.np_dtype), name=name)


@public(v1=("zeros_initializer", "initializers.zeros"))
class Zeros(_Typed):
    """Zeros; empty strings, False."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Zeros of this shape."""
        with mode.graph_first():
            return filled(shape, 0, self._dtype(dtype), "zeros")

    def get_config(self) -> dict[str, Any]:
        return self._config()


@public(v1=("ones_initializer", "initializers.ones"))
class Ones(_Typed):
    """Ones; True."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Ones of this shape."""
        with mode.graph_first():
            return filled(shape, 1, self._dtype(dtype), "ones")

    def get_config(self) -> dict[str, Any]:
        return self._config()


@public(v1=("constant_initializer", "initializers.constant"))
class Constant(_Typed):
    """Fixed values: a number everywhere, or as many values as fit (the last one repeats where they are fewer).

    verify_shape: refuse values whose shape is not the variable's. Raises TypeError for what is no number or list.
    """

    def __init__(self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(f"Invalid type for initial value={value!r} of type: {type(value).__name__}. "
                            "Expected Python scalar, list or tuple of values, or numpy.ndarray.")
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None,
                 verify_shape: bool | None = None) -> Any:
        """The values in this shape. Raises ValueError where there are too many, TypeError where they must agree."""
        verify = self._verify_shape if verify_shape is None else verify_shape
        values = to_array(self.value, self._dtype(dtype))
        wanted = tuple(sizes(shape))
        if verify and values.shape != wanted:
            raise TypeError(f"Expected Tensor's shape: {wanted}, but got {values.shape}.")
        with mode.graph_first():
            return array.constant(_extended(values, wanted), name="Const")

    def get_config(self) -> dict[str, Any]:
        return self._config(value=self.value)


def _extended(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    total = numbers.prod(shape)
    if values.size > total:
        raise ValueError(f"Too many elements provided. Takes at most {total}, but got {values.size}.")
    flat = values.reshape(-1)
    if 0 < flat.size < total:
        flat = np.concatenate([flat, np.full(total - flat.size, flat[-1], flat.dtype)])
    return flat.reshape(shape) if flat.size == total else np.zeros(shape, values.dtype)


@public(v1=("random_uniform_initializer", "initializers.random_uniform"))
class RandomUniform(_Typed):
    """Draws from [minval, maxval); `maxval` is 1 for floats by default."""

    def __init__(self, minval: Any = 0.0, maxval: Any = None, seed: int | None = None,
                 dtype: Any = dtypes.float32) -> None:
        self.minval, self.maxval, self.seed, self.dtype = minval, maxval, seed, dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        with mode.graph_first():
            return random_uniform(shape, self.minval, self.maxval, self._dtype(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return self._config(minval=self.minval, maxval=self.maxval, seed=self.seed)


class _Normal(_Typed):
    """What both normal initializers share."""

    def __init__(self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None,
                 dtype: Any = dtypes.float32) -> None:
        self.mean, self.stddev, self.seed, self.dtype = mean, stddev, seed, floating(dtype)

    def get_config(self) -> dict[str, Any]:
        return self._config(mean=self.mean, stddev=self.stddev, seed=self.seed)


@public(v1=("random_normal_initializer", "initializers.random_normal"))
class RandomNormal(_Normal):
    """Draws from a normal distribution."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        with mode.graph_first():
            return random_normal(shape, self.mean, self.stddev, self._dtype(dtype), seed=self.seed)


@public(v1=("truncated_normal_initializer", "initializers.truncated_normal"))
class TruncatedNormal(_Normal):
    """Draws from a normal distribution, none more than two standard deviations from the mean."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        with mode.graph_first():
            return truncated_normal(shape, self.mean, self.stddev, self._dtype(dtype), seed=self.seed)


@public(v1=("uniform_unit_scaling_initializer", "initializers.uniform_unit_scaling"))
class UniformUnitScaling(_Typed):
    """Uniform draws whose variance keeps the scale from layer to layer: ±factor · √(3 / inputs)."""

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.factor, self.seed, self.dtype = factor, seed, floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        inputs = max(1.0, float(numbers.prod(sizes(whole(shape, partition_info))[:-1])))
        limit = numbers.sqrt(3 / inputs) * self.factor
        with mode.graph_first():
            return random_uniform(shape, -limit, limit, self._dtype(dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return self._config(factor=self.factor, seed=self.seed)


@public(v1=("variance_scaling_initializer", "initializers.variance_scaling"))
class VarianceScaling(_Typed):
    """Draws of variance scale / n, where n is the number of inputs, of outputs, or their mean.

    mode: "fan_in", "fan_out" or "fan_avg". distribution: "truncated_normal" ("normal"), "untruncated_normal" or
    "uniform". Raises ValueError for other values, or a scale that is not positive. He et al. 2015; Glorot 2010.
    """

    def __init__(self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
                 seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        check_scaling(scale, mode, distribution)
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.seed, self.dtype = seed, floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Draws of this shape."""
        variance = scaled_variance(self.scale, self.mode, sizes(whole(shape, partition_info)))
        with mode.graph_first():
            return drawn_with_variance(shape, variance, self.distribution, self._dtype(dtype), self.seed)

    def get_config(self) -> dict[str, Any]:
        return self._config(scale=self.scale, mode=self.mode, distribution=self.distribution, seed=self.seed)


def check_scaling(scale: float, mode: str, distribution: str) -> None:
    """Raise ValueError for what variance scaling does not know."""
    if scale <= 0:
        raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
    if mode not in ("fan_in", "fan_out", "fan_avg"):
        raise ValueError(f"Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: {mode}")
    if distribution.lower() not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
        raise ValueError("Argument `distribution` should be one of ('normal', uniform', 'truncated_normal', "
                         f"'untruncated_normal'). Received: {distribution}")


def scaled_variance(scale: float, mode: str, shape: Sequence[int]) -> float:
    """scale / max(1, n)."""
    inputs, outputs = fans(shape)
    n = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[mode]
    return scale / max(1.0, n)


def drawn_with_variance(shape: Any, variance: float, distribution: str, dtype: DType, seed: int | None) -> Any:
    """Draws of mean 0 and this variance."""
    if distribution in ("normal", "truncated_normal"):
        return truncated_normal(shape, 0.0, numbers.sqrt(variance) / TRUNCATED_STDDEV, dtype, seed=seed)
    if distribution == "untruncated_normal":
        return random_normal(shape, 0.0, numbers.sqrt(variance), dtype, seed=seed)
    limit = numbers.sqrt(3.0 * variance)
    return random_uniform(shape, -limit, limit, dtype, seed=seed)


@public(v1=("glorot_uniform_initializer", "initializers.glorot_uniform"))
class GlorotUniform(VarianceScaling):
    """Uniform draws within ±√(6 / (inputs + outputs)). Glorot and Bengio 2010."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return self._config(seed=self.seed)


@public(v1=("glorot_normal_initializer", "initializers.glorot_normal"))
class GlorotNormal(VarianceScaling):
    """Truncated normal draws of variance 2 / (inputs + outputs). Glorot and Bengio 2010."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return self._config(seed=self.seed)


@public(v1=("initializers.he_normal",))
def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal draws of variance 2 / inputs. He et al. 2015."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


@public(v1=("initializers.he_uniform",))
def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform draws of variance 2 / inputs. He et al. 2015."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


@public(v1=("initializers.lecun_normal",))
def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal draws of variance 1 / inputs. LeCun et al. 1998."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


@public(v1=("initializers.lecun_uniform",))
def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform draws of variance 1 / inputs. LeCun et al. 1998."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


@public(v1=("orthogonal_initializer", "initializers.orthogonal"))
class Orthogonal(_Typed):
    """A random matrix with orthonormal rows or columns, times `gain`; all dimensions but the last count as rows.

    Saxe, McClelland and Ganguli 2014. Raises ValueError for shapes of fewer than two dimensions.
    """

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain, self.seed, self.dtype = gain, seed, floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """A random orthogonal matrix in this shape."""
        dims = _matrix_sizes(shape)
        rows, columns = numbers.prod(dims[:-1]), dims[-1]
        with mode.graph_first():
            draws = random_normal((max(rows, columns), min(rows, columns)), dtype=self._dtype(dtype), seed=self.seed)
            q, r = qr(draws)
            q = math.multiply(q, math.sign(tensor_diag_part(r)), name="mul")  # makes the distribution uniform
            if rows < columns:
                q = array.transpose(q)
            return math.multiply(self.gain, array.reshape(q, dims), name="mul")

    def get_config(self) -> dict[str, Any]:
        return self._config(gain=self.gain, seed=self.seed)


@public(v1=("initializers.identity",))
class Identity(_Typed):
    """`gain` on the diagonal of a matrix, zeros elsewhere. Raises ValueError for what is no matrix."""

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain, self.dtype = gain, floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """The matrix of this shape."""
        dims = _matrix_sizes(whole(shape, partition_info))
        if len(dims) > 2:
            raise ValueError("The tensor to initialize, specified by argument `shape`, must be a matrix. "
                             f"Received shape={dims}")
        matrix = self.gain * np.eye(dims[0], dims[1])
        if partition_info is not None:
            (row, column), (height, width) = partition_info.var_offset, sizes(shape)
            matrix = matrix[row:row + height, column:column + width]
        with mode.graph_first():
            return array.constant(matrix.astype(self._dtype(dtype).np_dtype), name="eye")

    def get_config(self) -> dict[str, Any]:
        return self._config(gain=self.gain)


def _matrix_sizes(shape: Any) -> list[int]:
    dims = sizes(shape)
    if len(dims) < 2:
        raise ValueError("The tensor to initialize, specified by argument `shape` must be at least two-dimensional. "
                         f"Received shape={dims}")
    return dims
