"""How tensors and variables show themselves: as TensorFlow shows them."""

from __future__ import annotations

from typing import Any

import pytest

import hornbeam as tf

SHOWN: list[tuple[Any, str, str]] = [
    (lambda: tf.constant(3.0), "<tf.Tensor: shape=(), dtype=float32, numpy=3.0>",
     "tf.Tensor(3.0, shape=(), dtype=float32)"),
    (lambda: tf.constant(0.1), "<tf.Tensor: shape=(), dtype=float32, numpy=0.10000000149011612>",
     "tf.Tensor(0.1, shape=(), dtype=float32)"),
    (lambda: tf.constant(True), "<tf.Tensor: shape=(), dtype=bool, numpy=True>",
     "tf.Tensor(True, shape=(), dtype=bool)"),
    (lambda: tf.constant("a"), "<tf.Tensor: shape=(), dtype=string, numpy=b'a'>",
     "tf.Tensor(b'a', shape=(), dtype=string)"),
    (lambda: tf.constant(1 + 2j), "<tf.Tensor: shape=(), dtype=complex128, numpy=(1+2j)>",
     "tf.Tensor((1+2j), shape=(), dtype=complex128)"),
    (lambda: tf.constant(0.1, tf.bfloat16), "<tf.Tensor: shape=(), dtype=bfloat16, numpy=0.10009765625>",
     "tf.Tensor(0.100098, shape=(), dtype=bfloat16)"),
    (lambda: tf.constant([[1, 2], [3, 4]]),
     "<tf.Tensor: shape=(2, 2), dtype=int32, numpy=\narray([[1, 2],\n       [3, 4]], dtype=int32)>",
     "tf.Tensor(\n[[1 2]\n [3 4]], shape=(2, 2), dtype=int32)"),
    (lambda: tf.constant([1.5]), "<tf.Tensor: shape=(1,), dtype=float32, numpy=array([1.5], dtype=float32)>",
     "tf.Tensor([1.5], shape=(1,), dtype=float32)"),
    (lambda: tf.constant(["a", "b"]),
     "<tf.Tensor: shape=(2,), dtype=string, numpy=array([b'a', b'b'], dtype=object)>",
     "tf.Tensor([b'a' b'b'], shape=(2,), dtype=string)"),
    (lambda: tf.Variable(3.0), "<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=3.0>", ""),
    (lambda: tf.Variable([[1.0], [2.0]]), "<tf.Variable 'Variable:0' shape=(2, 1) dtype=float32, numpy=\n"
     "array([[1.],\n       [2.]], dtype=float32)>", ""),
]


@pytest.mark.parametrize(("make", "shown", "said"), SHOWN)
def test_values_are_shown(make: Any, shown: str, said: str) -> None:
    assert repr(make()) == shown
    assert not said or str(make()) == said
