"""What every linear operator offers, worked out from its products where it has no shorter way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from hornbeam.graph import dtypes, mode, nest
from hornbeam.graph.call import graph_for
from hornbeam.graph.dimension import Dimension
from hornbeam.graph.names import public
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, dims, math
from hornbeam.ops.decompositions import cholesky, det, eigvalsh, slogdet, solve, svd
from hornbeam.ops.diagonals import diag_part, eye
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linalg import cholesky_solve
from hornbeam.ops.linear_operators import combining
from hornbeam.ops.linear_operators.tools import assert_equal, assert_less, assert_positive, is_variable, joined


def _implied(is_non_singular: Any, is_self_adjoint: Any, is_positive_definite: Any, is_square: Any) -> Any:
    """Hints that follow from hints: (is_non_singular, is_square). Raises ValueError where they contradict."""
    if is_positive_definite:
        if is_non_singular is False:
            raise ValueError("A positive definite matrix is always non-singular.")
        is_non_singular = True
    for hint, what in ((is_non_singular, "non-singular"), (is_self_adjoint, "self-adjoint")):
        if hint:
            if is_square is False:
                raise ValueError(f"A {what} matrix is always square.")
            is_square = True
    return is_non_singular, is_square


@public("linalg.LinearOperator")
class LinearOperator(ABC):
    """A batch of matrices [..., m, n] known by what they do. The base of all kinds, and of a user's own.

    A kind of its own gives `_shape()` and `_matmul(x, adjoint, adjoint_arg)`, with unknown sizes also
    `_shape_tensor()`; any of `_solve`, `_determinant`, `_log_abs_determinant`, `_diag_part`, `_trace`, `_to_dense`,
    `_eigvals`, `_cond`, `_add_to_tensor` that has a shorter way than by the dense matrix.

    dtype: of the matrices. is_non_singular, is_self_adjoint, is_positive_definite, is_square: promises (True or
    False) that choose the way things are computed; None says nothing. parameters: the arguments it was made of.
    graph_parents: accepted. Raises ValueError for promises that contradict each other.
    """

    def __init__(self, dtype: Any, graph_parents: Any = None, is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = None, name: str | None = None, parameters: Any = None) -> None:
        is_non_singular, is_square = _implied(is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        self._dtype = dtypes.as_dtype(dtype).base_dtype if dtype else dtype
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._is_square_hint = is_square
        self._parameters = dict(parameters or {})
        self._graph_parents = list(graph_parents or [])
        self._name = name or type(self).__name__
        self._home = graph_for(nest.flatten(list(self._parameters.values())))

    # What it is -----------------------------------------------------------------------------------

    @property
    def _graph_home(self) -> Any:
        return self._home

    @contextmanager
    def _scope(self, name: str, *arguments: Any) -> Iterator[None]:
        """Where the ops of one method go: the graph of the operator or of its arguments, under the method's name."""
        graph = graph_for(self, *arguments)
        with mode.opened(graph):
            if graph is None:
                yield
            else:
                with graph.name_scope(f"{self.name}/{name}"):
                    yield

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments that the operator was made of."""
        return dict(self._parameters)

    @property
    def dtype(self) -> Any:
        """The dtype of the matrices."""
        return self._dtype

    @property
    def name(self) -> str:
        """The name that its operations' names begin with."""
        return self._name

    @property
    def graph_parents(self) -> list[Any]:
        """Deprecated: tensors that were named as parents."""
        return self._graph_parents

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables among the parameters."""
        return tuple({id(v): v for v in self._variables()}.values())

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """The variables among the parameters that training may change."""
        return tuple(v for v in self.variables if getattr(v, "trainable", True))

    def _variables(self) -> Iterator[Any]:
        for value in nest.flatten(list(self._parameters.values())):
            if isinstance(value, LinearOperator):
                yield from value._variables()
            elif is_variable(value):
                yield value

    @property
    def is_non_singular(self) -> bool | None:
        """Whether it has an inverse; None where nobody promised either."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        """Whether it equals its conjugate transpose; None where nobody promised either."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        """Whether xᴴ A x has a positive real part for all x but 0; None where nobody promised either."""
        return self._is_positive_definite

    @property
    def is_square(self) -> bool | None:
        """Whether it has as many rows as columns. Raises ValueError where the shape and the promise differ."""
        found = self.domain_dimension == self.range_dimension
        if self._is_square_hint is False and found:
            raise ValueError("User set is_square hint to False, but the operator was square.")
        return found if self._is_square_hint is None else self._is_square_hint

    # Shapes ---------------------------------------------------------------------------------------

    @abstractmethod
    def _shape(self) -> Any:
        """The static shape."""

    def _shape_tensor(self) -> Any:
        raise NotImplementedError("_shape_tensor is not implemented.")

    @property
    def shape(self) -> TensorShape:
        """The static shape [..., m, n]."""
        return self._shape()

    def shape_tensor(self, name: str = "shape_tensor") -> Any:
        """The shape as an int32 tensor."""
        with self._scope(name):
            known = self.shape
            return array.convert(np.array(known.as_list(), np.int32)) if known.is_fully_defined() else \
                array.convert(self._shape_tensor())

    @property
    def batch_shape(self) -> TensorShape:
        """The static shape without the last two dimensions."""
        return self.shape[:-2]

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Any:
        """The shape without the last two dimensions, as an int32 tensor."""
        with self._scope(name):
            return array.convert(self._batch_sizes())

    def _batch_sizes(self) -> Any:
        known = self.batch_shape
        return np.array(known.as_list(), np.int32) if known.is_fully_defined() else self.shape_tensor()[:-2]

    @property
    def tensor_rank(self) -> int | None:
        """The number of dimensions, None where unknown."""
        return self.shape.rank

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Any:
        """The number of dimensions as an int32 tensor."""
        with self._scope(name):
            rank = self.tensor_rank
            return array.convert(np.int32(rank)) if rank is not None else array.size(self.shape_tensor())

    def _dimension(self, at: int) -> Dimension:
        found = self.shape.dims
        return Dimension(None) if found is None else found[at]

    @property
    def domain_dimension(self) -> Dimension:
        """The number of columns n."""
        return self._dimension(-1)

    @property
    def range_dimension(self) -> Dimension:
        """The number of rows m."""
        return self._dimension(-2)

    def _size(self, at: int) -> Any:
        """The number of rows (-2) or columns (-1): an integer where it is known, else a tensor."""
        known = self._dimension(at).value
        return self.shape_tensor()[at] if known is None else known

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Any:
        """The number of columns as an int32 tensor."""
        with self._scope(name):
            return array.convert(self._size(-1))

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Any:
        """The number of rows as an int32 tensor."""
        with self._scope(name):
            return array.convert(self._size(-2))

    def _filled(self, function: Any, *more: Any) -> Any:
        """`zeros` or `ones` of the batch shape and further sizes."""
        return function(joined(self._batch_sizes(), list(more)), dtype=self.dtype)

    # Assertions -----------------------------------------------------------------------------------

    def assert_non_singular(self, name: str = "assert_non_singular") -> Any:
        """An assertion that the condition number is below 1 / (max(100, m, n) · precision), or its own check."""
        with self._scope(name):
            return self._assert_non_singular()

    def _assert_non_singular(self) -> Any:
        if self._can_use_cholesky():
            return self.assert_positive_definite()
        values = svd(self.to_dense(), compute_uv=False)
        found = math.divide(math.reduce_max(values, -1), math.reduce_min(values, -1))
        kind = self.dtype.real_dtype
        largest = math.reduce_max(math.cast(array.stack([100, self._size(-1), self._size(-2)]), kind))
        limit = 1.0 / (largest * np.finfo(kind.np_dtype).eps)
        return assert_less(found, limit, message="Singular matrix up to precision epsilon.")

    def assert_positive_definite(self, name: str = "assert_positive_definite") -> Any:
        """An assertion that xᴴ A x has a positive real part for all x but 0.

        Raises NotImplementedError for an operator of a general kind that is not promised to be self-adjoint.
        """
        with self._scope(name):
            return self._assert_positive_definite()

    def _assert_positive_definite(self) -> Any:
        if self.is_self_adjoint:
            return assert_positive(math.real(diag_part(cholesky(self.to_dense()))),
                                   message="Matrix was not positive definite.")
        raise NotImplementedError("assert_positive_definite is not implemented.")

    def assert_self_adjoint(self, name: str = "assert_self_adjoint") -> Any:
        """An assertion that the operator equals its conjugate transpose exactly."""
        with self._scope(name):
            return self._assert_self_adjoint()

    def _assert_self_adjoint(self) -> Any:
        dense = self.to_dense()
        return assert_equal(dense, adjoint_of(dense), message="Matrix was not equal to its adjoint.")

    # Products -------------------------------------------------------------------------------------

    def _checked(self, x: Any, at: int, arg: int, name: str) -> Any:
        """An argument as a tensor. Raises TypeError for another dtype, ValueError for a size that does not fit."""
        x = array.convert(x, name=name)
        if x.dtype.base_dtype is not self.dtype:
            raise TypeError(f"Expected argument to have dtype {self.dtype}.  Found: {x.dtype} in tensor {x}")
        found = TensorShape(x.shape)
        if found.rank is not None:
            self._dimension(at).assert_is_compatible_with(found.dims[arg])  # type: ignore[index]
        return x

    @abstractmethod
    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        """The product with a tensor [..., n, k]."""

    def matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul") -> Any:
        """The product A · x, or of the adjoints: [..., m, n] times [..., n, k].

        x: a tensor of the same dtype whose batch shape broadcasts, or an operator; the product with an operator is an
        operator. Raises TypeError for another dtype, ValueError for sizes that do not fit.
        """
        if isinstance(x, LinearOperator):
            left, right = self.adjoint() if adjoint else self, x.adjoint() if adjoint_arg else x
            _refuse_sizes(left, right, "x")
            with self._scope(name, x):
                return combining.PRODUCT.apply(left, right)
        with self._scope(name, x):
            x = self._checked(x, -2 if adjoint else -1, -1 if adjoint_arg else -2, "x")
            return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def _matvec(self, x: Any, adjoint: bool = False) -> Any:
        return array.squeeze(self.matmul(array.expand_dims(x, -1), adjoint=adjoint), [-1])

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product A · x with vectors [..., n]: [..., m]."""
        with self._scope(name, x):
            return self._matvec(self._checked(x, -2 if adjoint else -1, -1, "x"), adjoint=adjoint)

    # Determinants ---------------------------------------------------------------------------------

    def _refuse_not_square(self, what: str) -> None:
        if self.is_square is False:
            raise NotImplementedError(f"{what} not implemented for an operator that is expected to not be square.")

    def _determinant(self) -> Any:
        return math.exp(self.log_abs_determinant()) if self._can_use_cholesky() else det(self.to_dense())

    def determinant(self, name: str = "det") -> Any:
        """The determinants: [...]. Raises NotImplementedError where it is not square."""
        self._refuse_not_square("Determinant")
        with self._scope(name):
            return self._determinant()

    def _log_abs_determinant(self) -> Any:
        if self._can_use_cholesky():
            return math.multiply(math.reduce_sum(math.log(diag_part(cholesky(self.to_dense()))), [-1]), 2.0)
        return slogdet(self.to_dense()).log_abs_determinant

    def log_abs_determinant(self, name: str = "log_abs_det") -> Any:
        """The logarithms of the sizes of the determinants: [...]. Raises NotImplementedError where not square."""
        self._refuse_not_square("Determinant")
        with self._scope(name):
            return self._log_abs_determinant()

    # Solutions ------------------------------------------------------------------------------------

    def _dense_solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        """The solution by way of the dense matrix."""
        rhs = adjoint_of(rhs) if adjoint_arg else rhs
        if self._can_use_cholesky():
            return cholesky_solve(cholesky(self.to_dense()), rhs)
        return solve(self.to_dense(), rhs, adjoint=adjoint)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._dense_solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _refuse_to_solve(self) -> None:
        for hint, what in ((self.is_non_singular, "be singular"), (self.is_square, "not be square")):
            if hint is False:
                raise NotImplementedError(f"Exact solve not implemented for an operator that is expected to {what}.")

    def solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve") -> Any:
        """The solution x of A · x = rhs, or of the adjoints: [..., n, k].

        rhs: a tensor [..., m, k] of the same dtype, or an operator; the answer is of its kind. Raises
        NotImplementedError where it is promised to be singular or not square, else as `matmul`.
        """
        self._refuse_to_solve()
        if isinstance(rhs, LinearOperator):
            left, right = self.adjoint() if adjoint else self, rhs.adjoint() if adjoint_arg else rhs
            _refuse_sizes(left, right, "rhs")
            with self._scope(name, rhs):
                return combining.SOLUTION.apply(left, right)
        with self._scope(name, rhs):
            rhs = self._checked(rhs, -1 if adjoint else -2, -1 if adjoint_arg else -2, "rhs")
            return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs: Any, adjoint: bool = False) -> Any:
        return array.squeeze(self.solve(array.expand_dims(rhs, -1), adjoint=adjoint), [-1])

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """The solution x of A · x = rhs for vectors: [..., n]. Raises as `solve`."""
        with self._scope(name, rhs):
            return self._solvevec(self._checked(rhs, -1 if adjoint else -2, -1, "rhs"), adjoint=adjoint)

    # Other operators ------------------------------------------------------------------------------

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The conjugate transpose, as an operator; the operator itself where it is promised to be self-adjoint."""
        if self.is_self_adjoint is True:
            return self
        with self._scope(name):
            return combining.ADJOINT.apply(self)

    H = property(lambda self: self.adjoint(), None, None, "The conjugate transpose, as an operator.")

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The inverse, as an operator. Raises ValueError where it is promised to be singular or not square."""
        for hint, what in ((self.is_square, "non square"), (self.is_non_singular, "singular")):
            if hint is False:
                raise ValueError(f"Cannot take the Inverse: This operator represents a {what} matrix.")
        with self._scope(name):
            return combining.INVERSE.apply(self)

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The lower triangle L with L · Lᴴ the operator, as an operator.

        Raises ValueError where it is not promised to be self-adjoint and positive definite.
        """
        if not self._can_use_cholesky():
            raise ValueError("Cannot take the Cholesky decomposition: Not a positive definite self adjoint matrix.")
        with self._scope(name):
            return combining.CHOLESKY.apply(self)

    def _can_use_cholesky(self) -> bool | None:
        return self.is_self_adjoint and self.is_positive_definite

    # Elements -------------------------------------------------------------------------------------

    def _to_dense(self) -> Any:
        size, known = self._size(-1), self.batch_shape
        batch = known.as_list() if known.is_fully_defined() and isinstance(size, int) else self._batch_sizes()
        unit = eye(size, batch_shape=batch, dtype=self.dtype)
        if known.rank is not None:
            columns = self.domain_dimension.value
            unit = dims.with_dims(unit, dims.merged(unit.dims, (*known.as_list(), columns, columns)))
        return self.matmul(unit)

    def to_dense(self, name: str = "to_dense") -> Any:
        """The matrices written out: [..., m, n]."""
        with self._scope(name):
            return array.convert(self._to_dense())

    def _diag_part(self) -> Any:
        return diag_part(self.to_dense())

    def diag_part(self, name: str = "diag_part") -> Any:
        """The main diagonals: [..., min(m, n)]."""
        with self._scope(name):
            return array.convert(self._diag_part())

    def _trace(self) -> Any:
        return math.reduce_sum(self.diag_part(), -1)

    def trace(self, name: str = "trace") -> Any:
        """The sums of the main diagonals: [...]."""
        with self._scope(name):
            return self._trace()

    def _add_to_tensor(self, x: Any) -> Any:
        return self.to_dense() + x

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Any:
        """A + x for a tensor whose shape broadcasts. Raises TypeError for another dtype."""
        with self._scope(name, x):
            x = array.convert(x, name="x")
            if x.dtype.base_dtype is not self.dtype:
                raise TypeError(f"Expected argument to have dtype {self.dtype}.  Found: {x.dtype} in tensor {x}")
            return self._add_to_tensor(x)

    def _eigvals(self) -> Any:
        return eigvalsh(self.to_dense())

    def eigvals(self, name: str = "eigvals") -> Any:
        """The eigenvalues: [..., n]. Raises NotImplementedError where it is not promised to be self-adjoint."""
        if not self.is_self_adjoint:
            raise NotImplementedError("Only self-adjoint matrices are supported.")
        with self._scope(name):
            return self._eigvals()

    def _cond(self) -> Any:
        values = math.abs(self._eigvals()) if self.is_self_adjoint else svd(self.to_dense(), compute_uv=False)
        return math.divide(math.reduce_max(values, -1), math.reduce_min(values, -1))

    def cond(self, name: str = "cond") -> Any:
        """The condition numbers: [...]."""
        with self._scope(name):
            return self._cond()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} '{self.name}' shape={self.shape} dtype={self.dtype.name}>"


def _refuse_sizes(left: LinearOperator, right: LinearOperator, what: str) -> None:
    a, b = left.domain_dimension.value, right.range_dimension.value
    if None not in (a, b) and a != b:
        raise ValueError(f"Operators are incompatible. Expected `{what}` to have dimension {a} but got {b}.")
