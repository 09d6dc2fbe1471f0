"""Programs with traced functions that have state and effects. Each returns what it computed."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from tests.oracle.eager_programs import Counted, program, raised


@program
def variables_made_on_the_first_call(tf: Any) -> Any:
    class Dense:
        def __init__(self) -> None:
            self.w: Any = None

        @tf.function
        def __call__(self, x: Any) -> Any:
            if self.w is None:
                self.w = tf.Variable(tf.ones([2, 2]) * 3.0)
            return x @ self.w

    dense = Dense()
    a = dense(tf.ones([1, 2]))
    dense.w.assign_add(tf.ones([2, 2]))
    return a, dense(tf.ones([1, 2])), dense(tf.ones([3, 2]))


@program
def variables_made_on_every_call(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        return tf.Variable(1.0) + x
    return raised(lambda: f(tf.constant(1.0)), "tf.Variable")


@program
def modules(tf: Any) -> Any:
    class Net(tf.Module):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.w = tf.Variable([[1.0], [2.0]], name="w")
            self.steps = tf.Variable(0, trainable=False)
            self.b = None

        @tf.function
        def __call__(self, x: Any) -> Any:
            if self.b is None:
                self.b = tf.Variable(tf.zeros([1]), name="b")
            self.steps.assign_add(1)
            return x @ self.w + self.b

    net = Net()
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(net(tf.constant([[1.0, 2.0]])))
    grads = tape.gradient(y, net.trainable_variables)
    return y, grads, net.steps, len(net.variables), len(net.trainable_variables), net.name


@program
def order_of_effects(tf: Any) -> Any:
    v = tf.Variable(1.0)
    seen: list[float] = []

    @tf.function
    def f() -> Any:
        a = v + 0.0
        v.assign(10.0)
        b = v + 0.0
        tf.py_function(lambda x: seen.append(float(x)), [v], [])
        v.assign_add(5.0)
        tf.numpy_function(lambda x: seen.append(float(x)), [v], [])
        return a, b, v + 0.0
    out = f()
    return out, v, seen, f()[0]


@program
def python_effects_happen_once(tf: Any) -> Any:
    calls = []

    @tf.function
    def f(x: Any) -> Any:
        calls.append(1)
        return x
    for _ in range(3):
        f(tf.constant(1.0))
    return len(calls)


@program
def eager_assignments_between_calls(tf: Any) -> Any:
    v = tf.Variable(1.0)

    @tf.function
    def f() -> Any:
        v.assign_add(1.0)
        return v * 10.0
    out = [f()]
    kept = v.read_value()
    v.assign(100.0)
    out += [f(), v.numpy(), kept]
    v.assign_sub(1.0)
    return out, f(), v


@program
def draws_advance(tf: Any) -> Any:
    f = tf.function(lambda: tf.random.uniform([3]))
    a, b = f(), f()
    g = tf.random.Generator.from_seed(3)
    h = tf.function(lambda: g.normal([2]))
    s = tf.function(lambda: tf.random.stateless_uniform([2], [1, 2]))
    return (bool(tf.reduce_any(a != b)), bool(tf.reduce_any(h() != h())), bool(tf.reduce_all(s() == s())),
            bool(tf.reduce_all((a >= 0.0) & (a < 1.0))))


@program
def variables_as_arguments(tf: Any) -> Any:
    @tf.function
    def add(v: Any, x: Any) -> Any:
        v.assign_add(x)
        return v + 0.0
    v, w = tf.Variable(1.0), tf.Variable([1.0, 2.0])
    return add(v, 2.0), add(w, [1.0, 1.0]), v, w, add(v, 1.0), tf.function(lambda vs: tf.add_n(vs["a"]))({"a": [v, v]})


@program
def init_scopes(tf: Any) -> Any:
    made = []

    @tf.function
    def f(x: Any) -> Any:
        with tf.init_scope():
            made.append(tf.executing_eagerly())
            c = tf.constant(3.0)
        made.append((tf.executing_eagerly(), tf.inside_function()))
        return x * c
    return f(tf.constant(2.0)), made, tf.executing_eagerly(), tf.inside_function()


@program
def control_dependencies_and_groups(tf: Any) -> Any:
    v = tf.Variable(1.0)

    @tf.function
    def f() -> Any:
        with tf.control_dependencies([v.assign(2.0)]):
            a = v + 0.0
        g = tf.group(v.assign_add(1.0), v.assign_add(1.0))
        with tf.control_dependencies([g]):
            b = tf.identity(v)
        return a, b
    with tf.control_dependencies(None):
        pass
    return f(), v, tf.group(v.assign(0.0)), tf.no_op()


@program
def asserts(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        tf.debugging.assert_positive(x, message="must be positive")
        tf.debugging.Assert(tf.reduce_all(x < 10.0), [x])
        return x * 2.0

    return (f(tf.constant([1.0])), raised(lambda: f(tf.constant([-1.0])), "must be positive"),
            raised(lambda: f(tf.constant([11.0])), "assertion failed", "11"),
            raised(lambda: tf.debugging.assert_equal(1, 2, message="unequal"), "unequal"),
            raised(lambda: tf.function(lambda: tf.debugging.assert_equal(1, 2, message="unequal"))(), "unequal"),
            raised(lambda: tf.debugging.assert_shapes([(tf.ones([2, 3]), ("n", "n"))])))


@program
def a_failed_call_leaves_variables(tf: Any) -> Any:
    v = tf.Variable(1.0)

    @tf.function
    def f(x: Any) -> Any:
        tf.debugging.assert_positive(x)
        v.assign_add(x)
        return v
    failed = raised(lambda: f(tf.constant(-1.0)))
    v.assign(1.0)  # in TensorFlow the assignment may have run
    return failed, f(tf.constant(1.0)), v


@program
def tensor_arrays_returned(tf: Any) -> Any:
    @tf.function
    def f(n: Any) -> Any:
        ta = tf.TensorArray(tf.float32, size=n, element_shape=[2])
        for i in tf.range(n):
            ta = ta.write(i, tf.fill([2], tf.cast(i, tf.float32)))
        return ta.stack(), ta.read(1), ta.size(), ta.gather([0, 2]), ta.concat()
    eager = tf.TensorArray(tf.float32, size=2, clear_after_read=False)
    eager = eager.unstack([1.0, 2.0])
    return f(tf.constant(3)), eager.stack(), eager.read(0), raised(lambda: eager.read(5))


@program
def shape_invariants(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        return tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, tf.concat([a, x], 0)), [0, x],
                             shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])])

    @tf.function
    def g(x: Any) -> Any:
        a = x
        for _ in tf.range(2):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(a, tf.TensorShape([None]))])
            a = tf.concat([a, x], 0)
        return a

    @tf.function
    def wrong(x: Any) -> Any:
        return tf.while_loop(lambda a: tf.size(a) < 3, lambda a: [tf.concat([a, x], 0)], [x])
    x = tf.constant([1.0])
    return f(x), g(x), raised(lambda: wrong(x), "shape")


@program
def compiled(tf: Any) -> Any:
    f = tf.function(lambda x: tf.reduce_sum(x * x), jit_compile=True)
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, x), tf.function(lambda x: x + 1.0, jit_compile=False)(x)


@program
def functions_run_eagerly(tf: Any) -> Any:
    seen = []

    @tf.function
    def f(x: Any) -> Any:
        seen.append(tf.executing_eagerly())
        return x + 1.0
    tf.config.run_functions_eagerly(True)
    try:
        out = f(tf.constant(1.0)), f(tf.constant(1.0)), tf.config.functions_run_eagerly()
    finally:
        tf.config.run_functions_eagerly(False)
    return out, f(tf.constant(1.0)), seen


@program
def functions_are_freed(tf: Any) -> Any:
    f = tf.function(lambda x: x + 1.0)
    f(tf.constant(1.0))
    alive = weakref.ref(f)
    del f
    gc.collect()

    class Thing:
        @tf.function
        def f(self) -> Any:
            return tf.constant(1.0)
    thing = Thing()
    thing.f()
    other = weakref.ref(thing)
    del thing
    gc.collect()
    return alive() is None, other() is None


@program
def threads(tf: Any) -> Any:
    v = tf.Variable(0.0)
    f = Counted(tf, lambda x: v.assign_add(x) + 0.0)
    f(tf.constant(0.0))

    def work() -> None:
        for _ in range(20):
            f(tf.constant(1.0))
    workers = [threading.Thread(target=work) for _ in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    return f.traces, v.numpy() <= 80.0
