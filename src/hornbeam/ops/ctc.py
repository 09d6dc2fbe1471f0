"""`tf.nn.ctc_loss` of both generations, and what prepares labels for it."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.names import public, register
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops import array, math
from hornbeam.ops.ctc_kernels import collapse_repeated_op, ctc_labels_op, ctc_loss_op, unique_labels_op


def _classes(logits: Any) -> int:
    if logits.dims is None or len(logits.dims) != 3 or logits.dims[2] is None:
        raise ValueError(f"ctc_loss needs logits of rank 3 with a known number of classes, not {logits.shape}")
    return logits.dims[2]


def _of_sparse(labels: SparseTensor, logits: Any, lengths: Any, collapse: bool, merge: bool,
               ignore_longer: bool) -> Any:
    """Loss and gradient of sparse labels; the blank is the last class."""
    count = _classes(logits)
    found = ctc_labels_op(labels.indices, math.cast(labels.values, dtypes.int32), labels.dense_shape,
                          num_classes=count, preprocess_collapse_repeated=collapse)
    return ctc_loss_op(logits, found.labels, found.label_length, math.cast(array.convert(lengths), dtypes.int32),
                       blank_index=count - 1, ctc_merge_repeated=merge, ignore_longer=bool(ignore_longer))


@composite("CTCLoss")
def _loss_v1(labels: Any, logits: Any, lengths: Any, collapse: bool, merge: bool, ignore_longer: bool,
             time_major: bool, name: str | None = None) -> Any:
    x = array.convert(logits, name="inputs")
    x = x if time_major else array.transpose(x, [1, 0, 2])
    return _of_sparse(as_sparse(labels), x, lengths, collapse, merge, ignore_longer).loss


@public(v1=("nn.ctc_loss",))
def ctc_loss_v1(labels: Any, inputs: Any = None, sequence_length: Any = None,
                preprocess_collapse_repeated: bool = False, ctc_merge_repeated: bool = True,
                ignore_longer_outputs_than_inputs: bool = False, time_major: bool = True, logits: Any = None) -> Any:
    """Minus the log probability of labels, over all paths that stand for them. Graves et al. 2006.

    labels: a sparse int32 tensor [batch, n] of classes below num_classes - 1, which is the blank. inputs, logits:
    [time, batch, num_classes], or [batch, time, num_classes] without `time_major`. sequence_length: int32 [batch].
    preprocess_collapse_repeated: drop labels equal to the one before. ctc_merge_repeated: whether a label said twice
    counts once. ignore_longer_outputs_than_inputs: the loss is 0, not an error, where there are more labels than time
    steps. Returns the losses [batch].
    Raises TypeError for labels that are not sparse, InvalidArgumentError for labels that are no classes or take more
    time than there is.
    """
    if not isinstance(labels, (SparseTensor, SparseTensorValue)):
        raise TypeError("Expected argument `labels` to be a SparseTensor. Received labels="
                        f"{labels} of type: {type(labels).__name__}")
    if inputs is not None and logits is not None:
        raise ValueError("Cannot specify both 'inputs' and 'logits'.")
    return _loss_v1(labels, inputs if logits is None else logits, sequence_length, preprocess_collapse_repeated,
                    ctc_merge_repeated, ignore_longer_outputs_than_inputs, time_major)


@public(v2=("nn.ctc_loss",), v1=("nn.ctc_loss_v2",))
@composite("ctc_loss")
def ctc_loss(labels: Any, logits: Any, label_length: Any, logit_length: Any, logits_time_major: bool = True,
             unique: Any = None, blank_index: Any = None, name: str | None = None) -> Any:
    """Minus the log probability of labels, over all paths that stand for them. Graves et al. 2006.

    labels: int [batch, n], padded; or a sparse tensor, which needs `blank_index`. logits: [time, batch, classes], or
    [batch, time, classes] without `logits_time_major`. label_length, logit_length: int [batch]; the former may be None
    for sparse labels. unique: what `ctc_unique_labels` gave; accepted. blank_index: the class of the blank, 0 by
    default; negative ones count from the end.
    Returns the losses [batch], infinite where labels take more time than there is.
    Raises ValueError for sparse labels without `blank_index`, and for one that is no class.
    """
    x = array.convert(logits, name="logits")
    x = x if logits_time_major else array.transpose(x, [1, 0, 2])
    count = _classes(x)
    sparse = isinstance(labels, (SparseTensor, SparseTensorValue))
    if sparse and blank_index is None:
        raise ValueError("Argument `blank_index` must be provided when `labels` is a `SparseTensor`.")
    blank = int(blank_index or 0)
    blank += count if blank < 0 else 0
    if not 0 <= blank < count:
        raise ValueError(f"Argument `blank_index` must be within the range [{-count}, {count}). Received: "
                         f"{blank_index}")
    if not sparse:
        own = [math.cast(array.convert(v), dtypes.int32) for v in (labels, label_length, logit_length)]
        return ctc_loss_op(x, *own, blank_index=blank).loss
    found = as_sparse(labels)
    if blank != count - 1:
        x = array.concat([x[:, :, :blank], x[:, :, blank + 1:], x[:, :, blank:blank + 1]], 2)
        values = found.values
        found = found.with_values(array.where(math.less(values, blank), values, values - 1))
    return _of_sparse(found, x, logit_length, False, True, False).loss


@public("nn.ctc_unique_labels")
def ctc_unique_labels(labels: Any, name: str | None = None) -> tuple[Any, Any]:
    """The distinct labels of each row, in the order they come, padded with zeros; and for each label its number.

    labels: int [batch, n]. Returns two tensors of that shape, int64 and int32.
    """
    found = unique_labels_op(labels, name=name or "ctc_unique_labels")
    return found.unique, found.idx


@public("nn.collapse_repeated")
def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> tuple[Any, Any]:
    """The labels of each row without those equal to the one before; and how many remain.

    labels: int [batch, n]. seq_length: int [batch]. Returns (labels [batch, longest], padded with zeros, lengths).
    """
    found = collapse_repeated_op(labels, seq_length, name=name or "collapse_repeated_labels")
    return found.labels, found.seq_length


_Loss = namedtuple("CTCLoss", ["loss", "gradient"])


def _raw_loss(*, inputs: Any, labels_indices: Any, labels_values: Any, sequence_length: Any,
              preprocess_collapse_repeated: bool = False, ctc_merge_repeated: bool = True,
              ignore_longer_outputs_than_inputs: bool = False, name: str | None = None) -> Any:
    """Losses of sparse labels and the gradient for the logits [time, batch, classes]."""
    lengths = array.convert(sequence_length)
    batch = math.cast(array.size(lengths), dtypes.int64)
    labels = SparseTensor(labels_indices, labels_values, array.stack([batch, np.int64(0)]))
    return _Loss(*_of_sparse(labels, array.convert(inputs), lengths, preprocess_collapse_repeated, ctc_merge_repeated,
                             ignore_longer_outputs_than_inputs))


_raw_loss.__name__ = "CTCLoss"
register(_raw_loss, ("raw_ops.CTCLoss",))
