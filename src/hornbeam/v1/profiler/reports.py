"""`profiler.profile`: numbers of a graph, and of a traced run, summed up along the names of its operations.

The graph's operations become a tree of names with what each is accounted for → what is not shown is taken out, its
children moving up → totals → a report and a `GraphNodeProto`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from hornbeam.graph.body import bodies
from hornbeam.graph.names import Lazy, public, register
from hornbeam.graph.operation import Operation
from hornbeam.v1.api import tf
from hornbeam.v1.profiler.float_operations import float_operations
from hornbeam.v1.profiler.options import TRAINABLE, Options, ProfileOptionBuilder
from hornbeam.v1.sessions.timeline import Timeline

_MESSAGES = "hornbeam.graph.messages.tfprof_output_pb2"
register(Lazy(_MESSAGES, "GraphNodeProto"), v1=("profiler.GraphNodeProto",))
register(Lazy(_MESSAGES, "MultiGraphNodeProto"), v1=("profiler.MultiGraphNodeProto",))

_ROOT = "_TFProfRoot"
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")
_FIELDS = {"params": "parameters", "float_ops": "float_ops", "micros": "exec_micros", "cpu_micros": "cpu_exec_micros",
           "accelerator_micros": "accelerator_exec_micros", "bytes": "requested_bytes", "occurrence": "run_count"}
"""What may be selected, and the field of a `GraphNodeProto` that holds it."""
_WORDS = {"params": "# parameters", "float_ops": "# float_ops", "micros": "total execution time",
          "cpu_micros": "cpu execution time", "accelerator_micros": "accelerator execution time",
          "bytes": "requested bytes", "occurrence": "op occurrence"}
_LEAST = {"params": "min_params", "float_ops": "min_float_ops", "micros": "min_micros", "bytes": "min_bytes",
          "cpu_micros": "min_cpu_micros", "accelerator_micros": "min_accelerator_micros",
          "occurrence": "min_occurrence"}


@dataclass
class _Node:
    """A name of the graph: an operation's, or a scope's."""

    name: str
    kinds: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    shape: tuple[int, ...] | None = None
    shapes: list[tuple[int, ...] | None] = field(default_factory=list)
    children: list[_Node] = field(default_factory=list)
    is_accounted: bool = False

    def count(self) -> int:
        """How many names there are from here on."""
        return 1 + sum(child.count() for child in self.children)


@public(v1=("profiler.profile",))
def profile(graph: Any = None, run_meta: Any = None, op_log: Any = None, cmd: str = "scope",
            options: Any = 0) -> Any:
    """Sum up a graph's parameters, floating-point operations, and the times of a traced run; print a report.

    graph: by default the default graph. run_meta: the `RunMetadata` of a traced run, which also tells shapes that the
    graph does not. op_log: not needed. cmd: 'scope' sums up along names, 'op' by the types of operations. options: what
    `ProfileOptionBuilder` builds, by default `trainable_variables_parameter()`.
    Returns a `GraphNodeProto` (a `MultiGraphNodeProto` for 'op'), whose `total_parameters`, `total_float_ops` and
    `total_exec_micros` are those of everything shown. Operations whose shapes are not all known count 0.
    Raises ValueError for another `cmd`, or where `select` or `order_by` name something else.

    >>> import hornbeam.v1 as tf
    >>> with tf.Graph().as_default() as graph:
    ...     _ = tf.layers.dense(tf.zeros([8, 20]), 5)
    >>> builder = tf.profiler.ProfileOptionBuilder
    >>> options = builder(builder.trainable_variables_parameter()).with_empty_output().build()
    >>> tf.profiler.profile(graph, options=options).total_parameters
    105
    """
    if cmd not in ("scope", "op"):
        raise ValueError(f"unknown cmd: {cmd}")
    options = ProfileOptionBuilder.trainable_variables_parameter() | (options or {})
    if unknown := [name for name in (*options["select"], options["order_by"]) if name not in (*_FIELDS, "name")]:
        raise ValueError(f"a profile shows and orders by {', '.join(_FIELDS)}, not {unknown[0]!r}")
    graph = tf.get_default_graph() if graph is None else graph
    nodes = list(_measured(graph, run_meta))
    for node in nodes:
        node.is_accounted = _matches(options["account_type_regexes"], node.kinds)
    if cmd == "op":
        root = _by_kind(nodes, options)
    else:
        root = _Node(_ROOT, children=_accounted(_tree(nodes), options))
        if not options["account_displayed_op_only"]:
            _sum_up(root)
        root.children = _shown(root.children, options, depth=2)
        if options["account_displayed_op_only"]:
            _sum_up(root)
        _put_in_order(root, options)
    _report(root, options, cmd, run_meta)
    return _message(root, "MultiGraphNodeProto" if cmd == "op" else "GraphNodeProto")


register(ProfileOptionBuilder.trainable_variables_parameter(),
         v1=("contrib.tfprof.model_analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS",))
register(ProfileOptionBuilder.float_operation(), v1=("contrib.tfprof.model_analyzer.FLOAT_OPS_OPTIONS",))
register(ProfileOptionBuilder.time_and_memory(), v1=("contrib.tfprof.model_analyzer.PRINT_ALL_TIMING_MEMORY",))


@public(v1=("contrib.tfprof.model_analyzer.print_model_analysis",))
def print_model_analysis(graph: Any, run_meta: Any = None, op_log: Any = None, tfprof_cmd: str = "scope",
                         tfprof_options: Any = 0) -> Any:
    """The older name of `profiler.profile`. tfprof_options: a dictionary such as `FLOAT_OPS_OPTIONS`."""
    return profile(graph, run_meta, op_log, tfprof_cmd, tfprof_options)


# What the graph and the run tell ------------------------------------------------------------------------


def _measured(graph: Any, run_meta: Any) -> Iterator[_Node]:
    trainable = {v.op.name for v in graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)}
    times, shapes = _run(run_meta)

    def dims(tensor: Any) -> tuple[int, ...] | None:
        known = shapes.get(tensor.name, tensor._dims)
        return None if known is None or None in known else tuple(known)

    for op in _with_bodies(graph.get_operations()):
        node = _Node(op.name, {op.type}, dict(times.get(op.name, {})))
        inputs, outputs = [dims(t) for t in op.inputs], [dims(t) for t in op.outputs]
        node.shapes = inputs
        if op.type in _VARIABLES:
            node.kinds |= {TRAINABLE} if op.name in trainable else set()
            node.shape = outputs[0]
            node.numbers["params"] = 0 if node.shape is None else prod(node.shape)
        if None not in inputs and None not in outputs:
            node.numbers["float_ops"] = float_operations(op, inputs, outputs)  # type: ignore[arg-type]
        yield node


def _with_bodies(ops: Sequence[Operation]) -> Iterator[Operation]:
    """Operations with those inside branches and loops, each once."""
    for op in ops:
        yield op
        for body in bodies(op):
            yield from _with_bodies(body.needed)


def _run(run_meta: Any) -> tuple[dict[str, dict[str, int]], dict[str, tuple[int, ...]]]:
    """By operation what a traced run took, and by tensor the shapes it had."""
    times: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(
        ("micros", "cpu_micros", "accelerator_micros", "bytes", "occurrence"), 0))
    shapes = {}
    for device in run_meta.step_stats.dev_stats if run_meta is not None else ():
        where = "cpu_micros" if "CPU" in device.device.upper() else "accelerator_micros"
        for stats in device.node_stats:
            found = times[stats.node_name]
            took = stats.op_end_rel_micros - stats.op_start_rel_micros
            for name, more in (("micros", took), (where, took), ("occurrence", 1),
                               ("bytes", sum(m.total_bytes for m in stats.memory))):
                found[name] += more
            for output in stats.output:
                shapes[f"{stats.node_name}:{output.slot}"] = tuple(
                    d.size for d in output.tensor_description.shape.dim)
    return times, shapes


# The tree ---------------------------------------------------------------------------------------------


def _tree(nodes: Sequence[_Node]) -> list[_Node]:
    """The nodes below the scopes that their names tell."""
    found: dict[str, _Node] = {"": _Node("")}
    for node in nodes:
        first = found.setdefault(node.name, node)
        if first is not node:  # bodies of two loops may name operations alike
            first.numbers = {k: first.numbers.get(k, 0) + node.numbers.get(k, 0) for k in first.numbers | node.numbers}
    for name in list(found):
        while name:
            parent = name.rpartition("/")[0]
            known = parent in found
            scope = found.setdefault(parent, _Node(parent))
            scope.children.append(found[name])
            if known:
                break
            name = parent
    return found[""].children


def _matches(patterns: Sequence[str], words: Any) -> bool:
    return any(re.fullmatch(pattern, word) for pattern in patterns for word in words)


def _accounted(nodes: Sequence[_Node], options: Options) -> list[_Node]:
    """The nodes that are accounted for, and those above them."""
    found = []
    for node in nodes:
        if not _matches(options["trim_name_regexes"], [node.name]):
            node.children = _accounted(node.children, options)
            if node.is_accounted or node.children:
                found.append(node)
    return found


def _shown(nodes: Sequence[_Node], options: Options, depth: int, begun: bool = False) -> list[_Node]:
    """The nodes that are shown; in place of one that is not, those below it."""
    found = []
    for node in nodes:
        within = begun or _matches(options["start_name_regexes"], [node.name])
        below = _shown(node.children, options, depth + 1, within)
        if within and depth <= options["max_depth"] and _is_enough(node, options) \
                and _matches(options["show_name_regexes"], [node.name]) \
                and not _matches(options["hide_name_regexes"], [node.name]):
            node.children = below
            found.append(node)
        else:
            found += below
    return found


def _is_enough(node: _Node, options: Options) -> bool:
    own = node.numbers if node.is_accounted else {}
    return all(own.get(name, 0) >= options.get(least, 0) for name, least in _LEAST.items())


def _sum_up(node: _Node) -> None:
    node.totals = dict(node.numbers) if node.is_accounted else {}
    for child in node.children:
        _sum_up(child)
        for name, number in child.totals.items():
            node.totals[name] = node.totals.get(name, 0) + number


def _put_in_order(node: _Node, options: Options) -> None:
    by = options["order_by"]
    node.children.sort(key=lambda n: n.name if by == "name" else (-n.totals.get(by, 0), n.name))
    for child in node.children:
        _put_in_order(child, options)


def _by_kind(nodes: Sequence[_Node], options: Options) -> _Node:
    """A node for each type of operation, with the sums of those that are accounted for."""
    kinds: dict[str, _Node] = {}
    for node in nodes:
        if node.is_accounted:
            kind = next(iter(node.kinds - {TRAINABLE}))
            one = kinds.setdefault(kind, _Node(kind, is_accounted=True))
            for name, number in node.numbers.items():
                one.numbers[name] = one.numbers.get(name, 0) + number
    root = _Node(_ROOT, children=[n for n in kinds.values() if _is_enough(n, options)])
    _sum_up(root)
    _put_in_order(root, options)
    return root


# What is told -----------------------------------------------------------------------------------------


def _report(root: _Node, options: Options, cmd: str, run_meta: Any) -> None:
    kind, _, where = options["output"].partition(":")
    path = where.partition("outfile=")[2]
    if kind == "timeline" and run_meta is not None:
        with open(f"{path}_{max(options['step'], 0)}", "w", encoding="utf-8") as file:
            file.write(Timeline(run_meta.step_stats).generate_chrome_trace_format())
    words = " | ".join(_WORDS[name] for name in options["select"])
    lines = [f"node name | {words}", *_lines(root, options, 0)]
    if kind == "file":
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(["Profile:", *lines, ""]))
    elif kind == "stdout":
        print("\n==================Model Analysis Report======================\n\nProfile:", *lines,
              "\n======================End of Report==========================", sep="\n")


def _lines(node: _Node, options: Options, depth: int) -> Iterator[str]:
    """A node and those below it, one a line: `fc1/w (784x20, 15.68k/15.68k params)`."""
    said = []
    for name in options["select"]:
        own = _amount(node.numbers.get(name, 0), name) if node.is_accounted else "--"
        if name == "params" and node.shape is not None and node.is_accounted:
            said.append("x".join(map(str, node.shape)) or "1")
        said.append(f"{own}/{_amount(node.totals.get(name, 0), name)}" + {
            "params": " params", "float_ops": " flops"}.get(name, ""))
    yield f"{'  ' * depth}{node.name} ({', '.join(said)})"
    for child in node.children:
        yield from _lines(child, options, depth + 1)


def _amount(number: int, name: str) -> str:
    if name.endswith("micros"):
        return f"{number}us" if number < 1e3 else f"{number / 1e3:.2f}ms" if number < 1e6 else f"{number / 1e6:.2f}sec"
    if name == "bytes":
        return f"{number}B" if number < 1e3 else f"{number / 1e3:.2f}KB" if number < 1e6 else f"{number / 1e6:.2f}MB"
    for least, letter in ((1e9, "b"), (1e6, "m"), (1e3, "k")):
        if number >= least:
            return f"{number / least:.2f}{letter}"
    return str(number)


def _message(node: _Node, kind: str) -> Any:
    made = Lazy(_MESSAGES, kind).load()(name=node.name)
    known = {f.name for f in made.DESCRIPTOR.fields}
    for name, attribute in _FIELDS.items():
        if attribute in known:
            setattr(made, attribute, node.numbers.get(name, 0) if node.is_accounted else 0)
            setattr(made, f"total_{attribute}", node.totals.get(name, 0))
    if kind == "GraphNodeProto":
        made.total_definition_count = node.count()
        for index, shape in enumerate(node.shapes if node.is_accounted else ()):
            if shape is not None:
                for size in shape or (1,):
                    made.input_shapes[index].dim.add(size=size)
    made.children.extend(_message(child, kind) for child in node.children)
    return made
