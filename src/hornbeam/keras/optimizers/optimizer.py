"""What optimizers share: state for each variable, and the way from gradients to new values.

`apply` works on values alone: reads and writes of one step go through a `StatelessScope`, and each variable is written
once at its end, so that a step means the same at once and in a graph of TensorFlow 1. In a traced function operations
run in order, and weights are updated in place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import hornbeam as tf
from hornbeam.keras import initializers, ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.layers.layer_state import set_value
from hornbeam.keras.names import keras_export
from hornbeam.keras.optimizers import gradients
from hornbeam.keras.optimizers.old_spellings import OldSpellings, learning_rate_and_decay
from hornbeam.keras.optimizers.optimizer_variables import OptimizerVariables, replaced_by_gradient
from hornbeam.keras.optimizers.schedules import learning_rate_schedule
from hornbeam.keras.optimizers.schedules.learning_rate_schedule import LearningRateSchedule
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.scopes import StatelessScope, name_scope, stateless_scope
from hornbeam.keras.utils.naming import auto_name
from hornbeam.keras.variables import Variable

COMPILED_FROM = 10_000
"""Weights of this many numbers or more are updated by one compiled program a step, also at once: below, compiling takes
longer than it gains.
"""
SETTINGS = ("weight_decay", "clipnorm", "global_clipnorm", "clipvalue", "use_ema", "ema_momentum",
            "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps")


bases_by_method: dict[str, type] = {}
"""What programs of older generations derive their optimizers by, and the base that calls it (`old_subclasses.py`)."""


class _OptimizerMeta(type):
    """Puts the base that calls the methods of an older generation's optimizer below a program's class."""

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> Any:
        method = next((m for m in bases_by_method if m in namespace), None)
        if method is not None and not namespace["__module__"].startswith("hornbeam."):
            base = bases_by_method[method]
            if not any(issubclass(b, base) for b in bases):
                bases = tuple(base if b is Optimizer else b for b in bases)
                if base not in bases:
                    bases = (base, *bases)
        return super().__new__(mcs, name, bases, namespace, **kwargs)


@keras_export("Optimizer", "optimizers.Optimizer")
class Optimizer(OptimizerVariables, OldSpellings, metaclass=_OptimizerMeta):
    """Base of optimizers. A subclass makes its variables (`build`) and defines `update_step`.

    learning_rate: a number, a schedule, or a function without arguments. weight_decay: this part of each weight, times
    the learning rate, is taken away at each step. clipnorm: the largest norm of a gradient, global_clipnorm: of all
    together, clipvalue: the largest number in one; at most one of them. use_ema: keep moving averages of the weights,
    with `ema_momentum`, and put them into the weights every `ema_overwrite_frequency` steps, or when
    `finalize_variable_values` is called. loss_scale_factor: the loss is multiplied by it (`scale_loss`), gradients are
    divided by it. gradient_accumulation_steps: update only every so many steps, by the mean of their gradients.
    name: of the optimizer, before the paths of its variables. Raises ValueError for values outside these bounds and
    for arguments that it does not know.
    """

    _own_settings: tuple[str, ...] = ()
    """The arguments of a subclass: attributes that its configuration holds."""

    def __init__(self, learning_rate: Any, weight_decay: float | None = None, clipnorm: float | None = None,
                 clipvalue: float | None = None, global_clipnorm: float | None = None, use_ema: bool = False,
                 ema_momentum: float = 0.99, ema_overwrite_frequency: int | None = None,
                 loss_scale_factor: float | None = None, gradient_accumulation_steps: int | None = None,
                 name: str | None = None, **kwargs: Any) -> None:
        self._variables: list[Any] = []
        learning_rate, self._decay = learning_rate_and_decay(learning_rate, kwargs)
        if kwargs:
            raise ValueError(f"Argument(s) not recognized: {kwargs}")
        self.name = name if name is not None else auto_name(type(self).__name__)
        self.weight_decay = weight_decay
        self.clipnorm, self.clipvalue, self.global_clipnorm = clipnorm, clipvalue, global_clipnorm
        self.use_ema, self.ema_momentum = use_ema, ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_settings()
        self.built = False
        self._trainable_variables: list[Any] = []
        self._trainable_variables_indices: dict[int, int] = {}
        self._programs: dict[Any, Any] = {}
        self._shared: dict[Any, Any] | None = None
        self._not_decayed: list[Any] = []
        self._not_decayed_names: re.Pattern[str] | None = None
        self._iterations = self.add_variable((), "zeros", dtype="int64", aggregation="only_first_replica",
                                             name="iteration")
        self._learning_rate = self._as_learning_rate(learning_rate)

    def _check_settings(self) -> None:
        steps, frequency = self.gradient_accumulation_steps, self.ema_overwrite_frequency
        if steps and not steps >= 2:
            raise ValueError("`gradient_accumulation_steps` must be an integer >= 2. Received: "
                             f"gradient_accumulation_steps={steps}")
        if self.use_ema and not 0 <= self.ema_momentum <= 1:
            raise ValueError("`ema_momentum` must be in the range [0, 1]. Received: "
                             f"ema_momentum={self.ema_momentum}")
        if self.use_ema and frequency and (not isinstance(frequency, int) or frequency < 1):
            raise ValueError("`ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
                             f"ema_overwrite_frequency={frequency}")
        if sum(limit is not None for limit in (self.clipnorm, self.clipvalue, self.global_clipnorm)) > 1:
            raise ValueError("Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: "
                             f"clipnorm={self.clipnorm}, clipvalue={self.clipvalue}, "
                             f"global_clipnorm={self.global_clipnorm}")

    # Learning rate --------------------------------------------------------------------------------

    def _as_learning_rate(self, given: Any) -> Any:
        """A schedule or function as it is, a number as a variable."""
        if _is_function(given):
            return given
        if isinstance(given, (str, bool)) or not hasattr(given, "__float__"):
            raise ValueError("Argument `learning_rate` should be float, or an instance of LearningRateSchedule, or a "
                             "callable (that takes in the current iteration value and returns the corresponding "
                             f"learning rate value). Received instead: learning_rate={given}")
        return self.add_variable((), initializers.Constant(float(given)), dtype=floatx(),
                                 aggregation="only_first_replica", name="learning_rate")

    @property
    def learning_rate(self) -> Any:
        """The learning rate now: the variable, or what the schedule or function gives. A number can be assigned.

        Raises TypeError where a number is assigned and the optimizer was made with a schedule.
        """
        if isinstance(self._learning_rate, LearningRateSchedule):
            return self._learning_rate(self._iterations)
        return self._learning_rate if isinstance(self._learning_rate, Variable) else self._learning_rate()

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        before = self._learning_rate
        if _is_function(learning_rate):
            self._learning_rate = learning_rate
            if isinstance(before, Variable):
                self._variables = [v for v in self._variables if v is not before]
        elif isinstance(before, LearningRateSchedule):
            raise TypeError("This optimizer was created with a `LearningRateSchedule` object as its `learning_rate` "
                            "constructor argument, hence its learning rate is not settable. If you need the learning "
                            "rate to be settable, you should instantiate the optimizer with a float `learning_rate` "
                            "argument.")
        else:
            set_value(before, learning_rate)

    def _rate(self) -> Any:
        """The learning rate of this step, as a tensor."""
        rate = ops.convert_to_tensor(self.learning_rate)
        if self._decay:
            rate = rate / (1.0 + self._decay * ops.cast(self._iterations, rate.dtype))
        return rate

    @property
    def iterations(self) -> Any:
        """How many updates were made."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations, self.gradient_accumulation_steps)
        return self._iterations

    # Variables ------------------------------------------------------------------------------------

    def build(self, variables: Sequence[Any]) -> None:
        """Make the variables that go with these weights."""
        if self.use_ema:
            self._model_variables_moving_average = self.add_optimizer_variables(variables, "average")
        self._trainable_variables_indices = {id(v): i for i, v in enumerate(variables)}
        if self.gradient_accumulation_steps:
            self._accumulated_gradients = [self.add_variable_from_reference(v, name="gradient_accumulator")
                                           for v in variables]
        self._trainable_variables = list(variables)
        self.built = True

    # A step ---------------------------------------------------------------------------------------

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Any]]) -> Any:
        """Make a step by pairs (gradient, variable); a gradient of None leaves its variable alone.

        Returns the number of steps; in a TF1 graph, the operation that makes the step. Raises as `apply` does.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        made = self.apply([g for g, _ in pairs], [v for _, v in pairs])
        return self._iterations if made is None else made

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Any] | None = None) -> Any:
        """Make a step: `grads` are the gradients of `trainable_variables`, by default those it was built for.

        Raises ValueError for other variables than it was built for, another number of them, and where no gradient is
        there. Returns None; in a TF1 graph, the operation that makes the step.
        """
        grads = list(grads)
        if not grads:
            return None
        grads, variables = gradients.present(grads, self._variables_for(grads, trainable_variables))
        with name_scope(self.name, caller=self):
            if stateless_scope() is not None or tf.inside_function():  # a traced step is whole, or not made, as it is
                return self._step(grads, variables)
            if (sum(math.prod(v.shape) for v in variables) >= COMPILED_FROM and tf.executing_eagerly()
                    and gradients.have_values(grads) and self._can_be_compiled(variables)):
                return self._compiled(variables)(grads)
            return self._step_and_write(grads, variables)

    def _step_and_write(self, grads: list[Any], variables: list[Any]) -> Any:
        graph = self._graph_here()
        before = 0 if graph is None else len(graph.get_operations())
        with StatelessScope() as scope:
            self._step(grads, variables)
        written = self._write(scope, variables)
        if graph is None:
            return written
        # `tf.Variable`s of the program are no variables of Keras: the step has written them itself.
        return tf.group(written, *(op for op in graph.get_operations()[before:] if op.type.startswith("Assign")))

    def _graph_here(self) -> Any:
        """The graph of TensorFlow 1 in which a step becomes operations, None where it is made at once."""
        counter = self._iterations
        return None if counter._is_outside(counter._current()) else counter._graph

    def _can_be_compiled(self, variables: Sequence[Any]) -> bool:
        """Whether a step at once may be one compiled program: all of its Python is ours, so that none of it has
        effects besides.
        """
        return (_is_ours(self) and (isinstance(self._learning_rate, Variable) or _is_ours(self._learning_rate))
                and all(v.constraint is None or _is_ours(v.constraint) for v in variables))

    def _compiled(self, variables: Sequence[Any]) -> Any:
        """The program of one step for these variables and the settings as they are now."""
        key = (tuple(map(id, variables)), self._settings_now())
        if key not in self._programs:
            self._programs[key] = tf.function(lambda grads: self._step(grads, list(variables)))
        return self._programs[key]

    def _settings_now(self) -> str:
        settings = [getattr(self, name) for name in (*SETTINGS, *self._own_settings, "_decay", "_not_decayed_names")]
        return repr([*settings, id(self._learning_rate), *map(id, self._not_decayed)])

    def _variables_for(self, grads: Sequence[Any], given: Sequence[Any] | None) -> list[Any]:
        if given is None:
            if not self.built:
                raise ValueError("When passing `grads` without `variables`, the optimizer must already be built on a "
                                 "list of variables. Call `optimizer.build(trainable_variables)` first. ")
            if len(grads) != len(self._trainable_variables):
                raise ValueError("When passing `grads` as a list of gradient tensors, the gradients must match "
                                 f"`optimizer.variables` one-to-on. Received a list of {len(grads)} gradients, but the "
                                 f"optimizer is tracking {len(self._trainable_variables)} trainable variables.")
            return self._trainable_variables
        variables = list(given)
        if not self.built:
            with name_scope(self.name, caller=self):
                self.build(variables)
            self.built = True
        for variable in variables:
            if id(variable) not in self._trainable_variables_indices:
                raise ValueError(f"Unknown variable: {variable}. This optimizer can only be called for the variables "
                                 "it was originally built with. When working with a new set of variables, you should "
                                 "recreate a new optimizer instance.")
        return variables

    def _write(self, scope: StatelessScope, variables: Sequence[Any]) -> Any:
        """Give all variables the values that the scope has for them."""
        made = []
        for variable in {id(v): v for v in (*variables, *self._trainable_variables, *self.variables)}.values():
            value = scope.get_current_value(variable)
            if value is not None:
                made.append(variable.assign(value))
        return tf.group(*(m for m in made if hasattr(m, "op"))) if self._graph_here() is not None else None

    def _step(self, grads: list[Any], variables: list[Any]) -> None:
        grads, variables = self._replace(grads, variables)
        if grads:
            if self.loss_scale_factor is not None:
                grads = [gradients.scaled(g, 1.0 / self.loss_scale_factor) for g in grads]
            if self.gradient_accumulation_steps:
                self._accumulate([gradients.dense(g) for g in grads], variables)
            else:
                self._update(grads, variables)
            if self.use_ema:
                self._update_averages()
            for variable in variables:
                if variable.constraint is not None:
                    variable.assign(variable.constraint(variable))
        self._iterations.assign_add(1)

    def _update(self, grads: list[Any], variables: list[Any]) -> None:
        """The update itself: clipping, weight decay, `update_step`."""
        if not self._takes_rows():
            grads = [gradients.dense(g) for g in grads]
        grads = self._clip_gradients(grads)
        self._apply_weight_decay(variables)
        self._update_all(grads, variables, self._rate())

    def _update_all(self, grads: Sequence[Any], variables: Sequence[Any], learning_rate: Any) -> None:
        self._shared = {}
        try:
            for grad, variable in zip(grads, variables, strict=True):
                self.update_step(grad, variable, learning_rate)
        finally:
            self._shared = None

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Assign the new values of a weight and of the optimizer's variables that go with it."""
        raise NotImplementedError(f"Optimizer {type(self).__name__} does not define `update_step()`.")

    def _takes_rows(self) -> bool:
        """Whether `update_step` takes gradients that hold some rows only (`IndexedSlices`)."""
        return False

    def assign(self, variable: Any, value: Any) -> None:
        """Give a variable a value."""
        variable.assign(value)

    def assign_add(self, variable: Any, value: Any) -> None:
        """Add to a variable."""
        variable.assign_add(value)

    def assign_sub(self, variable: Any, value: Any) -> None:
        """Subtract from a variable."""
        variable.assign_sub(value)

    def _in_place(self, variable: Any) -> bool:
        """Whether one operation may update the weight and its variables: not where a scope keeps the new values."""
        return variable.dtype in ("float32", "float64") and stateless_scope() is None

    def _numbers(self, gradient: Any, variable: Any, learning_rate: Any) -> tuple[Any, Any, Any]:
        """Gradient, learning rate and the number of this step, in the dtype of the variable."""
        dtype = variable.dtype
        return (ops.cast(gradient, dtype), self._once(("rate", dtype), lambda: ops.cast(learning_rate, dtype)),
                self._once(("step", dtype), lambda: ops.cast(self.iterations + 1, dtype)))

    def _once(self, key: Any, compute: Callable[[], Any]) -> Any:
        """What all weights of a step share, computed for the first."""
        if self._shared is None:  # `update_step` was called by itself
            return compute()
        if key not in self._shared:
            self._shared[key] = compute()
        return self._shared[key]

    def _correction(self, beta: float, step: Any) -> Any:
        """1 − βᵗ: what a running mean that starts from 0 is divided by. In half floats 0.999 would be 1."""
        return self._once((beta, step.dtype), lambda: ops.cast(1 - self._power(beta, step), step.dtype))

    def _power(self, beta: float, step: Any) -> Any:
        """βᵗ, in float64 or float32."""
        dtype = "float64" if step.dtype == "float64" else "float32"
        count = step if dtype == "float64" else ops.cast(self.iterations + 1, "float32")
        return self._once(("power", beta, dtype), lambda: ops.power(beta, count))

    def _replace(self, grads: list[Any], variables: list[Any]) -> tuple[list[Any], list[Any]]:
        """Give variables that gradients replace their new values, and go on with the others."""
        if not any(replaced_by_gradient(v) for v in variables):
            return grads, variables
        for grad, variable in zip(grads, variables, strict=True):
            if not replaced_by_gradient(variable):
                continue
            if self.gradient_accumulation_steps:  # the largest since the last update
                held = self._of(self._accumulated_gradients, variable)
                due, largest = self._is_due(), ops.maximum(grad, held)
                variable.assign(ops.where(due, largest, variable))
                held.assign(ops.where(due, ops.zeros_like(largest), largest))
            else:
                variable.assign(grad)
        rest = [(g, v) for g, v in zip(grads, variables, strict=True) if not replaced_by_gradient(v)]
        return [g for g, _ in rest], [v for _, v in rest]

    # Accumulated gradients ------------------------------------------------------------------------

    def _is_due(self) -> Any:
        return ops.equal((self._iterations + 1) % self.gradient_accumulation_steps, 0)

    def _accumulate(self, grads: list[Any], variables: list[Any]) -> None:
        held = [self._of(self._accumulated_gradients, v) for v in variables]
        totals = [g + h for g, h in zip(grads, held, strict=True)]

        def update() -> None:
            self._update([total / self.gradient_accumulation_steps for total in totals], variables)
            for accumulator in self._accumulated_gradients:
                accumulator.assign(ops.zeros(accumulator.shape, dtype=accumulator.dtype))

        def wait() -> None:
            for accumulator, total in zip(held, totals, strict=True):
                accumulator.assign(total)

        self._choose(self._is_due(), update, wait)

    def _choose(self, condition: Any, yes: Callable[[], None], no: Callable[[], None]) -> None:
        """Run one of two functions, which may assign variables."""
        held = {id(v): v for v in (*self._trainable_variables, *self.variables) if isinstance(v, Variable)}
        state = list(held.values())
        before = [(v, ops.convert_to_tensor(v)) for v in state]
        changed: set[int] = set()

        def branch(run: Callable[[], None]) -> list[Any]:
            with StatelessScope(before) as scope:
                run()
            after = [scope.get_current_value(v) for v, _ in before]
            changed.update(i for i, (_, old) in enumerate(before) if after[i] is not old)
            return [ops.convert_to_tensor(value) for value in after]

        values = tf.cond(condition, lambda: branch(yes), lambda: branch(no))
        for i in sorted(changed):
            state[i].assign(values[i])

    # Clipping and weight decay --------------------------------------------------------------------

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        if self.clipnorm and self.clipnorm > 0:
            return [None if g is None else gradients.clipped_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm and self.global_clipnorm > 0:
            return gradients.clipped_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue and self.clipvalue > 0:
            return [None if g is None else ops.clip(gradients.dense(g), -self.clipvalue, self.clipvalue)
                    for g in grads]
        return grads

    def exclude_from_weight_decay(self, var_list: Iterable[Any] | None = None,
                                  var_names: Iterable[str] | None = None) -> None:
        """These variables, and those whose name contains one of these patterns, are not decayed."""
        self._not_decayed = list(var_list or ())
        self._not_decayed_names = re.compile("|".join(set(var_names))) if var_names else None

    def _use_weight_decay(self, variable: Any) -> bool:
        pattern = self._not_decayed_names
        excluded = any(variable is v for v in self._not_decayed)
        return not excluded and not (pattern and pattern.search(variable.name))

    def _apply_weight_decay(self, variables: Sequence[Any]) -> None:
        for variable in variables:
            decay = self._weight_decay_of(variable)
            if decay is not None and self._use_weight_decay(variable):
                value = ops.convert_to_tensor(variable)
                variable.assign(value - value * decay * ops.cast(self._rate(), value.dtype))

    def _weight_decay_of(self, variable: Any) -> float | None:
        return self.weight_decay

    # Moving averages ------------------------------------------------------------------------------

    def _update_averages(self) -> None:
        started = ops.not_equal(self.iterations, 0)
        for variable, average in zip(self._trainable_variables, self._model_variables_moving_average, strict=True):
            if average is None:
                continue
            momentum = ops.cast(started, average.dtype) * self.ema_momentum
            mean = momentum * average + (1 - momentum) * variable
            average.assign(mean)
            if self.ema_overwrite_frequency:
                due = ops.equal((self.iterations + 1) % self.ema_overwrite_frequency, 0)
                variable.assign(ops.where(due, mean, variable))

    def finalize_variable_values(self, var_list: Sequence[Any]) -> None:
        """Put the moving averages, where they are kept, into the variables. Raises ValueError for another number."""
        if not self.use_ema:
            return
        averages = self._model_variables_moving_average
        if len(var_list) != len(averages):
            raise ValueError(f"The length of model variables ({len(var_list)}) to override does not match the length "
                             f"of model variables stored in the optimizer ({len(averages)}). Please check if the "
                             "optimizer was called on your model.")
        for variable, average in zip(var_list, averages, strict=True):
            if average is not None:
                variable.assign(average)

    # Without side effects -------------------------------------------------------------------------

    def stateless_apply(self, optimizer_variables: Sequence[Any], grads: Sequence[Any],
                        trainable_variables: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """The values of the weights and of the optimizer's variables after a step, from their values before.

        Raises ValueError before `build` and for other numbers of variables.
        """
        self._check_super_called()
        name = type(self).__name__
        if not self.built:
            raise ValueError(f"To call `stateless_apply`, {name} must be built (i.e. its variables must have been "
                             "created). You can build it via `optimizer.build(trainable_variables)`.")
        own = self.variables
        if len(optimizer_variables) != len(own):
            raise ValueError("Argument `optimizer_variables` must be a list of tensors corresponding 1:1 to "
                             f"{name}().variables. Received list with length {len(optimizer_variables)}, but expected "
                             f"{len(own)} variables.")
        weights = self._trainable_variables
        if len(trainable_variables) != len(weights):
            raise ValueError("Argument `optimizer_variables` must be a list of tensors corresponding 1:1 to the "
                             "trainable variables list that the optimizer was built with. Received "
                             f"len(trainable_variables) == {len(trainable_variables)} whereas the optimizer was built "
                             f"with {len(weights)} variables.")
        mapping = [*zip(weights, trainable_variables, strict=True), *zip(own, optimizer_variables, strict=True)]
        with StatelessScope(state_mapping=mapping) as scope:
            self.apply(grads)
        return [scope.get_current_value(v) for v in weights], [scope.get_current_value(v) for v in own]

    def scale_loss(self, loss: Any) -> Any:
        """The loss that gradients are taken of: times `loss_scale_factor` where there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    # Configuration and saving ---------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """What `from_config` makes the optimizer from."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            rate = learning_rate_schedule.serialize(rate)
        else:
            rate = float(rate.numpy()) if isinstance(rate, Variable) else serialize_keras_object(rate)
        config = {"name": self.name, "learning_rate": rate}
        config.update((key, getattr(self, key)) for key in (*SETTINGS, *self._own_settings))
        if self._decay:
            config["decay"] = self._decay
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The optimizer that `get_config` described."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize_keras_object(config["learning_rate"], custom_objects=custom_objects)
        return cls(**config)

    def _obj_type(self) -> str:
        return "Optimizer"

def _is_ours(value: Any) -> bool:
    """Whether an object's class is defined in Hornbeam."""
    return type(value).__module__.partition(".")[0] == "hornbeam"


def _is_function(learning_rate: Any) -> bool:
    """Whether a learning rate is a schedule or function (tensors can be called, too)."""
    return callable(learning_rate) and not hasattr(learning_rate, "dtype")
