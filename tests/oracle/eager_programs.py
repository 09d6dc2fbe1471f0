"""Small TensorFlow 2 programs: each takes `tf` and returns what it computed. `eager_*.py` hold them.

Neither Hornbeam nor TensorFlow is imported here. `python -m tests.oracle.eager_programs` under an interpreter that has
TensorFlow records its answers in `tests/golden/eager_programs.json`.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from tests.oracle.encoding import decode, encode

GOLDEN = Path(__file__).parents[1] / "golden" / "eager_programs.json"
PROGRAMS: dict[str, Callable[[Any], Any]] = {}
_KINDS = ("InaccessibleTensorError", "OperatorNotAllowedInGraphError", "InvalidArgumentError",
          "FailedPreconditionError", "NotFoundError", "OutOfRangeError", "OpError", "TypeError", "ValueError",
          "KeyError", "ZeroDivisionError", "RuntimeError", "AttributeError", "LookupError", "AssertionError",
          "Exception")


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Decorator: a program to compare."""
    assert function.__name__ not in PROGRAMS, function.__name__
    PROGRAMS[function.__name__] = function
    return function


class Counted:
    """A traced function that counts its traces."""

    def __init__(self, tf: Any, function: Any, **options: Any) -> None:
        self.traces = 0

        @functools.wraps(function)
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.traces += 1
            return function(*args, **kwargs)
        self.call = tf.function(counted, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.call(*args, **kwargs)


def raised(call: Callable[[], Any], *words: str) -> str:
    """The class of the error that `call` raises, and which of the words its message has."""
    try:
        call()
    except Exception as error:
        kind = next(c.__name__ for c in type(error).__mro__ if c.__name__ in _KINDS)
        return f"{kind} with {[w for w in words if w in str(error)]}"
    return "no error"


def answer(name: str, tf: Any) -> Any:
    """What a program returns, as arrays and text. An error that it does not expect is its answer."""
    tf.random.set_seed(1)
    try:
        return _plain(PROGRAMS[name](tf))
    except Exception as error:
        return f"stopped: {type(error).__name__}: {str(error)[:1000]}"


def _plain(value: Any) -> Any:
    kind = type(value).__name__
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if kind == "DType":
        return value.name
    if kind == "IndexedSlices":
        return ["slices", _plain(value.values), _plain(value.indices)]
    if kind in ("TensorShape", "TensorSpec", "Operation"):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    array = np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    return array if array.dtype.kind in "biufcOS" or array.dtype.kind == "V" else str(value)


def differ(found: Any, wanted: Any, path: str = "") -> str | None:
    """Where two answers differ, floats by more than 1e-5; None where they agree."""
    if isinstance(wanted, np.ndarray) or isinstance(found, np.ndarray):
        if not (isinstance(found, np.ndarray) and isinstance(wanted, np.ndarray)):
            return f"{path}: {found!r}, not {wanted!r}"
        if found.dtype != wanted.dtype or found.shape != wanted.shape:
            return f"{path}: {found.dtype}{found.shape}, not {wanted.dtype}{wanted.shape}"
        if found.dtype.kind in "fc":
            same = np.allclose(found, wanted, rtol=1e-5, atol=1e-5, equal_nan=True)
        else:
            same = np.array_equal(found, wanted)
        return None if same else f"{path}: {found.tolist()}, not {wanted.tolist()}"
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        return next(filter(None, (differ(a, b, f"{path}[{i}]") for i, (a, b)
                                  in enumerate(zip(found, wanted, strict=True)))), None)
    if isinstance(wanted, dict) and isinstance(found, dict) and list(wanted) == list(found):
        return next(filter(None, (differ(found[k], wanted[k], f"{path}.{k}") for k in wanted)), None)
    if isinstance(wanted, float) and isinstance(found, float):
        return None if np.isclose(found, wanted, rtol=1e-5, atol=1e-5, equal_nan=True) else \
            f"{path}: {found}, not {wanted}"
    return None if found == wanted and type(found) is type(wanted) else f"{path}: {found!r}, not {wanted!r}"


def main() -> None:
    """Record TensorFlow's answers, a line each."""
    import tensorflow as tf
    from tests.oracle import eager_modules  # noqa: F401
    from tests.oracle.eager_programs import PROGRAMS, answer  # this file's own name is __main__

    lines = [json.dumps([name, encode(answer(name, tf))], separators=(",", ":")) for name in PROGRAMS]
    GOLDEN.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def golden() -> dict[str, Any]:
    """TensorFlow's answers, by the name of the program."""
    return {name: decode(found) for name, found in json.loads(GOLDEN.read_text())}


if __name__ == "__main__":
    main()
