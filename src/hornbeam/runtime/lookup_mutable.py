"""Lookup tables that operations change."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.call import convert_to_tensor, graph_for
from hornbeam.graph.names import public
from hornbeam.ops import tables
from hornbeam.runtime.lookup import TableOfHandle, _creation, _flat, scoped


class _Mutable(TableOfHandle):
    """What both kinds share."""

    _default_name = ""

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str) -> None:
        super().__init__(key_dtype, value_dtype)
        self._default_value = convert_to_tensor(default_value, self._value_dtype, name=self._default_name)
        self._value_shape = tuple(self._default_value.shape.as_list())
        self._resource_handle = self._make(name)
        graph = graph_for(self._resource_handle)
        self._name = name if graph is None else self._resource_handle.op.name.split("/")[-1]

    def _make(self, name: str) -> Any:
        raise NotImplementedError

    def _keys(self, keys: Any) -> Any:
        flat = self._tensor(keys, self._key_dtype)
        if flat.dtype.base_dtype is not self._key_dtype:
            raise TypeError(f"Signature mismatch. Keys must be dtype {self._key_dtype}, got {flat.dtype}.")
        return flat

    def lookup(self, keys: Any, dynamic_default_values: Any = None, name: str | None = None) -> Any:
        """The values of `keys`: [keys' shape, a value's shape].

        dynamic_default_values: what other keys get, a value for each, in the place of `default_value`.
        Raises TypeError for keys of another dtype.
        """
        given, back = _flat(keys)
        flat = self._keys(given)
        with scoped(name or f"{self.name}_lookup_table_find", self._resource_handle, flat):
            default = self._default_value if dynamic_default_values is None else dynamic_default_values
            found = tables.find_op(self._resource_handle, flat, default)
            if flat.shape.rank is not None and graph_for(found) is not None:
                found.set_shape([*flat.shape.as_list(), *self._value_shape])
            return back(found)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Any:
        """Set the values of `keys`. In a graph the operation that does so. Raises TypeError for other dtypes."""
        flat = self._keys(keys)
        made = self._tensor(values, self._value_dtype)
        if made.dtype.base_dtype is not self._value_dtype:
            raise TypeError(f"Signature mismatch. Values must be dtype {self._value_dtype}, got {made.dtype}.")
        with scoped(name or f"{self.name}_lookup_table_insert", self._resource_handle, flat, made):
            return self._operation(tables.insert_op(self._resource_handle, flat, made))

    def remove(self, keys: Any, name: str | None = None) -> Any:
        """Forget `keys`; those that are not there are ignored. In a graph the operation that does so."""
        flat = self._keys(keys)
        with scoped(name or f"{self.name}_lookup_table_remove", self._resource_handle, flat):
            return self._operation(tables.remove_op(self._resource_handle, flat))

    def export(self, name: str | None = None) -> Any:
        """All keys, and their values."""
        with scoped(name or f"{self.name}_lookup_table_export_values", self._resource_handle):
            return tuple(tables.export_op(self._resource_handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype))

    def _operation(self, made: Any) -> Any:
        graph = graph_for(self._resource_handle)
        return made if graph is None else graph.last_added


@public(v2=("lookup.experimental.MutableHashTable",))
class MutableHashTable(_Mutable):
    """A table that `insert` and `remove` change.

    default_value: what keys get that the table has not; its shape is that of all values. checkpoint,
    experimental_is_anonymous: accepted.

    >>> table = MutableHashTable("string", "int64", -1)
    >>> table.insert(["a", "b"], [1, 2])
    >>> table.lookup(["b", "z"]).numpy().tolist()
    [2, -1]
    """

    _default_name = "Const"

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str = "MutableHashTable",
                 checkpoint: bool = True, experimental_is_anonymous: bool = False) -> None:
        with _creation():
            super().__init__(key_dtype, value_dtype, default_value, name)

    def _make(self, name: str) -> Any:
        types = {"key_dtype": self._key_dtype, "value_dtype": self._value_dtype}
        if self._value_shape:
            return tables.mutable_hash_table_of_tensors_op(**types, value_shape=self._value_shape, name=name)
        return tables.mutable_hash_table_op(**types, name=name)


@public(v2=("lookup.experimental.DenseHashTable",))
class DenseHashTable(_Mutable):
    """A table that `insert` and `erase` change, which takes all keys but `empty_key` and `deleted_key`.

    default_value: what keys get that the table has not; its shape is that of all values. initial_num_buckets,
    checkpoint, experimental_is_anonymous: accepted. Raises InvalidArgumentError where a forbidden key is used.
    """

    _default_name = "default_value"

    def __init__(self, key_dtype: Any, value_dtype: Any, default_value: Any, empty_key: Any, deleted_key: Any,
                 initial_num_buckets: int | None = None, name: str = "MutableDenseHashTable", checkpoint: bool = True,
                 experimental_is_anonymous: bool = False) -> None:
        self._forbidden = empty_key, deleted_key
        with _creation():
            super().__init__(key_dtype, value_dtype, default_value, name)

    def _make(self, name: str) -> Any:
        empty, deleted = (convert_to_tensor(key, self._key_dtype, name=what) for key, what in
                          zip(self._forbidden, ("empty_key", "deleted_key"), strict=True))
        return tables.mutable_dense_hash_table_op(empty, deleted, value_dtype=self._value_dtype,
                                                  value_shape=self._value_shape, name=name)

    def lookup(self, keys: Any, name: str | None = None) -> Any:  # type: ignore[override]
        """The values of `keys`: [keys' shape, a value's shape]. Raises TypeError for keys of another dtype."""
        return super().lookup(keys, name=name)

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> Any:
        """`insert` under another name."""
        return self.insert(keys, values, name)

    def erase(self, keys: Any, name: str | None = None) -> Any:
        """`remove` under another name."""
        return self.remove(keys, name)
