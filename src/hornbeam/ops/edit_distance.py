"""How many insertions, deletions and substitutions lie between sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite, own_name
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse
from hornbeam.ops.samples import Sample


def levenshtein(a: Any, b: Any) -> int:
    """The edit distance of two sequences. Wagner and Fischer 1974, one row at a time."""
    previous = np.arange(len(b) + 1)
    steps = np.arange(len(b) + 1)
    other = np.asarray(b)
    for i, item in enumerate(a, 1):
        best = np.minimum(previous[1:] + 1, previous[:-1] + (other != item))
        # Insertions run along the row: the least of (value - place), carried on.
        row = np.concatenate([[i], best]) - steps
        previous = np.minimum.accumulate(row) + steps
    return int(previous[-1])


def _groups(indices: Any, values: Any, sizes: tuple[int, ...]) -> dict[tuple[int, ...], list[Any]]:
    found: dict[tuple[int, ...], list[Any]] = {}
    for place, value in zip(indices.tolist(), values.tolist(), strict=True):
        front = tuple(place[:-1])
        if any(not 0 <= i < d for i, d in zip(front, sizes, strict=True)):
            raise ShapeFault(f"index {front} is outside of the output shape {sizes}")
        found.setdefault(front, []).append(value)
    return found


def _samples(rng: np.random.Generator) -> list[Sample]:
    a = np.array([[0, 0], [0, 1], [1, 0]]), np.array([1, 2, 3]), np.array([2, 2])
    b = np.array([[0, 0], [1, 0], [1, 1]]), np.array([1, 3, 4]), np.array([2, 2])
    return [((*a, *b), {}), ((*a, *b), {"normalize": False})]


@op("EditDistance", inputs="hypothesis_indices: int64, hypothesis_values: T, hypothesis_shape: int64, "
    "truth_indices: int64, truth_values: T, truth_shape: int64", host=True, gives_strings=False,
    differentiable=never("a count"), samples=_samples)
def edit_distance_op(hypothesis_indices, hypothesis_values, hypothesis_shape, truth_indices, truth_values, truth_shape,
                     *, normalize: bool = True):
    """The edit distances of the sequences in the last dimension of two sparse tensors."""
    if len(hypothesis_shape) != len(truth_shape):
        raise ShapeFault(f"Expected hypothesis and truth to have the same rank, got {len(hypothesis_shape)} and "
                         f"{len(truth_shape)}")
    sizes = tuple(int(max(a, b)) for a, b in zip(hypothesis_shape[:-1], truth_shape[:-1], strict=True))
    said, true = (_groups(i, v, sizes) for i, v in ((hypothesis_indices, hypothesis_values),
                                                    (truth_indices, truth_values)))
    out = np.zeros(sizes, np.float32)
    for place in {*said, *true}:
        a, b = said.get(place, []), true.get(place, [])
        distance = levenshtein(a, b)
        if not normalize:
            out[place] = distance
        elif b:
            out[place] = distance / len(b)
        else:
            out[place] = np.inf if distance else 0
    return out


@edit_distance_op.shape
def _(inputs, attrs):
    shapes = [i.value for i in (inputs[2], inputs[5])]
    if any(s is None for s in shapes):
        count = inputs[2].dims[0] if inputs[2].dims else None
        return [(None if count is None else (None,) * (count - 1), dtypes.float32)]
    return [(tuple(int(max(a, b)) for a, b in zip(shapes[0][:-1], shapes[1][:-1], strict=False)), dtypes.float32)]


@public("edit_distance")
@composite("edit_distance")
def edit_distance(hypothesis: Any, truth: Any, normalize: bool = True, name: str | None = "edit_distance") -> Any:
    """The Levenshtein distances of the sequences in the last dimension of two sparse tensors: float32.

    hypothesis, truth: sparse tensors of one rank and dtype. normalize: divide by the length of the true sequence;
    where that is empty the result is infinite, or 0 where both are. Raises TypeError for what is not sparse.
    """
    for what, value in (("Hypothesis", hypothesis), ("Truth", truth)):
        if not isinstance(value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"{what} must be a SparseTensor.")
    a, b = as_sparse(hypothesis), as_sparse(truth)
    return edit_distance_op(a.indices, a.values, a.dense_shape, b.indices, b.values, b.dense_shape,
                            normalize=normalize, name=own_name())
