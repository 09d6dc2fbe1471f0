"""California housing: 20,640 districts, 8 properties each, and a median price (Pace, Barry 1997)."""

from __future__ import annotations

from hornbeam.keras.datasets import files
from hornbeam.keras.names import keras_export


@keras_export("datasets.california_housing.load_data")
def load_data(version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
              ) -> files.Parts:
    """((x_train, y_train), (x_test, y_test)): float32 properties [n, 8] and prices [n] in dollars.

    version: 'large' for all districts, 'small' for the first 600. test_split: the part to test with. seed: of the
    order. Raises ValueError for other versions and for parts outside [0, 1), FileNotFoundError that says what was
    tried where no place has the file.
    """
    files.check_split(test_split)
    if version not in ("small", "large"):
        raise ValueError(f"Argument `version` must be one of 'small', 'large'. Received: version={version}")
    found = files.find(path, "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
                       f"{files.ORIGIN}california_housing.npz")
    x, y = files.arrays_of(found, "x", "y")
    if version == "small":
        x, y = x[:600], y[:600]
    x, y = files.shuffled(seed, x, y)
    return files.split(x, y, test_split)
