"""What counts as a difference between two answers to one case."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from tests.oracle.cases import draws

from hornbeam.graph.op import Op

_TOLERANCE = {"float32": 1e-5, "complex64": 1e-5, "float64": 1e-10, "complex128": 1e-10, "float16": 2e-3,
              "bfloat16": 1.6e-2}

_NO_KERNEL = re.compile(r"Could not find device|No OpKernel|has constraint on attr|not yet support|"
                        r"only supports? (the )?NHWC|CPU [Ii]mplementation|NHWC tensor format")


def differences(op: Op, ours: dict[str, Any], theirs: dict[str, Any]) -> list[str]:
    """Each difference in one line, beginning with its kind: "raises", "dtype", "shape", "value", "gradient", ..."""
    if "error" in ours or "error" in theirs:
        return _raising(ours.get("error"), theirs.get("error"))
    found = []
    if len(ours["outputs"]) != len(theirs["outputs"]):
        return [f"outputs: {len(ours['outputs'])}, TensorFlow {len(theirs['outputs'])}"]
    for k, (x, y) in enumerate(zip(ours["outputs"], theirs["outputs"], strict=True)):
        found += _arrays(x, y, f"output {k}", "value", 1, draws(op))
    if "gradients" in theirs:
        found += _gradients(ours["gradients"], theirs["gradients"])
    for x, y in zip(ours.get("static", ()), theirs.get("static", ()), strict=True):
        found += _static(x, y)
    return found


def _raising(ours: Any, theirs: Any) -> list[str]:
    if theirs is None:
        return [f"raises: {ours['class']}: {ours['message'][:160]!r}, TensorFlow does not"]
    if has_no_kernel(theirs):
        return []
    if ours is None:
        return [f"raises: nothing, TensorFlow {theirs['class']}: {theirs['message'][:160]!r}"]
    if ours["class"] not in theirs["bases"] and theirs["class"] not in ours["bases"]:
        return [f"error class: {ours['class']} ({ours['message'][:90]!r}), TensorFlow {theirs['class']} "
                f"({theirs['message'][:90]!r})"]
    return []


def has_no_kernel(error: Any) -> bool:
    """Whether TensorFlow lacks this on the CPU: that Hornbeam has it is no difference."""
    return error["class"] in ("NotFoundError", "UnimplementedError") or bool(_NO_KERNEL.search(error["message"]))


def _arrays(x: Any, y: Any, what: str, kind: str, looser: float, shapes_only: bool = False) -> list[str]:
    if x.dtype != y.dtype:
        return [f"dtype: {what} is {x.dtype}, TensorFlow {y.dtype}"]
    if x.shape != y.shape:
        return [f"shape: {what} is {list(x.shape)}, TensorFlow {list(y.shape)}"]
    if shapes_only:
        return []
    if x.dtype == object or x.dtype.kind in "iub":
        return [] if np.array_equal(x, y) else [f"{kind}: {what} is {_head(x)}, TensorFlow {_head(y)}"]
    tolerance = _TOLERANCE[str(y.dtype)] * (looser if y.dtype.itemsize > 2 else 1)
    absolute = 0.1 * tolerance if y.dtype.itemsize > 2 else 2 * tolerance  # sums are kept in more bits, or not
    kind_of = np.complex128 if y.dtype.kind == "c" else np.float64
    a, b = x.astype(kind_of), y.astype(kind_of)
    finite = np.abs(b[np.isfinite(b)])
    scale = float(finite.max()) if finite.size else 0.0
    with np.errstate(all="ignore"):
        same = np.isclose(a, b, rtol=tolerance, atol=absolute * scale, equal_nan=True)
    if same.all():
        return []
    at = tuple(np.argwhere(~same)[0])
    return [f"{kind}: {what} at {list(map(int, at))} is {x[at]}, TensorFlow {y[at]}"]


def _head(x: np.ndarray) -> str:
    flat = x.reshape(-1)[:8].tolist()
    return f"{flat}{'…' * (x.size > 8)}"


def _gradients(ours: Any, theirs: Any) -> list[str]:
    if isinstance(theirs, dict):  # TensorFlow has none here
        return []
    if isinstance(ours, dict):
        return [f"gradient raises: {ours['error']['class']}: {ours['error']['message'][:160]!r}"]
    found = []
    for k, (x, y) in enumerate(zip(ours, theirs, strict=True)):
        if x is None or y is None:
            other = y if x is None else x
            if other is not None and other.dtype.kind in "fc":
                found.append(f"gradient: of input {k} is {'None' if x is None else _head(x)}, "
                             f"TensorFlow {'None' if y is None else _head(y)}")
        else:
            found += _arrays(x, y, f"of input {k}", "gradient", 10)
    return found


def _static(ours: Any, theirs: Any) -> list[str]:
    """Knowing more than TensorFlow is no difference, knowing less is."""
    if isinstance(theirs, dict):
        return [] if isinstance(ours, dict) else [f"static shape: {ours}, TensorFlow raises "
                                                  f"{theirs['error']['class']}: {theirs['error']['message'][:90]!r}"]
    if isinstance(ours, dict):
        return [f"static shape: raises {ours['error']['class']}: {ours['error']['message'][:120]!r}, "
                f"TensorFlow {theirs}"]
    if len(ours) != len(theirs):
        return [f"static shape: {len(ours)} outputs, TensorFlow {len(theirs)}"]
    for x, y in zip(ours, theirs, strict=True):
        if y is None:
            continue
        if x is None or len(x) != len(y) or any(b is not None and a != b for a, b in zip(x, y, strict=True)):
            return [f"static shape: {ours}, TensorFlow {theirs}"]
    return []
