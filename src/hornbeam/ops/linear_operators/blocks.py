"""Operators made of blocks: on the diagonal alone, or on and below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from hornbeam.graph import nest
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.linear_operators import combining
from hornbeam.ops.linear_operators.combining import ADJOINT, CHOLESKY, INVERSE, PRODUCT, SOLUTION
from hornbeam.ops.linear_operators.dense import LinearOperatorFullMatrix
from hornbeam.ops.linear_operators.diagonal import LinearOperatorScaledIdentity
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    common_batch,
    common_batch_tensor,
    joined,
    listed,
    public_kind,
    same_dtype,
    shape_of,
    to_common_batch,
    together,
)


class _Blocks(LinearOperator):
    """What both kinds share: square blocks on the diagonal, and arguments that may be lists of blocks."""

    _diagonal: list[Any]

    def _all_blocks(self) -> list[Any]:
        raise NotImplementedError

    def _block_sizes(self, at: int) -> list[Any]:
        return [o._size(at) for o in self._diagonal]

    def _shape(self) -> TensorShape:
        batch = common_batch(o.batch_shape for o in self._all_blocks())
        ends = []
        for name in ("range_dimension", "domain_dimension"):
            found = [getattr(o, name).value for o in self._diagonal]
            ends.append(None if None in found else sum(found))
        return batch.concatenate(ends)

    def _shape_tensor(self) -> Any:
        batch = common_batch_tensor([o.batch_shape_tensor() for o in self._all_blocks()])
        return joined(batch, [sum(self._block_sizes(-2)), sum(self._block_sizes(-1))])

    def _is_blockwise(self, x: Any, at: int, arg: int) -> bool:
        """Whether an argument is a list of blocks rather than a tensor written as a list."""
        if not isinstance(x, (list, tuple)) or len(x) != len(self._diagonal):
            return False
        if not any(nest.is_nested(block) for block in x):
            return all(np.ndim(block) > 0 or hasattr(block, "shape") for block in x)
        found = [np.shape(block)[arg] if np.ndim(block) >= -arg else None for block in x]
        return all(f is not None and (not isinstance(s, int) or f == s)
                   for f, s in zip(found, self._block_sizes(at), strict=True))

    def _as_blocks(self, x: Sequence[Any], at: int, arg: int, name: str) -> list[Any]:
        return [block if isinstance(block, LinearOperator) else o._checked(block, at, arg, name)
                for o, block in zip(self._diagonal, x, strict=True)]

    def _split(self, x: Any, at: int, arg: int) -> list[Any]:
        found = self._block_sizes(at)
        counts = np.array(found, np.int32) if all(isinstance(f, int) for f in found) else array.stack(found)
        return array.split(x, counts, axis=arg, num=len(found))

    def _on(self, x: Any, method: Any, at: int, adjoint: bool, adjoint_arg: bool, name: str) -> Any:
        """`method` of the blocks of an argument; a list of blocks where it was one, else one tensor."""
        arg = -1 if adjoint_arg else -2
        if self._is_blockwise(x, at, arg):
            return method(self._as_blocks(x, at, arg, name), adjoint, adjoint_arg)
        x = self._checked(x, at, arg, name)
        return self._whole(method(self._split(x, at, arg), adjoint, adjoint_arg))

    def _whole(self, parts: list[Any]) -> Any:
        return array.concat(to_common_batch(parts), -2)

    def _multiplied(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        raise NotImplementedError

    def _solved(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        raise NotImplementedError

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Any:
        """The product with a tensor, an operator, or a list of blocks; of blocks a list of blocks."""
        if isinstance(x, LinearOperator):
            return super().matmul(x, adjoint, adjoint_arg, name)
        with self._scope(name, x):
            return self._on(x, self._multiplied, -2 if adjoint else -1, adjoint, adjoint_arg, "x")

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self.matmul(x, adjoint, adjoint_arg)

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Any:
        """The solution for a tensor, an operator, or a list of blocks; of blocks a list of blocks."""
        if isinstance(rhs, LinearOperator):
            return super().solve(rhs, adjoint, adjoint_arg, name)
        self._refuse_to_solve()
        with self._scope(name, rhs):
            return self._on(rhs, self._solved, -1 if adjoint else -2, adjoint, adjoint_arg, "rhs")

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with vectors, or with a list of blocks of vectors."""
        return self._on_vectors(self.matmul, super().matvec, x, -2 if adjoint else -1, adjoint, name)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """The solution for vectors, or for a list of blocks of vectors."""
        return self._on_vectors(self.solve, super().solvevec, rhs, -1 if adjoint else -2, adjoint, name)

    def _on_vectors(self, method: Any, whole: Any, x: Any, at: int, adjoint: bool, name: str) -> Any:
        if not self._is_blockwise(x, at, -1):
            return whole(x, adjoint, name)
        with self._scope(name, x):
            columns = [array.expand_dims(b, -1) for b in self._as_blocks(x, at, -1, "x")]
            return [array.squeeze(b, [-1]) for b in method(columns, adjoint=adjoint)]

    def _determinant(self) -> Any:
        found = self._diagonal[0].determinant()
        for operator in self._diagonal[1:]:
            found = found * operator.determinant()
        return found

    def _log_abs_determinant(self) -> Any:
        found = self._diagonal[0].log_abs_determinant()
        for operator in self._diagonal[1:]:
            found = found + operator.log_abs_determinant()
        return found

    def _vectors(self, method: str) -> Any:
        parts = to_common_batch([array.expand_dims(getattr(o, method)(), -1) for o in self._diagonal])
        return array.squeeze(array.concat(parts, -2), [-1])

    def _diag_part(self) -> Any:
        return self._vectors("diag_part")

    def _eigvals(self) -> Any:
        if not all(o.is_square for o in self._diagonal):
            raise NotImplementedError("`eigvals` not implemented for an operator whose blocks are not square.")
        return self._vectors("eigvals")

    def _rows_to_dense(self, rows: list[list[Any]]) -> Any:
        """Rows of operators, padded with zeros on the right, and with None for zeros, as one matrix."""
        widths, dense = self._block_sizes(-1), []
        known = self.batch_shape
        front = known if known.is_fully_defined() else self._batch_sizes()
        for i, row in enumerate(rows):
            parts = []
            for j, width in enumerate(widths):
                block = row[j] if j < len(row) else None
                shape = joined(front, [self._diagonal[i]._size(-2), width])
                parts.append(array.zeros(shape, dtype=self.dtype) if block is None else
                             array.broadcast_to(block.to_dense(), shape))
            dense.append(array.concat(parts, -1))
        made = array.concat(dense, -2)
        return dims.with_dims(made, dims.merged(made.dims, self.shape._dims))

    def _assert_non_singular(self) -> Any:
        return together([o.assert_non_singular() for o in self._diagonal])


