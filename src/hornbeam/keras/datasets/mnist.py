"""MNIST: 70,000 handwritten digits of 28 by 28 gray values (LeCun, Cortes, Burges)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hornbeam.data import mnist
from hornbeam.keras.names import keras_export
from hornbeam.keras.utils.file_utils import keras_home

Part = tuple[np.ndarray, np.ndarray]


@keras_export("datasets.mnist.load_data")
def load_data(path: str = "mnist.npz") -> tuple[Part, Part]:
    """((x_train, y_train), (x_test, y_test)): uint8 images [60000, 28, 28] and [10000, 28, 28], uint8 labels.

    path: a file `.npz` with these four arrays, absolute or in `~/.keras/datasets`; where there is none, the data come
    from the places that `hornbeam.data.mnist` lists: the folder `HORNBEAM_DATA`, the cache, a download. Raises
    FileNotFoundError that says what was tried where none has them.
    """
    for place in (Path(path), keras_home() / "datasets" / path):
        if place.is_absolute() and place.is_file():
            with np.load(place, allow_pickle=False) as arrays:
                return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])
    found = mnist.load()
    return ((np.array(found.train_images), np.array(found.train_labels)),
            (np.array(found.test_images), np.array(found.test_labels)))
