"""Layers that add, cut and repeat places: ZeroPadding, Cropping, UpSampling."""

from __future__ import annotations

from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.config.settings import standardize_data_format
from hornbeam.keras.layers import sizes
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.names import keras_export


class _Spatial(Layer):
    """Base: something is done to the `rank` dimensions between batch and channels."""

    rank: int
    _keeps_format = True

    def __init__(self, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _first(self) -> int:
        return 2 if self.data_format == "channels_first" else 1

    def _whole(self, input_shape: Any, inner: tuple[Any, ...]) -> tuple[Any, ...]:
        return sizes.with_spatial(input_shape[0], inner, sizes.channels_of(input_shape, self.data_format),
                                  self.data_format)

    def _inner(self, input_shape: Any) -> tuple[Any, ...]:
        return sizes.spatial(input_shape, self.rank, self.data_format)

    def get_config(self) -> dict[str, Any]:
        base = super().get_config()
        return {**base, "data_format": self.data_format} if self._keeps_format else base


class _Padding(_Spatial):
    def __init__(self, padding: Any, data_format: str | None, **kwargs: Any) -> None:
        self.padding: Any
        super().__init__(data_format, **kwargs)
        self.padding = sizes.pairs(padding, self.rank, "padding")
        if self.rank == 1:
            self.padding = self.padding[0]

    @property
    def _each(self) -> Any:
        return (self.padding,) if self.rank == 1 else self.padding

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return self._whole(input_shape, tuple(None if n is None else n + a + b for n, (a, b) in zip(
            self._inner(input_shape), self._each, strict=True)))

    def call(self, inputs: Any) -> Any:
        widths = [[0, 0]] * len(inputs.shape)
        widths[self._first:self._first + self.rank] = [list(p) for p in self._each]
        return ops.pad(inputs, widths)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "padding": self.padding}


@keras_export("layers.ZeroPadding1D")
class ZeroPadding1D(_Padding):
    """Zeros before and after a sequence. padding: a number, or one before and one after."""

    rank = 1

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@keras_export("layers.ZeroPadding2D")
class ZeroPadding2D(_Padding):
    """Zeros around an image. padding: a number, one for each dimension, or pairs (before, after)."""

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


@keras_export("layers.ZeroPadding3D")
class ZeroPadding3D(_Padding):
    """Zeros around a volume. padding: a number, one for each dimension, or pairs (before, after)."""

    rank = 3

    def __init__(self, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(padding, data_format, **kwargs)


class _Cropping(_Spatial):
    def __init__(self, cropping: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping: Any = sizes.pairs(cropping, self.rank, "cropping")
        if self.rank == 1:
            self.cropping = self.cropping[0]

    @property
    def _each(self) -> Any:
        return (self.cropping,) if self.rank == 1 else self.cropping

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        inner = self._inner(input_shape)
        if any(n is not None and a + b >= n for n, (a, b) in zip(inner, self._each, strict=True)):
            what = ("`cropping` parameter of `Cropping1D` layer must be smaller than the input length" if (
                self.rank == 1) else "Values in `cropping` argument should be smaller than the corresponding spatial "
                    "dimension of the input")
            raise ValueError(f"{what}. Received: input_shape={input_shape}, cropping={self.cropping}")
        return self._whole(input_shape, tuple(None if n is None else n - a - b
                                              for n, (a, b) in zip(inner, self._each, strict=True)))

    def call(self, inputs: Any) -> Any:
        self.compute_output_shape(inputs.shape)
        places: list[Any] = [slice(None)] * len(inputs.shape)
        for i, (before, after) in enumerate(self._each):
            places[self._first + i] = slice(before, -after if after else None)
        return inputs[tuple(places)]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "cropping": self.cropping}


@keras_export("layers.Cropping1D")
class Cropping1D(_Cropping):
    """Cuts steps off the start and end of a sequence. cropping: a number, or one for each end."""

    rank = 1
    _keeps_format = False

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, "channels_last", **kwargs)


@keras_export("layers.Cropping2D")
class Cropping2D(_Cropping):
    """Cuts rows and columns off an image. cropping: a number, one for each dimension, or pairs (before, after)."""

    rank = 2

    def __init__(self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


@keras_export("layers.Cropping3D")
class Cropping3D(_Cropping):
    """Cuts places off a volume. cropping: a number, one for each dimension, or pairs (before, after)."""

    rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None,
                 **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class _UpSampling(_Spatial):
    def __init__(self, size: Any, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.size: Any = sizes.sizes(size, self.rank, "size")

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        return self._whole(input_shape, tuple(None if n is None else n * s for n, s in zip(
            self._inner(input_shape), self.size, strict=True)))

    def call(self, inputs: Any) -> Any:
        for i, times in enumerate(self.size):
            inputs = ops.repeat(inputs, times, axis=self._first + i)
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


@keras_export("layers.UpSampling1D")
class UpSampling1D(_UpSampling):
    """Each step of a sequence `size` times. Raises TypeError for a size that is no integer, ValueError below 1."""

    rank = 1
    _keeps_format = False

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        if not isinstance(size, int) or isinstance(size, bool):
            raise TypeError(f"Expected an integer value for `size`, got {type(size)}.")
        if size <= 0:
            raise ValueError(f"Argument `size` should be a positive integer. Received: size={size}")
        super().__init__(size, "channels_last", **kwargs)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size[0]}


@keras_export("layers.UpSampling2D")
class UpSampling2D(_UpSampling):
    """An image `size` times as high and wide.

    interpolation: 'nearest' repeats rows and columns; 'bilinear', 'bicubic', 'lanczos3', 'lanczos5' compute between
    them. Raises ValueError for another word.
    """

    rank = 2

    def __init__(self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest",
                 **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = interpolation.lower()
        if self.interpolation not in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
            raise ValueError("`interpolation` argument should be one of nearest, bilinear, bicubic, lanczos3, "
                             f"lanczos5. Received: {interpolation}")

    def call(self, inputs: Any) -> Any:
        if self.interpolation == "nearest":
            return super().call(inputs)
        inner = self._inner(ops.shape(inputs))
        return ops.image.resize(inputs, tuple(n * s for n, s in zip(inner, self.size, strict=True)),
                                interpolation=self.interpolation, data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "interpolation": self.interpolation}


@keras_export("layers.UpSampling3D")
class UpSampling3D(_UpSampling):
    """A volume `size` times as large, places repeated."""

    rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(size, data_format, **kwargs)
