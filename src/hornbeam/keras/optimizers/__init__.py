"""Optimizers: `optimizer.py` says what they share, the other files hold one or a family each; `schedules/` has the
learning rates that change.
"""

from hornbeam.keras.old_names import Later, Old, with_old_names

_CLASSES = "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam Ftrl"

__getattr__ = with_old_names(__name__, {
    **{name.lower(): f"optimizers.{name}" for name in _CLASSES.split()},
    "legacy_get_updates_support": Old(Later("hornbeam.keras.optimizers.old_subclasses", "legacy_get_updates_support"),
                                      None),
    "TFOptimizer": Old(Later("hornbeam.keras.optimizers.of_tensorflow", "of_tensorflow"), "keras.optimizers.get")})
