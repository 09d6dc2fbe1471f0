"""Bijectors: functions with an inverse and the logarithms of their Jacobian determinants.

A subclass gives `_forward`, `_inverse` and one of `_inverse_log_det_jacobian`, `_forward_log_det_jacobian`, for values
of as many event dimensions as `forward_min_event_ndims` says; sums over further ones are made here.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.v1.api import tf


@public(v1=("contrib.distributions.bijectors.Bijector",))
class Bijector:
    """A function with an inverse.

    graph_parents: tensors it is made of. is_constant_jacobian: whether the determinant is the same for all values.
    validate_args: whether values are checked. dtype: of values, None for any. forward_min_event_ndims,
    inverse_min_event_ndims: how many last dimensions of its input and output one value has. Raises ValueError where
    neither is given or one is negative.
    """

    def __init__(self, graph_parents: Any = None, is_constant_jacobian: bool = False, validate_args: bool = False,
                 dtype: Any = None, forward_min_event_ndims: int | None = None,
                 inverse_min_event_ndims: int | None = None, name: str | None = None) -> None:
        if forward_min_event_ndims is None and inverse_min_event_ndims is None:
            raise ValueError("Must specify at least one of `forward_min_event_ndims` and `inverse_min_event_ndims`.")
        if inverse_min_event_ndims is None:
            inverse_min_event_ndims = forward_min_event_ndims
        if forward_min_event_ndims is None:
            forward_min_event_ndims = inverse_min_event_ndims
        for what, ndims in (("forward_min_event_ndims", forward_min_event_ndims),
                            ("inverse_min_event_ndims", inverse_min_event_ndims)):
            if not isinstance(ndims, int) or ndims < 0:
                raise ValueError(f"{what} must be a non-negative integer.")
        self._graph_parents = list(graph_parents or [])
        self._is_constant_jacobian, self._validate_args, self._dtype = is_constant_jacobian, validate_args, dtype
        self._forward_min_event_ndims, self._inverse_min_event_ndims = forward_min_event_ndims, inverse_min_event_ndims
        self._name = name or type(self).__name__.lower()
        self._images: dict[int, tuple[Any, Any]] = {}
        self._origins: dict[int, tuple[Any, Any]] = {}

    @property
    def name(self) -> str:
        """The name of the scopes of its operations."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The dtype of values; None for any."""
        return self._dtype

    @property
    def graph_parents(self) -> list[Any]:
        """The tensors it is made of."""
        return self._graph_parents

    @property
    def validate_args(self) -> bool:
        """Whether values are checked."""
        return self._validate_args

    @property
    def is_constant_jacobian(self) -> bool:
        """Whether the determinant is the same for all values."""
        return self._is_constant_jacobian

    @property
    def forward_min_event_ndims(self) -> int:
        """How many dimensions one value has that goes in."""
        return self._forward_min_event_ndims  # type: ignore[return-value]

    @property
    def inverse_min_event_ndims(self) -> int:
        """How many dimensions one value has that comes out."""
        return self._inverse_min_event_ndims  # type: ignore[return-value]

    # What subclasses say ------------------------------------------------------------------------------

    def _forward(self, x: Any) -> Any:
        raise NotImplementedError("forward not implemented.")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError("inverse not implemented")

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        raise NotImplementedError("inverse_log_det_jacobian not implemented.")

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        raise NotImplementedError("forward_log_det_jacobian not implemented.")

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return input_shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return output_shape

    def _forward_event_shape_tensor(self, input_shape: Any) -> Any:
        return input_shape

    def _inverse_event_shape_tensor(self, output_shape: Any) -> Any:
        return output_shape

    # Shapes -------------------------------------------------------------------------------------------

    def forward_event_shape(self, input_shape: Any) -> Any:
        """The shape of what comes out for one value, as far as it is known."""
        return tf.TensorShape(self._forward_event_shape(tf.TensorShape(input_shape)))

    def inverse_event_shape(self, output_shape: Any) -> Any:
        """The shape of what goes in for one value, as far as it is known."""
        return tf.TensorShape(self._inverse_event_shape(tf.TensorShape(output_shape)))

    def forward_event_shape_tensor(self, input_shape: Any, name: str = "forward_event_shape_tensor") -> Any:
        """The shape of what comes out for one value, an int32 vector."""
        with self._name_scope(name):
            return self._forward_event_shape_tensor(tf.convert_to_tensor(input_shape, tf.int32, name="input_shape"))

    def inverse_event_shape_tensor(self, output_shape: Any, name: str = "inverse_event_shape_tensor") -> Any:
        """The shape of what goes in for one value, an int32 vector."""
        with self._name_scope(name):
            return self._inverse_event_shape_tensor(tf.convert_to_tensor(output_shape, tf.int32, name="output_shape"))

    # Values -------------------------------------------------------------------------------------------

    def _value(self, value: Any, name: str) -> Any:
        """A value as a tensor. Raises TypeError for another dtype."""
        found = tf.convert_to_tensor(value, name=name)
        if self._dtype is not None and found.dtype.base_dtype != self._dtype:
            raise TypeError(f"Input had dtype {self._dtype} but expected {found.dtype}.")
        return found

    def forward(self, x: Any, name: str = "forward") -> Any:
        """The function's value."""
        with self._name_scope(name):
            x = self._value(x, "x")
            held = self._images.get(id(x))
            if held is not None:
                return held[1]
            return self._remembered(x, self._forward(x))[1]

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        """What gives `y`; of a value that `forward` gave in a graph, the one it was given."""
        with self._name_scope(name):
            y = self._value(y, "y")
            held = self._origins.get(id(y))
            if held is not None:
                return held[1]
            return self._remembered(self._inverse(y), y)[0]

    def _remembered(self, x: Any, y: Any) -> tuple[Any, Any]:
        if not mode.executing_eagerly():
            self._images[id(x)], self._origins[id(y)] = (x, y), (y, x)
        return x, y

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        """The logarithm of the inverse's determinant for values of so many dimensions. ValueError for too few."""
        with self._name_scope(name):
            self._check(event_ndims, self.inverse_min_event_ndims)
            y = self._value(y, "y")
            try:
                found = self._inverse_log_det_jacobian(y)
            except NotImplementedError:
                x = self.inverse(y)
                found, y = -self._forward_log_det_jacobian(x), x
                return self._summed(found, x, self.forward_min_event_ndims,
                                    event_ndims + self.forward_min_event_ndims - self.inverse_min_event_ndims)
            return self._summed(found, y, self.inverse_min_event_ndims, event_ndims)

    def forward_log_det_jacobian(self, x: Any, event_ndims: int, name: str = "forward_log_det_jacobian") -> Any:
        """The logarithm of the determinant for values of so many dimensions. ValueError for too few."""
        with self._name_scope(name):
            self._check(event_ndims, self.forward_min_event_ndims)
            x = self._value(x, "x")
            try:
                found = self._forward_log_det_jacobian(x)
            except NotImplementedError:
                y = self.forward(x)
                return self._summed(-self._inverse_log_det_jacobian(y), y, self.inverse_min_event_ndims,
                                    event_ndims + self.inverse_min_event_ndims - self.forward_min_event_ndims)
            return self._summed(found, x, self.forward_min_event_ndims, event_ndims)

    @staticmethod
    def _check(event_ndims: Any, least: int) -> None:
        if int(event_ndims) < least:
            raise ValueError(f"event_ndims ({event_ndims}) must be larger than min_event_ndims ({least})")

    def _summed(self, found: Any, value: Any, least: int, event_ndims: Any) -> Any:
        """Determinants of parts of a value, summed over the dimensions that the value has besides."""
        more = int(event_ndims) - least
        found = tf.convert_to_tensor(found)
        if not more:
            return found
        if self.is_constant_jacobian:
            shape, rank = tf.shape(value), tf.rank(value)
            found *= tf.ones(shape[rank - int(event_ndims):rank - least], found.dtype)
        return tf.reduce_sum(found, axis=list(range(-more, 0)))

    @contextlib.contextmanager
    def _name_scope(self, name: str) -> Iterator[None]:
        with tf.name_scope(self.name), tf.name_scope(name):
            yield


