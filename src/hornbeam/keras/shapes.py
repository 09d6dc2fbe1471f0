"""Shapes as Keras says them: tuples of integers, with None where only the data tells."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.shapes import TensorShape


class SizeTuple(tuple[Any, ...]):
    """The sizes of a variable: a tuple that answers what programs ask a `TensorShape` too.

    >>> SizeTuple((3, 2)).as_list(), SizeTuple((3, 2)).num_elements()
    ([3, 2], 6)
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(TensorShape(tuple(self)), name)


def standardize_shape(shape: Any) -> tuple[int | None, ...]:
    """A shape as a tuple of int | None. Raises ValueError for what is none."""
    if shape is None:
        raise ValueError("Undefined shapes are not supported.")
    if not isinstance(shape, tuple) and hasattr(shape, "as_list"):
        if shape.rank is None:
            raise ValueError("Undefined shapes are not supported.")
        shape = shape.as_list()
    if not hasattr(shape, "__iter__"):
        raise ValueError(f"Cannot convert '{shape}' to a shape.")
    return tuple([d if type(d) is int and d >= 0 else _dimension(d, shape) for d in shape])


def _dimension(d: Any, shape: Any) -> int | None:
    if d is None:
        return None
    try:
        if isinstance(d, (str, float)):
            raise TypeError
        value = int(d)
    except Exception as error:
        raise ValueError(f"Cannot convert '{shape}' to a shape. Found invalid dimension '{d}' of type '{type(d)}'. "
                         ) from error
    if value < 0:
        raise ValueError(f"Cannot convert '{shape}' to a shape. Negative dimensions are not allowed.")
    return value
