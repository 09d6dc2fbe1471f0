"""Bijectors of single numbers, and affine ones, permutations and shapes."""

from __future__ import annotations

import math
from typing import Any

from hornbeam.graph.names import public
from hornbeam.v1.api import tf
from hornbeam.v1.contrib.distributions.bijector_base import Bijector


class _Elementwise(Bijector):
    """Of each element for itself."""

    def __init__(self, validate_args: bool, name: str, parents: Any = None, constant: bool = False,
                 dtype: Any = None) -> None:
        super().__init__(parents, constant, validate_args, dtype, 0, None, name)


def _parameter(value: Any, name: str) -> Any:
    return None if value is None else tf.convert_to_tensor(value, name=name)


@public(v1=("contrib.distributions.bijectors.Identity",))
class Identity(_Elementwise):
    """y = x."""

    def __init__(self, validate_args: bool = False, name: str = "identity") -> None:
        super().__init__(validate_args, name, constant=True)

    def _forward(self, x: Any) -> Any:
        return x

    def _inverse(self, y: Any) -> Any:
        return y

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return tf.constant(0.0, dtype=y.dtype)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return tf.constant(0.0, dtype=x.dtype)


@public(v1=("contrib.distributions.bijectors.PowerTransform",))
class PowerTransform(_Elementwise):
    """y = (1 + x c)^(1 / c), exp(x) for c = 0. power: c. Raises ValueError where it is negative."""

    def __init__(self, power: float = 0.0, validate_args: bool = False, name: str = "power_transform") -> None:
        if power is None or power < 0:
            raise ValueError("`power` must be a non-negative TF constant.")
        self._power = power
        super().__init__(validate_args, name)

    @property
    def power(self) -> float:
        """The c of the formula."""
        return self._power

    def _forward(self, x: Any) -> Any:
        return tf.exp(x) if self._power == 0 else tf.exp(tf.log1p(x * self._power) / self._power)

    def _inverse(self, y: Any) -> Any:
        return tf.log(y) if self._power == 0 else tf.expm1(tf.log(y) * self._power) / self._power

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return (self._power - 1.0) * tf.log(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return x if self._power == 0 else (1.0 / self._power - 1.0) * tf.log1p(x * self._power)


@public(v1=("contrib.distributions.bijectors.Exp",))
class Exp(PowerTransform):
    """y = exp(x)."""

    def __init__(self, validate_args: bool = False, name: str = "exp") -> None:
        super().__init__(0.0, validate_args, name)


@public(v1=("contrib.distributions.bijectors.Sigmoid",))
class Sigmoid(_Elementwise):
    """y = 1 / (1 + exp(-x))."""

    def __init__(self, validate_args: bool = False, name: str = "sigmoid") -> None:
        super().__init__(validate_args, name)

    def _forward(self, x: Any) -> Any:
        return tf.sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        return tf.log(y) - tf.log1p(-y)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -tf.log1p(-y) - tf.log(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -tf.nn.softplus(-x) - tf.nn.softplus(x)


@public(v1=("contrib.distributions.bijectors.Softplus",))
class Softplus(_Elementwise):
    """y = c log(1 + exp(x / c)). hinge_softness: c, by default 1; not 0."""

    def __init__(self, hinge_softness: Any = None, validate_args: bool = False, name: str = "softplus") -> None:
        self._hinge_softness = _parameter(hinge_softness, "hinge_softness")
        super().__init__(validate_args, name, [] if hinge_softness is None else [self._hinge_softness])

    @property
    def hinge_softness(self) -> Any:
        """The c of the formula."""
        return self._hinge_softness

    def _scaled(self, value: Any) -> Any:
        return value if self._hinge_softness is None else value / tf.cast(self._hinge_softness, value.dtype)

    def _forward(self, x: Any) -> Any:
        y = tf.nn.softplus(self._scaled(x))
        return y if self._hinge_softness is None else y * tf.cast(self._hinge_softness, y.dtype)

    def _inverse(self, y: Any) -> Any:
        from hornbeam.v1.contrib.distributions.further import softplus_inverse
        x = softplus_inverse(self._scaled(y))
        return x if self._hinge_softness is None else x * tf.cast(self._hinge_softness, x.dtype)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -tf.log(-tf.expm1(-self._scaled(y)))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -tf.nn.softplus(-self._scaled(x))


@public(v1=("contrib.distributions.bijectors.Softsign",))
class Softsign(_Elementwise):
    """y = x / (1 + |x|)."""

    def __init__(self, validate_args: bool = False, name: str = "softsign") -> None:
        super().__init__(validate_args, name)

    def _forward(self, x: Any) -> Any:
        return x / (1.0 + tf.abs(x))

    def _inverse(self, y: Any) -> Any:
        return y / (1.0 - tf.abs(y))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -2.0 * tf.log1p(tf.abs(x))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -2.0 * tf.log1p(-tf.abs(y))


@public(v1=("contrib.distributions.bijectors.Square",))
class Square(_Elementwise):
    """y = x² of numbers that are not negative."""

    def __init__(self, validate_args: bool = False, name: str = "square") -> None:
        super().__init__(validate_args, name)

    def _forward(self, x: Any) -> Any:
        return tf.square(x)

    def _inverse(self, y: Any) -> Any:
        return tf.sqrt(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return math.log(2.0) + tf.log(x)


@public(v1=("contrib.distributions.bijectors.Gumbel",))
class Gumbel(_Elementwise):
    """y = exp(-exp(-(x - loc) / scale)): the cumulative probability of Gumbel's distribution."""

    def __init__(self, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool = False, name: str = "gumbel") -> None:
        self._loc, self._scale = _parameter(loc, "loc"), _parameter(scale, "scale")
        super().__init__(validate_args, name, [self._loc, self._scale])

    @property
    def loc(self) -> Any:
        """Where it stands."""
        return self._loc

    @property
    def scale(self) -> Any:
        """How wide it is."""
        return self._scale

    def _forward(self, x: Any) -> Any:
        return tf.exp(-tf.exp(-(x - self._loc) / self._scale))

    def _inverse(self, y: Any) -> Any:
        return self._loc - self._scale * tf.log(-tf.log(y))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return tf.log(self._scale / (-tf.log(y) * y))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        z = (x - self._loc) / self._scale
        return -z - tf.exp(-z) - tf.log(self._scale)


@public(v1=("contrib.distributions.bijectors.Kumaraswamy",))
class Kumaraswamy(_Elementwise):
    """y = (1 - (1 - x)^(1 / b))^(1 / a), a and b being concentration1 and concentration0."""

    def __init__(self, concentration1: Any = None, concentration0: Any = None, validate_args: bool = False,
                 name: str = "kumaraswamy") -> None:
        self._a, self._b = _parameter(concentration1, "concentration1"), _parameter(concentration0, "concentration0")
        super().__init__(validate_args, name)

    @property
    def concentration1(self) -> Any:
        """The a of the formula."""
        return self._a

    @property
    def concentration0(self) -> Any:
        """The b of the formula."""
        return self._b

    def _forward(self, x: Any) -> Any:
        return tf.exp(tf.log1p(-tf.exp(tf.log1p(-x) / self._b)) / self._a)

    def _inverse(self, y: Any) -> Any:
        return tf.exp(tf.log1p(-(1.0 - y ** self._a) ** self._b))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return (tf.log(self._a) + tf.log(self._b) + (self._a - 1.0) * tf.log(y)
                + (self._b - 1.0) * tf.log1p(-y ** self._a))


@public(v1=("contrib.distributions.bijectors.SinhArcsinh",))
class SinhArcsinh(_Elementwise):
    """y = sinh(tailweight (arcsinh(x) + skewness)). Jones and Pewsey 2009."""

    def __init__(self, skewness: Any = None, tailweight: Any = None, validate_args: bool = False,
                 name: str = "SinhArcsinh") -> None:
        self._tailweight = tf.convert_to_tensor(1.0 if tailweight is None else tailweight, name="tailweight")
        self._skewness = tf.convert_to_tensor(0.0 if skewness is None else skewness, self._tailweight.dtype,
                                              name="skewness")
        super().__init__(validate_args, name)

    @property
    def skewness(self) -> Any:
        """How far it leans."""
        return self._skewness

    @property
    def tailweight(self) -> Any:
        """How heavy its tails are."""
        return self._tailweight

    def _forward(self, x: Any) -> Any:
        return tf.sinh((tf.asinh(x) + self._skewness) * self._tailweight)

    def _inverse(self, y: Any) -> Any:
        return tf.sinh(tf.asinh(y) / self._tailweight - self._skewness)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        inner = tf.asinh(y) / self._tailweight - self._skewness
        return tf.log(tf.cosh(inner)) - tf.log(self._tailweight) - 0.5 * tf.log1p(tf.square(y))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        inner = (tf.asinh(x) + self._skewness) * self._tailweight
        return tf.log(tf.cosh(inner)) + tf.log(self._tailweight) - 0.5 * tf.log1p(tf.square(x))


@public(v1=("contrib.distributions.bijectors.AffineScalar",))
class AffineScalar(_Elementwise):
    """y = scale x + shift, of each element for itself."""

    def __init__(self, shift: Any = None, scale: Any = None, validate_args: bool = False,
                 name: str = "affine_scalar") -> None:
        self._shift, self._scale = _parameter(shift, "shift"), _parameter(scale, "scale")
        held = [p for p in (self._shift, self._scale) if p is not None]
        super().__init__(validate_args, name, held, True, held[0].dtype.base_dtype if held else None)

    @property
    def shift(self) -> Any:
        """What is added."""
        return self._shift

    @property
    def scale(self) -> Any:
        """What is multiplied by."""
        return self._scale

    def _forward(self, x: Any) -> Any:
        y = tf.identity(x) if self._scale is None else x * self._scale
        return y if self._shift is None else y + self._shift

    def _inverse(self, y: Any) -> Any:
        x = tf.identity(y) if self._shift is None else y - self._shift
        return x if self._scale is None else x / self._scale

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return tf.constant(0.0, dtype=x.dtype) if self._scale is None else tf.log(tf.abs(self._scale))


@public(v1=("contrib.distributions.bijectors.AffineLinearOperator",))
class AffineLinearOperator(Bijector):
    """y = scale @ x + shift of vectors. scale: a `LinearOperator`, by default the identity.

    Raises TypeError for another scale.
    """

    def __init__(self, shift: Any = None, scale: Any = None, validate_args: bool = False,
                 name: str = "affine_linear_operator") -> None:
        self._shift, self._scale = _parameter(shift, "shift"), scale
        if scale is not None and not isinstance(scale, tf.linalg.LinearOperator):
            raise TypeError("scale is not instance of tf.LinearOperator")
        super().__init__([] if self._shift is None else [self._shift], True, validate_args, None, 1, None, name)

    @property
    def shift(self) -> Any:
        """What is added."""
        return self._shift

    @property
    def scale(self) -> Any:
        """What is multiplied by."""
        return self._scale

    def _forward(self, x: Any) -> Any:
        y = x if self._scale is None else self._scale.matvec(x)
        return y if self._shift is None else y + self._shift

    def _inverse(self, y: Any) -> Any:
        x = y if self._shift is None else y - self._shift
        return x if self._scale is None else self._scale.solvevec(x)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return tf.constant(0.0, dtype=x.dtype) if self._scale is None else self._scale.log_abs_determinant()


@public(v1=("contrib.distributions.bijectors.Affine",))
class Affine(AffineLinearOperator):
    """y = scale @ x + shift of vectors, scale being the sum of the parts that are given.

    scale_identity_multiplier: a number times the identity. scale_diag: a diagonal. scale_tril: a lower triangular
    matrix. scale_perturb_factor, scale_perturb_diag: V and D of an added V D Vᵀ; D is the identity by default.
    """

    def __init__(self, shift: Any = None, scale_identity_multiplier: Any = None, scale_diag: Any = None,
                 scale_tril: Any = None, scale_perturb_factor: Any = None, scale_perturb_diag: Any = None,
                 validate_args: bool = False, name: str = "affine") -> None:
        multiplier = _parameter(scale_identity_multiplier, "scale_identity_multiplier")
        diagonal, triangle = _parameter(scale_diag, "scale_diag"), _parameter(scale_tril, "scale_tril")
        factor = _parameter(scale_perturb_factor, "scale_perturb_factor")
        linalg = tf.linalg
        scale: Any = None
        if triangle is not None:
            full = tf.matrix_band_part(triangle, -1, 0)
            if diagonal is not None or multiplier is not None:
                added = 0.0 if diagonal is None else diagonal
                added += 0.0 if multiplier is None else multiplier[..., None]
                full = tf.matrix_set_diag(full, tf.matrix_diag_part(full) + added)
            scale = linalg.LinearOperatorLowerTriangular(full, is_non_singular=True)
        elif diagonal is not None:
            scale = linalg.LinearOperatorDiag(diagonal if multiplier is None else diagonal + multiplier[..., None],
                                              is_non_singular=True)
        elif factor is not None or multiplier is not None:
            size = None if factor is None else tf.shape(factor)[-2]
            multiplier = tf.ones([], factor.dtype) if multiplier is None else multiplier  # type: ignore[union-attr]
            size = (None if shift is None else tf.shape(shift)[-1]) if size is None else size
            scale = _Scaling(multiplier) if size is None else linalg.LinearOperatorScaledIdentity(size, multiplier)
        if factor is not None:
            scale = linalg.LinearOperatorLowRankUpdate(
                scale, u=factor, diag_update=_parameter(scale_perturb_diag, "scale_perturb_diag"),
                is_diag_update_positive=scale_perturb_diag is None, is_non_singular=True,
                is_self_adjoint=None if triangle is not None else True,
                is_positive_definite=None if triangle is not None else True)
        super().__init__(shift, None, validate_args, name)
        self._scale = scale

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        if isinstance(self._scale, _Scaling):
            return tf.cast(tf.shape(x)[-1], x.dtype) * self._scale.log_abs()
        return super()._forward_log_det_jacobian(x)


class _Scaling:
    """A multiple of the identity of any size."""

    def __init__(self, multiplier: Any) -> None:
        self.multiplier = multiplier

    def matvec(self, x: Any) -> Any:
        return x * self.multiplier[..., None]

    def solvevec(self, y: Any) -> Any:
        return y / self.multiplier[..., None]

    def log_abs(self) -> Any:
        return tf.log(tf.abs(self.multiplier))


@public(v1=("contrib.distributions.bijectors.Permute",))
class Permute(Bijector):
    """The elements of vectors in another order. permutation: the places they come from."""

    def __init__(self, permutation: Any, validate_args: bool = False, name: str | None = None) -> None:
        self._permutation = tf.convert_to_tensor(permutation, name="permutation")
        if not self._permutation.dtype.is_integer:
            raise TypeError(f"permutation.dtype ({self._permutation.dtype.name}) should be `int`-like.")
        super().__init__([self._permutation], True, validate_args, None, 1, None, name or "permute")

    @property
    def permutation(self) -> Any:
        """The places they come from."""
        return self._permutation

    def _forward(self, x: Any) -> Any:
        return tf.gather(x, self._permutation, axis=-1)

    def _inverse(self, y: Any) -> Any:
        return tf.gather(y, tf.invert_permutation(self._permutation), axis=-1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return tf.constant(0.0, dtype=x.dtype.base_dtype)


def _with_last(shape: Any, more: int) -> Any:
    """A shape with so many more elements in the last dimension."""
    if shape.ndims is None:
        return shape
    *first, last = shape.as_list()
    return tf.TensorShape([*first, None if last is None else last + more])


@public(v1=("contrib.distributions.bijectors.SoftmaxCentered",))
class SoftmaxCentered(Bijector):
    """The softmax of vectors with a 0 put at their end."""

    def __init__(self, validate_args: bool = False, name: str = "softmax_centered") -> None:
        super().__init__(None, False, validate_args, None, 1, None, name)

    def _forward_event_shape(self, input_shape: Any) -> Any:
        return _with_last(input_shape, 1)

    def _inverse_event_shape(self, output_shape: Any) -> Any:
        return _with_last(output_shape, -1)

    def _forward_event_shape_tensor(self, input_shape: Any) -> Any:
        return tf.concat([input_shape[:-1], input_shape[-1:] + 1], 0)

    def _inverse_event_shape_tensor(self, output_shape: Any) -> Any:
        return tf.concat([output_shape[:-1], output_shape[-1:] - 1], 0)

    def _forward(self, x: Any) -> Any:
        return tf.nn.softmax(tf.concat([x, tf.zeros_like(x[..., :1])], -1))

    def _inverse(self, y: Any) -> Any:
        logs = tf.log(y)
        return logs[..., :-1] - logs[..., -1:]

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -tf.reduce_sum(tf.log(y), axis=-1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        size = tf.cast(tf.shape(x)[-1] + 1, x.dtype)
        return tf.reduce_sum(x, axis=-1) - size * tf.nn.softplus(
            tf.reduce_logsumexp(x, axis=-1))


@public(v1=("contrib.distributions.bijectors.Ordered",))
class Ordered(Bijector):
    """Rising vectors as unrestricted ones: the first element, then the logarithms of the differences."""

    def __init__(self, validate_args: bool = False, name: str = "ordered") -> None:
        super().__init__(None, False, validate_args, None, 1, None, name)

    def _forward(self, x: Any) -> Any:
        return tf.concat([x[..., :1], tf.log(x[..., 1:] - x[..., :-1])], -1)

    def _inverse(self, y: Any) -> Any:
        return tf.cumsum(tf.concat([y[..., :1], tf.exp(y[..., 1:])], -1), axis=-1)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return tf.reduce_sum(y[..., 1:], axis=-1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -tf.reduce_sum(tf.log(x[..., 1:] - x[..., :-1]), axis=-1)
