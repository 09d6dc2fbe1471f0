"""Traced functions: when they trace, what flows in and out, variables, gradients, names of what went wrong."""

from __future__ import annotations

import collections
import copy
import gc
import threading
import weakref

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf1
from hornbeam.runtime import executor


def counted(function):
    """The function, and a list that grows with each time Python runs it."""
    runs = []

    def run(*args, **kwargs):
        runs.append(args)
        return function(*args, **kwargs)

    return run, runs


# Tracing ----------------------------------------------------------------------------------------------


def test_one_trace_for_one_signature() -> None:
    body, runs = counted(lambda x: x + 1)
    f = hb.function(body)
    assert int(f(hb.constant(1))) == 2
    assert int(f(hb.constant(5))) == 6
    assert len(runs) == 1
    assert float(f(hb.constant(1.0))) == 2.0
    assert len(runs) == 2


def test_python_values_count_by_value_and_tensors_by_shape() -> None:
    body, runs = counted(lambda x, n, flag=True: x * n if flag else x)
    f = hb.function(body)
    f(hb.constant(1.0), 2)
    f(hb.constant(7.0), 2)
    f(hb.constant(7.0), 2, flag=True)
    assert len(runs) == 1 or len(runs) == 2  # `run` takes *args: the default is not seen
    before = len(runs)
    assert float(f(hb.constant(7.0), 3)) == 21.0
    assert float(f(hb.constant(7.0), 3, flag=False)) == 7.0
    assert len(runs) == before + 2


def test_defaults_and_names_bind_as_in_python() -> None:
    traces = []

    @hb.function
    def f(x, scale=2.0, *, shift=1.0):
        traces.append(1)
        return x * scale + shift

    x = hb.constant(3.0)
    assert float(f(x)) == float(f(x, 2.0)) == float(f(x=x)) == float(f(x, shift=1.0)) == 7.0
    assert len(traces) == 1
    with pytest.raises(TypeError, match=r"Binding inputs to tf\.function failed"):
        f(x, 1.0, 2.0)


def test_numpy_arrays_are_tensors() -> None:
    body, runs = counted(lambda x: x * 2)
    f = hb.function(body)
    assert f(np.array([1, 2], np.int32)).numpy().tolist() == [2, 4]
    assert f(np.array([3, 4], np.int32)).numpy().tolist() == [6, 8]
    assert float(f(np.float32(1.5))) == 3.0
    assert len(runs) == 2


def test_shapes_that_keep_changing_end_in_one_trace_with_open_dimensions() -> None:
    seen = []

    @hb.function
    def f(x):
        seen.append(tuple(x.shape))
        return hb.reduce_sum(x, axis=0)

    for n in range(1, 40):
        np.testing.assert_allclose(f(hb.ones([n, 3])), [n, n, n])
    assert seen == [(1, 3), (2, 3), (3, 3), (None, 3)]
    assert f.experimental_get_tracing_count() == 4
    assert "x: float32[1, 3] before, float32[2, 3] now" in f.explain()
    assert "with open dimensions" in f.explain()


def test_reduce_retracing_opens_dimensions_at_once() -> None:
    body, runs = counted(lambda x: hb.reduce_sum(x))
    f = hb.function(body, reduce_retracing=True)
    for n in range(1, 10):
        f(hb.ones([n]))
    assert len(runs) == 2


def test_a_function_that_needs_its_shapes_goes_on_tracing() -> None:
    @hb.function
    def f(x):
        return sum(x[i] * float(i) for i in range(x.shape[0]))

    for n in range(1, 8):
        assert float(f(hb.ones([n]))) == sum(range(n))


def test_programs_compiled_for_changing_shapes_are_bounded() -> None:
    v = hb.Variable(hb.zeros([3]))

    @hb.function
    def step(x):
        v.assign_add(hb.reduce_mean(x, axis=0))
        return hb.reduce_sum(v)

    executor.compilations.clear()
    for n in range(1, 101):
        step(hb.ones([n, 3]))
    assert len(executor.compilations) <= 3 + 32
    np.testing.assert_allclose(v, [100.0] * 3, rtol=1e-5)


def test_an_input_signature_makes_one_trace() -> None:
    traces = []

    @hb.function(input_signature=[hb.TensorSpec([None, 2], hb.float32), hb.TensorSpec([], hb.int32)])
    def f(x, n):
        traces.append(x.shape)
        return hb.reduce_sum(x) * hb.cast(n, hb.float32)

    assert float(f(hb.ones([3, 2]), 2)) == 12.0
    assert float(f([[1, 2], [3, 4]], hb.constant(1))) == 10.0
    assert [s.as_list() for s in traces] == [[None, 2]]
    with pytest.raises(TypeError, match="is not compatible with its signature"):
        f(hb.ones([3, 3]), 1)
    with pytest.raises(TypeError):
        f(hb.ones([3, 2]))
    with pytest.raises(TypeError, match="input_signature must be either a tuple or a list"):
        hb.function(lambda x: x, input_signature=hb.TensorSpec([]))


