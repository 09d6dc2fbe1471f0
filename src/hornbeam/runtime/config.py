"""The options that TF1 programs hand to sessions: `ConfigProto` and its neighbours; and whether traced functions run
as plain Python.

Known fields can be set and read; one that TensorFlow has no name for is refused. Those without a meaning here
(GPU memory, thread pools of TensorFlow) are kept and change nothing.
"""

from __future__ import annotations

import copy
from typing import Any, ClassVar

from hornbeam.graph.names import Lazy, public, register


class Options:
    """Fields with defaults, set by keyword or attribute, as a protobuf message has them.

    A field whose default is a class of options is made when it is first read.
    """

    fields: ClassVar[dict[str, Any]] = {}

    def __init__(self, **values: Any) -> None:
        self._set: dict[str, Any] = {}
        for name, value in values.items():
            setattr(self, name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_set":
            raise AttributeError(name)
        if name not in self._set:
            self._set[name] = self._default(name)
        return self._set[name]

    def _default(self, name: str) -> Any:
        if name not in self.fields:
            raise AttributeError(f"{type(self).__name__} has no field {name!r}; it has {', '.join(self.fields)}")
        default = self.fields[name]
        return default() if isinstance(default, type) else default

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_set":
            object.__setattr__(self, name, value)
            return
        if name not in self.fields:
            kind = type(self).__name__
            raise ValueError(f'Protocol message {kind} has no "{name}" field. (It has {", ".join(self.fields)}.)')
        default = self.fields[name]
        if isinstance(value, dict) and isinstance(default, type) and issubclass(default, Options):
            value = default(**value)
        self._set[name] = value

    def HasField(self, name: str) -> bool:
        """Whether a field was set."""
        self._default(name)
        return name in self._set

    def CopyFrom(self, other: Options) -> None:
        """Take the other's fields."""
        self._set = copy.deepcopy(other._set)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._set == self._set  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self._set.items())})"


@public(v1=("GPUOptions",))
class GPUOptions(Options):
    """How TensorFlow takes a GPU's memory; kept."""

    fields: ClassVar[dict[str, Any]] = {
        "allow_growth": False, "per_process_gpu_memory_fraction": 0.0, "allocator_type": "",
        "deferred_deletion_bytes": 0, "visible_device_list": "", "polling_active_delay_usecs": 0,
        "polling_inactive_delay_msecs": 0, "force_gpu_compatible": False, "experimental": Options}


@public(v1=("OptimizerOptions",))
class OptimizerOptions(Options):
    """How TensorFlow rewrites graphs; kept."""

    L1, L0, DEFAULT, OFF, ON_1, ON_2 = 0, -1, 0, -1, 1, 2
    fields: ClassVar[dict[str, Any]] = {
        "do_common_subexpression_elimination": False, "do_constant_folding": False, "do_function_inlining": False,
        "max_folded_constant_in_bytes": 0, "opt_level": 0, "global_jit_level": 0, "cpu_global_jit": False}


@public(v1=("GraphOptions",))
class GraphOptions(Options):
    """How TensorFlow prepares graphs; kept."""

    fields: ClassVar[dict[str, Any]] = {
        "enable_recv_scheduling": False, "optimizer_options": OptimizerOptions, "build_cost_model": 0,
        "build_cost_model_after": 0, "infer_shapes": False, "place_pruned_graph": False,
        "enable_bfloat16_sendrecv": False, "timeline_step": 0, "rewrite_options": Options}


@public(v1=("ConfigProto",))
class ConfigProto(Options):
    """The options of a session. `allow_soft_placement` and `log_device_placement` mean what they say."""

    fields: ClassVar[dict[str, Any]] = {
        "device_count": dict, "intra_op_parallelism_threads": 0, "inter_op_parallelism_threads": 0,
        "use_per_session_threads": False, "session_inter_op_thread_pool": list, "placement_period": 0,
        "device_filters": list, "gpu_options": GPUOptions, "allow_soft_placement": False,
        "log_device_placement": False, "graph_options": GraphOptions, "operation_timeout_in_ms": 0,
        "rpc_options": Options, "cluster_def": Options, "isolate_session_state": False,
        "share_cluster_devices_in_session": False, "experimental": Options}


@public(v1=("RunOptions",))
class RunOptions(Options):
    """The options of one run.

    trace_level: whether the run is measured operation by operation, for its `RunMetadata` (any but `NO_TRACE` does).
    timeout_in_ms: how long it may wait for others. output_partition_graphs: whether the graph that ran is told too.
    The others are kept.
    """

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = 0, 1, 2, 3
    fields: ClassVar[dict[str, Any]] = {
        "trace_level": 0, "timeout_in_ms": 0, "inter_op_thread_pool": 0, "output_partition_graphs": False,
        "debug_options": Options, "report_tensor_allocations_upon_oom": False, "experimental": Options}


register(Lazy("hornbeam.graph.messages.config_pb2", "RunMetadata"), v1=("RunMetadata",))


# Traced functions ------------------------------------------------------------------------------------

_functions = {"eagerly": False, "debugged": False}


@public("config.run_functions_eagerly", "config.experimental_run_functions_eagerly")
def run_functions_eagerly(run_eagerly: bool) -> None:
    """Let calls of traced functions run their Python each time, op by op, to debug them; or trace them (the default).
    """
    _functions["eagerly"] = bool(run_eagerly)


@public("config.functions_run_eagerly", "config.experimental_functions_run_eagerly")
def functions_run_eagerly() -> bool:
    """Whether `run_functions_eagerly` turned tracing off, or checks of every op do."""
    return _functions["eagerly"] or _functions["debugged"]


def debug_functions(debugged: bool) -> None:
    """Whether traced functions run op by op because each op is looked at."""
    _functions["debugged"] = debugged
