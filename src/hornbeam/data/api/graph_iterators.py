"""TF1's `data.Iterator`: an iterator in a graph, whose position each session keeps."""

from __future__ import annotations

import warnings
from typing import Any

from hornbeam.data import structure
from hornbeam.data.api import elements
from hornbeam.data.api.iterators import attributes, get_next_as_optional_op
from hornbeam.data.api.optional import Optional
from hornbeam.data.pipeline import iteration
from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec

_MANY = 32
_WARNING = ("An unusually high number of `Iterator.get_next()` calls was detected. This often indicates that "
            "`Iterator.get_next()` is being called inside a training loop, which will cause gradual slowdown and "
            "eventual resource exhaustion. If this is the case, restructure your code to call `next_element = "
            "iterator.get_next()` once outside the loop, and use `next_element` as the input to some computation that "
            "is invoked inside the loop.")


@public(v1=("data.Iterator",))
class GraphIterator:
    """An iterator in a graph. `get_next()` gives tensors: each run that needs them takes one element.

    Datasets make it (`make_one_shot_iterator`, `make_initializable_iterator`); `from_structure` makes one that is
    started on one dataset after another (`make_initializer`), `from_string_handle` one that another stands for.
    """

    def __init__(self, iterator_resource: Any, initializer: Any, output_types: Any, output_shapes: Any,
                 output_classes: Any) -> None:
        if iterator_resource is None or output_types is None or output_shapes is None or output_classes is None:
            raise ValueError("All of `iterator_resource`, `output_types`, `output_shapes`, and `output_classes` must "
                             "be specified.")
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        self._spec = structure.spec_from_legacy(output_types, output_shapes, output_classes)
        self._string_handle = None
        self._calls = 0

    @classmethod
    def _of(cls, resource: Any, initializer: Any, spec: Any) -> GraphIterator:
        made = object.__new__(cls)
        made._iterator_resource, made._initializer, made._spec = resource, initializer, spec
        made._string_handle, made._calls = None, 0
        return made

    @staticmethod
    def from_structure(output_types: Any, output_shapes: Any = None, shared_name: str | None = None,
                       output_classes: Any = None) -> GraphIterator:
        """An iterator of elements of this structure, for any dataset that has such (`make_initializer`).

        output_types, output_shapes: structures of dtypes and shapes; shapes are unknown where they are not given.
        """
        spec = structure.spec_from_legacy(output_types, output_shapes, output_classes)
        with mode.graph_first():
            resource = iteration.iterator_op(shared_name=shared_name or "", **attributes(spec))
        return GraphIterator._of(resource, None, spec)

    @staticmethod
    def from_string_handle(string_handle: Any, output_types: Any, output_shapes: Any = None,
                           output_classes: Any = None) -> GraphIterator:
        """The iterator that a scalar string stands for, which another's `string_handle()` gave when it was run."""
        spec = structure.spec_from_legacy(output_types, output_shapes, output_classes)
        with mode.graph_first():
            handle = convert_to_tensor(string_handle, dtypes.string)
            resource = iteration.iterator_from_string_handle_op(handle, **attributes(spec))
        return GraphIterator._of(resource, None, spec)

    @property
    def initializer(self) -> Operation:
        """The operation that starts the iterator. Raises ValueError for those that start otherwise."""
        if self._initializer is not None:
            return self._initializer
        raise ValueError("Iterator does not have an initializer.")

    def make_initializer(self, dataset: Any, name: str | None = None) -> Operation:
        """The operation that starts the iterator on `dataset`.

        Raises TypeError where its elements do not have the iterator's structure and dtypes.
        """
        wanted, found = self._spec, dataset.element_spec
        structure.assert_same(wanted, found)
        for ours, theirs in zip(structure.flatten(wanted), structure.flatten(found), strict=True):
            _refuse(ours, theirs)
        with mode.graph_first():
            return iteration.make_iterator_op(self._iterator_resource, dataset._node.symbols(), dataset=dataset._node,
                                              name=name or "make_initializer")

    def get_next(self, name: str | None = None) -> Any:
        """The next element, as tensors of the graph; the end is an OutOfRangeError of the run."""
        self._calls += 1
        if self._calls > _MANY:
            warnings.warn(_WARNING, stacklevel=2)
        parts = iteration.iterator_get_next_op(self._iterator_resource, name=name, **attributes(self._spec))
        return elements.from_parts(self._spec, list(parts))

    def get_next_as_optional(self) -> Optional:
        """The next element as an `Optional`, which has no value at the end."""
        return Optional(get_next_as_optional_op(self._iterator_resource, **attributes(self._spec)), self._spec)

    def string_handle(self, name: str | None = None) -> GraphTensor:
        """A scalar string that stands for this iterator, to be fed to one made by `from_string_handle`."""
        if name is not None:
            return iteration.iterator_to_string_handle_op(self._iterator_resource, name=name)
        if self._string_handle is None:
            self._string_handle = iteration.iterator_to_string_handle_op(self._iterator_resource)
        return self._string_handle

    @property
    def element_spec(self) -> Any:
        """The structure of the elements: a `TypeSpec` for each."""
        return self._spec

    @property
    def output_types(self) -> Any:
        """The dtypes of the tensors of an element."""
        return structure.types_of(self._spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the tensors of an element."""
        return structure.shapes_of(self._spec)

    @property
    def output_classes(self) -> Any:
        """The classes of the parts of an element."""
        return structure.classes_of(self._spec)

    @property
    def _as_graph_element_of(self) -> Graph:
        return self._iterator_resource.op.graph


def _refuse(wanted: Any, found: Any) -> None:
    if wanted.value_type is not found.value_type:
        raise TypeError(f"Expected output classes {wanted.value_type!r} but got dataset with output classes "
                        f"{found.value_type!r}.")
    if isinstance(wanted, TensorSpec):
        if wanted.dtype is not found.dtype:
            raise TypeError(f"Expected output types {wanted.dtype!r} but got dataset with output types "
                            f"{found.dtype!r}.")
        if not _includes(wanted.shape, found.shape):
            raise TypeError(f"Expected output shapes compatible with {wanted.shape!r} but got dataset with output "
                            f"shapes {found.shape!r}.")


def _includes(wanted: TensorShape, found: TensorShape) -> bool:
    return wanted._dims is None or wanted.most_specific_compatible_shape(found)._dims == wanted._dims
