"""The generic gradient: the vector–Jacobian product of an op's own function, as an op.

XLA removes the forward computation that it repeats.
"""

from __future__ import annotations

import inspect
from typing import Any

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes
from hornbeam.graph.op import Op, never, registry
from hornbeam.ops import array

_made: dict[str, Op] = {}
SUFFIX = "VJP"


def vjp_op(op: Op) -> Op:
    """The op that takes the inputs of `op` and the gradients of its outputs, and gives its inputs' gradients.

    Gradients of integer and other undifferentiable inputs are zeros that nobody uses.
    """
    found = _made.get(op.type)
    if found is None:
        found = _made[op.type] = _vjp_op(op)
        registry.register(found.type, found)
    return found


def _vjp_op(op: Op) -> Op:
    function = op.function
    width = len(op.args)

    def vjp(*values: Any, list_lengths: Any = None, **attrs: Any) -> list[Any]:
        groups, dys = values[:width], values[width]
        leaves, tree = jax.tree.flatten([None if a.static else v for a, v in zip(op.args, groups, strict=True)])
        moving = [_inexact(v) for v in leaves]

        def forward(*chosen: Any) -> Any:
            picked = iter(chosen)
            full = [next(picked) if m else v for m, v in zip(moving, leaves, strict=True)]
            args = jax.tree.unflatten(tree, full)
            args = [v if a.static else g for a, v, g in zip(op.args, groups, args, strict=True)]
            results = function(*args, **attrs)
            return [r for r in (results if isinstance(results, (tuple, list)) else (results,)) if _inexact(r)]

        _, pull = jax.vjp(forward, *[v for m, v in zip(moving, leaves, strict=True) if m])
        grads = iter(pull([_conjugate(dy) for dy in dys if _inexact(dy)]))
        return [_conjugate(next(grads)) if m else jnp.zeros(jnp.shape(v), jnp.float32)
                for m, v in zip(moving, leaves, strict=True)]

    vjp.__name__ = f"{op.__name__}_vjp"
    vjp.__doc__ = f"The vector–Jacobian product of {op.type}."
    vjp.__signature__ = inspect.Signature()  # type: ignore[attr-defined]  # its attributes are those of `op`
    spec = [f"{a.name}:{' list' * a.many} {getattr(a.type, 'name', a.type) or ''}{' static' * a.static}"
            for a in op.args]
    spec.append(f"dys_of_{op.type}: list")
    made = Op(op.type + SUFFIX, vjp, inputs=", ".join(spec), returns_list=True, types=op.types)
    made.defaults = {**op.defaults, "list_lengths": None}
    made.attr_types = dict(op.attr_types)

    @made.shape
    def _(inputs: Any, attrs: Any) -> Any:
        return [(i.dims, i.dtype if _carries(i.dtype) else dtypes.float32)
                for arg, item in zip(op.args, inputs, strict=False) if not arg.static
                for i in (item if arg.many else [item])]

    return made


def _carries(dtype: dtypes.DType) -> bool:
    return dtype.is_floating or dtype.is_complex


def _inexact(value: Any) -> bool:
    return jnp.issubdtype(jnp.result_type(value), jnp.inexact)


def _conjugate(value: Any) -> Any:
    """TensorFlow's convention for complex gradients is the conjugate of JAX's."""
    return jnp.conj(value) if jnp.issubdtype(jnp.result_type(value), jnp.complexfloating) else value


def generic_gradient(call: Any, *dys: Any) -> list[Any]:
    """The gradients of a call by the generic rule."""
    op = call.declaration
    groups = op.group(call.inputs, call.attrs)
    filled = [array.zeros_like(out) if dy is None else dy for out, dy in zip(call.outputs, dys, strict=True)]
    lengths = (*[len(g) for a, g in zip(op.args, groups, strict=True) if a.many], len(filled))
    attrs: dict[str, Any] = {k: v for k, v in call.attrs.items() if k in op.defaults} | {"list_lengths": lengths}
    grads = iter(vjp_op(op)(*groups, filled, **attrs))
    flat = []
    for arg, item in zip(op.args, groups, strict=True):
        for tensor in item if arg.many else [item]:
            grad = None if arg.static else next(grads)
            flat.append(grad if _differentiable(tensor) else None)
    return flat


def _differentiable(tensor: Any) -> bool:
    return _carries(tensor.dtype.base_dtype)


__all__ = ["generic_gradient", "never", "vjp_op"]
