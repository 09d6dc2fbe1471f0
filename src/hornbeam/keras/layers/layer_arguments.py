"""Arguments as Keras 2 spelled them, which layers still take: each with a warning that says today's spelling."""

from __future__ import annotations

import warnings
from typing import Any

_LEVEL = 4
_WITHOUT_EFFECT = ("partitioner", "use_resource", "synchronization", "collections", "getter", "experimental_autocast")


def old_arguments(layer: Any, kwargs: dict[str, Any]) -> None:
    """Take `input_shape`, `input_dim`, `batch_input_shape`, `batch_size` and `weights` out of a layer's arguments.

    Raises ValueError for any other.
    """
    batch_shape = kwargs.pop("batch_input_shape", None)
    batch_size = kwargs.pop("batch_size", None)
    dim = kwargs.pop("input_dim", None)
    shape = (dim,) if dim is not None else kwargs.pop("input_shape", None)
    weights = kwargs.pop("weights", None)
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments passed to {type(layer).__name__}: {kwargs}")
    if batch_shape is not None:
        batch_size, shape = batch_shape[0], tuple(batch_shape[1:])
        warnings.warn("`batch_input_shape=` of a layer is now an `Input(batch_shape=...)` before it.",
                      DeprecationWarning, stacklevel=_LEVEL)
    elif shape is not None:
        warnings.warn("Do not pass an `input_shape`/`input_dim` argument to a layer. When using Sequential models, "
                      "prefer using an `Input(shape)` object as the first layer in the model instead.",
                      stacklevel=_LEVEL)
    if shape is not None:
        layer._input_shape_arg = (shape,) if isinstance(shape, int) else tuple(shape)
        layer._input_batch_size = batch_size
    if weights is not None:
        warnings.warn("`weights=` of a layer is now `set_weights(...)` once it is built.", DeprecationWarning,
                      stacklevel=_LEVEL)
        layer._initial_weights = list(weights)


def weight_arguments(args: tuple[Any, ...], shape: Any, initializer: Any, dtype: Any, name: str | None,
                     old: dict[str, Any]) -> tuple[Any, Any, Any, str | None]:
    """The arguments of `add_weight`, some of them by position; in Keras 2 the first was the name."""
    for argument in _WITHOUT_EFFECT:
        old.pop(argument, None)
    if old:
        raise TypeError(f"add_weight() got an unexpected keyword argument '{next(iter(old))}'")
    if args and (isinstance(args[0], str) or args[0] is None):
        warnings.warn("`add_weight(name, ...)` is now `add_weight(shape=..., name=name)`.", DeprecationWarning,
                      stacklevel=4)
        given = dict(zip(("name", "shape", "dtype", "initializer"), args, strict=False))
        return (given.get("shape", shape), given.get("initializer", initializer), given.get("dtype", dtype),
                given.get("name", name))
    if len(args) > 3:
        raise TypeError(f"add_weight() takes at most 3 positional arguments but {len(args)} were given.")
    found = [shape, initializer, dtype]
    for i, (what, value) in enumerate(zip(("shape", "initializer", "dtype"), args, strict=False)):
        if found[i] is not None:
            raise ValueError(f"`{what}` was passed both positionally and as a keyword argument.")
        found[i] = value
    return (*found, name)  # type: ignore[return-value]
