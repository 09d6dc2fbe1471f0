"""Recomputation: what a layer computes on its way is not kept for the gradient but computed again."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import hornbeam as tf
from hornbeam.keras.keras_tensor import KerasTensor
from hornbeam.keras.names import keras_export
from hornbeam.keras.state import thread
from hornbeam.keras.tree import structures as tree


class RematMode(NamedTuple):
    """What is recomputed: see `RematScope`."""

    mode: str | None
    output_size_threshold: int
    layer_names: Sequence[str]


@keras_export("RematScope")
class RematScope:
    """Layers made within the block recompute what they need for their gradients.

    mode: 'full' (each layer's call), 'activations' (its activation function alone), 'larger_than' (calls whose outputs
    have more than `output_size_threshold` elements, unknown sizes counting 1), 'list_of_layers' (layers named in
    `layer_names`), or None for none. Raises ValueError for another word.
    """

    def __init__(self, mode: str | None = "full", output_size_threshold: int = 1024,
                 layer_names: Sequence[str] | None = None) -> None:
        if mode not in ("full", "activations", "larger_than", "list_of_layers", None):
            raise ValueError(f"Invalid mode '{mode}'. Supported modes are: 'full', 'activations', 'larger_than', "
                             "'list_of_layers', or  None.")
        self.mode, self.output_size_threshold, self.layer_names = mode, output_size_threshold, layer_names or []

    def __enter__(self) -> RematScope:
        thread.remat_scopes.append(self)
        return self

    def __exit__(self, *exc: object) -> None:
        thread.remat_scopes.pop()


def remat_mode() -> RematMode | None:
    """What the innermost open `RematScope` asks for; None where none is open or it asks for nothing."""
    if not thread.remat_scopes or thread.remat_scopes[-1].mode is None:
        return None
    scope = thread.remat_scopes[-1]
    return RematMode(scope.mode, scope.output_size_threshold, scope.layer_names)


@keras_export("remat")
def remat(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f`, whose gradient computes what lies on the way again instead of keeping it: less memory, more time."""
    return tf.recompute_grad(f)


def rematerialized(operation: Any, call: Callable[..., Any], args: tuple[Any, ...],
                   kwargs: dict[str, Any]) -> Callable[..., Any]:
    """`operation.call` as the operation's mode asks."""
    mode: RematMode = operation._remat_mode
    if mode.mode == "activations":
        return _with_activation_recomputed(operation, call)
    if mode.mode == "list_of_layers" and operation.name not in mode.layer_names:
        return call
    if mode.mode == "larger_than" and _size(operation, args, kwargs) <= mode.output_size_threshold:
        return call

    @functools.wraps(call)
    def recomputed(*given: Any, **more: Any) -> Any:
        return remat(lambda *tensors: call(*tree.pack_sequence_as(given, list(tensors)), **more))(*tree.flatten(given))

    return recomputed


def _with_activation_recomputed(operation: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    activation = getattr(operation, "activation", None)
    if activation is None:
        return call

    @functools.wraps(call)
    def recomputed(*args: Any, **kwargs: Any) -> Any:
        operation.activation = remat(activation)
        try:
            return call(*args, **kwargs)
        finally:
            operation.activation = activation

    return recomputed


def _size(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """The number of elements in the outputs."""
    found = tree.flatten(operation.compute_output_spec(*args, **kwargs))
    return sum(math.prod(d or 1 for d in x.shape) for x in found if isinstance(x, KerasTensor))
