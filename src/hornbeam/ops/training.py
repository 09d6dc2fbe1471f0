"""The updates of TF1's optimizers, dense: each one op, from the old variable, slots and gradient to the new ones.

The formulas are TensorFlow's; their papers stand with the optimizers that use them (`train/`). Sparse gradients are in
`training_sparse.py`, which updates rows by the same functions.
"""

from __future__ import annotations

import functools
from typing import Any

from hornbeam.backend.lazy import jnp, lax
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INEXACT, Op, never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import rules

UPDATE = never("a variable is updated in place")


def fits(inputs: Any, attrs: dict[str, Any]) -> Any:
    """Shape rule of an update: slots and gradient have the variable's shape, everything else is a number."""
    var = inputs[0].dims
    for item in inputs[1:]:
        if item.dims != () and not TensorShape(var).is_compatible_with(TensorShape(item.dims)):
            raise ShapeFault(f"Shapes must be equal, but are {rules.text(var)} and {rules.text(item.dims)}",
                             f"var and grad do not have the same shape{rules.text(var)} {rules.text(item.dims)}")
    return [(var, inputs[0].dtype)]


def _samples(*kinds: str) -> Any:
    """Samples for an update: `v` a variable or gradient, `p` a positive slot, `s` a number below one."""
    def make(rng: Any) -> list[Any]:
        found = []
        for shape in ((3, 2), (), (0,)):
            values = [rng.normal(size=shape) if k == "v" else rng.uniform(0.5, 2, shape) if k == "p"
                      else rng.uniform(0.1, 0.9) for k in kinds]
            found.append((tuple(jnp.asarray(v, jnp.float32).__array__() for v in values), {}))
        return found

    return make


def gradient_descent(var, alpha, delta):
    """var ← var - alpha · delta."""
    return var - alpha * delta


@op("ApplyGradientDescent", inputs="var: T ref, alpha: T, delta: T", writes=("var",), differentiable=UPDATE, T=INEXACT,
    samples=_samples("v", "s", "v"))
def apply_gradient_descent(var, alpha, delta, *, use_locking: bool = False):
    """var ← var - alpha · delta."""
    return gradient_descent(var, alpha, delta)


def momentum_step(var, accum, lr, grad, momentum, use_nesterov):
    """accum ← momentum · accum + grad; var ← var - lr · accum, or with Nesterov's look ahead."""
    accum = accum * momentum + grad
    step = grad + accum * momentum if use_nesterov else accum
    return var - lr * step, accum


@op("ApplyMomentum", inputs="var: T ref, accum: T ref, lr: T, grad: T, momentum: T", writes=("var", "accum"),
    differentiable=UPDATE, T=INEXACT, samples=_samples("v", "v", "s", "v", "s"))
def apply_momentum(var, accum, lr, grad, momentum, *, use_locking: bool = False, use_nesterov: bool = False):
    """accum ← momentum · accum + grad; var ← var - lr · accum, or lr · (grad + momentum · accum) with Nesterov."""
    return momentum_step(var, accum, lr, grad, momentum, use_nesterov)


@op("ApplyAdam", inputs="var: T ref, m: T ref, v: T ref, beta1_power: T, beta2_power: T, lr: T, beta1: T, beta2: T, "
    "epsilon: T, grad: T", writes=("var", "m", "v"), differentiable=UPDATE, T=INEXACT,
    samples=_samples("v", "v", "p", "s", "s", "s", "s", "s", "s", "v"))
def apply_adam(var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, *, use_locking: bool = False,
               use_nesterov: bool = False):
    """m, v ← running means of grad and grad²; var ← var - lr · √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)."""
    rate = lr * jnp.sqrt(1 - beta2_power) / (1 - beta1_power)
    m = m + (grad - m) * (1 - beta1)
    v = v + (grad * grad - v) * (1 - beta2)
    step = grad * (1 - beta1) + beta1 * m if use_nesterov else m
    return var - step * rate / (jnp.sqrt(v) + epsilon), m, v


