"""Learning rates that change from step to step."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
