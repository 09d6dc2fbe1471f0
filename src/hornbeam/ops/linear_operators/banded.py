"""Operators known by a few diagonals: three of them, or one number for each."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math
from hornbeam.ops.banded import tridiagonal_matmul_op, tridiagonal_solve_op, turned_bands
from hornbeam.ops.diagonals import diag as matrix_of
from hornbeam.ops.diagonals import diag_part
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators.circulant import LinearOperatorCirculant
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    assert_equal,
    assert_real,
    common_batch,
    common_batch_tensor,
    joined,
    parameter,
    public_kind,
    refuse,
    refuse_rank,
    shape_of,
    sizes,
    to_common_batch,
    together,
    wide_complex,
)
from hornbeam.ops.spectral import fft

_FORMATS = ("compact", "matrix", "sequence")


@public_kind("LinearOperatorTridiag")
class LinearOperatorTridiag(LinearOperator):
    """Matrices that hold three diagonals.

    diagonals: as `linalg.tridiagonal_solve` takes them: "compact" [..., 3, n] (superdiagonal, diagonal, subdiagonal),
    "sequence": a list of three [..., n], or "matrix" [..., n, n]. Other arguments as for `LinearOperator`.
    Raises ValueError for another format.
    """

    def __init__(self, diagonals: Any, diagonals_format: str = "compact", is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = None, name: str = "LinearOperatorTridiag") -> None:
        parameters = {"diagonals": diagonals, "diagonals_format": diagonals_format,
                      "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        if diagonals_format not in _FORMATS:
            raise ValueError("Argument `diagonals_format` must be one of compact, matrix, or sequence. Received : "
                             f"{diagonals_format}.")
        self._format = diagonals_format
        if diagonals_format == "sequence":
            self._diagonals: Any = [parameter(d, f"diag_{i}") for i, d in enumerate(diagonals)]
        else:
            self._diagonals = parameter(diagonals, "diagonals")
        first = self._diagonals[0] if diagonals_format == "sequence" else self._diagonals
        super().__init__(first.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def diagonals(self) -> Any:
        """The diagonals as they were given."""
        return self._diagonals

    @property
    def diagonals_format(self) -> str:
        """How they were given."""
        return self._format

    def _shape(self) -> TensorShape:
        if self._format == "matrix":
            return shape_of(self._diagonals)
        if self._format == "compact":
            found = shape_of(self._diagonals)
            return found if found.rank is None else found[:-2].concatenate([found.dims[-1]] * 2)  # type: ignore[index]
        batch = common_batch(shape_of(d)[:-1] for d in self._diagonals)
        return batch.concatenate([*shape_of(self._diagonals[1])[-1:]] * 2)

    def _shape_tensor(self) -> Any:
        if self._format == "matrix":
            return sizes(self._diagonals)
        if self._format == "compact":
            found = sizes(self._diagonals)
            return joined(found[:-2], found[-1:], found[-1:])
        batch = common_batch_tensor([sizes(d)[:-1] for d in self._diagonals])
        last = sizes(self._diagonals[1])[-1:]
        return joined(batch, last, last)

    def _bands(self) -> Any:
        """All three in the compact form [..., 3, n]."""
        if self._format == "compact":
            return array.convert(self._diagonals)
        if self._format == "sequence":
            return array.stack(to_common_batch([array.convert(d) for d in self._diagonals], keep=1), axis=-2)
        return diag_part(self._diagonals, k=(-1, 1), align="LEFT_RIGHT")

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        bands = turned_bands(self._bands()) if adjoint else self._bands()
        above, middle, below = (bands[..., i:i + 1, :] for i in range(3))
        return tridiagonal_matmul_op(above, middle, below, adjoint_of(x) if adjoint_arg else x)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        bands = turned_bands(self._bands()) if adjoint else self._bands()
        return tridiagonal_solve_op(*to_common_batch([bands, adjoint_of(rhs) if adjoint_arg else rhs]))

    def _diag_part(self) -> Any:
        return self._bands()[..., 1, :]

    def _to_dense(self) -> Any:
        return self._diagonals if self._format == "matrix" else matrix_of(self._bands(), k=(-1, 1), align="LEFT_RIGHT")

    def _assert_self_adjoint(self) -> Any:
        if self._format == "matrix":
            return super()._assert_self_adjoint()
        bands = self._bands()
        return together([
            assert_real(bands[..., 1, :], "This tridiagonal operator contained non-zero imaginary values on the "
                        "diagonal."),
            assert_equal(math.conj(bands[..., 2, 1:]), bands[..., 0, :-1],
                         "This tridiagonal operator has non-conjugate subdiagonal and superdiagonal.")])


# Toeplitz ------------------------------------------------------------------------------------------


@public_kind("LinearOperatorToeplitz")
class LinearOperatorToeplitz(LinearOperator):
    """Matrices whose diagonals are constant: products by fast Fourier transforms, in O(n log n).

    col: the first columns [..., n]. row: the first rows [..., n]; their first element is that of the column.
    Other arguments as for `LinearOperator`. Raises ValueError where the lengths differ or `is_square` is False.

    >>> LinearOperatorToeplitz([1.0, 2.0], [1.0, 3.0]).to_dense().numpy().tolist()
    [[1.0, 3.0], [2.0, 1.0]]
    """

    def __init__(self, col: Any, row: Any, is_non_singular: bool | None = None, is_self_adjoint: bool | None = None,
                 is_positive_definite: bool | None = None, is_square: bool | None = None,
                 name: str = "LinearOperatorToeplitz") -> None:
        parameters = {"col": col, "row": row, "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._row, self._col = parameter(row, "row"), parameter(col, "col")
        for what, x in (("row", self._row), ("col", self._col)):
            refuse_rank(x, 1, what)
        ends = [s.as_list()[-1] if s.rank else None for s in (shape_of(self._row), shape_of(self._col))]
        if None not in ends and ends[0] != ends[1]:
            raise ValueError("Expected square matrix, got row and col with mismatched dimensions.")
        is_square = refuse(is_square, False, "Only square Toeplitz operators currently supported.")
        super().__init__(self._row.dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def col(self) -> Any:
        """The first columns."""
        return self._col

    @property
    def row(self) -> Any:
        """The first rows."""
        return self._row

    def _shape(self) -> TensorShape:
        found = array.broadcast_static_shape(shape_of(self._row), shape_of(self._col))
        return found.concatenate(found[-1:])

    def _shape_tensor(self) -> Any:
        found = array.broadcast_dynamic_shape(sizes(self._row), sizes(self._col))
        return joined(found, found[-1:])

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        # A circulant matrix of twice the size has the Toeplitz matrix in its corner.
        x = adjoint_of(x) if adjoint_arg else x
        col, row = to_common_batch([array.convert(self._col), array.convert(self._row)], keep=1)
        kernel = array.concat([col, array.zeros_like(col[..., :1]), array.reverse(row[..., 1:], [-1])], -1)
        circulant = LinearOperatorCirculant(fft(wide_complex(kernel)), input_output_dtype=self.dtype)
        found = circulant.matmul(array.concat([x, array.zeros_like(x)], -2), adjoint=adjoint)
        return found[..., :self._size(-1), :]

    def _to_dense(self) -> Any:
        col, row = to_common_batch([array.convert(self._col), array.convert(self._row)], keep=1)
        elements = array.concat([array.reverse(col, [-1]), row[..., 1:]], -1)
        size = self._size(-1)
        if isinstance(size, int):
            places: Any = np.arange(size)[None, :] + np.arange(size)[::-1, None]
        else:
            places = array.range(size) + array.range(size - 1, -1, -1)[:, None]
        return array.gather(elements, places, axis=-1)

    def _diag_part(self) -> Any:
        return self._col[..., 0:1] * array.ones(joined([self._size(-1)]), dtype=self.dtype)

    def _trace(self) -> Any:
        return math.cast(array.convert(self._size(-1)), self.dtype) * self._col[..., 0]

    def _assert_self_adjoint(self) -> Any:
        return assert_equal(self._row, self._col, message="row and col are not the same, and so this operator is not "
                            "self-adjoint.")
