"""Summaries of the tensors of a collection."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.names import of_layers


@of_layers("summarize_tensor")
def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """A scalar summary of a scalar, a histogram of another tensor; None of strings and booleans.

    tag: by default the operation's name with `_summary`.
    """
    dtype = tensor.dtype.base_dtype
    if dtype in (dtypes.string, dtypes.bool):
        return None
    record = tf.summary.scalar if tensor.shape.rank == 0 else tf.summary.histogram
    return record(tag or f"{tensor.op.name}_summary", tensor)


@of_layers("summarize_activation")
def summarize_activation(op: Any) -> Any:
    """A histogram of an activation; of ReLUs and softplus also how many inputs are below 0 (ReLU6: above 6).

    Returns the histogram's summary.
    """
    kind, name = op.op.type, op.op.name
    if kind in ("Relu", "Softplus", "Relu6"):
        source = op.op.inputs[0]
        tf.summary.scalar(f"{name}/zeros", tf.reduce_mean(tf.to_float(source < tf.cast(0.0, source.dtype))))
        if kind == "Relu6":
            tf.summary.scalar(f"{name}/sixes", tf.reduce_mean(tf.to_float(source > tf.cast(6.0, source.dtype))))
    return tf.summary.histogram(f"{name}/activation", op)


@of_layers("summarize_tensors")
def summarize_tensors(tensors: Iterable[Any], summarizer: Callable[[Any], Any] = summarize_tensor) -> list[Any]:
    """The summaries of several tensors."""
    return [summarizer(tensor) for tensor in tensors]


@of_layers("summarize_collection")
def summarize_collection(collection: str, name_filter: str | None = None,
                         summarizer: Callable[[Any], Any] = summarize_tensor) -> list[Any]:
    """The summaries of a collection's tensors whose names match `name_filter` from the start."""
    tensors = tf.get_collection(collection)
    return summarize_tensors([t for t in tensors if name_filter is None or re.match(name_filter, t.op.name)],
                             summarizer)


@of_layers("summarize_activations")
def summarize_activations(name_filter: str | None = None,
                          summarizer: Callable[[Any], Any] = summarize_activation) -> list[Any]:
    """The summaries of the collection `ACTIVATIONS`."""
    return summarize_collection(tf.GraphKeys.ACTIVATIONS, name_filter, summarizer)


@of_layers("summarize_variables")
def summarize_variables(name_filter: str | None = None,
                        summarizer: Callable[[Any], Any] = summarize_tensor) -> list[Any]:
    """The summaries of the global variables."""
    return summarize_collection(tf.GraphKeys.GLOBAL_VARIABLES, name_filter, summarizer)
