"""Keeps Keras's answers about layers, models and configurations in tests/golden: with TensorFlow's interpreter,
`python -m tests.oracle.keras_base_record`.

`tests/keras/test_as_in_keras.py` checks against them without Keras.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

from tests.oracle.keras_base_cases import CASES, answers

FILE = Path(__file__).parents[1] / "golden" / "keras_base.json"


def main() -> None:
    import keras

    FILE.write_text(json.dumps({name: answers(keras, name) for name in CASES}, indent=1) + "\n")


if __name__ == "__main__":
    main()
