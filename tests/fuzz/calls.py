"""Calls that no program means: a seeded generator of malformed input for every op of the registry.

Call `number` of a seed is always the same call, whatever ran before.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple, final

import numpy as np

import hornbeam.data.api.experimental
import hornbeam.data.pipeline.iteration  # noqa: F401  (these modules declare ops when a program first uses datasets)
from hornbeam.graph import dtypes
from hornbeam.graph.op import Op, registry

DTYPES = [dtypes.as_dtype(n) for n in (
    "float32", "float64", "float16", "bfloat16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool", "complex64", "complex128", "string")]
DIMS = (0, 1, 2, 3, 5)
INTEGERS = (-(2**31), -1000, -7, -3, -2, -1, 0, 1, 2, 3, 4, 9, 1000, 2**20, 2**31 - 1, 2**31, 2**40, 2**62)
FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 1e30, -1e308, np.nan, np.inf, -np.inf)
TEXTS = ("", "SAME", "VALID", "EXPLICIT", "NHWC", "NCHW", "REFLECT", "nonsense", "π")
ODD = (None, -1, "nonsense", 3.5, (), (1, 2), True, 2**70)


@final
class Call(NamedTuple):
    """One call: the op, its inputs (lists for list arguments) and attributes."""

    op: Op
    inputs: list[Any]
    attrs: dict[str, Any]

    def __str__(self) -> str:
        parts = [f"{a.name}={_text(v)}" for a, v in zip(self.op.args, self.inputs, strict=True)]
        parts += [f"{k}={v!r}" for k, v in self.attrs.items()]
        return f"{self.op.type}({', '.join(parts)})"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    shown = f" {value.tolist()}" if value.size <= 4 else ""
    return f"{value.dtype if value.dtype != object else 'string'}{list(value.shape)}{shown}"


def fuzzed_ops() -> list[Op]:
    """Hornbeam's ops that can be called by themselves; other tests may have declared ops of their own."""
    private = ("HeldIterator",)  # hands on an object of Python's
    ours = [op for op in registry if op.function.__module__.startswith("hornbeam.")]
    return sorted((op for op in ours if not (op.structural or op.type.endswith("VJP") or op.type in private)),
                  key=lambda op: op.type)


def _of_sample(value: Any) -> np.ndarray:
    """An input of a sample as an array; strings as objects."""
    made = np.asarray(value)
    return made.astype(object) if made.dtype.kind in "SU" else made


def make(ops: list[Op], seed: int, number: int) -> Call:
    """Call `number` of the sequence that `seed` stands for."""
    op = ops[number % len(ops)]
    rng = np.random.default_rng([seed, number, zlib.crc32(op.type.encode())])
    given = list(op.samples(rng) if callable(op.samples) else op.samples or ())
    if given and rng.random() < 0.8:
        inputs, attrs = given[rng.integers(len(given))]
        values = [[_of_sample(v) for v in i] if isinstance(i, list) else _of_sample(i) for i in inputs]
        attrs = dict(attrs)
    else:
        attrs = {name: _attribute(rng, None) for name in op.required}
        values = [[_array(rng, None) for _ in range(rng.integers(0, 4))] if a.many else _array(rng, _dtype_of(a, rng))
                  for a in op.args]
    for _ in range(int(rng.integers(0, 4))):
        if values and (rng.random() < 0.65 or not op.defaults):
            k = int(rng.integers(len(values)))
            values[k] = _changed(rng, values[k], op.args[k].static)
        elif op.defaults:
            name = list(op.defaults)[int(rng.integers(len(op.defaults)))]
            attrs[name] = _attribute(rng, attrs.get(name, op.defaults[name]))
    return Call(op, values, attrs)


def _dtype_of(arg: Any, rng: np.random.Generator) -> Any:
    return arg.type if isinstance(arg.type, dtypes.DType) and rng.random() < 0.9 else None


def _changed(rng: np.random.Generator, value: Any, static: bool) -> Any:
    if isinstance(value, list):
        choice = rng.integers(4)
        if choice == 0 or not value:
            return value[1:] if value else [_array(rng, None)]
        if choice == 1:
            return [*value, _array(rng, None)]
        k = int(rng.integers(len(value)))
        return [_changed(rng, v, static) if j == k else v for j, v in enumerate(value)]
    choice = rng.integers(6)
    if value.dtype == object or choice == 0:
        return _array(rng, None)
    if choice == 1:
        return _cast(value, DTYPES[rng.integers(len(DTYPES))])
    if choice == 2:
        return _filled(rng, _shape(rng), value.dtype)
    if choice == 3:
        return value[..., None] if rng.random() < 0.5 else value.reshape(-1)[:int(rng.integers(0, 3))]
    return _spoiled(rng, value)


def _shape(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(d) for d in rng.choice(DIMS, int(rng.integers(0, 6))))


def _array(rng: np.random.Generator, dtype: Any) -> np.ndarray:
    dtype = dtype or DTYPES[rng.integers(len(DTYPES))]
    return _filled(rng, _shape(rng), dtype.np_dtype if dtype is not dtypes.string else np.dtype(object))


def _filled(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    if np.dtype(dtype).kind == "O":
        out = np.empty(shape, object)
        out.fill(b"a")
        return out
    with np.errstate(all="ignore"):
        return rng.integers(-3, 6, shape).astype(dtype) if rng.random() < 0.5 else (
            rng.normal(size=shape).astype(dtype))


def _spoiled(rng: np.random.Generator, value: np.ndarray) -> np.ndarray:
    """The same shape and dtype with some extreme values."""
    if not value.size:
        return value
    pool: Any = FLOATS if value.dtype.kind not in "iub" else INTEGERS
    extreme = np.array([pool[rng.integers(len(pool))] for _ in range(value.size)], object).reshape(value.shape)
    chosen = rng.random(value.shape) < 0.5
    with np.errstate(all="ignore"):
        if value.dtype.kind in "iu":
            extreme = extreme.astype(np.int64)
        return np.where(chosen, extreme.astype(value.dtype), value)


def _cast(value: np.ndarray, dtype: Any) -> np.ndarray:
    if dtype is dtypes.string:
        return _filled(np.random.default_rng(0), value.shape, np.dtype(object))
    assert value.dtype.kind not in "SU", "samples hold strings as arrays of objects"
    with np.errstate(all="ignore"):
        return (value.real if value.dtype.kind == "c" else value).astype(dtype.np_dtype)


def _attribute(rng: np.random.Generator, now: Any) -> Any:
    choice = rng.random()
    if choice < 0.15:
        return ODD[rng.integers(len(ODD))]
    if isinstance(now, bool):
        return not now
    if isinstance(now, int):
        return INTEGERS[rng.integers(len(INTEGERS))]
    if isinstance(now, float):
        return float(FLOATS[rng.integers(len(FLOATS))])
    if isinstance(now, str):
        return TEXTS[rng.integers(len(TEXTS))]
    if isinstance(now, dtypes.DType):
        return DTYPES[rng.integers(len(DTYPES))]
    if isinstance(now, list | tuple):
        items = list(now)
        if choice < 0.4 or not items:
            return items[1:] if items and choice < 0.3 else [*items, INTEGERS[rng.integers(len(INTEGERS))]]
        k = int(rng.integers(len(items)))
        items[k] = _attribute(rng, items[k])
        return items
    pool: list[Any] = [*INTEGERS, *FLOATS, *TEXTS, *DTYPES, (1, 2, 2, 1), [2, 3], [-1, 0], [2**31, 2**31]]
    return pool[rng.integers(len(pool))]
