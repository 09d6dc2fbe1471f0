"""`data.Dataset`: sources, iteration, and what a dataset is to the rest of the framework.

What makes other datasets of one stands in `transformations.py` and `combining.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from collections.abc import Iterator as PythonIterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self

import numpy as np

from hornbeam.data import structure
from hornbeam.data.api import elements, specs
from hornbeam.data.api.combining import Combining
from hornbeam.data.api.iterators import Iterator, NumpyIterator
from hornbeam.data.api.options import Options
from hornbeam.data.api.specs import DatasetSpec
from hornbeam.data.api.storing import Storing, load
from hornbeam.data.pipeline import iteration, several, sources
from hornbeam.data.pipeline.node import INFINITE, UNKNOWN, Context, Made, Node, boxed, integer_of, value_of, walk
from hornbeam.graph import dtypes, errors, mode, seeds
from hornbeam.graph.names import public
from hornbeam.graph.tensor import EagerTensor, GraphTensor
from hornbeam.graph.tensor_spec import TensorSpec, TypeSpec
from hornbeam.runtime import gfile


@public(v2=("data.Dataset",))
class Dataset(Combining, Storing):
    """Elements that come one after another: rows of arrays, lines of files, whatever a generator gives.

    An element is a tensor, or nested tuples and dictionaries of tensors. Sources (`from_tensor_slices`, …) make a
    dataset, transformations (`map`, `batch`, `shuffle`, …) another one of it. A dataset is only a description: each
    `for` over it computes the elements anew.

    >>> dataset = Dataset.range(5).map(lambda x: x * x).batch(2)
    >>> [batch.numpy().tolist() for batch in dataset]
    [[0, 1], [4, 9], [16]]
    """

    def __init__(self, variant_tensor: Any) -> None:
        if isinstance(variant_tensor, Node):
            self._node = variant_tensor
            return
        raise TypeError("A dataset is made by one of its sources, such as `Dataset.from_tensor_slices`.")

    @classmethod
    def _wrap(cls, node: Node) -> Any:
        made = object.__new__(Dataset)
        made._node = node
        return made

    def _made(self, node: Node) -> Any:
        return self._wrap(node)

    @classmethod
    def _mode(cls) -> AbstractContextManager[Any]:
        """The scope in which methods decide whether they build a graph."""
        return nullcontext()

    # What it is -----------------------------------------------------------------------------------

    @property
    def element_spec(self) -> Any:
        """The structure of an element: a `TypeSpec` for each tensor."""
        return self._node.spec

    @property
    def _type_spec(self) -> DatasetSpec:
        return DatasetSpec(self._node.spec)

    @property
    def _element_spec(self) -> Any:
        return self._node.spec

    def _as_variant(self) -> Any:
        """The dataset as the value of a scalar tensor."""
        symbols = self._node.symbols()
        if symbols or mode.current_graph() is not None:
            return iteration.dataset_variant_op(symbols, dataset=self._node)
        return EagerTensor(boxed(Made(self._node)), dtypes.variant)

    def cardinality(self) -> Any:
        """How many elements there are: a scalar int64 tensor, INFINITE_CARDINALITY or UNKNOWN_CARDINALITY.

        >>> int(Dataset.range(42).filter(lambda x: x > 3).cardinality()) == UNKNOWN
        True
        """
        with self._mode():
            symbols = self._node.symbols()
            if symbols or mode.current_graph() is not None:
                return iteration.dataset_cardinality_op(symbols, dataset=self._node)
            return EagerTensor(np.array(self._node.cardinality(Context()), np.int64))

    def options(self) -> Options:
        """The options that were set on this dataset and those it is made of."""
        found = Options()
        for node in reversed(list(walk(self._node))):
            if node.options is not None:
                found = found.merge(node.options)
        return found

    def __len__(self) -> int:
        with self._mode():
            if mode.current_graph() is not None:
                raise TypeError("`tf.data.Dataset` only supports `len` in eager mode. Use "
                                "`tf.data.Dataset.cardinality()` instead.")
        count = self._node.cardinality(Context())
        if count == INFINITE:
            raise TypeError("The dataset is infinite.")
        if count == UNKNOWN:
            raise TypeError("The dataset length is unknown.")
        return count

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{_kind(self._node)} element_spec={self.element_spec!r}>"

    # Iterating ------------------------------------------------------------------------------------

    def __iter__(self) -> PythonIterator[Any]:
        with self._mode():
            graph = mode.current_graph()
            if graph is not None and not graph.in_program_order:
                raise RuntimeError("`tf.data.Dataset` only supports Python-style iteration in eager mode or within "
                                   "tf.function.")
            return Iterator._of(self._node)  # type: ignore[return-value]

    def as_numpy_iterator(self) -> NumpyIterator:
        """An iterator that gives arrays instead of tensors. Raises TypeError for elements that are none.

        >>> [int(number) for number in Dataset.range(3).as_numpy_iterator()]
        [0, 1, 2]
        """
        for spec in structure.flatten(self.element_spec):
            if hasattr(spec, "_from_box") and not isinstance(spec, DatasetSpec):
                raise TypeError(f"`tf.data.Dataset.as_numpy_iterator()` is not supported for datasets that produce "
                                f"values of type {spec.value_type}")
        with self._mode():
            if mode.current_graph() is not None:
                raise RuntimeError("`tf.data.Dataset.as_numpy_iterator()` is only supported in eager mode.")
        return NumpyIterator(self)

    _autograph_widens = True

    def _autograph_for(self, step: Any, start: Any, go_on: Any) -> Any:
        return iter(self)._autograph_for(step, start, go_on)  # type: ignore[attr-defined]

    # Sources --------------------------------------------------------------------------------------

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> Self:
        """A dataset of one element, `tensors`.

        >>> list(Dataset.from_tensors([1, 2]).as_numpy_iterator())
        [array([1, 2], dtype=int32)]
        """
        spec, leaves = elements.normalized(tensors)
        return cls._wrap(sources.TensorsNode([leaves], spec))

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> Self:
        """A dataset of the rows of `tensors`: a tensor, or nested tuples and dictionaries of equally long ones.

        Raises ValueError for scalars and where lengths differ.

        >>> [int(row["a"]) for row in Dataset.from_tensor_slices({"a": [1, 2], "b": [3., 4.]})]
        [1, 2]
        """
        spec, leaves = elements.normalized(tensors)
        _check_rows(structure.flatten(spec))
        return cls._wrap(sources.SlicesNode(leaves, spec))

    @classmethod
    def range(cls, *args: Any, **kwargs: Any) -> Self:
        """`range(stop)`, `range(start, stop)` or `range(start, stop, step)` as a dataset of numbers.

        output_type: the dtype, int64 by default. name: accepted. Raises ValueError for no or more than three numbers.
        """
        if not 1 <= len(args) <= 3:
            raise ValueError(f"Invalid `args`. The length of `args` should be between 1 and 3 but was {len(args)}.")
        unknown = set(kwargs) - {"output_type", "name"}
        if unknown:
            raise TypeError(f"range() got an unexpected keyword argument {sorted(unknown)[0]!r}")
        start, stop, step = (0, args[0], 1) if len(args) == 1 else (*args, 1)[:3]
        dtype = dtypes.as_dtype(kwargs.get("output_type", dtypes.int64))
        return cls._wrap(sources.RangeNode(integer_of(start, "start"), integer_of(stop, "stop"),
                                           integer_of(step, "step"), dtype))

    @classmethod
    def counter(cls, start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64, name: str | None = None) -> Self:
        """The numbers from `start` on by `step`, without end."""
        kind = dtypes.as_dtype(dtype)
        return cls._wrap(sources.CounterNode(value_of(start, kind), value_of(step, kind), kind))

    @classmethod
    def random(cls, seed: Any = None, rerandomize_each_iteration: bool | None = None, name: str | None = None) -> Self:
        """Random int64 numbers below 2³², without end.

        seed: as for `shuffle`. rerandomize_each_iteration: whether each pass has other numbers.
        """
        return cls._wrap(sources.RandomNode(cls._seeds(seed), bool(rerandomize_each_iteration)))

    @classmethod
    def from_generator(cls, generator: Callable[..., Any], output_types: Any = None, output_shapes: Any = None,
                       args: Sequence[Any] | None = None, output_signature: Any = None,
                       name: str | None = None) -> Self:
        """A dataset of what Python's generators give: `generator(*args)` is called anew for each pass.

        output_signature: a structure of `TypeSpec`s that describes an item. output_types, output_shapes: the older
        spelling. args: tensors that `generator` gets as arrays. Items that do not fit are InvalidArgumentErrors.
        Raises TypeError and ValueError for arguments that do not go together.

        >>> spec = TensorSpec((), dtypes.int32)
        >>> [int(number) for number in Dataset.from_generator(lambda: range(3), output_signature=spec)]
        [0, 1, 2]
        """
        if not callable(generator):
            raise TypeError("`generator` must be a Python callable.")
        if output_signature is None and output_types is None:
            raise TypeError("Either `output_signature` or `output_types` must be specified.")
        if output_signature is not None and (output_types is not None or output_shapes is not None):
            raise TypeError("The `output_types` and `output_shapes` arguments cannot be used together with the "
                            "`output_signature` argument.")
        if output_signature is None:
            output_signature = structure.spec_from_legacy(output_types, output_shapes)
        for leaf in structure.flatten(output_signature):
            if not isinstance(leaf, TypeSpec):
                raise TypeError(f"`output_signature` must contain objects that are subclass of `tf.TypeSpec` but found "
                                f"{type(leaf)} which is not.")
        given = [value_of(a, None, "args") for a in args or ()]
        return cls._wrap(sources.GeneratorNode(generator, output_signature, given))

    @classmethod
    def list_files(cls, file_pattern: Any, shuffle: bool | None = None, seed: Any = None,
                   name: str | None = None) -> Self:
        """The names of the files that match a pattern, or any of several: scalar strings.

        shuffle: whether in a random order, which they are unless told otherwise. seed: as for `shuffle`. Raises
        InvalidArgumentError where nothing matches.
        """
        patterns = value_of(file_pattern, dtypes.string)
        if isinstance(patterns, GraphTensor):
            raise TypeError("`file_pattern` must be known while the dataset is made; read it from a list of names with "
                            "`from_tensor_slices` otherwise.")
        names = sorted({name for p in patterns.reshape(-1).tolist() for name in gfile.glob(p.decode())})
        if not names:
            shown = ", ".join(p.decode() for p in patterns.reshape(-1).tolist())
            raise errors.InvalidArgumentError(None, None, f"No files matched pattern: {shown}")
        found = cls.from_tensor_slices(np.array([n.encode() for n in names], object))
        if shuffle is None or shuffle:
            found = found.shuffle(len(names), seed=seed)
        return found

    @classmethod
    def zip(cls, *args: Any, datasets: Any = None, name: str | None = None) -> Self:
        """The elements of several datasets side by side, as many as the shortest has.

        args: datasets, or one nested structure of them (`datasets` is its older name). Raises TypeError where
        something else is among them.
        """
        if not args and datasets is None:
            raise TypeError("Must pass at least one dataset to `zip`.")
        if args and datasets is not None:
            raise TypeError("Both `*args` and `datasets` cannot be set.")
        given = (args[0] if len(args) == 1 else args) if args else datasets
        if isinstance(given, list):
            raise TypeError("Invalid input to `zip`. Inputs are expected to be (nested) structures of "
                            f"`tf.data.Dataset` objects. Encountered object of type {type(given)}.")
        parts = structure.flatten(given)
        for part in parts:
            if not isinstance(part, Dataset):
                raise TypeError("Invalid input to `zip`. Inputs are expected to be (nested) structures of "
                                f"`tf.data.Dataset` objects. Encountered object of type {type(part)}.")
        spec = structure.pack(given, [p.element_spec for p in parts])
        return cls._wrap(several.ZipNode([p._node for p in parts], spec))

    @classmethod
    def choose_from_datasets(cls, datasets: Sequence[Any], choice_dataset: Any,
                             stop_on_empty_dataset: bool = True) -> Self:
        """The next element of the dataset that the next number of `choice_dataset` (scalar int64) names.

        stop_on_empty_dataset: whether to end with the first dataset that has no more, rather than go on without it.
        """
        if choice_dataset.element_spec != TensorSpec((), dtypes.int64):
            raise TypeError("`choice_dataset` elements must be scalar `tf.int64` tensors.")
        return cls._chosen(choice_dataset._node, datasets, stop_on_empty_dataset)

    @classmethod
    def sample_from_datasets(cls, datasets: Sequence[Any], weights: Any = None, seed: Any = None,
                             stop_on_empty_dataset: bool = False,
                             rerandomize_each_iteration: bool | None = None) -> Self:
        """Elements drawn from several datasets.

        weights: how often each is drawn from, a tensor or a list, or a dataset of such; equally by default.
        seed: as for `shuffle`. stop_on_empty_dataset: as for `choose_from_datasets`.
        rerandomize_each_iteration: whether each pass draws anew.
        """
        parent = None
        if weights is None:
            weights = np.full(len(datasets), 1 / max(len(datasets), 1))
        elif isinstance(weights, Dataset):
            parent, weights = weights._node, None
        if weights is not None:
            weights = value_of(weights)
            if isinstance(weights, np.ndarray) and weights.shape != (len(datasets),):
                raise ValueError(f"Invalid `weights`. The shape of `weights` should be compatible with "
                                 f"`[len(datasets)]` but is {list(weights.shape)}.")
        if not datasets:
            raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
        again = bool(rerandomize_each_iteration)
        choice = several.WeightedChoiceNode(weights, cls._seeds(seed), again, parent)
        return cls._chosen(choice, datasets, stop_on_empty_dataset)

    @classmethod
    def _chosen(cls, choice: Node, datasets: Sequence[Any], stop: bool) -> Any:
        if not datasets:
            raise ValueError("Invalid `datasets`. `datasets` should not be empty.")
        spec = structure.common([d.element_spec for d in datasets], "the elements of `datasets`")
        return cls._wrap(several.ChooseNode(choice, [d._node for d in datasets], spec, bool(stop)))

    @classmethod
    def load(cls, path: Any, element_spec: Any = None, compression: str | None = None, reader_func: Any = None,
             wait: bool = False) -> Self:
        """The dataset that `save` wrote to the folder `path`.

        element_spec: must be what was saved. reader_func: a function of the dataset of shards, each a dataset, that
        gives a dataset of elements; one shard after another by default. Raises NotFoundError where there is none.
        """
        return load(cls, path, element_spec, compression, reader_func)

    # Seeds ----------------------------------------------------------------------------------------

    @classmethod
    def _seeds(cls, seed: Any) -> tuple[Any, Any]:
        """The two numbers that the order of a dataset follows from."""
        if isinstance(seed, GraphTensor):
            found = value_of(seed)
            if isinstance(found, GraphTensor):
                return np.array(seeds.DEFAULT_GRAPH_SEED), found
            seed = found
        given = None if seed is None else int(np.asarray(getattr(seed, "_value", seed)))
        with cls._mode():
            first, second = seeds.op_seeds(given)
            in_turn = mode.current_graph() is None and given is None and first is not None
        if first is None or second is None:
            first, second = random.SystemRandom().getrandbits(62), random.SystemRandom().getrandbits(62)
        elif in_turn:
            words = seeds.eager_stream(_SHUFFLE, {"seed": first, "seed2": second})
            first, second = int(words[0]), int(words[1])
        return np.array(first, np.int64), np.array(second, np.int64)


class _Drawn:
    """What draws of datasets are counted under."""

    type = "ShuffleDatasetV3"


_SHUFFLE: Any = _Drawn()


def _check_rows(specs: Sequence[Any]) -> None:
    """Raises ValueError for leaves without rows, or of different lengths."""
    if not specs:
        raise ValueError("Invalid `tensors`. `tensors` should not be empty.")
    lengths: list[int] = []
    for spec in specs:
        dims = spec.shape._dims if getattr(spec, "shape", None) is not None else None
        if dims is not None and not dims:
            raise ValueError("Unbatching a tensor is only supported for rank >= 1")
        if dims is not None and dims[0] is not None:
            lengths.append(dims[0])
    if len(set(lengths)) > 1:
        raise ValueError(f"Dimensions {lengths[0]} and {next(n for n in lengths if n != lengths[0])} are not "
                         "compatible")


_KINDS = {"SlicesNode": "_TensorSliceDataset", "TensorsNode": "_TensorDataset", "GeneratorNode": "_FlatMapDataset",
          "FilesNode": "_FilesDataset", "MemoryCacheNode": "CacheDataset", "FileCacheNode": "CacheDataset",
          "ChooseNode": "_DirectedInterleaveDataset"}


def _kind(node: Node) -> str:
    name = type(node).__name__
    if name == "MapNode" and node.values:
        return "_ParallelMapDataset"
    return _KINDS.get(name, f"_{name.removesuffix('Node')}Dataset")


specs.bind(Dataset)
