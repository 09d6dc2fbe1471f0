"""TF1's `data.Dataset`: as TF2's, with iterators that are made in graphs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from hornbeam.data import structure
from hornbeam.data.api import elements
from hornbeam.data.api.dataset import Dataset
from hornbeam.data.api.graph_iterators import GraphIterator
from hornbeam.data.api.iterators import Iterator, attributes
from hornbeam.data.pipeline import iteration, sources
from hornbeam.data.pipeline.node import Node
from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorSpec, SparseTensorValue
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.order import needed


class _OneClass(type):
    """Makes `isinstance(x, v1.data.Dataset)` hold for datasets of both generations."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Dataset) if cls.__name__ == "Dataset" else type.__instancecheck__(cls, instance)


@public(v1=("data.Dataset", "contrib.data.Dataset"))
class DatasetV1(Dataset, metaclass=_OneClass):
    """Elements that come one after another. As TF2's dataset, with iterators that are made in graphs.

    A pipeline ends in `make_one_shot_iterator()` or `make_initializable_iterator()`, whose `get_next()` gives the
    tensors of an element.
    """

    def __init__(self, variant_tensor: Any = None) -> None:
        super().__init__(variant_tensor)

    @classmethod
    def _wrap(cls, node: Node) -> Any:
        made = object.__new__(DatasetV1)
        made._node = node
        return made

    @classmethod
    def _mode(cls) -> AbstractContextManager[Any]:
        return mode.graph_first()

    def __repr__(self) -> str:
        return f"<DatasetV1Adapter shapes: {self.output_shapes}, types: {self.output_types}>"

    # Iterators ------------------------------------------------------------------------------------

    def make_one_shot_iterator(self) -> Any:
        """An iterator that starts by itself, and goes through the dataset once in each session.

        Raises ValueError where the dataset depends on placeholders or variables.
        """
        with self._mode():
            graph = mode.current_graph()
            if graph is None:
                return Iterator._of(self._node)
            symbols = self._node.symbols()
            _refuse_unknown(symbols)
            spec = self._node.spec
            made = iteration.one_shot_iterator_op(symbols, dataset=self._node, **attributes(spec))
            return GraphIterator._of(made, None, spec)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Any:
        """An iterator that its operation `initializer` starts, which may be fed what the dataset depends on.

        shared_name: under which iterators of a session are one. Raises RuntimeError in eager code.
        """
        with self._mode():
            if mode.current_graph() is None:
                raise RuntimeError("`make_initializable_iterator()` is not supported in eager mode. Use Python-style "
                                   "iteration instead.")
            spec = self._node.spec
            resource = iteration.iterator_op(shared_name=shared_name or "", **attributes(spec))
            start = iteration.make_iterator_op(resource, self._node.symbols(), dataset=self._node)
            return GraphIterator._of(resource, start, spec)

    def __iter__(self) -> Any:
        with self._mode():
            graph = mode.current_graph()
            if graph is not None and not graph.in_program_order:
                raise RuntimeError("dataset.__iter__() is only supported when eager execution is enabled.")
            return Iterator._of(self._node)

    # What TF1 says of elements ----------------------------------------------------------------------

    @property
    def output_types(self) -> Any:
        """The dtypes of the tensors of an element."""
        return structure.types_of(self._node.spec)

    @property
    def output_shapes(self) -> Any:
        """The shapes of the tensors of an element."""
        return structure.shapes_of(self._node.spec)

    @property
    def output_classes(self) -> Any:
        """The classes of the parts of an element."""
        return structure.classes_of(self._node.spec)

    # Older spellings ------------------------------------------------------------------------------

    def map_with_legacy_function(self, map_func: Callable[..., Any], num_parallel_calls: Any = None,
                                 deterministic: bool | None = None, use_unbounded_threadpool: bool = False) -> Any:
        """As `map`."""
        return self.map(map_func, num_parallel_calls, deterministic)

    def filter_with_legacy_function(self, predicate: Callable[..., Any]) -> Any:
        """As `filter`."""
        return self.filter(predicate)

    @classmethod
    def from_sparse_tensor_slices(cls, sparse_tensor: Any) -> Any:
        """The rows of a `SparseTensor`, each one again.

        An element is the places, values and shape of a row, as three tensors. Raises TypeError for anything else.
        """
        if not isinstance(sparse_tensor, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"Invalid `sparse_tensor`. `sparse_tensor` must be a `tf.sparse.SparseTensor`. Got "
                            f"{type(sparse_tensor)}.")
        spec, leaves = elements.normalized(sparse_tensor)
        assert isinstance(spec, SparseTensorSpec)
        return cls._wrap(sources.SparseSlicesNode(leaves[0], spec))


DatasetV1.__name__ = DatasetV1.__qualname__ = "Dataset"


def _refuse_unknown(symbols: list[GraphTensor]) -> None:
    """Raises ValueError where tensors depend on what only a run tells: placeholders, variables, random numbers."""
    for op in needed([t.op for t in symbols]):
        what = _unknown(op)
        if what:
            raise ValueError(
                "Failed to create a one-shot iterator for a dataset. `Dataset.make_initializable_iterator()` may work "
                f"better. Original error: Cannot capture a {what} (name:{op.name}, type:{op.type}) by value.")


def _unknown(op: Operation) -> str:
    if op.type in ("Placeholder", "PlaceholderWithDefault"):
        return "placeholder"
    return "stateful node" if op.declaration.stateful or op.type == "VariableV2" else ""


# Functions of datasets and iterators ----------------------------------------------------------------------


@public(v1=("data.make_one_shot_iterator",))
def make_one_shot_iterator(dataset: Any) -> Any:
    """An iterator that starts by itself, over a dataset of either generation."""
    return DatasetV1._wrap(dataset._node).make_one_shot_iterator()


@public(v1=("data.make_initializable_iterator",))
def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> Any:
    """An iterator that its `initializer` starts, over a dataset of either generation."""
    return DatasetV1._wrap(dataset._node).make_initializable_iterator(shared_name)


def _spec_of(dataset_or_iterator: Any) -> Any:
    try:
        return dataset_or_iterator.element_spec
    except AttributeError:
        raise TypeError("Invalid `dataset_or_iterator`. `dataset_or_iterator` must be a `tf.data.Dataset` or "
                        f"tf.data.Iterator object, but got {type(dataset_or_iterator)}.") from None


@public(v1=("data.get_output_types",))
def get_output_types(dataset_or_iterator: Any) -> Any:
    """The dtypes of the tensors of an element."""
    return structure.types_of(_spec_of(dataset_or_iterator))


@public(v1=("data.get_output_shapes",))
def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The shapes of the tensors of an element."""
    return structure.shapes_of(_spec_of(dataset_or_iterator))


@public(v1=("data.get_output_classes",))
def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The classes of the parts of an element."""
    return structure.classes_of(_spec_of(dataset_or_iterator))


@public("data.experimental.get_structure")
def get_structure(dataset_or_iterator: Any) -> Any:
    """The structure of an element: a `TypeSpec` for each part. Raises TypeError for other objects."""
    return _spec_of(dataset_or_iterator)


