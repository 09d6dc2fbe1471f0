"""Metrics: `metric.py` says what they share, `means.py` holds means and sums, the other files a family each."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
