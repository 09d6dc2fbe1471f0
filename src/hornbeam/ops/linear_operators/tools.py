"""What the kinds of operators share: parameters, shapes with unknown sizes, batches brought to one shape, checks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np

from hornbeam.graph import dtypes, mode, names
from hornbeam.graph.call import graph_for
from hornbeam.graph.dimension import Dimension
from hornbeam.graph.op import registry
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.assertions import compare, compare_with_zero

Kind = TypeVar("Kind", bound=type)


def parameter(value: Any, name: str) -> Any:
    """A tensor, or the variable itself, so that the operator follows its value. Raises ValueError for None."""
    if value is None:
        raise ValueError(f"Argument `{name}` must be given.")
    return value if is_variable(value) else array.convert(value, name=name)


def is_variable(value: Any) -> bool:
    """Whether a value may change: a variable."""
    return hasattr(value, "assign") and hasattr(value, "dtype")


def shape_of(x: Any) -> TensorShape:
    """The static shape."""
    return TensorShape(x.shape)


def refuse_rank(x: Any, least: int, name: str) -> None:
    """Raise ValueError where a parameter is known to have too few dimensions."""
    rank = shape_of(x).rank
    if rank is not None and rank < least:
        raise ValueError(f"Argument {name} must have at least {least} dimension{'s' * (least > 1)}.  Found: {x}")


# Shapes ----------------------------------------------------------------------------------------------


def sizes(x: Any) -> Any:
    """The shape of a tensor as an int32 tensor, a constant where it is known."""
    return array.shape(x)


def joined(*parts: Any) -> Any:
    """Shapes put together: TensorShapes, lists of sizes and tensors; a list of integers where all are known."""
    known: list[Any] = []
    for part in parts:
        value = _static(part)
        if value is None:
            return array.concat([_vector(p) for p in parts], 0)
        known.extend(value)
    return np.array(known, np.int32)


def _static(part: Any) -> list[int] | None:
    if isinstance(part, TensorShape):
        return part.as_list() if part.is_fully_defined() else None  # type: ignore[return-value]
    if isinstance(part, (list, tuple)):
        values = [_number(p) for p in part]
        return None if None in values else values  # type: ignore[return-value]
    value = part if isinstance(part, np.ndarray) else dims.static_value(part)
    return None if value is None else [int(v) for v in np.reshape(value, -1)]


def _number(size: Any) -> int | None:
    if isinstance(size, Dimension):
        return size.value
    if isinstance(size, (int, np.integer)):
        return int(size)
    value = size if isinstance(size, np.ndarray) else dims.static_value(size)
    return None if value is None else int(value)


def _vector(part: Any) -> Any:
    if isinstance(part, (list, tuple)):
        return array.stack([math.cast(array.convert(_plain(p)), dtypes.int32) for p in part]) if part else \
            np.zeros(0, np.int32)
    return math.cast(array.convert(part), dtypes.int32)


def _plain(size: Any) -> Any:
    return size.value if isinstance(size, Dimension) else size


def common_batch(shapes: Iterable[TensorShape]) -> TensorShape:
    """The static shape to which batch shapes broadcast. Raises ValueError where they do not fit."""
    found = TensorShape([])
    for shape in shapes:
        found = array.broadcast_static_shape(found, TensorShape(shape))
    return found


def common_batch_tensor(shapes: Sequence[Any]) -> Any:
    """As `common_batch`, of shapes as tensors."""
    found = shapes[0]
    for shape in shapes[1:]:
        found = array.broadcast_dynamic_shape(found, shape)
    return found


def to_common_batch(matrices: Sequence[Any], keep: int = 2) -> list[Any]:
    """Tensors broadcast so that all dimensions but the last `keep` agree."""
    fronts = [shape_of(x)[:-keep] for x in matrices]
    if all(f.is_fully_defined() for f in fronts):
        wanted = common_batch(fronts)
        return [x if f == wanted else array.broadcast_to(x, joined(wanted, sizes(x)[-keep:]))
                for x, f in zip(matrices, fronts, strict=True)]
    front = common_batch_tensor([sizes(x)[:-keep] for x in matrices])
    return [array.broadcast_to(x, joined(front, sizes(x)[-keep:])) for x in matrices]


def size_argument(value: Any, name: str) -> Any:
    """A number of rows or a batch shape as an int32 tensor. Raises TypeError for what is no integer."""
    if is_variable(value):
        raise TypeError(f"Argument {name} cannot be reference type. Found: {type(value)}")
    if isinstance(value, TensorShape):
        value = value.as_list()
    if isinstance(value, (list, tuple)) and not value:
        value = np.zeros(0, np.int32)
    x = array.convert(value, name=name)
    if not x.dtype.base_dtype.is_integer:
        raise TypeError(f"Argument {name} must be integer type.  Found: {x}")
    return x if x.dtype.base_dtype is dtypes.int32 else math.cast(x, dtypes.int32)


def known_size(x: Any, rank: int, name: str) -> Any:
    """The value of a size argument where it is known. Raises ValueError for another rank or negative sizes."""
    value = dims.static_value(x)
    what = "0-D" if rank == 0 else "1-D"
    if (value is not None and value.ndim != rank) or (value is None and shape_of(x).rank not in (None, rank)):
        raise ValueError(f"Argument {name} must be a {what} Tensor.  Found: {x if value is None else value}")
    if value is not None and (value < 0).any():
        raise ValueError(f"Argument {name} must be non-negative.  Found: {value}")
    return value


# Numbers ---------------------------------------------------------------------------------------------


def wide_complex(x: Any) -> Any:
    """As complex64, or complex128 where the precision asks for it."""
    double = x.dtype.base_dtype in (dtypes.float64, dtypes.complex128)
    return math.cast(x, dtypes.complex128 if double else dtypes.complex64)


def column(x: Any) -> Any:
    """Vectors as matrices of one column."""
    return array.expand_dims(x, -1)


def conjugated(x: Any, when: bool = True) -> Any:
    """The complex conjugate, of complex numbers and when asked."""
    return math.conj(x) if when and x.dtype.base_dtype.is_complex else array.convert(x)


# Checks ----------------------------------------------------------------------------------------------


def nothing(name: str) -> Any:
    """An assertion that always holds."""
    return None if graph_for() is None else registry["NoOp"](name=name)


def together(assertions: Iterable[Any]) -> Any:
    """One operation for several assertions; None eagerly."""
    found = [a for a in assertions if a is not None]
    graph = graph_for(found)
    if graph is None:
        return None
    with graph.control_dependencies(found):
        return registry["NoOp"](name="group_deps")


def assert_equal(x: Any, y: Any, message: str) -> Any:
    """Asserts that all elements are equal."""
    return compare("Equal", "==", x, y, None, message, None, "assert_equal")


def assert_less(x: Any, y: Any, message: str) -> Any:
    """Asserts x < y for all elements."""
    return compare("Less", "<", x, y, None, message, None, "assert_less")


def assert_positive(x: Any, message: str) -> Any:
    """Asserts that all elements are above 0."""
    return compare_with_zero("Less", ">", False, x, None, message, None, "assert_positive")


def assert_no_zeros(x: Any, message: str) -> Any:
    """Asserts that no element is 0."""
    return assert_positive(math.abs(x), message=message)


def assert_real(x: Any, message: str) -> Any:
    """Asserts that no element has an imaginary part."""
    if not x.dtype.base_dtype.is_complex:
        return nothing("assert_zero_imag_part")
    part = math.imag(x)
    return assert_equal(array.zeros_like(part), part, message=message)


# Hints -----------------------------------------------------------------------------------------------


def refuse(hint: bool | None, wrong: bool, text: str) -> bool:
    """The value that a hint must have. Raises ValueError where the user said otherwise."""
    if hint is wrong:
        raise ValueError(text)
    return not wrong


def same_dtype(operators: Sequence[Any]) -> Any:
    """The dtype that all operators share. Raises TypeError where they do not."""
    if any(o.dtype != operators[0].dtype for o in operators):
        said = "   ".join(str((o.name, o.dtype)) for o in operators)
        raise TypeError(f"Expected all operators to have the same dtype.  Found {said}")
    return operators[0].dtype


def listed(operators: Any) -> list[Any]:
    """A list of operators, not empty. Raises TypeError for what is no list, ValueError for none."""
    if not isinstance(operators, (list, tuple)):
        raise TypeError(f"Expected argument to be an iterable of operators, not {operators!r}")
    if not operators:
        raise ValueError(f"Expected a non-empty list of operators. Found: {list(operators)}")
    return list(operators)


# Names -----------------------------------------------------------------------------------------------


def public_kind(name: str) -> Callable[[Kind], Kind]:
    """Decorator: a class under `linalg.<name>` in both generations; in the first it builds in the default graph."""

    def declare(kind: Kind) -> Kind:
        class Proxy(type(kind)):
            def __call__(cls, *args: Any, **kwargs: Any) -> Any:
                if cls is not proxy:  # a subclass that a user wrote
                    return super().__call__(*args, **kwargs)
                with mode.graph_first():
                    return kind(*args, **kwargs)

            def __instancecheck__(cls, instance: Any) -> bool:
                return isinstance(instance, kind) if cls is proxy else super().__instancecheck__(instance)

        proxy: Any = Proxy(kind.__name__, (kind,), {"__doc__": kind.__doc__, "__module__": kind.__module__})
        proxy.__signature__ = inspect.signature(kind)
        names.register(kind, v2=(f"linalg.{name}",))
        names.register(proxy, v1=(f"linalg.{name}",))
        return kind

    return declare


__all__ = ["assert_equal", "assert_less", "assert_no_zeros", "assert_positive", "assert_real", "column",
           "common_batch", "common_batch_tensor", "conjugated",
           "is_variable", "joined", "known_size", "listed", "nothing", "parameter", "public_kind", "refuse",
           "refuse_rank", "same_dtype", "shape_of", "size_argument", "sizes", "to_common_batch", "together",
           "wide_complex"]
