"""What a traced run measured: when each operation ran, where, and what it gave. TensorBoard and timelines read it.

`Stepping` runs a traced run op by op and tells `StepMeasure` of each; nothing here is touched by other runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.backend.devices import DEVICE_PREFIX, default_device, jax_devices
from hornbeam.graph import dtypes
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.runtime.order import is_reference

_MOST_NODES = 1 << 20
_LARGE_BYTES = 0.1 * (1 << 20)
"""Operations that allocate as much say so in their labels."""


class Output(NamedTuple):
    """A value that an operation gave: where its buffer begins, and whether this operation made the buffer."""

    slot: int
    dtype: int
    shape: tuple[int, ...]
    num_bytes: int
    pointer: int
    is_new: bool


class Node(NamedTuple):
    """One execution of an operation; times in nanoseconds of the measure's clock."""

    op: Operation
    device: str
    started: int
    ended: int
    noted: int
    outputs: list[Output]


@final
class StepMeasure:
    """The executions of operations in one run, in the order they ended."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._epoch = time.time_ns() - time.perf_counter_ns()
        self._left_out = 0
        self._pointers: dict[GraphTensor, int] = {}
        self._devices = {device: name for name, device in jax_devices().items() if device is not None}

    @contextmanager
    def execution(self, op: Operation, values: dict[GraphTensor, Any], again: Callable[[], Any]) -> Iterator[None]:
        """Measure the block, which runs `op` and leaves its outputs in `values`.

        again: computes the outputs once more. Where the block made a program, this is what is measured, as every later
        run will take as long, and the clock stands still while it is made.
        """
        programs = len(op.declaration.programs)
        started = self._now()
        yield
        _wait([values.get(t) for t in op.outputs])
        if len(op.declaration.programs) != programs:
            self._left_out += self._now() - started
            _wait(again())
        self._note(op, started, values)

    def add_at_rest(self, ops: Sequence[Operation], values: dict[GraphTensor, Any]) -> None:
        """Note operations that take no time: constants, variables, what is fed."""
        for op in ops:
            self._note(op, self._now(), values, is_kept=True)

    def _now(self) -> int:
        return time.perf_counter_ns() - self._left_out

    def _note(self, op: Operation, started: int, values: dict[GraphTensor, Any], is_kept: bool = False) -> None:
        ended = started if is_kept else self._now()
        if len(self.nodes) >= _MOST_NODES:
            return
        device = "CPU:0"
        outputs = []
        taken = {self._pointers.get(t) for t in op.inputs}
        for tensor in op.outputs:
            value = op.attrs["value"] if op.type == "Const" else values.get(tensor)
            if value is None or not hasattr(value, "shape"):
                continue
            if not isinstance(value, np.ndarray):
                device = self._device_of(value) or device
            pointer = _pointer(value)
            self._pointers[tensor] = pointer
            kind = dtypes.from_numpy(np.dtype(value.dtype)).as_datatype_enum
            outputs.append(Output(tensor.value_index, kind, tuple(value.shape), int(value.nbytes), pointer,
                                  not is_kept and op.type != "Const" and pointer not in taken
                                  and not is_reference(tensor)))
        self.nodes.append(Node(op, device, started, ended, started if is_kept else self._now(), outputs))

    def _device_of(self, value: Any) -> str | None:
        devices = value.devices() if hasattr(value, "devices") else ()
        return next((self._devices[d] for d in devices if d in self._devices), None)

    def write(self, step_stats: Any) -> None:
        """Fill a `StepStats` message."""
        thread, name = threading.get_ident() & 0xFFFFFFFF, threading.current_thread().name
        by_device: dict[str, list[Node]] = {}
        for node in sorted(self.nodes, key=lambda n: n.started):
            by_device.setdefault(node.device, []).append(node)
        for device, nodes in by_device.items():
            made = step_stats.dev_stats.add(device=DEVICE_PREFIX + device)
            made.thread_names[thread] = name
            for node in nodes:
                self._write_node(made.node_stats.add(node_name=node.op.name, thread_id=thread), node)

    def _write_node(self, made: Any, node: Node) -> None:
        start, computed, end = self._epoch + node.started, node.ended - node.started, node.noted - node.started
        made.all_start_nanos = made.scheduled_nanos = start
        made.all_start_micros = made.scheduled_micros = start // 1000
        made.op_end_rel_nanos, made.all_end_rel_nanos = computed, end
        made.op_end_rel_micros, made.all_end_rel_micros = computed // 1000, end // 1000
        allocator = "cpu" if node.device.startswith("CPU") else f"{node.device.replace(':', '_')}_bfc"
        for output in node.outputs:
            held = made.output.add(slot=output.slot).tensor_description
            held.dtype = output.dtype
            held.shape.SetInParent()
            for size in output.shape:
                held.shape.dim.add(size=size)
            about = held.allocation_description
            about.requested_bytes, about.allocator_name, about.ptr = output.num_bytes, allocator, output.pointer
            about.allocated_bytes = output.num_bytes
        allocated = sum(o.num_bytes for o in node.outputs if o.is_new)
        if allocated:
            used = made.memory.add(allocator_name=allocator, total_bytes=allocated, peak_bytes=allocated,
                                   live_bytes=allocated)
            used.allocation_records.add(alloc_micros=(start + computed) // 1000, alloc_bytes=allocated)
        made.memory_stats.SetInParent()
        if node.op.type in ("Const", "VariableV2"):
            made.memory_stats.persistent_memory_size = sum(o.num_bytes for o in node.outputs)
        made.timeline_label = _label(node.op, allocator, allocated)


def _label(op: Operation, allocator: str, allocated: int) -> str:
    """An operation in a line: `mul = Mul(x, split:1, ^assign)`."""
    inputs = [t.op.name if t.value_index == 0 else t.name for t in op.inputs]
    inputs += [f"^{c.name}" for c in op.control_inputs]
    megabytes = allocated / (1 << 20)
    memory = f"[{allocator} {megabytes:.1f}MB {megabytes:.1f}MB] " if allocated >= _LARGE_BYTES else ""
    return f"{memory}{op.name} = {op.type}({', '.join(inputs)})"


def _wait(values: Any) -> None:
    for value in values:
        if hasattr(value, "block_until_ready"):
            value.block_until_ready()


def _pointer(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return value.ctypes.data
    try:
        return value.unsafe_buffer_pointer()
    except Exception:  # an array over several devices has no one place
        return 0


# What a run tells of itself ----------------------------------------------------------------------------


def write_partition(run_metadata: Any, ops: Sequence[Operation], feeds: Sequence[GraphTensor]) -> None:
    """Add the graph that a run of these operations and feeds goes through, on its device; what is fed is a placeholder.
    """
    graph = next((op.graph for op in (*ops, *(t.op for t in feeds))), None)
    if graph is None:
        return
    whole = graph.as_graph_def()
    fed = {t.op.name: t for t in feeds}
    nodes = {node.name: node for node in whole.node}
    wanted = _with_helpers([op.name for op in ops], nodes, {op.name for op in graph.get_operations()})
    made = run_metadata.partition_graphs.add()
    made.versions.CopyFrom(whole.versions)
    made.library.CopyFrom(whole.library)
    device = DEVICE_PREFIX + default_device()
    for node in whole.node:
        if node.name in fed:
            one = made.node.add(name=node.name, op="Placeholder")
            one.attr["dtype"].type = fed[node.name].dtype.base_dtype.as_datatype_enum
        elif node.name in wanted:
            one = made.node.add()
            one.CopyFrom(node)
        else:
            continue
        one.device = node.device if node.device.startswith("/job") else device


def _with_helpers(names: list[str], nodes: dict[str, Any], operations: set[str]) -> set[str]:
    """The names of nodes with those of the further nodes that some operations are written as."""
    found, stack = set(names), list(names)
    while stack:
        name = stack.pop()
        for text in nodes[name].input if name in nodes else ():
            source = text.lstrip("^").partition(":")[0]
            if source not in found and source not in operations:
                found.add(source)
                stack.append(source)
    return found
