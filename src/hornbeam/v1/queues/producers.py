"""Producers: queues that threads fill with the rows of a tensor, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.graph.names import public


@public("io.match_filenames_once", v1=("train.match_filenames_once",))
def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """A local variable that holds the names of the files that match a pattern, found when it is initialized.

    pattern: a scalar string, or a vector of them.
    """
    with tf.name_scope(name, "matching_filenames", [pattern]) as scope:
        return tf.Variable(name=scope, initial_value=tf.matching_files(pattern), trainable=False,
                           validate_shape=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])


@public(v1=("train.limit_epochs",))
def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Any:
    """`tensor`, `num_epochs` times: later runs raise OutOfRangeError. With None the tensor itself.

    A local variable, `epochs`, counts. Raises ValueError for a number that is not positive.
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with tf.name_scope(name, "limit_epochs", [tensor]) as scope:
        zero = tf.constant(0, dtype=tf.int64)
        epochs = tf.Variable(zero, name="epochs", trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES])
        with tf.control_dependencies([epochs.count_up_to(num_epochs)]):
            return tf.identity(tensor, name=scope)


@public(v1=("train.input_producer",))
def input_producer(input_tensor: Any, element_shape: Any = None, num_epochs: int | None = None, shuffle: bool = True,
                   seed: int | None = None, capacity: int = 32, shared_name: str | None = None,
                   summary_name: str | None = None, name: str | None = None, cancel_op: Any = None) -> Any:
    """A queue of the rows of `input_tensor`, which a queue runner fills.

    element_shape: of a row, where the tensor's shape does not say it. num_epochs: how often each row comes, by
    default without end. shuffle: whether each epoch has an order of its own. summary_name: of a summary of how full
    the queue is. cancel_op: what the queue runner runs to stop. shared_name, capacity: of the queue.
    Raises ValueError where the shape of a row is not known, RuntimeError in eager execution.
    """
    if mode.executing_eagerly():
        raise RuntimeError("Input pipelines based on Queues are not supported when eager execution is enabled. Please "
                           "use tf.data to ingest data into your model instead.")
    with tf.name_scope(name, "input_producer", [input_tensor]):
        rows = tf.convert_to_tensor(input_tensor, name="input_tensor")
        element_shape = rows.shape[1:].merge_with(element_shape)
        if not element_shape.is_fully_defined():
            raise ValueError("Either `input_tensor` must have a fully defined shape or `element_shape` must be "
                             "specified")
        if shuffle:
            rows = tf.random_shuffle(rows, seed=seed)
        rows = limit_epochs(rows, num_epochs)
        queue = tf.FIFOQueue(capacity=capacity, dtypes=[rows.dtype.base_dtype], shapes=[element_shape],
                             shared_name=shared_name, name=name or "fifo_queue")
        filling = queue.enqueue_many([rows])
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, [filling], cancel_op=cancel_op))
        if summary_name is not None:
            tf.summary.scalar(summary_name, tf.cast(queue.size(), tf.float32) * (1.0 / capacity))
        return queue


@public(v1=("train.string_input_producer",))
def string_input_producer(string_tensor: Any, num_epochs: int | None = None, shuffle: bool = True,
                          seed: int | None = None, capacity: int = 32, shared_name: str | None = None,
                          name: str | None = None, cancel_op: Any = None) -> Any:
    """A queue of strings, such as names of files, which a queue runner fills.

    string_tensor: a vector of strings. The other arguments as for `input_producer`. Raises ValueError for a list
    without elements; where a tensor turns out to have none, InvalidArgumentError when it runs.
    """
    empty = "string_input_producer requires a non-null input tensor"
    if isinstance(string_tensor, (list, tuple, np.ndarray)) and not len(string_tensor):
        raise ValueError(empty)
    with tf.name_scope(name, "input_producer", [string_tensor]) as scope:
        strings = tf.convert_to_tensor(string_tensor, dtype=tf.string)
        with tf.control_dependencies([tf.Assert(tf.greater(tf.size(strings), 0), [empty])]):
            strings = tf.identity(strings)
        return input_producer(strings, [], num_epochs, shuffle, seed, capacity, shared_name,
                              f"fraction_of_{capacity}_full", scope, cancel_op)


@public(v1=("train.range_input_producer",))
def range_input_producer(limit: Any, num_epochs: int | None = None, shuffle: bool = True, seed: int | None = None,
                         capacity: int = 32, shared_name: str | None = None, name: str | None = None) -> Any:
    """A queue of the integers from 0 to `limit` - 1, which a queue runner fills; arguments as for `input_producer`."""
    with tf.name_scope(name, "input_producer", [limit]) as scope:
        return input_producer(tf.range(limit), [], num_epochs, shuffle, seed, capacity, shared_name,
                              f"fraction_of_{capacity}_full", scope)


@public(v1=("train.slice_input_producer",))
def slice_input_producer(tensor_list: Sequence[Any], num_epochs: int | None = None, shuffle: bool = True,
                         seed: int | None = None, capacity: int = 32, shared_name: str | None = None,
                         name: str | None = None) -> list[Any]:
    """One row of each tensor of a list, the next one in each run: a list of tensors without the first dimension.

    The arguments as for `input_producer`, whose queue holds the rows' numbers. Raises ValueError for an empty list.
    """
    with tf.name_scope(name, "input_producer", tensor_list):
        tensors = [tf.convert_to_tensor(t) for t in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        queue = range_input_producer(tf.shape(tensors[0])[0], num_epochs, shuffle, seed, capacity, shared_name)
        index = queue.dequeue()
        return [tf.gather(t, index) for t in tensors]
