"""TF1's summaries: operations whose value is the bytes of a `Summary`, and the collection they are put into."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from hornbeam.graph import dtypes, mode
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.names import public
from hornbeam.ops import array, summaries
from hornbeam.ops.summary_values import message
from hornbeam.runtime.collections import GraphKeys, add_to_collection, get_collection
from hornbeam.runtime.graph_functions import name_scope_v1
from hornbeam.runtime.logs import get_logger
from hornbeam.train import summary_functions, summary_writer
from hornbeam.train.global_step import get_global_step

_NOT_IN_A_TAG = re.compile(r"[^-/\w\.]")


def clean_tag(name: str | None) -> str | None:
    """A name of letters, digits and `_-/.`; what is not allowed becomes `_`."""
    if name is None:
        return None
    cleaned = _NOT_IN_A_TAG.sub("_", name).lstrip("/")
    if cleaned != name:
        get_logger().info("Summary name %s is illegal; using %s instead.", name, cleaned)
    return cleaned


@contextlib.contextmanager
def _scope(name: str | None, family: str | None, default: str | None = None) -> Iterator[tuple[str, str]]:
    """The tag of a summary, and the scope which is the name of its operation."""
    name, family = clean_tag(name), clean_tag(family)
    with name_scope_v1(name if family is None else f"{family}/{name}", default, []) as scope:
        tag = scope.rstrip("/")
        yield (tag if family is None else f"{family}/{tag}"), scope


def _collected(value: Any, collections: Any, default: tuple[str, ...] = (GraphKeys.SUMMARIES,)) -> Any:
    if not mode.executing_eagerly():
        for key in default if collections is None else collections:
            add_to_collection(key, value)
    return value


def _step_of_writer() -> Any:
    """The step to write at, where calls run at once and a writer of TF2 is the default one; else None."""
    if not mode.executing_eagerly() or summary_writer.default_writer() is None:
        return None
    step = summary_writer.get_step()
    return get_global_step() if step is None else step


def _forwarded(function: Any, name: str, family: str | None, data: Any, step: Any, *args: Any) -> Any:
    with _scope(name, family) as (tag, _), name_scope_v1(""):
        function(tag, data, *args, step=step)
    return convert(b"")


@public(v1=("summary.scalar",))
def scalar(name: str, tensor: Any, collections: Any = None, family: str | None = None) -> Any:
    """A summary of one number, as a scalar string tensor: the bytes of a `Summary`.

    name: the operation's name within the open name scope, and the tag. tensor: a real number. collections: where the
    summary is put, `[GraphKeys.SUMMARIES]` by default. family: stands before the tag; TensorBoard groups by it.
    """
    step = _step_of_writer()
    if step is not None:
        return _forwarded(summary_functions.scalar, name, family, tensor, step)
    with _scope(name, family) as (tag, scope):
        return _collected(summaries.scalar_summary_op(tag, tensor, name=scope), collections)


@public(v1=("summary.histogram",))
def histogram(name: str, values: Any, collections: Any = None, family: str | None = None) -> Any:
    """A summary of how the numbers of a tensor of any shape are spread. They must be finite (InvalidArgumentError)."""
    step = _step_of_writer()
    if step is not None:
        return _forwarded(summary_functions.histogram, name, family, values, step)
    with _scope(name, family, "HistogramSummary") as (tag, scope):
        return _collected(summaries.histogram_summary_op(tag, values, name=scope), collections)


@public(v1=("summary.image",))
def image(name: str, tensor: Any, max_outputs: int = 3, collections: Any = None, family: str | None = None) -> Any:
    """A summary of the first `max_outputs` images of a batch, tagged `NAME/image/0` and so on (`NAME/image` for one).

    tensor: [batch, height, width, 1, 3 or 4], uint8 or floats. Floats are scaled image by image: the largest to 255
    or, where some are negative, zero to 128.
    """
    step = _step_of_writer()
    if step is not None:
        with _scope(name, family) as (tag, _), name_scope_v1(""):
            summary_functions.image(tag, tensor, step=step, max_outputs=max_outputs)
        return convert(b"")
    with _scope(name, family) as (tag, scope):
        return _collected(_images(tag, tensor, max_outputs, scope), collections)


def _images(tag: Any, tensor: Any, most: int, name: str) -> Any:
    if most < 1:
        raise ValueError(f"Attr 'max_images' of 'ImageSummary' Op passed {most} less than minimum 1.")
    return summaries.image_summary_op(tag, tensor, max_images=most, name=name)


@public(v1=("summary.audio",))
def audio(name: str, tensor: Any, sample_rate: Any, max_outputs: int = 3, collections: Any = None,
          family: str | None = None) -> Any:
    """A summary of the first `max_outputs` sounds of a batch, tagged `NAME/audio/0` and so on (`NAME/audio` for one).

    tensor: float32 of [-1, 1], [batch, frames] or [batch, frames, channels]. sample_rate: samples a second.
    """
    step = _step_of_writer()
    if step is not None:
        sound = convert(tensor)
        with _scope(name, family) as (tag, _), name_scope_v1(""):
            summary_functions.audio(tag, array.expand_dims(sound, 2) if len(sound.shape) == 2 else sound, sample_rate,
                                    step=step, max_outputs=max_outputs)
        return convert(b"")
    with _scope(name, family) as (tag, scope):
        rate = convert(sample_rate, dtypes.float32, name="sample_rate")
        return _collected(_sounds(tag, tensor, rate, max_outputs, scope), collections)


def _sounds(tag: Any, tensor: Any, rate: Any, most: int, name: str) -> Any:
    if most < 1:
        raise ValueError(f"Attr 'max_outputs' of 'AudioSummaryV2' Op passed {most} less than minimum 1.")
    return summaries.audio_summary_v2_op(tag, tensor, rate, max_outputs=most, name=name)


@public(v1=("summary.text",))
def text(name: str, tensor: Any, collections: Any = None) -> Any:
    """A summary of strings, which TensorBoard shows as Markdown, of one or two dimensions as a table.

    Raises ValueError where `tensor` is not of strings.
    """
    if tensor.dtype != dtypes.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    step = _step_of_writer()
    if step is not None:
        summary_functions.text(name, tensor, step=step)
        return convert(b"")
    metadata = message("SummaryMetadata")
    return tensor_summary(name, tensor, collections=collections, summary_metadata=metadata(
        plugin_data=metadata.PluginData(plugin_name="text")))


@public(v1=("summary.tensor_summary",))
def tensor_summary(name: str, tensor: Any, summary_description: Any = None, collections: Any = None,
                   summary_metadata: Any = None, family: str | None = None, display_name: str | None = None) -> Any:
    """A summary of a whole tensor. summary_metadata: a `SummaryMetadata` that says what TensorBoard does with it."""
    metadata = message("SummaryMetadata")()
    if summary_metadata is not None:
        metadata.ParseFromString(summary_metadata.SerializeToString())
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    with _scope(name, family) as (tag, scope):
        return _collected(summaries.tensor_summary_v2_op(tag, tensor, metadata.SerializeToString(), name=scope),
                          collections)


def _refuse_eagerly() -> None:
    if mode.executing_eagerly():
        raise RuntimeError("Merging tf.summary.* ops is not compatible with eager execution. "
                           "Use tf.contrib.summary instead.")


@public(v1=("summary.merge",))
def merge(inputs: Any, collections: Any = None, name: str | None = None) -> Any:
    """One summary with the values of several, as a scalar string tensor.

    inputs: tensors that summaries gave. Run, it raises InvalidArgumentError where two values have one tag.
    """
    _refuse_eagerly()
    name = clean_tag(name)
    with name_scope_v1(name, "Merge"):
        return _collected(summaries.merge_summary_op(list(inputs), name=name), collections, ())


@public(v1=("summary.merge_all",))
def merge_all(key: Any = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None) -> Any:
    """The summaries of a collection of the graph in one; None where there are none.

    scope: only those whose name it matches from the start (a regular expression).
    """
    _refuse_eagerly()
    found = get_collection(key, scope)
    return merge(found, name=name) if found else None


@public(v1=("summary.get_summary_description",))
def get_summary_description(node_def: Any) -> Any:
    """The `SummaryDescription` that a `TensorSummary` node holds. Raises ValueError for nodes of other types."""
    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    from google.protobuf import json_format
    return json_format.Parse(node_def.attr["description"].s.decode(), message("SummaryDescription")())


@public(v1=("summary.all_v2_summary_ops",))
def all_v2_summary_ops() -> Any:
    """The operations that write TF2's summaries in the default graph; None where calls run at once."""
    return None if mode.executing_eagerly() else get_collection(summary_writer.SUMMARY_OPS)


