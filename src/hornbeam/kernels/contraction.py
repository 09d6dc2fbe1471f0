"""Contractions of any axes as products of matrices: `Tensordot`, `Einsum` and their gradients.

Axes are told by labels. A product takes an operand as it lies wherever its axes are, in order, those of the batch, then
rows and columns or columns and rows; otherwise it is turned first, along the axes that lie next to each other.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple, final

from hornbeam.backend.lazy import jnp, lax
from hornbeam.kernels.matmul import SMALL, pays, product
from hornbeam.kernels.selection import Kernel, computes_in, forced, kernel
from hornbeam.ops.matmul import einsum_grad, einsum_op, tensordot_grad, tensordot_op

Label = Hashable
Labels = Sequence[Label]


@final
class _Contraction(NamedTuple):
    """What the axes of two operands and of the result are."""

    a: Labels
    b: Labels
    out: Labels

    def _sizes(self, a: Any, b: Any) -> dict[Label, int]:
        return {**dict(zip(self.a, a.shape, strict=True)), **dict(zip(self.b, b.shape, strict=True))}

    def fits(self, a: Any, b: Any) -> bool:
        """Whether it is one product of matrices of these operands, large enough to pay."""
        if len(self.a) != len(a.shape) or len(self.b) != len(b.shape) or a.dtype != b.dtype or not computes_in(a.dtype):
            return False
        sizes = self._sizes(a, b)
        parts = [set(self.a), set(self.b), set(self.out)]
        return ([len(p) for p in parts] == [len(self.a), len(self.b), len(self.out)]
                and all(sizes[label] == n for label, n in zip(self.a, a.shape, strict=True))
                and all(sum(label in p for p in parts) >= 2 for label in set().union(*parts))
                and (math.prod(sizes.values()) > SMALL or (forced() and 0 not in sizes.values())))

    def __call__(self, a: Any, b: Any) -> Any:
        batch = [x for x in self.out if x in self.a and x in self.b]
        left, right = ([x for x in self.out if x in own and x not in other]
                       for own, other in ((self.a, self.b), (self.b, self.a)))
        if left and right and [x for x in self.out if x not in batch] == right + left:
            return _Contraction(self.b, self.a, self.out)(b, a)
        summed = [x for x in self.a if x in self.b and x not in self.out]
        sizes = self._sizes(a, b)
        a, turn_a = _matrices(a, self.a, batch, left, summed)
        b, turn_b = _matrices(b, self.b, batch, summed, right)
        lies = [*batch, *left, *right]
        found = _product(a, b, turn_a, turn_b).reshape([sizes[x] for x in lies])
        return found if lies == list(self.out) else jnp.transpose(found, [lies.index(x) for x in self.out])

    def gradients(self, dy: Any, a: Any, b: Any) -> list[Any]:
        """The gradients of both operands from the result's."""
        return [_Contraction(self.out, self.b, self.a)(dy, b), _Contraction(self.a, self.out, self.b)(a, dy)]


def _matrices(x: Any, labels: Labels, batch: list[Label], rows: list[Label], columns: list[Label]) -> tuple[Any, bool]:
    """An operand as matrices [batch, rows, columns], and whether they lie turned."""
    straight, turned = [*batch, *rows, *columns], [*batch, *columns, *rows]
    is_turned = list(labels) == turned and list(labels) != straight
    if list(labels) not in (straight, turned):
        is_turned = labels[-1] == turned[-1] and labels[-1] != straight[-1]
        x = jnp.transpose(x, [list(labels).index(label) for label in (turned if is_turned else straight)])
    sizes = x.shape[len(batch):]
    first = len(columns if is_turned else rows)
    return x.reshape((*((math.prod(x.shape[:len(batch)]),) if batch else ()),
                      math.prod(sizes[:first]), math.prod(sizes[first:]))), is_turned


def _product(a: Any, b: Any, turn_a: bool, turn_b: bool) -> Any:
    attrs = {"adj_x": turn_a, "adj_y": turn_b}
    if pays((a, b), attrs):
        return product(a, b, **attrs)
    batch = tuple(range(a.ndim - 2))
    return lax.dot_general(a, b, (((a.ndim - (2 if turn_a else 1),), (b.ndim - (1 if turn_b else 2),)), (batch, batch)))


def _of_axes(a: Any, b: Any, attrs: dict[str, Any]) -> _Contraction:
    """That of `Tensordot`."""
    first, second = ([i % len(x.shape) for i in attrs[name]] for x, name in ((a, "axes_a"), (b, "axes_b")))
    of_a: list[Label] = [("a", i) for i in range(len(a.shape))]
    of_b: list[Label] = [("a", first[second.index(i)]) if i in second else ("b", i) for i in range(len(b.shape))]
    return _Contraction(of_a, of_b, [x for i, x in enumerate(of_a) if i not in first] +
                        [x for i, x in enumerate(of_b) if i not in second])


def _of_equation(inputs: Sequence[Any], equation: str) -> _Contraction | None:
    """That of `Einsum`, if it is for two tensors."""
    given, arrow, out = equation.replace(" ", "").partition("->")
    terms = given.split(",")
    if not len(terms) == len(inputs) == 2:
        return None
    of_a, of_b = (_labels(term, len(x.shape)) for term, x in zip(terms, inputs, strict=True))
    hidden: list[Label] = [*sorted({x for x in (*of_a, *of_b) if isinstance(x, int)})]
    if not arrow:
        letters = sorted(c for c in set(given) if c not in ",." and given.count(c) == 1)
        return _Contraction(of_a, of_b, [*hidden, *letters])
    before, there, after = out.partition("...")
    return _Contraction(of_a, of_b, [*before, *(hidden if there else ()), *after])


def _labels(term: str, rank: int) -> list[Label]:
    """A label for each axis; those that `...` stands for are numbers, -1 the last."""
    before, there, after = term.partition("...")
    if not there:
        return list(term)
    return [*before, *range(len(before) + len(after) - rank, 0), *after]


@kernel(tensordot_op)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    found = _of_axes(args[0], args[1], attrs)
    return (lambda a, b, **_: found(a, b)) if found.fits(*args) else None


@kernel(tensordot_grad)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    found = _of_axes(args[1], args[2], attrs)
    return (lambda dy, a, b, **_: found.gradients(dy, a, b)) if found.fits(*args[1:]) else None


@kernel(einsum_op)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    found = _of_equation(args[0], attrs["equation"])
    return (lambda inputs, **_: found(*inputs)) if found and found.fits(*args[0]) else None


@kernel(einsum_grad)
def _(args: Sequence[Any], attrs: dict[str, Any]) -> Kernel | None:
    found = _of_equation(args[1], attrs["equation"])
    return (lambda dy, inputs, **_: found.gradients(dy, *inputs)) if found and found.fits(*args[1]) else None
