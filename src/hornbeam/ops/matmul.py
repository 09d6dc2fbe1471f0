"""Products of matrices: one, batches, contractions of any axes, and Einstein's notation."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp, lax
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import NUMERIC, op, registry
from hornbeam.graph.tensor import EagerTensor
from hornbeam.ops import array, rules
from hornbeam.ops.array import unbroadcast
from hornbeam.ops.casts import cast, conj, conjugate
from hornbeam.ops.samples import Sample

# Matrices ------------------------------------------------------------------------------------------


def _matrix_samples(rng: np.random.Generator) -> list[Sample]:
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 4))
    return [((a, b), {}), ((a.T.copy(), b), {"transpose_a": True}), ((a, b.T.copy()), {"transpose_b": True}),
            ((a.T.copy(), b.T.copy()), {"transpose_a": True, "transpose_b": True}),
            ((np.zeros((2, 0)), np.zeros((0, 4))), {})]


@op("MatMul", inputs="a: T, b: T", T=NUMERIC, samples=_matrix_samples)
def matmul_op(a, b, *, transpose_a: bool = False, transpose_b: bool = False):
    """The product of two matrices, either transposed first."""
    return lax.dot_general(a, b, (((1 - transpose_a,), (int(transpose_b),)), ((), ())))


@matmul_op.shape
def _(inputs, attrs):
    (a, dtype), (b, _) = inputs[0][:2], inputs[1][:2]
    for name, dims in (("a", a), ("b", b)):
        if dims is not None and len(dims) != 2:
            raise ShapeFault(f"Shape must be rank 2 but is rank {len(dims)}",
                             f"In[{'ab'.index(name)}] is not a matrix. "
                             f"Instead it has shape {rules.text(dims)}")
    rows, inner = (None, None) if a is None else a[::-1] if attrs["transpose_a"] else a
    inner_b, columns = (None, None) if b is None else b[::-1] if attrs["transpose_b"] else b
    if inner is not None and inner_b is not None and inner != inner_b:
        raise ShapeFault(f"Dimensions must be equal, but are {inner} and {inner_b}",
                         f"Matrix size-incompatible: In[0]: {rules.text(a)}, In[1]: {rules.text(b)}")
    return [((rows, columns), dtype)]


@matmul_op.grad
def _(call, dy):
    a, b = (conjugate(x) for x in call.inputs)
    ta, tb = call.attrs["transpose_a"], call.attrs["transpose_b"]
    da = matmul_op(b, dy, transpose_a=tb, transpose_b=True) if ta else matmul_op(dy, b, transpose_b=not tb)
    db = matmul_op(dy, a, transpose_a=True, transpose_b=ta) if tb else matmul_op(a, dy, transpose_a=not ta)
    return da, db


# Batches -------------------------------------------------------------------------------------------


def _batch_samples(rng: np.random.Generator) -> list[Sample]:
    x, y = rng.normal(size=(5, 2, 3)), rng.normal(size=(5, 3, 4))
    return [((x, y), {}), ((np.swapaxes(x, 1, 2).copy(), y), {"adj_x": True}),
            ((x, np.swapaxes(y, 1, 2).copy()), {"adj_y": True}), ((x, y[0]), {}), ((x[:1], y[None]), {})]


def _equal_batch_samples(rng: np.random.Generator) -> list[Sample]:
    return _batch_samples(rng)[:3]


def _adjoint(x: Any) -> Any:
    x = jnp.swapaxes(x, -1, -2)
    return jnp.conj(x) if jnp.iscomplexobj(x) else x


def _batch_shape(inputs: Any, attrs: dict[str, Any]) -> Any:
    x, y = inputs[0].dims, inputs[1].dims
    dtype = attrs.get("Tout") or inputs[0].dtype
    for at, dims in enumerate((x, y)):
        if dims is not None and len(dims) < 2:
            raise ShapeFault(f"Shape must be at least rank 2 but is rank {len(dims)}",
                             f"In[{at}] ndims must be >= 2: {len(dims)}")
    if x is None or y is None:
        return [(None, dtype)]
    rows, inner = x[:-3:-1] if attrs["adj_x"] else x[-2:]
    inner_y, columns = y[:-3:-1] if attrs["adj_y"] else y[-2:]
    if inner is not None and inner_y is not None and inner != inner_y:
        raise ShapeFault(f"Dimensions must be equal, but are {inner} and {inner_y}",
                         f"Matrix size-incompatible: In[0]: {rules.text(x)}, In[1]: {rules.text(y)}")
    batch = rules.broadcast_dims([x[:-2], y[:-2]])
    return [(None if batch is None else (*batch, rows, columns), dtype)]


@op("BatchMatMulV2", T=NUMERIC, samples=_batch_samples)
def batch_matmul(x, y, *, adj_x: bool = False, adj_y: bool = False):
    """Products of the matrices in the last two dimensions, either adjoint first; the others broadcast."""
    return jnp.matmul(_adjoint(x) if adj_x else x, _adjoint(y) if adj_y else y)


@op("BatchMatMul", T=NUMERIC, samples=_equal_batch_samples)
def batch_matmul_v1(x, y, *, adj_x: bool = False, adj_y: bool = False):
    """Products of the matrices in the last two dimensions, as old graphs spell it: equal batches."""
    return jnp.matmul(_adjoint(x) if adj_x else x, _adjoint(y) if adj_y else y)


@op("BatchMatMulV3", inputs="x: Ta, y: Tb", Ta=NUMERIC, Tb=NUMERIC, attr_types={"Tout": "type"},
    samples=lambda rng: [(s[0], {**s[1], "Tout": "float64"}) for s in _batch_samples(rng)])
def batch_matmul_v3(x, y, *, Tout: Any, adj_x: bool = False, adj_y: bool = False):
    """Products of the matrices in the last two dimensions, accumulated and given in the dtype `Tout`."""
    wide = Tout.np_dtype
    return jnp.matmul((_adjoint(x) if adj_x else x).astype(wide), (_adjoint(y) if adj_y else y).astype(wide))


def _batch_gradient(call: Any, dy: Any) -> Any:
    x, y = call.inputs
    ax, ay = call.attrs["adj_x"], call.attrs["adj_y"]
    dx = batch_matmul(y, dy, adj_x=ay, adj_y=True) if ax else batch_matmul(dy, y, adj_y=not ay)
    if not ax and _is_one_product(x, y, dy):
        rows, dys = (registry["Reshape"](v, (-1, v.dims[-1])) for v in (x, dy))
        dz = matmul_op(dys, rows, transpose_a=True) if ay else matmul_op(rows, dys, transpose_a=True)
        return unbroadcast(dx, x), dz
    dz = batch_matmul(dy, x, adj_x=True, adj_y=ax) if ay else batch_matmul(x, dy, adj_x=not ax)
    return unbroadcast(dx, x), unbroadcast(dz, y)


def _is_one_product(x: Any, y: Any, dy: Any) -> bool:
    """Whether the gradient of the matrix `y` is one product of all rows, not a sum over a batch."""
    return (y.dims is not None and len(y.dims) == 2 and not y.dtype.base_dtype.is_complex
            and all(v.dims is not None and v.dims[-1] is not None for v in (x, dy)))


for _batch in (batch_matmul, batch_matmul_v1, batch_matmul_v3):
    _batch.shape(_batch_shape)
batch_matmul.grad(_batch_gradient)
batch_matmul_v1.grad(_batch_gradient)


@public("matmul", "linalg.matmul")
def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, adjoint_a: bool = False,
           adjoint_b: bool = False, a_is_sparse: bool = False, b_is_sparse: bool = False, output_type: Any = None,
           grad_a: bool = False, grad_b: bool = False, name: str | None = None) -> Any:
    """The product of matrices, or of the matrices in the last two dimensions, where the others broadcast.

    a: [..., m, k]; b: [..., k, n]; one dtype. Returns [..., m, n]. transpose_*, adjoint_*: turn (and conjugate) a
    matrix first. *_is_sparse: hints, without effect on the result. output_type: the dtype of the result and its
    sums. Raises ValueError or InvalidArgumentError where the inner dimensions differ.

    >>> matmul([[1., 2.]], [[3.], [4.]]).numpy().tolist()
    [[11.0]]
    """
    if type(a) is EagerTensor and type(b) is EagerTensor and len(a.dims) == 2 == len(b.dims) and not (
            transpose_a or transpose_b or adjoint_a or adjoint_b or output_type):
        return matmul_op(a, b, name=name)
    if transpose_a and adjoint_a:
        raise ValueError("Only one of `transpose_a` and `adjoint_a` can be True.")
    if transpose_b and adjoint_b:
        raise ValueError("Only one of `transpose_b` and `adjoint_b` can be True.")
    turn_a, turn_b = bool(transpose_a or adjoint_a), bool(transpose_b or adjoint_b)
    # What a program registered a conversion for may have a dtype and be no tensor yet.
    kinds = [getattr(v, "dtype", None) if hasattr(v, "dims") else None for v in (a, b)]
    known = next((k.base_dtype for k in kinds if isinstance(k, dtypes.DType)), None)
    if not isinstance(kinds[0], dtypes.DType):
        a = array.convert(a, known, name="a")
        known = a.dtype.base_dtype
    if not isinstance(kinds[1], dtypes.DType):
        b = array.convert(b, known, name="b")
    ranks = [None if t.dims is None else len(t.dims) for t in (a, b)]
    wanted = None if output_type is None else dtypes.as_dtype(output_type).base_dtype
    batched = any(r is None or r > 2 for r in ranks) and not any(r is not None and r < 2 for r in ranks)
    if not batched and (wanted is None or wanted is a.dtype.base_dtype):
        a, b = (conj(a) if adjoint_a else a), (conj(b) if adjoint_b else b)
        return matmul_op(a, b, transpose_a=turn_a, transpose_b=turn_b, name=name)
    if a.dtype.base_dtype.is_complex:
        a, b = (conj(a) if transpose_a else a), (conj(b) if transpose_b else b)
    if wanted is not None and wanted is not a.dtype.base_dtype:
        return batch_matmul_v3(a, b, Tout=wanted, adj_x=turn_a, adj_y=turn_b, name=name or "MatMul")
    return batch_matmul(a, b, adj_x=turn_a, adj_y=turn_b, name=name or "MatMul")


@public(v1=("sparse_matmul",))
def sparse_matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, a_is_sparse: bool = False,
                  b_is_sparse: bool = False, name: str | None = None) -> Any:
    """The product of two matrices that may hold many zeros, as float32.

    a, b: float32 or bfloat16 matrices. *_is_sparse: hints, without effect on the result.
    """
    a, b = (cast(x, dtypes.float32) for x in (a, b))
    return matmul_op(a, b, transpose_a=transpose_a, transpose_b=transpose_b, name=name or "SparseMatMul")


@public(v1=("batch_matmul",))
def batch_matmul_function(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None) -> Any:
    """Products of the matrices in the last two dimensions, either adjoint first (the name before 1.0)."""
    return batch_matmul(x, y, adj_x=adj_x, adj_y=adj_y, name=name or "BatchMatMul")


@public("linalg.matvec")
@composite("MatVec")
def matvec(a: Any, b: Any, transpose_a: bool = False, adjoint_a: bool = False, a_is_sparse: bool = False,
           b_is_sparse: bool = False, name: str | None = None) -> Any:
    """Matrices times vectors.

    a: [..., m, k]; b: [..., k]; leading dimensions broadcast. Returns [..., m]. transpose_a, adjoint_a: turn (and
    conjugate) the matrices first. *_is_sparse: hints, without effect.

    >>> matvec([[1., 2.], [3., 4.]], [1., 1.]).numpy().tolist()
    [3.0, 7.0]
    """
    kind = getattr(a, "dtype", None) or getattr(b, "dtype", None)
    kind = kind.base_dtype if isinstance(kind, dtypes.DType) else None
    a = array.convert(a, None if isinstance(getattr(a, "dtype", None), dtypes.DType) else kind, name="a")
    b = array.convert(b, None if isinstance(getattr(b, "dtype", None), dtypes.DType) else a.dtype.base_dtype, name="b")
    column = registry["ExpandDims"](b, -1)
    product = matmul(a, column, transpose_a=transpose_a, adjoint_a=adjoint_a, a_is_sparse=a_is_sparse,
                     b_is_sparse=b_is_sparse)
    return registry["Squeeze"](product, squeeze_dims=(-1,))


# Contractions --------------------------------------------------------------------------------------


def _contraction_axes(a: Any, b: Any, axes: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes of `a` and of `b` that are summed, none negative where the rank is known. Raises ValueError where
    they do not fit."""
    a_rank, b_rank = (None if x.dims is None else len(x.dims) for x in (a, b))
    array_axes = np.asarray(axes)
    if array_axes.ndim == 0:
        count = int(array_axes)
        if count < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        if any(rank is not None and count > rank for rank in (a_rank, b_rank)):
            raise ValueError(f"`axes` must not be larger than the number of dimensions of tensor {a}. "
                             f"Received {count}, vs tensor dimensions {a_rank} and {b_rank}.")
        return tuple(range((a_rank or 0) - count, a_rank or 0)), tuple(range(count))
    if len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    first, second = (tuple(int(i) for i in np.reshape(np.asarray(part), -1)) for part in axes)
    if len(first) != len(second):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(first)} != {len(second)}.")
    for rank, part in ((a_rank, first), (b_rank, second)):
        if rank is not None and any(not -rank <= i < rank for i in part):
            raise ValueError(f"Axes {part} are out of range for a tensor of rank {rank}.")
    return _not_negative(first, a_rank), _not_negative(second, b_rank)


