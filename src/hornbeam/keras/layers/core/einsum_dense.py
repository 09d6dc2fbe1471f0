"""EinsumDense: a dense layer between any axes, said in Einstein's notation."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hornbeam.keras import ops
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.names import keras_export

_FORMS = (r"([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)", r"\.\.\.([a-zA-Z]+),([a-zA-Z]+)->\.\.\.([a-zA-Z]+)",
          r"([a-zA-Z]{2,})\.\.\.,([a-zA-Z]+)->([a-zA-Z]+)\.\.\.")


@keras_export("layers.EinsumDense")
class EinsumDense(Layer):
    """activation(einsum(equation, inputs, kernel) + bias).

    equation: `"ab,bc->ac"`, with `...` first or last for axes that stay. output_shape: without the batch and without
    the axes that `...` stands for; None for sizes that are the input's. bias_axes: the output's axes that the bias has,
    None for no bias. kernel_*, bias_*: initializers, regularizers, constraints, or their names. lora_rank, lora_alpha,
    gptq_unpacked_column_size, quantization_config: absent here, so only None is taken.
    Raises ValueError where equation and shapes do not fit.

    >>> EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(ops.ones((2, 3, 5))).shape.as_list()
    [2, 3, 4]
    """

    def __init__(self, equation: str, output_shape: Any, activation: Any = None, bias_axes: str | None = None,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, kernel_constraint: Any = None,
                 bias_constraint: Any = None, lora_rank: int | None = None, lora_alpha: float | None = None,
                 gptq_unpacked_column_size: int | None = None, quantization_config: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.equation, self.bias_axes = equation, bias_axes
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        parameters(self, locals(), "activation kernel_initializer bias_initializer kernel_regularizer bias_regularizer "
                                   "kernel_constraint bias_constraint",
                   absent="lora_rank gptq_unpacked_column_size quantization_config")

    def build(self, input_shape: Any) -> None:
        plan = _planned(self.equation, self.bias_axes, input_shape, self.partial_output_shape)
        self.input_spec = InputSpec(ndim=len(input_shape))
        self.kernel = self.add_weight(name="kernel", shape=plan.kernel, initializer=self._aware_of(plan),
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.bias = None if plan.bias is None else self.add_weight(
            name="bias", shape=plan.bias, initializer=self.bias_initializer, regularizer=self.bias_regularizer,
            constraint=self.bias_constraint)

    def _aware_of(self, plan: _Plan) -> Any:
        """The kernel's initializer, told which axes are inputs and which outputs, where it asks for that."""
        initializer = self.kernel_initializer
        if getattr(initializer, "input_axes", ()) is not None and getattr(initializer, "output_axes", ()) is not None:
            return initializer
        config = {**initializer.get_config(), "seed": initializer.seed, "input_axes": plan.input_axes,
                  "output_axes": plan.output_axes}
        return type(initializer).from_config(config)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        x = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            x = ops.add(x, self.bias)
        return x if self.activation is None else self.activation(x)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return _planned(self.equation, self.bias_axes, input_shape, self.partial_output_shape).output

    def get_config(self) -> dict[str, Any]:
        return config_of(self, {**super().get_config(), "output_shape": self.partial_output_shape},
                         "equation activation bias_axes kernel_initializer bias_initializer kernel_regularizer "
                         "bias_regularizer activity_regularizer kernel_constraint bias_constraint",
                         quantization_config=None)


class _Plan(NamedTuple):
    kernel: tuple[int, ...]
    bias: tuple[int | None, ...] | None
    output: tuple[int | None, ...]
    input_axes: list[int]
    output_axes: list[int]


def _planned(equation: str, bias_axes: str | None, input_shape: Any, output_shape: tuple[int | None, ...]) -> _Plan:
    """The shapes that follow from an equation. Raises ValueError where they do not fit."""
    matches = [re.fullmatch(form, equation.replace(" ", "")) for form in _FORMS]
    match = next((m for m in matches if m), None)
    if match is None:
        raise ValueError(f"Invalid einsum equation '{equation}'. Equations must be in the form [X],[Y]->[Z], "
                         "...[X],[Y]->...[Z], or [X]...,[Y]->[Z]....")
    inputs, kernel, outputs = match.groups()
    left = matches[1] is not None
    rank, hidden = len(input_shape), len(input_shape) - len(inputs)
    full = [input_shape[0], *output_shape]
    if hidden > 0 and left:
        full[1:1] = reversed(input_shape[1:hidden])
    elif hidden > 0:
        full += input_shape[rank - hidden:]
    shift = hidden if left else 0
    input_sizes = {axis: input_shape[i + shift - (rank if left else 0)] for i, axis in enumerate(inputs)}
    output_sizes = {axis: full[i + shift] for i, axis in enumerate(outputs)}
    for axis, size in input_sizes.items():
        wanted = output_sizes.get(axis)
        if wanted is not None and wanted != size:
            raise ValueError(f"Input shape and output shape do not match at shared dimension '{axis}'. Input shape is "
                             f"{size}, and output shape is {wanted}.")
    for axis in outputs:
        if axis not in inputs and axis not in kernel:
            raise ValueError(f"Dimension '{axis}' was specified in the output '{outputs}' but has no corresponding dim "
                             f"in the input spec '{inputs}' or weight spec '{outputs}'")
    for axis in kernel:
        if axis not in output_sizes and axis not in input_sizes:
            raise ValueError(f"Weight dimension '{axis}' did not have a match in either the input spec '{inputs}' or "
                             f"the output spec '{outputs}'. For this layer, the weight must be fully specified.")
    return _Plan(tuple(output_sizes[a] if a in output_sizes else input_sizes[a] for a in kernel),
                 _bias_shape(bias_axes, outputs, output_sizes, 0 if left else hidden), tuple(full),
                 [i for i, a in enumerate(kernel) if a not in output_sizes],
                 [i for i, a in enumerate(kernel) if a in output_sizes])


def _bias_shape(bias_axes: str | None, outputs: str, sizes: dict[str, Any],
                after: int) -> tuple[int | None, ...] | None:
    """The bias has its axes' sizes, and 1 for those between and after them; `after`: axes that `...` stands for."""
    if bias_axes is None:
        return None
    for axis in bias_axes:
        if axis not in outputs:
            raise ValueError(f"Bias dimension '{axis}' was requested, but is not part of the output spec '{outputs}'")
    first = min(outputs.find(axis) for axis in bias_axes)
    return (*(sizes[axis] if axis in bias_axes else 1 for axis in outputs[first:]), *(1,) * after)
