"""The public names of `hornbeam.v1.sparse`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam.sparse import bincount as bincount
from hornbeam.sparse import expand_dims as expand_dims
from hornbeam.sparse import eye as eye
from hornbeam.sparse import fill_empty_rows as fill_empty_rows
from hornbeam.sparse import from_dense as from_dense
from hornbeam.sparse import mask as mask
from hornbeam.sparse import maximum as maximum
from hornbeam.sparse import minimum as minimum
from hornbeam.sparse import reorder as reorder
from hornbeam.sparse import reset_shape as reset_shape
from hornbeam.sparse import reshape as reshape
from hornbeam.sparse import retain as retain
from hornbeam.sparse import slice as slice
from hornbeam.sparse import softmax as softmax
from hornbeam.sparse import sparse_dense_matmul as _matmul
from hornbeam.sparse import sparse_dense_matmul as sparse_dense_matmul
from hornbeam.sparse import to_dense as to_dense
from hornbeam.sparse import to_indicator as to_indicator
from hornbeam.sparse import transpose as transpose
from hornbeam.v1 import SparseConditionalAccumulator as SparseConditionalAccumulator
from hornbeam.v1 import SparseTensor as SparseTensor
from hornbeam.v1 import sparse_add as _add
from hornbeam.v1 import sparse_concat as _concat
from hornbeam.v1 import sparse_merge as _merge
from hornbeam.v1 import sparse_placeholder as _placeholder
from hornbeam.v1 import sparse_reduce_max as _reduce_max
from hornbeam.v1 import sparse_reduce_max_sparse as _reduce_max_sparse
from hornbeam.v1 import sparse_reduce_sum as _reduce_sum
from hornbeam.v1 import sparse_reduce_sum_sparse as _reduce_sum_sparse
from hornbeam.v1 import sparse_segment_mean as _segment_mean
from hornbeam.v1 import sparse_segment_sqrt_n as _segment_sqrt_n
from hornbeam.v1 import sparse_segment_sum as _segment_sum
from hornbeam.v1 import sparse_split as _split

add = _add
concat = _concat
matmul = _matmul
merge = _merge
placeholder = _placeholder
reduce_max = _reduce_max
reduce_max_sparse = _reduce_max_sparse
reduce_sum = _reduce_sum
reduce_sum_sparse = _reduce_sum_sparse
segment_mean = _segment_mean
segment_sqrt_n = _segment_sqrt_n
segment_sum = _segment_sum
split = _split
