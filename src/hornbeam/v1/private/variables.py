"""Helpers of `tensorflow.python.ops.variable_scope` that are not public."""

from __future__ import annotations

from typing import Any

import hornbeam.v1 as tf


def variable(initial_value: Any = None, trainable: bool | None = None, collections: Any = None,
             validate_shape: bool = True, caching_device: Any = None, name: str | None = None, dtype: Any = None,
             **kwargs: Any) -> Any:
    """As `tf.Variable`."""
    return tf.Variable(initial_value, trainable=trainable, collections=collections, validate_shape=validate_shape,
                       caching_device=caching_device, name=name, dtype=dtype, **kwargs)
