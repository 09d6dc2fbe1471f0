"""The public names of `hornbeam.types.experimental`. Written by tools/make_api.py: run `make api`, do not edit."""

from hornbeam import TypeSpec as _TraceType
from hornbeam.runtime.concrete_function import ConcreteFunction as ConcreteFunction
from hornbeam.runtime.types_experimental import Callable as Callable
from hornbeam.runtime.types_experimental import PolymorphicFunction as _GenericFunction
from typing import Any

GenericFunction = _GenericFunction
PolymorphicFunction = GenericFunction
TensorLike: Any
TraceType = _TraceType
