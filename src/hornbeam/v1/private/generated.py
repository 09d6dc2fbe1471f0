"""Every operation as a plain function, named as in `tensorflow.python.ops.gen_nn_ops` and the modules beside it.

They are those of `tf.raw_ops`: `Conv2DBackpropInput` is `conv2d_backprop_input`, and takes its inputs, then its
attributes, by position or by name.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import hornbeam.v1 as tf


@functools.cache
def _operations() -> dict[str, str]:
    return {name.lower(): name for name in dir(tf.raw_ops) if not name.startswith("_")}


@functools.cache
def _function(operation: str, name: str) -> Callable[..., Any]:
    raw = getattr(tf.raw_ops, operation)
    parameters = list(inspect.signature(raw).parameters)

    def call(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(parameters):
            raise TypeError(f"{name}() takes {len(parameters)} positional arguments but {len(args)} were given")
        for parameter, value in zip(parameters, args, strict=False):
            if parameter in kwargs:
                raise TypeError(f"{name}() got multiple values for argument '{parameter}'")
            kwargs[parameter] = value
        return raw(**kwargs)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = raw.__doc__
    return call


def __getattr__(name: str) -> Any:
    operation = None if name.startswith("__") else _operations().get(name.replace("_", "").lower())
    if operation is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _function(operation, name)
