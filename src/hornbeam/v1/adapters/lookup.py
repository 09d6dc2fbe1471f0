"""Lookup tables as TF1 makes them: in the default graph, and under their names in `contrib.lookup`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.names import public, register
from hornbeam.graph.op import registry as ops
from hornbeam.ops import array, tables
from hornbeam.runtime import lookup, lookup_mutable
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.lookup import FAST_HASH, HasherSpec, IdTable, InitializableTable, scoped
from hornbeam.train.checkpoints.saveables import SaveableObject, SaveSpec

Class = TypeVar("Class", bound=type)


def _building(made: Class) -> Class:
    """Makes a class build in the default graph, as this namespace's functions do."""
    make = made.__init__

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        with mode.graph_first():
            make(self, *args, **kwargs)

    __init__.__wrapped__ = make  # type: ignore[attr-defined]
    __init__.__doc__ = make.__doc__
    made.__init__ = __init__
    return made


@public(v1=("lookup.KeyValueTensorInitializer", "contrib.lookup.KeyValueTensorInitializer"))
@_building
class KeyValueTensorInitializer(lookup.KeyValueTensorInitializer):
    """Fills a table with `keys`, which must differ, and `values`. See `hornbeam.lookup.KeyValueTensorInitializer`."""

    def __init__(self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None,
                 name: str | None = None) -> None:
        super().__init__(keys, values, key_dtype, value_dtype, name)


@public(v1=("lookup.TextFileInitializer", "contrib.lookup.TextFileInitializer"))
@_building
class TextFileInitializer(lookup.TextFileInitializer):
    """Fills a table from the lines of a text file. See `hornbeam.lookup.TextFileInitializer`."""

    def __init__(self, filename: Any, key_dtype: Any, key_index: int, value_dtype: Any, value_index: int,
                 vocab_size: int | None = None, delimiter: str = "\t", name: str | None = None,
                 value_index_offset: int = 0) -> None:
        super().__init__(filename, key_dtype, key_index, value_dtype, value_index, vocab_size, delimiter, name,
                         value_index_offset)


@public(v1=("contrib.lookup.TextFileIdTableInitializer",))
class TextFileIdTableInitializer(TextFileInitializer):
    """From the words of a file to the numbers of their lines."""

    def __init__(self, filename: Any, key_column_index: int = tables.WHOLE_LINE,
                 value_column_index: int = tables.LINE_NUMBER, vocab_size: int | None = None, delimiter: str = "\t",
                 name: str | None = "text_file_id_table_init", key_dtype: Any = dtypes.string) -> None:
        super().__init__(filename, key_dtype, key_column_index, dtypes.int64, value_column_index, vocab_size,
                         delimiter, name)


@public(v1=("contrib.lookup.TextFileStringTableInitializer",))
class TextFileStringTableInitializer(TextFileInitializer):
    """From the numbers of a file's lines to their words."""

    def __init__(self, filename: Any, key_column_index: int = tables.LINE_NUMBER,
                 value_column_index: int = tables.WHOLE_LINE, vocab_size: int | None = None, delimiter: str = "\t",
                 name: str | None = "text_file_string_table_init") -> None:
        super().__init__(filename, dtypes.int64, key_column_index, dtypes.string, value_column_index, vocab_size,
                         delimiter, name)


class _WithInitializer(InitializableTable):
    @property
    def initializer(self) -> Any:
        """The operation that fills the table."""
        return self._init_op

    @property
    def init(self) -> Any:
        """The older name of `initializer`."""
        return self._init_op


@public(v1=("lookup.StaticHashTable",))
@_building
class StaticHashTable(_WithInitializer, lookup.StaticHashTable):
    """A table from keys to values that `tables_initializer()` fills. See `hornbeam.lookup.StaticHashTable`."""

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None,
                 experimental_is_anonymous: bool = False) -> None:
        super().__init__(initializer, default_value, name, experimental_is_anonymous)


@public(v1=("contrib.lookup.HashTable",))
@_building
class HashTable(_WithInitializer, lookup.StaticHashTable):
    """A table from keys to values that `tables_initializer()` fills. shared_name: accepted."""

    def __init__(self, initializer: Any, default_value: Any, shared_name: str | None = None,
                 name: str | None = None) -> None:
        super().__init__(initializer, default_value, name)


