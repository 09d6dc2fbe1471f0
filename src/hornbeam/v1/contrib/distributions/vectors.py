"""Normal distributions of vectors, and distributions whose batch is taken for values."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from hornbeam.v1.distributions.divergences import divergence


class _NormalVector(Distribution):
    """loc + scale · noise, where scale is a lower triangular matrix, or the diagonal of one."""

    _loc: Any
    _width: Any

    @property
    def loc(self) -> Any:
        """The mean, [..., size]."""
        return self._loc

    def _vector(self) -> Any:
        """Something of the shape of one draw of the batch."""
        raise NotImplementedError

    def _stretched(self, noise: Any) -> Any:
        raise NotImplementedError

    def _shrunk(self, far: Any) -> Any:
        raise NotImplementedError

    def _log_volume(self) -> Any:
        raise NotImplementedError

    def _batch_shape(self) -> Any:
        return self._vector().get_shape()[:-1]

    def _batch_shape_tensor(self) -> Any:
        return tf.shape(self._vector())[:-1]

    def _event_shape(self) -> Any:
        return self._vector().get_shape()[-1:]

    def _event_shape_tensor(self) -> Any:
        return tf.shape(self._vector())[-1:]

    def _size(self) -> Any:
        return tf.cast(self.event_shape_tensor()[0], self.dtype)

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        shape = tf.concat([[n], tf.shape(self._vector())], 0)
        return self._stretched(tf.random_normal(shape, dtype=self.dtype, seed=seed)) + self.loc

    def _log_prob(self, x: Any) -> Any:
        z = self._shrunk(x - self.loc)
        return (-0.5 * tf.reduce_sum(tf.square(z), -1) - 0.5 * math.log(2 * math.pi) * self._size()
                - self._log_volume())

    def _entropy(self) -> Any:
        return 0.5 * (1.0 + math.log(2 * math.pi)) * self._size() + self._log_volume()

    def _mean(self) -> Any:
        return self.loc + tf.zeros_like(self._vector())

    def _mode(self) -> Any:
        return self._mean()


def _of_floats(name: str, value: Any, dtype: Any = None) -> Any:
    return None if value is None else tf.convert_to_tensor(value, name=name, dtype=dtype)


@public(v1=("contrib.distributions.MultivariateNormalDiag",))
class MultivariateNormalDiag(_NormalVector):
    """Independent normal numbers as one vector. loc: [..., size], 0 by default. scale_diag: [..., size].

    scale_identity_multiplier: [...], multiplies the identity; without either the scale is 1.
    Raises ValueError where nothing says the size.
    """

    def __init__(self, loc: Any = None, scale_diag: Any = None, scale_identity_multiplier: Any = None,
                 validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "MultivariateNormalDiag") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            given = next((v for v in (loc, scale_diag) if v is not None), None)
            if given is None:
                raise ValueError("Must specify one or both of `loc` and `scale_diag`: they say the size.")
            dtype = tf.convert_to_tensor(given, preferred_dtype=tf.float32).dtype
            diagonal = _of_floats("scale_diag", scale_diag, dtype)
            times = _of_floats("scale_identity_multiplier", scale_identity_multiplier, dtype)
            self._loc = tf.zeros_like(diagonal) if loc is None else _of_floats("loc", loc, dtype)
            self._width = tf.ones_like(self._loc) if diagonal is None else diagonal
            if times is not None:
                self._width = (self._width * times[..., None] if diagonal is None
                               else self._width + times[..., None])
            if validate_args:
                self._width = self._checked(self._width, tf.assert_positive(
                    tf.abs(self._width), message="Scale must be invertible"))
        super().__init__(dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._loc, self._width], scope)

    def _vector(self) -> Any:
        return self._loc + self._width

    def _stretched(self, noise: Any) -> Any:
        return noise * self._width

    def _shrunk(self, far: Any) -> Any:
        return far / self._width

    def _log_volume(self) -> Any:
        return tf.reduce_sum(tf.log(tf.abs(self._width)) + tf.zeros_like(self._vector()), -1)

    def _variance(self) -> Any:
        return tf.square(self._stddev())

    def _stddev(self) -> Any:
        return tf.abs(self._width)

    def _covariance(self) -> Any:
        return tf.matrix_diag(self._variance())


@public(v1=("contrib.distributions.MultivariateNormalDiagWithSoftplusScale",))
class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """As `MultivariateNormalDiag`, with the scale softplus(scale_diag)."""

    def __init__(self, loc: Any, scale_diag: Any, validate_args: bool = False, allow_nan_stats: bool = True,
                 name: str = "MultivariateNormalDiagWithSoftplusScale") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            positive = tf.nn.softplus(scale_diag)
        super().__init__(loc, positive, None, validate_args, allow_nan_stats, scope)
        self._parameters = {k: v for k, v in parameters.items() if k not in ("self", "__class__")}


@public(v1=("contrib.distributions.MultivariateNormalTriL",))
class MultivariateNormalTriL(_NormalVector):
    """Normal vectors of covariance L·Lᵀ. loc: [..., size]. scale_tril L: lower triangular, [..., size, size]."""

    def __init__(self, loc: Any = None, scale_tril: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "MultivariateNormalTriL") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            if loc is None and scale_tril is None:
                raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
            given = loc if scale_tril is None else scale_tril
            dtype = tf.convert_to_tensor(given, preferred_dtype=tf.float32).dtype
            held = _of_floats("loc", loc, dtype)
            self._width = (tf.eye(tf.shape(held)[-1], dtype=dtype) if scale_tril is None
                           else tf.matrix_band_part(_of_floats("scale_tril", scale_tril, dtype), -1, 0))
            self._loc = tf.zeros_like(self._width[..., 0]) if held is None else held
        super().__init__(dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
                         [self._loc, self._width], scope)

    def _vector(self) -> Any:
        return self._loc + tf.zeros_like(self._width[..., 0])

    def _stretched(self, noise: Any) -> Any:
        return tf.reduce_sum(self._width * noise[..., None, :], -1)

    def _shrunk(self, far: Any) -> Any:
        wide = tf.zeros_like(far[..., None]) + self._width
        return tf.matrix_triangular_solve(wide, far[..., None])[..., 0]

    def _log_volume(self) -> Any:
        sizes = tf.log(tf.abs(tf.matrix_diag_part(self._width)))
        return tf.reduce_sum(sizes + tf.zeros_like(self._vector()), -1)

    def _variance(self) -> Any:
        return tf.reduce_sum(tf.square(self._width), -1)

    def _covariance(self) -> Any:
        return tf.matmul(self._width, self._width, transpose_b=True)


@public(v1=("contrib.distributions.MultivariateNormalFullCovariance",))
class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Normal vectors. loc: [..., size]. covariance_matrix: symmetric and positive definite, [..., size, size]."""

    def __init__(self, loc: Any = None, covariance_matrix: Any = None, validate_args: bool = False,
                 allow_nan_stats: bool = True, name: str = "MultivariateNormalFullCovariance") -> None:
        parameters = dict(locals())
        with tf.name_scope(name) as scope:
            width = None
            if covariance_matrix is not None:
                held = tf.convert_to_tensor(covariance_matrix, name="covariance_matrix", preferred_dtype=tf.float32)
                if validate_args:
                    held = self._checked(held, tf.assert_equal(held, tf.matrix_transpose(held),
                                                               message="Matrix was not symmetric."))
                width = tf.cholesky(held)
        super().__init__(loc, width, validate_args, allow_nan_stats, scope)
        self._parameters = {k: v for k, v in parameters.items() if k not in ("self", "__class__")}


