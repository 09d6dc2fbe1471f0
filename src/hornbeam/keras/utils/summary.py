"""Tables of a model's layers: name and class, output shape, parameters, connections."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable
from typing import Any

import rich.console
import rich.markup
import rich.table

from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.tree import structures as tree

_SUB_BYTE = {"bool": 1, "string": 0}
_NONE, _NUMBER, _CLASS, _NO = "45", "34", "33", "9"


def count_params(weights: Any) -> int:
    """The number of scalars in variables."""
    return sum(math.prod(v.shape) for v in weights)


def weight_memory_size(weights: Any) -> float:
    """The size of variables in bytes, each counted once."""
    bits = 0
    for v in {id(w): w for w in weights}.values():
        dtype = standardize_dtype(v.dtype)
        digits = re.search(r"\d+", dtype)
        bits += math.prod(v.shape) * (_SUB_BYTE.get(dtype, 0) if digits is None else int(digits[0]))
    return bits / 8


def readable_memory_size(size: float) -> str:
    """A size in bytes with a unit.

    >>> readable_memory_size(240), readable_memory_size(2048)
    ('240.00 B', '2.00 KB')
    """
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _colour(text: Any, colour: str) -> str:
    return f"[color({colour})]{text}[/]"


def _number(value: Any) -> str:
    return _colour(value, _NONE if value is None else _NUMBER)


def _shape_text(shape: Any) -> str:
    return f"({', '.join(_number(d) for d in shape)})"


def _output_shape(layer: Any) -> str:
    """The shape of a layer's output, or of its last call's outputs; `?` where it is not known."""
    if layer._inbound_nodes:
        shapes = tree.map_structure(lambda x: _shape_text(x.shape), layer._inbound_nodes[-1].output_tensors)
    elif not getattr(layer, "_build_shapes_dict", None):
        return "?"
    else:
        try:
            found = getattr(layer, "output_shape", None) or layer.compute_output_shape(**layer._build_shapes_dict)
            shapes = tree.map_shape_structure(_shape_text, found)
        except NotImplementedError:
            return "?"
    flat = tree.flatten(shapes)
    return flat[0] if len(flat) == 1 else str(shapes).replace("'", "")


class _Summary:
    """One table in the making."""

    def __init__(self, model: Any, expand_nested: bool, show_trainable: bool) -> None:
        self.model, self.expand_nested, self.show_trainable = model, expand_nested, show_trainable
        functional = hasattr(model, "_nodes_by_depth")
        self.layers = model._operations if functional else model.layers
        self.nodes = [node for nodes in model._nodes_by_depth.values() for node in nodes] if functional else []
        self.connected = functional and not _is_a_row(model)

    def rows(self, layer: Any, level: int = 0) -> list[list[str]]:
        """The rows of a layer, and of those within it."""
        prefix = "   " * level + "└ " if level else ""
        found = [self._fields(layer, prefix)]
        if self.expand_nested and getattr(layer, "layers", None):
            for inner in layer.layers:
                found += self.rows(inner, level + 1)
        return found

    def _fields(self, layer: Any, prefix: str) -> list[str]:
        name = rich.markup.escape(f"{prefix}{layer.name}")
        fields = [f"{name} ({_colour(rich.markup.escape(type(layer).__name__), _CLASS)})", _output_shape(layer)]
        if not hasattr(layer, "built"):
            fields.append(_number(0))
        else:
            fields.append(_number(f"{layer.count_params():,}") if layer.built else f"{_number(0)} (unbuilt)")
        if self.connected:
            fields.append(self._connections(layer))
        if self.show_trainable:
            has_weights = bool(getattr(layer, "weights", None))
            fields.append("[bold]-[/]" if not has_weights else f"[bold]{_colour('Y', _NUMBER)}[/]" if layer.trainable
                          else f"[bold]{_colour('N', _NO)}[/]")
        return fields

    def _connections(self, layer: Any) -> str:
        found = []
        for node in layer._inbound_nodes:
            if not self.nodes or node in self.nodes:
                for x in node.input_tensors:
                    history = x._keras_history
                    found.append(f"{history.operation.name}[{_number(history.node_index)}]"
                                 f"[{_number(history.tensor_index)}]")
        return ", ".join(found) or "-"


def _is_a_row(model: Any) -> bool:
    """Whether a functional model's layers stand one after another, each called once."""
    nodes = []
    for level in model._nodes_by_depth.values():
        if len(level) > 1 or (len(level) == 1 and len(level[0].input_tensors) > 1):
            return False
        nodes += level
    return all(sum(node in nodes for node in layer._inbound_nodes) <= 1 for layer in model.layers)


