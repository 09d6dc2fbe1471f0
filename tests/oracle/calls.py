"""Calls of public functions as expressions (calls.txt): each is evaluated with `tf` as either side's namespace.

`a` is a float32 matrix [3, 4], `b` another, `p` positive, `v` a vector of 4, `n` int32 [4] in [0, 3), `t` a truth
matrix [3, 4], `i` an image batch [2, 6, 6, 3], `k` a kernel [3, 3, 3, 2], `s` strings, `c` complex64 [3, 4],
`sq` a stack of positive definite matrices [2, 3, 3].
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from tests.oracle.answer import error, listed

FILE = Path(__file__).with_name("calls.txt")


def arguments() -> dict[str, np.ndarray]:
    """What the expressions may name."""
    rng = np.random.default_rng(11)

    def real(*shape: int) -> np.ndarray:
        return rng.normal(size=shape).astype(np.float32)

    m = real(2, 3, 3)
    strings = np.array([b"one", b"two words", b"", b"12.5"], object)
    return {"a": real(3, 4), "b": real(3, 4), "p": np.abs(real(3, 4)) + np.float32(0.1), "v": real(4),
            "n": np.array([0, 2, 1, 2], np.int32), "t": real(3, 4) > 0, "i": real(2, 6, 6, 3), "k": real(3, 3, 3, 2),
            "s": strings, "c": (real(3, 4) + 1j * real(3, 4)).astype(np.complex64),
            "sq": (m @ m.transpose(0, 2, 1) + 3 * np.eye(3, dtype=np.float32)).astype(np.float32)}


def evaluate(tf: Any, text: str, v1: bool, inputs: dict[str, np.ndarray]) -> Any:
    """The values that an expression gives, as a flat list, or its error."""
    try:
        if v1:
            with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
                found = _flat(eval(text, {"tf": tf, "np": np, **{k: tf.constant(x) for k, x in inputs.items()}}))
                session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
                tensors = [x for x in found if _symbolic(x)]
                values = iter(session.run(tensors))
                return [_array(next(values) if _symbolic(x) else x) for x in found]
        found = _flat(eval(text, {"tf": tf, "np": np, **{k: tf.constant(x) for k, x in inputs.items()}}))
        return [_array(x) for x in found]
    except Exception as caught:
        return {"error": error(caught)}


def _symbolic(x: Any) -> bool:
    return hasattr(x, "op") and hasattr(x, "dtype")


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return _flat(list(value.values()))
    if type(value).__name__ in ("IndexedSlices", "IndexedSlicesValue"):
        return _flat([value.values, value.indices])
    if isinstance(value, list | tuple):
        return [x for item in value for x in _flat(item)]
    return listed(value)


def _array(x: Any) -> Any:
    x = x.numpy() if hasattr(x, "numpy") else x
    if isinstance(x, np.ndarray | np.generic):
        return np.asarray(x)
    if isinstance(x, bytes):
        return np.array(x, object)
    return x if isinstance(x, bool | int | float | str) else str(x)


def expressions(section: str) -> list[str]:
    """The expressions of `[v1]` or `[v2]` in calls.txt."""
    found: list[str] = []
    inside = ""
    for line in FILE.read_text().splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif line and not line.startswith("#") and inside == section:
            found.append(line)
    return found
