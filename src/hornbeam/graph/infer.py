"""Static shapes and dtypes: what an op gives, found before anything runs.

Comes in: an op, its attributes, and for each input the dims, dtype and, where known, the value. Goes out: the dims
and dtype of each output. By the op's own rule where it has one, else by abstract evaluation of its function, at
several sizes where dimensions are unknown: what differs between them is unknown in the result.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from hornbeam.backend import program
from hornbeam.backend.lazy import jax
from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.execute import Input, ShapeFault, apply_rule, attrs_key, execute, first_line, pure
from hornbeam.graph.shapes import Dims

if TYPE_CHECKING:
    from hornbeam.graph.op import Op
    from hornbeam.graph.tensor import GraphTensor

_SIZES = (2520, 5040, 3)
"""Two large, highly composite sizes, so that reshapes divide, and a small one, so that slices show."""
_MAX_CACHED = 20_000
_MAX_FOLDED = 1024

Output = tuple[Dims, DType]


def outputs_of(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    """Dims and dtype of each output. `inputs` holds one `Input`, or a list of them, an argument.

    Raises ShapeFault where no input of these dims can be right.
    """
    if op.shape_rule is not None:
        try:
            return apply_rule(op, inputs, attrs)
        except ShapeFault as fault:
            if fault.outputs is None:
                raise
            return fault.outputs
    key = (attrs_key(attrs), tuple(_input_key(i) for i in inputs))
    found = op.inferred.get(key)
    if found is None:
        found = _derived(op, inputs, attrs)
        if len(op.inferred) > _MAX_CACHED:
            op.inferred.clear()
        op.inferred[key] = found
    return found


def _input_key(item: Any) -> Any:
    if isinstance(item, list):
        return tuple(_input_key(i) for i in item)
    value = None if item.value is None else item.value.tobytes() if item.dtype is not dtypes.string else "s"
    return item.dims, item.dtype.name, value, item.partial


def _derived(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    static = [arg.static for arg in op.args]
    unknown_static = any(s and any(x.value is None for x in _flatten([i]))
                         for s, i in zip(static, inputs, strict=True))
    if unknown_static:
        return _unknown_static(op, inputs, attrs)
    moving = [i for i, s in zip(inputs, static, strict=True) if not s]
    if any(i.dims is None for i in _flatten(moving)):
        return _ranks_unknown(op, inputs, attrs)
    if all(None not in (i.dims or ()) for i in _flatten(moving)):
        return _evaluated(op, inputs, attrs, 0)
    return _at_several_sizes(op, inputs, attrs)


def _at_several_sizes(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    results, fault = [], None
    known = {d for i in _flatten(inputs) for d in i.dims or () if d is not None and d > 1}
    for size in (*_SIZES, *sorted(known)[:4], 1):
        try:
            results.append(_evaluated(op, inputs, attrs, size))
        except ShapeFault as caught:
            fault = fault or caught
        if len(results) == len(_SIZES):
            break
    if not results:
        return _ranks_unknown(op, inputs, attrs)
    return [_agreed([r[k] for r in results]) for k in range(len(results[0]))]


def _agreed(outputs: list[Output]) -> Output:
    dtype = outputs[0][1]
    shapes = [o[0] for o in outputs]
    if any(s is None or len(s) != len(shapes[0] or ()) for s in shapes):
        return None, dtype
    return tuple(d[0] if len(set(d)) == 1 else None
                 for d in zip(*shapes, strict=True)), dtype  # type: ignore[arg-type]


def _unknown_static(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    """A shape argument nobody knows yet: only dtypes can be told, from any value that the op accepts."""
    return [(None, dtype) for dtype in _dtypes_only(op, inputs, attrs)]


def _ranks_unknown(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[Output]:
    return [(None, dtype) for dtype in _dtypes_only(op, inputs, attrs)]


def _dtypes_only(op: Op, inputs: Sequence[Any], attrs: dict[str, Any]) -> list[DType]:
    guesses: list[tuple[int, ...]] = [(3, 3, 3, 3), (3, 3), (3,), (), (3, 3, 3), (3, 3, 3, 3, 3)]
    for guess in guesses:
        def guessed(item: Any, arg: Any, dims: tuple[int, ...] = guess) -> Any:
            if isinstance(item, list):
                return [guessed(i, arg) for i in item]
            if not arg.static:
                return item._replace(dims=dims if item.dims is None else tuple(d or 3 for d in item.dims))
            return item if item.value is not None else _guessed_value(item, dims)

        try:
            tried = [guessed(i, a) for i, a in zip(inputs, op.args, strict=True)]
            return [dtype for _, dtype in _evaluated(op, tried, attrs, 3)]
        except ShapeFault:
            continue
    first = next((i for i, a in zip(_flatten(inputs), op.args, strict=False) if not a.static), None)
    declared = attrs.get("dtype") or attrs.get("out_type") or (first.dtype if first else None)
    return [declared or dtypes.float32] * max(1, len(op.output_names))


def _guessed_value(item: Input, dims: tuple[int, ...]) -> Input:
    shape = tuple(len(dims) if d is None else d for d in item.dims) if item.dims is not None else (len(dims),)
    return item._replace(dims=shape, value=np.ones(shape, item.dtype.np_dtype))


def _flatten(inputs: Sequence[Any]) -> list[Input]:
    flat: list[Input] = []
    for item in inputs:
        flat.extend(item) if isinstance(item, list) else flat.append(item)
    return flat


def _evaluated(op: Op, inputs: Sequence[Any], attrs: dict[str, Any], size: int) -> list[Output]:
    """Abstract evaluation with every unknown dimension set to `size`."""
    function, specs = pure(op, [_values_or_specs(i, a.static, size) for i, a in zip(inputs, op.args, strict=True)],
                           attrs)
    try:
        with program.x64(), program.inlined():
            results = jax.eval_shape(function, *specs)
    except ShapeFault:
        raise
    except Exception as error:
        raise ShapeFault(first_line(error)) from error
    if op.checker is not None:
        results = results[:-1]
    strings = op.gives_strings and any(i.dtype is dtypes.string for i in _flatten(inputs))
    return [(tuple(r.shape), dtypes.string if strings and k == 0 else dtypes.from_numpy(np.dtype(r.dtype)))
            for k, r in enumerate(results)]


def _values_or_specs(item: Any, static: bool, size: int) -> Any:
    if isinstance(item, list):
        return [_values_or_specs(i, static, size) for i in item]
    if static:
        return item.value
    np_dtype = np.dtype(np.int64) if item.dtype is dtypes.string else item.dtype.base_dtype.np_dtype
    return jax.ShapeDtypeStruct(tuple(size if d is None else d for d in item.dims), np_dtype)


# Values known without running ---------------------------------------------------------------------


def constant_value(tensor: GraphTensor) -> np.ndarray | None:
    """The value of a tensor where the graph alone tells it, else None."""
    return _known(tensor, 0)


def _is_small(dims: Dims) -> bool:
    """Whether a tensor of this shape is known to be small enough to be computed with the graph."""
    sizes = [] if dims is None else [d for d in dims if d is not None]
    return dims is not None and len(sizes) == len(dims) and math.prod(sizes) <= _MAX_FOLDED


def _known(tensor: GraphTensor, depth: int) -> np.ndarray | None:
    op = tensor.op
    declaration = op.declaration
    if declaration.value_rule is not None:
        return declaration.value_rule(tensor, lambda t: _known(t, depth + 1))
    if declaration.stateful or declaration.host or declaration.structural or declaration.checker or depth > 40:
        return None
    if not op.inputs or not all(_is_small(t._dims) for t in (tensor, *op.inputs)):
        return None
    values = []
    for t in op.inputs:
        value = _known(t, depth + 1)
        if value is None:
            return None
        values.append(value)
    if any(v.dtype == object for v in values):
        return None
    return np.asarray(execute(declaration, declaration.group(values, op.attrs), op.attrs)[tensor.value_index])


def partial_shape(tensor: GraphTensor) -> Dims:
    """What is known of a tensor that holds a shape: a tuple with None for unknown entries, None if not even the rank.

    Sees through `Shape`, `Pack`, `ConcatV2`, `StridedSlice` and casts, so that `[tf.shape(x)[0], 10]` is `(None, 10)`.
    """
    value = constant_value(tensor)
    if value is not None:
        return tuple(int(d) if d >= 0 else None for d in value.reshape(-1))
    rule = _partial_rules.get(tensor.op.type)
    found = rule(tensor) if rule is not None else None
    if found is None and tensor._dims is not None and len(tensor._dims) == 1 and tensor._dims[0] is not None:
        return (None,) * tensor._dims[0]
    return found


_partial_rules: dict[str, Any] = {}


def partial_rule(op_type: str) -> Any:
    """Decorator: `rule(tensor)` gives the partly known shape that an op of this type holds."""
    def declare(rule: Any) -> Any:
        _partial_rules[op_type] = rule
        return rule

    return declare
