"""Helpers of `tensorflow.python.framework`, `tensorflow.python.eager` and `tensorflow.python.util` that are not public:
static values and shapes, names of scopes, eager blocks, identities."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.graph.tensor import EagerTensor
from hornbeam.ops.initializers import Initializer
from hornbeam.runtime.collection_protos import prepend_scope as prepend_name_scope
from hornbeam.runtime.collection_protos import register_proto_functions
from hornbeam.runtime.collection_protos import strip_scope as strip_name_scope
from hornbeam.runtime.partitions import PartitionedVariable
from hornbeam.runtime.variable import Variable as VariableV1
from hornbeam.v1.contrib.framework.checking import get_graph_from_inputs as _get_graph_from_inputs
from hornbeam.v1.contrib.layers.outputs import smart_cond, smart_constant_value

DeviceSpecV1 = tf.DeviceSpec

__all__ = [
    "DeviceSpecV1", "EagerTensor", "Initializer", "PartitionedVariable", "Reference", "VariableV1",
    "_get_graph_from_inputs", "as_shape", "broadcast_shape", "broadcast_weights", "constant_value",
    "constant_value_as_shape", "convert_data_format", "eager_mode", "enabled", "fn_args", "gen_new_seed",
    "get_name_scope", "graph_mode", "has_kwargs", "internal_convert_to_tensor", "is_broadcast_compatible",
    "is_dense_tensor_like", "is_resource_variable", "make_all", "prepend_name_scope",
    "register_dense_tensor_like_type", "register_proto_function", "remove_undocumented", "smart_cond",
    "smart_constant_value", "strip_name_scope", "uid", "unknown_shape",
]


def constant_value(tensor: Any, partial: bool = False) -> Any:
    """The value of `tensor` as an array where the graph tells it, else None. partial: None for unknown elements."""
    return tf.get_static_value(tensor, partial=partial)


def constant_value_as_shape(tensor: Any) -> Any:
    """The shape that a vector of integers stands for, as far as the graph tells it; -1 is an unknown dimension.

    >>> constant_value_as_shape(tf.constant([2, -1])).as_list()
    [2, None]
    """
    if isinstance(tensor, (list, tuple, tf.TensorShape)):
        return tf.TensorShape(tensor)
    known = tf.get_static_value(tensor, partial=True)
    if known is not None:
        return tf.TensorShape([None if size is None or size < 0 else int(size) for size in known])
    return unknown_shape(tensor.shape.as_list()[0] if tensor.shape.dims is not None else None)


def as_shape(shape: Any) -> Any:
    """`shape` as a TensorShape."""
    return tf.TensorShape(shape)


def unknown_shape(rank: int | None = None, **kwargs: Any) -> Any:
    """A shape of which only the rank is known, or not even that.

    >>> unknown_shape(2).as_list()
    [None, None]
    """
    rank = kwargs.pop("ndims", rank)
    if kwargs:
        raise TypeError(f"Unknown argument: {kwargs}")
    return tf.TensorShape(None if rank is None else [None] * rank)


def broadcast_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape of two tensors' sum. Raises ValueError where they do not fit."""
    return tf.broadcast_static_shape(tf.TensorShape(shape_x), tf.TensorShape(shape_y))


def is_broadcast_compatible(shape_x: Any, shape_y: Any) -> bool:
    """Whether both ranks are known and tensors of these shapes may be added."""
    shapes = tf.TensorShape(shape_x), tf.TensorShape(shape_y)
    if any(shape.dims is None for shape in shapes):
        return False
    try:
        broadcast_shape(*shapes)
    except ValueError:
        return False
    return True


def broadcast_weights(weights: Any, values: Any) -> Any:
    """Weights in the shape of `values`: a scalar, or of its rank with dimensions of 1.

    >>> broadcast_weights([[2.0]], [[1.0, 1.0]]).shape.as_list()
    [1, 2]
    """
    weights, values = tf.convert_to_tensor(weights), tf.convert_to_tensor(values)
    if weights.shape.is_fully_defined() and weights.shape == values.shape:
        return weights
    return weights * tf.ones_like(values, dtype=weights.dtype.base_dtype)


def get_name_scope() -> str:
    """The name scope in which operations are built here, without a slash at its end."""
    return "" if tf.executing_eagerly() else tf.get_default_graph().get_name_scope()


def register_proto_function(collection_name: str, proto_type: Any = None, to_proto: Any = None,
                            from_proto: Any = None) -> None:
    """Says how the items of a collection become messages of `proto_type` in a MetaGraph, and come back.

    to_proto: called with an item and `export_scope`.  from_proto: called with a message and `import_scope`.
    Raises TypeError for what is no function.
    """
    for name, function in (("to_proto", to_proto), ("from_proto", from_proto)):
        if function is not None and not callable(function):
            raise TypeError(f"{name} must be callable.")
    register_proto_functions([collection_name], lambda: proto_type, to_proto, from_proto)


