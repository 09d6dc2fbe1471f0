"""Variables, collections and operations of layers have the names that TensorFlow 1.15.5 gives."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import pytest

import hornbeam.v1 as tf

HERE = Path(__file__).parent
GOLDEN = json.loads((HERE / "names.json").read_text())
# The parts of operations that programs fetch and load by name; how TensorFlow composes others is its own affair.
FETCHED = re.compile(r"/(MatMul|BiasAdd|Relu|Tanh|Elu|Conv2D|conv2d_transpose|separable_conv2d|depthwise|MaxPool"
                     r"|AvgPool|Reshape|Merge|FusedBatchNormV3|AssignMovingAvg|AssignNewValue|add_1|Softmax|train"
                     r"|l[12]_regularizer|control_dependency)(_\d+)?$")
COMPOSED = re.compile(r"gradients/|/Initializer/|truncated_normal|/Tensordot|/moments/|/cond(_\d)?/(Assign|Fused|drop)"
                      r"|strided_slice|/batchnorm|/shape|xentropy|/sub|/mul|embedding_lookup")


def _programs() -> Any:
    spec = importlib.util.spec_from_file_location("layer_names", HERE / "names.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PROGRAMS = _programs()


@pytest.mark.parametrize("name", GOLDEN)
def test_names_are_tensorflows(name: str) -> None:
    wanted = GOLDEN[name]
    with tf.Graph().as_default():
        found = PROGRAMS.described(tf, PROGRAMS.PROGRAMS[name])
    assert found["variables"] == wanted["variables"]
    assert found["collections"] == wanted["collections"]
    needed = {op for op in wanted["operations"] if FETCHED.search(op) and not COMPOSED.search(op)}
    assert needed
    assert needed <= set(found["operations"])


def test_every_program_was_recorded() -> None:
    assert list(GOLDEN) == list(PROGRAMS.PROGRAMS)