def _not_negative(axes: tuple[int, ...], rank: int | None) -> tuple[int, ...]:
    return axes if rank is None else tuple(i % rank for i in axes)


@op("Tensordot", inputs="a: T, b: T", T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 3, 5))),
                          {"axes_a": (2, 1), "axes_b": (0, 1)}),
                         ((rng.normal(size=2), rng.normal(size=3)), {"axes_a": (), "axes_b": ()})])
def tensordot_op(a, b, *, axes_a: Any = (), axes_b: Any = ()):
    """The sum of products over pairs of axes of `a` and `b`; first the other axes of `a`, then those of `b`."""
    return jnp.tensordot(a, b, (tuple(axes_a), tuple(axes_b)))


@tensordot_op.shape
def _(inputs, attrs):
    a, b = inputs[0].dims, inputs[1].dims
    if a is None or b is None:
        return [(None, inputs[0].dtype)]
    axes_a, axes_b = _not_negative(attrs["axes_a"], len(a)), _not_negative(attrs["axes_b"], len(b))
    for i, j in zip(axes_a, axes_b, strict=True):
        if a[i] is not None and b[j] is not None and a[i] != b[j]:
            raise ShapeFault(f"Dimensions must be equal, but are {a[i]} and {b[j]}",
                             f"Matrix size-incompatible: In[0]: {rules.text(a)}, In[1]: {rules.text(b)}")
    kept = [d for i, d in enumerate(a) if i not in axes_a]
    return [((*kept, *(d for i, d in enumerate(b) if i not in axes_b)), inputs[0].dtype)]


