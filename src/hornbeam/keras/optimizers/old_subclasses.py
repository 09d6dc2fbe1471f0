"""Optimizers that programs of Keras 2 and TensorFlow 1 derive: by `get_updates`, or by `_resource_apply_dense`.

A class that defines one of these methods gets the base below that calls it (`optimizer.py` puts it in).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.keras import initializers, ops
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.layers.layer_state import set_value
from hornbeam.keras.optimizers import gradients
from hornbeam.keras.optimizers.optimizer import Optimizer, bases_by_method
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.scopes import name_scope
from hornbeam.keras.state import thread
from hornbeam.keras.variables import Variable

_CLIPS = ("clipnorm", "clipvalue")


def _value(x: Any) -> Any:
    """A setting as the configuration holds it."""
    if isinstance(x, Variable):
        return x.numpy().item() if not x.shape else x.numpy()
    return x


class _OldOptimizer(Optimizer):
    """Base of both: gradients are clipped, and passed to a method of the program's class."""

    _trainable_variables: list[Any]

    def _start(self, name: str | None, settings: dict[str, Any]) -> None:
        unknown = set(settings) - {*_CLIPS, "global_clipnorm"}
        if unknown:
            raise TypeError(f"Unexpected keyword argument passed to optimizer: {min(unknown)}")
        Optimizer.__init__(self, learning_rate=0.0, name=name, **settings)
        self._variables = [v for v in self._variables if v is not self._learning_rate]

    def _extends_ours(self) -> bool:
        """Whether the program's class derives one of Keras's own optimizers."""
        return any(issubclass(kind, Optimizer) and kind.__module__.startswith("hornbeam.") and kind is not Optimizer
                   and not issubclass(kind, _OldOptimizer) for kind in type(self).__mro__)

    def _update(self, grads: list[Any], variables: list[Any]) -> None:
        self._apply(self._clip_gradients(grads), variables)

    def _apply(self, grads: list[Any], variables: list[Any]) -> None:
        raise NotImplementedError

    def _clip_config(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _CLIPS if getattr(self, name) is not None}


def legacy_get_updates_support(method: Any) -> Any:
    """Decorator of `get_updates`: it takes `(params, constraints, loss)` too, as Keras 1 did."""
    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], (list, tuple)):
            kwargs.setdefault("params", args[0])
            kwargs.setdefault("loss", args[-1])
            args = ()
        kwargs.pop("constraints", None)
        return method(self, *args, **kwargs)

    return call


class _Made:
    """The variables that a method makes, the same ones each time it is called."""

    def __init__(self) -> None:
        self.variables: list[Any] = []
        self._next = 0

    def __enter__(self) -> _Made:
        self._next = 0
        self._scope = tf.variable_creator_scope(self._make)
        self._scope.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._scope.__exit__(*exc)

    def _make(self, next_creator: Any, **arguments: Any) -> Any:
        if self._next == len(self.variables):
            self.variables.append(next_creator(**arguments))
        self._next += 1
        return self.variables[self._next - 1]


class UpdatesOptimizer(_OldOptimizer):
    """Base of Keras 2's own kind: `get_updates(loss, params)` makes the variables, and says their new values.

    Its updates are made in the order in which it makes them: what it reads after one is the new value, as in practice
    with TensorFlow 1.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if self._extends_ours():
            super().__init__(*args, **kwargs)
        else:
            self._start(kwargs.pop("name", None), kwargs)
        self._made = _Made()
        self._grads: Sequence[Any] | None = None
        self.updates: list[Any] = []
        self._own: dict[str, Any] = {}

    @property
    def learning_rate(self) -> Any:
        """The learning rate as the program keeps it, as `lr` or `learning_rate`."""
        return self._own.get("learning_rate", self._learning_rate)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        held = self._own.get("learning_rate")
        if isinstance(held, Variable) and not isinstance(value, Variable):
            set_value(held, value)
        else:
            self._own["learning_rate"] = value

    lr = learning_rate

    @property
    def iterations(self) -> Any:
        """How many updates were made, as the program counts them."""
        return self._own.get("iterations", self._iterations)

    @iterations.setter
    def iterations(self, value: Any) -> None:
        self._own["iterations"] = value

    @property
    def weights(self) -> list[Any]:
        """The variables that the program says it keeps."""
        return self._own.get("weights", self.variables)

    @weights.setter
    def weights(self, value: list[Any]) -> None:
        self._own["weights"] = value

    def get_weights(self) -> list[Any]:
        """The values of the variables, as NumPy arrays, also within `get_updates`."""
        with mode.opened(None):
            return [variable.numpy() for variable in self.weights]

    def build(self, variables: Sequence[Any]) -> None:
        """Make the variables: by one step without effect."""
        super().build(variables)
        with mode.opened(None):
            thread.later_writes = []
            try:
                self._updated([tf.zeros(v.shape, v.dtype) for v in variables], list(variables))
            finally:
                thread.later_writes = None
        self._variables += [v for v in self._made.variables if not any(v is held for held in self._variables)]

    def _updated(self, grads: Sequence[Any], variables: list[Any]) -> None:
        self._grads = grads
        try:
            with self._made:
                self.get_updates(None, variables)
        finally:
            self._grads = None

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        """As Keras 2 did beside TensorFlow: `clipnorm` is the most that the norm of all together may be."""
        if self.clipnorm and self.clipnorm > 0:
            return gradients.clipped_by_global_norm(grads, self.clipnorm)
        return super()._clip_gradients(grads)

    def get_gradients(self, loss: Any, params: Sequence[Any]) -> list[Any]:
        """The gradients of this step, clipped; outside of one, those of a graph's tensor."""
        if self._grads is not None:
            return list(self._grads)
        return self._clip_gradients(super().get_gradients(loss, params))

    def _apply(self, grads: list[Any], variables: list[Any]) -> None:
        self._updated([gradients.dense(g) for g in grads], variables)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() if self._extends_ours() else self._clip_config()


