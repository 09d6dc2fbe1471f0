"""Jacobians of a function by gradients and by differences, to compare them: `tf.test.compute_gradient`.

A Jacobian has a row for each number of the function's result and a column for each number of the argument; of complex
tensors, real and imaginary parts are two numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.autodiff.tape import GradientTape
from hornbeam.graph.call import convert_to_tensor
from hornbeam.runtime.testing_tools.gradient_check import ALLOWED, _numbers

Jacobians = tuple[np.ndarray, ...]


def compute_gradient(f: Callable[..., Any], x: Sequence[Any],
                     delta: float | None = None) -> tuple[Jacobians, Jacobians]:
    """The Jacobians of `f` at the arguments `x`, by the gradient and by central differences: a tuple of arrays each.

    f: a function of as many tensors as `x` has, which gives one tensor. x: tensors or what becomes them, in a list or
    tuple. delta: the step of the differences, 1/1024 by default. An array is [size of f(x), size of the argument].
    Raises ValueError where `x` is no list, AssertionError where an argument is not of floats or complex numbers.
    """
    if not isinstance(x, (list, tuple)):
        raise ValueError("`x` must be a list or tuple of values convertible to a Tensor (arguments to `f`), not a "
                         f"{type(x)}")
    arguments = [convert_to_tensor(value) for value in x]
    for place, argument in enumerate(arguments):
        if argument.dtype.base_dtype not in ALLOWED:
            raise AssertionError(f"Cannot compute gradient for unsupported type {argument.dtype.name} of argument "
                                 f"{place}")
    step = 1 / 1024 if delta is None else delta
    places = range(len(arguments))
    return _by_gradient(f, arguments), tuple(_by_differences(f, arguments, place, step) for place in places)


def _by_gradient(f: Callable[..., Any], arguments: list[Any]) -> Jacobians:
    with GradientTape(persistent=True) as tape:
        for argument in arguments:
            tape.watch(argument)
        result = convert_to_tensor(f(*arguments))
    seed = np.zeros(result.shape, result.dtype.np_dtype)
    numbers = _numbers(seed)
    rows: list[list[np.ndarray]] = [[] for _ in arguments]
    for place in range(numbers.size):
        numbers[place] = 1
        found = tape.gradient(result, arguments, convert_to_tensor(seed.copy()))
        numbers[place] = 0
        for kept, gradient, argument in zip(rows, found, arguments, strict=True):
            dense = np.zeros_like(np.asarray(argument)) if gradient is None else np.array(convert_to_tensor(gradient))
            kept.append(_numbers(dense))
    widths = [_numbers(np.array(argument)) for argument in arguments]
    return tuple(np.array(kept).reshape(numbers.size, width.size) if kept else np.zeros((0, width.size), width.dtype)
                 for kept, width in zip(rows, widths, strict=True))


def _by_differences(f: Callable[..., Any], arguments: list[Any], place: int, step: float) -> np.ndarray:
    moved = np.array(arguments[place])
    numbers = _numbers(moved)
    columns = []
    for number in range(numbers.size):
        before = numbers[number].copy()
        ends = []
        for offset in (step, -step):
            numbers[number] = before + numbers.dtype.type(offset)
            given = [*arguments[:place], convert_to_tensor(moved.copy()), *arguments[place + 1:]]
            ends.append(_numbers(np.array(convert_to_tensor(f(*given)))))
        numbers[number] = before
        columns.append((ends[0] - ends[1]) / (2 * step))
    if not columns:
        return np.zeros((_numbers(np.array(convert_to_tensor(f(*arguments)))).size, 0), numbers.dtype)
    return np.stack(columns, axis=1).astype(numbers.dtype)
