"""What summaries hold: histograms, images, sounds and tensors as the messages that TensorBoard reads."""

from __future__ import annotations

import functools
import struct
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, errors
from hornbeam.graph.bundle.table import varint
from hornbeam.graph.names import Lazy
from hornbeam.ops import image_png

_LARGEST = float(np.finfo(np.float64).max)
_ALMOST_NOTHING = 1e-6
_LOOKED_UP, _BLOCK = 500, 1 << 14
_ADDED_IN_ORDER = 5_000


@functools.cache
def message(name: str, module: str = "summary_pb2") -> Any:
    """A class of messages, loaded when one is first made."""
    return Lazy(f"hornbeam.graph.messages.{module}", name).load()


def parsed(made: Any, data: Any, otherwise: str) -> Any:
    """A message with the fields that bytes hold added. Raises InvalidArgumentError for other bytes."""
    try:
        made.MergeFromString(data if isinstance(data, bytes) else np.asarray(data, object)[()])
    except Exception as error:
        if type(error).__name__ != "DecodeError":
            raise
        raise errors.InvalidArgumentError(None, None, otherwise) from None
    return made


# Histograms -----------------------------------------------------------------------------------------


@functools.cache
def bucket_limits() -> np.ndarray:
    """The upper ends of the buckets of a histogram: ±1e-12 times powers of 1.1 up to 1e20, 0 and the largest."""
    steps = np.full(800, 1.1)
    steps[0] = 1e-12
    positive = np.multiply.accumulate(steps)
    positive = np.append(positive[positive < 1e20], _LARGEST)
    return np.concatenate([-positive[::-1], [0.0], positive])


