"""The arguments of one layer call by name: which are tensors, and the shapes that `build` is told."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from hornbeam.keras.keras_tensor import KerasTensor, is_concrete
from hornbeam.keras.operations import is_default
from hornbeam.keras.shapes import standardize_shape
from hornbeam.keras.tree import structures as tree


def is_tensor(x: Any, allow_none: bool = False) -> bool:
    """Whether `x` is a tensor with a value, of a graph, or symbolic."""
    return (allow_none and x is None) or isinstance(x, KerasTensor) or is_concrete(x)


class CallSpec:
    """The arguments of a call of `layer.call`.

    `given`: what was passed, `arguments`: with the defaults, `tensors`: those that hold tensors alone.
    Raises TypeError where they do not fit `call`, ValueError where a nested argument mixes tensors and others.
    """

    def __init__(self, signature: inspect.Signature, context_names: Iterable[str], args: tuple[Any, ...],
                 kwargs: dict[str, Any]) -> None:
        unasked = {n: kwargs.pop(n) for n in context_names if n in kwargs and n not in signature.parameters}
        bound = signature.bind(*args, **kwargs)
        self.given = {**unasked, **bound.arguments}
        bound.apply_defaults()
        self.arguments: dict[str, Any] = dict(bound.arguments)
        self.tensors: dict[str, Any] = {}
        for name, value in self.arguments.items():
            if is_tensor(value):
                self.tensors[name] = value
            elif tree.is_nested(value) and len(value) > 0:
                leaves = tree.flatten(value)
                if all(is_tensor(x, allow_none=True) for x in leaves):
                    self.tensors[name] = value
                elif any(is_tensor(x) for x in leaves):
                    raise ValueError("In a nested call() argument, you cannot mix tensors and non-tensors. Received "
                                     f"invalid mixed argument: {name}={value}")
        self.first = next(iter(self.arguments.values())) if self.arguments else None

    @property
    def eager(self) -> bool:
        """Whether no argument is symbolic or nested."""
        return all(is_concrete(x) for x in self.tensors.values())

    def shapes(self) -> dict[str, Any]:
        """The shapes of the tensors, as `<argument>_shape`; masks and catch-all arguments left out."""
        def shape_of(x: Any) -> Any:
            return None if x is None else standardize_shape(x.shape)

        return {f"{name}_shape": tree.map_structure(shape_of, value) for name, value in self.tensors.items()
                if name not in ("mask", "args", "kwargs")}

    def shapes_for(self, method: Callable[..., Any], class_name: str) -> dict[str, Any] | None:
        """The shapes as arguments of `method` (`build` or `compute_output_shape`); None where nobody wrote it.

        A method with one argument gets the first tensor's; else names say which: `foo_shape` is that of `foo`.
        Raises ValueError where a name says none.
        """
        if is_default(method):
            return None
        shapes = self.shapes()
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD,
                 inspect.Parameter.KEYWORD_ONLY)
        expected = [p.name for p in inspect.signature(method).parameters.values() if p.kind in kinds]
        if len(expected) == 1:
            return {expected[0]: next(iter(shapes.values()), None)}
        name = method.__name__
        rule = (f"For a `{name}()` method with more than one argument, all arguments should have a `_shape` suffix and "
                f"match an argument from `call()`. E.g. `{name}(self, foo_shape, bar_shape)`  For layer "
                f"'{class_name}', ")
        for argument in expected:
            if not argument.endswith("_shape"):
                raise ValueError(f"{rule}Received `{name}()` argument `{argument}`, which does not end in `_shape`.")
            if argument.removesuffix("_shape") not in self.arguments:
                raise ValueError(f"{rule}received `{name}()` argument `{argument}`, but `call()` does not have "
                                 f"argument `{argument.removesuffix('_shape')}`.")
        return {argument: shapes[argument] for argument in expected if argument in shapes}


class CallContext:
    """What holds for a call and the calls within it: whether it is training, and other arguments passed down."""

    def __init__(self, entry_layer: Any) -> None:
        self.entry_layer = entry_layer
        self._values: dict[str, Any] = {}

    def get_value(self, name: str, default: Any = None) -> Any:
        """The value of an argument that is passed down, `default` where none is."""
        return self._values.get(name, default)

    def set_value(self, name: str, value: Any) -> None:
        """Pass a value down from here on."""
        self._values[name] = value

    @property
    def training(self) -> Any:
        """Whether the call is training, None where nobody said."""
        return self._values.get("training")
