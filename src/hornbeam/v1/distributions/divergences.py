"""Kullback–Leibler divergences, registered for pairs of classes of distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

from hornbeam.graph.names import public
from hornbeam.v1.api import tf

_registered: dict[tuple[type, type], Callable[..., Any]] = {}


@public(v1=("distributions.RegisterKL", "contrib.distributions.RegisterKL"))
@final
class RegisterKL:
    """Decorator: `function(a, b, name=None)` gives the divergence of b from a, for these classes and their subclasses.

    Raises ValueError where the pair has one, TypeError for what is no function.
    """

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _registered:
            raise ValueError(f"KL({self._key[0].__name__} || {self._key[1].__name__}) has already been registered to: "
                             f"{_registered[self._key]}")
        _registered[self._key] = kl_fn
        return kl_fn


def _found(a: type, b: type) -> Callable[..., Any] | None:
    """The function of the nearest classes that the two come from."""
    pairs = [(i + j, _registered[x, y]) for i, x in enumerate(a.__mro__) for j, y in enumerate(b.__mro__)
             if (x, y) in _registered]
    return min(pairs, key=lambda pair: pair[0])[1] if pairs else None


@public(v1=("distributions.kl_divergence", "contrib.distributions.kl_divergence"))
def kl_divergence(distribution_a: Any, distribution_b: Any, allow_nan_stats: bool = True,
                  name: str | None = None) -> Any:
    """Σ a · log(a / b), of batch shape. allow_nan_stats: False makes a NaN an error.

    Raises NotImplementedError where nothing is registered for the two.
    """
    function = _found(type(distribution_a), type(distribution_b))
    if function is None:
        raise NotImplementedError(f"No KL(distribution_a || distribution_b) registered for distribution_a type "
                                  f"{type(distribution_a).__name__} and distribution_b type "
                                  f"{type(distribution_b).__name__}")
    with tf.name_scope("KullbackLeibler"):
        found = function(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return found
        found = tf.identity(found, name="kl")
        text = (f"KL calculation between {distribution_a.name} and {distribution_b.name} returned NaN values (and was "
                "called with allow_nan_stats=False). Values:")
        with tf.control_dependencies([tf.Assert(tf.logical_not(tf.reduce_any(tf.is_nan(found))), [text, found])]):
            return tf.identity(found, name="checked_kl")


def divergence(a: type, b: type | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator: registers `function(a, b)` for the classes, within a name scope after them."""
    other = b or a

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def scoped(first: Any, second: Any, name: str | None = None) -> Any:
            with tf.name_scope(name, f"kl_{a.__name__.lower()}_{other.__name__.lower()}"):
                return function(first, second)

        RegisterKL(a, other)(scoped)
        return function

    return declare
