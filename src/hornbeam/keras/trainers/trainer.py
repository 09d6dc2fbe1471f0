"""Trainer: `fit`, `evaluate`, `predict` and their kin.

`fit` turns its arguments into a source of batches (`data/`) and a pass over it (`loops.py`); the pass repeats the
model's step (`steps.py`) as a compiled program (`programs.py`) and tells the callbacks.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.callback_list import CallbackList
from hornbeam.keras.config import settings
from hornbeam.keras.conventions import Conventions
from hornbeam.keras.graph_scopes import at_once
from hornbeam.keras.old_names import taking_old_arguments
from hornbeam.keras.trainers.arguments import (
    refuse_callbacks,
    refuse_epochs,
    refuse_numbers,
    refuse_split,
    warn_of_nan,
)
from hornbeam.keras.trainers.data.arrays import split, standardized
from hornbeam.keras.trainers.data.batch import unpack_x_y_sample_weight
from hornbeam.keras.trainers.data.source import Source, with_class_weight
from hornbeam.keras.trainers.data.sources import is_array_data, source_for
from hornbeam.keras.trainers.interrupts import HeldInterrupts
from hornbeam.keras.trainers.logs import Logs, plain_logs
from hornbeam.keras.trainers.loops import Pass
from hornbeam.keras.trainers.old_methods import OldMethods, names_of_results, resetting_metrics, tell_callbacks
from hornbeam.keras.trainers.programs import Programs, as_tensors
from hornbeam.keras.trainers.steps import Steps
from hornbeam.keras.tree import structures as tree

_QUEUES = ("max_queue_size", "workers", "use_multiprocessing")


class Trainer(OldMethods, Steps):
    """The part of `Model` that repeats steps over data."""

    stop_evaluating = False
    stop_predicting = False
    history: Any = None

    @at_once
    @taking_old_arguments(*_QUEUES, nb_epoch="epochs")
    def fit(self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: Any = "auto",
            callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None,
            shuffle: bool | str = True, class_weight: dict[int, float] | None = None, sample_weight: Any = None,
            initial_epoch: int = 0, steps_per_epoch: int | None = None, validation_steps: int | None = None,
            validation_batch_size: int | None = None, validation_freq: Any = 1) -> Any:
        """Train.

        x, y, sample_weight: arrays of one number of samples (or structures of them); or `x` alone: a `PyDataset`, a
        dataset, a generator or iterable of batches `(x, y)` or `(x, y, sample_weight)`. batch_size: of arrays, 32 by
        default. epochs: the number of the last epoch, from `initial_epoch` on. verbose: 1 draws a bar, 2 writes a line
        an epoch, 0 nothing. callbacks: a list. validation_split: this part of the samples, the last ones, is kept for
        validation. validation_data: `(x, y)`, `(x, y, sample_weight)`, or what gives batches; with `validation_steps`,
        `validation_batch_size`; `validation_freq`: every so many epochs, or a list of epochs. shuffle: arrays in a new
        order each epoch; `"batch"` whole batches. class_weight: weights by class number. steps_per_epoch: batches of
        an epoch; the next one goes on from there. Returns the `History`.

        Raises ValueError before the first step for data that do not fit. Ctrl-C raises KeyboardInterrupt once the
        steps that run are whole.
        """
        self._assert_compile_called("fit")
        refuse_epochs(epochs=epochs, initial_epoch=initial_epoch)
        refuse_numbers(batch_size=batch_size, steps_per_epoch=steps_per_epoch, validation_steps=validation_steps,
                       validation_batch_size=validation_batch_size)
        refuse_split(validation_split)
        refuse_callbacks(callbacks)
        self.stop_training = False
        if validation_split and validation_data is None:
            (x, y, sample_weight), validation_data = split((x, y, sample_weight), validation_split)
        source = source_for(x, y, sample_weight, batch_size, shuffle, class_weight)
        checked = None if validation_data is None else _validation_source(validation_data, validation_batch_size
                                                                          or batch_size)
        limit = settings.max_epochs()
        if limit is not None and limit < epochs:
            warnings.warn(f"Limiting epochs to {limit}, as `keras.config.set_max_epochs` says.", stacklevel=4)
            epochs = limit
        steps_per_epoch = _limited(steps_per_epoch, source)
        steps = steps_per_epoch if steps_per_epoch is not None else source.num_batches
        called = CallbackList(callbacks, add_history=True, add_progbar=_verbosity(verbose) != 0, model=self,
                              verbose=_verbosity(verbose), epochs=epochs, steps=steps)
        if Conventions.keras_2:
            tell_callbacks(called, self, x, validation_data, batch_size)
        results: Any = None
        logs: dict[str, Any] = {}
        warned = False
        with HeldInterrupts() as interrupts:
            train = Pass(self, "train", source, called, interrupts, steps_per_epoch)
            check: Pass | None = None
            self._initial_epoch: int | None = None
            called.on_train_begin()
            initial_epoch = self._initial_epoch or initial_epoch  # a callback may know where training stopped
            for epoch in range(initial_epoch, epochs):
                self.reset_metrics()
                called.on_epoch_begin(epoch)
                source.on_epoch_begin()
                results = train.run()
                source.on_epoch_end()
                if results is None:
                    self._warn_ran_out(epoch > initial_epoch)
                    if epoch > initial_epoch or not source.repeats:
                        break
                elif train.ran_out:
                    self._warn_ran_out(True)
                    train.ran_out = False
                logs = plain_logs(self._fresh_results(results))
                warned = warned or self.stop_training or warn_of_nan(logs, epoch, source)
                if checked is not None and _is_due(epoch, validation_freq):
                    if check is None:
                        check = Pass(self, "test", checked, called, interrupts, validation_steps)
                    found = self._evaluated(check, called)
                    logs.update({f"val_{name}": value for name, value in found.items()})
                called.on_epoch_end(epoch, logs)
                if self.stop_training:
                    break
            if self.optimizer is not None and epochs > 0:
                self.optimizer.finalize_variable_values(self.trainable_weights)
            called.on_train_end(logs)
        source.close()
        return self.history

    def _fresh_results(self, results: Any) -> Any:
        """The metrics as they are now, where steps give just these; else what the last step gave."""
        return results

    @staticmethod
    def _warn_ran_out(short: bool) -> None:
        warnings.warn("Your input ran out of data; interrupting training. Make sure that your dataset or generator "
                      "can generate at least `steps_per_epoch * epochs` batches. You may need to use the `.repeat()` "
                      "function when building your dataset.", stacklevel=5)

    @at_once
    @taking_old_arguments(*_QUEUES)
    def evaluate(self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: Any = "auto",
                 sample_weight: Any = None, steps: int | None = None, callbacks: Any = None, return_dict: bool = False,
                 **kwargs: Any) -> Any:
        """The loss and metrics for data, as for `fit`: a number, a list in the order of `metrics`, or a dictionary.

        steps: batches to take. Raises ValueError for data that do not fit.
        """
        self._assert_compile_called("evaluate")
        if kwargs:
            raise ValueError(f"Arguments not recognized: {kwargs}")
        refuse_numbers(batch_size=batch_size, steps=steps)
        refuse_callbacks(callbacks)
        self.stop_evaluating = False
        source = source_for(x, y, sample_weight, batch_size)
        steps = _limited(steps, source)
        called = CallbackList(callbacks, add_progbar=_verbosity(verbose) != 0, model=self,
                              verbose=_verbosity(verbose), epochs=1,
                              steps=steps if steps is not None else source.num_batches)
        with HeldInterrupts() as interrupts:
            logs = self._evaluated(Pass(self, "test", source, called, interrupts, steps), called)
        source.close()
        return logs if return_dict else self._in_order(logs)

    def _evaluated(self, over: Pass, called: CallbackList) -> dict[str, Any]:
        self.stop_evaluating = False
        self.reset_metrics()
        called.on_test_begin()
        over.source.on_epoch_begin()
        logs = plain_logs(over.run())
        over.source.on_epoch_end()
        called.on_test_end(logs)
        return logs

    @at_once
    @taking_old_arguments(*_QUEUES)
    def predict(self, x: Any, batch_size: int | None = None, verbose: Any = "auto", steps: int | None = None,
                callbacks: Any = None) -> Any:
        """The outputs for data, as NumPy arrays, batch by batch.

        x: as for `fit`. steps: batches to take.
        """
        refuse_numbers(batch_size=batch_size, steps=steps)
        refuse_callbacks(callbacks)
        self.stop_predicting = False
        if verbose == "auto" and Conventions.keras_2:
            verbose = 0
        source = source_for(x, None, None, batch_size)
        steps = _limited(steps, source)
        called = CallbackList(callbacks, add_progbar=_verbosity(verbose) != 0, model=self,
                              verbose=_verbosity(verbose), epochs=1,
                              steps=steps if steps is not None else source.num_batches)
        step, found = self._all_programs().step("predict"), []
        per_call = 1 if self.steps_per_execution == "auto" else max(1, self.steps_per_execution)
        last = None if steps is None else -(-steps // per_call) * per_call  # calls are whole ones
        listening = bool(called.listening("predict"))
        bar = called.progbar
        with HeldInterrupts() as interrupts:
            called.on_predict_begin()
            for number, batch in enumerate(source.batches()):
                if number == last or self.stop_predicting:
                    break
                if listening and number % per_call == 0:
                    called.on_predict_batch_begin(number)
                found.append(step(batch))
                if listening and number % per_call == per_call - 1:
                    called.on_predict_batch_end(number, {"outputs": _joined(found[-per_call:])})
                elif bar is not None and not listening:
                    bar.on_predict_batch_end(number)
                interrupts.raise_if_any()
            left = len(found) % per_call
            if listening and left:
                called.on_predict_batch_end(len(found) - left + per_call - 1, {"outputs": _joined(found[-left:])})
            if not found:
                raise ValueError("Unexpected result of `predict_function` (Empty batch_outputs): there were no data.")
            called.on_predict_end()
        source.close()
        return _joined(found)

    # One batch ------------------------------------------------------------------------------------

    @at_once
    @resetting_metrics
    def train_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None,
                       return_dict: bool = False) -> Any:
        """Train on one batch of arrays. Returns the loss and metrics of this batch as `evaluate` does."""
        self._assert_compile_called("train_on_batch")
        batch = _one_batch(x, y, sample_weight)
        if class_weight is not None:
            batch = with_class_weight(batch, class_weight)
        logs = plain_logs(self._all_programs().step("train")(batch))
        return logs if return_dict else self._in_order(logs)

    @at_once
    @resetting_metrics
    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """The loss and metrics of one batch of arrays."""
        self._assert_compile_called("test_on_batch")
        logs = plain_logs(self._all_programs().step("test")(_one_batch(x, y, sample_weight)))
        return logs if return_dict else self._in_order(logs)

    @at_once
    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for one batch, as NumPy arrays."""
        outputs = self._all_programs().step("predict")((standardized(x),))
        return tree.map_structure(_as_numpy, outputs)

    # Inside ---------------------------------------------------------------------------------------

    def _all_programs(self) -> Programs:
        found = self._programs.get("all")
        if found is None:
            found = self._programs["all"] = Programs(self)
        return found

    def _steps_as_defined_here(self, mode: str) -> bool:
        """Whether the steps of a mode, and what they give, are Hornbeam's own: then metrics alone are their result."""
        names = (f"{mode}_step", "compute_metrics")
        return all(getattr(type(self), name) is getattr(Steps, name) and name not in vars(self) for name in names)

    def make_train_function(self, force: bool = False) -> Any:
        """The function that makes a step of training on one batch. force: make it anew."""
        return self._function("train", force)

    def make_test_function(self, force: bool = False) -> Any:
        """The function that measures one batch."""
        return self._function("test", force)

    def make_predict_function(self, force: bool = False) -> Any:
        """The function that gives the outputs for one batch."""
        return self._function("predict", force)

    def _function(self, mode: str, force: bool) -> Any:
        if force:
            self._programs.clear()
        return self._all_programs().step(mode)

    def _in_order(self, logs: dict[str, Any]) -> Any:
        """Logs as a list in the order of the metrics; alone where it is one."""
        names: list[str] = names_of_results(self) if Conventions.keras_2 else []
        for metric in self.metrics:
            names += [m.name for m in metric.metrics] if metric is self._compile_metrics else [metric.name]
        values = [value for name in dict.fromkeys(names) if name in logs for value in self._under(name, logs)]
        values += [logs[name] for name in sorted(logs) if name not in names]
        return values[0] if len(values) == 1 else values

    def _under(self, name: str, logs: dict[str, Any]) -> list[Any]:
        """What logs say under a name. Keras 2 lists the losses of all outputs, though one layer gives several."""
        losses = [] if self._compile_loss is None else self._compile_loss.metrics
        names = [loss.name for loss in losses]
        if not Conventions.keras_2 or name not in names or len(set(names)) == len(names):
            return [logs[name]]
        found = plain_logs({str(i): loss.result() for i, loss in enumerate(losses)})
        return list(found.values()) if name == names[0] else []


