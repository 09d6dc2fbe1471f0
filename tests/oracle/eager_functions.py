"""Programs with traced functions: arguments, retracing and results. Each returns what it computed."""

from __future__ import annotations

import collections
import functools
from typing import Any

import numpy as np
from tests.oracle.eager_programs import Counted, program, raised

Pair = collections.namedtuple("Pair", "left right")


# Retracing ---------------------------------------------------------------------------------------------


@program
def traces_of_python_values(tf: Any) -> Any:
    f = Counted(tf, lambda x, n=1: x * n)
    x = tf.constant(1.0)
    counts = []
    for call in (lambda: f(x), lambda: f(x, 1), lambda: f(x, n=1), lambda: f(x, 2), lambda: f(x, 2),
                 lambda: f(n=2, x=x)):
        call()
        counts.append(f.traces)
    return counts


@program
def traces_of_kinds(tf: Any) -> Any:
    f = Counted(tf, lambda x: tf.cast(x, tf.float32) + 1)
    counts = []
    for x in (1, 2, 1, 1.5, tf.constant(1), tf.constant(2), np.int32(3), np.float32(1), tf.constant(1.0),
              np.ones(2, np.float32), tf.ones([2])):
        f(x)
        counts.append(f.traces)
    return counts


@program
def traces_of_structures(tf: Any) -> Any:
    f = Counted(tf, lambda x: tf.add_n([tf.reduce_sum(t) for t in tf.nest.flatten(x)]))
    one = tf.constant(1.0)
    counts = []
    for x in ([one], [one, one], (one, one), {"a": one}, {"b": one}, {"a": one}, Pair(one, one), [one]):
        f(x)
        counts.append(f.traces)
    return counts


@program
def traces_of_variables(tf: Any) -> Any:
    f = Counted(tf, lambda v: v + 1.0)
    v, w = tf.Variable(1.0), tf.Variable(5.0)
    out = [f(v), f(w), f(v)]
    return out, f.traces > 0


@program
def traces_with_a_signature(tf: Any) -> Any:
    f = Counted(tf, lambda x: tf.reduce_sum(x), input_signature=[tf.TensorSpec([None], tf.float32)])
    out = [f(tf.ones([n])) for n in (1, 2, 3)] + [f([1.0, 2.0]), f(np.ones(4, np.float32))]
    return out, f.traces, raised(lambda: f(tf.ones([1, 1]))), raised(lambda: f(tf.constant([1]))), \
        raised(lambda: f()), raised(lambda: f(tf.ones([1]), 2))


@program
def nested_signatures(tf: Any) -> Any:
    spec = tf.TensorSpec([None], tf.float32)

    @tf.function(input_signature=[{"a": spec, "b": [spec, tf.TensorSpec([], tf.int32)]}, (spec,)])
    def f(d: Any, t: Any) -> Any:
        return {"sum": tf.reduce_sum(d["a"]) + tf.reduce_sum(d["b"][0]), "n": d["b"][1], "t": t[0]}

    x = tf.constant([1.0, 2.0])
    return f({"a": x, "b": [x, tf.constant(3)]}, (x,)), [
        (t.shape, t.dtype) for t in tf.nest.flatten(f.get_concrete_function().structured_outputs)]


@program
def signatures_with_defaults(tf: Any) -> Any:
    @tf.function(input_signature=[tf.TensorSpec([], tf.float32)])
    def f(x: Any, scale: Any = 3.0) -> Any:
        return x * scale
    return f(2.0), f(x=2.0)


@program
def bad_signatures(tf: Any) -> Any:
    return (raised(lambda: tf.function(lambda x: x, input_signature=[3])(1.0)),
            raised(lambda: tf.function(lambda x: x, input_signature=tf.TensorSpec([]))(1.0), "tuple"),
            raised(lambda: tf.function(lambda x: x)(1.0, 2.0)), raised(lambda: tf.function(lambda x: x)(y=1.0)))


@program
def tracing_counts(tf: Any) -> Any:
    f = tf.function(lambda x: x + 1)
    f(1)
    f(2)
    f(tf.constant(1))
    return f.experimental_get_tracing_count()


@program
def relaxed_shapes(tf: Any) -> Any:
    shapes = []

    @tf.function(reduce_retracing=True)
    def f(x: Any) -> Any:
        shapes.append(str(x.shape))
        return tf.reduce_sum(x)
    return [f(tf.ones([n, 2])) for n in (1, 2, 3, 4)], shapes


