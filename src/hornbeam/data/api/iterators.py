"""Iterators of eager code and of traced functions: `iter(dataset)`."""

from __future__ import annotations

from typing import Any, final

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api import elements
from hornbeam.data.api.loops import loop_over
from hornbeam.data.api.optional import Optional, OptionalValue
from hornbeam.data.pipeline import iteration
from hornbeam.data.pipeline.iteration import IteratorResource
from hornbeam.data.pipeline.node import arrays_of, boxed
from hornbeam.graph import errors, mode
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.resources import held
from hornbeam.graph.tensor import EagerTensor


@op("IteratorGetNextAsOptional", inputs="iterator: resource", host=True, stateful=True,
    differentiable=never("an optional"), waive={"samples": "moves an iterator"})
def get_next_as_optional_op(iterator, *, output_types: Any = (), output_shapes: Any = ()):
    """The next element of an iterator, or nothing at the end."""
    element = held(iterator).next()
    return (boxed(OptionalValue(None if element is None else arrays_of(element))),)


@get_next_as_optional_op.shape
def _(inputs, attrs):
    return [((), elements.VARIANT.dtype)]


def attributes(spec: Any) -> dict[str, Any]:
    """The attributes `output_types` and `output_shapes` of operations that give elements."""
    parts = structure.part_specs(spec)
    return {"output_types": tuple(dtype for _, dtype in parts), "output_shapes": tuple(dims for dims, _ in parts)}


@public(v2=("data.Iterator",))
class Iterator:
    """What `iter(dataset)` gives: `next(iterator)` or `get_next()` is the next element.

    Its position can be saved: by `train.Checkpoint(iterator=iterator)`, or as bytes by `save_position()`.
    """

    _resource: IteratorResource | None
    _handle: Any
    _spec: Any

    @classmethod
    def _of(cls, node: Any) -> Iterator:
        """An iterator at the start of a dataset, here or in the graph that is being traced."""
        made = object.__new__(OwnedIterator)
        made._spec = node.spec
        graph = mode.current_graph()
        symbols = node.symbols()
        if graph is None and not symbols:
            made._resource, made._handle = iteration.started(node), None
        else:
            made._resource = None
            made._handle = iteration.anonymous_iterator_op(symbols, dataset=node, **attributes(node.spec))
        return made

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        if self._resource is None or mode.current_graph() is not None:
            return self.get_next()
        element = self._resource.next()
        if element is None:
            raise StopIteration
        return elements.to_user(self._spec, element)

    def next(self) -> Any:
        """The next element (Python 2's spelling of `next(iterator)`)."""
        return self.__next__()

    def get_next(self, name: str | None = None) -> Any:
        """The next element. Raises OutOfRangeError at the end."""
        graph = mode.current_graph()
        if graph is None and self._resource is not None:
            element = self._resource.next()
            if element is None:
                raise errors.OutOfRangeError(None, None, "End of sequence [Op:IteratorGetNext]")
            return elements.to_user(self._spec, element)
        parts = iteration.iterator_get_next_op(self._tensor(), name=name, **attributes(self._spec))
        return elements.from_parts(self._spec, list(parts))

    def get_next_as_optional(self) -> Optional:
        """The next element as an `Optional`, which has no value at the end."""
        if mode.current_graph() is None and self._resource is not None:
            element = self._resource.next()
            return Optional(boxed(OptionalValue(None if element is None else arrays_of(element))), self._spec)
        return Optional(get_next_as_optional_op(self._tensor(), **attributes(self._spec)), self._spec)

    def _tensor(self) -> Any:
        if self._resource is not None:
            return iteration.held_iterator_op(iterator=self._resource)
        return self._handle

    @property
    def element_spec(self) -> Any:
        """The structure of the elements: a `TypeSpec` for each."""
        return self._spec

    @property
    def _type_spec(self) -> IteratorSpec:
        return IteratorSpec(self._spec)

    # Saving the position --------------------------------------------------------------------------

    def save_position(self) -> bytes:
        """Where the iterator stands, as bytes for `restore_position`; shuffle buffers and draws included."""
        return self._eager().saved()

    def restore_position(self, position: bytes) -> None:
        """Go on from where an iterator of the same dataset stood. Raises DataLossError for other bytes."""
        self._eager().restore(position)

    def _eager(self) -> IteratorResource:
        if self._resource is None:
            raise ValueError("An iterator of a graph is saved by `data.experimental.make_saveable_from_iterator`.")
        return self._resource

    def _serialize_to_tensors(self) -> dict[str, Any]:
        return {"ITERATOR_STATE": EagerTensor(boxed(self.save_position()))}

    def _restore_from_tensors(self, restored: dict[str, Any]) -> None:
        value = restored["ITERATOR_STATE"]
        self.restore_position(np.asarray(getattr(value, "_value", value)).reshape(-1)[0])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} element_spec={self._spec!r}>"

    # In loops of traced functions -------------------------------------------------------------------

    def _autograph_for(self, step: Any, start: Any, go_on: Any) -> Any:
        return loop_over(self, step, start, go_on)


