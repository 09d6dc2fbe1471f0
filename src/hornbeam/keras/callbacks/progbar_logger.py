"""ProgbarLogger: the progress of `fit`, `evaluate` and `predict` in the terminal."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import taking_old_arguments
from hornbeam.keras.utils.messages import tell
from hornbeam.keras.utils.progbar import Progbar


@keras_export("callbacks.ProgbarLogger")
class ProgbarLogger(Callback):
    """Draws a bar with the logs beside it; `verbose` of `fit` says how much."""

    @taking_old_arguments("count_mode", "stateful_metrics")
    def __init__(self) -> None:
        super().__init__()
        self.seen = 0
        self.progbar: Progbar | None = None
        self.target: int | None = None
        self.verbose: Any = 1
        self.epochs = 1
        self._called_in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        self.verbose = 1 if params.get("verbose") == "auto" else params.get("verbose", 1)
        self.epochs = params.get("epochs", 1)
        self.target = params.get("steps")

    def listens_to_batches(self, mode: str) -> bool:
        """Whether batches are drawn."""
        return self.verbose == 1 and not (mode == "test" and self._called_in_fit)

    def is_due(self) -> bool:
        """Whether enough time went by for a new drawing."""
        return self.progbar is None or self.progbar.is_due()

    def on_train_begin(self, logs: Any = None) -> None:
        self._called_in_fit = True

    def on_train_end(self, logs: Any = None) -> None:
        self._called_in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._new_bar()
        if self.verbose and self.epochs > 1:
            tell(f"Epoch {epoch + 1}/{self.epochs}")

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._new_bar()

    def on_predict_begin(self, logs: Any = None) -> None:
        self._new_bar()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._draw(batch, logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._draw(batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._draw(batch, None)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._finish(logs)

    def on_predict_end(self, logs: Any = None) -> None:
        self._finish(None)

    def _new_bar(self) -> None:
        self.seen = 0
        self.progbar = Progbar(self.target, verbose=self.verbose, stateless_metrics=())

    def _bar(self) -> Progbar:
        if self.progbar is None:
            self._new_bar()
        assert self.progbar is not None
        return self.progbar

    def _draw(self, batch: int, logs: Any) -> None:
        bar = self._bar()
        self.seen = batch + 1 if self.target is None else min(batch + 1, self.target)
        if self.verbose == 1:  # reading logs waits for the device: only where they are drawn
            shown = list(logs.items()) if logs and bar.is_due() else None
            bar.update(self.seen, shown, finalize=False)

    def _finish(self, logs: Any) -> None:
        bar = self._bar()
        if self.target is None:
            self.target = bar.target = self.seen
        bar.update(self.target, list((logs or {}).items()), finalize=True)
