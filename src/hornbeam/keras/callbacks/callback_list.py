"""CallbackList: several callbacks as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from hornbeam.keras.callbacks.callback import Callback, listens_to_batches
from hornbeam.keras.callbacks.history import History
from hornbeam.keras.callbacks.progbar_logger import ProgbarLogger
from hornbeam.keras.graph_scopes import in_the_programs_graph
from hornbeam.keras.names import keras_export


@keras_export("callbacks.CallbackList")
class CallbackList:
    """Calls each of its callbacks, in order.

    add_history, add_progbar: append a `History` and a `ProgbarLogger` where there is none. model, params: given to
    each; keyword arguments are params too (`epochs=`, `steps=`, `verbose=`).
    """

    def __init__(self, callbacks: Any = None, add_history: bool = False, add_progbar: bool = False, model: Any = None,
                 **params: Any) -> None:
        self.callbacks: list[Any] = _flat(callbacks)
        self._history = self._present(History, add_history)
        self._progbar = self._present(ProgbarLogger, add_progbar)
        self.params: dict[str, Any] = {}
        self._model: Any = None
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)

    def _present(self, kind: type, add: bool) -> Any:
        found = next((c for c in self.callbacks if isinstance(c, kind)), None)
        if found is None and add:
            found = kind()
            self.callbacks.append(found)
        return found

    @property
    def model(self) -> Any:
        """The model."""
        return self._model

    def append(self, callback: Callback) -> None:
        """Add a callback at the end."""
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give the parameters to each."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give the model to each; it keeps the history as `model.history`."""
        self._model = model
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def listening(self, mode: str) -> list[Callback]:
        """The callbacks that do something at batches of `"train"`, `"test"` or `"predict"`, but for the bar."""
        return [c for c in self.callbacks if c is not self._progbar and listens_to_batches(c, mode)]

    def hooks(self, mode: str, when: str) -> list[Any]:
        """The methods to call at the `"begin"` or `"end"` of each batch, with its number and logs; not the bar's."""
        return [_hook(c, f"on_{mode}_batch_{when}") for c in self.callbacks
                if c is not self._progbar and listens_to_batches(c, mode, when)]

    @property
    def progbar(self) -> Any:
        """The `ProgbarLogger`, or None."""
        return self._progbar

    def _each(self, method: str, *args: Any) -> None:
        for callback in self.callbacks:
            _hook(callback, method)(*args)

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._each("on_batch_begin", batch, logs or {})

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        self._each("on_batch_end", batch, logs or {})

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._each("on_epoch_begin", epoch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._each("on_epoch_end", epoch, logs or {})

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._each("on_train_batch_begin", batch, logs or {})

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._each("on_train_batch_end", batch, logs or {})

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._each("on_test_batch_begin", batch, logs or {})

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self._each("on_test_batch_end", batch, logs or {})

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._each("on_predict_batch_begin", batch, logs or {})

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._each("on_predict_batch_end", batch, logs or {})

    def on_train_begin(self, logs: Any = None) -> None:
        self._each("on_train_begin", logs or {})

    def on_train_end(self, logs: Any = None) -> None:
        self._each("on_train_end", logs or {})

    def on_test_begin(self, logs: Any = None) -> None:
        self._each("on_test_begin", logs or {})

    def on_test_end(self, logs: Any = None) -> None:
        self._each("on_test_end", logs or {})

    def on_predict_begin(self, logs: Any = None) -> None:
        self._each("on_predict_begin", logs or {})

    def on_predict_end(self, logs: Any = None) -> None:
        self._each("on_predict_end", logs or {})


def _hook(callback: Any, name: str) -> Any:
    method = getattr(callback, name)
    own = type(callback).__module__.startswith("hornbeam.")
    return method if own else in_the_programs_graph(method)


def _flat(callbacks: Any) -> list[Any]:
    if callbacks is None:
        return []
    if isinstance(callbacks, CallbackList):
        return list(callbacks.callbacks)
    if isinstance(callbacks, (Sequence, Iterable)):
        return [c for item in callbacks for c in _flat(item)]
    return [callbacks]
