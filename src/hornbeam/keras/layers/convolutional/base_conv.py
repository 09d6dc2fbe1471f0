"""What convolution layers share."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers import sizes
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.parameters import config_of, parameters


class Convolution(Layer):
    """Base: windows of the input times a kernel, plus a bias, through an activation.

    `rank` dimensions lie between batch and channels. Raises ValueError for sizes that make no sense.
    """

    rank: int
    _kernels = ("kernel",)
    """The arguments' prefixes: `kernel_initializer`, or `depthwise_initializer`."""

    def __init__(self, kernel_size: Any, strides: Any, padding: str, data_format: str | None, dilation_rate: Any,
                 activation: Any, use_bias: bool, given: dict[str, Any], allow_causal: bool = False,
                 **kwargs: Any) -> None:
        super().__init__(activity_regularizer=given.get("activity_regularizer"), **kwargs)
        self.kernel_size = sizes.sizes(kernel_size, self.rank, "kernel_size")
        self.strides = sizes.sizes(strides, self.rank, "strides")
        self.dilation_rate = sizes.sizes(dilation_rate, self.rank, "dilation_rate")
        self.padding = sizes.padding_word(padding, allow_causal)
        self.data_format = standardize_data_format(data_format)
        self.use_bias = use_bias
        parameters(self, given, self._parameter_names())
        self.input_spec = InputSpec(min_ndim=self.rank + 2)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError("`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
                             f"strides={self.strides} and dilation_rate={self.dilation_rate}")

    def _parameter_names(self) -> str:
        words = ["activation"]
        for kind in ("initializer", "regularizer", "constraint"):
            words += [f"{kernel}_{kind}" for kernel in self._kernels] + [f"bias_{kind}"]
        return " ".join(words)

    def _channels_in(self, input_shape: Any) -> int:
        channels = sizes.channels_of(input_shape, self.data_format)
        if channels is None:
            raise ValueError(f"The channel dimension of the inputs should be defined. Received: {input_shape}")
        axis = 1 if self.data_format == "channels_first" else -1
        self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={axis: channels})
        return channels

    def _add_kernel(self, name: str, shape: tuple[int, ...], prefix: str = "kernel") -> Any:
        return self.add_weight(name=name, shape=shape, initializer=getattr(self, f"{prefix}_initializer"),
                               regularizer=getattr(self, f"{prefix}_regularizer"),
                               constraint=getattr(self, f"{prefix}_constraint"))

    def _add_bias(self, channels: int) -> None:
        self.bias = self._add_kernel("bias", (channels,), "bias") if self.use_bias else None

    def _finished(self, outputs: Any) -> Any:
        """The outputs with bias and activation."""
        if self.bias is not None:
            outputs = sizes.with_bias(outputs, self.bias, self.data_format)
        return outputs if self.activation is None else self.activation(outputs)

    def _shape_with(self, input_shape: Any, channels: int) -> tuple[Any, ...]:
        inner = sizes.spatial(input_shape, self.rank, self.data_format)
        counts = tuple(sizes.window_count(n, k, s, self.padding, d) for n, k, s, d in zip(
            inner, self.kernel_size, self.strides, self.dilation_rate, strict=True))
        for n, count in zip(inner, counts, strict=True):
            if count is not None and count <= 0:
                raise ValueError(f"Computed output size would be zero or negative. Received `inputs "
                                 f"shape={input_shape}`, `kernel_size={self.kernel_size}`, "
                                 f"`dilation_rate={self.dilation_rate}` (of {n}).")
        return sizes.with_spatial(input_shape[0], counts, channels, self.data_format)

    def _config(self, names: str) -> dict[str, Any]:
        return config_of(self, super().get_config(), f"{names} kernel_size strides padding data_format dilation_rate "
                         f"use_bias {self._parameter_names()}",
                         activity_regularizer=self._regularizer_config())

    def _regularizer_config(self) -> Any:
        return config_of(self, {}, "activity_regularizer")["activity_regularizer"]
