"""Tensors as strings and back; the bytes were recorded from TensorFlow 1.15.5."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hornbeam.v1 as tf


def run(make: Any) -> Any:
    with tf.Graph().as_default(), tf.Session() as sess:
        return sess.run(make())


def matrix() -> Any:
    return tf.SparseTensor([[0, 1], [2, 0]], [1.0, 2.0], [3, 4])


@pytest.mark.parametrize(("value", "data"), [
    (np.array([[1, 2]], np.float32),
     b'\x08\x01\x12\x08\x12\x02\x08\x01\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@'),
    (np.array(["a", "bb"]), b"\x08\x07\x12\x04\x12\x02\x08\x02B\x01aB\x02bb"),
    (np.int64(3), b'\x08\t\x12\x00"\x08\x03\x00\x00\x00\x00\x00\x00\x00'),
    (np.array([True, False]), b'\x08\n\x12\x04\x12\x02\x08\x02"\x02\x01\x00'),
    (np.array([1, 2], np.float16), b'\x08\x13\x12\x04\x12\x02\x08\x02"\x04\x00<\x00@'),
])
def test_the_bytes_are_tensorflow_s_and_come_back(value: Any, data: bytes):
    assert run(lambda: tf.io.serialize_tensor(tf.constant(value))) == data
    back = run(lambda: tf.parse_tensor(data, tf.as_dtype(np.asarray(value).dtype)))
    assert np.asarray(back).astype(np.asarray(value).dtype).tolist() == np.asarray(value).tolist()


def test_strings_that_hold_no_such_tensor():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Type mismatch between parsed tensor \(float\)"):
        run(lambda: tf.parse_tensor(tf.io.serialize_tensor([[1.0]]), tf.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse `serialized` as TensorProto: 'zzz'"):
        run(lambda: tf.parse_tensor("zzz", tf.float32))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"to be a scalar, got shape: \[1\]"):
        run(lambda: tf.parse_tensor(["zzz"], tf.float32))


def test_damaged_tensors_never_end_the_process():
    data = run(lambda: tf.io.serialize_tensor(tf.constant(np.arange(40, dtype=np.float32).reshape(4, 10))))
    rng = random.Random(3)
    with tf.Graph().as_default(), tf.Session() as sess:
        fed = tf.placeholder(tf.string, [])
        parsed = tf.parse_tensor(fed, tf.float32)
        for turn in range(1000):
            changed = bytearray(data)
            if turn % 2:
                del changed[rng.randrange(len(data)):]
            else:
                changed[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            try:
                assert sess.run(parsed, {fed: bytes(changed)}).dtype == np.float32
            except tf.errors.InvalidArgumentError:
                continue


def test_sparse_tensors():
    one = run(lambda: tf.serialize_sparse(matrix()))
    assert one[1] == b'\x08\x01\x12\x04\x12\x02\x08\x02"\x08\x00\x00\x80?\x00\x00\x00@'
    rows = run(lambda: tf.serialize_many_sparse(matrix()))
    assert rows.shape == (3, 3)
    assert rows[1].tolist() == [b"\x08\t\x12\x06\x12\x00\x12\x02\x08\x01", b"\x08\x01\x12\x02\x12\x00",
                                b'\x08\t\x12\x04\x12\x02\x08\x01"\x08\x04\x00\x00\x00\x00\x00\x00\x00']
    back = run(lambda: tf.deserialize_many_sparse(tf.serialize_many_sparse(matrix()), tf.float32))
    assert [part.tolist() for part in back] == [[[0, 1], [2, 0]], [1, 2], [3, 4]]
    larger = run(lambda: tf.deserialize_many_sparse(tf.stack([
        tf.serialize_sparse(matrix()), tf.serialize_sparse(tf.SparseTensor([[4, 4]], [9.0], [5, 5]))]), tf.float32))
    assert larger.indices.tolist() == [[0, 0, 1], [0, 2, 0], [1, 4, 4]]
    assert larger.dense_shape.tolist() == [2, 5, 5]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse serialized proto"):
        run(lambda: tf.deserialize_many_sparse([["a", "b", "c"]], tf.float32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="Requested SparseTensor of type int32 but"):
        run(lambda: tf.deserialize_many_sparse(tf.serialize_many_sparse(matrix()), tf.int32))


def test_examples_of_json():
    text = '{"features":{"feature":{"a":{"int64List":{"value":["1","2"]}},"c":{"bytesList":{"value":["YWI="]}}}}}'
    found = run(lambda: tf.parse_example(tf.decode_json_example([text]), {
        "a": tf.FixedLenFeature([2], tf.int64), "c": tf.FixedLenFeature([], tf.string)}))
    assert found["a"].tolist() == [[1, 2]]
    assert found["c"].tolist() == [b"ab"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Error while parsing JSON"):
        run(lambda: tf.decode_json_example("{zz"))


def test_files_that_match(tmp_path: Path):
    for name in ("b.txt", "a.txt", "c.bin"):
        (tmp_path / name).touch()

    def found(*patterns: str) -> list[bytes]:
        names = run(lambda: tf.matching_files([f"{tmp_path}/{p}" for p in patterns]))
        return [name.rpartition(b"/")[2] for name in names]

    assert found("*.txt") == [b"a.txt", b"b.txt"]
    assert found("*.bin", "a*") == [b"a.txt", b"c.bin"]
    assert found("zz*") == found("none/*") == []
    with tf.Graph().as_default(), tf.Session() as sess:
        names = tf.train.match_filenames_once(f"{tmp_path}/*.txt")
        assert names in tf.local_variables()
        assert names.op.name == "matching_filenames"
        sess.run(tf.local_variables_initializer())
        (tmp_path / "later.txt").touch()
        assert len(sess.run(names)) == 2
