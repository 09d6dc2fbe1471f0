"""Kronecker products of operators: each factor acts on its own axis."""

from __future__ import annotations

from math import prod
from typing import Any

from hornbeam.graph.errors import InvalidArgumentError
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators.combining import ADJOINT, CHOLESKY, INVERSE, own
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    common_batch,
    common_batch_tensor,
    joined,
    listed,
    public_kind,
    same_dtype,
    shape_of,
    sizes,
    together,
)


def _implied(operators: list[Any], hints: dict[str, Any]) -> dict[str, Any]:
    """Promises that hold of a product where they hold of all factors. Raises ValueError where the user denied them."""
    found = dict(hints)
    for name in ("is_non_singular", "is_self_adjoint", "is_positive_definite"):
        if all(getattr(o, name) for o in operators):
            if hints[name] is False:
                what = name.removeprefix("is_").replace("_", "-")
                raise ValueError(f"The Kronecker product of {what} operators is always {what}. Expected argument "
                                 f"`{name}` to be True. Received: False.")
            found[name] = True
    return found


@public_kind("LinearOperatorKronecker")
class LinearOperatorKronecker(LinearOperator):
    """The Kronecker product of operators.

    operators: a list of operators of one dtype. Other arguments as for `LinearOperator`. Raises ValueError for no
    operators and for promises that are wrong, TypeError for other dtypes.
    """

    def __init__(self, operators: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str | None = None) -> None:
        hints = {"is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                 "is_positive_definite": is_positive_definite, "is_square": is_square}
        parameters = {"operators": operators, **hints, "name": name}
        self._operators = listed(operators)
        dtype = same_dtype(self._operators)
        super().__init__(dtype, **_implied(self._operators, hints), parameters=parameters,
                         name=name or "_x_".join(o.name for o in self._operators))

    @property
    def operators(self) -> list[Any]:
        """The factors."""
        return self._operators

    def _shape(self) -> TensorShape:
        batch = common_batch(o.batch_shape for o in self._operators)
        rows, columns = ([getattr(o, d).value for o in self._operators]
                         for d in ("range_dimension", "domain_dimension"))
        return batch.concatenate([None if None in found else prod(found) for found in (rows, columns)])

    def _product_of(self, at: int) -> Any:
        found: Any = 1
        for operator in self._operators:
            found = found * operator._size(at)
        return found

    def _shape_tensor(self) -> Any:
        batch = common_batch_tensor([o.batch_shape_tensor() for o in self._operators])
        return joined(batch, [self._product_of(-2), self._product_of(-1)])

    def _each(self, x: Any, method: str, adjoint: bool, adjoint_arg: bool) -> Any:
        """Every factor applied along its own part of the rows, whose places are counted row-major."""
        x = adjoint_of(x) if adjoint_arg else x
        backwards = adjoint != (method == "solve")  # which of its sides a factor takes its argument on
        old, new = (-2, -1) if backwards else (-1, -2)
        before: Any = 1
        width = sizes(x)[-1] if shape_of(x).rank is None or shape_of(x).as_list()[-1] is None \
            else shape_of(x).as_list()[-1]
        known = common_batch([shape_of(x)[:-2], self.batch_shape])
        for i, operator in enumerate(self._operators):
            after: Any = width
            for later in self._operators[i + 1:]:
                after = after * later._size(old)
            x = _along(x, operator, method, adjoint, (before, operator._size(old), after), operator._size(new))
            before = before * operator._size(new)
        x = array.reshape(x, joined(sizes(x)[:-2], [before, width]))
        ends = [self.domain_dimension if backwards else self.range_dimension,
                width if isinstance(width, int) else None]
        return dims.with_dims(x, dims.merged(x.dims, known.concatenate(ends)._dims))

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._each(x, "matmul", adjoint, adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._each(rhs, "solve", adjoint, adjoint_arg)

    def _share(self, operator: Any, kind: Any) -> Any:
        """How many times larger the whole is than one factor."""
        whole, part = (array.convert(v) for v in (self._size(-1), operator._size(-1)))
        return math.cast(math.floordiv(whole, part), kind)

    def _determinant(self) -> Any:
        found: Any = None
        for operator in self._operators:
            power = math.pow(operator.determinant(), self._share(operator, self.dtype))
            found = power if found is None else found * power
        return found

    def _log_abs_determinant(self) -> Any:
        found: Any = None
        for operator in self._operators:
            part = operator.log_abs_determinant()
            part = part * self._share(operator, part.dtype)
            found = part if found is None else found + part
        return found

    def _trace(self) -> Any:
        found = self._operators[0].trace()
        for operator in self._operators[1:]:
            found = found * operator.trace()
        return found

    def _outer(self, method: str) -> Any:
        """All products of the elements of vectors, one of each factor."""
        found = getattr(self._operators[0], method)()
        for operator in self._operators[1:]:
            found = array.expand_dims(found, -1) * array.expand_dims(getattr(operator, method)(), -2)
            found = array.reshape(found, joined(sizes(found)[:-2], [-1]))
        return found

    def _diag_part(self) -> Any:
        if any(o.is_square is not True for o in self._operators):
            return super()._diag_part()
        return self._outer("diag_part")

    def _eigvals(self) -> Any:
        return self._outer("eigvals")

    def _to_dense(self) -> Any:
        found = self._operators[0].to_dense()
        for operator in self._operators[1:]:
            found = found[..., :, None, :, None] * operator.to_dense()[..., None, :, None, :]
            shape = sizes(found)
            found = array.reshape(found, joined(shape[:-4], [shape[-4] * shape[-3], shape[-2] * shape[-1]]))
        return dims.with_dims(found, dims.merged(found.dims, self.shape._dims))

    def _all_square(self, method: str) -> Any:
        if not all(o.is_square for o in self._operators):
            raise InvalidArgumentError(None, None, "All Kronecker factors must be square for the product to be "
                                       "invertible. Expected hint `is_square` to be True for every operator in "
                                       "argument `operators`.")
        return together([getattr(o, method)() for o in self._operators])

    def _assert_non_singular(self) -> Any:
        return self._all_square("assert_non_singular")

    def _assert_self_adjoint(self) -> Any:
        return self._all_square("assert_self_adjoint")


def _along(x: Any, operator: Any, method: str, adjoint: bool, parts: tuple[Any, Any, Any], rows: Any) -> Any:
    """One factor applied to the middle of the axes [before, size, after] that `x` [..., a, b] is made of."""
    before, size, after = parts
    front = sizes(x)[:-2]
    rank = shape_of(x).rank
    if rank is None:
        raise ValueError(f"the rank of the argument of {operator.name} must be known")
    batch = list(range(rank - 2))
    turned = [*batch, rank - 1, rank - 2, rank]
    split = array.transpose(array.reshape(x, joined(front, [before, size, after])), turned)
    columns = array.reshape(split, joined(front, [size, before * after]))
    found = getattr(operator, method)(columns, adjoint=adjoint)
    front, rank = sizes(found)[:-2], shape_of(found).rank or rank
    turned = [*range(rank - 2), rank - 1, rank - 2, rank]
    found = array.transpose(array.reshape(found, joined(front, [rows, before, after])), turned)
    return array.reshape(found, joined(front, [before * rows, after]))


def _of_each(product: Any, method: str, **hints: Any) -> LinearOperatorKronecker:
    return LinearOperatorKronecker([getattr(o, method)() for o in product.operators], **hints)


@ADJOINT.rule(LinearOperatorKronecker)
def _(product):
    return _of_each(product, "adjoint", **own(product))


@INVERSE.rule(LinearOperatorKronecker)
def _(product):
    return _of_each(product, "inverse", **own(product))


@CHOLESKY.rule(LinearOperatorKronecker)
def _(product):
    return _of_each(product, "cholesky", is_non_singular=True, is_square=True)