@public(v1=("lookup.StaticVocabularyTable",))
@_building
class StaticVocabularyTable(lookup.StaticVocabularyTable):
    """The ids of a vocabulary and of buckets behind it. See `hornbeam.lookup.StaticVocabularyTable`."""

    def __init__(self, initializer: Any, num_oov_buckets: int, lookup_key_dtype: Any = None, name: str | None = None,
                 experimental_is_anonymous: bool = False) -> None:
        super().__init__(initializer, num_oov_buckets, lookup_key_dtype, name, experimental_is_anonymous)


@public(v1=("contrib.lookup.IdTableWithHashBuckets",))
@_building
class IdTableWithHashBuckets(IdTable):
    """The ids of a table, and `num_oov_buckets` behind them for what it has not, by hash."""

    def __init__(self, table: Any, num_oov_buckets: int, hasher_spec: HasherSpec = FAST_HASH, name: str | None = None,
                 key_dtype: Any = None) -> None:
        super().__init__(table, num_oov_buckets, hasher_spec, name, key_dtype)


class _TableSaveable(SaveableObject):
    """The keys and values of a table, as checkpoints have them: `NAME-keys` and `NAME-values`."""

    def __init__(self, table: Any) -> None:
        keys, values = table.export()
        super().__init__(table, [SaveSpec(keys, "", f"{table.name}-keys", table.key_dtype),
                                 SaveSpec(values, "", f"{table.name}-values", table.value_dtype)], table.name)

    def restore(self, restored_tensors: Any, restored_shapes: Any) -> Any:
        keys, values = restored_tensors
        with scoped(f"{self.name}_table_restore", self.op.resource_handle):
            tables.import_op(self.op.resource_handle, keys, values)
            return mode.default_graph().last_added


def _saved(table: Any, checkpoint: bool) -> None:
    """Let savers save a table that belongs to a graph."""
    graph = graph_for(table.resource_handle)
    if checkpoint and graph is not None:
        graph.outermost.add_to_collection(GraphKeys.SAVEABLE_OBJECTS, _TableSaveable(table))


@public(v1=("lookup.experimental.MutableHashTable", "contrib.lookup.MutableHashTable"))
@_building
class MutableHashTable(lookup_mutable.MutableHashTable):
    """A table that `insert` and `remove` change. See `hornbeam.lookup.experimental.MutableHashTable`."""

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str = "MutableHashTable",
                 checkpoint: bool = True, experimental_is_anonymous: bool = False) -> None:
        super().__init__(key_dtype, value_dtype, default_value, name, checkpoint, experimental_is_anonymous)
        _saved(self, checkpoint)


@public(v1=("lookup.experimental.DenseHashTable",))
@_building
class DenseHashTable(lookup_mutable.DenseHashTable):
    """A table that takes all keys but two. See `hornbeam.lookup.experimental.DenseHashTable`."""

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, empty_key: Any, deleted_key: Any,
                 initial_num_buckets: int | None = None, name: str = "MutableDenseHashTable", checkpoint: bool = True,
                 experimental_is_anonymous: bool = False) -> None:
        super().__init__(key_dtype, value_dtype, default_value, empty_key, deleted_key, initial_num_buckets, name,
                         checkpoint, experimental_is_anonymous)
        _saved(self, checkpoint)


register(DenseHashTable, v1=("contrib.lookup.MutableDenseHashTable",))
register(HasherSpec, v1=("contrib.lookup.HasherSpec",))
register(FAST_HASH, v1=("contrib.lookup.FastHashSpec",))


# Functions of contrib.lookup -------------------------------------------------------------------------


def _table(initializer: Callable[[], Any], default: Any, buckets: int, spec: HasherSpec, key_dtype: Any) -> Any:
    """A table in a scope of its own, with buckets behind it where there are any."""
    with scoped("hash_table"):
        made = StaticHashTable(initializer(), default)
    return IdTable(made, buckets, spec, None, key_dtype) if buckets else made


