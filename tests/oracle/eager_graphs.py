"""Programs with traced functions: errors, graphs and control flow. Each returns what it computed."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.oracle.eager_programs import program, raised

# Errors ---------------------------------------------------------------------------------------------------


@program
def exceptions_inside(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        raise KeyError("mine")

    @tf.function
    def g(x: Any) -> Any:
        return {"a": x}["b"]

    class Own(Exception):
        pass

    @tf.function
    def h(x: Any) -> Any:
        raise Own("own")
    x = tf.constant(1.0)
    return raised(lambda: f(x), "mine"), raised(lambda: g(x), "b"), raised(lambda: h(x), "own")


@program
def shape_errors(tf: Any) -> Any:
    a, b = tf.ones([2, 3]), tf.ones([2, 3])
    f = tf.function(lambda a, b: tf.matmul(a, b))
    g = tf.function(lambda a, b: a + b)
    h = tf.function(lambda x: tf.reshape(x, [5]))
    return (raised(lambda: f(a, b), "Dimensions must be equal, but are 3 and 2"),
            raised(lambda: g(a, tf.ones([4])), "Dimensions must be equal, but are 3 and 4"),
            raised(lambda: h(a), "Cannot reshape a tensor with 6 elements to shape [5]"),
            raised(lambda: tf.matmul(a, b), "Matrix size-incompatible"), raised(lambda: a + tf.ones([4])),
            raised(lambda: tf.reshape(a, [5]), "6", "5"))


@program
def dtype_errors(tf: Any) -> Any:
    a, b = tf.constant(1.0), tf.constant(1)
    f = tf.function(lambda a, b: a + b)
    return raised(lambda: f(a, b)), raised(lambda: tf.function(lambda a: a * "x")(a)), \
        raised(lambda: tf.function(lambda a: tf.sqrt(a))(b))


@program
def errors_while_running(tf: Any) -> Any:
    f = tf.function(lambda x, i: tf.gather(x, i))
    g = tf.function(lambda a, b: a // b)
    h = tf.function(lambda x: tf.debugging.check_numerics(x, "bad number"))
    shape = tf.function(lambda x, y: x + y, input_signature=[tf.TensorSpec([None], tf.float32)] * 2)
    return (raised(lambda: f(tf.ones([2]), tf.constant(5)), "5"), raised(lambda: g(tf.constant(1), tf.constant(0))),
            raised(lambda: h(tf.constant(np.nan)), "bad number"), raised(lambda: shape(tf.ones([2]), tf.ones([3]))))


@program
def leaked_tensors(tf: Any) -> Any:
    kept = []

    @tf.function
    def f(x: Any) -> Any:
        kept.append(x * 2.0)
        return x
    f(tf.constant(1.0))
    leaked = kept[0]
    return (raised(lambda: leaked + 1.0, "out of scope"), raised(lambda: tf.reduce_sum(leaked), "out of scope"),
            raised(lambda: tf.function(lambda: leaked + 1.0)(), "out of scope"),
            raised(lambda: leaked.numpy(), "numpy"), raised(lambda: float(leaked)), raised(lambda: np.asarray(leaked)),
            raised(lambda: bool(leaked)))


@program
def symbolic_tensors_refuse(tf: Any) -> Any:
    def inside(use: Any) -> str:
        @tf.function(autograph=False)
        def f(x: Any) -> Any:
            use(x)
            return x
        return raised(lambda: f(tf.constant([1.0])), "tf.Tensor", "bool", "numpy")
    return (inside(bool), inside(lambda x: x.numpy()), inside(float), inside(np.asarray), inside(list), inside(len),
            inside(lambda x: x[0] if x > 0 else x), inside(int), inside(lambda x: range(x)))


@program
def branches_must_agree(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        if x > 0.0:
            y = x
        return y

    @tf.function
    def g(x: Any) -> Any:
        y = 1
        if x > 0.0:
            y = 2.5
        return y

    @tf.function
    def h(x: Any) -> Any:
        if x > 0.0:
            return x
        return None
    x = tf.constant(1.0)
    return raised(lambda: f(x), "must also be initialized"), raised(lambda: g(x), "must have the same dtype"), \
        raised(lambda: h(x))


@program
def assigning_inside_graphs(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0])

    def change(x: Any) -> None:
        x[0] = 3.0
    return raised(lambda: change(x), "does not support item assignment"), \
        raised(lambda: tf.function(change)(x), "does not support item assignment")


# Graphs ---------------------------------------------------------------------------------------------------


@program
def inside_graphs_and_sessions(tf: Any) -> Any:
    f = tf.function(lambda x: x * 2.0 + 1.0)
    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder(tf.float32, [None])
        y = f(x)
        g = tf.gradients(y, x)
        with tf.compat.v1.Session() as session:
            return session.run([y, g[0]], {x: [1.0, 2.0]}), tf.is_tensor(y), y.shape


@program
def variables_in_graphs_and_sessions(tf: Any) -> Any:
    with tf.Graph().as_default():
        v = tf.compat.v1.get_variable("v", initializer=1.0, use_resource=True)
        f = tf.function(lambda x: v.assign_add(x))
        y = f(tf.constant(2.0))
        with tf.compat.v1.Session() as session:
            session.run(tf.compat.v1.global_variables_initializer())
            return session.run(y), session.run(y), session.run(v)


@program
def graph_and_tensor_properties(tf: Any) -> Any:
    seen = []

    @tf.function
    def f(x: Any, **named: Any) -> Any:
        seen.append((x.name, x.shape, x.dtype, named["k"].name, tf.is_tensor(x), hasattr(x, "graph")))
        y = tf.add(x, 1.0, name="sum")
        with tf.name_scope("scope"):
            z = tf.identity(y, name="out")
        seen.append((y.name, z.name))
        return z
    f(tf.constant([1.0]), k=tf.constant(2.0))
    return seen


# Control flow ---------------------------------------------------------------------------------------------


@program
def loops_with_breaks(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        total, n = 0.0, 0
        for v in x:
            if v < 0.0:
                continue
            if v > 100.0:
                break
            total += v
            n += 1
        return total, n
    return f(tf.constant([1.0, -5.0, 2.0, 200.0, 7.0]))


@program
def datasets_of_rows(tf: Any) -> Any:
    @tf.function
    def collatz(n: Any) -> Any:
        steps = 0
        while n != 1 and steps < 100:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            steps += 1
        return steps

    @tf.function
    def first_big(x: Any) -> Any:
        found = -1
        for i in tf.range(tf.size(x)):
            if x[i] > 3.0:
                found = i
                break
        return found
    return collatz(tf.constant(27)), first_big(tf.constant([1.0, 5.0])), first_big(tf.constant([1.0]))


@program
def loops_change_state(tf: Any) -> Any:
    v = tf.Variable(0.0)

    class State:
        x: Any = None
    state = State()

    @tf.function
    def f(n: Any) -> Any:
        state.x = tf.constant(0)
        for _ in tf.range(n):
            v.assign_add(1.5)
            state.x += 2
        if v > 2.0:
            v.assign(v * 2.0)
        return v + 0.0, state.x
    return f(tf.constant(3)), v, f(tf.constant(0))


@program
def comprehensions_and_python_lists(tf: Any) -> Any:
    @tf.function
    def f(xs: Any) -> Any:
        out = []
        for x in xs:
            out.append(x * 2.0)  # noqa: PERF401
        squares = [x * x for x in xs]
        d = {str(i): x for i, x in enumerate(out)}
        return out, squares, d, sum(xs), max(1, 2), any(v > 1 for v in [0, 2])
    return f([tf.constant(1.0), tf.constant(2.0)])


@program
def conditions(tf: Any) -> Any:
    @tf.function
    def f(x: Any, y: Any) -> Any:
        a = x > 0.0 and y > 0.0
        b = x > 0.0 or y > 0.0
        c = not x > 0.0
        return a, b, c, x if x > y else y, 0.0 < x < y, x == y, x != y
    return f(tf.constant(1.0), tf.constant(2.0)), f(tf.constant(-1.0), tf.constant(-1.0))


@program
def unknown_dimensions(tf: Any) -> Any:
    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
    def f(x: Any) -> Any:
        n = tf.shape(x)[0]
        y = tf.reshape(x, [-1, 1]) @ tf.ones([1, 2])
        assert x.shape.as_list() == [None, None]
        return y, n, tf.reduce_mean(x, 0), tf.transpose(x)[..., :n], tf.eye(n)
    return f(tf.ones([2, 3])), f(tf.ones([1, 2]))


@program
def unknown_rank(tf: Any) -> Any:
    f = tf.function(lambda x: (tf.rank(x), tf.reduce_sum(x), tf.size(x)), input_signature=[tf.TensorSpec(None)])
    return f(tf.ones([2, 3])), f(tf.constant(2.0)), f(tf.ones([2, 3, 1]))


@program
def data_dependent_shapes(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        kept = tf.boolean_mask(x, x > 0.0)
        return kept, tf.where(x > 0.0), tf.unique(tf.cast(x, tf.int32))[0], tf.size(kept), tf.reduce_sum(kept)
    return f(tf.constant([1.0, -1.0, 3.0])), f(tf.constant([-1.0, -1.0, -3.0]))


@program
def python_functions_inside(tf: Any) -> Any:
    @tf.function
    def f(x: Any) -> Any:
        y = tf.py_function(lambda a: a * a, [x], tf.float32)
        y.set_shape([])
        z = tf.numpy_function(lambda a: np.sin(a), [x], tf.float32)
        return y, z
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y, _ = f(x)
    return f(x), tape.gradient(y, x)


@program
def vectorized(tf: Any) -> Any:
    x = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    f = tf.function(lambda x: tf.vectorized_map(lambda r: tf.reduce_sum(r) * r, x))
    return f(x), tf.vectorized_map(lambda r: r[0], x), tf.map_fn(lambda r: (r, tf.size(r)), x,
                                                                  fn_output_signature=(tf.float32, tf.int32))


@program
def batched_calls(tf: Any) -> Any:
    w = tf.Variable(tf.ones([2, 1]))

    @tf.function(reduce_retracing=True)
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((x @ w - 1.0) ** 2)
        w.assign_sub(0.1 * tape.gradient(loss, w))
        return loss
    return [step(tf.ones([n, 2])) for n in (1, 3, 2, 5, 4)], w


@program
def no_gradient_functions(tf: Any) -> Any:
    x = tf.constant(2.0)
    f = tf.function(lambda x: (x * 2.0, tf.cast(x, tf.int32), tf.stop_gradient(x)))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        a, _, c = f(x)
    return tape.gradient(a, x), tape.gradient(c, x), tape.gradient([a, c], x)


@program
def nested_function_structure(tf: Any) -> Any:
    @tf.function
    def f(batch: Any, training: bool = False) -> Any:
        x, (y, z) = batch
        return {"loss": tf.reduce_sum(x * y), "aux": (z, [x]) if training else None}
    x = tf.constant([1.0, 2.0])
    return f((x, (x, x))), f((x, (x, x)), training=True), f(batch=(x, (x, x)))
