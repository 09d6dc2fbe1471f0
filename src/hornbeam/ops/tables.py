"""Lookup tables: dictionaries from keys to values, as resources that a session keeps (`graph/resources.py`)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.dtypes import DType
from hornbeam.graph.op import never, op
from hornbeam.graph.resources import Resource, handle, held, kept
from hornbeam.ops.files import told

WHOLE_LINE, LINE_NUMBER = -2, -1
"""What stands for a column of a text file: the line itself, and its number."""

_NEVER = never("a table of keys and values")
_WAIVED = {"samples": "tests/runtime/test_lookup.py uses them through the classes"}


def _array(values: Any, dtype: DType, shape: tuple[int, ...]) -> np.ndarray:
    """A list of scalars or rows as one array."""
    if dtype is not dtypes.string:
        return np.array(values, dtype.np_dtype).reshape(shape)
    made = np.empty(len(values), object)
    made[:] = values
    return made.reshape(shape) if made.dtype == object and np.shape(values[:1])[1:] == () else np.stack(values)


def _text(key: Any) -> str:
    return key.decode(errors="replace") if isinstance(key, bytes) else str(key)


class Table(Resource):
    """Keys, each a scalar, and their values, scalars or rows of one shape."""

    def __init__(self, key_dtype: DType, value_dtype: DType, value_shape: tuple[int, ...] = ()) -> None:
        self.key_dtype, self.value_dtype, self.value_shape = key_dtype, value_dtype, tuple(value_shape)
        self.entries: dict[Any, Any] = {}
        self.lock = threading.RLock()

    def agrees(self, attrs: dict[str, Any]) -> None:
        """Raises InvalidArgumentError where another operation of this name has other dtypes."""
        key_dtype = attrs.get("key_dtype", self.key_dtype)  # a dense table's follows from its inputs
        if (key_dtype, attrs["value_dtype"]) != (self.key_dtype, self.value_dtype):
            raise errors.InvalidArgumentError(
                None, None, f"Conflicting key/value dtypes {self.key_dtype.name}->{self.value_dtype.name} with "
                f"{key_dtype.name}->{attrs['value_dtype'].name}")

    def check_ready(self) -> None:
        """Raises FailedPreconditionError where the table cannot be read yet."""

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        """The value of each key; where there is none the default, of one value's shape or of one for each key."""
        self._check_keys(keys)
        self.check_ready()
        flat, shape = np.ravel(keys).tolist(), (*np.shape(keys), *self.value_shape)
        with self.lock:
            if np.ndim(default) == len(self.value_shape):
                other = default[()] if not self.value_shape else default
                found = [self.entries.get(k, other) for k in flat]
            else:
                others = np.reshape(default, (len(flat), *self.value_shape))
                found = [self.entries.get(k, others[i]) for i, k in enumerate(flat)]
        return _array(found, self.value_dtype, shape)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Set the values of keys. Raises UnimplementedError where the table does not change."""
        raise errors.UnimplementedError(None, None, "Insert not supported by tables that are filled once")

    def remove(self, keys: np.ndarray) -> None:
        """Forget keys. Raises UnimplementedError where the table does not change."""
        raise errors.UnimplementedError(None, None, "Remove not supported by tables that are filled once")

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Take these entries in the place of all others."""
        self._check(keys, values)
        with self.lock:
            self.entries = dict(self._pairs(keys, values))

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        """All keys, and their values in the same order."""
        self.check_ready()
        with self.lock:
            keys, values = list(self.entries), list(self.entries.values())
        return (_array(keys, self.key_dtype, (len(keys),)),
                _array(values, self.value_dtype, (len(keys), *self.value_shape)))

    def _pairs(self, keys: np.ndarray, values: np.ndarray) -> Iterator[tuple[Any, Any]]:
        flat = np.reshape(values, (np.size(keys), *self.value_shape))
        return zip(np.ravel(keys).tolist(), flat if self.value_shape else flat.tolist(), strict=True)

    def _check_keys(self, keys: np.ndarray) -> None:
        if dtypes.from_numpy(keys.dtype) is not self.key_dtype:
            raise errors.InvalidArgumentError(None, None, f"Key must be type {self.key_dtype.name} but got "
                                              f"{dtypes.from_numpy(keys.dtype).name}")

    def _check(self, keys: np.ndarray, values: np.ndarray) -> None:
        self._check_keys(keys)
        if dtypes.from_numpy(values.dtype) is not self.value_dtype:
            raise errors.InvalidArgumentError(None, None, f"Value must be type {self.value_dtype.name} but got "
                                              f"{dtypes.from_numpy(values.dtype).name}")
        if np.shape(values) != (*np.shape(keys), *self.value_shape):
            raise errors.InvalidArgumentError(
                None, None, f"Expected shape {[*np.shape(keys), *self.value_shape]} for value, got "
                f"{list(np.shape(values))}")