# Concrete functions ------------------------------------------------------------------------------------


@program
def concrete_by_spec(tf: Any) -> Any:
    @tf.function
    def f(x: Any, y: Any) -> Any:
        return x * 2.0, {"y": y}

    c = f.get_concrete_function(tf.TensorSpec([None], tf.float32), tf.TensorSpec([], tf.int32))
    args, kwargs = c.structured_input_signature
    return (c(tf.constant([1.0, 2.0]), tf.constant(3)), c(x=tf.constant([1.0]), y=tf.constant(3)),
            [(s.shape, s.dtype, s.name) for s in args], kwargs,
            [t.op.name for t in c.inputs],
            [(s.shape, s.dtype) for s in tf.nest.flatten(c.structured_outputs)])


@program
def concrete_with_names(tf: Any) -> Any:
    @tf.function
    def f(x: Any, other: Any = None) -> Any:
        return x if other is None else x + other

    c = f.get_concrete_function(tf.TensorSpec([2], tf.float32, name="features"), other=tf.TensorSpec([], tf.float32))
    names = [s.name for s in tf.nest.flatten(c.structured_input_signature)]
    return names, [t.op.name for t in c.inputs], c(tf.constant([1.0, 2.0]), tf.constant(1.0))


@program
def concrete_nested_names(tf: Any) -> Any:
    @tf.function
    def f(d: Any, pair: Any, *rest: Any, **more: Any) -> Any:
        return d["a"] + pair[0] + pair[1] + rest[0] + more["k"]

    one = tf.constant(1.0)
    c = f.get_concrete_function({"a": one}, (one, one), one, k=one)
    return [t.op.name for t in c.inputs], [s.name for s in tf.nest.flatten(c.structured_input_signature)]


@program
def concrete_with_python_values(tf: Any) -> Any:
    @tf.function
    def f(x: Any, n: Any, flag: Any = True) -> Any:
        return x * n if flag else x

    c = f.get_concrete_function(tf.TensorSpec([], tf.float32), 3, flag=True)
    return c(tf.constant(2.0)), len(c.inputs), c.structured_input_signature[0][1:], c.structured_input_signature[1]


@program
def concrete_refuses(tf: Any) -> Any:
    c = tf.function(lambda x: x + 1.0).get_concrete_function(tf.TensorSpec([2], tf.float32))
    return (raised(lambda: c()),
            raised(lambda: c(tf.ones([2]), tf.ones([2]))), c(tf.ones([2])))


@program
def concrete_graphs(tf: Any) -> Any:
    v = tf.Variable(2.0)
    w = tf.constant([1.0, 2.0])
    c = tf.function(lambda x: x * v + w).get_concrete_function(tf.TensorSpec([2], tf.float32))
    return (len(c.captured_inputs), [x is v for x in c.variables], len(c.trainable_variables), c.outputs[0].shape,
            c.output_shapes,
            c.output_dtypes)


@program
def one_trace_two_ways(tf: Any) -> Any:
    f = Counted(tf, lambda x: x * 2.0)
    f.call.get_concrete_function(tf.TensorSpec([2], tf.float32))
    f(tf.ones([2]))
    return f.traces


# Arguments and results ---------------------------------------------------------------------------------


@program
def kinds_of_results(tf: Any) -> Any:
    x = tf.constant(1.0)
    f = functools.partial(tf.function, autograph=False)
    return (f(lambda: None)(), f(lambda: ())(), f(lambda: [])(), f(lambda: {})(), f(lambda x: [x, None, (x,)])(x),  # noqa: PIE807
            f(lambda x: {"b": x, "a": [x]})(x), f(lambda x: Pair(x, x + 1))(x).right, f(lambda: 3)(),
            f(lambda: 2.5)(), f(lambda: "text")(), f(lambda: np.arange(3))(), f(lambda: True)(),
            type(f(lambda x: Pair(x, x))(x)).__name__, type(f(lambda x: [x])(x)).__name__,
            raised(lambda: f(lambda: object())(), "found return value of type"))


@program
def kinds_of_parameters(tf: Any) -> Any:
    @tf.function
    def f(a: Any, /, b: Any = 2.0, *rest: Any, c: Any = 3.0, **more: Any) -> Any:
        return tf.add_n([tf.convert_to_tensor(x) for x in (a, b, *rest, c, *more.values())])
    return f(1.0), f(1.0, 5.0), f(1.0, 5.0, 6.0), f(1.0, c=7.0), f(1.0, d=8.0), f(tf.constant(1.0), b=tf.constant(2.0))