@op("ApplyAdaMax", inputs="var: T ref, m: T ref, v: T ref, beta1_power: T, lr: T, beta1: T, beta2: T, epsilon: T, "
    "grad: T", writes=("var", "m", "v"), differentiable=UPDATE, T=FLOATS,
    samples=_samples("v", "v", "p", "s", "s", "s", "s", "s", "v"))
def apply_ada_max(var, m, v, beta1_power, lr, beta1, beta2, epsilon, grad, *, use_locking: bool = False):
    """m ← running mean of grad; v ← max(β₂ v, |grad|); var ← var - lr / (1 - β₁ᵗ) · m / (v + ε)."""
    m = m + (grad - m) * (1 - beta1)
    v = jnp.maximum(beta2 * v, jnp.abs(grad))
    return var - lr / (1 - beta1_power) * (m / (v + epsilon)), m, v


def rms_prop(var, ms, mom, lr, rho, momentum, epsilon, grad):
    """ms ← running mean of grad²; mom ← momentum · mom + lr · grad / √(ms + ε); var ← var - mom."""
    ms = ms + (grad * grad - ms) * (1 - rho)
    mom = momentum * mom + lr * grad * lax.rsqrt(ms + epsilon)
    return var - mom, ms, mom


@op("ApplyRMSProp", inputs="var: T ref, ms: T ref, mom: T ref, lr: T, rho: T, momentum: T, epsilon: T, grad: T",
    writes=("var", "ms", "mom"), differentiable=UPDATE, T=INEXACT,
    samples=_samples("v", "p", "v", "s", "s", "s", "s", "v"))
def apply_rms_prop(var, ms, mom, lr, rho, momentum, epsilon, grad, *, use_locking: bool = False):
    """ms ← running mean of grad²; mom ← momentum · mom + lr · grad / √(ms + ε); var ← var - mom."""
    return rms_prop(var, ms, mom, lr, rho, momentum, epsilon, grad)


@op("ApplyRMSPropWithoutMomentum", inputs="var: T ref, ms: T ref, lr: T, rho: T, epsilon: T, grad: T",
    writes=("var", "ms"), differentiable=UPDATE, T=INEXACT, samples=_samples("v", "p", "s", "s", "s", "v"))
def apply_rms_prop_without_momentum(var, ms, lr, rho, epsilon, grad, *, use_locking: bool = False):
    """ms ← running mean of grad²; var ← var - lr · grad / √(ms + ε)."""
    ms = ms + (grad * grad - ms) * (1 - rho)
    return var - lr * grad * lax.rsqrt(ms + epsilon), ms


def centered_rms_prop(var, mg, ms, mom, lr, rho, momentum, epsilon, grad):
    """As `rms_prop`, with the variance ms - mg² in place of ms."""
    ms = ms + (grad * grad - ms) * (1 - rho)
    mg = mg + (grad - mg) * (1 - rho)
    mom = momentum * mom + lr * grad * lax.rsqrt(ms - mg * mg + epsilon)
    return var - mom, mg, ms, mom


@op("ApplyCenteredRMSProp", inputs="var: T ref, mg: T ref, ms: T ref, mom: T ref, lr: T, rho: T, momentum: T, "
    "epsilon: T, grad: T", writes=("var", "mg", "ms", "mom"), differentiable=UPDATE, T=INEXACT,
    samples=lambda rng: [(tuple(jnp.float32(x).__array__() for x in (1, 0.1, 2, 0, 0.1, 0.9, 0.5, 1e-3, 1)), {})])
def apply_centered_rms_prop(var, mg, ms, mom, lr, rho, momentum, epsilon, grad, *, use_locking: bool = False):
    """As `ApplyRMSProp`, with the variance of the gradient in place of its mean square."""
    return centered_rms_prop(var, mg, ms, mom, lr, rho, momentum, epsilon, grad)


def adagrad(var, accum, lr, grad, update_slots):
    """accum ← accum + grad²; var ← var - lr · grad / √accum."""
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad * lax.rsqrt(accum), accum