def test_concrete_functions() -> None:
    @hb.function
    def f(x, y=2):
        return {"sum": x + y, "pair": (x, [x * x])}

    concrete = f.get_concrete_function(hb.TensorSpec([None], hb.int32))
    found = concrete(hb.constant([1, 2, 3]))
    assert found["sum"].numpy().tolist() == [3, 4, 5]
    assert found["pair"][1][0].numpy().tolist() == [1, 4, 9]
    assert concrete.structured_outputs["sum"] == hb.TensorSpec([None], hb.int32)
    assert concrete.outputs[0].dtype == hb.int32
    assert concrete(x=hb.constant([5]))["sum"].numpy().tolist() == [7]
    with pytest.raises(TypeError, match="was traced for int32"):
        concrete(hb.constant([1.0]))


# What flows in and out --------------------------------------------------------------------------------


def test_structures_come_back_as_they_were() -> None:
    Pair = collections.namedtuple("Pair", "a b")

    @hb.function
    def f(p, d):
        return Pair(p.b, {"x": d["x"], "none": None}), [3, 4.5], "text"

    pair, numbers, text = f(Pair(hb.constant(1), hb.constant(2)), {"x": hb.constant(3)})
    assert isinstance(pair, Pair)
    assert int(pair.a) == 2
    assert int(pair.b["x"]) == 3
    assert pair.b["none"] is None
    assert [float(n) for n in numbers] == [3.0, 4.5]
    assert text.numpy() == b"text"


def test_what_is_no_tensor_cannot_be_returned() -> None:
    with pytest.raises(TypeError, match="found return value of type"):
        hb.function(lambda: object())()


def test_tensors_from_outside_flow_in() -> None:
    big = hb.constant(np.arange(6.0, dtype=np.float32))

    @hb.function
    def f(x):
        return x * big

    assert f(2.0).numpy().tolist() == [0, 2, 4, 6, 8, 10]
    with hb.GradientTape() as tape:
        tape.watch(big)
        y = hb.reduce_sum(f(hb.constant(3.0)))
    assert tape.gradient(y, big).numpy().tolist() == [3.0] * 6


def test_shapes_may_follow_from_tensors() -> None:
    @hb.function
    def f(x, shape):
        return hb.reshape(x, shape)

    assert f(hb.range(6), hb.constant([2, 3])).shape == (2, 3)
    assert f(hb.range(6), hb.constant([3, 2])).shape == (3, 2)


def test_strings_and_printing_in_program_order(capfd: pytest.CaptureFixture[str]) -> None:
    v = hb.Variable(1)

    @hb.function
    def f(s):
        hb.print("before", v)
        v.assign_add(1)
        hb.print("after", v)
        return hb.strings.join([s, "!"])

    assert f("hey").numpy() == b"hey!"
    err = capfd.readouterr().err
    assert err.split("\n")[:2] == ["before 1", "after 2"]


def test_what_was_made_in_a_trace_cannot_be_used_outside() -> None:
    leaked = []

    @hb.function
    def f(x):
        leaked.append(x * 2)
        return x

    f(hb.constant(1.0))
    with pytest.raises(hb.errors.InaccessibleTensorError, match="out of scope"):
        leaked[0] + 1.0


def test_functions_call_functions() -> None:
    body, runs = counted(lambda x: x * x)
    inner = hb.function(body)

    @hb.function
    def outer(x):
        return inner(x) + inner(x + 1.0)

    assert float(outer(hb.constant(2.0))) == 13.0
    assert len(runs) == 1
    x = hb.constant(2.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = outer(x)
    assert float(tape.gradient(y, x)) == 10.0


def test_functions_within_functions_use_what_is_around_them() -> None:
    @hb.function
    def outer(x):
        doubled = x * 2.0

        @hb.function
        def inner(y):
            return y + doubled

        return inner(x) * 10.0

    assert float(outer(hb.constant(1.0))) == 30.0


def test_functions_run_in_graphs_and_sessions() -> None:
    v = hb.Variable(10.0)

    @hb.function
    def f(x):
        return x * v

    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf1.float32, [])
        y = f(x)
        assert session.run(y, {x: 3.0}) == 30.0
        v.assign(1.0) if hb.executing_eagerly() else None
        assert session.run(tf1.gradients(y, x)[0], {x: 3.0}) == 10.0


