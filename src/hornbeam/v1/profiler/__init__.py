"""`tf.profiler`: parameters, floating-point operations, and times of traced runs, by the names in a graph.

Read `reports.py` first; `float_operations.py` counts operations, `options.py` says what is shown.
"""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
