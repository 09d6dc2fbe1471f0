"""Diagonals of matrices: taken out, put in, made into matrices; bands, identity matrices and traces.

Several diagonals of different lengths stand in the rows of one matrix, the highest first; `align` says on which side
the shorter ones are padded: `"RIGHT_LEFT"` puts those above the main diagonal to the right and those below to the
left, and so on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from hornbeam.backend.lazy import jnp
from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, constant_node, graph_for, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import INDEX, NUMERIC, op, registry
from hornbeam.ops import array, rules
from hornbeam.ops.reduce import sum_op
from hornbeam.ops.samples import Sample

_ALIGNMENTS = ("RIGHT_LEFT", "LEFT_RIGHT", "LEFT_LEFT", "RIGHT_RIGHT")
_ANY = (*NUMERIC, dtypes.bool)


class _Places(NamedTuple):
    """Where the elements of diagonals stand: rows and columns [diagonals, longest], and which of them exist."""

    rows: np.ndarray
    columns: np.ndarray
    exist: np.ndarray
    single: bool


def _band(k: Any) -> tuple[int, int]:
    """The lowest and the highest diagonal. Raises ShapeFault where they are not in order."""
    ends = np.reshape(k, -1)
    if ends.size not in (1, 2):
        raise ShapeFault(f"diag_index must have only one or two elements, received {ends.size} elements.")
    low, high = int(ends[0]), int(ends[-1])
    if low > high:
        raise ShapeFault(f"lower_diag_index must not be larger than upper_diag_index: {low} > {high}")
    return low, high


def _places(height: int, width: int, k: Any, align: str) -> _Places:
    low, high = _band(k)
    for end, name in ((low, "lower_diag_index"), (high, "upper_diag_index")):
        if not (-height < end < width or end == 0):
            raise ShapeFault(f"{name} is out of bound: {end}. It must be between {-height} and {width}")
    if align not in _ALIGNMENTS:
        raise ShapeFault(f"align must be one of {', '.join(_ALIGNMENTS)}, not {align!r}")
    above_left, below_left = align.startswith("LEFT"), align.endswith("LEFT")
    longest = min(height + min(high, 0), width - max(low, 0))
    rows, columns, exist = [], [], []
    for d in range(high, low - 1, -1):
        length = min(height + min(d, 0), width - max(d, 0))
        left = (d >= 0 and above_left) or (d <= 0 and below_left)
        at = np.arange(longest) - (0 if left else longest - length)
        rows.append(at + max(-d, 0))
        columns.append(at + max(d, 0))
        exist.append((at >= 0) & (at < length))
    held = np.array(exist)
    return _Places(np.where(held, rows, 0), np.where(held, columns, 0), held, low == high)


def _matrix_of(x: Any) -> tuple[int, int]:
    if jnp.ndim(x) < 2:
        raise ShapeFault(f"Shape must be at least rank 2 but is rank {jnp.ndim(x)}",
                         f"input must be at least 2-dim, received shape: {rules.text(jnp.shape(x))}")
    height, width = jnp.shape(x)[-2:]
    return height, width


# Taken out -----------------------------------------------------------------------------------------


def _square_samples(rng: np.random.Generator) -> list[Sample]:
    return [((rng.normal(size=(2, 3, 4)), np.asarray(0, np.int32), np.asarray(0.0)), {}),
            ((rng.normal(size=(3, 4)), np.array([-1, 2], np.int32), np.asarray(9.0)), {"align": "LEFT_RIGHT"})]


@op("MatrixDiagPartV3", inputs="input: T, k: int32 static, padding_value: T", T=_ANY, samples=_square_samples)
def matrix_diag_part_op(input, k, padding_value, *, align: str = "RIGHT_LEFT"):
    """The diagonals k of the matrices in the last two dimensions, padded to the longest."""
    height, width = _matrix_of(input)
    places = _places(height, width, k, align)
    if 0 in (height, width):
        found = jnp.broadcast_to(padding_value, (*input.shape[:-2], *places.exist.shape))
    else:
        found = jnp.where(places.exist, input[..., places.rows, places.columns], padding_value)
    return found[..., 0, :] if places.single else found


@op("MatrixDiagPart", inputs="input: T", T=_ANY, samples=lambda rng: [((rng.normal(size=(2, 3, 4)),), {})])
def matrix_diag_part_v1(input):
    """The main diagonals of the matrices in the last two dimensions, as old graphs spell it."""
    _matrix_of(input)
    return jnp.diagonal(input, axis1=-2, axis2=-1)


@public("linalg.diag_part", v1=("matrix_diag_part",))
def diag_part(input: Any, name: str | None = "diag_part", k: Any = 0, padding_value: Any = 0,
              align: str = "RIGHT_LEFT") -> Any:
    """The diagonals of the matrices in the last two dimensions.

    input: [..., m, n]. k: one diagonal (0 is the main one, 1 the one above), or the lowest and the highest of several.
    Returns [..., length], or [..., diagonals, longest], padded with `padding_value` as `align` says.

    >>> diag_part([[1, 2], [3, 4]]).numpy().tolist()
    [1, 4]
    """
    x = array.convert(input)
    return matrix_diag_part_op(x, k, _padding(padding_value, x), align=align, name=name)


def _padding(value: Any, x: Any) -> Any:
    if x.dtype.base_dtype is dtypes.bool and not hasattr(value, "dtype"):
        return bool(value)
    return value


# Put in --------------------------------------------------------------------------------------------


def _set_samples(rng: np.random.Generator) -> list[Sample]:
    return [((rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3)), np.asarray(0, np.int32)), {}),
            ((rng.normal(size=(3, 4)), rng.normal(size=(2, 3)), np.array([0, 1], np.int32)), {})]


@op("MatrixSetDiagV3", inputs="input: T, diagonal: T, k: int32 static", T=_ANY, samples=_set_samples)
def matrix_set_diag_op(input, diagonal, k, *, align: str = "RIGHT_LEFT"):
    """The matrices in the last two dimensions with the diagonals k replaced."""
    height, width = _matrix_of(input)
    places = _places(height, width, k, align)
    expected = (*input.shape[:-2], *places.exist.shape[places.single:])
    if diagonal.shape != expected:
        raise ShapeFault(f"Shapes must be equal: the diagonal must have shape {rules.text(expected)}, not "
                         f"{rules.text(diagonal.shape)}")
    rows = diagonal[..., None, :] if places.single else diagonal
    held = places.exist
    return jnp.asarray(input).at[..., places.rows[held], places.columns[held]].set(rows[..., held])


@op("MatrixSetDiag", inputs="input: T, diagonal: T", T=_ANY,
    samples=lambda rng: [((rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3))), {})])
def matrix_set_diag_v1(input, diagonal):
    """The matrices with their main diagonals replaced, as old graphs spell it."""
    return matrix_set_diag_op.function(input, diagonal, np.zeros((), np.int32))


matrix_set_diag_op.shape(rules.as_first)
matrix_set_diag_v1.shape(rules.as_first)


@public("linalg.set_diag", v1=("matrix_set_diag",))
def set_diag(input: Any, diagonal: Any, name: str | None = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """The matrices in the last two dimensions with diagonals replaced.

    input: [..., m, n]. diagonal: what `diag_part` of the result would give. k, align: as in `diag_part`.
    Raises InvalidArgumentError for diagonals of another shape.
    """
    return matrix_set_diag_op(input, diagonal, k, align=align, name=name)


# Made into matrices --------------------------------------------------------------------------------


def _diag_samples(rng: np.random.Generator) -> list[Sample]:
    def number(value: float) -> Any:
        return np.asarray(value, np.int32)

    return [((rng.normal(size=(2, 3)), number(0), number(-1), number(-1), np.asarray(0.0)), {}),
            ((rng.normal(size=(2, 3)), np.array([0, 1], np.int32), number(3), number(4), np.asarray(9.0)), {})]


@op("MatrixDiagV3", inputs="diagonal: T, k: int32 static, num_rows: int32 static, num_cols: int32 static, "
    "padding_value: T", T=_ANY, samples=_diag_samples)
def matrix_diag_op(diagonal, k, num_rows, num_cols, padding_value, *, align: str = "RIGHT_LEFT"):
    """Matrices that hold the given diagonals k, and `padding_value` elsewhere."""
    low, high = _band(k)
    if diagonal.ndim < 1 + (low != high):
        raise ShapeFault(f"diagonal must be at least {1 + (low != high)}-dim, received shape: "
                         f"{rules.text(diagonal.shape)}")
    if low != high and diagonal.shape[-2] != high - low + 1:
        raise ShapeFault(f"The number of diagonals provided in the input does not match the lower_diag_index and "
                         f"upper_diag_index range: {diagonal.shape[-2]} for {low} to {high}")
    height, width = _size_of(diagonal.shape[-1], low, high, int(num_rows), int(num_cols))
    places = _places(height, width, k, align)
    if places.exist.shape[1] != diagonal.shape[-1]:
        raise ShapeFault(f"The number of rows and columns ({height}, {width}) does not fit diagonals of length "
                         f"{diagonal.shape[-1]}")
    rows = diagonal[..., None, :] if places.single else diagonal
    empty = jnp.broadcast_to(padding_value, (*rows.shape[:-2], height, width))
    held = places.exist
    return empty.at[..., places.rows[held], places.columns[held]].set(rows[..., held])


def _size_of(length: int, low: int, high: int, height: int, width: int) -> tuple[int, int]:
    """The matrix that diagonals of this length need; what is not asked for (-1) as small as can be."""
    least_height, least_width = length - min(high, 0), length + max(low, 0)
    if height == -1 and width == -1:
        side = max(least_height, least_width)
        return side, side
    height, width = (least_height if height == -1 else height), (least_width if width == -1 else width)
    if height < least_height or width < least_width:
        raise ShapeFault(f"The number of rows or columns is too small: {height} by {width}, at least {least_height} by "
                         f"{least_width} are needed")
    return height, width


@op("MatrixDiag", inputs="diagonal: T", T=_ANY, samples=lambda rng: [((rng.normal(size=(2, 3)),), {})])
def matrix_diag_v1(diagonal):
    """Square matrices with the given main diagonals, as old graphs spell it."""
    if diagonal.ndim == 0:
        raise ShapeFault("Shape must be at least rank 1 but is rank 0",
                         "input must be at least 1-dim, received shape: []")
    return jnp.where(jnp.eye(diagonal.shape[-1], dtype=bool), diagonal[..., None, :], jnp.zeros((), diagonal.dtype))


@public("linalg.diag", v1=("matrix_diag",))
def diag(diagonal: Any, name: str | None = "diag", k: Any = 0, num_rows: Any = -1, num_cols: Any = -1,
         padding_value: Any = 0, align: str = "RIGHT_LEFT") -> Any:
    """Matrices that hold the given diagonals.

    diagonal: [..., length] for one diagonal k, [..., diagonals, longest] for several. num_rows, num_cols: the size of
    the matrices, as small as can be by default. padding_value: what stands elsewhere. align: as in `diag_part`.

    >>> diag([1, 2]).numpy().tolist()
    [[1, 0], [0, 2]]
    """
    x = array.convert(diagonal)
    return matrix_diag_op(x, k, num_rows, num_cols, _padding(padding_value, x), align=align, name=name)


@op("Diag", inputs="diagonal: T", names=("linalg.tensor_diag",), v1=("diag",), T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3)),), {})])
def tensor_diag(diagonal):
    """A tensor of twice the rank that holds the elements where both halves of the index agree, and zeros.

    diagonal: [a, b, ...]. Returns [a, b, ..., a, b, ...].
    """
    return jnp.reshape(jnp.diag(jnp.reshape(diagonal, -1)), diagonal.shape * 2)


@tensor_diag.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims == ():
        raise ShapeFault("Shape must be at least rank 1 but is rank 0", "Input must be at least rank 1, got 0")
    return [(None if dims is None else dims * 2, inputs[0].dtype)]


@op("DiagPart", inputs="input: T", names=("linalg.tensor_diag_part",), v1=("diag_part",), T=NUMERIC,
    samples=lambda rng: [((rng.normal(size=(2, 3, 2, 3)),), {})])
def tensor_diag_part(input):
    """The elements where both halves of the index agree.

    input: [a, b, ..., a, b, ...]. Returns [a, b, ...]. Raises ValueError or InvalidArgumentError for other shapes.
    """
    half = input.ndim // 2
    size = int(np.prod(input.shape[:half]))
    return jnp.reshape(jnp.diagonal(jnp.reshape(input, (size, size))), input.shape[:half])


@tensor_diag_part.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    if dims is None:
        return [(None, inputs[0].dtype)]
    half = len(dims) // 2
    if len(dims) % 2 or not dims:
        raise ShapeFault(f"Input must have even and non-zero rank, input rank is {len(dims)}")
    if any(a is not None and b is not None and a != b for a, b in zip(dims[:half], dims[half:], strict=True)):
        raise ShapeFault(f"Invalid shape {rules.text(dims)}: dimensions i and i + {half} must be equal")
    return [(dims[:half], inputs[0].dtype)]


@tensor_diag_part.grad
def _(call, dy):
    return tensor_diag(dy)


@tensor_diag.grad
def _(call, dy):
    return tensor_diag_part(dy)


# Bands, identity, trace ----------------------------------------------------------------------------


@op("MatrixBandPart", inputs="input: T, num_lower: Tindex, num_upper: Tindex", names=("linalg.band_part",),
    v1=("matrix_band_part",), T=_ANY, Tindex=INDEX,
    samples=lambda rng: [((rng.normal(size=(2, 3, 4)), np.asarray(1), np.asarray(-1)), {})])
def matrix_band_part(input, num_lower, num_upper):
    """The matrices in the last two dimensions with zeros outside a band.

    num_lower, num_upper: how many diagonals stay below and above the main one; all where negative.
    """
    height, width = _matrix_of(input)
    apart = jnp.arange(height)[:, None] - jnp.arange(width)[None, :]
    held = ((num_lower < 0) | (apart <= num_lower)) & ((num_upper < 0) | (-apart <= num_upper))
    return jnp.where(held, input, jnp.zeros((), input.dtype))


matrix_band_part.shape(rules.as_first)


@matrix_band_part.grad
def _(call, dy):
    return matrix_band_part(dy, call.inputs[1], call.inputs[2]), None, None


@public("eye", "linalg.eye")
@composite("eye")
def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = dtypes.float32,
        name: str | None = None) -> Any:
    """Identity matrices: ones on the main diagonal, zeros elsewhere.

    num_rows, num_columns: the size; square by default. batch_shape: the shape of a batch of them.

    >>> eye(2).numpy().tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    kind = dtypes.as_dtype(dtype)
    columns = num_rows if num_columns is None else num_columns
    sizes = [num_rows, columns]
    if all(isinstance(s, (int, np.integer)) for s in sizes) and (
            batch_shape is None or not hasattr(batch_shape, "dtype")):
        batch = [] if batch_shape is None else [int(b) for b in batch_shape]
        value = np.broadcast_to(np.eye(int(num_rows), int(columns)), (*batch, int(num_rows), int(columns)))
        value = np.array(value, kind.np_dtype)
        graph = graph_for()
        return array.convert(value) if graph is None else constant_node(graph, value, graph.get_name_scope())
    shape = [] if batch_shape is None else [array.convert(batch_shape, name="shape")]
    ones = registry["Fill"](_joined(shape, [registry["Minimum"](*sizes)]), np.ones((), kind.np_dtype))
    return matrix_diag_op(ones, 0, num_rows, columns, np.zeros((), kind.np_dtype), name=own_name())


def _joined(front: list[Any], sizes: list[Any]) -> Any:
    last = registry["Pack"](sizes)
    return registry["ConcatV2"]([*front, last], 0) if front else last


@public("linalg.trace", v1=("trace",))
@composite("Trace")
def trace(x: Any, name: str | None = None) -> Any:
    """The sums of the main diagonals of the matrices in the last two dimensions: [..., m, n] gives [...].

    >>> trace([[1, 2], [3, 4]]).numpy().item()
    5
    """
    return sum_op(diag_part(array.convert(x, name="x")), np.array([-1], np.int32), name=own_name())


