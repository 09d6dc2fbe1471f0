"""Fashion-MNIST: 70,000 pictures of clothes of 28 by 28 gray values, ten kinds (Xiao, Rasul, Vollgraf 2017)."""

from __future__ import annotations

import numpy as np

from hornbeam.data import idx
from hornbeam.keras.datasets import files
from hornbeam.keras.names import keras_export

_COUNTS = {"train": 60000, "t10k": 10000}


@keras_export("datasets.fashion_mnist.load_data")
def load_data() -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): uint8 images [60000, 28, 28] and [10000, 28, 28], uint8 labels.

    Raises FileNotFoundError that says what was tried where no place has them, ValueError for damaged files.
    """
    train, test = (_part(name) for name in ("train", "t10k"))
    return train, test


def _part(name: str) -> files.Part:
    found = []
    for kind, rank in (("images-idx3", 3), ("labels-idx1", 1)):
        path = files.find(f"{name}-{kind}-ubyte.gz", None, f"{files.ORIGIN}{name}-{kind}-ubyte.gz",
                          "datasets/fashion-mnist")
        array = np.array(idx.parse(idx.unpacked(path.read_bytes(), path), path, rank))
        shape = (_COUNTS[name], 28, 28)[:rank]
        if array.shape != shape:
            raise ValueError(f"{path} holds {array.shape}, not Fashion-MNIST's {shape}: delete it.")
        found.append(array)
    return found[0], found[1]
