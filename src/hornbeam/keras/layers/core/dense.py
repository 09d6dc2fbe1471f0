"""Dense: every output from every input."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters
from hornbeam.keras.layers.sizes import with_bias
from hornbeam.keras.names import keras_export


@keras_export("layers.Dense")
class Dense(Layer):
    """activation(x · kernel + bias), along the last axis.

    x: [..., n]; the result is [..., units]. `kernel` is [n, units], `bias` [units], absent where `use_bias` is false.
    kernel_*, bias_*: initializers, regularizers and constraints, or their names. lora_rank, lora_alpha,
    quantization_config: absent here, so only None is taken. Raises ValueError where `units` is no positive integer.

    >>> Dense(1, kernel_initializer="ones")(ops.array([[1., 2.]])).numpy().tolist()
    [[3.0]]
    """

    def __init__(self, units: int, activation: Any = None, use_bias: bool = True,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
                 kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, lora_rank: int | None = None,
                 lora_alpha: float | None = None, quantization_config: Any = None, **kwargs: Any) -> None:
        if not isinstance(units, int) or units <= 0:
            raise ValueError("Received an invalid value for `units`, expected a positive integer. Received: "
                             f"units={units}")
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units, self.use_bias = units, use_bias
        parameters(self, locals(), "activation kernel_initializer bias_initializer kernel_regularizer bias_regularizer "
                                   "kernel_constraint bias_constraint", absent="lora_rank quantization_config")
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], self.units),
                                      initializer=self.kernel_initializer, regularizer=self.kernel_regularizer,
                                      constraint=self.kernel_constraint)
        self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        x = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            x = with_bias(x, self.bias)
        return x if self.activation is None else self.activation(x)

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return config_of(self, super().get_config(),
                         "units activation use_bias kernel_initializer bias_initializer kernel_regularizer "
                         "bias_regularizer kernel_constraint bias_constraint", quantization_config=None)
