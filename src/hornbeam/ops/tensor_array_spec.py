"""`TensorArraySpec`: what is known of a `TensorArray`."""

from __future__ import annotations

from typing import Any, final

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec
from hornbeam.ops.tensor_array import TensorArray


@public("TensorArraySpec")
@final
class TensorArraySpec(TypeSpec):
    """The shape and dtype of a `TensorArray`'s elements, and whether it grows.

    >>> TensorArraySpec([3], "int32")
    TensorArraySpec(TensorShape([3]), tf.int32, False, True)
    """

    __slots__ = ("_arguments",)

    def __init__(self, element_shape: Any = None, dtype: Any = dtypes.float32, dynamic_size: bool = False,
                 infer_shape: bool = True) -> None:
        self._arguments = TensorShape(element_shape), dtypes.as_dtype(dtype), bool(dynamic_size), bool(infer_shape)

    @staticmethod
    def from_value(value: Any) -> TensorArraySpec:
        """The spec of an array. Raises TypeError for anything else."""
        if not isinstance(value, TensorArray):
            raise TypeError(f"Expected value to be a TensorArray, but got: `{type(value)}`")
        return TensorArraySpec(value.element_shape, value.dtype, value.dynamic_size, value._infer)

    @property
    def value_type(self) -> type[TensorArray]:
        """`TensorArray`."""
        return TensorArray

    def _serialize(self) -> tuple[Any, ...]:
        return self._arguments

    @property
    def _component_specs(self) -> list[TensorSpec]:
        shape, dtype, _, _ = self._arguments
        return [TensorSpec(TensorShape([None]).concatenate(shape), dtype)]

    def _to_components(self, value: TensorArray) -> list[Any]:
        return [value.flow if value.flow is not None else value.stack()]

    def _from_components(self, components: Any) -> TensorArray:
        shape, dtype, dynamic, infer = self._arguments
        rows = components[0]
        if getattr(rows, "_value", None) is None:
            return TensorArray(dtype, flow=rows, dynamic_size=dynamic, infer_shape=infer, element_shape=shape)
        made = TensorArray(dtype, ops["Shape"](rows)[0], dynamic_size=dynamic, infer_shape=infer, element_shape=shape,
                           clear_after_read=False)
        return made.unstack(rows)


TensorArray._type_spec = property(TensorArraySpec.from_value)  # type: ignore[attr-defined]
