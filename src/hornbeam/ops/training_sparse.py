"""The updates of TF1's optimizers for rows: what a gather's gradient changes.

Rows that occur several times in `indices` get one update by the sum of their gradients. (TensorFlow's optimizers add
them up beforehand; its bare ops update such a row once for each time.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.op import FLOATS, INDEX, INEXACT, Op, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.ops import rules, training
from hornbeam.ops.scatter import outside
from hornbeam.ops.training import UPDATE


def summed(grad: Any, indices: Any) -> Any:
    """The gradient of each row of the list, with those of its other occurrences added."""
    count = indices.shape[0]
    if count < 2:
        return grad
    grad, indices = jnp.asarray(grad), jnp.asarray(indices)
    order = jnp.argsort(indices)
    ranked = indices[order]
    group = jnp.cumsum(jnp.concatenate([jnp.zeros(1, jnp.int32), (ranked[1:] != ranked[:-1]).astype(jnp.int32)]))
    totals = jax.ops.segment_sum(grad[order], group, count)
    return jnp.zeros_like(grad).at[order].set(totals[group])


def by_rows(update: Callable[..., Any], held: tuple[Any, ...], grad: Any, indices: Any) -> tuple[Any, ...]:
    """Apply `update(*rows, grad) → new rows` to the rows of each array in `held`."""
    rows = tuple(h[indices] for h in held)
    changed = update(*rows, summed(grad, indices))
    return tuple(h.at[indices].set(c.astype(h.dtype)) for h, c in zip(held, changed, strict=True))


def _shape(width: int) -> Any:
    def rule(inputs: Any, attrs: dict[str, Any], names: Any = None) -> Any:
        var = inputs[0].dims
        indices = next(i for i in inputs if i.dtype in INDEX and i.dims != ())
        grad = next((i for i in inputs[::-1] if i.dtype is inputs[0].dtype and i.dims not in ((), None)), inputs[0])
        if indices.dims is not None and len(indices.dims) != 1:
            raise ShapeFault(f"Shape must be rank 1 but is rank {len(indices.dims)}", "indices must be one-dimensional")
        if var is not None and indices.dims and grad is not inputs[0]:
            wanted = TensorShape((indices.dims[0], *var[1:]))
            if not wanted.is_compatible_with(TensorShape(grad.dims)):
                raise ShapeFault(f"Dimensions must be equal: the gradient has shape {rules.text(grad.dims)}, variable "
                                 f"and indices ask for {rules.text(wanted._dims)}")
        return [(var, inputs[0].dtype)] * width

    return rule


def _samples(*kinds: str) -> Any:
    """As `training`'s, with `i` the indices and `g` the rows' gradients."""
    def make(rng: Any) -> list[Any]:
        made = {"v": lambda: rng.normal(size=(4, 2)).astype(np.float32), "i": lambda: np.array([2, 0, 2]),
                "p": lambda: rng.uniform(0.5, 2, (4, 2)).astype(np.float32), "n": lambda: np.array(3, np.int64),
                "s": lambda: np.array(rng.uniform(0.1, 0.9), np.float32),
                "g": lambda: rng.normal(size=(3, 2)).astype(np.float32)}
        return [(tuple(made[k]() for k in kinds), {})]

    return make


def _sparse(type: str, inputs: str, writes: tuple[str, ...], allowed: Any, kinds: str) -> Callable[..., Op]:
    def declare(function: Callable[..., Any]) -> Op:
        made = op(type, inputs=inputs, writes=writes, differentiable=UPDATE, T=allowed, Tindices=INDEX,
                  samples=_samples(*kinds))(function)
        made.shape(_shape(len(writes)))
        at = [a.name for a in made.args].index("indices")
        made.check(lambda *arrays, **attrs: outside(arrays[at], arrays[0].shape[0]))
        made.message(lambda numbers, values, attrs:
                     f"Index {int(numbers[0])} at offset {int(numbers[1])} in indices is out of range")
        return made

    return declare


@_sparse("SparseApplyMomentum", "var: T ref, accum: T ref, lr: T, grad: T, indices: Tindices, momentum: T",
         ("var", "accum"), INEXACT, "vvsgis")
def sparse_apply_momentum(var, accum, lr, grad, indices, momentum, *, use_locking: bool = False,
                          use_nesterov: bool = False):
    """`ApplyMomentum` of the rows `indices`; other rows and their accumulators stay."""
    return by_rows(lambda w, a, g: training.momentum_step(w, a, lr, g, momentum, use_nesterov),
                   (var, accum), grad, indices)


@_sparse("SparseApplyAdam", "var: T ref, m: T ref, v: T ref, beta1_power: T, beta2_power: T, lr: T, beta1: T, "
         "beta2: T, epsilon: T, grad: T, indices: Tindices", ("var", "m", "v"), INEXACT, "vvpssssssgi")
def sparse_apply_adam(var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, indices, *,
                      use_locking: bool = False):
    """`ApplyAdam` by a gradient that is zero outside the rows `indices`: all moments decay, and every row moves."""
    rate = lr * jnp.sqrt(1 - beta2_power) / (1 - beta1_power)
    total = jnp.zeros_like(var).at[indices].add(grad)
    m = m * beta1 + total * (1 - beta1)
    v = v * beta2 + total * total * (1 - beta2)
    return var - rate * m / (jnp.sqrt(v) + epsilon), m, v


@_sparse("SparseApplyRMSProp", "var: T ref, ms: T ref, mom: T ref, lr: T, rho: T, momentum: T, epsilon: T, grad: T, "
         "indices: Tindices", ("var", "ms", "mom"), INEXACT, "vpvssssgi")
def sparse_apply_rms_prop(var, ms, mom, lr, rho, momentum, epsilon, grad, indices, *, use_locking: bool = False):
    """`ApplyRMSProp` of the rows `indices`."""
    return by_rows(lambda w, s, m, g: training.rms_prop(w, s, m, lr, rho, momentum, epsilon, g),
                   (var, ms, mom), grad, indices)


@_sparse("SparseApplyCenteredRMSProp", "var: T ref, mg: T ref, ms: T ref, mom: T ref, lr: T, rho: T, momentum: T, "
         "epsilon: T, grad: T, indices: Tindices", ("var", "mg", "ms", "mom"), INEXACT, "vvpvssssgi")
def sparse_apply_centered_rms_prop(var, mg, ms, mom, lr, rho, momentum, epsilon, grad, indices, *,
                                   use_locking: bool = False):
    """`ApplyCenteredRMSProp` of the rows `indices`."""
    return by_rows(lambda w, a, s, m, g: training.centered_rms_prop(w, a, s, m, lr, rho, momentum, epsilon, g),
                   (var, mg, ms, mom), grad, indices)


@_sparse("SparseApplyAdagrad", "var: T ref, accum: T ref, lr: T, grad: T, indices: Tindices", ("var", "accum"),
         INEXACT, "vpsgi")
def sparse_apply_adagrad(var, accum, lr, grad, indices, *, use_locking: bool = False, update_slots: bool = True):
    """`ApplyAdagrad` of the rows `indices`."""
    return by_rows(lambda w, a, g: training.adagrad(w, a, lr, g, update_slots), (var, accum), grad, indices)


@_sparse("SparseApplyAdagradDA", "var: T ref, gradient_accumulator: T ref, gradient_squared_accumulator: T ref, "
         "grad: T, indices: Tindices, lr: T, l1: T, l2: T, global_step: int64",
         ("var", "gradient_accumulator", "gradient_squared_accumulator"), FLOATS, "vvpgisssn")
def sparse_apply_adagrad_da(var, gradient_accumulator, gradient_squared_accumulator, grad, indices, lr, l1, l2,
                            global_step, *, use_locking: bool = False):
    """`ApplyAdagradDA` of the rows `indices`."""
    return by_rows(lambda _, a, s, g: training.adagrad_da(a, s, g, lr, l1, l2, global_step),
                   (var, gradient_accumulator, gradient_squared_accumulator), grad, indices)


@_sparse("SparseApplyAdadelta", "var: T ref, accum: T ref, accum_update: T ref, lr: T, rho: T, epsilon: T, grad: T, "
         "indices: Tindices", ("var", "accum", "accum_update"), INEXACT, "vppsssgi")
def sparse_apply_adadelta(var, accum, accum_update, lr, rho, epsilon, grad, indices, *, use_locking: bool = False):
    """`ApplyAdadelta` of the rows `indices`."""
    return by_rows(lambda w, a, u, g: training.adadelta(w, a, u, lr, rho, epsilon, g), (var, accum, accum_update), grad,
                   indices)


@_sparse("SparseApplyFtrl", "var: T ref, accum: T ref, linear: T ref, grad: T, indices: Tindices, lr: T, l1: T, "
         "l2: T, lr_power: T", ("var", "accum", "linear"), FLOATS, "vpvgissss")
def sparse_apply_ftrl(var, accum, linear, grad, indices, lr, l1, l2, lr_power, *, use_locking: bool = False,
                      multiply_linear_by_lr: bool = False):
    """`ApplyFtrl` of the rows `indices`."""
    return by_rows(lambda w, a, z, g: training.ftrl(w, a, z, g, lr, l1, l2, lr_power, by_lr=multiply_linear_by_lr),
                   (var, accum, linear), grad, indices)


@_sparse("SparseApplyFtrlV2", "var: T ref, accum: T ref, linear: T ref, grad: T, indices: Tindices, lr: T, l1: T, "
         "l2: T, l2_shrinkage: T, lr_power: T", ("var", "accum", "linear"), FLOATS, "vpvgisssss")
def sparse_apply_ftrl_v2(var, accum, linear, grad, indices, lr, l1, l2, l2_shrinkage, lr_power, *,
                         use_locking: bool = False, multiply_linear_by_lr: bool = False):
    """`ApplyFtrlV2` of the rows `indices`."""
    return by_rows(lambda w, a, z, g: training.ftrl(w, a, z, g, lr, l1, l2, lr_power, l2_shrinkage,
                                                     multiply_linear_by_lr),
                   (var, accum, linear), grad, indices)


@_sparse("SparseApplyProximalGradientDescent", "var: T ref, alpha: T, l1: T, l2: T, grad: T, indices: Tindices",
         ("var",), FLOATS, "vsssgi")
def sparse_apply_proximal_gradient_descent(var, alpha, l1, l2, grad, indices, *, use_locking: bool = False):
    """`ApplyProximalGradientDescent` of the rows `indices`."""
    return by_rows(lambda w, g: (training.shrunk(w - alpha * g, alpha, l1, l2),), (var,), grad, indices)[0]


@_sparse("SparseApplyProximalAdagrad", "var: T ref, accum: T ref, lr: T, l1: T, l2: T, grad: T, indices: Tindices",
         ("var", "accum"), FLOATS, "vpsssgi")
def sparse_apply_proximal_adagrad(var, accum, lr, l1, l2, grad, indices, *, use_locking: bool = False):
    """`ApplyProximalAdagrad` of the rows `indices`."""
    return by_rows(lambda w, a, g: training.proximal_adagrad(w, a, lr, l1, l2, g), (var, accum), grad, indices)
