"""Programs with tapes, gradients written by hand and forward mode. Each returns what it computed."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.oracle.eager_programs import program, raised


@program
def a_tape_is_used_once(tf: Any) -> Any:
    x = tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    first = tape.gradient(y, x)
    return first, raised(lambda: tape.gradient(y, x), "non-persistent", "can only be called once")


@program
def a_persistent_tape(tf: Any) -> Any:
    x = tf.constant(3.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    return tape.gradient(z, x), tape.gradient(y, x), tape.gradient(z, y)


@program
def nested_tapes(tf: Any) -> Any:
    x = tf.Variable(2.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as middle:
            with tf.GradientTape() as inner:
                y = x ** 4
            first = inner.gradient(y, x)
        second = middle.gradient(first, x)
    return first, second, outer.gradient(second, x)


@program
def jacobians(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.stack([x[0] * x[1], tf.reduce_sum(x ** 2)])
    return tape.jacobian(y, x), tape.jacobian(y, x, experimental_use_pfor=False), tape.jacobian(y, [x, tf.ones(2)])


@program
def jacobian_in_a_function(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.sin(x) * x[0]
        return tape.jacobian(y, x)

    return f(tf.constant([1.0, 2.0]))


@program
def batch_jacobians(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x * tf.reverse(x, [1])
    return tape.batch_jacobian(y, x)


@program
def hessian_by_jacobian(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(x ** 3) * x[0]
        slope = inner.gradient(y, x)
    return outer.jacobian(slope, x)


@program
def recording_stopped(tf: Any) -> Any:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        with tape.stop_recording():
            z = y * y
        w = y + z
    return tape.gradient(w, x)


@program
def tape_reset(tf: Any) -> Any:
    x = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = x * x
        tape.reset()
        z = x * 2.0
    return tape.gradient([y, z], x)


@program
def unconnected(tf: Any) -> Any:
    x, y = tf.Variable([1.0, 2.0]), tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        z = y * 2.0
    return (tape.gradient(z, [x, y]), tape.gradient(z, [x, y], unconnected_gradients="zero"),
            tape.gradient(z, {"a": x, "b": [y]}, unconnected_gradients=tf.UnconnectedGradients.ZERO),
            raised(lambda: tape.gradient(z, x, unconnected_gradients="one"), "one"))


@program
def output_gradients(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = x * 3.0
    return (tape.gradient(y, x, output_gradients=tf.constant([1.0, 10.0])),
            tape.gradient([y, z], x, output_gradients=[tf.constant([1.0, 10.0]), tf.ones([2])]))


@program
def gather_gives_slices(tf: Any) -> Any:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(tf.gather(v, [0, 2, 0]) ** 2)
        z = y + tf.reduce_sum(v)
    g = tape.gradient(y, v)
    return g, tf.convert_to_tensor(g), tape.gradient(z, v), type(tape.gradient(z, v)).__name__


@program
def slices_through_a_function(tf: Any) -> Any:
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])

    @tf.function
    def f(i: Any) -> Any:
        return tf.reduce_sum(tf.nn.embedding_lookup(v, i) ** 2)

    @tf.function
    def slope(i: Any) -> Any:
        with tf.GradientTape() as tape:
            y = f(i)
        return tape.gradient(y, v)

    with tf.GradientTape() as tape:
        y = f(tf.constant([0, 2, 0]))
    return tf.convert_to_tensor(tape.gradient(y, v)), tf.convert_to_tensor(slope(tf.constant([0, 2, 0])))


@program
def complex_gradients(tf: Any) -> Any:
    z = tf.constant(1.0 + 2.0j, tf.complex64)
    x = tf.constant(0.5)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([z, x])
        a = z * z * tf.math.conj(z)
        b = tf.abs(z) ** 2
        c = tf.math.real(tf.complex(x, x * 2.0) * z)
    return tape.gradient(a, z), tape.gradient(b, z), tape.gradient(c, [x, z])


@program
def integer_targets(tf: Any) -> Any:
    x = tf.constant(2)
    f = tf.constant(1.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        tape.watch(f)
        y = x * x
        z = tf.cast(x, tf.float32) * f
        w = tf.cast(f, tf.int32)
    return tape.gradient(y, x), tape.gradient(z, [x, f]), tape.gradient(w, f)


@program
def structures_of_sources(tf: Any) -> Any:
    class Net(tf.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = tf.Variable([1.0, 2.0])
            self.layers = [tf.Variable(3.0), {"b": tf.Variable(4.0)}]

    net = Net()
    with tf.GradientTape(persistent=True) as tape:
        y = tf.reduce_sum(net.w) * net.layers[0] * net.layers[1]["b"]
    found = tape.gradient(y, {"w": net.w, "rest": (net.layers[0], [net.layers[1]["b"]])})
    return found, tape.gradient(y, net.trainable_variables), len(tape.watched_variables())


@program
def untrainable_variables(tf: Any) -> Any:
    v, w = tf.Variable(2.0, trainable=False), tf.Variable(3.0)
    with tf.GradientTape(persistent=True) as tape:
        y = v * w
    with tf.GradientTape(watch_accessed_variables=False) as picky:
        picky.watch(v)
        z = v * w
    return tape.gradient(y, [v, w]), picky.gradient(z, [v, w]), len(picky.watched_variables())


@program
def higher_order_through_a_function(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        return x ** 3 * tf.sin(x)

    x = tf.constant(1.5)
    with tf.GradientTape() as t3:
        t3.watch(x)
        with tf.GradientTape() as t2:
            t2.watch(x)
            with tf.GradientTape() as t1:
                t1.watch(x)
                y = f(x)
            g = t1.gradient(y, x)
        h = t2.gradient(g, x)
    return y, g, h, t3.gradient(h, x)


@program
def tapes_inside_and_outside(tf: Any) -> Any:
    w = tf.Variable(2.0)

    @tf.function
    def slope(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = w * x ** 3
        return tape.gradient(y, x)

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        g = slope(x)
    return g, tape.gradient(g, [x, w])


@program
def custom_gradients(tf: Any) -> Any:
    @tf.custom_gradient
    def f(x: Any, y: Any) -> Any:
        def grad(dy: Any) -> Any:
            return dy * 10.0, dy * x
        return x * y, grad

    x, y = tf.constant(2.0), tf.constant(5.0)
    traced = tf.function(lambda a, b: f(a, b) * 2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, y])
        z, w = f(x, y), traced(x, y)
    return z, w, tape.gradient(z, [x, y]), tape.gradient(w, [x, y])


@program
def custom_gradient_with_variables(tf: Any) -> Any:
    v = tf.Variable(3.0)

    @tf.custom_gradient
    def f(x: Any) -> Any:
        y = x * v

        def grad(dy: Any, variables: Any = None) -> Any:
            return dy * 7.0, [dy * 100.0 for _ in variables]
        return y, grad

    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    traced = tf.function(f)
    with tf.GradientTape() as other:
        other.watch(x)
        z = traced(x)
    return tape.gradient(y, [x, v]), other.gradient(z, [x, v])


@program
def custom_gradient_inside_a_function(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        @tf.custom_gradient
        def clip(a: Any) -> Any:
            return tf.identity(a), lambda dy: tf.clip_by_norm(dy, 0.5)
        return tf.reduce_sum(clip(x) ** 2)

    x = tf.constant([3.0, 4.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return tape.gradient(y, x)


@program
def recomputed(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])
    f = tf.recompute_grad(lambda x: tf.reduce_sum(tf.tanh(x * v)))
    x = tf.constant([0.5, 0.25])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    return y, tape.gradient(y, [x, v])


def _both(tf: Any, f: Any, *args: Any) -> Any:
    """Value and gradients, at once and traced."""
    out = []
    for call in (f, tf.function(f)):
        with tf.GradientTape() as tape:
            tape.watch(args)
            y = call(*args)
        out.append((y, tape.gradient(y, list(args))))
    return out


@program
def through_cond(tf: Any) -> Any:
    f = lambda x, y: tf.cond(x > y, lambda: x * x, lambda: y * 3.0)  # noqa: E731
    return _both(tf, f, tf.constant(3.0), tf.constant(2.0)), _both(tf, f, tf.constant(1.0), tf.constant(2.0))


@program
def through_while_loop(tf: Any) -> Any:
    def f(x: Any) -> Any:
        return tf.while_loop(lambda i, a: i < 4, lambda i, a: (i + 1, a * x), [tf.constant(0), x])[1]
    return _both(tf, f, tf.constant(1.5))


@program
def through_map_fn(tf: Any) -> Any:
    w = tf.constant(2.0)
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    return _both(tf, lambda x, w: tf.map_fn(lambda r: tf.reduce_sum(r * r) * w, x), x, w)


@program
def through_scan_and_fold(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0, 3.0])
    return (_both(tf, lambda x: tf.scan(lambda a, b: a * b + b, x), x),
            _both(tf, lambda x: tf.foldl(lambda a, b: a * b + b, x), x),
            _both(tf, lambda x: tf.foldr(lambda a, b: a * b + b, x), x))


@program
def through_tensor_arrays(tf: Any) -> Any:
    def f(x: Any) -> Any:
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for i in tf.range(3):
            ta = ta.write(i, x * tf.cast(i, tf.float32))
        return tf.reduce_sum(ta.stack() ** 2)
    return _both(tf, f, tf.constant([1.0, 2.0]))


@program
def through_python_loops(tf: Any) -> Any:
    def f(x: Any) -> Any:
        total = tf.zeros([])
        while total < 10.0:
            if x > 0.0:
                total += x * x
            else:
                total -= x
        return total
    return _both(tf, f, tf.constant(1.5)), _both(tf, f, tf.constant(-2.5))


@program
def through_switch_case(tf: Any) -> Any:
    def f(x: Any) -> Any:
        return tf.switch_case(tf.cast(x, tf.int32), [lambda: x, lambda: x * x, lambda: x ** 3])
    return _both(tf, f, tf.constant(1.5)), _both(tf, f, tf.constant(2.5))


@program
def captured_tensors(tf: Any) -> Any:
    w = tf.constant([2.0, 3.0])

    @tf.function
    def f(x: Any) -> Any:
        return tf.reduce_sum(w * x)

    x = tf.constant([1.0, 5.0])
    with tf.GradientTape() as tape:
        tape.watch(w)
        w2 = w * w
        g = tf.function(lambda: tf.reduce_sum(w2 * x))
        y = f(x) + g()
    return tape.gradient(y, w)


@program
def hessian_vector_products(tf: Any) -> Any:
    x, v = tf.constant([1.0, 2.0, 3.0]), tf.constant([1.0, 0.0, -1.0])

    def loss(x: Any) -> Any:
        return tf.reduce_sum(x ** 3) + x[0] * x[1]

    with tf.autodiff.ForwardAccumulator(x, v) as acc:
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = loss(x)
        g = tape.gradient(y, x)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.autodiff.ForwardAccumulator(x, v) as inner:
            z = loss(x)
        d = inner.jvp(z)
    return g, acc.jvp(g), acc.jvp(y), d, outer.gradient(d, x)


@program
def forward_mode_with_variables(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0])
    f = tf.function(lambda x: tf.reduce_sum(v * v * x))
    with tf.autodiff.ForwardAccumulator(v, tf.constant([1.0, 0.5])) as acc:
        y = f(tf.constant([3.0, 4.0]))
        z = v * 2.0
    return acc.jvp(y), acc.jvp(z), acc.jvp(tf.constant(1.0)), acc.jvp(tf.constant(1.0), "zero")


@program
def nested_forward_mode(tf: Any) -> Any:
    x = tf.constant(1.1)
    with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as outer:
        with tf.autodiff.ForwardAccumulator(x, tf.constant(1.0)) as inner:
            y = x ** 3
        d = inner.jvp(y)
    return d, outer.jvp(d)


@program
def stop_gradient_and_prevent(tf: Any) -> Any:
    x = tf.constant(2.0)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = tf.stop_gradient(x) * x
        z = tf.grad_pass_through(tf.round)(x) * 3.0
    return tape.gradient(y, x), tape.gradient(z, x)


@program
def watching_wrong_things(tf: Any) -> Any:
    tape = tf.GradientTape()
    with tape:
        first = raised(lambda: tape.watch(3.0), "watch", "Tensor")
    return first, raised(lambda: tf.GradientTape().stop_recording().__enter__())


@program
def gradient_within_the_tape(tf: Any) -> Any:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x ** 3
        g = tape.gradient(y, x)
        z = g * x
    return g, tape.gradient(z, x)


@program
def no_target(tf: Any) -> Any:
    x = tf.Variable(2.0)
    with tf.GradientTape(persistent=True) as tape:
        y = x * 2.0
    return (tape.gradient(y, []), raised(lambda: tape.gradient(None, x)), raised(lambda: tape.gradient(y, "x")),
            tape.gradient(x, x), tape.gradient([y, y], x), tape.gradient({"a": y}, [x]))


@program
def assignments_between(tf: Any) -> Any:
    v = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        y = v * v
        v.assign(5.0)
        z = v * v
    return tape.gradient(y + z, v)


@program
def assign_within_a_tape(tf: Any) -> Any:
    v, x = tf.Variable(2.0), tf.constant(3.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        v.assign(x * x)
        y = v * 2.0
    return tape.gradient(y, [x, v])


@program
def norms_and_clipping(tf: Any) -> Any:
    v, w = tf.Variable([3.0, 4.0]), tf.Variable([1.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(v ** 2) + tf.reduce_sum(w ** 3)
    clipped, norm = tf.clip_by_global_norm(tape.gradient(y, [v, w]), 1.0)
    return clipped, norm


@program
def momentum_by_hand(tf: Any) -> Any:
    rng = np.random.default_rng(0)
    x = tf.constant(rng.normal(size=(16, 3)), tf.float32)
    t = x @ tf.constant([[1.0], [-2.0], [0.5]]) + 0.3
    w, b = tf.Variable(tf.zeros([3, 1])), tf.Variable(0.0)
    slots = [tf.Variable(tf.zeros_like(v), trainable=False) for v in (w, b)]

    @tf.function
    def step() -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ w + b - t) ** 2)
        for v, m, g in zip((w, b), slots, tape.gradient(loss, [w, b]), strict=True):
            m.assign(0.9 * m + g)
            v.assign_sub(0.05 * m)
        return loss

    losses = [step() for _ in range(20)]
    return losses, w, b, slots


@program
def adam_by_hand_eagerly(tf: Any) -> Any:
    w = tf.Variable([1.0, -1.0])
    m, v = tf.zeros(2), tf.zeros(2)
    for t in range(1, 6):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((w - [0.5, 2.0]) ** 2)
        g = tape.gradient(loss, w)
        m, v = 0.9 * m + 0.1 * g, 0.99 * v + 0.01 * g * g
        w.assign_sub(0.1 * m / (1 - 0.9 ** t) / (tf.sqrt(v / (1 - 0.99 ** t)) + 1e-7))
    return w, m, v
