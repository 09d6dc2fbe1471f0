"""Pictures of models: through pydot and Graphviz where they are there, else an SVG of our own."""

from __future__ import annotations

import html
import importlib.util
import os
import shutil
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from hornbeam.graph.layout import lay_out
from hornbeam.keras.graph_map import node_key
from hornbeam.keras.names import keras_export
from hornbeam.keras.tree import structures as tree

_LETTER, _LINE, _PADDING, _MARGIN = 6.9, 17.0, 10.0, 20.0
_TITLE, _TRAINABLE, _FIXED, _PLAIN = "#2b4a68", "#2f7d32", "#9c2f2f", "#ffffff"


class Box(NamedTuple):
    """One layer: its title, and rows of text with their colours. `cluster`: the names of the models around it."""

    layer: Any
    title: str
    rows: list[tuple[str, str]]
    cluster: tuple[str, ...]


class Options(NamedTuple):
    """What a box says."""

    show_shapes: bool
    show_dtype: bool
    show_layer_names: bool
    show_layer_activations: bool
    show_trainable: bool


def _box(layer: Any, options: Options, cluster: tuple[str, ...]) -> Box:
    kind = type(layer).__name__
    rows: list[tuple[str, str]] = []
    activation = getattr(layer, "activation", None)
    if options.show_layer_activations and activation is not None:
        rows.append((f"Activation: {getattr(activation, '__name__', type(activation).__name__)}", _PLAIN))
    if options.show_shapes:
        if kind != "InputLayer":
            rows.append((f"Input shape: {_of(layer, 'input', 'shape')}", _PLAIN))
        rows.append((f"Output shape: {_of(layer, 'output', 'shape')}", _PLAIN))
    if options.show_dtype:
        rows.append((f"Output dtype: {_of(layer, 'output', 'dtype')}", _PLAIN))
    if options.show_trainable and getattr(layer, "weights", None):
        rows.append(("Trainable", _TRAINABLE) if layer.trainable else ("Non-trainable", _FIXED))
    title = f"{layer.name} ({kind})" if options.show_layer_names else kind
    return Box(layer, title, rows, cluster)


def _of(layer: Any, which: str, attribute: str) -> str:
    """Shapes or dtypes of a layer's inputs or outputs, `?` where they are not known."""
    try:
        found = tree.map_structure(lambda x: getattr(x, attribute), getattr(layer, which))
    except (AttributeError, ValueError):
        return "?"
    if isinstance(found, dict):
        return ", ".join(f"{k}: {v}" for k, v in found.items())
    return str(found)


def _is_model(layer: Any) -> bool:
    return hasattr(layer, "_nodes_by_depth") or hasattr(layer, "_functional")


def _boxes(model: Any, options: Options, expand: bool, cluster: tuple[str, ...] = ()) -> Iterator[Box]:
    for layer in _parts(model):
        if expand and _is_model(layer):
            yield from _boxes(layer, options, expand, (*cluster, layer.name))
        else:
            yield _box(layer, options, cluster)


def _parts(model: Any) -> list[Any]:
    """What a model is drawn as: operations of a functional one, layers of a sequential one, else itself."""
    if hasattr(model, "_nodes_by_depth"):
        return model._operations
    return model.layers if hasattr(model, "_functional") else [model]


def _edges(model: Any, expand: bool) -> Iterator[tuple[Any, Any]]:
    """Pairs of layers, the second of which takes what the first gives."""
    parts = _parts(model)
    functional = hasattr(model, "_nodes_by_depth")
    if not functional:
        for first, second in pairwise(parts):
            yield (_last(first), _first(second)) if expand else (first, second)
    for layer in parts:
        if expand and _is_model(layer):
            yield from _edges(layer, expand)
        if not functional:
            continue
        for index, node in enumerate(layer._inbound_nodes):
            if node_key(layer, index) not in model._nodes:
                continue
            for place, x in enumerate(node.input_tensors):
                maker, _, output = x._keras_history
                if maker is not None:
                    yield (_last(maker, output), _first(layer, place)) if expand else (maker, layer)