def _verbosity(verbose: Any) -> int:
    if verbose == "auto":
        return 1 if settings.is_interactive_logging_enabled() else 2
    try:
        return int(verbose)
    except (TypeError, ValueError):
        raise ValueError(f"`verbose` is 'auto', 0, 1 or 2. Received: verbose={verbose!r}") from None


def _is_due(epoch: int, frequency: Any) -> bool:
    """Whether an epoch (from 0) ends with validation."""
    if isinstance(frequency, int):
        return (epoch + 1) % frequency == 0
    if isinstance(frequency, (list, tuple, set)):
        return epoch + 1 in frequency
    raise ValueError(f"Expected `validation_freq` to be a list or int. Received: validation_freq={frequency} of the "
                     f"type {type(frequency)}.")


def _limited(steps: int | None, source: Source) -> int | None:
    """The steps of an epoch, at most as many as `keras.config.set_max_steps_per_epoch` allows."""
    limit = settings.max_steps_per_epoch()
    return steps if limit is None else min(limit, steps or source.num_batches or limit)


def _joined(outputs: list[Any]) -> Any:
    """What a model gave for several batches, as NumPy arrays."""
    if len(outputs) == 1:
        return tree.map_structure(_as_numpy, outputs[0])
    return tree.map_structure(lambda *parts: np.concatenate([np.asarray(p) for p in parts], axis=0), *outputs)


def _validation_source(data: Any, batch_size: int | None) -> Source:
    if isinstance(data, (tuple, list)) and data and is_array_data(data[0]):
        x, y, sample_weight = unpack_x_y_sample_weight(tuple(data))
        return source_for(x, y, sample_weight, batch_size)
    return source_for(data, None, None, batch_size)


def _one_batch(x: Any, y: Any, sample_weight: Any) -> Any:
    parts = [standardized(x), standardized(y), standardized(sample_weight, float_only=True)]
    kept = 3 if parts[2] is not None else 2 if parts[1] is not None else 1
    return tuple(parts[:kept])


def _as_numpy(value: Any) -> np.ndarray:
    return np.array(value)


__all__ = ["Logs", "Trainer", "as_tensors"]
