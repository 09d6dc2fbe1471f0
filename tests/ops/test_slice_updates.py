"""Parts of variables that take new values: TensorFlow 2.21's answers, eagerly and in graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf

START = np.arange(12.0, dtype=np.float32).reshape(3, 4)
CASES: list[tuple[Any, Any]] = [
    (np.s_[1:3], np.full((2, 4), 9.0)), (np.s_[0], [1.0, 2, 3, 4]), (np.s_[0, 1], 7.0), (np.s_[:, ::2], 5.0),
    (np.s_[::-1], -START), (np.s_[1:3], [1.0, 2, 3, 4]), (np.s_[None, 0], [[1.0, 2, 3, 4]]), (np.s_[..., 1], [8.0] * 3),
    (np.s_[1:1], np.zeros((0, 4))), (np.s_[-1, ::-3], [1.0, 2]), (np.s_[2, -1], [[5.0]])]


def expected(index: Any, value: Any) -> list[Any]:
    out = START.copy()
    out[index] = np.reshape(value, np.shape(out[index])) if np.size(value) == out[index].size else value
    return out.tolist()


@pytest.mark.parametrize(("index", "value"), CASES, ids=lambda v: str(v)[:30])
def test_a_slice_of_a_variable_is_assigned(index: Any, value: Any) -> None:
    variable = hb.Variable(START)
    assert variable[index].assign(value) is variable
    assert variable.numpy().tolist() == expected(index, value)
    with tf.Graph().as_default(), tf.Session() as session:
        node_variable = tf.Variable(START, name="v")
        changed = node_variable[index].assign(value)
        session.run(node_variable.initializer)
        assert session.run(changed).tolist() == expected(index, value)
        assert session.run(node_variable).tolist() == expected(index, value)
        assert (changed.op.type, changed.name) == ("StridedSliceAssign", "strided_slice/_assign:0")
        assert changed.op.inputs[0].name == "v:0"


def test_places_that_only_a_run_tells_share_one_program() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        place = tf.placeholder(tf.int32, [])
        variable = tf.Variable(tf.zeros([200, 300]))
        row = variable[place].assign(tf.ones([300]) * tf.cast(place, tf.float32))
        session.run(variable.initializer)
        for i in (3, 7, -1):
            session.run(row, {place: i})
        assert session.run(variable)[[3, 7, 199, 0], 5].tolist() == [3.0, 7.0, -1.0, 0.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="slice index 200 of dimension 0 out of bounds"):
            session.run(row, {place: 200})
        assert session.run(variable)[[3, 7, 199, 0], 5].tolist() == [3.0, 7.0, -1.0, 0.0]


def test_what_does_not_fit_is_refused() -> None:
    variable = hb.Variable(START)
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"Cannot broadcast input shape \[3\] into final shape"):
        variable[1:3].assign([1.0, 2.0, 3.0])
    with pytest.raises(hb.errors.InvalidArgumentError, match="slice index 5 of dimension 0 out of bounds"):
        variable[5].assign([1.0] * 4)
    assert variable.numpy().tolist() == START.tolist()
    for tensor in (hb.constant([1, 2])[:1], variable[0] + 1, variable[0:1][0]):
        assert not hasattr(tensor, "assign")


def test_a_tensor_with_a_new_slice_and_its_gradient() -> None:
    x, new = hb.constant(START), hb.constant([[1.0] * 4])
    update = hb.raw_ops.TensorStridedSliceUpdate
    assert update(input=x, begin=[0], end=[1], strides=[1], value=new).numpy()[0].tolist() == [1.0] * 4
    with tf.Graph().as_default(), tf.Session() as session:
        before, value = tf.constant(START), tf.constant([[1.0] * 4])
        after = tf.raw_ops.TensorStridedSliceUpdate(input=before, begin=[0], end=[1], strides=[1], value=value)
        dx, dv = session.run(tf.gradients(after * 3.0, [before, value]))
    assert dx[:, 0].tolist() == [0.0, 3.0, 3.0]
    assert dv.tolist() == [[3.0] * 4]
