"""The variables of a graph by name, as `get_variable` finds them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode
from hornbeam.graph.dtypes import DType
from hornbeam.graph.graph import Graph
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.source import Frame
from hornbeam.graph.tensor import Tensor
from hornbeam.ops import array, initializers
from hornbeam.runtime import partitions
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.save_slices import SaveSliceInfo
from hornbeam.runtime.variable import Variable, VariableV1

_STORE = ("__variable_store",)


def store_of(graph: Graph) -> VariableStore:
    """The store of a graph."""
    held = graph.get_collection_ref(_STORE)
    if not held:
        held.append(VariableStore())
    return held[0]


class VariableStore:
    """Variables by full name."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.in_parts: dict[str, partitions.PartitionedVariable] = {}

    def get_variable(self, name: str, shape: Any, dtype: DType, initializer: Any, regularizer: Any, reuse: Any,
                     trainable: bool | None, collections: Sequence[Any] | None, caching_device: Any, partitioner: Any,
                     validate_shape: bool, use_resource: bool | None, custom_getter: Callable[..., Any] | None,
                     constraint: Any, synchronization: Any, aggregation: Any) -> Any:
        """The variable of this name: through the custom getter where there is one."""
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        arguments: dict[str, Any] = {
            "shape": shape, "dtype": dtype, "initializer": initializer, "regularizer": regularizer, "reuse": reuse,
            "trainable": trainable, "collections": collections, "caching_device": caching_device,
            "partitioner": partitioner, "validate_shape": validate_shape, "use_resource": use_resource,
            "constraint": constraint, "synchronization": synchronization, "aggregation": aggregation}
        if custom_getter is None:
            return self._get(name=name, **arguments)
        return custom_getter(self._get, name, **arguments)

    def _get(self, name: str, shape: Any = None, dtype: Any = dtypes.float32, initializer: Any = None,
             regularizer: Any = None, reuse: Any = None, trainable: bool | None = None, collections: Any = None,
             caching_device: Any = None, partitioner: Any = None, validate_shape: bool = True,
             use_resource: bool | None = None, constraint: Any = None, synchronization: Any = None,
             aggregation: Any = None) -> Any:
        wanted = dtypes.as_dtype(dtype).base_dtype
        if mode.executing_eagerly():
            return self._new(name, shape, wanted, initializer, None, trainable, collections, validate_shape,
                             constraint, synchronization, aggregation)
        if partitioner is not None and shape is not None and TensorShape(shape).rank:
            return self._in_parts(name, TensorShape(shape).as_list(), wanted, partitioner, initializer, regularizer,
                                  reuse, trainable, collections, validate_shape, constraint, synchronization,
                                  aggregation)
        if reuse is True and partitioner is None and name in self.in_parts:
            return self._reused_parts(name, shape)
        if name in self.variables:
            return self._existing(name, shape, wanted, reuse)
        if reuse is True:
            raise ValueError(f"Variable {name} does not exist, or was not created with tf.get_variable(). "
                             "Did you mean to set reuse=tf.AUTO_REUSE in VarScope?")
        made = self._new(name, shape, wanted, initializer, regularizer, trainable, collections, validate_shape,
                         constraint, synchronization, aggregation)
        made._is_resource = bool(use_resource)
        self.variables[name] = made
        return made

    def _reused_parts(self, name: str, shape: Any) -> partitions.PartitionedVariable:
        """A variable in parts that exists, in whatever parts these are."""
        found = self.in_parts[name]
        if shape is not None and not found.shape.is_compatible_with(TensorShape(shape)):
            raise ValueError(f"Trying to reuse partitioned variable {name}, but specified shape {TensorShape(shape)} "
                             f"and found shape {found.shape}.")
        return found

    def _in_parts(self, name: str, shape: list[Any], dtype: DType, partitioner: Any, initializer: Any,
                  regularizer: Any, reuse: Any, *settings: Any) -> partitions.PartitionedVariable:
        """A variable in the parts that the partitioner says: one that exists, or a new one."""
        counts = partitions.asked(partitioner, name, shape, dtype)
        found = self.in_parts.get(name)
        if found is not None:
            if reuse is False:
                raise ValueError(f"Partitioned variable with name {name} already exists. Did you mean to set "
                                 "reuse=True or reuse=tf.AUTO_REUSE in VarScope?")
            if not found.shape.is_compatible_with(TensorShape(shape)) or found.partitions != counts:
                raise ValueError(f"Trying to reuse partitioned variable {name}, but specified shape "
                                 f"{TensorShape(shape)} and partitions {counts}, and found shape {found.shape} and "
                                 f"partitions {found.partitions}.")
            return found
        made = []
        for number, (part, offset) in enumerate(zip(partitions.part_shapes(shape, counts),
                                                    partitions.offsets(shape, counts), strict=True)):
            info = partitions.PartitionInfo(shape, offset)
            made.append(self._get(f"{name}/part_{number}" if name else f"part_{number}", part, dtype,
                                  _for_part(initializer or default_initializer(name, dtype), part, info), regularizer,
                                  reuse, settings[0], settings[1], None, None, settings[2], None, *settings[3:]))
            made[-1]._save_slice_info = SaveSliceInfo(name, shape, offset, part)
        whole = self.in_parts[name] = partitions.PartitionedVariable(name, shape, dtype, made, counts)
        return whole

    def _existing(self, name: str, shape: Any, dtype: DType, reuse: Any) -> Variable:
        found = self.variables[name]
        if reuse is False:
            raise ValueError(f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
                             f"reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n{_listing(found.op.frames)}")
        if shape is not None and not TensorShape(shape).is_compatible_with(found.shape):
            raise ValueError(f"Trying to share variable {name}, but specified shape {TensorShape(shape)} and found "
                             f"shape {found.shape}.")
        if not dtype.is_compatible_with(found.dtype):
            raise ValueError(f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype "
                             f"{found.dtype.name}.")
        return found

    def _new(self, name: str, shape: Any, dtype: DType, initializer: Any, regularizer: Any, trainable: bool | None,
             collections: Sequence[Any] | None, validate_shape: bool, constraint: Any, synchronization: Any,
             aggregation: Any) -> Variable:
        dims = None if shape is None else TensorShape(shape)
        value, dtype_ = _initial(name, dims, dtype, initializer)
        made = VariableV1(value, trainable=trainable, collections=collections, validate_shape=validate_shape,
                          name=name, dtype=dtype_, constraint=constraint, synchronization=synchronization,
                          aggregation=aggregation)
        if regularizer is not None:
            _regularize(made, name, regularizer)
        return made


