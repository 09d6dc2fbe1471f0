"""TF1's summaries give the names and the bytes that TensorFlow gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from tests.v1 import summary_cases

import hornbeam.v1 as tf
from hornbeam.graph import mode
from hornbeam.ops.summary_values import bucket_limits

GOLDEN = Path(__file__).parents[1] / "golden" / "summaries.json"


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as opened:
        yield opened


def run(*fetches):
    with tf.Session() as session:
        return session.run(fetches[0] if len(fetches) == 1 else fetches)


def test_names_and_bytes_are_tensorflows():
    ours, theirs = summary_cases.answer(tf), json.loads(GOLDEN.read_text())
    assert ours[0]["names"] == [n for n in theirs[0]["names"] if n != "flags/values_1"]  # TensorFlow tries it twice
    assert ours[0]["collected"] == theirs[0]["collected"]
    for mine, other in zip(ours[1:], theirs[1:], strict=True):
        assert mine["name"] == other["name"]
        assert tf.Summary.FromString(bytes.fromhex(mine["bytes"])) == tf.Summary.FromString(
            bytes.fromhex(other["bytes"]))
        assert mine["bytes"] == other["bytes"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_many_values_are_counted_as_each_is_looked_up(dtype):
    limits = bucket_limits()
    values = np.concatenate([limits[np.abs(limits) < 1e4], [0.0, -0.0, 6e4, -6e4],
                             np.random.RandomState(0).standard_normal(20_000)]).astype(dtype)
    values = np.concatenate([values, np.nextafter(values, dtype(np.inf)), np.nextafter(values, dtype(-np.inf))])
    found = tf.Summary.FromString(run(tf.summary.histogram("h", values))).value[0].histo
    wide = values.astype(np.float64)
    counts = np.bincount(np.searchsorted(limits, wide, "right"), minlength=len(limits))
    assert {k: n for k, n in zip(found.bucket_limit, found.bucket, strict=True) if n} == {
        float(k): n for k, n in zip(limits, counts, strict=True) if n}
    assert (found.min, found.max, found.num) == (wide.min(), wide.max(), len(wide))
    np.testing.assert_allclose([found.sum, found.sum_squares], [wide.sum(), (wide ** 2).sum()], rtol=1e-9)


def pixels(summary, index=0):
    value = tf.Summary.FromString(summary).value[index]
    return value.tag, run(tf.image.decode_png(value.image.encoded_image_string)).tolist()


def test_images_are_scaled_as_in_tensorflow():
    batch = np.array([[[[0.1], [np.nan]], [[-2.0], [0.5]]]] * 4, np.float32)
    several = run(tf.summary.image("i", batch))
    assert [v.tag for v in tf.Summary.FromString(several).value] == ["i/image/0", "i/image/1", "i/image/2"]
    assert pixels(several)[1] == [[[134], [255]], [[1], [159]]]
    one = run(tf.summary.image("j", np.array([[[[0.0], [0.25]], [[0.5], [0.125]]]], np.float32), max_outputs=1))
    assert pixels(one) == ("j/image", [[[0], [127]], [[255], [63]]])
    plain = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    assert pixels(run(tf.summary.image("k", plain)))[1] == plain[0].tolist()


@pytest.mark.parametrize(("make", "words"), [
    (lambda: tf.summary.scalar("y", [1.0, 2.0]), r"tags and values not the same shape: \[\] != \[2\] \(tag 'y'\)"),
    (lambda: tf.summary.histogram("h", np.array([np.nan], np.float32)), "Nan in summary histogram for: h"),
    (lambda: tf.summary.histogram("h", np.array([1, np.inf], np.float32)), "Infinity in summary histogram for: h"),
    (lambda: tf.summary.image("i", np.zeros([1, 2, 2, 2], np.float32)),
     r"Tensor must be 4-D with last dim 1, 3, or 4, not \[1,2,2,2\]"),
    (lambda: tf.summary.audio("a", np.zeros([2], np.float32), 8000), r"Tensor must be 3-D or 2-D, got: \[2\]"),
    (lambda: tf.summary.merge([tf.summary.scalar("q", 1)] * 2), "Duplicate tag q found in summary inputs"),
    (lambda: tf.summary.merge([tf.constant("\xff\xff")]), "Could not parse one of the summary inputs"),
])
def test_what_is_refused_when_it_runs(make, words):
    summary = make()
    with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        run(summary)


def test_what_is_refused_at_once():
    with pytest.raises(ValueError, match="passed 0 less than minimum 1"):
        tf.summary.image("i", np.zeros([1, 2, 2, 1], np.float32), max_outputs=0)
    with pytest.raises(ValueError, match="with length 0 shorter than minimum length 1"):
        tf.summary.merge([])
    with pytest.raises(ValueError, match="to have dtype string, got <dtype: 'int32'>"):
        tf.summary.text("t", tf.constant(1))
    with pytest.raises(TypeError, match="'values' has DataType bool not in list of allowed values"):
        tf.summary.scalar("x", True)
    with pytest.raises(ValueError, match="At least one of name"):
        tf.summary.scalar(None, 1)
    assert tf.summary.merge_all() is None


def test_names_before_1_0():
    with tf.name_scope("outer"):
        both = tf.merge_summary([tf.scalar_summary("loss", 2.0), tf.scalar_summary(["a", "b"], [1.0, 2.0])])
        assert both.name == "outer/MergeSummary:0"
    tf.histogram_summary("h", [1.0])
    tf.image_summary("i", np.zeros([1, 2, 2, 1], np.float32))
    found = tf.Summary.FromString(run(tf.merge_all_summaries()))
    assert [v.tag for v in found.value] == ["loss", "a", "b", "h", "i/image/0"]
    assert tf.train.SummaryWriter is tf.summary.FileWriter


def test_a_description_is_read_from_its_node(graph):
    tf.raw_ops.TensorSummary(tensor=[1.0], description='{"typeHint": "curve"}')
    node = graph.get_operations()[-1].node_def
    assert tf.summary.get_summary_description(node).type_hint == "curve"
    with pytest.raises(ValueError, match="Can't get_summary_description on Const"):
        tf.summary.get_summary_description(graph.get_operations()[0].node_def)


def test_the_projector_is_told_what_to_show(tmp_path):
    projector = tf.contrib.tensorboard.plugins.projector
    pytest.importorskip("tensorboard")
    config = projector.ProjectorConfig()
    config.embeddings.add(tensor_name="embedding:0", metadata_path="labels.tsv")
    with tf.summary.FileWriter(tmp_path) as writer:
        projector.visualize_embeddings(writer, config)
    text = (tmp_path / "projector_config.pbtxt").read_text()
    assert 'tensor_name: "embedding:0"' in text
    with pytest.raises(ValueError, match="must have a logdir"):
        projector.visualize_embeddings(None, config)


@pytest.mark.parametrize("make", [
    lambda raw: raw.AudioSummaryV2(tag="a", tensor=[[0.0]], sample_rate=1e30),
    lambda raw: raw.AudioSummaryV2(tag="a", tensor=[[0.0]], sample_rate=float("nan")),
    lambda raw: raw.AudioSummary(tag="a", tensor=[[0.0]], sample_rate=8000.0, max_outputs=-1),
    lambda raw: raw.ImageSummary(tag="i", tensor=np.zeros([1, 2, 2, 1], np.float32), max_images=-1),
    lambda raw: raw.ImageSummary(tag="i", tensor=np.zeros([1, 0, 2, 1], np.float32)),
    lambda raw: raw.TensorSummaryV2(tag="t", tensor=[1.0], serialized_summary_metadata=b"\xff\xff"),
    lambda raw: raw.WriteSummary(step=1, tensor=[1.0], tag="t", writer=None),
])
def test_what_no_summary_can_hold_is_refused(make):
    with mode.opened(None), pytest.raises(tf.errors.InvalidArgumentError):
        make(tf.raw_ops)
