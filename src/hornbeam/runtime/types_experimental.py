"""`types.experimental`: what annotations and `isinstance` name tensors, specs and traced functions by."""

from __future__ import annotations

from abc import ABC
from typing import Union

import numpy as np

from hornbeam.graph.names import public, register
from hornbeam.graph.tensor import Tensor
from hornbeam.graph.tensor_spec import TypeSpec
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.function import Function

register(Union[Tensor, int, float, bool, str, bytes, complex, tuple, list, np.ndarray, np.generic],  # noqa: UP007
         ("types.experimental.TensorLike",))
register(TypeSpec, v2=("types.experimental.TraceType",))
register(ConcreteFunction, v2=("types.experimental.ConcreteFunction",))


@public(v2=("types.experimental.Callable",))
class Callable(ABC):  # noqa: B024  (classes are registered as its kinds)
    """What is called with tensors: traced functions and their traces."""


@public(v2=("types.experimental.PolymorphicFunction", "types.experimental.GenericFunction"))
class PolymorphicFunction(Callable):
    """A function that is traced for each signature: what `function` gives."""


Callable.register(ConcreteFunction)
PolymorphicFunction.register(Function)
