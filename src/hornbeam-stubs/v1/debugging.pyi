"""The public names of `hornbeam.v1.debugging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.checks import assert_ as _Assert
from hornbeam.ops.compare import is_non_decreasing as is_non_decreasing
from hornbeam.ops.compare import is_strictly_increasing as is_strictly_increasing
from typing import Any

Assert = _Assert
def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    r"""`tensor`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`."""
def is_finite(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is neither infinite nor NaN."""
def is_inf(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is infinite, of either sign."""
def is_nan(x: Any, name: str | None = None) -> Any:
    r"""Whether each element is NaN."""
