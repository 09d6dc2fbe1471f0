"""Configurations of objects whose class writes none: the arguments that `__init__` was given."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from typing import Any

from hornbeam.keras.lookup import named
from hornbeam.keras.tree import structures as tree

_PLAIN = (str, int, float, bool, type(None))
_EXAMPLE = """
class CustomLayer(keras.layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def get_config(self):
        return {**super().get_config(), "units": self.units}
"""


@functools.lru_cache(4096)
def _signature(cls: type) -> inspect.Signature:
    return inspect.signature(cls.__init__)


def capture(instance: Any, cls: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Keep the arguments that `cls.__init__` is about to get, where JSON knows them all."""
    object.__setattr__(instance, "_auto_config", None)
    object.__setattr__(instance, "_variadic", False)
    object.__setattr__(instance, "_lock", True)
    signature = _signature(cls)
    kinds = {p.kind for p in list(signature.parameters.values())[1:]}
    try:
        bound = signature.bind(None, *args, **kwargs)
    except TypeError:
        return
    if inspect.Parameter.POSITIONAL_ONLY in kinds:
        object.__setattr__(instance, "_variadic", True)
        return
    bound.apply_defaults()
    given = dict(bound.arguments)
    given.pop(next(iter(signature.parameters)))
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            given |= given.pop(parameter.name)
        elif parameter.kind is parameter.VAR_POSITIONAL and given.pop(parameter.name):
            object.__setattr__(instance, "_variadic", True)
            return
    given.pop("name", None)
    try:
        if all(isinstance(value, _PLAIN) for value in tree.leaves(given)):
            object.__setattr__(instance, "_auto_config", given)
    except TypeError:
        return


def config_of(instance: Any, config: dict[str, Any]) -> dict[str, Any]:
    """`config` with the arguments that `__init__` got. Raises NotImplementedError where they were not kept."""
    kind = type(instance).__name__
    if instance._auto_config is None:
        if instance._variadic:
            raise NotImplementedError(
                f"Object {kind} was created by passing positional only or variadic positional arguments (e.g., "
                "`*args`) to `__init__()`, which is not supported by the automatic config generation. Remove all "
                "positional only and variadic arguments from `__init__()` or override `get_config()` and "
                f"`from_config()`.\n\nExample:\n{_EXAMPLE}")
        raise NotImplementedError(
            f"Object {kind} was created by passing non-serializable argument values in `__init__()`, and therefore "
            "the object must override `get_config()` in order to be serializable. Please implement `get_config()`."
            f"\n\nExample:\n{_EXAMPLE}")
    config = {**config, **instance._auto_config}
    parameters = _signature(type(instance)).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD and p.name == "kwargs" for p in parameters.values())
    if "name" not in parameters and not takes_any:
        config.pop("name", None)
    return config


def made_from(cls: type, config: dict[str, Any]) -> Any:
    """`cls(**config)`. Raises TypeError that says the configuration where that fails."""
    if isinstance(config.get("dtype"), dict):
        policy = named("dtype_policies.deserialize")(config["dtype"])
        config = {**config, "dtype": policy if isinstance(policy, Mapping) else policy.name}
    try:
        return cls(**config)
    except Exception as error:
        raise TypeError(f"Error when deserializing class '{cls.__name__}' using config={config}.\n\nException "
                        f"encountered: {error}") from error
