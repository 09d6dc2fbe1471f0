"""Losses: `loss.py` says what they share, the other files hold a family each, a function beside its class."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