@op("ApplyAdagrad", inputs="var: T ref, accum: T ref, lr: T, grad: T", writes=("var", "accum"), differentiable=UPDATE,
    T=INEXACT, samples=_samples("v", "p", "s", "v"))
def apply_adagrad(var, accum, lr, grad, *, use_locking: bool = False, update_slots: bool = True):
    """accum ← accum + grad²; var ← var - lr · grad / √accum."""
    return adagrad(var, accum, lr, grad, update_slots)


@op("ApplyAdagradV2", inputs="var: T ref, accum: T ref, lr: T, epsilon: T, grad: T", writes=("var", "accum"),
    differentiable=UPDATE, T=INEXACT, samples=_samples("v", "p", "s", "s", "v"))
def apply_adagrad_v2(var, accum, lr, epsilon, grad, *, use_locking: bool = False, update_slots: bool = True):
    """accum ← accum + grad²; var ← var - lr · grad / (√accum + ε)."""
    accum = accum + grad * grad if update_slots else accum
    return var - lr * grad / (jnp.sqrt(accum) + epsilon), accum


def adagrad_da(gradient_sum, square_sum, grad, lr, l1, l2, step):
    """Dual averaging: the variable follows from the sums of gradients and of their squares alone."""
    gradient_sum, square_sum = gradient_sum + grad, square_sum + grad * grad
    step = step.astype(grad.dtype)
    kept = jnp.where(l1 > 0, jnp.sign(gradient_sum) * jnp.maximum(jnp.abs(gradient_sum) - l1 * step, 0), gradient_sum)
    return -lr * kept / (l2 * step * lr + jnp.sqrt(square_sum)), gradient_sum, square_sum


@op("ApplyAdagradDA", inputs="var: T ref, gradient_accumulator: T ref, gradient_squared_accumulator: T ref, grad: T, "
    "lr: T, l1: T, l2: T, global_step: int64", differentiable=UPDATE, T=FLOATS,
    writes=("var", "gradient_accumulator", "gradient_squared_accumulator"))
def apply_adagrad_da(var, gradient_accumulator, gradient_squared_accumulator, grad, lr, l1, l2, global_step, *,
                     use_locking: bool = False):
    """Adagrad by dual averaging, with both regularisations: var from the sums of gradients since the start."""
    return adagrad_da(gradient_accumulator, gradient_squared_accumulator, grad, lr, l1, l2, global_step)


def adadelta(var, accum, accum_update, lr, rho, epsilon, grad):
    """Steps scaled by the ratio of the running root mean squares of steps and gradients."""
    accum = accum * rho + grad * grad * (1 - rho)
    step = jnp.sqrt(accum_update + epsilon) * lax.rsqrt(accum + epsilon) * grad
    return var - lr * step, accum, accum_update * rho + step * step * (1 - rho)


@op("ApplyAdadelta", inputs="var: T ref, accum: T ref, accum_update: T ref, lr: T, rho: T, epsilon: T, grad: T",
    writes=("var", "accum", "accum_update"), differentiable=UPDATE, T=INEXACT,
    samples=_samples("v", "p", "p", "s", "s", "s", "v"))
def apply_adadelta(var, accum, accum_update, lr, rho, epsilon, grad, *, use_locking: bool = False):
    """Steps scaled by the ratio of the running root mean squares of steps and gradients."""
    return adadelta(var, accum, accum_update, lr, rho, epsilon, grad)


def ftrl(var, accum, linear, grad, lr, l1, l2, lr_power, shrinkage=None, by_lr=False):
    """Follow the regularised leader: the variable that minimises the linear loss so far with both penalties."""
    total = accum + grad * grad
    pull = grad if shrinkage is None else grad + 2 * shrinkage * var
    after, before = (jnp.where(lr_power == -0.5, jnp.sqrt(a), jnp.power(a, -lr_power)) for a in (total, accum))
    if by_lr:
        linear = linear + pull * lr - (after - before) * var
        l1, curvature = l1 * lr, after + 2 * l2 * lr
    else:
        linear = linear + pull - (after - before) / lr * var
        curvature = after / lr + 2 * l2
    moved = (l1 * jnp.sign(linear) - linear) / curvature
    return jnp.where(jnp.abs(linear) > l1, moved, jnp.zeros_like(var)), total, linear


