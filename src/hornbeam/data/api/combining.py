"""Transformations that gather elements by what functions say of them: groups, buckets, resampling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api.specs import DatasetSpec
from hornbeam.data.api.transformations import Transformations
from hornbeam.data.pipeline import keeping, several, sources
from hornbeam.data.pipeline.functions import TracedFunction
from hornbeam.data.pipeline.node import value_of
from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor_spec import TensorSpec
from hornbeam.ops import casts, checks, clip, constants, division, gathering, reduce, selecting
from hornbeam.ops.arithmetic import maximum
from hornbeam.ops.compare import equal, greater_equal, less


class Combining(Transformations):
    """The methods of a dataset that gather elements."""

    def group_by_window(self, key_func: Callable[..., Any], reduce_func: Callable[..., Any], window_size: Any = None,
                        window_size_func: Callable[..., Any] | None = None, name: str | None = None) -> Any:
        """Elements of one key, `window_size` at a time, as a dataset each: the elements of what `reduce_func` makes.

        key_func: gives a scalar int64 for an element. reduce_func: takes a key and a dataset, gives a dataset.
        window_size: a number; or window_size_func gives one for a key. Raises ValueError unless exactly one is given.
        """
        if (window_size is None) == (window_size_func is None):
            raise ValueError("Either the `window_size` or the `window_size_func` argument must be specified, and not "
                             "both.")
        if window_size_func is None:
            size = value_of(window_size, dtypes.int64)
            window_size_func = lambda key: size  # noqa: E731
        key = self._traced(lambda *args: casts.cast(key_func(*args), dtypes.int64), "Dataset.group_by_window()")
        if not TensorSpec((), dtypes.int64).is_compatible_with(key.spec):
            raise ValueError(f"Invalid `key_func`. `key_func` must return a single `tf.int64` scalar tensor but its "
                             f"return type is {key.spec}.")
        number = TensorSpec((), dtypes.int64)
        reduced = TracedFunction(reduce_func, (number, DatasetSpec(self._node.spec)), "Dataset.group_by_window()")
        if not hasattr(reduced.spec, "_element_spec"):
            raise TypeError("Invalid `reduce_func`. `reduce_func` must return a single `tf.data.Dataset` object but "
                            f"its return type is {reduced.spec}.")
        sizes = TracedFunction(lambda k: casts.cast(window_size_func(k), dtypes.int64), number,
                               "Dataset.group_by_window()")
        return self._made(keeping.GroupByWindowNode(self._node, key, reduced, sizes))

    def bucket_by_sequence_length(self, element_length_func: Callable[..., Any], bucket_boundaries: Sequence[int],
                                  bucket_batch_sizes: Sequence[int], padded_shapes: Any = None,
                                  padding_values: Any = None, pad_to_bucket_boundary: bool = False,
                                  no_padding: bool = False, drop_remainder: bool = False,
                                  name: str | None = None) -> Any:
        """Padded batches of elements of similar length.

        element_length_func: the length of an element, int32. bucket_boundaries: the least length of each bucket but
        the first. bucket_batch_sizes: one more than boundaries. pad_to_bucket_boundary: whether to fill up to the
        boundary less one, rather than to the longest; elements as long as the last boundary are refused then.
        no_padding: whether elements of a bucket have one shape already. Raises ValueError where lengths do not fit.
        """
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError("`len(bucket_batch_sizes)` must equal `len(bucket_boundaries) + 1` but `len("
                             f"bucket_batch_sizes)={len(bucket_batch_sizes)}` and `len(bucket_boundaries)="
                             f"{len(bucket_boundaries)}`.")
        bounds = np.array(bucket_boundaries, np.int64)
        sizes = np.array(bucket_batch_sizes, np.int64)
        shapes = self._node.spec if padded_shapes is None else padded_shapes
        if padded_shapes is None:
            shapes = structure.map_leaves(lambda s: s.shape, self._node.spec)

        def bucket(*args: Any) -> Any:
            length = casts.cast(element_length_func(*args), dtypes.int64)
            return reduce.reduce_sum(casts.cast(greater_equal(length, bounds), dtypes.int64))

        def batched(number: Any, group: Any) -> Any:
            size = gathering.gather(sizes, number)
            if no_padding:
                return group.batch(size, drop_remainder=drop_remainder)
            wanted = shapes
            if pad_to_bucket_boundary:
                checks.assert_(less(number, np.int64(len(bounds))), [  # noqa: PT009
                    "When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries)."])
                limit = gathering.gather(bounds, clip.clip_by_value(number, np.int64(0), np.int64(
                    len(bounds) - 1))) - np.int64(1)
                wanted = structure.pack(self._node.spec, [
                    _bounded(s, limit) for s in structure.flatten_shapes(self._node.spec, shapes)])
            return group.padded_batch(size, wanted, padding_values, drop_remainder=drop_remainder)

        return self.group_by_window(bucket, batched, window_size_func=lambda n: gathering.gather(sizes, n))

    def rejection_resample(self, class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None,
                           seed: Any = None, name: str | None = None) -> Any:
        """Pairs of a class and an element, some left out at random so that classes come as `target_dist` says.

        class_func: the class of an element, a scalar int32. target_dist: a probability for each class. initial_dist:
        how often the classes come before; counted as they come where it is not given. seed: as for `shuffle`.
        """
        target = value_of(target_dist)
        target = np.asarray(target, np.float32)
        classes = self.map(lambda *args: casts.cast(class_func(*args), dtypes.int32))
        pairs = self._wrap(several.ZipNode([classes._node, self._node], (classes._node.spec, self._node.spec)))
        if initial_dist is None:
            counts = np.zeros(len(target), np.int64)
            dists = classes.scan(counts, lambda seen, c: _counted(seen, c, len(target))).map(_share)
        else:
            dists = self._wrap(sources.TensorsNode([[np.asarray(value_of(initial_dist), np.float32)]],
                                                   TensorSpec((len(target),), dtypes.float32))).repeat()
        uniform = self._wrap(sources.RandomNode(self._seeds(seed), False)).map(
            lambda x: casts.cast(x, dtypes.float32) / np.float32(2**32))
        node = several.ZipNode([pairs._node, dists._node, uniform._node],
                             (pairs._node.spec, dists._node.spec, uniform._node.spec))

        def kept(pair: Any, dist: Any, draw: Any) -> Any:
            ratio = division.divide_no_nan(convert_to_tensor(target), dist)
            chance = ratio / maximum(reduce.reduce_max(ratio), np.float32(1e-12))
            return less(draw, gathering.gather(chance, pair[0]))

        return self._made(node).filter(kept).map(lambda pair, dist, draw: pair)


def _bounded(shape: Any, limit: Any) -> Any:
    """A padded shape whose open dimensions are `limit`."""
    dims = TensorShape(shape)._dims or ()
    known = np.array([-1 if d is None else d for d in dims], np.int64)
    return selecting.where(equal(known, np.int64(-1)), constants.fill([len(dims)], limit), convert_to_tensor(known))


def _counted(seen: Any, number: Any, classes: int) -> Any:
    """The counts of classes with one more of this one."""
    hit = casts.cast(equal(np.arange(classes, dtype=np.int32), number), dtypes.int64)
    total = seen + hit
    return total, total


def _share(counts: Any) -> Any:
    """Counts as fractions of their sum."""
    numbers = casts.cast(counts, dtypes.float32)
    return numbers / reduce.reduce_sum(numbers)

