"""Layers that make one tensor of several, element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.masks import get_keras_mask
from hornbeam.keras.names import keras_export


class Merge(Layer):
    """Base: takes a list of tensors that broadcast (fewer dimensions are filled up behind the batch)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def _merge(self, inputs: list[Any]) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not define how to merge.")

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape[0], (tuple, list)):
            raise ValueError("A merge layer should be called on a list of inputs. Received: input_shape="
                             f"{input_shape} (not a list of shapes)")
        batches = {s[0] for s in input_shape if s} - {None}
        if len(batches) > 1:
            raise ValueError("Cannot merge tensors with different batch sizes. Received tensors with shapes "
                             f"{input_shape}")
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError("A merge layer should be called on a list of inputs. Received: inputs="
                             f"{inputs} (not a list of tensors)")
        most = max(len(x.shape) for x in inputs)
        merge = getattr(self, "_merge_function", self._merge)  # Keras 2's name of the method
        return merge([_filled(x, most) for x in inputs])

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        shape = tuple(input_shape[0][1:])
        for other in input_shape[1:]:
            shape = _broadcast(shape, tuple(other[1:]))
        batches = {s[0] for s in input_shape} - {None}
        return (batches.pop() if len(batches) == 1 else None, *shape)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None:
            return None
        if not isinstance(mask, (tuple, list)):
            raise ValueError(f"`mask` should be a list. Received: mask={mask}")
        if not isinstance(inputs, (tuple, list)):
            raise ValueError(f"`inputs` should be a list. Received: inputs={inputs}")
        if len(mask) != len(inputs):
            raise ValueError("The lists `inputs` and `mask` should have the same length. Received: inputs="
                             f"{inputs} of length {len(inputs)}, and mask={mask} of length {len(mask)}")
        if any(m is None for m in mask):
            return None
        together = mask[0]
        for m in mask[1:]:
            together = ops.logical_or(together, m)
        return together


def _spread_mask(x: Any) -> Any:
    """The mask that a tensor carries, in its own shape; None without."""
    mask = get_keras_mask(x)
    return None if mask is None else ops.broadcast_to(ops.expand_dims(mask, -1), ops.shape(x))


def _where_either_counts(function: Callable[[Any, Any], Any], inputs: list[Any]) -> Any:
    """Tensor after tensor; a place that only one of them masks takes the other's value."""
    result, mask = inputs[0], _spread_mask(inputs[0])
    for x in inputs[1:]:
        own = _spread_mask(x)
        if own is not None:
            x = ops.where(own, x, result)
        if mask is not None:
            result = ops.where(mask, result, x)
        mask = None if mask is None or own is None else ops.logical_or(mask, own)
        result = function(result, x)
    return result


def _filled(x: Any, rank: int) -> Any:
    for _ in range(rank - len(x.shape)):
        x = ops.expand_dims(x, axis=1)
    return x


