"""Programs: a model's steps, traced. One takes a batch; one takes data that lie on the device and repeats the step.

A program of the second kind runs any number of steps in one call: the numbers of the first and last batch are inputs,
so that it is compiled once. All state is in variables, which the program is given and gives back.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, final

import numpy as np

import hornbeam as tf
from hornbeam.autograph.conversion import convert as converted
from hornbeam.graph.body import bodies
from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.tree import structures as tree
from hornbeam.ops.batches import rows_at
from hornbeam.runtime.executor import work_of
from hornbeam.runtime.function import Function
from hornbeam.runtime.plan import on_host

SHORT_STEP = 4_000_000
"""Estimated scalar operations of a step up to which it is repeated on the device."""


@final
class Programs:
    """The programs of one model, made when they are first needed."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._made: dict[Any, Any] = {}

    def step(self, mode: str) -> Callable[[Any], Any]:
        """A function of one batch that makes one step; traced unless the model runs eagerly."""
        key = mode, bool(self.model.run_eagerly)
        found = self._made.get(key)
        if found is None:
            own = getattr(self.model, f"{mode}_step")
            traces = converted(own) if _is_users(own) and not self.model.run_eagerly else own

            def step(batch: Any) -> Any:
                with self.model._trainable_as_compiled() if mode == "train" else contextlib.nullcontext():
                    return traces(batch)

            if self.model.run_eagerly:
                found = lambda batch: step(as_tensors(batch))  # noqa: E731
            else:
                traced = Function(step, autograph=False, reduce_retracing=False)
                found = lambda batch: traced(as_tensors(batch))  # noqa: E731
            self._made[key] = found
        return found

    def repeated(self, mode: str, batch_size: int) -> Function:
        """`run(first, last, order, data)`: the steps from batch `first` to before `last` of data on the device.

        order: the places of the samples, int32 [samples]. Returns the metrics after them.
        """
        key = mode, batch_size
        found = self._made.get(key)
        if found is None:
            model = self.model
            own = getattr(model, f"{mode}_step")

            def step(batch: Any) -> None:
                with model._trainable_as_compiled() if mode == "train" else contextlib.nullcontext():
                    own(batch)

            def run(first: Any, last: Any, order: Any, data: Any) -> Any:
                def one(number: Any) -> Any:
                    places = tf.slice(order, tf.reshape(number * batch_size, [1]), [batch_size])
                    step(tree.map_structure(lambda a: None if a is None else rows_at(a, places), data))
                    return [number + 1]

                tf.while_loop(lambda number: number < last, one, [first])
                return model.get_metrics_result()

            found = self._made[key] = Function(run, autograph=False)
        return found

    def suits_device(self, function: Function) -> bool:
        """Whether steps repeated on the device are faster than one call each.

        Not where a part can only run on the host, and not for long steps: XLA runs convolutions within loops on one
        core, by its plainest code, and next to a long step the cost of a call is nothing.
        """
        ops = [op for trace in function._history for op in trace.concrete.graph.needed]
        inner = [op for loop in ops for body in bodies(loop) for op in body.needed]
        if any(on_host(op) for op in ops) or any("Conv" in op.type for op in inner):
            return False
        return sum(work_of(op, 1) for op in inner) <= SHORT_STEP


def _is_users(method: Any) -> bool:
    """Whether a method is a program's own rather than Hornbeam's."""
    function = getattr(method, "__func__", method)
    return not getattr(function, "__module__", "").startswith("hornbeam.")


def as_tensors(batch: Any) -> Any:
    """A batch of arrays as tensors."""
    return tree.map_structure(lambda a: a if a is None or not isinstance(a, (np.ndarray, np.generic, int, float))
                              else EagerTensor(np.asarray(a)), batch)
