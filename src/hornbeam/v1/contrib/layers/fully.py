"""contrib's fully connected layers."""

from __future__ import annotations

from typing import Any

from hornbeam.ops.activations import elu as elu_function
from hornbeam.ops.activations import relu as relu_function
from hornbeam.ops.activations import relu6 as relu6_function
from hornbeam.v1.adapters.initializers import xavier_initializer
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, collect_variable, renaming
from hornbeam.v1.contrib.names import of_layers
from hornbeam.v1.layers.core import Dense
from hornbeam.v1.layers.lookup import ZEROS

XAVIER = xavier_initializer()
KERNEL_NAMES = {"kernel": "weights", "bias": "biases"}


def finished(outputs: Any, layer: Any, scope: Any, activation_fn: Any, normalizer_fn: Any, normalizer_params: Any,
             variables_collections: Any, outputs_collections: Any) -> Any:
    """A layer's output normalised and activated; its variables and output put in their collections."""
    collect_variable(layer.kernel, variables_collections, "weights")
    if layer.bias is not None:
        collect_variable(layer.bias, variables_collections, "biases")
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return collect_named_outputs(outputs_collections, scope.name, outputs)


@of_layers("fully_connected")
@add_arg_scope
def fully_connected(inputs: Any, num_outputs: Any, activation_fn: Any = relu_function, normalizer_fn: Any = None,
                    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
                    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
                    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True,
                    scope: Any = None) -> Any:
    """activation_fn(inputs · weights + biases), along the last dimension.

    inputs: [..., in], rank 2 or more. num_outputs: how many outputs. normalizer_fn: called with `normalizer_params`
    instead of adding biases. variables_collections: names of collections, or a dictionary of them for "weights" and
    "biases". Variables: `weights`, `biases`, in the scope `fully_connected`.
    Raises ValueError where `num_outputs` is no integer or the size of the input is unknown.
    """
    if not isinstance(num_outputs, int) and not isinstance(num_outputs, tf.Dimension):
        raise ValueError(f"num_outputs type should be one of {[int, tf.Dimension]}, got {type(num_outputs)}.")
    with tf.variable_scope(scope, "fully_connected", [inputs], reuse=reuse,
                           custom_getter=renaming(KERNEL_NAMES)) as opened:
        inputs = tf.convert_to_tensor(inputs)
        layer = Dense(num_outputs, None, bool(not normalizer_fn and biases_initializer), weights_initializer,
                      biases_initializer, weights_regularizer, biases_regularizer, trainable=trainable,
                      name=opened.name, dtype=inputs.dtype.base_dtype, _scope=opened, _reuse=reuse)
        return finished(layer(inputs), layer, opened, activation_fn, normalizer_fn, normalizer_params,
                        variables_collections, outputs_collections)


def _activated(activation: Any, name: str) -> Any:
    def layer(inputs: Any, num_outputs: Any, **kwargs: Any) -> Any:
        return fully_connected(inputs, num_outputs, **{"activation_fn": activation, **kwargs})

    layer.__name__ = fully_connected.__name__  # what `repeat` and `stack` name its scopes by
    layer.__qualname__ = name
    layer.__doc__ = f"`fully_connected` with {'no activation' if activation is None else f'the activation {name}'}."
    return of_layers(name)(layer)


linear = _activated(None, "linear")
relu = _activated(relu_function, "relu")
relu6 = _activated(relu6_function, "relu6")
elu = _activated(elu_function, "elu")