@program
def methods(tf: Any) -> Any:
    class Thing:
        scale = 2.0

        def __init__(self, k: float) -> None:
            self.k = k

        @tf.function
        def call(self, x: Any) -> Any:
            return x * self.k

        @classmethod
        @tf.function
        def of_class(cls, x: Any) -> Any:
            return x * cls.scale

        @staticmethod
        @tf.function
        def static(x: Any) -> Any:
            return x + 1.0

        @property
        @tf.function
        def half(self) -> Any:
            return tf.constant(self.k) / 2.0

        @tf.function
        def __call__(self, x: Any) -> Any:
            return self.call(x) + 1.0

    x = tf.constant(1.0)
    a, b = Thing(2.0), Thing(3.0)
    return a.call(x), b.call(x), a.of_class(x), Thing.of_class(x), a.static(x), a.half, b(x), Thing.call(a, x)


@program
def subclasses(tf: Any) -> Any:
    class Base:
        @tf.function
        def f(self, x: Any) -> Any:
            return x + 1.0

    class Derived(Base):
        @tf.function
        def f(self, x: Any) -> Any:
            return super().f(x) * 10.0
    derived = Derived()
    return derived.f(tf.constant(1.0)), derived.f(tf.constant(2.0))


@program
def partials_and_lambdas(tf: Any) -> Any:
    def f(x: Any, y: Any, z: Any = 1.0) -> Any:
        return x * y + z

    class Callable:
        def __call__(self, x: Any) -> Any:
            return x - 1.0

    x = tf.constant(2.0)
    return (tf.function(functools.partial(f, y=3.0))(x), tf.function(functools.partial(f, x))(5.0),
            tf.function(lambda a, *b: a + b[0])(x, x), tf.function(Callable())(x),
            functools.partial(tf.function(f), z=7.0)(x, x), tf.function(tf.nn.relu)(x),
            tf.function(tf.function(f))(x, x))


@program
def decorated(tf: Any) -> Any:
    def twice(function: Any) -> Any:
        @functools.wraps(function)
        def wrapper(*args: Any) -> Any:
            return function(*args) * 2.0
        return wrapper

    @tf.function
    @twice
    def f(x: Any) -> Any:
        if x > 0.0:
            return x
        return -x

    @twice
    @tf.function
    def g(x: Any) -> Any:
        return x
    return f(tf.constant(-3.0)), g(tf.constant(1.0)), f.__name__


@program
def functions_in_functions(tf: Any) -> Any:
    inner = Counted(tf, lambda x: x * 2.0)

    @tf.function
    def outer(x: Any) -> Any:
        return inner(x) + inner(x + 1.0)
    x = tf.constant(1.0)
    return outer(x), inner(x), inner.traces


@program
def recursion(tf: Any) -> Any:
    @tf.function
    def power(x: Any, n: int) -> Any:
        return tf.ones_like(x) if n == 0 else x * power(x, n - 1)
    x = tf.constant(2.0)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = power(x, 4)
    return y, tape.gradient(y, x)


@program
def closures_see_new_values(tf: Any) -> Any:
    state = {"k": 1.0}
    f = tf.function(lambda x: x * state["k"])
    x = tf.constant(1.0)
    a = f(x)
    state["k"] = 5.0
    return a, f(x)


@program
def functions_as_arguments(tf: Any) -> Any:
    @tf.function
    def apply(f: Any, x: Any) -> Any:
        return f(x)
    x = tf.constant(4.0)
    return apply(tf.sqrt, x), apply(lambda y: y * 2.0, x), apply(tf.function(lambda y: y + 1.0), x)


@program
def strings_and_none_as_arguments(tf: Any) -> Any:
    @tf.function
    def f(x: Any, how: Any = None, dtype: Any = tf.float32) -> Any:
        return tf.cast(-x if how == "minus" else x, dtype)
    x = tf.constant(2.0)
    return f(x), f(x, "minus"), f(x, how=None), f(x, dtype=tf.int32), tf.function(lambda s: s + "!")(tf.constant("a"))


@program
def numpy_arguments(tf: Any) -> Any:
    f = tf.function(lambda x: (tf.is_tensor(x), x))
    return f(np.ones(2)), f(np.float32(1.0)), f(3)[1], f([1.0, 2.0])[1], f(np.arange(3))
