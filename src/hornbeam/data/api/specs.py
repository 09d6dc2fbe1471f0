"""DatasetSpec: a dataset as the element of another, or as an argument of a function."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.data.api import elements
from hornbeam.data.pipeline import sources
from hornbeam.data.pipeline.node import Made, boxed
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import EagerTensor
from hornbeam.graph.tensor_spec import TypeSpec

_classes: list[Any] = []


def bind(dataset: Any) -> None:
    """Bind the class of datasets, which makes use of its spec."""
    _classes[:] = [dataset]


@public("data.DatasetSpec", v1=("data.experimental.DatasetStructure",))
class DatasetSpec(TypeSpec):
    """The spec of a dataset whose elements have the structure `element_spec`."""

    __slots__ = ("_dataset_shape", "_element_spec")

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec, self._dataset_shape = element_spec, TensorShape(dataset_shape)

    @property
    def element_spec(self) -> Any:
        """The structure of the elements."""
        return self._element_spec

    @property
    def value_type(self) -> Any:
        """The class of the values."""
        return _classes[0]

    def _serialize(self) -> tuple[Any, ...]:
        return self._element_spec, self._dataset_shape

    @property
    def _component_specs(self) -> Any:
        return elements.VARIANT

    def _to_components(self, value: Any) -> Any:
        return value._as_variant()

    def _from_components(self, components: Any) -> Any:
        return self._from_box(np.asarray(components._value) if isinstance(components, EagerTensor) else components)

    def _from_box(self, box: Any) -> Any:
        return _classes[0]._wrap(sources.BoxNode(box, self._element_spec))

    def _to_runtime(self, value: Any) -> Made:
        return Made(value._node)

    def _user_value(self, value: Made) -> Any:
        return _classes[0]._wrap(sources.BoxNode(boxed(value), self._element_spec))

    def _numpy_value(self, value: Made) -> Any:
        return self._user_value(value).as_numpy_iterator()

    def _legacy_types(self) -> Any:
        return self

    def _legacy_shapes(self) -> Any:
        return self

    @staticmethod
    def from_value(value: Any) -> DatasetSpec:
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)
