"""Decorators of tests: in which modes the decorated tests run, as TensorFlow 1.15 and 2.21 run them."""

from __future__ import annotations

import unittest
from typing import Any

import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.v1.private import test_util as util


def modes(case: type[Any]) -> list[Any]:
    """What the tests of a case note in `seen`; none of them fails."""
    case.seen = []
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case)(result)
    assert not result.errors, result.errors
    assert not result.failures, result.failures
    return case.seen


class Base(tf.test.TestCase):
    seen: list[Any]

    def setUp(self) -> None:
        super().setUp()
        self.held = tf.constant(1.0)

    def note(self) -> None:
        self.seen.append(tf.executing_eagerly())
        assert self.evaluate(tf.constant(1.0) + 1.0) == 2.0


def test_a_test_runs_in_a_graph_and_at_once() -> None:
    class Case(Base):
        @util.run_in_graph_and_eager_modes
        def testBoth(self) -> None:
            self.note()
            if tf.executing_eagerly():
                assert self.held.numpy() == 1.0

        @util.run_in_graph_and_eager_modes(reset_test=False)
        def testBothAgain(self) -> None:
            self.note()

    assert modes(Case) == [False, True, False, True]
    with pytest.raises(ValueError, match="run_all_in_graph_and_eager_modes"):
        util.run_in_graph_and_eager_modes(Case)


def test_classes_are_decorated_test_by_test() -> None:
    @util.run_all_in_graph_and_eager_modes
    class Both(Base):
        def testA(self) -> None:
            self.note()

    @util.run_deprecated_v1
    class Old(Base):
        def testA(self) -> None:
            self.seen.append(tf.executing_eagerly())

    assert modes(Both) == [False, True]
    assert modes(Old) == [False]


def test_tests_of_one_generation() -> None:
    class Case(Base):
        @util.run_v2_only
        def testNew(self) -> None:
            self.seen.append("new")

        @util.run_v1_only("TensorFlow 1 alone")
        def testOld(self) -> None:
            self.seen.append("old")

        @util.skip_if(True)
        def testSkipped(self) -> None:
            self.seen.append("skipped")

    assert modes(Case) == ["old"]


def test_what_tests_ask_of_graphs_and_shapes() -> None:
    with tf.Graph().as_default() as graph:
        tf.constant(1, name="a")
        assert set(util.assert_ops_in_graph({"a": "Const"}, graph)) == {"a"}
        with pytest.raises(ValueError, match="Not all expected ops"):
            util.assert_ops_in_graph({"b": "Const"}, graph)
        assert util.NHWCToNCHW([1, 2, 3, 4]) == [1, 4, 2, 3]
        assert util.NCHWToNHWC(tf.ones([1, 4, 2, 3])).shape.as_list() == [1, 2, 3, 4]
    calls: list[bool] = []
    util.also_run_as_tf_function(lambda: calls.append(hb.executing_eagerly()))()
    assert calls == [True, False]
