"""The public names of `hornbeam.v1.bitwise`. Written by tools/make_api.py: run `make api`, do not edit."""

from typing import Any

def bitwise_and(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The bits that both integers have; shapes broadcast."""
def bitwise_or(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The bits that one integer or the other has; shapes broadcast."""
def bitwise_xor(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The bits that just one of two integers has; shapes broadcast."""
def invert(x: Any, name: str | None = None) -> Any:
    r"""Every bit of each integer flipped: -x - 1 where it has a sign."""
def left_shift(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The bits of x moved up by y places (0 to the number of bits less one); shapes broadcast."""
def right_shift(x: Any, y: Any, name: str | None = None) -> Any:
    r"""The bits of x moved down by y places; a negative x keeps its sign. Shapes broadcast."""
