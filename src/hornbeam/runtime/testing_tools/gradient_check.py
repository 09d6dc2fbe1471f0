"""Jacobians by gradients and by differences, to compare them: `tf.compat.v1.test.compute_gradient`.

A Jacobian has a row for each number of `x` and a column for each number of `y`; of complex tensors, real and imaginary
parts are two numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.autodiff.gradients import gradients
from hornbeam.graph import dtypes
from hornbeam.ops.constants import placeholder_op
from hornbeam.runtime.session import get_default_session

ALLOWED = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)


def compute_gradient(x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None, delta: float = 1e-3,
                     init_targets: Any = None, extra_feed_dict: dict[Any, Any] | None = None) -> Any:
    """The Jacobian dy/dx by the gradient and by central differences: two arrays [size of x, size of y].

    x: a tensor, or a list of them; then a list of pairs comes back. x_shape, y_shape: their shapes, lists of int; for
    several x, a list of such. x_init_value: where to compute, NumPy arrays; by default random numbers below 1.
    delta: the step of the differences. init_targets: operations to run before. extra_feed_dict: other values to feed.
    Runs in the default session. Raises ValueError where there is none, TypeError where a dtype is not floating-point
    or complex, AssertionError where `x_init_value` has another shape or `y` does not depend on `x`.
    """
    session = get_default_session()
    if session is None:
        raise ValueError("compute_gradient() runs the graph: open a session first, `with tf.Session():`")
    several = isinstance(x, (list, tuple))
    xs, shapes = (list(x), list(x_shape)) if several else ([x], [x_shape])
    starts = list(x_init_value) if several and x_init_value is not None else [x_init_value] * len(xs)
    if not len(xs) == len(shapes) == len(starts):
        raise ValueError(f"{len(xs)} tensors x, {len(shapes)} shapes and {len(starts)} initial values do not fit")
    for target in init_targets if isinstance(init_targets, (list, tuple)) else filter(None, [init_targets]):
        session.run(target)
    values = [_start(tensor, shape, start) for tensor, shape, start in zip(xs, shapes, starts, strict=True)]
    check = _Check(session, y, list(y_shape), dict(zip(xs, values, strict=True)), extra_feed_dict or {}, delta)
    pairs = [check.jacobians(tensor, value) for tensor, value in zip(xs, values, strict=True)]
    return pairs if several else pairs[0]


def compute_gradient_error(x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None, delta: float = 1e-3,
                           init_targets: Any = None, extra_feed_dict: dict[Any, Any] | None = None) -> float:
    """The largest difference between the two Jacobians of `compute_gradient`, whose arguments these are."""
    pairs = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = [pairs] if isinstance(pairs, tuple) else pairs
    return max((float(np.max(np.abs(a - b))) for a, b in pairs if a.size), default=0.0)


class _Check:
    """The Jacobians of one `y`, around given values of every x."""

    def __init__(self, session: Any, y: Any, y_shape: Sequence[int], values: dict[Any, np.ndarray],
                 feeds: dict[Any, Any], delta: float) -> None:
        self.session, self.y, self.feeds, self.delta, self.values = session, y, feeds, delta, values
        _check_dtype(y)
        with y.graph.as_default():
            self.dy = placeholder_op(dtype=y.dtype.base_dtype, shape=y_shape)
        self.dy_value = np.zeros(y_shape, y.dtype.base_dtype.as_numpy_dtype)

    def jacobians(self, x: Any, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The Jacobian with respect to one x, by the gradient and by differences."""
        with self.y.graph.as_default():
            dx, = gradients(self.y, [x], [self.dy])
        if dx is None:
            raise AssertionError(f"{self.y.name} does not depend on {x.name}: dx = None")
        return self.by_gradient(dx, value), self.by_differences(x, value)

    def by_gradient(self, dx: Any, value: np.ndarray) -> np.ndarray:
        """One column for each number of y: the gradient where only this number counts."""
        seed = _numbers(self.dy_value)
        columns = np.zeros((_numbers(value).size, seed.size), _numbers(value).dtype)
        for column in range(seed.size):
            seed[column] = 1
            found = self.session.run(dx, {**self.feeds, **self.values, self.dy: self.dy_value})
            seed[column] = 0
            columns[:, column] = _numbers(_dense(found, value))
        return columns

    def by_differences(self, x: Any, value: np.ndarray) -> np.ndarray:
        """One row for each number of x: (y(x + delta) - y(x - delta)) / (2 delta)."""
        moved = value.copy()
        numbers = _numbers(moved)
        rows = np.zeros((numbers.size, _numbers(self.dy_value).size), numbers.dtype)
        for row in range(numbers.size):
            before = numbers[row].copy()
            ends = []
            for step in (self.delta, -self.delta):
                numbers[row] = before + numbers.dtype.type(step)
                ends.append(_numbers(np.array(self.session.run(self.y, {**self.feeds, **self.values, x: moved}))))
            numbers[row] = before
            rows[row] = (ends[0] - ends[1]) / (2 * self.delta)
        return rows


def _start(x: Any, shape: Sequence[int], value: Any) -> np.ndarray:
    """Where to compute, as a writable array of x's dtype. Raises AssertionError where its shape is another."""
    _check_dtype(x)
    dtype = x.dtype.base_dtype.as_numpy_dtype
    if value is None:
        return np.random.random_sample(tuple(shape)).astype(dtype)
    value = np.array(value, dtype=dtype)
    if list(value.shape) != list(shape):
        raise AssertionError(f"x_shape = {list(shape)}, init_data shape = {list(value.shape)}")
    return value


def _check_dtype(tensor: Any) -> None:
    if tensor.dtype.base_dtype not in ALLOWED:
        raise TypeError(f"gradients are checked for floating-point and complex tensors; {tensor.name} is "
                        f"{tensor.dtype.base_dtype.name}")


def _numbers(array: np.ndarray) -> np.ndarray:
    """The array's real numbers as one row that shares its memory."""
    flat = array.reshape(-1)
    return flat.view(np.real(flat).dtype) if flat.dtype.kind == "c" else flat


def _dense(gradient: Any, like: np.ndarray) -> np.ndarray:
    """A fetched gradient as an array: the rows of indexed slices are added up."""
    if not hasattr(gradient, "indices"):
        return np.ascontiguousarray(gradient)
    whole = np.zeros_like(like)
    np.add.at(whole, gradient.indices, gradient.values)
    return whole