@public(v1=("contrib.distributions.bijectors.Inline",))
class Inline(Bijector):
    """A bijector of functions."""

    def __init__(self, forward_fn: Any = None, inverse_fn: Any = None, inverse_log_det_jacobian_fn: Any = None,
                 forward_log_det_jacobian_fn: Any = None, forward_event_shape_fn: Any = None,
                 forward_event_shape_tensor_fn: Any = None, inverse_event_shape_fn: Any = None,
                 inverse_event_shape_tensor_fn: Any = None, is_constant_jacobian: bool = False,
                 validate_args: bool = False, forward_min_event_ndims: int | None = None,
                 inverse_min_event_ndims: int | None = None, name: str = "inline") -> None:
        super().__init__(None, is_constant_jacobian, validate_args, None, forward_min_event_ndims,
                         inverse_min_event_ndims, name)
        given = {"_forward": forward_fn, "_inverse": inverse_fn,
                 "_inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
                 "_forward_log_det_jacobian": forward_log_det_jacobian_fn,
                 "_forward_event_shape": forward_event_shape_fn,
                 "_forward_event_shape_tensor": forward_event_shape_tensor_fn,
                 "_inverse_event_shape": inverse_event_shape_fn,
                 "_inverse_event_shape_tensor": inverse_event_shape_tensor_fn}
        for attribute, function in given.items():
            if function is not None:
                setattr(self, attribute, function)