# Variables --------------------------------------------------------------------------------------------


def test_reads_and_writes_are_in_program_order() -> None:
    v = hb.Variable(1.0)

    @hb.function
    def f(x):
        before = v.read_value()
        v.assign_add(x)
        between = v * 1.0
        v.assign(v * 2.0)
        return before, between, v

    assert [float(t) for t in f(hb.constant(2.0))] == [1.0, 3.0, 6.0]
    assert float(v) == 6.0


def test_values_that_were_read_survive_later_updates() -> None:
    v = hb.Variable(np.zeros(1000, np.float32))

    @hb.function
    def step():
        v.assign_add(hb.ones([1000]))
        return v.read_value()

    seen = [v.read_value()]
    for _ in range(4):
        seen.append(step())
        seen.append(v.read_value())
    assert [float(t[0]) for t in seen] == [0, 1, 1, 2, 2, 3, 3, 4, 4]


def test_a_failed_call_changes_no_variable() -> None:
    v = hb.Variable(1.0)
    table = hb.constant([1.0, 2.0])

    @hb.function
    def f(i):
        v.assign_add(1.0)
        return hb.gather(table, i)

    f(hb.constant(1))
    with pytest.raises(hb.errors.InvalidArgumentError, match=r"indices = 5 is not in \[0, 2\)"):
        f(hb.constant(5))
    assert float(v) == 2.0


def test_variables_are_made_in_the_first_call() -> None:
    class Model:
        def __init__(self):
            self.w = None

        @hb.function
        def __call__(self, x):
            if self.w is None:
                self.w = hb.Variable(hb.random.normal([2], seed=1) + 1.0)
            return self.w * x

    a, b = Model(), Model()
    a(hb.constant(1.0))
    first = a.w.numpy()
    np.testing.assert_allclose(a(hb.constant(2.0)), first * 2)
    assert b.w is None
    b(hb.constant(1.0))
    assert b.w is not a.w


def test_variables_that_nobody_keeps_are_refused() -> None:
    @hb.function
    def f(x):
        return hb.Variable(1.0) + x

    with pytest.raises(ValueError, match=r"tf.function only supports singleton tf.Variables created on the first"):
        f(hb.constant(1.0))


def test_variables_made_in_a_later_call_are_refused() -> None:
    kept = []

    @hb.function
    def f(x):
        kept.append(hb.Variable(1.0))
        return kept[-1] + x

    f(hb.constant(1.0))
    with pytest.raises(ValueError, match="singleton"):
        f(hb.constant([1.0]))


def test_branches_and_loops_write_variables() -> None:
    v = hb.Variable(0.0)

    @hb.function
    def f(n):
        def body(i):
            hb.cond(i % 2 == 0, lambda: v.assign_add(1.0), lambda: v.assign_add(10.0))
            return i + 1

        hb.while_loop(lambda i: i < n, body, [hb.constant(0)])
        return v.read_value()

    assert float(f(hb.constant(5))) == 23.0
    assert float(v) == 23.0


# Gradients --------------------------------------------------------------------------------------------


def test_a_tape_goes_back_through_a_call() -> None:
    v = hb.Variable([1.0, 2.0])
    table = hb.Variable(np.ones((4, 2), np.float32))

    @hb.function
    def f(x, i):
        return hb.reduce_sum(hb.tanh(x * v) * hb.gather(table, i)), x * 2.0

    def plain(x, i):
        return f.python_function(x, i)

    found = []
    for function in (plain, f):
        x = hb.constant([0.3, -0.2])
        with hb.GradientTape() as tape:
            tape.watch(x)
            y, z = function(x, hb.constant([0, 3, 3]))
        grads = tape.gradient([y, z], [x, v, table])
        assert isinstance(grads[2], hb.IndexedSlices)
        found.append([hb.convert_to_tensor(g).numpy() for g in grads])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_the_gradient_does_not_repeat_what_the_call_did() -> None:
    v = hb.Variable(1.0)

    @hb.function
    def f(x):
        v.assign_add(1.0)
        return hb.reduce_sum(hb.nn.dropout(x, 0.5)) * v

    x = hb.ones([1000])
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = f(x)
    g = tape.gradient(y, x)
    assert float(v) == 2.0
    np.testing.assert_allclose(float(hb.reduce_sum(g)), float(y), rtol=1e-5)  # the same elements were dropped


