"""Boston housing: 506 districts, 13 properties each, and a median price (Harrison, Rubinfeld 1978)."""

from __future__ import annotations

from hornbeam.keras.datasets import files
from hornbeam.keras.names import keras_export


@keras_export("datasets.boston_housing.load_data")
def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): float64 properties [n, 13] and prices [n] in thousand dollars.

    test_split: the part to test with. seed: of the order. Raises ValueError for parts outside [0, 1),
    FileNotFoundError that says what was tried where no place has the file.
    """
    files.check_split(test_split)
    found = files.find(path, "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
                       f"{files.ORIGIN}boston_housing.npz")
    x, y = files.shuffled(seed, *files.arrays_of(found, "x", "y"))
    return files.split(x, y, test_split)