def _initial(name: str, shape: TensorShape | None, dtype: DType, initializer: Any) -> tuple[Any, DType | None]:
    """The initial value, or the function that gives it, and the dtype to make the variable with."""
    if initializer is None:
        initializer = default_initializer(name, dtype)
        if shape is None:
            raise ValueError(f"Variable {name} did not get an initializer, so its `shape` argument must be specified.")
    if not callable(initializer) or isinstance(initializer, (Tensor, Variable)):
        if shape is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        return initializer, None if isinstance(initializer, (Tensor, Variable)) else dtype
    make = initializer() if isinstance(initializer, type) else initializer
    if shape is not None and shape.is_fully_defined():
        dims = shape.as_list()
        if isinstance(make, initializers.Initializer) or _takes_partition(make):
            return (lambda: make(dims, dtype=dtype, partition_info=None)), dtype
        return (lambda: make(dims, dtype=dtype)), dtype
    if shape is None and _without_arguments(make):
        return make, dtype
    raise ValueError("The initializer passed is not valid. It should be a callable with no arguments and the shape "
                     "should not be provided or an instance of `tf.keras.initializers.*' and `shape` should be fully "
                     "defined.")


def _for_part(initializer: Any, shape: list[int], info: partitions.PartitionInfo) -> Any:
    """The initializer of one part of a variable."""
    if isinstance(initializer, (Tensor, Variable)):
        return lambda part, dtype: array.slice(initializer, info.var_offset, shape)
    if not callable(initializer):
        whole = np.asarray(initializer)
        index = tuple(slice(o, o + n) for o, n in zip(info.var_offset, shape, strict=True))
        return lambda part, dtype: array.constant(whole[index], dtype)
    make = initializer() if isinstance(initializer, type) else initializer
    if not (isinstance(make, initializers.Initializer) or _takes_partition(make)):
        return make
    return lambda part, dtype: make(part, dtype=dtype, partition_info=info)


def _parameters(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return dict(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return {}


def _takes_partition(function: Callable[..., Any]) -> bool:
    return "partition_info" in _parameters(function)


def _without_arguments(function: Callable[..., Any]) -> bool:
    return all(p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
               for p in _parameters(function).values())


def default_initializer(name: str, dtype: DType) -> initializers.Initializer:
    """What a variable starts from where nobody says: Glorot's uniform draws, zeros for what is no float."""
    if dtype.is_floating:
        return initializers.GlorotUniform()
    if dtype.is_integer or dtype.is_bool or dtype is dtypes.string:
        return initializers.Zeros()
    raise ValueError(f"An initializer for variable {name} of {dtype!r} is required")


def _regularize(variable: Variable, name: str, regularizer: Callable[..., Any]) -> None:
    graph = variable.graph
    with graph.as_default(), graph.name_scope(f"{name}/Regularizer/"):
        loss = regularizer(variable)
    if loss is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def _listing(frames: Sequence[Frame]) -> str:
    return "".join(f"  File \"{f.filename}\", line {f.lineno}, in {f.function}\n" for f in frames)