@final
class StaticTable(Table):
    """A table that is filled once: again only with the same entries."""

    def __init__(self, key_dtype: DType, value_dtype: DType) -> None:
        super().__init__(key_dtype, value_dtype)
        self.ready = False

    def check_ready(self) -> None:
        if not self.ready:
            raise errors.FailedPreconditionError(None, None, "Table not initialized.")

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Take the entries. Raises FailedPreconditionError where a key has two values, or others than before."""
        self._check(keys, values)
        made: dict[Any, Any] = {}
        for key, value in self._pairs(keys, values):
            before = made.setdefault(key, value)
            if before != value:
                raise errors.FailedPreconditionError(
                    None, None, f"HashTable has different value for same key. Key {_text(key)} has {_text(before)} and "
                    f"trying to add value {_text(value)}")
        with self.lock:
            if self.ready and made != self.entries:
                raise errors.FailedPreconditionError(None, None,
                                                     "Table was already initialized with different data.")
            self.entries, self.ready = made, True


@final
class MutableTable(Table):
    """A table that operations change. `forbidden`: keys that mark empty places in dense tables."""

    def __init__(self, key_dtype: DType, value_dtype: DType, value_shape: tuple[int, ...] = (),
                 forbidden: tuple[Any, ...] = ()) -> None:
        super().__init__(key_dtype, value_dtype, value_shape)
        self.forbidden = forbidden

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        self._check(keys, values)
        self._check_allowed(keys)
        with self.lock:
            self.entries.update(self._pairs(keys, values))

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        self._check_allowed(keys)
        return super().find(keys, default)

    def remove(self, keys: np.ndarray) -> None:
        self._check_keys(keys)
        self._check_allowed(keys)
        with self.lock:
            for key in np.ravel(keys).tolist():
                self.entries.pop(key, None)

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Take these entries in the place of all others; keys that mark empty places stand for nothing.

        Dense tables of TensorFlow are saved with their empty places, keys as a column.
        """
        keys = keys[:, 0] if np.ndim(keys) == 2 and np.shape(keys)[1] == 1 else keys
        if self.forbidden:
            held = np.array([k not in self.forbidden for k in np.ravel(keys).tolist()], bool)
            keys, values = keys[held], values[held]
        super().fill(keys, values)

    def _check_allowed(self, keys: np.ndarray) -> None:
        for name, key in zip(("empty_key", "deleted_key"), self.forbidden, strict=False):
            if key in np.ravel(keys).tolist():
                raise errors.InvalidArgumentError(None, None, f"Using the {name} as a table key is not allowed")


# The ops ---------------------------------------------------------------------------------------------

_KEYS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64, dtypes.bool, dtypes.string)
_DTYPES = {"key_dtype": "type", "value_dtype": "type"}