@op("TensordotGrad", inputs="dy: T, a: T, b: T", T=NUMERIC, outputs=("da", "db"),
    samples=lambda rng: [((rng.normal(size=(2, 5)), rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 3, 5))),
                          {"axes_a": (2, 1), "axes_b": (0, 1)})])
def tensordot_grad(dy, a, b, *, axes_a: Any = (), axes_b: Any = ()):
    """The gradients of both inputs of `Tensordot`."""
    return tuple(_pulled(lambda a, b: jnp.tensordot(a, b, (tuple(axes_a), tuple(axes_b))), dy, a, b))


@tensordot_grad.shape
def _(inputs, attrs):
    return [(i.dims, i.dtype) for i in inputs[1:]]


@tensordot_op.grad
def _(call, dy):
    return tensordot_grad(dy, *call.inputs, axes_a=call.attrs["axes_a"], axes_b=call.attrs["axes_b"])


def _pulled(function: Any, dy: Any, *values: Any) -> list[Any]:
    """The gradients of `values` in TensorFlow's convention for complex numbers, which is the conjugate of JAX's."""
    _, pull = jax.vjp(function, *values)
    return [jnp.conj(g) for g in pull(jnp.conj(dy))] if jnp.iscomplexobj(dy) else list(pull(dy))


@public("tensordot", "linalg.tensordot")
@composite("Tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Any:
    """The sum of products over chosen axes of two tensors.

    axes: a number n (the last n axes of `a` with the first n of `b`), or two lists of axes, paired. The result has
    the other axes of `a`, then those of `b`. Raises ValueError where axes are missing or their sizes differ.

    >>> tensordot([[1., 2.], [3., 4.]], [1., 10.], 1).numpy().tolist()
    [21.0, 43.0]
    """
    kind = getattr(b, "dtype", None)
    a = array.convert(a, None if isinstance(getattr(a, "dtype", None), dtypes.DType) or
                      not isinstance(kind, dtypes.DType) else kind.base_dtype, name="a")
    b = array.convert(b, None if isinstance(kind, dtypes.DType) else a.dtype.base_dtype, name="b")
    axes_a, axes_b = _contraction_axes(a, b, axes)
    return tensordot_op(a, b, axes_a=axes_a, axes_b=axes_b, name=own_name() if own_name() is None else "MatMul")


@op("Einsum", inputs="inputs: list T", T=NUMERIC,
    samples=lambda rng: [(([rng.normal(size=(2, 3)), rng.normal(size=(3, 4))],), {"equation": "ij,jk->ik"}),
                         (([rng.normal(size=(3, 3))],), {"equation": "ii->i"}),
                         (([rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 3))],), {"equation": "...ij,ji->..."})])
