"""Timelines: rows, arrows and memory of step statistics, as the browser's trace viewer reads them."""

from __future__ import annotations

import json
from typing import Any

import hornbeam.v1 as tf
from hornbeam.v1.sessions.timeline import Timeline


def _stats(*nodes: tuple[str, int, int, int]) -> Any:
    """The statistics of one device. nodes: label, start and end in microseconds, bytes of the output."""
    made = tf.RunMetadata().step_stats
    device = made.dev_stats.add(device="/device:CPU:0")
    for label, start, end, size in nodes:
        node = device.node_stats.add(node_name=label.partition(" =")[0], timeline_label=label, all_start_micros=start,
                                     all_end_rel_micros=end - start)
        if size:
            about = node.output.add().tensor_description.allocation_description
            about.requested_bytes, about.allocator_name = size, "cpu"
    return made


_STEP = (("a = Const()", 0, 1, 100), ("b = Relu(a)", 2, 10, 50), ("c = Exp(a, ^a)", 4, 6, 30),
         ("d = Add(b, c:0)", 11, 12, 7))


def _events(trace: str, kind: str) -> list[Any]:
    return [e for e in json.loads(trace)["traceEvents"] if e["ph"] == kind]


def test_operations_that_overlap_have_rows_of_their_own() -> None:
    trace = Timeline(_stats(*_STEP)).generate_chrome_trace_format()
    assert [e["args"]["name"] for e in _events(trace, "M")] == [
        "Allocators", "/device:CPU:0 Compute", "/device:CPU:0 Tensors"]
    found = _events(trace, "X")
    assert [(e["name"], e["tid"], e["ts"], e["dur"]) for e in found] == [
        ("Const", 0, 0, 1), ("Relu", 0, 2, 8), ("Exp", 1, 4, 2), ("Add", 0, 11, 1)]
    assert found[3]["args"] == {"name": "d", "op": "Add", "input0": "b", "input1": "c:0"}
    assert not _events(trace, "C")


def test_arrows_lead_to_other_rows() -> None:
    timeline = Timeline(_stats(*_STEP))
    trace = timeline.generate_chrome_trace_format()
    starts, ends = _events(trace, "s"), _events(trace, "t")
    assert {(e["name"], e["tid"], e["ts"]) for e in starts} == {("a", 0, 1), ("c", 1, 6)}
    assert {(e["name"], e["tid"], e["ts"]) for e in ends} == {("a", 1, 4), ("c", 0, 11)}
    assert sorted(e["id"] for e in starts) == sorted(e["id"] for e in ends)
    assert not _events(timeline.generate_chrome_trace_format(show_dataflow=False), "s")


def test_memory_is_held_until_the_last_use() -> None:
    timeline = Timeline(_stats(*_STEP))
    trace = timeline.generate_chrome_trace_format(show_memory=True)
    assert [(e["ts"], e["args"]["cpu"]) for e in _events(trace, "C")] == [
        (0, 100), (2, 150), (4, 180), (10, 80), (11, 87), (12, 37), (12, 7)]
    assert [(e["name"], e["ts"]) for e in _events(trace, "D")] == [("a", 10), ("b", 12), ("c", 12)]
    most = timeline.analyze_step_stats().allocator_maximums["cpu"]
    assert most == (4, 180, {"a", "b", "c"})


def test_a_traced_run_is_shown() -> None:
    metadata = tf.RunMetadata()
    with tf.Graph().as_default(), tf.Session() as sess:
        sess.run(tf.constant(2.0) * 3.0, None, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), metadata)
    trace = Timeline(metadata.step_stats).generate_chrome_trace_format(show_memory=True)
    assert [e["name"] for e in _events(trace, "X")] == ["Const", "Const", "Mul"]
    assert "DT_FLOAT" in _events(trace, "O")[-1]["args"]["snapshot"]["tensor_description"]
