"""`tf.layers`: fully connected layers, dropout, flattening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.v1.api import tf
from hornbeam.v1.layers import lookup
from hornbeam.v1.layers.base import Layer, output_function
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.layers.lookup import ZEROS


@public(v1=("layers.Dense",))
class Dense(Layer):
    """activation(inputs · kernel + bias), along the last dimension.

    units: how many outputs. use_bias: whether there is a bias. kernel_initializer: by default the scope's, else
    Glorot's uniform draws. Variables: `kernel` [in, units], `bias` [units].
    Raises ValueError where the last dimension of the input is unknown, TypeError where it holds no floats.
    """

    def __init__(self, units: Any, activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
                 bias_initializer: Any = ZEROS, kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = lookup.activation_of(activation)
        self.use_bias = use_bias
        self.kernel_initializer = lookup.initializer_of(kernel_initializer)
        self.bias_initializer = lookup.initializer_of(bias_initializer)
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        if not dtypes.as_dtype(self.dtype or "float32").is_floating:
            raise TypeError("Unable to build `Dense` layer with non-floating point dtype "
                            f"{dtypes.as_dtype(self.dtype)}")
        size = TensorShape(input_shape).as_list()[-1]
        if size is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: size})
        self.kernel = self.add_weight("kernel", [size, self.units], initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)
        self.bias = self.add_weight("bias", [self.units], initializer=self.bias_initializer,
                                    regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint) if self.use_bias else None
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The product, the bias added, the activation applied."""
        inputs = tf.convert_to_tensor(inputs)
        if inputs.shape.rank == 2:
            outputs = tf.matmul(inputs, self.kernel)
        else:
            outputs = tf.tensordot(inputs, self.kernel, [[inputs.shape.rank - 1], [0]])
        if self.bias is not None:
            outputs = tf.nn.bias_add(outputs, self.bias)
        return output_function(self.activation, outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape with the last dimension replaced by `units`. Raises ValueError where that is unknown."""
        dims = TensorShape(input_shape).with_rank_at_least(2).as_list()
        if dims[-1] is None:
            raise ValueError(f"The innermost dimension of input_shape must be defined, but saw: {input_shape}")
        return TensorShape([*dims[:-1], self.units])


@public(v1=("layers.dense",))
def dense(inputs: Any, units: Any, activation: Any = None, use_bias: bool = True, kernel_initializer: Any = None,
          bias_initializer: Any = ZEROS, kernel_regularizer: Any = None, bias_regularizer: Any = None,
          activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
          trainable: bool = True, name: str | None = None, reuse: Any = None) -> Any:
    """The layer `Dense` called once: activation(inputs · kernel + bias).

    inputs: [..., in]. units: how many outputs. reuse: True takes the variables of the layer of this name.
    Returns [..., units].
    """
    return Dense(units, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer,
                 bias_regularizer, activity_regularizer, kernel_constraint, bias_constraint, trainable, name,
                 _scope=name, _reuse=reuse)(inputs)


def smart_cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """`tf.cond`, or one of the functions called where `pred` is known: a bool, a number, a constant tensor."""
    known = constant_bool(pred)
    if known is None:
        return tf.cond(pred, true_fn, false_fn)
    return true_fn() if known else false_fn()


def constant_bool(pred: Any) -> bool | None:
    """`pred` as a bool where that is known without running anything."""
    if pred is None or isinstance(pred, (bool, int)):
        return bool(pred)
    if isinstance(pred, tf.Variable):
        return None
    value = tf.get_static_value(pred)
    return None if value is None else bool(value)


@public(v1=("layers.Dropout",))
class Dropout(Layer):
    """In training each element is 0 with probability `rate`, else divided by 1 - rate; otherwise nothing changes.

    noise_shape: the shape of the draws, which broadcasts to that of the input. seed: see `set_random_seed`.
    """

    def __init__(self, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, name: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed
        self.supports_masking = True

    def call(self, inputs: Any, training: Any = False) -> Any:
        """The input, or with `training` (a bool or a scalar tensor) what dropout leaves of it."""
        inputs = tf.convert_to_tensor(inputs)
        return smart_cond(training,
                          lambda: tf.nn.dropout(inputs, noise_shape=self._noise_shape(inputs), seed=self.seed,
                                                rate=self.rate),
                          lambda: tf.identity(inputs))

    def _noise_shape(self, inputs: Any) -> Any:
        """The shape of the draws, with the input's sizes where it says None."""
        shape = self.noise_shape
        if not isinstance(shape, (list, tuple)) or None not in shape:
            return shape
        return [tf.shape(inputs)[i] if d is None else d for i, d in enumerate(shape)]

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the input."""
        return TensorShape(input_shape)


@public(v1=("layers.dropout",))
def dropout(inputs: Any, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, training: Any = False,
            name: str | None = None) -> Any:
    """The layer `Dropout` called once. Without `training` (a bool or a scalar tensor) nothing is dropped."""
    return Dropout(rate, noise_shape, seed, name)(inputs, training=training)


@public(v1=("layers.Flatten",))
class Flatten(Layer):
    """All dimensions but the first as one. data_format: "channels_first" moves the channels to the end before."""

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = known_format(data_format)
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any) -> Any:
        """[batch, all other dimensions]."""
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if self.data_format == "channels_first" and rank is not None and rank > 1:
            inputs = tf.transpose(inputs, [0, *range(2, rank), 1])
        dims = inputs.shape.as_list()
        batch = dims[0] if dims[0] is not None else tf.shape(inputs)[0]
        outputs = tf.reshape(inputs, [batch, -1])
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """[batch, size], None where unknown."""
        dims = TensorShape(input_shape).as_list()
        size: int | None = 1
        for d in dims[1:]:
            size = None if size is None or d is None else size * d
        return TensorShape([dims[0], size])


@public(v1=("layers.flatten",))
def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Any:
    """All dimensions but the first as one: [batch, size]."""
    return Flatten(data_format=data_format, name=name)(inputs)


def known_format(data_format: str | None) -> str:
    """"channels_first" or "channels_last" (the default). Raises ValueError for anything else."""
    value = (data_format or "channels_last").lower()
    if value not in ("channels_first", "channels_last"):
        raise ValueError('The `data_format` argument must be one of "channels_first", "channels_last". Received: '
                         f"{value}")
    return value
