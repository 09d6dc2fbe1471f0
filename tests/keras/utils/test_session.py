"""The version that programs print."""

from __future__ import annotations

from hornbeam import keras


def test_the_version_is_keras_s():
    assert keras.__version__ == keras.version()
    assert keras.__version__.split(".")[0] == "3"
