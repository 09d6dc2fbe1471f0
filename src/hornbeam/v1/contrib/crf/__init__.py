"""`tf.contrib.crf`: linear-chain conditional random fields.

`scores.py`: how likely tags are. `decoding.py`: which are most likely.
"""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
