"""`Module`: an object that knows the variables and the other modules that its attributes hold."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from hornbeam.graph import nest
from hornbeam.graph.names import public
from hornbeam.runtime.graph_functions import name_scope
from hornbeam.runtime.variable import Variable

Method = TypeVar("Method", bound=Callable[..., Any])
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=.)(?=[A-Z][a-z])")


def snake_case(name: str) -> str:
    """`http_layer2` of `HTTPLayer2`.

    >>> snake_case("HTTPLayer2"), snake_case("MLP")
    ('http_layer2', 'mlp')
    """
    return _HUMP.sub("_", name).lower()


@public("Module")
class Module:
    """The base of objects that hold variables, in attributes, lists, dictionaries and other modules.

    name: a Python identifier; by default the class's name in snake case. Raises ValueError for other names.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = Variable(2.0, name="slope")
    >>> [v.name for v in Line().variables]
    ['slope:0']
    """

    _TF_MODULE_IGNORED_PROPERTIES: frozenset[str] = frozenset()  # attributes that a class keeps out of its variables

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = snake_case(type(self).__name__)
        elif not name.isidentifier():
            raise ValueError(f"{name!r} is not a valid module name. Module names must be valid Python identifiers "
                             "(e.g. a valid class name).")
        self._name = name
        with name_scope(name) as scope:
            self._scope_name = scope

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        for waiting in self.__dict__.get("_deferred_restorations", ()):  # a checkpoint may have values for it
            waiting.resume(self)

    @property
    def name(self) -> str:
        """The name that was given, or the class's in snake case."""
        return self._name

    @property
    def name_scope(self) -> name_scope:
        """The name scope of this module, to be entered with `with`."""
        return name_scope(self._scope_name)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of this module and its submodules: its own in the order of attributes' names, then theirs."""
        return tuple(self._flatten(predicate=_is_variable))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that optimizers change."""
        return tuple(self._flatten(predicate=lambda leaf: _is_variable(leaf) and leaf.trainable))

    @property
    def non_trainable_variables(self) -> tuple[Variable, ...]:
        """Those of `variables` that optimizers leave alone."""
        return tuple(self._flatten(predicate=lambda leaf: _is_variable(leaf) and not leaf.trainable))

    @property
    def submodules(self) -> tuple[Module, ...]:
        """The modules that this one holds, directly or through others."""
        return tuple(self._flatten(predicate=lambda leaf: isinstance(leaf, Module)))

    @classmethod
    def with_name_scope(cls, method: Method) -> Method:
        """Decorator: a method whose operations and variables stand in the module's name scope."""
        @functools.wraps(method)
        def in_scope(self: Module, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return in_scope  # type: ignore[return-value]

    def _flatten(self, recursive: bool = True, predicate: Callable[[Any], bool] | None = None,
                 attribute_traversal_key: Callable[[str], Any] | None = None, with_path: bool = False,
                 expand_composites: bool = False) -> Iterator[Any]:
        """The leaves of the attributes, each once, for which `predicate` holds; with their paths where asked.

        recursive: whether the leaves of modules follow. attribute_traversal_key: sorts the attributes.
        """
        found = _walked(self, recursive, predicate or (lambda leaf: True), attribute_traversal_key, expand_composites,
                        (), {id(self)})
        return found if with_path else (leaf for _, leaf in found)


def _is_variable(leaf: Any) -> bool:
    return isinstance(leaf, Variable)


def _walked(module: Module, recursive: bool, predicate: Callable[[Any], bool], key: Any, expand: bool,
            path: tuple[Any, ...], seen: set[int]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    inner: list[tuple[tuple[Any, ...], Module]] = []
    for attribute in sorted(vars(module).keys() - module._TF_MODULE_IGNORED_PROPERTIES, key=key):
        for place, leaf in _leaves(vars(module)[attribute], expand):
            whole = (*path, attribute, *place)
            if id(leaf) in seen and (isinstance(leaf, Module) or predicate(leaf)):
                continue
            if isinstance(leaf, Module) or predicate(leaf):
                seen.add(id(leaf))
            if predicate(leaf):
                yield whole, leaf
            if recursive and isinstance(leaf, Module):
                inner.append((whole, leaf))
    for whole, submodule in inner:
        yield from _walked(submodule, recursive, predicate, key, expand, whole, seen)


def _leaves(value: Any, expand: bool) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The leaves of a nested structure with the keys and places that lead to them.

    Dictionaries whose keys have no order are walked as they are.
    """
    if expand and hasattr(value, "_parts"):
        value = tuple(value._parts()[0])
    if not nest.is_nested(value):
        yield (), value
        return
    if isinstance(value, Mapping):
        try:
            children = sorted(value.items(), key=lambda pair: pair[0])
        except TypeError:
            children = list(value.items())
    else:
        children = list(zip(value._fields, value, strict=True) if hasattr(value, "_fields") else enumerate(value))
    for key, child in children:
        for place, leaf in _leaves(child, expand):
            yield (key, *place), leaf
