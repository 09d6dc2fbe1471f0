"""Timelines: the step statistics of a traced run as a file that the browser's trace viewer shows."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, final

from google.protobuf import text_format

_LABEL = re.compile(r"(?:\[.*\] )?(\S+) = (\w+)\((.*)\)$", re.DOTALL)
_STREAM = "/stream:"
"""Devices named so repeat what ran on a GPU, kernel by kernel."""


class AllocationMaximum(NamedTuple):
    """The most bytes that were in use at once: when (microseconds), how many, and the tensors that held them."""

    timestamp: int
    num_bytes: int
    tensors: set[str]


class ChromeTrace(NamedTuple):
    """The events of a trace."""

    events: list[dict[str, Any]]

    def format_to_string(self, pretty: bool = False) -> str:
        """The text of a JSON file. pretty: with line breaks."""
        return json.dumps({"traceEvents": self.events}, indent=4 if pretty else None,
                          separators=(",", ": ") if pretty else (",", ":"))


class StepStatsAnalysis(NamedTuple):
    """The trace, and the `AllocationMaximum` of each allocator."""

    chrome_trace: ChromeTrace
    allocator_maximums: dict[str, AllocationMaximum]


class _Node:
    """One execution of an operation, with what its label tells. Times in microseconds."""

    def __init__(self, stats: Any, lane: int, process: int) -> None:
        self.stats, self.lane, self.process = stats, lane, process
        self.start: int = stats.all_start_micros
        self.end: int = self.start + stats.all_end_rel_micros
        found = _LABEL.match(stats.timeline_label)
        if found is None:
            self.name, self.op, self.inputs = stats.node_name, "unknown", []
        else:
            self.name, self.op = found[1], found[2]
            self.inputs = [text for text in found[3].split(", ") if text]

    def sources(self) -> Iterator[str]:
        """The names of the operations that it waited for."""
        for text in self.inputs:
            yield text.removeprefix("^").partition(":")[0]


@final
class Timeline:
    """The trace of a step. step_stats: a `StepStats`, from the `RunMetadata` of a traced run. graph: not needed.

    Each device is a process of the trace, with a row for each operation that ran while another did.
    """

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        self._step_stats = step_stats

    def generate_chrome_trace_format(self, show_dataflow: bool = True, show_memory: bool = False) -> str:
        """The trace as the text of a JSON file, for `chrome://tracing` or Perfetto.

        show_dataflow: arrows from operations to those of other rows that use what they gave. show_memory: when tensors
        lived, and how many bytes they held.
        """
        return self.analyze_step_stats(show_dataflow, show_memory).chrome_trace.format_to_string(pretty=True)

    def analyze_step_stats(self, show_dataflow: bool = True, show_memory: bool = True) -> StepStatsAnalysis:
        """The trace, and the most memory that was in use. Arguments as for `generate_chrome_trace_format`."""
        events = [_process(0, "Allocators")]
        nodes, tensor_processes = [], {}
        for number, device in enumerate(self._step_stats.dev_stats):
            compute, tensors = 2 * number + 1, 2 * number + 2
            events += [_process(compute, f"{device.device} Compute"), _process(tensors, f"{device.device} Tensors")]
            tensor_processes[compute] = tensors
            nodes += _in_lanes(device.node_stats, compute, device.device)
        lives = _lives([n for n in nodes if n.op != "unknown"])
        if show_memory:
            events += [e for number, life in enumerate(lives)
                       for e in life.events(number, tensor_processes[life.node.process])]
        events += [_execution(node) for node in nodes]
        if show_dataflow:
            events += _arrows(nodes)
        counters, maximums = _allocations(lives)
        if show_memory:
            events += counters
        return StepStatsAnalysis(ChromeTrace(events), maximums)


def _process(number: int, name: str) -> dict[str, Any]:
    return {"name": "process_name", "ph": "M", "pid": number, "args": {"name": name}}


def _execution(node: _Node) -> dict[str, Any]:
    args = {"name": node.name, "op": node.op} | {f"input{i}": text for i, text in enumerate(node.inputs)}
    return {"ph": "X", "cat": "Op", "name": node.op, "pid": node.process, "tid": node.lane, "ts": node.start,
            "dur": node.end - node.start, "args": args}


def _in_lanes(stats: Sequence[Any], process: int, device: str) -> list[_Node]:
    """The executions of a device, by when they began, each in the first row that is free by then."""
    free_from: list[int] = []
    nodes = []
    for one in sorted(stats, key=lambda s: s.all_start_micros):
        start = one.all_start_micros
        lane = next((i for i, free in enumerate(free_from) if free <= start), len(free_from))
        free_from[lane:lane + 1] = [start + one.all_end_rel_micros]
        nodes.append(_Node(one, lane, process))
        if _STREAM in device and nodes[-1].op == "unknown":  # its kernels are named after the operations they are of
            nodes[-1].name, _, op = one.node_name.partition(":")
            nodes[-1].op = op or "unknown"
    return nodes


def _arrows(nodes: Sequence[_Node]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    latest: dict[str, _Node] = {}
    for node in sorted(nodes, key=lambda n: n.end):
        if node.op != "unknown":
            latest.setdefault(node.name, node)
    number = 0
    for node in nodes:
        for name in node.sources():
            source = latest.get(name)
            if source is None or (source.process, source.lane) == (node.process, node.lane) or source.end > node.end:
                continue
            same = {"cat": "DataFlow", "name": name, "id": number}
            events.append({"ph": "s", **same, "pid": source.process, "tid": source.lane, "ts": source.end})
            events.append({"ph": "t", **same, "pid": node.process, "tid": node.lane, "ts": node.start})
            number += 1
    return events


# Memory -----------------------------------------------------------------------------------------------


class _Life:
    """What an operation gave, from its beginning to the end of the last operation that takes it (0: to the end)."""

    def __init__(self, node: _Node) -> None:
        self.node = node
        self.released = 0

    def events(self, number: int, process: int) -> Iterator[dict[str, Any]]:
        """When it was made, what it was, and when it was let go."""
        same = {"cat": "Tensor", "name": self.node.name, "pid": process, "tid": self.node.lane, "id": number}
        text = "".join(text_format.MessageToString(o.tensor_description) for o in self.node.stats.output)
        yield {"ph": "N", **same, "ts": self.node.start}
        yield {"ph": "O", **same, "ts": self.node.end, "args": {"snapshot": {"tensor_description": text}}}
        if self.released:
            yield {"ph": "D", **same, "ts": self.released}


def _lives(nodes: Sequence[_Node]) -> list[_Life]:
    lives = []
    latest: dict[str, _Life] = {}
    for node in nodes:
        for name in node.sources():
            if name in latest:
                latest[name].released = max(latest[name].released, node.end)
        if node.stats.output:
            lives.append(_Life(node))
            latest[node.name] = lives[-1]
    return lives


def _allocations(lives: Sequence[_Life]) -> tuple[list[dict[str, Any]], dict[str, AllocationMaximum]]:
    """How many bytes were in use as time went on, and the most of them. A buffer that several share counts once."""
    changes = defaultdict(list)
    for number, life in enumerate(lives):
        for output in life.node.stats.output:
            about = output.tensor_description.allocation_description
            if not about.allocator_name:
                continue  # empty: it has no buffer
            held = (about.ptr or (number, output.slot), about.requested_bytes, life.node.name)
            changes[about.allocator_name].append((life.node.start, 0, held))
            if life.released:
                changes[about.allocator_name].append((life.released, 1, held))
    events, maximums = [], {}
    for allocator in sorted(changes):
        holders: dict[Any, list[tuple[str, int]]] = defaultdict(list)
        total, most = 0, AllocationMaximum(0, 0, set())
        for time, ends, (buffer, size, name) in sorted(changes[allocator], key=lambda c: c[:2]):
            before = max((s for _, s in holders[buffer]), default=0)
            if ends:
                holders[buffer].remove((name, size))
            else:
                holders[buffer].append((name, size))
            total += max((s for _, s in holders[buffer]), default=0) - before
            events.append({"ph": "C", "cat": "Memory", "name": allocator, "pid": 0, "tid": 0, "ts": time,
                           "args": {allocator: total}})
            if total > most.num_bytes:
                most = AllocationMaximum(time, total, {n for held in holders.values() for n, _ in held})
        maximums[allocator] = most
    return events, maximums
