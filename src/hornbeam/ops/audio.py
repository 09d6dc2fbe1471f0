"""`tf.audio`: WAV files of 16-bit samples, read and written on the host."""

from __future__ import annotations

import struct

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.op import never, op
from hornbeam.ops.dims import ShapeFault

_NEVER = never("reads and writes bytes")
_SCALE = 1 << 15
_TINY = struct.pack("<4sI4s4sIHHIIHH4sI4h", b"RIFF", 44, b"WAVE", b"fmt ", 16, 1, 2, 8000, 32000, 4, 16, b"data", 8,
                    0, 16384, -32768, 32767)


class _Reader:
    """The bytes of a file, taken from the front."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ShapeFault("Data too short when trying to read string")
        self.at += count
        return self.data[self.at - count:self.at]

    def expect(self, word: bytes) -> None:
        found = self.take(4)
        if found != word:
            raise ShapeFault(f"Header mismatch: Expected {word.decode()} but found {found.decode('latin-1')}")

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")


def _read(data: bytes) -> tuple[np.ndarray, int]:
    """The samples [time, channels] and their rate."""
    reader = _Reader(data)
    reader.expect(b"RIFF")
    reader.number()
    reader.expect(b"WAVE")
    reader.expect(b"fmt ")
    size = reader.number()
    if size not in (16, 18):
        raise ShapeFault(f"Bad format chunk size for WAV: Expected 16 or 18, but got{size}")
    kind, channels, rate, _, frame, bits = struct.unpack("<HHIIHH", reader.take(size)[:16])
    if kind != 1:
        raise ShapeFault(f"Bad audio format for WAV: Expected 1 (PCM), but got{kind}")
    if bits != 16:
        raise ShapeFault(f"Can only read 16-bit WAV files, but received {bits}")
    if frame != 2 * channels:
        raise ShapeFault(f"Bad bytes per sample in WAV header: Expected {2 * channels} but got {frame}")
    while True:
        name, size = reader.take(4), reader.number()
        found = reader.take(size)
        if name == b"data":
            break
        if reader.at >= len(data):
            raise ShapeFault("No data chunk found in WAV")
    whole = len(found) // frame * frame
    return np.frombuffer(found[:whole], "<i2").reshape(-1, channels), rate


def _resized(samples: np.ndarray, length: int, channels: int) -> np.ndarray:
    """So many samples, zeros after the last, and channels, the last one again; -1: as many as there are."""
    if channels not in (-1, samples.shape[1]):
        samples = samples[:, np.minimum(np.arange(channels), samples.shape[1] - 1)]
    if length == -1:
        return samples
    return np.pad(samples[:length], [(0, max(0, length - len(samples))), (0, 0)])


@op("DecodeWav", inputs="contents: string", outputs=("audio", "sample_rate"), names=("audio.decode_wav",), host=True,
    gives_strings=False, differentiable=_NEVER, samples=lambda rng: [((np.array(_TINY, object),), {})])
def decode_wav(contents, *, desired_channels: int = -1, desired_samples: int = -1):
    """The samples of a WAV file, float32 [samples, channels] from -1 to 1, and how many there are a second, int32.

    desired_channels, desired_samples: how many to give: of those in the file, the last channel again, zeros after the
    last sample. -1: as the file has. Raises InvalidArgumentError for what is no WAV file of 16-bit samples.

    >>> decode_wav(encode_wav([[0.0], [0.5]], 8000)).audio.numpy().tolist()
    [[0.0], [0.5]]
    """
    if np.ndim(contents):
        raise ShapeFault(f"contents must be scalar, got shape {list(np.shape(contents))}")
    samples, rate = _read(bytes(np.asarray(contents)[()]))
    found = _resized(samples, desired_samples, desired_channels)
    return found.astype(np.float32) / np.float32(_SCALE), np.array(rate, np.int64).astype(np.int32)


@decode_wav.shape
def _(inputs, attrs):
    for name in ("desired_channels", "desired_samples"):
        if attrs[name] < -1:
            raise ShapeFault(f"{name} must be >= -1, got {attrs[name]}")
    dims = inputs[0].dims
    if dims:
        raise ShapeFault(f"Shape must be rank 0 but is rank {len(dims)}",
                         f"contents must be scalar, got shape {list(dims)}")
    sizes = tuple(None if attrs[name] == -1 else attrs[name] for name in ("desired_samples", "desired_channels"))
    return [(sizes, dtypes.float32), ((), dtypes.int32)]


@op("EncodeWav", inputs="audio: float32, sample_rate: int32", names=("audio.encode_wav",), host=True,
    gives_strings=True, differentiable=_NEVER,
    samples=lambda rng: [((np.array([[0.0, 0.5], [-1.0, 2.0]], np.float32), np.array(8000, np.int32)), {})])
def encode_wav(audio, sample_rate):
    """A WAV file of samples, float32 [samples, channels] from -1 to 1, which are rounded to 16 bits.

    sample_rate: how many there are a second. Raises InvalidArgumentError for other ranks and for no channels.
    """
    if np.ndim(audio) != 2:
        raise ShapeFault(f"audio must be 2-dimensional{list(np.shape(audio))}")
    if np.ndim(sample_rate):
        raise ShapeFault(f"Input sample_rate should be a scalar tensor, got {list(np.shape(sample_rate))} instead.")
    rate, channels = int(sample_rate), audio.shape[1]
    if rate <= 0:
        raise ShapeFault(f"sample_rate must be in (0, 2^32), got: {rate % 2**64}")
    if not 0 < channels < 2**16:
        raise ShapeFault(f"num_channels must be in (0, 2^16), got: {channels}")
    wide = np.asarray(audio, np.float64) * _SCALE
    rounded = np.trunc(wide + np.copysign(0.5, wide))
    data = np.clip(rounded, -_SCALE, _SCALE - 1).astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, channels, rate,
                       2 * channels * rate, 2 * channels, 16, b"data", len(data))
    return np.array(head + data, object)


@encode_wav.shape
def _(inputs, attrs):
    return [((), dtypes.string)]
