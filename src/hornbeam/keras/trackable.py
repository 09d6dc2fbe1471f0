"""Keras's objects in TensorFlow's checkpoints: under which names a layer holds its variables and layers.

Several programs' checkpoints are read and written: a layer of a functional model is `_operations/1` for Keras 3 and
`layer_with_weights-0` for Keras 2, the weights of some layers are `_kernel` for the one and `kernel` for the other, and
what an optimizer keeps for a variable is `_variables/2` for the one and that variable's slot `m` for the other. Both
names are written, so that a program of either kind finds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any

from hornbeam.runtime.generator import Generator
from hornbeam.runtime.module import Module
from hornbeam.runtime.variable import Variable
from hornbeam.train.checkpoints.restoration import resume

_STORES = frozenset((
    "_trainable_variables", "_non_trainable_variables", "_metrics", "_layers", "_seed_generators", "_inbound_nodes",
    "_outbound_nodes", "_compile_arguments", "_compile_loss", "_compile_metrics", "_loss_tracker", "_programs",
    "_trainable_when_compiled", "_operations_by_depth", "_nodes", "_nodes_by_depth", "_plan", "_told_of_changes",
    "_losses", "_losses_override", "_symbolic_losses", "_inputs", "_outputs", "_inputs_struct", "_outputs_struct",
    "_deferred_restorations", "history"))
"""Attributes of layers that repeat what others hold, or hold what belongs to no checkpoint."""
_UNDERSCORED = ("kernel", "embeddings")
_SLOTS = {"m": "_momentums", "v": "_velocities", "vhat": "_velocity_hats", "momentum": "momentums",
          "accumulator": "_accumulators", "linear": "_linears", "accum_grad": "_accumulated_grads",
          "accum_var": "_accumulated_delta_vars"}
_OWN_SLOTS = {"RMSprop": {"rms": "_velocities", "momentum": "_momentums", "mg": "_average_gradients"},
              "Adamax": {"m": "_m", "v": "_u"}}


def layer_children(layer: Any) -> dict[str, Any]:
    """What a layer holds, by name."""
    found = dict(_by_place(layer))
    for name, value in vars(layer).items():
        if name not in _STORES and _has_state(value, set()):
            found.setdefault(name, value)
    for name in _UNDERSCORED:
        if name in found:
            found.setdefault(f"_{name}", found[name])
    return found


def _by_place(layer: Any) -> Iterator[tuple[str, Any]]:
    """The layers of a functional or sequential model that have weights, numbered as Keras 2 did."""
    if getattr(type(layer), "_layers_have_places", False):
        for place, inner in enumerate(inner for inner in layer.layers if inner.weights):
            yield f"layer_with_weights-{place}", inner


def _has_state(value: Any, seen: set[int]) -> bool:
    """Whether a value is, or holds, something that checkpoints save."""
    if isinstance(value, (list, tuple, dict)):
        if id(value) in seen:
            return False
        seen.add(id(value))
        return any(_has_state(v, seen) for v in (value.values() if isinstance(value, dict) else value))
    return isinstance(value, (Variable, Module, Generator)) or getattr(value, "_belongs_in_checkpoints", False) is True


def optimizer_children(optimizer: Any) -> dict[str, Any]:
    """What an optimizer holds, by name: its variables, listed and under their own names, and those it changes."""
    found = {name: value for name, value in vars(optimizer).items()
             if name != "_deferred_restorations" and _has_state(value, set())}
    if "_iterations" in found:
        found["iter"] = found["_iterations"]
    if "_learning_rate" in found:
        found["learning_rate"] = found["_learning_rate"]
    return found


def optimizer_slots(optimizer: Any, variables: Iterable[Variable]) -> list[tuple[str, Variable, Variable]]:
    """(slot's name, variable, slot): what an optimizer keeps for these variables, as Keras 2 named it."""
    names = next((own for kind, own in _OWN_SLOTS.items() if kind == type(optimizer).__name__), _SLOTS)
    places = getattr(optimizer, "_trainable_variables_indices", {})
    found = []
    for name in sorted(names):
        held = getattr(optimizer, names[name], None)
        for variable in variables:
            place = places.get(id(variable))
            if held and place is not None and place < len(held) and isinstance(held[place], Variable):
                found.append((name, variable, held[place]))
    return found


def resumed(build: Callable[..., Any]) -> Callable[..., Any]:
    """A method that makes variables; a checkpoint that waits for them gives their values at once."""
    @wraps(build)
    def build_and_resume(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = build(self, *args, **kwargs)
        resume(self)
        return result

    return build_and_resume


__all__ = ["layer_children", "optimizer_children", "optimizer_slots", "resume", "resumed"]
