"""`tf.contrib.learn`: the first estimators, and the data sets that programs read through it.

`estimators.py`: of a program's own model. `canned.py`: those that are ready. `specs.py`: what they are told and say.
"""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
