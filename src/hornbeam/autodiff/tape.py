"""GradientTape: remembers the calls that a result depends on, and walks back through them.

Comes in: calls, as they run or are added to a graph (`graph/recording.py`). Goes out: gradients, by the traversal that
`gradients()` uses too (`reverse.py`). Invariant: `_makers` knows every tensor that depends on something watched: what
made it, or None where it is watched itself. A tape keeps alive what it knows, and nothing else does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, final

import numpy as np

from hornbeam.autodiff.gradients import Crossing, UnconnectedGradients
from hornbeam.autodiff.reverse import carries, reverse
from hornbeam.graph import mode, nest
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.call import graph_for
from hornbeam.graph.names import public
from hornbeam.graph.op import registry as ops
from hornbeam.graph.tensor import GraphTensor, Tensor
from hornbeam.ops import array, functional

_state = mode.state
_log = logging.getLogger("hornbeam")


def enter(tape: Any) -> None:
    """Let a tape hear of calls from here on."""
    _state.tapes = [*_state.tapes, tape]


def leave(tape: Any) -> None:
    """Let it hear nothing more."""
    _state.tapes = [t for t in _state.tapes if t is not tape]


def is_variable(item: Any) -> bool:
    """Whether something is a variable rather than a tensor."""
    return hasattr(item, "trainable") and hasattr(item, "_as_tensor")


def variable_behind(tensor: GraphTensor) -> Any:
    """The variable that a `VariableV2` operation stands for, None where there is none any more."""
    reference = tensor.op.attrs.get("variable")
    return None if reference is None else reference()


def unconnected(value: Any) -> UnconnectedGradients:
    """The member that `value` names. Raises ValueError."""
    try:
        return UnconnectedGradients(value)
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: {value!r}") from None


@public("GradientTape", v2=("autodiff.GradientTape",))
@final
class GradientTape:
    """Within its block, remembers calls on watched tensors; `gradient` then gives derivatives.

    persistent: `gradient` may be asked more than once; the memory is freed with the tape.
    watch_accessed_variables: trainable variables are watched when they are read.

    >>> x = convert(3.0)
    >>> with GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> float(tape.gradient(y, x))
    6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self.levels = 2 if persistent else 1  # a tape that is asked again may be asked for the gradient of a gradient
        self._watch_accessed = watch_accessed_variables
        self._makers: dict[int, Any] = {}
        self._watched: dict[int, Any] = {}
        self._recording = False
        self._used = False

    # Recording ------------------------------------------------------------------------------------

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise ValueError("Tape is still recording, This can happen if you try to re-enter an already-active tape.")
        if self._used and not self._persistent:
            self._makers, self._watched, self._used = {}, {}, False
        self._start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self._recording:
            self._stop()

    def _start(self) -> None:
        enter(self)
        self._recording = True

    def _stop(self) -> None:
        leave(self)
        self._recording = False

    def saw(self, call: Any) -> None:
        """Remember a call where it depends on something watched."""
        if call.declaration.writes:
            return
        for tensor in call.inputs:
            if self._follows(tensor):
                break
        else:
            return
        for output in call.outputs:
            if carries(output):
                self._makers.setdefault(id(output), call)

    def follows(self, tensors: Sequence[Any]) -> bool:
        """Whether any of these is known here."""
        found = [self._follows(t) for t in tensors]  # all of them: variables are watched when they are met
        return any(found)

    def read(self, variable: Any, tensor: Any) -> None:
        """Remember that `tensor` is the value of a variable."""
        if self._follows(variable):
            self._makers[id(tensor)] = Crossing(tensor, variable)

    def _follows(self, tensor: Any) -> bool:
        """Whether a tensor or variable is known here; variables are watched when they are met."""
        key = id(tensor)
        if key in self._makers:
            return True
        if type(tensor) is GraphTensor:
            return self._follows_from_outside(tensor)
        if self._watch_accessed and getattr(tensor, "trainable", False) and carries(tensor):
            self._watch(tensor)
            return True
        return False

    def _follows_from_outside(self, tensor: GraphTensor) -> bool:
        """The same for what stands in a graph for a variable, or for a tensor of a graph around it."""
        if tensor.op.type == "_Arg":
            outside = getattr(tensor.op.graph, "sources", {}).get(tensor)
        elif tensor.op.type == "VariableV2":
            outside = variable_behind(tensor)
        else:
            return False
        if outside is None or not self._follows(outside):
            return False
        self._makers[id(tensor)] = Crossing(tensor, outside)
        return True

    def _watch(self, tensor: Any) -> None:
        self._watched[id(tensor)] = tensor
        self._makers.setdefault(id(tensor), None)

    def watch(self, tensor: Any) -> None:
        """Follow a tensor or variable, or nested structures of them, from here on.

        Raises ValueError for anything else. Integers have no gradients: they are left out, with a warning.
        """
        for item in nest.flatten(tensor, True):
            if not isinstance(item, Tensor) and not is_variable(item):
                raise ValueError(f"Passed in object {item} of type {type(item).__name__!r}, not tf.Tensor or "
                                 "tf.Variable or ExtensionType.")
            if carries(item):
                self._watch(item)
            else:
                _log.warning("The dtype of the watched tensor must be floating (e.g. tf.float32), got %r", item.dtype)

    def watched_variables(self) -> tuple[Any, ...]:
        """The variables that were watched, in the order they were met."""
        return tuple(v for v in self._watched.values() if is_variable(v))

    @contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Within the block nothing is remembered. Raises RuntimeError where the tape is not recording."""
        if not self._recording:
            raise RuntimeError("Trying to stop recording a tape which is not recording.")
        self._stop()
        try:
            yield
        finally:
            self._start()

    def reset(self) -> None:
        """Forget everything, as a new tape does."""
        self._makers, self._watched = {}, {}

    # Gradients ------------------------------------------------------------------------------------

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None,
                 unconnected_gradients: Any = UnconnectedGradients.NONE) -> Any:
        """The derivative of the sum of `target` with respect to each of `sources`, in their structure.

        target: a tensor, or nested tensors. sources: nested tensors and variables that were watched. A gradient is
        `IndexedSlices` where rows were gathered, None where the target does not depend on the source.
        output_gradients: a weight for each target (None for ones). unconnected_gradients: 'none' or 'zero', what
        stands for a source that no target depends on.
        Raises RuntimeError where a tape that is not persistent is asked again.
        """
        wanted = unconnected(unconnected_gradients)
        self._use()
        targets = [convert(t) if hasattr(t, "_parts") else t for t in nest.flatten(target)]
        flat = nest.flatten(sources, False)
        weights = [None] * len(targets) if output_gradients is None else nest.flatten(output_gradients)
        if len(weights) != len(targets):
            raise ValueError(f"{len(weights)} output_gradients were given for {len(targets)} targets.")
        for item in (*targets, *flat):
            if not isinstance(item, Tensor) and not is_variable(item) and not hasattr(item, "_parts"):
                raise TypeError(f"gradient() takes tensors and variables, not {item!r} of type {type(item).__name__}.")
        with self._where(targets):
            moving = [(t, w) for t, w in zip(targets, weights, strict=True) if carries(t)]
            if len(moving) < len(targets):
                _log.warning("The dtype of the target tensor must be floating (e.g. tf.float32) when calling "
                             "GradientTape.gradient, got %r", next(t.dtype for t in targets if not carries(t)))
            found = self._back([t for t, _ in moving], [_start(t, w) for t, w in moving], flat)
            if wanted is UnconnectedGradients.ZERO:
                found = [array.zeros_like(s) if g is None else g for s, g in zip(flat, found, strict=True)]
        self._used_up()
        return nest.pack_sequence_as(sources, found)

    def _use(self) -> None:
        if self._used and not self._persistent:
            raise RuntimeError("A non-persistent GradientTape can only be used to compute one set of gradients "
                               "(or jacobians)")
        self._used = True
        if self._recording and not self._persistent:
            self._stop()

    def _used_up(self) -> None:
        """Free the memory of a tape that is not asked again; it still knows which variables it watched."""
        if not self._persistent:
            self._makers, self._watched = {}, {k: v for k, v in self._watched.items() if is_variable(v)}

    @staticmethod
    def _where(tensors: Sequence[Any]) -> Any:
        """The graph that gradients of these belong to, opened; nothing where they have values."""
        graph = graph_for(*tensors)
        return nullcontext() if graph is None or graph is mode.current_graph() else mode.opened(graph)

    def _back(self, targets: Sequence[Any], starts: Sequence[Any], sources: Sequence[Any]) -> list[Any]:
        """The gradient of each source; None for one that was not watched, even where it was used."""
        known = [id(s) in self._makers or (type(s) is GraphTensor and self._follows_from_outside(s)) for s in sources]
        found = iter(reverse(targets, starts, [s for s, k in zip(sources, known, strict=True) if k], self._maker))
        return [next(found) if k else None for k in known]

    def _maker(self, tensor: Any) -> Any:
        found = self._makers.get(id(tensor))
        if found is None and type(tensor) is GraphTensor and self._follows_from_outside(tensor):
            return self._makers[id(tensor)]
        return found

    def jacobian(self, target: Any, sources: Any, unconnected_gradients: Any = UnconnectedGradients.NONE,
                 parallel_iterations: int | None = None, experimental_use_pfor: bool = True) -> Any:
        """The derivative of each element of `target` with respect to each of `sources`.

        Of shape target.shape + source.shape, in the structure of `sources`; None (or zeros) where there is no
        dependence. parallel_iterations, experimental_use_pfor: accepted.
        """
        wanted = unconnected(unconnected_gradients)
        self._use()
        flat = nest.flatten(sources)
        with self._where([target, *flat]):
            value = convert(target)

            def of_row(row: Any) -> list[Any]:
                return self._back([target], [ops["Reshape"](row, _shape(value))], flat)

            found = _by_row(of_row, array.size(value), value.dtype.base_dtype)
            found = [_joined(g, _shape(value), _shape(s), s, wanted) for g, s in zip(found, flat, strict=True)]
        self._used_up()
        return nest.pack_sequence_as(sources, found)

    def batch_jacobian(self, target: Any, source: Any, unconnected_gradients: Any = UnconnectedGradients.NONE,
                       parallel_iterations: int | None = None, experimental_use_pfor: bool = True) -> Any:
        """The Jacobian of each row: of shape [b] + target.shape[1:] + source.shape[1:].

        target, source: of shapes [b, …]; row i of the target depends on row i of the source alone.
        Raises ValueError where the first dimensions differ or are missing.
        """
        wanted = unconnected(unconnected_gradients)
        shapes = target.shape, source.shape
        for shape in shapes:
            if shape.rank is None or shape.rank < 1:
                raise ValueError("target.shape and source.shape must be known and have at least one dimension: "
                                 f"{shapes[0]}, {shapes[1]}")
        if not shapes[0][:1].is_compatible_with(shapes[1][:1]):
            raise ValueError(f"Need first dimension of target shape ({shapes[0]}) and source shape ({shapes[1]}) "
                             "to match.")
        self._use()
        with self._where([target, source]):
            value, given = convert(target), convert(source)
            rows, inner, outer = _shape(value)[:1], _shape(value)[1:], _shape(given)[1:]
            minus = np.array([-1], np.int32)

            def of_row(row: Any) -> list[Any]:
                same_for_all = array.broadcast_to(ops["Reshape"](row, inner), _shape(value))
                return self._back([target], [same_for_all], [source])

            found = _by_row(of_row, ops["Prod"](inner, np.array([0], np.int32)), value.dtype.base_dtype)[0]
            if found is not None:  # [elements, b, …] → [b, elements, …]
                flat = ops["Reshape"](found, array.concat([array.expand_dims(array.shape(found)[0], 0), rows, minus],
                                                          0))
                found = ops["Reshape"](array.transpose(flat, [1, 0, 2]), array.concat([rows, inner, outer], 0))
            elif wanted is UnconnectedGradients.ZERO:
                found = array.zeros(array.concat([rows, inner, outer], 0), given.dtype.base_dtype)
        self._used_up()
        return found


def _start(target: Any, weight: Any) -> Any:
    """The gradient that the traversal starts from at one target."""
    if weight is None:
        return array.ones_like(target)
    return weight if hasattr(weight, "_parts") else convert(weight, target.dtype.base_dtype)


def _shape(tensor: Any) -> Any:
    return array.shape(tensor)


def _by_row(of_row: Callable[[Any], list[Any]], count: Any, dtype: Any) -> list[Any]:
    """Gradients for each unit vector of length `count`, stacked; None where there is no dependence."""
    units = ops["MatrixDiag"](array.fill(array.expand_dims(count, 0), np.ones((), dtype.np_dtype)))
    probe = of_row(array.zeros(array.expand_dims(count, 0), dtype))
    there = [i for i, g in enumerate(probe) if g is not None]
    if not there:
        return probe
    stacked = functional.map_fn(lambda row: tuple(convert(of_row(row)[i]) for i in there), units,
                                fn_output_signature=tuple(probe[i].dtype for i in there))
    found: list[Any] = [None] * len(probe)
    for i, tensor in zip(there, stacked, strict=True):
        found[i] = tensor
    return found


def _joined(stacked: Any, target_shape: Any, source_shape: Any, source: Any, wanted: UnconnectedGradients) -> Any:
    if stacked is None and wanted is UnconnectedGradients.NONE:
        return None
    whole = array.concat([target_shape, source_shape], 0)
    return array.zeros(whole, source.dtype.base_dtype) if stacked is None else ops["Reshape"](stacked, whole)
