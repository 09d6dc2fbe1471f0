"""Input: the symbolic tensors that a model begins with."""

from __future__ import annotations

import contextlib
import warnings
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from hornbeam.graph.tensor import GraphTensor
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export
from hornbeam.keras.nodes import Node
from hornbeam.keras.shapes import standardize_shape

_origins: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


@contextlib.contextmanager
def origins_of_inputs(inputs: Sequence[Any]) -> Iterator[None]:
    """Within the block tensors that `Input(tensor=...)` took over follow from what made them, but for `inputs`."""
    given = {id(x) for x in inputs}
    changed = [(x, x._keras_history, origin) for x, origin in list(_origins.items()) if id(x) not in given]
    for x, _, origin in changed:
        x._keras_history = origin
    try:
        yield
    finally:
        for x, history, _ in changed:
            x._keras_history = history


@keras_export("layers.InputLayer")
class InputLayer(Layer):
    """The layer behind an `Input`. Its arguments are those of `Input`; `input_tensor` is a KerasTensor to take over, or
    a placeholder of a graph of TensorFlow 1."""

    def __init__(self, shape: Any = None, batch_size: int | None = None, dtype: Any = None, sparse: bool | None = None,
                 ragged: bool | None = None, batch_shape: Any = None, input_tensor: Any = None, optional: bool = False,
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name)
        if "input_shape" in kwargs:
            warnings.warn("Argument `input_shape` is deprecated. Use `shape` instead.", stacklevel=2)
            shape = kwargs.pop("input_shape")
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if isinstance(input_tensor, GraphTensor):
            given, input_tensor = input_tensor, KerasTensor(input_tensor.dims, input_tensor.dtype.name, name=name)
            input_tensor._graph_tensor = given
        if input_tensor is not None:
            _check_fits(input_tensor, shape, batch_size, batch_shape, dtype, sparse)
            batch_shape, dtype, sparse = input_tensor.shape, input_tensor.dtype, input_tensor.sparse
        elif batch_shape is None:
            if shape is None:
                raise ValueError("You must pass a `shape` argument.")
            batch_shape = (batch_size, *standardize_shape(shape))
        elif shape is not None or batch_size is not None:
            what = "shape" if shape is not None else "batch_size"
            raise ValueError(f"You cannot pass both `{what}` and `batch_shape` at the same time.")
        self._batch_shape = standardize_shape(batch_shape)
        self._dtype = standardize_dtype(dtype)
        self.sparse, self.ragged = bool(sparse), bool(ragged)
        self.optional = optional
        if input_tensor is None:
            input_tensor = KerasTensor(self._batch_shape, dtype=self._dtype, sparse=self.sparse, ragged=self.ragged,
                                       name=name)
        self._input_tensor = input_tensor
        before = getattr(input_tensor, "_keras_history", None)
        if before is not None and before.operation is not None and not before.operation._inbound_nodes[
                before.node_index].is_input:
            _origins[input_tensor] = before
        Node(self, (), {}, input_tensor)
        self.built = True

    def call(self) -> None:  # type: ignore[override]
        """Nothing: the model puts its inputs in place."""

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """The shape, with the batch's size first."""
        return self._batch_shape

    @property
    def dtype(self) -> str:
        """The dtype of the input."""
        return self._dtype

    def get_config(self) -> dict[str, Any]:
        return {"batch_shape": self.batch_shape, "dtype": self.dtype, "sparse": self.sparse, "ragged": self.ragged,
                "name": self.name, "optional": self.optional}


def _check_fits(tensor: Any, shape: Any, batch_size: Any, batch_shape: Any, dtype: Any, sparse: Any) -> None:
    """Raise ValueError where other arguments contradict `input_tensor`."""
    if not isinstance(tensor, KerasTensor):
        raise ValueError(f"Argument `input_tensor` must be a KerasTensor. Received invalid type: input_tensor={tensor} "
                         f"(of type {type(tensor)})")
    contradicted = {
        "batch_size": batch_size is not None and (not tensor.shape or tensor.shape[0] != batch_size),
        "shape": shape is not None and tuple(shape) != tensor.shape[1:],
        "batch_shape": batch_shape is not None and tuple(batch_shape) != tensor.shape,
        "dtype": dtype is not None and tensor.dtype != dtype,
        "sparse": sparse is not None and tensor.sparse != sparse,
    }
    for what, wrong in contradicted.items():
        if wrong:
            raise ValueError("When providing the `input_tensor` argument, you cannot provide an incompatible "
                             f"`{what}` argument.")


@keras_export("Input", "layers.Input")
def Input(shape: Any = None, batch_size: int | None = None, dtype: Any = None, sparse: bool | None = None,
          ragged: bool | None = None, batch_shape: Any = None, name: str | None = None, tensor: Any = None,
          optional: bool = False) -> Any:
    """A symbolic tensor that a functional model begins with.

    shape: without the batch; None for sizes that vary. batch_size: where it is fixed. batch_shape: both in one.
    dtype: `floatx()` by default. name: of the input, unique in a model. tensor: a KerasTensor to take over, or a
    placeholder of a graph of TensorFlow 1.
    sparse, ragged: how it will be stored. optional: whether None may be given. Raises ValueError without a shape.

    >>> Input((3,), name="x")
    <KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>
    """
    return InputLayer(shape=shape, batch_size=batch_size, dtype=dtype, sparse=sparse, ragged=ragged,
                      batch_shape=batch_shape, name=name, input_tensor=tensor, optional=optional).output
