"""Python's built-in functions on symbolic tensors; on anything else they are Python's."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.autograph import rows
from hornbeam.autograph.state import fault, symbolic, tensor_of
from hornbeam.graph import dtypes, nest
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor

overloads: dict[Any, Callable[..., Any]] = {}
"""What stands for a built-in function in converted code."""
_FIRST = np.int32(0)


def _stands_for(original: Any) -> Callable[[Any], Any]:
    def declare(function: Any) -> Any:
        overloads[original] = function
        return function

    return declare


@_stands_for(builtins.abs)
def abs_(x: Any, /) -> Any:
    return ops["Abs"](tensor_of(x)) if symbolic(x) else abs(x)


@_stands_for(builtins.bool)
def bool_(x: Any = False, /) -> Any:
    return ops["Cast"](tensor_of(x), DstT=dtypes.bool) if symbolic(x) else bool(x)


@_stands_for(builtins.int)
def int_(x: Any = 0, /, *rest: Any, **options: Any) -> Any:
    if not symbolic(x):
        return int(x, *rest, **options)
    base = rest[0] if rest else options.get("base", 10)
    if base not in (10, None):
        raise fault(NotImplementedError, f"base {base} not supported for int")
    return _number(x, dtypes.int32)


@_stands_for(builtins.float)
def float_(x: Any = 0.0, /) -> Any:
    return _number(x, dtypes.float32) if symbolic(x) else float(x)


def _number(x: Any, dtype: dtypes.DType) -> Any:
    tensor = tensor_of(x)
    if tensor.dtype.base_dtype.name == "string":
        return ops["StringToNumber"](tensor, out_type=dtype)
    return ops["Cast"](tensor, DstT=dtype)


@_stands_for(builtins.len)
def len_(x: Any, /) -> Any:
    if isinstance(x, rows.Rows):
        return x.count()
    if rows.of_its_own(x) is not None:
        return x.cardinality()
    if not symbolic(x):
        return len(x)
    tensor = tensor_of(x)
    dims = tensor._dims
    if dims == ():
        raise fault(ValueError, f"len requires a non-scalar tensor, got one of shape {tensor.shape}: {tensor}")
    if dims is not None and dims[0] is not None:
        return dims[0]
    return ops["GatherV2"](ops["Shape"](tensor), _FIRST, _FIRST)


@_stands_for(builtins.range)
def range_(*given: Any) -> Any:
    if not any(symbolic(x) for x in given):
        return range(*given)
    start, limit, delta = (0, given[0], 1) if len(given) == 1 else (*given, 1)[:3]
    like = next(tensor_of(x).dtype.base_dtype for x in given if symbolic(x))
    parts = [tensor_of(x) if symbolic(x) else np.asarray(x, like.np_dtype) for x in (start, limit, delta)]
    return ops["Range"](*parts)


overloads[builtins.enumerate] = rows.numbered
overloads[builtins.zip] = rows.together


@_stands_for(builtins.map)
def map_(function: Any, *items: Any) -> Any:
    own = rows.of_its_own(items[0]) if len(items) == 1 else None
    if own is not None:
        return own.map(function)
    return map(function, *(rows.unrolled(i) for i in items))


@_stands_for(builtins.sorted)
def sorted_(items: Any, /, *, key: Any = None, reverse: bool = False) -> Any:
    if not symbolic(items):
        return sorted(items, key=key, reverse=reverse)
    tensor = tensor_of(items)
    if tensor._dims is None or not tensor._dims:
        raise fault(ValueError, f"sorted needs a tensor of at least one dimension, got {tensor}")
    by = tensor if key is None else key(tensor)
    if by._dims is None or len(by._dims) != 1:
        raise fault(ValueError, "sorted only supports keys of one number for each row" if key is not None else
                    "sorted only supports only 1D tensors")
    order = ops["TopKV2"](by if reverse else _negated(by), ops["Size"](by)).indices
    return ops["GatherV2"](tensor, order, _FIRST)


def _negated(x: GraphTensor) -> Any:
    """What sorts the other way round; equal ones keep their order."""
    if x.dtype.base_dtype.is_unsigned:
        return ops["Sub"](np.asarray(x.dtype.base_dtype.max, x.dtype.base_dtype.np_dtype), x)
    return ops["Neg"](x)


@_stands_for(builtins.sum)
def sum_(items: Any, /, start: Any = 0) -> Any:
    if not symbolic(items):
        return sum(items, start)
    found = ops["Sum"](_rows(items, "sum"), _FIRST)
    return found if isinstance(start, int) and start == 0 else ops["AddV2"](found, start)


@_stands_for(builtins.any)
def any_(items: Any, /) -> Any:
    return _all_of(items, "Any", "or_") if _holds_symbolic(items) else any(items)


@_stands_for(builtins.all)
def all_(items: Any, /) -> Any:
    return _all_of(items, "All", "and_") if _holds_symbolic(items) else all(items)


def _holds_symbolic(items: Any) -> bool:
    return symbolic(items) or (isinstance(items, (list, tuple)) and any(symbolic(i) for i in items))


def _all_of(items: Any, op: str, what: str) -> Any:
    tensor = _rows(items, what.rstrip("_")) if symbolic(items) else ops["Pack"](list(items))
    if not tensor.dtype.base_dtype.is_bool:
        raise fault(TypeError, f"{op.lower()} needs booleans, got {tensor.dtype.name}", "compare them: `x != 0`")
    return ops[op](tensor, _FIRST)


def _rows(items: Any, what: str) -> GraphTensor:
    tensor = tensor_of(items)
    if tensor._dims is not None and not tensor._dims:
        raise fault(ValueError, f"{what} needs a tensor of at least one dimension, got {tensor}")
    return tensor


@_stands_for(builtins.max)
def max_(*given: Any, **options: Any) -> Any:
    return _extreme(max, "Max", "Maximum", given, options)


@_stands_for(builtins.min)
def min_(*given: Any, **options: Any) -> Any:
    return _extreme(min, "Min", "Minimum", given, options)


def _extreme(original: Any, reduction: str, pairwise: str, given: Any, options: Any) -> Any:
    if options or not any(_holds_symbolic(g) for g in given):
        return original(*given, **options)
    if len(given) == 1 and symbolic(given[0]):
        tensor = _rows(given[0], original.__name__)
        if tensor._dims is None or len(tensor._dims) != 1:
            raise fault(ValueError, f"{original.__name__} needs a tensor of one dimension, got {tensor}",
                        "use `tf.reduce_max`, which takes an axis")
        return ops[reduction](tensor, _FIRST)
    items = given[0] if len(given) == 1 else given
    for item in nest.flatten(items):
        if symbolic(item) and tensor_of(item)._dims not in ((), None):
            raise fault(ValueError, f"{original.__name__} of several tensors needs scalars, got {item}",
                        "use `tf.maximum`, which works element by element")
    found = items[0]
    for item in items[1:]:
        found = ops[pairwise](found, item)
    return found
