"""Older names below `tensorflow.python`, and benchmarks of `tf.test`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import hornbeam.v1 as tf
from hornbeam.v1.private import older


def test_kinds_of_variables() -> None:
    with tf.Graph().as_default():
        plain, other = older.ResourceVariable(1.0, name="v"), older.RefVariable(2.0)
        assert plain.dtype == tf.float32
        assert isinstance(plain, older.ResourceVariable)
        assert not isinstance(plain, older.RefVariable)
        assert isinstance(other, older.RefVariable)
        assert not isinstance(3, older.RefVariable)


def test_scopes_are_written_and_read(tmp_path: Path) -> None:
    path = str(tmp_path / "part")
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("part"):
            tf.get_variable("w", [2])
        tf.get_variable("other", [1])
        assert list(older.export_scoped_meta_graph(path, export_scope="part")[1]) == ["w"]
        assert older.get_all_collection_keys() == graph.get_all_collection_keys()
    with tf.Graph().as_default() as graph:
        found = older.import_scoped_meta_graph(path, import_scope="new")
        assert {name: v.name for name, v in found.items()} == {"w": "new/w:0"}


def test_shapes_and_tensors() -> None:
    assert older.matrix(2, None).as_list() == [2, None]
    assert older.as_dimension(3).value == 3
    with tf.Graph().as_default():
        assert [t.name for t in older.convert_n_to_tensor([1, 2], name="n")] == ["n_0:0", "n_1:0"]


def test_a_test_leaves_what_another_left_open() -> None:
    tf.Session().as_default().__enter__()
    assert older._default_session_stack.get_default() is tf.get_default_session()
    older._default_session_stack.reset()
    assert tf.get_default_session() is None
    assert older._default_graph_stack.get_default() is tf.get_default_graph()


def test_operations_are_timed(capsys, tmp_path: Path, monkeypatch) -> None:
    class Sums(tf.test.Benchmark):
        def benchmarkSum(self) -> None:
            with tf.Graph().as_default(), tf.Session() as sess:
                found = self.run_op_benchmark(sess, tf.reduce_sum(tf.ones([3])), min_iters=3, extras={"size": 3})
            assert found["iters"] == 3

    assert tf.test.Benchmark.is_abstract()
    assert not Sums.is_abstract()
    Sums().benchmarkSum()
    entry = json.loads(capsys.readouterr().out)
    assert entry["name"] == "Sums.benchmarkSum"
    assert entry["wall_time"] > 0
    assert entry["extras"]["size"] == 3
    monkeypatch.setenv("TEST_REPORT_FILE_PREFIX", str(tmp_path / "of_"))
    Sums().report_benchmark(iters=1, name="one")
    assert json.loads((tmp_path / "of_Sums.one").read_text())["iters"] == 1
    with pytest.raises(OSError, match="exists"):
        Sums().report_benchmark(iters=1, name="one")
    with pytest.raises(TypeError, match="extra"):
        Sums().report_benchmark(extras={"a": [1]}, name="two")
