"""contrib's summaries: to the default writer of TF2's kind, at the global step, only where that is asked for.

They are written within `always_record_summaries()`, or every so many steps; without either nothing is.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from typing import Any

from hornbeam.graph.names import public, register
from hornbeam.ops import summaries
from hornbeam.ops.summary_values import message
from hornbeam.runtime.graph_functions import name_scope_v1
from hornbeam.train import summary_writer
from hornbeam.train.global_step import get_or_create_global_step
from hornbeam.v1.adapters import summary as of_graphs
from hornbeam.v1.adapters.summary import clean_tag
from hornbeam.v1.api import tf

_SPACE = "contrib.summary"
for _name, _target in (("SummaryWriter", summary_writer.SummaryWriter), ("flush", summary_writer.flush),
                       ("all_summary_ops", of_graphs.all_v2_summary_ops), ("initialize", of_graphs.initialize)):
    register(_target, v1=(f"{_SPACE}.{_name}",))


@public(v1=(f"{_SPACE}.create_file_writer", f"{_SPACE}.create_summary_file_writer"))
def create_file_writer(logdir: Any, max_queue: Any = None, flush_millis: Any = None, filename_suffix: Any = None,
                       name: str | None = None) -> Any:
    """A writer into a new event file of the folder `logdir`; without one, a writer that writes nothing."""
    if logdir is None:
        return summary_writer.create_noop_writer()
    return summary_writer.create_file_writer(str(logdir), max_queue, flush_millis, filename_suffix, name)


@public(v1=(f"{_SPACE}.summary_writer_initializer_op",))
def summary_writer_initializer_op() -> Any:
    """The operations that open the writers of the default graph. Raises RuntimeError where calls run at once."""
    if tf.executing_eagerly():
        raise RuntimeError("tf.contrib.summary.summary_writer_initializer_op is only supported in graph mode.")
    return tf.get_collection(summary_writer.WRITER_INITS)


@public(v1=(f"{_SPACE}.eval_dir",))
def eval_dir(model_dir: str, name: str | None = None) -> str:
    """The folder of an evaluation's events: `eval` or `eval_NAME` within that of the model."""
    return os.path.join(model_dir, "eval" if not name else f"eval_{name}")


# Whether to record ----------------------------------------------------------------------------------


@public(v1=(f"{_SPACE}.always_record_summaries",))
def always_record_summaries() -> contextlib.AbstractContextManager[None]:
    """A block in which all summaries are written."""
    return summary_writer.record_if(True)


@public(v1=(f"{_SPACE}.never_record_summaries",))
def never_record_summaries() -> contextlib.AbstractContextManager[None]:
    """A block in which no summary is written."""
    return summary_writer.record_if(False)


@public(v1=(f"{_SPACE}.record_summaries_every_n_global_steps",))
def record_summaries_every_n_global_steps(n: int, global_step: Any = None) -> Any:
    """A block in which summaries are written where the global step is a multiple of `n`."""
    step = get_or_create_global_step() if global_step is None else global_step
    return summary_writer.record_if(lambda: tf.equal(tf.floormod(step, n), 0))


@public(v1=(f"{_SPACE}.should_record_summaries",))
def should_record_summaries() -> Any:
    """Whether summaries are written here, a boolean tensor: False where no block says otherwise."""
    return summary_writer.should_record_summaries() if summary_writer.recording_is_set() else tf.constant(False)


# Summaries --------------------------------------------------------------------------------------------


def _written(name: str, family: str | None, step: Any, make: Callable[[str], Any]) -> Any:
    """Write the summary that `make(tag)` gives, where summaries are recorded."""
    name, family = clean_tag(name) or "summary", clean_tag(family)
    if not summary_writer.recording_is_set():
        return tf.no_op()
    with name_scope_v1(name if family is None else f"{family}/{name}") as scope:
        tag = scope.rstrip("/") if family is None else f"{family}/{scope.rstrip('/')}"
        at = get_or_create_global_step() if step is None else step
        return summary_writer.write_raw_pb(lambda: make(tag), at)


@public(v1=(f"{_SPACE}.scalar",))
def scalar(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Write one number. step: by default the global step."""
    return _written(name, family, step, lambda tag: summaries.scalar_summary_op(tag, tensor))


@public(v1=(f"{_SPACE}.histogram",))
def histogram(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Write how the numbers of a tensor are spread."""
    return _written(name, family, step, lambda tag: summaries.histogram_summary_op(tag, tensor))


@public(v1=(f"{_SPACE}.image",))
def image(name: str, tensor: Any, bad_color: Any = None, max_images: int = 3, family: str | None = None,
          step: Any = None) -> Any:
    """Write the first images of a batch, [batch, height, width, 1, 3 or 4]. bad_color: of what is no number."""
    colour = {} if bad_color is None else {"bad_color": bad_color}
    return _written(name, family, step, lambda tag: summaries.image_summary_op(
        tag, tensor, max_images=max_images, **colour))


@public(v1=(f"{_SPACE}.audio",))
def audio(name: str, tensor: Any, sample_rate: Any, max_outputs: int, family: str | None = None,
          step: Any = None) -> Any:
    """Write the first sounds of a batch, [batch, frames] or [batch, frames, channels]."""
    return _written(name, family, step, lambda tag: summaries.audio_summary_v2_op(
        tag, tensor, tf.cast(sample_rate, tf.float32), max_outputs=max_outputs))


@public(v1=(f"{_SPACE}.generic",))
def generic(name: str, tensor: Any, metadata: Any = None, family: str | None = None, step: Any = None) -> Any:
    """Write a whole tensor. metadata: a `SummaryMetadata` or its bytes, which says what TensorBoard does with it."""
    if metadata is None:
        kind = message("SummaryMetadata")
        metadata = kind(plugin_data=kind.PluginData(plugin_name="unknown"))
    data = metadata if isinstance(metadata, bytes) else metadata.SerializeToString()
    return _written(name, family, step, lambda tag: summaries.tensor_summary_v2_op(tag, tensor, data))


@public(v1=(f"{_SPACE}.graph",))
def graph(param: Any, step: Any = None, name: str | None = None) -> Any:
    """Write a graph: a string tensor of a `GraphDef`'s bytes; where calls run at once, the graph itself.

    Raises TypeError for a graph in a graph.
    """
    if not tf.executing_eagerly() and not isinstance(param, tf.Tensor):
        raise TypeError("graph() needs a argument `param` to be tf.Tensor (e.g. tf.placeholder) in graph mode, but "
                        f"received param={param} of type {type(param).__name__}.")
    return summary_writer.write_graph(param, get_or_create_global_step() if step is None else step)


@public(v1=(f"{_SPACE}.import_event",))
def import_event(tensor: Any, name: str | None = None) -> Any:
    """Write an event that is given as bytes, as it is."""
    return summary_writer.write_event(tensor)
