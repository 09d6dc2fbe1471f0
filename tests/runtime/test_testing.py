"""`tf.test`: what fails and what does not, sessions, seeds, and gradients against differences."""

from __future__ import annotations

import collections
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

Point = collections.namedtuple("Point", ["x", "y"])


@pytest.fixture
def case() -> Any:
    """A TF1 test case within its test."""
    made = tf.test.TestCase()
    made.setUp()
    yield made
    made.tearDown()


def fails(check: Any, *args: Any, match: str | None = None, **kwargs: Any) -> None:
    with pytest.raises(AssertionError, match=match):
        check(*args, **kwargs)


def test_close_is_within_the_tolerances(case: Any) -> None:
    case.assertAllClose([1.0, 2.0], [1.0, 2.000001])
    case.assertAllClose(1e6, 1e6 + 0.9)
    case.assertAllClose(np.nan, np.nan)
    case.assertAllClose([[1.0], [2.0, 3.0]], [[1.0], [2.0, 3.0]])
    fails(case.assertAllClose, [1.0, 2.0], [1.0, 2.1], match=r"a is different from b(.|\n)*1 / 2")
    fails(case.assertAllClose, [1.0], [1.0, 2.0], match="Shape mismatch")
    fails(case.assertNotAllClose, [1.0], [1.0], match="close at all elements")
    case.assertNotAllClose([1.0], [1.1])


def test_close_walks_nested_structures_and_names_the_place(case: Any) -> None:
    good = {"a": [np.ones(2), 3.0], "p": Point(1.0, np.zeros(3))}
    case.assertAllClose(good, {"a": [np.ones(2), 3.0], "p": Point(1.0, np.zeros(3))})
    bad = {"a": [np.ones(2), 3.0], "p": Point(1.0, np.array([0.0, 1.0, 0.0]))}
    fails(case.assertAllClose, good, bad, match=r"a\[p\]\[y\] is different from b\[p\]\[y\]")
    fails(case.assertAllClose, {"a": 1}, {"b": 1}, match="mismatched keys")
    with pytest.raises(ValueError, match="dict to non-dict"):
        case.assertAllClose({"a": 1}, [1])
    with pytest.raises(ValueError, match="Mismatched length"):
        case.assertAllClose([np.ones(2), np.ones(2)], [np.ones(2)])


def test_coarse_types_may_be_further_apart(case: Any) -> None:
    for dtype, difference in ((tf.bfloat16, 0.0078125), (tf.float16, 0.000977), (tf.float32, 1e-6)):
        a, b = tf.constant([1.0], dtype), tf.constant([1.0 + difference], dtype)
        case.assertAllCloseAccordingToType(a, b)
        if dtype != tf.float32:
            fails(case.assertAllClose, a, b)
            fails(case.assertAllCloseAccordingToType, a, tf.constant([1.1], dtype))


def test_equal_arrays(case: Any) -> None:
    case.assertAllEqual([1, 2], np.array([1, 2]))
    case.assertAllEqual([np.nan, 1.0], [np.nan, 1.0])
    case.assertAllEqual(tf.constant(["a", "é"]), ["a", "é"])
    case.assertAllEqual([b"a"], ["a"])
    case.assertAllEqual(tf.constant(True), True)
    fails(case.assertAllEqual, [1, 2, 3], [1, 2, 4], match=r"not equal at \[2\](.|\n)*Mismatched elements: 1 / 3")
    fails(case.assertAllEqual, [1, 2, 3], [1, 2], match="Shape mismatch")
    fails(case.assertAllEqual, ["a"], ["b"])
    fails(case.assertNotAllEqual, [1], [1], match="equal at all elements")


def test_lists_are_close_to_arrays(case: Any) -> None:
    case.assertAllClose([51], np.array([51.0], np.float32))
    case.assertAllClose([np.array([1.0, 2.0]), np.array([3.0, 4.0])], np.array([[1.0, 2.0], [3.0, 4.0]]))
    fails(case.assertAllClose, [51], np.array([50.0], np.float32))


