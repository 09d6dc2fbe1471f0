"""The public names of `hornbeam.v1.manip`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.ops.moving import roll as roll
from hornbeam.ops.shaping import reshape as reshape
from hornbeam.v1.adapters.array import gather_nd as gather_nd
from typing import Any

def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Any:
    r"""The inverse of `space_to_batch_nd`: batch entries put back into blocks, then cropped."""
def reverse(tensor: Any, axis: Any, name: str | None = None) -> Any:
    r"""The elements in reverse order along each of the dimensions that `axis` lists."""
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: str = '', name: str | None = None) -> Any:
    r"""Zeros of the given shape, to which the updates are added at their places; repeated places add up."""
def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Any:
    r"""The elements of each block of the padded spatial dimensions spread over as many batch entries."""
def tile(input: Any, multiples: Any, name: str | None = None) -> Any:
    r"""`input` repeated `multiples[i]` times along each dimension i."""
