"""`tf.estimator`: models that are functions of features, labels and a mode, trained, evaluated and used for prediction.

`estimator.py`: the walk of `train`, `evaluate` and `predict`. `spec.py`: what a model function returns.
`run_config.py`: settings. `input_functions.py`: arrays as input. `training.py`: training and evaluation in turns.
`serving.py`, `exporters.py`: models for others. `heads.py`, `canned.py` and their kin: models that are ready.
"""

from hornbeam.v1.names import namespace_of

__getattr__ = namespace_of(__name__)
