"""Conversions between all dtypes."""

from __future__ import annotations

from functools import lru_cache

import jax
import jax.extend.core
import numpy as np
import pytest
from jax import lax

pytestmark = pytest.mark.usefixtures("nothing_compiles")


FLOATS = ["float32", "float64", "float16", "bfloat16"]
INTS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
COMPLEX = ["complex64", "complex128"]
ALL = FLOATS + INTS + COMPLEX + ["bool"]


def convertible(source: str) -> np.ndarray:
    if source == "bool":
        return np.array([True, False])
    if source in FLOATS or source in COMPLEX:
        middle = [0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 1.5, -2.5, 3.7, -7.3, 100.0, np.inf, -np.inf, np.nan]
        extremes = [300, -129, 65536, 1e5, -1e5, 3e9, 1e10, -1e10, 1e30, -1e30]
        with np.errstate(over="ignore"):
            return np.array([*middle, *extremes]).astype(source)
    info = np.iinfo(source)
    return np.array([0, 1, 2, 7, 100, info.max, info.min, info.max - 1, info.min + 1], source)


@lru_cache
def compiled_conversions(source: str) -> dict[str, np.ndarray]:
    with jax.enable_x64(True):
        convert = jax.jit(lambda x: {t: lax.convert_element_type(x, t) for t in ALL})
        return {t: np.asarray(y) for t, y in convert(convertible(source)).items()}


@pytest.mark.filterwarnings("ignore:Casting complex values")  # JAX says so while tracing
@pytest.mark.parametrize("target", ALL)
@pytest.mark.parametrize("source", ALL)
def test_conversion(interpreted, assert_same, source, target):
    x = convertible(source)
    (got,) = interpreted(lambda x: lax.convert_element_type(x, target), x)
    assert_same(got, compiled_conversions(source)[target])
