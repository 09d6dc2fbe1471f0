"""Lookup tables as users make them: from tensors and files, filled once or changed by operations.

In a graph a table that is filled once comes with an operation that does so, in the collection `TABLE_INITIALIZERS`,
which `tables_initializer()` runs; eagerly it is filled when it is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.dtypes import DType
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import hashing, tables
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.graph_functions import init_scope

__all__ = ["InitializableTable", "LookupInterface", "StaticHashTable", "StaticVocabularyTable"]


@public("lookup.TextFileIndex", v1=("contrib.lookup.TextFileIndex",))
@final
class TextFileIndex:
    """What stands for a column of a text file: the line itself, or its number."""

    WHOLE_LINE = tables.WHOLE_LINE
    LINE_NUMBER = tables.LINE_NUMBER


@contextmanager
def scoped(name: str, *values: Any) -> Iterator[None]:
    """The graph of `values` opened, with a name scope; nothing where calls run at once."""
    graph = graph_for(*values)
    if graph is None:
        with mode.opened(None):
            yield
    else:
        with mode.opened(graph), graph.name_scope(name):
            yield


def _flat(keys: Any) -> tuple[Any, Any]:
    """The keys of a tensor, sparse or ragged one as a tensor, and what puts their values in the same structure."""
    if isinstance(keys, SparseTensor):
        return keys.values, lambda values: SparseTensor(keys.indices, values, keys.dense_shape)
    if hasattr(keys, "flat_values") and hasattr(keys, "with_flat_values"):
        return keys.flat_values, keys.with_flat_values
    return keys, lambda values: values


class _Typed:
    """What has the dtypes of keys and values: tables, and what fills them."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype, self._value_dtype = dtypes.as_dtype(key_dtype), dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The dtype of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of the values."""
        return self._value_dtype


# What fills a table ----------------------------------------------------------------------------------


@public(v1=("contrib.lookup.TableInitializerBase",))
class TableInitializerBase(_Typed, ABC):
    """What fills a table; `initialize(table)` makes the operation."""

    @property
    def _shared_name(self) -> str:
        """What tables that are filled alike share, "" where each has its own."""
        return ""

    @abstractmethod
    def initialize(self, table: Any) -> Any:
        """The operation that fills `table`; eagerly it is filled."""

    def _check(self, table: Any) -> None:
        for what, mine, other in (("key", self.key_dtype, table.key_dtype),
                                  ("value", self.value_dtype, table.value_dtype)):
            if mine is not other:
                raise TypeError(f"Invalid {what} dtype, expected {mine.name} but got {other.name}.")


