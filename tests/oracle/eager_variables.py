"""Programs with variables that have values. Each returns what it computed."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from tests.oracle.eager_programs import program, raised


@program
def what_assign_returns(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])
    a = v.assign([3.0, 4.0])
    b = v.assign_add([1.0, 1.0]).assign_sub([0.5, 0.5])
    return a.numpy(), b.numpy(), v.assign(v * 2.0, read_value=False) is None, v


@program
def what_assign_returns_traced(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])

    @tf.function
    def f() -> Any:
        a = v.assign_add([1.0, 1.0])
        v.assign_add([1.0, 1.0])
        return a + 0.0, v.assign_sub([0.5, 0.5]).read_value(), tf.shape(a)

    return f(), v


@program
def sliced_assignment(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    v[1:3].assign([9.0, 8.0])
    m = tf.Variable(tf.zeros([2, 3]))
    m[0, :].assign(tf.ones([3]))
    m[:, 2].assign([5.0, 6.0])

    @tf.function
    def f() -> Any:
        v[::2].assign([0.0, 0.0])
        return v[0] + v[1]
    return v.numpy(), m, f(), v


@program
def scattered(tf: Any) -> Any:
    v = tf.Variable([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    s = tf.IndexedSlices(tf.constant([[1.0, 2.0], [1.0, 2.0]]), tf.constant([0, 0]))
    v.scatter_add(s)
    v.scatter_nd_update([[2]], [[7.0, 7.0]])
    v.scatter_update(tf.IndexedSlices(tf.constant([[5.0, 5.0]]), tf.constant([1])))
    return v, v.sparse_read([0, 1]), v.gather_nd([[0, 1]])


@program
def variables_read_in_loops(tf: Any) -> Any:
    v = tf.Variable(0)
    seen = []
    while v.numpy() < 3:
        seen.append(int(v.numpy()))
        v.assign_add(1)
    return seen, int(v), bool(v > 2), f"{v.numpy()}"


@program
def bad_assignments(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])
    return (raised(lambda: v.assign([1.0]), "shape"), raised(lambda: v.assign(["a", "b"])),
            raised(lambda: v.assign(tf.constant([1, 2]))), raised(lambda: v.assign_add([1.0, 2.0, 3.0])), v)


@program
def open_shapes_of_variables(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0], shape=tf.TensorShape([None]))
    f = tf.function(lambda: tf.reduce_sum(v) + tf.cast(tf.shape(v)[0], tf.float32))
    a = f()
    v.assign([1.0, 2.0, 3.0])
    return a, f(), v.shape, tf.shape(v), raised(lambda: v.assign([[1.0]]), "shape")


@program
def copies_of_variables(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0], name="weights", trainable=False)
    w = copy.deepcopy(v)
    w.assign([3.0, 4.0])
    return v, w, w.name, w.trainable, w.dtype


@program
def operators_of_variables(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])
    return (v + 1, 1 - v, v * v, v / 2, v ** 2, -v, v[0], v > 1.5, abs(-v),
            v.shape, v.dtype, [float(x) for x in v], len(v.shape), tf.convert_to_tensor(v), np.asarray(v) + 1)


@program
def initial_values(tf: Any) -> Any:
    return (tf.Variable(lambda: tf.ones([2])), tf.Variable([1, 2], dtype=tf.float32), tf.Variable(np.ones(2)).dtype,
            tf.Variable(1).dtype, tf.Variable([True]).dtype, tf.Variable("a").dtype,
            raised(lambda: tf.Variable(), "initial_value"), raised(lambda: tf.Variable(None), "None"))


@program
def truth_and_hash(tf: Any) -> Any:
    v, x = tf.Variable(1.0), tf.constant([1.0])
    return (bool(v), raised(lambda: hash(x), "unhashable"), raised(lambda: {v: 1}, "unhashable"),
            {v.ref(): 1}[v.ref()], v.ref().deref() is v, raised(lambda: bool(tf.constant([1, 2]))))