def print_summary(model: Any, line_length: int | None = None, positions: Any = None,
                  print_fn: Callable[..., None] | None = None, expand_nested: bool = False,
                  show_trainable: bool = False, layer_range: Any = None) -> None:
    """Print a table of a model's layers: see `Model.summary`."""
    summary = _Summary(model, expand_nested, show_trainable)
    if summary.connected:
        usual, header = 108, ["Layer (type)", "Output Shape", "Param #", "Connected to"]
        positions = positions or [0.3, 0.56, 0.74, 1.0]
    else:
        usual, header = 88, ["Layer (type)", "Output Shape", "Param #"]
        positions = positions or [0.45, 0.80, 1.0]
    if show_trainable:
        usual += 12
        positions = [p * 0.90 for p in positions] + [1.0]
        header.append("Trainable")
    line_length = line_length or min(usual, shutil.get_terminal_size().columns - 4)
    table = rich.table.Table(*_columns(header, positions, line_length), width=line_length, show_lines=True)
    first, last = _bounds(summary.layers, layer_range)
    for layer in summary.layers[first:last]:
        for row in summary.rows(layer):
            table.add_row(*row)
    console = (rich.console.Console(highlight=False) if print_fn is None else
               rich.console.Console(highlight=False, force_terminal=False, color_system=None))
    if print_fn is not None:
        console.begin_capture()
    console.print(f'[bold]Model: "{rich.markup.escape(model.name)}"[/]')
    console.print(table)
    for label, count, size in _totals(model):
        console.print(f"[bold] {label} params: [/]{_number(f'{count:,}')} ({readable_memory_size(size)})")
    if print_fn is not None:
        print_fn(console.end_capture())


def _columns(header: list[str], positions: Any, line_length: int) -> list[rich.table.Column]:
    columns, current = [], 0
    for name, position in zip(header, positions, strict=False):
        width = int(position * line_length) - current
        if width < 4:
            raise ValueError("Insufficient console width to print summary.")
        justify: Any = {"Param #": "right", "Trainable": "center"}.get(name, "left")
        columns.append(rich.table.Column(name, justify=justify, width=width))
        current += width
    return columns


def _totals(model: Any) -> list[tuple[str, int, float]]:
    trainable = getattr(model, "_collected_trainable_weights", model.trainable_weights)
    optimizer = getattr(model, "optimizer", None) if model.compiled else None
    groups = {"Trainable": trainable, "Non-trainable": model.non_trainable_weights}
    if optimizer is not None and optimizer.built:
        groups["Optimizer"] = optimizer.variables
    counted = [(label, count_params(v), weight_memory_size(v)) for label, v in groups.items()]
    return [("Total", sum(c for _, c, _ in counted), sum(s for _, _, s in counted)), *counted]


def _bounds(layers: list[Any], layer_range: Any) -> tuple[int, int]:
    """The places of the first layer to list, and after the last. Raises ValueError where names match no layer."""
    if layer_range is None:
        return 0, len(layers)
    if len(layer_range) != 2:
        raise ValueError(f"layer_range must be a list or tuple of length 2. Received: layer_range = {layer_range} of "
                         f"length {len(layer_range)}")
    if not all(isinstance(name, str) for name in layer_range):
        raise ValueError(f"layer_range should contain string type only. Received: {layer_range}")
    lower, upper = ([i for i, layer in enumerate(layers) if re.match(pattern, layer.name)] for pattern in layer_range)
    if not lower or not upper:
        raise ValueError(f"Passed layer_names do not match the layer names in the model. Received: {layer_range}")
    if min(lower) > max(upper):
        return min(upper), max(lower) + 1
    return min(lower), max(upper) + 1
