"""Event files: written by `FileWriter`, read back by ourselves and by TensorBoard; damaged and interrupted ones."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import hornbeam.v1 as tf

accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as opened:
        yield opened


def only_file(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def events(folder: Path) -> list:
    return list(tf.train.summary_iterator(str(only_file(folder))))


def number(tag: str, value: float) -> object:
    return tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])


def test_what_a_writer_writes(graph, tmp_path):
    loss = tf.placeholder(tf.float32, [], name="loss_value")
    merged = tf.summary.merge([tf.summary.scalar("loss", loss), tf.summary.histogram("weights", [1.0, -2.0, loss])])
    writer = tf.summary.FileWriter(tmp_path, graph)
    with tf.Session() as session:
        for step in range(3):
            writer.add_summary(session.run(merged, {loss: step / 2}), step)
    writer.add_summary(number("accuracy", 0.5), 3)
    writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START, checkpoint_path="model"), 9)
    writer.add_run_metadata(tf.RunMetadata(), "step 1", 9)
    writer.close()
    found = events(tmp_path)
    assert only_file(tmp_path).name.startswith("events.out.tfevents.")
    assert found[0].file_version == "brain.Event:2"
    assert [e.WhichOneof("what") for e in found[1:]] == [
        "graph_def", "meta_graph_def", *["summary"] * 4, "session_log", "tagged_run_metadata"]
    assert tf.GraphDef.FromString(found[1].graph_def).node[0].name == "loss_value"
    assert [e.step for e in found[3:]] == [0, 1, 2, 3, 9, 9]
    assert all(abs(e.wall_time - time.time()) < 60 for e in found)

    read = accumulators.EventAccumulator(str(tmp_path)).Reload()
    assert [(e.step, e.value) for e in read.Scalars("loss")] == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert [e.value for e in read.Scalars("accuracy")] == [0.5]
    assert read.Histograms("weights")[0].histogram_value.num == 3
    assert {n.name for n in read.Graph().node} >= {"loss_value", "loss", "weights"}
    assert read.Tags()["run_metadata"] == ["step 1"]


def test_images_and_sounds_are_shown(tmp_path):
    image = tf.summary.image("picture", np.linspace(0, 1, 48, dtype=np.float32).reshape(1, 4, 4, 3), max_outputs=1)
    sound = tf.summary.audio("sound", np.zeros([1, 20, 2], np.float32), 8000)
    text = tf.summary.text("words", tf.constant(["a", "b"]))
    with tf.Session() as session, tf.summary.FileWriter(tmp_path) as writer:
        for summary in session.run([image, sound, text]):
            writer.add_summary(summary, 1)
    read = accumulators.EventAccumulator(str(tmp_path)).Reload()
    picture = read.Images("picture/image")[0]
    assert (picture.width, picture.height) == (4, 4)
    pixels = tf.image.decode_png(picture.encoded_image_string)
    with tf.Session() as session:
        assert session.run(pixels).tolist() == np.floor(
            np.linspace(0, 1, 48, dtype=np.float32).reshape(4, 4, 3) * 255).astype(int).tolist()
    assert read.Audio("sound/audio/0")[0].length_frames == 20
    assert read.Tensors("words")[0].tensor_proto.string_val == [b"a", b"b"]
    assert read.SummaryMetadata("words").plugin_data.plugin_name == "text"


def test_what_is_said_of_a_tag_is_written_once(tmp_path):
    text = tf.summary.text("t", tf.constant("x"))
    with tf.Session() as session, tf.summary.FileWriter(tmp_path) as writer:
        for step in range(2):
            writer.add_summary(session.run(text), step)
    first, second = (e.summary.value[0] for e in events(tmp_path)[1:])
    assert first.metadata.plugin_data.plugin_name == "text"
    assert not second.HasField("metadata")


def test_the_file_is_made_with_the_first_event(tmp_path):
    writer = tf.summary.FileWriter(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    assert writer.get_logdir() == str(tmp_path / "a" / "b")
    writer.close()
    tf.summary.FileWriter(tmp_path / "c", filename_suffix=".mine")
    assert only_file(tmp_path / "c").name.endswith(".mine")


def test_a_writer_goes_on_after_closing(tmp_path):
    writer = tf.summary.FileWriter(tmp_path)
    writer.add_summary(number("a", 1), 1)
    writer.close()
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_summary(number("a", 2), 2)
    writer.reopen()
    writer.add_summary(number("a", 3), 3)
    writer.close()
    found = [e.step for path in sorted(tmp_path.iterdir()) for e in tf.train.summary_iterator(str(path))
             if e.HasField("summary")]
    assert found == [1, 3]


def test_refusals(graph, tmp_path):
    with tf.summary.FileWriter(tmp_path) as writer:
        with pytest.raises(TypeError, match="instance of `Graph` or the deprecated `GraphDef`"):
            writer.add_graph(1)
        with pytest.raises(ValueError, match="pass only graph, or graph_def"):
            writer.add_graph(graph, graph_def=graph.as_graph_def())
        with pytest.raises(TypeError, match="must be type MetaGraphDef, saw type"):
            writer.add_meta_graph(1)
        with pytest.raises(TypeError, match="not a valid proto"):
            writer.add_event(1)
        writer.add_run_metadata(tf.RunMetadata(), "once")
        with pytest.raises(ValueError, match="already used"):
            writer.add_run_metadata(tf.RunMetadata(), "once")


def test_tensorboards_own_messages_are_taken(tmp_path):
    from tensorboard.compat.proto.summary_pb2 import Summary
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(Summary(value=[Summary.Value(tag="theirs", simple_value=2)]), 4)
    assert events(tmp_path)[1].summary.value[0].tag == "theirs"


def test_one_writer_for_each_folder(tmp_path):
    one, again = (tf.summary.FileWriterCache.get(str(tmp_path / "a")) for _ in range(2))
    assert one is again
    assert tf.summary.FileWriterCache.get(str(tmp_path / "b")) is not one
    tf.summary.FileWriterCache.clear()
    assert tf.summary.FileWriterCache.get(str(tmp_path / "a")) is not one
    tf.summary.FileWriterCache.clear()


def test_a_deleted_file_is_begun_anew(tmp_path):
    with tf.summary.FileWriter(tmp_path) as writer:
        writer.add_summary(number("a", 1), 1)
        writer.flush()
        only_file(tmp_path).unlink()
        writer.add_summary(number("a", 2), 2)
        writer.flush()
    assert [e.step for e in events(tmp_path)] == [0, 2]


# Damage -----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_changed_files_are_refused_by_name(tmp_path):
    with tf.summary.FileWriter(tmp_path / "log") as writer:
        for step in range(20):
            writer.add_summary(number("a", step), step)
    data = only_file(tmp_path / "log").read_bytes()
    path = tmp_path / "damaged"
    generator = random.Random(0)
    for turn in range(1200):
        changed = bytearray(data)
        kind = turn % 4
        place = generator.randrange(len(data))
        if kind == 0:
            del changed[place:]
        elif kind == 1:
            changed[place] ^= 1 << generator.randrange(8)
        elif kind == 2:
            del changed[place:place + generator.randrange(1, 20)]
        else:
            changed[place:place] = generator.randbytes(generator.randrange(1, 40))
        path.write_bytes(changed)
        found, failure = [], None
        try:
            for event in tf.train.summary_iterator(str(path)):
                found.append(event.step)  # noqa: PERF401
        except tf.errors.DataLossError as error:
            failure = error
        assert found == [0, *range(20)][:len(found)]
        if failure is None:
            assert kind in (0, 2)
            assert changed == data[:len(changed)]
        else:
            assert str(path) in str(failure)
            assert "record at" in str(failure)


def test_an_intact_record_that_is_no_event_is_refused(tmp_path):
    from hornbeam.backend.records import framed
    (tmp_path / "x").write_bytes(framed(b"\xff\xff\xff"))
    with pytest.raises(tf.errors.DataLossError, match="no Event in the record at 0"):
        list(tf.train.summary_iterator(str(tmp_path / "x")))
    with pytest.raises(tf.errors.NotFoundError, match="nowhere"):
        list(tf.train.summary_iterator(str(tmp_path / "nowhere")))


_WRITING = """
import sys
import hornbeam.v1 as tf
writer = tf.summary.FileWriter(sys.argv[1], flush_secs=0)
for step in range(10**9):
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=step)] * 50), step)
    if step == 20:
        print("writes", flush=True)
