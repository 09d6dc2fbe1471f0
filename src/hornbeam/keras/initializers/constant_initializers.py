"""Initializers that draw nothing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.initializers.initializer import Initializer
from hornbeam.keras.names import keras_export
from hornbeam.keras.ops.numpy import binary, creation
from hornbeam.keras.ops.tensors import tensor
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object

_SIDES = ("real", "imag")
_SCALINGS = (None, "density", "spectrum")


@keras_export("initializers.Constant", "initializers.constant")
class Constant(Initializer):
    """One value everywhere; an array must broadcast to the shape."""

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """The value in a shape and dtype."""
        kind = standardize_dtype(dtype)
        return binary.multiply(tensor(self.value, kind), creation.ones(shape, kind))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {"value": serialize_keras_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        """An initializer from what `get_config` gave."""
        return cls(deserialize_keras_object(config["value"]))


@keras_export("initializers.Zeros", "initializers.zeros")
class Zeros(Initializer):
    """Zeros."""

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Zeros of a shape and dtype."""
        return creation.zeros(shape, standardize_dtype(dtype))


@keras_export("initializers.Ones", "initializers.ones")
class Ones(Initializer):
    """Ones."""

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """Ones of a shape and dtype."""
        return creation.ones(shape, standardize_dtype(dtype))


@keras_export("initializers.Identity", "initializers.IdentityInitializer", "initializers.identity")
class Identity(Initializer):
    """`gain` on the diagonal of a matrix, zeros elsewhere. Raises ValueError for other ranks."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """The matrix of a shape and dtype."""
        if len(shape) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices. Received: "
                             f"shape={shape} of rank {len(shape)}.")
        return binary.multiply(creation.eye(*shape, dtype=standardize_dtype(dtype)), self.gain)

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {"gain": self.gain}


@keras_export("initializers.STFT", "initializers.STFTInitializer", "initializers.stft")
class STFT(Initializer):
    """The basis of a short-time Fourier transform, as the kernel [frame, 1, frequencies] of a convolution.

    side: the "real" or the "imag"inary part. window: a name that `scipy.signal.get_window` knows, an array, or None.
    scaling: "density", "spectrum" or None. periodic: whether a named window is periodic.
    Raises ValueError for other words.
    """

    def __init__(self, side: str = "real", window: Any = "hann", scaling: str | None = "density",
                 periodic: bool = False) -> None:
        if side not in _SIDES:
            raise ValueError(f"side should be 'real' or 'imag', not {side}")
        if isinstance(window, str):
            _named_window(window, 1, True)
        if scaling not in _SCALINGS:
            raise ValueError("Scaling is invalid, it must be `None`, 'density' or 'spectrum'. "
                             f"Received scaling={scaling}")
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        """The kernel [frame length, channels, frequencies]."""
        frame, _, frequencies = shape
        turn = -2 * math.pi * np.arange(frame).reshape(-1, 1, 1) * np.arange(frequencies) / ((frequencies - 1) * 2)
        kernel = np.cos(turn) if self.side == "real" else np.sin(turn)
        if self.window is not None:
            window = self.window
            values = np.asarray(_named_window(window, frame, self.periodic) if isinstance(window, str) else window,
                                np.float64)
            if values.shape != (frame,):
                raise ValueError("The shape of `window` must be equal to [frame_length]."
                                 f"Received: window shape={values.shape}")
            scale = {"density": math.sqrt((values**2).sum()), "spectrum": np.abs(values).sum(), None: 1.0}[self.scaling]
            kernel = kernel * values.reshape(-1, 1, 1) / scale
        return tensor(kernel, standardize_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the initializer from."""
        return {"side": self.side, "window": self.window, "periodic": self.periodic, "scaling": self.scaling}


def _named_window(name: str, length: int, periodic: bool) -> Any:
    try:
        from scipy.signal import get_window
    except ImportError as error:
        raise ImportError("named windows come from the package 'scipy': pip install scipy") from error
    return get_window(name, length, periodic)
