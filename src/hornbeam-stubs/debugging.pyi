"""The public names of `hornbeam.debugging`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import Assert as Assert
from hornbeam.ops.checks import assert_all_finite as assert_all_finite
from typing import Any

def check_numerics(tensor: Any, message: str, name: str | None = None) -> Any:
    r"""`tensor`, once it is known that it holds neither NaN nor infinity; else InvalidArgumentError with `message`."""
