"""`tensorflow.python.ops.confusion_matrix` and `metrics_impl`: how predictions and labels are brought to one rank."""

from __future__ import annotations

from hornbeam.v1.losses.weighting import remove_squeezable_dimensions
from hornbeam.v1.metrics.results import squeezed as _remove_squeezable_dimensions

__all__ = ["_remove_squeezable_dimensions", "remove_squeezable_dimensions"]
