"""MelSpectrogram and STFTSpectrogram: sound as how strong each frequency is over time."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from hornbeam.keras import initializers, ops
from hornbeam.keras.config.settings import epsilon, standardize_data_format
from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.layers.input_spec import InputSpec
from hornbeam.keras.layers.layer import Layer
from hornbeam.keras.layers.sizes import window_count
from hornbeam.keras.names import keras_export
from hornbeam.ops.signal import mel, mel_triangles

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@keras_export("layers.MelSpectrogram")
class MelSpectrogram(Layer):
    """Sound [samples] or [batch, samples] as mel spectrograms [..., num_mel_bins, time].

    fft_length, sequence_stride, sequence_length, window: as for `keras.ops.stft`; the window is as long as the
    transform unless `sequence_length` says less. sampling_rate: samples per second. num_mel_bins: bands between
    `min_freq` and `max_freq` (half the sampling rate) in hertz. mag_exp: what magnitudes are raised to. power_to_db:
    whether the result is in decibels above `ref_power`, with at least `min_power` and no more than `top_db` below the
    loudest. Raises ValueError where the sequences are longer than the transform.

    >>> MelSpectrogram(num_mel_bins=64, sampling_rate=8000, sequence_stride=256)(np.ones(16000)).shape
    TensorShape([64, 63])
    """

    _CONFIG = ("fft_length", "sequence_stride", "sequence_length", "window", "sampling_rate", "num_mel_bins",
               "min_freq", "max_freq", "power_to_db", "top_db", "mag_exp", "min_power", "ref_power")

    def __init__(self, fft_length: int = 2048, sequence_stride: int = 512, sequence_length: int | None = None,
                 window: Any = "hann", sampling_rate: int = 16000, num_mel_bins: int = 128, min_freq: float = 20.0,
                 max_freq: float | None = None, power_to_db: bool = True, top_db: float = 80.0, mag_exp: float = 2.0,
                 min_power: float = 1e-10, ref_power: float = 1.0, **kwargs: Any) -> None:
        self.fft_length, self.sequence_stride = fft_length, sequence_stride
        self.sequence_length = sequence_length or fft_length
        if fft_length < self.sequence_length:
            raise ValueError("`fft_length` must be greater than or equal to `sequence_length`. Received: "
                             f"sequence_length={self.sequence_length}, fft_length={fft_length}")
        self.window, self.sampling_rate, self.num_mel_bins = window, sampling_rate, num_mel_bins
        self.min_freq, self.max_freq = min_freq, max_freq or int(sampling_rate / 2)
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power
        super().__init__(**kwargs)
        self._allow_non_tensor_positional_args = True

    def call(self, inputs: Any) -> Any:
        kind = self.compute_dtype if self.compute_dtype in ("float32", "float64") else "float32"
        real, imaginary = ops.stft(ops.cast(inputs, kind), self.sequence_length, self.sequence_stride, self.fft_length,
                                   self.window, center=True)
        magnitude = ops.sqrt(ops.square(real) + ops.square(imaginary))
        bands = self.linear_to_mel_weight_matrix(self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate,
                                                 self.min_freq, self.max_freq, kind)
        power = ops.matmul(ops.power(magnitude, self.mag_exp), bands)
        if self.power_to_db:
            power = self._decibels(power)
        return ops.cast(ops.swapaxes(power, -1, -2), self.compute_dtype)

    def _decibels(self, power: Any) -> Any:
        least = math.log10(max(abs(self.ref_power), self.min_power))
        found = 10.0 * ops.log10(ops.maximum(power, self.min_power)) - 10.0 * least
        return ops.maximum(found, ops.max(found) - self.top_db)

    def linear_to_mel_weight_matrix(self, num_mel_bins: int = 20, num_spectrogram_bins: int = 129,
                                    sampling_rate: float = 8000, lower_edge_hertz: float = 125.0,
                                    upper_edge_hertz: float = 3800.0, dtype: str = "float32") -> Any:
        """The matrix [num_spectrogram_bins, num_mel_bins] of triangular bands, evenly spaced on the mel scale.

        A spectrogram's frequencies times this matrix are the mel spectrogram's. The frequency 0 is in no band.
        """
        edges = np.linspace(mel(lower_edge_hertz), mel(upper_edge_hertz), num_mel_bins + 2)
        heard = np.linspace(0.0, sampling_rate / 2, num_spectrogram_bins)[1:, None]
        return ops.convert_to_tensor(np.pad(mel_triangles(mel(heard), edges, np), [[1, 0], [0, 0]]), dtype=dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        samples = input_shape[-1]
        count = None if samples is None else (samples + self.sequence_stride + 1) // self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, count)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **{name: getattr(self, name) for name in self._CONFIG}}


@keras_export("layers.STFTSpectrogram")
class STFTSpectrogram(Layer):
    """Sound [batch, time, channels] as spectrograms [batch, frames, channels · frequencies], by convolutions whose
    kernels may train.

    mode: "log" (of the magnitude), "magnitude", "psd" (the power's density), "real", "imag", "angle", or "stft" (the
    real parts, then the imaginary ones). frame_length, frame_step: of the frames, half a frame apart unless said
    otherwise. fft_length: of the transform, by default the next power of two. window: a name that
    `scipy.signal.get_window` knows, an array, or None; periodic, scaling: as for `keras.initializers.STFT`.
    padding: "valid" or "same". expand_dims: whether channels stay a dimension of their own: [batch, frames,
    frequencies, channels]. data_format: "channels_first" has the channels before time.
    Raises ValueError for other words and lengths that do not fit, TypeError for inputs that are no floating-point
    numbers of 16, 32 or 64 bits.

    >>> STFTSpectrogram(frame_length=256, frame_step=128, fft_length=512)(np.ones((3, 1600, 1), "float32")).shape
    TensorShape([3, 11, 257])
    """

    _CONFIG = ("mode", "frame_length", "frame_step", "fft_length", "window", "periodic", "scaling", "padding",
               "data_format", "expand_dims")

    def __init__(self, mode: str = "log", frame_length: int = 256, frame_step: int | None = None,
                 fft_length: int | None = None, window: Any = "hann", periodic: bool = False,
                 scaling: str | None = "density", padding: str = "valid", expand_dims: bool = False,
                 data_format: str | None = None, **kwargs: Any) -> None:
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError("`frame_step` should be a positive integer not greater than `frame_length`. Received "
                             f"frame_step={frame_step}, frame_length={frame_length}")
        if fft_length is not None and fft_length < frame_length:
            raise ValueError("`fft_length` should be not less than `frame_length`. Received "
                             f"fft_length={fft_length}, frame_length={frame_length}")
        if fft_length is not None and fft_length & (fft_length - 1):
            warnings.warn(f"`fft_length` is recommended to be a power of two. Received fft_length={fft_length}",
                          stacklevel=2)
        if mode not in _MODES:
            raise ValueError(f"Output mode is invalid, it must be one of {', '.join(_MODES)}. Received: mode={mode}")
        if padding not in ("valid", "same"):
            raise ValueError(f"Padding is invalid, it should be 'valid', 'same'. Received: padding={padding}")
        self._initializers = {side: initializers.STFT(side, window, scaling, periodic) for side in ("real", "imag")}
        super().__init__(**kwargs)
        self.mode, self.frame_length, self.frame_step, self.fft_length = mode, frame_length, frame_step, fft_length
        self._step = frame_step or frame_length // 2
        self._frequencies = (fft_length or 2 ** math.ceil(math.log2(frame_length))) // 2 + 1
        self.window, self.periodic, self.scaling, self.padding = window, periodic, scaling, padding
        self.expand_dims, self.data_format = expand_dims, standardize_data_format(data_format)
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        for side in ("real", "imag"):
            if self.mode not in ("real", "imag") or self.mode == side:
                kernel = self.add_weight(name=f"{side}_kernel", shape=(self.frame_length, 1, self._frequencies),
                                         initializer=self._initializers[side])
                setattr(self, f"{side}_kernel", kernel)

    def call(self, inputs: Any) -> Any:
        if standardize_dtype(inputs.dtype) not in ("float16", "float32", "float64"):
            raise TypeError("Invalid input type. Expected `float16`, `float32` or `float64`. Received: input "
                            f"type={inputs.dtype}")
        return self._arranged(self._spectrum(inputs))

    def _spectrum(self, inputs: Any) -> Any:
        """What `mode` asks for, as [batch, channels, frames, frequencies]."""
        if self.mode in ("real", "imag"):
            return self._convolved(inputs, getattr(self, f"{self.mode}_kernel"))
        real, imaginary = self._convolved(inputs, self.real_kernel), self._convolved(inputs, self.imag_kernel)
        if self.mode == "angle":
            return ops.arctan2(imaginary, real)
        if self.mode == "stft":
            return ops.concatenate([real, imaginary], axis=-1)
        power = ops.square(real) + ops.square(imaginary)
        if self.mode == "psd":  # what the negative frequencies have, the positive ones get; two have no counterpart
            return power + ops.pad(power[..., 1:-1], [[0, 0]] * 3 + [[1, 1]])
        magnitude = ops.sqrt(ops.maximum(power, epsilon()))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, epsilon()))

    def _convolved(self, inputs: Any, kernel: Any) -> Any:
        by_channel = inputs if self.data_format == "channels_first" else ops.transpose(inputs, [0, 2, 1])
        batch, channels, time = ops.shape(by_channel)
        found = ops.conv(ops.reshape(by_channel, [-1, time, 1]), ops.cast(kernel, inputs.dtype), strides=self._step,
                         padding=self.padding, data_format="channels_last")
        return ops.reshape(found, [batch, channels, ops.shape(found)[1], self._frequencies])

    def _arranged(self, found: Any) -> Any:
        batch, channels, frames, frequencies = ops.shape(found)
        if self.data_format == "channels_first":
            if self.expand_dims:
                return found
            return ops.reshape(ops.transpose(found, [0, 1, 3, 2]), [batch, channels * frequencies, frames])
        if self.expand_dims:
            return ops.transpose(found, [0, 2, 3, 1])
        return ops.reshape(ops.transpose(found, [0, 2, 1, 3]), [batch, frames, channels * frequencies])

    def compute_output_shape(self, input_shape: Any) -> Any:
        first = self.data_format == "channels_first"
        batch, channels, time = input_shape if first else (input_shape[0], input_shape[2], input_shape[1])
        frames = window_count(time, self.frame_length, self._step, self.padding)
        frequencies = self._frequencies * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            return (batch, channels, frames, frequencies) if first else (batch, frames, frequencies, channels)
        return (batch, channels * frequencies, frames) if first else (batch, frames, channels * frequencies)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **{name: getattr(self, name) for name in self._CONFIG}}
