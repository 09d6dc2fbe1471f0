"""Image files read and written, as ops of the host: JPEG, PNG, GIF, BMP, WebP.

`image_formats.py` reads and writes the formats. Each decoder takes any of the formats, as TensorFlow's do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.errors import InternalError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.shapes import Dims
from hornbeam.ops import array, dims, image_formats, image_jpeg, image_png
from hornbeam.ops.image_batches import check_on_host, is_tensor, scoped
from hornbeam.ops.image_colour import convert_image_dtype
from hornbeam.ops.image_formats import refuse
from hornbeam.ops.image_random import drawing, stateless

_BYTES = never("reads bytes")
_STRINGS = never("string result")
_DEPTHS = (dtypes.uint8, dtypes.uint16)


def _files(**attrs: Any) -> Any:
    def make(rng: np.random.Generator) -> Any:
        tiny = image_png.write(np.arange(24, dtype=np.uint8).reshape(2, 4, 3) * 10, -1)
        return [((np.array(tiny, object),), attrs)]

    return make


# Reading --------------------------------------------------------------------------------------------------


def _scalar(contents: Any) -> bytes:
    if np.ndim(contents):
        refuse(f"`contents` must be scalar but got shape{list(np.shape(contents))}".replace(", ", ","))
    return bytes(np.asarray(contents)[()])


def _decoded(op_type: str, data: bytes, channels: int, dtype: Any, animated: bool = False,
             **how: Any) -> np.ndarray:
    """The pixels of a file in any format, [height, width, channels], or with frames in front where `animated`.

    how: what `image_jpeg.read` takes.
    """
    kind = image_formats.kind_of(data)
    wide = dtype is not dtypes.uint8
    if kind == "BMP" and op_type not in ("DecodeBmp", "DecodeImage"):
        refuse("Trying to decode BMP format using a wrong op. Use `decode_bmp` or `decode_image` instead. Op used: "
               + op_type)
    if kind == "PNG":
        return _of_depth(image_formats.read_png(data, channels, wide), dtype)
    if kind == "JPEG":
        if channels == 4:
            refuse("JPEG does not support 4 channels")
        found = image_jpeg.read(data, channels, **how)
    elif kind == "GIF":
        if channels not in (0, 3):
            refuse(f"channels must be 0 or 3 for GIF, got {channels}")
        found = image_formats.read_gif(data)
    elif kind == "WEBP":
        if channels == 1:
            refuse("WebP does not support 1 channel")
        found = image_formats.read_webp(data, channels)
    elif kind == "JXL":
        found = image_formats.read_jxl(data, channels)
    else:
        found = image_formats.read_bmp(data, channels)
    if found.ndim == 4 and not animated:
        if len(found) > 1 and op_type != "DecodeImage":
            refuse(f"Got {len(found)} frames, but animated gifs can only be decoded by tf.io.decode_gif or "
                   "tf.io.decode_image")
        found = found[0]
    return _of_depth(found, dtype)


def _of_depth(pixels: np.ndarray, dtype: Any) -> np.ndarray:
    """Pixels in the dtype asked for: 8 bits are the upper half of 16."""
    if dtype is dtypes.float32:
        return pixels.astype(np.float32) * np.float32(1 / np.iinfo(pixels.dtype).max)
    if dtype is dtypes.uint16 and pixels.dtype == np.uint8:
        return pixels.astype(np.uint16) * 256
    return pixels


def _check_channels(channels: int, allowed: tuple[int, ...] = (0, 1, 3, 4)) -> None:
    if channels not in allowed:
        raise ShapeFault(f"`channels` must be 0, 1, 3 or 4 but got {channels}")


def _check_dtype(dtype: Any, allowed: tuple[Any, ...]) -> None:
    if dtype not in allowed:
        raise ShapeFault(f"Value for attr 'dtype' of {dtype.name} is not in the list of allowed values: "
                         f"{', '.join(d.name for d in allowed)}")


def _image_dims(inputs: Any, attrs: dict[str, Any]) -> Dims:
    _check_channels(attrs["channels"])
    if inputs[0].dims not in (None, ()):
        raise ShapeFault(f"Shape must be rank 0 but is rank {len(inputs[0].dims)}",
                         f"`contents` must be scalar but got shape{dims.text(inputs[0].dims)}")
    return (None, None, attrs["channels"] or None)


@op("DecodePng", inputs="contents: string", names=("image.decode_png", "io.decode_png"), host=True,
    gives_strings=False, attr_types={"dtype": "type"}, differentiable=_BYTES, samples=_files(channels=1))
def decode_png(contents, *, channels: int = 0, dtype: Any = dtypes.uint8):
    """A PNG file as an image [height, width, channels].

    contents: a scalar string, the bytes of the file. channels: 0 for those of the file, 1 for grey, 3 for RGB, 4 for
    RGBA. dtype: uint8 or uint16. Raises InvalidArgumentError for bytes that are no image. Other formats but BMP are
    read too. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    return _decoded("DecodePng", _scalar(contents), channels, dtype)