@public(v2=("lookup.KeyValueTensorInitializer",))
class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with `keys`, which must differ, and `values`, a value for each.

    keys, values: tensors of one shape, or lists. key_dtype, value_dtype: by default those that the lists have.
    Raises ValueError or TypeError where these do not fit.
    """

    def __init__(self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None,
                 name: str | None = None) -> None:
        self._keys = convert_to_tensor(keys, key_dtype, name="keys")
        self._values = convert_to_tensor(values, value_dtype, name="values")
        self._name = name or "key_value_init"
        super().__init__(self._keys.dtype.base_dtype, self._values.dtype.base_dtype)

    def initialize(self, table: Any) -> Any:
        self._check(table)
        with scoped(self._name, table.resource_handle, self._keys, self._values):
            made = tables.import_op(table.resource_handle, self._keys, self._values)
            return _filling(made, table)


def _filling(made: Any, table: Any) -> Any:
    graph = graph_for(table.resource_handle)
    if graph is None:
        return made
    operation = graph.last_added
    graph.outermost.add_to_collection(GraphKeys.TABLE_INITIALIZERS, operation)
    return operation


@public(v2=("lookup.TextFileInitializer",))
class TextFileInitializer(TableInitializerBase):
    """Fills a table from the lines of a text file.

    key_index, value_index: the number of a column, or of `TextFileIndex`: WHOLE_LINE (strings), LINE_NUMBER (int64).
    vocab_size: how many lines to read, by default all. value_index_offset: where line numbers begin as values.
    Raises ValueError for columns that are no columns, and where dtypes do not fit them.
    """

    def __init__(self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int,
                 vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
                 value_index_offset: int = 0) -> None:
        super().__init__(key_dtype, value_dtype)
        if not isinstance(filename, str) and not hasattr(filename, "dtype") and not hasattr(filename, "__fspath__"):
            raise ValueError("Filename required for TextFileInitializer")
        for what, index, dtype in (("Key", key_index, self.key_dtype), ("Value", value_index, self.value_dtype)):
            if index < -2:
                raise ValueError(f"Invalid {what.lower()} index {index}.")
            if index == tables.LINE_NUMBER and dtype is not dtypes.int64:
                raise ValueError(f"Signature mismatch. {what}s must be dtype {dtypes.int64}, got {dtype}.")
            if index == tables.WHOLE_LINE and dtype is not dtypes.string and not (what == "Key" and dtype.is_integer):
                raise ValueError(f"Signature mismatch. {what}s must be dtype {dtypes.string}, got {dtype}.")
        if key_index == value_index:
            raise ValueError(f"Key and value indices can not be the same; both are {key_index}.")
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"`vocab_size` should be greater than 0, got {vocab_size}.")
        self._filename_arg = filename
        self._columns: dict[str, Any] = {"key_index": int(key_index), "value_index": int(value_index)}
        self._vocab_size = -1 if vocab_size is None else int(vocab_size)
        self._delimiter, self._offset = delimiter, int(value_index_offset)
        self._name = name or "text_file_init"
        self._filename = convert_to_tensor(filename if hasattr(filename, "dtype") else str(filename), dtypes.string,
                                           name="asset_path")
        graph = graph_for(self._filename)
        if graph is not None:
            graph.outermost.add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)

    @property
    def _shared_name(self) -> str:
        if not isinstance(self._filename_arg, str):
            return ""
        columns = (f"_{self._vocab_size}" if self._vocab_size > 0 else "",
                   f"{self._columns['key_index']}_{self._columns['value_index']}")
        return f"hash_table_{self._filename_arg}{columns[0]}_{columns[1]}_{self._delimiter}_{self._offset}"

    def initialize(self, table: Any) -> Any:
        self._check(table)
        with scoped(self._name, table.resource_handle):
            made = tables.initialize_from_file_op(table.resource_handle, self._filename, vocab_size=self._vocab_size,
                                                  delimiter=self._delimiter, offset=self._offset, **self._columns)
            return _filling(made, table)


# Tables ----------------------------------------------------------------------------------------------


@public(v1=("contrib.lookup.LookupInterface",))
class LookupInterface(_Typed, ABC):
    """What all tables have: `lookup`, `size`, and the dtypes of keys and values."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The table's name."""

    @property
    def resource_handle(self) -> Any:
        """The tensor that stands for the table."""
        raise AttributeError("resource_handle")

    @abstractmethod
    def size(self, name: str | None = None) -> Any:
        """How many keys there are, an int64 scalar."""

    @abstractmethod
    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of `keys`, of their shape."""

    def __getitem__(self, keys: Any) -> Any:
        """`lookup(keys)`."""
        return self.lookup(keys)


class TableOfHandle(LookupInterface):
    """A table that a handle stands for; subclasses make the handle, and set the name."""

    _name: str
    _resource_handle: Any

    @property
    def name(self) -> str:
        return self._name

    @property
    def resource_handle(self) -> Any:
        return self._resource_handle

    def size(self, name: str | None = None) -> Any:
        with scoped(name or f"{self.name}_Size", self._resource_handle):
            return tables.size_op(self._resource_handle)

    def _tensor(self, value: Any, dtype: DType) -> Any:
        """A tensor as it is, an array with its own dtype, any other value with `dtype`; in the handle's graph."""
        if isinstance(value, np.ndarray):
            return _converted(value, None, self._resource_handle)
        return value if hasattr(value, "dtype") else _converted(value, dtype, self._resource_handle)


@contextmanager
def _creation() -> Iterator[None]:
    """Where a table is made: outside of the functions that are traced."""
    if mode.executing_eagerly():
        yield
    else:
        with init_scope():
            yield


