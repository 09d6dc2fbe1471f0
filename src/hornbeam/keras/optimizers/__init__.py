"""Optimizers: `optimizer.py` says what they share, the other files hold one or a family each; `schedules/` has the
learning rates that change.
"""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
