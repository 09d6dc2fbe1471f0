"""Record what Keras draws on JAX, and its initializers and activations, for `tests/golden/keras_random.json`.

    KERAS_BACKEND=jax python tests/oracle/keras_random_record.py tests/golden/keras_random.json
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import keras_ops_cases
import keras_random_cases as cases
from keras_ops_record import packed


def main(target: str) -> None:
    """Write every case's answer."""
    import keras

    made: dict[str, Any] = {}
    for expression in cases.CASES:
        names = {**keras_ops_cases.NAMES, "random": keras.random, "initializers": keras.initializers,
                 "activations": keras.activations, "set_random_seed": keras.utils.set_random_seed}
        try:
            made[expression] = packed(keras_ops_cases._plain(eval(expression, names)))
        except Exception as error:
            print("left out:", expression, type(error).__name__)
    rows = ",\n".join(f"{json.dumps(e)}: {json.dumps(a, separators=(',', ':'))}" for e, a in made.items())
    Path(target).write_text(f"{{\n{rows}\n}}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
