"""Sparse tensors as TensorFlow 1 joins and splits them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, final

from hornbeam.graph.names import public
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import sparse


@final
class _KeywordRequired:
    def __repr__(self) -> str:
        return "KeywordRequired()"


_KEYWORD = _KeywordRequired()


@public(v1=("sparse_concat", "sparse.concat"))
def sparse_concat(axis: Any, sp_inputs: Sequence[Any], name: str | None = None, expand_nonconcat_dim: bool = False,
                  concat_dim: Any = None, expand_nonconcat_dims: bool | None = None) -> SparseTensor:
    """Sparse tensors joined along `axis`, places in row-major order.

    expand_nonconcat_dims: let the other dimensions differ, and take the largest. concat_dim and expand_nonconcat_dim
    are retired names.
    """
    expand = expand_nonconcat_dim if expand_nonconcat_dims is None else expand_nonconcat_dims
    return sparse.concat(axis if concat_dim is None else concat_dim, sp_inputs, expand, name)


@public(v1=("sparse_split", "sparse.split"))
def sparse_split(keyword_required: Any = _KEYWORD, sp_input: Any = None, num_split: Any = None, axis: Any = None,
                 name: str | None = None, split_dim: Any = None) -> list[Any]:
    """`num_split` sparse tensors that make up the whole along `axis`, all given by keyword.

    split_dim: the retired name of `axis`. Raises ValueError where an argument is missing or has no keyword.
    """
    if keyword_required is not _KEYWORD:
        raise ValueError("Keyword arguments are required for this function.")
    if axis is not None and split_dim is not None:
        raise ValueError("Cannot specify both 'split_dim' and 'axis'.")
    return sparse.split(sp_input, num_split, split_dim if axis is None else axis, name)
