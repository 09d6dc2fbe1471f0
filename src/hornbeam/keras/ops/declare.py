"""Declaring a function of `keras.ops`: public names, and the class that stands for it in models and files.

    @numpy_op(config="indices_or_sections axis")
    def split(x, indices_or_sections, axis=0): ...

is `keras.ops.split`, `keras.ops.numpy.split` and `keras.src.ops.numpy>Split`. The class is named as the function, in
camel case, and keeps the parameters that have defaults, unless `type` and `config` say otherwise.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.operations import keras_op

Function = Callable[..., Any]


def declaring(module: str, *namespaces: str) -> Callable[..., Any]:
    """The decorator for the functions of one module of Keras's, public in these namespaces."""
    def declare(function: Function | None = None, *, type: str | None = None, config: str | None = None,
                symbolic: bool = True) -> Any:
        if function is None:
            return lambda given: declare(given, type=type, config=config, symbolic=symbolic)
        function.__name__ = function.__qualname__ = name = function.__name__.rstrip("_")
        if symbolic:
            kept = _with_defaults(function) if config is None else config
            function = keras_op(f"{module}.{type or _camel(name)}", kept)(function)
        return keras_export(*(f"{space}.{name}" for space in namespaces))(function)

    return declare


def _camel(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def _with_defaults(function: Function) -> str:
    parameters = inspect.signature(function).parameters.values()
    return " ".join(p.name for p in parameters if p.default is not p.empty)


numpy_op = declaring("numpy", "ops", "ops.numpy")
nn_op = declaring("nn", "ops", "ops.nn")
linalg_op = declaring("linalg", "ops", "ops.linalg")
image_op = declaring("image", "ops.image")
core_op = declaring("core", "ops")
math_op = declaring("math", "ops")