@functools.cache
def _cells(dtype: np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """For the first 16 bits of a float: the bucket of the least number that begins with them, and the limit above.

    Numbers that begin alike are less than a tenth apart, so no two limits are between them.
    """
    limits, size = bucket_limits(), dtype.itemsize
    first = np.arange(1 << 16, dtype=f"u{size}") << (8 * size - 16)
    last = first | ((1 << 8 * size - 16) - 1)
    with np.errstate(over="ignore", invalid="ignore"):
        least = np.minimum(first.view(dtype), last.view(dtype)).astype(np.float64)
        above = limits.astype(dtype)
        above = np.where(above < limits, np.nextafter(above, dtype.type(np.inf)), above)
        above[-1] = np.inf
    buckets = np.searchsorted(limits[:-1], least, "right")
    return buckets, above[buckets]


def _counts(flat: np.ndarray) -> np.ndarray:
    """How many of some floats are in each bucket."""
    limits = bucket_limits()
    if flat.size < _LOOKED_UP:
        return np.bincount(np.searchsorted(limits[:-1], flat.astype(np.float64), "right"), minlength=len(limits))
    counts = np.zeros(len(limits), np.intp)
    buckets, above = _cells(flat.dtype)
    bits = flat.view(f"u{flat.itemsize}")
    shift = bits.dtype.type(8 * flat.itemsize - 16)
    for start in range(0, flat.size, _BLOCK):  # of a size that stays in the processor's cache
        cells = (bits[start:start + _BLOCK] >> shift).astype(np.intp)
        found = buckets.take(cells)
        found += flat[start:start + _BLOCK] >= above.take(cells)
        counts += np.bincount(found, minlength=len(limits))
    return counts


def _sums(flat: np.ndarray) -> tuple[float, float]:
    """The sum of some floats and that of their squares; where there are not many, to the last bit as added in order.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        if flat.size <= _ADDED_IN_ORDER:
            wide = flat.astype(np.float64)
            return np.add.accumulate(wide).item(-1), np.add.accumulate(wide * wide).item(-1)
        return float(flat.sum(dtype=np.float64)), float(np.einsum("i,i->", flat, flat, dtype=np.float64))


def write_histogram(found: Any, values: np.ndarray) -> None:
    """Fill a `HistogramProto` with the values of an array; runs of empty buckets are one.

    Where one of them is no finite number, neither is `min` or `max`, and the rest means nothing.
    """
    limits = bucket_limits()
    if not values.size:
        found.min, found.max = _LARGEST, -_LARGEST
        found.bucket_limit.append(_LARGEST)
        found.bucket.append(0.0)
        return
    flat = np.ascontiguousarray(values).reshape(-1)
    if flat.dtype.char not in "fd":
        flat = flat.astype(np.float64 if flat.dtype.itemsize > 2 else np.float32)
    found.min, found.max, found.num = float(flat.min()), float(flat.max()), flat.size
    found.sum, found.sum_squares = _sums(flat)
    counts = _counts(flat)
    full = counts > 0
    kept = full.copy()
    kept[:-1] |= full[1:]  # of a run of empty buckets the last one stands for all
    kept[-1] = True
    chosen = kept.nonzero()[0]
    # The wire format of a list of doubles is its bytes: many times faster than one by one.
    size = varint(8 * len(chosen))
    found.MergeFromString(b"\x32" + size + limits[chosen].tobytes()
                          + b"\x3a" + size + counts[chosen].astype(np.float64).tobytes())


# Images -----------------------------------------------------------------------------------------------


def images(tag: str, batch: np.ndarray, most: int, bad_colour: np.ndarray) -> list[Any]:
    """The `Summary.Value`s of the first `most` images of [batch, height, width, 1, 3 or 4].

    Floats are scaled image by image: the largest to 255 or, where some are negative, zero to 128 and the farthest
    from it to 1 or 255. Pixels that hold a NaN or an infinity take the bad colour.
    """
    summary = message("Summary")
    found = []
    for index, image in enumerate(batch[:most]):
        pixels = image if image.dtype == np.uint8 else _scaled(image.astype(np.float32), bad_colour)
        height, width, channels = pixels.shape
        if not height or not width:
            raise errors.InvalidArgumentError(None, None, f"Invalid image dimensions: width={width}, height={height}")
        found.append(summary.Value(
            tag=f"{tag}/image/{index}" if most > 1 else f"{tag}/image", image=summary.Image(
                height=height, width=width, colorspace=channels,
                encoded_image_string=image_png.write(np.ascontiguousarray(pixels), -1))))
    return found


def _scaled(image: np.ndarray, bad_colour: np.ndarray) -> np.ndarray:
    sound = np.isfinite(image)
    finite = image[sound]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low < 0:
        farthest = max(abs(low), abs(high))
        scale, offset = 0.0 if farthest < _ALMOST_NOTHING else 127.0 / farthest, 128.0
    else:
        scale, offset = 0.0 if high < _ALMOST_NOTHING else 255.0 / high, 0.0
    level = np.where(sound, image, 0) * np.float32(scale) + np.float32(offset)
    colour = np.asarray(bad_colour, np.uint8)[:image.shape[-1]]
    return np.where(sound.all(-1, keepdims=True), level.astype(np.uint8), colour)


# Sounds -----------------------------------------------------------------------------------------------


def wav(sound: np.ndarray, rate: int) -> bytes:
    """A sound, floats of [-1, 1] in [frames, channels], as a WAV file of 16 bits a sample; what is louder is clipped.

    >>> len(wav(np.zeros([10, 2], np.float32), 8000))
    84
    """
    frames, channels = sound.shape
    if not 0 < rate < 1 << 31:
        raise ValueError(f"sample_rate must be greater than 0, got: {rate}")
    scaled = sound.astype(np.float32) * np.float32(1 << 15)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))  # halves away from zero
    samples = np.clip(rounded, -(1 << 15), (1 << 15) - 1).astype("<i2").tobytes()
    return struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, channels, rate,
                       rate * channels * 2, channels * 2, 16, b"data", 2 * frames * channels) + samples


def sounds(tag: str, batch: np.ndarray, rate: float, most: int) -> list[Any]:
    """The `Summary.Value`s of the first `most` sounds of [batch, frames] or [batch, frames, channels]."""
    summary = message("Summary")
    found = []
    for index, sound in enumerate(batch[:most]):
        frames = sound.reshape(len(sound), -1) if sound.ndim == 1 else sound
        found.append(summary.Value(
            tag=f"{tag}/audio/{index}" if most > 1 else f"{tag}/audio", audio=summary.Audio(
                sample_rate=rate, num_channels=frames.shape[1], length_frames=len(frames),
                encoded_audio_string=wav(frames, int(rate)), content_type="audio/wav")))
    return found


# Tensors ----------------------------------------------------------------------------------------------


def tensor(array: np.ndarray) -> Any:
    """An array as a `TensorProto`: strings one by one, numbers as their bytes."""
    kind = dtypes.string if array.dtype == object else dtypes.from_numpy(array.dtype)
    found = message("TensorProto", "tensor_pb2")(dtype=kind.as_datatype_enum)
    found.tensor_shape.SetInParent()
    for size in array.shape:
        found.tensor_shape.dim.add(size=size)
    if array.dtype == object:
        found.string_val.extend(v if isinstance(v, bytes) else str(v).encode() for v in array.reshape(-1))
    else:
        found.tensor_content = np.ascontiguousarray(array).tobytes()
    return found