def einsum_op(inputs, *, equation: str):
    """A sum of products of tensors in Einstein's notation."""
    return jnp.einsum(equation, *inputs).astype(inputs[0].dtype)


@op("EinsumGrad", inputs="dy: T, inputs: list T", T=NUMERIC, returns_list=True,
    samples=lambda rng: [((rng.normal(size=(2, 4)), [rng.normal(size=(2, 3)), rng.normal(size=(3, 4))]),
                          {"equation": "ij,jk->ik"})])
def einsum_grad(dy, inputs, *, equation: str):
    """The gradients of all inputs of `Einsum`."""
    return _pulled(lambda *values: jnp.einsum(equation, *values).astype(dy.dtype), dy, *inputs)


@einsum_op.grad
def _(call, dy):
    return einsum_grad(dy, list(call.inputs), equation=call.attrs["equation"])


@composite("einsum")
def _einsum(equation: str, inputs: Any, name: str | None = None) -> Any:
    return einsum_op(list(inputs), equation=equation)


@public("einsum", "linalg.einsum")
def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Any:
    """A sum of products of tensors in Einstein's notation.

    equation: `"ij,jk->ik"`: a letter for each axis of each input; letters missing after the arrow are summed, `...`
    stands for axes that broadcast; without an arrow, letters that stand once are kept, in alphabetical order.
    inputs: tensors of one dtype. kwargs: `name`, and `optimize`, whose value does not change the result.
    Raises ValueError where equation and tensors do not fit.

    >>> einsum("ij,j->i", [[1., 2.], [3., 4.]], [1., 1.]).numpy().tolist()
    [3.0, 7.0]
    """
    name = kwargs.pop("name", None)
    kwargs.pop("optimize", None)
    if kwargs:
        raise TypeError(f"Invalid keyword arguments for this function: {', '.join(sorted(kwargs))}. "
                        "Valid keyword arguments are: name, optimize.")
    plain = equation.replace(" ", "")
    if plain.partition("->")[0].count(",") + 1 != len(inputs):
        raise ValueError(f"Equation {equation!r} is for {plain.partition('->')[0].count(',') + 1} tensors, "
                         f"{len(inputs)} were given.")
    return _einsum(plain, list(inputs), name)
