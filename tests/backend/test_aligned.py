"""Large arrays begin where XLA takes them in place."""

import numpy as np
import pytest

import hornbeam as tf
from hornbeam.backend.aligned import ALIGNMENT, Places, aligned, copied, room


def at(array):
    return array.__array_interface__["data"][0] % ALIGNMENT


def shifted(shape, dtype=np.float32):
    """An array that begins elsewhere."""
    memory = np.arange(np.prod(shape) + 100, dtype=dtype)
    return next(view for k in range(1, 17) if at(view := memory[k:k + np.prod(shape)].reshape(shape)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8, np.complex64])
def test_large_arrays_are_moved_and_equal(dtype):
    x = shifted((500, 300), dtype)
    moved = aligned(x)
    assert at(moved) == 0
    assert moved.dtype == dtype
    np.testing.assert_array_equal(moved, x)
    assert aligned(moved) is moved
    np.testing.assert_array_equal(copied(x.T, np.dtype(np.complex128)), x.T.astype(np.complex128))


def test_small_arrays_strings_and_others_stay():
    for value in (np.ones(3), np.full(200_000, b"a", object), 3, None, tf.constant(1.0)):
        assert aligned(value) is value


def test_a_constant_is_a_copy_that_begins_there():
    x = shifted((400, 100))
    tensor = tf.constant(x)
    x[0, 0] = -1
    assert at(np.asarray(tensor)) == 0
    assert float(tensor[0, 0]) != -1


class Result:
    """A result of a program as `Places` looks at it."""

    def __init__(self, ready: bool, deleted: bool = False) -> None:
        self.is_ready, self.is_deleted = lambda: ready, lambda: deleted


@pytest.mark.parametrize(("result", "again"), [(Result(True), True), (Result(False), False),
                                               (Result(True, deleted=True), False), (None, False)])
def test_memory_is_used_again_once_the_run_is_over(result, again):
    places = Places()
    value = np.arange(6, dtype=np.float32)
    (first,) = places.filled([value], 1)
    places.until = result
    (second,) = places.filled([value + 1], 1)
    assert (first is second) == again
    np.testing.assert_array_equal(second, value + 1)
    assert at(first) == 0
    assert room((), np.dtype(np.float32)).shape == ()


def test_memory_is_not_used_again_for_other_shapes_nor_kept_where_it_is_much(monkeypatch):
    places = Places()
    (first,) = places.filled([np.zeros(6, np.float32)], "six")
    places.until = Result(True)
    (second,) = places.filled([np.ones((2, 3), np.float32)], "two by three")
    assert second.shape == (2, 3)
    assert first.sum() == 0
    monkeypatch.setattr("hornbeam.backend.aligned._MOST_KEPT", 10)
    places.until = Result(True)
    (third,) = places.filled([np.zeros((2, 3), np.float32)], "two by three")
    places.until = Result(True)
    (fourth,) = places.filled([np.ones((2, 3), np.float32)], "two by three")
    assert third.sum() == 0
    assert fourth.sum() == 6
