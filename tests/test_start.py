"""What importing Hornbeam loads: not JAX, which takes longer than all the rest, and not Keras."""

from __future__ import annotations

import pickle
import subprocess
import sys

import jax
import jax.numpy as jnp
import pytest

from hornbeam.backend import lazy

LATER = ("jax", "jaxlib", "hornbeam.keras", "google.protobuf", "tensorboard", "sklearn", "rich", "click")


def in_a_fresh_process(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("module", ["hornbeam", "hornbeam.v1"])
def test_importing_loads_no_compiler_and_no_models(module: str) -> None:
    loaded = in_a_fresh_process(f"import sys, {module}\nprint(*sys.modules)").split()
    assert module in loaded
    assert [name for name in LATER if name in loaded] == []


def test_a_graph_without_draws_is_built_without_the_compiler() -> None:
    code = """
import sys, threading
import hornbeam.v1 as tf
x = tf.placeholder(tf.float32, [None, 3])
y = tf.reshape(x * 2.0, [-1])
assert "jax" not in sys.modules, "building"
answers = []
def run():
    with tf.Session(graph=y.graph) as session:
        answers.append(session.run(y, {x: [[1, 2, 3]]}).tolist())
threads = [threading.Thread(target=run) for _ in range(4)]
for t in threads: t.start()
for t in threads: t.join()
assert answers == [[2.0, 4.0, 6.0]] * 4
assert "jax" in sys.modules and "jax.extend" not in sys.modules
"""
    in_a_fresh_process(code)


def test_lazy_names_stand_for_the_modules_themselves() -> None:
    assert lazy.jax.Array is jax.Array
    assert lazy.jnp.add is jnp.add
    assert lazy.lax.add_p is jax.lax.add_p
    assert sys.modules["jax"] is jax
    assert type(jax) is not lazy.LazyModule
    assert "numpy" in dir(lazy.jax)
    assert pickle.loads(pickle.dumps(lazy.jnp)).add is jnp.add
    with pytest.raises(AttributeError, match="no attribute 'addd'"):
        _ = lazy.jnp.addd
