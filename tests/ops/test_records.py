"""TFRecord files: what is written comes back, the bytes are TensorFlow's, and damage is found and named."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import hornbeam.v1 as tf

WRITTEN = [b"", b"a", b"some text " * 50, bytes(range(256))]
GOLDEN = {  # three records of 30 bytes, written by TensorFlow 2.21
    "GZIP": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x93c\x80\x80\x9bw\x84\x8c\x12\x93\x92\xf1\xa0\xda\xe3,\x15r4T\r"
            b"\x00'\xba\n\xd8\x8a\x00\x00\x00",
    "ZLIB": b"x\x9c\x93c\x80\x80\x9bw\x84\x8c\x12\x93\x92\xf1\xa0\xda\xe3,\x15r4T\r\x00\xde.-\xfa",
}


def write(path: Path, compression: object = None) -> None:
    with tf.python_io.TFRecordWriter(str(path), compression) as writer:
        for record in WRITTEN:
            writer.write(record)


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB", None, tf.python_io.TFRecordCompressionType.ZLIB,
                                         tf.io.TFRecordOptions("GZIP", compression_level=9)])
def test_records_come_back(tmp_path: Path, compression: object):
    path = tmp_path / "a.tfrecord"
    write(path, compression)
    assert list(tf.python_io.tf_record_iterator(str(path), compression)) == WRITTEN


@pytest.mark.parametrize("compression", sorted(GOLDEN))
def test_compressed_bytes_are_tensorflow_s(tmp_path: Path, compression: str):
    path = tmp_path / "a.tfrecord"
    with tf.io.TFRecordWriter(str(path), compression) as writer:
        for _ in range(3):
            writer.write(b"abc" * 10)
    assert path.read_bytes() == GOLDEN[compression]


def test_the_writer_flushes_and_closes(tmp_path: Path):
    path = tmp_path / "a.tfrecord"
    writer = tf.io.TFRecordWriter(str(path))
    writer.write("text")
    writer.flush()
    assert list(tf.io.tf_record_iterator(str(path))) == [b"text"]
    writer.close()
    writer.close()
    for call in (lambda: writer.write(b"x"), writer.flush):
        with pytest.raises(tf.errors.FailedPreconditionError, match=r"Writer is closed\."):
            call()


def test_what_is_not_there_is_said(tmp_path: Path):
    missing = str(tmp_path / "none" / "a")
    for call in (lambda: tf.io.TFRecordWriter(missing), lambda: list(tf.io.tf_record_iterator(missing))):
        with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
            call()
    with pytest.raises(ValueError, match='Not a valid compression_type: "x"'):
        tf.io.TFRecordOptions("x")
    with tf.io.TFRecordWriter(str(tmp_path / "a")) as writer, pytest.raises(TypeError, match="a record is bytes"):
        writer.write(3)  # type: ignore[arg-type]


@pytest.mark.parametrize("compression", ["", "GZIP", "ZLIB"])
def test_damage_is_found_and_named(tmp_path: Path, compression: str):
    """Cut short anywhere, or with up to three bits flipped: no record that was not written comes out."""
    rng = random.Random(1)
    whole, damaged = tmp_path / "whole", tmp_path / "damaged"
    write(whole, compression)
    data = whole.read_bytes()
    found = 0
    for turn in range(400):
        changed = bytearray(data)
        if turn % 2:
            del changed[rng.randrange(len(data)):]
        else:
            for _ in range(rng.randrange(1, 4)):
                changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        damaged.write_bytes(changed)
        read, said = [], str(damaged)
        try:
            for record in tf.io.tf_record_iterator(str(damaged), compression):
                read.append(record)  # noqa: PERF402
        except tf.errors.DataLossError as error:
            said = str(error)
            found += 1
        assert str(damaged) in said
        assert read == WRITTEN[:len(read)]
    assert found > 350
    assert whole.read_bytes() == data


def test_records_of_another_compression_are_no_records(tmp_path: Path):
    path = tmp_path / "a"
    write(path)
    with pytest.raises(tf.errors.DataLossError, match=f"{path}.*incorrect header check"):
        list(tf.io.tf_record_iterator(str(path), "GZIP"))
    write(path, "GZIP")
    with pytest.raises(tf.errors.DataLossError, match="Is this even a TFRecord file"):
        list(tf.io.tf_record_iterator(str(path)))