def test_numbers_near(case: Any) -> None:
    case.assertNear(np.array([1.0]), np.float32(1.001), 0.01)
    case.assertNear(1.0, 1.05, 0.1)
    case.assertNear(float("inf"), float("inf"), 0.1)
    case.assertArrayNear([1.0, 2.0], [1.05, 2.0], 0.1)
    case.assertNDArrayNear(np.zeros(4), np.full(4, 0.1), 0.21)
    fails(case.assertNear, 1.0, 1.1, 0.01, match=r"1\.000000 != 1\.100000 \+/- 0\.010000")
    fails(case.assertArrayNear, [1.0, 2.0], [1.0, 2.1], 0.01, match="2.1")
    fails(case.assertArrayNear, [1.0, 2.0], [1.0], 0.01)
    fails(case.assertNDArrayNear, np.zeros(4), np.full(4, 0.1), 0.2)


def test_shapes_and_types(case: Any) -> None:
    case.assertShapeEqual(np.zeros([2, 3]), tf.zeros([2, 3]))
    case.assertDTypeEqual(tf.zeros([1]), tf.float32)
    case.assertDTypeEqual(np.zeros([1]), np.float64)
    fails(case.assertShapeEqual, np.zeros([2]), tf.zeros([3]))
    fails(case.assertDTypeEqual, np.zeros([1]), np.float32)
    with pytest.raises(TypeError, match="input_a must be a Numpy ndarray"):
        case.assertShapeEqual([1], np.zeros(1))


def test_order_and_range(case: Any) -> None:
    x = tf.constant([1.0, 2.0, 3.0])
    case.assertAllInRange(x, 1, 3)
    case.assertAllGreater(x, 0.5)
    case.assertAllGreaterEqual(x, 1)
    case.assertAllLess(x, 3.5)
    case.assertAllLessEqual(x, 3)
    case.assertAllInSet([1, 2, 2], {1, 2, 5})
    fails(case.assertAllInRange, x, 1, 3, open_upper_bound=True, match=r"1 of the 3 .*\[1, 3\)(.|\n)*\[2\] : 3")
    fails(case.assertAllInRange, [1.0, np.nan], 0, 2, match=r"NaN(.|\n)*\[1\]")
    fails(case.assertAllInRange, ["a"], 0, 2, match="ordered numeric type")
    fails(case.assertAllGreater, x, 1)
    fails(case.assertAllLessEqual, x, 2)
    fails(case.assertAllInSet, [1, 2, 9], {1, 2}, match=r"1 unique element.*\[9\]")


