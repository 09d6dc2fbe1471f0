"""`tf.test.compute_gradient`: Jacobians by gradients and by differences."""

from __future__ import annotations

import numpy as np
import pytest

import hornbeam as tf

check = tf.test.compute_gradient


def test_both_jacobians_of_every_argument() -> None:
    by_gradient, by_differences = check(lambda x, y: x * y, [[1.0, 2.0], [3.0, 4.0]])
    for found in (by_gradient, by_differences):
        np.testing.assert_allclose(found[0], [[3, 0], [0, 4]], rtol=1e-4)
        np.testing.assert_allclose(found[1], [[1, 0], [0, 2]], rtol=1e-4)
    assert by_gradient[0].dtype == np.float32


def test_rows_are_results_and_columns_arguments() -> None:
    (rows,), (differences,) = check(lambda x: tf.gather(x, [0, 0, 1]), [[1.0, 2.0]], delta=0.1)
    assert rows.tolist() == [[1, 0], [1, 0], [0, 1]]
    np.testing.assert_allclose(differences, rows, rtol=1e-5)


def test_complex_numbers_are_two() -> None:
    (rows,), (differences,) = check(lambda x: tf.abs(x) ** 2, [np.array([1 + 2j])])
    np.testing.assert_allclose(rows, [[2, 4]])
    np.testing.assert_allclose(differences, rows, rtol=1e-9)


def test_what_does_not_depend_has_zeros() -> None:
    (rows,), (differences,) = check(lambda x: tf.constant(1.0), [1.0])
    assert rows.tolist() == differences.tolist() == [[0]]


def test_malformed_arguments() -> None:
    with pytest.raises(ValueError, match="`x` must be a list or tuple"):
        check(lambda x: x, 3.0)
    with pytest.raises(AssertionError, match="unsupported type int32 of argument 0"):
        check(lambda x: x, [1])
