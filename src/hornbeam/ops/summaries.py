"""Summaries as operations: scalars, histograms, images, sounds and tensors become bytes of `Summary` messages."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import REALS, STRING, never, op
from hornbeam.ops import rules, summary_values

_SUMMARY = never("a summary is a string")
_IMAGE = (dtypes.uint8, dtypes.float32, dtypes.float16, dtypes.float64)
_RED = np.array([255, 0, 0, 255], np.uint8)
_SOUND = np.array([[0.0, 0.5, -1.5]], np.float32)


def _word(value: Any) -> np.ndarray:
    return np.array(value, object)


def _failed(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, text)


def _text(value: Any) -> str:
    item = value if isinstance(value, bytes) else np.asarray(value)[()]
    return item.decode(errors="replace") if isinstance(item, bytes) else str(item)


def _bytes_of(summary: Any) -> tuple[np.ndarray]:
    return (np.array(summary.SerializeToString(), object),)


def _serialized(values: list[Any]) -> tuple[np.ndarray]:
    return _bytes_of(summary_values.message("Summary")(value=values))


def _tag(tag: Any) -> str:
    if np.ndim(tag):
        raise _failed("tag must be scalar")
    return _text(tag)


def _one_string(inputs: Any, attrs: Any) -> Any:
    return [((), dtypes.string)]


def _shape_text(array: Any) -> str:
    return str(list(np.shape(array))).replace(" ", "")


@op("ScalarSummary", inputs="tags: Ttags, values: T", T=REALS, Ttags=STRING, host=True, differentiable=_SUMMARY,
    samples=[((_word(b"loss"), np.float32(0.5)), {}), ((_word([b"a", b"b"]), np.ones(2)), {})])
def scalar_summary_op(tags, values):
    """A summary of numbers, one for each tag."""
    tags, values = np.asarray(tags), np.asarray(values)
    if tags.shape != values.shape:
        one = f" (tag '{_text(tags)}')" if tags.ndim == 0 else ""
        raise _failed(f"tags and values not the same shape: {_shape_text(tags)} != {_shape_text(values)}{one}")
    summary = summary_values.message("Summary")()
    for tag, value in zip(tags.reshape(-1).tolist(), values.reshape(-1).tolist(), strict=True):
        summary.value.add(tag=_text(tag), simple_value=float(value))
    return _bytes_of(summary)


@op("HistogramSummary", inputs="tag: Ttag, values: T", T=(*REALS, dtypes.bool), Ttag=STRING, host=True,
    differentiable=_SUMMARY,
    samples=[((_word(b"w"), np.array([1.0, -2.0, 0.0])), {}), ((_word(b"e"), np.zeros([0], np.float32)), {})])
def histogram_summary_op(tag, values):
    """A summary of how often values of each size occur. None may be NaN or infinite."""
    name = _tag(tag)
    values = np.asarray(values)
    summary = summary_values.message("Summary")()
    found = summary.value.add(tag=name).histo
    summary_values.write_histogram(found, values)
    if not (isfinite(found.min) and isfinite(found.max)):
        word = "Nan" if np.isnan(values[~np.isfinite(values)][0]) else "Infinity"
        raise _failed(f"{word} in summary histogram for: {name}")
    return _bytes_of(summary)


@op("ImageSummary", inputs="tag: Ttag, tensor: T", T=_IMAGE, Ttag=STRING, host=True, differentiable=_SUMMARY,
    waive={"samples": "the files are compared as pixels"})
def image_summary_op(tag, tensor, *, max_images: int = 3, bad_color: Any = _RED):
    """A summary of the first images of a batch, as PNG files."""
    name = _tag(tag)
    if max_images < 1:
        raise _failed(f"max_images must be > 0, not {max_images}")
    if np.ndim(tensor) != 4 or np.shape(tensor)[3] not in (1, 3, 4):
        raise _failed(f"Tensor must be 4-D with last dim 1, 3, or 4, not {_shape_text(tensor)}")
    return _serialized(summary_values.images(name, np.asarray(tensor), max_images, np.asarray(bad_color)))


def _sounds(tag: Any, tensor: Any, rate: float, most: int) -> Any:
    name = _tag(tag)
    if np.ndim(tensor) not in (2, 3):
        raise _failed(f"Tensor must be 3-D or 2-D, got: {_shape_text(tensor)}")
    if not 0 < rate < 1 << 31 or most < 1:
        raise _failed(f"sample_rate and max_outputs must be greater than 0, got: {rate}, {most}")
    return _serialized(summary_values.sounds(name, np.asarray(tensor), rate, most))


@op("AudioSummaryV2", inputs="tag: string, tensor: float32, sample_rate: float32", host=True, differentiable=_SUMMARY,
    samples=[((_word(b"a"), _SOUND, np.float32(8000)), {}),
             ((_word(b"b"), _SOUND[:, :, None], np.float32(8000)), {"max_outputs": 1})])
def audio_summary_v2_op(tag, tensor, sample_rate, *, max_outputs: int = 3):
    """A summary of the first sounds of a batch, as WAV files."""
    if np.ndim(sample_rate):
        raise _failed("sample_rate must be scalar")
    return _sounds(tag, tensor, float(sample_rate), max_outputs)


@op("AudioSummary", inputs="tag: string, tensor: float32", host=True, differentiable=_SUMMARY,
    samples=[((_word(b"a"), _SOUND), {"sample_rate": 8000.0})])
def audio_summary_op(tag, tensor, *, sample_rate: float, max_outputs: int = 3):
    """A summary of the first sounds of a batch, whose rate is known while the graph is built."""
    return _sounds(tag, tensor, sample_rate, max_outputs)


@op("TensorSummaryV2", inputs="tag: string, tensor: T, serialized_summary_metadata: string", host=True,
    differentiable=_SUMMARY, samples=[((_word(b"t"), np.ones(2), _word(b"")), {}),
                                      ((_word(b"t"), _word([b"a", b"b"]), _word(b"")), {})])
def tensor_summary_v2_op(tag, tensor, serialized_summary_metadata):
    """A summary of a whole tensor, and what is said of it: the bytes of a `SummaryMetadata`."""
    value = summary_values.message("Summary").Value(tag=_tag(tag), tensor=summary_values.tensor(np.asarray(tensor)))
    value.metadata.SetInParent()
    summary_values.parsed(value.metadata, serialized_summary_metadata, "Could not parse serialized_summary_metadata")
    return _serialized([value])


@op("TensorSummary", inputs="tensor: T", host=True, differentiable=_SUMMARY, samples=[((np.ones(2),), {})])
def tensor_summary_op(tensor, *, description: str = "", labels: Any = (), display_name: str = ""):
    """A summary of a whole tensor, without a tag."""
    return _serialized([summary_values.message("Summary").Value(tensor=summary_values.tensor(np.asarray(tensor)))])


@op("MergeSummary", inputs="inputs: string list", host=True, differentiable=_SUMMARY,
    samples=[(([_word(b""), _word(b"")],), {})])
def merge_summary_op(inputs):
    """The values of several summaries in one. No tag may occur twice."""
    # In a row they are one message.
    merged = b"".join([data for given in inputs for data in np.asarray(given).flat])
    summary = summary_values.message("Summary")()
    summary_values.parsed(summary, merged, "Could not parse one of the summary inputs")
    seen = set()
    for tag in [value.tag for value in summary.value]:
        if tag and tag in seen:
            raise _failed(f"Duplicate tag {tag} found in summary inputs")
        seen.add(tag)
    return (np.array(merged, object),)


@merge_summary_op.shape
def _(inputs, attrs):
    if not inputs[0]:
        raise ShapeFault("List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum length 1.")
    return [((), dtypes.string)]


def _as_tags(inputs: Any, attrs: Any) -> Any:
    """A summary is a scalar, but a tag that cannot be one is refused where it stands."""
    dims = inputs[0].dims
    if dims is not None and dims != ():
        raise ShapeFault(f"Shape must be rank 0 but is rank {len(dims)}", f"tag must be scalar, not {rules.text(dims)}")
    return [((), dtypes.string)]


for _op in (scalar_summary_op, tensor_summary_op):
    _op.shape(_one_string)
for _op in (histogram_summary_op, image_summary_op, audio_summary_op, audio_summary_v2_op, tensor_summary_v2_op):
    _op.shape(_as_tags)
