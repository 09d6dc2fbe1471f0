"""The example of `docs/architecture.md`: one declaration gives everything."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.op import registry

PAGE = Path(__file__).parents[2] / "docs" / "architecture.md"


@pytest.fixture(scope="module")
def softsquare():
    example = re.search(r"## Adding an op.*?```python\n(.*?)```", PAGE.read_text(), re.S)
    assert example is not None
    lines = example.group(1).strip().splitlines()
    assert len(lines) <= 15
    if "Softsquare" not in registry:
        exec(compile(example.group(1), str(PAGE), "exec"), {"__name__": "hornbeam.example"})
    return registry["Softsquare"]


def test_it_runs_at_once(softsquare) -> None:
    assert hb.nn.softsquare([1.0, 2.0]).numpy() == pytest.approx([0.5, 0.8])


def test_it_is_a_node_with_a_static_shape_and_a_gradient(softsquare) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2])
        y = tf.nn.softsquare(x, name="here")
        assert y.op.type == "Softsquare"
        assert y.shape.as_list() == [None, 2]
        first, = tf.gradients(y, x)
        second, = tf.gradients(first, x)
        with tf.Session() as sess:
            value = np.array([[0.5, -2.0]])
            got = sess.run([first, second], {x: value})
    np.testing.assert_allclose(got[0], 2 * value / (1 + value**2) ** 2, rtol=1e-6)
    np.testing.assert_allclose(got[1], (2 - 6 * value**2) / (1 + value**2) ** 3, rtol=1e-5)


def test_raw_ops_have_it(softsquare) -> None:
    assert float(hb.raw_ops.Softsquare(features=1.0)) == 0.5
