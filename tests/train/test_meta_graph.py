"""MetaGraphs: what goes out comes in, TensorFlow 1.15's go on training as they would have there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.recorded_graphs import answers, feed, unpacked

import hornbeam.v1 as tf


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(tmp_path_factory.mktemp("graphs"))


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


@pytest.mark.parametrize("name", ["branches", "resources", "loops"])
def test_training_goes_on_where_tensorflow_stopped(recorded: Path, name: str) -> None:
    saver = tf.train.import_meta_graph(str(recorded / name / "model.meta"))
    wanted, given = answers(recorded, name), feed(recorded)
    with tf.Session() as sess:
        saver.restore(sess, str(recorded / name / "model"))
        np.testing.assert_allclose(sess.run("prob:0", given), wanted["prob"], atol=1e-6)
        step, = tf.get_collection("train_op")[:1]
        losses = [sess.run(["loss:0", step], given)[0] for _ in range(5)]
        np.testing.assert_allclose(losses, wanted["losses"], rtol=2e-5)
        sums = {v.op.name: float(np.sum(np.abs(sess.run(v)))) for v in tf.global_variables()}
    assert sums.keys() == wanted["sums"].keys()
    for key, value in wanted["sums"].items():
        assert sums[key] == pytest.approx(value, rel=1e-4, abs=1e-5), key


def small_net():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("layer"):
        w = tf.get_variable("w", initializer=np.float32([[1.0], [2.0]]))
        counter = tf.get_variable("counter", initializer=0, trainable=False)
    y = tf.matmul(x, w, name="y")
    for key, value in (("names", "one"), ("numbers", 3), ("rates", 0.5), ("out", y)):
        tf.add_to_collection(key, value)
    step = tf.train.MomentumOptimizer(0.1, 0.9).minimize(tf.reduce_sum(y * y), counter, name="step")
    tf.add_to_collection("out", step)
    return y, step


@pytest.mark.parametrize("as_text", [False, True])
def test_collections_come_back(tmp_path: Path, as_text: bool) -> None:
    small_net()
    path = tmp_path / "folder" / "net.meta"
    message = tf.train.export_meta_graph(str(path), as_text=as_text)
    assert message.meta_info_def.tensorflow_version
    with tf.Graph().as_default() as copy, tf.Session() as sess:
        saver = tf.train.import_meta_graph(str(path))
        assert isinstance(saver, tf.train.Saver)
        assert [v.name for v in tf.trainable_variables()] == ["layer/w:0"]
        assert [v.name for v in tf.global_variables()] == ["layer/w:0", "layer/counter:0", "layer/w/Momentum:0"]
        assert tf.trainable_variables()[0] is tf.global_variables()[0]
        assert tf.get_collection("names") == [b"one"]
        assert tf.get_collection("numbers") == [3]
        assert tf.get_collection("rates") == [0.5]
        y, step = tf.get_collection("out")
        sess.run(tf.global_variables_initializer())
        for _ in range(3):
            sess.run(step, {"x:0": [[1.0, 1.0]]})
        assert sess.run("layer/counter:0") == 3
        assert copy.get_tensor_by_name("y:0") is y


def test_a_scope_is_put_around_and_taken_away() -> None:
    with tf.name_scope("tower"):
        x = tf.placeholder(tf.float32, [2], name="x")
        y = tf.multiply(x, tf.Variable([1.0, 2.0], name="w"), name="y")
    tf.add_to_collection("out", y)
    message = tf.train.export_meta_graph(export_scope="tower")
    assert sorted(n.name for n in message.graph_def.node if "/" not in n.name) == ["w", "x", "y"]
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.train.import_meta_graph(message, import_scope="other")
        assert [v.name for v in tf.global_variables()] == ["other/w:0"]
        assert tf.get_collection("out")[0].name == "other/y:0"
        sess.run(tf.global_variables_initializer())
        assert sess.run("other/y:0", {"other/x:0": [3.0, 3.0]}).tolist() == [3.0, 6.0]


def test_what_a_scope_takes_from_outside_must_be_given() -> None:
    outside = tf.constant([1.0, 2.0], name="outside")
    with tf.name_scope("inner"):
        tf.negative(outside, name="y")
    message = tf.train.export_meta_graph(export_scope="inner")
    with tf.Graph().as_default(), tf.Session() as sess:
        with pytest.raises(ValueError, match="unbound inputs"):
            tf.train.import_meta_graph(message)
        name, = message.collection_def["unbound_inputs"].bytes_list.value
        tf.train.import_meta_graph(message, input_map={name.decode(): tf.constant([5.0])})
        assert sess.run("y:0").tolist() == [-5.0]


def test_variables_are_described_by_protobufs() -> None:
    w = tf.get_variable("w", initializer=[1.0], trainable=False)
    message = w.to_proto()
    assert (message.variable_name, message.initializer_name, message.snapshot_name) == ("w:0", "w/Assign", "w/read:0")
    assert not message.trainable
    again = tf.Variable.from_proto(message)
    assert again.op is w.op
    assert again.initializer is w.initializer
    with tf.Session() as sess:
        sess.run(again.initializer)
        assert sess.run(again + 1.0).tolist() == [2.0]


def test_defaults_and_devices_can_be_left_out() -> None:
    with tf.device("/cpu:0"):
        tf.matmul(tf.zeros([1, 1]), tf.zeros([1, 1]), name="y")
    y = {n.name: n for n in tf.train.export_meta_graph(strip_default_attrs=True).graph_def.node}["y"]
    assert "transpose_a" not in y.attr
    assert "T" in y.attr
    assert y.device
    assert not any(n.device for n in tf.train.export_meta_graph(clear_devices=True).graph_def.node)


def test_files_that_are_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"File .*none\.meta does not exist"):
        tf.train.import_meta_graph(str(tmp_path / "none.meta"))
    bad = tmp_path / "bad.meta"
    bad.write_text("garbage")
    with pytest.raises(OSError, match=r"Cannot parse file .*bad\.meta"):
        tf.train.import_meta_graph(str(bad))
    message = tf.MetaGraphDef()
    message.graph_def.node.add(name="a", op="NoSuchOp")
    bad.write_bytes(message.SerializeToString())
    with pytest.raises(tf.errors.NotFoundError, match=r"bad\.meta: Op type not registered 'NoSuchOp'"):
        tf.train.import_meta_graph(str(bad))


def test_graphs_are_written(tmp_path: Path, graph) -> None:
    tf.constant(1.0, name="one")
    path = tf.train.write_graph(graph, str(tmp_path / "logs"), "graph.pbtxt")
    assert 'name: "one"' in Path(path).read_text()
    path = tf.io.write_graph(graph.as_graph_def(), str(tmp_path), "graph.pb", as_text=False)
    message = tf.GraphDef()
    message.ParseFromString(Path(path).read_bytes())
    assert [n.name for n in message.node] == ["one"]


def test_a_savers_graph_is_written_where_none_is_open() -> None:
    def written() -> list[str]:
        saver = tf.train.Saver([tf.Variable(1.0, name="alone")])
        return [node.name for node in saver.export_meta_graph().graph_def.node]

    with ThreadPoolExecutor(1) as elsewhere:  # a new thread works in the default graph
        assert "alone" in elsewhere.submit(written).result()
