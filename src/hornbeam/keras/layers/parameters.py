"""Arguments of layers that are given by name: activations, initializers, regularizers, constraints."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.lookup import named


def _kind(name: str) -> str | None:
    """The namespace that an argument's value is found in: `kernel_initializer` in `initializers`."""
    word = name.rpartition("_")[2]
    return f"{word}s" if word in ("activation", "initializer", "regularizer", "constraint") else None


def parameters(layer: Any, given: dict[str, Any], names: str, absent: str = "") -> None:
    """Set the attributes `names` of a layer to what its arguments name. `absent` must be None.

    Raises ValueError for unknown names, and where one that must be None is not.
    """
    for name in names.split():
        setattr(layer, name, named(f"{_kind(name)}.get")(given[name]))
    for name in absent.split():
        if given.get(name) is not None:
            raise ValueError(f"{type(layer).__name__}: `{name}` is not supported here; it must be None. "
                             f"Received: {name}={given[name]}")


def config_of(layer: Any, base: dict[str, Any], names: str, **more: Any) -> dict[str, Any]:
    """`base` with the attributes `names` in it, those given by name as configurations; then `more`."""
    config = dict(base)
    for name in names.split():
        kind, value = _kind(name), getattr(layer, name)
        config[name] = value if kind is None else named(f"{kind}.serialize")(value)
    return {**config, **more}