def _broadcast(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(a) < len(b):
        a, b = b, a
    head, tail = a[:len(a) - len(b)], a[len(a) - len(b):]
    out = list(head)
    for i, j in zip(tail, b, strict=True):
        if i is None or j is None:
            out.append(None)
        elif i == 1 or j == 1 or i == j:
            out.append(max(i, j) if 1 in (i, j) else i)
        else:
            raise ValueError(f"Inputs have incompatible shapes. Received shapes {a} and {b}")
    return tuple(out)


def _one_after_another(function: Callable[[Any, Any], Any], inputs: list[Any]) -> Any:
    result = inputs[0]
    for x in inputs[1:]:
        result = function(result, x)
    return result


@keras_export("layers.Add")
class Add(Merge):
    """The sum of a list of tensors."""

    def _merge(self, inputs: list[Any]) -> Any:
        return _one_after_another(ops.add, inputs)


@keras_export("layers.Subtract")
class Subtract(Merge):
    """The difference of two tensors. Raises ValueError for another number."""

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if len(input_shape) != 2:
            raise ValueError("A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape="
                             f"{input_shape}")

    def _merge(self, inputs: list[Any]) -> Any:
        if len(inputs) != 2:
            raise ValueError(f"A `Subtract` layer should be called on exactly 2 inputs. Received: inputs={inputs}")
        return ops.subtract(*inputs)


@keras_export("layers.Multiply")
class Multiply(Merge):
    """The product of a list of tensors. A masked place counts as 1, and gives 0 where all are masked."""

    def _merge(self, inputs: list[Any]) -> Any:
        masks = [_spread_mask(x) for x in inputs]
        result = _one_after_another(ops.multiply, [
            x if mask is None else ops.where(mask, x, ops.ones_like(x)) for x, mask in zip(inputs, masks, strict=True)])
        if any(mask is None for mask in masks):
            return result
        return ops.where(_one_after_another(ops.logical_or, masks), result, ops.zeros_like(result))


@keras_export("layers.Average")
class Average(Merge):
    """The mean of a list of tensors."""

    def _merge(self, inputs: list[Any]) -> Any:
        return _one_after_another(ops.add, inputs) / len(inputs)


@keras_export("layers.Maximum")
class Maximum(Merge):
    """The largest of a list of tensors, element by element, of those that are not masked there."""

    def _merge(self, inputs: list[Any]) -> Any:
        return _where_either_counts(ops.maximum, inputs)


@keras_export("layers.Minimum")
class Minimum(Merge):
    """The smallest of a list of tensors, element by element, of those that are not masked there."""

    def _merge(self, inputs: list[Any]) -> Any:
        return _where_either_counts(ops.minimum, inputs)


@keras_export("layers.Concatenate")
class Concatenate(Merge):
    """A list of tensors joined along `axis`. Raises ValueError where their other dimensions differ."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def build(self, input_shape: Any) -> None:
        if len(input_shape) < 1 or not isinstance(input_shape[0], (tuple, list)):
            raise ValueError("A `Concatenate` layer should be called on a list of at least 1 input. Received: "
                             f"input_shape={input_shape}")
        self.compute_output_shape(input_shape)

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"A merge layer should be called on a list of inputs. Received: inputs={inputs}")
        return ops.concatenate(list(inputs), axis=self.axis)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        if len(input_shape) == 0 or not isinstance(input_shape[0], (tuple, list)):
            raise ValueError("A `Concatenate` layer should be called on a list of inputs. Received: input_shape="
                             f"{input_shape}")
        ranks = {len(s) for s in input_shape}
        first = list(input_shape[0])
        others = {tuple(d for i, d in enumerate(s) if i != self.axis % len(s)) for s in input_shape}
        fits = len(ranks) == 1 and all(_agree(a, b) for a in others for b in others)
        if not fits:
            raise ValueError("A `Concatenate` layer requires inputs with matching shapes except for the concatenation "
                             f"axis. Received: input_shape={input_shape}")
        sizes = [s[self.axis] for s in input_shape]
        first[self.axis] = None if None in sizes else sum(sizes)
        for s in input_shape[1:]:
            first = [f if f is not None or i == self.axis % len(first) else d for i, (f, d) in enumerate(zip(
                first, s, strict=True))]
        return tuple(first)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None:
            return None
        if not isinstance(mask, (tuple, list)):
            raise ValueError(f"`mask` should be a list. Received mask={mask}")
        if not isinstance(inputs, (tuple, list)):
            raise ValueError(f"`inputs` should be a list. Received: inputs={inputs}")
        if len(mask) != len(inputs):
            raise ValueError("The lists `inputs` and `mask` should have the same length. Received: inputs="
                             f"{inputs} of length {len(inputs)}, and mask={mask} of length {len(mask)}")
        if all(m is None for m in mask):
            return None
        whole = []
        for x, m in zip(inputs, mask, strict=True):
            if m is None:
                whole.append(ops.ones_like(x, dtype="bool"))
            else:
                m = ops.cast(m, "bool")
                missing = len(x.shape) - len(m.shape)
                for _ in range(missing):
                    m = ops.expand_dims(m, axis=-1)
                whole.append(ops.logical_or(m, ops.zeros_like(x, dtype="bool")) if missing else m)
        return ops.any(ops.concatenate(whole, axis=self.axis), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}


def _agree(a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    return len(a) == len(b) and all(x is None or y is None or x == y for x, y in zip(a, b, strict=True))


@keras_export("layers.Dot")
class Dot(Merge):
    """Products of two tensors summed over an axis of each, batch by batch.

    axes: one for both, or a pair; not the batch. normalize: by the lengths along these axes first (cosines). Raises
    ValueError where the axes do not fit.
    """

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                raise TypeError("Invalid type for argument `axes`: it should be a list or an int. Received: axes="
                                f"{axes}")
            if len(axes) != 2:
                raise ValueError("Invalid format for argument `axes`: it should contain two elements. Received: axes="
                                 f"{axes}")
            if not all(isinstance(a, int) for a in axes):
                raise ValueError(f"Invalid format for argument `axes`: list elements should be integers. Received: "
                                 f"axes={axes}")
        self.axes, self.normalize = axes, normalize
        self.supports_masking = True

    def _axes_for(self, ranks: tuple[int, int]) -> tuple[int, int]:
        a, b = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return a % ranks[0], b % ranks[1]

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape[0], (tuple, list)) or len(input_shape) != 2:
            raise ValueError("A `Dot` layer should be called on a list of 2 inputs. Received: input_shape="
                             f"{input_shape}")
        one, other = input_shape
        a, b = self._axes_for((len(one), len(other)))
        if one[a] != other[b] and None not in (one[a], other[b]):
            raise ValueError(f"Incompatible input shapes: axis values {one[a]} (at axis {a}) != {other[b]} (at axis "
                             f"{b}). Full input shapes: {one}, {other}")

    def call(self, inputs: Any) -> Any:
        if len(inputs) != 2:
            raise ValueError(f"A `Dot` layer should be called on exactly 2 inputs. Received: inputs={inputs}")
        x, y = inputs
        a, b = self._axes_for((len(x.shape), len(y.shape)))
        if 0 in (a, b):
            raise ValueError(f"Cannot perform batch multiplication over axis 0. Received: axes={self.axes}")
        if self.normalize:
            x, y = ops.normalize(x, axis=a), ops.normalize(y, axis=b)
        return batch_dot(x, y, a, b)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        one, other = list(input_shape[0]), list(input_shape[1])
        a, b = self._axes_for((len(one), len(other)))
        del one[a], other[b]
        shape = [*one, *other[1:]]
        return tuple(shape if len(shape) > 1 else [*shape, 1])

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def batch_dot(x: Any, y: Any, a: int, b: int) -> Any:
    """The products of two tensors summed over axis `a` of one and `b` of the other, batch by batch."""
    letters = "abcdefghijklmnopqrstuvw"
    left = ["z", *letters[:len(x.shape) - 1]]
    right = ["z", *letters[len(x.shape) - 1:len(x.shape) + len(y.shape) - 2]]
    right[b] = left[a]
    rest = [c for i, c in enumerate(left) if i != a] + [c for i, c in enumerate(right) if i not in (0, b)]
    result = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(rest)}", x, y)
    return ops.expand_dims(result, 1) if len(rest) == 1 else result


# As functions --------------------------------------------------------------------------------------


def _function(kind: type[Merge], words: str) -> Callable[..., Any]:
    def merge(inputs: Any, **kwargs: Any) -> Any:
        return kind(**kwargs)(inputs)

    merge.__name__ = merge.__qualname__ = kind.__name__.lower()
    merge.__doc__ = f"{words}; keyword arguments as for `layers.{kind.__name__}`."
    return keras_export(f"layers.{merge.__name__}")(merge)


add = _function(Add, "The sum of a list of tensors")
subtract = _function(Subtract, "The difference of two tensors")
multiply = _function(Multiply, "The product of a list of tensors")
average = _function(Average, "The mean of a list of tensors")
maximum = _function(Maximum, "The largest of a list of tensors, element by element")
minimum = _function(Minimum, "The smallest of a list of tensors, element by element")


@keras_export("layers.concatenate")
def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """A list of tensors joined along `axis`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


@keras_export("layers.dot")
def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """Products of two tensors summed over an axis of each, batch by batch."""
    return Dot(axes=axes, **kwargs)(inputs)
