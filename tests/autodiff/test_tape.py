"""GradientTape and ForwardAccumulator: what is watched, what comes out, what is refused."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf1


def grad(function, *xs):
    with hb.GradientTape() as tape:
        tape.watch(xs)
        y = function(*xs)
    return tape.gradient(y, list(xs))


def test_a_watched_tensor_has_a_gradient_and_others_have_none() -> None:
    x, other = hb.constant(3.0), hb.constant(2.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = x * x * other
    assert [None if g is None else float(g) for g in tape.gradient(y, [x, other])] == [12.0, None]


def test_the_structure_of_the_sources_is_kept() -> None:
    x, y = hb.constant(1.0), hb.constant(2.0)
    with hb.GradientTape() as tape:
        tape.watch([x, y])
        z = x * y
    found = tape.gradient(z, {"a": x, "b": (y, [x])})
    assert float(found["a"]) == 2.0
    assert float(found["b"][0]) == 1.0
    assert float(found["b"][1][0]) == 2.0


def test_trainable_variables_are_watched_when_they_are_read() -> None:
    v, fixed = hb.Variable([1.0, 2.0]), hb.Variable(3.0, trainable=False)
    with hb.GradientTape() as tape:
        y = hb.reduce_sum(v * v * fixed)
    assert tape.watched_variables() == (v,)
    found = tape.gradient(y, [v, fixed])
    assert found[0].numpy().tolist() == [6.0, 12.0]
    assert found[1] is None


def test_variables_are_not_watched_where_that_is_switched_off() -> None:
    v = hb.Variable(2.0)
    with hb.GradientTape(watch_accessed_variables=False) as tape:
        y = v * v
    assert tape.gradient(y, v) is None
    with hb.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(v)
        y = v * v
    assert float(tape.gradient(y, v)) == 4.0


def test_a_tape_is_asked_once_unless_it_is_persistent() -> None:
    x = hb.constant(2.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    tape.gradient(y, x)
    with pytest.raises(RuntimeError, match="A non-persistent GradientTape can only be used to compute one set of"):
        tape.gradient(y, x)
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        z = y * y
    assert float(tape.gradient(z, x)) == 32.0
    assert float(tape.gradient(y, x)) == 4.0
    assert float(tape.gradient(z, y)) == 8.0


def test_tapes_within_tapes_give_higher_orders() -> None:
    x = hb.constant(2.0)
    with hb.GradientTape() as third:
        third.watch(x)
        with hb.GradientTape() as second:
            second.watch(x)
            with hb.GradientTape() as first:
                first.watch(x)
                y = x**4.0
            a = first.gradient(y, x)
        b = second.gradient(a, x)
    c = third.gradient(b, x)
    assert [float(a), float(b), float(c)] == [32.0, 48.0, 48.0]


def test_a_persistent_tape_differentiates_its_own_gradient() -> None:
    x = hb.constant(3.0)
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x * x
        dy = tape.gradient(y, x)
    assert float(tape.gradient(dy, x)) == 18.0


def test_several_targets_are_summed_and_weighted() -> None:
    x = hb.constant([1.0, 2.0])
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y, z = x * 2.0, x * x
    assert tape.gradient([y, z], x).numpy().tolist() == [4.0, 6.0]
    assert tape.gradient([y, z], x, [hb.constant([10.0, 0.0]), None]).numpy().tolist() == [22.0, 4.0]


def test_zeros_stand_for_what_is_unconnected() -> None:
    x, apart = hb.constant([1.0, 2.0]), hb.Variable([[1.0]])
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    assert tape.gradient(y, apart) is None
    assert tape.gradient(y, apart, unconnected_gradients=hb.UnconnectedGradients.ZERO).numpy().tolist() == [[0.0]]
    assert tape.gradient(y, apart, unconnected_gradients="zero").numpy().tolist() == [[0.0]]
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'one'"):
        tape.gradient(y, apart, unconnected_gradients="one")


def test_the_target_may_be_the_source() -> None:
    v = hb.Variable([1.0, 2.0])
    with hb.GradientTape() as tape:
        tape.watch(v)
    assert tape.gradient(v, v).numpy().tolist() == [1.0, 1.0]


def test_integers_are_not_watched(caplog: pytest.LogCaptureFixture) -> None:
    x = hb.constant(2)
    with hb.GradientTape() as tape:
        tape.watch(x)
        y = x * x
    assert "dtype of the watched tensor must be floating" in caplog.text
    assert tape.gradient(y, x) is None


def test_only_tensors_and_variables_can_be_watched() -> None:
    with hb.GradientTape() as tape, pytest.raises(ValueError, match=r"Passed in object 3\.0 of type 'float'"):
        tape.watch(3.0)


def test_recording_can_be_stopped_and_started_again() -> None:
    x = hb.constant(2.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        with tape.stop_recording():
            unseen = x * x
        y = unseen * x
    assert float(tape.gradient(y, x)) == 4.0
    with pytest.raises(RuntimeError, match="not recording"), tape.stop_recording():
        pass


def test_reset_forgets() -> None:
    x = hb.constant(2.0)
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
        tape.reset()
        tape.watch(x)
        z = x * 3.0
    assert tape.gradient(y, x) is None
    assert float(tape.gradient(z, x)) == 3.0


def test_an_assignment_cuts_the_path() -> None:
    v = hb.Variable(2.0)
    x = hb.constant(3.0)
    with hb.GradientTape() as tape:
        tape.watch(x)
        v.assign(x * x)
        y = v * 2.0
    assert [None if g is None else float(g) for g in tape.gradient(y, [x, v])] == [None, 2.0]


def test_gathered_rows_give_indexed_slices() -> None:
    table = hb.Variable(np.arange(8, dtype=np.float32).reshape(4, 2))
    with hb.GradientTape() as tape:
        y = hb.reduce_sum(hb.gather(table, [1, 1, 3]))
    found = tape.gradient(y, table)
    assert isinstance(found, hb.IndexedSlices)
    assert hb.convert_to_tensor(found).numpy().tolist() == [[0, 0], [2, 2], [0, 0], [1, 1]]


def test_jacobians() -> None:
    x = hb.constant([1.0, 2.0, 3.0])
    apart = hb.constant(1.0)
    with hb.GradientTape(persistent=True) as tape:
        tape.watch([x, apart])
        y = hb.stack([x[0] * x[1], x[2] ** 2.0])
    assert tape.jacobian(y, x).numpy().tolist() == [[2, 1, 0], [0, 0, 6]]
    assert tape.jacobian(y, apart) is None
    assert tape.jacobian(y, apart, unconnected_gradients="zero").numpy().tolist() == [0, 0]


def test_jacobians_of_rows() -> None:
    x = hb.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    with hb.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = x * x
    whole = tape.jacobian(y, x)
    rows = tape.batch_jacobian(y, x)
    assert whole.shape == (3, 2, 3, 2)
    np.testing.assert_allclose(rows, [[[2 * a, 0], [0, 2 * b]] for a, b in x.numpy()])
    with pytest.raises(ValueError, match="Need first dimension of target shape"):
        tape.batch_jacobian(y, hb.constant([[1.0]]))


def test_tapes_work_in_graphs() -> None:
    with tf1.Graph().as_default(), tf1.Session() as session:
        x = tf1.placeholder(tf1.float32, [None])
        with hb.GradientTape(persistent=True) as tape:
            tape.watch(x)
            y = x * x * x
        unseen = y * 2.0
        assert tape.gradient(unseen, x) is None
        assert session.run(tape.gradient(y, x), {x: [1, 2]}).tolist() == [3, 12]
        assert session.run(tape.jacobian(y, x), {x: [1, 2]}).tolist() == [[3, 0], [0, 12]]


def test_the_memory_of_a_tape_goes_with_it() -> None:
    x = hb.constant(np.ones(10, np.float32))
    tape = hb.GradientTape(persistent=True)
    with tape:
        tape.watch(x)
        y = hb.tanh(x)
        inner = weakref.ref(y)
        z = y * y
    del y
    assert inner() is not None
    assert tape.gradient(z, x) is not None
    del tape
    gc.collect()
    assert inner() is None


def test_custom_gradients_with_variables() -> None:
    v = hb.Variable(2.0)

    @hb.custom_gradient
    def scaled(x):
        def back(dy, variables=None):
            assert [u.ref() for u in variables] == [v.ref()]
            return dy * 100.0, [dy * 10.0]

        return x * v, back

    for function in (scaled, hb.function(scaled)):
        x = hb.constant(3.0)
        with hb.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        assert float(y) == 6.0
        assert [float(g) for g in tape.gradient(y, [x, v])] == [100.0, 10.0]

    @hb.custom_gradient
    def careless(x):
        return x * v, lambda dy: dy

    with hb.GradientTape() as tape, pytest.raises(TypeError, match="must accept a 'variables' keyword argument"):
        careless(hb.constant(1.0))


def test_recomputed_gradients_are_the_same() -> None:
    v = hb.Variable(0.5)

    def plain(x):
        return hb.tanh(x * v) * v

    for function in (plain, hb.recompute_grad(plain), hb.function(hb.recompute_grad(plain))):
        x = hb.constant(0.7)
        with hb.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        dx, dv = tape.gradient(y, [x, v])
        t = np.tanh(0.35)
        np.testing.assert_allclose([dx, dv], [0.25 * (1 - t * t), 0.35 * (1 - t * t) + t], rtol=1e-6)


# Forward ----------------------------------------------------------------------------------------------


def test_a_derivative_in_one_direction() -> None:
    x = hb.constant([[2.0, 3.0], [1.0, 4.0]])
    direction = hb.constant([[1.0, 0.0], [0.0, -1.0]])
    dense = hb.Variable([[1.0], [2.0]])
    with hb.autodiff.ForwardAccumulator(x, direction) as acc:
        y = hb.reduce_sum(hb.matmul(x, dense) ** 2.0, axis=1)
        apart = dense * 2.0
    np.testing.assert_allclose(acc.jvp(y), [2 * 8 * 1, 2 * 9 * -2])
    assert acc.jvp(apart) is None
    assert acc.jvp(apart, unconnected_gradients="zero").numpy().tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("traced", [False, True])
def test_forward_over_backward_is_a_product_with_the_hessian(traced: bool) -> None:
    def value(x):
        return hb.reduce_sum(x * x * x * hb.reverse(x, [0]))

    function = hb.function(value) if traced else value
    x = hb.constant([1.0, 2.0, 3.0], hb.float64)
    direction = hb.constant([1.0, -1.0, 2.0], hb.float64)
    with hb.autodiff.ForwardAccumulator(x, direction) as acc:
        with hb.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        g = tape.gradient(y, x)
    with hb.GradientTape() as outer:
        outer.watch(x)
        with hb.GradientTape() as inner:
            inner.watch(x)
            y = value(x)
        g2 = inner.gradient(y, x)
    np.testing.assert_allclose(acc.jvp(g), outer.jacobian(g2, x).numpy() @ direction.numpy())


def test_accumulators_within_accumulators() -> None:
    x = hb.constant(2.0)
    one = hb.constant(1.0)
    with hb.autodiff.ForwardAccumulator(x, one) as outer:
        with hb.autodiff.ForwardAccumulator(x, one) as inner:
            y = x**3.0
        first = inner.jvp(y)
    assert float(first) == 12.0
    assert float(outer.jvp(first)) == 12.0


def test_accumulators_refuse_what_does_not_fit() -> None:
    x = hb.constant([1.0, 2.0])
    with pytest.raises(ValueError, match="does not fit a primal"):
        hb.autodiff.ForwardAccumulator(x, hb.constant([1.0]))
    with pytest.raises(ValueError, match="was given as a primal before"):
        hb.autodiff.ForwardAccumulator([x, x], [x, x])
