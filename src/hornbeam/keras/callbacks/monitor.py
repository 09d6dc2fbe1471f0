"""What callbacks share that watch one number of the logs and ask whether it got better."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from hornbeam.keras import ops
from hornbeam.keras.callbacks.callback import Callback
from hornbeam.keras.conventions import Conventions

_LARGER_IS_BETTER = ("acc", "accuracy", "auc", "precision", "recall", "f1_score", "fbeta_score", "r2_score", "iou")
_SMALLER_IS_BETTER = ("error", "mse", "mae", "crossentropy", "divergence", "hinge", "mape", "msle")


class Monitor(Callback):
    """Base: `monitor` names the number, `mode` says which way is better ('min', 'max', 'auto': by its name or metric).

    min_delta: a smaller change is none. best: the best value so far, at first `baseline`.
    """

    def __init__(self, monitor: str = "val_loss", mode: str = "auto", baseline: float | None = None,
                 min_delta: float = 0) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            warnings.warn(f"{type(self).__name__} mode '{mode}' is unknown, fallback to auto mode.", stacklevel=3)
            mode = "auto"
        self.monitor, self.mode = monitor, mode
        self.best = baseline
        self.min_delta = abs(min_delta)
        self._larger: bool | None = None if mode == "auto" else mode == "max"

    def is_improvement(self, value: float, best: float | None) -> bool:
        """Whether a value is better than the best so far. Raises ValueError where the direction is not known."""
        if self._larger is None:
            self._larger = self._direction()
        if best is None:
            return True
        return value - self.min_delta > best if self._larger else value + self.min_delta < best

    @property
    def monitor_op(self) -> Callable[[Any, Any], Any] | None:
        """`ops.less` or `ops.greater`, as smaller or larger numbers are better; None until that is known."""
        return None if self._larger is None else ops.greater if self._larger else ops.less

    def _direction(self) -> bool:
        """Whether larger is better: as the metric of that name says, else as the name sounds."""
        found = self._known_direction()
        if found is not None:
            return found
        name = self.monitor.removeprefix("val_")
        if any(name == word or name.endswith(f"_{word}") or name.startswith("acc") for word in _LARGER_IS_BETTER):
            return True
        if name.endswith("_loss") or any(word in name for word in _SMALLER_IS_BETTER):
            return False
        raise self._unknown()

    def _known_direction(self) -> bool | None:
        name = self.monitor.removeprefix("val_")
        if name == "loss":
            return False
        for metric in getattr(self.model, "metrics", []):
            for inner in [*getattr(metric, "metrics", []), metric]:
                own = getattr(inner, "name", "")
                if own and (name == own or name.endswith(f"_{own}")):
                    found = getattr(inner, "_direction", None)
                    if found in ("up", "down"):
                        return found == "up"
        return None

    def _unknown(self) -> ValueError:
        return ValueError(f"{type(self).__name__} callback received monitor={self.monitor}, but Keras isn't able to "
                          "automatically determine whether that metric should be maximized or minimized. Pass "
                          "`mode='max'` in order to do early stopping based on the highest metric value, or pass "
                          "`mode='min'` in order to use the lowest value.")

    def refuse_unknown(self) -> None:
        """Raise ValueError for a number that is in no logs and of no metric. Keras 2's programs may watch such ones."""
        if self._larger is None and not Conventions.keras_2 and self._known_direction() is None:
            raise self._unknown()

    def current(self, logs: Any, to_what: str) -> float | None:
        """The watched number of the logs; None, with a warning, where it is not there.

        Raises ValueError where nothing is known of it at all.
        """
        found = (logs or {}).get(self.monitor)
        if found is None:
            self.refuse_unknown()
            warnings.warn(f"{to_what} conditioned on metric `{self.monitor}` which is not available. Available "
                          f"metrics are: {','.join(logs or {})}", stacklevel=3)
        return found