@divergence(_NormalVector)
def _(a: _NormalVector, b: _NormalVector) -> Any:
    def matrix(one: _NormalVector) -> Any:
        return tf.matrix_diag(one._width) if isinstance(one, MultivariateNormalDiag) else one._width

    if isinstance(a, MultivariateNormalDiag) and isinstance(b, MultivariateNormalDiag):
        trace = tf.reduce_sum(tf.square(a._width / b._width) + tf.zeros_like(a._vector() + b._vector()), -1)
    else:
        ours, theirs = matrix(a), matrix(b)
        wide = tf.zeros_like(ours + theirs)
        trace = tf.reduce_sum(tf.square(tf.matrix_triangular_solve(theirs + wide, ours + wide)), [-2, -1])
    far = b._shrunk(b.mean() - a.mean())
    return (b._log_volume() - a._log_volume()
            + 0.5 * (trace + tf.reduce_sum(tf.square(far), -1) - a._size()))


@public(v1=("contrib.distributions.Independent",))
class Independent(Distribution):
    """A batch of distributions as one of larger values: their log-probabilities are added.

    reinterpreted_batch_ndims: how many of the last dimensions of the batch, by default all but the first.
    """

    def __init__(self, distribution: Any, reinterpreted_batch_ndims: Any = None, validate_args: bool = False,
                 name: str | None = None) -> None:
        parameters = dict(locals())
        ndims = distribution.batch_shape.ndims
        if reinterpreted_batch_ndims is None and ndims is None:
            raise ValueError("reinterpreted_batch_ndims must be given where the rank of the batch is not known")
        self._taken = max(0, ndims - 1) if reinterpreted_batch_ndims is None else int(reinterpreted_batch_ndims)
        if ndims is not None and self._taken > ndims:
            raise ValueError(f"reinterpreted_batch_ndims({self._taken}) cannot exceed distribution.batch_ndims("
                             f"{ndims})")
        self._distribution = distribution
        super().__init__(distribution.dtype, distribution.reparameterization_type, validate_args,
                         distribution.allow_nan_stats, parameters, None,
                         name or f"Independent{distribution.name.rstrip('/').rpartition('/')[2]}")

    @property
    def distribution(self) -> Any:
        """The batch of distributions."""
        return self._distribution

    @property
    def reinterpreted_batch_ndims(self) -> int:
        """How many dimensions of the batch are dimensions of a value here."""
        return self._taken

    def _batch_shape(self) -> Any:
        shape = self._distribution.batch_shape
        return shape[:shape.ndims - self._taken] if shape.ndims is not None else shape

    def _batch_shape_tensor(self) -> Any:
        shape = self._distribution.batch_shape_tensor()
        return shape[:tf.size(shape) - self._taken]

    def _event_shape(self) -> Any:
        shape = self._distribution.batch_shape
        if shape.ndims is None:
            return shape
        return shape[shape.ndims - self._taken:].concatenate(self._distribution.event_shape)

    def _event_shape_tensor(self) -> Any:
        shape = self._distribution.batch_shape_tensor()
        return tf.concat([shape[tf.size(shape) - self._taken:], self._distribution.event_shape_tensor()], 0)

    def _summed(self, x: Any) -> Any:
        return tf.reduce_sum(x, axis=list(range(-self._taken, 0))) if self._taken else x

    def _sample_n(self, n: Any, seed: Any = None) -> Any:
        return self._distribution.sample(n, seed=seed)

    def _log_prob(self, x: Any) -> Any:
        return self._summed(self._distribution.log_prob(x))

    def _entropy(self) -> Any:
        return self._summed(self._distribution.entropy())

    def _mean(self) -> Any:
        return self._distribution.mean()

    def _variance(self) -> Any:
        return self._distribution.variance()

    def _stddev(self) -> Any:
        return self._distribution.stddev()

    def _mode(self) -> Any:
        return self._distribution.mode()


@divergence(Independent)
def _(a: Independent, b: Independent) -> Any:
    if a.reinterpreted_batch_ndims != b.reinterpreted_batch_ndims:
        raise NotImplementedError("KL between Independents of different numbers of reinterpreted dimensions")
    return a._summed(a.distribution.kl_divergence(b.distribution))