@op("HashTableV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVED, attr_types=_DTYPES)
def hash_table_op(*, key_dtype: Any, value_dtype: Any, container: str = "", shared_name: str = "",
                  use_node_name_sharing: bool = False):
    """A handle of a table that is filled once."""
    return handle(StaticTable(key_dtype, value_dtype))


@op("MutableHashTableV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVED,
    attr_types=_DTYPES)
def mutable_hash_table_op(*, key_dtype: Any, value_dtype: Any, container: str = "", shared_name: str = "",
                          use_node_name_sharing: bool = False):
    """A handle of a table from scalars to scalars."""
    return handle(MutableTable(key_dtype, value_dtype))


@op("MutableHashTableOfTensorsV2", inputs="", host=True, stateful=True, differentiable=_NEVER, waive=_WAIVED,
    attr_types=_DTYPES)
def mutable_hash_table_of_tensors_op(*, key_dtype: Any, value_dtype: Any, container: str = "", shared_name: str = "",
                                     use_node_name_sharing: bool = False, value_shape: Any = ()):
    """A handle of a table from scalars to tensors of one shape."""
    return handle(MutableTable(key_dtype, value_dtype, tuple(value_shape)))


@op("MutableDenseHashTableV2", inputs="empty_key: key_dtype, deleted_key: key_dtype", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED, attr_types={"value_dtype": "type"}, key_dtype=_KEYS)
def mutable_dense_hash_table_op(empty_key, deleted_key, *, value_dtype: Any, container: str = "",
                                shared_name: str = "", use_node_name_sharing: bool = False, value_shape: Any = (),
                                initial_num_buckets: int = 131072, max_load_factor: float = 0.8):
    """A handle of a table that takes all keys but two."""
    if np.array_equal(empty_key, deleted_key):
        raise errors.InvalidArgumentError(None, None, "Empty and deleted keys cannot be equal")
    return handle(MutableTable(dtypes.from_numpy(np.asarray(empty_key).dtype), value_dtype, tuple(value_shape),
                               (np.asarray(empty_key).tolist(), np.asarray(deleted_key).tolist())))


for _op in (hash_table_op, mutable_hash_table_op, mutable_hash_table_of_tensors_op, mutable_dense_hash_table_op):
    kept(_op)


@op("LookupTableFindV2", inputs="table_handle: resource, keys: Tin, default_value: Tout", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def find_op(table_handle, keys, default_value):
    """The values of keys, and the default where a table has none."""
    return held(table_handle).find(np.asarray(keys), np.asarray(default_value))


@find_op.shape
def _(inputs, attrs):
    _, keys, default = inputs
    return [(keys.dims if default.dims == () else None, default.dtype)]


@op("LookupTableInsertV2", inputs="table_handle: resource, keys: Tin, values: Tout", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def insert_op(table_handle, keys, values):
    """Sets the values of keys."""
    held(table_handle).insert(np.asarray(keys), np.asarray(values))
    return ()


@op("LookupTableRemoveV2", inputs="table_handle: resource, keys: Tin", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def remove_op(table_handle, keys):
    """Forgets keys."""
    held(table_handle).remove(np.asarray(keys))
    return ()


@op("LookupTableImportV2", inputs="table_handle: resource, keys: Tin, values: Tout", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def import_op(table_handle, keys, values):
    """Fills a table with these entries alone."""
    held(table_handle).fill(np.asarray(keys), np.asarray(values))
    return ()


@op("InitializeTableV2", inputs="table_handle: resource, keys: Tkey, values: Tval", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def initialize_op(table_handle, keys, values):
    """Fills a table with these entries."""
    held(table_handle).fill(np.asarray(keys), np.asarray(values))
    return ()


@op("LookupTableSizeV2", inputs="table_handle: resource", host=True, stateful=True, differentiable=_NEVER,
    waive=_WAIVED)
def size_op(table_handle):
    """How many keys a table has, int64."""
    table = held(table_handle)
    table.check_ready() if table.entries else None
    return np.array(len(table.entries), np.int64)


@op("LookupTableExportV2", inputs="table_handle: resource", outputs=("keys", "values"), host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED, attr_types={"Tkeys": "type", "Tvalues": "type"})
def export_op(table_handle, *, Tkeys: Any, Tvalues: Any):
    """All keys of a table, and their values."""
    return held(table_handle).export()


for _op in (insert_op, remove_op, import_op, initialize_op):
    _op.shape(lambda inputs, attrs: [])
size_op.shape(lambda inputs, attrs: [((), dtypes.int64)])
export_op.shape(lambda inputs, attrs: [((None,), attrs["Tkeys"]), (None, attrs["Tvalues"])])


# From text files -------------------------------------------------------------------------------------


@op("InitializeTableFromTextFileV2", inputs="table_handle: resource, filename: string", host=True, stateful=True,
    differentiable=_NEVER, waive=_WAIVED)
def initialize_from_file_op(table_handle, filename, *, key_index: int, value_index: int, vocab_size: int = -1,
                            delimiter: str = "\t", offset: int = 0):
    """Fills a table from the lines of a file."""
    table = held(table_handle)
    path = np.asarray(filename)[()]
    path = path.decode() if isinstance(path, bytes) else str(path)
    lines = _lines(path, vocab_size)
    columns = [_column(path, lines, index, dtype, delimiter, offset if index == LINE_NUMBER else 0,
                       max(key_index, value_index))
               for index, dtype in ((key_index, table.key_dtype), (value_index, table.value_dtype))]
    table.fill(*columns)
    return ()


initialize_from_file_op.shape(lambda inputs, attrs: [])


def _lines(path: str, count: int) -> list[bytes]:
    """The lines of a file, the first `count` of them unless it is -1."""
    with told(), open(path, "rb") as file:
        lines = file.read().replace(b"\r", b"").split(b"\n")
    if not lines[-1]:
        lines.pop()
    if count > len(lines):
        raise errors.InvalidArgumentError(None, None, f"Invalid vocab_size in {path}: expected {count} but got "
                                          f"{len(lines)}")
    return lines if count < 0 else lines[:count]


def _column(path: str, lines: list[bytes], index: int, dtype: DType, delimiter: str, offset: int,
            needed: int) -> np.ndarray:
    """One column of all lines: a number for fields, WHOLE_LINE or LINE_NUMBER."""
    if index == LINE_NUMBER:
        return np.arange(offset, len(lines) + offset, dtype=dtype.np_dtype)
    if index == WHOLE_LINE:
        fields = lines
    else:
        fields = []
        for number, line in enumerate(lines):
            parts = line.split(delimiter.encode())
            if len(parts) <= needed:
                raise errors.InvalidArgumentError(
                    None, None, f"Invalid number of columns in {path} line {number} ({_text(line)}) : expected "
                    f"{needed} got {len(parts)}")
            fields.append(parts[index])
    return _array([_parsed(f, i, dtype) for i, f in enumerate(fields)], dtype, (len(fields),))


def _parsed(field: bytes, line: int, dtype: DType) -> Any:
    if dtype is dtypes.string:
        return field
    try:
        return float(field) if dtype.is_floating else int(field)
    except ValueError:
        raise errors.InvalidArgumentError(
            None, None, f"Field {_text(field)} in line {line} is not a valid {dtype.name}.") from None
