"""keras.ops on symbolic tensors: the shapes and dtypes that values have, and signatures as Keras's."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.keras.ops.test_against_keras import GOLDEN, built
from tests.oracle import keras_ops_cases as cases

from hornbeam import keras
from hornbeam.graph.names import names_v2
from hornbeam.keras import ops
from hornbeam.keras.keras_tensor import KerasTensor


def symbolic(first_alone: bool) -> dict[str, Any]:
    """The names of cases, with symbolic tensors in place of arrays: of all, or of the first, of unknown batch."""
    count = [0]

    def placed(make: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            array = np.asarray(make(*args, **kwargs))
            count[0] += 1
            if first_alone and count[0] > 1:
                return array
            shape = (None, *array.shape[1:]) if first_alone and array.ndim > 1 else array.shape
            return KerasTensor(shape, array.dtype.name)

        return call

    return {**cases.NAMES, "ops": ops, **{n: placed(cases.NAMES[n]) for n in ("x", "p", "z", "holes")}}


def specs(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [specs(v) for v in value]
    return value if not isinstance(value, KerasTensor) else (value.dtype, tuple(value.shape))


def agree(spec: Any, golden: Any) -> bool:
    if isinstance(golden, list) and golden and isinstance(golden[0], str):
        return spec[0] == golden[0] and len(spec[1]) == len(golden[1]) and all(
            a is None or a == b for a, b in zip(spec[1], golden[1], strict=True))
    if isinstance(golden, list):
        return len(spec) == len(golden) and all(map(agree, spec, golden))
    return spec is None or spec == golden


@pytest.mark.parametrize("expression", built())
def test_static_shapes_and_dtypes_are_those_of_values(expression: str) -> None:
    found = specs(eval(expression, symbolic(False)))
    assert agree(found, GOLDEN[expression])
    assert "None" not in repr(found)


SIZES_NEEDED = ("squeeze", "unstack(z(2, 3))")
"""What depends on the first size itself."""


@pytest.mark.parametrize("expression", [e for e in built() if not any(n in e for n in SIZES_NEEDED)])
def test_an_unknown_batch_contradicts_no_value(expression: str) -> None:
    assert agree(specs(eval(expression, symbolic(True))), GOLDEN[expression])


def test_a_model_of_ops_computes_what_the_ops_do() -> None:
    x = keras.Input((3,))
    y = ops.softmax(ops.matmul(ops.relu(x) * 2 + 1, np.eye(3, dtype="float32")), axis=-1)
    model = keras.Model(x, ops.concatenate([y, ops.mean(x, axis=-1, keepdims=True)], axis=-1))
    value = cases.z(4, 3)
    expected = ops.concatenate([ops.softmax(ops.relu(value) * 2 + 1), ops.mean(value, axis=-1, keepdims=True)], -1)
    np.testing.assert_allclose(model(value), expected, rtol=1e-6)


# Signatures ---------------------------------------------------------------------------------------------

FACTS = json.loads((Path(__file__).parents[2] / "golden" / "keras_signatures.json").read_text())


def written(function: Any) -> str:
    """A signature as text, without annotations."""
    target = function.__init__ if isinstance(function, type) else function
    signature = inspect.signature(target)
    return str(signature.replace(return_annotation=inspect.Signature.empty, parameters=[
        p.replace(annotation=p.empty) for p in signature.parameters.values()]))


@pytest.mark.parametrize("namespace", FACTS)
def test_names_and_signatures_are_keras(namespace: str) -> None:
    unlike = {}
    for name, signature in FACTS[namespace].items():
        held = names_v2.get(f"{namespace}.{name}")
        found = None if held is None else written(held.target).replace("/, ", "")
        if found != signature.replace("/, ", ""):
            unlike[name] = found
    assert not unlike
    own = {n[len(namespace) + 1:] for n in names_v2 if n.startswith(f"{namespace}.")}
    assert {n for n in own if "." not in n} == set(FACTS[namespace])