@decode_png.shape
def _(inputs, attrs):
    _check_dtype(attrs["dtype"], _DEPTHS)
    return [(_image_dims(inputs, attrs), attrs["dtype"])]


_ACCURATE = "INTEGER_ACCURATE"


def _check_jpeg(attrs: dict[str, Any]) -> None:
    if attrs["ratio"] not in (1, 2, 4, 8):
        raise ShapeFault(f"ratio must be 1, 2, 4, or 8, got {attrs['ratio']}")
    if attrs["dct_method"] not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise ShapeFault("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


@op("DecodeJpeg", inputs="contents: string", names=("image.decode_jpeg", "io.decode_jpeg"), host=True,
    gives_strings=False, differentiable=_BYTES, samples=_files(channels=3))
def decode_jpeg(contents, *, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True,
                try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = ""):
    """A JPEG file as an image, uint8 [height, width, channels].

    contents: a scalar string, the bytes of the file. channels: 0 for those of the file, 1 for grey, 3 for RGB.
    ratio: 1, 2, 4 or 8, by which both sides are divided while decoding. fancy_upscaling: colours, which files store at
    half the size, are interpolated. try_recover_truncated: files that end early are read as far as they go.
    acceptable_fraction: accepted; any part is. dct_method: "INTEGER_FAST", the default, or "INTEGER_ACCURATE".
    Raises InvalidArgumentError for bytes that are no image. Other formats but BMP are read too. Needs Pillow
    (`pip install 'hornbeam[image]'`).
    """
    return _decoded("DecodeJpeg", _scalar(contents), channels, dtypes.uint8, ratio=ratio, smooth=fancy_upscaling,
                    recover=try_recover_truncated, accurate=dct_method == _ACCURATE)


@decode_jpeg.shape
def _(inputs, attrs):
    _check_jpeg(attrs)
    return [(_image_dims(inputs, attrs), dtypes.uint8)]


@op("DecodeAndCropJpeg", inputs="contents: string, crop_window: int32 static",
    names=("image.decode_and_crop_jpeg", "io.decode_and_crop_jpeg"), host=True, gives_strings=False,
    differentiable=_BYTES, waive={"samples": "JPEG files need Pillow; tests/ops/test_image_codecs.py has them"})
def decode_and_crop_jpeg(contents, crop_window, *, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True,
                         try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = ""):
    """A part of a JPEG file as an image, uint8 [height, width, channels].

    crop_window: int32 [4], the first row and column, the height and width of the part. The other arguments and errors
    are those of `decode_jpeg`; a part that does not lie within the image is an InvalidArgumentError.
    """
    data = _scalar(contents)
    if np.shape(crop_window) != (4,):
        refuse(f"crop_size must have four elements {list(np.shape(crop_window))}")
    top, left, height, width = (int(v) for v in crop_window)
    whole = _decoded("DecodeAndCropJpeg", data, channels, dtypes.uint8, ratio=ratio, smooth=fancy_upscaling,
                     recover=try_recover_truncated, accurate=dct_method == _ACCURATE)
    rows, columns = whole.shape[:2]
    if min(top, left) < 0 or min(height, width) <= 0 or top + height > rows or left + width > columns:
        refuse("jpeg::Uncompress failed. Invalid JPEG data or crop window.")
    return np.ascontiguousarray(whole[top:top + height, left:left + width])


@decode_and_crop_jpeg.shape
def _(inputs, attrs):
    _check_jpeg(attrs)
    window = inputs[1].value
    size = (None, None) if window is None or len(window) != 4 else (int(window[2]), int(window[3]))
    return [((*size, _image_dims(inputs, attrs)[2]), dtypes.uint8)]  # type: ignore[index]


@op("DecodeBmp", inputs="contents: string", names=("image.decode_bmp", "io.decode_bmp"), host=True,
    gives_strings=False, differentiable=_BYTES,
    waive={"samples": "BMP files alone; tests/ops/test_image_codecs.py has them"})
def decode_bmp(contents, *, channels: int = 0):
    """An uncompressed BMP file as an image, uint8 [height, width, channels].

    contents: a scalar string, the bytes of the file. channels: 0, or those of the file: 1 (8 bits a pixel), 3 (24) or
    4 (32). Raises InvalidArgumentError for other files.
    """
    data = _scalar(contents)
    kind = image_formats.kind_of(data)
    if kind in ("JPEG", "GIF", "PNG"):
        refuse(f"Trying to decode {kind} format using DecodeBmp op. Use `decode_{kind.lower()}` or `decode_image` "
               "instead.")
    return _decoded("DecodeBmp", data, channels, dtypes.uint8)


@decode_bmp.shape
def _(inputs, attrs):
    return [(_image_dims(inputs, attrs), dtypes.uint8)]


@op("DecodeGif", inputs="contents: string", names=("image.decode_gif", "io.decode_gif"), host=True,
    gives_strings=False, differentiable=_BYTES, samples=_files())
def decode_gif(contents):
    """The frames of a GIF file, uint8 [frames, height, width, 3].

    contents: a scalar string, the bytes of the file; other formats but BMP give one frame. Raises
    InvalidArgumentError for bytes that are no image. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    found = _decoded("DecodeGif", _scalar(contents), 3, dtypes.uint8, animated=True)
    return found if found.ndim == 4 else found[None]


@decode_gif.shape
def _(inputs, attrs):
    return [((None, None, None, 3), dtypes.uint8)]


@op("DecodeWebP", inputs="contents: string", names=("image.decode_webp", "io.decode_webp"), host=True,
    gives_strings=False, attr_types={"dtype": "type"}, differentiable=_BYTES, samples=_files())
def decode_webp(contents, *, channels: int = 0, dtype: Any = dtypes.uint8):
    """The frames of a WebP file, uint8 [frames, height, width, channels]; other formats give [height, width, channels].

    contents: a scalar string, the bytes of the file. channels: 0 for those of the file, 3 for RGB, 4 for RGBA. Raises
    InvalidArgumentError for bytes that are no image. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    return _decoded("DecodeWebP", _scalar(contents), channels, dtype, animated=True)


@decode_webp.shape
def _(inputs, attrs):
    _check_dtype(attrs["dtype"], (dtypes.uint8,))
    _image_dims(inputs, attrs)
    return [(None, attrs["dtype"])]


@op("DecodeJxl", inputs="contents: string", names=("image.decode_jxl", "io.decode_jxl"), host=True,
    gives_strings=False, attr_types={"dtype": "type"}, differentiable=_BYTES, samples=_files())
def decode_jxl(contents, *, channels: int = 0, dtype: Any = dtypes.uint8):
    """A JPEG XL file as an image, uint8 [height, width, channels]; needs the package pillow-jxl-plugin.

    contents: a scalar string, the bytes of the file. channels: 0 for those of the file, 1, 3 or 4. Raises
    InvalidArgumentError for bytes that are no image; other formats but BMP are read too.
    """
    return _decoded("DecodeJxl", _scalar(contents), channels, dtype)


@decode_jxl.shape
def _(inputs, attrs):
    _check_dtype(attrs["dtype"], (dtypes.uint8,))
    return [(_image_dims(inputs, attrs), attrs["dtype"])]


@op("DecodeImage", inputs="contents: string", host=True, gives_strings=False, attr_types={"dtype": "type"},
    differentiable=_BYTES, samples=_files())
def decode_image_op(contents, *, channels: int = 0, dtype: Any = dtypes.uint8, expand_animations: bool = True):
    """A file of any format as an image, or as frames."""
    return _decoded("DecodeImage", _scalar(contents), channels, dtype, animated=expand_animations)


@decode_image_op.shape
def _(inputs, attrs):
    _check_dtype(attrs["dtype"], (*_DEPTHS, dtypes.float32))
    found = _image_dims(inputs, attrs)
    return [(None if attrs["expand_animations"] else found, attrs["dtype"])]


@public("image.decode_image", "io.decode_image")
@composite("decode_image")
def decode_image(contents: Any, channels: int | None = None, dtype: Any = dtypes.uint8, name: str | None = None,
                 expand_animations: bool = True) -> Any:
    """A file of any format, JPEG, PNG, GIF, BMP or WebP, as an image.

    contents: a scalar string, the bytes of the file. channels: None or 0 for those of the file, 1, 3 or 4. dtype: of
    the result; floats lie in [0, 1]. expand_animations: GIF and WebP files give [frames, height, width, channels],
    all others [height, width, channels], so that nothing is known of the shape in a graph; without it the first frame
    alone. Raises InvalidArgumentError for bytes that are no image. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    wanted = dtypes.as_dtype(dtype).base_dtype
    kind = wanted if wanted in (*_DEPTHS, dtypes.float32) else dtypes.uint16
    found = decode_image_op(contents, channels=channels or 0, dtype=kind, expand_animations=expand_animations)
    return found if kind is wanted else convert_image_dtype(found, wanted)


@op("ExtractJpegShape", inputs="contents: string", names=("image.extract_jpeg_shape", "io.extract_jpeg_shape"),
    host=True, gives_strings=False, attr_types={"output_type": "type"}, differentiable=never("integer result"),
    waive={"samples": "JPEG files need Pillow; tests/ops/test_image_codecs.py has them"})
def extract_jpeg_shape(contents, *, output_type: Any = dtypes.int32):
    """Height, width and channels of a JPEG file, whose pixels are not decoded.

    contents: a scalar string, the bytes of the file. output_type: int32 or int64. Raises InvalidArgumentError for
    other bytes.
    """
    return np.array(image_jpeg.shape(_scalar(contents)), output_type.np_dtype)


@extract_jpeg_shape.shape
def _(inputs, attrs):
    dims.index_type(attrs["output_type"], "output_type")
    return [((3,), attrs["output_type"])]


_START = np.array(b"\xff\xd8\xff", object)


@op("IsJpeg", inputs="contents: string", host=True, gives_strings=False, differentiable=never("boolean result"),
    samples=_files())
def is_jpeg_op(contents):
    """Whether strings begin as JPEG files do."""
    found = [text.startswith(_START[()]) for text in np.reshape(contents, -1)]
    return np.array(found, bool).reshape(np.shape(contents))


@is_jpeg_op.shape
def _(inputs, attrs):
    return [(inputs[0].dims, dtypes.bool)]


@public("image.is_jpeg", "io.is_jpeg")
def is_jpeg(contents: Any, name: str | None = None) -> Any:
    """Whether strings begin as JPEG files do: a boolean for each.

    >>> is_jpeg([b"\\xff\\xd8\\xff\\xe0", b"GIF89a"]).numpy().tolist()
    [True, False]
    """
    return is_jpeg_op(contents, name=name or "is_jpeg")


# Writing --------------------------------------------------------------------------------------------------


def _string(value: bytes) -> np.ndarray:
    return np.array(value, object)


@op("EncodePng", inputs="image: T", host=True, gives_strings=False, T=_DEPTHS, differentiable=_STRINGS,
    samples=lambda rng: [((rng.integers(0, 255, (3, 4, 3), np.uint8),), {}),
                         ((rng.integers(0, 65535, (2, 3, 2, 1), np.uint16),), {"compression": 9})])
def encode_png_op(image, *, compression: int = -1):
    """Images as PNG files."""
    batch = image.reshape(-1, *image.shape[-3:])
    if not image.size and len(batch):
        raise InternalError(None, None, "PNG encoding failed at the following flattened batch indices: 0")
    found = np.empty(len(batch), object)
    found[:] = [image_png.write(one, compression) for one in batch]
    return found.reshape(image.shape[:-3])


@encode_png_op.shape
def _(inputs, attrs):
    x = inputs[0].dims
    if not -1 <= attrs["compression"] <= 9:
        raise ShapeFault(f"compression should be in [-1,9], got {attrs['compression']}")
    if x is not None and len(x) < 3:
        raise ShapeFault(f"Shape must be at least rank 3 but is rank {len(x)}",
                         f"images must be at least rank 3{dims.text(x)}")
    if x is not None and x[-1] not in (1, 2, 3, 4, None):
        raise ShapeFault(f"image must have 1, 2, 3, or 4 channels, got {x[-1]}")
    return [(None if x is None else x[:-3], dtypes.string)]


@public("image.encode_png", "io.encode_png")
def encode_png(image: Any, compression: int = -1, name: str | None = None) -> Any:
    """Images as the bytes of PNG files.

    image: uint8 or uint16 [..., height, width, channels]: 1 channel for grey, 2 with opacity, 3 for RGB, 4 for RGBA.
    compression: zlib's level from 0, none, to 9; -1 for its default. Returns strings of the leading dimensions.

    >>> decode_png(encode_png(np.array([[[7]]], np.uint8))).numpy().tolist()
    [[[7]]]
    """
    return encode_png_op(array.convert(image), compression=compression, name=name)


def _check_encodable(inputs: Any, attrs: dict[str, Any]) -> Any:
    x, wanted = inputs[0].dims, attrs.get("format", "")
    if wanted not in ("", "grayscale", "rgb"):
        raise ShapeFault(f"Value for attr 'format' of \"{wanted}\" is not in the list of allowed values: \"\", "
                         "\"grayscale\", \"rgb\"")
    if attrs.get("density_unit", "in") not in ("in", "cm"):
        raise ShapeFault(f"Value for attr 'density_unit' of \"{attrs['density_unit']}\" is not in the list of allowed "
                         "values: \"in\", \"cm\"")
    if not 0 <= attrs.get("quality", 0) <= 100:
        raise ShapeFault(f"quality must be in [0,100], got {attrs['quality']}")
    dims.want_rank(x, 3, f"image must be 3-dimensional{dims.text(x)}")
    if x is not None and x[2] is not None:
        expected = {"grayscale": 1, "rgb": 3}.get(wanted)
        if expected not in (None, x[2]):
            raise ShapeFault(f"format {wanted} expects {expected} channels, got {dims.text(x)}")
        if x[2] not in (1, 3):
            raise ShapeFault(f"image must have 1 or 3 channels, got {dims.text(x)}")
    return [((), dtypes.string)]


def _encodable(image: np.ndarray) -> np.ndarray:
    if not image.size:
        raise InternalError(None, None, "JPEG encoding failed")
    return image


_NEEDS_PILLOW = {"samples": "writes with Pillow; tests/ops/test_image_codecs.py has it"}


@op("EncodeJpeg", inputs="image: uint8", names=("image.encode_jpeg", "io.encode_jpeg"), host=True,
    gives_strings=False, differentiable=_STRINGS, waive=_NEEDS_PILLOW)
def encode_jpeg(image, *, format: str = "", quality: int = 95, progressive: bool = False, optimize_size: bool = False,
                chroma_downsampling: bool = True, density_unit: str = "in", x_density: int = 300,
                y_density: int = 300, xmp_metadata: str = ""):
    """An image as the bytes of a JPEG file, a scalar string.

    image: uint8 [height, width, 1 or 3]. format: "", "grayscale" or "rgb", which must fit to the channels. quality:
    0 to 100. progressive: the file shows coarsely before it is loaded. optimize_size: smaller files for more time.
    chroma_downsampling: colours at half the resolution. density_unit, x_density, y_density: pixels an inch ("in") or
    centimetre ("cm"). xmp_metadata: a text that the file holds. Raises InvalidArgumentError (in graphs ValueError)
    for other images and values. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    return _string(image_jpeg.write(_encodable(image), quality, progressive, optimize_size,
                                            chroma_downsampling, density_unit, (x_density, y_density), xmp_metadata))


@op("EncodeJpegVariableQuality", inputs="images: uint8, quality: int32", host=True, gives_strings=False,
    differentiable=_STRINGS, waive=_NEEDS_PILLOW)
def encode_jpeg_variable_quality_op(images, quality):
    """An image as the bytes of a JPEG file of a quality that is a tensor."""
    if not 0 <= int(quality) <= 100:
        refuse(f"quality must be in [0,100], got {int(quality)}")
    return _string(image_jpeg.write(_encodable(images), int(quality)))


encode_jpeg.shape(_check_encodable)
encode_jpeg_variable_quality_op.shape(_check_encodable)


@public("image.adjust_jpeg_quality")
@composite("adjust_jpeg_quality")
def adjust_jpeg_quality(image: Any, jpeg_quality: Any, dct_method: str = "", name: str | None = None) -> Any:
    """The image after it was written as a JPEG of a quality, and read again: with its artefacts.

    image: [height, width, 1 or 3], integers or floats. jpeg_quality: 0 to 100, a number or a scalar of a graph.
    dct_method: as for `decode_jpeg`. Needs Pillow (`pip install 'hornbeam[image]'`).
    """
    x = array.convert(image, name="image")
    channels = None if x.dims is None else x.dims[-1]
    quality = jpeg_quality if is_tensor(jpeg_quality) else array.convert(jpeg_quality, dtypes.int32)
    encoded = encode_jpeg_variable_quality_op(convert_image_dtype(x, dtypes.uint8, saturate=True), quality)
    found = decode_jpeg(encoded, channels=channels or 0, dct_method=dct_method)
    return convert_image_dtype(found, x.dtype.base_dtype, saturate=True)


def _qualities(low: int, high: int) -> tuple[int, int]:
    if min(low, high) < 0 or max(low, high) > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if low >= high:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    return low, high


@public("image.random_jpeg_quality")
@scoped("random_jpeg_quality")
def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None) -> Any:
    """`adjust_jpeg_quality` by a quality drawn from [min_jpeg_quality, max_jpeg_quality).

    Raises ValueError unless 0 <= min_jpeg_quality < max_jpeg_quality <= 100.
    """
    return adjust_jpeg_quality(image, drawing(seed)([], *_qualities(min_jpeg_quality, max_jpeg_quality), dtypes.int32))


@public(v2=("image.stateless_random_jpeg_quality",))
@scoped("stateless_random_jpeg_quality")
def stateless_random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any) -> Any:
    """As `random_jpeg_quality`, as a function of `seed` (two integers)."""
    return adjust_jpeg_quality(image, stateless(seed)([], *_qualities(min_jpeg_quality, max_jpeg_quality),
                                                      dtypes.int32))




check_on_host(decode_png, decode_jpeg, decode_and_crop_jpeg, decode_bmp, decode_gif, decode_webp, decode_jxl,
              decode_image_op, extract_jpeg_shape, encode_png_op, encode_jpeg, encode_jpeg_variable_quality_op)
