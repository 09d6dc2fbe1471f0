"""Which part of a whole, saved as one, a variable is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class SaveSliceInfo:
    """Which part of which variable a part is: how checkpoints name it.

    full_name, full_shape: of the whole. var_offset, var_shape: where the part begins, and its shape.
    save_slice_info_def, import_scope: all that from a `SaveSliceInfoDef`.

    >>> SaveSliceInfo("w", [5, 2], [3, 0], [2, 2]).spec
    '5 2 3,2:0,2'
    """

    def __init__(self, full_name: str | None = None, full_shape: Sequence[int] | None = None,
                 var_offset: Sequence[int] | None = None, var_shape: Sequence[int] | None = None,
                 save_slice_info_def: Any = None, import_scope: str | None = None) -> None:
        if save_slice_info_def is not None:
            scope = f"{import_scope}/" if import_scope else ""
            full_name = scope + save_slice_info_def.full_name
            full_shape, var_offset = save_slice_info_def.full_shape, save_slice_info_def.var_offset
            var_shape = save_slice_info_def.var_shape
        self.full_name = full_name
        self.full_shape, self.var_offset = list(full_shape or ()), list(var_offset or ())
        self.var_shape = list(var_shape or ())

    @property
    def spec(self) -> str:
        """The shape of the whole, and start and length of the part in each dimension: `"5 2 0,3:0,2"`."""
        extents = ":".join(f"{o},{n}" for o, n in zip(self.var_offset, self.var_shape, strict=True))
        return " ".join([*map(str, self.full_shape), extents])

    def beside(self, name: str) -> SaveSliceInfo:
        """What a slot of the part is a part of."""
        return SaveSliceInfo(f"{self.full_name}/{name}", self.full_shape, self.var_offset, self.var_shape)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The `SaveSliceInfoDef`; None where the name does not stand in `export_scope`."""
        from hornbeam.graph.messages.variable_pb2 import SaveSliceInfoDef
        name = self.full_name or ""
        if export_scope and not name.startswith(export_scope):
            return None
        if export_scope:
            name = name[len(export_scope):].lstrip("/")
        return SaveSliceInfoDef(full_name=name, full_shape=self.full_shape, var_offset=self.var_offset,
                                var_shape=self.var_shape)
