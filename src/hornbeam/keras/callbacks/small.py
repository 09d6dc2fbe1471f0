"""Small callbacks: a function for each turn, logs sent away, an end at NaN, averaged weights in the place of others."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.callbacks.learning_rates import optimizers_of
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.messages import tell


@keras_export("callbacks.LambdaCallback")
class LambdaCallback(Callback):
    """Calls a function at each turn that one is given for: `on_epoch_end=lambda epoch, logs: …`."""

    def __init__(self, on_epoch_begin: Callable[..., Any] | None = None,
                 on_epoch_end: Callable[..., Any] | None = None, on_train_begin: Callable[..., Any] | None = None,
                 on_train_end: Callable[..., Any] | None = None,
                 on_train_batch_begin: Callable[..., Any] | None = None,
                 on_train_batch_end: Callable[..., Any] | None = None, **kwargs: Any) -> None:
        super().__init__()
        given = {"on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end, "on_train_begin": on_train_begin,
                 "on_train_end": on_train_end, "on_train_batch_begin": on_train_batch_begin,
                 "on_train_batch_end": on_train_batch_end, **kwargs}
        for name, function in given.items():
            if function is not None:
                setattr(self, name, function)


@keras_export("callbacks.RemoteMonitor")
class RemoteMonitor(Callback):
    """Posts the logs of each epoch, and its number, to `root + path`: as a form with the field `field` that holds JSON,
    or as JSON itself with `send_as_json`. headers: further HTTP headers. Warns where the server does not answer.
    """

    def __init__(self, root: str = "http://localhost:9000", path: str = "/publish/epoch/end/", field: str = "data",
                 headers: dict[str, str] | None = None, send_as_json: bool = False) -> None:
        super().__init__()
        self.root, self.path, self.field = root, path, field
        self.headers, self.send_as_json = headers, send_as_json

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        text = json.dumps({"epoch": epoch, **{name: np.asarray(value).item() for name, value in (logs or {}).items()}})
        if not self.send_as_json:
            text = urllib.parse.urlencode({self.field: text})
        kind = "application/json" if self.send_as_json else "application/x-www-form-urlencoded"
        request = urllib.request.Request(self.root + self.path, text.encode(),
                                         {"Content-Type": kind, **(self.headers or {})})
        try:
            with urllib.request.urlopen(request) as answer:
                answer.read()
        except urllib.error.HTTPError:
            return  # the server is there, whatever it says
        except (OSError, http.client.HTTPException):
            warnings.warn(f"Could not reach RemoteMonitor root server at {self.root}", stacklevel=2)


@keras_export("callbacks.TerminateOnNaN")
class TerminateOnNaN(Callback):
    """Ends training when the loss of a batch is NaN or infinite.

    raise_error: raise RuntimeError instead.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or np.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Training ends.")
        tell(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True


@keras_export("callbacks.SwapEMAWeights")
class SwapEMAWeights(Callback):
    """Lets the optimizer's averaged weights stand in for the model's while it is tested and used to predict.

    The optimizer needs `use_ema=True`. swap_on_epoch: also at the end of each epoch, so that what is saved then are the
    averages. Raises ValueError for an optimizer without averages.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._swapped = False
        self._held: list[np.ndarray] = []

    def _averages(self) -> list[tuple[Any, Any]]:
        """Weights and their averages."""
        optimizers = [o for _, o in optimizers_of(self.model.optimizer)]
        averaged = [o for o in optimizers if getattr(o, "use_ema", False)]
        if not averaged and len(optimizers) == 1:
            raise ValueError("SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received: "
                             f"use_ema={getattr(optimizers[0], 'use_ema', None)}")
        if not averaged:
            raise ValueError("SwapEMAWeights must be used when at least one inner optimizer has `use_ema=True` set. "
                             "Received a MultiOptimizer with all inner optimizers having `use_ema=False`.")
        return [pair for o in averaged if o.built for pair in
                zip(o._trainable_variables, o._model_variables_moving_average, strict=True) if pair[1] is not None]

    def _swap(self) -> None:
        for weight, average in self._averages():
            held = weight.numpy()
            weight.assign(average)
            average.assign(held)
        self._swapped = not self._swapped

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._swapped:
            self._swap()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch and not self._swapped:
            self._swap()
            self._held = [weight.numpy() for weight, _ in self._averages()]

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the averages in the model, where the optimizer has put what it took for them: the swapped weights."""
        if self._swapped:
            for (weight, average), held in zip(self._averages(), self._held, strict=True):
                weight.assign(held)
                average.assign(held)
            self._swapped = False

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._swapped:
            self._swap()

    def on_test_end(self, logs: Any = None) -> None:
        if self._swapped:
            self._swap()

    on_predict_begin, on_predict_end = on_test_begin, on_test_end