@public(v1=("contrib.lookup.InitializableLookupTableBase",))
class InitializableTable(TableOfHandle):
    """A table that is filled once, by an initializer."""

    def __init__(self, default_value: Any, initializer: TableInitializerBase, name: str | None = None) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, self._value_dtype)
        if self._default_value.shape.rank not in (0, None):
            raise ValueError(f"Shape {self._default_value.shape} must have rank 0")
        self._initializer = initializer
        graph = graph_for()
        self._resource_handle = tables.hash_table_op(
            key_dtype=self._key_dtype, value_dtype=self._value_dtype, name=name or "hash_table",
            shared_name=initializer._shared_name if graph is not None else "")
        self._name = name or "hash_table" if graph is None else self._resource_handle.op.name.rpartition("/")[2]
        self._init_op = initializer.initialize(self)

    @property
    def default_value(self) -> Any:
        """What keys get that the table has not."""
        return self._default_value

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of `keys`, a tensor, sparse or ragged one. Raises TypeError for keys of another dtype."""
        flat, back = _flat(keys)
        flat = self._tensor(flat, self._key_dtype)
        if flat.dtype.base_dtype is not self._key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype}, received: {flat.dtype}")
        with scoped(name or f"{self.name}_Lookup", self._resource_handle, flat):
            return back(tables.find_op(self._resource_handle, flat, self._default_value))

    def export(self, name: str | None = None) -> Any:
        """All keys, and their values."""
        with scoped(name or f"{self.name}_Export", self._resource_handle):
            return tuple(tables.export_op(self._resource_handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype))


def _converted(value: Any, dtype: DType | None, home: Any) -> Any:
    """A value that is no tensor, in the graph of `home`."""
    graph = graph_for(home)
    if graph is None or mode.current_graph() is not None:
        return convert_to_tensor(value, dtype)
    with mode.opened(graph):
        return convert_to_tensor(value, dtype)


@public(v2=("lookup.StaticHashTable",))
class StaticHashTable(InitializableTable):
    """A table from keys to values that is filled once.

    initializer: `KeyValueTensorInitializer` or `TextFileInitializer`. default_value: what other keys get.

    >>> table = StaticHashTable(KeyValueTensorInitializer(["a", "b"], [1, 2]), default_value=-1)
    >>> table.lookup(["b", "z"]).numpy().tolist()
    [2, -1]
    """

    def __init__(self, initializer: TableInitializerBase, default_value: Any, name: str | None = None,
                 experimental_is_anonymous: bool = False) -> None:
        with _creation():
            super().__init__(default_value, initializer, name)


class HasherSpec(NamedTuple):
    """How keys that a vocabulary has not are hashed."""

    hasher: str
    key: Any


FAST_HASH = HasherSpec("fasthash", None)


@public(v1=("contrib.lookup.StrongHashSpec",))
def strong_hash_spec(key: Any) -> HasherSpec:
    """A keyed hash. key: two integers. Raises ValueError for others."""
    if len(key) != 2:
        raise ValueError(f"key must have size 2, got {len(key)}")
    return HasherSpec("stronghash", tuple(int(k) for k in key))


class IdTable(LookupInterface):
    """The ids of a vocabulary, and behind them buckets for what it has not.

    table: from keys to int64 ids, or None. num_oov_buckets: how many buckets; without any, the table's default.
    """

    def __init__(self, table: InitializableTable | None, num_oov_buckets: int, hasher_spec: HasherSpec = FAST_HASH,
                 name: str | None = None, key_dtype: Any = None) -> None:
        held = dtypes.as_dtype(key_dtype) if key_dtype is not None else (
            table.key_dtype if table is not None else dtypes.string)
        if not (held.is_integer or held is dtypes.string):
            raise TypeError(f"Invalid key dtype, expected one of integers and string, received {held}.")
        if table is not None and table.value_dtype is not dtypes.int64:
            raise TypeError(f"Invalid value dtype, expected {dtypes.int64}, received {table.value_dtype}.")
        if table is None and num_oov_buckets <= 0:
            raise ValueError(f"oov_buckets must be > 0 if no table is supplied, but was {num_oov_buckets}.")
        super().__init__(held, dtypes.int64)
        self._table, self._buckets, self._hasher = table, int(num_oov_buckets), hasher_spec
        self._name = name.split("/")[-1] if name else (table.name if table is not None else "hash_bucket")

    @property
    def name(self) -> str:
        return self._name

    @property
    def resource_handle(self) -> Any:
        if self._table is None:
            raise ValueError("The table has no resource: there are only buckets.")
        return self._table.resource_handle

    @property
    def initializer(self) -> Any:
        """The operation that fills the table."""
        return None if self._table is None else self._table._init_op

    init = initializer

    def size(self, name: str | None = None) -> Any:
        if self._table is None:
            return convert_to_tensor(np.int64(self._buckets))
        with scoped(name or f"{self.name}_Size", self.resource_handle):
            found = self._table.size()
            return found + self._buckets if self._buckets else found

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The ids of `keys`, int64. Raises TypeError for keys of another dtype."""
        flat, back = _flat(keys)
        home = () if self._table is None else (self._table.resource_handle,)
        if not hasattr(flat, "dtype") or isinstance(flat, np.ndarray):
            flat = _converted(flat, self._key_dtype if not isinstance(flat, np.ndarray) else None,
                              home[0] if home else None)
        wanted = self._key_dtype if self._table is None else self._table.key_dtype
        given = flat.dtype.base_dtype
        if given is not self._key_dtype and not (given.is_integer and self._key_dtype.is_integer):
            raise TypeError(f"Dtype of argument `keys` must be {self._key_dtype}, received: {flat.dtype}")
        with scoped(name or f"{self.name}_Lookup", *home, flat):
            return back(self._ids(flat if given is wanted or self._table is None else ops["Cast"](flat, DstT=wanted)))

    def _ids(self, keys: Any) -> Any:
        if not self._buckets:
            assert self._table is not None
            return self._table.lookup(keys)
        words = keys if keys.dtype.base_dtype is dtypes.string else ops["AsString"](keys)
        buckets = self._bucket(words)
        if self._table is None:
            return buckets
        ids = self._table.lookup(keys)
        buckets = ops["AddV2"](buckets, self._table.size(), name="Add")
        return ops["SelectV2"](ops["NotEqual"](ids, self._table.default_value), ids, buckets)

    def _bucket(self, words: Any) -> Any:
        if self._hasher.hasher == "stronghash":
            return hashing.to_hash_bucket_strong(words, num_buckets=self._buckets, key=tuple(self._hasher.key),
                                                 name="hash_bucket")
        if self._hasher.hasher != "fasthash":
            raise ValueError(f"Unknown hasher: {self._hasher.hasher}")
        return hashing.to_hash_bucket_fast(words, num_buckets=self._buckets, name="hash_bucket")


