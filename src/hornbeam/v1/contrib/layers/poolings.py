"""contrib's pooling."""

from __future__ import annotations

from typing import Any

from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.layers.outputs import collect_named_outputs, n_positive_integers
from hornbeam.v1.contrib.names import of_layers
from hornbeam.v1.layers import pooling


def _pooled(kind: Any, formats: tuple[str, str], inputs: Any, kernel_size: Any, stride: Any, padding: str,
            data_format: str, collections: Any, scope: Any, default_scope: str) -> Any:
    if data_format not in formats:
        raise ValueError(f"data_format has to be either {formats[1]} or {formats[0]}.")
    with tf.name_scope(scope, default_scope, [inputs]) as opened:
        order = "channels_first" if data_format.startswith("NC") else "channels_last"
        outputs = kind(kernel_size, stride, padding, order, _scope=opened)(tf.convert_to_tensor(inputs))
        return collect_named_outputs(collections, opened, outputs)


@of_layers("max_pool2d")
@add_arg_scope
def max_pool2d(inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NHWC",
               outputs_collections: Any = None, scope: Any = None) -> Any:
    """The maximum of each window of images [batch, height, width, channels]."""
    return _pooled(pooling.MaxPooling2D, ("NHWC", "NCHW"), inputs, kernel_size, stride, padding, data_format,
                   outputs_collections, scope, "MaxPool2D")


@of_layers("avg_pool2d")
@add_arg_scope
def avg_pool2d(inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NHWC",
               outputs_collections: Any = None, scope: Any = None) -> Any:
    """The mean of each window of images [batch, height, width, channels]."""
    return _pooled(pooling.AveragePooling2D, ("NHWC", "NCHW"), inputs, kernel_size, stride, padding, data_format,
                   outputs_collections, scope, "AvgPool2D")


@of_layers("max_pool3d")
@add_arg_scope
def max_pool3d(inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NDHWC",
               outputs_collections: Any = None, scope: Any = None) -> Any:
    """The maximum of each window of volumes [batch, depth, height, width, channels]."""
    return _pooled(pooling.MaxPooling3D, ("NDHWC", "NCDHW"), inputs, kernel_size, stride, padding, data_format,
                   outputs_collections, scope, "MaxPool3D")


@of_layers("avg_pool3d")
@add_arg_scope
def avg_pool3d(inputs: Any, kernel_size: Any, stride: Any = 2, padding: str = "VALID", data_format: str = "NDHWC",
               outputs_collections: Any = None, scope: Any = None) -> Any:
    """The mean of each window of volumes [batch, depth, height, width, channels]."""
    return _pooled(pooling.AveragePooling3D, ("NDHWC", "NCDHW"), inputs, kernel_size, stride, padding, data_format,
                   outputs_collections, scope, "AvgPool3D")


@of_layers("pool")
@add_arg_scope
def pool(inputs: Any, kernel_size: Any, pooling_type: str, padding: str = "VALID", data_format: str | None = None,
         dilation_rate: Any = 1, stride: Any = 1, outputs_collections: Any = None, scope: Any = None) -> Any:
    """Pooling in as many dimensions as the input has. pooling_type: "MAX" or "AVG".

    inputs: [batch, ...space, channels], or channels second with a `data_format` "NC…". kernel_size, dilation_rate,
    stride: numbers, or one a dimension. Raises ValueError for an input of unknown rank.
    """
    with tf.name_scope(scope, f"{pooling_type.lower()}_pool", [inputs]) as opened:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.rank
        if rank is None:
            raise ValueError("Rank of inputs must be known")
        if rank < 3:
            raise ValueError("Rank of inputs must be >= 3")
        n = rank - 2
        outputs = tf.nn.pool(inputs, n_positive_integers(n, kernel_size), pooling_type, padding,
                             data_format=data_format, dilation_rate=n_positive_integers(n, dilation_rate),
                             strides=n_positive_integers(n, stride), name=opened)
        return collect_named_outputs(outputs_collections, opened, outputs)
