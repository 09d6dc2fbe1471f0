"""The mathematics against NumPy and against answers recorded from TensorFlow 2.21: values, names, errors."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import hornbeam as hb
import hornbeam.v1 as tf
from hornbeam.graph.errors import InvalidArgumentError


def value(tensor: Any) -> Any:
    return np.asarray(tensor.numpy())


def gradient(function: Any, *inputs: Any) -> list[Any]:
    """The gradients of the sum of `function` by each input, None where there is none."""
    with tf.Graph().as_default(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        xs = [tf.constant(x) for x in inputs]
        found = tf.gradients(tf.reduce_sum(function(*xs)), xs)
        with tf.Session() as sess:
            return [None if g is None else sess.run(g) for g in found]


# Values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8])
def test_integers_keep_their_dtype(dtype: Any):
    x, y = np.array([7, 3, 120], dtype), np.array([2, 3, 7], dtype)
    for function, expected in ((hb.add, x + y), (hb.multiply, x * y), (hb.math.floordiv, x // y),
                               (hb.math.floormod, x % y), (hb.maximum, np.maximum(x, y))):
        found = function(hb.constant(x), hb.constant(y))
        assert found.numpy().dtype == dtype
        np.testing.assert_array_equal(value(found), expected)


def test_integers_divide_as_tensorflow_says():
    x, y = hb.constant([-7, 7, -7]), hb.constant([2, -2, -2])
    assert value(x // y).tolist() == [-4, -4, 3]
    assert value(x % y).tolist() == [1, -1, -1]
    assert value(hb.truncatediv(x, y)).tolist() == [-3, -3, 3]
    assert value(hb.truncatemod(x, y)).tolist() == [-1, 1, -1]
    assert (x / y).dtype is hb.float64
    assert (hb.constant([1], hb.int8) / hb.constant([2], hb.int8)).dtype is hb.float32
    assert value(hb.reduce_mean([-3, -4])).item() == -3


def test_the_sum_of_small_integers_wraps():
    assert value(hb.reduce_sum(hb.constant([100, 100], hb.int8))).item() == -56


def test_extremes_of_nothing():
    assert value(hb.reduce_max(np.zeros(0, np.float32))).item() == -np.inf
    assert value(hb.reduce_min(np.zeros(0, np.int32))).item() == 2**31 - 1
    assert value(hb.reduce_sum(np.zeros((0, 2), np.float32), 0)).tolist() == [0, 0]
    assert np.isnan(value(hb.reduce_mean(np.zeros(0, np.float32))))
    assert value(hb.reduce_all(np.zeros(0, bool))).item() is True


def test_round_halves_to_even():
    assert value(hb.round([0.5, 1.5, 2.5, -0.5, -1.5])).tolist() == [0, 2, 2, 0, -2]


def test_nan_is_never_the_largest_place():
    assert value(hb.argmax([1.0, np.nan, 2.0])).item() == 2
    assert value(hb.argmin([np.nan, 5.0, 2.0])).item() == 2


def test_zero_rules_its_products():
    assert value(hb.math.xlogy([0.0, 0.0], [0.0, np.nan])).tolist() == [0, 0]
    assert value(hb.math.multiply_no_nan([np.inf], [0.0])).tolist() == [0]
    assert value(hb.math.divide_no_nan([3.0], [0.0])).tolist() == [0]


def test_logsumexp_of_extreme_numbers():
    assert value(hb.reduce_logsumexp([-np.inf, -np.inf])).item() == -np.inf
    assert value(hb.reduce_logsumexp([1000.0, 1000.0])).item() == pytest.approx(1000 + np.log(2))


@pytest.mark.parametrize("axis", [None, 0, 1, -1, [0, 2], [], [-1, 0]])
@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min"])
def test_reductions_agree_with_numpy(name: str, axis: Any):
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    axes = None if axis is None else tuple(np.reshape(axis, -1).astype(int))
    for keep in (False, True):
        found = getattr(hb, f"reduce_{name}")(x, axis, keep)
        np.testing.assert_allclose(value(found), getattr(np, name)(x, axis=axes, keepdims=keep), rtol=1e-12)


def test_reducing_a_tensor_of_unknown_rank():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32)
        total = tf.reduce_sum(x)
        assert sess.run(total, {x: np.ones((2, 3))}) == 6
        assert sess.run(total, {x: 5.0}) == 5


@pytest.mark.parametrize(("k", "align", "expected"), [
    ((0, 2), "RIGHT_LEFT", [[9, 3], [2, 6], [1, 5]]),
    ((0, 2), "LEFT_RIGHT", [[3, 9], [2, 6], [1, 5]]),
    ((-1, 0), "RIGHT_LEFT", [[1, 5], [4, 9]]),
    ((-1, 0), "LEFT_RIGHT", [[1, 5], [9, 4]]),
    (1, "RIGHT_LEFT", [2, 6]),
])
def test_diagonals_align(k: Any, align: str, expected: Any):
    x = [[1.0, 2, 3], [4, 5, 6]]
    assert value(hb.linalg.diag_part(x, k=k, padding_value=9.0, align=align)).tolist() == expected


def test_singular_values_come_before_the_vectors():
    x = np.random.default_rng(0).normal(size=(4, 3))
    s, u, v = hb.linalg.svd(x)
    assert value(s)[0] > value(s)[-1]
    np.testing.assert_allclose(value(u) @ np.diag(value(s)) @ value(v).T, x, atol=1e-12)


def test_eigenvalues_of_general_matrices_are_complex():
    e, v = hb.linalg.eig([[0.0, 1.0], [-1.0, 0.0]])
    assert e.dtype is hb.complex64
    np.testing.assert_allclose(sorted(value(e).imag), [-1, 1], atol=1e-6)
    x = np.array([[0, 1], [-1, 0]])
    np.testing.assert_allclose(x @ value(v), value(v) @ np.diag(value(e)), atol=1e-6)


def test_matrix_functions_invert_each_other():
    x = np.array([[4.0, 1.0], [0.5, 3.0]])
    np.testing.assert_allclose(value(hb.matmul(hb.linalg.sqrtm(x), hb.linalg.sqrtm(x))), x, atol=1e-9)
    np.testing.assert_allclose(value(hb.linalg.expm(hb.linalg.logm(x.astype(complex)))), x, atol=1e-9)


def test_what_has_no_triangle_is_nan():
    assert np.isnan(value(hb.linalg.cholesky([[-1.0]]))).all()


def test_segments_that_are_left_out():
    assert value(hb.math.segment_max([3.0, 4.0], [0, 2])).tolist() == [3, 0, 4]
    assert value(hb.math.unsorted_segment_sum([1, 2, 4], [1, -1, 1], 3)).tolist() == [0, 5, 0]


def test_counting_into_bins():
    assert value(hb.math.bincount([1, 1, 4], minlength=3, maxlength=4)).tolist() == [0, 2, 0, 0]
    assert value(hb.math.bincount(np.zeros(0, np.int32))).tolist() == []
    assert value(hb.math.bincount([[1, 1], [0, 2]], axis=-1)).tolist() == [[0, 2, 0], [1, 0, 1]]


def test_in_top_k_counts_ties_and_refuses_nan():
    rows = [[0.1, 0.5, 0.4], [0.3, 0.3, 0.3], [1.0, 2.0, np.nan], [1.0, 2.0, 3.0]]
    assert value(hb.math.in_top_k([0, 1, 2, 5], rows, 2)).tolist() == [False, True, False, False]
    with tf.Session() as sess:
        assert sess.run(tf.nn.in_top_k(rows, [1, 2, 1, 1], 1)).tolist() == [True, True, False, False]


def test_einsum_takes_names_and_refuses_other_keywords():
    assert value(hb.einsum("ij,jk->ik", np.eye(2), np.ones((2, 3)), optimize="greedy")).tolist() == [[1] * 3] * 2
    with pytest.raises(TypeError, match="Valid keyword arguments"):
        hb.einsum("i->i", [1.0], colour="red")


# Gradients at awkward points -----------------------------------------------------------------------------


@pytest.mark.parametrize(("function", "inputs", "expected"), [
    (tf.abs, ([0.0, -2.0],), [[0, -1]]),
    (tf.sqrt, ([0.0, 4.0],), [[np.inf, 0.25]]),
    (tf.maximum, ([1.0, 2.0], [1.0, 3.0]), [[1, 0], [0, 1]]),
    (tf.minimum, ([1.0, 2.0], [1.0, 3.0]), [[1, 1], [0, 0]]),
    (lambda x: tf.reduce_max(x, 1), ([[1.0, 2.0, 2.0]],), [[[0, 0.5, 0.5]]]),
    (lambda x: tf.reduce_prod(x), ([0.0, 2.0, 3.0],), [[6, 0, 0]]),
    (tf.pow, ([0.0, 2.0], [2.0, 0.0]), [[0, 0], [0, np.log(2)]]),
    (lambda x: tf.clip_by_value(x, 0.0, 1.0), ([-1.0, 0.0, 1.0, 2.0],), [[0, 1, 1, 0]]),
    (lambda x: tf.clip_by_norm(x, 1.0), ([0.0, 0.0],), [[1, 1]]),
    (lambda x: tf.norm(x), ([3.0, 4.0],), [[0.6, 0.8]]),
    (tf.floor, ([1.5],), [None]),
    (lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32), ([1.5],), [None]),
    (tf.floormod, ([5.0], [3.0]), [[1], [-1]]),
    (lambda x: tf.nn.top_k(x, 2)[0], ([1.0, 3.0, 2.0],), [[0, 1, 1]]),
    (lambda x: tf.unsorted_segment_prod(x, [0, 0, -1], 1), ([0.0, 2.0, 5.0],), [[2, 0, 0]]),
])
def test_gradient_at_awkward_points(function: Any, inputs: Any, expected: Any):
    for found, wanted in zip(gradient(function, *inputs), expected, strict=True):
        if wanted is None:
            assert found is None
        else:
            np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_second_derivatives():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.constant([0.5, 1.5], tf.float64)
        for function, second in ((tf.exp, np.exp), (tf.tanh, lambda v: -2 * np.tanh(v) / np.cosh(v) ** 2),
                                 (tf.log, lambda v: -1 / v**2), (tf.square, lambda v: 2 + 0 * v)):
            first = tf.gradients(function(x), x)[0]
            np.testing.assert_allclose(sess.run(tf.gradients(first, x)[0]), second(np.array([0.5, 1.5])), rtol=1e-9)


# Operators ----------------------------------------------------------------------------------------------


def nodes(make: Any) -> list[tuple[str, str]]:
    with tf.Graph().as_default() as graph:
        make()
        return [(o.name, o.type) for o in graph.get_operations()]


@pytest.mark.parametrize(("make", "expected"), [
    (lambda x, i, b: x / 2, [("truediv/y", "Const"), ("truediv", "RealDiv")]),
    (lambda x, i, b: i / 2, [("truediv/y", "Const"), ("truediv/Cast", "Cast"), ("truediv/Cast_1", "Cast"),
                             ("truediv", "RealDiv")]),
    (lambda x, i, b: 2**x, [("pow/x", "Const"), ("pow", "Pow")]),
    (lambda x, i, b: x // 2, [("floordiv/y", "Const"), ("floordiv", "FloorDiv")]),
    (lambda x, i, b: x % 2, [("mod/y", "Const"), ("mod", "FloorMod")]),
    (lambda x, i, b: abs(-x), [("Neg", "Neg"), ("Abs", "Abs")]),
    (lambda x, i, b: x < 1, [("Less/y", "Const"), ("Less", "Less")]),
    (lambda x, i, b: b & b, [("and", "LogicalAnd")]),
    (lambda x, i, b: i | i, [("or", "BitwiseOr")]),
    (lambda x, i, b: ~b, [("LogicalNot", "LogicalNot")]),
    (lambda x, i, b: tf.reduce_sum(x), [("Const", "Const"), ("Sum", "Sum")]),
    (lambda x, i, b: tf.reduce_mean(x, 1), [("Mean/reduction_indices", "Const"), ("Mean", "Mean")]),
    (lambda x, i, b: tf.argmax(x, 1), [("ArgMax/dimension", "Const"), ("ArgMax", "ArgMax")]),
    (lambda x, i, b: tf.to_float(i), [("ToFloat", "Cast")]),
    (lambda x, i, b: tf.div(x, 2), [("div/y", "Const"), ("div", "RealDiv")]),
    (lambda x, i, b: tf.clip_by_value(x, 0, 1), [
        ("clip_by_value/Minimum/y", "Const"), ("clip_by_value/Minimum", "Minimum"), ("clip_by_value/y", "Const"),
        ("clip_by_value", "Maximum")]),
    (lambda x, i, b: tf.matmul(x, x, transpose_b=True), [("MatMul", "MatMul")]),
    (lambda x, i, b: tf.logical_xor(b, b), [("LogicalOr", "LogicalOr"), ("LogicalAnd", "LogicalAnd"),
                                           ("LogicalNot", "LogicalNot"), ("LogicalXor", "LogicalAnd")]),
])
def test_nodes_have_tensorflows_names(make: Any, expected: Any):
    def build() -> None:
        make(tf.placeholder(tf.float32, [2, 3], name="x"), tf.placeholder(tf.int32, [2], name="i"),
             tf.placeholder(tf.bool, [2], name="b"))

    assert nodes(build)[3:] == expected


def test_equality_is_identity_in_old_graphs_and_by_element_at_once():
    with tf.Graph().as_default():
        x, y = tf.constant([1.0, 2.0]), tf.constant([1.0, 2.0])
        assert (x == y) is False
        assert x == x
        assert len({x, y}) == 2
    x = hb.constant([1, 2, 3])
    assert value(x == [1, 0, 3]).tolist() == [True, False, True]
    assert value(x != [1, 0, 3]).tolist() == [False, True, False]
    assert not bool(x == [1, 2])
    assert (x == None) is False  # noqa: E711


def test_another_librarys_object_may_answer():
    class Other:
        def __radd__(self, left: Any) -> str:
            return "mine"

    assert hb.constant(1.0) + Other() == "mine"


# Errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("call", "message"), [
    (lambda: hb.constant([1, 2]) // hb.constant([1, 0]), "Integer division by zero"),
    (lambda: hb.pow(hb.constant([2]), hb.constant([-1])), "Integers to negative integer powers"),
    (lambda: hb.reduce_sum([1.0], 3), r"Invalid reduction dimension \(3 for input with 1 dimension"),
    (lambda: hb.reduce_sum([[1.0]], [0, 0]), "Axes contains duplicate dimension: 0"),
    (lambda: hb.argmax([1.0], 2), r"Expected dimension in the range \[-1, 1\), but got 2"),
    (lambda: hb.math.unsorted_segment_sum([1.0, 2.0], [0, 5], 3), r"segment_ids\[1\] = 5 is out of range \[0, 3\)"),
    (lambda: hb.math.segment_sum([1.0, 2.0], [1, 0]), "segment ids are not increasing"),
    (lambda: hb.matmul([[1.0, 2.0]], [[1.0, 2.0]]), r"Matrix size-incompatible: In\[0\]: \[1,2\], In\[1\]: \[1,2\]"),
    (lambda: hb.add([1.0, 2.0, 3.0], [1.0, 2.0]), r"Incompatible shapes: \[3\] vs. \[2\]"),
    (lambda: hb.math.top_k([1.0], 2), "input must have at least k columns. Had 1, needed 2"),
    (lambda: hb.linalg.inv([[0.0]]), "Input matrix is not invertible"),
    (lambda: hb.math.bincount([-1]), "must be non-negative"),
    (lambda: hb.math.confusion_matrix([3], [0], 2), r"`labels` out of bound"),
])
def test_what_cannot_be_computed_is_said_at_once(call: Any, message: str):
    with pytest.raises(InvalidArgumentError, match=message):
        call()


@pytest.mark.parametrize(("make", "error", "message"), [
    (lambda x: tf.matmul(x, x), ValueError, "Dimensions must be equal, but are 3 and 2 for '{{node MatMul}} = MatMul"),
    (lambda x: tf.reduce_sum(x, 5), ValueError, "Invalid reduction dimension 5 for input with 2 dimensions. for"),
    (lambda x: tf.argmax(x, 7), ValueError, r"Dimension \(7\) must be in the range \[-2, 2\)"),
    (lambda x: tf.add_n([x, x[0]]), ValueError, "Shapes must be equal rank, but are 2 and 1"),
    (lambda x: tf.constant([1]) * 2.5, TypeError, "Expected int32"),
    (lambda x: x + tf.constant([1]), TypeError, "has type int32 that does not match type float32"),
    (lambda x: tf.add_n([]), ValueError, "at least one Tensor"),
    (lambda x: tf.argmax(x, 0, dimension=1), ValueError, "Cannot specify both"),
])
def test_what_cannot_be_built_is_said(make: Any, error: Any, message: str):
    with tf.Graph().as_default(), pytest.raises(error, match=message):
        make(tf.placeholder(tf.float32, [2, 3]))


def test_division_by_zero_names_the_node():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.int32, [2], name="x")
        with pytest.raises(InvalidArgumentError, match="Integer division by zero") as caught:
            sess.run(tf.floordiv(10, x, name="share"), {x: [1, 0]})
        assert "share" in str(caught.value)


def test_old_argument_names():
    with tf.Graph().as_default(), tf.Session() as sess:
        x = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert sess.run(tf.reduce_sum(x, reduction_indices=[1], keep_dims=True)).tolist() == [[3], [7]]
        assert sess.run(tf.argmax(x, dimension=1)).tolist() == [1, 1]
        assert sess.run(tf.count_nonzero(x, reduction_indices=0)).tolist() == [2, 2]
        np.testing.assert_allclose(sess.run(tf.nn.l2_normalize([3.0, 4.0], dim=0)), [0.6, 0.8], rtol=1e-6)
        assert sess.run(tf.norm(x, keep_dims=True)).shape == (1, 1)
        assert sess.run(tf.div(7, 2)) == 3


def test_tensordot_of_tensors_whose_rank_nobody_knows():
    with tf.Graph().as_default(), tf.Session() as sess:
        a, b = tf.placeholder(tf.float32), tf.placeholder(tf.float32, [None, 3])
        fed = {a: np.arange(6.0).reshape(2, 3), b: np.arange(12.0).reshape(4, 3)}
        for axes in ([[-1], [-1]], [[1], [1]]):
            product = tf.tensordot(a, b, axes)
            assert product.shape.dims is None
            assert sess.run(product, fed).tolist() == [[5, 14, 23, 32], [14, 50, 86, 122]]
            assert sess.run(tf.gradients(product, a)[0], fed).tolist() == [[18, 22, 26]] * 2
        assert sess.run(tf.tensordot(a, a, 2), fed) == 55
