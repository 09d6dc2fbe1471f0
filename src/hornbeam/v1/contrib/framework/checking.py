"""contrib's checks of tensors, and what stands under `contrib.framework` besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hornbeam.graph import dtypes, nest
from hornbeam.graph.names import names_v1, public, register
from hornbeam.train.moving_averages import assign_moving_average
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.names import of_framework


@public(v1=("contrib.framework.assert_scalar_int",))
def assert_scalar_int(tensor: Any, name: str | None = None) -> Any:
    """The tensor, if it is an integer scalar. Raises ValueError otherwise."""
    with tf.name_scope(name, "assert_scalar_int", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        kind = tensor.dtype
        if not kind.base_dtype.is_integer:
            raise ValueError(f"Expected integer type for {tensor.name}, received type: {kind}.")
        if tensor.shape.rank not in (0, None):
            raise ValueError(f"Expected scalar shape for {tensor.name}, saw shape: {tensor.shape}.")
        return tensor


@public(v1=("contrib.framework.assert_scalar",))
def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """The tensor, if its static shape may be a scalar's. Raises ValueError otherwise."""
    with tf.name_scope(name, "assert_scalar", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        if tensor.shape.rank not in (0, None):
            raise ValueError(f"{message or ''}Expected scalar shape, saw shape: {tensor.shape}.")
        return tensor


@public(v1=("contrib.framework.with_shape",))
def with_shape(expected_shape: Any, tensor: Any) -> Any:
    """The tensor, which is checked to have this shape: at once where it is known, else when it runs.

    expected_shape: numbers, None where any will do, or a tensor. Raises ValueError where the static shape does not fit.
    """
    if isinstance(tensor, tf.SparseTensor):
        raise ValueError("SparseTensor not supported.")
    known = tf.get_static_value(expected_shape) if isinstance(expected_shape, tf.Tensor) else expected_shape
    if known is None:
        with tf.control_dependencies([tf.assert_equal(tf.shape(tensor), tf.cast(expected_shape, dtypes.int32))]):
            return tf.identity(tensor)
    wanted = tf.TensorShape([int(d) if d is not None and int(d) >= 0 else None for d in known])
    if not tensor.shape.is_compatible_with(wanted):
        raise ValueError(f"Invalid shape for tensor {tensor.name}, expected {wanted}, got {tensor.shape}.")
    if tensor.shape.is_fully_defined() or not wanted.is_fully_defined():
        return tensor
    with tf.control_dependencies([tf.assert_equal(tf.shape(tensor), wanted.as_list())]):
        checked = tf.identity(tensor)
        checked.set_shape(wanted)
        return checked


@public(v1=("contrib.framework.with_same_shape",))
def with_same_shape(expected_tensor: Any, tensor: Any) -> Any:
    """The tensor, which is checked to have the shape of another."""
    with tf.name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        expected = expected_tensor.shape
        known = expected.as_list() if expected.is_fully_defined() else tf.shape(expected_tensor)
        return with_shape(known, tensor)


@public(v1=("contrib.framework.assert_same_float_dtype",))
def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> Any:
    """The one float dtype of the tensors (and `dtype`); float32 of none. Raises ValueError for others."""
    found = None if dtype is None else tf.as_dtype(dtype)
    for tensor in tensors or ():
        own = tensor.dtype.base_dtype
        if found is not None and own != found.base_dtype:
            raise ValueError(f"Tensor {tensor} has dtype {own.name}, expected {found.name}.")
        found = own
    found = found or dtypes.float32
    if not found.is_floating:
        raise ValueError(f"Expected floating point type, got {found}.")
    return found


@public(v1=("contrib.framework.reduce_sum_n",))
def reduce_sum_n(tensors: Sequence[Any], name: str | None = None) -> Any:
    """The sum of all elements of several tensors. Raises ValueError for none."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with tf.name_scope(name, "reduce_sum_n", list(tensors)) as scope:
        sums = [t if t.shape.rank == 0 else tf.reduce_sum(t) for t in tensors]
        return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


@public(v1=("contrib.framework.remove_squeezable_dimensions",))
def remove_squeezable_dimensions(predictions: Any, labels: Any, name: str | None = None) -> tuple[Any, Any]:
    """Predictions and labels of one rank: a last dimension of 1 that only one of them has is taken away."""
    with tf.name_scope(name, "remove_squeezable_dimensions", [predictions, labels]):
        predictions, labels = tf.convert_to_tensor(predictions), tf.convert_to_tensor(labels)
        ranks = predictions.shape.rank, labels.shape.rank
        if None not in ranks:
            if ranks[0] - ranks[1] == 1:
                predictions = tf.squeeze(predictions, [-1])
            elif ranks[1] - ranks[0] == 1:
                labels = tf.squeeze(labels, [-1])
        return predictions, labels


@public(v1=("contrib.framework.get_placeholders",))
def get_placeholders(graph: Any) -> list[Any]:
    """The placeholders of a graph."""
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


@public(v1=("contrib.framework.get_graph_from_inputs",))
def get_graph_from_inputs(op_input_list: Any, graph: Any = None) -> Any:
    """The one graph that the inputs belong to, else the default graph. Raises ValueError where they are of several."""
    first = None
    for item in nest.flatten(op_input_list):
        own = getattr(item, "graph", None)
        if own is None:
            continue
        if graph is not None and own is not graph:
            raise ValueError(f"{item} is not from the passed-in graph.")
        if first is not None and own is not first.graph:
            raise ValueError(f"{item} must be from the same graph as {first}.")
        first = item if first is None else first
    return graph or (first.graph if first is not None else tf.get_default_graph())


@public(v1=("contrib.framework.get_name_scope",))
def get_name_scope() -> str:
    """The name of the open name scope; '' without one."""
    return tf.get_default_graph().get_name_scope()


@public(v1=("contrib.framework.with_dependencies",))
def with_dependencies(dependencies: Sequence[Any], output_tensor: Any, name: str | None = None) -> Any:
    """The tensor, once the operations have run (`control_flow_ops.with_dependencies` of old programs)."""
    with (tf.name_scope(name, "control_dependency", [*dependencies, output_tensor]) as scope,
          tf.control_dependencies(dependencies)):
        return tf.identity(output_tensor, name=scope)


@of_framework("deprecated")
def deprecated(date: Any, instructions: str, warn_once: bool = True) -> Any:
    """Decorator: the function as it is."""
    return lambda function: function


def _also(name: str, *known_as: str) -> None:
    """The public object of TensorFlow 1 that has the name `name`, under further ones."""
    found = names_v1.get(name)
    if found is not None:
        register(found.target, v1=known_as, old_arguments=found.old_arguments)


register(assign_moving_average, v1=("contrib.framework.assign_moving_average",))
for _name in ("sort", "argsort", "is_tensor", "convert_to_tensor_or_sparse_tensor", "TensorSpec"):
    _also(_name, f"contrib.framework.{_name}")
for _name in [n for n in names_v1 if n.startswith("nest.")]:
    _also(_name, f"contrib.framework.{_name}")
