"""Models of one function of keras.ops each, written by one Keras and read by the other.

    python -m tests.oracle.keras_ops_exchange models.json answers.json

runs under the other Keras: for each `{"model": configuration, "input": …}` the outputs, or the error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

IN_KERAS_ALONE = ("ops.pad(z(2, 3), 1)", "ops.take_along_axis(", "ops.histogram(", "ops.lu_factor(",
                  "ops.conv_transpose(", "ops.adaptive_", "ops.view_as_complex(", "ops.image.elastic_transform(",
                  "ops.image.sobel_edges(")
"""What Keras on TensorFlow cannot read of its own either (numbers for tuples, lists for tensors, functions that its
backend lacks), or computes otherwise than on JAX."""


def answers(keras: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """What each model gives, as numbers, with its configuration as this Keras writes it."""
    found: list[Any] = []
    for row in rows:
        try:
            model = keras.models.model_from_json(row["model"])
            outputs = model(np.array(row["input"], row["dtype"]).reshape(row["shape"]))
            found.append({"model": model.to_json(), "outputs": [flat(t) for t in keras.tree.flatten(outputs)]})
        except Exception as error:
            found.append({"error": f"{type(error).__name__}: {error}"[:500]})
    return found


def flat(tensor: Any) -> list[float]:
    """The numbers of a tensor, complex ones as their parts."""
    values = np.asarray(tensor).reshape(-1)
    if values.dtype.kind == "c":
        values = np.stack([np.real(values), np.imag(values)], -1).reshape(-1)
    return [float(v) for v in values]


if __name__ == "__main__":
    import keras

    Path(sys.argv[2]).write_text(json.dumps(answers(keras, json.loads(Path(sys.argv[1]).read_text()))))
