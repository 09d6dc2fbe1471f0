"""Record what Keras answers to the cases of `keras_ops_cases.py`, for `tests/golden/keras_ops.json`.

    KERAS_BACKEND=jax python tests/oracle/keras_ops_record.py jax.json
    KERAS_BACKEND=tensorflow python tests/oracle/keras_ops_record.py tensorflow.json
    python tests/oracle/keras_ops_record.py tests/golden/keras_ops.json jax.json tensorflow.json

The third call joins them: JAX's answers, and TensorFlow's where numbers have 64 bits, where JAX ends with an error
(lists, mostly) and where the two differ and we side with TensorFlow.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import keras_ops_cases as cases


def record() -> dict[str, Any]:
    """Every expression's answer, or the error it ends with."""
    from keras import ops

    found: dict[str, Any] = {}
    for family in cases.FAMILIES.values():
        for expression in family():
            try:
                found[expression] = cases.answer(expression, ops)
            except Exception as error:
                found[expression] = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
    return found


def joined(jax: dict[str, Any], tensorflow: dict[str, Any]) -> dict[str, Any]:
    """The answers that hold, without those that are errors; dtype, shape and values as one list."""
    wide = set(cases.wide())
    chosen = {e: tensorflow[e] if e in wide or _failed(a) or e.startswith(cases.AS_TENSORFLOW) else a
              for e, a in jax.items()}
    return {e: packed(a) for e, a in chosen.items() if not _failed(a)}


def _failed(answer: Any) -> bool:
    return isinstance(answer, dict) and "error" in answer


def packed(answer: Any) -> Any:
    """An array's answer as `[dtype, shape, values]`."""
    if isinstance(answer, list):
        return [packed(a) for a in answer]
    if isinstance(answer, dict):
        if set(answer) == {"dtype", "shape", "values"}:
            return [answer["dtype"], answer["shape"], answer["values"]]
        return {k: packed(v) for k, v in answer.items()}
    return answer


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    target, *sources = sys.argv[1:]
    made = joined(*(json.loads(Path(s).read_text()) for s in sources)) if sources else record()
    rows = ",\n".join(f"{json.dumps(e)}: {json.dumps(a, separators=(',', ':'))}" for e, a in made.items())
    Path(target).write_text(f"{{\n{rows}\n}}\n")
