"""What running a cell along a sequence needs, however it is run: shapes, sequence lengths, one masked step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.tensor import Tensor


def refuse_no_cell(argument: str, cell: Any) -> None:
    """Raise TypeError where `cell` is nothing that can be run as a cell."""
    needed = [("'output_size' property is missing", hasattr(cell, "output_size")),
              ("'state_size' property is missing", hasattr(cell, "state_size")),
              ("either 'zero_state' or 'get_initial_state' method is required",
               hasattr(cell, "get_initial_state") or hasattr(cell, "zero_state")),
              ("is not callable", callable(cell))]
    missing = [text for text, there in needed if not there]
    if missing:
        raise TypeError(f"The argument {argument!r} ({cell}) is not an RNNCell: {', '.join(missing)}.")


@public(v1=("contrib.rnn.transpose_batch_time",))
def transpose_batch_time(x: Any) -> Any:
    """`x` with its first two dimensions exchanged: [batch, time, ...] ↔ [time, batch, ...].

    A tensor of fewer than two dimensions comes back as it is.
    """
    x = tf.convert_to_tensor(x)
    if x.shape.ndims is not None and x.shape.ndims < 2:
        return x
    if x.shape.ndims is None:
        order = tf.concat([[1, 0], tf.range(2, tf.rank(x))], 0)
    else:
        order = [1, 0, *range(2, x.shape.ndims)]
    return tf.transpose(x, order)


@public(v1=("contrib.rnn.best_effort_input_batch_size",))
def best_effort_input_batch_size(flat_input: Sequence[Any]) -> Any:
    """The batch size of time-major inputs: an integer where one of their shapes tells it, else a tensor."""
    for x in flat_input:
        if x.shape.ndims is not None and x.shape.ndims >= 2 and x.shape.as_list()[1] is not None:
            return x.shape.as_list()[1]
    return tf.shape(flat_input[0])[1]


def sizes_joined(batch: Any, size: Any) -> tuple[Any, list[int | None] | None]:
    """The shape [batch, *size], as what `zeros` takes and as far as it is known. `size`: int, TensorShape, tensor."""
    if isinstance(size, Tensor):
        shape = tf.concat([tf.reshape(batch, [1]), tf.reshape(size, [-1])], 0)
        return shape, None
    dims = TensorShape(size if isinstance(size, (TensorShape, list, tuple)) else [size]).as_list()
    if any(d is None for d in dims):
        raise ValueError(f"Provided a prefix or suffix of None: {batch} and {size}")
    if isinstance(batch, Tensor):
        known = tf.get_static_value(batch)
        static = None if known is None else int(known.reshape(-1)[0])
        return tf.concat([tf.reshape(tf.cast(batch, dtypes.int32), [1]), tf.constant(dims, dtypes.int32)], 0), [
            static, *dims]
    number = batch.value if hasattr(batch, "value") else batch
    if isinstance(number, TensorShape):
        number = number.as_list()[0]
    if number is None:
        raise ValueError(f"Provided a prefix or suffix of None: {batch} and {size}")
    return [int(number), *dims], [int(number), *dims]


def zeros_of(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros [batch, ...] for every size in a nested structure of them; `dtype` is one, or as nested."""
    def zeros(size: Any, kind: Any = dtype) -> Any:
        shape, static = sizes_joined(batch_size, size)
        found = tf.zeros(shape, dtype=kind)
        if static is not None and hasattr(found, "set_shape"):
            found.set_shape(static)
        return found

    leaves = flat_sizes(state_size)
    kinds = nest.flatten(dtype) if nest.is_nested(dtype) else [dtype] * len(leaves)
    return packed_sizes(state_size, [zeros(s, d) for s, d in zip(leaves, kinds, strict=True)])


def flat_sizes(sizes: Any) -> list[Any]:
    """The sizes in a nested structure; a TensorShape is one size."""
    return nest.flatten(sizes)


def packed_sizes(sizes: Any, leaves: Sequence[Any]) -> Any:
    """`leaves` in the structure of `sizes`."""
    return nest.pack_sequence_as(sizes, list(leaves))


def initial_state_of(cell: Any, batch_size: Any, dtype: Any) -> Any:
    """The state that a cell starts from. Raises ValueError without a dtype."""
    if not dtype:
        raise ValueError("If there is no initial_state, you must give a dtype.")
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def output_dtype(dtype: Any, state: Any) -> Any:
    """The dtype of the outputs: the one that was asked for, else the one that all states have."""
    if dtype is not None:
        return dtypes.as_dtype(dtype)
    found = [s.dtype.base_dtype for s in nest.flatten(state, True)]
    if not found:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(d is not found[0] for d in found):
        raise ValueError("State has tensors of different inferred_dtypes. Unable to infer a single representative "
                         "dtype.")
    return found[0]


def checked_lengths(sequence_length: Any, batch_size: Any) -> Any:
    """Sequence lengths as a vector int32 [batch]. Raises ValueError for another rank, a run for another length."""
    lengths = tf.cast(sequence_length, dtypes.int32)
    if lengths.shape.ndims not in (None, 1):
        raise ValueError("sequence_length must be a vector of length batch_size, but saw shape: "
                         f"{lengths.shape}")
    lengths = tf.identity(lengths, name="sequence_length")
    if isinstance(batch_size, int) and lengths.shape.ndims == 1 and lengths.shape.as_list() == [batch_size]:
        return lengths
    wanted = tf.stack([batch_size])
    same = tf.reduce_all(tf.equal(tf.shape(lengths), wanted))
    name = getattr(lengths, "name", "sequence_length")
    check = tf.Assert(same, [f"Expected shape for Tensor {name} is ", wanted, " but saw shape: ", tf.shape(lengths)])
    with tf.control_dependencies([check] if check is not None else []):
        return tf.identity(lengths, name="CheckSeqLen")


def states_at(first: Any, found: Any, taken: Any) -> Any:
    """Each row's state after as many steps as it has taken. first: [batch, n]; found: [time, batch, n]."""
    at = tf.stack([tf.cast(taken, dtypes.int32), tf.range(tf.shape(found)[1])], axis=1)
    return tf.gather_nd(tf.concat([first[None], found], 0), at)


def masked_step(call: Callable[[], tuple[Any, Any]], time: Any, lengths: Any, zeros: Any,
                state: Any) -> tuple[Any, Any]:
    """One step of a cell: rows past their length give zeros and keep their state."""
    output, after = call()
    nest.assert_same_structure(zeros, output)
    nest.assert_same_structure(state, after)
    if lengths is None:
        return output, after
    done = tf.greater_equal(time, lengths)
    output = nest.map_structure(lambda o, z: _kept(done, z, o), output, zeros)
    after = nest.map_structure(lambda s, n: _kept(done, s, n), state, after)
    return output, after


def _kept(done: Any, old: Any, new: Any) -> Any:
    """`old` in the rows that are done, else `new`; what has no rows is new."""
    if hasattr(old, "_parts") or (new.shape.ndims is not None and new.shape.ndims == 0):
        return new
    with tf.device(None):
        picked = tf.where(done, old, new)
    picked.set_shape(new.shape)
    return picked


assert_like_rnncell, _zero_state_tensors = refuse_no_cell, zeros_of
_transpose_batch_time, _best_effort_input_batch_size = transpose_batch_time, best_effort_input_batch_size
"""Programs take these from TensorFlow's modules under the names they have there."""
