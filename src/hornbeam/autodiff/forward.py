"""ForwardAccumulator: derivatives in one direction, carried along while a program runs.

The derivative of a call in a direction v is found from its gradient rule alone: the gradients g(u) of its inputs are
linear in the gradients u of its outputs, and the derivative of ⟨g(u), v⟩ with respect to u is what is wanted
(Townsend 2017, "A new trick for calculating Jacobian vector products").
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, final

from hornbeam.autodiff.gradients import UnconnectedGradients
from hornbeam.autodiff.reverse import carries, gradients_of_call
from hornbeam.autodiff.tape import GradientTape, enter, is_variable, leave, unconnected, variable_behind
from hornbeam.graph import nest
from hornbeam.graph.call import convert_to_tensor as convert
from hornbeam.graph.names import public
from hornbeam.graph.tensor import GraphTensor, Tensor
from hornbeam.ops import array

_log = logging.getLogger("hornbeam")


@public("autodiff.ForwardAccumulator")
@final
class ForwardAccumulator:
    """Within its block, carries along the derivatives of everything computed in one direction of `primals`.

    primals: a tensor or variable, or nested ones. tangents: the direction, of the same structure and shapes.
    Raises ValueError where the two do not fit.

    >>> x = convert([2.0, 3.0])
    >>> with ForwardAccumulator(x, convert([1.0, 0.0])) as acc:
    ...     y = x * x
    >>> acc.jvp(y).numpy().tolist()
    [4.0, 0.0]
    """

    levels = 1

    def __init__(self, primals: Any, tangents: Any) -> None:
        nest.assert_same_structure(primals, tangents, check_types=False)
        self._tangents: dict[int, Any] = {}
        self._alive: list[Any] = []
        self._recording = False
        for primal, tangent in zip(nest.flatten(primals), nest.flatten(tangents), strict=True):
            self._watch(primal, tangent)

    def _watch(self, primal: Any, tangent: Any) -> None:
        if not isinstance(primal, Tensor) and not is_variable(primal):
            raise ValueError(f"Passed in object {primal!r}, which is neither a tensor nor a variable.")
        if not carries(primal):
            _log.warning("The dtype of the watched primal must be floating (e.g. tf.float32), got %r", primal.dtype)
            return
        if id(primal) in self._tangents:
            raise ValueError(f"{primal!r} was given as a primal before.")
        given = convert(tangent, primal.dtype.base_dtype)
        if not given.shape.is_compatible_with(primal.shape):
            raise ValueError(f"a tangent of shape {given.shape} does not fit a primal of shape {primal.shape}")
        self._set(primal, given)

    def _set(self, tensor: Any, tangent: Any) -> None:
        self._tangents[id(tensor)] = tangent
        self._alive.append(tensor)

    # Recording ------------------------------------------------------------------------------------

    def __enter__(self) -> ForwardAccumulator:
        if self._recording:
            raise ValueError("Accumulator is already recording.")
        enter(self)
        self._recording = True
        return self

    def __exit__(self, *exc: object) -> None:
        leave(self)
        self._recording = False

    def follows(self, tensors: Sequence[Any]) -> bool:
        """Whether any of these has a tangent."""
        return any(self._tangent(t) is not None for t in tensors)

    def read(self, variable: Any, tensor: Any) -> None:
        """A variable's tangent is that of its value."""
        tangent = self._tangents.get(id(variable))
        if tangent is not None:
            self._set(tensor, tangent)

    def saw(self, call: Any) -> None:
        """Find the tangents of the outputs of a call some of whose inputs have them."""
        if call.declaration.writes or not self.follows(call.inputs):
            return
        most = getattr(call.declaration, "differentiable_outputs", None)
        outputs = [t for t in call.outputs[:most] if carries(t)]
        if not outputs:
            return
        leave(self)
        try:
            for output, tangent in zip(outputs, self._pushed(call, outputs), strict=True):
                if tangent is not None:
                    self._set(output, tangent)
        finally:
            enter(self)

    def _pushed(self, call: Any, outputs: Sequence[Any]) -> list[Any]:
        duals = [array.zeros_like(t) for t in outputs]
        with GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(duals)
            found = gradients_of_call(call, [next((d for d, o in zip(duals, outputs, strict=True) if o is t), None)
                                             for t in call.outputs])
            pairs = [(convert(g), v) for t, g in zip(call.inputs, found, strict=True)
                     if g is not None and (v := self._tangent(t)) is not None]
        if not pairs:
            return [None] * len(outputs)
        return tape.gradient([g for g, _ in pairs], duals, [v for _, v in pairs])

    def _tangent(self, tensor: Any) -> Any:
        found = self._tangents.get(id(tensor))
        if found is not None or type(tensor) is not GraphTensor:
            return found
        if tensor.op.type == "_Arg":
            outside = getattr(tensor.op.graph, "sources", {}).get(tensor)
        else:
            outside = variable_behind(tensor) if tensor.op.type == "VariableV2" else None
        return None if outside is None else self._tangent(outside)

    # Asking ---------------------------------------------------------------------------------------

    def jvp(self, primals: Any, unconnected_gradients: Any = UnconnectedGradients.NONE) -> Any:
        """The derivatives of `primals`, nested tensors computed in the block, in the direction of the tangents.

        None, or zeros where `unconnected_gradients` is 'zero', for what does not depend on the accumulator's primals.
        """
        wanted = unconnected(unconnected_gradients)

        def of(tensor: Any) -> Any:
            found = self._tangent(tensor)
            return array.zeros_like(tensor) if found is None and wanted is UnconnectedGradients.ZERO else found

        return nest.map_structure(of, primals)
