"""Functions of single elements (or of vectors, matrices) as functions of whole tensors."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

from hornbeam.keras.ops.control import scanned
from hornbeam.keras.ops.declare import numpy_op
from hornbeam.keras.ops.numpy.shaping import broadcast_to, reshape
from hornbeam.keras.ops.tensors import dims, product_of, rank, sizes, tensor

_CORE = re.compile(r"\(([^()]*)\)")


def _cores(signature: str) -> tuple[list[list[str]], list[list[str]]]:
    """`"(n,m),(m)->(n)"` as names of dimensions, of the arguments and of the results. Raises ValueError."""
    text = signature.replace(" ", "")
    before, arrow, after = text.partition("->")
    form = r"\([\w,]*\)(,\([\w,]*\))*"
    if not arrow or not re.fullmatch(form, before) or not re.fullmatch(form, after):
        raise ValueError(f"not a valid gufunc signature: {signature}")
    sides = ([[n for n in core.split(",") if n] for core in _CORE.findall(side)] for side in (before, after))
    return next(sides), next(sides)


def _together(shapes: Sequence[Sequence[Any]]) -> list[Any]:
    """The shapes broadcast."""
    count = max((len(s) for s in shapes), default=0)
    found: list[Any] = [1] * count
    for shape in shapes:
        for i, size in enumerate(shape, count - len(shape)):
            if isinstance(size, int) and size == 1:
                continue
            if isinstance(found[i], int) and isinstance(size, int) and found[i] not in (1, size):
                raise ValueError(f"shapes {[tuple(s) for s in shapes]} do not broadcast")
            found[i] = size
    return found


@numpy_op(symbolic=False)
def vectorize(pyfunc: Callable[..., Any], *, excluded: Collection[Any] | None = None,
              signature: str | None = None) -> Callable[..., Any]:
    """`pyfunc` for every element of tensors that broadcast, or for every vector or matrix that `signature` says.

    excluded: places and names of arguments that are handed on as they are. signature: `"(n),(n)->()"`: the last
    dimensions that `pyfunc` takes and gives.

    >>> vectorize(lambda a, b: a + b)([1, 2], 3).numpy().tolist()
    [4, 5]
    """
    if not callable(pyfunc):
        raise TypeError(f"`pyfunc` should be a callable. Received: pyfunc={pyfunc}")
    kept = frozenset(excluded or ())

    @functools.wraps(pyfunc)
    def call(*args: Any, **kwargs: Any) -> Any:
        places = [i for i in range(len(args)) if i not in kept]
        named = [n for n in kwargs if n not in kept]
        values = [tensor(args[i]) for i in places] + [tensor(kwargs[n]) for n in named]

        def of_one(row: Sequence[Any]) -> Any:
            full, rest = list(args), dict(kwargs)
            for i, value in zip(places, row, strict=False):
                full[i] = value
            rest |= dict(zip(named, row[len(places):], strict=True))
            return pyfunc(*full, **rest)

        return _mapped(of_one, values, signature)

    return call


def _mapped(of_one: Callable[[Sequence[Any]], Any], values: Sequence[Any], signature: str | None) -> Any:
    ranks = [0] * len(values)
    if signature is not None:
        given, _ = _cores(signature)
        if len(given) != len(values):
            raise TypeError(f"{signature!r} is for {len(given)} arguments, {len(values)} were given")
        ranks = [len(core) for core in given]
    for value, count in zip(values, ranks, strict=True):
        if rank(value) < count:
            raise ValueError(f"an argument of shape {dims(value)} has fewer than {count} dimensions ({signature})")
    full = [sizes(v) for v in values]
    outer = _together([s[:len(s) - c] for s, c in zip(full, ranks, strict=True)])
    if not outer:
        return of_one(values)
    rows = product_of(outer)
    flat = [reshape(broadcast_to(v, [*outer, *s[len(s) - c:]]), [rows, *s[len(s) - c:]])
            for v, s, c in zip(values, full, ranks, strict=True)]
    made = scanned(lambda _, row: ((), of_one(row)), (), flat, None, False)[1]

    def restored(x: Any) -> Any:
        return reshape(x, [*outer, *sizes(x)[1:]])

    return tuple(restored(x) for x in made) if isinstance(made, (tuple, list)) else restored(made)