"""


@pytest.mark.slow
def test_a_killed_process_leaves_a_readable_file(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", _WRITING, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    steps = []
    try:
        for event in tf.train.summary_iterator(str(only_file(tmp_path))):
            steps.append(event.step)  # noqa: PERF401
    except tf.errors.DataLossError as error:
        assert "truncated" in str(error)  # noqa: PT017
    assert steps[:1] == [0]
    assert steps[1:] == list(range(len(steps) - 1))
    assert len(steps) > 10


@pytest.mark.slow
def test_a_program_that_closes_nothing_loses_nothing(tmp_path):
    program = """
import sys
import hornbeam.v1 as tf
writer = tf.summary.FileWriter(sys.argv[1])
for step in range(30):
    writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=step)]), step)
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
    assert [e.step for e in events(tmp_path)] == [0, *range(30)]


def test_no_warning_of_threads(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tf.summary.FileWriter(tmp_path)


def test_graph_definitions_as_old_programs_give_them(graph, tmp_path):
    tf.constant(1.0, name="only")
    writer = tf.train.SummaryWriter(str(tmp_path), graph.as_graph_def())
    writer.add_graph(None, graph_def=graph)
    writer.close()
    found = events(tmp_path)
    assert [e.WhichOneof("what") for e in found] == ["file_version", "graph_def", "meta_graph_def", "graph_def"]
    assert all(tf.GraphDef.FromString(found[i].graph_def).node[0].name == "only" for i in (1, 3))