@pytest.mark.parametrize("orders", [2, 3])
def test_higher_orders_through_calls(orders: int) -> None:
    f = hb.function(lambda x: x**5.0)
    x = hb.constant(2.0)

    def derivative(order: int):
        if order == 0:
            return f(x)
        with hb.GradientTape() as tape:
            tape.watch(x)
            y = derivative(order - 1)
        return tape.gradient(y, x)

    assert float(derivative(orders)) == {2: 160.0, 3: 240.0}[orders]


def test_draws_advance_with_each_call() -> None:
    f = hb.function(lambda: hb.random.normal([3]))
    a, b = f().numpy(), f().numpy()
    assert not np.array_equal(a, b)
    hb.random.set_seed(3)
    g = hb.function(lambda: hb.random.normal([3]))
    first = [g().numpy() for _ in range(2)]
    hb.random.set_seed(3)
    h = hb.function(lambda: hb.random.normal([3]))
    assert [x.tolist() for x in first] == [h().numpy().tolist() for _ in range(2)]


# The rest ---------------------------------------------------------------------------------------------


def test_methods_have_traces_of_their_own_and_let_instances_go() -> None:
    class Thing:
        @hb.function
        def f(self, x):
            return x + self.add

    a, b = Thing(), Thing()
    a.add, b.add = 1.0, 2.0
    assert [float(a.f(hb.constant(1.0))), float(b.f(hb.constant(1.0)))] == [2.0, 3.0]
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is None
    copy.deepcopy(b)


def test_functions_can_be_run_as_python() -> None:
    hb.config.run_functions_eagerly(True)
    try:
        body, runs = counted(lambda x: x + 1)
        f = hb.function(body)
        f(hb.constant(1))
        f(hb.constant(1))
        assert len(runs) == 2
    finally:
        hb.config.run_functions_eagerly(False)


def test_the_users_line_is_named() -> None:
    @hb.function
    def f(x):
        return hb.gather(x, 7)  # the line

    with pytest.raises(hb.errors.InvalidArgumentError) as caught:
        f(hb.constant([1.0]))
    assert "the line" in str(caught.value) or "test_function.py" in str(caught.value)
    with pytest.raises(ValueError, match="Dimensions must be equal"):
        hb.function(lambda a, b: hb.matmul(a, b))(hb.ones([2, 3]), hb.ones([2, 3]))


def test_threads_share_a_variable_that_compiled_calls_write() -> None:
    v = hb.Variable(hb.zeros([300, 300]))

    @hb.function
    def add(x):
        v.assign_add(x)
        return hb.reduce_sum(v)

    x = hb.ones([300, 300])
    add(x)
    failed = []

    def work(reads):
        try:
            for _ in range(50):
                v.numpy() if reads else add(x)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(reads,)) for reads in (False, False, True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert float(v[0, 0]) == 101.0


def test_arguments_are_named_in_graphs_and_specs_as_in_python() -> None:
    @hb.function
    def f(d, pair, *rest, **more):
        return d["a"] + pair[0] + pair[1] + rest[0] + more["k"]

    one = hb.constant(1.0)
    concrete = f.get_concrete_function({"a": one}, (one, one), one, k=one)
    assert [t.op.name for t in concrete.inputs] == ["d", "pair", "pair_1", "rest_0", "k"]
    specs = hb.nest.flatten(concrete.structured_input_signature)
    assert [s.name for s in specs] == ["d_a", "pair_0", "pair_1", "rest_0", "k"]


def test_the_python_function_can_be_decorated_before_it_is_traced() -> None:
    function = hb.function(lambda x: x + 1)
    function._decorate(lambda inner: lambda x: inner(x) * 10)
    assert int(function(hb.constant(1))) == 20
    with pytest.raises(ValueError, match="traced"):
        function._decorate(lambda inner: inner)


def test_updates_from_several_threads_all_count():
    total, rows = hb.Variable(0.0), hb.Variable(hb.zeros([3, 2]))

    def add():
        for _ in range(200):
            total.assign_add(1.0)
            rows.scatter_add(hb.IndexedSlices(hb.ones([1, 2]), hb.constant([1])))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total.numpy() == 800
    assert rows.numpy().tolist() == [[0, 0], [800, 800], [0, 0]]


def test_a_concrete_function_need_not_be_added_to_graphs() -> None:
    concrete = hb.function(lambda x: x + 1).get_concrete_function(hb.TensorSpec([], hb.int32))
    with hb.Graph().as_default() as graph:
        concrete.add_to_graph(graph)
        concrete.add_gradient_functions_to_graph()
        made = concrete(hb.constant(1))
        with tf1.Session() as session:
            assert session.run(made) == 2
