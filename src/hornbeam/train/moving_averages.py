"""Moving averages of variables and tensors, kept in variables beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hornbeam.graph import mode
from hornbeam.graph.call import graph_for
from hornbeam.graph.graph import scope_of
from hornbeam.graph.names import public
from hornbeam.graph.tensor import GraphTensor
from hornbeam.ops import array, initializers, math, state
from hornbeam.runtime.collections import (
    GraphKeys,
    global_variables,
    home,
    moving_average_variables,
    trainable_variables,
)
from hornbeam.runtime.graph_functions import group, init_scope
from hornbeam.runtime.variable import Variable
from hornbeam.runtime.variable_scope import get_variable, variable_scope
from hornbeam.train import slot_creator
from hornbeam.train.optimizer import cast


@public(v1=("train.ExponentialMovingAverage",))
class ExponentialMovingAverage:
    """average ← decay · average + (1 - decay) · value, for variables (from their initial values) and tensors (from 0).

    num_updates: a step count; the decay is then at most (1 + n) / (10 + n), so that the first averages move fast.
    zero_debias: for tensors, divide by 1 - decayⁿ, which takes the zero start out. Kingma and Ba 2015, section 3.
    """

    def __init__(self, decay: Any, num_updates: Any = None, zero_debias: bool = False,
                 name: str = "ExponentialMovingAverage") -> None:
        self._decay, self._num_updates, self._zero_debias, self._name = decay, num_updates, zero_debias, name
        self._averages: dict[Any, Variable] = {}
        self._debiased: set[Any] = set()

    @property
    def name(self) -> str:
        """The name of the averages beside what they average."""
        return self._name

    def apply(self, var_list: Iterable[Any] | None = None) -> Any:
        """An operation that updates the averages of `var_list`, by default of the trainable variables.

        Makes the averages that are not there yet. Raises TypeError for what holds no floats.
        """
        with mode.graph_first():
            return self._apply(trainable_variables() if var_list is None else list(var_list))

    def _apply(self, items: list[Any]) -> Any:
        for item in items:
            if not item.dtype.base_dtype.is_floating:
                raise TypeError(f"The variables must be half, float, or double: {item.name}")
            if _key(item) not in self._averages:
                with init_scope():
                    self._averages[_key(item)] = self._made(item)
        graph = _graph_of(items)
        with graph.as_default(), graph.name_scope(self._name) as scope:
            decay = self._decay_now()
            updates = [assign_moving_average(self._averages[_key(i)], i, decay, _key(i) in self._debiased)
                       for i in items]
            return group(*updates, name=scope)

    def _decay_now(self) -> Any:
        decay = array.convert(self._decay, name="decay")
        if self._num_updates is None:
            return decay
        count = cast(array.convert(self._num_updates, name="num_updates"), decay.dtype)
        return math.minimum(decay, (1.0 + count) / (10.0 + count))

    def _made(self, item: Any) -> Variable:
        if isinstance(item, Variable):
            made = slot_creator.create_slot(item, item.initialized_value(), self._name)
            home().add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, item)
            return made
        if self._zero_debias:
            self._debiased.add(_key(item))
        return slot_creator.create_zeros_slot(item, self._name)

    def average(self, var: Any) -> Any:
        """The variable that holds the average of `var`, or None."""
        return self._averages.get(_key(var))

    def average_name(self, var: Any) -> str:
        """The name of that variable's operation, also where it is still to be made."""
        if _key(var) in self._averages:
            return self._averages[_key(var)].op.name
        return var.op.graph.unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Iterable[Any] | None = None) -> dict[str, Any]:
        """Names in a checkpoint → variables: those that have an average are restored from it.

        moving_avg_variables: which have one; by default trainable variables and those that `apply` was given.
        """
        with mode.graph_first():
            averaged = (trainable_variables() + moving_average_variables() if moving_avg_variables is None
                        else list(moving_avg_variables))
            found = {self.average_name(v): v for v in averaged}
            taken = {v.op.name for v in found.values()}
            rest = moving_average_variables() + global_variables()
            return found | {v.op.name: v for v in rest if v.op.name not in taken and v.op.name not in found}


def _key(item: Any) -> Any:
    return id(item.op.graph), item.op.name, getattr(item, "value_index", 0) if isinstance(item, GraphTensor) else 0


def _graph_of(items: list[Any]) -> Any:
    return items[0].op.graph if items else mode.default_graph()


def assign_moving_average(variable: Any, value: Any, decay: Any, zero_debias: bool = True,
                          name: str | None = None) -> Any:
    """An update of `variable` towards `value` by the part 1 - decay; with `zero_debias` the zero start is taken out.

    Gives the new average.
    """
    graph = graph_for(variable, value, decay)
    with scope_of(graph, name or "AssignMovingAvg") as scope:
        part = cast(math.subtract(1.0, decay, name="sub"), variable.dtype)
        if zero_debias:
            return _debiased(variable, value, part, scope)
        return state.assign_sub_op(variable, (variable.value() - value) * part, name=scope)


def _debiased(variable: Any, value: Any, part: Any, scope: str) -> Any:
    with variable_scope(variable.op.name, values=[variable]):
        shape = variable.shape
        biased = get_variable("biased", shape, variable.dtype, initializers.Zeros(), trainable=False)
        step = get_variable("local_step", [], variable.dtype, initializers.Zeros(), trainable=False)
    summed = state.assign_sub_op(biased, (biased.value() - value) * part)
    count = state.assign_add_op(step, 1)
    return state.assign_op(variable, summed / (1 - math.pow(1.0 - part, count)), name=scope)
