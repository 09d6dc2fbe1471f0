"""Readers: records and their keys, as TensorFlow 1.15.5 gives them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import hornbeam as hb
import hornbeam.v1 as tf


def read(make: Any, files: list[str], most: int | None = None) -> tuple[list[Any], Any, list[int]]:
    """All that a reader gives, the error that ends it, and its counts of records and files."""
    with tf.Graph().as_default(), tf.Session() as sess:
        queue = tf.FIFOQueue(10, tf.string, shapes=[[]])
        sess.run(queue.enqueue_many([files]))
        sess.run(queue.close())
        reader = make()
        pair = reader.read(queue) if most is None else reader.read_up_to(queue, most)
        found = []
        while True:
            try:
                key, value = sess.run(list(pair))
            except tf.errors.OpError as error:
                counts = sess.run([reader.num_records_produced(), reader.num_work_units_completed()])
                return found, error, [int(c) for c in counts]
            found.append((key.rpartition(b"/")[2], value) if most is None else
                         ([k.rpartition(b"/")[2] for k in key], value.tolist()))


@pytest.fixture
def files(tmp_path: Path) -> Any:
    def make(**contents: bytes) -> list[str]:
        for name, data in contents.items():
            (tmp_path / name).write_bytes(data)
        return [str(tmp_path / name) for name in contents]

    return make


def test_lines(files: Any):
    names = files(a=b"one\ntwo\rx\r\n\nthree", b=b"h1\nh2\nfour\n", e=b"")
    found, error, counts = read(tf.TextLineReader, names)
    assert found == [(b"a:1", b"one"), (b"a:2", b"two\rx"), (b"a:3", b""), (b"a:4", b"three"), (b"b:1", b"h1"),
                     (b"b:2", b"h2"), (b"b:3", b"four")]
    assert isinstance(error, tf.errors.OutOfRangeError)
    assert counts == [7, 3]
    skipped, _, _ = read(lambda: tf.TextLineReader(skip_header_lines=1), names)
    assert [key for key, _ in skipped] == [b"a:2", b"a:3", b"a:4", b"b:2", b"b:3"]
    together, _, _ = read(tf.TextLineReader, names, 3)
    assert together == [([b"a:1", b"a:2", b"a:3"], [b"one", b"two\rx", b""]), ([b"a:4"], [b"three"]),
                        ([b"b:1", b"b:2", b"b:3"], [b"h1", b"h2", b"four"])]


def test_whole_files_and_names(files: Any):
    names = files(a=b"first", b=b"second")
    assert read(tf.WholeFileReader, names)[0] == [(b"a", b"first"), (b"b", b"second")]
    found, _, counts = read(tf.IdentityReader, ["x", "y"])
    assert found == [(b"x", b"x"), (b"y", b"y")]
    assert counts == [2, 2]


@pytest.mark.parametrize(("options", "expected"), [
    ({}, [(0, 5), (5, 10), (10, 15), (15, 20)]), ({"header_bytes": 3}, [(3, 8), (8, 13), (13, 18), (18, 23)]),
    ({"header_bytes": 2, "footer_bytes": 5}, [(2, 7), (7, 12), (12, 17)]),
    ({"hop_bytes": 7}, [(0, 5), (7, 12), (14, 19)]),
    ({"hop_bytes": 9, "header_bytes": 1, "footer_bytes": 1}, [(1, 6), (10, 15)]),
])
def test_records_of_one_length(files: Any, options: Any, expected: Any):
    (name,) = files(f=bytes(range(23)))
    found, _, _ = read(lambda: tf.FixedLengthRecordReader(5, **options), [name])
    assert found == [(b"f:%d" % i, bytes(range(a, b))) for i, (a, b) in enumerate(expected)]


def test_compressed_records_of_one_length(files: Any):
    names = files(g=gzip.compress(bytes(range(10))))
    assert [v for _, v in read(lambda: tf.FixedLengthRecordReader(5, encoding="GZIP"), names)[0]] == [
        bytes(range(5)), bytes(range(5, 10))]
    for options, text in (({"header_bytes": -1}, "header_bytes must be >= 0 not -1"),
                          ({"record_bytes": 0}, "record_bytes must be > 0 not 0")):
        with tf.Graph().as_default(), tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=text):
            sess.run(tf.FixedLengthRecordReader(**{"record_bytes": 5, **options}).num_records_produced())


@pytest.mark.parametrize("compression", ["", "GZIP"])
def test_tfrecords(tmp_path: Path, compression: str):
    path = str(tmp_path / "r")
    options = tf.python_io.TFRecordOptions(compression)
    with tf.python_io.TFRecordWriter(path, options) as writer:
        for i in range(5):
            writer.write(b"rec%d" % i)
    found, _, counts = read(lambda: tf.TFRecordReader(options=options), [path])
    assert found == [(b"r:%d" % (20 * i), b"rec%d" % i) for i in range(5)]
    assert counts == [5, 1]
    assert [len(v) for _, v in read(lambda: tf.TFRecordReader(options=options), [path, path], 3)[0]] == [3, 2, 3, 2]


def test_damaged_and_missing_files_are_named(tmp_path: Path):
    path = tmp_path / "r"
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        for i in range(5):
            writer.write(b"rec%d" % i)
    data = path.read_bytes()
    path.write_bytes(data[:50])
    found, error, _ = read(tf.TFRecordReader, [str(path)])
    assert len(found) == 2
    assert isinstance(error, tf.errors.DataLossError)
    assert f"{path}: truncated record at 40" in str(error)
    _, error, _ = read(tf.TextLineReader, [str(tmp_path / "none")])
    assert isinstance(error, tf.errors.NotFoundError)


def test_a_reader_goes_on_from_its_state():
    with tf.Graph().as_default(), tf.Session() as sess:
        queue = tf.FIFOQueue(10, tf.string, shapes=[[]])
        reader = tf.IdentityReader()
        key, _ = reader.read(queue)
        state, given = reader.serialize_state(), tf.placeholder(tf.string, [])
        restore, count = reader.restore_state(given), reader.num_records_produced()
        sess.run(queue.enqueue_many([["a", "b", "c"]]))
        sess.run(key)
        kept = sess.run(state)
        assert kept == b'\x08\x01\x10\x01\x18\x01"\x01a'  # as TensorFlow writes it
        sess.run(key)
        sess.run(restore, {given: kept})
        assert sess.run(count) == 1
        sess.run(reader.reset())
        assert sess.run(count) == 0
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse state for IdentityReader"):
            sess.run(restore, {given: b"zzz"})
        with pytest.raises(tf.errors.UnimplementedError, match="Reader SerializeState"):
            sess.run(tf.TextLineReader().serialize_state())


def test_no_readers_in_eager_execution():
    from hornbeam.ops.readers import ReaderBase
    with pytest.raises(RuntimeError, match="Readers are not supported when eager execution is enabled"):
        ReaderBase(hb.constant(1))
