"""KerasTensor: a shape and a dtype that stand for a tensor while a model is put together.

Its operators are functions of `keras.ops`, found by name when they are used (`operations.py` registers them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from hornbeam.graph.shapes import TensorShapeV1
from hornbeam.graph.tensor import Tensor
from hornbeam.keras.dtype_names import DTypeName, dtype_name
from hornbeam.keras.graph_places import GraphPlace, call_of_function, called_in_graph, tensor_of
from hornbeam.keras.names import keras_export
from hornbeam.keras.shapes import SizeTuple, standardize_shape
from hornbeam.keras.tree import structures as tree
from hornbeam.keras.utils.naming import auto_name

_NO_VALUE = ("A KerasTensor is symbolic: it's a placeholder for a shape and a dtype. It doesn't have any actual "
             "numerical value. You cannot convert it to ")


class KerasHistory(NamedTuple):
    """Which call made a KerasTensor: output `tensor_index` of call `node_index` of `operation`."""

    operation: Any
    node_index: int
    tensor_index: int


@keras_export("KerasTensor")
class KerasTensor:
    """A symbolic tensor: shape and dtype of what an input or a layer's output will be.

    shape: a tuple of integers, None where only the data tells. dtype: a dtype or its name. sparse, ragged: how the
    tensor will be stored. name: by default `keras_tensor`, `keras_tensor_1`, …
    Raises ValueError for a shape or a dtype that is none.

    >>> x = KerasTensor((None, 3)); x.shape, x.dtype
    ((None, 3), 'float32')
    """

    __array_priority__ = 200
    _place: GraphPlace | None = None
    _graph_tensor: Any = None

    def __init__(self, shape: Any, dtype: Any = "float32", sparse: bool = False, ragged: bool = False,
                 record_history: bool = True, name: str | None = None, **kwargs: Any) -> None:
        ragged_rank = kwargs.pop("ragged_rank", None)
        row_splits_dtype = kwargs.pop("row_splits_dtype", None)
        if kwargs:
            raise TypeError(f"Unexpected keyword arguments: {', '.join(kwargs)}")
        self._shape = standardize_shape(shape)
        self._dtype = dtype_name(dtype)
        self._sparse, self._ragged = bool(sparse), bool(ragged)
        if self._sparse and self._ragged:
            raise ValueError("KerasTensor cannot have `sparse=True` and `ragged=True` at the same time.")
        self._ragged_rank = None if ragged_rank is None else int(ragged_rank)
        self._row_splits_dtype = None if row_splits_dtype is None else dtype_name(row_splits_dtype)
        self._own_name = name or auto_name(type(self).__name__)
        self.record_history = record_history

    @property
    def name(self) -> str:
        """The name; in a program of TensorFlow 1 that of the tensor of its graph."""
        return self._own_name if self._place is None else tensor_of(self).name

    @name.setter
    def name(self, value: str) -> None:
        self._own_name = value

    @property
    def op(self) -> Any:
        """The operation of a graph of TensorFlow 1 that it stands for. Raises AttributeError elsewhere."""
        return tensor_of(self).op

    @property
    def graph(self) -> Any:
        """The graph of TensorFlow 1 that it has its place in. Raises AttributeError elsewhere."""
        return tensor_of(self).graph

    @property
    def _as_graph_element(self) -> Callable[[], Any]:
        if self._place is None:
            raise AttributeError("_as_graph_element")
        return lambda: tensor_of(self)

    @property
    def shape(self) -> tuple[int | None, ...]:
        """The shape; None where only the data tells."""
        return self._shape if self._place is None else SizeTuple(self._shape)

    @property
    def dtype(self) -> DTypeName:
        """The name of the dtype."""
        return self._dtype

    @property
    def sparse(self) -> bool:
        """Whether the tensor will be sparse."""
        return self._sparse

    @property
    def ragged(self) -> bool:
        """Whether the tensor will be ragged."""
        return self._ragged

    @property
    def ragged_rank(self) -> int | None:
        """The number of ragged dimensions, where that was said."""
        return self._ragged_rank

    @property
    def row_splits_dtype(self) -> str | None:
        """The dtype of a ragged tensor's row splits, where that was said."""
        return self._row_splits_dtype

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("shape", "dtype", "sparse", "ragged", "ragged_rank", "row_splits_dtype"):
            raise AttributeError(f"The `{name}` attribute of KerasTensor is immutable. One should create a new "
                                 "instance of KerasTensor for this.")
        super().__setattr__(name, value)

    @property
    def dims(self) -> tuple[int | None, ...]:
        """The shape, as Hornbeam's own functions ask for it."""
        return self._shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._shape)

    def _as_tensor(self, graph: Any) -> KerasTensor:
        """Itself: an op that is called with it becomes a node of a model."""
        return self

    def get_shape(self) -> Any:
        """The shape (TensorFlow's spelling); in a program of TensorFlow 1 as its graphs' tensors answer."""
        return self._shape if self._place is None else TensorShapeV1(self._shape)

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """The value in a session of TensorFlow 1, as of a tensor of its graph."""
        return tensor_of(self).eval(feed_dict, session)

    def reshape(self, newshape: Any) -> KerasTensor:
        """The same values in another shape."""
        return _function("reshape")(self, newshape)

    def squeeze(self, axis: Any = None) -> KerasTensor:
        """Without dimensions of size 1."""
        return _function("squeeze")(self, axis)

    def _take_call(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A call of one of Hornbeam's functions with this among its arguments."""
        made = called_in_graph(function, args, kwargs)
        return call_of_function[0](function, args, kwargs) if made is NotImplemented else made

    def __int__(self) -> int:
        raise ValueError(f"{_NO_VALUE}an int.")

    def __float__(self) -> float:
        raise ValueError(f"{_NO_VALUE}a float.")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        raise ValueError(f"{_NO_VALUE}a NumPy array.")

    def __jax_array__(self) -> Any:
        raise ValueError("A KerasTensor cannot be used as input to a JAX function. It has a shape and a dtype but no "
                         "value: call the function in the `call()` method of a layer, and call that layer on it.")

    def __iter__(self) -> Any:
        raise NotImplementedError("Iterating over a symbolic KerasTensor is not supported.")

    def __len__(self) -> int:
        if not self._shape or self._shape[0] is None:
            raise TypeError("len is not well defined for a symbolic KerasTensor. Please use `x.shape`.")
        return self._shape[0]

    def __bool__(self) -> bool:
        raise TypeError("A symbolic KerasTensor cannot be used as a boolean.")

    def __repr__(self) -> str:
        if self._graph_tensor is not None:
            return repr(self._graph_tensor)
        return (f"<KerasTensor shape={self.shape}, dtype={self.dtype}, sparse={self.sparse}, ragged={self.ragged}, "
                f"name={self._own_name}>")

    def __str__(self) -> str:
        return repr(self) if self._place is None else str(tensor_of(self))

    __hash__ = object.__hash__

    def __round__(self, ndigits: int | None = None) -> KerasTensor:
        return _function("round")(self, decimals=ndigits or 0)

    def __getitem__(self, key: Any) -> KerasTensor:
        return _function("get_item")(self, key)


functions: dict[str, Callable[..., Any]] = {}
"""`keras.ops` by name, as far as its modules are loaded."""


def _function(name: str) -> Callable[..., Any]:
    return functions[name]


def _forward(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: functions[name](self, other)


def _backward(name: str) -> Callable[[Any, Any], Any]:
    return lambda self, other: functions[name](other, self)


def _unary(name: str) -> Callable[[Any], Any]:
    return lambda self: functions[name](self)


_BINARY = {"add": "add", "sub": "subtract", "mul": "multiply", "matmul": "matmul", "truediv": "true_divide",
           "floordiv": "floor_divide", "mod": "mod", "pow": "power", "and": "logical_and", "or": "logical_or",
           "xor": "logical_xor"}
_COMPARED = {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "ne": "not_equal"}
_UNARY = {"neg": "negative", "abs": "absolute", "invert": "logical_not"}


def bind_operators(cls: type) -> None:
    """Let the operators of a class be functions of `keras.ops`, with Keras's promotion of dtypes."""
    for operator, name in _BINARY.items():
        setattr(cls, f"__{operator}__", _forward(name))
        setattr(cls, f"__r{operator}__", _backward(name))
    for operator, name in _COMPARED.items():
        setattr(cls, f"__{operator}__", _forward(name))
    for operator, name in _UNARY.items():
        setattr(cls, f"__{operator}__", _unary(name))


bind_operators(KerasTensor)


@keras_export("utils.is_keras_tensor", "backend.is_keras_tensor")
def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a `KerasTensor`."""
    return isinstance(x, KerasTensor)


def is_concrete(x: Any) -> bool:
    """Whether `x` is a tensor or a variable, with a value or of a graph, and not a KerasTensor."""
    return isinstance(x, Tensor) or (hasattr(x, "_as_tensor") and not isinstance(x, KerasTensor))


def any_symbolic(args: Iterable[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether a KerasTensor is among the arguments, however nested."""
    for values in (args, kwargs.values()):
        for value in values:
            if isinstance(value, KerasTensor):
                return True
            if isinstance(value, (list, tuple, dict)) and any(isinstance(v, KerasTensor) for v in tree.leaves(value)):
                return True
    return False
