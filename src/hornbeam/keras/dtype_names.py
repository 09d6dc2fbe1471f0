"""Dtypes as Keras's objects say them: strings that have the attributes of TensorFlow's dtypes too."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.dtypes import as_dtype
from hornbeam.keras.dtypes import ALLOWED, standardize_dtype


class DTypeName(str):
    """The name of a dtype; `is_floating`, `base_dtype`, … are there as well.

    >>> dtype = dtype_name("float32"); dtype == "float32", dtype.is_floating
    (True, True)
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(as_dtype(str(self)), name)


_names = {name: DTypeName(name) for name in ALLOWED}


def dtype_name(dtype: Any) -> DTypeName:
    """The name of a dtype. Raises ValueError for what is none."""
    return _names[standardize_dtype(dtype)]
