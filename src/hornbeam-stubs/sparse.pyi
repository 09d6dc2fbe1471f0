"""The public names of `hornbeam.sparse`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import SparseTensor as SparseTensor
from hornbeam.ops.sparse import concat as concat
from hornbeam.ops.sparse import expand_dims as expand_dims
from hornbeam.ops.sparse import eye as eye
from hornbeam.ops.sparse import fill_empty_rows as fill_empty_rows
from hornbeam.ops.sparse import from_dense as from_dense
from hornbeam.ops.sparse import map_values as map_values
from hornbeam.ops.sparse import reorder as reorder
from hornbeam.ops.sparse import reset_shape as reset_shape
from hornbeam.ops.sparse import reshape as reshape
from hornbeam.ops.sparse import retain as retain
from hornbeam.ops.sparse import slice_ as _slice
from hornbeam.ops.sparse import softmax as softmax
from hornbeam.ops.sparse import split as split
from hornbeam.ops.sparse import to_dense as to_dense
from hornbeam.ops.sparse import transpose as transpose
from hornbeam.ops.sparse_counting import bincount as bincount
from hornbeam.ops.sparse_cross import sparse_cross as _cross
from hornbeam.ops.sparse_cross import sparse_cross_hashed as _cross_hashed
from hornbeam.ops.sparse_math import add as add
from hornbeam.ops.sparse_math import mask as mask
from hornbeam.ops.sparse_math import maximum as maximum
from hornbeam.ops.sparse_math import minimum as minimum
from hornbeam.ops.sparse_math import reduce_max as reduce_max
from hornbeam.ops.sparse_math import reduce_sum as reduce_sum
from hornbeam.ops.sparse_math import sampled_addmm as sampled_addmm
from hornbeam.ops.sparse_math import sparse_dense_matmul as sparse_dense_matmul
from hornbeam.ops.sparse_math import to_indicator as to_indicator
from typing import Any

cross = _cross
cross_hashed = _cross_hashed
def segment_mean(data: Any, indices: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None, sparse_gradient: bool = False) -> Any:
    r"""The means of the rows of `data` that `indices` names, by segment."""
def segment_sqrt_n(data: Any, indices: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None, sparse_gradient: bool = False) -> Any:
    r"""The sums, divided by the square root of how many there are, of the rows of `data` that `indices` names, by segment."""
def segment_sum(data: Any, indices: Any, segment_ids: Any, num_segments: Any = None, name: str | None = None, sparse_gradient: bool = False) -> Any:
    r"""The sums of the rows of `data` that `indices` names, by segment."""
slice = _slice
