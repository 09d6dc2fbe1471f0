"""TF2's summaries of scalars, histograms, images, sounds and texts, as TensorBoard's pages read them."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.names import public
from hornbeam.ops import array, math, summary_writes
from hornbeam.ops.image_codecs import encode_png
from hornbeam.ops.image_colour import convert_image_dtype
from hornbeam.ops.joining import concat
from hornbeam.ops.shape_assertions import assert_rank, assert_scalar, assert_type
from hornbeam.ops.strings import as_string
from hornbeam.ops.summary_values import message
from hornbeam.train.summary_writer import summary_scope, write

_WAV = b"\x10\x0b"


def _metadata(plugin: str, description: Any, content: bytes = b"") -> bytes:
    """The bytes of the `SummaryMetadata` of one of TensorBoard's pages."""
    metadata = message("SummaryMetadata")
    return metadata(summary_description=description or "", plugin_data=metadata.PluginData(
        plugin_name=plugin, content=content)).SerializeToString()


def _of_rank(data: Any, rank: int) -> Any:
    tensor = convert(data)
    assert_rank(tensor, rank)
    return tensor


@public(v2=("summary.scalar",))
def scalar(name: str, data: Any, step: Any = None, description: str | None = None) -> Any:
    """Write one number; gives whether it was written, a boolean tensor.

    name: the tag, within the open name scope. data: a real scalar. step: by default `summary.experimental.get_step()`
    (ValueError where there is none). description: Markdown that TensorBoard shows.
    """
    with summary_scope(name, "scalar_summary", [data, step]) as (tag, _):
        number = convert(data)
        assert_scalar(number)
        return write(tag, math.cast(number, dtypes.float32), step, _metadata("scalars", description))


@public(v2=("summary.histogram",))
def histogram(name: str, data: Any, step: Any = None, buckets: int | None = None,
              description: str | None = None) -> Any:
    """Write how the numbers of a tensor of any shape are spread; gives whether it was written.

    buckets: how many of equal width, 30 by default.
    """
    with summary_scope(name, "histogram_summary", [data, buckets, step]) as (tag, _):
        return write(tag, lambda: summary_writes.histogram_buckets_op(math.cast(convert(data), dtypes.float64),
                                                       count=max(0, 30 if buckets is None else int(buckets))),
                     step, _metadata("histograms", description))


@public(v2=("summary.image",))
def image(name: str, data: Any, step: Any = None, max_outputs: Any = 3, description: str | None = None) -> Any:
    """Write the first `max_outputs` images of a batch; gives whether they were written.

    data: [batch, height, width, 1 to 4]; floats are of [0, 1] and clipped to it.
    """
    with summary_scope(name, "image_summary", [data, max_outputs, step]) as (tag, _):
        def encoded() -> Any:
            batch = convert_image_dtype(_of_rank(data, 4), dtypes.uint8, saturate=True)
            size = array.shape_op(batch)
            files = encode_png(batch[:max_outputs])
            return concat([array.stack([as_string(size[2]), as_string(size[1])]), files], 0)

        return write(tag, encoded, step, _metadata("images", description))


@public(v2=("summary.audio",))
def audio(name: str, data: Any, sample_rate: Any, step: Any = None, max_outputs: Any = 3, encoding: str | None = None,
          description: str | None = None) -> Any:
    """Write the first `max_outputs` sounds of a batch; gives whether they were written.

    data: float32 of [-1, 1], [batch, frames, channels]. sample_rate: samples a second. encoding: 'wav', the only one.
    """
    if encoding not in (None, "wav"):
        raise ValueError(f"Unknown encoding: {encoding!r}")
    with summary_scope(name, "audio_summary", [data, sample_rate, max_outputs, step]) as (tag, _):
        return write(tag, lambda: summary_writes.encode_wavs_op(_of_rank(data, 3)[:max_outputs],
                                                 math.cast(convert(sample_rate), dtypes.int32)),
                     step, _metadata("audio", description, _WAV))


@public(v2=("summary.text",))
def text(name: str, data: Any, step: Any = None, description: str | None = None) -> Any:
    """Write strings, which TensorBoard shows as Markdown; gives whether they were written.

    data: a string tensor; one of one or two dimensions is shown as a table. Raises TypeError for other dtypes.
    """
    with summary_scope(name, "text_summary", [data, step]) as (tag, _):
        words = convert(data)
        assert_type(words, dtypes.string)
        return write(tag, words, step, _metadata("text", description))
