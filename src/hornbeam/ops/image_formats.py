"""Image files as arrays: what format bytes are in, and their pixels. Pillow reads all but BMP and 16-bit PNG;
`image_jpeg.py` has JPEG.

Everything here is NumPy and bytes; `image_codecs.py` makes ops of it. Faults are InvalidArgumentErrors.
"""

from __future__ import annotations

import importlib
import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.ops import image_png

_MAGIC = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"GIF8", "GIF"), (b"BM", "BMP"),
          (b"\xff\x0a", "JXL"), (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JXL"))


def refuse(text: str) -> NoReturn:
    """Raise InvalidArgumentError."""
    raise InvalidArgumentError(None, None, text)


def kind_of(data: bytes) -> str:
    """JPEG, PNG, GIF, BMP, WEBP or JXL. Raises InvalidArgumentError for anything else."""
    if not data:
        refuse("Input is empty.")
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    refuse("Unknown image file format. One of JPEG, JPEG XL, PNG, GIF, BMP, WebP required.")


def pillow() -> Any:
    """`PIL.Image`. Raises ImportError that names the extra where the package is absent."""
    try:
        return importlib.import_module("PIL.Image")
    except ImportError as error:
        raise ImportError("images are read and written by the package 'pillow': "
                          "pip install 'hornbeam[image]'") from error


_truncated = threading.Lock()


@contextmanager
def truncated_allowed(allowed: bool) -> Iterator[None]:
    """Read files that end early as far as they go, where `allowed`.

    Pillow's switch for that belongs to the process: one reader at a time turns it.
    """
    if not allowed:
        yield
        return
    files: Any = importlib.import_module("PIL.ImageFile")
    with _truncated:
        before, files.LOAD_TRUNCATED_IMAGES = files.LOAD_TRUNCATED_IMAGES, True
        try:
            yield
        finally:
            files.LOAD_TRUNCATED_IMAGES = before


def opened(data: bytes, fault: str) -> Any:
    """A file as Pillow opens it. Raises InvalidArgumentError with the words `fault`."""
    images = pillow()
    try:
        return images.open(io.BytesIO(data))
    except (OSError, ValueError, SyntaxError, struct.error):
        refuse(fault)


def pixels_of(image: Any, fault: str) -> np.ndarray:
    """The pixels as uint8 [height, width, channels]."""
    try:
        found = np.asarray(image)
    except (OSError, ValueError, SyntaxError, struct.error):
        refuse(fault)
    return found[..., None] if found.ndim == 2 else found


# PNG ------------------------------------------------------------------------------------------------------

_PNG_FAULT = "Invalid PNG data, size {}"
_BAD_PNG = "Invalid PNG. Failed to initialize decoder."


def read_png(data: bytes, channels: int, wide: bool) -> np.ndarray:
    """A PNG with 1 to 4 channels (0: as many as it has), as uint16 where `wide`, else uint8."""
    try:
        head = image_png.header(data)
    except ValueError:
        refuse(_BAD_PNG)
    fault = _PNG_FAULT.format(len(data))
    if head.depth == 16:
        try:
            found = image_png.read_16_bit(data)
        except ValueError:
            refuse(fault)
        found = _with_channels(found, channels)
        return found if wide else (found >> 8).astype(np.uint8)
    image = opened(data, _BAD_PNG)
    alpha = "transparency" in image.info and (head.colour_type == 3 or channels == 4)
    mode = {0: "L", 2: "RGB", 3: "RGB", 4: "LA", 6: "RGBA"}[head.colour_type]
    found = pixels_of(_converted(image, "RGBA" if alpha else mode, fault), fault)
    found = _with_channels(found, channels)
    return found.astype(np.uint16) * 257 if wide else found


def _converted(image: Any, mode: str, fault: str) -> Any:
    try:
        return image if image.mode == mode else image.convert(mode)
    except (OSError, ValueError, SyntaxError, struct.error):
        refuse(fault)


def _with_channels(pixels: np.ndarray, channels: int) -> np.ndarray:
    """Colour added or taken away, and opacity, as libpng does."""
    have = pixels.shape[2]
    if channels in (0, have):
        return np.ascontiguousarray(pixels)
    colour, alpha = pixels[..., :have - (have % 2 == 0)], pixels[..., have - 1:]
    if channels < 3 and colour.shape[2] == 3:
        colour = _grey(colour)
    elif channels >= 3 and colour.shape[2] == 1:
        colour = np.repeat(colour, 3, 2)
    if channels == 4:
        full = np.full((*pixels.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
        colour = np.concatenate([colour, alpha if have % 2 == 0 else full], 2)
    return np.ascontiguousarray(colour)


def _grey(colour: np.ndarray) -> np.ndarray:
    """Brightness with libpng's weights in 15 bits, cut for 8 bits and rounded for 16."""
    weights = np.array([9797, 19234, 3737], np.int64)
    half = 16384 if colour.dtype == np.uint16 else 0
    return ((colour.astype(np.int64) @ weights + half) >> 15).astype(colour.dtype)[..., None]


# GIF, BMP, WebP and JPEG XL ---------------------------------------------------------------------------------


def _frames(image: Any, mode: str, fault: str) -> np.ndarray:
    """All frames of an animation, uint8 [frames, height, width, channels]."""
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        try:
            image.seek(number)
        except (EOFError, OSError, ValueError, SyntaxError):
            refuse(fault)
        found.append(pixels_of(_converted(image, mode, fault), fault))
    return np.stack(found)


def read_gif(data: bytes) -> np.ndarray:
    """All frames of a GIF, uint8 [frames, height, width, 3]; what was never painted is black."""
    fault = f"Invalid GIF data (size {len(data)}), failed to open gif file"
    frames = _frames(opened(data, fault), "RGBA", fault)
    return np.where(frames[..., 3:] > 0, frames[..., :3], np.uint8(0))


def read_bmp(data: bytes, channels: int) -> np.ndarray:
    """An uncompressed BMP of 8, 24 or 32 bits a pixel, as grey, RGB or RGBA; palettes are not looked at."""
    if len(data) < 32:
        refuse("Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, and bpp, "
               f"got {len(data)} bytes")
    begin, _, width, height, _, bits = struct.unpack("<IIiiHH", data[10:30])
    have = {8: 1, 24: 3, 32: 4}.get(bits)
    if have is None:
        refuse(f"Number of channels inherent in the image must be 1, 3 or 4, was {bits // 8}")
    if channels not in (0, have):
        refuse(f"channels attribute {channels} does not match bits per pixel from file {bits / 8:g}")
    rows = abs(height)
    line = -(-width * have // 4) * 4
    if width <= 0 or not height:
        refuse("image width and height must be non-zero" if not width or not height else "Width must be positive")
    if begin + (rows - 1) * line + width * have > len(data):
        refuse(f"Incomplete bmp content, requires at least {begin + rows * line} bytes, got {len(data)} bytes")
    whole = np.zeros(rows * line, np.uint8)
    given = np.frombuffer(data, np.uint8, min(rows * line, len(data) - begin), begin)
    whole[:len(given)] = given
    pixels = whole.reshape(rows, line)[:, :width * have].reshape(rows, width, have)
    pixels = pixels if height < 0 else pixels[::-1]
    order = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}[have]
    return np.ascontiguousarray(pixels[..., order])


def read_webp(data: bytes, channels: int) -> np.ndarray:
    """All frames of a WebP file, uint8 [frames, height, width, 3 or 4]."""
    fault = "Failed to decode WebP image."
    image = opened(data, fault)
    opaque = channels == 3 or (channels == 0 and image.mode == "RGB")
    return _frames(image, "RGB" if opaque else "RGBA", fault)


def read_jxl(data: bytes, channels: int) -> np.ndarray:
    """A JPEG XL file, uint8. Pillow reads it with the package pillow-jxl-plugin; ImportError names it."""
    pillow()
    try:
        importlib.import_module("pillow_jxl")
    except ImportError as error:
        raise ImportError("JPEG XL is read by the package 'pillow_jxl': pip install pillow-jxl-plugin") from error
    fault = "Failed to decode JPEG XL image."
    image = opened(data, fault)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels) or image.mode
    return pixels_of(_converted(image, mode, fault), fault)
