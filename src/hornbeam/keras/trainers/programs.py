"""Programs: a model's steps, traced. One takes a batch; one takes data that lie on the device and repeats the step.

A program of the second kind runs any number of steps in one call: the numbers of the first and last batch are inputs,
so that it is compiled once. All state is in variables, which the program is given and gives back.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

import hornbeam as tf
from hornbeam.autograph.conversion import convert as converted
from hornbeam.backend.lazy import jax
from hornbeam.graph import infer
from hornbeam.graph.body import bodies
from hornbeam.graph.operation import Operation
from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.graph_places import values_of_symbolic_tensors
from hornbeam.keras.tree import structures as tree
from hornbeam.ops.batches import rows_at
from hornbeam.runtime.executor import random_operations
from hornbeam.runtime.function import Function
from hornbeam.runtime.plan import on_host


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
                with self._around(mode):
                    return traces(batch)

            found = EagerStep(step) if self.model.run_eagerly else TracedStep(step)
            self._made[key] = found
        return found

    @contextlib.contextmanager
    def _around(self, mode: str) -> Iterator[None]:
        """What holds while a step is traced."""
        as_compiled = self.model._trainable_as_compiled() if mode == "train" else contextlib.nullcontext()
        with as_compiled, values_of_symbolic_tensors():
            yield

    def repeated(self, mode: str, batch_size: int) -> Function:
        """`run(first, last, order, data)`: the steps from batch `first` to before `last` of data on the device.

        order: the places of the samples, int32 [samples]. Returns the metrics after them.
        """
        return self._of_many(mode, batch_size, None)

    def recorded(self, mode: str, batch_size: int, room: int) -> Function:
        """The same for up to `room` steps. Returns the metrics after each step, [room, ...], those left over zero."""
        return self._of_many(mode, batch_size, room)

    def _of_many(self, mode: str, batch_size: int, room: int | None) -> Function:
        key = mode, batch_size, room
        found = self._made.get(key)
        if found is None:
            model = self.model
            own = getattr(model, f"{mode}_step")

            def step(batch: Any) -> None:
                with self._around(mode):
                    own(batch)

            def run(first: Any, last: Any, order: Any, data: Any) -> Any:
                names: list[str] = []

                def one(number: Any, *records: Any) -> Any:
                    places = tf.slice(order, tf.reshape(number * batch_size, [1]), [batch_size])
                    step(tree.map_structure(lambda a: None if a is None else rows_at(a, places), data))
                    if not records:
                        return [number + 1]
                    results = model.get_metrics_result()
                    names[:] = results
                    return [number + 1, *(record.write(number - first, value)
                                          for record, value in zip(records, results.values(), strict=True))]

                records = [tf.TensorArray(value.dtype, room, element_shape=value.shape)
                           for value in model.get_metrics_result().values()] if room else []
                _, *records = tf.while_loop(lambda number, *_: number < last, one, [first, *records])
                return {name: record.stack() for name, record in zip(names, records, strict=True)} if room \
                    else model.get_metrics_result()

            found = self._made[key] = Function(run, autograph=False)
        return found

    def can_be_repeated(self, function: Function) -> bool:
        """Whether steps run again from the same values give the same: no random operation counts its draws."""
        return not any(random_operations(trace.concrete.graph.needed) for trace in function._history)

    def suits_device(self, function: Function) -> bool:
        """Whether steps can be repeated on the device, and are faster so than one call each.

        Not where a part can only run on the host. XLA's own convolutions run on one core within loops, by its plainest
        code, 20 times slower; the kernels' do not.
        """
        ops = [op for trace in function._history for op in trace.concrete.graph.needed]
        inner = [op for loop in ops for body in bodies(loop) for op in body.needed]
        return not any(on_host(op) for op in ops) and all(_has_kernel(op) for op in inner if "Conv" in op.type)


def _has_kernel(op: Operation) -> bool:
    known = [infer.constant_value(t) for t in op.inputs]
    if not all(t.shape.is_fully_defined() for t in op.inputs):
        return False
    args = [jax.ShapeDtypeStruct(t.shape.as_list(), t.dtype.base_dtype.np_dtype) if value is None else value
            for t, value in zip(op.inputs, known, strict=True)]
    declaration = op.declaration
    return declaration.compiles_to(declaration.group(args, op.attrs), op.attrs) is not declaration.function


@final
class EagerStep:
    """A step that runs op by op."""

    def __init__(self, step: Callable[[Any], Any]) -> None:
        self._step = step

    def __call__(self, batch: Any) -> Any:
        return self._step(as_tensors(batch))


@final
class TracedStep:
    """A step as a traced function of the arrays in a batch, one for each structure that batches have."""

    def __init__(self, step: Callable[[Any], Any]) -> None:
        self._step = step
        self._traced: dict[Any, Function] = {}

    def __call__(self, batch: Any) -> Any:
        leaves = batch
        if type(batch) is tuple and all(type(a) is np.ndarray for a in batch):  # nearly all batches
            key: Any = len(batch)
        else:
            key = _structure(batch)
            leaves = [leaf for leaf in tree.flatten(batch) if leaf is not None]
        traced = self._traced.get(key)
        if traced is None:
            traced = self._traced[key] = self._of_leaves(batch)
        return traced(*[EagerTensor(a) if type(a) is np.ndarray else as_tensors(a) for a in leaves])

    def trace(self, batch: Any) -> None:
        """Trace the step for this batch without running it: layers, metrics and the optimizer get their variables."""
        self._of_leaves(batch).get_concrete_function(*[as_tensors(a) for a in tree.flatten(batch) if a is not None])

    def _of_leaves(self, batch: Any) -> Function:
        places = itertools.count()
        pattern = tree.map_structure(lambda leaf: None if leaf is None else next(places), batch)

        def step(*leaves: Any) -> Any:
            return self._step(tree.map_structure(lambda place: None if place is None else leaves[place], pattern))

        return Function(step, autograph=False, reduce_retracing=False)


def _structure(batch: Any) -> Any:
    """What two batches share that one traced step can take."""
    if isinstance(batch, dict):
        return dict, tuple((key, _structure(item)) for key, item in batch.items())
    if isinstance(batch, (list, tuple, collections.deque)):
        return type(batch), tuple([_structure(item) for item in batch])
    return batch is None


def _is_users(method: Any) -> bool:
    """Whether a method is a program's own rather than Hornbeam's."""
    function = getattr(method, "__func__", method)
    return not getattr(function, "__module__", "").startswith("hornbeam.")


def as_tensors(batch: Any) -> Any:
    """A batch of arrays as tensors."""
    return tree.map_structure(lambda a: a if a is None or not isinstance(a, (np.ndarray, np.generic, int, float))
                              else EagerTensor(np.asarray(a)), batch)