@final
class OwnedIterator(Iterator):
    """The iterator that `iter(dataset)` makes. Only that makes one."""

    def __init__(self, dataset: Any = None) -> None:
        if dataset is None:
            raise ValueError("When `dataset` is not provided, both `components` and `element_spec` must be specified.")
        made = Iterator._of(dataset._node)
        self._resource, self._handle, self._spec = made._resource, made._handle, made._spec


@public("data.IteratorSpec", v1=())
class IteratorSpec(elements.SpecOfElements):
    """The spec of an iterator whose elements have the structure `element_spec`."""

    __slots__ = ()

    @property
    def value_type(self) -> Any:
        """The class of the values."""
        return OwnedIterator

    def _from_components(self, components: Any) -> Any:
        made = object.__new__(OwnedIterator)
        made._spec, made._resource, made._handle = self._element_spec, None, components
        return made

    @staticmethod
    def from_value(value: Any) -> IteratorSpec:
        """The spec of an iterator."""
        return IteratorSpec(value.element_spec)


@public("data.NumpyIterator")
class NumpyIterator:
    """An iterator over a dataset that gives arrays instead of tensors. Its position can be saved too."""

    def __init__(self, dataset: Any) -> None:
        self._iterator = iter(dataset)

    def __iter__(self) -> NumpyIterator:
        return self

    def __next__(self) -> Any:
        resource = self._iterator._eager()
        element = resource.next()
        if element is None:
            raise StopIteration
        return elements.to_numpy(self._iterator._spec, element)

    def next(self) -> Any:
        """The next element (Python 2's spelling of `next(iterator)`)."""
        return self.__next__()

    @property
    def element_spec(self) -> Any:
        """The structure of the elements before they became arrays."""
        return self._iterator._spec

    def save(self) -> Any:
        """The position, as a scalar string tensor that `restore` takes."""
        return EagerTensor(boxed(self.save_position()))

    def restore(self, state: Any) -> None:
        """Go on from the position that `save` gave. Raises DataLossError for one of another dataset."""
        self.restore_position(np.asarray(getattr(state, "_value", state)).reshape(-1)[0])

    def save_position(self) -> bytes:
        """As of the iterator of tensors."""
        return self._iterator.save_position()

    def restore_position(self, position: bytes) -> None:
        """As of the iterator of tensors."""
        self._iterator.restore_position(position)

    def _serialize_to_tensors(self) -> dict[str, Any]:
        return self._iterator._serialize_to_tensors()

    def _restore_from_tensors(self, restored: dict[str, Any]) -> None:
        self._iterator._restore_from_tensors(restored)


@public("data.experimental.get_next_as_optional", v1=("contrib.data.get_next_as_optional",))
def get_next_as_optional(iterator: Any) -> Optional:
    """The next element of an iterator as an `Optional`, which has no value at the end."""
    return iterator.get_next_as_optional()