@public(v1=("contrib.lookup.index_table_from_file",))
def index_table_from_file(vocabulary_file: Any = None, num_oov_buckets: int = 0, vocab_size: int | None = None,
                          default_value: int = -1, hasher_spec: HasherSpec = FAST_HASH,
                          key_dtype: Any = dtypes.string, name: str | None = None,
                          key_column_index: int = tables.WHOLE_LINE, value_column_index: int = tables.LINE_NUMBER,
                          delimiter: str = "\t") -> Any:
    """A table from the words of a file to the numbers of their lines, int64; other words get a bucket or the default.

    Raises ValueError for no file, negative numbers of buckets and sizes below 1; TypeError for key dtypes that are
    neither strings nor integers.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"`vocab_size` must be greater than 0, got {vocab_size} for vocabulary file: "
                         f"{vocabulary_file!r}.")
    held = dtypes.as_dtype(key_dtype)
    if not (held.is_integer or held is dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    with _scope(name or "string_to_index"):
        return _table(lambda: TextFileInitializer(
            vocabulary_file, dtypes.int64 if held.is_integer else held, key_column_index, dtypes.int64,
            value_column_index, vocab_size, delimiter, "table_init"), default_value, num_oov_buckets, hasher_spec, held)


def _scope(name: str) -> Any:
    return mode.default_graph().name_scope(name)


def _numbered(keys: Any) -> Any:
    """0, 1, … for the elements of a tensor, int64."""
    return ops["Cast"](array.range(array.size(keys)), DstT=dtypes.int64)


@public(v1=("contrib.lookup.index_table_from_tensor", "contrib.lookup.string_to_index_table_from_tensor"))
def index_table_from_tensor(mapping: Any, num_oov_buckets: int = 0, default_value: int = -1,
                            hasher_spec: HasherSpec = FAST_HASH, dtype: Any = dtypes.string,
                            name: str | None = None) -> Any:
    """A table from the elements of a 1-D tensor to their places, int64; others get a bucket or the default.

    Raises ValueError for no tensor and negative numbers of buckets, TypeError for dtypes that do not fit.
    """
    if mapping is None:
        raise ValueError("`mapping` must be specified.")
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")
    wanted = dtypes.as_dtype(dtype)
    if not (wanted.is_integer or wanted is dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    keys = convert_to_tensor(mapping) if not wanted.is_integer or hasattr(mapping, "dtype") else convert_to_tensor(
        mapping, wanted)
    if keys.dtype.is_integer != wanted.is_integer:
        raise TypeError(f"Invalid key dtype, expected {wanted}, received {keys.dtype}.")
    with _scope(name or "string_to_index"):
        values = _numbered(keys)
        if keys.dtype.is_integer and keys.dtype is not dtypes.int64:
            keys = ops["Cast"](keys, DstT=dtypes.int64)
        return _table(lambda: KeyValueTensorInitializer(keys, values, name="table_init"), default_value,
                      num_oov_buckets, hasher_spec, wanted)


@public(v1=("contrib.lookup.string_to_index_table_from_file",))
def string_to_index_table_from_file(vocabulary_file: Any = None, num_oov_buckets: int = 0,
                                    vocab_size: int | None = None, default_value: int = -1,
                                    hasher_spec: HasherSpec = FAST_HASH, name: str | None = None) -> Any:
    """The older name of `index_table_from_file`."""
    return index_table_from_file(vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, name=name)


@public(v1=("contrib.lookup.index_to_string_table_from_file",))
def index_to_string_table_from_file(vocabulary_file: Any, vocab_size: int | None = None, default_value: str = "UNK",
                                    name: str | None = None, key_column_index: int = tables.LINE_NUMBER,
                                    value_column_index: int = tables.WHOLE_LINE, delimiter: str = "\t") -> Any:
    """A table from the numbers of a file's lines, int64, to their words. Raises ValueError as its inverse does."""
    if not hasattr(vocabulary_file, "dtype") and not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"`vocab_size` must be greater than 0, got {vocab_size}.")
    with _scope(name or "index_to_string"):
        return StaticHashTable(TextFileInitializer(vocabulary_file, dtypes.int64, key_column_index, dtypes.string,
                                                   value_column_index, vocab_size, delimiter, "table_init"),
                               default_value)


@public(v1=("contrib.lookup.index_to_string_table_from_tensor",))
def index_to_string_table_from_tensor(mapping: Any, default_value: str = "UNK", name: str | None = None) -> Any:
    """A table from places, int64, to the strings of a 1-D tensor. Raises ValueError where there is none."""
    if mapping is None:
        raise ValueError("`mapping` must be specified.")
    with _scope(name or "index_to_string"):
        values = convert_to_tensor(mapping, dtypes.string)
        keys = _numbered(values)
        return StaticHashTable(KeyValueTensorInitializer(keys, values, name="table_init"), default_value)


@public(v1=("contrib.lookup.string_to_index",))
def string_to_index(tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None) -> Any:
    """The places of strings in the 1-D tensor `mapping`, int64."""
    return index_table_from_tensor(mapping, default_value=default_value, name=name).lookup(tensor)


@public(v1=("contrib.lookup.index_to_string",))
def index_to_string(tensor: Any, mapping: Any, default_value: str = "UNK", name: str | None = None) -> Any:
    """The strings at int64 places of the 1-D tensor `mapping`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)