def _last(layer: Any, output: int = 0) -> Any:
    """The innermost layer that makes an output."""
    while _is_model(layer):
        if hasattr(layer, "_nodes_by_depth"):
            layer, _, output = layer.outputs[output]._keras_history
        else:
            layer = layer.layers[-1]
    return layer


def _first(layer: Any, place: int = 0) -> Any:
    """The innermost layer that takes an input."""
    while _is_model(layer):
        layer = layer.inputs[place]._keras_history.operation if hasattr(layer, "_nodes_by_depth") else layer.layers[0]
    return layer


def _checked(model: Any, kwargs: dict[str, Any]) -> None:
    if not model.built:
        raise ValueError("This model has not yet been built. Build the model first by calling `build()` or by calling "
                         "the model on a batch of data.")
    if kwargs.pop("layer_range", None) is not None:
        raise ValueError("Argument `layer_range` is no longer supported.")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments: {kwargs}")


# Graphviz --------------------------------------------------------------------------------------------


@keras_export("utils.model_to_dot")
def model_to_dot(model: Any, show_shapes: bool = False, show_dtype: bool = False, show_layer_names: bool = True,
                 rankdir: str = "TB", expand_nested: bool = False, dpi: int = 200, subgraph: bool = False,
                 show_layer_activations: bool = False, show_trainable: bool = False, splines: str = "ortho",
                 **kwargs: Any) -> Any:
    """A model as a `pydot.Dot`: a box a layer. The arguments are those of `plot_model`.

    subgraph: whether to return a `pydot.Cluster`. Raises ImportError without pydot, ValueError for a model that is
    not built.
    """
    _checked(model, kwargs)
    if importlib.util.find_spec("pydot") is None:
        raise ImportError("You must install pydot (`pip install pydot`) for model_to_dot to work.")
    pydot = importlib.import_module("pydot")
    if subgraph:
        dot = pydot.Cluster(style="dashed", graph_name=model.name, label=model.name, labeljust="l")
    else:
        dot = pydot.Dot(rankdir=rankdir, concentrate=True, dpi=dpi, splines=splines)
        dot.set_node_defaults(shape="record")
    options = Options(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    clusters: dict[tuple[str, ...], Any] = {(): dot}
    for box in _boxes(model, options, expand_nested):
        for depth in range(1, len(box.cluster) + 1):
            path = box.cluster[:depth]
            if path not in clusters:
                clusters[path] = pydot.Cluster("/".join(path), style="dashed", label=path[-1], labeljust="l")
                clusters[path[:-1]].add_subgraph(clusters[path])
        clusters[box.cluster].add_node(pydot.Node(str(id(box.layer)), label=_label(box), fontname="Helvetica",
                                                  border="0", margin="0"))
    for first, second in dict.fromkeys(_edges(model, expand_nested)):
        dot.add_edge(pydot.Edge(str(id(first)), str(id(second))))
    return dot


def _label(box: Box) -> str:
    """A box as Graphviz's table."""
    rows = "".join(f'<td bgcolor="{colour}"><font point-size="14"{_ink(colour)}>{html.escape(text)}</font></td>'
                   for text, colour in box.rows)
    span = max(1, len(box.rows))
    return (f'<<table border="0" cellborder="1" bgcolor="black" cellpadding="10"><tr><td colspan="{span}" '
            f'bgcolor="black"><font point-size="16" color="white"><b>{html.escape(box.title)}</b></font></td></tr>'
            + (f"<tr>{rows}</tr>" if rows else "") + "</table>>")


def _ink(colour: str) -> str:
    return "" if colour == _PLAIN else ' color="white"'


# Files -----------------------------------------------------------------------------------------------


@keras_export("utils.plot_model")
def plot_model(model: Any, to_file: Any = "model.png", show_shapes: bool = False, show_dtype: bool = False,
               show_layer_names: bool = False, rankdir: str = "TB", expand_nested: bool = False, dpi: int = 200,
               show_layer_activations: bool = False, show_trainable: bool = False, splines: str = "ortho",
               **kwargs: Any) -> Any:
    """Draw a model into a file: a box a layer, an arrow where one takes what another gives.

    to_file: with pydot and Graphviz any format that they write; without them `.svg` alone, so that for another ending
    the picture stands beside it under that. show_*: what boxes say. rankdir: 'TB' downwards, 'LR' to the right.
    expand_nested: whether inner models are drawn layer by layer. dpi, splines: for Graphviz.
    Returns an image for notebooks, where IPython is there. Raises ValueError for a model that is not built.
    """
    _checked(model, kwargs)
    options = Options(show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    path = Path(to_file)
    if importlib.util.find_spec("pydot") is not None and shutil.which("dot") is not None:
        dot = model_to_dot(model, **options._asdict(), rankdir=rankdir, expand_nested=expand_nested, dpi=dpi,
                           splines=splines)
        dot.write(os.fspath(path), format=path.suffix[1:] or "png")
    else:
        if path.suffix != ".svg":
            path = path.with_suffix(".svg")
            warnings.warn(f"Without pydot and Graphviz models are drawn as SVG alone: the picture is {path}.",
                          stacklevel=2)
        path.write_text(svg(model, options, rankdir, expand_nested), encoding="utf-8")
    return _shown(path)


def _shown(path: Path) -> Any:
    """The picture for a notebook, where one is running."""
    if importlib.util.find_spec("IPython") is None:
        return None
    display = importlib.import_module("IPython.display")
    return display.SVG(filename=os.fspath(path)) if path.suffix == ".svg" else display.Image(filename=os.fspath(path))


def svg(model: Any, options: Options, rankdir: str = "TB", expand_nested: bool = False) -> str:
    """A model as an SVG."""
    boxes = list(_boxes(model, options, expand_nested))
    number = {id(box.layer): i for i, box in enumerate(boxes)}
    sizes = [(max(len(text) for text in (box.title, *(t for t, _ in box.rows))) * _LETTER + 2 * _PADDING,
              _LINE * (1 + len(box.rows)) + _PADDING) for box in boxes]
    edges = [(number[id(a)], number[id(b)]) for a, b in dict.fromkeys(_edges(model, expand_nested))
             if id(a) in number and id(b) in number]
    across = rankdir == "LR"
    layout = lay_out([(h, w) for w, h in sizes] if across else sizes, edges)
    corners = [(y, x) if across else (x, y) for x, y in layout.corners]
    ways = [[(y, x) if across else (x, y) for x, y in way] for way in layout.ways]
    width, height = (layout.height, layout.width) if across else (layout.width, layout.height)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * _MARGIN:.0f}" '
             f'height="{height + 2 * _MARGIN:.0f}" viewBox="{-_MARGIN:.0f} {-_MARGIN:.0f} {width + 2 * _MARGIN:.0f} '
             f'{height + 2 * _MARGIN:.0f}" font-family="Helvetica, Arial, sans-serif" font-size="12" '
             'text-anchor="middle">',
             '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
             'orient="auto"><path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>',
             f'<rect x="{-_MARGIN:.0f}" y="{-_MARGIN:.0f}" width="100%" height="100%" fill="white"/>']
    parts += [f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in way)}" fill="none" stroke="#444" '
              'marker-end="url(#tip)"/>' for way in ways]
    for box, (x, y), size in zip(boxes, corners, sizes, strict=True):
        parts += _drawn(box, x, y, *size)
    return "\n".join([*parts, "</svg>", ""])


def _drawn(box: Box, x: float, y: float, width: float, height: float) -> Iterator[str]:
    middle, bar = x + width / 2, _LINE + _PADDING / 2
    title = "/".join((*box.cluster, box.layer.name))
    yield f'<g><title>{html.escape(title)}</title>'
    yield (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="white" stroke="#444"/>'
           f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{bar:.1f}" fill="{_TITLE}"/>'
           f'<text x="{middle:.1f}" y="{y + _LINE:.1f}" fill="white" font-weight="bold">{html.escape(box.title)}'
           '</text>')
    for i, (text, colour) in enumerate(box.rows):
        top = y + _LINE * (i + 1) + _PADDING / 2
        ink = "#222" if colour == _PLAIN else "white"
        if colour != _PLAIN:
            yield f'<rect x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{_LINE:.1f}" fill="{colour}"/>'
        yield f'<text x="{middle:.1f}" y="{top + _LINE - 4:.1f}" fill="{ink}">{html.escape(text)}</text>'
    yield "</g>"