# On the diagonal -----------------------------------------------------------------------------------


@public_kind("LinearOperatorBlockDiag")
class LinearOperatorBlockDiag(_Blocks):
    """Operators as blocks on the diagonal, zeros elsewhere.

    operators: a list of operators of one dtype. Other arguments as for `LinearOperator`. Arguments of `matmul` and
    `solve` may be lists of blocks. Raises ValueError for no operators and promises that are wrong, TypeError for other
    dtypes.
    """

    def __init__(self, operators: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = True,
                 name: str | None = None) -> None:
        hints = {"is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                 "is_positive_definite": is_positive_definite}
        parameters = {"operators": operators, **hints, "is_square": is_square, "name": name}
        self._operators = self._diagonal = listed(operators)
        dtype = same_dtype(self._operators)
        for hint in hints:
            if all(getattr(o, hint) for o in self._operators):
                if hints[hint] is False:
                    what = {"is_positive_definite": "positive definite"}.get(
                        hint, hint.removeprefix("is_").replace("_", "-"))
                    raise ValueError(f"The direct sum of {what} operators is always {what}.")
                hints[hint] = True
        super().__init__(dtype, **hints, is_square=is_square, parameters=parameters,
                         name=name or "_ds_".join(o.name for o in self._operators))

    @property
    def operators(self) -> list[Any]:
        """The blocks."""
        return self._operators

    def _all_blocks(self) -> list[Any]:
        return self._operators

    def _multiplied(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        return [o.matmul(b, adjoint=adjoint, adjoint_arg=adjoint_arg)
                for o, b in zip(self._operators, blocks, strict=True)]

    def _solved(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        return [o.solve(b, adjoint=adjoint, adjoint_arg=adjoint_arg)
                for o, b in zip(self._operators, blocks, strict=True)]

    def _trace(self) -> Any:
        found = self._operators[0].trace()
        for operator in self._operators[1:]:
            found = found + operator.trace()
        return found

    def _diag_part(self) -> Any:
        if not all(o.is_square for o in self._operators):
            return LinearOperator._diag_part(self)
        return super()._diag_part()

    def _to_dense(self) -> Any:
        return self._rows_to_dense([[*[None] * i, o] for i, o in enumerate(self._operators)])

    def _assert_self_adjoint(self) -> Any:
        return together([o.assert_self_adjoint() for o in self._operators])

    def _assert_positive_definite(self) -> Any:
        return together([o.assert_positive_definite() for o in self._operators])


def _of_each(whole: Any, method: str, **hints: Any) -> LinearOperatorBlockDiag:
    return LinearOperatorBlockDiag([getattr(o, method)() for o in whole.operators], **hints)


@ADJOINT.rule(LinearOperatorBlockDiag)
def _(whole):
    return _of_each(whole, "adjoint", **combining.own(whole))


@INVERSE.rule(LinearOperatorBlockDiag)
def _(whole):
    return _of_each(whole, "inverse", **combining.own(whole))


@CHOLESKY.rule(LinearOperatorBlockDiag)
def _(whole):
    return _of_each(whole, "cholesky", is_non_singular=True, is_square=True)


def _pairwise(a: Any, b: Any, method: str) -> LinearOperatorBlockDiag:
    if len(a.operators) != len(b.operators):
        raise ValueError("Can not efficiently multiply two `LinearOperatorBlockDiag`s together when number of blocks "
                         "differ.")
    return LinearOperatorBlockDiag([getattr(x, method)(y) for x, y in zip(a.operators, b.operators, strict=True)],
                                   is_non_singular=combining.non_singular(a, b), is_square=True)


@PRODUCT.rule(LinearOperatorBlockDiag, LinearOperatorBlockDiag)
def _(a, b):
    return _pairwise(a, b, "matmul")


@SOLUTION.rule(LinearOperatorBlockDiag, LinearOperatorBlockDiag)
def _(a, b):
    return _pairwise(a, b, "solve")


# On and below it -----------------------------------------------------------------------------------


@public_kind("LinearOperatorBlockLowerTriangular")
class LinearOperatorBlockLowerTriangular(_Blocks):
    """Operators as blocks on and below the diagonal, zeros above it.

    operators: a list of rows; row i is a list of i + 1 operators, of which the last is square. Other arguments as for
    `LinearOperator`. Arguments of `matmul` and `solve` may be lists of blocks. Raises ValueError for rows of another
    length, sizes that do not fit and promises that are wrong, TypeError for other dtypes.
    """

    def __init__(self, operators: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorBlockLowerTriangular") -> None:
        parameters = {"operators": operators, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._operators = [listed(row) for row in listed(operators)]
        for i, row in enumerate(self._operators):
            if len(row) != i + 1:
                raise ValueError(f"Argument `operators[{i}]` must contain `{i + 1}` blocks. Received: {len(row)} "
                                 "blocks.")
        self._diagonal = [row[-1] for row in self._operators]
        dtype = same_dtype(self._all_blocks())
        self._refuse_sizes()
        if is_square is False:
            raise ValueError("`LinearOperatorBlockLowerTriangular` must be square. Expected argument `is_square` to be "
                             "True. Received: False.")
        for i, block in enumerate(self._diagonal):
            if block.is_square is False:
                raise ValueError("Matrices on the diagonal (the final elements of each row-partition in the "
                                 f"`operators` list) must be square. Expected argument `operators[{i}][-1].is_square` "
                                 "to be True. Received: False.")
        super().__init__(dtype, is_non_singular=self._invertible(is_non_singular), is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=True, parameters=parameters, name=name)

    def _invertible(self, hint: bool | None) -> bool | None:
        text = "A blockwise lower-triangular operator with {0} on the main diagonal is always {1}. Received: {2}."
        if all(o.is_non_singular for o in self._diagonal):
            if hint is False:
                raise ValueError(text.format("non-singular operators", "non-singular", hint))
            return True
        if any(o.is_non_singular is False for o in self._diagonal):
            if hint is True:
                raise ValueError(text.format("a singular operator", "singular", hint))
            return False
        return hint

    def _refuse_sizes(self) -> None:
        for i, row in enumerate(self._operators):
            for j, block in enumerate(row[:-1]):
                for name, other, place in (("domain", self._operators[i - 1][j], f"{i - 1}][{j}"),
                                           ("range", row[j + 1], f"{i}][{j + 1}")):
                    own, wanted = (getattr(o, f"{name}_dimension").value for o in (block, other))
                    if None not in (own, wanted) and own != wanted:
                        raise ValueError(f"Argument `operators[{i}][{j}].{name}_dimension` ({own}) must be the same as "
                                         f"`operators[{place}].{name}_dimension` ({wanted}).")

    @property
    def operators(self) -> list[list[Any]]:
        """The rows of blocks."""
        return self._operators

    def _all_blocks(self) -> list[Any]:
        return [block for row in self._operators for block in row]

    def _multiplied(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        count = len(self._operators)
        found = []
        for i in range(count):
            chain = [(self._operators[j][i], j) for j in range(i, count)] if adjoint else \
                [(block, j) for j, block in enumerate(self._operators[i])]
            found.append(_sum([block.matmul(blocks[j], adjoint=adjoint, adjoint_arg=adjoint_arg)
                               for block, j in chain]))
        return found

    def _solved(self, blocks: list[Any], adjoint: bool, adjoint_arg: bool) -> list[Any]:
        """Substitution, forwards from the first block or, for the adjoint, backwards from the last."""
        count = len(self._operators)
        found: list[Any] = [None] * count
        for i in range(count - 1, -1, -1) if adjoint else range(count):
            rest = math.conj(array.transpose_op(blocks[i], _last_two(blocks[i]))) if adjoint_arg else blocks[i]
            for j in range(i + 1, count) if adjoint else range(i):
                block = self._operators[j][i] if adjoint else self._operators[i][j]
                rest = rest - block.matmul(found[j], adjoint=adjoint)
            found[i] = self._diagonal[i].solve(rest, adjoint=adjoint)
        return found

    def _to_dense(self) -> Any:
        return self._rows_to_dense(self._operators)


def _sum(parts: list[Any]) -> Any:
    """The sum of tensors whose batches broadcast."""
    found = parts[0]
    for part in parts[1:]:
        found = found + part
    return found


def _last_two(x: Any) -> Any:
    rank = shape_of(x).rank
    if rank is None:
        raise ValueError("the rank of a block must be known")
    return np.array([*range(rank - 2), rank - 1, rank - 2], np.int32)


@INVERSE.rule(LinearOperatorBlockLowerTriangular)
def _(whole):
    """Row i of the inverse is -Dᵢ⁻¹ · (the row below the diagonal) · (the inverse so far), and Dᵢ⁻¹."""
    rows: list[list[Any]] = []
    for i, row in enumerate(whole.operators):
        last = row[-1].inverse()
        minus = LinearOperatorScaledIdentity(last._size(-1), math.cast(array.convert(-1.0), whole.dtype))
        blocks = []
        for j in range(i):
            terms = [row[k].matmul(rows[k][j]) for k in range(j, i)]
            total = terms[0] if len(terms) == 1 else LinearOperatorFullMatrix(_sum([t.to_dense() for t in terms]))
            blocks.append(minus.matmul(last.matmul(total)))
        rows.append([*blocks, last])
    return LinearOperatorBlockLowerTriangular(rows, **combining.own(whole))
