"""`linalg.experimental.conjugate_gradient`: systems of equations by products with their matrix alone."""

from __future__ import annotations

from typing import Any, NamedTuple

from hornbeam.graph.call import composite
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.ops import array, control_flow, norms
from hornbeam.ops.arithmetic import add_v2, multiply, subtract
from hornbeam.ops.compare import greater, logical_and
from hornbeam.ops.division import real_div
from hornbeam.ops.reduce import reduce_any, reduce_sum


class CGState(NamedTuple):
    """Where the iteration stands: its number, the solution so far, the residual, the direction, and |residual|²."""

    i: Any
    x: Any
    r: Any
    p: Any
    gamma: Any


@public("linalg.experimental.conjugate_gradient")
@composite("conjugate_gradient")
def conjugate_gradient(operator: Any, rhs: Any, preconditioner: Any = None, x: Any = None, tol: float = 1e-5,
                       max_iter: int = 20, name: str | None = "conjugate_gradient") -> CGState:
    """The solution of A·x = `rhs` for a self-adjoint, positive definite operator A, by conjugate gradients.

    operator: a `LinearOperator` [..., n, n]. rhs: [..., n]. preconditioner: an operator near the inverse of A.
    x: where to start, 0 by default. Ends after `max_iter` iterations, or where no residual is larger than `tol` times
    the norm of its `rhs`. Returns a `CGState`, whose `x` is the solution.
    Raises ValueError for an operator that is not known to be self-adjoint and positive definite.
    Hestenes, Stiefel 1952.
    """
    for each in (operator, preconditioner):
        if each is not None and not (each.is_self_adjoint and each.is_positive_definite):
            raise ValueError("Expected a self-adjoint, positive definite operator.")
    rhs = array.convert(rhs)
    limit = multiply(tol, norms.norm(rhs, axis=-1))
    if x is None:
        x, residual = array.zeros_like(rhs), rhs
    else:
        x = array.convert(x)
        residual = subtract(rhs, operator.matvec(x))
    direction = residual if preconditioner is None else preconditioner.matvec(residual)
    start = CGState(array.convert(0), x, residual, direction, _dot(residual, direction))

    def goes_on(state: CGState) -> Any:
        return logical_and(ops["Less"](state.i, max_iter), reduce_any(greater(norms.norm(state.r, axis=-1), limit)))

    def step(state: CGState) -> tuple[CGState]:
        product = operator.matvec(state.p)
        alpha = real_div(state.gamma, _dot(state.p, product))
        now = add_v2(state.x, _scaled(alpha, state.p))
        left = subtract(state.r, _scaled(alpha, product))
        better = left if preconditioner is None else preconditioner.matvec(left)
        gamma = _dot(left, better)
        turned = add_v2(better, _scaled(real_div(gamma, state.gamma), state.p))
        return (CGState(add_v2(state.i, 1), now, left, turned, gamma),)

    return control_flow.while_loop(goes_on, step, [start])[0]


def _dot(a: Any, b: Any) -> Any:
    return reduce_sum(multiply(ops["Conj"](a) if a.dtype.is_complex else a, b), axis=-1)


def _scaled(factor: Any, vector: Any) -> Any:
    return multiply(array.expand_dims(factor, -1), vector)
