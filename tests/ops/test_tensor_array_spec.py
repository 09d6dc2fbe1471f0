"""`tf.TensorArraySpec`: what it says of arrays, and arrays taken apart and put together."""

from __future__ import annotations

import pytest

import hornbeam as tf

Spec = tf.TensorArraySpec


def test_specs_of_arrays() -> None:
    array = tf.TensorArray(tf.int32, 2, element_shape=[2])
    assert repr(Spec.from_value(array)) == "TensorArraySpec(TensorShape([2]), tf.int32, False, True)"
    assert tf.type_spec_from_value(array) == Spec([2], tf.int32)
    assert Spec([3]).value_type is tf.TensorArray
    with pytest.raises(TypeError, match="Expected value to be a TensorArray, but got"):
        Spec.from_value(3)


def test_specs_agree() -> None:
    assert Spec([3]).is_compatible_with(Spec([None]))
    assert Spec([3]).is_subtype_of(Spec(None))
    assert not Spec([3], dynamic_size=True).is_compatible_with(Spec([3]))
    assert Spec([3]).most_specific_common_supertype([Spec([3], tf.int32)]) is None


def test_an_array_is_taken_apart_and_put_together() -> None:
    array = tf.TensorArray(tf.float32, 2).unstack([[1.0], [2.0]])
    spec = tf.type_spec_from_value(array)
    assert spec.from_tensors(iter(spec.to_tensors(array))).stack().numpy().tolist() == [[1], [2]]
