"""`keras.random`: random tensors. The same integer seed gives the same numbers, those that Keras gives on JAX.

seed: an integer, a `SeedGenerator`, or None for the process's generator. dtype: `floatx()` by default.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.dtypes import as_dtype
from hornbeam.graph.tensor import Tensor
from hornbeam.keras.dtypes import is_float_dtype, is_int_dtype, standardize_dtype
from hornbeam.keras.names import keras_export
from hornbeam.keras.ops.numpy import binary
from hornbeam.keras.ops.tensors import axis_of, cast, inexact, rank, shape_vector, tensor
from hornbeam.keras.random.seed_generator import draw_seed
from hornbeam.ops import keyed_random
from hornbeam.ops.constants import zeros_like_op


def _sizes(shape: Any) -> Any:
    if isinstance(shape, Tensor):
        return shape
    return shape_vector([shape] if isinstance(shape, (int, np.integer)) else list(shape))


def _kind(dtype: Any) -> Any:
    return as_dtype(standardize_dtype(dtype))


def _moved(sample: Any, mean: Any, stddev: Any) -> Any:
    return binary.add(binary.multiply(sample, stddev), mean)


@keras_export("random.normal")
def normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers from a normal distribution.

    >>> normal((2,), seed=1).shape.as_list()
    [2]
    """
    return _moved(keyed_random.keyed_normal(_sizes(shape), draw_seed(seed), dtype=_kind(dtype)), mean, stddev)


@keras_export("random.truncated_normal")
def truncated_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers from a normal distribution, none further from the mean than two standard deviations."""
    drawn = keyed_random.keyed_truncated_normal(_sizes(shape), draw_seed(seed), dtype=_kind(dtype))
    return _moved(drawn, mean, stddev)


@keras_export("random.uniform")
def uniform(shape: Any, minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers from [minval, maxval), each equally likely. Raises ValueError for a dtype that is no float."""
    if dtype and not is_float_dtype(dtype):
        raise ValueError(f"`keras.random.uniform` requires a floating point `dtype`. Received: dtype={dtype} ")
    kind = _kind(dtype)
    if all(isinstance(v, (int, float)) for v in (minval, maxval)):
        return keyed_random.keyed_uniform(_sizes(shape), draw_seed(seed), minval=float(minval), maxval=float(maxval),
                                          dtype=kind)
    return keyed_random.keyed_uniform_between(_sizes(shape), draw_seed(seed), tensor(minval, kind.name),
                                              tensor(maxval, kind.name))


@keras_export("random.randint")
def randint(shape: Any, minval: Any, maxval: Any, dtype: Any = "int32", seed: Any = None) -> Any:
    """Integers from [minval, maxval), each equally likely. Raises ValueError for a dtype that is no integer."""
    if dtype and not is_int_dtype(dtype):
        raise ValueError(f"`keras.random.randint` requires an integer `dtype`. Received: dtype={dtype} ")
    kind = standardize_dtype(dtype or "int32")
    return keyed_random.keyed_integers(_sizes(shape), draw_seed(seed), tensor(minval, kind), tensor(maxval, kind))


@keras_export("random.categorical")
def categorical(logits: Any, num_samples: int, dtype: Any = "int32", seed: Any = None) -> Any:
    """Class numbers drawn for each row of unnormalized log-probabilities. Raises ValueError for another rank than 2."""
    rows = inexact(logits)
    if rank(rows) != 2:
        raise ValueError("`logits` should be a 2-D tensor with shape [batch_size, num_classes]. "
                         f"Received: logits={logits}")
    return cast(keyed_random.keyed_choices(rows, draw_seed(seed), count=int(num_samples)), dtype or "int32")


@keras_export("random.dropout")
def dropout(inputs: Any, rate: float, noise_shape: Any = None, seed: Any = None) -> Any:
    """Zeros in place of a part `rate` of the elements, the others divided by the part kept.

    noise_shape: the shape of the choice, which broadcasts; None in it stands for the input's size.
    """
    x = inexact(inputs)
    if rate >= 1:
        return zeros_like_op(x)
    if rate == 0:
        return x
    noise = None if noise_shape is None else tuple(None if n is None else int(n) for n in noise_shape)
    return keyed_random.keyed_dropout(x, draw_seed(seed), rate=float(rate), noise=noise)


@keras_export("random.shuffle")
def shuffle(x: Any, axis: int = 0, seed: Any = None) -> Any:
    """The elements in another order along `axis`, each line by itself."""
    x = tensor(x)
    return keyed_random.keyed_shuffle(x, draw_seed(seed), axis=axis_of(axis, rank(x)))


@keras_export("random.gamma")
def gamma(shape: Any, alpha: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers from gamma distributions of shape `alpha` (which broadcasts) and scale 1."""
    return keyed_random.keyed_gamma(_sizes(shape), draw_seed(seed), tensor(alpha, standardize_dtype(dtype)))


@keras_export("random.beta")
def beta(shape: Any, alpha: Any, beta: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers from beta distributions, whose parameters broadcast."""
    kind = standardize_dtype(dtype)
    return keyed_random.keyed_beta(_sizes(shape), draw_seed(seed), tensor(alpha, kind), tensor(beta, kind))


@keras_export("random.binomial")
def binomial(shape: Any, counts: Any, probabilities: Any, dtype: Any = None, seed: Any = None) -> Any:
    """Numbers of successes in `counts` trials of a probability; both broadcast."""
    kind = standardize_dtype(dtype)
    wide = kind if is_float_dtype(kind) else "float32"
    drawn = keyed_random.keyed_binomial(_sizes(shape), draw_seed(seed), tensor(counts, wide),
                                        tensor(probabilities, wide))
    return cast(drawn, kind)


