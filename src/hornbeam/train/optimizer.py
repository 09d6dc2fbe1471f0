"""TF1's optimizers: what they share. A subclass says its slots and its update; the rest is here.

`minimize` = `compute_gradients` (the gradients of a loss) + `apply_gradients` (one operation that updates the
variables, named as the optimizer is).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hornbeam.autodiff.gradients import gradients
from hornbeam.autodiff.tape import GradientTape
from hornbeam.graph import dtypes, mode
from hornbeam.graph.graph import Graph
from hornbeam.graph.indexed_slices import IndexedSlices
from hornbeam.graph.names import public
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, math, scatter, state
from hornbeam.runtime.collections import GraphKeys
from hornbeam.runtime.graph_functions import group, tuple_v1
from hornbeam.runtime.variable import Variable, VariableV1
from hornbeam.train import slot_creator

_FLOATS = (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)


def cast(value: Any, dtype: dtypes.DType) -> Any:
    """A tensor in the dtype of a variable."""
    return value if value.dtype.base_dtype is dtype.base_dtype else math.cast_op(value, DstT=dtype.base_dtype)


@public(v1=("train.Optimizer",))
class Optimizer:
    """Base of optimizers. A subclass defines `_apply_dense`, and for rows of a gather `_apply_sparse`.

    use_locking: accepted; updates of one run never interleave. name: of the training operation and the slots.
    Raises ValueError without a name.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str, use_own_namescope_for_non_slot_vars: bool = False) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._own_scope = use_own_namescope_for_non_slot_vars
        self._slots: dict[str, dict[Any, Any]] = {}
        self._non_slots: dict[Any, Any] = {}

    def get_name(self) -> str:
        """The name that the optimizer was made with."""
        return self._name

    # The three steps ------------------------------------------------------------------------------

    def minimize(self, loss: Any, global_step: Any = None, var_list: Any = None, gate_gradients: int = GATE_OP,
                 aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
                 name: str | None = None, grad_loss: Any = None) -> Any:
        """An operation that makes one step towards a smaller `loss`.

        global_step: a variable that each step counts. var_list: what to change, by default all trainable variables.
        grad_loss: the gradient of what follows the loss. Raises ValueError where no variable gets a gradient.
        """
        pairs = self.compute_gradients(loss, var_list, gate_gradients, aggregation_method,
                                       colocate_gradients_with_ops, grad_loss)
        if all(grad is None for grad, _ in pairs):
            raise ValueError("No gradients provided for any variable, check your graph for ops that do not support "
                             f"gradients, between variables {[str(v) for _, v in pairs]} and loss {loss}.")
        return self.apply_gradients(pairs, global_step, name)

    def compute_gradients(self, loss: Any, var_list: Any = None, gate_gradients: int = GATE_OP,
                          aggregation_method: Any = None, colocate_gradients_with_ops: bool = False,
                          grad_loss: Any = None) -> list[tuple[Any, Any]]:
        """Pairs (gradient, variable); the gradient is None where the loss does not depend on the variable.

        loss: a tensor, or a function that gives one. Raises ValueError where there is nothing to optimize.
        """
        if callable(loss):
            with mode.graph_first():
                if mode.executing_eagerly():
                    return self._with_tape(loss, var_list, grad_loss)
                loss = loss()
        if gate_gradients not in (self.GATE_NONE, self.GATE_OP, self.GATE_GRAPH):
            raise ValueError("gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                             f"Optimizer.GATE_GRAPH.  Not {gate_gradients}")
        if not isinstance(loss, (GraphTensor, Variable)):
            raise RuntimeError("`loss` passed to Optimizer.compute_gradients should be a function when eager "
                               f"execution is enabled, or a tensor of a graph; got {loss!r}.")
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        graph = loss.graph
        variables = self._listed(var_list, graph.outermost)
        if not variables:
            raise ValueError("No variables to optimize.")
        with graph.as_default():
            grads = gradients(loss, variables, grad_ys=grad_loss, gate_gradients=gate_gradients == self.GATE_OP,
                              aggregation_method=aggregation_method)
            if gate_gradients == self.GATE_GRAPH and any(g is not None for g in grads):
                grads = tuple_v1(grads)
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([v for g, v in pairs if g is not None])
        return pairs

    def _with_tape(self, loss: Callable[[], Any], var_list: Any, grad_loss: Any) -> list[tuple[Any, Any]]:
        with GradientTape() as tape:
            watched = None if var_list is None else list(_leaves(var_list))
            tape.watch(watched or [])
            value = loss()
        variables = list(tape.watched_variables()) if watched is None else watched
        if not variables:
            raise ValueError("No variables to optimize.")
        return list(zip(tape.gradient(value, variables, grad_loss), variables, strict=True))

    @staticmethod
    def _listed(var_list: Any, graph: Graph) -> list[Any]:
        if var_list is None:
            found = (graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
                     + graph.get_collection(GraphKeys.TRAINABLE_RESOURCE_VARIABLES) + _read_with_values(graph))
        else:
            found = list(_leaves(var_list))
        flat: list[Any] = []
        for item in found:
            flat.extend(item) if hasattr(item, "partitions") else flat.append(item)
        return flat

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None,
                        name: str | None = None) -> Any:
        """An operation that changes the variables by their gradients, and then counts `global_step`.

        Raises ValueError where no gradient is given, TypeError for gradients that are no tensors.
        """
        pairs = [(grad, var) for grad, var in grads_and_vars]
        if not pairs:
            raise ValueError("No variables provided.")
        given = [(self._gradient(grad), var) for grad, var in pairs if grad is not None]
        if not given:
            raise ValueError(f"No gradients provided for any variable: {[str(v) for _, v in pairs]}.")
        for _, var in given:
            if not isinstance(var, Variable):
                raise NotImplementedError("Trying to update a Tensor ", var)
        home = given[0][1]._graph or getattr(given[0][0], "graph", None)
        inner = mode.current_graph()  # of a branch or a loop, which then decides whether and how often they change
        graph = inner if inner is not None and inner.outermost is home else home
        with mode.opened(home):
            self._made_slots(home, [var for _, var in given])
        with mode.opened(graph), _scope(graph, name or self._name) as scope:
            return self._applied(graph, given, global_step, scope)

    @staticmethod
    def _gradient(grad: Any) -> Any:
        if isinstance(grad, IndexedSlices):
            return grad
        try:
            return array.convert(grad)
        except (TypeError, ValueError):
            raise TypeError(f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {grad}") from None

    def _made_slots(self, graph: Graph | None, variables: list[Any]) -> None:
        if graph is None:
            self._create_slots(variables)
            for waiting in self.__dict__.get("_deferred_restorations", ()):  # a checkpoint may have values for them
                waiting.resume(self)
            return
        with graph.control_dependencies(None):
            self._create_slots(variables)

    def _applied(self, graph: Graph | None, pairs: list[tuple[Any, Any]], global_step: Any, scope: str) -> Any:
        self._prepare()
        updates = []
        for grad, var in pairs:
            with _scope(graph, f"update_{_plain_name(var)}"):
                updates.append(self._updated(graph, grad, var))
        if graph is None:
            self._finish(updates, "update")
            return None if global_step is None else global_step.assign_add(1)
        if global_step is None:
            done = self._finish(updates, scope)
        else:
            with graph.control_dependencies([self._finish(updates, "update")]):
                done = state.assign_add_op(global_step, array.constant(1, global_step.dtype.base_dtype, name="value"),
                                           name=scope)
        operation = done if isinstance(done, Operation) else done.op
        if graph is graph.outermost and operation not in graph.get_collection_ref(GraphKeys.TRAIN_OP):
            graph.add_to_collection(GraphKeys.TRAIN_OP, operation)
        return operation

    def _updated(self, graph: Graph | None, grad: Any, var: Any) -> Any:
        if isinstance(grad, IndexedSlices):
            if var.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            return self._apply_sparse_duplicate_indices(grad, var)
        update = self._apply_dense(grad, var)
        if var.constraint is None:
            return update
        if graph is None:
            return var.assign(var.constraint(var))
        with graph.control_dependencies([update]):
            return var.assign(var.constraint(var))

    # Slots ----------------------------------------------------------------------------------------

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot `name` that was made for `var`, or None."""
        return self._slots.get(name, {}).get(_key(var))

    def get_slot_names(self) -> list[str]:
        """The names of the slots that this optimizer makes."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """The variables that hold the optimizer's state in the current graph, by name."""
        graph = mode.default_graph().outermost
        held = [*self._non_slots.values(), *(v for slots in self._slots.values() for v in slots.values())]
        mine = [v for v in held if v._graph is graph or v._graph is None]
        return sorted(mine, key=lambda v: v.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        """The slot of `var`, made with the value `val` where it is not there yet."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_slot(var, val, op_name)
        return slots[_key(var)]

    def _get_or_make_slot_with_initializer(self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str,
                                           op_name: str) -> Any:
        """The slot of `var`, made by `initializer` where it is not there yet."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_slot_with_initializer(var, initializer, shape, dtype, op_name)
        return slots[_key(var)]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        """The slot of `var`, made with zeros where it is not there yet."""
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_zeros_slot(var, op_name)
        return slots[_key(var)]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """A variable of the optimizer that belongs to no other: a running power, say."""
        graph = colocate_with._graph
        key = name, None if graph is None else id(graph)
        found = self._non_slots.get(key)
        if found is None:
            with _scope(graph if self._own_scope else None, self._name):
                found = VariableV1(initial_value, name=name, trainable=False)
            self._non_slots[key] = found
        return found

    def _get_non_slot_variable(self, name: str, graph: Graph | None = None) -> Any:
        return self._non_slots.get((name, None if graph is None else id(graph)))

    # What subclasses say --------------------------------------------------------------------------

    def _valid_dtypes(self) -> tuple[dtypes.DType, ...]:
        return _FLOATS

    def _assert_valid_dtypes(self, tensors: Iterable[Any]) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}.")

    def _create_slots(self, var_list: list[Any]) -> None:
        """Make the slots that the updates need."""

    def _prepare(self) -> None:
        """Make the tensors that all updates share."""

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        """An operation that changes `var` by a gradient of its shape."""
        if type(self)._resource_apply_dense is not Optimizer._resource_apply_dense:
            return self._resource_apply_dense(grad, var)
        raise NotImplementedError(f"{type(self).__name__} does not say how a dense gradient is applied: "
                                  "define _apply_dense")

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        """An operation that changes rows of `var`; every row occurs once."""
        if type(self)._resource_apply_sparse is not Optimizer._resource_apply_sparse:
            return self._resource_apply_sparse(grad.values, var, grad.indices)
        raise NotImplementedError(f"{type(self).__name__} does not say how rows are updated: define _apply_sparse")

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        """As `_apply_sparse`, for rows that may occur several times: they are added up first."""
        values, indices = scatter.sum_duplicates(grad.values, grad.indices)
        return self._apply_sparse(IndexedSlices(values, indices, grad.dense_shape), var)

    # Subclasses written for resource variables define these two instead; there is one kind of variable here.

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        return self._apply_dense(grad, handle)

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        return self._apply_sparse(IndexedSlices(grad, indices), handle)

    def _finish(self, update_ops: Sequence[Any], name_scope: str) -> Any:
        """One operation that has run when all updates have."""
        return group(*update_ops, name=name_scope)

    def _call_if_callable(self, param: Any) -> Any:
        """A setting, or what the function that stands for it gives."""
        return param() if callable(param) and not isinstance(param, Variable) else param

    def _setting(self, value: Any, name: str) -> Any:
        """A setting as a tensor of the graph that is open."""
        return array.convert(self._call_if_callable(value), name=name)


def _key(var: Any) -> Any:
    return id(var) if getattr(var, "_graph", None) is None else (id(var._graph), var.op.name)


def _read_with_values(graph: Graph) -> list[Any]:
    """The trainable variables with a value of their own that a graph reads, such as a Keras model's made before it."""
    handles = (x.op.attrs.get("variable") for operation in graph.get_operations() for x in operation.inputs)
    found = dict.fromkeys(handle() for handle in handles if isinstance(handle, weakref.ref))
    return [variable for variable in found if variable is not None and variable.trainable and variable._graph is None]


def _plain_name(var: Any) -> str:
    return var.op.name if var._graph is not None else var.name.split(":")[0]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple, set)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, dict):
        yield from _leaves(list(value.values()))
    else:
        yield value


@contextmanager
def _scope(graph: Graph | None, name: str) -> Iterator[str]:
    if graph is None:
        yield ""
        return
    with graph.name_scope(name) as scope:
        yield scope


Rate = float | Callable[[], Any] | Any
