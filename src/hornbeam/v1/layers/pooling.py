"""`tf.layers`: pooling."""

from __future__ import annotations

from typing import Any

from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.v1.api import tf
from hornbeam.v1.layers.base import Layer
from hornbeam.v1.layers.core import known_format
from hornbeam.v1.layers.input_spec import InputSpec
from hornbeam.v1.layers.windows import known_padding, order_of, output_length, sizes, spatial_axes


class _Pooling(Layer):
    """Pooling over windows in `_rank` dimensions of space by the op `_op`."""

    _rank = 2
    _op = ""

    def __init__(self, pool_size: Any, strides: Any, padding: str = "valid", data_format: str = "channels_last",
                 name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        strides = pool_size if strides is None else strides
        self.pool_size = sizes(pool_size, self._rank, "pool_size")
        self.strides = sizes(strides, self._rank, "strides")
        self.padding, self.data_format = known_padding(padding), known_format(data_format)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def call(self, inputs: Any) -> Any:
        """The pooled windows."""
        if self._rank == 1:
            axis = spatial_axes(self.data_format, 1)[0]
            wide = tf.expand_dims(inputs, axis + 1)
            return tf.squeeze(self._pooled(wide, (*self.pool_size, 1), (*self.strides, 1)), [axis + 1])
        return self._pooled(inputs, self.pool_size, self.strides)

    def _pooled(self, inputs: Any, window: tuple[int, ...], steps: tuple[int, ...]) -> Any:
        full = (lambda x: (1, 1, *x)) if self.data_format == "channels_first" else (lambda x: (1, *x, 1))
        return getattr(tf.nn, self._op)(inputs, full(window), full(steps), self.padding.upper(),
                                        data_format=order_of(self.data_format, len(window)))

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape with the number of windows along each dimension of space."""
        dims = TensorShape(input_shape).as_list()
        for axis, window, step in zip(spatial_axes(self.data_format, self._rank), self.pool_size, self.strides,
                                      strict=True):
            dims[axis] = output_length(dims[axis], window, self.padding, step)
        return TensorShape(dims)


@public(v1=("layers.AveragePooling1D",))
class AveragePooling1D(_Pooling):
    """The mean of each window of sequences [batch, steps, channels]."""

    _rank, _op = 1, "avg_pool"


@public(v1=("layers.MaxPooling1D",))
class MaxPooling1D(_Pooling):
    """The maximum of each window of sequences [batch, steps, channels]."""

    _rank, _op = 1, "max_pool"


@public(v1=("layers.AveragePooling2D",))
class AveragePooling2D(_Pooling):
    """The mean of each window of images [batch, height, width, channels]."""

    _rank, _op = 2, "avg_pool"


@public(v1=("layers.MaxPooling2D",))
class MaxPooling2D(_Pooling):
    """The maximum of each window of images [batch, height, width, channels]."""

    _rank, _op = 2, "max_pool"


@public(v1=("layers.AveragePooling3D",))
class AveragePooling3D(_Pooling):
    """The mean of each window of volumes [batch, depth, height, width, channels]."""

    _rank, _op = 3, "avg_pool3d"


@public(v1=("layers.MaxPooling3D",))
class MaxPooling3D(_Pooling):
    """The maximum of each window of volumes [batch, depth, height, width, channels]."""

    _rank, _op = 3, "max_pool3d"


@public(v1=("layers.average_pooling1d",))
def average_pooling1d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: str | None = None) -> Any:
    """The mean of each window of sequences [batch, steps, channels]."""
    return AveragePooling1D(pool_size, strides, padding, data_format, name)(inputs)


@public(v1=("layers.max_pooling1d",))
def max_pooling1d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: str | None = None) -> Any:
    """The maximum of each window of sequences [batch, steps, channels]."""
    return MaxPooling1D(pool_size, strides, padding, data_format, name)(inputs)


@public(v1=("layers.average_pooling2d",))
def average_pooling2d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: str | None = None) -> Any:
    """The mean of each window of images [batch, height, width, channels]."""
    return AveragePooling2D(pool_size, strides, padding, data_format, name)(inputs)


@public(v1=("layers.max_pooling2d",))
def max_pooling2d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: str | None = None) -> Any:
    """The maximum of each window of images [batch, height, width, channels]."""
    return MaxPooling2D(pool_size, strides, padding, data_format, name)(inputs)


@public(v1=("layers.average_pooling3d",))
def average_pooling3d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                      data_format: str = "channels_last", name: str | None = None) -> Any:
    """The mean of each window of volumes [batch, depth, height, width, channels]."""
    return AveragePooling3D(pool_size, strides, padding, data_format, name)(inputs)


@public(v1=("layers.max_pooling3d",))
def max_pooling3d(inputs: Any, pool_size: Any, strides: Any, padding: str = "valid",
                  data_format: str = "channels_last", name: str | None = None) -> Any:
    """The maximum of each window of volumes [batch, depth, height, width, channels]."""
    return MaxPooling3D(pool_size, strides, padding, data_format, name)(inputs)
