"""The lax primitives that NumPy evaluates, one row each; `table.py` says what a row is.

Importing this package fills the table.
"""

from hornbeam.backend.numpy_primitives import (
    control,
    convert,
    elementwise,
    indexing,
    linear,
    random,
    reductions,
    shapes,
    sorting,
    special,
    windows,
)

__all__ = [
    "control",
    "convert",
    "elementwise",
    "indexing",
    "linear",
    "random",
    "reductions",
    "shapes",
    "sorting",
    "special",
    "windows",
]
