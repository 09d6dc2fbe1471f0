"""`assert_*`: what holds passes, what does not is told in TensorFlow's words; at once, in functions, in sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hornbeam as tf
import hornbeam.v1 as tf1

d = tf.debugging
Call = Callable[[], Any]
Wrong = tf.errors.InvalidArgumentError


def nan() -> float:
    return float("nan")


HOLDS: dict[str, Call] = {
    "equal": lambda: d.assert_equal([1, 2], [1, 2]),
    "equal, broadcast": lambda: d.assert_equal([[1, 1], [1, 1]], 1),
    "none_equal": lambda: d.assert_none_equal([1, 2], [2, 1]),
    "less": lambda: d.assert_less([1, 2], [2, 3]),
    "less_equal": lambda: d.assert_less_equal([1, 2], [1, 3]),
    "greater": lambda: d.assert_greater(3, [1, 2]),
    "greater_equal": lambda: d.assert_greater_equal([1, 2], [1, 2]),
    "positive": lambda: d.assert_positive([1, 2]),
    "negative": lambda: d.assert_negative([-1.0]),
    "non_negative": lambda: d.assert_non_negative([0, 2]),
    "non_positive": lambda: d.assert_non_positive([0, -2]),
    "of nothing": lambda: d.assert_positive(tf.zeros([0])),
    "near": lambda: d.assert_near(1.0, 1.0000001),
    "near, complex": lambda: d.assert_near(1 + 1j, 1 + 1.01j, rtol=0.1),
    "near, bfloat16": lambda: d.assert_near(tf.constant(1.0, tf.bfloat16), 1.01),
    "rank": lambda: d.assert_rank(tf.zeros([2, 3]), 2),
    "rank_at_least": lambda: d.assert_rank_at_least([1], tf.constant(1)),
    "rank_in": lambda: d.assert_rank_in([1], (0, 1)),
    "type": lambda: d.assert_type(tf.constant(1), tf.int32),
    "integer": lambda: d.assert_integer(1),
    "scalar": lambda: d.assert_scalar(3.0),
    "proper_iterable": lambda: d.assert_proper_iterable([1]),
    "shapes": lambda: d.assert_shapes([(tf.zeros([2, 3]), ("N", "D")), (tf.zeros([3]), ("D",)), (1.0, ())]),
    "shapes, any": lambda: d.assert_shapes([(tf.zeros([2, 3]), (None, "."))]),
    "shapes, open": lambda: d.assert_shapes([(tf.zeros([2, 3]), (..., "D")), (tf.zeros([3, 4, 3]), "*D")]),
    "shapes, dictionary": lambda: d.assert_shapes({1.0: ()}),
    "shapes, scalar": lambda: d.assert_shapes([(tf.zeros([]), "D"), (tf.zeros([1]), "D")]),
}

FAILS: dict[str, tuple[Call, type[Exception], str]] = {
    "equal": (lambda: d.assert_equal([1, 2], [1, 3], message="said", summarize=1), Wrong,
              "said\nCondition x == y did not hold.\nIndices of first 1 different values:\n[[1]]\nCorresponding x "
              "values:\n[2]\nCorresponding y values:\n[3]\nFirst 1 elements of x:\n[1]\nFirst 1 elements of y:\n[1]"),
    "less, broadcast": (lambda: d.assert_less([1, 2, 3], 2), Wrong,
                        "Condition x < y did not hold.\nFirst 3 elements of x:\n[1 2 3]\nFirst 1 elements of y:\n[2]"),
    "NaN": (lambda: d.assert_less([1.0, nan()], [2.0, 3.0]), Wrong, "Corresponding x values:\n[nan]"),
    "strings": (lambda: d.assert_equal(["a"], ["b"]), Wrong, "Corresponding x values:\n[b'a']"),
    "three are shown": (lambda: d.assert_less(np.arange(20), np.arange(20)), Wrong,
                        "Indices of first 3 different values:\n[[0]\n [1]\n [2]]"),
    "none_equal": (lambda: d.assert_none_equal([1, 2], [1, 3]), Wrong, "Condition x != y did not hold."),
    "greater_equal": (lambda: d.assert_greater_equal([1, 3], [2, 2]), Wrong, "Condition x >= y did not hold."),
    "shapes of values": (lambda: d.assert_equal([1, 2], [1, 2, 3]), Wrong, "Incompatible shapes: [2] vs. [3]"),
    "positive": (lambda: d.assert_positive([1, 0]), Wrong, "Condition x > 0 did not hold element-wise:"),
    "non_positive": (lambda: d.assert_non_positive([1, -1], message="hey"), Wrong, "hey"),
    "near": (lambda: d.assert_near(1.0, 1.1), Wrong, "x and y not equal to tolerance rtol = 1.19"),
    "near, integers": (lambda: d.assert_near(1, 2), ValueError, "int32"),
    "rank": (lambda: d.assert_rank([1], 2, message="said"), ValueError,
             "said.  Tensor  must have rank 2.  Received rank 1, shape (1,)"),
    "rank of a rank": (lambda: d.assert_rank([1], [2]), ValueError, "Rank must be a scalar."),
    "rank, float": (lambda: d.assert_rank([1], 1.5), TypeError, "must be of type tf.int32; got tf.float32"),
    "rank_at_least": (lambda: d.assert_rank_at_least([1], 2), ValueError, "must have rank at least 2."),
    "rank_in": (lambda: d.assert_rank_in([1], (0, 2)), ValueError, "must have rank in (0, 2)."),
    "type": (lambda: d.assert_type(1, tf.float32), TypeError, "tensor must be of type tf.float32; got tf.int32"),
    "integer": (lambda: d.assert_integer(1.0), TypeError, 'Expected "x" to be integer type.'),
    "scalar": (lambda: d.assert_scalar([1]), ValueError, "Expected scalar shape, saw shape: (1,)."),
    "iterable": (lambda: d.assert_proper_iterable(3), TypeError, 'Expected argument "values" to be iterable.'),
    "text": (lambda: d.assert_proper_iterable("ab"), TypeError, 'Expected argument "values" to be a "proper" iterable'),
    "tensor": (lambda: d.assert_proper_iterable(tf.zeros(2)), TypeError, "proper"),
    "float dtypes": (lambda: d.assert_same_float_dtype([tf.zeros(2), tf.zeros(2, tf.float64)]), ValueError,
                     "must be of the same type (<dtype: 'float32'>) as tf.Tensor([0. 0.]"),
    "no float": (lambda: d.assert_same_float_dtype([tf.constant(1)]), ValueError,
                 "Expected floating point type, got <dtype: 'int32'>."),
    "shapes": (lambda: d.assert_shapes([(tf.zeros([2, 3]), "ND"), (tf.zeros([4]), "D")]), ValueError,
               "Specified by tensor shape=(2, 3) dtype=float32 dimension 1.  Tensor shape=(4,) dtype=float32 dimension "
               "0 must have size 3.  Received size 4, shape (4,)"),
    "shapes, numbers": (lambda: d.assert_shapes([(tf.zeros([2, 3]), (2, 4))]), ValueError,
                        "Specified explicitly.  Tensor shape=(2, 3) dtype=float32 dimension 1 must have size 4."),
    "shapes, rank": (lambda: d.assert_shapes([(tf.zeros([2, 3]), "NDF")]), ValueError, "must have rank 3."),
    "shapes, open": (lambda: d.assert_shapes([(tf.zeros([2, 3]), (..., "D")), (tf.zeros([3, 4, 5]), "*D")]),
                     ValueError, "dimension -1 must have size 3.  Received size 5"),
    "shapes, late": (lambda: d.assert_shapes([(tf.zeros([2, 3]), ("D", "*"))]), ValueError,
                     "is only allowed as the first entry"),
    "shapes, number": (lambda: d.assert_shapes([(tf.zeros([2]), 2)]), ValueError, "must be an iterable"),
}


@pytest.mark.parametrize("case", HOLDS)
def test_what_holds_passes(case: str) -> None:
    assert HOLDS[case]() is None


@pytest.mark.parametrize("case", FAILS)
def test_what_does_not_hold_is_told(case: str) -> None:
    call, kind, words = FAILS[case]
    with pytest.raises(kind) as raised:
        call()
    assert words in str(raised.value)


def test_the_float_dtype_comes_back() -> None:
    assert d.assert_same_float_dtype() is tf.float32
    assert d.assert_same_float_dtype([tf.zeros(2, tf.float64)]) is tf.float64
    assert d.assert_same_float_dtype(dtype=tf.float16) is tf.float16


def test_tensors_of_numbers() -> None:
    assert d.is_numeric_tensor(tf.zeros(1))
    assert not any(map(d.is_numeric_tensor, ("a", 1, tf.constant(True), tf.constant("a"))))


def failure(check: Callable[..., Any], *values: Any) -> str:
    """What a session says when a check of these fed values runs."""
    with tf1.Graph().as_default(), tf1.Session() as session:
        fed = [tf1.placeholder(tf1.float32, None, name=f"p{i}") for i in range(len(values))]
        operation = check(*fed)
        with pytest.raises(tf1.errors.InvalidArgumentError) as raised:
            session.run(operation, dict(zip(fed, values, strict=True)))
    return raised.value.message.splitlines()[0]


def test_in_a_session_the_operation_fails() -> None:
    assert failure(lambda x: tf1.assert_equal(x, 2 * x, message="q"), [1, 2]) == (
        "assertion failed: [q] [Condition x == y did not hold element-wise:] [x (p0:0) = ] [1 2] [y (mul:0) = ] [2 4]")
    assert failure(lambda x: tf1.assert_less(x, x, data=["said", x]), [1, 2]) == "assertion failed: [said] [1 2]"
    assert failure(tf1.assert_positive, [-1.0]) == (
        "assertion failed: [Condition x > 0 did not hold element-wise:] [x (p0:0) = ] [-1]")
    assert failure(lambda x: tf1.assert_rank(x, 2, message="r"), [1, 2]) == (
        "assertion failed: [r.  ] [Tensor p0:0 must have rank] [2] [Received shape: ] [2]")
    assert failure(lambda x: tf1.assert_rank_in(x, [2, 3]), [1, 2]) == (
        "assertion failed: [Tensor p0:0 must have rank in] [2] [3] [Received shape: ] [2]")
    assert failure(lambda x, y: tf1.debugging.assert_shapes([(x, "ND"), (y, "D")]), [[1, 2]], [1, 2, 3]) == (
        "assertion failed: [Specified by tensor p0:0 dimension 1] [Tensor p1:0 dimension] [0] [must have size] [2] "
        "[Received shape: ] [3]")
    assert "not equal to tolerance" in failure(lambda x: tf1.assert_near(x, x + 1), [1.0])


def test_what_the_graph_tells_is_checked_at_once() -> None:
    with tf1.Graph().as_default():
        x = tf1.placeholder(tf1.float32, [None])
        assert tf1.assert_rank(x, 1).type == "NoOp"
        assert tf1.assert_equal(x, x).type == "NoOp"
        assert tf1.assert_type(x, tf1.float32).type == "NoOp"
        assert tf1.assert_equal([1], [1]).type == "NoOp"
        assert tf1.assert_scalar(3.0).shape == []
        with pytest.raises(ValueError, match="Tensor Placeholder:0 must have rank 2"):
            tf1.assert_rank(x, 2)
        with pytest.raises(ValueError, match="Expected scalar shape for Placeholder:0"):
            tf1.assert_scalar(x)
        with pytest.raises(tf1.errors.InvalidArgumentError, match="Condition x == y did not hold element-wise"):
            tf1.assert_equal([1], [2])


def test_in_a_function_a_check_runs_with_it() -> None:
    @tf.function
    def checked(x: Any, y: Any) -> Any:
        d.assert_less(x, y, message="in f")
        d.assert_shapes([(x, "N"), (y, "N")])
        return x + y

    assert checked(tf.constant([1.0]), tf.constant([2.0])).numpy() == 3
    with pytest.raises(Wrong, match="in f"):
        checked(tf.constant([3.0]), tf.constant([2.0]))


def test_finite_under_both_names() -> None:
    with pytest.raises(Wrong, match="mm : Tensor had NaN values"):
        tf1.verify_tensor_all_finite(tf.constant([1.0, nan()]), "mm")
    assert tf1.debugging.assert_all_finite(x=tf.constant(1.0), message="m").numpy() == 1
    with pytest.raises(ValueError, match="Cannot specify both 't' and 'x'"):
        tf1.verify_tensor_all_finite(tf.constant(1.0), "m", x=tf.constant(1.0))
