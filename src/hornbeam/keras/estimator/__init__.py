"""What TensorFlow 1 had between Keras and estimators."""

from hornbeam.keras.old_names import Later, Old, with_old_names

__getattr__ = with_old_names(__name__, {
    "model_to_estimator": Old(Later("hornbeam.v1.estimator.of_keras", "model_to_estimator"), None)})
