"""Whether kernels are used. `HORNBEAM_KERNELS` is unset: where they pay; `off`; `native`: wherever there is one;
`direct`: where they pay, with the sums of convolutions written out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hornbeam.backend.lazy import jax
from hornbeam.graph import dtypes
from hornbeam.graph.op import Op
from hornbeam.kernels import library

VARIABLE = "HORNBEAM_KERNELS"
Kernel = Callable[..., Any]
Rule = Callable[[Sequence[Any], dict[str, Any]], Kernel | None]


def forced() -> bool:
    """Whether kernels are taken for whatever they can compute, however small."""
    return os.environ.get(VARIABLE) == "native"


def written_out() -> bool:
    """Whether the sums of convolutions are to be written out, for the last digits of their results."""
    return os.environ.get(VARIABLE) == "direct"


def why_not() -> str | None:
    """Why compiled programs hold no kernels, or None where they do."""
    if os.environ.get(VARIABLE) == "off":
        return f"switched off by {VARIABLE}=off"
    if jax.default_backend() != "cpu":
        return f"programs run on {jax.default_backend()}"
    if jax.device_count() != 1:
        return f"there are {jax.device_count()} devices, and kernels cannot be partitioned"
    return library.problem()


def computes_in(dtype: np.dtype[Any]) -> bool:
    """Whether the kernels compute with arrays of a dtype: float32, and bfloat16 where the processor does."""
    return dtype == np.float32 or (dtype == dtypes.bfloat16.np_dtype and library.has_bfloat16())


def kernel(*ops: Op) -> Callable[[Rule], Rule]:
    """Decorator: `rule(args, attrs)` gives the kernel that computes these ops on such arguments, or None."""
    def declare(rule: Rule) -> Rule:
        for op in ops:
            op.kernel(lambda args, attrs: rule(args, attrs) if why_not() is None else None)
        return rule

    return declare


def fused(op: Op) -> Callable[[Callable[..., Kernel | None]], Callable[..., Kernel | None]]:
    """Decorator: `rule(operation, given)` gives one kernel for an operation and those before it (`Op.fused`)."""
    def declare(rule: Callable[..., Kernel | None]) -> Callable[..., Kernel | None]:
        op.fused(lambda operation, given: rule(operation, given) if why_not() is None else None)
        return rule

    return declare


def known_dims(shape: Any) -> tuple[int, ...]:
    """The sizes of a shape argument, which is known while a program is traced."""
    return tuple(int(d) for d in np.asarray(shape).reshape(-1))


def call(target: str, shape: Sequence[int], dtype: Any, *arrays: Any, **attributes: Any) -> Any:
    """One result of a compiled kernel."""
    return jax.ffi.ffi_call(target, jax.ShapeDtypeStruct(tuple(shape), dtype))(*arrays, **attributes)
