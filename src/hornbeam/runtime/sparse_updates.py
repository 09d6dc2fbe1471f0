"""What variables can do with parts of themselves: methods that `Variable` takes over."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import names
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.ops import scatter


class SparseUpdates:
    """Updates and reads of rows and slices. In a graph each gives the new value, eagerly the variable itself."""

    _graph: Any

    def value(self) -> Any:
        """The value as a tensor."""
        raise AttributeError("only variables have a value")

    def _scattered(self, op: Any, delta: Any, use_locking: bool, name: str | None) -> Any:
        if not isinstance(delta, IndexedSlices):
            raise TypeError(f"sparse_delta is not IndexedSlices: {delta}")
        return self._updated(op, delta.indices, delta.values, use_locking, name)

    def _updated(self, op: Any, indices: Any, updates: Any, use_locking: bool, name: str | None) -> Any:
        made = op(self, indices, updates, use_locking=use_locking, name=name)
        return made if self._graph is not None else self

    def scatter_add(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Add to rows. Raises TypeError for what is not `IndexedSlices`, InvalidArgumentError for rows not there."""
        return self._scattered(scatter.scatter_add_op, sparse_delta, use_locking, name)

    def scatter_sub(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtract from rows."""
        return self._scattered(scatter.scatter_sub_op, sparse_delta, use_locking, name)

    def scatter_mul(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Multiply rows."""
        return self._scattered(scatter.scatter_mul_op, sparse_delta, use_locking, name)

    def scatter_div(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Divide rows."""
        return self._scattered(scatter.scatter_div_op, sparse_delta, use_locking, name)

    def scatter_max(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Rows take the larger of what they hold and the values."""
        return self._scattered(scatter.scatter_max_op, sparse_delta, use_locking, name)

    def scatter_min(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Rows take the smaller of what they hold and the values."""
        return self._scattered(scatter.scatter_min_op, sparse_delta, use_locking, name)

    def scatter_update(self, sparse_delta: IndexedSlices, use_locking: bool = False, name: str | None = None) -> Any:
        """Rows take new values."""
        return self._scattered(scatter.scatter_update_op, sparse_delta, use_locking, name)

    def batch_scatter_update(self, sparse_delta: IndexedSlices, use_locking: bool = False,
                             name: str | None = None) -> Any:
        """Rows of each batch take new values: indices and values have the variable's first dimensions in common."""
        return self._updated(scatter.scatter_nd_update_op, scatter.batched_indices(sparse_delta.indices),
                             sparse_delta.values, use_locking, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Add to the slices at index vectors."""
        return self._updated(scatter.scatter_nd_add_op, indices, updates, True, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtract from the slices at index vectors."""
        return self._updated(scatter.scatter_nd_sub_op, indices, updates, True, name)

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """The slices at index vectors take new values."""
        return self._updated(scatter.scatter_nd_update_op, indices, updates, True, name)

    def scatter_nd_max(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """The slices at index vectors take the larger of what they hold and the values."""
        return self._updated(scatter.scatter_nd_max_op, indices, updates, True, name)

    def scatter_nd_min(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """The slices at index vectors take the smaller of what they hold and the values."""
        return self._updated(scatter.scatter_nd_min_op, indices, updates, True, name)

    def sparse_read(self, indices: Any, name: str | None = None) -> Any:
        """The rows `indices`."""
        return names.names_v2["gather"].target(self.value(), indices, name=name)

    def gather_nd(self, indices: Any, name: str | None = None) -> Any:
        """The slices at index vectors."""
        return names.names_v2["gather_nd"].target(self.value(), indices, name=name)