@public(v2=("lookup.StaticVocabularyTable",))
class StaticVocabularyTable(IdTable):
    """The ids of a vocabulary, and `num_oov_buckets` behind them for what it has not, by hash.

    initializer: fills the ids 0 … n-1, int64; None for buckets alone. lookup_key_dtype: the dtype of keys, by default
    that of the initializer. Raises ValueError where there are no buckets.

    >>> table = StaticVocabularyTable(KeyValueTensorInitializer(["a", "b"], np.arange(2)), num_oov_buckets=5)
    >>> table.lookup(["b", "z"]).numpy().tolist()
    [1, 4]
    """

    def __init__(self, initializer: TableInitializerBase | None, num_oov_buckets: int, lookup_key_dtype: Any = None,
                 name: str | None = None, experimental_is_anonymous: bool = False) -> None:
        if num_oov_buckets <= 0:
            raise ValueError(f"num_oov_buckets must be > 0, but was {num_oov_buckets}.")
        if initializer is None:
            table = None
        else:
            if not (initializer.key_dtype.is_integer or initializer.key_dtype is dtypes.string):
                raise TypeError(f"Invalid `key_dtype`, expected one of integers and string, received "
                                f"{initializer.key_dtype}.")
            if initializer.value_dtype is not dtypes.int64:
                raise TypeError(f"Invalid `value_dtype`, expected {dtypes.int64} but got {initializer.value_dtype}.")
            with _creation():
                table = InitializableTable(-1, initializer, name)
        super().__init__(table, num_oov_buckets, FAST_HASH, None, lookup_key_dtype)