@public(v1=("contrib.distributions.bijectors.Invert",))
class Invert(Bijector):
    """Another bijector the other way round."""

    def __init__(self, bijector: Bijector, validate_args: bool = False, name: str | None = None) -> None:
        self._bijector = bijector
        super().__init__(bijector.graph_parents, bijector.is_constant_jacobian, validate_args, bijector.dtype,
                         bijector.inverse_min_event_ndims, bijector.forward_min_event_ndims,
                         name or f"invert_{bijector.name}")

    @property
    def bijector(self) -> Bijector:
        """The other one."""
        return self._bijector

    def forward(self, x: Any, name: str = "forward") -> Any:
        return self._bijector.inverse(x, name)

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        return self._bijector.forward(y, name)

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        return self._bijector.forward_log_det_jacobian(y, event_ndims, name)

    def forward_log_det_jacobian(self, x: Any, event_ndims: int, name: str = "forward_log_det_jacobian") -> Any:
        return self._bijector.inverse_log_det_jacobian(x, event_ndims, name)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return self._bijector.inverse_event_shape(input_shape)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return self._bijector.forward_event_shape(output_shape)

    def _forward_event_shape_tensor(self, input_shape: Any) -> Any:
        return self._bijector.inverse_event_shape_tensor(input_shape)

    def _inverse_event_shape_tensor(self, output_shape: Any) -> Any:
        return self._bijector.forward_event_shape_tensor(output_shape)


@public(v1=("contrib.distributions.bijectors.Chain",))
class Chain(Bijector):
    """Bijectors one after the other, the last one first."""

    def __init__(self, bijectors: Any = None, validate_args: bool = False, name: str | None = None) -> None:
        self._bijectors: list[Bijector] = list(bijectors or ())
        least = [0, 0]
        for side, order in ((0, self._bijectors), (1, self._bijectors[::-1])):
            ndims = 0  # from the last step back: what each needs, given what the next one needs
            for part in order:
                own = (part.forward_min_event_ndims, part.inverse_min_event_ndims)
                into, out = own if side == 0 else own[::-1]
                ndims = max(into, ndims + into - out)
            least[side] = ndims
        super().__init__([p for b in self._bijectors for p in b.graph_parents],
                         all(b.is_constant_jacobian for b in self._bijectors), validate_args,
                         next((b.dtype for b in self._bijectors if b.dtype is not None), None), least[0], least[1],
                         name or ("identity" if not self._bijectors else "_of_".join(
                             ["chain", *(b.name for b in self._bijectors)])))

    @property
    def bijectors(self) -> list[Bijector]:
        """The steps, the last one first."""
        return self._bijectors

    def _forward(self, x: Any) -> Any:
        for step in reversed(self._bijectors):
            x = step.forward(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for step in self._bijectors:
            y = step.inverse(y)
        return y

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        with self._name_scope(name):
            self._check(event_ndims, self.inverse_min_event_ndims)
            total, y, ndims = 0.0, self._value(y, "y"), int(event_ndims)
            for step in self._bijectors:
                total += step.inverse_log_det_jacobian(y, ndims)
                ndims += step.forward_min_event_ndims - step.inverse_min_event_ndims
                y = step.inverse(y)
            return tf.convert_to_tensor(total, dtype=None if self._bijectors else y.dtype)

    def forward_log_det_jacobian(self, x: Any, event_ndims: int, name: str = "forward_log_det_jacobian") -> Any:
        with self._name_scope(name):
            self._check(event_ndims, self.forward_min_event_ndims)
            total, x, ndims = 0.0, self._value(x, "x"), int(event_ndims)
            for step in reversed(self._bijectors):
                total += step.forward_log_det_jacobian(x, ndims)
                ndims += step.inverse_min_event_ndims - step.forward_min_event_ndims
                x = step.forward(x)
            return tf.convert_to_tensor(total, dtype=None if self._bijectors else x.dtype)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        for step in reversed(self._bijectors):
            input_shape = step.forward_event_shape(input_shape)
        return input_shape

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        for step in self._bijectors:
            output_shape = step.inverse_event_shape(output_shape)
        return output_shape

    def _forward_event_shape_tensor(self, input_shape: Any) -> Any:
        for step in reversed(self._bijectors):
            input_shape = step.forward_event_shape_tensor(input_shape)
        return input_shape

    def _inverse_event_shape_tensor(self, output_shape: Any) -> Any:
        for step in self._bijectors:
            output_shape = step.inverse_event_shape_tensor(output_shape)
        return output_shape
