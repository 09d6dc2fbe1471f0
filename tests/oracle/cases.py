"""Calls of an op to compare: its samples, with other dtypes, other attributes, and awkward values."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any, NamedTuple, final

import numpy as np

from hornbeam.graph import dtypes
from hornbeam.graph.dtypes import DType
from hornbeam.graph.op import Op

ROUNDS = 2
"""Sets of random samples an op."""
_SAMPLES_FOR_VARIATIONS = 4


@final
class Case(NamedTuple):
    """One call: inputs by argument name (lists for list arguments), and the attributes that are not the default."""

    op: Op
    inputs: dict[str, Any]
    attrs: dict[str, Any]
    label: str

    def __str__(self) -> str:
        given = [f"{k}={_brief(v)}" for k, v in self.inputs.items()]
        given += [f"{k}={getattr(v, 'name', v)!r}" for k, v in self.attrs.items()]
        return f"{self.op.type}({', '.join(given)})"


def _brief(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_brief, value))}]"
    if value.size <= 6 and (value.dtype.kind in "iub" or value.ndim == 0):
        return f"{value.tolist()}"
    return f"{'string' if value.dtype == object else value.dtype}{list(value.shape)}"


def draws(op: Op) -> bool:
    """Whether the op gives random numbers: of these only shapes and dtypes are compared."""
    return op.random or op.type.startswith("Stateless")


def cases(op: Op, declaration: Any, rounds: int = ROUNDS) -> Iterator[Case]:
    """The cases of one op. `declaration` is TensorFlow's, which knows more values of the attributes."""
    for round_ in range(rounds if callable(op.samples) else 1):
        rng = np.random.default_rng([zlib.crc32(op.type.encode()), round_])
        given = list(samples(op, rng))
        for case in given:
            yield case
        for case in given[:_SAMPLES_FOR_VARIATIONS]:
            if round_ == 0:
                yield from _other_dtypes(case, declaration, rng)
                yield from _other_attributes(case, declaration)
            if not draws(op):
                yield from _awkward_values(case, rng)


def samples(op: Op, rng: np.random.Generator) -> Iterator[Case]:
    """The op's samples as float32."""
    for inputs, attrs in op.samples(rng) if callable(op.samples) else op.samples or [((), {})]:
        arrays = {a.name: _arrays(v) for a, v in zip(op.args, inputs, strict=True)}
        arrays = {k: _mapped(v, _float32) for k, v in arrays.items()} if _takes(op, dtypes.float32) else arrays
        yield Case(op, arrays, dict(attrs), "sample")


def _arrays(value: Any) -> Any:
    return [np.asarray(v) for v in value] if isinstance(value, list) else np.asarray(value)


def _mapped(value: Any, change: Any) -> Any:
    return [change(v) for v in value] if isinstance(value, list) else change(value)


def _float32(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32) if array.dtype == np.float64 else array


def _takes(op: Op, dtype: DType) -> bool:
    return all(dtype in allowed or not any(d.is_floating for d in allowed) for allowed in op.types.values() if allowed)


def _other_dtypes(case: Case, declaration: Any, rng: np.random.Generator) -> Iterator[Case]:
    op = case.op
    for variable in dict.fromkeys(a.type for a in op.args if isinstance(a.type, str)):
        for dtype in _allowed(op, variable, declaration):
            inputs = {a.name: _mapped(case.inputs[a.name], lambda v, d=dtype: cast(v, d, rng))
                      if a.type == variable else case.inputs[a.name] for a in op.args}
            if all(v is not None for a in inputs.values() for v in (a if isinstance(a, list) else [a])):
                yield case._replace(inputs=inputs, label=f"{variable}={dtype.name}")
    for name, kind in op.attr_types.items():
        if kind != "type" or isinstance(case.attrs.get(name, op.defaults.get(name)), list | tuple):
            continue
        for dtype in _allowed(op, name, declaration):
            yield case._replace(attrs={**case.attrs, name: dtype}, label=f"{name}={dtype.name}")


def _allowed(op: Op, variable: str, declaration: Any) -> list[DType]:
    theirs = ((declaration or {}).get("attrs", {}).get(variable) or {}).get("types", ())
    found = [d for d in map(_dtype, theirs) if d is not None] or [*op.types.get(variable, ())]
    return list(dict.fromkeys(found or (dtypes.float64, dtypes.float16, dtypes.bfloat16, dtypes.int32, dtypes.int64,
                                        dtypes.uint8, dtypes.complex64, dtypes.bool)))


def _dtype(name: str) -> DType | None:
    try:
        found = dtypes.as_dtype(name)
    except TypeError:
        return None
    plain = found.is_floating or found.is_integer or found.is_complex or found.is_bool
    return found if plain and not found.is_quantized and "float8" not in name and "int4" not in name else None


def cast(array: np.ndarray, dtype: DType, rng: np.random.Generator) -> np.ndarray | None:
    """The sample's values in another dtype; None where they have no such form (strings)."""
    if array.dtype == object or dtype is dtypes.string:
        return None
    if dtype.is_complex and array.dtype.kind not in "c":
        return (array.astype(np.float64) + 1j * rng.uniform(-1, 1, array.shape)).astype(dtype.np_dtype)
    if array.dtype.kind == "c" and not dtype.is_complex:
        array = array.real
    if dtype.is_unsigned:
        array = np.abs(array) if array.dtype != bool else array
    return np.asarray(array).astype(dtype.np_dtype)


def _other_attributes(case: Case, declaration: Any) -> Iterator[Case]:
    for name, default in case.op.defaults.items():
        now = case.attrs.get(name, default)
        others: list[Any] = []
        if isinstance(now, bool):
            others = [not now]
        elif isinstance(now, str):
            known = ((declaration or {}).get("attrs", {}).get(name) or {}).get("strings", ())
            others = [s for s in known if s != now]
        for value in others:
            yield case._replace(attrs={**case.attrs, name: value}, label=f"{name}={value}")


def _awkward_values(case: Case, rng: np.random.Generator) -> Iterator[Case]:
    """NaN, infinities, zeros of both signs and ties among the floats."""
    awkward = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0])

    def spoil(v: np.ndarray) -> np.ndarray:
        if v.dtype.kind != "f" or not v.size:
            return v
        return np.where(rng.random(v.shape) < 0.5, rng.choice(awkward, v.shape), v).astype(v.dtype)

    if any(v.dtype.kind == "f" and v.size for a in case.inputs.values() for v in (a if isinstance(a, list) else [a])):
        yield case._replace(inputs={k: _mapped(v, spoil) for k, v in case.inputs.items()}, label="awkward values")
