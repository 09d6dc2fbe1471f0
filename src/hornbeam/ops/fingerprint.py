"""`fingerprint` of rows of data, and the time."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.execute import ShapeFault
from hornbeam.graph.names import public
from hornbeam.graph.op import never, op
from hornbeam.ops.hashing import fingerprint64


@op("Fingerprint", inputs="data: T, method: string static", host=True, gives_strings=False,
    differentiable=never("integer result"), samples=lambda rng: [
        ((rng.normal(size=(3, 2)), np.array(b"farmhash64", object)), {}),
        ((np.array([b"a", b"bc"], object), np.array(b"farmhash64", object)), {})])
def fingerprint_op(data, method):
    """8 bytes for each row of `data`, by FarmHash: `uint8` of shape [rows, 8].

    The bytes of a row of strings are its strings' own fingerprints, where there are several.
    """
    name = method.item() if isinstance(method, np.ndarray) else method
    if name not in (b"farmhash64", "farmhash64"):
        raise ShapeFault(f"Unsupported fingerprint method: {name.decode() if isinstance(name, bytes) else name}")
    data = np.asarray(data)
    if not data.ndim:
        raise ShapeFault("`data` should have at least one dimension: []")
    rows = [_of_row(row) for row in data.reshape(len(data), -1)] if data.size else [fingerprint64(b"")] * len(data)
    return np.array(rows, "<u8").reshape(-1, 1).view(np.uint8).reshape(len(data), 8)


def _of_row(row: np.ndarray) -> int:
    if row.dtype != object:
        return fingerprint64(np.ascontiguousarray(row).tobytes())
    single = [fingerprint64(item) for item in row]
    return single[0] if len(single) == 1 else fingerprint64(np.array(single, "<u8").tobytes())


@fingerprint_op.shape
def _(inputs, attrs):
    dims = inputs[0].dims
    return [((dims[0] if dims else None, 8), dtypes.uint8)]


@public("fingerprint")
def fingerprint(data: Any, method: Any = "farmhash64", name: str | None = None) -> Any:
    """8 bytes that tell each row of `data` from others: `uint8` of shape [rows, 8].

    data: a tensor of any dtype, at least a vector. method: "farmhash64", the only one.
    Raises InvalidArgumentError for scalars and other methods (ValueError in a graph).

    >>> fingerprint(["a"]).numpy().tolist()
    [[227, 117, 223, 182, 101, 66, 69, 179]]
    """
    return fingerprint_op(data, method, name=name)


@op("Timestamp", names=("timestamp",), inputs="", host=True, stateful=True, differentiable=never("the time"))
def timestamp():
    """Seconds since 1970, as a scalar float64, when it runs."""
    return np.float64(time.time())


@timestamp.shape
def _(inputs, attrs):
    return [((), dtypes.float64)]
