"""TensorArray: tensors that are written and read one by one, in loops too.

Eagerly a list. In a graph a tensor whose rows are the elements: each write gives a new one, so that loops carry it and
gradients flow through it. Where nothing tells the shape of an element before the first write, the tensor is `Unset`
until then; a loop that writes to it finds the shape when it is compiled. An array that grows, or whose elements
differ in shape, lives on the host.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes, mode
from hornbeam.graph.body import NeedsHost
from hornbeam.graph.call import as_tensor, graph_for
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.errors import InvalidArgumentError, OutOfRangeError
from hornbeam.graph.execute import ShapeFault, finding
from hornbeam.graph.graph import Graph
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.op import registry as ops
from hornbeam.graph.shapes import Dims, TensorShape
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import states
from hornbeam.ops.states import Unset

# Ops ------------------------------------------------------------------------------------------------


@op("TensorArrayNew", inputs="size: int32 static", attr_types={"dtype": "type"}, differentiable=never("no inputs"),
    samples=lambda rng: [((np.int32(3),), {"dtype": dtypes.float32, "element_shape": (2,)})])
def new_op(size, *, dtype: Any, element_shape: Any = None, dynamic_size: bool = False):
    """An array of `size` elements, all zero; of elements whose shape nobody knows yet, one that is not set."""
    return jnp.zeros((int(size), *element_shape), dtype.np_dtype)


@new_op.shape
def _(inputs, attrs):
    element = attrs["element_shape"]
    if any(not (n is None or isinstance(n, int | np.integer)) or (n is not None and n < 0) for n in element or ()):
        raise ShapeFault(f"element_shape must be sizes of dimensions, not {element}")
    size = None if inputs[0].value is None or attrs["dynamic_size"] else int(inputs[0].value)
    return [(None if element is None else (size, *element), attrs["dtype"])]


@new_op.lower
def _(context, operation, values):
    element, dtype = operation.attrs["element_shape"], operation.attrs["dtype"]
    if not isinstance(values[0], (np.ndarray, np.generic, int)) and not context.concrete:
        raise NeedsHost(operation, "the size of a TensorArray is computed in a loop")
    size = int(np.asarray(values[0]))
    if element is None or None in element:
        return [Unset(size, dtype.np_dtype)]
    return [(np if context.concrete else jnp).zeros((size, *element), dtype.np_dtype)]


def _outside(index: Any, size: int) -> Any:
    return (index < 0) | (index >= size)


@op("TensorArrayWrite", inputs="flow: T, index: int32, value: T",
    samples=lambda rng: [((rng.normal(size=(3, 2)), np.int32(1), rng.normal(size=2)), {})])
def write_op(flow, index, value, *, dynamic_size: bool = False):
    """`flow` with `value` as element `index`."""
    return states.set_row.function(flow, index, value)


@write_op.shape
def _(inputs, attrs):
    flow, value = inputs[0].dims, inputs[2].dims
    if flow is None:
        return [(None if value is None else (None, *value), inputs[0].dtype)]
    return [((None if attrs["dynamic_size"] else flow[0], *flow[1:]), inputs[0].dtype)]


@write_op.check
def _(flow, index, value, *, dynamic_size):
    return _outside(index, flow.shape[0]), [index, flow.shape[0]]


@write_op.message
def _(numbers, inputs, attrs):
    return f"Tried to write to index {int(numbers[0])} but array is not resizeable and size is: {int(numbers[1])} "


@write_op.lower
def _(context, operation, values):
    flow, index, value = values
    if isinstance(flow, Unset):
        flow = flow.zeros(np.shape(value), context.concrete)
    size = flow.shape[0]
    if not context.concrete:
        if operation.attrs["dynamic_size"]:
            raise NeedsHost(operation, "a TensorArray grows")
        if jnp.shape(value) != jnp.shape(flow)[1:]:
            raise NeedsHost(operation, "the elements of a TensorArray differ in shape")
        context.note(operation, finding(_outside(index, size), [index, size]))
        return [write_op.function(jnp.asarray(flow), index, jnp.asarray(value))]
    at = int(index)
    if at >= size and operation.attrs["dynamic_size"]:
        more = np.zeros((at + 1 - size, *flow.shape[1:]), flow.dtype)
        flow = np.concatenate([np.asarray(flow), more])
    elif not 0 <= at < size:
        raise _failed(operation, f"Tried to write to index {at} but array is not resizeable and size is: {size} ")
    return [states.with_row(flow, at, np.asarray(value))]


def _failed(operation: Any, text: str) -> OutOfRangeError:
    return OutOfRangeError(None, operation, f"{text}\n\t [[{{{{node {operation.name}}}}}]]")


@write_op.grad
def _(call, dy):
    index = call.inputs[1]
    return states.clear_row(dy, index), None, states.get_row(dy, index)


@op("TensorArrayRead", inputs="flow: T, index: int32",
    samples=lambda rng: [((rng.normal(size=(3, 2)), np.int32(1)), {})])
def read_op(flow, index):
    """Element `index` of `flow`."""
    return states.get_row.function(flow, index)


@read_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [(None if dims is None else dims[1:], inputs[0].dtype)]


@read_op.check
def _(flow, index):
    return _outside(index, flow.shape[0]), [index, flow.shape[0]]


@read_op.message
def _(numbers, inputs, attrs):
    return f"Tried to read from index {int(numbers[0])} but array size is: {int(numbers[1])} "


@read_op.lower
def _(context, operation, values):
    flow, index = values
    if isinstance(flow, Unset):
        raise InvalidArgumentError(None, operation, f"Could not read from TensorArray index {index}: nothing was "
                                   "written to it before, and its element shape is not known")
    size = flow.shape[0]
    if not context.concrete:
        context.note(operation, finding(_outside(index, size), [index, size]))
        return [read_op.function(jnp.asarray(flow), index)]
    if not 0 <= int(index) < size:
        raise _failed(operation, f"Tried to read from index {int(index)} but array size is: {size} ")
    return [np.asarray(flow[int(index)])]


@read_op.grad
def _(call, dy):
    return states.only_row(dy, call.inputs[1], call.inputs[0]), None


@op("TensorArrayRows", inputs="flow: T", samples=lambda rng: [((rng.normal(size=(3, 2)),), {})])
def rows_op(flow):
    """All elements, stacked."""
    return flow


@rows_op.shape
def _(inputs, attrs):
    return [(inputs[0].dims, inputs[0].dtype)]


@rows_op.lower
def _(context, operation, values):
    flow = values[0]
    if isinstance(flow, Unset):
        raise InvalidArgumentError(None, operation, "a TensorArray of which nothing was written has no shape; pass "
                                   "element_shape")
    if isinstance(flow, np.ndarray) and flow.dtype == object and not isinstance(flow[(0,) * flow.ndim], bytes):
        found = sorted({str(list(r.shape)) for r in flow})
        if len(found) > 1:
            raise InvalidArgumentError(None, operation, "TensorArray has inconsistent shapes: " + ", ".join(found))
        flow = np.stack(list(flow))
    return [flow]


@rows_op.grad
def _(call, dy):
    return dy


@op("TensorArrayJoin", inputs="flow: T", samples=lambda rng: [((rng.normal(size=(3, 2)),), {})])
def join_op(flow):
    """All elements, joined along their first dimension."""
    return jnp.reshape(flow, (flow.shape[0] * flow.shape[1], *flow.shape[2:]))


@join_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is None or len(dims) < 2:
        return [(None, inputs[0].dtype)]
    lead = None if dims[0] is None or dims[1] is None else dims[0] * dims[1]
    return [((lead, *dims[2:]), inputs[0].dtype)]


@join_op.lower
def _(context, operation, values):
    flow = values[0]
    if isinstance(flow, np.ndarray) and flow.dtype == object:
        return [np.concatenate(list(flow))]
    return [join_op.function(flow if isinstance(flow, np.ndarray) else jnp.asarray(flow))]


@join_op.grad
def _(call, dy):
    return ops["Reshape"](dy, ops["Shape"](call.inputs[0]))


@op("TensorArrayCut", inputs="value: T, lengths: int32 static",
    samples=lambda rng: [((rng.normal(size=(4, 2)), np.array([2, 2], np.int32)), {})])
def cut_op(value, lengths):
    """`value` cut along its first dimension into elements of the given lengths."""
    return jnp.reshape(value, (len(lengths), -1, *value.shape[1:]))


@cut_op.shape
def _(inputs, attrs):
    value, lengths = inputs[0].dims, inputs[1].value
    if value is None or lengths is None:
        return [(None, inputs[0].dtype)]
    same = len({int(n) for n in lengths}) == 1
    return [((len(lengths), int(lengths[0]) if same else None, *value[1:]), inputs[0].dtype)]


@cut_op.lower
def _(context, operation, values):
    value, lengths = values[0], np.asarray(values[1])
    if int(lengths.sum()) != value.shape[0]:
        raise InvalidArgumentError(None, operation, f"Expected sum of lengths to be equal to values.shape[0], but sum "
                                   f"of lengths is {int(lengths.sum())} and value's shape is: {list(value.shape)} ")
    if len(set(lengths.tolist())) <= 1 and len(lengths):
        return [cut_op.function(value if context.concrete else jnp.asarray(value), lengths)]
    if not context.concrete:
        raise NeedsHost(operation, "the elements of a TensorArray differ in shape")
    rows = np.empty(len(lengths), object)
    rows[:] = np.split(np.asarray(value), np.cumsum(lengths)[:-1])
    return [rows]


@cut_op.grad
def _(call, dy):
    return join_op(dy), None


# The array ------------------------------------------------------------------------------------------


@public(v2=("TensorArray",))
class TensorArray:
    """Tensors of one dtype, written and read by index; a loop variable like any tensor.

    dtype: of the elements. size: how many; `dynamic_size`: writing further on makes it larger (in graphs such an
    array lives on the host). clear_after_read: eagerly, an element can be read once (the default).
    infer_shape: whether all elements have one shape. element_shape: what is known of it.
    handle, tensor_array_name, colocate_with_first_write_call: accepted. flow: rows to start from.
    Methods that change it return the changed array; use that one on.

    >>> a = TensorArray(dtypes.float32, 2).write(0, 1.0).write(1, 2.0)
    >>> a.stack().numpy().tolist()
    [1.0, 2.0]
    """

    def __init__(self, dtype: Any, size: Any = None, dynamic_size: bool | None = None,
                 clear_after_read: bool | None = None, tensor_array_name: str | None = None, handle: Any = None,
                 flow: Any = None, infer_shape: bool = True, element_shape: Any = None,
                 colocate_with_first_write_call: bool = True, name: str | None = None) -> None:
        if handle is not None and size is not None:
            raise ValueError("Cannot provide both `handle` and `size` to a TensorArray constructor at the same time.")
        if size is None and flow is None:
            size = 0
            dynamic_size = True if dynamic_size is None else dynamic_size
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic = bool(dynamic_size)
        self._clear = clear_after_read is None or bool(clear_after_read)
        self._infer = bool(infer_shape)
        self._element: Dims = None if element_shape is None else TensorShape(element_shape)._dims
        self._name = name or "TensorArray"
        self._list: list[Any] | None = None
        self._flow: Any = None
        graph = graph_for(size, flow)
        if flow is not None:
            self._flow = convert(flow)
        elif graph is None:
            self._list = [None] * int(0 if size is None else size)
        else:
            with mode.opened(graph):
                wanted = ops["Cast"](convert(size), DstT=dtypes.int32)
                self._flow = new_op(wanted, dtype=self._dtype, element_shape=self._element,
                                    dynamic_size=self._dynamic, name=self._name)

    def _with(self, flow: Any, element: Dims = None) -> TensorArray:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._flow = flow
        if element is not None:
            made._element = element
        return made

    def _parts(self) -> tuple[list[Any], Callable[[list[Any]], TensorArray]]:
        """What branches and loops hand on."""
        if self._list is not None:
            return [], lambda given: self
        return [self._flow], lambda given: self._with(given[0])

    @property
    def _graph_home(self) -> Graph | None:
        return self._flow.op.graph if isinstance(self._flow, GraphTensor) else None

    # What it is -----------------------------------------------------------------------------------

    @property
    def dtype(self) -> Any:
        """The dtype of the elements."""
        return self._dtype

    @property
    def flow(self) -> Any:
        """The rows as a tensor, which says in what order writes happened; None eagerly."""
        return self._flow

    @property
    def handle(self) -> Any:
        """None: there is no resource behind it."""
        return None

    @property
    def dynamic_size(self) -> bool:
        """Whether it grows."""
        return self._dynamic

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the shape of an element."""
        flow = self._flow._dims if self._flow is not None else None
        return TensorShape(self._element if self._element is not None or flow is None else flow[1:])

    def size(self, name: str | None = None) -> Any:
        """The number of elements, a scalar int32."""
        if self._list is not None:
            return convert(np.int32(len(self._list)))
        return states.row_count(self._flow, name=name)

    def identity(self) -> TensorArray:
        """The same array, after the control dependencies in force."""
        return self if self._list is not None else self._with(states.rows_identity(self._flow))

    def close(self, name: str | None = None) -> Any:
        """Nothing is left to free; in a graph an operation comes back."""
        if self._list is not None:
            self._list.clear()
            return None
        with mode.opened(self._flow.op.graph):
            return ops["NoOp"](name=name)

    # Writing and reading --------------------------------------------------------------------------

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with `value` as element `index`.

        Raises ValueError for a shape or dtype that does not fit, OutOfRangeError for an index past the end.
        """
        if self._list is not None:
            self._write_now(int(index), convert(value, dtype_hint=self._dtype))
            return self
        graph = graph_for(self._flow, index, value)
        value = as_tensor(value, self._dtype, graph, graph.unique_name("value", False) if graph else "value")
        self._check_dtype(value)
        element = self._fitting(value._dims)
        index = ops["Cast"](convert(index), DstT=dtypes.int32)
        flow = write_op(self._flow, index, value, dynamic_size=self._dynamic, name=name)
        return self._with(flow, element if self._infer else None)

    def _fitting(self, dims: Dims) -> Dims:
        """The element shape, now that an element of shape `dims` is known. Raises ValueError where it differs."""
        known = self.element_shape
        if self._infer and not known.is_compatible_with(TensorShape(dims)):
            raise ValueError(f"Incompatible shape for value ({TensorShape(dims)}), expected ({known})")
        return known.merge_with(TensorShape(dims))._dims if self._infer else None

    def _check_dtype(self, value: Any) -> None:
        if value.dtype.base_dtype is not self._dtype:
            raise ValueError(f"TensorArray dtype is {self._dtype.name} but op is trying to write dtype "
                             f"{value.dtype.base_dtype.name}.")

    def _write_now(self, index: int, value: Any) -> None:
        self._check_dtype(value)
        self._element = self._fitting(value.dims) if self._infer else self._element
        elements: list[Any] = self._list  # type: ignore[assignment]
        if index < 0 or (index >= len(elements) and not self._dynamic):
            raise OutOfRangeError(None, None, f"Tried to write to index {index} but array is not resizeable and size "
                                  f"is: {len(elements)} ")
        elements.extend([None] * (index + 1 - len(elements)))
        elements[index] = value

    def read(self, index: Any, name: str | None = None) -> Any:
        """Element `index`. Raises OutOfRangeError past the end, InvalidArgumentError for one that was cleared."""
        if self._list is not None:
            return self._read_now(int(index))
        index = ops["Cast"](convert(index), DstT=dtypes.int32)
        found = read_op(self._flow, index, name=name)
        if found._dims is None and self._element is not None:
            found.set_shape(self._element)
        return found

    def _read_now(self, index: int) -> Any:
        elements: list[Any] = self._list  # type: ignore[assignment]
        if not 0 <= index < len(elements):
            raise OutOfRangeError(None, None, f"Tried to read from index {index} but array size is: {len(elements)} ")
        found = elements[index]
        if found is _CLEARED:
            raise InvalidArgumentError(None, None, f"Could not read index {index} twice because it was cleared after a "
                                       "previous read (perhaps try setting clear_after_read = false?)")
        if self._clear:
            elements[index] = _CLEARED
        return self._zeros() if found is None else found

    def _zeros(self) -> Any:
        shape = self.element_shape
        if not shape.is_fully_defined():
            raise ValueError(f"Cannot convert a partially known TensorShape {shape} to a Tensor.")
        return convert(np.zeros([int(d) for d in shape.as_list() if d is not None], self._dtype.np_dtype))

    def _rows_now(self) -> list[Any]:
        return [self._read_now(i) for i in range(len(self._list or ()))]

    def stack(self, name: str | None = None) -> Any:
        """All elements, stacked along a new first dimension."""
        if self._list is not None:
            rows = self._rows_now()
            if not rows:
                return convert(np.zeros((0, *(d or 0 for d in self._element or ())), self._dtype.np_dtype))
            return ops["Pack"](rows)
        found = rows_op(self._flow, name=name)
        if found._dims is None and self._element is not None:
            found.set_shape((None, *self._element))
        return found

    def gather(self, indices: Any, name: str | None = None) -> Any:
        """The elements at `indices`, stacked."""
        if self._list is not None:
            return ops["Pack"]([self._read_now(int(i)) for i in np.asarray(convert(indices)._value)])
        return ops["GatherV2"](self.stack(), convert(indices), np.int32(0), name=name)

    def concat(self, name: str | None = None) -> Any:
        """All elements, joined along their first dimension."""
        if self._list is not None:
            return ops["ConcatV2"](self._rows_now(), np.int32(0))
        return join_op(self._flow, name=name)

    # Many at once ---------------------------------------------------------------------------------

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are the rows of `value`. Raises ValueError where they are more than it has."""
        value = convert(value, dtype_hint=self._dtype)
        self._check_dtype(value)
        if value.dims == ():
            raise ValueError("unstack needs a tensor of at least one dimension")
        element = self._fitting(_of_a_row(value.dims))
        if self._list is not None:
            if value.dims[0] > len(self._list) and not self._dynamic:
                raise ValueError(f"Cannot unstack {value.dims[0]} tensors into a TensorArray of static size "
                                 f"{len(self._list)} ")
            self._element = element if self._infer else self._element
            self._list[:] = [ops["GatherV2"](value, np.int32(i), np.int32(0)) for i in range(value.dims[0])]
            return self
        return self._with(ops["Identity"](value, name=name), element if self._infer else None)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the rows of `value` as the elements at `indices`."""
        value = convert(value, dtype_hint=self._dtype)
        if self._list is not None:
            for row, index in enumerate(np.asarray(convert(indices)._value)):
                self.write(int(index), ops["GatherV2"](value, np.int32(row), np.int32(0)))
            return self
        self._check_dtype(value)
        element = self._fitting(_of_a_row(value.dims))
        indices, flow = ops["Cast"](convert(indices), DstT=dtypes.int32), self._flow
        if self._dynamic:  # the row furthest out makes room for the others
            row = ops["ArgMax"](indices, np.int32(0))
            last, furthest = (ops["GatherV2"](x, row, np.int32(0)) for x in (indices, value))
            flow = write_op(flow, last, furthest, dynamic_size=True)
        flow = states.set_rows(flow, indices, value, name=name)
        return self._with(flow, element if self._infer else None)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are pieces of `value`, of the given lengths along its first dimension."""
        value = convert(value, dtype_hint=self._dtype)
        self._check_dtype(value)
        if self._list is not None:
            ends = np.cumsum(np.asarray(convert(lengths)._value)).tolist()
            pieces = np.split(np.asarray(value._value), ends[:-1])
            if ends and ends[-1] != value.dims[0]:
                raise InvalidArgumentError(None, None, "Expected sum of lengths to be equal to values.shape[0], but "
                                           f"sum of lengths is {ends[-1]} and value's shape is: {list(value.dims)} ")
            self._list[:] = [convert(p) for p in pieces]
            return self
        cut = cut_op(value, ops["Cast"](convert(lengths), DstT=dtypes.int32), name=name)
        return self._with(cut, _of_a_row(cut._dims))

    def __repr__(self) -> str:
        return f"<TensorArray of {self._dtype.name}, elements of shape {self.element_shape}>"


@public(v1=("TensorArray",))
class TensorArrayV1(TensorArray):
    """As `TensorArray`, made in the default graph where no argument says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        with mode.graph_first():
            super().__init__(*args, **kwargs)


_CLEARED = object()


def _of_a_row(dims: Dims) -> Dims:
    """The shape of a row, of which an array of shape `dims` is made."""
    return None if dims is None else dims[1:]
