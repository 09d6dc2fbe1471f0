"""What the machine can do at best: `python ceilings.py numpy|torch ceilings` prints JSON.

`gemm`: GF/s of a product of two 2048×2048 matrices of float32. `bandwidth`: GB/s of c = a + b on arrays that no cache
holds, all cores at work, what is read and written counted once.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

SIZE = 2048
LENGTH = 16 * 2 ** 20


def shortest(call: Callable[[], Any], repeats: int = 12) -> float:
    """Seconds of the fastest call."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return min(times)


def with_numpy() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The product and the sum; a thread for each core adds its part."""
    rng = np.random.default_rng(0)
    a, b = rng.random((2, SIZE, SIZE), np.float32)
    c = np.empty_like(a)
    x, y, z = (np.ones(LENGTH, np.float32) for _ in range(3))
    cores = os.cpu_count() or 1
    pool = ThreadPoolExecutor(cores)
    parts = [slice(n * LENGTH // cores, (n + 1) * LENGTH // cores) for n in range(cores)]
    return (lambda: np.matmul(a, b, out=c)), (lambda: list(pool.map(lambda p: np.add(x[p], y[p], out=z[p]), parts)))


def with_torch() -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The same."""
    import torch

    a, b, c = (torch.rand(SIZE, SIZE) for _ in range(3))
    x, y, z = (torch.ones(LENGTH) for _ in range(3))
    return (lambda: torch.mm(a, b, out=c)), (lambda: torch.add(x, y, out=z))


def ceilings(side: str) -> dict[str, float]:
    """Both figures by one library."""
    product, addition = {"numpy": with_numpy, "torch": with_torch}[side]()
    return {"gemm": 2 * SIZE ** 3 / shortest(product) / 1e9, "bandwidth": 12 * LENGTH / shortest(addition) / 1e9}


if __name__ == "__main__":
    print(json.dumps(ceilings(sys.argv[1])))
