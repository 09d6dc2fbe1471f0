"""contrib's variables: model and local ones, and finding them by scope and name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.graph import dtypes
from hornbeam.graph.names import register
from hornbeam.runtime.variable import VariableAggregation, VariableSynchronization
from hornbeam.train import global_step as steps
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.framework.arg_scopes import add_arg_scope
from hornbeam.v1.contrib.names import of_framework


@of_framework("variable")
@add_arg_scope
def variable(name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, regularizer: Any = None,
             trainable: bool = True, collections: Any = None, caching_device: Any = None, device: Any = None,
             partitioner: Any = None, custom_getter: Any = None, use_resource: bool | None = None,
             synchronization: Any = VariableSynchronization.AUTO,
             aggregation: Any = VariableAggregation.NONE) -> Any:
    """As `tf.get_variable`; `collections` always holds the global variables, and `device` says where it lives."""
    kept = list(collections if collections is not None else [tf.GraphKeys.GLOBAL_VARIABLES])
    kept = list(dict.fromkeys(kept))
    getter = tf.get_variable
    arguments = {
        "shape": shape, "dtype": dtype, "initializer": initializer, "regularizer": regularizer, "trainable": trainable,
        "collections": kept, "caching_device": caching_device, "partitioner": partitioner,
        "use_resource": use_resource, "synchronization": synchronization, "aggregation": aggregation}
    with tf.device(device or ""):
        if custom_getter is not None:
            return custom_getter(getter, name, **arguments)
        return getter(name, **arguments)


@of_framework("model_variable")
@add_arg_scope
def model_variable(name: str, shape: Any = None, dtype: Any = dtypes.float32, initializer: Any = None,
                   regularizer: Any = None, trainable: bool = True, collections: Any = None,
                   caching_device: Any = None, device: Any = None, partitioner: Any = None, custom_getter: Any = None,
                   use_resource: bool | None = None, synchronization: Any = VariableSynchronization.AUTO,
                   aggregation: Any = VariableAggregation.NONE) -> Any:
    """As `variable`, in the collection `MODEL_VARIABLES` too."""
    kept = [*(collections or []), tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES]
    return variable(name, shape, dtype, initializer, regularizer, trainable, kept, caching_device, device, partitioner,
                    custom_getter, use_resource, synchronization, aggregation)


@of_framework("local_variable")
def local_variable(initial_value: Any, validate_shape: bool = True, name: str | None = None,
                   use_resource: bool | None = None) -> Any:
    """A variable that is not trained or saved (collection `LOCAL_VARIABLES`)."""
    return tf.Variable(initial_value, trainable=False, collections=[tf.GraphKeys.LOCAL_VARIABLES],
                       validate_shape=validate_shape, name=name)


@of_framework("global_variable")
def global_variable(initial_value: Any, validate_shape: bool = True, name: str | None = None,
                    use_resource: bool | None = None) -> Any:
    """A variable that is saved but not trained."""
    return tf.Variable(initial_value, trainable=False, collections=[tf.GraphKeys.GLOBAL_VARIABLES],
                       validate_shape=validate_shape, name=name)


@of_framework("add_model_variable")
def add_model_variable(var: Any) -> None:
    """Put a variable in `MODEL_VARIABLES`, where it is not there yet."""
    held = tf.get_collection_ref(tf.GraphKeys.MODEL_VARIABLES)
    if not any(var is other for other in held):
        held.append(var)


@of_framework("get_variables")
def get_variables(scope: Any = None, suffix: str | None = None, collection: Any = "variables") -> list[Any]:
    """The variables of a collection whose names begin with `scope` and end in `suffix`."""
    if isinstance(scope, tf.VariableScope):
        scope = scope.name
    if suffix is not None:
        if ":" not in suffix:
            suffix += ":"
        scope = (scope or "") + ".*" + suffix
    return tf.get_collection(collection, scope)


@of_framework("get_model_variables")
def get_model_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The model's variables whose names begin with `scope` and end in `suffix`."""
    return get_variables(scope, suffix, tf.GraphKeys.MODEL_VARIABLES)


