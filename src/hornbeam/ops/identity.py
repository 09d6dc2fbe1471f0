"""Ops that hand their input on: for its name, its gradient, or what they know of its shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes, infer, nest
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.shapes import TensorShape
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import dims as shapes
from hornbeam.ops import rules
from hornbeam.ops.conversion import convert
from hornbeam.ops.dims import ShapeFault


def _real(rng: np.random.Generator) -> list[Any]:
    return [((rng.normal(size=(2, 3)),), {}), ((np.float32(1),), {})]


@op("Identity", inputs="input: T", samples=_real)
def identity_op(input):
    """The same tensor, as the output of another operation."""
    return input


@op("StopGradient", inputs="input: T", names=("stop_gradient",), samples=_real,
    waive={"gradient": "stops gradients, as asked"})
def stop_gradient(input):
    """`input`, taken as a constant by gradients: nothing flows back through it."""
    return input


@op("PreventGradient", inputs="input: T", samples=_real, waive={"gradient": "raises, as it should"})
def prevent_gradient(input, *, message: str = ""):
    """`input`; asking for a gradient through it is an error."""
    return input


@op("GuaranteeConst", inputs="input: T", names=(), v1=("guarantee_const",), v2=("guarantee_const",),
    differentiable=never("promises a constant"), samples=_real)
def guarantee_const(input):
    """`input`, with the promise that it never changes."""
    return input


@op("Snapshot", inputs="input: T", samples=_real)
def snapshot(input):
    """A copy of `input`."""
    return input


for _op in (identity_op, stop_gradient, prevent_gradient, guarantee_const, snapshot):
    _op.shape(rules.as_first)


def _handed_on(call: Any, dy: Any) -> Any:
    return dy


identity_op.grad(_handed_on)
snapshot.grad(_handed_on)


@stop_gradient.grad
def _(call, dy):
    return None


@prevent_gradient.grad
def _(call, dy):
    raise LookupError(f"Gradient explicitly disabled. Reason: {call.attrs['message']}")


@infer.partial_rule("Identity")
def _(tensor):
    return None if tensor.op.inputs[0].dtype._is_ref_dtype else infer.partial_shape(tensor.op.inputs[0])


@public("identity")
def identity(input: Any, name: str | None = None) -> Any:
    """A tensor of the same value as `input`; of a variable, its value now (after the control dependencies in force).

    input: any tensor, or a `SparseTensor`.
    """
    if isinstance(input, SparseTensor):
        return nest.map_structure(identity_op, input, expand_composites=True)
    return identity_op(input, name=name)


@op("IdentityN", inputs="input: list", returns_list=True, gives_strings=False,
    samples=lambda rng: [(([rng.normal(size=2), np.int32(1)],), {})])
def identity_n_op(input):
    """The same tensors, as the outputs of another operation."""
    return list(input)


@identity_n_op.shape
def _(inputs, attrs):
    return [(i.dims, i.dtype) for i in inputs[0]]


@identity_n_op.grad
def _(call, *dys):
    return list(dys)


@public("identity_n")
def identity_n(input: Any, name: str | None = None) -> list[Any]:
    """A list of tensors of the same values as those of `input`, all outputs of one operation."""
    tensors = [convert(i) for i in input]
    if any(t.dtype.base_dtype is dtypes.string for t in tensors):
        return [identity_op(t, name=name) for t in tensors]  # strings travel apart from numbers
    return identity_n_op(tensors, name=name)


@op("EnsureShape", inputs="input: T", samples=lambda rng: [((rng.normal(size=(2, 3)),), {"shape": (None, 3)})])
def ensure_shape_op(input, *, shape: Any):
    """`input`, whose shape is checked when it runs."""
    return input


@ensure_shape_op.shape
def _(inputs, attrs):
    (dims, dtype), wanted = inputs[0][:2], TensorShape(attrs["shape"])._dims
    if dims is not None and wanted is not None and len(dims) != len(wanted):
        raise ShapeFault(f"Shape must be rank {len(wanted)} but is rank {len(dims)}", _misfit(dims, wanted))
    return [(shapes.merged(wanted, dims, _misfit(dims, wanted)), dtype)]


def _misfit(dims: Any, wanted: Any) -> str:
    return (f"Shape of tensor input {shapes.text(dims)} is not compatible with expected shape "
            f"{shapes.text(wanted)}.")


@ensure_shape_op.grad
def _(call, dy):
    return ensure_shape_op(dy, shape=TensorShape(call.inputs[0].dims))


@public("ensure_shape")
def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Any:
    """`x`, checked when it runs to have `shape`, in which None fits any size; the static shape learns from it.

    Raises ValueError while a graph is built where the shapes contradict each other, else InvalidArgumentError.
    """
    return ensure_shape_op(x, shape=TensorShape(shape), name=name)