class ResourceOptimizer(_OldOptimizer):
    """Base of TensorFlow 1's `tf.keras` kind: `_create_slots`, `_resource_apply_dense`, `_resource_apply_sparse`.

    Settings are kept by `_set_hyper` and read by `_get_hyper`, and as attributes.
    """

    def __init__(self, name: Any = None, *args: Any, **kwargs: Any) -> None:
        if self._extends_ours():
            super().__init__(*(() if name is None else (name,)), *args, **kwargs)
            self._hyper = {}
        else:
            rate, decay = kwargs.pop("lr", None), kwargs.pop("decay", 0.0)
            self._start(name, kwargs)
            self._hyper: dict[str, Any] = {}
            self._initial_decay = decay
            if rate is not None:
                self._set_hyper("learning_rate", rate)
        self._name = self.name
        self._slots: dict[tuple[int, str], Any] = {}
        self._use_locking = True

    def __getattr__(self, name: str) -> Any:
        hyper = self.__dict__.get("_hyper", {})
        if name in hyper:
            return hyper[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        name = "learning_rate" if name == "lr" else name
        if name in self.__dict__.get("_hyper", {}):
            self._set_hyper(name, value)
        else:
            super().__setattr__(name, value)

    @property
    def learning_rate(self) -> Any:
        """The setting `learning_rate`."""
        return self._hyper["learning_rate"] if "learning_rate" in self._hyper else super().learning_rate

    @property
    def lr(self) -> Any:
        """The setting `learning_rate`."""
        return self.learning_rate

    @property
    def iterations(self) -> Any:
        """How many updates were made."""
        return self._iterations

    @property
    def weights(self) -> list[Any]:
        """The number of updates and the slots."""
        return [self._iterations, *self._slots.values()]

    # Settings -------------------------------------------------------------------------------------

    def _set_hyper(self, name: str, value: Any) -> None:
        held = self._hyper.get(name)
        if isinstance(held, Variable):
            set_value(held, value)
        elif callable(value) or isinstance(value, Variable) or not hasattr(value, "__float__"):
            self._hyper[name] = value
        else:
            self._hyper[name] = self.add_variable((), initializers.Constant(float(value)), dtype=floatx(), name=name)

    def _get_hyper(self, name: str, dtype: Any = None) -> Any:
        value = self._hyper[name]
        if callable(value) and not isinstance(value, Variable):
            value = value if hasattr(value, "get_config") else value()
        return value if dtype is None else ops.cast(value, _plain(dtype))

    def _serialize_hyperparameter(self, hyperparameter_name: str) -> Any:
        value = self._hyper[hyperparameter_name]
        return serialize_keras_object(value) if hasattr(value, "get_config") else _value(
            value() if callable(value) and not isinstance(value, Variable) else value)

    def _decayed_lr(self, var_dtype: Any) -> Any:
        """The learning rate of this step."""
        rate = self._hyper.get("learning_rate", self._learning_rate)
        if hasattr(rate, "get_config"):
            rate = rate(self._iterations)
        rate = ops.cast(rate() if callable(rate) and not isinstance(rate, Variable) else rate, _plain(var_dtype))
        decay = self._hyper.get("decay", getattr(self, "_initial_decay", 0.0))
        return rate / (1.0 + ops.cast(decay, _plain(var_dtype)) * ops.cast(self._iterations, _plain(var_dtype)))

    # Slots ----------------------------------------------------------------------------------------

    def add_slot(self, var: Any, slot_name: str, initializer: Any = "zeros") -> Any:
        """The variable of this name that goes with `var`, made by the first call."""
        key = id(var), slot_name
        if key not in self._slots:
            self._slots[key] = self.add_variable_from_reference(var, slot_name, initializer)
        return self._slots[key]

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The variable of this name that goes with `var`. Raises KeyError where there is none."""
        return self._slots[id(var), slot_name]

    def get_slot_names(self) -> list[str]:
        """The names of the slots."""
        return sorted({name for _, name in self._slots})

    def add_weight(self, name: str, shape: Any, dtype: Any = None, initializer: Any = "zeros", **kwargs: Any) -> Any:
        """A variable of the optimizer."""
        return self.add_variable(shape, initializer, None if dtype is None else _plain(dtype), name=name)

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        """Make the slots: subclasses write it."""

    def _create_hypers(self) -> None:
        """Nothing: settings are variables from the start."""

    def _create_all_weights(self, var_list: Sequence[Any]) -> None:
        self._create_slots(var_list)

    def build(self, variables: Sequence[Any]) -> None:
        """Make the variables that go with these weights."""
        super().build(variables)
        with mode.opened(None) if self._iterations._graph is None else name_scope(self.name, caller=self):
            self._create_slots(list(variables))

    # A step ---------------------------------------------------------------------------------------

    def _prepare(self, var_list: Sequence[Any]) -> dict[Any, dict[str, Any]]:
        apply_state: dict[Any, dict[str, Any]] = {}
        for device, dtype in sorted({(v.device, _plain(v.dtype)) for v in var_list}):
            key = device, tf.as_dtype(dtype)
            apply_state[key] = {}
            self._prepare_local(*key, apply_state)
        return apply_state

    def _prepare_local(self, var_device: Any, var_dtype: Any, apply_state: dict[Any, dict[str, Any]]) -> None:
        """What the steps of all variables of a device and dtype share."""
        if "learning_rate" in self._hyper:
            rate = self._decayed_lr(var_dtype)
            apply_state[var_device, var_dtype].update(lr_t=rate, neg_lr_t=-rate, lr=rate)

    def _fallback_apply_state(self, var_device: Any, var_dtype: Any) -> dict[str, Any]:
        apply_state: dict[Any, dict[str, Any]] = {(var_device, var_dtype): {}}
        self._prepare_local(var_device, var_dtype, apply_state)
        return apply_state[var_device, var_dtype]

    def _takes_rows(self) -> bool:
        return True

    def _clip_gradients(self, grads: list[Any]) -> list[Any]:
        parts = super()._clip_gradients([g.values if gradients.is_rows(g) else g for g in grads])
        return [tf.IndexedSlices(part, g.indices, g.dense_shape) if gradients.is_rows(g) else part
                for part, g in zip(parts, grads, strict=True)]

    def _apply(self, grads: list[Any], variables: list[Any]) -> None:
        state = self._prepare(variables)
        self._shared = {}
        try:
            for grad, variable in zip(grads, variables, strict=True):
                if gradients.is_rows(grad):
                    self._told(self._resource_apply_sparse_duplicate_indices, state, grad.values, variable,
                               grad.indices)
                else:
                    self._told(self._resource_apply_dense, state, grad, variable)
        finally:
            self._shared = None

    @staticmethod
    def _told(method: Any, state: Any, *args: Any) -> None:
        takes = "apply_state" in inspect.signature(method).parameters
        method(*args, **({"apply_state": state} if takes else {}))

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        """The step of one variable: subclasses write it; of Keras's own optimizers, their step."""
        return self.update_step(grad, var, self._decayed_lr(var.dtype))

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        """The step of the rows `indices` of one variable: by default that of all rows, the others' gradients being 0.
        """
        rows = tf.IndexedSlices(grad, indices, tf.constant([int(n) for n in var.shape]))
        return self._told(self._resource_apply_dense, apply_state, gradients.dense(rows), var)

    def _resource_apply_sparse_duplicate_indices(self, grad: Any, var: Any, indices: Any, **kwargs: Any) -> Any:
        once, places = tf.unique(indices)
        total = tf.math.unsorted_segment_sum(grad, places, tf.shape(once)[0])
        return self._told(self._resource_apply_sparse, kwargs.get("apply_state"), total, var, once)

    def _resource_scatter_add(self, x: Any, i: Any, v: Any) -> Any:
        return x.assign(tf.tensor_scatter_nd_add(ops.convert_to_tensor(x), tf.expand_dims(i, 1), v))

    def _resource_scatter_update(self, x: Any, i: Any, v: Any) -> Any:
        return x.assign(tf.tensor_scatter_nd_update(ops.convert_to_tensor(x), tf.expand_dims(i, 1), v))

    def get_config(self) -> dict[str, Any]:
        return super().get_config() if self._extends_ours() else {"name": self.name, **self._clip_config()}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """An optimizer from what `get_config` gave."""
        given = dict(config)
        if "lr" in given and "learning_rate" not in given:
            given["learning_rate"] = given.pop("lr")
        if isinstance(given.get("learning_rate"), dict):
            given["learning_rate"] = deserialize_keras_object(given["learning_rate"], custom_objects=custom_objects)
        return cls(**given)


def _plain(dtype: Any) -> str:
    return tf.as_dtype(dtype).base_dtype.name


def _methods() -> Iterable[tuple[str, type[Optimizer]]]:
    yield "get_updates", UpdatesOptimizer
    yield "_resource_apply_dense", ResourceOptimizer


bases_by_method.update(_methods())