def test_errors_are_matched_with_the_name_of_their_operation(case: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    bad = tf.debugging.check_numerics(x, "not a number here", name="guard")
    with case.session() as session:
        for pattern in ("not a number", "guard", lambda error: error.op.name == "guard"):
            with case.assertRaisesOpError(pattern):
                session.run(bad, {x: [np.nan]})
        with pytest.raises(AssertionError, match="does not match"), case.assertRaisesOpError("something else"):
            session.run(bad, {x: [np.nan]})
    with pytest.raises(AssertionError, match="OpError not raised"), case.assertRaisesOpError("any"):
        pass
    with pytest.raises(KeyError), case.assertRaisesWithPredicateMatch(ValueError, "x"):
        raise KeyError("x")
    with case.assertRaisesIncompatibleShapesError(ValueError):
        tf.zeros([2, 3]) + tf.zeros([4, 3])


def test_sessions_of_a_test(case: Any) -> None:
    counter = tf.Variable(0)
    step = tf.assign_add(counter, 1)
    with case.cached_session() as session:
        session.run(counter.initializer)
        session.run(step)
        assert tf.get_default_session() is session
        assert session.graph is tf.get_default_graph()
    with case.test_session() as again:
        assert again is session
        assert again.run(counter) == 1
    assert case.evaluate(counter) == 1
    with case.session() as fresh:
        assert fresh is not session
        with case.assertRaisesOpError("uninitialized"):
            fresh.run(counter)
    with pytest.raises(ValueError, match="The graph used to get the cached session"), \
            case.cached_session(graph=tf.Graph()):
        pass
    with case.session(use_gpu=False):
        assert tf.constant(1.0).device == "/device:CPU:0"
    with case.session(graph=tf.Graph(), force_gpu=True):
        assert tf.constant(1.0).device == "/device:GPU:0"


def test_every_test_starts_with_the_same_seeds_and_an_empty_graph() -> None:
    draws = []

    class Draws(tf.test.TestCase):
        def test_draw(self) -> None:
            assert not tf.get_default_graph().get_operations()
            tf.Graph().as_default().__enter__()  # what a test leaves open is closed for the next
            draws.append((self.evaluate(tf.random_uniform([3])).tolist(), np.random.rand()))

        test_the_same = test_draw

    result = unittest.TestResult()
    unittest.TestLoader().loadTestsFromTestCase(Draws).run(result)
    tf.test.TestCase().setUp()
    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    assert draws[0][1] == draws[1][1]


def test_a_graph_that_was_opened_for_a_test_stays_open() -> None:
    case = hb.test.TestCase()
    with hb.Graph().as_default() as graph:
        case.setUp()
        with case.test_session() as session:
            assert session.graph is graph
            assert session.run(hb.constant(3)) == 3


def test_the_second_generation_evaluates_at_once() -> None:
    case = hb.test.TestCase()
    case.setUp()
    first = hb.random.uniform([2]).numpy()
    case.setUp()
    assert first.tolist() == hb.random.uniform([2]).numpy().tolist()
    case.assertAllClose({"y": hb.constant([1.0]) * 2}, {"y": [2.0]})
    assert case.evaluate([hb.constant(1), lambda: hb.constant(2)]) == [1, 2]
    with case.session() as session, pytest.raises(AttributeError, match="eager execution is on"):
        session.run(hb.constant(1))
    with hb.Graph().as_default(), case.session() as session:
        assert session.run(hb.constant(3)) == 3
    case.tearDown()


def test_threads_are_checked(case: Any) -> None:
    good = case.checkedThread(lambda value: value, args=(1,))
    good.start()
    good.join()
    bad = case.checkedThread(lambda: 1 // 0)
    bad.start()
    fails(bad.join, match="division")
    forgotten = case.checkedThread(lambda: None)
    forgotten.start()
    fails(case.tearDown, match="not joined")
    forgotten.join()


def test_writes_are_captured(case: Any) -> None:
    with tempfile.TemporaryFile("w") as stream:
        with case.captureWritesToStream(stream) as captured:
            os.write(stream.fileno(), b"below Python\n")
            stream.write("above")
        assert captured.contents() == "below Python\nabove"
        stream.write("after")
    assert captured.contents().endswith("above")


def test_folders(case: Any) -> None:
    folder = Path(case.get_temp_dir())
    assert folder.is_dir()
    assert folder == Path(case.get_temp_dir())
    assert folder.parent == Path(tf.test.get_temp_dir())


def test_the_gradient_and_the_differences_agree() -> None:
    with tf.Graph().as_default(), tf.Session():
        x, z = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, 2.0, 4.0])
        y = x * x * z
        start = np.array([1.0, 2.0, 3.0], np.float32)
        analytic, numeric = tf.test.compute_gradient(x, [3], y, [3], x_init_value=start)
        np.testing.assert_allclose(analytic, np.diag([2.0, 8.0, 24.0]))
        np.testing.assert_allclose(numeric, analytic, atol=1e-2)
        assert numeric.dtype == np.float32
        both = tf.test.compute_gradient([x, z], [[3], [3]], y, [3], x_init_value=[start, np.ones(3)])
        np.testing.assert_allclose(both[1][0], np.diag([1.0, 4.0, 9.0]))
        assert tf.test.compute_gradient_error([x, z], [[3], [3]], y, [3]) < 1e-3
        empty = tf.zeros([0])
        assert tf.test.compute_gradient_error(empty, [0], empty * 1, [0]) == 0


def test_complex_numbers_are_two_numbers() -> None:
    with tf.Graph().as_default(), tf.Session():
        x = tf.constant([1 + 2j, 3], tf.complex64)
        analytic, numeric = tf.test.compute_gradient(x, [2], x * x, [2], x_init_value=np.array([1 + 2j, 3]))
        np.testing.assert_allclose(analytic, [[2, 4, 0, 0], [-4, 2, 0, 0], [0, 0, 6, 0], [0, 0, 0, 6]])
        np.testing.assert_allclose(numeric, analytic, atol=1e-2)


def test_a_wrong_gradient_is_found() -> None:
    @tf.custom_gradient
    def wrong(x: Any) -> Any:
        return x * x, lambda dy: dy * x

    with tf.Graph().as_default(), tf.Session():
        x = tf.constant([1.0, 2.0])
        assert tf.test.compute_gradient_error(x, [2], wrong(x), [2], x_init_value=np.array([1.0, 2.0])) > 1.9


