"""Elements moved as a whole: slices, paddings, transposes, reversals, rolls."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax, jnp
from hornbeam.graph import dtypes, infer
from hornbeam.graph.call import composite
from hornbeam.graph.execute import finding
from hornbeam.graph.names import public
from hornbeam.graph.op import BOOL, INDEX, NUMERIC, STRING, never, op
from hornbeam.graph.op import registry as ops
from hornbeam.ops import dims as shapes
from hornbeam.ops.constants import range as range_
from hornbeam.ops.conversion import convert, scope_name, shape_argument
from hornbeam.ops.dims import ShapeFault, static_dims, static_value
from hornbeam.ops.shaping import rank, shape_of

# Slice -----------------------------------------------------------------------------------------------


@op("Slice", inputs="input: T, begin: Index static, size: Index static", Index=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([1, 0]), np.array(s)), {}) for s in ([2, 3], [-1, 2],
                                                                                             [0, 4])])
def slice_op(input, begin, size):
    """The part of a tensor that starts at `begin` and has the shape `size`, where -1 goes to the end."""
    dims = jnp.shape(input)
    if isinstance(begin, np.ndarray):
        starts = [int(b) for b in begin]
        ends = [d if int(s) == -1 else b + int(s) for b, s, d in zip(starts, size, dims, strict=True)]
        return jax.lax.slice(input, starts, ends)
    return jax.lax.dynamic_slice(input, list(begin), [int(s) for s in size])


@slice_op.shape
def _(inputs, attrs):
    (dims, dtype), begin, size = inputs[0][:2], inputs[1], inputs[2]
    rank_ = next((i.dims[0] for i in (begin, size) if i.dims), None) if dims is None else len(dims)
    if rank_ is None:
        return [(None, dtype)]
    for i in (begin, size):
        if i.dims is not None and i.dims != () and i.dims[0] not in (None, rank_):
            raise ShapeFault(f"Shape must be rank {i.dims[0]} but is rank {rank_}",
                             f"Expected begin and size arguments to be 1-D tensors of size {rank_}, but got shapes "
                             f"{shapes.text(begin.dims)} and {shapes.text(size.dims)} instead.")
    starts = [None] * rank_ if begin.value is None else [int(b) for b in begin.value]
    sizes = list(shapes.held_shape(size) or (None,) * rank_) if size.value is None else [int(s) for s in size.value]
    dims = (None,) * rank_ if dims is None else dims
    out = []
    for i, (b, s, d) in enumerate(zip(starts, sizes, dims, strict=True)):
        if s == -1:
            out.append(None if b is None or d is None else d - b)
        else:
            out.append(s)
        if b is not None and (b < 0 or (d is not None and b > d)):
            raise ShapeFault(f"Expected begin[{i}] in [0, {d}], but got {b}")
        if s is not None and (s < -1 or (d is not None and (b or 0) + s > d)):
            raise ShapeFault(f"Expected size[{i}] in [0, {d if d is None else d - (b or 0)}], but got {s}")
    return [(tuple(out), dtype)]


@slice_op.static
def _(operation):
    """A begin that only a run tells costs no compilation, unless the size follows from it."""
    begin, size = operation.inputs[1], operation.inputs[2]
    value = infer.constant_value(size)
    return [size] if value is not None and -1 not in value else [begin, size]


@slice_op.lower
def _(context, call, values):
    begin = values[1]
    if context.concrete or isinstance(begin, np.ndarray):
        return context.apply(call, values)
    x, size = values[0], values[2]
    room = np.array(jnp.shape(x)) - np.asarray(size)
    if (room < 0).any():
        i = int(np.flatnonzero(room < 0)[0])
        raise shapes.refused(call, f"Expected size[{i}] in [0, {jnp.shape(x)[i]}], but got {size[i]}")
    bad = (begin < 0) | (begin > room)
    at = jnp.argmax(bad)
    limit = jnp.take(jnp.asarray(np.array(jnp.shape(x))), at)
    context.note(call, finding(bad.any(), [at, begin[at], limit, jnp.asarray(np.asarray(size))[at]]))
    return (slice_op.function(x, begin, np.asarray(size)),)


@slice_op.message
def _(numbers, inputs, attrs):
    i, begin, limit, size = (int(n) for n in numbers[:4])
    if begin < 0 or begin > limit:
        return f"Expected begin[{i}] in [0, {limit}], but got {begin}"
    return f"Expected size[{i}] in [0, {limit - begin}], but got {size}"


@slice_op.grad
def _(call, dy):
    x, begin, size = call.inputs
    known, sizes, dims = static_value(begin), static_value(size), static_dims(x)
    if known is not None and sizes is not None and dims is not None:
        ends = np.where(sizes == -1, dims, known + sizes)
        return pad_op(dy, np.stack([known, dims - ends], 1).astype(np.int32)), None, None
    after = shape_of(x) if begin.dtype.base_dtype is dtypes.int32 else shape_of(x, dtypes.int64)
    rest = ops["Sub"](ops["Sub"](after, shape_of(dy, begin.dtype.base_dtype)), begin)
    return shapes.with_dims(pad_op(dy, ops["Pack"]([begin, rest], axis=1)), x.dims), None, None


@infer.partial_rule("Slice")
def _(tensor):
    source = infer.partial_shape(tensor.op.inputs[0])
    begin, size = (infer.constant_value(t) for t in tensor.op.inputs[1:])
    if source is None or begin is None or size is None or begin.size != 1:
        return None
    start, count = int(begin[0]), int(size[0])
    return source[start:] if count == -1 else source[start:start + count]


@public("slice")
def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Any:
    """The part of a tensor that starts at `begin` and has the shape `size`, where -1 goes to the end.

    begin, size: as many integers as `input_` has dimensions. Raises where the part leaves the tensor.

    >>> slice([[1, 2, 3], [4, 5, 6]], [0, 1], [2, -1]).numpy().tolist()
    [[2, 3], [5, 6]]
    """
    return slice_op(input_, shape_argument(begin), shape_argument(size), name=name)


# Pad -------------------------------------------------------------------------------------------------


def _paddings(values: np.ndarray) -> list[tuple[int, int]]:
    return [(int(a), int(b)) for a, b in values]


def _padded(inputs: Any, attrs: dict[str, Any], sign: int = 1) -> Any:
    (dims, dtype), paddings = inputs[0][:2], inputs[1]
    given = paddings.dims
    if given is not None and len(given) == 2 and given[1] not in (2, None):
        raise ShapeFault(f"Dimension must be 2 but is {given[1]}",
                         f"paddings must be a matrix with 2 columns: {shapes.text(given)}")
    shapes.want_rank(given, 2, f"paddings must be a matrix with 2 columns: {shapes.text(given)}")
    if dims is None:
        return [(None if given is None or given[0] is None else (None,) * given[0], dtype)]
    if given is not None and given[0] not in (len(dims), None):
        raise ShapeFault(f"Shape must be rank {given[0]} but is rank {len(dims)}", "The first dimension of paddings "
                         f"must be the rank of inputs{shapes.text(given)} {shapes.text(dims)}")
    if paddings.value is not None:
        low = np.flatnonzero((paddings.value < 0).any(axis=1))
        if len(low):
            a, b = paddings.value[low[0]]
            raise ShapeFault(f"Paddings must be non-negative: {a} {b}")
        pairs: Any = _paddings(paddings.value)
    elif paddings.partial is not None and len(paddings.partial) == 2 * len(dims):
        pairs = list(zip(paddings.partial[::2], paddings.partial[1::2], strict=True))
    else:
        return [((None,) * len(dims), dtype)]
    return [(tuple(None if None in (d, a, b) else d + sign * (a + b)
                   for d, (a, b) in zip(dims, pairs, strict=True)), dtype)]


def _pad_samples(rng: np.random.Generator) -> list[Any]:
    return [((rng.normal(size=(2, 3)), np.array([[1, 0], [0, 2]])), {}),
            ((rng.normal(size=(0, 2)), np.array([[1, 1], [0, 0]])), {})]


@op("Pad", inputs="input: T, paddings: Tpaddings static", Tpaddings=INDEX, samples=_pad_samples)
def pad_op(input, paddings):
    """`input` with zeros around it: `paddings[i]` says how many before and after along dimension i."""
    return jnp.pad(input, _paddings(paddings))


@op("PadV2", inputs="input: T, paddings: Tpaddings static, constant_values: T", Tpaddings=INDEX,
    waive={"gradient": "TensorFlow gives none to the padded value"},
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array([[1, 0], [0, 2]]), np.float64(7)), {})])
def pad_v2_op(input, paddings, constant_values):
    """`input` with a value around it."""
    return jax.lax.pad(input, constant_values, [(a, b, 0) for a, b in _paddings(paddings)])


pad_op.shape(_padded)
pad_v2_op.shape(_padded)


def _unpadded(call: Any, dy: Any) -> Any:
    x, paddings = call.inputs[:2]
    known = static_value(paddings)
    if known is not None:
        begin: Any = known[:, 0].astype(np.int32)
        return slice_op(dy, begin, shape_of(x))
    begin = ops["Squeeze"](slice_op(paddings, np.array([0, 0], np.int32), np.array([-1, 1], np.int32)),
                           squeeze_dims=(1,))
    return slice_op(dy, begin, shape_of(x, paddings.dtype.base_dtype))


@pad_op.grad
def _(call, dy):
    return _unpadded(call, dy), None


@pad_v2_op.grad
def _(call, dy):
    return _unpadded(call, dy), None, None


_MIRROR = {"REFLECT": "reflect", "SYMMETRIC": "symmetric"}


@op("MirrorPad", inputs="input: T, paddings: Tpaddings static", Tpaddings=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array([[1, 0], [1, 2]])), {"mode": m}) for m in _MIRROR])
def mirror_pad(input, paddings, *, mode: str):
    """`input` with its own mirror images around it."""
    return jnp.pad(input, _paddings(paddings), mode=_MIRROR[mode])


@mirror_pad.shape
def _(inputs, attrs):
    (dims, _), paddings = inputs[0][:2], inputs[1].value
    out = _padded(inputs, attrs)
    if dims is not None and paddings is not None:
        edge = 1 if attrs["mode"] == "REFLECT" else 0
        for d, (a, b) in zip(dims, _paddings(paddings), strict=True):
            if d is not None and max(a, b) > d - edge:
                words = "less than" if edge else "no greater than"
                other = "not less than" if edge else "greater than"
                raise ShapeFault(f"paddings must be {words} the dimension size: {a}, {b} {other} {d}")
    return out


@mirror_pad.grad
def _(call, dy):
    return mirror_pad_grad(dy, call.inputs[1], mode=call.attrs["mode"]), None


@op("MirrorPadGrad", inputs="input: T, paddings: Tpaddings static", Tpaddings=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 6)), np.array([[1, 0], [1, 2]])), {"mode": m}) for m in _MIRROR])
def mirror_pad_grad(input, paddings, *, mode: str):
    """What `MirrorPad` put around a tensor, folded back and added."""
    out = input
    for axis, (low, high) in enumerate(_paddings(paddings)):
        size = jnp.shape(out)[axis] - low - high
        if low or high:
            places = np.pad(np.arange(size), (low, high), mode=_MIRROR[mode])  # type: ignore[call-overload]
            rows = jnp.moveaxis(out, axis, 0)
            out = jnp.moveaxis(jnp.zeros((size, *rows.shape[1:]), rows.dtype).at[places].add(rows), 0, axis)
    return out


@mirror_pad_grad.shape
def _(inputs, attrs):
    return _padded(inputs, attrs, -1)


@mirror_pad_grad.grad
def _(call, dy):
    return mirror_pad(dy, call.inputs[1], mode=call.attrs["mode"]), None


@public(v2=("pad",))
def pad(tensor: Any, paddings: Any, mode: str = "CONSTANT", constant_values: Any = 0, name: str | None = None) -> Any:
    """`tensor` with something around it: `paddings[i]` says how many elements before and after along dimension i.

    mode: "CONSTANT" pads with `constant_values`, "REFLECT" with the mirror image without the edge, "SYMMETRIC" with
    the edge. Raises ValueError for another mode, and where a mirror image does not reach.

    >>> pad([1, 2, 3], [[2, 1]], "REFLECT").numpy().tolist()
    [3, 2, 1, 2, 3, 2]
    """
    wanted = str(mode).upper()
    if wanted == "CONSTANT":
        if isinstance(constant_values, (int, float)) and constant_values == 0:
            return pad_op(tensor, paddings, name=name)
        return pad_v2_op(tensor, paddings, constant_values, name=name)
    if wanted not in _MIRROR:
        raise ValueError("Value of argument `mode` expected to be one of \"CONSTANT\", \"REFLECT\", or \"SYMMETRIC\". "
                         f"Received `mode` = {mode}")
    return mirror_pad(tensor, paddings, mode=wanted, name=name)


# Transpose -------------------------------------------------------------------------------------------


def _transposed(inputs: Any, attrs: dict[str, Any]) -> Any:
    (dims, dtype), perm = inputs[0][:2], inputs[1]
    count = perm.dims[0] if perm.dims else None
    if dims is not None and count is not None and count != len(dims):
        raise ShapeFault(f"Dimension must be {len(dims)} but is {count}", "transpose expects a vector of size "
                         f"{len(dims)}. But input(1) is a vector of size {count}")
    if perm.value is None:
        known = len(dims) if dims is not None else count
        return [(None if known is None else (None,) * known, dtype)]
    order = [int(p) for p in perm.value]
    size = len(order)
    for p in order:
        if not -size <= p < size:
            raise ShapeFault(f"perm dim {p} is out of range of input rank {size}", f"{p} is out of range [0 .. {size})")
    order = [p % size for p in order]
    missing = sorted(set(range(size)) - set(order))
    if missing:
        raise ShapeFault(f"{missing[0]} is missing from {{{','.join(map(str, perm.value))}}}.")
    return [(tuple(None if dims is None else dims[p] for p in order), dtype)]


def _transposes(rng: np.random.Generator) -> list[Any]:
    return [((rng.normal(size=(2, 3, 4)), np.array([1, 2, 0])), {}), ((np.float32(1), np.array([], np.int32)), {})]


@op("Transpose", inputs="x: T, perm: Tperm static", Tperm=INDEX, samples=_transposes)
def transpose_op(x, perm):
    """The dimensions in another order."""
    return jnp.transpose(x, tuple(int(p) for p in perm))


@op("ConjugateTranspose", inputs="x: T, perm: Tperm static", Tperm=INDEX, samples=_transposes)
def conjugate_transpose_op(x, perm):
    """The dimensions in another order, and every number conjugated."""
    moved = jnp.transpose(x, tuple(int(p) for p in perm))
    return jnp.conj(moved) if jnp.iscomplexobj(moved) else moved


transpose_op.shape(_transposed)
conjugate_transpose_op.shape(_transposed)


def _inverse(perm: Any) -> Any:
    known = static_value(perm)
    return invert_permutation(perm) if known is None else np.argsort(known % max(1, len(known))).astype(known.dtype)


@transpose_op.grad
def _(call, dy):
    return transpose_op(dy, _inverse(call.inputs[1])), None


@conjugate_transpose_op.grad
def _(call, dy):
    return conjugate_transpose_op(dy, _inverse(call.inputs[1])), None


@public(v2=("transpose",))
def transpose(a: Any, perm: Any = None, conjugate: bool = False, name: str | None = "transpose") -> Any:
    """The dimensions of `a` in the order `perm`, by default reversed; with `conjugate`, complex numbers conjugated.

    >>> transpose([[1, 2], [3, 4]]).numpy().tolist()
    [[1, 3], [2, 4]]
    """
    x = convert(a, name="a")
    move = conjugate_transpose_op if conjugate and x.dtype.is_complex else transpose_op
    if perm is not None:
        return move(x, shape_argument(perm), name=name)
    if x.dims is not None:
        return move(x, np.arange(len(x.dims) - 1, -1, -1, dtype=np.int32), name=name)
    return _reversed_dimensions(x, move, name=name)


@composite("transpose")
def _reversed_dimensions(x: Any, move: Any, name: str | None = None) -> Any:
    last = ops["Sub"](rank(x), np.int32(1), name="sub")
    return move(x, range_(last, -1, -1, name="Range"), name=scope_name())


@op("InvertPermutation", inputs="x: T", names=("math.invert_permutation",), v1=("invert_permutation",), T=INDEX,
    differentiable=never("integer result"), samples=lambda rng: [((rng.permutation(5).astype(np.int32),), {})])
def invert_permutation(x):
    """The permutation that undoes `x`: y[x[i]] = i.

    x: a vector that holds each of 0 … n - 1 once. Raises InvalidArgumentError where it does not.
    """
    count = jnp.shape(x)[0]
    return jnp.zeros(count, x.dtype).at[x].set(jnp.arange(count, dtype=x.dtype), mode="drop")


@invert_permutation.shape
def _(inputs, attrs):
    shapes.want_rank(inputs[0].dims, 1, "invert_permutation expects a 1D vector.")
    return [(inputs[0].dims or (None,), inputs[0].dtype)]


@invert_permutation.check
def _(x):
    size = jnp.shape(x)[0]
    outside = (x < 0) | (x >= size)
    seen = jnp.zeros(size + 1, jnp.int32).at[jnp.clip(x, 0, max(0, size - 1))].add(1, mode="drop")
    twice = seen[:size] > 1
    first = jnp.where(outside.any(), jnp.take(x, jnp.argmax(outside)) if size else 0, jnp.argmax(twice) if size else 0)
    return outside.any() | twice.any(), [outside.any(), first, size]


@invert_permutation.message
def _(numbers, inputs, attrs):
    outside, value, size = (int(n) for n in numbers[:3])
    return f"{value} is not between 0 and {size}" if outside else f"{value} is duplicated in the input."


@invert_permutation.value
def _(tensor, known):
    value = known(tensor.op.inputs[0])
    if value is None or value.ndim != 1 or sorted(value) != list(range(len(value))):
        return None
    return np.argsort(value).astype(value.dtype)


# Reverse and roll ------------------------------------------------------------------------------------


@op("ReverseV2", inputs="tensor: T, axis: Tidx static", names=("reverse",), v1=("reverse_v2", "manip.reverse"),
    Tidx=INDEX, T=NUMERIC + BOOL + STRING,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array(a, np.int32)), {}) for a in ([0], [-1, 0], [])])
def reverse(tensor, axis):
    """The elements in reverse order along each of the dimensions that `axis` lists.

    Raises where an axis is out of range or listed twice.
    """
    return jnp.flip(tensor, tuple(int(a) for a in axis)) if len(axis) else tensor


@reverse.shape
def _(inputs, attrs):
    (dims, dtype), axes = inputs[0][:2], inputs[1]
    shapes.want_rank(axes.dims, 1, "'dims' must be 1-dimension")
    if dims is not None and axes.value is not None:
        seen: set[int] = set()
        for i, a in enumerate(axes.value):
            at = shapes.normal_axis(int(a), len(dims), f"'axis'[{i}] = {a} is out of valid range [0, {len(dims) - 1}")
            if at in seen:
                raise ShapeFault(f"axis {at} specified more than once.")
            seen.add(at)
    return [(dims, dtype)]


@reverse.grad
def _(call, dy):
    return reverse(dy, call.inputs[1]), None


@op("Reverse", inputs="tensor: T, dims: bool static", T=NUMERIC + BOOL + STRING,
    samples=lambda rng: [((rng.normal(size=(2, 3)), np.array([True, False])), {})])
def reverse_v1(tensor, dims):
    """The elements in reverse order along each dimension where `dims` is true."""
    axes = tuple(int(i) for i in np.flatnonzero(dims))
    return jnp.flip(tensor, axes) if axes else tensor


@reverse_v1.shape
def _(inputs, attrs):
    (dims, dtype), which = inputs[0][:2], inputs[1].dims
    shapes.want_rank(which, 1, "'dims' must be 1-dimension")
    if dims is not None and which is not None and which[0] not in (None, len(dims)):
        raise ShapeFault(f"Shape must be rank {which[0]} but is rank {len(dims)}", "'dims' must have the same number "
                         f"of values as 'input' has dimensions. 'input' has {len(dims)}, 'dims' has {which[0]} values")
    if dims is None and which is not None and which[0] is not None:
        dims = (None,) * which[0]
    return [(dims, dtype)]


@reverse_v1.grad
def _(call, dy):
    return reverse_v1(dy, call.inputs[1]), None


@op("ReverseSequence", inputs="input: T, seq_lengths: Tlen", Tlen=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 4, 3)), np.array([2, 4], np.int32)), {"seq_dim": 1}),
                         ((rng.normal(size=(4, 2)), np.array([0, 3])), {"seq_dim": 0, "batch_dim": 1})])
def reverse_sequence_op(input, seq_lengths, *, seq_dim: int, batch_dim: int = 0):
    """The first elements along one dimension in reverse order, their number by the place along another."""
    rank_, size = jnp.ndim(input), jnp.shape(input)[seq_dim]
    lengths = jnp.reshape(seq_lengths, [-1 if i == batch_dim else 1 for i in range(rank_)])
    places = jnp.reshape(jnp.arange(size, dtype=lengths.dtype), [-1 if i == seq_dim else 1 for i in range(rank_)])
    taken = jnp.where(places < lengths, lengths - 1 - places, places)
    return jnp.take_along_axis(input, taken, seq_dim, mode="clip")


@reverse_sequence_op.shape
def _(inputs, attrs):
    (dims, dtype), lengths = inputs[0][:2], inputs[1].dims
    seq, batch = attrs["seq_dim"], attrs["batch_dim"]
    shapes.want_rank(lengths, 1, f"seq_lens input must be 1-dim, not {0 if lengths is None else len(lengths)}")
    if dims is None:
        return [(None, dtype)]
    for n, a in (("batch_dim", batch), ("seq_dim", seq)):
        if not 0 <= a < len(dims):
            raise ShapeFault(f"{n} must be < input rank: {a} vs. {len(dims)}")
    if lengths is not None and None not in (lengths[0], dims[batch]) and lengths[0] != dims[batch]:
        raise ShapeFault(f"Dimensions must be equal, but are {dims[batch]} and {lengths[0]}",
                         f"Length of seq_lens != input.dims({batch}), ({lengths[0]} vs. {dims[batch]})")
    size = dims[batch] if dims[batch] is not None or lengths is None else lengths[0]
    return [((*dims[:batch], size, *dims[batch + 1:]), dtype)]


@reverse_sequence_op.check
def _(input, seq_lengths, *, seq_dim, batch_dim=0):
    size = jnp.shape(input)[seq_dim]
    low, high = seq_lengths < 0, seq_lengths > size
    bad = low | high
    at = jnp.argmax(bad) if jnp.shape(bad)[0] else 0
    return bad.any(), [at, low.any(), seq_dim]


@reverse_sequence_op.message
def _(numbers, inputs, attrs):
    at, low, seq_dim = (int(n) for n in numbers[:3])
    return f"seq_lens({at}) < 0" if low else f"seq_lens({at}) > input.dims({seq_dim})"


@reverse_sequence_op.grad
def _(call, dy):
    return reverse_sequence_op(dy, call.inputs[1], **call.attrs), None


@public(v2=("reverse_sequence",))
def reverse_sequence(input: Any, seq_lengths: Any, seq_axis: int | None = None, batch_axis: int | None = None,
                     name: str | None = None) -> Any:
    """For each place i along `batch_axis`, the first `seq_lengths[i]` elements along `seq_axis` in reverse order."""
    if seq_axis is None:
        raise ValueError("reverse_sequence needs seq_axis, the dimension that is reversed")
    return reverse_sequence_op(input, seq_lengths, seq_dim=int(seq_axis),
                               batch_dim=0 if batch_axis is None else int(batch_axis), name=name)


@op("Roll", inputs="input: T, shift: Tshift, axis: Taxis static", Tshift=INDEX, Taxis=INDEX,
    samples=lambda rng: [((rng.normal(size=(3, 4)), np.array([1, -2]), np.array([0, 1])), {}),
                         ((rng.normal(size=(3, 4)), np.int32(5), np.int32(-1)), {})])
def roll_op(input, shift, axis):
    """The elements moved along dimensions, those that leave coming back at the other end."""
    shifts = jnp.reshape(shift, (-1,)).astype(jnp.int64)
    out = input
    for i, a in enumerate(np.reshape(axis, -1)):
        size = jnp.shape(out)[int(a)]
        if size:
            places = (jnp.arange(size, dtype=jnp.int64) - shifts[i]) % size
            out = jnp.take(out, places, int(a), mode="clip")
    return out


@roll_op.shape
def _(inputs, attrs):
    (dims, dtype), shift, axis = inputs[0][:2], inputs[1], inputs[2]
    if dims is not None and not dims:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "input must be 1-D or higher")
    if shift.dims is not None and axis.dims is not None and shift.dims != axis.dims and None not in shift.dims:
        raise ShapeFault("shift and axis must have the same size")
    if dims is not None and axis.value is not None:
        for a in np.reshape(axis.value, -1):
            shapes.normal_axis(int(a), len(dims), f"axis {a} is out of range")
    return [(dims, dtype)]


@roll_op.grad
def _(call, dy):
    return roll_op(dy, ops["Neg"](call.inputs[1]), call.inputs[2]), None, None


@public("roll", v1=("manip.roll",))
def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Any:
    """The elements moved by `shift` places along `axis`, those that leave coming back at the other end.

    shift, axis: an integer each, or vectors of one length; an axis listed twice moves by the sum.

    >>> roll([1, 2, 3, 4], 1, 0).numpy().tolist()
    [4, 1, 2, 3]
    """
    return roll_op(input, shift, axis, name=name)
