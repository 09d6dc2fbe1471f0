"""Decoding what a network trained with connectionist temporal classification says: the best path, and beam search."""

from __future__ import annotations

import heapq
from collections import namedtuple
from typing import Any, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.call import composite
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public, register
from hornbeam.graph.op import never, op
from hornbeam.graph.sparse_tensor import SparseTensor
from hornbeam.ops import array, dims
from hornbeam.ops.samples import Sample

_DECODED = never("integer result")
_WIDE = (dtypes.float32, dtypes.float64)


def _check(inputs: Any, lengths: Any) -> None:
    if inputs.ndim != 3:
        raise ShapeFault("inputs is not a 3-Tensor")
    if lengths.shape != (inputs.shape[1],):
        raise ShapeFault(f"len(sequence_length) != batch_size.  len(sequence_length):  {lengths.size} batch_size: "
                         f"{inputs.shape[1]}")
    if (lengths > inputs.shape[0]).any():
        at = int(np.argmax(lengths > inputs.shape[0]))
        raise ShapeFault(f"sequence_length({at}) <= {inputs.shape[0]}: it is {int(lengths[at])}")


def _sparse(rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = [(b, i) for b, row in enumerate(rows) for i in range(len(row))]
    values = [label for row in rows for label in row]
    return (np.array(places, np.int64).reshape(-1, 2), np.array(values, np.int64),
            np.array([len(rows), max((len(r) for r in rows), default=0)], np.int64))


def _merged(path: list[int]) -> list[int]:
    return [label for i, label in enumerate(path) if not i or label != path[i - 1]]


def _inputs(rng: np.random.Generator) -> Any:
    return rng.normal(size=(5, 2, 4)).astype(np.float32), np.array([5, 3], np.int32)


@op("CTCGreedyDecoder", inputs="inputs: T, sequence_length: int32", T=_WIDE, host=True, differentiable=_DECODED,
    outputs=("decoded_indices", "decoded_values", "decoded_shape", "log_probability"),
    samples=lambda rng: [(_inputs(rng), {}), (_inputs(rng), {"merge_repeated": True, "blank_index": 0})])
def greedy_op(inputs, sequence_length, *, merge_repeated: bool = False, blank_index: int = -1):
    """The labels of the most likely path, and minus the sum of its logits."""
    _check(inputs, sequence_length)
    classes = inputs.shape[2]
    blank = blank_index + classes if blank_index < 0 else blank_index
    if not 0 <= blank < classes:
        raise ShapeFault(f"blank_index expected to be between {-classes} and {classes - 1} but was {blank_index}")
    best, rows, total = np.argmax(inputs, 2), [], np.zeros((inputs.shape[1], 1), inputs.dtype)
    for b, length in enumerate(sequence_length.tolist()):
        path = best[:length, b].tolist()
        total[b, 0] = -np.max(inputs[:length, b], 1, initial=-np.inf).sum() if length > 0 else 0
        rows.append([label for label in (_merged(path) if merge_repeated else path) if label != blank])
    return *_sparse(rows), total


@greedy_op.shape
def _(inputs, attrs):
    dims.want_rank(inputs[0].dims, 3, "inputs is not a 3-Tensor")
    batch = None if inputs[0].dims is None else inputs[0].dims[1]
    return [((None, 2), dtypes.int64), ((None,), dtypes.int64), ((2,), dtypes.int64), ((batch, 1), inputs[0].dtype)]


# Beam search -----------------------------------------------------------------------------------------


class _Beam:
    """The most likely prefixes so far. A prefix is a node of a tree: its last label and the prefix before it."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.parents, self.labels = [-1], [-1]
        self.children: dict[tuple[int, int], int] = {}
        self.nodes = np.zeros(1, np.int64)  # those in the beam
        self.blank, self.label = np.zeros(1), np.full(1, -np.inf)  # log probability of ending in a blank or not

    @property
    def total(self) -> np.ndarray:
        """The log probability of each prefix in the beam."""
        return np.logaddexp(self.blank, self.label)

    def step(self, chances: np.ndarray) -> None:
        """One time step; `chances` are log probabilities, the blank's last."""
        total, classes = self.total, len(chances) - 1
        place = {node: i for i, node in enumerate(self.nodes.tolist())}
        last = np.array([self.labels[n] for n in self.nodes])
        label = self.label.copy()
        grow = total[:, None] + chances[None, :classes]
        same = np.flatnonzero(last >= 0)
        grow[same, last[same]] = self.blank[same] + chances[last[same]]
        inside: list[dict[int, int]] = [{} for _ in place]  # prefixes in the beam by the one before and their label
        for i, node in enumerate(self.nodes.tolist()):
            above = place.get(self.parents[node])
            if above is not None:  # the prefix before it may have said this label just now
                said = self.blank[above] if last[i] == last[above] else total[above]
                label[i] = np.logaddexp(label[i], said)
                inside[above][int(last[i])] = i
        label += np.where(last >= 0, chances[last], -np.inf)
        self._keep(total + chances[classes], label, _Growth(self.width, total, grow, inside))

    def _keep(self, blank: np.ndarray, label: np.ndarray, growth: _Growth) -> None:
        old, new = growth.best(np.logaddexp(blank, label))
        added = [self._child(int(self.nodes[row]), column) for row, column in new]
        self.nodes = np.concatenate([self.nodes[old], np.array(added, np.int64)])
        self.blank = np.concatenate([blank[old], np.full(len(new), -np.inf)])
        self.label = np.concatenate([label[old], [growth.scores[at] for at in new]])

    def _child(self, node: int, label: int) -> int:
        found = self.children.setdefault((node, label), len(self.parents))
        if found == len(self.parents):
            self.parents.append(node)
            self.labels.append(label)
        return found

    def best(self, count: int, merge: bool) -> list[tuple[list[int], float]]:
        """The most likely prefixes and their log probabilities. Raises ShapeFault where there are fewer."""
        total = self.total
        order = np.argsort(-total, kind="stable")[:count]
        if len(order) < count:
            raise ShapeFault("Less leaves in the beam search than requested.")
        paths = [self._path(int(self.nodes[i])) for i in order]
        return [(_merged(p) if merge else p, float(total[i])) for p, i in zip(paths, order, strict=True)]

    def _path(self, node: int) -> list[int]:
        path = []
        while node:
            path.append(self.labels[node])
            node = self.parents[node]
        return path[::-1]


@final
class _Growth:
    """Which prefixes of a beam stay and which longer ones come in, in one time step.

    Prefixes grow in the order of their old probability, each label in turn. As in TensorFlow, one that was pushed out
    before the prefix it continues had its turn does not grow any more.
    """

    def __init__(self, width: int, old: np.ndarray, scores: np.ndarray, inside: list[dict[int, int]]) -> None:
        self.width, self.old, self.scores, self.inside = width, old, scores, inside

    def best(self, stay: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int]]]:
        """The places of those that stay, by their new probabilities, and (place, label) of those that come in."""
        held: list[tuple[float, int, Any]] = [(float(s), -i, i) for i, s in enumerate(stay)]
        heapq.heapify(held)
        grows = [True] * len(stay)
        alive = [True] * len(stay)
        count = len(stay)

        def fits(score: float) -> bool:
            return score > -np.inf and (len(held) < self.width or score > held[0][0])

        for i in np.argsort(-self.old, kind="stable").tolist():
            if not grows[i] or not fits(float(self.old[i])):
                continue
            least = held[0][0] if len(held) == self.width else -np.inf
            inner = self.inside[i]
            for c in sorted({*np.flatnonzero(self.scores[i] > least).tolist(), *inner}):
                if c in inner:
                    grows[inner[c]] &= alive[inner[c]]
                    continue
                score = float(self.scores[i, c])
                if fits(score):
                    count += 1
                    entry = (score, -count, (i, c))
                    out = heapq.heapreplace(held, entry) if len(held) == self.width else heapq.heappush(held, entry)
                    if out is not None and isinstance(out[2], int):
                        alive[out[2]] = False
        kept = [at for s, _, at in held if s > -np.inf]
        return (np.array(sorted(at for at in kept if isinstance(at, int)), np.int64),
                sorted(at for at in kept if not isinstance(at, int)))


