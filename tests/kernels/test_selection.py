"""When kernels are taken: the switch, the library, and the ways through the framework that keep the ops' functions."""

import os
import subprocess
import sys

import numpy as np
import pytest
from tests.kernels.conftest import relative

import hornbeam as tf
import hornbeam.v1 as v1
from hornbeam.backend.lazy import jax
from hornbeam.backend.switches import show
from hornbeam.kernels import library, selection
from hornbeam.ops.conv import conv2d_op
from hornbeam.ops.matmul import matmul_op

RNG = np.random.default_rng(7)
IMAGES = RNG.normal(size=(4, 12, 12, 8)).astype(np.float32)
FILTERS = RNG.normal(size=(3, 3, 8, 8)).astype(np.float32)


@pytest.fixture
def calls(native, monkeypatch):
    """The kernels that programs are compiled with while a test runs."""
    made = []

    def call(target, *args, **kwargs):
        made.append(target)
        return original(target, *args, **kwargs)

    original = selection.call
    for module in ("matmul", "convolution"):
        monkeypatch.setattr(f"hornbeam.kernels.{module}.call", call)
    for op in (matmul_op, conv2d_op):
        op.programs.clear()
    yield made
    for op in (matmul_op, conv2d_op):
        op.programs.clear()


def test_switched_off(monkeypatch):
    monkeypatch.setenv(selection.VARIABLE, "off")
    assert selection.why_not() == "switched off by HORNBEAM_KERNELS=off"
    a = np.ones((300, 300), np.float32)
    assert matmul_op.compiles_to([a, a], {"transpose_a": True, "transpose_b": False}) is matmul_op.function


def test_where_the_library_is_missing(monkeypatch, tmp_path):
    monkeypatch.delenv(selection.VARIABLE, raising=False)
    monkeypatch.setattr(library, "_found", [])
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "none.so")
    assert "was not built" in selection.why_not()
    a = np.ones((300, 300), np.float32)
    assert matmul_op.compiles_to([a, a], {"transpose_a": True, "transpose_b": False}) is matmul_op.function


def test_a_broken_library_says_so(monkeypatch, tmp_path):
    monkeypatch.delenv(selection.VARIABLE, raising=False)
    (tmp_path / "broken.so").write_bytes(b"no library")
    monkeypatch.setattr(library, "_found", [])
    monkeypatch.setattr(library, "LIBRARY", tmp_path / "broken.so")
    assert selection.why_not()


def test_several_devices_are_left_to_xla(monkeypatch):
    monkeypatch.delenv(selection.VARIABLE, raising=False)
    monkeypatch.setattr(jax, "device_count", lambda: 4)
    assert "4 devices" in selection.why_not()


def test_eager_calls_that_compile_take_kernels(calls):
    tf.nn.conv2d(IMAGES, FILTERS, 1, "SAME")
    assert calls == ["hornbeam_convolution"]


def test_sessions_and_functions_take_kernels_and_their_gradients(calls):
    with v1.Graph().as_default(), v1.Session() as session:
        x, w = v1.placeholder(v1.float32, IMAGES.shape), v1.placeholder(v1.float32, FILTERS.shape)
        y = v1.nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
        session.run([y, *v1.gradients(y, [x, w])], {x: IMAGES, w: FILTERS})
    assert sorted(calls) == ["hornbeam_convolution", "hornbeam_convolution_to_filter", "hornbeam_convolution_to_input"]
    calls.clear()
    tf.function(lambda x: tf.nn.conv2d(x, FILTERS, 1, "SAME"))(tf.constant(IMAGES))
    assert calls == ["hornbeam_convolution"]


def test_loops_and_branches_take_kernels(calls):
    @tf.function
    def looped(x, many):
        i = tf.constant(0)
        while i < many:
            x = tf.nn.conv2d(x, FILTERS, 1, "SAME") / 100.0
            if tf.reduce_sum(x) > 1e9:
                x = tf.nn.conv2d(x, FILTERS, 1, "SAME")
            i += 1
        return tf.scan(lambda a, row: a + tf.nn.conv2d(a, FILTERS, 1, "SAME") * row, tf.constant([0.5, 0.25]), x)

    found = looped(tf.constant(IMAGES), tf.constant(3)).numpy()
    assert calls
    assert set(calls) == {"hornbeam_convolution"}
    x = IMAGES
    for _ in range(3):
        x = np.asarray(plain(x)) / 100
    rows = []
    for row in (0.5, 0.25):
        x = x + np.asarray(plain(x)) * row
        rows.append(x)
    assert relative(found, np.stack(rows)) < 1e-5


def plain(x):
    return conv2d_op.function(x, FILTERS, strides=(1, 1, 1, 1), padding="SAME")


def test_batched_programs_keep_the_ops_own_functions(calls):
    @tf.function
    def each(x):
        def one(image):
            i = tf.constant(0)
            while i < 2:  # the body of a loop inside is batched too
                image = tf.nn.conv2d(image[None], FILTERS, 1, "SAME")[0] / 100.0
                i += 1
            return tf.matmul(tf.reshape(image, [48, -1]), tf.reshape(image, [48, -1]), transpose_a=True)

        return tf.vectorized_map(one, x)

    found = each(tf.constant(IMAGES)).numpy()
    assert calls == []
    x = np.asarray(plain(np.asarray(plain(IMAGES)) / 100)) / 100
    x = x.reshape(4, 48, -1)
    assert relative(found, np.swapaxes(x, 1, 2) @ x) < 1e-5


