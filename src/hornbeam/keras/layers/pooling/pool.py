"""Pooling: the largest value or the mean of each window, or of the whole."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers import sizes
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


class _Pool(Layer):
    """Base: windows of `pool_size`, `strides` apart (by default side by side), 'valid' or 'same' padding."""

    rank: int

    def __init__(self, pool_size: Any, strides: Any, padding: str, data_format: str | None, name: str | None,
                 **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.pool_size = sizes.sizes(pool_size, self.rank, "pool_size")
        self.strides = sizes.sizes(pool_size if strides is None else strides, self.rank, "strides")
        self.padding = sizes.padding_word(padding)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        inner = sizes.spatial(input_shape, self.rank, self.data_format)
        counts = tuple(sizes.window_count(n, k, s, self.padding)
                       for n, k, s in zip(inner, self.pool_size, self.strides, strict=True))
        if any(c is not None and c <= 0 for c in counts):
            raise ValueError(f"Computed output size would be negative. Received: `inputs.shape={input_shape}` and "
                             f"`pool_size={self.pool_size}`.")
        return sizes.with_spatial(input_shape[0], counts, sizes.channels_of(input_shape, self.data_format),
                                  self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size, "padding": self.padding, "strides": self.strides,
                "data_format": self.data_format}


class _MaxPool(_Pool):
    def call(self, inputs: Any) -> Any:
        return ops.max_pool(inputs, pool_size=self.pool_size, strides=self.strides, padding=self.padding,
                            data_format=self.data_format)


class _AveragePool(_Pool):
    def call(self, inputs: Any) -> Any:
        return ops.average_pool(inputs, pool_size=self.pool_size, strides=self.strides, padding=self.padding,
                                data_format=self.data_format)


@keras_export("layers.MaxPooling1D", "layers.MaxPool1D")
class MaxPooling1D(_MaxPool):
    """The largest values in windows of sequences [batch, steps, channels]."""

    rank = 1

    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


@keras_export("layers.MaxPooling2D", "layers.MaxPool2D")
class MaxPooling2D(_MaxPool):
    """The largest values in windows of images [batch, rows, columns, channels]."""

    rank = 2

    def __init__(self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


@keras_export("layers.MaxPooling3D", "layers.MaxPool3D")
class MaxPooling3D(_MaxPool):
    """The largest values in windows of volumes [batch, depth, rows, columns, channels]."""

    rank = 3

    def __init__(self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


@keras_export("layers.AveragePooling1D", "layers.AvgPool1D")
class AveragePooling1D(_AveragePool):
    """The means of windows of sequences [batch, steps, channels]; padding does not count."""

    rank = 1

    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


@keras_export("layers.AveragePooling2D", "layers.AvgPool2D")
class AveragePooling2D(_AveragePool):
    """The means of windows of images [batch, rows, columns, channels]; padding does not count."""

    rank = 2

    def __init__(self, pool_size: Any = (2, 2), strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


@keras_export("layers.AveragePooling3D", "layers.AvgPool3D")
class AveragePooling3D(_AveragePool):
    """The means of windows of volumes [batch, depth, rows, columns, channels]; padding does not count."""

    rank = 3

    def __init__(self, pool_size: Any = (2, 2, 2), strides: Any = None, padding: str = "valid",
                 data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **kwargs)


# The whole -----------------------------------------------------------------------------------------


class _GlobalPool(Layer):
    """Base: over all places between batch and channels; `keepdims` keeps these dimensions as 1."""

    rank: int

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._build_at_init()

    @property
    def _axes(self) -> list[int]:
        first = 2 if self.data_format == "channels_first" else 1
        return list(range(first, first + self.rank))

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        channels = sizes.channels_of(input_shape, self.data_format)
        if self.keepdims:
            return sizes.with_spatial(input_shape[0], (1,) * self.rank, channels, self.data_format)
        return (input_shape[0], channels)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


class _GlobalMax(_GlobalPool):
    def call(self, inputs: Any) -> Any:
        return ops.max(inputs, axis=self._axes, keepdims=self.keepdims)


class _GlobalAverage(_GlobalPool):
    def call(self, inputs: Any) -> Any:
        return ops.mean(inputs, axis=self._axes, keepdims=self.keepdims)


@keras_export("layers.GlobalMaxPooling1D", "layers.GlobalMaxPool1D")
class GlobalMaxPooling1D(_GlobalMax):
    """The largest value of each channel of a sequence."""

    rank = 1


@keras_export("layers.GlobalMaxPooling2D", "layers.GlobalMaxPool2D")
class GlobalMaxPooling2D(_GlobalMax):
    """The largest value of each channel of an image."""

    rank = 2


@keras_export("layers.GlobalMaxPooling3D", "layers.GlobalMaxPool3D")
class GlobalMaxPooling3D(_GlobalMax):
    """The largest value of each channel of a volume."""

    rank = 3


@keras_export("layers.GlobalAveragePooling1D", "layers.GlobalAvgPool1D")
class GlobalAveragePooling1D(_GlobalAverage):
    """The mean of each channel of a sequence; steps that the mask leaves out do not count."""

    rank = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None:
            return super().call(inputs)
        axis = self._axes[0]
        kept = ops.expand_dims(ops.cast(mask, inputs.dtype), 1 if axis == 2 else 2)
        return ops.sum(inputs * kept, axis=axis, keepdims=self.keepdims) / ops.sum(kept, axis=axis,
                                                                                 keepdims=self.keepdims)

    def compute_mask(self, inputs: Any, mask: Any = None) -> None:
        return None


@keras_export("layers.GlobalAveragePooling2D", "layers.GlobalAvgPool2D")
class GlobalAveragePooling2D(_GlobalAverage):
    """The mean of each channel of an image."""

    rank = 2


@keras_export("layers.GlobalAveragePooling3D", "layers.GlobalAvgPool3D")
class GlobalAveragePooling3D(_GlobalAverage):
    """The mean of each channel of a volume."""

    rank = 3


# To a given size -----------------------------------------------------------------------------------


class _AdaptivePool(Layer):
    """Base: as many windows as make an output of `output_size`."""

    rank: int

    def __init__(self, output_size: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = sizes.sizes(output_size, self.rank, "output_size")
        self.data_format = standardize_data_format(data_format)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return sizes.with_spatial(input_shape[0], self.output_size, sizes.channels_of(input_shape, self.data_format),
                                  self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_size": self.output_size, "data_format": self.data_format}


class _AdaptiveMax(_AdaptivePool):
    def call(self, inputs: Any) -> Any:
        return ops.adaptive_max_pool(inputs, self.output_size, data_format=self.data_format)


class _AdaptiveAverage(_AdaptivePool):
    def call(self, inputs: Any) -> Any:
        return ops.adaptive_average_pool(inputs, self.output_size, data_format=self.data_format)


@keras_export("layers.AdaptiveMaxPooling1D")
class AdaptiveMaxPooling1D(_AdaptiveMax):
    """The largest values of so many parts of a sequence."""

    rank = 1


@keras_export("layers.AdaptiveMaxPooling2D")
class AdaptiveMaxPooling2D(_AdaptiveMax):
    """The largest values of so many parts of an image."""

    rank = 2


@keras_export("layers.AdaptiveMaxPooling3D")
class AdaptiveMaxPooling3D(_AdaptiveMax):
    """The largest values of so many parts of a volume."""

    rank = 3


@keras_export("layers.AdaptiveAveragePooling1D")
class AdaptiveAveragePooling1D(_AdaptiveAverage):
    """The means of so many parts of a sequence."""

    rank = 1


@keras_export("layers.AdaptiveAveragePooling2D")
class AdaptiveAveragePooling2D(_AdaptiveAverage):
    """The means of so many parts of an image."""

    rank = 2


@keras_export("layers.AdaptiveAveragePooling3D")
class AdaptiveAveragePooling3D(_AdaptiveAverage):
    """The means of so many parts of a volume."""

    rank = 3