def internal_convert_to_tensor(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False,
                               preferred_dtype: Any = None, **kwargs: Any) -> Any:
    """`value` as a tensor; a variable of the wanted dtype as it is, with `as_ref`."""
    if as_ref and isinstance(value, tf.Variable) and (dtype is None or value.dtype.base_dtype == dtype):
        return value
    return tf.convert_to_tensor(value, dtype, name=name, preferred_dtype=preferred_dtype)


_tensor_like: list[type] = [tf.Tensor, tf.Variable]


def is_dense_tensor_like(t: Any) -> bool:
    """Whether `t` is a tensor, a variable or of a type that a program said to be like a tensor."""
    return isinstance(t, tuple(_tensor_like))


def register_dense_tensor_like_type(tensor_type: type) -> None:
    """Says that objects of this type are like tensors. Raises TypeError unless it has properties `name` and `dtype`."""
    for needed in ("name", "dtype"):
        if not isinstance(getattr(tensor_type, needed, None), property):
            raise TypeError(f"Type {tensor_type.__name__} does not define a `{needed}` property")
    _tensor_like.append(tensor_type)


def is_resource_variable(var: Any) -> bool:
    """Whether `var` is a variable that its programs made with `use_resource=True`, or eagerly."""
    return isinstance(var, tf.Variable) and not var.dtype._is_ref_dtype


_numbers = [0]


def uid() -> int:
    """A number that this process did not get before."""
    _numbers[0] += 1
    return _numbers[0]


def gen_new_seed(seed: int | None, salt: str) -> int | None:
    """Another seed for each `salt`, the same in every process; None for None."""
    if seed is None:
        return None
    return int(hashlib.md5((str(seed) + salt).encode()).hexdigest()[:8], 16) & 0x7FFFFFFF


@contextlib.contextmanager
def eager_mode() -> Iterator[None]:
    """Within it, operations run at once."""
    with mode.opened(None):
        yield


@contextlib.contextmanager
def graph_mode() -> Iterator[None]:
    """Within it, operations are built in the default graph."""
    with mode.opened(mode.default_graph()):
        yield


def enabled() -> bool:
    """Whether the behaviour of TensorFlow 2 is on: operations run at once where no graph is open."""
    return not mode.v1_builds()


def fn_args(fn: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments that a call of `fn` may give: without `self`, and without what a partial has bound.

    >>> fn_args(lambda x, y=1: x)
    ('x', 'y')
    """
    bound = fn.keywords if isinstance(fn, functools.partial) else {}
    several = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    return tuple(name for name, parameter in inspect.signature(fn).parameters.items()
                 if parameter.kind not in several and name not in bound)


def has_kwargs(fn: Callable[..., Any]) -> bool:
    """Whether `fn` takes arguments of any name."""
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(fn).parameters.values())


def make_all(module_name: str, doc_string_modules: Sequence[ModuleType] | None = None) -> list[str]:
    """The public names of a module: those without an underscore that are no modules."""
    module = sys.modules[module_name]
    return [name for name, value in vars(module).items()
            if not name.startswith("_") and not isinstance(value, ModuleType)]


def remove_undocumented(module_name: str, allowed_exception_list: Sequence[str] | None = None,
                        doc_string_modules: Sequence[ModuleType] | None = None) -> None:
    """Takes from a module all names but its own public functions and classes, those that are allowed, and those that
    the documentation of its modules mentions as `@@name`."""
    module = sys.modules[module_name]
    documented = set(allowed_exception_list or ())
    for described in doc_string_modules or [module]:
        documented |= set(re.findall(r"@@([A-Za-z_][A-Za-z0-9_]*)", described.__doc__ or ""))
    for name in list(vars(module)):
        if name not in documented and not (name.startswith("__") and name.endswith("__")):
            delattr(module, name)


def convert_data_format(data_format: str, ndim: int) -> str:
    """Keras's word for the order of dimensions as that of operations on tensors of `ndim` dimensions.

    >>> convert_data_format("channels_first", 4)
    'NCHW'
    """
    inner = {3: "W", 4: "HW", 5: "DHW"}.get(ndim)
    if inner is None:
        raise ValueError(f"Input rank not supported: {ndim}")
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"Invalid data_format: {data_format}")
    return f"N{inner}C" if data_format == "channels_last" else f"NC{inner}"


class Reference:
    """An object as a key of dictionaries and an element of sets: equal to references of the same object alone."""

    __slots__ = ("_object",)

    def __init__(self, wrapped: Any) -> None:
        self._object = wrapped

    def deref(self) -> Any:
        """The object."""
        return self._object

    @property
    def unwrapped(self) -> Any:
        """The object."""
        return self._object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._object is other._object

    def __hash__(self) -> int:
        return id(self._object)


def in_eager_mode() -> bool:
    """Whether calls run at once; what `executing_eagerly` was called before 1.7."""
    return tf.executing_eagerly()


def in_graph_mode() -> bool:
    """Whether calls add to a graph."""
    return not tf.executing_eagerly()