@public(v1=("summary.initialize",))
def initialize(graph: Any = None, session: Any = None) -> None:
    """Open the writers of TF2 that were made in the default graph, and write `graph` where it is given.

    Raises RuntimeError without a default writer, ValueError without a session.
    """
    if mode.executing_eagerly():
        return
    summary_writer.initialize(graph, session)


# Before TensorFlow 1.0 --------------------------------------------------------------------------------


@public(v1=("scalar_summary",))
def scalar_summary(tags: Any, values: Any, collections: Any = None, name: str | None = None) -> Any:
    """As `summary.scalar`, with one tag for each of the values, whatever the name scope."""
    with name_scope_v1(name, "ScalarSummary") as scope:
        return _collected(summaries.scalar_summary_op(tags, values, name=scope), collections)


@public(v1=("histogram_summary",))
def histogram_summary(tag: Any, values: Any, collections: Any = None, name: str | None = None) -> Any:
    """As `summary.histogram`, under a tag whatever the name scope."""
    with name_scope_v1(name, "HistogramSummary") as scope:
        return _collected(summaries.histogram_summary_op(tag, values, name=scope), collections)


@public(v1=("image_summary",))
def image_summary(tag: Any, tensor: Any, max_images: int = 3, collections: Any = None,
                  name: str | None = None) -> Any:
    """As `summary.image`, under a tag whatever the name scope."""
    with name_scope_v1(name, "ImageSummary") as scope:
        return _collected(_images(tag, tensor, max_images, scope), collections)


@public(v1=("audio_summary",))
def audio_summary(tag: Any, tensor: Any, sample_rate: Any, max_outputs: int = 3, collections: Any = None,
                  name: str | None = None) -> Any:
    """As `summary.audio`, under a tag whatever the name scope."""
    with name_scope_v1(name, "AudioSummary") as scope:
        rate = convert(sample_rate, dtypes.float32, name="sample_rate")
        return _collected(_sounds(tag, tensor, rate, max_outputs, scope), collections)


@public(v1=("merge_summary",))
def merge_summary(inputs: Any, collections: Any = None, name: str | None = None) -> Any:
    """The older name of `summary.merge`."""
    with name_scope_v1(name, "MergeSummary") as scope:
        return _collected(summaries.merge_summary_op(list(inputs), name=scope), collections, ())


@public(v1=("merge_all_summaries",))
def merge_all_summaries(key: Any = GraphKeys.SUMMARIES) -> Any:
    """The older name of `summary.merge_all`."""
    found = get_collection(key)
    return merge_summary(found) if found else None