def test_forward_mode_and_jacobians_meet_kernels_only_where_they_run(native):
    x, w = tf.constant(IMAGES), tf.constant(FILTERS)
    direction = RNG.normal(size=IMAGES.shape).astype(np.float32)

    @tf.function
    def both(x, direction):
        with tf.autodiff.ForwardAccumulator(x, direction) as accumulator:
            y = tf.nn.conv2d(x, w, 1, "SAME")
        return accumulator.jvp(y)

    assert relative(both(x, tf.constant(direction)), plain(direction)) < 1e-5
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.nn.conv2d(x, w, 1, "SAME"), [1, 2, 3])
    jacobian = tape.jacobian(y, x).numpy()
    assert jacobian.shape == (4, *IMAGES.shape)
    assert not jacobian[0, 1:].any()
    assert relative(jacobian[2, 2, 5, 5], FILTERS.sum((0, 1, 3))) < 1e-5


PROGRAM = """
import os, sys, threading
import numpy as np
import hornbeam as tf
from hornbeam.kernels import selection
rng = np.random.default_rng(0)
w = tf.constant(rng.normal(size=(3, 3, 16, 16)).astype("f"))

@tf.function
def step(x):
    y = tf.nn.conv2d(x, w, 1, "SAME")
    z = tf.reshape(y, [-1, 16])
    return y, tf.matmul(z, z, transpose_a=True)

def inputs(i):
    return tf.constant(np.random.default_rng(i).normal(size=(1 + i % 7, 8 + i % 5, 9, 16)).astype("f"))
"""


IN_USE = "assert selection.why_not() is None, selection.why_not()"


def run_program(text, first=IN_USE):
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM + first + text], capture_output=True,
                          text=True, check=False, timeout=120, env=os.environ | {selection.VARIABLE: "native"})
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_several_threads_at_once_with_many_shapes(native):
    run_program("""
expected = [[a.numpy() for a in step(inputs(i))] for i in range(35)]
wrong = []

def work(seed):
    for i in np.random.default_rng(seed).permutation(35).tolist() * 4:
        for a, b in zip(step(inputs(i)), expected[i]):
            if not np.array_equal(a.numpy(), b):
                wrong.append(i)

threads = [threading.Thread(target=work, args=(s,)) for s in range(6)]
for t in threads: t.start()
for t in threads: t.join()
assert not wrong, wrong
""")


def test_processes_forked_before_and_after(native):
    """JAX itself cannot run in a process that was forked after its first use; such a child does other work."""
    run_program("""
ends = os.pipe()
child = os.fork()
found = float(tf.reduce_sum(step(inputs(3))[1]).numpy())
assert selection.why_not() is None, selection.why_not()
if not child:
    os.write(ends[1], repr(found).encode())
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert float(os.read(ends[0], 100)) == found
other = os.fork()
if not other:
    os._exit(0 if np.dot(np.ones(3), np.ones(3)) == 3 else 1)
assert os.waitpid(other, 0)[1] == 0
assert float(tf.reduce_sum(step(inputs(3))[1]).numpy()) == found
""", "")


def test_the_number_of_primitives_that_are_kept_is_bounded(native):
    for width in range(1, 600):
        assert library.convolution_name(0, 1, 2, (1, 1, width, 1, 1, 1, 1, 1, 1, 1, width, 1, 1, 1, 1, 1, 0, 0, 0, 0))
    assert library.convolutions_kept() == 512


@pytest.mark.slow
def test_the_compilation_cache_tells_programs_with_kernels_from_those_without(native, tmp_path):
    program = """
import numpy as np
import hornbeam as tf
x = tf.constant(np.random.default_rng(0).normal(size=(16, 32, 32, 16)).astype("f"))
w = np.random.default_rng(1).normal(size=(3, 3, 16, 16)).astype("f")
step = tf.function(lambda x: tf.sort(tf.nn.conv2d(x, w, 1, "SAME")))
print(float(tf.reduce_sum(step(x) ** 2)))
"""

    def answer(kernels):
        environment = os.environ | {selection.VARIABLE: kernels, "HORNBEAM_CACHE": str(tmp_path)}
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True,
                              check=True, env=environment)
        return float(done.stdout)

    first, without = answer("native"), answer("off")
    assert first == pytest.approx(without, rel=1e-5)
    assert answer("native") == first
    assert answer("off") == without


def test_what_is_compiled_names_its_kernels(native, monkeypatch, capsys):
    def compiles():
        with v1.Graph().as_default(), v1.Session() as session:
            x = v1.placeholder(np.float32, IMAGES.shape)
            y = v1.nn.relu(v1.nn.bias_add(v1.nn.conv2d(x, FILTERS, [1, 1, 1, 1], "SAME"), np.ones(8, np.float32)))
            with show(1):
                session.run(v1.reduce_max(v1.nn.max_pool(y, 2, 2, "SAME")), {x: IMAGES})
        return capsys.readouterr().err

    assert "; kernels: Conv2D 1, MaxPool 1, Relu 1\n" in compiles()
    monkeypatch.setenv(selection.VARIABLE, "off")
    assert "kernels" not in compiles()
