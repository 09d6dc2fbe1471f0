"""JPEG files read and written by Pillow, pixel for pixel as TensorFlow does.

Pillow's decoder, libjpeg, is TensorFlow's too. But where Pillow transforms fast it also takes each pixel's colour from
the nearest sample, while TensorFlow's default transforms fast and interpolates. So that case reads brightness and
colour samples apart, and interpolates them here as libjpeg does.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np

from hornbeam.ops.image_formats import opened, pillow, pixels_of, refuse, truncated_allowed

FAULT = "jpeg::Uncompress failed. Invalid JPEG data or crop window."


def read(data: bytes, channels: int, ratio: int = 1, recover: bool = False, smooth: bool = True,
         accurate: bool = False) -> np.ndarray:
    """A JPEG of 1 or 3 channels (0: as many as it has), uint8, its size divided by `ratio` and rounded up.

    recover: a file that ends early is read as far as it goes. smooth: colours, which are stored at half the size, are
    interpolated. accurate: the slower of libjpeg's transforms. Raises InvalidArgumentError.
    """
    image = opened(data, FAULT)
    if channels == 0:
        channels = 1 if image.mode == "L" else 3
    mode = "L" if channels == 1 else "RGB"
    samples = _samples(image)
    interpolated = mode == "RGB" and ratio == 1 and smooth and samples not in (None, (1, 1))
    with truncated_allowed(recover):
        if interpolated and not accurate and samples in ((2, 1), (2, 2)):
            return _interpolated(_decoded(image, "YCbCr", 1, True), samples)
        return _decoded(image, mode, ratio, fast=not (accurate or interpolated) or not smooth)


def _samples(image: Any) -> tuple[int, int] | None:
    """How many pixels share a colour, across and down; None for files that are not brightness and two colours."""
    layers = getattr(image, "layer", [])
    if image.mode != "RGB" or len(layers) != 3 or image.info.get("adobe_transform") == 0:
        return None
    sampling = [(layer[1], layer[2]) for layer in layers]
    return sampling[0] if sampling[1] == sampling[2] == (1, 1) else None


def _decoded(image: Any, mode: str, ratio: int, fast: bool) -> np.ndarray:
    """The pixels in a mode. fast: transformed fast, and each colour from the nearest sample."""
    width, height = image.size
    image.draft(mode, image.size)
    codec, _, offset, args = image.tile[0]
    size = -(-width // ratio), -(-height // ratio)
    image.tile = [type(image.tile[0])(codec, (0, 0, *size), offset, args)]
    image._size, image.decoderconfig = size, (ratio, int(fast))
    try:
        return pixels_of(image if image.mode == mode else image.convert(mode), FAULT)
    except (OSError, ValueError, SyntaxError, struct.error):
        refuse(FAULT)


def _interpolated(pixels: np.ndarray, samples: tuple[int, int]) -> np.ndarray:
    """RGB from brightness and colours that were repeated, with the colours interpolated."""
    across, down = samples
    height, width = pixels.shape[:2]
    colours = pixels[::down, ::across, 1:].astype(np.int32)
    if colours.shape[1] <= 2:  # libjpeg interpolates nothing narrower
        return _rgb(pixels[..., 0], pixels[..., 1], pixels[..., 2])
    if down == 2:
        rows = np.pad(colours, [(1, 1), (0, 0), (0, 0)], "edge")
        lines = np.empty((2 * len(colours), *colours.shape[1:]), np.int32)
        lines[::2], lines[1::2] = 3 * colours + rows[:-2], 3 * colours + rows[2:]
        wide = _across(lines, 8, 7, 4)
    else:
        wide = _across(colours, 1, 2, 2)
    wide = wide[:height, :width]
    return _rgb(pixels[..., 0], wide[..., 0], wide[..., 1])


def _across(lines: np.ndarray, low: int, high: int, shift: int) -> np.ndarray:
    """Twice as many columns: ¾ of the nearer and ¼ of the further sample, rounded by `low` and `high` in turn."""
    edges = np.pad(lines, [(0, 0), (1, 1), (0, 0)], "edge")
    found = np.empty((lines.shape[0], 2 * lines.shape[1], lines.shape[2]), np.int32)
    found[:, ::2] = (3 * lines + edges[:, :-2] + low) >> shift
    found[:, 1::2] = (3 * lines + edges[:, 2:] + high) >> shift
    if shift == 2:  # single samples stand at both ends
        found[:, 0], found[:, -1] = lines[:, 0], lines[:, -1]
    return found


def _fixed(value: float) -> int:
    return int(value * 65536 + 0.5)


def _rgb(y: np.ndarray, cb: np.ndarray, cr: np.ndarray) -> np.ndarray:
    """Colours from brightness and its two differences, in 16-bit fixed point."""
    y, cb, cr = y.astype(np.int32), cb.astype(np.int32) - 128, cr.astype(np.int32) - 128
    half = 1 << 15
    red = y + ((_fixed(1.402) * cr + half) >> 16)
    green = y + ((-_fixed(0.34414) * cb - _fixed(0.71414) * cr + half) >> 16)
    blue = y + ((_fixed(1.772) * cb + half) >> 16)
    return np.clip(np.stack([red, green, blue], -1), 0, 255).astype(np.uint8)


def shape(data: bytes) -> tuple[int, int, int]:
    """Height, width and channels of a JPEG, of whose pixels none is read."""
    fault = f"Invalid JPEG data, size {len(data)}"
    if not data.startswith(b"\xff\xd8\xff"):
        refuse(fault)
    image = opened(data, fault)
    return image.size[1], image.size[0], len(image.getbands())


def write(image: np.ndarray, quality: int, progressive: bool = False, optimize: bool = False, downsample: bool = True,
          unit: str = "in", density: tuple[int, int] = (300, 300), xmp: str = "") -> bytes:
    """An image, uint8 [height, width, 1 or 3 channels], as a JPEG file."""
    file = io.BytesIO()
    picture = pillow().fromarray(image[..., 0] if image.shape[2] == 1 else image)
    picture.save(file, "JPEG", quality=max(1, quality), progressive=progressive, optimize=optimize,
                 subsampling=2 if downsample and image.shape[2] > 1 else 0, dpi=density)
    data = file.getvalue()
    # Unit and densities stand at fixed places of the first segment, JFIF's; 1 is inches and 2 centimetres.
    (size,) = struct.unpack(">H", data[4:6])
    first = data[:13] + struct.pack(">BHH", 1 if unit == "in" else 2, *density) + data[18:4 + size]
    label = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode() if xmp else b""
    segment = b"\xff\xe1" + struct.pack(">H", len(label) + 2) + label if label else b""
    return first + segment + data[4 + size:]