def _beam_samples(rng: np.random.Generator) -> list[Sample]:
    return [(_inputs(rng), {"beam_width": 5, "top_paths": 2})]


@op("CTCBeamSearch", inputs="inputs: T, sequence_length: int32", T=_WIDE, host=True, differentiable=_DECODED,
    returns_list=True, samples=_beam_samples)
def beam_search_op(inputs, sequence_length, *, beam_width: int, top_paths: int, merge_repeated: bool = True):
    """The likeliest label sequences: places, labels and shapes of each path in turn, then log probabilities."""
    _check(inputs, sequence_length)
    if top_paths > beam_width:
        raise ShapeFault("requested more paths than the beam width.")
    found = []
    with np.errstate(invalid="ignore"):
        for b, length in enumerate(sequence_length.tolist()):
            beam = _Beam(beam_width)
            x = inputs[:length, b].astype(np.float64)
            chances = x - np.logaddexp.reduce(x, 1, keepdims=True)
            for row in chances:
                beam.step(row)
            found.append(beam.best(top_paths, merge_repeated))
    parts = [_sparse([paths[p][0] for paths in found]) for p in range(top_paths)]
    chances = np.array([[chance for _, chance in paths] for paths in found], inputs.dtype).reshape(-1, top_paths)
    return [*(p[0] for p in parts), *(p[1] for p in parts), *(p[2] for p in parts), chances]


