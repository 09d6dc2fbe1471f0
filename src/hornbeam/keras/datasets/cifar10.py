"""CIFAR-10: 60,000 colour pictures of 32 by 32 pixels, ten kinds (Krizhevsky 2009)."""

from __future__ import annotations

from hornbeam.keras.datasets import cifar, files
from hornbeam.keras.names import keras_export


@keras_export("datasets.cifar10.load_data")
def load_data() -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): uint8 images [50000, 32, 32, 3] and [10000, 32, 32, 3], labels [n, 1].

    With the image data format "channels_first": [n, 3, 32, 32]. Raises FileNotFoundError that says what was tried
    where no place has the archive.
    """
    path = files.find("cifar-10-batches-py-target_archive",
                      "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
                      "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz")
    inside = "cifar-10-batches-py"
    return (cifar.batches(path, [f"{inside}/data_batch_{i}" for i in range(1, 6)], b"labels"),
            cifar.batches(path, [f"{inside}/test_batch"], b"labels"))
