"""The session as Keras means it: names, policies and default graph, and the version whose API this is."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager
from typing import Any

import hornbeam as tf
from hornbeam.graph import mode
from hornbeam.graph.names import register
from hornbeam.keras import state
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.archive import KERAS_VERSION


@keras_export("utils.clear_session", "backend.clear_session")
def clear_session(free_memory: bool = True) -> None:
    """Forget what models made so far left behind: automatic names start again, the default policy and graph are new.

    free_memory: whether Python collects garbage at once.
    """
    state.clear()
    if not mode.state.open_graphs and mode.has_global_operations():
        mode.reset_default_graph()
    if free_memory:
        gc.collect()


register(KERAS_VERSION, v2=["keras.__version__"])


@keras_export("version")
def version() -> str:
    """The version of Keras whose interface this is."""
    return KERAS_VERSION


@keras_export("device")
def device(device_name: str) -> AbstractContextManager[Any]:
    """Within the block tensors are placed on this device: 'cpu:0', 'gpu:0', or TensorFlow's spelling."""
    if not isinstance(device_name, str):
        raise ValueError(f"Invalid value for argument `device_name`. Expected a string like 'gpu:0' or 'cpu:0'. "
                         f"Received: device_name='{device_name}'")
    return tf.device(device_name)
