"""Names below `tensorflow.python` that tests and older programs use, beside the public ones of today."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.runtime.partitions import PartitionedVariable
from hornbeam.train.meta_graph import export_meta_graph, import_scoped, read_meta_graph_file

__all__ = [
    "Constant", "GlorotNormal", "GlorotUniform", "Identity", "MakeNdarray", "Ones", "Orthogonal",
    "PartitionedVariable", "RandomNormal", "RandomUniform", "RefVariable", "ResourceVariable", "TruncatedNormal",
    "UniformUnitScaling", "VarianceScaling", "Zeros", "_default_graph_stack", "_default_session_stack",
    "as_dimension", "convert_n_to_tensor", "default_session",
    "export_scoped_meta_graph", "get_all_collection_keys", "import_scoped_meta_graph", "matrix", "num_gpus",
    "read_meta_graph_file", "scalar", "vector",
]

# Initializers and variables ------------------------------------------------------------------------

Constant, Zeros, Ones = tf.constant_initializer, tf.zeros_initializer, tf.ones_initializer
Identity, Orthogonal = tf.initializers.identity, tf.orthogonal_initializer
RandomNormal, RandomUniform = tf.random_normal_initializer, tf.random_uniform_initializer
TruncatedNormal, UniformUnitScaling = tf.truncated_normal_initializer, tf.uniform_unit_scaling_initializer
VarianceScaling = tf.variance_scaling_initializer
GlorotNormal, GlorotUniform = tf.glorot_normal_initializer, tf.glorot_uniform_initializer


class _OfKind(type):
    """A class that makes variables with `use_resource` set in its way, and that those are instances of."""

    resource: bool

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return tf.Variable(*args, **{**kwargs, "use_resource": cls.resource})

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, tf.Variable) and bool(getattr(instance, "_is_resource", False)) is cls.resource


class ResourceVariable(metaclass=_OfKind):
    """A variable made with `use_resource=True`."""

    resource = True


class RefVariable(metaclass=_OfKind):
    """A variable whose dtype is a reference: what TensorFlow 1 makes by itself."""

    resource = False


# Shapes and tensors --------------------------------------------------------------------------------

MakeNdarray = tf.make_ndarray


def scalar() -> Any:
    """The shape of a number."""
    return tf.TensorShape([])


def vector(length: Any) -> Any:
    """The shape of a vector."""
    return tf.TensorShape([length])


def matrix(rows: Any, cols: Any) -> Any:
    """The shape of a matrix."""
    return tf.TensorShape([rows, cols])


def as_dimension(value: Any) -> Any:
    """A size as a `Dimension`."""
    return value if isinstance(value, tf.Dimension) else tf.Dimension(value)


def convert_n_to_tensor(values: Iterable[Any], dtype: Any = None, name: str | None = None,
                        preferred_dtype: Any = None) -> list[Any]:
    """Each of `values` as a tensor; with a name, it and a number name them."""
    return [tf.convert_to_tensor(value, dtype, None if name is None else f"{name}_{i}", preferred_dtype)
            for i, value in enumerate(values)]


# Graphs and sessions -------------------------------------------------------------------------------


def export_scoped_meta_graph(filename: Any = None, graph: Any = None, export_scope: str | None = None,
                             as_text: bool = False, clear_devices: bool = False, **kwargs: Any) -> tuple[Any, Any]:
    """The `MetaGraphDef` of a scope, and its variables by their names within it."""
    graph = tf.get_default_graph() if graph is None else graph
    made = export_meta_graph(filename, graph=graph, export_scope=export_scope, as_text=as_text,
                             clear_devices=clear_devices, **kwargs)
    start = f"{export_scope.rstrip('/')}/" if export_scope else ""
    found = [v for v in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES) if v.name.startswith(start)]
    return made, {v.op.name[len(start):]: v for v in found}


def import_scoped_meta_graph(meta_graph_or_file: Any, clear_devices: bool = False, graph: Any = None,
                             import_scope: str | None = None, **kwargs: Any) -> dict[str, Any]:
    """Add the graph of a `MetaGraphDef` or its file below a scope; its variables by their names in there."""
    given = meta_graph_or_file if hasattr(meta_graph_or_file, "graph_def") else read_meta_graph_file(meta_graph_or_file)
    return import_scoped(given, clear_devices, import_scope, graph=graph, **kwargs)[0]


def get_all_collection_keys() -> list[str]:
    """The names of the collections of the default graph."""
    return tf.get_default_graph().get_all_collection_keys()


def default_session(session: Any) -> AbstractContextManager[Any]:
    """Within it, `session` is the default one."""
    return session.as_default()


class _Stack:
    """The graphs that are open in this thread, or its default sessions."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def stack(self) -> list[Any]:
        """The outermost first."""
        return getattr(mode.state, self._name)

    def get_default(self) -> Any:
        """The innermost; without an open graph the process's, without a session None."""
        if self._name == "open_graphs":
            return tf.get_default_graph()
        return self.stack[-1] if self.stack else None

    def reset(self) -> None:
        """Leave all of them."""
        self.stack.clear()


_default_graph_stack = _Stack("open_graphs")
_default_session_stack = _Stack("sessions")


def num_gpus() -> int:
    """How many GPUs there are."""
    return sum(device.device_type == "GPU" for device in tf.config.list_physical_devices())
