"""TF2's summaries: written at once, in traced functions and in graphs, read back by TensorBoard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import hornbeam as tf
from hornbeam import v1

accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


@pytest.fixture(autouse=True)
def _no_step_is_left():
    yield
    tf.summary.experimental.set_step(None)


def written(folder: Path) -> list[tuple[int, str]]:
    """Steps and tags."""
    (path,) = folder.iterdir()
    return [(e.step, v.tag) for e in v1.train.summary_iterator(str(path)) for v in e.summary.value]


def read(folder: Path):
    return accumulators.EventAccumulator(str(folder)).Reload()


def value(accumulator, tag: str, index: int = 0) -> np.ndarray:
    return v1.make_ndarray(v1.summary.Summary.Value.FromString(b"").tensor.FromString(
        accumulator.Tensors(tag)[index].tensor_proto.SerializeToString()))


def test_scalars_at_once(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    assert not bool(tf.summary.scalar("nowhere", 1.0, step=0))
    with writer.as_default():
        assert bool(tf.summary.scalar("loss", 0.5, step=1))
        with tf.name_scope("outer"):
            tf.summary.scalar("loss", np.float64(2), step=np.int32(2), description="how far off")
    writer.close()
    found = read(tmp_path)
    assert [(t.step, float(value(found, "loss"))) for t in found.Tensors("loss")] == [(1, 0.5)]
    assert found.Tags()["tensors"] == ["loss", "outer/loss"]
    assert found.SummaryMetadata("outer/loss").summary_description == "how far off"
    assert found.SummaryMetadata("loss").plugin_data.plugin_name == "scalars"


def test_the_default_step(tmp_path):
    with tf.summary.create_file_writer(str(tmp_path)).as_default():
        with pytest.raises(ValueError, match=r"No step set\. Please specify one"):
            tf.summary.scalar("a", 1.0)
        tf.summary.experimental.set_step(7)
        tf.summary.scalar("a", 1.0)
        with tf.summary.create_file_writer(str(tmp_path / "b")).as_default(step=9):
            assert tf.summary.experimental.get_step() == 9
            tf.summary.scalar("b", 1.0)
        assert tf.summary.experimental.get_step() == 7
        with pytest.raises(ValueError, match="`step` must be a scalar"):
            tf.summary.scalar("a", 1.0, step=[1, 2])
    assert written(tmp_path / "b") == [(9, "b")]


def test_in_a_traced_function(tmp_path):
    step = tf.Variable(0, dtype=tf.int64)

    @tf.function
    def train(x):
        with tf.name_scope("train"):
            tf.summary.scalar("loss", x)
        with tf.summary.record_if(tf.equal(step % 2, 0)):
            tf.summary.histogram("even", tf.fill([3], x), buckets=2)
        return x * 2

    with tf.summary.create_file_writer(str(tmp_path)).as_default(step=step):
        for _ in range(3):
            train(tf.constant(float(step.numpy())))
            step.assign_add(1)
    assert written(tmp_path) == [(0, "train/loss"), (0, "even"), (1, "train/loss"), (2, "train/loss"), (2, "even")]
    assert value(read(tmp_path), "train/loss", 2) == 2.0


def test_histograms(tmp_path):
    with tf.summary.create_file_writer(str(tmp_path)).as_default(step=0):
        tf.summary.histogram("several", [1.0, 2.0, 3.0, 3.0, 10.0], buckets=4)
        tf.summary.histogram("one", [3, 3], buckets=3)
        tf.summary.histogram("none", np.zeros([0]), buckets=2)
    found = read(tmp_path)
    assert value(found, "several").tolist() == [[1, 3.25, 4], [3.25, 5.5, 0], [5.5, 7.75, 0], [7.75, 10, 1]]
    assert value(found, "one").tolist() == [[3, 3, 0], [3, 3, 0], [3, 3, 2]]
    assert value(found, "none").tolist() == [[0, 0, 0]] * 2


def test_images_sounds_and_texts(tmp_path):
    with tf.summary.create_file_writer(str(tmp_path)).as_default(step=0):
        tf.summary.image("images", np.linspace(-0.5, 1.5, 24, dtype=np.float32).reshape(2, 2, 2, 3), max_outputs=1)
        tf.summary.audio("sounds", np.zeros([1, 5, 1], np.float32), 8000)
        tf.summary.text("texts", ["a", "b"])
        with pytest.raises(ValueError, match="must have rank 4"):
            tf.summary.image("images", np.zeros([2, 2, 3], np.float32))
        with pytest.raises(ValueError, match="Unknown encoding: 'mp3'"):
            tf.summary.audio("sounds", np.zeros([1, 5, 1], np.float32), 8000, encoding="mp3")
        with pytest.raises(TypeError, match="must be of type"):
            tf.summary.text("texts", 1)
    found = read(tmp_path)
    width, height, picture = found.Tensors("images")[0].tensor_proto.string_val
    assert (width, height) == (b"2", b"2")
    assert tf.io.decode_png(picture).numpy().reshape(-1).tolist() == [0, 0, 0, 0, 0, 0, 5, 27, 49, 72, 94, 116]
    assert found.Tensors("sounds")[0].tensor_proto.string_val[0].startswith(b"RIFF")
    assert found.Tensors("texts")[0].tensor_proto.string_val == [b"a", b"b"]


def test_what_is_recorded(tmp_path):
    assert not bool(tf.summary.should_record_summaries())
    with tf.summary.create_file_writer(str(tmp_path)).as_default(step=0):
        assert bool(tf.summary.should_record_summaries())
        with tf.summary.record_if(False):
            assert not bool(tf.summary.scalar("no", 1))
        with tf.summary.record_if(lambda: tf.constant(True)):
            assert bool(tf.summary.scalar("yes", 1))
        tf.summary.experimental.write_raw_pb(v1.Summary(value=[v1.Summary.Value(
            tag="raw", simple_value=1)]).SerializeToString(), step=3)
        assert bool(tf.summary.write("tag", lambda: tf.constant([1, 2])))
        with tf.summary.experimental.summary_scope("a b", values=[]) as (tag, scope):
            assert (tag, scope) == ("a b", "ab/")
    assert written(tmp_path) == [(0, "yes"), (3, "raw"), (0, "tag")]


def test_graphs_and_traces(tmp_path):
    @tf.function
    def double(x):
        return tf.multiply(x, 2, name="doubled")

    with tf.summary.create_file_writer(str(tmp_path)).as_default(step=0):
        with pytest.raises(ValueError, match="Must enable trace before export"):
            tf.summary.trace_export("trace")
        tf.summary.trace_on()
        double(tf.constant(2))
        tf.summary.trace_export("trace")
        tf.summary.trace_on()
        tf.summary.trace_off()
        assert bool(tf.summary.graph(double.get_concrete_function(tf.constant(2)).graph))
        with pytest.raises(ValueError, match=r"is not tf\.Graph"):
            tf.summary.graph(1)
    found = read(tmp_path)
    assert "doubled" in {n.name for n in found.Graph().node}
    assert found.SummaryMetadata("trace").plugin_data.plugin_name == "graph_run_metadata_graph"
    from hornbeam.graph.messages.config_pb2 import RunMetadata
    trace = RunMetadata.FromString(found.Tensors("trace")[0].tensor_proto.string_val[0])
    assert "doubled" in {n.name for n in trace.function_graphs[0].pre_optimization_graph.node}


def test_closed_writers_and_none(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    writer.close()
    with pytest.raises(RuntimeError, match="is already closed"):
        writer.as_default()
    with pytest.raises(ValueError, match="`logdir` cannot be None"):
        tf.summary.create_file_writer(None)
    with pytest.raises(ValueError, match="Invalid argument to flush"):
        tf.summary.flush(1)
    with tf.summary.create_noop_writer().as_default():
        assert not bool(tf.summary.scalar("a", 1, step=0))
    assert written(tmp_path) == []


def test_in_a_graph_of_tf1(tmp_path):
    with v1.Graph().as_default() as graph:
        step = v1.train.get_or_create_global_step()
        writer = tf.summary.create_file_writer(str(tmp_path))
        with writer.as_default():
            tf.summary.scalar("loss", tf.constant(2.0), step=step)
        with v1.Session() as session, writer.as_default():
            session.run(v1.global_variables_initializer())
            v1.summary.initialize(graph=graph)
            session.run(v1.summary.all_v2_summary_ops())
            session.run(v1.assign_add(step, 5))
            session.run(v1.summary.all_v2_summary_ops())
            session.run(writer.flush())
            session.run(writer.close())
    assert written(tmp_path) == [(0, "loss"), (5, "loss")]
    assert "global_step" in {n.name for n in read(tmp_path).Graph().node}


def test_tf1_summaries_go_to_a_writer_of_tf2(tmp_path):
    v1.reset_default_graph()
    v1.enable_eager_execution()
    try:
        with tf.summary.create_file_writer(str(tmp_path)).as_default(step=4):
            assert v1.summary.scalar("loss", 1.0).numpy() == b""
            v1.summary.image("i", np.zeros([1, 2, 2, 1], np.float32))
            v1.summary.histogram("h", [1.0, 2.0], family="f")
        with pytest.raises(RuntimeError, match="not compatible with eager execution"):
            v1.summary.FileWriter(tmp_path)
        with pytest.raises(RuntimeError, match="not compatible with eager execution"):
            v1.summary.merge([])
    finally:
        v1.disable_eager_execution()
    assert written(tmp_path) == [(4, "loss"), (4, "i"), (4, "f/f/h")]
