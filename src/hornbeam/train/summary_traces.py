"""Graphs of the traced functions that a stretch of a program called, for TensorBoard's page of graphs."""

from __future__ import annotations

from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.names import public
from hornbeam.ops.summary_values import message
from hornbeam.runtime import graph_function
from hornbeam.runtime.graph_functions import inside_function
from hornbeam.runtime.logs import get_logger
from hornbeam.train import summary_writer
from hornbeam.train.summary_writer import get_step, summary_scope, write


@public(v2=("summary.trace_on",))
def trace_on(graph: bool = True, profiler: bool = False, profiler_outdir: Any = None) -> None:
    """From here on, note the graphs of traced functions that are called, until `trace_export` or `trace_off`.

    graph: whether to. profiler, profiler_outdir: accepted; time is not measured.
    """
    if inside_function() or not mode.executing_eagerly():
        get_logger().warning("Cannot enable trace inside a tf.function." if inside_function()
                             else "Must enable trace in eager mode.")
        return
    if graph_function.called is not None:
        get_logger().warning("Trace already enabled")
        return
    if graph or profiler:
        graph_function.called = {}


@public(v2=("summary.trace_off",))
def trace_off() -> None:
    """Stop noting graphs, and forget them."""
    graph_function.called = None


@public(v2=("summary.trace_export",))
def trace_export(name: str, step: Any = None, profiler_outdir: Any = None) -> None:
    """Stop noting graphs and write them under a tag with the default writer.

    step: by default `summary.experimental.get_step()`. Raises ValueError where `trace_on` was not called.
    """
    if inside_function() or not mode.executing_eagerly():
        get_logger().warning("Cannot export trace inside a tf.function." if inside_function()
                             else "Can only export trace while executing eagerly.")
        return
    if graph_function.called is None:
        raise ValueError("Must enable trace before export through tf.summary.trace_on.")
    graphs, graph_function.called = list(graph_function.called), None
    if summary_writer.default_writer() is None:
        return
    made = message("RunMetadata", "config_pb2")()
    for graph in graphs:
        data = graph.as_graph_def(add_shapes=True).SerializeToString()
        one = made.function_graphs.add()
        for part in (one.pre_optimization_graph, one.post_optimization_graph, one.partition_graphs.add()):
            part.ParseFromString(data)
    metadata = message("SummaryMetadata")
    with summary_scope(name, "graph_run_metadata_graph_summary") as (tag, _):
        write(tag, made.SerializeToString(), get_step() if step is None else step, metadata(
            plugin_data=metadata.PluginData(plugin_name="graph_run_metadata_graph", content=b"1")))
