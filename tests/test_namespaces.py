"""Both namespaces in one process, in either order; other JAX code in the process notices nothing."""

from __future__ import annotations

import subprocess
import sys

import pytest

import hornbeam as hb
import hornbeam.v1 as tf

SIDE_BY_SIDE = """
{imports}
assert float(hb.add(1.0, 2.0)) == 3.0
assert isinstance(tf.add(1, 2), tf.Tensor) and not hasattr(tf.add(1, 2), "numpy")
assert float(hb.constant(2.0) * 3) == 6.0
assert tf.Session().run(tf.constant(2.0) * 3) == 6.0
with hb.Graph().as_default():
    assert not hasattr(hb.add(1, 2), "numpy")
assert hb.executing_eagerly() and not tf.executing_eagerly()
assert hb.float32 is tf.float32 and hb.errors is not None
"""
FIRST, SECOND = "import hornbeam as hb", "import hornbeam.v1 as tf"


@pytest.mark.parametrize("imports", [f"{FIRST}\n{SECOND}", f"{SECOND}\n{FIRST}"], ids=["2-1", "1-2"])
def test_both_namespaces_in_one_process(imports: str) -> None:
    subprocess.run([sys.executable, "-c", SIDE_BY_SIDE.format(imports=imports)], check=True)


def test_other_jax_code_keeps_its_settings() -> None:
    code = """
import jax, jax.numpy as jnp
import hornbeam.v1 as tf
v = tf.Variable([1.0], dtype=tf.float64)
step = tf.assign_add(v, v)
with tf.Session() as sess:
    sess.run(v.initializer)
    assert sess.run(step).dtype == "float64"
assert not jax.config.jax_enable_x64
assert jnp.zeros(2).dtype == "float32" and jnp.arange(2).dtype == "int32"
assert jax.jit(lambda x: x * 2)(1.5).dtype == "float32"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_absent_names_the_nearest_thing() -> None:
    nearest = r"no attribute 'softmaxx'\. The nearest thing here is hornbeam\.nn\.softmax"
    with pytest.raises(AttributeError, match=nearest):
        _ = hb.nn.softmaxx
    with pytest.raises(AttributeError, match=r"TensorFlow has mixed_precision, Hornbeam does not"):
        _ = tf.mixed_precision
    with pytest.raises(AttributeError, match=r"hornbeam\.v1\.nn\.relu"):
        _ = tf.relu


def test_old_argument_names_belong_to_the_first_generation() -> None:
    with tf.Graph().as_default():
        x = tf.constant([[1.0, 2.0]])
        assert tf.reduce_sum(x, reduction_indices=[1], keep_dims=True).shape.as_list() == [1, 1]
        with pytest.raises(ValueError, match="axis"):
            tf.reduce_sum(x, axis=0, reduction_indices=1)
    with pytest.raises(TypeError):
        hb.reduce_sum([[1.0]], reduction_indices=[1])
