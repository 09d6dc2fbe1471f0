"""Models as estimators of scikit-learn; in `scikit_learn` under the names of Keras 2."""

from hornbeam.keras.names import namespace_of

__getattr__ = namespace_of(__name__)