def test_rows_of_a_table_have_a_gradient() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.Variable(np.arange(6.0).reshape(3, 2))
        picked = tf.gather(table, [2, 0, 2]) ** 2
        start = np.arange(6.0).reshape(3, 2)
        error = tf.test.compute_gradient_error(table.value(), [3, 2], picked, [3, 2], start,
                                               init_targets=table.initializer)
        assert error < 1e-6
        assert session.run(table).tolist() == start.tolist()


def test_what_cannot_be_checked_is_an_error() -> None:
    with tf.Graph().as_default():
        x, n = tf.constant([1.0, 2.0]), tf.constant([1, 2])
        with pytest.raises(ValueError, match="open a session"):
            tf.test.compute_gradient(x, [2], x * x, [2])
        with tf.Session():
            with pytest.raises(TypeError, match="int32"):
                tf.test.compute_gradient(n, [2], n * n, [2])
            with pytest.raises(AssertionError, match=r"x_shape = \[2\], init_data shape = \[3\]"):
                tf.test.compute_gradient(x, [2], x * x, [2], x_init_value=np.zeros(3))
            with pytest.raises(AssertionError, match="dx = None"):
                tf.test.compute_gradient(x, [2], tf.constant([1.0, 1.0]) * 2, [2])


def test_graphs_are_compared_as_messages(case: Any) -> None:
    def build(scale: float, extra: bool = False) -> Any:
        with tf.Graph().as_default() as graph:
            x = tf.placeholder(tf.float32, [2], name="x")
            tf.multiply(x, scale, name="y")
            if extra:
                tf.identity(x, name="z")
        return graph.as_graph_def()

    tf.test.assert_equal_graph_def(build(2.0), build(2.0))
    hb.test.assert_equal_graph_def(expected=build(2.0), actual=build(2.0))
    case.assertProtoEquals(str(build(2.0)), build(2.0))
    fails(hb.test.assert_equal_graph_def, build(2.0), build(3.0), match="y/y.*attribute 'value'")
    fails(hb.test.assert_equal_graph_def, build(2.0), build(2.0, True), match="unexpected node 'z'")
    fails(tf.test.assert_equal_graph_def, build(2.0), build(2.0, True), match="Did not find expected node 'z'")
    fails(case.assertProtoEquals, build(2.0), build(3.0))
    with pytest.raises(TypeError, match=r"Expected tf\.GraphDef"):
        hb.test.assert_equal_graph_def("x", build(2.0))


def test_what_the_process_runs_on() -> None:
    name = tf.test.gpu_device_name()
    assert name in ("", "/device:GPU:0")
    assert tf.test.is_gpu_available() == bool(name)
    assert not tf.test.is_gpu_available(min_cuda_compute_capability=(99, 0))
    assert tf.test.is_built_with_gpu_support() == (tf.test.is_built_with_cuda() or tf.test.is_built_with_rocm())


def test_main_runs_the_tests_of_a_program(tmp_path: Path) -> None:
    program = tmp_path / "some_test.py"
    program.write_text("""
import hornbeam.v1 as tf

class SquareTest(tf.test.TestCase):
    def testSquare(self):
        with self.test_session():
            x = tf.square([2, 3])
            self.assertAllEqual(x.eval(), [4, 9])

    def testWrong(self):
        self.assertAllEqual(tf.square(2), 5)

if __name__ == "__main__":
    tf.test.main()
""")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Ran 2 tests" in done.stderr
    assert "failures=1" in done.stderr
    assert "FAIL: testWrong" in done.stderr
    assert "testSquare" not in done.stderr.split("FAIL:")[1]


def test_devices_are_equal_however_they_are_written(case: Any) -> None:
    case.assertDeviceEqual("/cpu:0", "/device:CPU:0")
    case.assertDeviceEqual(tf.DeviceSpec(device_type="GPU", device_index=1), "/gpu:1")
    case.assertDeviceEqual(None, "")
    fails(case.assertDeviceEqual, "/cpu:0", "/gpu:0", match="are not equal")


def test_programs_hang_attributes_on_tensors_of_graphs(case: Any) -> None:
    with tf.Graph().as_default():
        x = tf.constant(1.0)
        x.aliases = ["first"]
        assert x.aliases == ["first"]
        assert not hasattr(tf.identity(x), "aliases")