@of_framework("get_local_variables")
def get_local_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The local variables whose names begin with `scope` and end in `suffix`."""
    return get_variables(scope, suffix, tf.GraphKeys.LOCAL_VARIABLES)


@of_framework("get_trainable_variables")
def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list[Any]:
    """The trainable variables whose names begin with `scope` and end in `suffix`."""
    return get_variables(scope, suffix, tf.GraphKeys.TRAINABLE_VARIABLES)


@of_framework("get_variables_by_suffix")
def get_variables_by_suffix(suffix: str, scope: Any = None) -> list[Any]:
    """The global variables whose names end in `suffix`."""
    return get_variables(scope, suffix)


@of_framework("get_variables_by_name")
def get_variables_by_name(given_name: str, scope: Any = None) -> list[Any]:
    """The global variables whose name is, or ends in, `/given_name`."""
    return get_variables(scope, "/" + given_name + ":|^" + given_name + ":")


@of_framework("get_unique_variable")
def get_unique_variable(var_op_name: str) -> Any:
    """The one global variable of this name. Raises ValueError where there is none, or no single one."""
    found = get_variables(None, var_op_name)
    if not found:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    if len(found) > 1:
        exact = [v for v in found if v.op.name == var_op_name]
        if len(exact) == 1:
            return exact[0]
        raise ValueError(f'Variable "{var_op_name}" does not uniquely identify a variable')
    return found[0]


@of_framework("get_variable_full_name")
def get_variable_full_name(var: Any) -> str:
    """The name of a variable, or of the whole that this is a part of."""
    info = getattr(var, "_save_slice_info", None)
    return info.full_name if info is not None else var.op.name


@of_framework("get_variables_to_restore")
def get_variables_to_restore(include: Sequence[str] | None = None, exclude: Sequence[str] | None = None) -> list[Any]:
    """The global variables of the scopes `include` (by default all), without those of `exclude`.

    Raises TypeError where either is no list.
    """
    if include is None:
        wanted = get_variables()
    else:
        if not isinstance(include, (list, tuple)):
            raise TypeError("include is provided but is not a list or a tuple.")
        wanted = [v for scope in include for v in get_variables(scope)]
    dropped: set[int] = set()
    if exclude is not None:
        if not isinstance(exclude, (list, tuple)):
            raise TypeError("exclude is provided but is not a list or a tuple.")
        dropped = {id(v) for scope in exclude for v in get_variables(scope)}
    return [v for v in wanted if id(v) not in dropped]


@of_framework("VariableDeviceChooser")
class VariableDeviceChooser:
    """A device function that spreads variables over parameter servers in turn. num_tasks: how many; 0 for none."""

    def __init__(self, num_tasks: int = 0, job_name: str = "ps", device_type: str = "CPU", device_index: int = 0,
                 replica: int | None = None) -> None:
        self._job_name, self._num_tasks, self._next = job_name, num_tasks, 0
        self._device_type, self._device_index, self._replica = device_type, device_index, replica

    def __call__(self, op: Any) -> str:
        """The device of the next variable."""
        spec = tf.DeviceSpec(replica=self._replica, device_type=self._device_type, device_index=self._device_index)
        if self._num_tasks > 0:
            spec = tf.DeviceSpec(job=self._job_name, task=self._next, replica=self._replica,
                                 device_type=self._device_type, device_index=self._device_index)
            self._next = (self._next + 1) % self._num_tasks
        return spec.to_string()


@of_framework("filter_variables")
def filter_variables(var_list: Iterable[Any], include_patterns: Sequence[str] | None = None,
                     exclude_patterns: Sequence[str] | None = None, reg_search: bool = True) -> list[Any]:
    """The variables whose names match one of `include_patterns` (by default all) and none of `exclude_patterns`.

    reg_search: whether a pattern may match anywhere, or must from the start.
    """
    matches = re.search if reg_search else re.match
    kept = [v for v in var_list if not include_patterns or any(matches(p, v.op.name) for p in include_patterns)]
    return [v for v in kept if not any(matches(p, v.op.name) for p in exclude_patterns or ())]


@of_framework("zero_initializer")
def zero_initializer(ref: Any, use_locking: bool = True, name: str = "zero_initializer") -> Any:
    """An operation that fills a variable with zeros."""
    with tf.name_scope(name):
        return tf.assign(ref, tf.zeros(ref.shape, ref.dtype.base_dtype)).op


@of_framework("assert_or_get_global_step")
def assert_or_get_global_step(graph: Any = None, global_step_tensor: Any = None) -> Any:
    """The given step, checked to be one, else the graph's."""
    if global_step_tensor is None:
        return steps.get_global_step(graph)
    steps.assert_global_step(global_step_tensor)
    return global_step_tensor


for _name in ("get_global_step", "create_global_step", "get_or_create_global_step", "assert_global_step"):
    register(getattr(steps, _name), v1=(f"contrib.framework.{_name}", f"contrib.slim.{_name}"))
