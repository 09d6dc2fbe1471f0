"""Specs: what they say, when two agree, and values taken apart and put together by them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest

import hornbeam as tf

SPEC = tf.TensorSpec([None, 3], tf.float32, "x")


def test_a_spec_shows_what_it_says() -> None:
    assert repr(SPEC) == "TensorSpec(shape=(None, 3), dtype=tf.float32, name='x')"
    assert repr(tf.TensorSpec(None)) == "TensorSpec(shape=<unknown>, dtype=tf.float32, name=None)"
    assert (SPEC.shape, SPEC.dtype, SPEC.name, SPEC.value_type) == ((None, 3), tf.float32, "x", tf.Tensor)
    assert tf.TensorSpec(3, np.int64) == tf.TensorSpec([3], "int64")


@pytest.mark.parametrize(("arguments", "error"), [(("a",), TypeError), (([1], "foo"), TypeError), ((), TypeError)])
def test_what_is_no_shape_or_dtype_is_refused(arguments: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        tf.TensorSpec(*arguments)


def test_equal_specs_have_equal_hashes_and_survive_copies() -> None:
    again = tf.TensorSpec([None, 3], tf.float32, "x")
    assert again == SPEC
    assert hash(again) == hash(SPEC)
    assert tf.TensorSpec(None) == tf.TensorSpec(None)
    assert tf.TensorSpec([None, 3], tf.float32) != SPEC
    assert SPEC != 3
    for copied in (copy.copy(SPEC), copy.deepcopy(SPEC), pickle.loads(pickle.dumps(SPEC))):
        assert copied == SPEC


@pytest.mark.parametrize(("other", "compatible"), [
    (lambda: tf.zeros([2, 3]), True),
    (lambda: tf.zeros([2, 4]), False),
    (lambda: tf.zeros([2, 3], tf.int32), False),
    (lambda: np.zeros([2, 3], np.float32), False),
    (lambda: 3, False),
    (lambda: tf.TensorSpec(None), True),
    (lambda: tf.TensorSpec([2, 3], tf.float32, "y"), True),
    (lambda: tf.TensorSpec([2, 3], tf.int32), False),
])
def test_compatible_with_tensors_and_specs(other: Any, compatible: bool) -> None:
    assert SPEC.is_compatible_with(other()) is compatible


def test_subtypes_and_common_supertypes() -> None:
    named = tf.TensorSpec([2, 3], tf.float32, "x")
    assert named.is_subtype_of(SPEC)
    assert not SPEC.is_subtype_of(named)
    assert not tf.TensorSpec([2, 3]).is_subtype_of(SPEC)
    assert not SPEC.is_subtype_of(3)
    assert named.most_specific_common_supertype([tf.TensorSpec([4, 3], tf.float32, "x")]) == SPEC
    assert SPEC.most_specific_common_supertype([tf.TensorSpec([2, 3, 4], tf.float32, "x")]).shape.rank is None
    assert SPEC.most_specific_common_supertype([tf.TensorSpec([2, 3])]) is None
    assert SPEC.most_specific_common_supertype([tf.TensorSpec([2, 3], tf.int32, "x")]) is None
    assert SPEC.most_specific_common_supertype([3]) is None
    assert SPEC.most_specific_compatible_type(named) == SPEC
    with pytest.raises(ValueError, match="No TypeSpec is compatible with both"):
        SPEC.most_specific_compatible_type(tf.TensorSpec([2, 3], tf.int32))


def test_specs_of_values() -> None:
    assert tf.TensorSpec.from_tensor(tf.zeros([2]), "q") == tf.TensorSpec([2], tf.float32, "q")
    assert tf.TensorSpec.from_spec(SPEC) == SPEC
    assert tf.TensorSpec.from_spec(SPEC, "z").name == "z"
    with pytest.raises(ValueError, match="`tensor` should be a tf"):
        tf.TensorSpec.from_tensor(3)
    values = [
        (tf.zeros([2]), tf.TensorSpec([2])), (3, tf.TensorSpec([], tf.int32)), ([1.0], tf.TensorSpec([1])),
        (np.zeros(2), tf.TensorSpec([2], tf.float64)), ("a", tf.TensorSpec([], tf.string))]
    for value, spec in values:
        assert tf.type_spec_from_value(value) == spec
    with pytest.raises(TypeError, match="Could not build a TypeSpec for"):
        tf.type_spec_from_value(object())


def test_a_symbolic_tensor_gives_its_name() -> None:
    with tf.Graph().as_default():
        tensor = tf.constant([1.0], name="here")
        assert tf.TensorSpec.from_tensor(tensor).name == "here"


def test_indexed_slices_have_a_spec() -> None:
    slices = tf.IndexedSlices(tf.zeros([1, 2]), tf.constant([0]), tf.constant([3, 2]))
    spec = tf.type_spec_from_value(slices)
    assert repr(spec) == ("IndexedSlicesSpec(TensorShape([3, 2]), tf.float32, tf.int32, tf.int32, TensorShape([1]))")
    assert spec.flatten() == [tf.TensorSpec([1, 2]), tf.TensorSpec([1], tf.int32), tf.TensorSpec([2], tf.int32)]
    made = spec.from_tensors(iter(spec.to_tensors(slices)))
    assert np.array_equal(tf.convert_to_tensor(made), np.zeros([3, 2]))
    open_ = tf.IndexedSlicesSpec([None, 2], tf.float32, tf.int32, tf.int32, [1])
    assert spec.is_subtype_of(open_)
    assert spec.is_compatible_with(open_)
    assert spec.most_specific_common_supertype([open_]) == open_
    assert tf.IndexedSlicesSpec([3]).value_type is tf.IndexedSlices
    without = tf.type_spec_from_value(tf.IndexedSlices(tf.zeros([1, 2]), tf.constant([0])))
    assert without == tf.IndexedSlicesSpec([None, 2], tf.float32, tf.int32, None, [1])


class Pair(tf.TypeSpec):
    """A user's own spec: pairs of numbers under a label."""

    def __init__(self, label: str) -> None:
        self.label = label

    @property
    def value_type(self) -> type[tuple]:
        return tuple

    @property
    def _component_specs(self) -> list[tf.TensorSpec]:
        return [tf.TensorSpec([1]), tf.TensorSpec([2])]

    def _to_components(self, value: Any) -> list[Any]:
        return list(value)

    def _from_components(self, components: Any) -> tuple[Any, ...]:
        return tuple(components)

    def _serialize(self) -> tuple[str]:
        return (self.label,)


def test_specs_of_a_users_own() -> None:
    with pytest.raises(TypeError, match="abstract"):
        tf.TypeSpec()
    assert Pair("a") == Pair("a")
    assert Pair("a") != Pair("b")
    assert Pair("a").most_specific_common_supertype([Pair("b")]) is None
    value = (tf.zeros([1]), tf.zeros([2]))
    flat = Pair("a").to_tensors(value)
    assert [f.shape for f in flat] == [s.shape for s in Pair("a").flatten()]
    again = Pair("a").from_tensors(iter(flat))
    assert all(x is y for x, y in zip(again, value, strict=True))
