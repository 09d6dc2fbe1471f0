"""Keeps Keras's answers about losses, metrics and optimizers in tests/golden: with TensorFlow's interpreter,
`python -m tests.oracle.keras_training_record`, or with the names of some kinds.

`tests/keras/…` checks against them without Keras.
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

from tests.oracle.keras_training_cases import Side, cases, plain

FOLDER = Path(__file__).parents[1] / "golden"
KINDS = ("losses", "loss_functions", "metrics", "optimizers", "schedules", "penalties", "curves")


def main() -> None:
    import tensorflow as tf
    from keras.src import backend

    import keras

    def gradient(function: Any, x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        return tape.gradient(value, x)

    warnings.simplefilter("ignore")
    side = Side(keras, backend.set_keras_mask, gradient, keras.backend.clear_session)
    for kind in sys.argv[1:] or KINDS:
        write(kind, [{"case": case, "answer": answered(side, kind, case)} for case in cases(kind)])
    if len(sys.argv) == 1:
        write("names", [{"names": names(keras)}])


def answered(side: Side, kind: str, case: Any) -> Any:
    """Keras's answer, or the class of its error."""
    try:
        return plain(side.answer(kind, case))
    except Exception as error:  # the answer of a case that Keras refuses
        return {"error": type(error).__name__, "words": str(error)[:120]}


def names(keras: Any) -> dict[str, dict[str, str]]:
    """What Keras's `get` finds by name."""
    found = {}
    for namespace in ("losses", "metrics", "optimizers", "regularizers", "constraints"):
        module = getattr(keras.src, namespace)
        found[namespace] = {name: target.__name__ for name, target in sorted(module.ALL_OBJECTS_DICT.items())}
    return found


def write(kind: str, rows: list[Any]) -> None:
    """One file, a case a line."""
    file = FOLDER / f"keras_{kind}.json"
    file.write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
    refused = sum(isinstance(r.get("answer"), dict) and "error" in r["answer"] for r in rows)
    print(f"{file.name}: {len(rows)} answers ({refused} refused), {file.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