@op("ApplyFtrl", inputs="var: T ref, accum: T ref, linear: T ref, grad: T, lr: T, l1: T, l2: T, lr_power: T",
    writes=("var", "accum", "linear"), differentiable=UPDATE, T=FLOATS)
def apply_ftrl(var, accum, linear, grad, lr, l1, l2, lr_power, *, use_locking: bool = False,
               multiply_linear_by_lr: bool = False):
    """Follow the regularised leader, with L1 and L2 penalties."""
    return ftrl(var, accum, linear, grad, lr, l1, l2, lr_power, by_lr=multiply_linear_by_lr)


@op("ApplyFtrlV2", inputs="var: T ref, accum: T ref, linear: T ref, grad: T, lr: T, l1: T, l2: T, l2_shrinkage: T, "
    "lr_power: T", writes=("var", "accum", "linear"), differentiable=UPDATE, T=FLOATS)
def apply_ftrl_v2(var, accum, linear, grad, lr, l1, l2, l2_shrinkage, lr_power, *, use_locking: bool = False,
                  multiply_linear_by_lr: bool = False):
    """As `ApplyFtrl`, with a further pull towards zero that depends on the variable alone."""
    return ftrl(var, accum, linear, grad, lr, l1, l2, lr_power, l2_shrinkage, multiply_linear_by_lr)


def shrunk(point, rate, l1, l2):
    """The proximal step: `point` pulled towards zero by both penalties."""
    pulled = jnp.where(l1 > 0, jnp.sign(point) * jnp.maximum(jnp.abs(point) - rate * l1, 0), point)
    return pulled / (1 + l2 * rate)


@op("ApplyProximalGradientDescent", inputs="var: T ref, alpha: T, l1: T, l2: T, delta: T", writes=("var",),
    differentiable=UPDATE, T=FLOATS, samples=_samples("v", "s", "s", "s", "v"))
def apply_proximal_gradient_descent(var, alpha, l1, l2, delta, *, use_locking: bool = False):
    """A gradient step, then the proximal step of both penalties."""
    return shrunk(var - alpha * delta, alpha, l1, l2)


def proximal_adagrad(var, accum, lr, l1, l2, grad):
    """Adagrad's step, then the proximal step of both penalties at its rate."""
    accum = accum + grad * grad
    rate = lr * lax.rsqrt(accum)
    return shrunk(var - grad * rate, rate, l1, l2), accum


@op("ApplyProximalAdagrad", inputs="var: T ref, accum: T ref, lr: T, l1: T, l2: T, grad: T", writes=("var", "accum"),
    differentiable=UPDATE, T=FLOATS, samples=_samples("v", "p", "s", "s", "s", "v"))
def apply_proximal_adagrad(var, accum, lr, l1, l2, grad, *, use_locking: bool = False):
    """Adagrad's step, then the proximal step of both penalties at its rate."""
    return proximal_adagrad(var, accum, lr, l1, l2, grad)


def bind(*ops: Op) -> None:
    """Give updates their shape rule: one result for each variable and slot that is written."""
    for one in ops:
        one.shape(functools.partial(_results, len(one.writes)))


def _results(width: int, inputs: Any, attrs: dict[str, Any]) -> Any:
    return fits(inputs, attrs) * width


bind(apply_gradient_descent, apply_momentum, apply_adam, apply_ada_max, apply_rms_prop, apply_rms_prop_without_momentum,
     apply_centered_rms_prop, apply_adagrad, apply_adagrad_v2, apply_adagrad_da, apply_adadelta, apply_ftrl,
     apply_ftrl_v2, apply_proximal_gradient_descent, apply_proximal_adagrad)
