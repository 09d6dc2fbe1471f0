"""Functions with gradients of their own: `tensorflow.python.framework.function.Defun`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import hornbeam.v1 as tf

__all__ = ["Defun"]


class Defun:
    """Decorator: a function of tensors of the dtypes `input_types`, built each time it is called.

    func_name: the name scope of its operations; the function's own where there is none.  python_grad_func: called with
    an object that has `inputs` and `outputs`, and a gradient for each output, gives the gradients of the inputs.
    grad_func: the same as another `Defun`, called with the inputs and the gradients.  shape_func: called with an object
    that has `inputs`, gives the shapes of the outputs.

    >>> @Defun(tf.float32, python_grad_func=lambda op, dy: 2 * dy)
    ... def same(x):
    ...     return tf.identity(x)
    >>> x = tf.constant(1.0)
    >>> float(tf.Session().run(tf.gradients(same(x), x))[0])
    2.0
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._types = [tf.as_dtype(t) for t in input_types]
        self._name = kwargs.get("func_name")
        self._shapes = kwargs.get("shape_func")
        python, other = kwargs.get("python_grad_func"), kwargs.get("grad_func")
        self._gradient = python
        if python is None and other is not None:
            self._gradient = lambda op, *gradients: other(*op.inputs, *gradients)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        name = self._name or function.__name__

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._types and len(args) != len(self._types):
                raise ValueError(f"Expected number of arguments: {len(self._types)}, received: {len(args)}")
            types = self._types or [None] * len(args)
            with tf.name_scope(kwargs.get("name") or name):
                inputs = [tf.convert_to_tensor(arg, dtype) for arg, dtype in zip(args, types, strict=True)]
                if self._gradient is None:
                    return self._shaped(function(*inputs), inputs)
                return self._shaped(self._with_gradient(function)(*inputs), inputs)

        call.__dict__["name"] = name
        return call

    def _with_gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        gradient = self._gradient
        assert gradient is not None

        @tf.custom_gradient
        def run(*inputs: Any) -> Any:
            outputs = function(*inputs)
            flat = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]

            def backward(*gradients: Any) -> Any:
                return gradient(SimpleNamespace(inputs=list(inputs), outputs=flat, name=""), *gradients)

            return outputs, backward

        return run

    def _shaped(self, outputs: Any, inputs: list[Any]) -> Any:
        if self._shapes is not None:
            flat = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
            for output, shape in zip(flat, self._shapes(SimpleNamespace(inputs=inputs, outputs=flat)), strict=True):
                output.set_shape(shape)
        return outputs[0] if isinstance(outputs, (list, tuple)) and len(outputs) == 1 else outputs
