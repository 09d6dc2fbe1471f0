"""One pass over data: batch by batch from the host, or many batches a call where the data lie on the device.

Where callbacks want every batch, and the steps are short, a call runs many steps too and records the results of each;
callbacks then hear of one after the other, and variables that they look at are taken back to where they should be
(`runtime/ahead.py`).

The device is never waited for but one call late: results are read when they are drawn, or when a callback looks, and
what a step's checks found when the next step is on its way. Meanwhile the host prepares the batch after it.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

from hornbeam.backend.devices import memory_of_machine, on_device
from hornbeam.graph.tensor import EagerTensor
from hornbeam.keras.trainers.data.arrays import ArraySource
from hornbeam.keras.trainers.data.source import Source
from hornbeam.keras.trainers.logs import Logs, rows_of
from hornbeam.keras.trainers.programs import Programs
from hornbeam.keras.tree import structures as tree
from hornbeam.runtime.ahead import Ahead
from hornbeam.runtime.concrete_function import ConcreteFunction
from hornbeam.runtime.executor import LateChecks

_CHUNK_SECONDS = 0.15
"""How long one call on the device is to take: Ctrl-C and the progress bar wait for no longer."""
_AHEAD_SECONDS = 0.02
"""How long a call of which callbacks hear step by step is to take."""
_ROOM = 512
"""Steps of such a call at most."""
_PART_OF_MEMORY = 8


@final
class Pass:
    """Repeats the steps of `mode` ('train' or 'test') over epochs of a source."""

    def __init__(self, model: Any, mode: str, source: Source, callbacks: Any, interrupts: Any,
                 steps: int | None = None) -> None:
        self.model, self.mode, self.source = model, mode, source
        self.callbacks, self.interrupts, self.steps = callbacks, interrupts, steps
        self.programs: Programs = model._all_programs()
        self._placed: Any = None
        self._iterator: Iterator[Any] | None = None
        self._seen = 0
        self._on_device = self._refused = False
        self._chunk = self._chunk_ahead = 1
        self._checks = LateChecks()
        self._begins: list[Any] = []
        self._ends: list[Any] = []
        self.ran_out = False

    def _fits_device(self) -> bool:
        source, model = self.source, self.model
        if self.steps is not None or not isinstance(source, ArraySource) or model.run_eagerly:
            return False
        if not model._steps_as_defined_here(self.mode) or source.samples < source.batch_size:
            return False
        if not model.built:
            return False
        arrays = [a for a in tree.flatten(source.arrays) if a is not None]
        return all(a.dtype != object for a in arrays) and \
            sum(a.nbytes for a in arrays) < memory_of_machine() // _PART_OF_MEMORY

    def run(self) -> Any:
        """One epoch. Returns the results after its last batch, None where there was none."""
        self._begins, self._ends = (self.callbacks.hooks(self.mode, when) for when in ("begin", "end"))
        one_by_one = bool(self._begins or self._ends) and self.model.steps_per_execution == 1
        if self._placed is None and not self._refused:
            self._on_device = self._fits_device()  # the epoch before may have built the model
        program = self._prepared(one_by_one) if self._on_device else None
        if program is None:
            results = self._run_by_batch()
        else:
            results = self._run_ahead(program) if one_by_one else self._run_on_device(program)
        self._checks.raise_any()
        return results

    # On the device --------------------------------------------------------------------------------

    def _prepared(self, one_by_one: bool) -> ConcreteFunction | None:
        """The program that repeats steps on the device; None where only the host can run them."""
        source = self.source
        assert isinstance(source, ArraySource)
        if one_by_one:
            metrics = self.model._compile_metrics
            if metrics is not None and not metrics.built:
                self.programs.step(self.mode).trace(source.rows(np.arange(source.batch_size)))
            function = self.programs.recorded(self.mode, source.batch_size, _ROOM)
        else:
            function = self.programs.repeated(self.mode, source.batch_size)
        is_new = self._placed is None
        if is_new:
            self._placed = tree.map_structure(lambda a: None if a is None else EagerTensor(on_device(a)), source.arrays)
        first = EagerTensor(np.int32(0))
        order = EagerTensor(np.zeros(source.samples, np.int32))
        program, (_, _, _, *self._arrays) = function._concrete((first, first, order, self._placed), {})
        if is_new and not (self.programs.suits_device(function)
                           and (not one_by_one or self.programs.can_be_repeated(function))):
            self._on_device, self._placed, self._refused = False, None, True
            return None
        return program

    def _epoch(self, program: ConcreteFunction) -> tuple[int, Any, Callable[[int, int], Any]]:
        """The number of whole batches, the smaller one after them if any, and what runs `count` steps from `at`."""
        source = self.source
        assert isinstance(source, ArraySource)
        order = source.order()
        placed_order = EagerTensor(on_device(order))
        whole = source.samples // source.batch_size

        def steps(at: int, count: int) -> Any:
            return program.call_flat([EagerTensor(np.int32(at)), EagerTensor(np.int32(at + count)), placed_order,
                                      *self._arrays])

        return whole, source.rows(order[whole * source.batch_size:]) if source.partial else None, steps

    def _run_ahead(self, program: ConcreteFunction) -> Any:
        """Many steps a call, of which callbacks hear one by one."""
        whole, last, steps = self._epoch(program)
        ahead = Ahead(*program.function.cells())
        results: Any = None
        at, begun = 0, False
        while at < whole and not self._stopped():
            with ahead.watching():
                if not begun:
                    self._begin(at)
            count = 1 if ahead.touched else min(self._chunk_ahead, whole - at)
            started = time.perf_counter()
            with LateChecks() as checks:
                rows = rows_of(ahead.run(functools.partial(steps, at), count), count)
            if checks.failed():
                if count == 1:
                    checks.raise_any()
                ahead.take_back()
                self._chunk_ahead, begun = 1, True  # step by step, so that callbacks hear of those before
                continue
            took = time.perf_counter() - started
            with ahead.watching():
                for step, results in enumerate(rows):
                    begun = step > 0
                    if begun:
                        self._begin(at + step)
                    if ahead.taken_back:
                        break
                    begun, ahead.seen = False, step + 1
                    self._end(at + step, results, checks)
                    if ahead.taken_back or self._stopped():
                        break
            at += ahead.seen
            wanted = int(count * _AHEAD_SECONDS / max(took, 1e-6))
            self._chunk_ahead = max(1, count // 4 if ahead.touched else min(count * 2, _ROOM, wanted))
        if last is not None and not self._stopped():
            results = self._one(whole, last)
        return results

    def _run_on_device(self, program: ConcreteFunction) -> Any:
        whole, last, steps = self._epoch(program)
        listened = bool(self._begins or self._ends)
        fixed = self._steps_per_call() if listened and self.model.steps_per_execution != "auto" else None
        results: Any = None
        before: Any = None
        at, started = 0, time.perf_counter()
        while at < whole and not self._stopped():
            count = min(fixed or self._chunk, whole - at)
            self._begin(at)
            with LateChecks() as checks:
                results = steps(at, count)
            if before is not None:
                _wait_for(before[0])
                now = time.perf_counter()
                self._adapt(before[1], now - started)
                started = now
            before = results, count
            if fixed is not None and count < fixed and last is not None:  # the partial batch ends this call
                self._look_back(checks)
            else:
                self._end(at + count - 1, results, checks, at + (fixed or count) - 1)
            at += count
        if last is not None and not self._stopped():
            place = whole % (fixed or 1)
            results = self._one(whole, last, begins=place == 0,
                                told=whole - place + (fixed or 1) - 1)
        return results

    def _adapt(self, count: int, seconds: float) -> None:
        """Let the next calls take the time they should, from what one took."""
        wanted = int(count * _CHUNK_SECONDS / max(seconds, 1e-6))
        self._chunk = max(1, min(wanted, self._chunk * 8))

    # From the host --------------------------------------------------------------------------------

    def _run_by_batch(self) -> Any:
        steps_per_call = self._steps_per_call()
        last = self._known_steps()
        results: Any = None
        open_call: int | None = None
        for number, batch in enumerate(self._batches()):
            place = number % steps_per_call
            ends = place == steps_per_call - 1 or number + 1 == last
            results = self._one(number, batch, place == 0, ends, number - place + steps_per_call - 1)
            open_call = None if ends else number - place
            if self._stopped():
                break
        if open_call is not None and results is not None:
            self._end(number, results, self._checks, open_call + steps_per_call - 1)
        return results

    def _one(self, number: int, batch: Any, begins: bool = True, ends: bool = True, told: int | None = None) -> Any:
        """One step. told: the number that callbacks hear at the end, an incomplete call's too."""
        if begins:
            self._begin(number)
        with LateChecks() as checks:
            results = self.programs.step(self.mode)(batch)
        if ends:
            self._end(number, results, checks, told)
        else:
            self._look_back(checks)
        return results

    def _known_steps(self) -> int | None:
        return self._whole_calls(self.steps) if self.steps is not None else self.source.num_batches

    def _whole_calls(self, steps: int) -> int:
        """The steps that whole calls take, where one may be more than was asked for."""
        per_call = self._steps_per_call()
        return -(-steps // per_call) * per_call

    def _batches(self) -> Iterator[Any]:
        """The batches of one epoch; with a number of steps, an epoch goes on where the last one stopped.

        Data may end within a call of several steps: nothing ran out then.
        """
        if self.steps is None:
            yield from self.source.batches()
            return
        if self._iterator is None:
            self._iterator = self.source.batches()
        for taken in range(self._whole_calls(self.steps)):
            batch = next(self._iterator, None)
            if batch is None:
                self._iterator = self.source.batches() if self.source.repeats else iter(())
                self._seen = 0
                self.ran_out = taken % self._steps_per_call() == 0
                return
            self._seen += 1
            yield batch
        if self._seen == self.source.num_batches and self.source.repeats:
            self._iterator, self._seen = None, 0  # the next epoch begins anew, and nothing ran out

    # Both -----------------------------------------------------------------------------------------

    def _steps_per_call(self) -> int:
        wanted = self.model.steps_per_execution
        return 1 if wanted == "auto" else max(1, wanted)

    def _stopped(self) -> bool:
        return self.model.stop_training if self.mode == "train" else self.model.stop_evaluating

    def _begin(self, number: int) -> None:
        for hook in self._begins:
            hook(number, {})

    def _end(self, number: int, results: Any, checks: LateChecks, told: int | None = None) -> None:
        """Tell callbacks and the progress bar of results; who reads them waits for the device."""
        self._look_back(checks)
        if self._ends:
            logs = Logs(results, checks) if type(results) is dict else results
            for hook in self._ends:
                hook(number if told is None else told, logs)
        bar = self.callbacks.progbar
        if bar is not None and bar.listens_to_batches(self.mode):
            getattr(bar, f"on_{self.mode}_batch_end")(number, Logs(results) if isinstance(results, dict) else None)

    def _look_back(self, checks: LateChecks) -> None:
        """Raise what the checks of the call before found, and Ctrl-C; the checks of this call wait for the next."""
        before, self._checks = self._checks, checks
        if before is not checks:
            before.raise_any()
        self.interrupts.raise_if_any()


def _wait_for(results: Any) -> None:
    for value in tree.flatten(results)[:1]:
        np.asarray(value)
