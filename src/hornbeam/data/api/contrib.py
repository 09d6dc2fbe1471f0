"""TF1's `contrib.data`: names that came to `data` and `data.experimental`, and those that went away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.data import structure
from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape

Transformation = Callable[[Any], Any]


@public(v1=("contrib.data.batch_and_drop_remainder",))
def batch_and_drop_remainder(batch_size: Any) -> Transformation:
    """For `apply`: `batch(batch_size, drop_remainder=True)`."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


@public(v1=("contrib.data.padded_batch_and_drop_remainder",))
def padded_batch_and_drop_remainder(batch_size: Any, padded_shapes: Any, padding_values: Any = None) -> Transformation:
    """For `apply`: `padded_batch(…, drop_remainder=True)`."""
    return lambda dataset: dataset.padded_batch(batch_size, padded_shapes, padding_values, drop_remainder=True)


@public(v1=("contrib.data.sloppy_interleave",))
def sloppy_interleave(map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1) -> Transformation:
    """For `apply`: `interleave`, in the one order that it has here."""
    return lambda dataset: dataset.interleave(map_func, cycle_length, block_length)


@public(v1=("contrib.data.sliding_window_batch",))
def sliding_window_batch(window_size: int, stride: int | None = None, window_shift: int | None = None,
                         window_stride: int = 1) -> Transformation:
    """For `apply`: batches of `window_size` elements, each `window_shift` further than the last.

    stride: the older name of `window_shift`; ValueError where both are given.
    """
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    shift = stride if stride is not None else 1 if window_shift is None else window_shift

    def batched(*windows: Any) -> Any:
        if len(windows) == 1:
            return windows[0].batch(window_size)
        return type(windows[0]).zip(tuple(w.batch(window_size) for w in windows))

    return lambda dataset: dataset.window(window_size, shift, window_stride, drop_remainder=True).flat_map(batched)


@public(v1=("contrib.data.assert_element_shape",))
def assert_element_shape(expected_shapes: Any) -> Transformation:
    """For `apply`: the same elements, of these static shapes. Raises ValueError where they contradict what is known."""
    def applied(dataset: Any) -> Any:
        shapes = structure.flatten_shapes(dataset.element_spec, expected_shapes)

        def shaped(*args: Any) -> Any:
            value = args[0] if len(args) == 1 else args
            leaves = [convert_to_tensor(leaf) for leaf in structure.flatten(value)]
            for leaf, shape in zip(leaves, shapes, strict=True):
                leaf.set_shape(TensorShape(shape))
            return structure.pack(value, leaves)

        return dataset.map(shaped)

    return applied


@public(v1=("contrib.data.reduce_dataset",))
def reduce_dataset(dataset: Any, reducer: Any) -> Any:
    """What a `Reducer` makes of all elements."""
    found = dataset.reduce(reducer.init_func(convert_to_tensor(0, dtypes.int64)), reducer.reduce_func)
    return reducer.finalize_func(found)
