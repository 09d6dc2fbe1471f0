"""Dtype policies: the dtype that a layer computes in, and the one that its variables have."""

from __future__ import annotations

from typing import Any

import hornbeam as tf
from hornbeam.keras.config.settings import floatx
from hornbeam.keras.dtypes import is_float_dtype, standardize_dtype
from hornbeam.keras.keras_tensor import KerasTensor, is_concrete
from hornbeam.keras.lookup import named
from hornbeam.keras.names import keras_export
from hornbeam.keras.saving.serialization import deserialize_keras_object, serialize_keras_object
from hornbeam.keras.state import on_clear_session

_global: dict[str, Any] = {"policy": None}


@keras_export("DTypePolicy", "dtype_policies.DTypePolicy", "mixed_precision.DTypePolicy", "mixed_precision.Policy")
class DTypePolicy:
    """What dtype a layer computes in (`compute_dtype`) and what its variables have (`variable_dtype`).

    name: a dtype, which is both; or 'mixed_float16' or 'mixed_bfloat16', which compute in 16 bits and keep variables
    in float32. By default the process's policy. Raises TypeError for what is no string, ValueError for another word.

    >>> policy = DTypePolicy("mixed_bfloat16"); policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = dtype_policy().name if name is None else name
        self._compute_dtype, self._variable_dtype = _dtypes_of(self._name)

    @property
    def name(self) -> str:
        """What the policy is called."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype that a layer casts its floating inputs and variables to."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype that a layer's variables have."""
        return self._variable_dtype

    @property
    def quantization_mode(self) -> None:
        """None: there is no quantization here."""
        return None

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """`x` as a tensor where it is an array or a tensor; floating ones in `dtype` where `autocast` says so."""
        wanted = standardize_dtype(dtype)
        if isinstance(x, KerasTensor):
            return named("ops.cast")(x, wanted) if autocast and _differs(x, wanted) else x
        if not is_concrete(x):
            if not hasattr(x, "__array__"):
                return x
            x = tf.convert_to_tensor(x)
        return tf.cast(x, wanted) if autocast and _differs(x, wanted) else x

    def get_config(self) -> dict[str, Any]:
        """The name."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """A policy from what `get_config` gave."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.name == other.name  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


def _differs(x: Any, dtype: str) -> bool:
    own = standardize_dtype(x.dtype)
    return own != dtype and is_float_dtype(own)


def _dtypes_of(name: Any) -> tuple[str, str]:
    if not isinstance(name, str):
        raise TypeError("'name' must be a string, such as 'mixed_float16'. "
                        f"Received: name={name} (of type {type(name)})")
    if name in ("mixed_float16", "mixed_bfloat16"):
        return name.removeprefix("mixed_"), "float32"
    try:
        dtype = standardize_dtype(name)
    except ValueError:
        raise ValueError(f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include "
                         "'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as 'float32'."
                         ) from None
    return dtype, dtype


@keras_export("FloatDTypePolicy", "dtype_policies.FloatDTypePolicy")
class FloatDTypePolicy(DTypePolicy):
    """The older name of `DTypePolicy`."""

    def __eq__(self, other: object) -> bool:
        return type(other) in (DTypePolicy, FloatDTypePolicy) and self.name == other.name  # type: ignore[attr-defined]

    __hash__ = DTypePolicy.__hash__


@keras_export("config.set_dtype_policy", "mixed_precision.set_dtype_policy", "mixed_precision.set_global_policy")
def set_dtype_policy(policy: Any) -> None:
    """Say the policy of layers that are given none: a policy or its name. Raises ValueError for anything else."""
    if not isinstance(policy, DTypePolicy):
        if not isinstance(policy, str):
            raise ValueError("Invalid `policy` argument. Expected the string name of a policy (such as "
                             f"'mixed_float16') or a `DTypePolicy` instance. Received: policy={policy} (of type "
                             f"{type(policy)})")
        policy = DTypePolicy(policy)
    _global["policy"] = policy


@keras_export("config.dtype_policy", "mixed_precision.dtype_policy", "mixed_precision.global_policy")
def dtype_policy() -> DTypePolicy:
    """The policy of layers that are given none: `floatx()` until `set_dtype_policy`."""
    if _global["policy"] is None:
        _global["policy"] = DTypePolicy(floatx())
    return _global["policy"]


@on_clear_session
def _forget_policy() -> None:
    _global["policy"] = None


@keras_export("dtype_policies.serialize")
def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """The configuration of a policy."""
    return serialize_keras_object(dtype_policy)


@keras_export("dtype_policies.deserialize")
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The policy of a configuration."""
    classes = {cls.__name__: cls for cls in (DTypePolicy, FloatDTypePolicy, named("dtype_policies.DTypePolicyMap"))}
    return deserialize_keras_object(config, module_objects=classes, custom_objects=custom_objects)


@keras_export("dtype_policies.get")
def get(identifier: Any) -> Any:
    """A policy from a policy, its name, its configuration or a dtype; None gives the process's.

    Raises ValueError for anything else.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(str(identifier))
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except (TypeError, ValueError):
        raise ValueError("Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
                         f"Received: dtype={identifier}") from None