@beam_search_op.shape
def _(inputs, attrs):
    dims.want_rank(inputs[0].dims, 3, "inputs is not a 3-Tensor")
    batch, count = None if inputs[0].dims is None else inputs[0].dims[1], attrs["top_paths"]
    return [*[((None, 2), dtypes.int64)] * count, *[((None,), dtypes.int64)] * count, *[((2,), dtypes.int64)] * count,
            ((batch, count), inputs[0].dtype)]


_Paths = namedtuple("CTCBeamSearchDecoder", ["decoded_indices", "decoded_values", "decoded_shape", "log_probability"])


def _raw_beam_search(*, inputs: Any, sequence_length: Any, beam_width: int, top_paths: int,
                     merge_repeated: bool = True, name: str | None = None) -> Any:
    """The likeliest label sequences: lists of places, labels and shapes, one a path, and log probabilities."""
    found = beam_search_op(inputs, sequence_length, beam_width=beam_width, top_paths=top_paths,
                           merge_repeated=merge_repeated, name=name or "CTCBeamSearchDecoder")
    n = top_paths
    return _Paths(found[:n], found[n:2 * n], found[2 * n:3 * n], found[-1])


_raw_beam_search.__name__ = "CTCBeamSearchDecoder"
register(_raw_beam_search, ("raw_ops.CTCBeamSearchDecoder",))


# What users call -------------------------------------------------------------------------------------


@public("nn.ctc_greedy_decoder")
def ctc_greedy_decoder(inputs: Any, sequence_length: Any, merge_repeated: bool = True,
                       blank_index: Any = None) -> tuple[list[SparseTensor], Any]:
    """The labels of the most likely path.

    inputs: logits [time, batch, classes]. sequence_length: int32 [batch]. merge_repeated: drop labels equal to the
    one before, if no blank stands between them. blank_index: the class of the blank, the last by default.
    Returns ([labels as a sparse int64 tensor [batch, longest]], minus the sums of the largest logits [batch, 1]).
    """
    return _best_path(inputs, sequence_length, merge_repeated, -1 if blank_index is None else blank_index)


@composite("CTCGreedyDecoder")
def _best_path(inputs: Any, sequence_length: Any, merge_repeated: bool, blank_index: int,
               name: str | None = None) -> tuple[list[SparseTensor], Any]:
    found = greedy_op(inputs, sequence_length, merge_repeated=merge_repeated, blank_index=blank_index)
    return [SparseTensor(found.decoded_indices, found.decoded_values, found.decoded_shape)], found.log_probability


@composite("CTCBeamSearchDecoder")
def _searched(inputs: Any, sequence_length: Any, beam_width: int, top_paths: int, merge_repeated: bool,
              name: str | None = None) -> tuple[list[SparseTensor], Any]:
    found = _raw_beam_search(inputs=array.convert(inputs), sequence_length=sequence_length, beam_width=beam_width,
                             top_paths=top_paths, merge_repeated=merge_repeated)
    return [SparseTensor(*parts) for parts in zip(*found[:3], strict=True)], found.log_probability


@public(v2=("nn.ctc_beam_search_decoder",), v1=("nn.ctc_beam_search_decoder_v2",))
def ctc_beam_search_decoder(inputs: Any, sequence_length: Any, beam_width: int = 100,
                            top_paths: int = 1) -> tuple[list[SparseTensor], Any]:
    """The likeliest label sequences, found by a beam search over prefixes.

    inputs: logits [time, batch, classes]; the blank is the last class. sequence_length: int32 [batch]. beam_width: how
    many prefixes are kept. top_paths: how many sequences are wanted, at most beam_width.
    Returns (a list of sparse int64 tensors [batch, longest], log probabilities [batch, top_paths]).
    """
    return _searched(inputs, sequence_length, beam_width, top_paths, False)


@public(v1=("nn.ctc_beam_search_decoder",))
def ctc_beam_search_decoder_v1(inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1,
                               merge_repeated: bool = True) -> tuple[list[SparseTensor], Any]:
    """As TensorFlow 2's; merge_repeated: drop labels equal to the one before, even where they were said twice."""
    return _searched(inputs, sequence_length, beam_width, top_paths, merge_repeated)
