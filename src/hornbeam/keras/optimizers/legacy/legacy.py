"""`keras.optimizers.legacy.Adam(…)` is `keras.optimizers.Adam(…)`, and says so."""

from __future__ import annotations

from typing import Any

from hornbeam.keras.names import keras_export
from hornbeam.keras.old_names import warn_of_old_spelling
from hornbeam.keras.optimizers import adaptive, descent, moments, optimizer


def _old_name_of(today: type) -> type:
    """A class whose objects are those of `today`; subclasses of it are subclasses of `today`."""
    def make(cls: type, *args: Any, **kwargs: Any) -> Any:
        if cls is not old:
            return object.__new__(cls)
        name = today.__name__
        warn_of_old_spelling(f"`keras.optimizers.legacy.{name}` is now `keras.optimizers.{name}`.")
        return today(*args, **kwargs)

    old = type(today.__name__, (today,), {"__new__": make, "__module__": __name__, "__doc__": today.__doc__})
    return keras_export(f"optimizers.legacy.{today.__name__}")(old)


Adagrad = _old_name_of(adaptive.Adagrad)
Adam = _old_name_of(moments.Adam)
Ftrl = _old_name_of(adaptive.Ftrl)
Optimizer = _old_name_of(optimizer.Optimizer)
RMSprop = _old_name_of(adaptive.RMSprop)
SGD = _old_name_of(descent.SGD)
