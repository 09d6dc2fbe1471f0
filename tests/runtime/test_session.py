"""`Session.run`: fetches, feeds, order, errors; what TensorFlow answers, measured there."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.backend.switches import show
from hornbeam.runtime import executor, fetches


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_fetches_keep_their_structure() -> None:
    Pair = namedtuple("Pair", "first second")
    a, b = tf.constant(1.0), tf.constant([1, 2], name="b")
    op = tf.no_op()
    with tf.Session() as sess:
        got = sess.run({"x": [a, (b, op)], "y": Pair(a, "b:0"), "z": []})
        assert isinstance(got["x"], list)
        assert isinstance(got["x"][1], tuple)
        assert got["x"][0] == 1.0
        assert got["x"][1][1] is None
        assert isinstance(got["y"], Pair)
        assert got["y"].second.tolist() == [1, 2]
        assert got["z"] == []
        assert isinstance(sess.run(OrderedDict(k=a)), OrderedDict)
        assert type(sess.run(a)) is np.float32
        assert sess.run("b").__class__ is type(None)
        assert sess.run([]) == []


def test_results_can_be_written_to() -> None:
    v = tf.Variable([1.0, 2.0])
    with tf.Session() as sess:
        sess.run(v.initializer)
        got = sess.run(v)
        got[0] = 7
        assert sess.run(v).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(("fetch", "error", "words"), [
    (3, TypeError, 'has invalid type "int" must be a string or Tensor'),
    (None, TypeError, "has invalid type"),
    ("nothing:0", ValueError, "nothing:0"),
    ("nothing", ValueError, "not in the graph"),
])
def test_what_cannot_be_fetched_is_refused(fetch, error, words) -> None:
    tf.constant(1.0)
    with tf.Session() as sess, pytest.raises(error, match=words):
        sess.run(fetch)


def test_a_tensor_of_another_graph_is_refused() -> None:
    with tf.Graph().as_default():
        other = tf.constant(1.0)
    tf.constant(1.0)
    with tf.Session() as sess, pytest.raises(ValueError, match="is not an element of this graph"):
        sess.run(other)


def test_a_closed_session_and_an_empty_graph_are_refused() -> None:
    sess = tf.Session()
    with pytest.raises(RuntimeError, match="The Session graph is empty"):
        sess.run([])
    tf.constant(1.0)
    sess.close()
    with pytest.raises(RuntimeError, match=r"Attempted to use a closed Session\."):
        sess.run([])


def test_feeds_replace_any_tensor_and_cut_the_graph() -> None:
    x = tf.placeholder(tf.float32, name="x")
    y = tf.identity(x, name="y")
    z = y * 2
    c = tf.constant(3.0)
    with tf.Session() as sess:
        assert sess.run(z, {y: 5.0}) == 10.0
        assert sess.run(z, {"y:0": 6.0}) == 12.0
        assert sess.run(c + 1, {c: 1.0}) == 2.0
        assert sess.run([y, z], {y: 5.0}) == [5.0, 10.0]


def test_a_feed_is_cast_as_numpy_casts() -> None:
    x = tf.placeholder(tf.int32)
    with tf.Session() as sess:
        assert sess.run(x, {x: 1.5}) == 1
        assert sess.run(x, {x: [True, False]}).tolist() == [1, 0]


def test_wrong_feeds_are_refused() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.Session() as sess:
        with pytest.raises(ValueError, match=r"Cannot feed value of shape \(2, 4\) for Tensor x:0, which has shape "
                                             r"\(\?, 3\)"):
            sess.run(x, {x: np.zeros((2, 4))})
        with pytest.raises(TypeError, match=r"The value of a feed cannot be a tf\.Tensor object"):
            sess.run(x, {x: tf.zeros([2, 3])})
        with pytest.raises(ValueError, match="could not convert string"):
            sess.run(x, {x: [["a", "b", "c"]]})
        with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor"):
            sess.run(x, {"nothing:0": 1.0})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"You must feed a value for placeholder tensor 'x' "
                                                                 r"with dtype float and shape \[\?,3\]") as caught:
            sess.run(x * 1)
        assert caught.value.op is x.op
        assert caught.value.error_code == 3
        assert "test_session.py" in str(caught.value)


def test_the_caller_may_overwrite_what_was_fed() -> None:
    x = tf.placeholder(tf.float32, [1000])
    v = tf.Variable(tf.zeros([1000]))
    add = tf.assign_add(v, x)
    with tf.Session() as sess:
        sess.run(v.initializer)
        data = np.ones(1000, np.float32)
        for _ in range(20):
            sess.run(add.op, {x: data})
            data[:] = 5
            data[:] = 1
        assert sess.run(v).tolist() == [20.0] * 1000


def test_an_uninitialized_variable_says_its_name() -> None:
    weights = tf.Variable(1.0, name="weights")
    with tf.Session() as sess:
        for fetch in (weights, weights + 1, tf.assign_add(weights, 1.0)):
            with pytest.raises(tf.errors.FailedPreconditionError,
                               match="Attempting to use uninitialized value weights"):
                sess.run(fetch)


def test_reads_see_the_value_before_the_run() -> None:
    v = tf.Variable(0.0)
    read, write = v + 0, tf.assign(v, 1.0)
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run([write, read]) == [1.0, 0.0]
        assert sess.run([write, read]) == [1.0, 1.0]


def test_a_control_dependency_lets_a_read_see_the_new_value() -> None:
    v = tf.Variable(1.0)
    with tf.control_dependencies([tf.assign_add(v, 2.0)]):
        after, in_sum = tf.identity(v), v + 10
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run(after) == 3.0
        assert sess.run(in_sum) == 15.0


def test_initial_values_may_depend_on_other_variables() -> None:
    w = tf.Variable([1.0])
    b = tf.Variable(w * 2)
    c = tf.Variable(b.initialized_value() + w)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run([w, b, c]) == [[1.0], [2.0], [3.0]]


def test_sessions_do_not_share_values() -> None:
    v = tf.Variable(1.0)
    one, two = tf.Session(), tf.Session()
    one.run(v.initializer)
    one.run(v.assign(5.0))
    two.run(v.initializer)
    assert one.run(v) == 5.0
    assert two.run(v) == 1.0


def test_a_failed_run_changes_no_variable() -> None:
    x = tf.placeholder(tf.int32, [None])
    v, total = tf.Variable([1.0, 2.0]), tf.Variable(0.0)
    step = tf.assign_add(total, tf.reduce_sum(tf.gather(v, x)))
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step, {x: [0, 1]})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 9 is not in \[0, 2\)"):
            sess.run(step, {x: [0, 9]})
        assert sess.run(total) == 3.0


def test_stages_alternate_where_shapes_depend_on_data() -> None:
    x = tf.placeholder(tf.float32, [None])
    picked = tf.boolean_mask(x, x > 0)
    v = tf.Variable(0.0)
    step = tf.assign_add(v, tf.reduce_sum(picked * 2))
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run([step, picked], {x: [1.0, -1.0, 3.0]})[1].tolist() == [1.0, 3.0]
        assert sess.run(step, {x: [-1.0]}) == 8.0


def test_a_fed_size_makes_a_shape() -> None:
    n = tf.placeholder(tf.int32, [])
    z = tf.zeros([n, 3]) + 1
    v = tf.Variable(0.0)
    add = tf.assign_add(v, tf.reduce_sum(z))
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run(z, {n: 2}).shape == (2, 3)
        assert sess.run(add, {n: 2}) == 6.0
        assert sess.run(add, {n: 4}) == 18.0


def test_a_computed_size_makes_a_shape() -> None:
    x = tf.placeholder(tf.float32, [None])
    n = tf.cast(tf.reduce_max(x), tf.int32)
    v = tf.Variable(0.0)
    add = tf.assign_add(v, tf.reduce_sum(tf.ones([n])))
    with tf.Session() as sess:
        sess.run(v.initializer)
        assert sess.run(add, {x: [1.0, 3.0]}) == 3.0
        assert sess.run(add, {x: [5.0]}) == 8.0


def test_stepped_and_compiled_agree() -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    y = tf.nn.softmax(tf.matmul(x, tf.ones([4, 3])) * 0.1)
    data = np.random.default_rng(0).normal(size=(400, 4)).astype(np.float32)
    with tf.Session() as sess:
        compiled = sess.run(y, {x: data})
        with show(5):
            stepped = sess.run(y, {x: data})
    np.testing.assert_allclose(compiled, stepped, rtol=1e-5)


def test_the_second_run_compiles_nothing() -> None:
    v = tf.Variable(tf.zeros([4]))
    x = tf.placeholder(tf.float32, [None, 4])
    step = tf.assign_add(v, tf.reduce_mean(x, 0)).op
    with tf.Session() as sess:
        sess.run(v.initializer)
        sess.run(step, {x: np.ones((3, 4))})
        executor.compilations.clear()
        for _ in range(5):
            sess.run(step, {x: np.ones((3, 4))})
        assert executor.compilations == []
        sess.run(step, {x: np.ones((5, 4))})
        assert len(executor.compilations) == 1
        assert "[5, 4]" in executor.compilations[0]


def test_make_callable() -> None:
    x = tf.placeholder(tf.float32)
    with tf.Session() as sess:
        double = sess.make_callable(x * 2, [x])
        assert double(3.0) == 6.0
        with pytest.raises(ValueError, match="takes 1 fed values"):
            double()


def test_eval_needs_a_session() -> None:
    x = tf.constant(1.0)
    with pytest.raises(ValueError, match=r"evaluate tensor using `eval\(\)`: No default session is registered\."):
        x.eval()
    with tf.Session():
        assert x.eval() == 1.0
    sess = tf.InteractiveSession()
    assert (x + 1).eval() == 2.0
    sess.close()


def test_both_namespaces_live_side_by_side() -> None:
    symbolic = tf.add(1, 2)
    assert isinstance(symbolic, tf.Tensor)
    with pytest.raises(TypeError):
        bool(symbolic)
    with hb.Graph().as_default():
        pass
    inside = hb.add(1, 2)  # a graph is open
    assert inside.graph is tf.get_default_graph()


def test_eager_code_runs_where_no_graph_is_open() -> None:
    # leave the fixture's graph
    from hornbeam.graph import mode
    with mode.opened(None):
        assert int(hb.add(1, 2)) == 3


def test_random_draws_advance_and_start_again() -> None:
    tf.set_random_seed(1)
    a, b = tf.random_uniform([2]), tf.random_uniform([2], seed=5)
    first, second = tf.Session(), tf.Session()
    draws = [first.run([a, b]) for _ in range(3)]
    again = [second.run([a, b]) for _ in range(3)]
    np.testing.assert_array_equal(draws, again)
    assert len({tuple(d[0]) for d in draws}) == 3
    second.run(a)
    np.testing.assert_array_equal(first.run(b), second.run(b))


def test_a_device_that_is_not_there_is_refused_unless_placement_is_soft() -> None:
    with tf.device("/gpu:7"):
        x = tf.constant(1.0) + 1
    with tf.device("/cpu:0"):
        y = tf.constant(2.0) * 2
    assert x.op.device == "/device:GPU:7"
    with tf.Session() as sess:
        assert sess.run(y) == 4.0
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Cannot assign a device for operation \w+: .*GPU:7"):
            sess.run(x)
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as sess:
        assert sess.run(x) == 2.0


def test_a_dictionary_with_a_default_keeps_it() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        answer = session.run(defaultdict(list, a=tf.constant(1.0)))
        assert answer == {"a": 1.0}
        assert answer["other"] == []


def test_a_tensors_name_is_no_operations() -> None:
    with tf.Graph().as_default() as graph:
        tf.constant(1.0, name="a")
        with pytest.raises(ValueError, match="Name 'a:0' appears to refer to a Tensor, not a Operation"):
            graph.get_operation_by_name("a:0")


def test_what_is_fed_for_a_variable_reaches_everything_that_reads_it() -> None:
    with tf.Session() as sess:
        v = tf.Variable([1.0, 2.0])
        total = tf.reduce_sum(v * v)
        slope = tf.gradients(total, v)[0]
        row = tf.gather(v, [1])
        assert sess.run([total, slope, row], {v: [3.0, 4.0]})[0] == 25  # also before it is initialized
        sess.run(v.initializer)
        np.testing.assert_array_equal(sess.run(row, {v: [3.0, 4.0]}), [4])
        np.testing.assert_array_equal(sess.run(row, {v.name: [3.0, 5.0]}), [5])
        np.testing.assert_array_equal(sess.run(v), [1, 2])


def test_a_variable_that_is_fetched_does_not_hide_its_new_value_from_later_reads() -> None:
    with tf.Session() as sess:
        v = tf.Variable([1.0, 2.0])
        sess.run(v.initializer)
        with tf.control_dependencies([v.assign_add([1.0, 1.0])]):
            row = tf.gather(v, [0])
        assert sess.run([v, row])[1] == 2


def test_a_run_in_parts_computes_nothing_twice() -> None:
    x, y = tf.placeholder(tf.float32, [], "x"), tf.placeholder(tf.float32, [], "y")
    count = tf.Variable(0.0)
    total = tf.add(x, count.assign_add(1.0), "total")
    product = tf.multiply(total, y, "product")
    with tf.Session() as sess:
        sess.run(count.initializer)
        handle = sess.partial_run_setup([total, product], [x, y])
        with pytest.raises(tf.errors.InvalidArgumentError, match="fed so far"):
            sess.partial_run(handle, product, {x: 1.0})
        first = sess.partial_run(handle, "total:0", {x: 1.0})
        assert first == 2
        with pytest.raises(tf.errors.InvalidArgumentError, match="feed x:0 has already been fed"):
            sess.partial_run(handle, product, {x: 1.0})
        assert sess.partial_run(handle, [product], {y: first * 2}) == [8]
        assert sess.run(count) == 1
        with pytest.raises(tf.errors.InvalidArgumentError, match="Must run 'setup'"):
            sess.partial_run(handle, product)
        other = sess.partial_run_setup(total, [x])
        with pytest.raises(tf.errors.InvalidArgumentError, match="was not specified"):
            sess.partial_run(other, total, {y: 1.0})


def test_what_may_not_be_fed_or_fetched() -> None:
    a, b = tf.constant(1.0), tf.constant(2.0, name=b"second")
    total = a + b
    graph = a.graph
    with tf.Session() as sess:
        assert sess.run(total, {a: 5.0}) == 7
        assert sess.run(b"second:0") == 2
        graph.prevent_feeding(a)
        graph.prevent_fetching(b.op)
        assert not graph.is_feedable(a)
        assert graph.is_feedable(b)
        assert not graph.is_fetchable(b)
        assert graph.is_fetchable(a.op)
        with pytest.raises(ValueError, match="may not be fed"):
            sess.run(total, {a: 5.0})
        with pytest.raises(ValueError, match="marked as not fetchable"):
            sess.run(b)


def test_slices_strings_and_objects_of_a_program_are_fed_and_fetched() -> None:
    rows = tf.IndexedSlices(tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int64, [2]))
    text = tf.placeholder(tf.string, [1])

    class Squared:
        def __init__(self, value) -> None:
            self.square = tf.square(value)

    fetches.register_session_run_conversion_functions(
        Squared, lambda s: ([s.square], lambda values: values[0]), lambda s, value: [(s.square, value)],
        lambda s: [s.square])
    with pytest.raises(ValueError, match="already been registered"):
        fetches.register_session_run_conversion_functions(Squared, lambda s: ([], lambda values: None))
    squared = Squared(3.0)
    with tf.Session() as sess:
        found = sess.run(rows, {rows: ([1.0, 2.0], [0, 4])})
        assert found.indices.tolist() == [0, 4]
        assert found.dense_shape is None
        assert sess.run(tf.identity(text), {text: np.array(["\u26a3"], object)})[0] == "\u26a3".encode()
        assert sess.run([squared, squared.square], {squared: 5.0}) == [5, 5]
        assert sess.run(squared) == 9


def test_sessions_that_cannot_be_made_or_entered() -> None:
    with pytest.raises(TypeError, match="config"):
        tf.Session(config=37)
    with pytest.raises(tf.errors.NotFoundError, match="No session factory registered"):
        tf.Session("nowhere")
    outer, inner = tf.Session(), tf.Session()
    with pytest.raises(RuntimeError, match="not re-entrant"), outer, outer:
        pass
    first, second = outer.as_default(), inner.as_default()
    first.__enter__()
    second.__enter__()
    with pytest.raises(AssertionError, match="Nesting violated"):
        first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert tf.get_default_session() is None


def test_no_gradient_flows_into_what_was_made_an_integer() -> None:
    x = tf.constant(2.5)
    assert tf.gradients([tf.cast(x, tf.int32), tf.cast(x, tf.bool)], x) == [None]
    assert tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float32), x) == [None]
    with tf.Session() as sess:
        assert sess.run(tf.gradients(tf.cast(x, tf.float64) * 3.0, x)) == [3]
