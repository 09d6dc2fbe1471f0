"""CIFAR-100: 60,000 colour pictures of 32 by 32 pixels, a hundred kinds in twenty groups (Krizhevsky 2009)."""

from __future__ import annotations

from hornbeam.keras.datasets import cifar, files
from hornbeam.keras.names import keras_export


@keras_export("datasets.cifar100.load_data")
def load_data(label_mode: str = "fine") -> files.Parts:
    """((x_train, y_train), (x_test, y_test)) as for CIFAR-10. label_mode: 'fine' for 100 kinds, 'coarse' for 20.

    Raises ValueError for other modes, FileNotFoundError that says what was tried where no place has the archive.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError(f'`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode={label_mode}.')
    path = files.find("cifar-100-python-target_archive",
                      "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
                      "https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz")
    train, test = (cifar.batches(path, [f"cifar-100-python/{part}"], f"{label_mode}_labels".encode())
                   for part in ("train", "test"))
    return train, test
