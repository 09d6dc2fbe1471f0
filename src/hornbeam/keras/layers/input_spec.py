"""InputSpec: what a layer takes, checked before each call."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.dtypes import standardize_dtype
from hornbeam.keras.names import keras_export
from hornbeam.keras.shapes import standardize_shape
from hornbeam.keras.tree import structures as tree


@keras_export("InputSpec", "layers.InputSpec")
class InputSpec:
    """What one input of a layer must be; None leaves open.

    dtype, shape (None for dimensions of any size), ndim, max_ndim, min_ndim: of the tensor. axes: sizes of some axes,
    as a dictionary. allow_last_axis_squeeze: whether a last axis of size 1 may be there or not. name: the key where
    inputs come as a dictionary. optional: whether None may come.
    Raises TypeError where `axes` has keys that are no integers, ValueError where it names an axis beyond the last.
    """

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: int | None = None, max_ndim: int | None = None,
                 min_ndim: int | None = None, axes: Any = None, allow_last_axis_squeeze: bool = False,
                 name: str | None = None, optional: bool = False) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else standardize_shape(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional = name, optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            self.axes = {int(k): v for k, v in (axes or {}).items()}
        except (AttributeError, TypeError, ValueError):
            raise TypeError(f"Argument `axes` must be a dict with integer keys. Received: axes={axes}") from None
        if self.axes and (self.ndim is not None or max_ndim is not None):
            largest = (self.ndim or max_ndim or 0) - 1
            if max(self.axes) > largest:
                raise ValueError(f"Axis {max(self.axes)} is greater than the maximum allowed value: {largest}")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {k: getattr(self, k) for k in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes", "optional")}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """A spec from what `get_config` gave."""
        return cls(**config)

    def __repr__(self) -> str:
        parts = [f"{k}={getattr(self, k)}" for k in ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
                 if getattr(self, k)]
        return f"InputSpec({', '.join(parts)})"


def assert_input_compatibility(input_spec: Any, inputs: Any, layer_name: str) -> None:
    """Nothing where `inputs` are what a layer's `input_spec` says. Raises ValueError where they are not."""
    if not input_spec:
        return
    specs = tree.flatten(input_spec)
    flat = tree.flatten(_by_name(specs, inputs) if isinstance(inputs, dict) else inputs)
    if len(flat) != len(specs):
        names = [spec.name for spec in specs if spec is not None]
        if len(names) == len(specs) and all(names):
            keys = ", ".join(f"'{n}': ..." for n in names)
            raise ValueError(f'Layer "{layer_name}" expects {len(specs)} named input(s) with keys {names}, but it '
                             f"received {len(flat)} input tensors. Pass inputs as a dict, e.g. `layer({{{keys}}})`.")
        raise ValueError(f'Layer "{layer_name}" expects {len(specs)} input(s), but it received {len(flat)} input '
                         f"tensors. Inputs received: {flat}")
    for index, (x, spec) in enumerate(zip(flat, specs, strict=True)):
        if spec is None or (x is None and spec.optional):
            continue
        fault = _fault(spec, x, layer_name)
        if fault is not None:
            raise ValueError(f"Input {index} with name '{spec.name}' of layer '{layer_name}' is incompatible with the "
                             f"layer: {fault}")


def _by_name(specs: list[Any], inputs: dict[str, Any]) -> Any:
    names = [None if spec is None else spec.name for spec in specs]
    if not all(names):
        return inputs
    for name in names:
        if name not in inputs:
            raise ValueError(f'Missing data for input "{name}". You passed a data dictionary with keys '
                             f"{list(inputs)}. Expected the following keys: {names}")
    return [inputs[name] for name in names]  # type: ignore[index]


def _fault(spec: InputSpec, x: Any, layer_name: str) -> str | None:
    """What is wrong with one input, or None."""
    if not hasattr(x, "shape"):
        raise ValueError(f"Inputs to a layer should be tensors. Got '{x}' (of type {type(x)}) as input for layer "
                         f"'{layer_name}'.")
    shape = standardize_shape(x.shape)
    rank = len(shape)
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and rank != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={rank}. Full shape received: {shape}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return f"expected min_ndim={spec.min_ndim}, found ndim={rank}. Full shape received: {shape}"
    if spec.dtype is not None and standardize_dtype(x.dtype) != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={standardize_dtype(x.dtype)}"
    for axis, size in spec.axes.items():
        if size is not None and shape[axis] not in (size, None):
            return (f"expected axis {axis} of input shape to have value {size}, but received input with shape {shape}")
    if spec.shape is not None:
        wanted, found = spec.shape, shape
        if spec.allow_last_axis_squeeze:
            found = found[:-1] if found and found[-1] == 1 else found
            wanted = wanted[:-1] if wanted and wanted[-1] == 1 else wanted
        if any(w is not None and f is not None and w != f for w, f in zip(wanted, found, strict=False)):
            return f"expected shape={spec.shape}, found shape={found}"
    return None
