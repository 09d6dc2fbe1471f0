"""Circulant operators: diagonal after a Fourier transform, in one, two or three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import array, math
from hornbeam.ops.casts import complex as complex_of
from hornbeam.ops.linalg import adjoint as adjoint_of
from hornbeam.ops.linear_operators import combining
from hornbeam.ops.linear_operators.combining import ADJOINT, INVERSE, PRODUCT, SOLUTION
from hornbeam.ops.linear_operators.operator import LinearOperator
from hornbeam.ops.linear_operators.tools import (
    assert_less,
    assert_no_zeros,
    assert_positive,
    assert_real,
    common_batch,
    conjugated,
    joined,
    parameter,
    public_kind,
    refuse,
    shape_of,
    sizes,
    wide_complex,
)
from hornbeam.ops.spectral import fft, fft2d, fft3d, ifft, ifft2d, ifft3d

_TRANSFORMS = {1: (fft, ifft), 2: (fft2d, ifft2d), 3: (fft3d, ifft3d)}


class _Circulant(LinearOperator):
    """Circulant matrices whose blocks are circulant, `depth` times."""

    depth = 0

    def __init__(self, spectrum: Any, input_output_dtype: Any = dtypes.complex64, is_non_singular: bool | None = None,
                 is_self_adjoint: bool | None = None, is_positive_definite: bool | None = None,
                 is_square: bool | None = True, name: str | None = None) -> None:
        name = name or type(self).__name__
        parameters = {"spectrum": spectrum, "input_output_dtype": input_output_dtype,
                      "is_non_singular": is_non_singular, "is_self_adjoint": is_self_adjoint,
                      "is_positive_definite": is_positive_definite, "is_square": is_square, "name": name}
        self._spectrum = parameter(spectrum, "spectrum")
        rank = shape_of(self._spectrum).rank
        if rank is not None and rank < self.depth:
            raise ValueError(f"Argument `spectrum` must have at least {self.depth} dimensions. Received: "
                             f"{self._spectrum}.")
        if not self._spectrum.dtype.base_dtype.is_complex:
            is_self_adjoint = refuse(is_self_adjoint, False, "A real spectrum always corresponds to a self-adjoint "
                                     "operator. Expected argument `is_self_adjoint` to be True. Received: False.")
        is_square = refuse(is_square, False, "A [[nested] block] circulant operator is always square. Expected "
                           "argument `is_square` to be True. Received: False.")
        super().__init__(input_output_dtype, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
                         is_positive_definite=is_positive_definite, is_square=is_square, parameters=parameters,
                         name=name)

    @property
    def spectrum(self) -> Any:
        """The eigenvalues, as the Fourier transform of the kernel."""
        return self._spectrum

    @property
    def block_depth(self) -> int:
        """1 for circulant matrices, 2 for circulant blocks of them, 3 for blocks of these."""
        return self.depth

    @property
    def block_shape(self) -> TensorShape:
        """The static shape of one spectrum."""
        return shape_of(self._spectrum)[-self.depth:]

    def block_shape_tensor(self) -> Any:
        """The shape of one spectrum as an int32 tensor."""
        return array.convert(self._block_sizes())

    def _block_sizes(self) -> Any:
        known = self.block_shape
        return np.array(known.as_list(), np.int32) if known.is_fully_defined() else \
            sizes(self._spectrum)[-self.depth:]

    def _shape(self) -> TensorShape:
        found = shape_of(self._spectrum)
        block = found[-self.depth:]
        count = int(np.prod(block.as_list())) if block.is_fully_defined() else None
        return found[:-self.depth].concatenate([count, count])

    def _shape_tensor(self) -> Any:
        count = math.reduce_prod(self._block_sizes())
        return joined(sizes(self._spectrum)[:-self.depth], [count, count])

    def convolution_kernel(self, name: str = "convolution_kernel") -> Any:
        """The kernel whose Fourier transform is the spectrum: the first column, in the shape of the blocks."""
        with self._scope(name):
            return math.cast(_TRANSFORMS[self.depth][1](wide_complex(self._spectrum)), self.dtype)

    def assert_hermitian_spectrum(self, name: str = "assert_hermitian_spectrum") -> Any:
        """An assertion that the kernel is real, to rounding."""
        with self._scope(name):
            kind = self.dtype.real_dtype
            kernel = _TRANSFORMS[self.depth][1](wide_complex(self._spectrum))
            limit = math.cast(array.convert(self._size(-1)), kind) * np.finfo(kind.np_dtype).eps
            return assert_less(math.abs(math.cast(math.imag(kernel), kind)), limit,
                               message="Spectrum was not Hermitian")

    def _filtered(self, x: Any, adjoint: bool, adjoint_arg: bool, divide: bool) -> Any:
        """x with its Fourier transform multiplied by the spectrum, or divided by it."""
        forwards, back = _TRANSFORMS[self.depth]
        x = adjoint_of(x) if adjoint_arg else x
        spectrum = conjugated(wide_complex(self._spectrum), adjoint)
        x = math.cast(x, spectrum.dtype)
        rank = shape_of(x).rank
        if rank is None:
            raise ValueError(f"the rank of the argument of {self.name} must be known")
        order = [*range(rank - 2), rank - 1, rank - 2]
        rows = array.transpose(x, order)  # [..., k, n]
        waves = forwards(array.reshape(rows, joined(sizes(rows)[:-1], self._block_sizes())))
        front = shape_of(spectrum).rank
        if front is not None and front > self.depth:  # room for the k columns
            spectrum = array.expand_dims(spectrum, -1 - self.depth)
        found = back(waves / spectrum if divide else waves * spectrum)
        flat = array.reshape(found, joined(sizes(found)[:-self.depth], [self._size(-1)]))
        rank = shape_of(flat).rank or rank
        result = math.cast(array.transpose(flat, [*range(rank - 2), rank - 1, rank - 2]), self.dtype)
        known = common_batch([shape_of(x)[:-2], self.batch_shape]).concatenate(
            [self.range_dimension, shape_of(x).dims[-1]])  # type: ignore[index]
        result.set_shape(known)
        return result

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._filtered(x, adjoint, adjoint_arg, False)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._filtered(rhs, adjoint, adjoint_arg, True)

    @property
    def _axes(self) -> list[int]:
        return [-1 - i for i in range(self.depth)]

    def _determinant(self) -> Any:
        return math.cast(math.reduce_prod(self._spectrum, self._axes), self.dtype)

    def _log_abs_determinant(self) -> Any:
        return math.cast(math.reduce_sum(math.log(math.abs(self._spectrum)), self._axes), self.dtype)

    def _trace(self) -> Any:
        found = math.reduce_sum(math.real(self._spectrum), self._axes)
        if not self.dtype.is_complex:
            return math.cast(found, self.dtype)
        other = array.zeros_like(found) if self.is_self_adjoint else \
            math.reduce_sum(math.imag(self._spectrum), self._axes)
        return math.cast(complex_of(found, other), self.dtype)

    def _diag_part(self) -> Any:
        value = self.trace() / math.cast(array.convert(self._size(-1)), self.dtype)
        return array.expand_dims(value, -1) * self._filled(array.ones, self._size(-1))

    def _eigvals(self) -> Any:
        return array.reshape(self._spectrum, joined(sizes(self._spectrum)[:-self.depth], [self._size(-1)]))

    def _cond(self) -> Any:
        found = math.abs(self._spectrum)
        return math.divide(math.reduce_max(found, self._axes), math.reduce_min(found, self._axes))

    def _assert_non_singular(self) -> Any:
        return assert_no_zeros(self._spectrum, message="Singular operator:  Spectrum contained zero values.")

    def _assert_positive_definite(self) -> Any:
        return assert_positive(math.real(self._spectrum), message="Not positive definite:  Real part of spectrum was "
                               "not all positive.")

    def _assert_self_adjoint(self) -> Any:
        return assert_real(self._spectrum, message="Not self-adjoint:  The spectrum contained non-zero imaginary "
                           "part.")


@public_kind("LinearOperatorCirculant")
class LinearOperatorCirculant(_Circulant):
    """Circulant matrices: each column is the one before, moved down by one. Products in O(n log n).

    spectrum: the Fourier transform of the first column, [..., n]. input_output_dtype: of the matrices; real ones need
    a Hermitian spectrum. Other arguments as for `LinearOperator`.
    """

    depth = 1


@public_kind("LinearOperatorCirculant2D")
class LinearOperatorCirculant2D(_Circulant):
    """Circulant matrices of circulant blocks: convolutions of images that are periodic.

    spectrum: [..., n0, n1]. Other arguments as for `LinearOperatorCirculant`.
    """

    depth = 2


@public_kind("LinearOperatorCirculant3D")
class LinearOperatorCirculant3D(_Circulant):
    """Circulant matrices of blocks that are `LinearOperatorCirculant2D`.

    spectrum: [..., n0, n1, n2]. Other arguments as for `LinearOperatorCirculant`.
    """

    depth = 3


def _like(a: Any, spectrum: Any, hints: dict[str, Any]) -> Any:
    return type(a)(spectrum, input_output_dtype=a.dtype, **hints)


@ADJOINT.rule(_Circulant)
def _(a):
    return _like(a, conjugated(a.spectrum), combining.own(a))


@INVERSE.rule(_Circulant)
def _(a):
    return _like(a, 1.0 / a.spectrum, combining.own(a))


def _declare(kind: Any) -> None:
    @PRODUCT.rule(kind, kind)
    def _(a, b):
        return _like(a, a.spectrum * b.spectrum, combining.commuting(a, b))

    @SOLUTION.rule(kind, kind)
    def _(a, b):
        return _like(a, b.spectrum / a.spectrum, combining.commuting(a, b))


for _kind in (LinearOperatorCirculant, LinearOperatorCirculant2D, LinearOperatorCirculant3D):
    _declare(_kind)
